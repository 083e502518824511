/* SPDX-License-Identifier: MIT
 *
 * Making a tree from another one and a list of changed paths. Only the trees
 * on the way to a changed path are read and written.
 */
#ifndef PV_STORE_TREE_H
#define PV_STORE_TREE_H

#include "store/object/objects.h"

enum {
	PV_TREE_DROP = 1
};

/*
 * One path of the new tree. Mode 0 removes a file and leaves a folder,
 * PV_TREE_DROP removes either; that of a tree puts a whole folder there,
 * which further edits may change.
 */
typedef struct pv_tree_edit {
	const char *path;
	uint32_t mode;
	git_oid id;
} pv_tree_edit;

/*
 * Writes the tree that results from `base` (NULL: the empty one) through
 * `objects`. Sorts `edits`; a path must not be there twice. Folders that
 * become empty vanish, a file gives way to a folder of its name and the
 * other way round. PV_EINVALID when one new file lies below another,
 * PV_EGIT, PV_ENOMEM.
 */
int pv_store_tree_update(git_oid *out, const git_oid *base, pv_tree_edit *edits,
			 size_t count, pv_objects *objects, pv_error *err);

/*
 * The entry at `path` in the tree `root`: PV_OK with mode and id, both zero
 * when there is none. PV_EGIT.
 */
int pv_store_tree_find(pv_tree_edit *out, git_odb *odb, const git_oid *root,
		       const char *path, pv_error *err);

/* As git compares modes: of a file only the owner's execute bit counts. */
uint32_t pv_tree_mode(uint32_t mode);

/*
 * The next entry of raw tree data: advances `*rest`, 1 while there is one, 0
 * at the end, -1 for malformed data.
 */
int pv_store_tree_next(pv_tree_edit *out, pv_str *rest);

#endif
