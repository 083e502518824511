/* SPDX-License-Identifier: MIT
 *
 * Adding a member to a mapping or an element to a sequence. New entries go
 * right behind the entry before them, so that a comment above the following
 * one stays with it.
 */
#include <string.h>

#include "yaml/edit.h"
#include "yaml/marks.h"

/* The child that the new one goes behind; NULL for the first place. */
static const pv_yaml_node *child_before(const pv_yaml_request *request)
{
	const pv_yaml_node *child = request->at->first;

	if (!request->idx)
		return NULL;
	for (size_t i = 1; i < request->idx; i++)
		child = child->next;
	return child;
}

static const pv_yaml_node *last_leaf(const pv_yaml_node *node)
{
	while (node->first) {
		node = node->first;
		while (node->next)
			node = node->next;
	}
	return node;
}

static int ends_in_break(const pv_yaml_node *value)
{
	value = last_leaf(value);
	return pv_yaml_is_multiline(value) && value->text[value->len - 1] == '\n';
}

/* Sequences keep the distance their elements have from the dash. */
static size_t find_dash(const pv_yaml_plan *plan, const pv_yaml_node *sequence)
{
	const pv_yaml *doc = plan->doc;
	size_t column = pv_yaml_column(doc, sequence->start);

	for (const pv_yaml_node *n = sequence->first; n; n = n->next) {
		size_t inner = pv_yaml_column(doc, n->start);

		if (n->first && n->style == PV_YAML_BLOCK &&
		    !pv_yaml_starts_line(doc, n->start) && inner > column + 1)
			return inner - column;
	}
	return plan->format.dash;
}

static void write_entry(pv_yaml_plan *plan, const pv_yaml_request *request,
			size_t column)
{
	pv_buf *out = &plan->text;
	int is_flow = plan->attempt == PV_YAML_TRY_FLOW;

	if (request->operation == PV_YAML_ADD_KEY)
		pv_yaml_write_key(out, &plan->format, request->key, column);
	else
		pv_buf_putc(out, '-');
	if (is_flow) {
		pv_buf_putc(out, ' ');
		pv_yaml_write_flow(out, &plan->format, request->value);
	} else if (request->operation == PV_YAML_ADD_KEY) {
		pv_yaml_write_behind_key(out, &plan->format, request->value,
					 column);
	} else {
		plan->format.dash = find_dash(plan, request->at);
		pv_yaml_write_behind_dash(out, &plan->format, request->value,
					  column);
	}
}

/*
 * A literal at the end of a text without a final newline reads without one,
 * until something follows: then it has to be stripped to stay the same.
 */
static int close_literal(pv_yaml_plan *plan, const pv_yaml_node *before)
{
	const pv_yaml_node *leaf = last_leaf(before);
	const char *text = plan->doc->text;
	size_t end;

	if (leaf->kind != PV_YAML_SCALAR ||
	    (leaf->style != PV_YAML_LITERAL && leaf->style != PV_YAML_FOLDED) ||
	    leaf->end != plan->doc->len)
		return 0;
	end = pv_yaml_block_header(text, leaf->start);
	if (memchr(text + leaf->start, '-', end - leaf->start) ||
	    memchr(text + leaf->start, '+', end - leaf->start))
		return 0;
	pv_yaml_plan_cut(plan, end, end);
	pv_buf_putc(&plan->text, '-');
	return 1;
}

static int add_in_block(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	const pv_yaml *doc = plan->doc;
	const pv_yaml_node *before = child_before(request);
	size_t column = pv_yaml_column(doc, request->at->start);
	size_t at;

	if (!before) {
		if (plan->attempt == PV_YAML_TRY_CLOSED)
			return 0;
		pv_yaml_plan_cut(plan, request->at->start, request->at->start);
		write_entry(plan, request, column);
		pv_yaml_write_break(&plan->text, &plan->format, column);
		return 1;
	}
	if (plan->attempt == PV_YAML_TRY_CLOSED && !close_literal(plan, before))
		return 0;
	at = pv_yaml_line_end(doc, before->end);
	pv_yaml_plan_cut(plan, at, at);
	pv_yaml_write_break(&plan->text, &plan->format, column);
	write_entry(plan, request, column);
	if (at == doc->len && plan->attempt != PV_YAML_TRY_FLOW &&
	    ends_in_break(request->value))
		pv_yaml_write_break(&plan->text, &plan->format, 0);
	return 1;
}

/* --- flow ---------------------------------------------------------------- */

static void write_flow_entry(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	if (request->operation == PV_YAML_ADD_KEY)
		pv_yaml_write_flow_member(&plan->text, &plan->format,
					  request->key, request->value);
	else
		pv_yaml_write_flow(&plan->text, &plan->format, request->value);
}

/*
 * Where the comma behind an entry goes. One right behind "key:" or "!tag"
 * would be part of it, so there a blank comes first.
 */
static size_t open_comma(pv_yaml_plan *plan, const pv_yaml_node *before,
			 const char **comma_out)
{
	const char *text = plan->doc->text;
	size_t at = before->end;
	int is_bare =
		before->kind == PV_YAML_SCALAR && at == before->start &&
		(text[at - 1] == ':' || before->outer_start != before->start);

	*comma_out = is_bare && text[at] != ' ' ? " ," : ",";
	return is_bare && text[at] == ' ' ? at + 1 : at;
}

/* Each element has a line of its own: so gets the new one. */
static int add_flow_line(pv_yaml_plan *plan, const pv_yaml_request *request,
			 const pv_yaml_node *before)
{
	const pv_yaml *doc = plan->doc;
	size_t start = pv_yaml_entry_start(doc, before);
	size_t comma = pv_yaml_skip_space(doc->text, doc->len, before->end);
	int has_comma = doc->text[comma] == ',';
	const char *mark;
	size_t open = open_comma(plan, before, &mark);
	size_t at = has_comma ? comma + 1 : open;

	if (!pv_yaml_starts_line(doc, start) || !pv_yaml_ends_line(doc, at))
		return 0;
	if (!has_comma) {
		pv_yaml_plan_cut(plan, at, at);
		pv_buf_puts(&plan->text, mark);
	}
	pv_yaml_plan_cut(plan, pv_yaml_line_end(doc, at),
			 pv_yaml_line_end(doc, at));
	pv_yaml_write_break(&plan->text, &plan->format,
			    pv_yaml_column(doc, start));
	write_flow_entry(plan, request);
	if (has_comma)
		pv_buf_putc(&plan->text, ',');
	return 1;
}

static int add_first_in_flow(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	const pv_yaml *doc = plan->doc;
	const pv_yaml_node *first = request->at->first;
	size_t at = first ? pv_yaml_entry_start(doc, first)
			  : request->at->start + 1;

	pv_yaml_plan_cut(plan, at, at);
	write_flow_entry(plan, request);
	if (first && pv_yaml_starts_line(doc, at)) {
		pv_buf_putc(&plan->text, ',');
		pv_yaml_write_break(&plan->text, &plan->format,
				    pv_yaml_column(doc, at));
	} else if (first) {
		pv_buf_puts(&plan->text, ", ");
	}
	return 1;
}

/* Where the entries of a block collection go that takes the place of `node`. */
static size_t nested_column(const pv_yaml_plan *plan, const pv_yaml_node *node)
{
	size_t column;

	if (!node->parent || node->parent->kind == PV_YAML_STREAM)
		return 0;
	column = pv_yaml_column(plan->doc, node->parent->start);
	if (!node->key)
		return column + 2;
	return column + (node->kind == PV_YAML_SEQUENCE ? plan->format.seq_step
							: plan->format.step);
}

/* The brackets around nothing but comments go: the entry stands below. */
static int open_brackets(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	const pv_yaml *doc = plan->doc;
	const pv_yaml_node *node = request->at;
	size_t column = nested_column(plan, node);
	size_t start = node->start;
	size_t stop = pv_yaml_blank_end(doc, start + 1);
	size_t end = pv_yaml_line_start(doc, node->end - 1);

	if (node->parent && node->parent->style == PV_YAML_FLOW)
		return 0;
	if (doc->text[stop] != '#') {
		start = pv_yaml_blank_start(doc, start);
		if (start == pv_yaml_line_start(doc, start))
			stop = pv_yaml_line_next(doc, stop);
	}
	pv_yaml_plan_cut(plan, start, stop);
	end -= pv_yaml_break_before(doc->text, doc->body, end);
	pv_yaml_plan_cut(plan, end, node->end);
	pv_yaml_write_break(&plan->text, &plan->format, column);
	write_entry(plan, request, column);
	if (node->end == doc->len && ends_in_break(request->value))
		pv_yaml_write_break(&plan->text, &plan->format, 0);
	return 1;
}

/* On the line before the bracket, which stands below the comments. */
static int add_below_comments(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	const pv_yaml *doc = plan->doc;
	size_t end = pv_yaml_line_start(doc, request->at->end - 1);
	size_t line;

	end -= pv_yaml_break_before(doc->text, doc->body, end);
	line = pv_yaml_blank_end(doc, pv_yaml_line_start(doc, end));
	pv_yaml_plan_cut(plan, end, end);
	pv_yaml_write_break(&plan->text, &plan->format,
			    doc->text[line] == '#' ? pv_yaml_column(doc, line)
						   : plan->format.step);
	write_flow_entry(plan, request);
	return 1;
}

static int add_in_flow(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	const pv_yaml_node *before = child_before(request);
	const char *mark;
	size_t at;
	char open = plan->doc->text[request->at->start];

	/* The mapping of "[a: b]" has no braces to put a second key in. */
	if (open != '{' && open != '[')
		return 0;
	if (plan->attempt != PV_YAML_TRY_NATURAL &&
	    plan->attempt != PV_YAML_TRY_FLOW)
		return 0;
	if (!request->at->first &&
	    pv_yaml_has_comment(plan->doc, request->at->start, request->at->end))
		return (plan->attempt == PV_YAML_TRY_NATURAL &&
			open_brackets(plan, request)) ||
		       add_below_comments(plan, request);
	if (!before)
		return add_first_in_flow(plan, request);
	if (plan->attempt == PV_YAML_TRY_NATURAL &&
	    add_flow_line(plan, request, before))
		return 1;
	at = open_comma(plan, before, &mark);
	pv_yaml_plan_cut(plan, at, at);
	pv_buf_printf(&plan->text, "%s ", mark);
	write_flow_entry(plan, request);
	return 1;
}

int pv_yaml_plan_add(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	if (request->at->style == PV_YAML_FLOW)
		return add_in_flow(plan, request);
	if (plan->attempt != PV_YAML_TRY_NATURAL &&
	    plan->attempt != PV_YAML_TRY_CLOSED &&
	    plan->attempt != PV_YAML_TRY_FLOW)
		return 0;
	return add_in_block(plan, request);
}
