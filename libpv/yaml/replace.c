/* SPDX-License-Identifier: MIT
 *
 * Replacing a value. In a flow collection that is one cut. In block style the
 * line on which the old value starts may go on with a comment that has to
 * stay, so there are two: the head on that line, and the tail, the lines
 * below it.
 */
#include <string.h>

#include "yaml/lines.h"
#include "yaml/marks.h"
#include "yaml/replace.h"

static void write_inline(struct pv_yaml_job *job)
{
	pv_buf *out = &job->plan->text;
	const pv_yaml_node *value = job->value;

	if (value->kind == PV_YAML_SCALAR && value->type == PV_YAML_STRING)
		pv_yaml_write_string(out, pv_yaml_text_of(value), job->style);
	else
		pv_yaml_write_flow(out, &job->plan->format, value);
}

/* Begins the head; a space parts it from what stands before. */
static void open_head(struct pv_yaml_job *job)
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
			      job->form == PV_YAML_FORM_NESTED ? "" : " ");
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
static void finish(struct pv_yaml_job *job, size_t end)
{
	int needs_break =
		job->form == PV_YAML_FORM_LINES
			? job->value->len &&
				  job->value->text[job->value->len - 1] == '\n'
			: job->form == PV_YAML_FORM_NESTED &&
				  ends_in_break(job->value);

	if (needs_break && end == job->doc->len)
		pv_yaml_write_break(&job->plan->text, &job->plan->format, 0);
}

static void write_lines(struct pv_yaml_job *job)
{
	const struct pv_yaml_format *format = &job->plan->format;
	const pv_yaml_node *old = job->old;
	struct pv_yaml_old_lines lines = { job->doc, pv_yaml_text_of(old),
					   job->tail_start, job->tail_end };
	int is_alike = pv_yaml_is_block_scalar(old) && old->style == job->style &&
		       pv_yaml_block_indent(job->doc->text, old->start, old->end,
					    lines.text) == job->lines.column;
	pv_buf *out = &job->plan->text;

	if (job->style == PV_YAML_FOLDED)
		pv_yaml_rewrite_folded(out, format, pv_yaml_text_of(job->value),
				       job->lines.column,
				       is_alike ? &lines : NULL);
	else if (is_alike)
		pv_yaml_rewrite_literal(out, format, pv_yaml_text_of(job->value),
					job->lines.column, &lines);
	else
		pv_yaml_write_literal(out, format, pv_yaml_text_of(job->value),
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
static int keeps_header(const struct pv_yaml_job *job, const char *old, size_t len)
{
	pv_str text = pv_yaml_text_of(job->value);
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

static void write_header(struct pv_yaml_job *job)
{
	const pv_yaml_node *old = job->old;
	const char *header = job->doc->text + old->start;
	size_t len = job->head_end - old->start;

	if (pv_yaml_is_block_scalar(old) && old->style == job->style &&
	    keeps_header(job, header, len))
		pv_buf_put(&job->plan->text, header, len);
	else
		pv_yaml_write_header(&job->plan->text,
				     pv_yaml_text_of(job->value), job->style,
				     job->lines.step);
}

static void replace_by_lines(struct pv_yaml_job *job)
{
	const pv_yaml_node *old = job->old;

	/* Not a header alone on its line below "key:". */
	if (!pv_yaml_has_properties(old) && !pv_yaml_is_block_scalar(old) &&
	    job->head_start > job->pos &&
	    pv_yaml_is_blank(job->doc, job->pos, job->head_start))
		job->head_start = job->pos;
	open_head(job);
	write_header(job);
	pv_yaml_plan_cut(job->plan, job->tail_start, job->tail_end);
	write_lines(job);
	finish(job, job->tail_end);
}

static void replace_by_line(struct pv_yaml_job *job)
{
	open_head(job);
	write_inline(job);
	if (job->tail_end > job->tail_start)
		pv_yaml_plan_cut(job->plan, job->tail_start, job->tail_end);
}

/* Where a block collection on lines of its own is indented to. */
static size_t nested_column(const struct pv_yaml_job *job)
{
	const struct pv_yaml_format *format = &job->plan->format;

	if (pv_yaml_is_root(job->old))
		return 0;
	if (!job->old->key)
		return job->column + 2;
	return job->column + (job->value->kind == PV_YAML_SEQUENCE
				      ? format->seq_step
				      : format->step);
}

/* A block collection takes the place of another on lines of its own. */
static void replace_nested(struct pv_yaml_job *job)
{
	const pv_yaml *doc = job->doc;
	const pv_yaml_node *old = job->old;
	pv_yaml_plan *plan = job->plan;
	size_t column = pv_yaml_column(doc, old->start);
	size_t start = pv_yaml_line_start(doc, old->start);
	size_t end = pv_yaml_line_end(doc, old->end);

	if (!pv_yaml_is_root(old) && column <= job->column &&
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
static void replace_compact(struct pv_yaml_job *job)
{
	pv_yaml_plan *plan = job->plan;
	size_t column = pv_yaml_column(job->doc, job->head_start);

	pv_yaml_plan_cut(plan, job->head_start, job->head_end);
	if (job->head_start == job->pos && !pv_yaml_is_root(job->old)) {
		for (size_t i = 1; i < plan->format.dash; i++)
			pv_buf_putc(&plan->text, ' ');
		column = job->column + plan->format.dash;
	}
	pv_yaml_write_block(&plan->text, &plan->format, job->value, column);
	finish(job, job->head_end);
}

/* A block collection goes on the lines below. */
static void replace_below(struct pv_yaml_job *job)
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

static void replace_by_block(struct pv_yaml_job *job)
{
	const pv_yaml *doc = job->doc;
	const pv_yaml_node *old = job->old;
	int is_bare = pv_yaml_is_blank(doc, job->head_end,
				       pv_yaml_line_end(doc, job->head_end)) &&
		      !pv_yaml_is_block_scalar(old) &&
		      !pv_yaml_has_properties(old);
	int starts_line = pv_yaml_starts_line(doc, old->start);
	int may_stay = pv_yaml_is_root(old) ? starts_line : !old->key;

	if (pv_yaml_is_block_collection(old) && starts_line)
		replace_nested(job);
	else if (is_bare && may_stay)
		replace_compact(job);
	else
		replace_below(job);
}

/* The root of a text without a document goes behind all comments. */
static void replace_nothing(struct pv_yaml_job *job)
{
	pv_yaml_plan *plan = job->plan;
	const pv_yaml *doc = job->doc;
	int is_broken = doc->len == doc->body ||
			pv_yaml_break_before(doc->text, doc->body, doc->len);

	pv_yaml_plan_cut(plan, doc->len, doc->len);
	if (!is_broken)
		pv_yaml_write_break(&plan->text, &plan->format, 0);
	if (job->form == PV_YAML_FORM_NESTED) {
		pv_yaml_write_block(&plan->text, &plan->format, job->value, 0);
	} else if (job->form == PV_YAML_FORM_LINES) {
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
static void replace_in_flow(struct pv_yaml_job *job)
{
	const pv_yaml_node *old = job->old;
	size_t start = job->is_untagged ? old->outer_start : old->start;

	job->head_start = start;
	job->head_end = old->end;
	if (old->key && !pv_yaml_has_properties(old) && start == old->end &&
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
	       !pv_yaml_has_properties(node) &&
	       (doc->len < 3 || memcmp(doc->text + doc->len - 3, "---", 3) != 0);
}

/* The value of "? key", which has no indicator yet, gets a line of its own. */
static int replace_absent(struct pv_yaml_job *job, int is_flow)
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
	int in_flow = !pv_yaml_is_root(old) && old->parent->style == PV_YAML_FLOW;
	int is_untagged = plan->attempt == PV_YAML_TRY_UNTAGGED ||
			  plan->attempt == PV_YAML_TRY_FLOW_UNTAGGED;
	int is_flow = plan->attempt >= PV_YAML_TRY_FLOW;
	struct pv_yaml_job job = { .plan = plan,
				   .doc = plan->doc,
				   .old = old,
				   .value = value,
				   .is_untagged = is_untagged };

	if (plan->attempt == PV_YAML_TRY_CLOSED ||
	    plan->attempt == PV_YAML_TRY_TIGHT ||
	    (is_untagged && !pv_yaml_has_properties(old)) || (is_flow && in_flow))
		return 0;
	pv_yaml_job_form(&job, in_flow || is_flow);
	if (!pv_yaml_is_root(old))
		job.column = pv_yaml_column(plan->doc, old->parent->start);
	pv_yaml_job_indent(&job);
	if (is_text_without_document(plan->doc, old)) {
		replace_nothing(&job);
		return 1;
	}
	if (in_flow) {
		replace_in_flow(&job);
		return 1;
	}
	if (!pv_yaml_job_position(&job))
		return replace_absent(&job, is_flow);
	pv_yaml_job_parts(&job);
	pv_yaml_job_drop_tag(&job);
	if (job.form == PV_YAML_FORM_INLINE)
		replace_by_line(&job);
	else if (job.form == PV_YAML_FORM_LINES)
		replace_by_lines(&job);
	else
		replace_by_block(&job);
	return 1;
}
