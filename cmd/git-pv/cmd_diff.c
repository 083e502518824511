/* SPDX-License-Identifier: MIT
 *
 * git pv diff: what changed between two states, prompt by prompt and field
 * by field. Files are compared by blob id first, so only what differs is
 * read.
 */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <pv/diff.h>

#include "base/fail.h"
#include "base/mem.h"
#include "sides.h"

struct diff_options {
	int staged;
	int stat;
	int name_only;
	int exit_code;
	int ignore_formatting;
	int word;
	int side_by_side;
	int format; /* 1 + an index in `formats`; 0 for text */
	int context;
};

static const char *const formats[] = { "text", "json", "markdown", "html", NULL };

enum format {
	FORMAT_TEXT = 1,
	FORMAT_JSON,
	FORMAT_MARKDOWN,
	FORMAT_HTML
};

static const cli_option options[] = {
	{ 0, "staged", CLI_FLAG, offsetof(struct diff_options, staged), NULL,
	  "compare with what is staged instead of the files" },
	{ 0, "cached", CLI_FLAG, offsetof(struct diff_options, staged), NULL,
	  "the same as --staged" },
	{ 0, "stat", CLI_FLAG, offsetof(struct diff_options, stat), NULL,
	  "only count, one line for each prompt" },
	{ 0, "name-only", CLI_FLAG, offsetof(struct diff_options, name_only),
	  NULL, "only print the ids of prompts that differ" },
	{ 0, "word", CLI_FLAG, offsetof(struct diff_options, word), NULL,
	  "mark changed words instead of lines" },
	{ 0, "side-by-side", CLI_FLAG, offsetof(struct diff_options, side_by_side),
	  NULL, "show texts in two columns" },
	{ 0, "ignore-formatting", CLI_FLAG,
	  offsetof(struct diff_options, ignore_formatting), NULL,
	  "leave out what only looks different" },
	{ 'U', "unified", CLI_INT, offsetof(struct diff_options, context), "N",
	  "show N unchanged lines around a change, 3 unless told" },
	{ 0, "format", CLI_ENUM, offsetof(struct diff_options, format), "FORMAT",
	  "text, json (as --json), markdown for a pull request, or html",
	  formats },
	{ 0, "exit-code", CLI_FLAG, offsetof(struct diff_options, exit_code),
	  NULL, "exit with 1 when something differs" },
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

/* A prompt on one or both sides. */
struct item {
	char *id;
	char *path;
	pv_oid blob; /* hex "" when it is not known without reading */
};

struct items {
	struct item *ptr;
	size_t count;
	size_t cap;
};

/* A run of the command. */
struct run {
	pv_cli *cli;
	const struct diff_options *opts;
	diff_sides sides;
	struct items before;
	struct items after;
	pv_version_index *versions; /* for headings; NULL when not wanted */
	pv_jsonw w;
	pv_diff_report *report; /* NULL for text and JSON */
	int id_width;
	size_t shown;
};

/* --- what is there ------------------------------------------------------- */

struct collect {
	const struct run *run;
	struct items *items;
};

static int add_item(struct items *items, const char *id, const char *path,
		    const pv_oid *blob)
{
	struct item *item;

	if (pv_array_reserve(&items->ptr, &items->cap, items->count + 1,
			     sizeof(*items->ptr)) < 0)
		return PV_ENOMEM;
	item = &items->ptr[items->count++];
	memset(item, 0, sizeof(*item));
	item->id = pv_strdup(id);
	item->path = pv_strdup(path);
	if (blob)
		item->blob = *blob;
	return item->id && item->path ? PV_OK : PV_ENOMEM;
}

static int each_prompt(const char *id, const char *path, const pv_oid *blob,
		       void *payload)
{
	const struct collect *collect = payload;

	if (!diff_sides_include(&collect->run->sides, id))
		return PV_OK;
	if (add_item(collect->items, id, path, blob) < 0)
		return pv_fail_nomem(&collect->run->cli->err);
	return PV_OK;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *left = a;
	const struct item *right = b;

	return strcmp(left->id, right->id);
}

static int list_side(struct items *out, const struct run *run,
		     const diff_side *side)
{
	struct collect collect = { run, out };
	pv_cli *cli = run->cli;
	int rc;

	if (side->is_empty)
		return PV_OK;
	rc = pv_prompt_each(cli->store, &cli->settings, &side->at, each_prompt,
			    &collect, &cli->err);
	if (out->count > 0)
		qsort(out->ptr, out->count, sizeof(*out->ptr), compare_items);
	return rc;
}

static int list_spec(struct items *out, pv_cli *cli, const pv_spec *spec)
{
	if (add_item(out, spec->id, spec->path, NULL) < 0)
		return pv_fail_nomem(&cli->err);
	return PV_OK;
}

static void dispose_items(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		pv_free(items->ptr[i].id);
		pv_free(items->ptr[i].path);
	}
	pv_free(items->ptr);
}

static int has_item(const struct items *items, const char *wanted)
{
	size_t len = strlen(wanted);

	for (size_t i = 0; i < items->count; i++) {
		const char *id = items->ptr[i].id;

		if (strncmp(id, wanted, len) == 0 &&
		    (id[len] == '\0' || id[len] == '/'))
			return 1;
	}
	return 0;
}

/* A prompt that was asked for must be on one side at least. */
static int check_wanted(const struct run *run)
{
	const pv_strlist *only = &run->sides.only;
	pv_error *err = &run->cli->err;

	for (size_t i = 0; i < only->count; i++) {
		const char *wanted = only->items[i];

		if (has_item(&run->before, wanted) ||
		    has_item(&run->after, wanted))
			continue;
		if (run->cli->dashdash >= 0)
			return pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND,
					  "no prompt \"%s\" on either side",
					  wanted);
		pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
			   "\"%s\" is neither a revision nor a prompt", wanted);
		return pv_error_hint(err, err->code,
				     "\"git pv list\" shows the prompts, "
				     "\"git pv branch\" the branches");
	}
	return PV_OK;
}

static int list_both(struct run *run)
{
	const diff_sides *sides = &run->sides;
	pv_cli *cli = run->cli;
	int rc;

	if (sides->new_spec.id) {
		rc = list_spec(&run->before, cli, &sides->old_spec);
		return rc < 0 ? rc
			      : list_spec(&run->after, cli, &sides->new_spec);
	}
	rc = list_side(&run->before, run, &sides->from);
	if (rc == PV_OK)
		rc = list_side(&run->after, run, &sides->to);
	return rc < 0 ? rc : check_wanted(run);
}

/* --- one prompt ---------------------------------------------------------- */

/* A prompt is on one side at least. */
static const char *id_of(const struct item *before, const struct item *after)
{
	const struct item *item = after ? after : before;

	assert(item);
	return item->id;
}

/* What the version of a prompt is called, or nothing where it cannot be. */
static void describe(pv_buf *out, struct run *run, const struct item *item,
		     const diff_side *side)
{
	const pv_oid *blob;

	if (!run->versions || !item)
		return;
	blob = item->blob.hex[0] ? &item->blob : NULL;
	if (pv_version_index_describe(out, run->versions, item->id, &side->at,
				      blob, NULL) < 0)
		pv_buf_clear(out);
}

static int print_text(struct run *run, const pv_diff *diff,
		      const struct item *before, const struct item *after)
{
	pv_diff_print_options opts = { 0 };
	pv_cli *cli = run->cli;
	pv_buf from = { 0 };
	pv_buf to = { 0 };
	int rc;

	describe(&from, run, before, &run->sides.from);
	describe(&to, run, after, &run->sides.to);
	opts.color = cli->color;
	opts.context = run->opts->context;
	opts.stat = run->opts->stat;
	opts.word = run->opts->word;
	opts.side_by_side = run->opts->side_by_side;
	opts.width = opts.side_by_side ? cli_width() : 0;
	opts.id_width = run->id_width;
	opts.from = from.len ? from.ptr : NULL;
	opts.to = to.len ? to.ptr : NULL;
	if (run->shown > 1 && !opts.stat)
		cli_puts(cli, "\n");
	rc = pv_diff_print_text(&cli->out, diff, id_of(before, after), &opts,
				&cli->err);
	pv_buf_dispose(&from);
	pv_buf_dispose(&to);
	/* Who reads along sees each prompt as soon as it is compared. */
	return rc == PV_OK && cli->is_tty ? cli_flush(cli) : rc;
}

/* Between elements the writer puts the comma; the printer knows none. */
static int print_json(struct run *run, const pv_diff *diff, const char *id)
{
	pv_buf json = { 0 };
	int rc = pv_diff_print_json(&json, diff, id, &run->cli->err);

	if (rc == PV_OK)
		pv_jsonw_raw(&run->w, json.ptr, json.len);
	pv_buf_dispose(&json);
	return rc;
}

static int add_to_report(struct run *run, const pv_diff *diff,
			 const struct item *before, const struct item *after)
{
	pv_buf from = { 0 };
	pv_buf to = { 0 };
	int rc;

	describe(&from, run, before, &run->sides.from);
	describe(&to, run, after, &run->sides.to);
	rc = pv_diff_report_add(run->report, diff, id_of(before, after),
				from.len ? from.ptr : NULL,
				to.len ? to.ptr : NULL, &run->cli->err);
	pv_buf_dispose(&from);
	pv_buf_dispose(&to);
	return rc;
}

static int print_diff(struct run *run, const pv_diff *diff,
		      const struct item *before, const struct item *after)
{
	const char *id = id_of(before, after);

	if (pv_diff_status(diff) == PV_DIFF_UNCHANGED)
		return PV_OK;
	run->shown++;
	if (run->cli->json)
		return print_json(run, diff, id);
	if (run->report)
		return add_to_report(run, diff, before, after);
	if (!run->opts->name_only)
		return print_text(run, diff, before, after);
	cli_line(run->cli, id);
	cli_puts(run->cli, "\n");
	return PV_OK;
}

static int read_item(pv_buf *out, const struct run *run,
		     const struct item *item, const diff_side *side)
{
	if (!item)
		return PV_OK;
	out->max = PV_YAML_MAX_SIZE;
	if (item->blob.hex[0] && side->at.kind == PV_AT_COMMIT)
		return pv_store_read_blob(out, run->cli->store, &item->blob,
					  &run->cli->err);
	return pv_store_read(out, NULL, run->cli->store, &side->at, item->path,
			     &run->cli->err);
}

/* NULL stands for a side that lacks the prompt. */
static int compare_prompt(struct run *run, const struct item *before,
			  const struct item *after)
{
	pv_buf old_text = { 0 };
	pv_buf new_text = { 0 };
	pv_diff *diff = NULL;
	int rc;

	if (before && after && before->blob.hex[0] &&
	    strcmp(before->blob.hex, after->blob.hex) == 0)
		return PV_OK;
	rc = read_item(&old_text, run, before, &run->sides.from);
	if (rc == PV_OK)
		rc = read_item(&new_text, run, after, &run->sides.to);
	if (rc == PV_OK)
		rc = pv_diff_texts(&diff, before ? pv_buf_text(&old_text) : NULL,
				   old_text.len,
				   after ? pv_buf_text(&new_text) : NULL,
				   new_text.len, &run->cli->err);
	if (rc == PV_OK && run->opts->ignore_formatting)
		pv_diff_ignore_formatting(diff);
	if (rc == PV_OK)
		rc = print_diff(run, diff, before, after);
	pv_diff_free(diff);
	pv_buf_dispose(&old_text);
	pv_buf_dispose(&new_text);
	return rc;
}

/* --- all prompts --------------------------------------------------------- */

static int compare_all(struct run *run)
{
	const struct items *before = &run->before;
	const struct items *after = &run->after;
	size_t i = 0;
	size_t j = 0;
	int rc = PV_OK;

	if (run->sides.new_spec.id)
		return compare_prompt(run, before->ptr, after->ptr);
	while ((i < before->count || j < after->count) && rc == PV_OK) {
		int order;

		if (i == before->count)
			order = 1;
		else if (j == after->count)
			order = -1;
		else
			order = compare_items(&before->ptr[i], &after->ptr[j]);
		rc = compare_prompt(run, order <= 0 ? &before->ptr[i] : NULL,
				    order >= 0 ? &after->ptr[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	return rc;
}

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

static int print_report(struct run *run)
{
	pv_cli *cli = run->cli;
	int rc = pv_diff_report_new(&run->report,
				    run->opts->format == FORMAT_HTML
					    ? PV_DIFF_HTML
					    : PV_DIFF_MARKDOWN,
				    side_name(&run->sides.from),
				    side_name(&run->sides.to), &cli->err);

	if (rc == PV_OK)
		rc = compare_all(run);
	if (rc == PV_OK)
		rc = pv_diff_report_print(&cli->out, run->report, &cli->err);
	return rc;
}

static int print_all(struct run *run)
{
	pv_cli *cli = run->cli;
	int rc;

	if (run->opts->format > FORMAT_JSON)
		return print_report(run);
	if (!cli->json)
		return compare_all(run);
	pv_jsonw_init(&run->w, &cli->out);
	pv_jsonw_object(&run->w);
	pv_jsonw_member(&run->w, "from", side_name(&run->sides.from));
	pv_jsonw_member(&run->w, "to", side_name(&run->sides.to));
	pv_jsonw_key(&run->w, "prompts");
	pv_jsonw_array(&run->w);
	rc = compare_all(run);
	pv_jsonw_array_end(&run->w);
	pv_jsonw_object_end(&run->w);
	return rc;
}

static void measure_ids(struct run *run)
{
	const struct items *lists[2] = { &run->before, &run->after };

	for (size_t i = 0; i < pv_array_len(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++) {
			int width = (int)strlen(lists[i]->ptr[j].id);

			if (width > run->id_width)
				run->id_width = width;
		}
}

static int prepare(struct run *run)
{
	const struct diff_options *opts = run->opts;
	pv_cli *cli = run->cli;
	int rc = list_both(run);

	if (rc < 0 || cli->json || opts->name_only)
		return rc;
	if (opts->stat) {
		measure_ids(run);
		return PV_OK;
	}
	return pv_version_index_load(&run->versions, cli->store, &cli->settings,
				     &cli->err);
}

static int check_options(pv_cli *cli, const struct diff_options *opts)
{
	int shapes = opts->stat + opts->name_only + opts->word +
		     opts->side_by_side + (opts->format > FORMAT_JSON);

	if (opts->format == FORMAT_JSON)
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
	struct diff_options opts = { 0 };
	struct run run = { .cli = cli, .opts = &opts };
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
	pv_diff_report_free(run.report);
	pv_version_index_free(run.versions);
	dispose_items(&run.before);
	dispose_items(&run.after);
	diff_sides_dispose(&run.sides);
	return rc;
}
