/* SPDX-License-Identifier: MIT
 *
 * What is under way in the working tree, and the paths it left unmerged.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/index/index.h"

enum pv_store_state pv_store_state(pv_store *store)
{
	switch (git_repository_state(store->repo)) {
	case GIT_REPOSITORY_STATE_NONE:
	case GIT_REPOSITORY_STATE_BISECT: /* nothing waits for its end */
		return PV_STATE_NONE;
	case GIT_REPOSITORY_STATE_MERGE:
		return PV_STATE_MERGE;
	case GIT_REPOSITORY_STATE_REVERT:
	case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
		return PV_STATE_REVERT;
	case GIT_REPOSITORY_STATE_CHERRYPICK:
	case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
		return PV_STATE_CHERRY_PICK;
	case GIT_REPOSITORY_STATE_REBASE:
	case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
	case GIT_REPOSITORY_STATE_REBASE_MERGE:
		return PV_STATE_REBASE;
	default:
		return PV_STATE_OTHER; /* am, and what is to come */
	}
}

/* One path with its stages; the path is owned. */
struct conflict_row {
	char *path;
	pv_conflict conflict;
};

struct conflict_list {
	struct conflict_row *rows;
	size_t count;
	size_t cap;
};

/* The row of an entry's path: the last one, as entries are in order. */
static struct conflict_row *row_of(struct conflict_list *list, const char *path,
				   pv_error *err)
{
	struct conflict_row *row;

	if (list->count && strcmp(list->rows[list->count - 1].path, path) == 0)
		return &list->rows[list->count - 1];
	if (pv_array_reserve(&list->rows, &list->cap, list->count + 1,
			     sizeof(*list->rows)) < 0) {
		pv_fail_nomem(err);
		return NULL;
	}
	row = &list->rows[list->count];
	memset(row, 0, sizeof(*row));
	row->path = pv_strdup(path);
	if (!row->path) {
		pv_fail_nomem(err);
		return NULL;
	}
	row->conflict.path = row->path;
	list->count++;
	return row;
}

static int gather(struct conflict_list *out, const pv_index_map *index,
		  pv_error *err)
{
	for (size_t i = 0; i < index->count; i++) {
		const pv_index_row *entry = &index->rows[i];
		struct conflict_row *row;
		pv_oid *side;

		if (!entry->stage)
			continue;
		row = row_of(out, entry->path, err);
		if (!row)
			return PV_ENOMEM;
		side = entry->stage == 1   ? &row->conflict.base
		       : entry->stage == 2 ? &row->conflict.ours
					   : &row->conflict.theirs;
		pv_oid_from_git(side, &entry->id);
	}
	return PV_OK;
}

int pv_store_conflict_each(pv_store *store,
			   int (*fn)(const pv_conflict *conflict, void *payload),
			   void *payload, pv_error *err)
{
	struct conflict_list list = { 0 };
	pv_index_map *index;
	int rc = pv_index_get(&index, store, err);

	if (rc == PV_OK)
		rc = gather(&list, index, err);
	pv_index_release(index);
	for (size_t i = 0; rc == PV_OK && i < list.count; i++)
		rc = fn(&list.rows[i].conflict, payload);
	for (size_t i = 0; i < list.count; i++)
		pv_free(list.rows[i].path);
	pv_free(list.rows);
	return rc;
}
