/* SPDX-License-Identifier: MIT
 *
 * Markdown in a page. cmark parses it, in memory that is ours; what it finds
 * is written here, not by its renderer, in less than its safe mode lets
 * through: no raw HTML, no image is loaded, no link but to the web and to
 * mail addresses. All of these are shown as the text they are.
 */
#ifndef PV_DIFF_MARKDOWN_H
#define PV_DIFF_MARKDOWN_H

#include <pv/buf.h>

#include "base/arena.h"
#include "base/str.h"

struct cmark_node;

/*
 * Appends both texts as one, block by block, with those marked that went and
 * that came; nothing when neither looks like Markdown, or one is too long or
 * nests too deep. PV_ENOMEM, PV_ELIMIT.
 */
int pv_markdown_view(pv_buf *out, pv_str before, pv_str after, pv_error *err);

/*
 * Parses a text of at most PV_MARKDOWN_MAX bytes; the tree lives in the arena,
 * nothing else has to be freed. cmark ends the program when memory runs out;
 * this reports PV_ENOMEM.
 */
int pv_markdown_parse(struct cmark_node **out, pv_arena *arena, pv_str text,
		      pv_error *err);

enum {
	/* A few of cmark's steps are quadratic: at most 0.2 s for this. */
	PV_MARKDOWN_MAX = 64 << 10
};

/* Appends a block as HTML. */
void pv_markdown_put(pv_buf *out, struct cmark_node *block);

#endif
