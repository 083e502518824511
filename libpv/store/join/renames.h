/* SPDX-License-Identifier: MIT
 *
 * What was renamed between two states, as `git diff -M` finds it: the steps
 * and the measure are those a merge uses.
 */
#ifndef PV_STORE_JOIN_RENAMES_H
#define PV_STORE_JOIN_RENAMES_H

#include <pv/store.h>

#include "base/str.h"

/* A file that only one of the two states has. */
typedef struct pv_lone_file {
	const char *path;
	pv_oid blob; /* the one it is or would be */
	pv_str text; /* of one that git does not have; else `ptr` is NULL */
} pv_lone_file;

typedef struct pv_lone_files {
	pv_lone_file *items;
	size_t count;
} pv_lone_files;

/*
 * Sets `from_out`, which has room for each of `added`, to 1 + the index in
 * `gone` of what it was before, or to 0. Beyond the limit of git, a thousand by
 * a thousand, only what has the same bytes or the same name is found. PV_EGIT,
 * PV_ECANCELED, PV_ENOMEM.
 */
int pv_lone_files_pair(size_t *from_out, pv_store *store,
		       const pv_lone_files *gone, const pv_lone_files *added,
		       pv_error *err);

#endif
