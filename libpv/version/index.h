/* SPDX-License-Identifier: MIT
 *
 * The inside of a version index: rows of tags by id, highest first. A row's
 * tag object is read when somebody wants more than its number.
 */
#ifndef PV_VERSION_INDEX_H
#define PV_VERSION_INDEX_H

#include <pv/version.h>

#include "base/arena.h"
#include "base/str.h"
#include "store/history/lineage.h"
#include "store/history/reach.h"
#include "version/closure.h"

enum pv_row_state {
	PV_ROW_UNREAD,
	PV_ROW_READ,
	PV_ROW_MALFORMED
};

typedef struct pv_version_row {
	pv_str id;
	pv_semver number;
	const char *tag; /* short name */
	pv_oid tag_oid;  /* "" until the ref is read */
	enum pv_row_state state;
	pv_version_info *info; /* once read */
} pv_version_row;

struct pv_version_index {
	pv_store *store;
	const pv_settings *settings;
	pv_arena arena;
	pv_version_row *rows; /* by id, then highest first */
	size_t count;
	size_t cap;
	pv_oid tip;  /* of the default branch, "" before the first commit */
	pv_oid head; /* HEAD's commit, "" while unborn */
	char head_branch[256]; /* "" when detached */
	pv_reach *from_tip;    /* made when first asked */
	pv_reach *from_head;
	pv_reach *from_other; /* of the commit asked about last, */
	pv_oid other;         /* this one */
	pv_oid plain; /* the last commit that added a file and renamed none */
	pv_ancestry *ancestry;
	pv_lineage *lineage;        /* turned to the commit asked about last */
	pv_closure_reader closures; /* at the point asked about last */
};

/* As pv_version_index_load, with the tags of one id only unless it is NULL. */
int pv_version_index_open(pv_version_index **out, pv_store *store,
			  const pv_settings *settings, const char *id,
			  pv_error *err);

/*
 * Reads the tags of a further id into an index opened for one. Rows move:
 * only pv_version_info pointers stay valid.
 */
int pv_version_index_add(pv_version_index *index, const char *id, pv_error *err);

/* The rows of an id, highest first; borrowed. */
const pv_version_row *pv_version_index_rows(size_t *count_out,
					    const pv_version_index *index,
					    const char *id);

/*
 * The version a row stands for; NULL and PV_OK when its tag is malformed.
 * Whether it is reachable is not looked at.
 */
int pv_version_row_info(const pv_version_info **out, pv_version_index *index,
			const pv_version_row *row, pv_error *err);

/* Reads which object the row's ref names; "" for one that leads nowhere. */
int pv_version_row_tag(pv_version_index *index, const pv_version_row *row,
		       pv_error *err);

/* 1 when a commit is reachable from the default branch, 0, or negative. */
int pv_version_index_on_default(pv_version_index *index, const pv_oid *commit,
				pv_error *err);

/* The same for HEAD. */
int pv_version_index_on_head(pv_version_index *index, const pv_oid *commit,
			     pv_error *err);

/* 1 when one commit is the other or an ancestor of it, 0, or negative. */
int pv_version_index_is_ancestor(pv_version_index *index, const pv_oid *ancestor,
				 const pv_oid *commit, pv_error *err);

/* Reachability from any commit, of which the last one asked about is kept. */
int pv_version_index_on(pv_version_index *index, const pv_oid *from,
			const pv_oid *commit, pv_error *err);

/* What can tell which commits touched the file; borrowed. PV_ENOMEM. */
int pv_version_index_lineage(pv_lineage **out, pv_version_index *index,
			     const pv_oid *commit, const char *path,
			     pv_error *err);

/* The blob of a prompt's file; PV_ENOTFOUND, id "prompt-not-found". */
int pv_version_find_blob(pv_oid *out, pv_store *store, const pv_point *at,
			 const char *path, pv_error *err);

enum pv_pre_release {
	PV_PRE_RELEASES,
	PV_NO_PRE_RELEASES
};

/*
 * The highest version of `id` on the default branch, with or without
 * pre-releases, that is also an ancestor of `before` (NULL: of anything).
 * NULL and PV_OK when there is none.
 */
int pv_version_index_highest(const pv_version_info **out, pv_version_index *index,
			     const char *id, enum pv_pre_release pre,
			     const pv_oid *before, pv_error *err);

#endif
