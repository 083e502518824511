/* SPDX-License-Identifier: MIT
 *
 * Replacing a value. In a flow collection that is one cut. In block style the
 * line on which the old value starts may go on with a comment that has to
 * stay, so there are two: the head on that line, and the tail, the lines
 * below it.
 */
#include <string.h>

#include "yaml/edit.h"
#include "yaml/lines.h"
#include "yaml/marks.h"

enum {
	SHORT = 60 /* bytes of lines that may stay in quotes on one */
};

/* What the new value looks like. */
enum form {
	INLINE, /* on one line */
	LINES,  /* a block scalar */
	NESTED  /* a block collection */
};

struct job {
	pv_yaml_plan *plan;
	const pv_yaml *doc;
	const pv_yaml_node *old;
	const pv_yaml_node *value;
	enum form form;
	enum pv_yaml_style style; /* of a string */
	int is_untagged;          /* the old tag goes */
	size_t pos; /* behind the indicator or the properties before the value */
	size_t column;  /* of the collection around; 0 for none */
	size_t padding; /* spaces that a value on a line of its own needs */
	struct pv_yaml_indent lines; /* for LINES */
	size_t head_start;
	size_t head_end;
	size_t tail_start;
	size_t tail_end;
};

static int has_properties(const pv_yaml_node *node)
{
	return node->outer_start != node->start;
}

static int is_root(const pv_yaml_node *node)
{
	return !node->parent || node->parent->kind == PV_YAML_STREAM;
}

static int is_block_scalar(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_SCALAR &&
	       (node->style == PV_YAML_LITERAL || node->style == PV_YAML_FOLDED);
}

static int is_block_collection(const pv_yaml_node *node)
{
	return node->first && node->style == PV_YAML_BLOCK;
}

static pv_str text_of(const pv_yaml_node *node)
{
	pv_str text = { node->text, node->len };

	return text;
}

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

static enum pv_yaml_style choose_style(const struct job *job, pv_str text,
				       enum pv_yaml_context context)
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

static void choose_form(struct job *job, int is_flow)
{
	const pv_yaml_node *old = job->old;
	const pv_yaml_node *value = job->value;
	enum pv_yaml_context context =
		is_flow ? PV_YAML_IN_FLOW : PV_YAML_IN_BLOCK;

	job->form = INLINE;
	if (value->kind == PV_YAML_SCALAR) {
		if (value->type != PV_YAML_STRING)
			return;
		job->style = choose_style(job, text_of(value), context);
		if (job->style == PV_YAML_LITERAL || job->style == PV_YAML_FOLDED)
			job->form = LINES;
	} else if (value->first && !is_flow) {
		if (old->style != PV_YAML_FLOW || !old->first ||
		    has_multiline(value))
			job->form = NESTED;
	}
}

static void write_inline(struct job *job)
{
	pv_buf *out = &job->plan->text;
	const pv_yaml_node *value = job->value;

	if (value->kind == PV_YAML_SCALAR && value->type == PV_YAML_STRING)
		pv_yaml_write_string(out, text_of(value), job->style);
	else
		pv_yaml_write_flow(out, &job->plan->format, value);
}

/* How many properties the old value has. */
static int count_properties(const struct job *job)
{
	const pv_yaml_node *old = job->old;

	if (!has_properties(old))
		return 0;
	/* The tag "!" of scalars is there without a name. */
	return old->tag && old->anchor                                  ? 2
	       : old->anchor && job->doc->text[old->outer_start] == '!' ? 2
									: 1;
}

/* Behind the properties, or behind the indicator when there are none. */
static int find_position(struct job *job)
{
	const pv_yaml_node *old = job->old;
	const char *text = job->doc->text;
	size_t colon;

	if (has_properties(old)) {
		job->pos = pv_yaml_properties_end(text, job->doc->len,
						  old->outer_start,
						  count_properties(job));
	} else if (is_root(old)) {
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
static size_t column_below(const struct job *job)
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

/* The indentation of a block scalar's lines: as before, or by habit. */
static void find_indent(struct job *job)
{
	const pv_yaml_node *old = job->old;
	size_t step = is_root(old) || !old->key ? 2 : job->plan->format.step;
	size_t column;

	job->lines.step = step;
	job->lines.column = job->column + step;
	column = column_below(job);
	if (column >= job->lines.column && column < job->column + 9) {
		column += column + step <= job->column + 9 ? step : 1;
		job->lines.column = column;
		job->lines.step = column - job->column;
	}
	if (!is_block_scalar(old))
		return;
	column = pv_yaml_block_indent(job->doc->text, old->start, old->end,
				      text_of(old));
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
static int part_lines(struct job *job)
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

/* Splits the old value into head and tail. */
static void find_parts(struct job *job)
{
	const pv_yaml *doc = job->doc;
	const pv_yaml_node *old = job->old;

	job->head_start = old->start;
	job->head_end = old->end;
	if (is_block_scalar(old)) {
		job->head_end = pv_yaml_block_header(doc->text, old->start);
		job->tail_start = pv_yaml_line_end(doc, job->head_end);
		job->tail_end =
			old->end > job->tail_start ? old->end : job->tail_start;
		return;
	}
	if (is_block_collection(old)) {
		job->head_end = pv_yaml_line_end(doc, old->end);
		if (!is_root(old) && pv_yaml_starts_line(doc, old->start) &&
		    part_lines(job))
			return;
	}
	job->tail_start = pv_yaml_line_end(doc, job->head_end);
	job->tail_end = job->tail_start;
}

/* Extends the head over the properties that shall go. */
static void drop_tag(struct job *job)
{
	if (!job->is_untagged)
		return;
	if (job->head_end < job->pos)
		job->head_end = job->pos;
	job->head_start = job->old->outer_start;
}

/* Begins the head; a space parts it from what stands before. */
static void open_head(struct job *job)
{
	pv_buf *out = &job->plan->text;
	size_t at = job->head_start;

	pv_yaml_plan_cut(job->plan, at, job->head_end);
	if (at > job->doc->body && !strchr(" \t\r\n", job->doc->text[at - 1]))
		pv_buf_putc(out, ' ');
	for (size_t i = 0; i < job->padding; i++)
		pv_buf_putc(out, ' ');
	if (job->is_untagged && job->old->anchor)
		pv_buf_printf(out, "&%s%s", job->old->anchor,
			      job->form == NESTED ? "" : " ");
}

static int ends_in_break(const pv_yaml_node *value)
{
	while (value->first) {
		value = value->first;
		while (value->next)
			value = value->next;
	}
	return pv_yaml_is_multiline(value) && value->text[value->len - 1] == '\n';
}

/* A value that ends in a line break needs one where the text has none. */
static void finish(struct job *job, size_t end)
{
	int needs_break =
		job->form == LINES
			? job->value->len &&
				  job->value->text[job->value->len - 1] == '\n'
			: job->form == NESTED && ends_in_break(job->value);

	if (needs_break && end == job->doc->len)
		pv_yaml_write_break(&job->plan->text, &job->plan->format, 0);
}

static void write_lines(struct job *job)
{
	const struct pv_yaml_format *format = &job->plan->format;
	const pv_yaml_node *old = job->old;
	struct pv_yaml_old_lines lines = { job->doc, text_of(old),
					   job->tail_start, job->tail_end };
	int is_alike = is_block_scalar(old) && old->style == job->style &&
		       pv_yaml_block_indent(job->doc->text, old->start, old->end,
					    lines.text) == job->lines.column;
	pv_buf *out = &job->plan->text;

	if (job->style == PV_YAML_FOLDED)
		pv_yaml_rewrite_folded(out, format, text_of(job->value),
				       job->lines.column,
				       is_alike ? &lines : NULL);
	else if (is_alike)
		pv_yaml_rewrite_literal(out, format, text_of(job->value),
					job->lines.column, &lines);
	else
		pv_yaml_write_literal(out, format, text_of(job->value),
				      job->lines.column);
}

/* The chomping indicator of a header; 0 for none. */
static char chomping_of(const char *header, size_t len)
{
	if (memchr(header, '+', len))
		return '+';
	return memchr(header, '-', len) ? '-' : '\0';
}

/* Whether the old indicators do for the new text. */
static int keeps_header(const struct job *job, const char *old, size_t len)
{
	pv_str text = text_of(job->value);
	char chomping = chomping_of(old, len);
	int has_break = text.len && text.ptr[text.len - 1] == '\n';
	int has_more =
		has_break && text.len > 1 && text.ptr[text.len - 2] == '\n';
	size_t step = 0;

	for (size_t i = 1; i < len; i++)
		if (old[i] >= '0' && old[i] <= '9')
			step = (size_t)(old[i] - '0');
	if (step ? step != job->lines.step : pv_yaml_needs_indicator(text))
		return 0;
	if (chomping == '+')
		return has_break;
	return chomping == '-' ? !has_break : has_break && !has_more;
}

static void write_header(struct job *job)
{
	const pv_yaml_node *old = job->old;
	const char *header = job->doc->text + old->start;
	size_t len = job->head_end - old->start;

	if (is_block_scalar(old) && old->style == job->style &&
	    keeps_header(job, header, len))
		pv_buf_put(&job->plan->text, header, len);
	else
		pv_yaml_write_header(&job->plan->text, text_of(job->value),
				     job->style, job->lines.step);
}

static void replace_by_lines(struct job *job)
{
	const pv_yaml_node *old = job->old;

	/* Not a header alone on its line below "key:". */
	if (!has_properties(old) && !is_block_scalar(old) &&
	    job->head_start > job->pos &&
	    pv_yaml_is_blank(job->doc, job->pos, job->head_start))
		job->head_start = job->pos;
	open_head(job);
	write_header(job);
	pv_yaml_plan_cut(job->plan, job->tail_start, job->tail_end);
	write_lines(job);
	finish(job, job->tail_end);
}

static void replace_by_line(struct job *job)
{
	open_head(job);
	write_inline(job);
	if (job->tail_end > job->tail_start)
		pv_yaml_plan_cut(job->plan, job->tail_start, job->tail_end);
}

/* Where a block collection on lines of its own is indented to. */
static size_t nested_column(const struct job *job)
{
	const struct pv_yaml_format *format = &job->plan->format;

	if (is_root(job->old))
		return 0;
	if (!job->old->key)
		return job->column + 2;
	return job->column + (job->value->kind == PV_YAML_SEQUENCE
				      ? format->seq_step
				      : format->step);
}

/* A block collection takes the place of another on lines of its own. */
static void replace_nested(struct job *job)
{
	const pv_yaml *doc = job->doc;
	const pv_yaml_node *old = job->old;
	pv_yaml_plan *plan = job->plan;
	size_t column = pv_yaml_column(doc, old->start);
	size_t start = pv_yaml_line_start(doc, old->start);
	size_t end = pv_yaml_line_end(doc, old->end);

	if (!is_root(old) && column <= job->column &&
	    !(old->key && job->value->kind == PV_YAML_SEQUENCE))
		column = nested_column(job);
	if (job->is_untagged) {
		job->head_start = old->outer_start;
		job->head_end = job->pos;
		open_head(job);
	}
	pv_yaml_plan_cut(plan, start, end);
	for (size_t i = 0; i < column; i++)
		pv_buf_putc(&plan->text, ' ');
	pv_yaml_write_block(&plan->text, &plan->format, job->value, column);
	finish(job, end);
}

/* A block collection starts where the old value did, behind a dash. */
static void replace_compact(struct job *job)
{
	pv_yaml_plan *plan = job->plan;
	size_t column = pv_yaml_column(job->doc, job->head_start);

	pv_yaml_plan_cut(plan, job->head_start, job->head_end);
	if (job->head_start == job->pos && !is_root(job->old)) {
		for (size_t i = 1; i < plan->format.dash; i++)
			pv_buf_putc(&plan->text, ' ');
		column = job->column + plan->format.dash;
	}
	pv_yaml_write_block(&plan->text, &plan->format, job->value, column);
	finish(job, job->head_end);
}

/* A block collection goes on the lines below. */
static void replace_below(struct job *job)
{
	pv_yaml_plan *plan = job->plan;
	size_t column = nested_column(job);

	if (!job->is_untagged) {
		size_t start = pv_yaml_blank_start(job->doc, job->head_start);

		if (start == pv_yaml_line_start(job->doc, start) &&
		    job->head_end == job->tail_start)
			start -= pv_yaml_break_before(job->doc->text,
						      job->doc->body, start);
		job->head_start = start > job->pos ? start : job->pos;
		if (job->head_end < job->head_start)
			job->head_end = job->head_start;
		pv_yaml_plan_cut(plan, job->head_start, job->head_end);
	} else {
		open_head(job);
	}
	pv_yaml_plan_cut(plan, job->tail_start, job->tail_end);
	pv_yaml_write_break(&plan->text, &plan->format, column);
	pv_yaml_write_block(&plan->text, &plan->format, job->value, column);
	finish(job, job->tail_end);
}

static void replace_by_block(struct job *job)
{
	const pv_yaml *doc = job->doc;
	const pv_yaml_node *old = job->old;
	int is_bare = pv_yaml_is_blank(doc, job->head_end,
				       pv_yaml_line_end(doc, job->head_end)) &&
		      !is_block_scalar(old) && !has_properties(old);
	int starts_line = pv_yaml_starts_line(doc, old->start);
	int may_stay = is_root(old) ? starts_line : !old->key;

	if (is_block_collection(old) && starts_line)
		replace_nested(job);
	else if (is_bare && may_stay)
		replace_compact(job);
	else
		replace_below(job);
}

/* The root of a text without a document goes behind all comments. */
static void replace_nothing(struct job *job)
{
	pv_yaml_plan *plan = job->plan;
	const pv_yaml *doc = job->doc;
	int is_broken = doc->len == doc->body ||
			pv_yaml_break_before(doc->text, doc->body, doc->len);

	pv_yaml_plan_cut(plan, doc->len, doc->len);
	if (!is_broken)
		pv_yaml_write_break(&plan->text, &plan->format, 0);
	if (job->form == NESTED) {
		pv_yaml_write_block(&plan->text, &plan->format, job->value, 0);
	} else if (job->form == LINES) {
		write_header(job);
		write_lines(job);
	} else {
		write_inline(job);
	}
	if (is_broken)
		pv_yaml_write_break(&plan->text, &plan->format, 0);
	else
		finish(job, doc->len);
}

/* One cut in a flow collection; ": " announces a value that had none. */
static void replace_in_flow(struct job *job)
{
	const pv_yaml_node *old = job->old;
	size_t start = job->is_untagged ? old->outer_start : old->start;

	job->head_start = start;
	job->head_end = old->end;
	if (old->key && !has_properties(old) && start == old->end &&
	    pv_yaml_find_colon(job->doc->text, old->key->end, start) == start) {
		pv_yaml_plan_cut(job->plan, start, start);
		pv_buf_puts(&job->plan->text, ": ");
	} else {
		int is_first = strchr("[{", job->doc->text[start - 1]) != NULL;

		if (is_first)
			pv_yaml_plan_cut(job->plan, start, old->end);
		else
			open_head(job);
	}
	write_inline(job);
}

static int is_text_without_document(const pv_yaml *doc, const pv_yaml_node *node)
{
	return !node->parent && node->kind == PV_YAML_SCALAR && !node->len &&
	       node->start == doc->len && node->style == PV_YAML_PLAIN &&
	       !has_properties(node) &&
	       (doc->len < 3 || memcmp(doc->text + doc->len - 3, "---", 3) != 0);
}

/* The value of "? key", which has no indicator yet, gets a line of its own. */
static int replace_absent(struct job *job, int is_flow)
{
	pv_yaml_plan *plan = job->plan;
	size_t at = pv_yaml_line_end(job->doc, job->old->key->end);

	if (plan->attempt != PV_YAML_TRY_NATURAL &&
	    plan->attempt != PV_YAML_TRY_FLOW)
		return 0;
	pv_yaml_plan_cut(plan, at, at);
	pv_yaml_write_break(&plan->text, &plan->format, job->column);
	pv_buf_puts(&plan->text, is_flow ? ": " : ":");
	if (is_flow)
		pv_yaml_write_flow(&plan->text, &plan->format, job->value);
	else
		pv_yaml_write_behind_key(&plan->text, &plan->format, job->value,
					 job->column);
	finish(job, at);
	return 1;
}

int pv_yaml_plan_replace(pv_yaml_plan *plan, const pv_yaml_node *old,
			 const pv_yaml_node *value)
{
	int in_flow = !is_root(old) && old->parent->style == PV_YAML_FLOW;
	int is_untagged = plan->attempt == PV_YAML_TRY_UNTAGGED ||
			  plan->attempt == PV_YAML_TRY_FLOW_UNTAGGED;
	int is_flow = plan->attempt >= PV_YAML_TRY_FLOW;
	struct job job = { .plan = plan,
			   .doc = plan->doc,
			   .old = old,
			   .value = value,
			   .is_untagged = is_untagged };

	if (plan->attempt == PV_YAML_TRY_CLOSED ||
	    plan->attempt == PV_YAML_TRY_TIGHT ||
	    (is_untagged && !has_properties(old)) || (is_flow && in_flow))
		return 0;
	choose_form(&job, in_flow || is_flow);
	if (!is_root(old))
		job.column = pv_yaml_column(plan->doc, old->parent->start);
	find_indent(&job);
	if (is_text_without_document(plan->doc, old)) {
		replace_nothing(&job);
		return 1;
	}
	if (in_flow) {
		replace_in_flow(&job);
		return 1;
	}
	if (!find_position(&job))
		return replace_absent(&job, is_flow);
	find_parts(&job);
	drop_tag(&job);
	if (job.form == INLINE)
		replace_by_line(&job);
	else if (job.form == LINES)
		replace_by_lines(&job);
	else
		replace_by_block(&job);
	return 1;
}
