/* SPDX-License-Identifier: MIT
 *
 * git pv diff: what changed between two states, prompt by prompt and field
 * by field.
 */
#include <stddef.h>
#include <string.h>

#include "diff/diff_run.h"

enum {
	ARROW_WIDTH = 3
};

static const char *const formats[] = { "text", "json", "markdown", "html", NULL };

static const cli_option options[] = {
	{ 0, "staged", CLI_FLAG, offsetof(diff_options, staged), NULL,
	  "compare with what is staged instead of the files" },
	{ 0, "cached", CLI_FLAG, offsetof(diff_options, staged), NULL,
	  "the same as --staged" },
	{ 0, "stat", CLI_FLAG, offsetof(diff_options, stat), NULL,
	  "only count, one line for each prompt" },
	{ 0, "name-only", CLI_FLAG, offsetof(diff_options, name_only), NULL,
	  "only print the ids of prompts that differ" },
	{ 0, "word", CLI_FLAG, offsetof(diff_options, word), NULL,
	  "mark changed words instead of lines" },
	{ 0, "side-by-side", CLI_FLAG, offsetof(diff_options, side_by_side),
	  NULL, "show texts in two columns" },
	{ 0, "ignore-formatting", CLI_FLAG,
	  offsetof(diff_options, ignore_formatting), NULL,
	  "leave out what only looks different" },
	{ 'U', "unified", CLI_INT, offsetof(diff_options, context), "N",
	  "show N unchanged lines around a change, 3 unless told" },
	{ 0, "format", CLI_ENUM, offsetof(diff_options, format), "FORMAT",
	  "text, json (as --json), markdown for a pull request, or html",
	  formats },
	{ 0, "exit-code", CLI_FLAG, offsetof(diff_options, exit_code), NULL,
	  "exit with 1 when something differs" },
	{ 0 },
};

const cli_usage cmd_diff_usage = {
	.synopsis = { "git pv diff [--staged] [--word | --side-by-side | --stat | "
		      "--name-only] [--json | --format FORMAT] [REV [REV]] "
		      "[-- ID...]",
		      "git pv diff REV..REV [-- ID...]",
		      "git pv diff REV...REV [-- ID...]",
		      "git pv diff ID@REV [ID@REV]" },
	.examples = { "git pv diff",
		      "git pv diff main...exp/concise -- support/triage",
		      "git pv diff support/triage@1.0 support/triage@1.2" },
	.options = options,
	.args = "REV or ID@REV",
	.max_args = -1,
};

static const char *side_name(const diff_side *side)
{
	const char *name = NULL;

	switch (side->at.kind) {
	case PV_AT_COMMIT:
		name = side->is_empty ? NULL : side->at.commit.hex;
		break;
	case PV_AT_INDEX:
		name = ":index";
		break;
	case PV_AT_WORKTREE:
		name = ":worktree";
		break;
	}
	return name;
}

static int print_report(diff_run *run)
{
	pv_cli *cli = run->cli;
	int rc = pv_diff_report_new(&run->report, diff_report_format(run),
				    side_name(&run->sides.from),
				    side_name(&run->sides.to), &cli->err);

	if (rc == PV_OK)
		rc = diff_tell(run, DIFF_OF_ALL, NULL);
	if (rc == PV_OK)
		rc = diff_compare_pairs(run);
	if (rc == PV_OK)
		rc = diff_tell(run, DIFF_OF_OTHERS, NULL);
	if (rc == PV_OK)
		rc = pv_diff_report_print(&cli->out, run->report, &cli->err);
	return rc;
}

static int print_all(diff_run *run)
{
	pv_cli *cli = run->cli;
	int rc;

	if (run->opts->format > DIFF_JSON)
		return print_report(run);
	if (!cli->json)
		return diff_compare_pairs(run);
	pv_jsonw_init(&run->w, &cli->out);
	pv_jsonw_object(&run->w);
	pv_jsonw_member(&run->w, "from", side_name(&run->sides.from));
	pv_jsonw_member(&run->w, "to", side_name(&run->sides.to));
	pv_jsonw_member(&run->w, "from_resolved_from",
			cli_fallback_of(&run->sides.old_spec));
	pv_jsonw_member(&run->w, "to_resolved_from",
			cli_fallback_of(&run->sides.new_spec));
	pv_jsonw_key(&run->w, "prompts");
	pv_jsonw_array(&run->w);
	rc = diff_compare_pairs(run);
	pv_jsonw_array_end(&run->w);
	pv_jsonw_object_end(&run->w);
	return rc;
}

/* For --stat: "old → new" stands for what was moved. */
static void measure_ids(diff_run *run)
{
	for (size_t i = 0; i < run->pairs.count; i++) {
		const diff_pair *pair = &run->pairs.ptr[i];
		int width = (int)strlen(diff_pair_id(pair));

		if (pair->is_same)
			continue;
		if (diff_pair_former(pair))
			width += (int)strlen(diff_pair_former(pair)) +
				 ARROW_WIDTH;
		if (width > run->id_width)
			run->id_width = width;
	}
}

static int prepare(diff_run *run)
{
	const diff_options *opts = run->opts;
	pv_cli *cli = run->cli;
	const diff_side *from = &run->sides.from;
	const diff_side *to = &run->sides.to;
	int rc = diff_pairs_read(&run->pairs, cli, &run->sides, !opts->name_only);

	if (rc == PV_OK && !from->is_empty && !to->is_empty)
		rc = pv_dependencies_new(&run->closures, cli->store,
					 &cli->settings, &from->at, &to->at,
					 &cli->err);
	if (rc < 0 || cli->json || opts->name_only)
		return rc;
	if (opts->side_by_side)
		run->width = cli_width();
	if (opts->stat) {
		measure_ids(run);
		return PV_OK;
	}
	return pv_version_index_load(&run->versions, cli->store, &cli->settings,
				     &cli->err);
}

static void run_dispose(diff_run *run)
{
	pv_diff_report_free(run->report);
	pv_version_index_free(run->versions);
	pv_dependencies_free(run->closures);
	diff_pairs_dispose(&run->pairs);
	diff_sides_dispose(&run->sides);
}

static void set_side(diff_side *side, const pv_oid *commit)
{
	side->at.kind = PV_AT_COMMIT;
	side->at.commit = *commit;
	side->is_empty = !commit->hex[0];
}

int diff_between(pv_cli *cli, const diff_options *opts, const diff_range *range)
{
	diff_run run = { .cli = cli, .opts = opts, .talk = range->talk };
	int rc = PV_OK;

	set_side(&run.sides.from, &range->from);
	set_side(&run.sides.to, &range->to);
	if (range->only)
		rc = pv_strlist_add(&run.sides.only, range->only, &cli->err);
	if (rc == PV_OK)
		rc = prepare(&run);
	if (rc == PV_OK && range->w) {
		run.w = *range->w;
		rc = diff_compare_pairs(&run);
		*range->w = run.w;
	} else if (rc == PV_OK) {
		rc = print_all(&run);
	}
	run_dispose(&run);
	return rc;
}

static int check_options(pv_cli *cli, const diff_options *opts)
{
	int shapes = opts->stat + opts->name_only + opts->word +
		     opts->side_by_side + (opts->format > DIFF_JSON);

	if (opts->format == DIFF_JSON)
		cli->json = 1;
	else if (opts->format && cli->json)
		return cli_usage_error(cli, "--json is --format json");
	if (shapes > 1)
		return cli_usage_error(cli, "--word, --side-by-side, --stat, "
					    "--name-only and --format exclude "
					    "another");
	return PV_OK;
}

int cmd_diff(pv_cli *cli, int argc, char **argv)
{
	diff_options opts = { 0 };
	diff_run run = { .cli = cli, .opts = &opts };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	rc = check_options(cli, &opts);
	if (rc < 0)
		return rc;
	rc = diff_sides_read(&run.sides, cli, argc, argv, opts.staged);
	if (rc == PV_OK)
		rc = prepare(&run);
	if (rc == PV_OK)
		rc = print_all(&run);
	if (rc == PV_OK && opts.exit_code)
		rc = run.shown > 0;
	run_dispose(&run);
	return rc;
}
