/* SPDX-License-Identifier: MIT
 *
 * The one door to the heap. Everything the library allocates comes from here,
 * so that an embedder can replace the allocator and tests can make the n-th
 * allocation fail. Memory is released with pv_free only.
 */
#ifndef PV_BASE_MEM_H
#define PV_BASE_MEM_H

#include <stddef.h>

/* NULL when there is no memory; a size of 0 is rounded up to 1. */
void *pv_malloc(size_t size);
/* Zeroed; NULL also when count * size overflows. */
void *pv_calloc(size_t count, size_t size);
void *pv_realloc(void *ptr, size_t size);
void pv_free(void *ptr);

/* Owned copies; NULL when there is no memory. The copy ends in a NUL. */
char *pv_strdup(const char *text);
char *pv_strndup(const char *text, size_t len);

/*
 * Grows an array so that it holds at least `need` elements of `size` bytes:
 * `*array` and `*cap` are updated, new elements are not initialised. Returns
 * PV_OK or PV_ENOMEM, without writing an error: the caller has one.
 */
int pv_array_reserve(void *array, size_t *cap, size_t need, size_t size);

#define pv_array_len(a) (sizeof(a) / sizeof((a)[0]))

#endif
