/* SPDX-License-Identifier: MIT
 *
 * See renames.h. The search is that of rename.c, for a join that has one side
 * and no trees.
 */
#include "store/join/renames.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/join/parts.h"

enum {
	RENAME_LIMIT = 1000 /* of `git diff` */
};

/* All of them in one array, whose order tells their numbers. */
static int add_changes(pv_join_changes *out, pv_join_change **array_out,
		       pv_join *join, const pv_lone_files *files)
{
	size_t size = (files->count + 1) * sizeof(pv_join_change);
	pv_join_change *array = pv_arena_calloc(&join->arena, size);
	int rc = PV_OK;

	if (!array || pv_array_reserve(&out->items, &out->cap, files->count + 1,
				       sizeof(pv_join_change *)) < 0)
		return pv_fail_nomem(join->err);
	for (size_t i = 0; rc == PV_OK && i < files->count; i++) {
		const pv_lone_file *file = &files->items[i];

		array[i].path = file->path;
		array[i].text = file->text;
		array[i].item.mode = GIT_FILEMODE_BLOB;
		array[i].relevance = PV_JOIN_FOR_TEXT;
		out->items[out->count++] = &array[i];
		rc = pv_oid_to_git(&array[i].item.id, &file->blob, join->err);
	}
	*array_out = array;
	return rc;
}

int pv_lone_files_pair(size_t *from_out, pv_store *store,
		       const pv_lone_files *gone, const pv_lone_files *added,
		       pv_error *err)
{
	const pv_join_config config = { .finds_renames = 1,
					.rename_limit = RENAME_LIMIT };
	pv_join join = { .store = store, .config = &config, .err = err };
	pv_join_side *side = &join.sides[PV_JOIN_OURS];
	pv_join_change *before = NULL;
	pv_join_change *after = NULL;
	int rc = add_changes(&side->removed, &before, &join, gone);

	if (rc == PV_OK)
		rc = add_changes(&side->added, &after, &join, added);
	side->relevant = side->removed.count;
	if (rc == PV_OK)
		rc = pv_join_find_renames(&join, PV_JOIN_OURS);
	for (size_t i = 0; rc == PV_OK && after && i < added->count; i++)
		from_out[i] =
			after[i].from ? 1 + (size_t)(after[i].from - before) : 0;
	pv_free(side->removed.items);
	pv_free(side->added.items);
	pv_arena_dispose(&join.arena);
	return rc;
}
