/* SPDX-License-Identifier: MIT
 *
 * git pv diff: what changed between two states, prompt by prompt and field
 * by field. Files are compared by blob id first, so only what differs is
 * read.
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <pv/diff.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "diff_closure.h"
#include "pairs.h"

enum {
	BATCH_MAX = 256,        /* prompts that are compared at once, */
	BATCH_BYTES = 4 << 20,  /* and about how large they are together */
	THREADS_MIN = 32 << 10, /* bytes worth more than one thread */
	ARROW_WIDTH = 3
};

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

/* A run of the command. */
struct run {
	pv_cli *cli;
	const struct diff_options *opts;
	diff_sides sides;
	diff_pairs pairs;
	pv_version_index *versions; /* for headings; NULL when not wanted */
	pv_dependencies *closures;  /* NULL where a side has no files */
	pv_jsonw w;
	pv_diff_report *report; /* NULL for text and JSON */
	int width;              /* with --side-by-side */
	int id_width;           /* with --stat */
	size_t shown;
};

/* One pair on its way. */
struct compared {
	const diff_pair *pair;
	pv_buf before; /* the texts */
	pv_buf after;
	pv_buf from; /* what the versions are called; may be empty */
	pv_buf to;
	diff_closure closure; /* what differs of it */
	int is_read;
	int is_done;
	int has_changed;
	pv_buf out;           /* the prompt as it is printed, */
	pv_diff_report *part; /* or its part of the report */
};

/*
 * Prompts that are read, compared and drawn on several threads, then printed
 * in their order.
 */
struct batch {
	struct run *run;
	struct compared items[BATCH_MAX];
	size_t count;
	size_t next;  /* the pair that the next batch begins with */
	size_t bytes; /* of what is read */
	pthread_mutex_t store_lock; /* whoever reads on a thread holds it */
};

static const char *text_or_null(const pv_buf *buf)
{
	return buf->len ? buf->ptr : NULL;
}

/* --- one prompt ---------------------------------------------------------- */

static enum pv_diff_report_format report_format(const struct run *run)
{
	return run->opts->format == FORMAT_HTML ? PV_DIFF_HTML : PV_DIFF_MARKDOWN;
}

static int draw_text(struct compared *item, const struct run *run,
		     const pv_diff *diff, pv_error *err)
{
	pv_diff_print_options opts = { 0 };

	opts.color = run->cli->color;
	opts.context = run->opts->context;
	opts.stat = run->opts->stat;
	opts.word = run->opts->word;
	opts.side_by_side = run->opts->side_by_side;
	opts.width = run->width;
	opts.id_width = run->id_width;
	opts.from = text_or_null(&item->from);
	opts.to = text_or_null(&item->to);
	return pv_diff_print_text(&item->out, diff, diff_pair_id(item->pair),
				  &opts, err);
}

static int draw_part(struct compared *item, const struct run *run,
		     const pv_diff *diff, pv_error *err)
{
	size_t number = 1 + (size_t)(item->pair - run->pairs.ptr);
	int rc = pv_diff_report_new(&item->part, report_format(run), NULL, NULL,
				    err);

	if (rc < 0)
		return rc;
	pv_diff_report_number(item->part, number);
	return pv_diff_report_add(item->part, diff, diff_pair_id(item->pair),
				  text_or_null(&item->from),
				  text_or_null(&item->to), err);
}

/* Makes what is printed of a prompt; on any thread. */
static int draw(struct compared *item, const struct run *run,
		const pv_diff *diff, pv_error *err)
{
	if (run->opts->name_only)
		return PV_OK;
	if (run->report)
		return draw_part(item, run, diff, err);
	if (run->cli->json)
		return pv_diff_print_json(&item->out, diff,
					  diff_pair_id(item->pair), err);
	return draw_text(item, run, diff, err);
}

static void print_name(struct run *run, const char *id)
{
	run->shown++;
	cli_line(run->cli, id);
	cli_puts(run->cli, "\n");
}

static int print_item(struct run *run, const struct compared *item)
{
	pv_cli *cli = run->cli;

	if (run->opts->name_only) {
		print_name(run, diff_pair_id(item->pair));
		return PV_OK;
	}
	run->shown++;
	if (run->report)
		return pv_diff_report_join(run->report, item->part, &cli->err);
	/* Between elements the writer puts the comma. */
	if (cli->json) {
		pv_jsonw_raw(&run->w, item->out.ptr, item->out.len);
		return PV_OK;
	}
	if (run->shown > 1 && !run->opts->stat)
		cli_puts(cli, "\n");
	pv_buf_put(&cli->out, item->out.ptr, item->out.len);
	return cli->is_tty ? cli_flush(cli) : PV_OK;
}

/* --- many prompts -------------------------------------------------------- */

static int read_item(pv_buf *out, const struct run *run, const diff_item *item,
		     const diff_side *side, pv_error *err)
{
	if (!item)
		return PV_OK;
	out->max = PV_YAML_MAX_SIZE;
	if (item->blob.hex[0] && side->at.kind == PV_AT_COMMIT)
		return pv_store_read_blob(out, run->cli->store, &item->blob, err);
	return pv_store_read(out, NULL, run->cli->store, &side->at, item->path,
			     err);
}

static int read_pair(struct compared *item, struct batch *batch, pv_error *err)
{
	const struct run *run = batch->run;
	const diff_pair *pair = item->pair;
	int rc = read_item(&item->before, run, pair->before, &run->sides.from,
			   err);

	if (rc == PV_OK && !pair->is_same)
		rc = read_item(&item->after, run, pair->after, &run->sides.to,
			       err);
	item->is_read = rc == PV_OK;
	batch->bytes += item->before.len + item->after.len;
	return rc;
}

/* The text of the new side, which may be that of the old one. */
static const pv_buf *text_after(const struct compared *item)
{
	return item->pair->is_same ? &item->before : &item->after;
}

/* Files of the working tree are known to be equal only when they are read. */
static int is_same(const struct compared *item)
{
	const diff_pair *pair = item->pair;

	if (pair->is_same)
		return 1;
	return item->is_read && pair->before && pair->after &&
	       !diff_pair_former(pair) && item->before.len == item->after.len &&
	       memcmp(pv_buf_text(&item->before), pv_buf_text(&item->after),
		      item->before.len) == 0;
}

static int may_refer(const struct compared *item)
{
	return pv_prompt_may_refer(item->before.ptr, item->before.len) ||
	       pv_prompt_may_refer(item->after.ptr, item->after.len);
}

/* Of what is the same this was found out before. */
static int find_closure(struct compared *item, struct batch *batch, pv_error *err)
{
	int rc;

	if (is_same(item) || !may_refer(item))
		return PV_OK;
	pthread_mutex_lock(&batch->store_lock);
	rc = diff_closure_find(&item->closure, batch->run->closures, item->pair,
			       err);
	pthread_mutex_unlock(&batch->store_lock);
	return rc;
}

/* 1 when the batch is large enough without the item. */
static int read_later(struct compared *item, struct batch *batch, pv_error *err)
{
	int rc;

	if (item->is_read)
		return 0;
	pthread_mutex_lock(&batch->store_lock);
	rc = batch->bytes > BATCH_BYTES ? 1 : read_pair(item, batch, err);
	pthread_mutex_unlock(&batch->store_lock);
	return rc;
}

static int refers(const pv_prompt *prompt)
{
	return pv_prompt_include_count(prompt) > 0 ||
	       pv_prompt_schema_ref_count(prompt) > 0;
}

/* Only few prompts refer to others, so the threads hardly ever wait. */
static int find_impact(enum pv_bump *out, const pv_prompt *before,
		       const pv_prompt *after, pv_report *breaking,
		       void *payload, pv_error *err)
{
	struct batch *batch = payload;
	const struct run *run = batch->run;
	const pv_prompt_change change = { .store = run->cli->store,
					  .settings = &run->cli->settings,
					  .before = before,
					  .after = after,
					  .from = run->sides.from.at,
					  .to = run->sides.to.at };
	int rc;

	if (!refers(before) && !refers(after))
		return pv_prompt_impact(out, before, after, breaking, err);
	pthread_mutex_lock(&batch->store_lock);
	rc = pv_prompt_impact_at(out, &change, breaking, err);
	pthread_mutex_unlock(&batch->store_lock);
	return rc;
}

static int make_diff(pv_diff **out, const struct compared *item,
		     struct batch *batch, pv_error *err)
{
	const diff_pair *pair = item->pair;
	const pv_buf *after = text_after(item);
	pv_diff_input input = { .before_len = item->before.len,
				.after_len = after->len,
				.former = diff_pair_former(pair),
				.closure = item->closure.items,
				.closure_count = item->closure.count,
				.without_json = !batch->run->report &&
						!batch->run->cli->json,
				.impact = find_impact,
				.payload = batch };

	if (pair->before)
		input.before = pv_buf_text(&item->before);
	if (pair->after)
		input.after = pv_buf_text(after);
	return pv_diff_new(out, &input, err);
}

/* 1 when a pair differs whatever is in it. */
static int differs(const diff_pair *pair)
{
	return !pair->before || !pair->after ||
	       (!pair->is_same && pair->before->blob.hex[0] &&
		pair->after->blob.hex[0]);
}

/* Mere names need no contents as long as git knows what differs. */
static int is_named(const struct run *run, const diff_pair *pair)
{
	return run->opts->name_only && !run->opts->ignore_formatting &&
	       differs(pair);
}

static int compare(size_t idx, void *payload, pv_error *err)
{
	struct batch *batch = payload;
	struct compared *item = &batch->items[idx];
	pv_diff *diff = NULL;
	int rc;

	if (is_named(batch->run, item->pair)) {
		item->has_changed = item->is_done = 1;
		return PV_OK;
	}
	rc = read_later(item, batch, err);
	if (rc != 0)
		return rc < 0 ? rc : PV_OK;
	rc = find_closure(item, batch, err);
	if (rc == PV_OK)
		rc = make_diff(&diff, item, batch, err);
	if (rc < 0)
		return rc;
	if (batch->run->opts->ignore_formatting)
		pv_diff_ignore_formatting(diff);
	item->has_changed = !pv_diff_is_empty(diff);
	if (item->has_changed)
		rc = draw(item, batch->run, diff, err);
	item->is_done = rc == PV_OK;
	pv_diff_free(diff);
	return rc;
}

/* Two prompts, as specs may name them, not one that was moved. */
static int is_of_two(const diff_pair *pair)
{
	return pair->before && pair->after && !diff_pair_former(pair) &&
	       strcmp(pair->before->id, pair->after->id) != 0;
}

/* What the version of a prompt is called, or nothing where it cannot be. */
static void describe(pv_buf *out, struct run *run, const diff_pair *pair,
		     int is_after)
{
	const diff_item *item = is_after ? pair->after : pair->before;
	const diff_side *side = is_after ? &run->sides.to : &run->sides.from;
	const pv_oid *blob;

	if (!item)
		return;
	blob = item->blob.hex[0] ? &item->blob : NULL;
	if (is_of_two(pair))
		pv_buf_printf(out, "%s@", item->id);
	if (pv_version_index_describe(out, run->versions, item->id, &side->at,
				      blob, NULL) < 0)
		pv_buf_clear(out);
}

/*
 * Names the versions, of one side first: what is known of its history is of
 * use to the next prompt.
 */
static void describe_batch(struct batch *batch)
{
	struct run *run = batch->run;

	for (size_t i = 0; run->versions && i < batch->count; i++) {
		struct compared *item = &batch->items[i];

		describe(&item->from, run, item->pair, 0);
	}
	for (size_t i = 0; run->versions && i < batch->count; i++) {
		struct compared *item = &batch->items[i];

		describe(&item->to, run, item->pair, 1);
	}
}

static void dispose_item(struct compared *item)
{
	pv_diff_report_free(item->part);
	diff_closure_dispose(&item->closure);
	pv_buf_dispose(&item->before);
	pv_buf_dispose(&item->after);
	pv_buf_dispose(&item->from);
	pv_buf_dispose(&item->to);
	pv_buf_dispose(&item->out);
}

static void empty_batch(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		dispose_item(&batch->items[i]);
	batch->count = 0;
	batch->bytes = 0;
}

/*
 * What was done before something failed, or before the batch was large enough,
 * is printed; the rest is the next batch's.
 */
static int print_batch(struct batch *batch)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < batch->count; i++) {
		const struct compared *item = &batch->items[i];

		if (!item->is_done) {
			batch->next =
				(size_t)(item->pair - batch->run->pairs.ptr);
			break;
		}
		if (item->has_changed)
			rc = print_item(batch->run, item);
	}
	return rc;
}

/* A thread costs about as much as one or two prompts. */
static int finish_batch(struct batch *batch)
{
	unsigned threads = batch->bytes < THREADS_MIN ? 1 : 0;
	int compared;
	int printed;

	describe_batch(batch);
	compared = pv_parallel_each(batch->count, threads, compare, batch,
				    &batch->run->cli->err);
	printed = print_batch(batch);
	empty_batch(batch);
	return compared < 0 ? compared : printed;
}

/* What is the same stays in the batch only when what it refers to is not. */
static int keep_same(struct compared *item, struct batch *batch)
{
	struct run *run = batch->run;
	int rc = PV_OK;

	if (may_refer(item))
		rc = diff_closure_find(&item->closure, run->closures,
				       item->pair, &run->cli->err);
	if (rc == PV_OK && item->closure.count == 0) {
		batch->bytes -= item->before.len + item->after.len;
		dispose_item(&batch->items[--batch->count]);
	}
	return rc;
}

/*
 * Fills a batch. Files of the working tree are read
 * here, for only those that differ are described; of the others only so many
 * that it is plain whether threads are worth it.
 */
static int fill_batch(struct batch *batch)
{
	const diff_pairs *pairs = &batch->run->pairs;
	int rc = PV_OK;

	while (rc == PV_OK && batch->next < pairs->count &&
	       batch->count < BATCH_MAX && batch->bytes <= BATCH_BYTES) {
		struct compared *item = &batch->items[batch->count++];

		memset(item, 0, sizeof(*item));
		item->pair = &pairs->ptr[batch->next++];
		if (!is_named(batch->run, item->pair) &&
		    (batch->bytes < THREADS_MIN || !differs(item->pair)))
			rc = read_pair(item, batch, &batch->run->cli->err);
		if (rc == PV_OK && item->is_read && is_same(item))
			rc = keep_same(item, batch);
	}
	if (rc < 0) /* what could not be read is no part of it */
		dispose_item(&batch->items[--batch->count]);
	return rc;
}

/* What was read before something could not be is shown all the same. */
static int compare_pairs(struct run *run)
{
	struct batch *batch = pv_calloc(1, sizeof(*batch));
	int read = PV_OK;
	int rc = PV_OK;

	if (!batch)
		return pv_fail_nomem(&run->cli->err);
	batch->run = run;
	pthread_mutex_init(&batch->store_lock, NULL);
	while (read == PV_OK && rc == PV_OK && batch->next < run->pairs.count) {
		read = fill_batch(batch);
		rc = finish_batch(batch);
	}
	pthread_mutex_destroy(&batch->store_lock);
	pv_free(batch);
	return rc < 0 ? rc : read;
}

/* --- the whole ----------------------------------------------------------- */

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
	int rc = pv_diff_report_new(&run->report, report_format(run),
				    side_name(&run->sides.from),
				    side_name(&run->sides.to), &cli->err);

	if (rc == PV_OK)
		rc = compare_pairs(run);
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
		return compare_pairs(run);
	pv_jsonw_init(&run->w, &cli->out);
	pv_jsonw_object(&run->w);
	pv_jsonw_member(&run->w, "from", side_name(&run->sides.from));
	pv_jsonw_member(&run->w, "to", side_name(&run->sides.to));
	pv_jsonw_key(&run->w, "prompts");
	pv_jsonw_array(&run->w);
	rc = compare_pairs(run);
	pv_jsonw_array_end(&run->w);
	pv_jsonw_object_end(&run->w);
	return rc;
}

/* For --stat: "old → new" stands for what was moved. */
static void measure_ids(struct run *run)
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

static int prepare(struct run *run)
{
	const struct diff_options *opts = run->opts;
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
	pv_dependencies_free(run.closures);
	diff_pairs_dispose(&run.pairs);
	diff_sides_dispose(&run.sides);
	return rc;
}
