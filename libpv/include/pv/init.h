/* SPDX-License-Identifier: MIT
 *
 * Library start and end, the allocator hook and the version. pv_init starts
 * nothing foreign: libgit2 is initialised by the first store that is opened.
 */
#ifndef PV_INIT_H
#define PV_INIT_H

#include <pv/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Replacements for malloc, realloc and free, for embedders and for tests that
 * make the n-th allocation fail. All three are set together; `payload` is
 * handed back to each. They serve the library's own memory. What other
 * libraries take is not asked of them: jansson and libgit2 have hooks of their
 * own, which belong to the whole process, and libyaml has none. libgit2 does
 * not survive a failed allocation, so when the library starts it, it gets an
 * allocator with malloc behind it and a reserve for when that fails; a program
 * that starts libgit2 before it opens a store keeps its own.
 */
typedef struct pv_allocator {
	void *(*alloc)(size_t size, void *payload);
	void *(*resize)(void *ptr, size_t size, void *payload);
	void (*release)(void *ptr, void *payload);
	void *payload;
} pv_allocator;

/*
 * Starts the library; counted, so each call needs its pv_shutdown. Call it
 * before any other thread uses the library. PV_ENOMEM.
 */
PV_API int pv_init(pv_error *err);

/* Undoes one pv_init; the last one releases what the library holds. */
PV_API void pv_shutdown(void);

/*
 * Installs `allocator` (copied), or the C library's when NULL. Only while
 * nothing of the library is allocated and no other thread uses it.
 */
PV_API void pv_set_allocator(const pv_allocator *allocator);

/* "0.1.0"; static. */
PV_API const char *pv_version(void);

#ifdef __cplusplus
}
#endif

#endif
