/* SPDX-License-Identifier: MIT
 *
 * The three-way merge of trees and of commits, in memory: nothing but objects
 * is written, no index, no ref, no file. What comes out, the tree with its
 * conflict markers as well as the stages of the paths in conflict, is what
 * `git merge-tree --write-tree` gives: files and folders that were renamed,
 * files in the way of folders, changes of mode and kind, several merge bases.
 * How the contents of two files are merged is up to the caller.
 */
#ifndef PV_STORE_JOIN_JOIN_H
#define PV_STORE_JOIN_JOIN_H

#include <pv/store.h>

#include "base/str.h"

/* The three versions of a path, as the index counts its stages. */
enum pv_join_stage {
	PV_JOIN_BASE,
	PV_JOIN_OURS,
	PV_JOIN_THEIRS,
	PV_JOIN_STAGES
};

/* What the attribute `merge` says of a path. */
enum pv_join_driver {
	PV_JOIN_UNSPECIFIED, /* nothing, nor does merge.default */
	PV_JOIN_TEXT,        /* git's line merge */
	PV_JOIN_UNION,       /* the same, both sides instead of markers */
	PV_JOIN_BINARY,      /* no merge */
	PV_JOIN_PV,          /* ours */
	PV_JOIN_FOREIGN      /* a program that only git may run */
};

/* A file that both sides changed. */
typedef struct pv_join_file {
	const char *path; /* where the result goes */
	pv_str texts[PV_JOIN_STAGES];
	int has_base;
	const char *labels[PV_JOIN_STAGES]; /* for markers, as git writes them */
	int marker_size;
	int is_inner; /* of a common ancestor that has to be made up */
	enum pv_join_driver driver;
} pv_join_file;

typedef struct pv_join_options {
	const char *labels[PV_JOIN_STAGES]; /* the base's is not used */
	int is_dry;                         /* find out, but store nothing */
	int is_all_or_nothing; /* store nothing when there are conflicts */
	int is_unrelated;      /* without a common ancestor, too */
	/*
	 * Merges a file: appends the result to `out`, returns PV_OK, 1 when
	 * it has conflicts, or a negative code. Required.
	 */
	int (*merge)(pv_buf *out, const pv_join_file *file, void *payload,
		     pv_error *err);
	void *payload;
} pv_join_options;

/* A path in conflict; a stage that lacks it has mode 0. */
typedef struct pv_join_conflict {
	const char *path;
	uint32_t modes[PV_JOIN_STAGES];
	pv_oid ids[PV_JOIN_STAGES];
} pv_join_conflict;

typedef struct pv_join_result pv_join_result;

/*
 * Merges the commit `theirs` into `ours`. PV_ENOTFOUND when there is no common
 * ancestor, PV_EGIT, PV_EIO, PV_ELIMIT, PV_ECANCELED, PV_ENOMEM, and what the
 * caller's merge fails with. The caller frees the result.
 */
int pv_join_commits(pv_join_result **out, pv_store *store, const pv_oid *ours,
		    const pv_oid *theirs, const pv_join_options *opts,
		    pv_error *err);

/* NULL is accepted. */
void pv_join_result_free(pv_join_result *result);

/* The merged tree; where there are conflicts, with their markers. */
const pv_oid *pv_join_result_tree(const pv_join_result *result);

/*
 * 0 when there are conflicts. A folder renamed to where something else is
 * makes one that no path stands for.
 */
int pv_join_result_is_clean(const pv_join_result *result);

/* The paths in conflict, in byte order. */
size_t pv_join_result_count(const pv_join_result *result);
const pv_join_conflict *pv_join_result_at(const pv_join_result *result,
					  size_t idx);

#endif
