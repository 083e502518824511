/* SPDX-License-Identifier: MIT
 *
 * Records of experiments: one that names a variant and no commit is of the
 * commit that the variant was pinned to when its epoch began. The file of an
 * experiment is read once in a run.
 */
#include <stdio.h>
#include <string.h>

#include <pv/experiment_file.h>

#include "base/clock.h"
#include "base/fail.h"
#include "experiment/experiment_results.h"
#include "history/record.h"

static int look_up(const pv_experiment **out, record_run *recorder, const char *id)
{
	pv_cli *cli = recorder->cli;
	pv_experiment *experiment = NULL;
	int rc;

	*out = pv_map_find(&recorder->experiments, pv_str_of(id));
	if (*out)
		return PV_OK;
	rc = experiment_load(&experiment, cli, id);
	if (rc == PV_OK)
		rc = pv_map_set(&recorder->experiments, pv_str_of(id),
				experiment, NULL, &cli->err);
	if (rc < 0)
		pv_experiment_free(experiment);
	else
		*out = experiment;
	return rc;
}

static int find_variant(size_t *out, pv_cli *cli, const pv_experiment *it,
			const char *name)
{
	for (*out = 0; *out < it->variant_count; ++*out)
		if (strcmp(it->variants[*out].name, name) == 0)
			return PV_OK;
	return pv_fail(&cli->err, PV_EINVALID,
		       "experiment \"%.60s\" has no variant \"%.60s\"", it->id,
		       name);
}

enum {
	ID_TIME = 13 /* hexadecimal digits of the time, in ms, with a dash */
};

/* The time in an id, which is that of a row that says no other; 0: none. */
static int64_t time_in(const char *id)
{
	static const char digits[] = "0123456789abcdef";
	int64_t ms = 0;

	if (!id || strlen(id) < ID_TIME || id[ID_TIME - 5] != '-')
		return 0;
	for (size_t i = 0; i < ID_TIME; i++) {
		const char *digit = strchr(digits, id[i] | ' ');

		if (i == ID_TIME - 5)
			continue;
		if (!digit)
			return 0;
		ms = ms * 16 + (digit - digits);
	}
	return ms * 1000;
}

/* When a row was; now, where nothing says so. */
static int64_t time_of(const pv_execution *row)
{
	int64_t out = time_in(pv_execution_text(row, "id"));
	pv_buf text = { 0 };

	if (pv_execution_has(row, "ts") &&
	    pv_execution_value(&text, row, "ts", NULL) == PV_OK && text.len > 2) {
		/* It is a JSON text, between quotes. */
		pv_buf_truncate(&text, text.len - 1);
		if (pv_time_parse(&out, pv_buf_text(&text) + 1, NULL) < 0)
			out = 0;
	}
	pv_buf_dispose(&text);
	return out ? out : pv_clock_now(NULL);
}

/* The last epoch that had begun by a time; of what was before it the first. */
static const pv_experiment_epoch *epoch_at(const pv_experiment *it, int64_t ts)
{
	size_t last = 0;

	for (size_t i = 0; i < it->epoch_count; i++)
		if (it->epochs[i].at <= ts)
			last = i;
	return it->epoch_count ? &it->epochs[last] : NULL;
}

/* The epoch that a row names, else that of its time; NULL before the start. */
static const pv_experiment_epoch *epoch_of(const pv_experiment *it,
					   const pv_execution *row)
{
	pv_buf text = { 0 };
	const pv_experiment_epoch *found = NULL;

	if (!pv_execution_has(row, "epoch"))
		return epoch_at(it, time_of(row));
	if (pv_execution_value(&text, row, "epoch", NULL) < 0)
		return NULL;
	for (size_t i = 0; i < it->epoch_count && !found; i++) {
		char number[24];

		snprintf(number, sizeof(number), "%lu",
			 (unsigned long)it->epochs[i].number);
		if (strcmp(number, pv_buf_text(&text)) == 0)
			found = &it->epochs[i];
	}
	pv_buf_dispose(&text);
	return found;
}

static int take_epoch(record_run *recorder, pv_execution *row,
		      const pv_experiment *it, size_t variant)
{
	const pv_experiment_epoch *epoch = epoch_of(it, row);
	pv_cli *cli = recorder->cli;
	pv_buf spec = { 0 };
	char number[24];
	int rc;

	if (!epoch || !epoch->commits[variant])
		return PV_OK;
	snprintf(number, sizeof(number), "%lu", (unsigned long)epoch->number);
	rc = pv_execution_set(row, "epoch", number, strlen(number), &cli->err);
	pv_buf_printf(&spec, "%s@%s", it->prompt, epoch->commits[variant]);
	if (rc == PV_OK)
		rc = pv_buf_status(&spec, &cli->err);
	if (rc == PV_OK)
		rc = record_resolve(recorder, row, spec.ptr);
	pv_buf_dispose(&spec);
	return rc;
}

int record_resolve_experiment(record_run *recorder, pv_execution *row)
{
	const char *id = pv_execution_text(row, "experiment");
	const char *name = pv_execution_text(row, "variant");
	const char *prompt = pv_execution_text(row, "prompt_id");
	const pv_experiment *it = NULL;
	size_t variant = 0;
	int rc;

	if (!id || !name || pv_execution_mentions(row, "commit"))
		return PV_OK;
	rc = look_up(&it, recorder, id);
	if (rc == PV_OK)
		rc = find_variant(&variant, recorder->cli, it, name);
	/* With a prompt of its own it is that one's. */
	if (rc == PV_OK && (!prompt || strcmp(prompt, it->prompt) == 0))
		rc = take_epoch(recorder, row, it, variant);
	if (recorder->is_loose && (rc == PV_ENOTFOUND || rc == PV_EINVALID)) {
		pv_error_clear(&recorder->cli->err);
		rc = PV_OK;
	}
	return rc;
}

static int free_one(pv_str key, void *value, void *payload)
{
	(void)key;
	(void)payload;
	pv_experiment_free(value);
	return 0;
}

void record_experiments_dispose(record_run *recorder)
{
	(void)pv_map_each(&recorder->experiments, free_one, NULL);
	pv_map_dispose(&recorder->experiments);
}
