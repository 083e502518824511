/* SPDX-License-Identifier: MIT
 *
 * libgit2's allocator, see git_memory.h. A block that malloc refuses is cut
 * from a static reserve, first fit, free neighbours joined; so the call of
 * libgit2 that is under way gets to its end, and the library's own next
 * allocation reports the lack. Only when the reserve is used up, too, libgit2
 * sees a NULL. Each block knows its size, for moving it to the reserve.
 */
#include "store/git_memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <git2.h>
#include <git2/sys/alloc.h>

enum {
	RESERVE_SIZE = 512 << 10, /* what reading a large tree may take */
	ALIGNMENT = 16
};

struct block {
	size_t size;     /* in the reserve rounded up, with this head */
	int is_reserved; /* lies in the reserve */
	int is_used;     /* of one in the reserve */
};

static union {
	_Alignas(ALIGNMENT) unsigned char bytes[RESERVE_SIZE];
	struct block first;
} reserve;

static pthread_mutex_t reserve_lock = PTHREAD_MUTEX_INITIALIZER;
static pv_allocator source;

void pv_git_memory_set_source(const pv_allocator *allocator)
{
	if (allocator)
		source = *allocator;
	else
		memset(&source, 0, sizeof(source));
}

static struct block *block_at(size_t offset)
{
	return (struct block *)(void *)(reserve.bytes + offset);
}

/* Takes the free blocks behind the one at `offset` into it. */
static void join_free(size_t offset)
{
	struct block *block = block_at(offset);
	size_t end = offset + block->size;

	while (end < RESERVE_SIZE && !block_at(end)->is_used)
		end += block_at(end)->size;
	block->size = end - offset;
}

static void use_block(struct block *block, size_t offset, size_t need)
{
	size_t rest = block->size - need;

	if (rest >= sizeof(*block)) {
		struct block *behind = block_at(offset + need);

		memset(behind, 0, sizeof(*behind));
		behind->size = rest;
		block->size = need;
	}
	block->is_reserved = 1;
	block->is_used = 1;
}

static struct block *take_reserve(size_t size)
{
	size_t need = sizeof(struct block) + size + ALIGNMENT - 1;
	struct block *found = NULL;

	if (size > RESERVE_SIZE)
		return NULL;
	need -= need % ALIGNMENT;
	pthread_mutex_lock(&reserve_lock);
	if (!reserve.first.size)
		reserve.first.size = RESERVE_SIZE;
	for (size_t at = 0; at < RESERVE_SIZE; at += block_at(at)->size) {
		struct block *block = block_at(at);

		if (block->is_used)
			continue;
		join_free(at);
		if (block->size >= need) {
			use_block(block, at, need);
			found = block;
			break;
		}
	}
	pthread_mutex_unlock(&reserve_lock);
	return found;
}

static struct block *take_memory(size_t size)
{
	struct block *block;

	if (source.alloc)
		block = source.alloc(size, source.payload);
	else
		block = malloc(size);
	if (block) {
		block->size = size;
		block->is_reserved = 0;
	}
	return block;
}

static void release_block(struct block *block)
{
	if (block->is_reserved) {
		pthread_mutex_lock(&reserve_lock);
		block->is_used = 0;
		pthread_mutex_unlock(&reserve_lock);
	} else if (source.release) {
		source.release(block, source.payload);
	} else {
		free(block);
	}
}

/* --- what libgit2 calls -------------------------------------------------- */

static void *git_alloc(size_t size, const char *file, int line)
{
	struct block *block = NULL;

	(void)file;
	(void)line;
	if (size <= SIZE_MAX - sizeof(*block))
		block = take_memory(sizeof(*block) + size);
	if (!block)
		block = take_reserve(size);
	if (block)
		return block + 1;
	git_error_set_oom();
	return NULL;
}

static void git_release(void *ptr)
{
	if (ptr)
		release_block((struct block *)ptr - 1);
}

static struct block *resize_memory(struct block *old, size_t size)
{
	struct block *block;

	if (old->is_reserved)
		return NULL;
	if (source.resize)
		block = source.resize(old, size, source.payload);
	else
		block = realloc(old, size);
	if (block)
		block->size = size;
	return block;
}

static void *git_resize(void *ptr, size_t size, const char *file, int line)
{
	struct block *old = ptr;
	struct block *block = NULL;
	void *moved;

	if (!ptr)
		return git_alloc(size, file, line);
	old--;
	if (size <= SIZE_MAX - sizeof(*block))
		block = resize_memory(old, sizeof(*block) + size);
	if (block)
		return block + 1;
	moved = git_alloc(size, file, line);
	if (moved) {
		size_t kept = old->size - sizeof(*old);

		memcpy(moved, ptr, kept < size ? kept : size);
		git_release(ptr);
	}
	return moved;
}

static size_t array_size(size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? SIZE_MAX : count * size;
}

static void *git_alloc_array(size_t count, size_t size, const char *file, int line)
{
	return git_alloc(array_size(count, size), file, line);
}

static void *git_resize_array(void *ptr, size_t count, size_t size,
			      const char *file, int line)
{
	return git_resize(ptr, array_size(count, size), file, line);
}

static void *git_alloc_zeroed(size_t count, size_t size, const char *file,
			      int line)
{
	void *ptr = git_alloc_array(count, size, file, line);

	if (ptr)
		memset(ptr, 0, count * size);
	return ptr;
}

static char *git_copy(const char *text, size_t len, const char *file, int line)
{
	char *copy = git_alloc(len < SIZE_MAX ? len + 1 : len, file, line);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

static char *git_copy_text(const char *text, const char *file, int line)
{
	return git_copy(text, strlen(text), file, line);
}

static char *git_copy_prefix(const char *text, size_t len, const char *file,
			     int line)
{
	return git_copy(text, strnlen(text, len), file, line);
}

/* --- installation -------------------------------------------------------- */

/* It says so in place of a last error, and has nothing else that tells. */
static int is_libgit2_started(void)
{
	const git_error *last = git_error_last();

	return !last || last->klass != GIT_ERROR_INVALID ||
	       !strstr(last->message, "has not been initialized");
}

static void install(void)
{
	git_allocator allocator = { git_alloc,        git_alloc_zeroed,
				    git_copy_text,    git_copy_prefix,
				    git_copy,         git_resize,
				    git_resize_array, git_alloc_array,
				    git_release };

	if (!is_libgit2_started())
		git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}

void pv_git_memory_install(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, install);
}
