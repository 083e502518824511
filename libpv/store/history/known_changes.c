/* SPDX-License-Identifier: MIT
 *
 * See known_changes.h.
 */
#include "store/history/known_changes.h"

#include <string.h>

#include "base/fail.h"

static pv_str raw_key(const unsigned char *id)
{
	return (pv_str){ (const char *)id, PV_RAW_ID };
}

/* One text for all changes of a path; NULL without memory. */
static const char *intern(pv_known_changes *known, const char *path)
{
	pv_str key = pv_str_of(path);
	char *own = pv_map_find(&known->paths, key);

	if (own)
		return own;
	own = pv_arena_dup(&known->arena, key.ptr, key.len);
	if (!own || pv_map_set(&known->paths, key, own, NULL, NULL) < 0)
		return NULL;
	return own;
}

static int keep(const char *path, const pv_path_fact *fact, void *payload)
{
	pv_known_changes *known = payload;
	pv_known_change *change = pv_arena_alloc(&known->arena, sizeof(*change));
	pv_str key = raw_key(fact->commit);

	if (!change)
		return PV_ENOMEM;
	change->next = pv_map_find(&known->commits, key);
	change->path = intern(known, path);
	change->parent = fact->parent;
	change->mode = fact->mode;
	change->is_new = fact->is_new;
	change->is_mode = fact->is_mode;
	if (!change->path)
		return PV_ENOMEM;
	return pv_map_set(&known->commits, key, change, NULL, NULL);
}

int pv_known_changes_load(pv_known_changes *out, pv_dag *dag, const char *dir,
			  pv_error *err)
{
	int rc;

	if (!dag->facts || out->is_loaded)
		return PV_OK;
	rc = dag->facts->all(dag->facts->payload, dir, keep, out);
	if (rc < 0)
		return pv_fail_nomem(err);
	out->is_loaded = rc;
	return PV_OK;
}

void pv_known_changes_dispose(pv_known_changes *known)
{
	pv_map_dispose(&known->paths);
	pv_map_dispose(&known->commits);
	pv_arena_dispose(&known->arena);
	memset(known, 0, sizeof(*known));
}

int pv_known_changes_find(const pv_known_change **out,
			  const pv_known_changes *known, pv_dag *dag,
			  pv_dag_node *node, pv_error *err)
{
	int rc = known->is_loaded ? pv_dag_knows(dag, node, err) : 0;

	*out = NULL;
	if (rc > 0)
		*out = pv_map_find(&known->commits, raw_key(node->id.id));
	return rc;
}
