/* SPDX-License-Identifier: MIT
 *
 * Arena allocation in doubling blocks. A request larger than a block gets one
 * of its own, placed behind the head so that the head keeps its free space.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

enum {
	FIRST_BLOCK = 4096,
	LARGEST_BLOCK = 1 << 20
};

struct pv_arena_block {
	struct pv_arena_block *next;
	size_t size; /* usable bytes */
	alignas(max_align_t) char bytes[];
};

static size_t round_up(size_t size)
{
	const size_t align = alignof(max_align_t);

	return (size + align - 1) & ~(align - 1);
}

static struct pv_arena_block *new_block(size_t size)
{
	struct pv_arena_block *block;

	if (size > SIZE_MAX / 2)
		return NULL;
	block = pv_malloc(sizeof(*block) + size);
	if (block)
		block->size = size;
	return block;
}

static void *alloc_large(pv_arena *arena, size_t size)
{
	struct pv_arena_block *block = new_block(size);

	if (!block)
		return NULL;
	if (arena->head) {
		block->next = arena->head->next;
		arena->head->next = block;
	} else {
		block->next = NULL;
		arena->head = block;
		arena->next = block->bytes + size;
		arena->left = 0;
	}
	arena->total += size;
	return block->bytes;
}

static int add_block(pv_arena *arena)
{
	size_t size = arena->head ? arena->head->size * 2 : FIRST_BLOCK;
	struct pv_arena_block *block;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < FIRST_BLOCK)
		size = FIRST_BLOCK;
	block = new_block(size);
	if (!block)
		return -1;
	block->next = arena->head;
	arena->head = block;
	arena->next = block->bytes;
	arena->left = size;
	return 0;
}

void *pv_arena_alloc(pv_arena *arena, size_t size)
{
	void *ptr;

	if (size > SIZE_MAX / 2)
		return NULL;
	ptr = pv_arena_take(arena, size + !size);
	if (ptr)
		return ptr;
	size = round_up(size + !size);
	if (size > FIRST_BLOCK / 2)
		return alloc_large(arena, size);
	if (add_block(arena) < 0)
		return NULL;
	return pv_arena_take(arena, size);
}

void *pv_arena_calloc(pv_arena *arena, size_t size)
{
	void *ptr = pv_arena_alloc(arena, size);

	if (ptr)
		memset(ptr, 0, size);
	return ptr;
}

char *pv_arena_dup(pv_arena *arena, const char *text, size_t len)
{
	char *copy = pv_arena_alloc(arena, len + 1);

	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void pv_arena_dispose(pv_arena *arena)
{
	struct pv_arena_block *block = arena->head;

	while (block) {
		struct pv_arena_block *next = block->next;

		pv_free(block);
		block = next;
	}
	memset(arena, 0, sizeof(*arena));
}
