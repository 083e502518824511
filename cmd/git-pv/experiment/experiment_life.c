/* SPDX-License-Identifier: MIT
 *
 * The verbs that take an experiment a step further: each is a commit of its
 * file with trailers that say what was done.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment/experiment_files.h"
#include "experiment/experiment_variant.h"
#include "experiment/experiment_verbs.h"

struct life_options {
	experiment_commit_options commit;
	const char *coverage;
	const char *split;
};

static const cli_option step_table[] = {
	EXPERIMENT_COMMIT_OPTIONS,
	{ 0 },
};

static const cli_option ramp_table[] = {
	{ 0, "coverage", CLI_STRING, offsetof(struct life_options, coverage),
	  "PERCENT", "how much of the traffic takes part from now on" },
	EXPERIMENT_COMMIT_OPTIONS,
	{ 0 },
};

static const cli_option reweight_table[] = {
	{ 0, "split", CLI_STRING, offsetof(struct life_options, split),
	  "W,W...|NAME=W,...", "the weights from now on" },
	EXPERIMENT_COMMIT_OPTIONS,
	{ 0 },
};

#define PLAIN(verb, what)                                              \
 {                                                                     \
  .synopsis = { "git pv experiment " verb                              \
		" ID [-m MSG] [--no-verify] [--json]" },               \
  .examples = { "git pv experiment " verb " tone",                     \
		"git pv experiment " verb " tone -m \"As planned\"" }, \
  .options = step_table, .args = (what), .min_args = 2, .max_args = 2, \
 }

const cli_usage experiment_start_usage = PLAIN("start", "start ID");
const cli_usage experiment_pause_usage = PLAIN("pause", "pause ID");
const cli_usage experiment_resume_usage = PLAIN("resume", "resume ID");

#undef PLAIN

const cli_usage experiment_ramp_usage = {
	.synopsis = { "git pv experiment ramp ID --coverage PERCENT "
		      "[-m MSG] [--no-verify] [--json]" },
	.examples = { "git pv experiment ramp tone --coverage 50",
		      "git pv experiment ramp tone --coverage 100 -m \"All went well\"" },
	.options = ramp_table,
	.args = "ramp ID",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage experiment_reweight_usage = {
	.synopsis = { "git pv experiment reweight ID --split W,W... "
		      "[-m MSG] [--no-verify] [--json]" },
	.examples = { "git pv experiment reweight tone --split "
		      "control=20,concise=80",
		      "git pv experiment reweight tone --split 50,50" },
	.options = reweight_table,
	.args = "reweight ID",
	.min_args = 2,
	.max_args = 2,
};

/* --- start --------------------------------------------------------------------- */

struct neighbours {
	pv_cli *cli;
	const pv_experiment *mine;
};

/* Two experiments of a layer share no slot of it. */
static int check_neighbour(const experiment_file *file, const char *id,
			   const pv_error *err, void *payload)
{
	const struct neighbours *it = payload;
	const pv_assign_plan *mine = &it->mine->plan;
	const pv_assign_plan *theirs;
	int rc;

	(void)err;
	if (!file || strcmp(id, it->mine->id) == 0 ||
	    !experiment_is_under_way(file->it))
		return PV_OK;
	theirs = &file->it->plan;
	if (!theirs->layer || strcmp(theirs->layer, mine->layer) != 0 ||
	    theirs->layer_ranges[0].begin >= mine->layer_ranges[0].end ||
	    mine->layer_ranges[0].begin >= theirs->layer_ranges[0].end)
		return PV_OK;
	rc = pv_fail(&it->cli->err, PV_ECONFLICT,
		     "experiment \"%.64s\" has a part of the layer \"%.64s\" "
		     "that this one wants",
		     id, mine->layer);
	return pv_error_hint(&it->cli->err, rc,
			     "give each a range of its own: \"layer: {name, "
			     "from, to}\"");
}

/* What the branches of variants may let go of stays. */
static int keep(pv_cli *cli, const pv_oid *commits, size_t count)
{
	return pv_store_keep(cli->store, "refs/pv/keep/experiments", commits,
			     count, &cli->err);
}

static int start_text(pv_buf *out, pv_cli *cli, experiment_file *file, int64_t now)
{
	const pv_experiment *it = file->it;
	struct neighbours neighbours = { cli, it };
	pv_oid commits[PV_VARIANTS_MAX];
	const char *hex[PV_VARIANTS_MAX];
	int rc = PV_OK;

	if (!it->primary_count) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "experiment \"%.64s\" has no metric that decides",
			     it->id);
		return pv_error_hint(&cli->err, rc,
				     "\"metrics: {primary: quality}\"");
	}
	if (it->plan.layer)
		rc = experiment_each(cli, check_neighbour, &neighbours);
	if (rc == PV_OK)
		rc = experiment_check_once(cli, it, file->path.ptr);
	if (rc == PV_OK)
		rc = experiment_check_archive(cli, it);
	if (rc == PV_OK)
		rc = experiment_check_variants(commits, &file->fallbacks, cli,
					       it, 1);
	for (size_t i = 0; i < it->variant_count; i++)
		hex[i] = commits[i].hex;
	if (rc == PV_OK)
		rc = pv_experiment_start(out, it, hex, now, &cli->err);
	return rc == PV_OK ? keep(cli, commits, it->variant_count) : rc;
}

/* --- reweight ------------------------------------------------------------------- */

/* The variant that a part of --split is about: named, or the next. */
static size_t variant_of(const pv_experiment *it, const char *part, size_t len,
			 size_t next)
{
	const char *equals = memchr(part, '=', len);
	size_t name_len = equals ? (size_t)(equals - part) : 0;

	if (!equals)
		return next;
	for (size_t i = 0; i < it->variant_count; i++)
		if (strlen(it->variants[i].name) == name_len &&
		    !memcmp(it->variants[i].name, part, name_len))
			return i;
	return it->variant_count;
}

/* The weights of --split by variant; the caller frees those that are there. */
static int read_split(char **weights, pv_cli *cli, const pv_experiment *it,
		      const char *split)
{
	size_t count = 0;

	for (; *split; count++) {
		size_t len = strcspn(split, ",");
		size_t idx = variant_of(it, split, len, count);
		const char *equals = memchr(split, '=', len);
		const char *from = equals ? equals + 1 : split;
		size_t digits = (size_t)(split + len - from);

		if (idx >= it->variant_count || weights[idx])
			break;
		digits -= digits && from[digits - 1] == '%';
		weights[idx] = pv_strndup(from, digits);
		if (!weights[idx])
			return pv_fail_nomem(&cli->err);
		split += len + (split[len] == ',');
	}
	if (!*split && count == it->variant_count)
		return PV_OK;
	return cli_usage_error(cli,
			       "--split needs a weight of each of the %zu "
			       "variants, once",
			       it->variant_count);
}

static int reweight_text(pv_buf *out, pv_cli *cli, const pv_experiment *it,
			 const char *split, int64_t now)
{
	char *weights[PV_VARIANTS_MAX] = { NULL };
	uint32_t moved = 0;
	int rc = read_split(weights, cli, it, split);

	if (rc == PV_OK)
		rc = pv_experiment_reweight(out, &moved, it,
					    (const char *const *)weights, now,
					    &cli->err);
	if (rc == PV_EINVALID && !cli->err.hint[0])
		(void)pv_error_hint(&cli->err, rc,
				    "weights are decimals, such as 50 or 12.5, "
				    "and not all of them 0");
	if (rc == PV_OK)
		cli_note(cli, "%g %% of the units are given another variant",
			 moved / 10000.0);
	for (size_t i = 0; i < it->variant_count; i++)
		pv_free(weights[i]);
	return rc;
}

/* --- the verbs -------------------------------------------------------------------- */

static int ramp_text(pv_buf *out, pv_cli *cli, const pv_experiment *it,
		     const char *coverage, int64_t now)
{
	char percent[32];
	size_t len = strlen(coverage);

	if (len && coverage[len - 1] == '%')
		len--;
	if (len >= sizeof(percent))
		return cli_usage_error(cli, "--coverage takes a percentage");
	memcpy(percent, coverage, len);
	percent[len] = '\0';
	return experiment_unplaced(cli, pv_experiment_ramp(out, it, percent,
							   now, &cli->err));
}

static int next_text(pv_buf *out, pv_cli *cli, experiment_file *file,
		     const char *verb, const struct life_options *opts)
{
	const pv_experiment *it = file->it;
	int64_t now = pv_clock_now(NULL);

	if (strcmp(verb, "start") == 0)
		return start_text(out, cli, file, now);
	if (strcmp(verb, "ramp") == 0)
		return ramp_text(out, cli, it, opts->coverage, now);
	if (strcmp(verb, "reweight") == 0)
		return reweight_text(out, cli, it, opts->split, now);
	if (strcmp(verb, "resume") == 0)
		return pv_experiment_resume(out, it, now, &cli->err);
	return pv_experiment_end(out, it, PV_EXPERIMENT_PAUSED, now, &cli->err);
}

static int take_step(pv_cli *cli, const experiment_step *step, const char *id,
		     const struct life_options *opts)
{
	experiment_file file = { { 0 } };
	pv_buf text = { 0 };
	pv_oid commit = { "" };
	int rc = experiment_file_take(&file, cli, id);

	if (rc == PV_OK)
		rc = next_text(&text, cli, &file, step->verb, opts);
	if (rc == PV_OK)
		rc = experiment_commit(&commit, cli, &file, &text, step);
	if (rc == PV_OK)
		rc = experiment_print(cli, &file, &commit);
	pv_buf_dispose(&text);
	experiment_file_dispose(&file);
	return rc;
}

static int run(pv_cli *cli, const char *verb, const char *subject, int argc,
	       char **argv)
{
	struct life_options opts = { { 0 } };
	const experiment_step step = { .how = &opts.commit,
				       .verb = verb,
				       .subject = subject };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (strcmp(verb, "ramp") == 0 && !opts.coverage)
		return cli_usage_error(cli, "ramp needs --coverage PERCENT");
	if (strcmp(verb, "reweight") == 0 && !opts.split)
		return cli_usage_error(cli, "reweight needs --split W,W...");
	return take_step(cli, &step, argv[1], &opts);
}

int experiment_start(pv_cli *cli, int argc, char **argv)
{
	return run(cli, "start", "Start experiment", argc, argv);
}

int experiment_ramp(pv_cli *cli, int argc, char **argv)
{
	return run(cli, "ramp", "Ramp experiment", argc, argv);
}

int experiment_reweight(pv_cli *cli, int argc, char **argv)
{
	return run(cli, "reweight", "Reweight experiment", argc, argv);
}

int experiment_pause(pv_cli *cli, int argc, char **argv)
{
	return run(cli, "pause", "Pause experiment", argc, argv);
}

int experiment_resume(pv_cli *cli, int argc, char **argv)
{
	return run(cli, "resume", "Resume experiment", argc, argv);
}
