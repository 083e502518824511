/* SPDX-License-Identifier: MIT
 *
 * Cuts and their application, places in the text, and the habits of a
 * document that new text should follow.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "yaml/edit.h"
#include "yaml/marks.h"

enum {
	WIDEST_STEP = 8 /* an indentation indicator has one digit */
};

void pv_yaml_plan_cut(pv_yaml_plan *plan, size_t start, size_t end)
{
	struct pv_yaml_cut *cut = &plan->cuts[plan->count++];

	cut->start = start;
	cut->end = end;
	cut->from = plan->text.len;
}

int pv_yaml_plan_apply(char **out, size_t *len_out, const pv_yaml_plan *plan,
		       pv_error *err)
{
	const pv_yaml *doc = plan->doc;
	pv_buf text = { 0 };
	size_t at = 0;
	int rc;

	pv_buf_reserve(&text, doc->len + plan->text.len);
	for (size_t i = 0; i < plan->count; i++) {
		const struct pv_yaml_cut *cut = &plan->cuts[i];
		size_t stop = i + 1 < plan->count ? plan->cuts[i + 1].from
						  : plan->text.len;

		pv_buf_put(&text, doc->text + at, cut->start - at);
		if (stop > cut->from)
			pv_buf_put(&text, plan->text.ptr + cut->from,
				   stop - cut->from);
		at = cut->end;
	}
	pv_buf_put(&text, doc->text + at, doc->len - at);
	rc = pv_buf_status(&text, err);
	if (rc < 0) {
		pv_buf_dispose(&text);
		return rc;
	}
	*out = text.ptr;
	*len_out = text.len;
	return PV_OK;
}

/* --- places -------------------------------------------------------------- */

size_t pv_yaml_line_start(const pv_yaml *doc, size_t at)
{
	while (at > doc->body && !pv_yaml_break_before(doc->text, doc->body, at))
		at--;
	return at;
}

size_t pv_yaml_line_end(const pv_yaml *doc, size_t at)
{
	while (at < doc->len && !pv_yaml_break_at(doc->text, doc->len, at))
		at++;
	return at;
}

size_t pv_yaml_line_next(const pv_yaml *doc, size_t at)
{
	at = pv_yaml_line_end(doc, at);
	return at + pv_yaml_break_at(doc->text, doc->len, at);
}

size_t pv_yaml_blank_start(const pv_yaml *doc, size_t at)
{
	while (at > doc->body &&
	       (doc->text[at - 1] == ' ' || doc->text[at - 1] == '\t'))
		at--;
	return at;
}

int pv_yaml_is_blank(const pv_yaml *doc, size_t start, size_t end)
{
	for (; start < end; start++)
		if (!strchr(" \t\r\n", doc->text[start]))
			return 0;
	return 1;
}

int pv_yaml_starts_line(const pv_yaml *doc, size_t at)
{
	return pv_yaml_is_blank(doc, pv_yaml_line_start(doc, at), at);
}

size_t pv_yaml_blank_end(const pv_yaml *doc, size_t at)
{
	while (doc->text[at] == ' ' || doc->text[at] == '\t')
		at++;
	return at;
}

int pv_yaml_ends_line(const pv_yaml *doc, size_t at)
{
	at = pv_yaml_blank_end(doc, at);
	return at == doc->len || doc->text[at] == '#' ||
	       pv_yaml_break_at(doc->text, doc->len, at);
}

int pv_yaml_has_comment(const pv_yaml *doc, size_t start, size_t end)
{
	return start < end && memchr(doc->text + start, '#', end - start) != NULL;
}

size_t pv_yaml_column(const pv_yaml *doc, size_t at)
{
	return at - pv_yaml_line_start(doc, at);
}

const pv_yaml_node *pv_yaml_previous(const pv_yaml_node *node)
{
	const pv_yaml_node *prev = node->parent->first;

	if (prev == node)
		return NULL;
	while (prev->next != node)
		prev = prev->next;
	return prev;
}

size_t pv_yaml_entry_start(const pv_yaml *doc, const pv_yaml_node *child)
{
	const pv_yaml_node *prev = pv_yaml_previous(child);
	size_t at = prev ? prev->end : child->parent->start;

	if (!prev && (doc->text[at] == '{' || doc->text[at] == '[') &&
	    child->parent->style == PV_YAML_FLOW)
		at++;
	at = pv_yaml_skip_space(doc->text, doc->len, at);
	if (doc->text[at] == ',' && child->parent->style == PV_YAML_FLOW)
		at = pv_yaml_skip_space(doc->text, doc->len, at + 1);
	if (!child->key || doc->text[at] == '?')
		return at;
	return child->key->outer_start;
}

/* --- habits -------------------------------------------------------------- */

static const char *find_eol(const pv_yaml *doc)
{
	size_t at = pv_yaml_line_end(doc, doc->body);

	if (doc->text[at] != '\r')
		return "\n";
	return doc->text[at + 1] == '\n' ? "\r\n" : "\r";
}

/* What is known so far; SIZE_MAX stands for nothing. */
struct habits {
	const pv_yaml *doc;
	size_t step;
	size_t seq_step;
	size_t dash;
};

/* Learns from one block collection inside another. */
static void learn(struct habits *habits, const pv_yaml_node *child)
{
	const pv_yaml *doc = habits->doc;
	size_t outer = pv_yaml_column(doc, child->parent->start);
	size_t inner = pv_yaml_column(doc, child->start);
	int is_map = child->parent->kind == PV_YAML_MAPPING;

	if (child->style != PV_YAML_BLOCK || inner < outer)
		return;
	if (!is_map && habits->dash == SIZE_MAX &&
	    !pv_yaml_starts_line(doc, child->start))
		habits->dash = inner - outer;
	if (is_map && child->kind == PV_YAML_SEQUENCE &&
	    habits->seq_step == SIZE_MAX)
		habits->seq_step = inner - outer;
	if (is_map && child->kind == PV_YAML_MAPPING && habits->step == SIZE_MAX)
		habits->step = inner - outer;
}

static void learn_below(struct habits *habits, const pv_yaml_node *node)
{
	for (const pv_yaml_node *n = node->first; n; n = n->next) {
		if (habits->step != SIZE_MAX && habits->dash != SIZE_MAX &&
		    habits->seq_step != SIZE_MAX)
			return;
		if (n->first && n->style == PV_YAML_BLOCK) {
			if (node->kind != PV_YAML_STREAM)
				learn(habits, n);
			learn_below(habits, n);
		}
	}
}

static int is_quoted(const pv_yaml_node *node)
{
	return node->style == PV_YAML_SINGLE_QUOTED ||
	       node->style == PV_YAML_DOUBLE_QUOTED;
}

/*
 * The quotes that all keys of a mapping have, or all strings in `node`; PLAIN
 * when they differ, BLOCK when there are none to go by.
 */
static enum pv_yaml_style common_quotes(const pv_yaml_node *node, int of_keys)
{
	enum pv_yaml_style style = PV_YAML_BLOCK;

	for (const pv_yaml_node *n = node->first; n; n = n->next) {
		const pv_yaml_node *text = of_keys ? n->key : n;

		if (text->kind != PV_YAML_SCALAR || text->type != PV_YAML_STRING)
			continue;
		if (!is_quoted(text) ||
		    (style != PV_YAML_BLOCK && style != text->style))
			return PV_YAML_PLAIN;
		style = text->style;
	}
	return style;
}

/* The quotes of the keys in a mapping, or in the first one of a sequence. */
static enum pv_yaml_style key_quotes(const pv_yaml_node *node)
{
	const pv_yaml_node *child = node->first;

	if (node->kind == PV_YAML_MAPPING)
		return common_quotes(node, 1);
	while (child && !(child->kind == PV_YAML_MAPPING && child->first))
		child = child->next;
	return child ? common_quotes(child, 1) : PV_YAML_BLOCK;
}

/* New strings are quoted like all of those around them, keys likewise. */
static void learn_quotes(struct pv_yaml_format *format,
			 const pv_yaml_request *request)
{
	const pv_yaml_node *node = request->at;
	int is_flow;

	if (request->operation == PV_YAML_REPLACE)
		node = node->parent;
	if (!node || node->kind == PV_YAML_STREAM)
		return;
	is_flow = node->style == PV_YAML_FLOW;
	format->strings = common_quotes(node, 0);
	for (; node && format->keys == PV_YAML_BLOCK; node = node->parent)
		format->keys = key_quotes(node);
	/* It looks like JSON. */
	if (is_flow && format->strings == PV_YAML_BLOCK)
		format->strings = format->keys;
}

void pv_yaml_plan_format(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	struct habits habits = { plan->doc, SIZE_MAX, SIZE_MAX, SIZE_MAX };
	struct pv_yaml_format *format = &plan->format;

	*format = pv_yaml_default_format;
	format->eol = find_eol(plan->doc);
	learn_below(&habits, plan->doc->root);
	if (habits.step != SIZE_MAX && habits.step)
		format->step = habits.step;
	if (habits.step == SIZE_MAX && habits.seq_step != SIZE_MAX &&
	    habits.seq_step)
		format->step = habits.seq_step;
	if (format->step > WIDEST_STEP)
		format->step = WIDEST_STEP;
	format->seq_step =
		habits.seq_step == SIZE_MAX ? format->step : habits.seq_step;
	if (habits.dash != SIZE_MAX && habits.dash >= 2)
		format->dash = habits.dash;
	learn_quotes(format, request);
}
