/* SPDX-License-Identifier: MIT
 *
 * The allocator door, see mem.h. The hooks are the library's only mutable
 * global besides the init count; they may change only while nothing is
 * allocated, so reading them needs no lock.
 */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/init.h>

static pv_allocator hooks;

void pv_set_allocator(const pv_allocator *allocator)
{
	if (allocator)
		hooks = *allocator;
	else
		memset(&hooks, 0, sizeof(hooks));
}

void *pv_malloc(size_t size)
{
	size += !size;
	if (hooks.alloc)
		return hooks.alloc(size, hooks.payload);
	return malloc(size);
}

void *pv_calloc(size_t count, size_t size)
{
	void *ptr;

	if (size && count > SIZE_MAX / size)
		return NULL;
	if (!hooks.alloc)
		return calloc(count + !count, size + !size);
	ptr = pv_malloc(count * size);
	if (ptr)
		memset(ptr, 0, count * size);
	return ptr;
}

void *pv_realloc(void *ptr, size_t size)
{
	size += !size;
	if (hooks.resize)
		return hooks.resize(ptr, size, hooks.payload);
	return realloc(ptr, size);
}

void pv_free(void *ptr)
{
	if (hooks.release && ptr)
		hooks.release(ptr, hooks.payload);
	else
		free(ptr);
}

char *pv_strndup(const char *text, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = pv_malloc(len + 1);
	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *pv_strdup(const char *text)
{
	return pv_strndup(text, strlen(text));
}

int pv_array_reserve(void *array, size_t *cap, size_t need, size_t size)
{
	size_t grown;
	void *ptr;

	if (need <= *cap)
		return PV_OK;
	grown = *cap > SIZE_MAX / 2 ? need : *cap * 2;
	if (grown < need)
		grown = need;
	if (grown < 8)
		grown = 8;
	if (size && grown > SIZE_MAX / size)
		return PV_ENOMEM;
	/* Copied, not dereferenced: the caller's pointer has another type. */
	memcpy(&ptr, array, sizeof(ptr));
	ptr = pv_realloc(ptr, grown * size);
	if (!ptr)
		return PV_ENOMEM;
	memcpy(array, &ptr, sizeof(ptr));
	*cap = grown;
	return PV_OK;
}
