/* SPDX-License-Identifier: MIT
 *
 * What a walk along first parents needs of a commit.
 */
#ifndef PV_STORE_COMMIT_LINKS_H
#define PV_STORE_COMMIT_LINKS_H

#include <pv/store.h>

typedef struct pv_commit_links {
	pv_oid oid;
	pv_oid tree;
	pv_oid parent; /* the first; "" for a root */
	size_t parent_count;
} pv_commit_links;

/* As pv_store_commit_read, and nothing to free. */
int pv_commit_links_read(pv_commit_links *out, pv_store *store,
			 const pv_oid *oid, pv_error *err);

#endif
