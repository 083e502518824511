/* SPDX-License-Identifier: MIT
 *
 * Removing one of several children; the last one left is replaced together
 * with its collection. An entry goes with the comment on its own lines, and
 * what stands on the lines around it stays.
 */
#include <string.h>

#include "yaml/edit.h"
#include "yaml/marks.h"

static const pv_yaml_node *child_at(const pv_yaml_request *request)
{
	const pv_yaml_node *child = request->at->first;

	for (size_t i = request->idx; i; i--)
		child = child->next;
	return child;
}

/* The end of the line before the one that starts at `start`. */
static size_t line_before(const pv_yaml *doc, size_t start)
{
	return start - pv_yaml_break_before(doc->text, doc->body, start);
}

static size_t skip_blank_lines(const pv_yaml *doc, size_t at)
{
	while (at < doc->len &&
	       pv_yaml_is_blank(doc, at, pv_yaml_line_end(doc, at)))
		at = pv_yaml_line_next(doc, at);
	return at;
}

static void remove_lines(pv_yaml_plan *plan, size_t entry, size_t end)
{
	const pv_yaml *doc = plan->doc;
	size_t start = pv_yaml_line_start(doc, entry);
	size_t stop = pv_yaml_line_next(doc, end);

	/* A text without a final newline does not gain one. */
	if (pv_yaml_line_end(doc, end) == doc->len)
		start = line_before(doc, start);
	else if (plan->attempt == PV_YAML_TRY_TIGHT)
		stop = skip_blank_lines(doc, stop);
	pv_yaml_plan_cut(plan, start, stop);
}

/* The first entry behind a dash or an indicator on its line. */
static int remove_compact(pv_yaml_plan *plan, const pv_yaml_node *child,
			  size_t entry)
{
	const pv_yaml *doc = plan->doc;
	size_t next;

	if (!child->next)
		return 0;
	next = pv_yaml_entry_start(doc, child->next);
	if (pv_yaml_is_blank(doc, pv_yaml_line_next(doc, child->end), next))
		pv_yaml_plan_cut(plan, entry, next);
	else
		pv_yaml_plan_cut(plan, pv_yaml_blank_start(doc, entry),
				 pv_yaml_line_end(doc, child->end));
	return 1;
}

static int is_line_break_between(const pv_yaml *doc, size_t start, size_t end)
{
	return pv_yaml_line_end(doc, start) < end;
}

/* Cuts out an entry that ends at `end`, with its comment if that is its own. */
static void cut_entry(pv_yaml_plan *plan, const pv_yaml_node *child,
		      size_t entry, size_t end)
{
	const pv_yaml *doc = plan->doc;
	size_t stop = pv_yaml_blank_end(doc, end);

	if (!pv_yaml_ends_line(doc, end))
		pv_yaml_plan_cut(plan, entry, child->next ? stop : end);
	else if (pv_yaml_starts_line(doc, entry))
		pv_yaml_plan_cut(plan, pv_yaml_line_start(doc, entry),
				 pv_yaml_line_next(doc, end));
	else if (child == child->parent->first)
		pv_yaml_plan_cut(plan, pv_yaml_blank_start(doc, entry),
				 pv_yaml_line_end(doc, end));
	else if (doc->text[stop] == '#')
		pv_yaml_plan_cut(plan, entry, stop);
	else
		pv_yaml_plan_cut(plan, pv_yaml_blank_start(doc, entry), end);
}

/* The same with its comma, which may be on a line further down. */
static void cut_with_comma(pv_yaml_plan *plan, const pv_yaml_node *child,
			   size_t entry, size_t comma)
{
	const pv_yaml *doc = plan->doc;
	size_t after;

	if (!is_line_break_between(doc, child->end, comma)) {
		cut_entry(plan, child, entry, comma + 1);
		return;
	}
	cut_entry(plan, child, entry, child->end);
	after = pv_yaml_blank_end(doc, comma + 1);
	if (pv_yaml_starts_line(doc, comma) &&
	    after == pv_yaml_line_end(doc, comma))
		pv_yaml_plan_cut(plan, pv_yaml_line_start(doc, comma),
				 pv_yaml_line_next(doc, comma));
	else
		pv_yaml_plan_cut(plan, comma, after);
}

/* Any but the last element; a comma follows it. */
static void remove_flow_middle(pv_yaml_plan *plan, const pv_yaml_node *child,
			       size_t entry)
{
	const pv_yaml *doc = plan->doc;
	size_t next = pv_yaml_entry_start(doc, child->next);
	size_t comma = pv_yaml_skip_space(doc->text, doc->len, child->end);

	if (pv_yaml_has_comment(doc, child->end, next))
		cut_with_comma(plan, child, entry, comma);
	else if (pv_yaml_starts_line(doc, entry) && pv_yaml_starts_line(doc, next))
		pv_yaml_plan_cut(plan, pv_yaml_line_start(doc, entry),
				 pv_yaml_line_next(doc, comma));
	else
		pv_yaml_plan_cut(plan, entry, next);
}

static void remove_flow_last(pv_yaml_plan *plan, const pv_yaml_node *child,
			     size_t entry)
{
	const pv_yaml *doc = plan->doc;
	const pv_yaml_node *before = pv_yaml_previous(child);
	size_t comma = pv_yaml_skip_space(doc->text, doc->len, child->end);

	if (before && !is_line_break_between(doc, before->end, entry)) {
		pv_yaml_plan_cut(plan, before->end, child->end);
		return;
	}
	if (doc->text[comma] == ',') {
		cut_with_comma(plan, child, entry, comma);
		return;
	}
	if (before)
		comma = pv_yaml_skip_space(doc->text, doc->len, before->end);
	if (before && pv_yaml_starts_line(doc, comma) &&
	    !is_line_break_between(doc, comma, entry))
		entry = comma;
	else if (before)
		pv_yaml_plan_cut(plan, comma, comma + 1);
	cut_entry(plan, child, entry, child->end);
}

int pv_yaml_has_company(const pv_yaml *doc, const pv_yaml_node *child)
{
	const pv_yaml_node *parent = child->parent;
	size_t start = parent->start + 1;

	if (parent->style != PV_YAML_FLOW ||
	    !strchr("{[", doc->text[parent->start]))
		return 0;
	return pv_yaml_has_comment(doc, start, pv_yaml_entry_start(doc, child)) ||
	       pv_yaml_has_comment(doc, pv_yaml_line_end(doc, child->end),
				   parent->end);
}

int pv_yaml_plan_remove(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	const pv_yaml_node *child = child_at(request);
	size_t entry = pv_yaml_entry_start(plan->doc, child);

	if (plan->attempt != PV_YAML_TRY_NATURAL &&
	    plan->attempt != PV_YAML_TRY_TIGHT)
		return 0;
	if (request->at->style == PV_YAML_FLOW) {
		if (child->next)
			remove_flow_middle(plan, child, entry);
		else
			remove_flow_last(plan, child, entry);
	} else if (pv_yaml_starts_line(plan->doc, entry)) {
		remove_lines(plan, entry, child->end);
	} else {
		return remove_compact(plan, child, entry);
	}
	return 1;
}
