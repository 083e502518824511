/* SPDX-License-Identifier: MIT
 *
 * The documents of prompts.h as texts: one, and three sides of a merge.
 */
#ifndef PV_TESTS_PROMPT_TEXTS_H
#define PV_TESTS_PROMPT_TEXTS_H

#include "merge/prompts.h"

/* --- writing ------------------------------------------------------------- */

static inline void prompt_indent(pv_buf *out, size_t column)
{
	while (column-- > 0)
		pv_buf_putc(out, ' ');
}

static inline void prompt_put_words(pv_buf *out, const prompt_node *node,
				    size_t column)
{
	for (size_t i = 0; i < node->count; i++) {
		if (i > 0 && column != SIZE_MAX && i % node->width == 0) {
			pv_buf_putc(out, '\n');
			prompt_indent(out, column);
		} else if (i > 0) {
			pv_buf_putc(out, ' ');
		}
		pv_buf_puts(out, node->words[i]);
	}
}

static inline void prompt_put(pv_buf *out, const prompt_node *node,
			      size_t column);

static inline void prompt_put_remark(pv_buf *out, const prompt_node *node)
{
	if (node->remark)
		pv_buf_printf(out, " # %s", node->remark);
	pv_buf_putc(out, '\n');
}

static inline void prompt_put_flow(pv_buf *out, const prompt_node *node)
{
	int is_map = node->kind == PROMPT_BRACES;

	pv_buf_puts(out, is_map ? " {" : " [");
	for (size_t i = 0; i < node->count; i++) {
		const prompt_node *item = node->items[i];
		const char *quote = item->kind == PROMPT_QUOTED ? "\"" : "";

		pv_buf_puts(out, i > 0 ? ", " : "");
		if (is_map)
			pv_buf_printf(out, "%s: ", item->key);
		pv_buf_puts(out, quote);
		prompt_put_words(out, item, SIZE_MAX);
		pv_buf_puts(out, quote);
	}
	pv_buf_puts(out, is_map ? "}" : "]");
	prompt_put_remark(out, node);
}

static inline void prompt_put_scalar(pv_buf *out, const prompt_node *node,
				     size_t column)
{
	switch (node->kind) {
	case PROMPT_QUOTED:
		pv_buf_puts(out, " \"");
		prompt_put_words(out, node, column + 2);
		pv_buf_puts(out, "\"");
		break;
	case PROMPT_LITERAL:
	case PROMPT_FOLDED:
		pv_buf_puts(out, node->kind == PROMPT_LITERAL ? " |" : " >");
		prompt_put_remark(out, node);
		prompt_indent(out, column + 2);
		prompt_put_words(out, node, column + 2);
		pv_buf_putc(out, '\n');
		return;
	default:
		pv_buf_putc(out, ' ');
		prompt_put_words(out, node, SIZE_MAX);
	}
	prompt_put_remark(out, node);
}

/* A map's first key goes on behind a dash when `column` says so. */
static inline void prompt_put_items(pv_buf *out, const prompt_node *node,
				    size_t column, int is_behind_dash)
{
	for (size_t i = 0; i < node->count; i++) {
		const prompt_node *item = node->items[i];

		if (!is_behind_dash || i > 0) {
			pv_buf_puts(out, item->is_spaced ? "\n" : "");
			if (item->note) {
				prompt_indent(out, column);
				pv_buf_printf(out, "# %s\n", item->note);
			}
			prompt_indent(out, column);
		}
		if (node->kind == PROMPT_MAP)
			pv_buf_printf(out, "%s:", item->key);
		else
			pv_buf_putc(out, '-');
		prompt_put(out, item, column);
	}
}

static inline void prompt_put(pv_buf *out, const prompt_node *node, size_t column)
{
	if (node->alias) {
		pv_buf_printf(out, " *%s", node->alias);
		prompt_put_remark(out, node);
		return;
	}
	if (node->anchor)
		pv_buf_printf(out, " &%s", node->anchor);
	switch (node->kind) {
	case PROMPT_MAP:
		if (node->key) {
			prompt_put_remark(out, node);
			prompt_put_items(out, node, column + 2, 0);
			return;
		}
		pv_buf_putc(out, ' ');
		prompt_put_items(out, node, column + 2, 1);
		return;
	case PROMPT_LIST:
		prompt_put_remark(out, node);
		prompt_put_items(out, node, column, 0);
		return;
	case PROMPT_BRACES:
	case PROMPT_FLOW:
		prompt_put_flow(out, node);
		return;
	case PROMPT_PLAIN:
	case PROMPT_QUOTED:
	case PROMPT_LITERAL:
	case PROMPT_FOLDED:
		prompt_put_scalar(out, node, column);
	}
}

/* --- three sides ---------------------------------------------------------- */

/* A random document and two edits of it, behind what is there. */
static inline void prompt_put_document(prompt_maker *m, pv_buf texts[3])
{
	prompt_node *sides[3] = { prompt_random_document(m) };
	int is_contested = prompt_random(m, PROMPT_CONTESTED_ONE_IN) == 0;
	unsigned first = 1 + prompt_random(m, 2);

	if (is_contested)
		prompt_add_tools(m, sides[0]);
	prompt_drop_repeats(sides[0]);
	for (size_t i = 1; i < 3; i++)
		sides[i] = prompt_copy(m, sides[0]);
	if (is_contested)
		prompt_contest_tool(m, sides[first], sides[3 - first]);
	for (size_t i = 1; i < 3; i++) {
		unsigned edits =
			prompt_random(m, PROMPT_MAX_EDITS) + !is_contested;

		for (unsigned k = 0; k < edits; k++)
			prompt_edit(m, sides[i]);
		prompt_drop_repeats(sides[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		prompt_seen seen = { .count = 0 };

		prompt_mend(&seen, sides[i]);
		prompt_put_items(&texts[i], sides[i], 0, 0);
	}
}

static inline void prompt_make_crlf(pv_buf *text)
{
	pv_buf out = { 0 };

	for (size_t i = 0; i < text->len; i++) {
		pv_buf_puts(&out, text->ptr[i] == '\n' ? "\r" : "");
		pv_buf_putc(&out, text->ptr[i]);
	}
	pv_buf_dispose(text);
	*text = out;
}

/* Three texts, and in which forms they are. */
static inline void prompt_random_texts(pv_arena *arena, uint64_t seed,
				       pv_buf texts[3])
{
	prompt_maker m = { arena, seed * 7919 + 1, (int)(seed % 2), 0, 0, 0, 0 };
	int is_several = prompt_random(&m, PROMPT_SEVERAL_ONE_IN) == 0;
	int is_crlf = prompt_random(&m, PROMPT_CRLF_ONE_IN) == 0;

	m.has_labels = seed % PROMPT_LABELS_ONE_IN == 4;
	m.is_shared = prompt_random(&m, PROMPT_SHARED_ONE_IN) == 0;
	m.is_remarked = prompt_random(&m, PROMPT_REMARKS_ONE_IN) == 0;
	prompt_put_document(&m, texts);
	for (size_t i = 0; i < 3 && is_several; i++)
		pv_buf_puts(&texts[i], "---\n");
	if (is_several)
		prompt_put_document(&m, texts);
	for (size_t i = 0; i < 3 && is_crlf; i++)
		prompt_make_crlf(&texts[i]);
}

#endif
