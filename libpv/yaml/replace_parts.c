/* SPDX-License-Identifier: MIT
 *
 * Before a value is replaced: which form and style the new one gets, and
 * which bytes of the old one make way for it.
 */
#include <string.h>

#include "yaml/marks.h"
#include "yaml/replace.h"

enum {
	SHORT = 60 /* bytes of lines that may stay in quotes on one */
};

/* Whether some string below deserves lines of its own. */
static int has_multiline(const pv_yaml_node *value)
{
	if (value->kind == PV_YAML_SCALAR)
		return pv_yaml_is_multiline(value);
	for (value = value->first; value; value = value->next)
		if (has_multiline(value))
			return 1;
	return 0;
}

static enum pv_yaml_style choose_style(const struct pv_yaml_job *job,
				       pv_str text, enum pv_yaml_context context)
{
	const pv_yaml_node *old = job->old;
	enum pv_yaml_style style = job->plan->format.strings;

	if (old->kind == PV_YAML_SCALAR && old->type == PV_YAML_STRING)
		style = old->style;
	/* Who writes a short "\n" in quotes wants it so. */
	if (old->style == PV_YAML_DOUBLE_QUOTED && pv_yaml_is_multiline(old) &&
	    text.len <= SHORT && memchr(text.ptr, '\n', text.len))
		return style;
	return pv_yaml_pick_style(text, style, context);
}

void pv_yaml_job_form(struct pv_yaml_job *job, int is_flow)
{
	const pv_yaml_node *old = job->old;
	const pv_yaml_node *value = job->value;
	enum pv_yaml_context context =
		is_flow ? PV_YAML_IN_FLOW : PV_YAML_IN_BLOCK;

	job->form = PV_YAML_FORM_INLINE;
	if (value->kind == PV_YAML_SCALAR) {
		if (value->type != PV_YAML_STRING)
			return;
		job->style = choose_style(job, pv_yaml_text_of(value), context);
		if (job->style == PV_YAML_LITERAL || job->style == PV_YAML_FOLDED)
			job->form = PV_YAML_FORM_LINES;
	} else if (value->first && !is_flow) {
		if (old->style != PV_YAML_FLOW || !old->first ||
		    has_multiline(value))
			job->form = PV_YAML_FORM_NESTED;
	}
}

/* How many properties the old value has. */
static int count_properties(const struct pv_yaml_job *job)
{
	const pv_yaml_node *old = job->old;

	if (!pv_yaml_has_properties(old))
		return 0;
	/* The tag "!" of scalars is there without a name. */
	return old->tag && old->anchor                                  ? 2
	       : old->anchor && job->doc->text[old->outer_start] == '!' ? 2
									: 1;
}

int pv_yaml_job_position(struct pv_yaml_job *job)
{
	const pv_yaml_node *old = job->old;
	const char *text = job->doc->text;
	size_t colon;

	if (pv_yaml_has_properties(old)) {
		job->pos = pv_yaml_properties_end(text, job->doc->len,
						  old->outer_start,
						  count_properties(job));
	} else if (pv_yaml_is_root(old)) {
		job->pos = pv_yaml_blank_start(job->doc, old->start);
	} else if (!old->key) {
		job->pos = pv_yaml_entry_start(job->doc, old) + 1;
	} else {
		colon = pv_yaml_find_colon(text, old->key->end, old->outer_start);
		if (colon == old->outer_start)
			return 0;
		job->pos = colon + 1;
	}
	return 1;
}

/*
 * The column that the lines of a new block scalar must be beyond, so that a
 * comment on the line below the old value does not become one of them.
 */
static size_t column_below(const struct pv_yaml_job *job)
{
	const pv_yaml *doc = job->doc;
	size_t at = pv_yaml_line_next(doc, job->old->end);
	size_t end;

	for (; at < doc->len; at = pv_yaml_line_next(doc, end)) {
		end = pv_yaml_line_end(doc, at);
		if (pv_yaml_is_blank(doc, at, end))
			continue;
		for (end = at; doc->text[end] == ' ';)
			end++;
		return doc->text[end] == '#' ? end - at : 0;
	}
	return 0;
}

void pv_yaml_job_indent(struct pv_yaml_job *job)
{
	const pv_yaml_node *old = job->old;
	size_t step =
		pv_yaml_is_root(old) || !old->key ? 2 : job->plan->format.step;
	size_t column;

	job->lines.step = step;
	job->lines.column = job->column + step;
	column = column_below(job);
	if (column >= job->lines.column && column < job->column + 9) {
		column += column + step <= job->column + 9 ? step : 1;
		job->lines.column = column;
		job->lines.step = column - job->column;
	}
	if (!pv_yaml_is_block_scalar(old))
		return;
	column = pv_yaml_block_indent(job->doc->text, old->start, old->end,
				      pv_yaml_text_of(old));
	if (column == SIZE_MAX || column <= job->column ||
	    column > job->column + 9)
		return;
	job->lines.column = column;
	job->lines.step = column - job->column;
}

/*
 * A block collection on lines of its own: all of them are tail, and comments
 * before them stay. What is not to lose its place among those goes below
 * them, unless a tag has to go that stands above.
 */
static int part_lines(struct pv_yaml_job *job)
{
	const pv_yaml *doc = job->doc;
	const pv_yaml_node *old = job->old;
	size_t line = pv_yaml_line_start(doc, old->start);
	size_t before = line - pv_yaml_break_before(doc->text, doc->body, line);
	size_t above = pv_yaml_line_end(doc, job->pos);
	int has_lead = above < line && pv_yaml_has_comment(doc, above, line);

	if (has_lead && !job->is_untagged) {
		if (old->start - line <= job->column && old->key)
			job->padding = job->plan->format.step;
		return 0;
	}
	job->head_start = job->pos;
	job->head_end = job->pos;
	job->tail_start = has_lead ? before : above;
	job->tail_end = pv_yaml_line_end(doc, old->end);
	return 1;
}

void pv_yaml_job_parts(struct pv_yaml_job *job)
{
	const pv_yaml *doc = job->doc;
	const pv_yaml_node *old = job->old;

	job->head_start = old->start;
	job->head_end = old->end;
	if (pv_yaml_is_block_scalar(old)) {
		job->head_end = pv_yaml_block_header(doc->text, old->start);
		job->tail_start = pv_yaml_line_end(doc, job->head_end);
		job->tail_end =
			old->end > job->tail_start ? old->end : job->tail_start;
		return;
	}
	if (pv_yaml_is_block_collection(old)) {
		job->head_end = pv_yaml_line_end(doc, old->end);
		if (!pv_yaml_is_root(old) &&
		    pv_yaml_starts_line(doc, old->start) && part_lines(job))
			return;
	}
	job->tail_start = pv_yaml_line_end(doc, job->head_end);
	job->tail_end = job->tail_start;
}

void pv_yaml_job_drop_tag(struct pv_yaml_job *job)
{
	if (!job->is_untagged)
		return;
	if (job->head_end < job->pos)
		job->head_end = job->pos;
	job->head_start = job->old->outer_start;
}
