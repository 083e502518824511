/* SPDX-License-Identifier: MIT
 *
 * The memory of libgit2. It does not survive a failed allocation: it writes
 * to the NULL, keeps what it had, or answers that a ref, an object or a
 * setting does not exist. So it is not told of one while a reserve lasts.
 */
#ifndef PV_STORE_GIT_MEMORY_H
#define PV_STORE_GIT_MEMORY_H

#include <pv/init.h>

/*
 * Gives libgit2 its allocator, once in a process, unless the program has
 * started libgit2 itself: then its memory is the program's business.
 */
void pv_git_memory_install(void);

/*
 * For tests: where the memory comes from as long as there is some; NULL for
 * the C library. The three functions must be compatible with its own.
 */
void pv_git_memory_set_source(const pv_allocator *allocator);

#endif
