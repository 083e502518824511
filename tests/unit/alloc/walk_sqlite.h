/* SPDX-License-Identifier: MIT
 *
 * SQLite's memory for a walk (walk.h): its allocations are counted and refused
 * as libgit2's are. To be handed to sqlite3_config before SQLite is used.
 */
#ifndef PV_ALLOC_WALK_SQLITE_H
#define PV_ALLOC_WALK_SQLITE_H

#include "alloc/walk.h"

#include <malloc.h>
#include <sqlite3.h>

static void *sqlite_alloc(int size)
{
	return walk_alloc(WALK_LIBGIT2, (size_t)size);
}

static void *sqlite_resize(void *ptr, int size)
{
	return walk_resize(WALK_LIBGIT2, ptr, (size_t)size);
}

static void sqlite_release(void *ptr)
{
	walk_release(WALK_LIBGIT2, ptr);
}

static int sqlite_size(void *ptr)
{
	return (int)malloc_usable_size(ptr);
}

static int sqlite_round(int size)
{
	return (size + 7) & ~7;
}

static int sqlite_start(void *payload)
{
	(void)payload;
	return SQLITE_OK;
}

static void sqlite_stop(void *payload)
{
	(void)payload;
}

static const sqlite3_mem_methods walk_sqlite_memory = {
	sqlite_alloc, sqlite_release, sqlite_resize, sqlite_size,
	sqlite_round, sqlite_start,   sqlite_stop,   NULL
};

#endif
