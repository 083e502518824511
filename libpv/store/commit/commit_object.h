/* SPDX-License-Identifier: MIT
 *
 * The bytes of a commit object, the same that `git commit-tree` would write,
 * signed when the configuration asks for it.
 */
#ifndef PV_STORE_COMMIT_OBJECT_H
#define PV_STORE_COMMIT_OBJECT_H

#include "store/commit/identity.h"

typedef struct pv_commit_parts {
	git_oid tree;
	const git_oid *parents;
	size_t parent_count; /* 0 for a root */
	const pv_identity *identity;
	const char *message; /* final: cleaned up, hooks have seen it */
} pv_commit_parts;

/*
 * Writes the commit. Whatever it refers to must be stored already. PV_EGIT,
 * PV_EINVALID, PV_ENOMEM.
 */
int pv_commit_write(git_oid *out, pv_store *store, const pv_commit_parts *parts,
		    pv_error *err);

/* The same, never signed. */
int pv_commit_write_plain(git_oid *out, pv_store *store,
			  const pv_commit_parts *parts, pv_error *err);

/*
 * Appends the reflog message: "commit: subject", with " (initial)" for a
 * root, or what GIT_REFLOG_ACTION says.
 */
void pv_commit_reflog(pv_buf *out, const pv_store *store,
		      const pv_commit_parts *parts);

#endif
