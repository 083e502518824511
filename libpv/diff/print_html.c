/* SPDX-License-Identifier: MIT
 *
 * A report as a page of its own: no script, nothing fetched, readable without
 * colours, with a keyboard, by ear and on paper. Each prompt tells first what
 * callers notice, then its short fields, then its texts, and last what was
 * only formatted anew, which is folded.
 */
#include <string.h>

#include "base/fail.h"
#include "diff/flatten.h"
#include "diff/html_text.h"
#include "diff/page.h"

enum {
	MAX_SHORT = 300,   /* bytes of a value in the table of fields */
	FOLDED_LINES = 60, /* what came or went whole is folded beyond */
	MAX_VARIABLES = 8, /* in a row of the overview */
	ROOM = 8192        /* bytes that most prompts fit into */
};

static pv_str slice_of(const pv_buf *buf)
{
	pv_str slice = { pv_buf_text(buf), buf->len };

	return slice;
}

/* --- what callers notice ------------------------------------------------- */

static void put_variable(pv_buf *out, const pv_interface_change *change)
{
	pv_buf_printf(out, "variable %s: ", pv_diff_kind_word(change->kind));
	pv_html_code(out, pv_str_of(change->name));
	if (change->kind == PV_CHANGE_REMOVED)
		return;
	pv_buf_puts(out, change->is_required ? ", required, " : ", optional, ");
	pv_html_code(out, pv_str_of(change->type));
}

static void put_interface(pv_buf *out, const pv_diff *diff)
{
	size_t breaking = pv_report_count(diff->breaking);
	int tokens_differ = pv_diff_tokens_differ(diff);

	if (breaking + diff->closure_count + diff->interface_count == 0 &&
	    !tokens_differ)
		return;
	pv_buf_puts(out, "<ul>\n");
	for (size_t i = 0; i < breaking; i++) {
		const pv_finding *finding = pv_report_at(diff->breaking, i);

		pv_buf_puts(out, "<li><span class=breaking>breaking:</span> ");
		pv_html_text(out, pv_str_of(finding->message));
		pv_buf_puts(out, "</li>\n");
	}
	for (size_t i = 0; i < diff->closure_count; i++) {
		pv_buf_printf(out, "<li>closure %s: ",
			      pv_diff_kind_word(diff->closure[i].kind));
		pv_html_code(out, pv_str_of(diff->closure[i].path));
		pv_buf_puts(out, "</li>\n");
	}
	for (size_t i = 0; i < diff->interface_count; i++) {
		pv_buf_puts(out, "<li>");
		put_variable(out, &diff->interface[i]);
		pv_buf_puts(out, "</li>\n");
	}
	if (tokens_differ) {
		pv_buf_puts(out, "<li>estimated tokens: ");
		pv_diff_put_tokens(out, diff);
		pv_buf_puts(out, "</li>\n");
	}
	pv_buf_puts(out, "</ul>\n");
}

/* --- fields -------------------------------------------------------------- */

enum shape {
	FORMATTING,
	SHORT, /* a row of the table */
	LONG
};

static int is_short(const pv_tree *tree)
{
	return !tree ||
	       (pv_flatten_is_short(tree) && tree->value.len <= MAX_SHORT);
}

static enum shape shape_of(const pv_change_record *record)
{
	int has_trees = record->old_tree || record->new_tree;

	if (record->change.is_formatting)
		return FORMATTING;
	if (!has_trees && (record->old_text.ptr || record->new_text.ptr))
		return LONG;
	return is_short(record->old_tree) && is_short(record->new_tree) ? SHORT
									: LONG;
}

static void put_path(pv_buf *out, const char *path)
{
	if (*path)
		pv_html_code(out, pv_str_of(path));
	else
		pv_buf_puts(out, "the file as one text");
}

/* A JSON string without its quotes; what is escaped stays so. */
static pv_str unquoted(const char *json)
{
	pv_str text = pv_str_of(json);

	text.ptr++;
	text.len -= 2;
	return text;
}

/* A text with its words marked: what both have and what `op` stands for. */
static int put_words(pv_html *html, const pv_change_record *record, char op,
		     pv_error *err)
{
	pv_arena arena = { 0 };
	pv_diff_run *runs = NULL;
	size_t count = 0;
	int rc = pv_diff_words(&runs, &count, &arena, record, err);

	for (size_t i = 0; i < count; i++) {
		pv_str text = { runs[i].text, runs[i].len };

		if (runs[i].op == '=' || runs[i].op == op)
			pv_html_run(html, runs[i].op, text);
	}
	pv_arena_dispose(&arena);
	return rc;
}

static int put_value(pv_html *html, const pv_change_record *record, char op,
		     pv_error *err)
{
	int is_new = op == '+';
	const pv_tree *tree = is_new ? record->new_tree : record->old_tree;
	const char *json =
		is_new ? record->change.new_json : record->change.old_json;
	pv_buf text = { 0 };
	int rc;

	if (record->change.runs)
		return put_words(html, record, op, err);
	if (record->change.kind == PV_CHANGE_MOVED)
		op = '='; /* still there */
	if (!tree) {
		pv_html_run(html, op, unquoted(json));
		return PV_OK;
	}
	if (pv_flatten_is_plain(tree)) {
		pv_html_run(html, op, pv_tree_text(tree));
		return PV_OK;
	}
	pv_flatten_scalar(&text, tree);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		pv_html_run(html, op, slice_of(&text));
	pv_buf_dispose(&text);
	return rc;
}

static int put_cell(pv_html *html, const pv_change_record *record, char op,
		    pv_error *err)
{
	int is_new = op == '+';
	int rc;

	if (!(is_new ? record->new_tree : record->old_tree) &&
	    !(is_new ? record->change.new_json : record->change.old_json)) {
		pv_buf_puts(html->out, "<td class=none></td>");
		return PV_OK;
	}
	pv_buf_puts(html->out, "<td>");
	pv_buf_printf(html->out, "<span class=k>%s: </span><code>",
		      is_new ? "After" : "Before");
	rc = put_value(html, record, op, err);
	pv_buf_puts(html->out, "</code></td>");
	return rc;
}

/* What happened; a scalar that moved is known by its value alone. */
static int put_kind(pv_html *html, const pv_change_record *record, pv_error *err)
{
	pv_buf moved = { 0 };
	int rc;

	pv_buf_printf(html->out, "<td>%s",
		      pv_change_kind_name(record->change.kind));
	if (record->moved && pv_flatten_is_short(record->moved))
		pv_flatten_scalar(&moved, record->moved);
	rc = pv_buf_status(&moved, err);
	if (rc == PV_OK && moved.len) {
		pv_buf_putc(html->out, ' ');
		pv_html_code(html->out, slice_of(&moved));
	}
	pv_buf_puts(html->out, "</td>");
	pv_buf_dispose(&moved);
	return rc;
}

static int put_row(pv_html *html, const pv_change_record *record, pv_error *err)
{
	int rc;

	pv_buf_puts(html->out, "<tr><th scope=row>");
	put_path(html->out, record->change.path);
	pv_buf_puts(html->out, "</th>");
	rc = put_kind(html, record, err);
	if (rc == PV_OK)
		rc = put_cell(html, record, '-', err);
	if (rc == PV_OK)
		rc = put_cell(html, record, '+', err);
	pv_buf_puts(html->out, "</tr>\n");
	return rc;
}

static int put_rows(pv_html *html, const pv_diff *diff, pv_error *err)
{
	static const char head[] =
		"<table class=\"fields stack\"><caption class=hidden>Fields"
		"</caption>\n<thead><tr><th scope=col class=path>Field</th>"
		"<th scope=col class=kind>Change</th><th scope=col>Before</th>"
		"<th scope=col>After</th></tr></thead>\n<tbody>\n";
	size_t rows = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < diff->count && rc == PV_OK; i++) {
		if (shape_of(&diff->records[i]) != SHORT)
			continue;
		if (rows++ == 0)
			pv_buf_puts(html->out, head);
		rc = put_row(html, &diff->records[i], err);
	}
	if (rows > 0)
		pv_buf_puts(html->out, "</tbody></table>\n");
	return rc;
}

/* --- texts --------------------------------------------------------------- */

/* The text of one side, or its value as lines. */
static pv_str read_side(pv_buf *lines, const pv_tree *tree, pv_str text)
{
	if (text.ptr || !tree)
		return text;
	text = pv_tree_text(tree);
	if (text.ptr)
		return text;
	pv_flatten(lines, tree);
	return slice_of(lines);
}

static int put_views(pv_html *html, const pv_change_record *record, pv_error *err)
{
	pv_html_pair pair = { 0 };
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	int rc;

	pair.before = read_side(&before, record->old_tree, record->old_text);
	pair.after = read_side(&after, record->new_tree, record->new_text);
	pair.is_prose =
		before.len + after.len == 0 && !record->change.is_formatting;
	rc = pv_buf_status(&before, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&after, err);
	if (rc == PV_OK)
		rc = pv_html_views(html, &pair, err);
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
	return rc;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	return count;
}

/* What came or went as a whole is folded when it is long. */
static int is_folded(const pv_change_record *record)
{
	pv_str text = record->new_text.ptr ? record->new_text : record->old_text;

	return !record->change.runs &&
	       count_lines(text.ptr, text.len) > FOLDED_LINES;
}

static int put_text(pv_html *html, const pv_change_record *record, pv_error *err)
{
	pv_buf *out = html->out;
	int folds = is_folded(record);
	int rc;

	pv_buf_puts(out, "<h3>");
	put_path(out, record->change.path);
	pv_buf_printf(out, " <span class=note>%s</span></h3>\n",
		      pv_change_kind_name(record->change.kind));
	if (folds)
		pv_buf_puts(out, "<details><summary>Show the text</summary>\n");
	rc = put_views(html, record, err);
	if (folds)
		pv_buf_puts(out, "</details>\n");
	return rc;
}

static int put_formatting(pv_html *html, const pv_change_record *record,
			  pv_error *err)
{
	int rc;

	pv_buf_puts(html->out, "<details><summary>");
	put_path(html->out, record->change.path);
	pv_buf_puts(html->out, ": formatting only</summary>\n");
	rc = put_views(html, record, err);
	pv_buf_puts(html->out, "</details>\n");
	return rc;
}

static int put_texts(pv_html *html, const pv_diff *diff, enum shape shape,
		     pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < diff->count && rc == PV_OK; i++) {
		const pv_change_record *record = &diff->records[i];

		if (shape_of(record) == shape)
			rc = shape == LONG ? put_text(html, record, err)
					   : put_formatting(html, record, err);
	}
	return rc;
}

/* Lines of a run of comments, which have no numbers: they are of many places. */
static void put_comment_lines(pv_html *html, const pv_diff_run *run)
{
	const char *end = run->text + run->len;

	for (const char *at = run->text; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		pv_str line = { at, (size_t)((newline ? newline : end) - at) };

		pv_buf_puts(html->out, "<span class=\"l c\">");
		pv_html_run(html, run->op, line);
		pv_buf_puts(html->out, "\n</span>");
		at = newline ? newline + 1 : end;
	}
}

static size_t count_comments(const pv_diff *diff)
{
	size_t count = 0;

	for (size_t i = 0; i < diff->comment_count; i++)
		if (diff->comments[i].op != '=')
			count += count_lines(diff->comments[i].text,
					     diff->comments[i].len);
	return count;
}

static void put_comments(pv_html *html, const pv_diff *diff)
{
	pv_buf *out = html->out;
	size_t count = count_comments(diff);

	if (count == 0)
		return;
	pv_buf_puts(out, "<h3>Comments <span class=note>modified</span></h3>\n");
	if (count > FOLDED_LINES)
		pv_buf_printf(out, "<details><summary>Show %zu lines</summary>\n",
			      count);
	pv_buf_puts(out, "<div class=text><pre class=i>");
	for (size_t i = 0; i < diff->comment_count; i++)
		if (diff->comments[i].op != '=')
			put_comment_lines(html, &diff->comments[i]);
	pv_buf_puts(out, "</pre></div>\n");
	if (count > FOLDED_LINES)
		pv_buf_puts(out, "</details>\n");
}

/* --- prompts ------------------------------------------------------------- */

/* Of what was moved, both ids. */
static void put_id(pv_buf *out, const pv_page_entry *entry)
{
	if (entry->diff->former) {
		pv_html_code(out, pv_str_of(entry->diff->former));
		pv_buf_puts(out, " → ");
	}
	pv_html_code(out, pv_str_of(entry->id));
}

static void put_versions(pv_buf *out, const pv_page_entry *entry)
{
	if (!entry->from && !entry->to)
		return;
	pv_buf_puts(out, " <span class=note>");
	if (entry->from)
		pv_html_text(out, pv_str_of(entry->from));
	if (entry->from && entry->to)
		pv_buf_puts(out, " → ");
	if (entry->to)
		pv_html_text(out, pv_str_of(entry->to));
	pv_buf_puts(out, "</span>");
}

static void put_verdict(pv_buf *out, const pv_diff *diff)
{
	pv_buf_puts(out, diff->bump == PV_BUMP_MAJOR ? "<span class=\"step major\">"
						     : "<span class=step>");
	pv_diff_put_verdict(out, diff);
	pv_buf_puts(out, "</span>");
}

static void put_heading(pv_buf *out, const pv_page_entry *entry, size_t number)
{
	pv_buf_printf(out, "<section aria-labelledby=p%zu>\n<h2 id=p%zu>",
		      number, number);
	put_id(out, entry);
	put_versions(out, entry);
	pv_buf_putc(out, ' ');
	put_verdict(out, entry->diff);
	pv_buf_puts(out, "</h2>\n");
}

/* "+queue (required), -lang, 2 breaking" */
static void put_variables(pv_buf *out, const pv_diff *diff)
{
	static const char *const signs[] = {
		[PV_CHANGE_ADDED] = "+",
		[PV_CHANGE_REMOVED] = "−",
		[PV_CHANGE_MODIFIED] = "~",
		[PV_CHANGE_MOVED] = "~",
	};
	size_t breaking = pv_report_count(diff->breaking);
	size_t count = diff->interface_count;

	for (size_t i = 0; i < count && i < MAX_VARIABLES; i++) {
		const pv_interface_change *change = &diff->interface[i];

		pv_buf_puts(out, signs[change->kind]);
		pv_html_code(out, pv_str_of(change->name));
		if (change->kind != PV_CHANGE_REMOVED)
			pv_buf_puts(out, change->is_required ? " (required)"
							     : " (optional)");
		pv_buf_puts(out, i + 1 < count || breaking ? ", " : "");
	}
	if (count > MAX_VARIABLES)
		pv_buf_printf(out, "%zu more%s", count - MAX_VARIABLES,
			      breaking ? ", " : "");
	if (breaking > 0)
		pv_buf_printf(out, "<span class=breaking>%zu breaking</span>",
			      breaking);
}

static void add_row(pv_diff_report *report, const pv_page_entry *entry)
{
	pv_buf *out = &report->table;

	pv_buf_printf(out, "<tr><th scope=row><a href=\"#p%zu\">",
		      report->numbered + report->prompts);
	put_id(out, entry);
	pv_buf_puts(out, "</a></th><td>");
	put_verdict(out, entry->diff);
	pv_buf_puts(out, "</td><td>");
	put_variables(out, entry->diff);
	pv_buf_printf(out,
		      "</td><td class=many><span class=k>Fields: </span>%zu"
		      "</td><td class=many><span class=k>Estimated tokens: "
		      "</span>",
		      entry->diff->count);
	pv_diff_put_tokens(out, entry->diff);
	pv_buf_puts(out, "</td></tr>\n");
}

int pv_html_add(pv_diff_report *report, const pv_page_entry *entry, pv_error *err)
{
	pv_html html = { .out = &report->details };
	int rc;

	pv_buf_reserve(html.out, ROOM);
	add_row(report, entry);
	put_heading(html.out, entry, report->numbered + report->prompts);
	put_interface(html.out, entry->diff);
	if (entry->diff->count + entry->diff->comment_count == 0 &&
	    entry->diff->status == PV_DIFF_MODIFIED)
		pv_buf_puts(html.out, "<p>Only blanks, quoting or the order of "
				      "keys differ.</p>\n");
	rc = put_rows(&html, entry->diff, err);
	if (rc == PV_OK)
		rc = put_texts(&html, entry->diff, LONG, err);
	if (rc == PV_OK)
		rc = put_texts(&html, entry->diff, FORMATTING, err);
	put_comments(&html, entry->diff);
	pv_buf_puts(html.out, "</section>\n");
	report->has_cuts |= html.has_cuts;
	report->has_rendered |= html.has_rendered;
	if (rc == PV_OK)
		rc = pv_buf_status(&report->table, err);
	return rc < 0 ? rc : pv_buf_status(html.out, err);
}
