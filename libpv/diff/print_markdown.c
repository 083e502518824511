/* SPDX-License-Identifier: MIT
 *
 * A report as a comment on a pull request. Contents stand in two places only:
 * in <code> with every character that Markdown or HTML could take for more
 * written as a number, and in fences longer than any run of backticks inside.
 * Forges look for @names and #numbers in neither.
 */
#include <stdint.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "diff/flatten.h"
#include "diff/page.h"
#include "diff/paint.h"

enum {
	MAX_CHARS = 65536, /* of a comment on GitHub */
	RESERVED = 2000,   /* of these, for the heading and notices */
	MAX_TABLE = 24000, /* and for the table of prompts */
	MAX_VALUE = 120,   /* bytes of a value in a table */
	MAX_FIELD = 12000, /* bytes of a field before it is cut */
	FOLDED_LINES = 12, /* a field with more lines is folded */
	MAX_SAID = 20000   /* characters of what is said of one thing */
};

/* How many bytes of ASCII are at the start, by eights. */
static size_t ascii_run(const char *text, size_t len)
{
	size_t run = 0;
	uint64_t word;

	for (; len - run >= sizeof(word); run += sizeof(word)) {
		memcpy(&word, text + run, sizeof(word));
		if (word & 0x8080808080808080)
			break;
	}
	return run;
}

/* As GitHub counts: UTF-16 units, at worst. */
static size_t count_chars(const pv_buf *buf)
{
	size_t count = buf->len;
	size_t at = 0;

	while (at < buf->len) {
		unsigned char byte = (unsigned char)buf->ptr[at];
		size_t plain = ascii_run(buf->ptr + at, buf->len - at);

		/* Nearly all is ASCII, and counted already. */
		if (byte >= 0x80)
			count += (size_t)(byte >= 0xf0) - (byte < 0xc0);
		at += plain ? plain : 1;
	}
	return count;
}

static int is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || strchr(" .,/-", c) ||
	       (unsigned char)c >= 0x80;
}

static void put_reference(pv_buf *out, char c)
{
	pv_buf_puts(out, "&#");
	pv_buf_putu(out, (unsigned char)c);
	pv_buf_putc(out, ';');
}

/* Disarmed text in <code>. */
static void put_code(pv_buf *out, pv_str text)
{
	pv_buf safe = { 0 };

	pv_paint_safe(&safe, text);
	pv_buf_puts(out, "<code>");
	for (size_t i = 0; i < safe.len; i++)
		if (safe.ptr[i] != '\0' && is_plain(safe.ptr[i]))
			pv_buf_putc(out, safe.ptr[i]);
		else
			put_reference(out, safe.ptr[i]);
	pv_buf_puts(out, "</code>");
	if (safe.status < 0)
		out->status = safe.status;
	pv_buf_dispose(&safe);
}

static void put_code_of(pv_buf *out, const char *text)
{
	put_code(out, pv_str_of(text));
}

/* --- fences -------------------------------------------------------------- */

static size_t longest_run(const pv_buf *text, char c)
{
	const char *end = text->ptr + text->len;
	const char *at = text->len ? memchr(text->ptr, c, text->len) : NULL;
	size_t longest = 0;

	while (at) {
		const char *start = at;

		while (at < end && *at == c)
			at++;
		if ((size_t)(at - start) > longest)
			longest = (size_t)(at - start);
		at = memchr(at, c, (size_t)(end - at));
	}
	return longest;
}

static void put_fence(pv_buf *out, size_t ticks, const char *language)
{
	for (size_t i = 0; i < ticks; i++)
		pv_buf_putc(out, '`');
	pv_buf_puts(out, language);
	pv_buf_putc(out, '\n');
}

/* Lines without the indentation they have in a terminal. */
static void put_lines(pv_buf *out, pv_str text)
{
	while (text.len > 0) {
		const char *newline = memchr(text.ptr, '\n', text.len);
		size_t len =
			newline ? (size_t)(newline - text.ptr) + 1 : text.len;
		size_t skip = len > 2 && !memcmp(text.ptr, "  ", 2) ? 2 : 0;

		pv_buf_put(out, text.ptr + skip, len - skip);
		text.ptr += len;
		text.len -= len;
	}
}

static size_t count_lines(const pv_buf *text)
{
	pv_str rest = { pv_buf_text(text), text->len };
	const char *newline = memchr(rest.ptr, '\n', rest.len);
	size_t count = 0;

	for (; newline; newline = memchr(rest.ptr, '\n', rest.len)) {
		count++;
		rest.len -= (size_t)(newline + 1 - rest.ptr);
		rest.ptr = newline + 1;
	}
	return count;
}

/* Shortens to whole lines; how many went. */
static size_t cut_lines(pv_buf *text)
{
	size_t lines = count_lines(text);
	size_t len = MAX_FIELD;

	if (text->len <= MAX_FIELD)
		return 0;
	while (len > 0 && text->ptr[len - 1] != '\n')
		len--;
	pv_buf_truncate(text, len);
	return lines - count_lines(text);
}

/* What a fence holds; NULL stands for comments. */
static void put_label(pv_buf *out, const char *path)
{
	if (!path)
		pv_buf_puts(out, "Comments");
	else if (*path)
		put_code_of(out, path);
	else
		pv_buf_puts(out, "the file as one text");
}

static void put_fenced(pv_diff_report *report, pv_buf *out, pv_buf *text,
		       const char *path)
{
	size_t lines = count_lines(text);
	size_t cut = cut_lines(text);
	size_t ticks = longest_run(text, '`') + 1;
	int folds = lines > FOLDED_LINES;

	if (ticks < 3)
		ticks = 3;
	pv_buf_puts(out, folds ? "<details><summary>" : "");
	put_label(out, path);
	if (folds)
		pv_buf_printf(out, ", %zu lines</summary>", lines);
	pv_buf_puts(out, "\n\n");
	put_fence(out, ticks, "diff");
	put_lines(out, (pv_str){ pv_buf_text(text), text->len });
	put_fence(out, ticks, "");
	if (cut > 0) {
		pv_buf_printf(out, "\n**Cut:** %zu more lines are not shown.\n",
			      cut);
		report->has_cuts = 1;
	}
	pv_buf_puts(out, folds ? "\n</details>\n\n" : "\n");
}

/* --- fields -------------------------------------------------------------- */

/* Long values have no JSON here. */
static int fits_table(const char *json, const pv_tree *tree)
{
	if (!json)
		return !tree;
	return strlen(json) <= MAX_VALUE && !strstr(json, "\\n") &&
	       !strchr("[{", *json);
}

static int is_row(const pv_change_record *record)
{
	return record->change.is_formatting ||
	       (fits_table(record->change.old_json, record->old_tree) &&
		fits_table(record->change.new_json, record->new_tree));
}

static void put_value(pv_buf *out, const char *json)
{
	pv_buf_puts(out, " | ");
	if (json)
		put_code_of(out, json);
}

static void put_row(pv_buf *out, const pv_field_change *change)
{
	pv_buf_puts(out, "| ");
	if (*change->path)
		put_code_of(out, change->path);
	pv_buf_puts(out, " | ");
	pv_buf_puts(out, change->is_formatting
				 ? "formatting only"
				 : pv_change_kind_name(change->kind));
	if (change->is_formatting) {
		pv_buf_puts(out, " | | |\n");
		return;
	}
	put_value(out, change->old_json);
	put_value(out, change->new_json);
	pv_buf_puts(out, " |\n");
}

static void put_table(pv_buf *out, const pv_diff *diff)
{
	size_t rows = 0;

	for (size_t i = 0; i < diff->count; i++) {
		if (!is_row(&diff->records[i]))
			continue;
		if (rows++ == 0)
			pv_buf_puts(out, "| Field | Change | Before | After |\n"
					 "|---|---|---|---|\n");
		put_row(out, &diff->records[i].change);
	}
	if (rows > 0)
		pv_buf_putc(out, '\n');
}

static int put_long(pv_diff_report *report, pv_buf *out, const pv_diff *diff,
		    pv_error *err)
{
	const pv_diff_print_options opts = { 0 };
	pv_buf text = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < diff->count && rc == PV_OK; i++) {
		if (is_row(&diff->records[i]))
			continue;
		pv_buf_clear(&text);
		rc = pv_diff_print_change(&text, &diff->records[i], &opts, err);
		if (rc == PV_OK)
			rc = pv_buf_status(&text, err);
		if (rc == PV_OK)
			put_fenced(report, out, &text,
				   diff->records[i].change.path);
	}
	pv_buf_dispose(&text);
	return rc;
}

static int put_comments(pv_diff_report *report, pv_buf *out,
			const pv_diff *diff, pv_error *err)
{
	pv_buf text = { 0 };
	int rc;

	if (diff->comment_count == 0)
		return PV_OK;
	pv_diff_print_comments(&text, diff);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		put_fenced(report, out, &text, NULL);
	pv_buf_dispose(&text);
	return rc;
}

/* --- prompts ------------------------------------------------------------- */

/* Of what was moved, both ids. */
static void put_id(pv_buf *out, const pv_page_entry *entry)
{
	if (entry->diff->former) {
		put_code_of(out, entry->diff->former);
		pv_buf_puts(out, " → ");
	}
	put_code_of(out, entry->id);
}

static void put_heading(pv_buf *out, const pv_page_entry *entry)
{
	pv_buf_puts(out, "#### ");
	put_id(out, entry);
	if (entry->from || entry->to)
		pv_buf_putc(out, ' ');
	if (entry->from)
		put_code_of(out, entry->from);
	if (entry->from && entry->to)
		pv_buf_puts(out, " → ");
	if (entry->to)
		put_code_of(out, entry->to);
	pv_buf_puts(out, ", ");
	pv_diff_put_verdict(out, entry->diff);
	pv_buf_puts(out, "\n\n");
}

static void put_breaking(pv_buf *out, const pv_report *breaking)
{
	size_t count = pv_report_count(breaking);

	for (size_t i = 0; i < count; i++) {
		pv_buf_puts(out, "- **breaking:** ");
		put_code_of(out, pv_report_at(breaking, i)->message);
		pv_buf_putc(out, '\n');
	}
	if (count > 0)
		pv_buf_putc(out, '\n');
}

static void put_closure(pv_buf *out, const pv_diff *diff)
{
	for (size_t i = 0; i < diff->closure_count; i++) {
		const pv_closure_change *change = &diff->closure[i];

		pv_buf_printf(out,
			      "- closure %s: ", pv_diff_kind_word(change->kind));
		put_code_of(out, change->path);
		pv_buf_putc(out, '\n');
	}
	if (diff->closure_count > 0)
		pv_buf_putc(out, '\n');
}

static void put_interface(pv_buf *out, const pv_diff *diff)
{
	for (size_t i = 0; i < diff->interface_count; i++) {
		const pv_interface_change *change = &diff->interface[i];

		pv_buf_printf(out,
			      "- variable %s: ", pv_diff_kind_word(change->kind));
		put_code_of(out, change->name);
		if (change->kind != PV_CHANGE_REMOVED) {
			pv_buf_puts(out, change->is_required ? ", required, "
							     : ", optional, ");
			put_code_of(out, change->type);
		}
		pv_buf_putc(out, '\n');
	}
	if (diff->interface_count > 0)
		pv_buf_putc(out, '\n');
}

static void add_row(pv_diff_report *report, const pv_page_entry *entry)
{
	pv_buf *out = &report->table;

	if (out->len > MAX_TABLE) {
		report->hidden_rows++;
		return;
	}
	pv_buf_puts(out, "| ");
	put_id(out, entry);
	pv_buf_puts(out, " | ");
	pv_diff_put_verdict(out, entry->diff);
	pv_buf_printf(out, " | %zu | ", entry->diff->count);
	pv_diff_put_tokens(out, entry->diff);
	pv_buf_puts(out, " |\n");
}

/* Whole sections only: what cannot fit any more is left out. */
static int add_section(pv_diff_report *report, const pv_buf *text,
		       size_t prompts, pv_error *err)
{
	const pv_page_section section = { text->len, count_chars(text), prompts };

	if (report->chars + section.chars > MAX_CHARS - RESERVED) {
		report->hidden_prompts += prompts;
		return PV_OK;
	}
	if (pv_array_reserve(&report->sections, &report->section_cap,
			     report->section_count + 1,
			     sizeof(*report->sections)) < 0)
		return pv_fail_nomem(err);
	report->sections[report->section_count++] = section;
	report->chars += section.chars;
	pv_buf_put(&report->details, text->ptr, text->len);
	return pv_buf_status(&report->details, err);
}

/* The sections that fit beside the table; counts the prompts of the others. */
static size_t put_sections(pv_buf *out, const pv_diff_report *report)
{
	size_t room = MAX_CHARS - RESERVED - count_chars(&report->table) -
		      count_chars(&report->lead);
	size_t hidden = report->hidden_prompts;
	size_t at = 0;

	for (size_t i = 0; i < report->section_count; i++) {
		const pv_page_section *section = &report->sections[i];

		if (section->chars <= room) {
			room -= section->chars;
			pv_buf_put(out, report->details.ptr + at, section->len);
		} else {
			hidden += section->prompts;
		}
		at += section->len;
	}
	return hidden;
}

int pv_markdown_add(pv_diff_report *report, const pv_page_entry *entry,
		    pv_error *err)
{
	pv_buf section = { 0 };
	int rc;

	add_row(report, entry);
	put_heading(&section, entry);
	put_breaking(&section, entry->diff->breaking);
	put_closure(&section, entry->diff);
	put_interface(&section, entry->diff);
	put_table(&section, entry->diff);
	rc = put_long(report, &section, entry->diff, err);
	if (rc == PV_OK)
		rc = put_comments(report, &section, entry->diff, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&section, err);
	if (rc == PV_OK)
		rc = add_section(report, &section, 1, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&report->table, err);
	pv_buf_dispose(&section);
	return rc;
}

static void put_notices(pv_buf *out, const pv_diff_report *report, size_t hidden)
{
	if (hidden > 0)
		pv_buf_printf(out,
			      "**Cut:** the changes of %zu of %zu prompts are "
			      "left out, because a comment holds %d "
			      "characters; <code>git pv diff</code> shows "
			      "them.\n",
			      hidden, report->prompts, MAX_CHARS);
	else if (report->has_cuts)
		pv_buf_puts(out, "**Cut:** long values are shown in part; "
				 "<code>git pv diff</code> shows them whole.\n");
}

/* --- what was said -------------------------------------------------------- */

static void put_quote(pv_buf *out, const char *label, const char *text)
{
	pv_str rest = pv_str_of(text);

	pv_buf_printf(out, "> %s", label);
	while (rest.len > 0) {
		const char *newline = memchr(rest.ptr, '\n', rest.len);
		size_t len = newline ? (size_t)(newline - rest.ptr) : rest.len;

		put_code(out, (pv_str){ rest.ptr, len });
		len += newline != NULL;
		rest.ptr += len;
		rest.len -= len;
		pv_buf_puts(out, rest.len ? "\\\n> " : "\n");
	}
	pv_buf_putc(out, '\n');
}

static void put_quotes(pv_buf *out, const pv_diff_remark *remark)
{
	int is_gone = (remark->flags & PV_REMARK_GONE) != 0;

	if (remark->now)
		put_quote(out, "", remark->now);
	if (!remark->quote)
		return;
	if (is_gone)
		put_quote(out, "not there any more: ", remark->quote);
	else if (!remark->now)
		put_quote(out, "", remark->quote);
	else if (strcmp(remark->now, remark->quote) != 0)
		put_quote(out, "it was: ", remark->quote);
}

/* Line by line, each disarmed. */
static void put_words(pv_buf *out, const char *words)
{
	pv_buf text = { 0 };
	size_t ticks;

	while (*words) {
		pv_str line = { words, strcspn(words, "\n") };

		pv_paint_safe(&text, line);
		pv_buf_putc(&text, '\n');
		words += line.len + (words[line.len] != '\0');
	}
	ticks = longest_run(&text, '`') + 1;
	if (ticks < 3)
		ticks = 3;
	put_fence(out, ticks, "text");
	pv_buf_put(out, text.ptr, text.len);
	put_fence(out, ticks, "");
	pv_buf_putc(out, '\n');
	if (text.status < 0)
		out->status = text.status;
	pv_buf_dispose(&text);
}

static void put_remark(pv_buf *out, const pv_diff_remark *remark)
{
	put_code(out, pv_diff_remark_name(remark));
	pv_buf_printf(out, " %s", remark->what);
	if (remark->field || remark->line)
		pv_buf_puts(out, " on ");
	if (remark->field)
		put_code_of(out, remark->field);
	if (remark->line)
		pv_buf_printf(out, "%sline %d", remark->field ? ", " : "",
			      remark->line);
	if (remark->at)
		pv_buf_printf(out, ", %s", remark->at);
	if (remark->flags & PV_REMARK_RESOLVED)
		pv_buf_puts(out, ", **resolved**");
	if (remark->flags & PV_REMARK_GONE)
		pv_buf_puts(out, ", **outdated**");
	pv_buf_puts(out, ":\n\n");
	put_quotes(out, remark);
	if (remark->text)
		put_words(out, remark->text);
}

int pv_markdown_say(pv_diff_report *report, const char *heading,
		    const pv_diff_remark *remarks, size_t count, pv_error *err)
{
	pv_buf said = { 0 };
	int rc;

	pv_buf_puts(&said, report->prompts ? "##### " : "### ");
	put_code_of(&said, heading);
	pv_buf_puts(&said, "\n\n");
	for (size_t i = 0; i < count; i++) {
		size_t before = said.len;

		put_remark(&said, &remarks[i]);
		if (said.len <= MAX_SAID)
			continue;
		pv_buf_truncate(&said, before);
		pv_buf_printf(&said,
			      "**Cut:** %zu of %zu remarks are left out; "
			      "<code>git pv review show</code> has them.\n\n",
			      count - i, count);
		break;
	}
	rc = pv_buf_status(&said, err);
	if (rc == PV_OK && report->prompts)
		rc = add_section(report, &said, 0, err);
	else if (rc == PV_OK)
		pv_buf_put(&report->lead, said.ptr, said.len);
	pv_buf_dispose(&said);
	return rc < 0 ? rc : pv_buf_status(&report->lead, err);
}

int pv_markdown_join(pv_diff_report *report, const pv_diff_report *part,
		     pv_error *err)
{
	report->hidden_rows += part->hidden_rows;
	report->hidden_prompts += part->hidden_prompts;
	if (report->table.len > MAX_TABLE)
		report->hidden_rows += part->prompts - part->hidden_rows;
	else
		pv_buf_put(&report->table, part->table.ptr, part->table.len);
	return add_section(report, &part->details,
			   part->prompts - part->hidden_prompts, err);
}

int pv_markdown_print(pv_buf *out, const pv_diff_report *report, pv_error *err)
{
	pv_str title = { pv_buf_text(&report->title), report->title.len };

	pv_buf_put(out, report->lead.ptr, report->lead.len);
	pv_buf_puts(out, "### Prompts: ");
	put_code(out, title);
	pv_buf_puts(out, "\n\n");
	pv_diff_put_summary(out, report);
	pv_buf_putc(out, '\n');
	if (report->prompts == 0)
		return pv_buf_status(out, err);
	pv_buf_puts(out, "\n| Prompt | Change | Fields | Estimated tokens |\n"
			 "|---|---|---:|---:|\n");
	pv_buf_put(out, report->table.ptr, report->table.len);
	if (report->hidden_rows > 0)
		pv_buf_printf(out, "| and %zu more | | | |\n",
			      report->hidden_rows);
	pv_buf_putc(out, '\n');
	put_notices(out, report, put_sections(out, report));
	return pv_buf_status(out, err);
}
