/* SPDX-License-Identifier: MIT
 *
 * Who wrote what is under review: the commits that the head reaches and the
 * base does not, as `git log HEAD --not BASE` has them. Most are a short line of commits, for
 * which no graph is made.
 */
#include <pv/review.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/dag.h"
#include "store/history/reach.h"

enum {
	SEEN = 1,
	LINE_MAX_COMMITS = 64 /* that are tried to be one line */
};

struct authors {
	pv_store *store;
	pv_dag dag;
	pv_reach *base; /* NULL: nothing is left out */
	pv_dag_node **stack;
	size_t count;
	size_t cap;
	int (*fn)(const char *person, void *payload);
	void *payload;
};

static int push(struct authors *it, pv_dag_node *node, pv_error *err)
{
	if (node->flags & SEEN)
		return PV_OK;
	node->flags |= SEEN;
	if (pv_array_reserve(&it->stack, &it->cap, it->count + 1,
			     sizeof(pv_dag_node *)) < 0)
		return pv_fail_nomem(err);
	it->stack[it->count++] = node;
	return PV_OK;
}

static int tell_of(const struct authors *it, const pv_commit *commit,
		   pv_error *err)
{
	pv_buf person = { 0 };
	int rc;

	pv_buf_printf(&person, "%s <%s>", commit->author.name,
		      commit->author.email);
	rc = pv_buf_status(&person, err);
	if (rc == PV_OK)
		rc = it->fn(person.ptr, it->payload);
	pv_buf_dispose(&person);
	return rc;
}

static int tell(const struct authors *it, const pv_oid *oid, pv_error *err)
{
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, it->store, oid, err);

	if (rc == PV_OK)
		rc = tell_of(it, &commit, err);
	pv_commit_dispose(&commit);
	return rc;
}

/* --- one line of commits --------------------------------------------------------- */

/*
 * Goes from the head to the base by only parents, and tells of each commit when
 * `is_telling`: PV_OK then. Else 1 when it comes there, 0 when not soon.
 */
static int follow(const struct authors *it, const pv_oid *head,
		  const pv_oid *base, int is_telling, pv_error *err)
{
	pv_oid at = *head;

	for (int i = 0; i < LINE_MAX_COMMITS; i++) {
		pv_commit commit = { 0 };
		int is_line;
		int rc;

		if (!strcmp(at.hex, base->hex))
			return !is_telling;
		rc = pv_store_commit_read(&commit, it->store, &at, err);
		is_line = rc == PV_OK && commit.parent_count == 1;
		if (is_line)
			at = commit.parents[0];
		if (is_line && is_telling)
			rc = tell_of(it, &commit, err);
		pv_commit_dispose(&commit);
		if (rc != PV_OK || !is_line)
			return rc;
	}
	return 0;
}

/* --- any history ----------------------------------------------------------------- */

static int visit(struct authors *it, pv_dag_node *node, pv_error *err)
{
	pv_oid oid;
	int is_old;
	int rc;

	pv_oid_from_git(&oid, &node->id);
	is_old = it->base ? pv_reach_has(it->base, &oid, err) : 0;
	if (is_old)
		return is_old < 0 ? is_old : PV_OK;
	rc = pv_dag_load(&it->dag, node, err);
	if (rc == PV_OK)
		rc = tell(it, &oid, err);
	for (uint32_t i = 0; i < node->parent_count && rc == PV_OK; i++)
		rc = push(it, node->parents[i], err);
	return rc;
}

static int walk(struct authors *it, const pv_oid *head, const pv_oid *base,
		pv_error *err)
{
	pv_dag_node *first = NULL;
	int rc = pv_dag_find(&first, &it->dag, head, err);

	if (rc == PV_OK && base->hex[0])
		rc = pv_reach_new(&it->base, it->store, base, err);
	if (rc == PV_OK)
		rc = push(it, first, err);
	while (it->count && rc == PV_OK)
		rc = visit(it, it->stack[--it->count], err);
	return rc;
}

static int each_in_graph(struct authors *it, const pv_oid *head,
			 const pv_oid *base, pv_error *err)
{
	int rc = pv_dag_init(&it->dag, it->store, err);

	if (rc == PV_OK)
		rc = walk(it, head, base, err);
	pv_reach_free(it->base);
	pv_dag_dispose(&it->dag);
	pv_free(it->stack);
	return rc;
}

int pv_review_each_author(pv_store *store, const pv_oid *head, const pv_oid *base,
			  int (*fn)(const char *person, void *payload),
			  void *payload, pv_error *err)
{
	struct authors it = { .store = store, .fn = fn, .payload = payload };
	int is_line = follow(&it, head, base, 0, err);

	if (is_line < 0)
		return is_line;
	return is_line ? follow(&it, head, base, 1, err)
		       : each_in_graph(&it, head, base, err);
}
