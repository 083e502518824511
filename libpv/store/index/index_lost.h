/* SPDX-License-Identifier: MIT
 *
 * An index that is not there though HEAD has a commit: it was deleted, or
 * GIT_INDEX_FILE names one that is yet to be made. To git everything would be
 * deleted then; here it stands for what HEAD has, so that files that are there
 * are compared with that.
 */
#ifndef PV_STORE_INDEX_LOST_H
#define PV_STORE_INDEX_LOST_H

#include "store/index/index_file.h"

/* 1 with HEAD's tree, 0 when there is an index or no commit, or negative. */
int pv_index_is_lost(git_oid *tree_out, pv_store *store, pv_error *err);

/* Makes one in a file of its own, see pv_index_copy. PV_EIO, PV_EGIT. */
int pv_index_stand_in(pv_index_file *out, pv_store *store, const git_oid *tree,
		      pv_error *err);

#endif
