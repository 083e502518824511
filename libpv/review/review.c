/* SPDX-License-Identifier: MIT
 *
 * Reviews by their refs: finding one, adding to one by compare-and-swap, and
 * joining what another clone has of it.
 */
#include <pv/review.h>

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "review/chain.h"
#include "review/near.h"
#include "store/turn.h"

enum {
	MIN_PREFIX = 4,
	REF_TEXT = 80
};

static void ref_name(char out[REF_TEXT], const char *id)
{
	snprintf(out, REF_TEXT, PV_REVIEW_REFS "%.2s/%.40s", id, id);
}

/* --- finding --------------------------------------------------------------- */

/* The id at the end of a ref's name; NULL for what is no review's. */
static const char *id_of(const char *refname)
{
	const char *rest = refname + strlen(PV_REVIEW_REFS);

	if (strlen(rest) != 43 || rest[2] != '/' ||
	    strncmp(rest, rest + 3, 2) != 0 ||
	    strspn(rest + 3, "0123456789abcdef") != 40)
		return NULL;
	return rest + 3;
}

struct each {
	int (*fn)(const char *id, const pv_oid *tip, void *payload);
	void *payload;
};

static int each_ref(const char *refname, const pv_oid *oid, void *payload)
{
	const struct each *each = payload;
	const char *id = id_of(refname);

	return id ? each->fn(id, oid, each->payload) : 0;
}

int pv_review_each(pv_store *store,
		   int (*fn)(const char *id, const pv_oid *tip, void *payload),
		   void *payload, pv_error *err)
{
	struct each each = { fn, payload };

	return pv_store_ref_each(store, PV_REVIEW_REFS, each_ref, &each, err);
}

struct search {
	const char *start;
	size_t len;
	char id[41];
	pv_oid tip;
	size_t count;
};

static int look(const char *refname, const pv_oid *oid, void *payload)
{
	struct search *search = payload;
	const char *id = id_of(refname);

	if (!id || strncmp(id, search->start, search->len) != 0)
		return 0;
	memcpy(search->id, id, sizeof(search->id));
	search->tip = *oid;
	return ++search->count > 1;
}

static int find(struct search *search, pv_store *store, const char *id,
		pv_error *err)
{
	char prefix[REF_TEXT];
	int rc;

	memset(search, 0, sizeof(*search));
	search->start = id;
	search->len = strspn(id, "0123456789abcdef");
	if (id[search->len] || search->len < MIN_PREFIX || search->len > 40)
		return pv_fail_review(err, store, id);
	snprintf(prefix, sizeof(prefix), PV_REVIEW_REFS "%.2s/%.40s", id, id);
	rc = pv_store_ref_each(store, prefix, look, search, err);
	if (rc < 0)
		return rc;
	if (search->count > 1)
		return pv_fail(err, PV_EAMBIGUOUS,
			       "more than one review begins with \"%.40s\"", id);
	if (search->count)
		return PV_OK;
	return pv_fail_review(err, store, id);
}

int pv_review_read(pv_review **out, pv_store *store, const char *id,
		   const pv_oid *tip, pv_error *err)
{
	pv_review_chain chain;
	int rc = pv_review_chain_load(&chain, store, id, tip, err);

	*out = NULL;
	if (rc == PV_OK)
		rc = pv_review_fold(out, id, tip, &chain, err);
	pv_review_chain_dispose(&chain);
	return rc;
}

int pv_review_load(pv_review **out, pv_store *store, const char *id, pv_error *err)
{
	struct search search;
	int rc = find(&search, store, id, err);

	*out = NULL;
	return rc < 0 ? rc
		      : pv_review_read(out, store, search.id, &search.tip, err);
}

/* --- adding ---------------------------------------------------------------- */

int pv_review_open(char id_out[41], pv_store *store,
		   const pv_review_event *event, pv_error *err)
{
	static const pv_oid none;
	char refname[REF_TEXT];
	pv_review_event first = *event;
	pv_oid made = { "" };
	int rc;

	id_out[0] = '\0';
	if (event->kind != PV_REVIEW_OPENED)
		return pv_fail(err, PV_EINVALID,
			       "a review is opened by no other event");
	first.lamport = 1;
	rc = pv_review_append(&made, store, NULL, &none, &first, err);
	if (rc < 0)
		return rc;
	ref_name(refname, made.hex);
	rc = pv_store_ref_update(store, refname, &made, &none, "review: opened",
				 err);
	/* The same words in the same second: it is the same review. */
	if (rc == PV_ECONFLICT)
		rc = pv_fail(err, PV_EEXISTS,
			     "the review %.7s is there already", made.hex);
	if (rc == PV_OK)
		memcpy(id_out, made.hex, sizeof(made.hex));
	return rc;
}

static int add_once(pv_oid *out, int *moved, pv_store *store, const char *id,
		    const pv_review_event *event, pv_error *err)
{
	char refname[REF_TEXT];
	pv_review_event next = *event;
	pv_review *review = NULL;
	int rc = pv_review_load(&review, store, id, err);

	if (rc < 0 || !review)
		return rc;
	ref_name(refname, review->id);
	next.lamport = review->lamport + 1;
	rc = pv_review_append(out, store, review->id, &review->tip, &next, err);
	if (rc == PV_OK) {
		rc = pv_store_ref_update(store, refname, out, &review->tip,
					 pv_review_kind_name(event->kind), err);
		*moved = rc;
	}
	pv_review_free(review);
	return rc;
}

int pv_review_add(pv_oid *out, pv_store *store, const char *id,
		  const pv_review_event *event, pv_error *err)
{
	pv_turn turn = { .store = store };
	int moved, rc;

	out->hex[0] = '\0';
	if (event->kind == PV_REVIEW_OPENED)
		return pv_fail(err, PV_EINVALID, "a review is opened once");
	do {
		moved = PV_OK;
		rc = add_once(out, &moved, store, id, event, err);
	} while (pv_turn_again(&turn, moved));
	return rc;
}

/* --- joining --------------------------------------------------------------- */

static enum pv_review_union union_of(const pv_oid *joined, const pv_oid *ours,
				     const pv_oid *theirs)
{
	if (!strcmp(joined->hex, ours->hex))
		return PV_REVIEW_SAME;
	if (strcmp(joined->hex, theirs->hex) != 0)
		return PV_REVIEW_JOINED;
	return ours->hex[0] ? PV_REVIEW_AHEAD : PV_REVIEW_NEW;
}

static int unite_once(enum pv_review_union *out, int *moved, pv_store *store,
		      const char *id, const pv_oid *theirs, pv_error *err)
{
	char refname[REF_TEXT];
	pv_oid ours = { "" };
	pv_oid joined = *theirs;
	int rc;

	ref_name(refname, id);
	rc = pv_store_ref(&ours, store, refname, err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		rc = PV_OK;
	} else if (rc == PV_OK) {
		rc = pv_review_join(&joined, store, id, &ours, theirs, err);
	}
	if (rc < 0)
		return rc;
	*out = union_of(&joined, &ours, theirs);
	if (*out == PV_REVIEW_SAME)
		return PV_OK;
	rc = pv_store_ref_update(store, refname, &joined, &ours,
				 "review: synced", err);
	*moved = rc;
	return rc;
}

int pv_review_unite(enum pv_review_union *out, pv_store *store, const char *id,
		    const pv_oid *theirs, pv_error *err)
{
	pv_turn turn = { .store = store };
	pv_review *review = NULL;
	int moved;
	int rc = pv_review_read(&review, store, id, theirs, err);

	pv_review_free(review);
	if (rc < 0)
		return rc;
	do {
		moved = PV_OK;
		rc = unite_once(out, &moved, store, id, theirs, err);
	} while (pv_turn_again(&turn, moved));
	return rc;
}
