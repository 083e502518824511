/* SPDX-License-Identifier: MIT
 *
 * The index file read where it lies (gitformat-index(5)), for the questions
 * that come with every command. libgit2 hashes and sorts the whole file on
 * each load, which costs more than all the rest of a status.
 */
#ifndef PV_STORE_INDEX_MAP_H
#define PV_STORE_INDEX_MAP_H

#include <pv/buf.h>

#include "base/arena.h"
#include "base/str.h"
#include "store/handle.h"

enum {
	PV_INDEX_ASSUMED = 1, /* `git update-index --assume-unchanged` */
	PV_INDEX_SKIPPED = 2, /* left out by a sparse checkout */
	PV_INDEX_INTENDED = 4 /* `git add --intent-to-add` */
};

/* The parts of stat(2) that an index keeps, the low 32 bits of each. */
typedef struct pv_index_stat {
	uint32_t ctime_s, ctime_ns;
	uint32_t mtime_s, mtime_ns;
	uint32_t dev, ino, mode, uid, gid, size;
} pv_index_stat;

typedef struct pv_index_row {
	const char *path; /* NUL-terminated, borrowed */
	git_oid id;
	pv_index_stat stat; /* `mode` is git's: 0100644 ... */
	unsigned stage;
	unsigned flags;
	size_t at; /* in the file; of the last row, behind the entries */
} pv_index_row;

typedef struct pv_index_map {
	pv_index_row *rows; /* by path, then stage; one more, all 0, ends them */
	size_t count;
	size_t cap;
	int64_t seconds; /* when the file was written */
	int64_t nanoseconds;
	uint32_t version;  /* of the format; 0 without a file */
	int is_listed;     /* by git: the rows have no stat data */
	pv_str cache_tree; /* the extension "TREE", for cache_tree.h */
	pv_buf file;       /* the paths are in it, */
	pv_arena arena;    /* or here */
	unsigned users;    /* of index.c */
} pv_index_map;

/*
 * Reads the store's index; without a file there are no rows. 1, or 0 for the
 * kinds it does not read (split, sparse, of a later version, damaged), which
 * are left to git. PV_EIO, PV_ENOMEM. Dispose of it in any case.
 */
int pv_index_map_load(pv_index_map *out, const pv_store *store, pv_error *err);

/* The same from the bytes that are in `map->file` already; no bytes, no rows. */
int pv_index_map_parse(pv_index_map *map, pv_error *err);
void pv_index_map_dispose(pv_index_map *map);

/* The first row whose path is not below `path` in byte order. */
size_t pv_index_map_find(const pv_index_map *map, const char *path);

/* The row of a merged file; NULL for none. */
const pv_index_row *pv_index_map_row(const pv_index_map *map, const char *path);

/* 1 when the file has rows of a conflict. */
int pv_index_map_is_unmerged(const pv_index_map *map, const char *path);

#endif
