/* SPDX-License-Identifier: MIT
 *
 * How a path is to be merged by the gitattributes(5) of a tree, without a
 * working tree: `merge` and `conflict-marker-size`, which are all that a merge
 * asks for. libgit2 reads the attributes of a commit, too, but goes through
 * all files again for each path.
 */
#ifndef PV_STORE_JOIN_ATTR_H
#define PV_STORE_JOIN_ATTR_H

#include "store/handle.h"
#include "store/join/join.h"

typedef struct pv_attr_tree pv_attr_tree;

/*
 * Attributes of `tree` (NULL: there is none), below those of the repository's
 * info/attributes and above the user's and the system's. The store must
 * outlive it. PV_EIO, PV_EGIT, PV_ENOMEM.
 */
int pv_attr_tree_new(pv_attr_tree **out, pv_store *store, const git_oid *tree,
		     pv_error *err);

/* NULL is accepted. */
void pv_attr_tree_free(pv_attr_tree *attrs);

/* How a path is merged. PV_EGIT, PV_ENOMEM. */
int pv_attr_tree_look(enum pv_join_driver *driver_out, int *marker_size_out,
		      pv_attr_tree *attrs, const char *path, pv_error *err);

#endif
