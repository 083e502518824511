/* SPDX-License-Identifier: MIT
 *
 * An arena: many small allocations that die together. Syntax trees, parsed
 * values and reports live in one each. `{ 0 }` is an empty arena; one whose
 * `next` and `left` are set begins with that memory, aligned for any type,
 * which stays the caller's. Pointers stay valid until pv_arena_dispose.
 */
#ifndef PV_BASE_ARENA_H
#define PV_BASE_ARENA_H

#include <stddef.h>

struct pv_arena_block;

typedef struct pv_arena {
	struct pv_arena_block *head;
	char *next;   /* first free byte of the head block */
	size_t left;  /* free bytes behind it */
	size_t total; /* bytes handed out, for limits */
} pv_arena;

/* Aligned for any type, not initialised; NULL when there is no memory. */
void *pv_arena_alloc(pv_arena *arena, size_t size);
/* The same where the block at hand has room, else NULL. */
static inline void *pv_arena_take(pv_arena *arena, size_t size)
{
	const size_t unit = _Alignof(max_align_t);
	void *ptr = arena->next;

	size = (size + unit - 1) & ~(unit - 1);
	if (!size || size > arena->left)
		return NULL;
	arena->next += size;
	arena->left -= size;
	arena->total += size;
	return ptr;
}

/* The same, zeroed. */
void *pv_arena_calloc(pv_arena *arena, size_t size);
/* A NUL-terminated copy of `len` bytes; NULL when there is no memory. */
char *pv_arena_dup(pv_arena *arena, const char *text, size_t len);
/* Frees everything and zeroes the arena. */
void pv_arena_dispose(pv_arena *arena);

#endif
