/* SPDX-License-Identifier: MIT
 *
 * Reading a chain. An event follows its first parent; others it only keeps
 * alive, so no commit that is under review can pass for an event. The one that
 * opens the review follows nothing, and a commit without an event joins all its
 * parents. What is not understood is counted and left out, never a failure.
 */
#include "review/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum state {
	FOUND,
	ENTERED, /* its parents are on the stack above it */
	LEFT
};

struct pv_review_node {
	pv_oid oid;
	enum state state;
	int is_member;
	pv_oid *parents; /* that may be members */
	size_t parent_count;
	pv_review_event *event; /* NULL: none, or not understood */
	int64_t lamport;
};

/* --- one commit ------------------------------------------------------------ */

/* Appends a file of the commit's tree; 0 when it has none, or a large one. */
static int read_file(pv_buf *out, pv_store *store, const pv_oid *commit,
		     const char *path, pv_error *err)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	int rc;

	out->max = PV_REVIEW_MAX_EVENT;
	rc = pv_store_read(out, NULL, store, &at, path, err);
	if (rc != PV_ENOTFOUND && rc != PV_ELIMIT)
		return rc < 0 ? rc : 1;
	pv_error_clear(err);
	pv_buf_clear(out);
	return 0;
}

static int copy_parents(struct pv_review_node *node, pv_review_chain *chain,
			const pv_commit *commit, int is_event, pv_error *err)
{
	size_t count = commit->parent_count;

	if (!strcmp(node->oid.hex, chain->id))
		count = 0;
	else if (is_event && count > 1)
		count = 1;
	if (!count)
		return PV_OK;
	node->parents = pv_arena_alloc(&chain->arena, count * sizeof(pv_oid));
	if (!node->parents)
		return pv_fail_nomem(err);
	memcpy(node->parents, commit->parents, count * sizeof(pv_oid));
	node->parent_count = count;
	return PV_OK;
}

static int set_author(pv_review_event *event, pv_arena *arena,
		      const pv_commit *commit, pv_error *err)
{
	pv_buf by = { 0 };
	int rc;

	pv_buf_printf(&by, "%s <%s>", commit->author.name, commit->author.email);
	rc = pv_buf_status(&by, err);
	event->at = commit->author.when;
	event->oid = commit->oid;
	if (rc == PV_OK) {
		event->by = pv_arena_dup(arena, by.ptr, by.len);
		rc = event->by ? PV_OK : pv_fail_nomem(err);
	}
	pv_buf_dispose(&by);
	return rc;
}

/* Takes a member apart, whose format is not `format` when it is newer. */
static int read_member(struct pv_review_node *node, pv_review_chain *chain,
		       pv_store *store, const pv_commit *commit,
		       const char *format, pv_error *err)
{
	pv_buf text = { 0 };
	int is_event = read_file(&text, store, &commit->oid, "event.json", err);
	int rc = is_event < 0 ? is_event : PV_OK;

	if (is_event > 0) {
		rc = pv_review_event_read(&node->event, &chain->arena, text.ptr,
					  text.len, err);
		if (rc == PV_EUNSUPPORTED ||
		    (rc == PV_OK && strcmp(format, PV_REVIEW_FORMAT) != 0)) {
			pv_error_clear(err);
			node->event = NULL;
			chain->unknown_count++;
			rc = PV_OK;
		}
	}
	if (rc == PV_OK && node->event)
		rc = set_author(node->event, &chain->arena, commit, err);
	if (rc == PV_OK)
		rc = copy_parents(node, chain, commit, is_event, err);
	pv_buf_dispose(&text);
	return rc;
}

static int read_node(struct pv_review_node *node, pv_review_chain *chain,
		     pv_store *store, pv_error *err)
{
	pv_commit commit = { 0 };
	pv_buf format = { 0 };
	int rc = read_file(&format, store, &node->oid, "format", err);

	node->is_member = rc > 0 && pv_str_has_prefix(pv_buf_text(&format),
						      PV_REVIEW_MARK);
	if (rc >= 0)
		rc = PV_OK;
	if (node->is_member) {
		rc = pv_store_commit_read(&commit, store, &node->oid, err);
		if (rc == PV_OK)
			rc = read_member(node, chain, store, &commit,
					 format.ptr, err);
	}
	pv_commit_dispose(&commit);
	pv_buf_dispose(&format);
	return rc;
}

/* --- all of them ----------------------------------------------------------- */

static int find_node(struct pv_review_node **out, pv_review_chain *chain,
		     pv_store *store, const pv_oid *oid, pv_error *err)
{
	pv_str key = pv_str_of(oid->hex);
	struct pv_review_node *node = pv_map_find(&chain->seen, key);
	int rc;

	*out = node;
	if (node)
		return PV_OK;
	if (chain->seen.count >= PV_REVIEW_MAX_EVENTS)
		return pv_fail(err, PV_ELIMIT,
			       "the review at %.7s has more than %d events",
			       oid->hex, PV_REVIEW_MAX_EVENTS);
	node = pv_arena_calloc(&chain->arena, sizeof(*node));
	if (!node)
		return pv_fail_nomem(err);
	node->oid = *oid;
	*out = node;
	rc = pv_map_set(&chain->seen, key, node, NULL, err);
	return rc == PV_OK ? read_node(node, chain, store, err) : rc;
}

/* Puts a commit on the stack, unless it is a member that was left. */
static int push(pv_review_chain *chain, pv_store *store, const pv_oid *oid,
		pv_error *err)
{
	struct pv_review_node *node;
	int rc = find_node(&node, chain, store, oid, err);

	if (rc < 0 || !node->is_member || node->state != FOUND)
		return rc;
	if (pv_array_reserve(&chain->stack, &chain->stack_cap,
			     chain->stack_count + 1, sizeof(void *)) < 0)
		return pv_fail_nomem(err);
	chain->stack[chain->stack_count++] = node;
	return PV_OK;
}

/*
 * Its time is behind that of all before it, whatever it says of itself: an
 * event cannot be put before what its author had seen.
 */
static int leave(struct pv_review_node *node, pv_review_chain *chain,
		 pv_error *err)
{
	for (size_t i = 0; i < node->parent_count; i++) {
		const struct pv_review_node *parent =
			pv_map_find(&chain->seen,
				    pv_str_of(node->parents[i].hex));

		if (parent->lamport > node->lamport)
			node->lamport = parent->lamport;
	}
	node->state = LEFT;
	if (node->event) {
		node->lamport++;
		if (node->event->lamport > node->lamport)
			node->lamport = node->event->lamport;
		node->event->lamport = node->lamport;
		if (pv_array_reserve(&chain->events, &chain->event_cap,
				     chain->event_count + 1, sizeof(void *)) < 0)
			return pv_fail_nomem(err);
		chain->events[chain->event_count++] = node->event;
	}
	if (node->lamport > chain->lamport)
		chain->lamport = node->lamport;
	return PV_OK;
}

/* Handles what is on top of the stack: parents first, then the node. */
static int step(pv_review_chain *chain, pv_store *store, pv_error *err)
{
	struct pv_review_node *node = chain->stack[chain->stack_count - 1];
	int rc = PV_OK;

	if (node->state != FOUND) {
		chain->stack_count--;
		return node->state == LEFT ? PV_OK : leave(node, chain, err);
	}
	node->state = ENTERED;
	for (size_t i = 0; i < node->parent_count && rc == PV_OK; i++)
		rc = push(chain, store, &node->parents[i], err);
	return rc;
}

static int by_order(const void *a, const void *b)
{
	const pv_review_event *first = *(pv_review_event *const *)a;
	const pv_review_event *second = *(pv_review_event *const *)b;

	if (first->lamport != second->lamport)
		return first->lamport < second->lamport ? -1 : 1;
	return strcmp(first->oid.hex, second->oid.hex);
}

int pv_review_chain_load(pv_review_chain *out, pv_store *store, const char *id,
			 const pv_oid *tip, pv_error *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->id = id;
	rc = push(out, store, tip, err);
	while (rc == PV_OK && out->stack_count)
		rc = step(out, store, err);
	if (rc == PV_OK && out->event_count)
		qsort(out->events, out->event_count, sizeof(void *), by_order);
	return rc;
}

void pv_review_chain_dispose(pv_review_chain *chain)
{
	pv_map_dispose(&chain->seen);
	pv_free(chain->stack);
	pv_free(chain->events);
	pv_arena_dispose(&chain->arena);
	memset(chain, 0, sizeof(*chain));
}
