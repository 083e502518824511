/* SPDX-License-Identifier: MIT
 *
 * Looking into the trees of a commit, with those that a partial clone lacks
 * fetched on the way.
 */
#ifndef PV_STORE_TREE_READ_H
#define PV_STORE_TREE_READ_H

#include "store/handle.h"

/* What a tree has under a name. */
typedef struct pv_tree_item {
	uint32_t mode;
	git_oid id;
} pv_tree_item;

/*
 * The item at `path` ("" for the root itself) in a commit. PV_ENOTFOUND,
 * PV_EGIT.
 */
int pv_tree_item_find(pv_tree_item *out, pv_store *store, const pv_oid *commit,
		      const char *path, pv_error *err);

/* The same from `*item`, a tree, down to `path`. */
int pv_tree_item_descend(pv_tree_item *item, pv_store *store, const char *path,
			 pv_error *err);

/* Appends a tree as it is stored. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM. */
int pv_tree_read_raw(pv_buf *out, pv_store *store, const git_oid *id,
		     pv_error *err);

/* Looks up a tree; the caller frees it. */
int pv_tree_load(git_tree **out, pv_store *store, const git_oid *id,
		 pv_error *err);

#endif
