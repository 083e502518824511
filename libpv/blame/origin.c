/* SPDX-License-Identifier: MIT
 *
 * Which commits brought files, and changed them last. One file is walked as
 * its history is. Many go back together: the commits are visited children
 * first, and each hands the files it looked at to the parents that a walk of
 * one would go on to, as a set of bits. A file that was renamed goes on under
 * its former name, in a place of its own.
 */
#include <pv/blame.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "blame/recorded.h"
#include "store/history/known_changes.h"
#include "store/object/tree_diff.h"

enum {
	BITS = 64,
	SEEN = 1
};

/* A file by one of its names. */
struct place {
	const char *path; /* of the query, or in the arena */
	size_t owner;     /* the path of the query */
	size_t next;      /* 1 + the next place of this path, or 0 */
	size_t visit;     /* that found it changed in all parents so far */
	size_t compared;  /* the comparison that found it changed */
	uint32_t lacking; /* parents that do not have it */
	uint32_t mode;    /* of the commit at hand; 0: it is gone */
};

/* What is known of a commit; in the arena. */
struct mark {
	struct mark *before; /* of all that were made */
	size_t children;     /* still to be visited */
	uint64_t *bits;      /* places to look at, or NULL */
	size_t words;
};

struct stack {
	pv_dag_node **items;
	size_t count;
	size_t cap;
};

struct search {
	pv_store *store;
	const pv_settings *settings;
	const pv_last_query *query;
	pv_origin *out;
	pv_dag dag;
	pv_known_changes known;
	struct mark *marks;
	struct place *places;
	size_t place_count;
	size_t place_cap;
	pv_map by_path;  /* to 1 + the first place, as a pointer */
	size_t *changed; /* places that differ, in the commit at hand */
	size_t changed_count;
	size_t changed_cap;
	const struct mark *at_hand; /* NULL behind the first parent */
	size_t visit;
	size_t compared;
	pv_error *err;
};

static int is_older(const pv_origin *known, const pv_oid *commit, int64_t date)
{
	if (!known->first.hex[0] || date != known->first_date)
		return !known->first.hex[0] || date < known->first_date;
	return strcmp(commit->hex, known->first.hex) < 0;
}

static void take_first(pv_origin *out, const pv_oid *commit, int64_t date)
{
	if (!is_older(out, commit, date))
		return;
	out->first = *commit;
	out->first_date = date;
}

/* 1 for a commit whose parents a shallow clone, or a graft, hides. */
static int is_boundary(const pv_dag *dag, const pv_dag_node *node)
{
	pv_str key = { (const char *)node->id.id, sizeof(node->id.id) };

	return !node->parent_count && pv_map_find(&dag->grafts, key);
}

static void forget_hidden(pv_origin *origin)
{
	origin->is_hidden = 1;
	memset(&origin->first, 0, sizeof(origin->first));
	origin->first_date = 0;
}

/* --- sets ------------------------------------------------------------------ */

static int has(const struct mark *mark, size_t place)
{
	return place / BITS < mark->words &&
	       (mark->bits[place / BITS] >> place % BITS & 1);
}

static int widen(struct search *it, struct mark *mark, size_t words)
{
	uint64_t *bits;

	if (words <= mark->words)
		return PV_OK;
	bits = pv_calloc(words, sizeof(*bits));
	if (!bits)
		return pv_fail_nomem(it->err);
	if (mark->words)
		memcpy(bits, mark->bits, mark->words * sizeof(*bits));
	pv_free(mark->bits);
	mark->bits = bits;
	mark->words = words;
	return PV_OK;
}

static int put(struct search *it, const pv_dag_node *node, size_t place)
{
	struct mark *mark = node->extra;
	int rc = widen(it, mark, place / BITS + 1);

	if (rc == PV_OK)
		mark->bits[place / BITS] |= (uint64_t)1 << place % BITS;
	return rc;
}

static void take_out(struct mark *mark, size_t place)
{
	mark->bits[place / BITS] &= ~((uint64_t)1 << place % BITS);
}

static void drop(struct mark *mark)
{
	pv_free(mark->bits);
	mark->bits = NULL;
	mark->words = 0;
}

/* All of a commit's go on to its first parent. */
static int hand_on(struct search *it, struct mark *mark, pv_dag_node *parent)
{
	struct mark *there = parent->extra;
	int rc;

	if (!there->bits) {
		there->bits = mark->bits;
		there->words = mark->words;
		mark->bits = NULL;
		mark->words = 0;
		return PV_OK;
	}
	rc = widen(it, there, mark->words);
	for (size_t i = 0; rc == PV_OK && i < mark->words; i++)
		there->bits[i] |= mark->bits[i];
	return rc;
}

/* --- places ---------------------------------------------------------------- */

static size_t first_place(const struct search *it, const char *path)
{
	const size_t *number = pv_map_find(&it->by_path, pv_str_of(path));

	return number ? *number : 0;
}

/* The place of a file's name, made when it is new. */
static int get_place(size_t *out, struct search *it, const char *path,
		     size_t owner)
{
	size_t first = first_place(it, path);
	struct place *place;
	size_t *number;

	for (size_t at = first; at; at = it->places[at - 1].next)
		if (it->places[at - 1].owner == owner) {
			*out = at - 1;
			return PV_OK;
		}
	if (pv_array_reserve(&it->places, &it->place_cap, it->place_count + 1,
			     sizeof(*it->places)) < 0)
		return pv_fail_nomem(it->err);
	number = pv_arena_alloc(&it->dag.arena, sizeof(*number));
	if (!number)
		return pv_fail_nomem(it->err);
	place = &it->places[it->place_count];
	memset(place, 0, sizeof(*place));
	place->path = path;
	place->owner = owner;
	place->next = first;
	*out = it->place_count++;
	*number = it->place_count;
	return pv_map_set(&it->by_path, pv_str_of(path), number, NULL, it->err);
}

/* --- what a commit changed -------------------------------------------------- */

static int note_place(struct search *it, size_t at, int is_new, uint32_t mode)
{
	struct place *place = &it->places[at];

	if (it->at_hand ? !has(it->at_hand, at) : place->visit != it->visit)
		return PV_OK;
	if (place->compared == it->compared)
		return PV_OK;
	place->compared = it->compared;
	place->mode = mode;
	if (!it->at_hand) {
		place->lacking += is_new != 0;
		return PV_OK;
	}
	place->lacking = is_new != 0;
	place->visit = it->visit;
	if (pv_array_reserve(&it->changed, &it->changed_cap,
			     it->changed_count + 1, sizeof(*it->changed)) < 0)
		return pv_fail_nomem(it->err);
	it->changed[it->changed_count++] = at;
	return PV_OK;
}

static int note(struct search *it, const char *path, int is_new, uint32_t mode)
{
	size_t at = first_place(it, path);
	int rc = PV_OK;

	for (; rc == PV_OK && at; at = it->places[at - 1].next)
		rc = note_place(it, at - 1, is_new, mode);
	return rc;
}

static int note_change(const pv_tree_change *change, void *payload)
{
	return note(payload, change->path, !change->modes[0], change->modes[1]);
}

/* Notes what a parent has otherwise; of a root, all that is there. */
static int compare(struct search *it, pv_dag_node *node, uint32_t parent)
{
	const git_oid *trees[2] = { NULL, &node->tree };
	const pv_known_change *known;
	int rc = pv_known_changes_find(&known, &it->known, &it->dag, node,
				       it->err);

	it->compared++;
	if (rc == 0) {
		if (parent < node->parent_count)
			trees[0] = &node->parents[parent]->tree;
		return pv_tree_changes(it->store, trees, it->query->dir,
				       note_change, it, it->err);
	}
	rc = rc < 0 ? rc : PV_OK;
	for (; rc == PV_OK && known; known = known->next)
		if (known->parent == parent)
			rc = note(it, known->path, known->is_new, known->mode);
	return rc;
}

/* Those that another parent has the same go there, and there alone. */
static int share_out(struct search *it, pv_dag_node *node, uint32_t parent)
{
	size_t kept = 0;
	int rc = compare(it, node, parent);

	for (size_t i = 0; rc == PV_OK && i < it->changed_count; i++) {
		size_t at = it->changed[i];
		struct place *place = &it->places[at];

		if (place->compared == it->compared) {
			it->changed[kept++] = at;
			continue;
		}
		place->visit = 0;
		rc = put(it, node->parents[parent], at);
	}
	it->changed_count = kept;
	return rc;
}

/* --- what a commit shows ---------------------------------------------------- */

/* The name to go on with behind a commit: the former one where it renamed. */
static int find_former(size_t *former, struct search *it, const pv_oid *commit,
		       size_t at)
{
	size_t owner = it->places[at].owner;
	pv_buf path = { 0 };
	char *own;
	int rc = pv_recorded_path(&path, it->store, it->settings, commit,
				  it->places[at].path, it->err);

	*former = at;
	if (rc == PV_OK && path.len) {
		own = pv_arena_dup(&it->dag.arena, path.ptr, path.len);
		rc = own ? get_place(former, it, own, owner)
			 : pv_fail_nomem(it->err);
	}
	pv_buf_dispose(&path);
	return rc;
}

static int show(struct search *it, pv_dag_node *node, size_t at)
{
	const struct place *place = &it->places[at];
	pv_origin *origin = &it->out[place->owner];
	int is_first = !origin->last.hex[0] && !origin->is_hidden;
	pv_oid commit;
	size_t next = at;
	int rc = PV_OK;

	pv_oid_from_git(&commit, &node->id);
	if (is_boundary(&it->dag, node)) {
		origin->is_hidden = 1;
		return PV_OK;
	}
	if (is_first) {
		origin->last = commit;
		origin->last_date = node->date;
	}
	if (place->mode && place->lacking >= node->parent_count) {
		if (node->parent_count)
			rc = find_former(&next, it, &commit, at);
		if (rc == PV_OK && next == at)
			take_first(origin, &commit, node->date);
	}
	for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++)
		rc = put(it, node->parents[i], next);
	return rc;
}

static int look_at(struct search *it, pv_dag_node *node)
{
	struct mark *mark = node->extra;
	int rc;

	it->visit++;
	it->changed_count = 0;
	it->at_hand = mark;
	rc = compare(it, node, 0);
	it->at_hand = NULL;
	if (rc == PV_OK && node->parent_count) {
		for (size_t i = 0; i < it->changed_count; i++)
			take_out(mark, it->changed[i]);
		rc = hand_on(it, mark, node->parents[0]);
	}
	for (uint32_t p = 1; rc == PV_OK && p < node->parent_count; p++)
		rc = share_out(it, node, p);
	for (size_t i = 0; rc == PV_OK && i < it->changed_count; i++)
		rc = show(it, node, it->changed[i]);
	drop(mark);
	return rc;
}

/* --- all commits, children first -------------------------------------------- */

static int push(struct search *it, struct stack *stack, pv_dag_node *node)
{
	if (pv_array_reserve(&stack->items, &stack->cap, stack->count + 1,
			     sizeof(pv_dag_node *)) < 0)
		return pv_fail_nomem(it->err);
	stack->items[stack->count++] = node;
	return PV_OK;
}

/* Reads a commit and gives it its mark, once. */
static int meet(struct search *it, struct stack *stack, pv_dag_node *node)
{
	struct mark *mark;
	int rc;

	if (node->flags & SEEN)
		return PV_OK;
	node->flags |= SEEN;
	rc = pv_dag_load(&it->dag, node, it->err);
	if (rc < 0)
		return rc;
	mark = pv_arena_calloc(&it->dag.arena, sizeof(*mark));
	if (!mark)
		return pv_fail_nomem(it->err);
	mark->before = it->marks;
	it->marks = mark;
	node->extra = mark;
	return push(it, stack, node);
}

/* Counts the children of each commit that the tip reaches. */
static int meet_all(struct search *it, struct stack *stack, pv_dag_node *tip)
{
	int rc = meet(it, stack, tip);

	while (rc == PV_OK && stack->count) {
		pv_dag_node *node = stack->items[--stack->count];

		rc = pv_store_check_canceled(it->store, it->err);
		for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
			rc = meet(it, stack, node->parents[i]);
			if (rc == PV_OK)
				((struct mark *)node->parents[i]->extra)->children++;
		}
	}
	return rc;
}

static int visit_all(struct search *it, struct stack *stack, pv_dag_node *tip)
{
	int rc = push(it, stack, tip);

	while (rc == PV_OK && stack->count) {
		pv_dag_node *node = stack->items[--stack->count];

		rc = pv_store_check_canceled(it->store, it->err);
		if (rc == PV_OK && ((struct mark *)node->extra)->bits)
			rc = look_at(it, node);
		for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
			struct mark *parent = node->parents[i]->extra;

			if (!--parent->children)
				rc = push(it, stack, node->parents[i]);
		}
	}
	return rc;
}

static int search_all(struct search *it)
{
	const pv_last_query *query = it->query;
	struct stack stack = { 0 };
	pv_dag_node *tip;
	size_t place = 0;
	int rc = pv_dag_find(&tip, &it->dag, &query->start, it->err);

	if (rc == PV_OK)
		rc = meet_all(it, &stack, tip);
	for (size_t i = 0; rc == PV_OK && i < query->count; i++) {
		rc = get_place(&place, it, query->paths[i], i);
		if (rc == PV_OK)
			rc = put(it, tip, place);
	}
	if (rc == PV_OK)
		rc = pv_known_changes_load(&it->known, &it->dag, query->dir,
					   it->err);
	if (rc == PV_OK)
		rc = visit_all(it, &stack, tip);
	for (size_t i = 0; rc == PV_OK && i < query->count; i++)
		if (it->out[i].is_hidden)
			forget_hidden(&it->out[i]);
	pv_free(stack.items);
	return rc;
}

/* --- one file --------------------------------------------------------------- */

struct row {
	pv_dag_node *node;
	char *path; /* in the arena */
	int is_gone;
};

struct rows {
	struct search *it;
	struct row *items;
	size_t count;
	size_t cap;
};

static int add_row(const pv_history_commit *found, void *payload)
{
	struct rows *rows = payload;
	struct search *it = rows->it;
	struct row row = { .is_gone = !found->blob.hex[0] };
	int rc = pv_dag_find(&row.node, &it->dag, &found->commit, it->err);

	if (rc < 0)
		return rc;
	row.path = pv_arena_dup(&it->dag.arena, found->path, strlen(found->path));
	if (!row.path ||
	    pv_array_reserve(&rows->items, &rows->cap, rows->count + 1,
			     sizeof(*rows->items)) < 0)
		return pv_fail_nomem(it->err);
	rows->items[rows->count++] = row;
	return PV_OK;
}

/* 1 when a commit has the file, by whatever name, and no parent has. */
static int brings(struct search *it, const struct row *row)
{
	pv_buf former = { 0 };
	pv_oid oid;
	int rc = 0;

	if (row->is_gone)
		return 0;
	for (uint32_t i = 0; rc == 0 && i < row->node->parent_count; i++) {
		pv_oid_from_git(&oid, &row->node->parents[i]->id);
		rc = pv_has_file(it->store, &oid, row->path, it->err);
	}
	if (rc)
		return rc < 0 ? rc : 0;
	pv_oid_from_git(&oid, &row->node->id);
	if (row->node->parent_count)
		rc = pv_recorded_path(&former, it->store, it->settings, &oid,
				      row->path, it->err);
	if (rc == PV_OK)
		rc = !former.len;
	pv_buf_dispose(&former);
	return rc;
}

/* From the last row on: that is the oldest but for skewed clocks. */
static int find_first(struct search *it, const struct rows *rows)
{
	pv_origin *origin = it->out;
	int rc = PV_OK;

	for (size_t i = rows->count; rc == PV_OK && i-- > 0;) {
		const struct row *row = &rows->items[i];
		pv_oid oid;

		pv_oid_from_git(&oid, &row->node->id);
		if (is_boundary(&it->dag, row->node)) {
			forget_hidden(origin);
			return PV_OK;
		}
		if (!is_older(origin, &oid, row->node->date))
			continue;
		rc = brings(it, row);
		if (rc > 0)
			take_first(origin, &oid, row->node->date);
		rc = rc < 0 ? rc : PV_OK;
	}
	return rc;
}

static int search_one(struct search *it)
{
	const pv_history_query query = { .start = it->query->start,
					 .path = it->query->paths[0] };
	struct rows rows = { .it = it };
	int rc = pv_history_follow(it->store, it->settings, &query, add_row,
				   &rows, it->err);

	if (rc == PV_OK && rows.count &&
	    !is_boundary(&it->dag, rows.items[0].node)) {
		pv_oid_from_git(&it->out->last, &rows.items[0].node->id);
		it->out->last_date = rows.items[0].node->date;
	}
	if (rc == PV_OK)
		rc = find_first(it, &rows);
	pv_free(rows.items);
	return rc;
}

int pv_history_origins(pv_origin *out, pv_store *store,
		       const pv_settings *settings, const pv_last_query *query,
		       pv_error *err)
{
	struct search it = { .store = store,
			     .settings = settings,
			     .query = query,
			     .out = out,
			     .err = err };
	int rc = pv_dag_init(&it.dag, store, err);

	memset(out, 0, query->count * sizeof(*out));
	if (rc == PV_OK && query->count)
		rc = query->count == 1 ? search_one(&it) : search_all(&it);
	for (struct mark *mark = it.marks; mark; mark = mark->before)
		pv_free(mark->bits);
	pv_map_dispose(&it.by_path);
	pv_known_changes_dispose(&it.known);
	pv_free(it.places);
	pv_free(it.changed);
	pv_dag_dispose(&it.dag);
	return rc;
}
