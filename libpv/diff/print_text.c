/* SPDX-License-Identifier: MIT
 *
 * A diff for people: heading, what breaks, then each field. Values that fit
 * on a line are shown as `old → new`, texts of several lines as hunks, and
 * what comes or goes as a whole with + or - before each of its lines.
 */
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "diff/change.h"
#include "diff/flatten.h"
#include "diff/hunk.h"
#include "diff/page.h"
#include "diff/paint.h"
#include "diff/side_text.h"
#include "diff/tokens.h"
#include "diff/word_text.h"

enum {
	CONTEXT = 3,
	COLUMNS = 80,
	LINE_WIDTH = 76,  /* for both values of a field on one line */
	VALUE_WIDTH = 160 /* a longer value is cut around the change */
};

#define INDENT "  "
#define ARROW " → "

/* --- the heading --------------------------------------------------------- */

static void put_versions(pv_paint *paint, const pv_diff_print_options *opts)
{
	if (!opts->from && !opts->to)
		return;
	pv_buf_puts(paint->out, INDENT);
	if (opts->from)
		pv_paint_safe(paint->out, pv_str_of(opts->from));
	if (opts->from && opts->to)
		pv_buf_puts(paint->out, ARROW);
	if (opts->to)
		pv_paint_safe(paint->out, pv_str_of(opts->to));
}

/* What a prompt is called that is not just modified, else "". */
static const char *verdict_word(const pv_diff *diff)
{
	switch (diff->status) {
	case PV_DIFF_UNCHANGED:
		return diff->closure_count > 0 ? "closure only" : "unchanged";
	case PV_DIFF_MODIFIED:
		break;
	case PV_DIFF_ADDED:
	case PV_DIFF_REMOVED:
	case PV_DIFF_MOVED:
		return pv_diff_status_name(diff->status);
	}
	if (diff->closure_count > 0 || !pv_diff_is_formatting(diff))
		return "";
	return diff->comment_count > 0 ? "comments changed" : "formatting only";
}

void pv_diff_put_verdict(pv_buf *out, const pv_diff *diff)
{
	const char *word = verdict_word(diff);

	pv_buf_puts(out, word);
	if (diff->bump == PV_BUMP_NONE)
		return;
	if (*word)
		pv_buf_puts(out, ", ");
	pv_buf_puts(out, pv_bump_name(diff->bump));
}

/* The step stands last, in colour when it is a large one. */
static void put_verdict(pv_paint *paint, const pv_diff *diff)
{
	size_t name = strlen(pv_bump_name(diff->bump));

	pv_diff_put_verdict(paint->out, diff);
	if (diff->bump != PV_BUMP_MAJOR || paint->out->len < name)
		return;
	pv_buf_truncate(paint->out, paint->out->len - name);
	pv_paint_begin(paint, PV_PAINT_WARNING);
	pv_buf_puts(paint->out, pv_bump_name(diff->bump));
	pv_paint_end(paint);
}

/* "old → new" of what was moved. */
static void put_id(pv_buf *out, const pv_diff *diff, const char *id)
{
	if (diff->former) {
		pv_paint_safe(out, pv_str_of(diff->former));
		pv_buf_puts(out, ARROW);
	}
	pv_paint_safe(out, pv_str_of(id));
}

static void put_heading(pv_paint *paint, const pv_diff *diff, const char *id,
			const pv_diff_print_options *opts)
{
	pv_paint_begin(paint, PV_PAINT_HEADING);
	put_id(paint->out, diff, id);
	pv_paint_end(paint);
	put_versions(paint, opts);
	pv_buf_puts(paint->out, INDENT);
	put_verdict(paint, diff);
	pv_buf_putc(paint->out, '\n');
}

static void put_breaking(pv_paint *paint, const pv_report *breaking)
{
	for (size_t i = 0; i < pv_report_count(breaking); i++) {
		const pv_finding *finding = pv_report_at(breaking, i);

		pv_buf_puts(paint->out, INDENT);
		pv_paint_begin(paint, PV_PAINT_WARNING);
		pv_buf_puts(paint->out, "breaking: ");
		pv_paint_end(paint);
		if (*finding->file) {
			pv_paint_safe(paint->out, pv_str_of(finding->file));
			pv_buf_puts(paint->out, ": ");
		}
		pv_paint_safe(paint->out, pv_str_of(finding->message));
		pv_buf_putc(paint->out, '\n');
	}
}

/* "closure changed: schemas/ticket.json" */
static void put_closure(pv_paint *paint, const pv_diff *diff)
{
	for (size_t i = 0; i < diff->closure_count; i++) {
		const pv_closure_change *change = &diff->closure[i];

		pv_buf_printf(paint->out, INDENT "closure %s: ",
			      pv_diff_kind_word(change->kind));
		pv_paint_safe(paint->out, pv_str_of(change->path));
		pv_buf_putc(paint->out, '\n');
	}
}

/* "interface: +queue (required), -lang, ~days (optional integer)" */
static void put_interface(pv_paint *paint, const pv_diff *diff)
{
	static const char signs[] = {
		[PV_CHANGE_ADDED] = '+',
		[PV_CHANGE_REMOVED] = '-',
		[PV_CHANGE_MODIFIED] = '~',
		[PV_CHANGE_MOVED] = '~',
	};

	for (size_t i = 0; i < diff->interface_count; i++) {
		const pv_interface_change *change = &diff->interface[i];

		pv_buf_puts(paint->out, i == 0 ? INDENT "interface: " : ", ");
		pv_buf_putc(paint->out, signs[change->kind]);
		pv_paint_safe(paint->out, pv_str_of(change->name));
		if (change->kind == PV_CHANGE_REMOVED)
			continue;
		pv_buf_puts(paint->out,
			    change->is_required ? " (required" : " (optional");
		if (strcmp(change->type, "any") != 0) {
			pv_buf_putc(paint->out, ' ');
			pv_paint_safe(paint->out, pv_str_of(change->type));
		}
		pv_buf_putc(paint->out, ')');
	}
	if (diff->interface_count > 0)
		pv_buf_putc(paint->out, '\n');
}

/* A side that is there but is no prompt has no count. */
static void put_count(pv_buf *out, long tokens)
{
	if (tokens < 0)
		pv_buf_puts(out, "unknown");
	else
		pv_buf_putu(out, (unsigned long long)tokens);
}

void pv_diff_put_tokens(pv_buf *out, const pv_diff *diff)
{
	long tokens[2];

	pv_diff_weigh(tokens, diff);
	if (tokens[0] < 0 && tokens[1] < 0)
		return;
	if (diff->status != PV_DIFF_ADDED)
		put_count(out, tokens[0]);
	if (diff->status != PV_DIFF_ADDED && diff->status != PV_DIFF_REMOVED)
		pv_buf_puts(out, ARROW);
	if (diff->status != PV_DIFF_REMOVED)
		put_count(out, tokens[1]);
}

static void put_tokens(pv_paint *paint, const pv_diff *diff)
{
	if (!pv_diff_tokens_differ(diff))
		return;
	pv_buf_puts(paint->out, INDENT "estimated tokens: ");
	pv_diff_put_tokens(paint->out, diff);
	pv_buf_putc(paint->out, '\n');
}

/* --- values on one line -------------------------------------------------- */

static void step_to_boundary(pv_str text, size_t *at)
{
	while (*at > 0 && *at < text.len &&
	       ((unsigned char)text.ptr[*at] & 0xc0) == 0x80)
		--*at;
}

/*
 * Appends at most VALUE_WIDTH bytes of a line, from shortly before the place
 * where the two values part on.
 */
static void put_cut(pv_paint *paint, pv_str text, size_t parting)
{
	size_t from = parting > VALUE_WIDTH / 4 ? parting - VALUE_WIDTH / 4 : 0;
	size_t to;

	if (text.len <= VALUE_WIDTH)
		from = 0;
	step_to_boundary(text, &from);
	to = text.len - from <= VALUE_WIDTH ? text.len : from + VALUE_WIDTH;
	step_to_boundary(text, &to);
	if (from > 0)
		pv_buf_puts(paint->out, "…");
	pv_paint_safe(paint->out, (pv_str){ text.ptr + from, to - from });
	if (to < text.len)
		pv_buf_printf(paint->out, "… (%zu bytes)", text.len);
}

static void put_path(pv_paint *paint, const char *path)
{
	pv_paint_safe(paint->out, pv_str_of(path));
	pv_buf_putc(paint->out, ':');
}

static void put_sign_line(pv_paint *paint, char sign, pv_str value, size_t parting)
{
	pv_buf_puts(paint->out, INDENT);
	pv_paint_begin(paint, sign == '-' ? PV_PAINT_OLD : PV_PAINT_NEW);
	pv_buf_putc(paint->out, sign);
	put_cut(paint, value, parting);
	pv_paint_end(paint);
	pv_buf_putc(paint->out, '\n');
}

static void put_pair(pv_paint *paint, const char *path, pv_str before,
		     pv_str after)
{
	size_t parting = pv_common_start(before, after);

	pv_buf_puts(paint->out, INDENT);
	put_path(paint, path);
	if (pv_paint_width(before) + pv_paint_width(after) > LINE_WIDTH) {
		pv_buf_putc(paint->out, '\n');
		put_sign_line(paint, '-', before, parting);
		put_sign_line(paint, '+', after, parting);
		return;
	}
	pv_buf_putc(paint->out, ' ');
	pv_paint_begin(paint, PV_PAINT_OLD);
	pv_paint_safe(paint->out, before);
	pv_paint_end(paint);
	pv_buf_puts(paint->out, ARROW);
	pv_paint_begin(paint, PV_PAINT_NEW);
	pv_paint_safe(paint->out, after);
	pv_paint_end(paint);
	pv_buf_putc(paint->out, '\n');
}

static pv_str slice_of(const pv_buf *buf)
{
	pv_str slice = { pv_buf_text(buf), buf->len };

	return slice;
}

static int put_short_values(pv_paint *paint, const pv_change_record *record,
			    pv_error *err)
{
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	int rc;

	pv_flatten_scalar(&before, record->old_tree);
	pv_flatten_scalar(&after, record->new_tree);
	rc = pv_buf_status(&before, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&after, err);
	if (rc == PV_OK)
		put_pair(paint, record->change.path, slice_of(&before),
			 slice_of(&after));
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
	return rc;
}

/* --- whole values -------------------------------------------------------- */

/* Appends lines of text, each with the sign before it. */
static void put_signed_lines(pv_paint *paint, char sign, pv_str text,
			     const char *margin)
{
	while (text.len > 0) {
		const char *newline = memchr(text.ptr, '\n', text.len);
		pv_str line = text;

		if (newline)
			line.len = (size_t)(newline - text.ptr);
		pv_buf_puts(paint->out, INDENT);
		pv_paint_begin(paint, sign == '-' ? PV_PAINT_OLD : PV_PAINT_NEW);
		pv_buf_putc(paint->out, sign);
		pv_buf_puts(paint->out, margin);
		pv_paint_safe(paint->out, line);
		pv_paint_end(paint);
		pv_buf_putc(paint->out, '\n');
		text.ptr += line.len + (newline != NULL);
		text.len -= line.len + (newline != NULL);
	}
}

/* A field that came or went: its path, then its value behind it or below. */
static int put_whole(pv_paint *paint, char sign, const char *path,
		     const pv_tree *tree, pv_error *err)
{
	pv_buf lines = { 0 };
	pv_str text = pv_tree_text(tree);
	int is_short = pv_flatten_is_short(tree);
	int rc;

	if (is_short)
		pv_flatten_scalar(&lines, tree);
	else if (text.ptr)
		pv_buf_put(&lines, text.ptr, text.len);
	else
		pv_flatten(&lines, tree);
	rc = pv_buf_status(&lines, err);
	if (rc < 0)
		goto out;
	pv_buf_puts(paint->out, INDENT);
	pv_paint_begin(paint, sign == '-' ? PV_PAINT_OLD : PV_PAINT_NEW);
	pv_buf_putc(paint->out, sign);
	put_path(paint, path);
	if (is_short) {
		pv_buf_putc(paint->out, ' ');
		put_cut(paint, slice_of(&lines), 0);
	}
	pv_paint_end(paint);
	pv_buf_putc(paint->out, '\n');
	if (!is_short)
		put_signed_lines(paint, sign, slice_of(&lines), INDENT);
out:
	pv_buf_dispose(&lines);
	return rc;
}

/* --- one change ---------------------------------------------------------- */

static int put_sides(pv_paint *paint, const pv_change_record *record,
		     const pv_diff_print_options *opts, pv_error *err)
{
	pv_side_options sides = { .indent = INDENT,
				  .context = CONTEXT,
				  .width = COLUMNS };

	if (opts->context > 0)
		sides.context = (size_t)opts->context;
	if (opts->width > 0)
		sides.width = (size_t)opts->width;
	return pv_sides_print(paint, record->change.runs,
			      record->change.run_count, &sides, err);
}

static int put_hunks(pv_paint *paint, const pv_change_record *record,
		     const pv_diff_print_options *opts, pv_error *err)
{
	pv_hunk_options hunks = { .indent = INDENT };

	hunks.context = opts->context > 0 ? (size_t)opts->context : CONTEXT;
	if (*record->change.path) {
		pv_buf_puts(paint->out, INDENT);
		put_path(paint, record->change.path);
		pv_buf_putc(paint->out, '\n');
	}
	if (opts->side_by_side)
		return put_sides(paint, record, opts, err);
	return pv_hunks_print(paint, record->change.runs,
			      record->change.run_count, &hunks, err);
}

static int has_lines(pv_str text)
{
	return memchr(text.ptr, '\n', text.len) != NULL;
}

/* A text with its changed words marked, on the line of its path if it fits. */
static int put_runs(pv_paint *paint, const pv_change_record *record,
		    const pv_diff_run *runs, size_t count,
		    const pv_diff_print_options *opts, pv_error *err)
{
	pv_hunk_options hunks = { .indent = INDENT,
				  .context = CONTEXT,
				  .has_margin = !opts->word };

	if (opts->context > 0)
		hunks.context = (size_t)opts->context;
	if (*record->change.path) {
		pv_buf_puts(paint->out, INDENT);
		put_path(paint, record->change.path);
	}
	if (*record->change.path && !has_lines(record->old_text) &&
	    !has_lines(record->new_text)) {
		pv_buf_putc(paint->out, ' ');
		pv_words_print_inline(paint, runs, count);
		pv_buf_putc(paint->out, '\n');
		return PV_OK;
	}
	if (*record->change.path)
		pv_buf_putc(paint->out, '\n');
	return pv_words_print(paint, runs, count, &hunks, err);
}

/* Words are shown where they are wanted, and where lines would hide them. */
static int put_text(pv_paint *paint, const pv_change_record *record,
		    const pv_diff_print_options *opts, pv_error *err)
{
	pv_arena arena = { 0 };
	pv_diff_run *runs = NULL;
	size_t count = 0;
	int rc;

	if (!opts->word && (opts->side_by_side ||
			    !pv_words_may_be_wrapped(record->change.runs,
						     record->change.run_count)))
		return put_hunks(paint, record, opts, err);
	rc = pv_diff_words(&runs, &count, &arena, record, err);
	if (rc == PV_OK)
		rc = opts->word || pv_words_are_wrapped(runs, count)
			     ? put_runs(paint, record, runs, count, opts, err)
			     : put_hunks(paint, record, opts, err);
	pv_arena_dispose(&arena);
	return rc;
}

static void put_formatting(pv_paint *paint, const pv_change_record *record)
{
	pv_buf_puts(paint->out, INDENT);
	if (*record->change.path) {
		put_path(paint, record->change.path);
		pv_buf_putc(paint->out, ' ');
	}
	pv_buf_puts(paint->out, "formatting only\n");
}

/* What was not read as YAML and came or went as one text. */
static void put_bare_text(pv_paint *paint, const pv_change_record *record)
{
	if (record->old_text.ptr)
		put_signed_lines(paint, '-', record->old_text, "");
	if (record->new_text.ptr)
		put_signed_lines(paint, '+', record->new_text, "");
}

/* A JSON string without its quotes; what is escaped stays so. */
static pv_str unquoted(const char *json)
{
	pv_str text = pv_str_of(json);

	text.ptr++;
	text.len -= 2;
	return text;
}

/* Tags that changed have no trees behind them. */
static void put_plain_pair(pv_paint *paint, const pv_field_change *change)
{
	put_pair(paint, change->path, unquoted(change->old_json),
		 unquoted(change->new_json));
}

/* "moved: tags[2] → tags[0] (urgent)" */
static int put_moved(pv_paint *paint, const pv_change_record *record,
		     pv_error *err)
{
	pv_buf what = { 0 };
	int rc;

	pv_buf_puts(&what, "moved");
	if (record->moved && pv_flatten_is_short(record->moved)) {
		pv_buf_putc(&what, ' ');
		pv_flatten_scalar(&what, record->moved);
	}
	rc = pv_buf_status(&what, err);
	if (rc == PV_OK)
		put_pair(paint, what.ptr, unquoted(record->change.old_json),
			 unquoted(record->change.new_json));
	pv_buf_dispose(&what);
	return rc;
}

/* Whether a text gets columns although it has no lines. */
static int is_wide(const pv_change_record *record,
		   const pv_diff_print_options *opts)
{
	return opts->side_by_side &&
	       pv_paint_width(record->old_text) +
			       pv_paint_width(record->new_text) >
		       LINE_WIDTH;
}

static int put_modified(pv_paint *paint, const pv_change_record *record,
			const pv_diff_print_options *opts, pv_error *err)
{
	const pv_tree *before = record->old_tree;
	const pv_tree *after = record->new_tree;
	int rc;

	if (record->change.is_formatting) {
		put_formatting(paint, record);
		return PV_OK;
	}
	if (opts->word && record->change.runs)
		return put_text(paint, record, opts, err);
	if (record->change.runs && (!before || is_wide(record, opts)))
		return put_text(paint, record, opts, err);
	if (!before) {
		put_plain_pair(paint, &record->change);
		return PV_OK;
	}
	if (pv_flatten_is_short(before) && pv_flatten_is_short(after))
		return put_short_values(paint, record, err);
	if (record->change.runs)
		return put_text(paint, record, opts, err);
	rc = put_whole(paint, '-', record->change.path, before, err);
	if (rc == PV_OK)
		rc = put_whole(paint, '+', record->change.path, after, err);
	return rc;
}

static int put_change(pv_paint *paint, const pv_change_record *record,
		      const pv_diff_print_options *opts, pv_error *err)
{
	const char *path = record->change.path;

	switch (record->change.kind) {
	case PV_CHANGE_ADDED:
		if (record->new_tree)
			return put_whole(paint, '+', path, record->new_tree, err);
		break;
	case PV_CHANGE_REMOVED:
		if (record->old_tree)
			return put_whole(paint, '-', path, record->old_tree, err);
		break;
	case PV_CHANGE_MODIFIED:
		return put_modified(paint, record, opts, err);
	case PV_CHANGE_MOVED:
		return put_moved(paint, record, err);
	}
	put_bare_text(paint, record);
	return PV_OK;
}

int pv_diff_print_change(pv_buf *out, const pv_change_record *record,
			 const pv_diff_print_options *opts, pv_error *err)
{
	pv_paint paint = { .out = out, .color = opts->color };

	return put_change(&paint, record, opts, err);
}

static void put_comment_lines(pv_paint *paint, const pv_diff *diff,
			      const char *indent)
{
	for (size_t i = 0; i < diff->comment_count; i++) {
		const pv_diff_run *run = &diff->comments[i];
		pv_str lines = { run->text, run->len };

		if (run->op != '=')
			put_signed_lines(paint, run->op, lines, indent);
	}
}

void pv_diff_print_comments(pv_buf *out, const pv_diff *diff)
{
	pv_paint paint = { .out = out };

	put_comment_lines(&paint, diff, "");
}

static void put_comments(pv_paint *paint, const pv_diff *diff)
{
	if (diff->comment_count == 0)
		return;
	pv_buf_puts(paint->out, INDENT);
	put_path(paint, "comments");
	pv_buf_putc(paint->out, '\n');
	put_comment_lines(paint, diff, INDENT);
}

/* --- counts -------------------------------------------------------------- */

static size_t count_lines(const pv_diff *diff, char op)
{
	size_t count = 0;

	for (size_t i = 0; i < diff->count; i++) {
		const pv_change_record *record = &diff->records[i];
		pv_str text = op == '-' ? record->old_text : record->new_text;
		pv_diff_run whole = { op, text.ptr, text.len };

		if (record->change.runs)
			count += pv_hunks_count(record->change.runs,
						record->change.run_count, op);
		else if (text.ptr)
			count += pv_hunks_count(&whole, 1, op);
	}
	return count;
}

static void put_stat(pv_paint *paint, const pv_diff *diff, const char *id,
		     const pv_diff_print_options *opts)
{
	size_t width = pv_paint_width(pv_str_of(id));

	if (diff->former)
		width += pv_paint_width(pv_str_of(diff->former)) +
			 pv_paint_width(pv_str_of(ARROW));
	pv_buf_putc(paint->out, ' ');
	put_id(paint->out, diff, id);
	for (; width < (size_t)opts->id_width; width++)
		pv_buf_putc(paint->out, ' ');
	pv_buf_puts(paint->out, " | ");
	pv_buf_printf(paint->out, "%3zu %s ", diff->count,
		      diff->count == 1 ? "field, " : "fields,");
	pv_paint_begin(paint, PV_PAINT_NEW);
	pv_buf_printf(paint->out, "+%zu", count_lines(diff, '+'));
	pv_paint_end(paint);
	pv_buf_putc(paint->out, ' ');
	pv_paint_begin(paint, PV_PAINT_OLD);
	pv_buf_printf(paint->out, "-%zu", count_lines(diff, '-'));
	pv_paint_end(paint);
	pv_buf_puts(paint->out, ", ");
	put_verdict(paint, diff);
	put_versions(paint, opts);
	pv_buf_putc(paint->out, '\n');
}

int pv_diff_print_text(pv_buf *out, const pv_diff *diff, const char *id,
		       const pv_diff_print_options *opts, pv_error *err)
{
	static const pv_diff_print_options defaults = { 0 };
	pv_paint paint = { .out = out };
	int rc = PV_OK;

	if (!opts)
		opts = &defaults;
	paint.color = opts->color;
	if (opts->stat) {
		put_stat(&paint, diff, id, opts);
		return pv_buf_status(out, err);
	}
	put_heading(&paint, diff, id, opts);
	put_breaking(&paint, diff->breaking);
	put_closure(&paint, diff);
	put_interface(&paint, diff);
	put_tokens(&paint, diff);
	for (size_t i = 0; i < diff->count && rc == PV_OK; i++)
		rc = put_change(&paint, &diff->records[i], opts, err);
	put_comments(&paint, diff);
	return rc < 0 ? rc : pv_buf_status(out, err);
}
