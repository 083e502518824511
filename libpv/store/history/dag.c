/* SPDX-License-Identifier: MIT
 *
 * Reading commits for a walk, see dag.h. The raw object is scanned for three
 * headers instead of being parsed into a git_commit, which costs more than
 * all the rest of a walk.
 */
#include "store/history/dag.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/graft.h"
#include "store/object/object.h"
#include "store/object/raw_object.h"

enum {
	FIRST_CAP = 1024
};

static int add_replaced(const char *refname, const pv_oid *oid, void *payload)
{
	pv_dag *dag = payload;
	const char *hex = strrchr(refname, '/') + 1;
	git_oid id;
	pv_str key = { (const char *)id.id, sizeof(id.id) };
	git_oid *target;

	if (strlen(hex) != GIT_OID_HEXSZ || git_oid_fromstr(&id, hex) < 0)
		return PV_OK;
	target = pv_arena_alloc(&dag->arena, sizeof(*target));
	if (!target || pv_oid_to_git(target, oid, NULL) < 0)
		return PV_ENOMEM;
	return pv_map_set(&dag->replaced, key, target, NULL, NULL);
}

static int load_replaced(pv_dag *dag, pv_error *err)
{
	int rc;

	if (pv_store_env(dag->store, "GIT_NO_REPLACE_OBJECTS") ||
	    !pv_store_config_bool(dag->store, "core.useReplaceRefs", 1))
		return PV_OK;
	rc = pv_store_ref_each(dag->store, "refs/replace/", add_replaced, dag,
			       err);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : rc;
}

int pv_dag_init(pv_dag *out, pv_store *store, pv_error *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->store = store;
	rc = pv_grafts_load(&out->grafts, &out->arena, store, err);
	if (rc == PV_OK)
		rc = load_replaced(out, err);
	if (rc < 0 || out->grafts.count || out->replaced.count)
		return rc;
	out->facts = store->facts;
	return pv_commit_graph_open(&out->graph, store, err);
}

void pv_dag_dispose(pv_dag *dag)
{
	git_odb_free(dag->odb);
	pv_commit_graph_free(dag->graph);
	pv_map_dispose(&dag->grafts);
	pv_map_dispose(&dag->replaced);
	pv_arena_dispose(&dag->arena);
	pv_free(dag->rows);
	pv_free(dag->slots);
	memset(dag, 0, sizeof(*dag));
}

/* Ids are hashes: their first bytes spread well enough. */
static pv_dag_node **slot_of(pv_dag_node **slots, size_t cap, const git_oid *id)
{
	size_t at;

	memcpy(&at, id->id, sizeof(at));
	for (at &= cap - 1; slots[at]; at = (at + 1) & (cap - 1))
		if (git_oid_equal(&slots[at]->id, id))
			break;
	return &slots[at];
}

static int grow(pv_dag *dag)
{
	size_t cap = dag->cap ? dag->cap * 2 : FIRST_CAP;
	pv_dag_node **slots = pv_calloc(cap, sizeof(pv_dag_node *));

	if (!slots)
		return PV_ENOMEM;
	for (size_t i = 0; i < dag->cap; i++)
		if (dag->slots[i])
			*slot_of(slots, cap, &dag->slots[i]->id) = dag->slots[i];
	pv_free(dag->slots);
	dag->slots = slots;
	dag->cap = cap;
	return PV_OK;
}

static pv_dag_node *new_node(pv_dag *dag, const git_oid *id)
{
	pv_dag_node *node = pv_arena_calloc(&dag->arena, sizeof(*node));

	if (node)
		node->id = *id;
	return node;
}

/* The node of a commit in the commit-graph; none of these is in a slot. */
static pv_dag_node *get_row(pv_dag *dag, uint32_t position, const git_oid *id)
{
	pv_dag_node *node;

	if (!dag->rows)
		dag->rows = pv_calloc(pv_graph_count(dag->graph),
				      sizeof(pv_dag_node *));
	if (!dag->rows || dag->rows[position])
		return dag->rows ? dag->rows[position] : NULL;
	node = new_node(dag, id);
	if (node)
		node->position = position + 1;
	dag->rows[position] = node;
	return node;
}

pv_dag_node *pv_dag_row(pv_dag *dag, uint32_t position)
{
	git_oid id;

	git_oid_fromraw(&id, pv_graph_id(dag->graph, position));
	return get_row(dag, position, &id);
}

pv_dag_node *pv_dag_node_get(pv_dag *dag, const git_oid *id)
{
	pv_dag_node **slot;
	pv_dag_node *node;
	pv_graph_row row;

	if (dag->graph && pv_graph_find(&row, dag->graph, id))
		return get_row(dag, row.position, id);
	if (dag->count * 2 >= dag->cap && grow(dag) < 0)
		return NULL;
	slot = slot_of(dag->slots, dag->cap, id);
	node = *slot;
	if (node)
		return node;
	node = new_node(dag, id);
	if (!node)
		return NULL;
	*slot = node;
	dag->count++;
	return node;
}

void pv_dag_wash(pv_dag *dag, unsigned flags)
{
	size_t rows = dag->rows ? pv_graph_count(dag->graph) : 0;

	for (size_t i = 0; i < rows; i++)
		if (dag->rows[i])
			dag->rows[i]->flags &= ~flags;
	for (size_t i = 0; i < dag->cap; i++)
		if (dag->slots[i])
			dag->slots[i]->flags &= ~flags;
}

/* Asks libgit2, and git where it may have to fetch. */
static int read_object(pv_dag_object *out, git_object_t *type_out, pv_dag *dag,
		       const git_oid *id, git_object_t type, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_object *object = NULL;
	int rc = 0;

	if (!dag->odb)
		rc = git_repository_odb(&dag->odb, dag->store->repo);
	if (rc == 0)
		rc = git_odb_read(&out->owner, dag->odb, id);
	if (rc == GIT_ENOTFOUND) {
		rc = pv_object_get(&object, dag->store, id, type, err);
		git_object_free(object);
		if (rc < 0)
			return rc;
		rc = git_odb_read(&out->owner, dag->odb, id);
	}
	if (rc < 0)
		return pv_fail_git(err, rc, "read the object",
				   git_oid_tostr(hex, sizeof(hex), id));
	*type_out = git_odb_object_type(out->owner);
	out->content.ptr = git_odb_object_data(out->owner);
	out->content.len = git_odb_object_size(out->owner);
	return PV_OK;
}

int pv_dag_read(pv_dag_object *out, pv_dag *dag, const git_oid *id,
		git_object_t type, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	pv_packed_object packed;
	int rc = pv_raw_read(&packed, dag->store, id, err);

	memset(out, 0, sizeof(*out));
	if (rc > 0) {
		out->content = (pv_str){ packed.data, packed.len };
		rc = PV_OK;
	} else if (rc == 0) {
		rc = read_object(out, &packed.type, dag, id, type, err);
	}
	if (rc < 0 || packed.type == type)
		return rc;
	pv_dag_object_dispose(out);
	return pv_fail(err, PV_EGIT, "object %s is not a %s",
		       git_oid_tostr(hex, sizeof(hex), id),
		       git_object_type2string(type));
}

void pv_dag_object_dispose(pv_dag_object *object)
{
	git_odb_object_free(object->owner);
	memset(object, 0, sizeof(*object));
}

/* Takes "<key> <id>\n" off the front; 0 when something else is there. */
static int take_id(git_oid *out, pv_str *rest, const char *key)
{
	size_t head = strlen(key);

	if (rest->len < head + GIT_OID_HEXSZ + 1 ||
	    memcmp(rest->ptr, key, head) != 0 ||
	    rest->ptr[head + GIT_OID_HEXSZ] != '\n' ||
	    git_oid_fromstrn(out, rest->ptr + head, GIT_OID_HEXSZ) < 0)
		return 0;
	rest->ptr += head + GIT_OID_HEXSZ + 1;
	rest->len -= head + GIT_OID_HEXSZ + 1;
	return 1;
}

/* The seconds at the end of the committer line, 0 when it is broken. */
static int64_t committer_date(pv_str rest)
{
	static const char key[] = "\ncommitter ";
	const char *end = rest.ptr + rest.len;
	const char *line = rest.ptr;
	const char *mail;
	int64_t date = 0;

	/* It follows the author's line directly. */
	line = rest.len ? memchr(line, '\n', rest.len) : NULL;
	if (!line || (size_t)(end - line) < sizeof(key) ||
	    memcmp(line, key, sizeof(key) - 1) != 0)
		return 0;
	line += sizeof(key) - 1;
	mail = line;
	for (; line < end && *line != '\n'; line++)
		if (*line == '>')
			mail = line + 1;
	while (mail < line && *mail == ' ')
		mail++;
	for (; mail < line && *mail >= '0' && *mail <= '9'; mail++)
		if (date <= (INT64_MAX - 9) / 10)
			date = date * 10 + (*mail - '0');
	return date;
}

/* Makes room for the parents of a node. */
static int reserve_parents(pv_dag *dag, pv_dag_node *node, size_t count,
			   pv_error *err)
{
	node->parents = count == 1
				? &node->parent
				: pv_arena_alloc(&dag->arena,
						 count * sizeof(pv_dag_node *));
	node->parent_count = 0;
	return node->parents ? PV_OK : pv_fail_nomem(err);
}

static int add_parent(pv_dag *dag, pv_dag_node *node, const git_oid *id,
		      pv_error *err)
{
	pv_dag_node *parent = pv_dag_node_get(dag, id);

	if (!parent)
		return pv_fail_nomem(err);
	node->parents[node->parent_count++] = parent;
	return PV_OK;
}

static int take_graft(pv_dag *dag, pv_dag_node *node, const pv_graft *graft,
		      pv_error *err)
{
	int rc = reserve_parents(dag, node, graft->count, err);

	for (size_t i = 0; rc == PV_OK && i < graft->count; i++)
		rc = add_parent(dag, node, &graft->parents[i], err);
	return rc;
}

/* Reads the parents' lines off `rest`, also where a graft counts instead. */
static int parse_parents(pv_dag *dag, pv_dag_node *node, pv_str *rest,
			 pv_error *err)
{
	pv_str key = { (const char *)node->id.id, sizeof(node->id.id) };
	const pv_graft *graft = NULL;
	pv_str counting = *rest;
	size_t count = 0;
	git_oid id;
	int rc;

	while (take_id(&id, &counting, "parent "))
		count++;
	if (dag->grafts.count)
		graft = pv_map_find(&dag->grafts, key);
	if (graft) {
		*rest = counting;
		return take_graft(dag, node, graft, err);
	}
	rc = reserve_parents(dag, node, count, err);
	while (rc == PV_OK && take_id(&id, rest, "parent "))
		rc = add_parent(dag, node, &id, err);
	return rc;
}

/* 1 when the commit-graph told all, 0 when the object has to be read. */
static int load_from_graph(pv_dag *dag, pv_dag_node *node, pv_error *err)
{
	pv_graph_link link;
	pv_graph_row row;
	size_t count = 0;
	int more;

	if (!node->position || !pv_graph_at(&row, dag->graph, node->position - 1))
		return 0;
	do {
		more = pv_graph_parent(&link, dag->graph, &row, count);
		count += more > 0;
	} while (more > 0);
	if (more < 0)
		return 0;
	if (reserve_parents(dag, node, count, err) < 0)
		return PV_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (count > 1) /* else it is the one looked at last */
			pv_graph_parent(&link, dag->graph, &row, i);
		node->parents[i] = get_row(dag, link.position, &link.id);
		if (!node->parents[i])
			return pv_fail_nomem(err);
		node->parent_count++;
	}
	node->tree = row.tree;
	node->date = row.date;
	node->level = row.level;
	node->is_loaded = 1;
	return 1;
}

/* 1 when the facts told all, 0 when the object has to be read. */
static int load_from_facts(pv_dag *dag, pv_dag_node *node, pv_error *err)
{
	pv_commit_fact fact;
	git_oid id;
	int rc = dag->facts->commit(&fact, dag->facts->payload, node->id.id);

	node->is_known = rc > 0 ? 1 : -1;
	if (rc < 0)
		return pv_fail_nomem(err);
	if (rc == 0)
		return 0;
	rc = reserve_parents(dag, node, fact.parent_count, err);
	for (size_t i = 0; rc == PV_OK && i < fact.parent_count; i++) {
		git_oid_fromraw(&id, fact.parents + i * PV_RAW_ID);
		rc = add_parent(dag, node, &id, err);
	}
	git_oid_fromraw(&node->tree, fact.tree);
	node->date = fact.date;
	node->is_loaded = rc == PV_OK;
	return rc < 0 ? rc : 1;
}

/* What is known is known with all its ancestors. */
static void pass_on_known(pv_dag_node *node)
{
	for (uint32_t i = 0; i < node->parent_count; i++)
		node->parents[i]->is_known = 1;
}

int pv_dag_knows(pv_dag *dag, pv_dag_node *node, pv_error *err)
{
	pv_commit_fact fact;
	int rc;

	if (!dag->facts)
		return 0;
	if (!node->is_known) {
		rc = dag->facts->commit(&fact, dag->facts->payload, node->id.id);
		if (rc < 0)
			return pv_fail_nomem(err);
		node->is_known = rc > 0 ? 1 : -1;
	}
	/* Parents that were loaded before it was known have not heard of it. */
	if (node->is_known > 0)
		pass_on_known(node);
	return node->is_known > 0;
}

/* From what is quicker than the object; 1, or 0 when that has to be read. */
static int load_quickly(pv_dag *dag, pv_dag_node *node, pv_error *err)
{
	int rc = load_from_graph(dag, node, err);

	if (rc == 0 && dag->facts && node->is_known >= 0)
		rc = load_from_facts(dag, node, err);
	if (rc > 0 && node->is_known > 0)
		pass_on_known(node);
	return rc;
}

int pv_dag_load(pv_dag *dag, pv_dag_node *node, pv_error *err)
{
	pv_str key = { (const char *)node->id.id, sizeof(node->id.id) };
	pv_dag_object object = { 0 };
	const git_oid *source = NULL;
	char hex[GIT_OID_HEXSZ + 1];
	pv_str rest;
	int rc;

	if (node->is_loaded)
		return PV_OK;
	rc = load_quickly(dag, node, err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	if (dag->replaced.count)
		source = pv_map_find(&dag->replaced, key);
	rc = pv_dag_read(&object, dag, source ? source : &node->id,
			 GIT_OBJECT_COMMIT, err);
	if (rc < 0)
		return rc;
	rest = object.content;
	if (take_id(&node->tree, &rest, "tree "))
		rc = parse_parents(dag, node, &rest, err);
	else
		rc = pv_fail(err, PV_EGIT, "commit %s is malformed",
			     git_oid_tostr(hex, sizeof(hex), &node->id));
	if (rc == PV_OK) {
		node->date = committer_date(rest);
		node->is_loaded = 1;
	}
	pv_dag_object_dispose(&object);
	return rc;
}

int pv_dag_find(pv_dag_node **out, pv_dag *dag, const pv_oid *oid, pv_error *err)
{
	git_oid id;
	int rc = pv_oid_to_git(&id, oid, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	*out = pv_dag_node_get(dag, &id);
	return *out ? pv_dag_load(dag, *out, err) : pv_fail_nomem(err);
}

static int comes_before(const struct pv_dag_item *a, const struct pv_dag_item *b)
{
	if (a->node->date != b->node->date)
		return a->node->date > b->node->date;
	return a->serial < b->serial;
}

int pv_dag_push(pv_dag_queue *queue, pv_dag_node *node, pv_error *err)
{
	struct pv_dag_item item = { node, queue->serial++ };
	struct pv_dag_item *heap;
	size_t at = queue->count;

	if (pv_array_reserve(&queue->items, &queue->cap, at + 1,
			     sizeof(*queue->items)) < 0)
		return pv_fail_nomem(err);
	heap = queue->items;
	queue->count++;
	for (; at && comes_before(&item, &heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = item;
	return PV_OK;
}

pv_dag_node *pv_dag_pop(pv_dag_queue *queue)
{
	struct pv_dag_item *heap = queue->items;
	struct pv_dag_item last;
	pv_dag_node *top;
	size_t at = 0;

	if (!queue->count)
		return NULL;
	top = heap[0].node;
	last = heap[--queue->count];
	for (;;) {
		size_t child = at * 2 + 1;

		if (child + 1 < queue->count &&
		    comes_before(&heap[child + 1], &heap[child]))
			child++;
		if (child >= queue->count || !comes_before(&heap[child], &last))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return top;
}

void pv_dag_queue_dispose(pv_dag_queue *queue)
{
	pv_free(queue->items);
	memset(queue, 0, sizeof(*queue));
}
