/* SPDX-License-Identifier: MIT
 *
 * A review's chain of commits, read: its events, each with its place in the
 * order that all clones agree on. What it says as a whole is fold.c's.
 */
#ifndef PV_REVIEW_CHAIN_H
#define PV_REVIEW_CHAIN_H

#include <pv/review.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"

/* The first line of the file `format` of every commit of a chain. */
#define PV_REVIEW_MARK "git-pv review "
#define PV_REVIEW_FORMAT PV_REVIEW_MARK "1\n"

enum {
	PV_REVIEW_MAX_EVENTS = 10000,
	PV_REVIEW_MAX_EVENT = 1 << 20 /* bytes of its JSON */
};

struct pv_review_node;

typedef struct pv_review_chain {
	const char *id; /* while it is read */
	pv_arena arena;
	pv_map seen;                   /* oid: its node */
	struct pv_review_node **stack; /* while it is read */
	size_t stack_count;
	size_t stack_cap;
	pv_review_event **events; /* ordered */
	size_t event_count;
	size_t event_cap;
	size_t unknown_count;
	int64_t lamport;
} pv_review_chain;

/*
 * Reads the chain of the review `id` that ends in `tip`. Dispose of it, also
 * after a failure.
 */
int pv_review_chain_load(pv_review_chain *out, pv_store *store, const char *id,
			 const pv_oid *tip, pv_error *err);

void pv_review_chain_dispose(pv_review_chain *chain);

/*
 * The event in a JSON text, its texts in `arena`. PV_EUNSUPPORTED for one that
 * this program does not know or that lacks what it needs, PV_ENOMEM.
 */
int pv_review_event_read(pv_review_event **out, pv_arena *arena,
			 const char *text, size_t len, pv_error *err);

/* Appends the JSON of an event. PV_EINVALID, PV_ELIMIT, PV_ENOMEM. */
int pv_review_event_put(pv_buf *out, const pv_review_event *event, pv_error *err);

/* Whether it has what its kind needs. PV_EINVALID. */
int pv_review_event_check(const pv_review_event *event, pv_error *err);

/*
 * Makes the commit of an event behind `tip`, hex "" to open a review; no ref
 * moves. `id` is NULL for the one that opens.
 */
int pv_review_append(pv_oid *out, pv_store *store, const char *id,
		     const pv_oid *tip, const pv_review_event *event,
		     pv_error *err);

/*
 * The tip of a chain that has all of two: one of them, or a commit that has
 * both as parents and is the same whoever makes it.
 */
int pv_review_join(pv_oid *out, pv_store *store, const char *id,
		   const pv_oid *a, const pv_oid *b, pv_error *err);

/* What the events of a chain, which is moved into it, make of a review. */
int pv_review_fold(pv_review **out, const char *id, const pv_oid *tip,
		   pv_review_chain *chain, pv_error *err);

#endif
