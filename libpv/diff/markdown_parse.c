/* SPDX-License-Identifier: MIT
 *
 * cmark, kept alive. It takes for granted that its allocator returns memory,
 * and its own one ends the program when there is none. Ours jumps out of the
 * parser instead, straight back to where it was called: all that cmark has
 * allocated lies in an arena, it keeps no state elsewhere, and so nothing is
 * lost. Its hooks carry no payload, hence the pointer of each thread, which is
 * set during a call only.
 */
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmark.h>

#include "base/fail.h"
#include "diff/markdown.h"

/* Where the allocations of a call come from, and where it goes without. */
struct pool {
	pv_arena *arena;
	jmp_buf without;
};

static _Thread_local struct pool *pool_in_use;

/* In front of each block, as large as alignment wants it. */
union head {
	size_t size;
	max_align_t align;
};

static void *pool_calloc(size_t count, size_t size)
{
	union head *head = NULL;

	if (!size || count <= (SIZE_MAX - sizeof(*head)) / size)
		head = pv_arena_calloc(pool_in_use->arena,
				       sizeof(*head) + count * size);
	if (!head)
		longjmp(pool_in_use->without, 1);
	head->size = count * size;
	return head + 1;
}

static void *pool_realloc(void *ptr, size_t size)
{
	union head *old = ptr;
	void *moved = pool_calloc(1, size);

	if (old) {
		size_t kept = old[-1].size;

		memcpy(moved, ptr, kept < size ? kept : size);
	}
	return moved;
}

/* The arena goes as a whole. */
static void pool_free(void *ptr)
{
	(void)ptr;
}

static cmark_node *parse(pv_str text)
{
	static cmark_mem pool_memory = { pool_calloc, pool_realloc, pool_free };
	cmark_parser *parser =
		cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &pool_memory);

	cmark_parser_feed(parser, text.ptr, text.len);
	return cmark_parser_finish(parser);
}

int pv_markdown_parse(cmark_node **out, pv_arena *arena, pv_str text,
		      pv_error *err)
{
	struct pool pool = { .arena = arena };

	*out = NULL;
	if (text.len > PV_MARKDOWN_MAX)
		return pv_fail(err, PV_ELIMIT, "more Markdown than %d bytes",
			       PV_MARKDOWN_MAX);
	pool_in_use = &pool;
	if (setjmp(pool.without)) {
		pool_in_use = NULL;
		return pv_fail_nomem(err);
	}
	*out = parse(text);
	pool_in_use = NULL;
	return PV_OK;
}
