/* SPDX-License-Identifier: MIT
 *
 * The walk is libgit2's unsorted one, which needs no look ahead and uses the
 * commit-graph file. Its commits go into a set of bare ids: open addressing,
 * the first bytes of an id are hash enough for what is one already.
 */
#include "store/reach.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/handle.h"

struct pv_reach {
	pv_store *store;
	git_revwalk *walk;
	pv_oid tip;
	git_oid *slots; /* all zero: free */
	size_t cap;     /* a power of two */
	size_t count;
	int is_done;
	int is_cut; /* ended early at the boundary of a shallow clone */
};

static git_oid *slot_of(git_oid *slots, size_t cap, const git_oid *oid)
{
	static const git_oid none;
	size_t at;

	memcpy(&at, oid->id, sizeof(at));
	at &= cap - 1;
	while (git_oid_cmp(&slots[at], oid) && git_oid_cmp(&slots[at], &none))
		at = (at + 1) & (cap - 1);
	return &slots[at];
}

static int grow(struct pv_reach *reach, pv_error *err)
{
	size_t cap = reach->cap ? reach->cap * 2 : 256;
	git_oid *slots = pv_calloc(cap, sizeof(*slots));

	if (!slots)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < reach->cap; i++)
		if (!git_oid_is_zero(&reach->slots[i]))
			*slot_of(slots, cap, &reach->slots[i]) = reach->slots[i];
	pv_free(reach->slots);
	reach->slots = slots;
	reach->cap = cap;
	return PV_OK;
}

static int start_walk(struct pv_reach *reach, pv_error *err)
{
	git_oid tip;
	int rc = pv_oid_to_git(&tip, &reach->tip, err);

	if (rc < 0)
		return rc;
	rc = git_revwalk_new(&reach->walk, reach->store->repo);
	if (rc == 0)
		rc = git_revwalk_push(reach->walk, &tip);
	if (rc < 0)
		return pv_fail_git(err, rc, "walk from", reach->tip.hex);
	return PV_OK;
}

int pv_reach_new(pv_reach **out, pv_store *store, const pv_oid *tip, pv_error *err)
{
	struct pv_reach *reach = pv_calloc(1, sizeof(*reach));
	int rc;

	*out = NULL;
	if (!reach)
		return pv_fail_nomem(err);
	reach->store = store;
	reach->tip = *tip;
	rc = grow(reach, err);
	if (rc == PV_OK)
		rc = start_walk(reach, err);
	if (rc < 0) {
		pv_reach_free(reach);
		return rc;
	}
	*out = reach;
	return PV_OK;
}

void pv_reach_free(pv_reach *reach)
{
	if (!reach)
		return;
	git_revwalk_free(reach->walk);
	pv_free(reach->slots);
	pv_free(reach);
}

/* One commit further: 1 with its id, 0 at the end, or negative. */
static int advance(git_oid *out, struct pv_reach *reach, pv_error *err)
{
	int rc;

	if ((reach->count + 1) * 2 > reach->cap && grow(reach, err) < 0)
		return PV_ENOMEM;
	rc = git_revwalk_next(out, reach->walk);
	if (rc == 0) {
		*slot_of(reach->slots, reach->cap, out) = *out;
		reach->count++;
		return 1;
	}
	reach->is_done = 1;
	if (rc == GIT_ITEROVER)
		return 0;
	/* libgit2 1.5 stumbles over the parents a shallow clone lacks. */
	reach->is_cut = rc == GIT_ENOTFOUND &&
			git_repository_is_shallow(reach->store->repo) == 1;
	if (reach->is_cut)
		return 0;
	return pv_fail_git(err, rc, "walk from", reach->tip.hex);
}

int pv_reach_has(pv_reach *reach, const pv_oid *commit, pv_error *err)
{
	git_oid want;
	git_oid seen;
	int rc = pv_oid_to_git(&want, commit, err);

	if (rc < 0)
		return rc;
	if (!git_oid_is_zero(slot_of(reach->slots, reach->cap, &want)))
		return 1;
	while (!reach->is_done) {
		rc = advance(&seen, reach, err);
		if (rc < 0)
			return rc;
		if (rc && git_oid_equal(&seen, &want))
			return 1;
	}
	if (reach->is_cut)
		return pv_store_is_ancestor(reach->store, commit, &reach->tip,
					    err);
	return 0;
}
