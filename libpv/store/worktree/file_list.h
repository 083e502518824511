/* SPDX-License-Identifier: MIT
 *
 * The files at a point, gathered before any of them is handed out: what is
 * called back may change the index or the files.
 */
#ifndef PV_STORE_FILE_LIST_H
#define PV_STORE_FILE_LIST_H

#include "base/arena.h"
#include "store/handle.h"

typedef struct pv_file_row {
	const char *path; /* in the arena */
	git_oid id;
	int has_id;
} pv_file_row;

/* `{ 0 }` is empty. */
typedef struct pv_file_list {
	int of_links; /* symbolic links are listed, not regular files */
	pv_arena arena;
	pv_file_row *rows;
	size_t count;
	size_t cap;
} pv_file_list;

/* Adds a file; `id` is NULL when it is not known. PV_ENOMEM. */
int pv_file_list_add(pv_file_list *list, const char *path, const git_oid *id,
		     pv_error *err);
/* Byte order of paths. */
void pv_file_list_sort(pv_file_list *list);
void pv_file_list_dispose(pv_file_list *list);

/*
 * Adds the regular files, or the links, of the working tree below the folder `prefix` (""
 * for all) that are tracked or not ignored. PV_EIO, PV_EGIT, PV_ELIMIT for
 * folders nested too deeply.
 */
int pv_work_list(pv_file_list *out, pv_store *store, const char *prefix,
		 pv_error *err);

#endif
