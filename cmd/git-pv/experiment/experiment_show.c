/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment list` and `show`, and how an experiment is printed.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "experiment/experiment_files.h"
#include "experiment/experiment_verbs.h"
#include "repo/prompts.h"

struct list_options {
	int status; /* 1 + index */
};

static const char *const statuses[] = { "draft",  "scheduled", "running",
					"paused", "stopped",   "concluded",
					NULL };

static const cli_option list_table[] = {
	{ 0, "status", CLI_ENUM, offsetof(struct list_options, status), "S",
	  "only those that are draft, scheduled, running, paused, stopped or "
	  "concluded",
	  statuses },
	{ 0 },
};

const cli_usage experiment_list_usage = {
	.synopsis = { "git pv experiment list [--status S] [--json]" },
	.examples = { "git pv experiment list --status running",
		      "git pv experiment list --json" },
	.options = list_table,
	.args = "list",
	.min_args = 1,
	.max_args = 1,
};

const cli_usage experiment_show_usage = {
	.synopsis = { "git pv experiment show ID [--json]" },
	.examples = { "git pv experiment show tone",
		      "git pv experiment show tone --json" },
	.args = "show ID",
	.min_args = 2,
	.max_args = 2,
};

/* --- JSON --------------------------------------------------------------------- */

static void put_time(pv_jsonw *w, const char *key, int64_t at)
{
	char text[PV_TIME_TEXT];

	pv_time_format(text, at);
	pv_jsonw_member(w, key, at ? text : NULL);
}

static enum pv_experiment_status status_now(const pv_experiment *it)
{
	return pv_experiment_status_at(it, pv_clock_now(NULL));
}

static const char *status_name(const pv_experiment *it)
{
	return pv_experiment_status_name(status_now(it));
}

static void put_percent(pv_jsonw *w, const char *key, uint32_t ppm)
{
	pv_jsonw_key(w, key);
	pv_jsonw_real(w, ppm / 10000.0);
}

/* The part of the slots that a variant has, in per cent. */
static void put_share(pv_jsonw *w, const pv_experiment *it, size_t variant)
{
	const pv_slots *slots = it->plan.slots;
	uint32_t ppm = 0;

	for (size_t i = 0; i < slots->count; i++)
		if (slots->ranges[i].variant == variant)
			ppm += slots->ranges[i].end - slots->ranges[i].begin;
	put_percent(w, "share", ppm);
}

/* Of a step that has resolved the specs just now. */
static void put_fallback(pv_jsonw *w, const experiment_file *file, size_t idx)
{
	const char *from =
		idx < file->fallbacks.count ? file->fallbacks.items[idx] : NULL;

	if (from)
		pv_jsonw_member(w, "resolved_from", *from ? from : NULL);
}

static void put_variant(pv_jsonw *w, const experiment_file *file, size_t idx)
{
	const pv_experiment *it = file->it;
	const pv_experiment_variant *variant = &it->variants[idx];

	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", variant->name);
	pv_jsonw_member(w, "spec", variant->spec);
	pv_jsonw_member(w, "description", variant->description);
	pv_jsonw_member(w, "commit", variant->commit);
	put_fallback(w, file, idx);
	put_share(w, it, idx);
	pv_jsonw_key(w, "control");
	pv_jsonw_bool(w, idx == it->control);
	pv_jsonw_key(w, "set");
	pv_jsonw_object(w);
	for (size_t i = 0; i < variant->set_count; i++)
		cli_raw_json(w, variant->sets[i].path, variant->sets[i].json);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
}

static void put_metrics(pv_jsonw *w, const char *key,
			const pv_experiment_metric *metrics, size_t count)
{
	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", metrics[i].name);
		pv_jsonw_member(w, "direction", metrics[i].is_up ? "up" : "down");
		pv_jsonw_key(w, "margin");
		if (metrics[i].has_margin)
			pv_jsonw_real(w, metrics[i].margin);
		else
			pv_jsonw_null(w);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_epochs(pv_jsonw *w, const pv_experiment *it)
{
	pv_jsonw_key(w, "epochs");
	pv_jsonw_array(w);
	for (size_t i = 0; i < it->epoch_count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_key(w, "number");
		pv_jsonw_int(w, it->epochs[i].number);
		put_time(w, "at", it->epochs[i].at);
		pv_jsonw_member(w, "reason", it->epochs[i].reason);
		pv_jsonw_member(w, "salt", it->epochs[i].salt);
		put_percent(w, "coverage", it->epochs[i].coverage_ppm);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_plan(pv_jsonw *w, const pv_experiment *it)
{
	put_metrics(w, "primaries", it->primaries, it->primary_count);
	put_metrics(w, "guardrails", it->guardrails, it->guardrail_count);
	pv_jsonw_key(w, "alpha");
	pv_jsonw_real(w, it->alpha);
	pv_jsonw_key(w, "power");
	pv_jsonw_real(w, it->power);
	pv_jsonw_key(w, "mde");
	if (it->mde > 0)
		pv_jsonw_real(w, it->mde);
	else
		pv_jsonw_null(w);
	pv_jsonw_key(w, "minimum_sample");
	pv_jsonw_int(w, it->minimum_sample);
	pv_jsonw_member(w, "method", pv_experiment_method_name(it->method));
	put_time(w, "start", it->start);
	put_time(w, "end", it->end);
	put_time(w, "started_at", it->started_at);
	put_time(w, "ended_at", it->ended_at);
}

static void put_experiment(pv_jsonw *w, const experiment_file *file,
			   const pv_oid *commit)
{
	const pv_experiment *it = file->it;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", it->id);
	pv_jsonw_member(w, "name", it->name);
	pv_jsonw_member(w, "description", it->description);
	pv_jsonw_member(w, "owner", it->owner);
	pv_jsonw_member(w, "status", status_name(it));
	pv_jsonw_member(w, "prompt", it->prompt);
	pv_jsonw_key(w, "variants");
	pv_jsonw_array(w);
	for (size_t i = 0; i < it->variant_count; i++)
		put_variant(w, file, i);
	pv_jsonw_array_end(w);
	put_percent(w, "coverage", it->plan.coverage_ppm);
	pv_jsonw_member(w, "unit", it->unit);
	pv_jsonw_member(w, "strategy",
			it->strategy == PV_STRATEGY_RANDOM
				? "random"
				: "consistent_hashing");
	pv_jsonw_member(w, "salt", it->plan.salt);
	pv_jsonw_member(w, "layer", it->plan.layer);
	put_plan(w, it);
	put_epochs(w, it);
	pv_jsonw_member(w, "path", file->path.ptr);
	pv_jsonw_member(w, "revision", file->blob.hex);
	pv_jsonw_member(w, "commit", commit ? commit->hex : NULL);
	pv_jsonw_object_end(w);
}

/* --- text --------------------------------------------------------------------- */

static void line(pv_cli *cli, const char *name, const char *value)
{
	if (!value)
		return;
	cli_printf(cli, "%-12s", name);
	cli_line(cli, value);
	cli_puts(cli, "\n");
}

static void time_line(pv_cli *cli, const char *name, int64_t at)
{
	char text[PV_TIME_TEXT];

	pv_time_format(text, at);
	line(cli, name, at ? text : NULL);
}

static void variant_line(pv_cli *cli, const pv_experiment *it, size_t idx)
{
	const pv_experiment_variant *variant = &it->variants[idx];

	cli_printf(cli, "  %-12s%5s  ", variant->name, variant->weight);
	cli_line(cli, variant->spec);
	if (variant->commit)
		cli_printf(cli, " %.7s", variant->commit);
	for (size_t i = 0; i < variant->set_count; i++) {
		cli_puts(cli, " ");
		cli_line(cli, variant->sets[i].path);
		cli_puts(cli, "=");
		cli_line(cli, variant->sets[i].json);
	}
	cli_puts(cli, idx == it->control ? " (control)\n" : "\n");
}

static void print_text(pv_cli *cli, const experiment_file *file)
{
	const pv_experiment *it = file->it;

	line(cli, "experiment", it->id);
	line(cli, "name", it->name);
	line(cli, "about", it->description);
	line(cli, "owner", it->owner);
	line(cli, "status", status_name(it));
	line(cli, "prompt", it->prompt);
	cli_printf(cli, "%-12s%g %% of every %s\n", "coverage",
		   it->plan.coverage_ppm / 10000.0, it->unit);
	for (size_t i = 0; i < it->primary_count; i++)
		line(cli, i ? "" : "decided by", it->primaries[i].name);
	for (size_t i = 0; i < it->guardrail_count; i++)
		line(cli, i ? "" : "guarded by", it->guardrails[i].name);
	cli_printf(cli, "%-12s%g, %" PRId64 " of each variant, %s\n", "alpha",
		   it->alpha, it->minimum_sample,
		   pv_experiment_method_name(it->method));
	time_line(cli, "start", it->start);
	time_line(cli, "end", it->end);
	time_line(cli, "started", it->started_at);
	time_line(cli, "ended", it->ended_at);
	cli_puts(cli, "variants\n");
	for (size_t i = 0; i < it->variant_count; i++)
		variant_line(cli, it, i);
	if (it->epoch_count)
		cli_printf(cli, "%-12s%zu\n", "epochs", it->epoch_count);
}

int experiment_print(pv_cli *cli, const experiment_file *file,
		     const pv_oid *commit)
{
	pv_jsonw w;

	if (!cli->json) {
		print_text(cli, file);
		return PV_OK;
	}
	pv_jsonw_init(&w, &cli->out);
	put_experiment(&w, file, commit);
	return pv_buf_status(&cli->out, &cli->err);
}

int experiment_show(pv_cli *cli, int argc, char **argv)
{
	experiment_file file = { { 0 } };
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc != PV_OK)
		return rc;
	rc = experiment_file_read(&file, cli, argv[1]);
	if (rc == PV_OK)
		rc = experiment_print(cli, &file, NULL);
	experiment_file_dispose(&file);
	return rc;
}

/* --- list ----------------------------------------------------------------------- */

struct listing {
	pv_cli *cli;
	int status; /* -1: all */
	size_t count;
};

static void list_json(pv_cli *cli, const experiment_file *file)
{
	const pv_experiment *it = file->it;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", it->id);
	pv_jsonw_member(&w, "name", it->name);
	pv_jsonw_member(&w, "owner", it->owner);
	pv_jsonw_member(&w, "status", status_name(it));
	pv_jsonw_member(&w, "prompt", it->prompt);
	pv_jsonw_key(&w, "variants");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < it->variant_count; i++)
		pv_jsonw_string(&w, it->variants[i].name);
	pv_jsonw_array_end(&w);
	put_percent(&w, "coverage", it->plan.coverage_ppm);
	put_time(&w, "started_at", it->started_at);
	put_time(&w, "ended_at", it->ended_at);
	pv_jsonw_object_end(&w);
}

static int list_one(const experiment_file *file, const char *id,
		    const pv_error *err, void *payload)
{
	struct listing *it = payload;
	pv_cli *cli = it->cli;

	if (!file) {
		cli_warn(cli, "%s:%d: %s", err->source[0] ? err->source : id,
			 err->line, err->message);
		return PV_OK;
	}
	if (it->status >= 0 && (int)status_now(file->it) != it->status)
		return PV_OK;
	if (cli->json && it->count++)
		cli_puts(cli, ",");
	if (cli->json) {
		list_json(cli, file);
		return PV_OK;
	}
	cli_printf(cli, "%-10s ", status_name(file->it));
	cli_line(cli, id);
	cli_puts(cli, "  ");
	cli_line(cli, file->it->prompt);
	for (size_t i = 0; i < file->it->variant_count; i++)
		cli_printf(cli, "%s%s", i ? " | " : "  ",
			   file->it->variants[i].name);
	cli_puts(cli, "\n");
	return PV_OK;
}

int experiment_list(pv_cli *cli, int argc, char **argv)
{
	struct list_options opts = { 0 };
	struct listing it = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	it.status = opts.status - 1;
	if (cli->json)
		cli_puts(cli, "[");
	rc = experiment_each(cli, list_one, &it);
	if (cli->json)
		cli_puts(cli, "]");
	return rc;
}
