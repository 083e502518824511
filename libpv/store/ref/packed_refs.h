/* SPDX-License-Identifier: MIT
 *
 * The packed-refs file, read in place. libgit2 copies all of it for every
 * listing; here a prefix is found by binary search, so that asking for the
 * tags of one prompt costs the same whatever the others have.
 */
#ifndef PV_STORE_PACKED_REFS_H
#define PV_STORE_PACKED_REFS_H

#include <sys/stat.h>

#include "base/str.h"
#include "store/handle.h"

typedef struct pv_packed_refs {
	const char *data; /* mapped; NULL when there is no such file */
	size_t len;
	size_t body; /* where the first ref is */
	int is_sorted;
	struct stat stamp; /* of the file */
} pv_packed_refs;

/* One ref of it, borrowed from the mapping. */
typedef struct pv_packed_ref {
	pv_str name;
	pv_str hex;
} pv_packed_ref;

/*
 * The file of a store as it is now, lent until the next call. PV_EIO,
 * PV_ENOMEM.
 */
int pv_packed_refs_get(const pv_packed_refs **out, pv_store *store,
		       pv_error *err);

/* 1 when it has a ref of that name, whose id goes to `out`. */
int pv_packed_refs_find(git_oid *out, const pv_packed_refs *packed,
			const char *refname);

/* Before the store goes. */
void pv_packed_refs_forget(pv_store *store);

/* Where to start for names with a prefix. */
size_t pv_packed_refs_seek(const pv_packed_refs *packed, const char *prefix);

/*
 * The next ref with `prefix`: 1 and `*at` moves behind it, 0 when there are
 * no more.
 */
int pv_packed_refs_next(pv_packed_ref *out, size_t *at,
			const pv_packed_refs *packed, const char *prefix);

#endif
