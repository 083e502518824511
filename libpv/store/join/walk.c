/* SPDX-License-Identifier: MIT
 *
 * The walk down three trees at once. It reads a folder only where two of them
 * differ, and one that a single side changed only when files that this side
 * removed have to be looked for there. Names are paired by their bytes, a
 * file and a folder of one name are one path.
 */
#include "store/join/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/object/tree.h"
#include "store/path.h"

/* A folder of one tree. */
struct listing {
	pv_buf raw;
	pv_tree_edit *entries; /* by name; `path` is the name */
	size_t count;
	size_t cap;
	size_t at; /* the entry that is next */
};

/* A folder that only one side changed. */
struct deferred {
	pv_join_path *record;
	enum pv_join_stage side;
	unsigned moved;
	int is_done;
};

struct walk {
	pv_join *join;
	pv_buf path;
	size_t folder_len; /* of the folder in `path` */
	int depth;
	int looks_into[PV_JOIN_STAGES]; /* folders that the side changed */
	struct deferred *deferred;
	size_t deferred_count;
	size_t deferred_cap;
};

static int walk_folder(struct walk *walk, const pv_tree_item *items,
		       unsigned moved);

/* --- folders ------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	const pv_tree_edit *left = a;
	const pv_tree_edit *right = b;

	return strcmp(left->path, right->path);
}

static int is_sorted(const struct listing *list)
{
	for (size_t i = 1; i < list->count; i++)
		if (strcmp(list->entries[i - 1].path, list->entries[i].path) > 0)
			return 0;
	return 1;
}

static int load(struct listing *out, struct walk *walk, const pv_tree_item *item)
{
	pv_error *err = walk->join->err;
	pv_str rest;
	int more;
	int rc;

	if (!pv_join_is_folder(item->mode))
		return PV_OK;
	rc = pv_tree_read_raw(&out->raw, walk->join->store, &item->id, err);
	rest.ptr = pv_buf_text(&out->raw);
	rest.len = out->raw.len;
	while (rc == PV_OK) {
		if (pv_array_reserve(&out->entries, &out->cap, out->count + 1,
				     sizeof(*out->entries)) < 0)
			return pv_fail_nomem(err);
		more = pv_store_tree_next(&out->entries[out->count], &rest);
		if (more < 0)
			rc = pv_fail(err, PV_EGIT,
				     "a tree at \"%s\" is malformed",
				     pv_buf_text(&walk->path));
		if (more <= 0)
			break;
		out->count++;
	}
	if (rc == PV_OK && !is_sorted(out))
		qsort(out->entries, out->count, sizeof(*out->entries),
		      compare_names);
	return rc;
}

static const char *name_at(const struct listing *list)
{
	return list->at < list->count ? list->entries[list->at].path : NULL;
}

/* The next name of all three, and what they have there; NULL at the end. */
static const char *next_name(pv_tree_item items[PV_JOIN_STAGES],
			     struct listing lists[PV_JOIN_STAGES])
{
	const char *name = NULL;

	for (int i = 0; i < PV_JOIN_STAGES; i++) {
		const char *own = name_at(&lists[i]);

		if (own && (!name || strcmp(own, name) < 0))
			name = own;
	}
	memset(items, 0, PV_JOIN_STAGES * sizeof(*items));
	for (int i = 0; name && i < PV_JOIN_STAGES; i++) {
		struct listing *list = &lists[i];
		const char *own = name_at(list);

		if (!own || strcmp(own, name) != 0)
			continue;
		items[i].mode = list->entries[list->at].mode;
		items[i].id = list->entries[list->at++].id;
	}
	return name;
}

static unsigned files_of(const pv_tree_item *items)
{
	unsigned mask = 0;

	for (int i = 0; i < PV_JOIN_STAGES; i++)
		if (items[i].mode && !pv_join_is_folder(items[i].mode))
			mask |= 1U << i;
	return mask;
}

static unsigned folders_of(const pv_tree_item *items)
{
	unsigned mask = 0;

	for (int i = 0; i < PV_JOIN_STAGES; i++)
		if (pv_join_is_folder(items[i].mode))
			mask |= 1U << i;
	return mask;
}

static unsigned match_of(const pv_tree_item *items)
{
	int ours = pv_join_is_same(&items[PV_JOIN_BASE], &items[PV_JOIN_OURS]);
	int theirs =
		pv_join_is_same(&items[PV_JOIN_BASE], &items[PV_JOIN_THEIRS]);

	if (ours && theirs)
		return PV_JOIN_IN_ALL;
	if (ours)
		return PV_JOIN_IN_BASE | PV_JOIN_IN_OURS;
	if (theirs)
		return PV_JOIN_IN_BASE | PV_JOIN_IN_THEIRS;
	return pv_join_is_same(&items[PV_JOIN_OURS], &items[PV_JOIN_THEIRS])
		       ? PV_JOIN_IN_SIDES
		       : 0;
}

/* --- what each side added and removed ------------------------------------ */

static int add_change(struct walk *walk, pv_join_changes *list,
		      const pv_join_change *change)
{
	pv_join *join = walk->join;
	pv_join_change *copy = pv_arena_alloc(&join->arena, sizeof(*copy));

	if (!copy || pv_array_reserve(&list->items, &list->cap, list->count + 1,
				      sizeof(pv_join_change *)) < 0)
		return pv_fail_nomem(join->err);
	*copy = *change;
	list->items[list->count++] = copy;
	return PV_OK;
}

static int note_file(struct walk *walk, const pv_join_path *record,
		     unsigned moved, enum pv_join_stage side)
{
	pv_join_side *of = &walk->join->sides[side];
	int was = (record->files & PV_JOIN_IN_BASE) != 0;
	int is = (record->files & 1U << side) != 0;
	pv_join_change change = { .path = record->path };

	if (was == is)
		return PV_OK;
	change.item = record->stages[is ? side : PV_JOIN_BASE];
	if (is)
		return add_change(walk, &of->added, &change);
	if (!(record->match & record->files))
		change.relevance = PV_JOIN_FOR_TEXT;
	else if (moved == PV_JOIN_IN_ALL)
		change.relevance = PV_JOIN_FOR_PLACE;
	of->relevant += change.relevance != PV_JOIN_IRRELEVANT;
	return add_change(walk, &of->removed, &change);
}

/*
 * A folder that a side removed: where it went matters once the other side
 * adds a file to it. `moved` is PV_JOIN_IN_ALL below such a one, or the other
 * side's mask while no added file was seen.
 */
static int note_folder(struct walk *walk, const pv_join_path *record,
		       unsigned moved)
{
	unsigned absent = PV_JOIN_IN_ALL & ~record->folders;
	enum pv_join_need need = moved == PV_JOIN_IN_ALL ? PV_JOIN_ABOVE_NEEDED
							 : PV_JOIN_NOT_NEEDED;
	int rc = PV_OK;

	if (!(record->folders & PV_JOIN_IN_BASE))
		return PV_OK;
	for (int side = PV_JOIN_OURS; rc == PV_OK && side < PV_JOIN_STAGES; side++)
		if (absent & 1U << side)
			rc = pv_join_gone_add(walk->join,
					      (enum pv_join_stage)side,
					      record->path, need);
	return rc;
}

/* A file that was added where the other side has removed the folder. */
static int note_added(struct walk *walk, const pv_join_path *record)
{
	enum pv_join_stage gone_at =
		record->files == PV_JOIN_IN_OURS ? PV_JOIN_THEIRS : PV_JOIN_OURS;
	char *folder;

	folder = pv_join_dup(walk->join, record->path, walk->folder_len);
	if (!folder)
		return PV_ENOMEM;
	return pv_join_gone_add(walk->join, gone_at, folder, PV_JOIN_NEEDED);
}

static int note_changes(struct walk *walk, const pv_join_path *record,
			unsigned moved)
{
	unsigned files = record->files;
	int is_added = files == PV_JOIN_IN_OURS || files == PV_JOIN_IN_THEIRS;
	int rc = note_folder(walk, record, moved);

	if (rc == PV_OK && moved == PV_JOIN_IN_ALL && is_added)
		rc = note_added(walk, record);
	if (rc == PV_OK)
		rc = note_file(walk, record, moved, PV_JOIN_OURS);
	if (rc == PV_OK)
		rc = note_file(walk, record, moved, PV_JOIN_THEIRS);
	return rc;
}

/* --- paths --------------------------------------------------------------- */

static int add_record(pv_join_path **out, struct walk *walk,
		      const pv_tree_item *items)
{
	pv_join *join = walk->join;
	char *path = pv_join_dup(join, walk->path.ptr, walk->path.len);
	int rc = path ? pv_join_add(out, join, path) : PV_ENOMEM;

	if (rc < 0)
		return rc;
	memcpy((*out)->stages, items, sizeof((*out)->stages));
	(*out)->files = files_of(items);
	(*out)->folders = folders_of(items);
	(*out)->match = match_of(items);
	(*out)->is_mixed = (*out)->files && (*out)->folders;
	join->has_mixed |= (*out)->is_mixed;
	return PV_OK;
}

/* A file that is there everywhere, and changed on one side or alike. */
static void take_file(pv_join_path *record)
{
	int is_ours = record->match != (PV_JOIN_IN_BASE | PV_JOIN_IN_OURS);

	record->result = record->stages[is_ours ? PV_JOIN_OURS : PV_JOIN_THEIRS];
	record->is_settled = 1;
}

/* The one side that changed a folder, if there is only one. */
static enum pv_join_stage changed_by(pv_join_path *record)
{
	if (record->match == (PV_JOIN_IN_BASE | PV_JOIN_IN_OURS))
		return PV_JOIN_THEIRS;
	if (record->match == (PV_JOIN_IN_BASE | PV_JOIN_IN_THEIRS))
		return PV_JOIN_OURS;
	if (record->files)
		return PV_JOIN_BASE;
	if (record->folders == PV_JOIN_IN_OURS)
		return PV_JOIN_OURS;
	return record->folders == PV_JOIN_IN_THEIRS ? PV_JOIN_THEIRS
						    : PV_JOIN_BASE;
}

static int defer(struct walk *walk, pv_join_path *record,
		 enum pv_join_stage side, unsigned moved)
{
	struct deferred *entry;

	if (pv_array_reserve(&walk->deferred, &walk->deferred_cap,
			     walk->deferred_count + 1,
			     sizeof(*walk->deferred)) < 0)
		return pv_fail_nomem(walk->join->err);
	entry = &walk->deferred[walk->deferred_count++];
	memset(entry, 0, sizeof(*entry));
	entry->record = record;
	entry->side = side;
	entry->moved = moved;
	return PV_OK;
}

static int enter(struct walk *walk, pv_join_path *record, unsigned moved)
{
	record->match &= record->files;
	return walk_folder(walk, record->stages, moved);
}

static int visit_folder(struct walk *walk, pv_join_path *record, unsigned moved)
{
	enum pv_join_stage side = changed_by(record);

	if (moved != PV_JOIN_IN_ALL && side != PV_JOIN_BASE &&
	    !walk->looks_into[side])
		return defer(walk, record, side, moved);
	return enter(walk, record, moved);
}

/* What three trees have at walk->path. */
static int visit(struct walk *walk, const pv_tree_item *items, unsigned moved)
{
	pv_join_path *record;
	unsigned match = match_of(items);
	int rc;

	if (match == PV_JOIN_IN_ALL)
		return PV_OK;
	rc = add_record(&record, walk, items);
	if (rc < 0)
		return rc;
	if (match && record->files == PV_JOIN_IN_ALL) {
		take_file(record);
		return PV_OK;
	}
	if (moved != PV_JOIN_IN_ALL &&
	    (record->folders == (PV_JOIN_IN_BASE | PV_JOIN_IN_OURS) ||
	     record->folders == (PV_JOIN_IN_BASE | PV_JOIN_IN_THEIRS)))
		moved = record->folders & ~(unsigned)PV_JOIN_IN_BASE;
	rc = note_changes(walk, record, moved);
	if (rc == PV_OK && record->folders)
		rc = visit_folder(walk, record, moved);
	return rc;
}

/* Whether a side adds a file right here. */
static int adds_file(struct listing *lists, unsigned side)
{
	pv_tree_item items[PV_JOIN_STAGES];
	int found = 0;

	while (!found && next_name(items, lists))
		found = files_of(items) == side;
	for (int i = 0; i < PV_JOIN_STAGES; i++)
		lists[i].at = 0;
	return found;
}

static int visit_names(struct walk *walk, struct listing *lists, unsigned moved)
{
	size_t outer_len = walk->folder_len;
	pv_tree_item items[PV_JOIN_STAGES];
	size_t len = walk->path.len;
	const char *name;
	int rc = PV_OK;

	if ((moved == PV_JOIN_IN_OURS || moved == PV_JOIN_IN_THEIRS) &&
	    adds_file(lists, moved))
		moved = PV_JOIN_IN_ALL;
	while (rc == PV_OK) {
		name = next_name(items, lists);
		if (!name)
			break;
		if (len)
			pv_buf_putc(&walk->path, '/');
		pv_buf_puts(&walk->path, name);
		walk->folder_len = len;
		rc = pv_buf_status(&walk->path, walk->join->err);
		if (rc == PV_OK)
			rc = visit(walk, items, moved);
		pv_buf_truncate(&walk->path, len);
	}
	walk->folder_len = outer_len;
	return rc;
}

static int walk_folder(struct walk *walk, const pv_tree_item *items,
		       unsigned moved)
{
	struct listing lists[PV_JOIN_STAGES] = { 0 };
	int rc = pv_store_check_canceled(walk->join->store, walk->join->err);

	if (walk->depth == PV_PATH_DEPTH)
		return pv_fail(walk->join->err, PV_ELIMIT,
			       "folders nest deeper than %d", PV_PATH_DEPTH);
	walk->depth++;
	for (int i = 0; rc == PV_OK && i < PV_JOIN_STAGES; i++)
		rc = load(&lists[i], walk, &items[i]);
	if (rc == PV_OK)
		rc = visit_names(walk, lists, moved);
	for (int i = 0; i < PV_JOIN_STAGES; i++) {
		pv_buf_dispose(&lists[i].raw);
		pv_free(lists[i].entries);
	}
	walk->depth--;
	return rc;
}

/* --- folders that one side changed --------------------------------------- */

static int enter_deferred(struct walk *walk, const struct deferred *entry)
{
	const char *path = entry->record->path;
	int rc;

	pv_buf_clear(&walk->path);
	pv_buf_puts(&walk->path, path);
	walk->folder_len = pv_join_folder_len(path, walk->path.len);
	rc = pv_buf_status(&walk->path, walk->join->err);
	return rc < 0 ? rc : enter(walk, entry->record, entry->moved);
}

static void take_folder(pv_join_path *record, enum pv_join_stage side)
{
	record->result = record->stages[side];
	record->match = 0;
	record->is_settled = 1;
	record->is_taken = 1;
}

/*
 * Takes the folders that only `side` changed as they are, unless files that
 * it removed may have gone there. `deferred` may grow meanwhile.
 */
static int finish_side(struct walk *walk, enum pv_join_stage side)
{
	int rc = PV_OK;

	walk->looks_into[side] = walk->join->sides[side].relevant > 0;
	for (size_t i = 0; rc == PV_OK && i < walk->deferred_count; i++) {
		struct deferred entry = walk->deferred[i];

		if (entry.side != side || entry.is_done)
			continue;
		walk->deferred[i].is_done = 1;
		if (walk->looks_into[side])
			rc = enter_deferred(walk, &entry);
		else
			take_folder(entry.record, side);
	}
	return rc;
}

int pv_join_walk(pv_join *join)
{
	struct walk walk = { .join = join };
	pv_tree_item roots[PV_JOIN_STAGES] = { 0 };
	int rc;

	for (int i = 0; i < PV_JOIN_STAGES; i++) {
		if (!join->has_tree[i])
			continue;
		roots[i].mode = GIT_FILEMODE_TREE;
		roots[i].id = join->trees[i];
	}
	rc = walk_folder(&walk, roots, 0);
	if (rc == PV_OK)
		rc = finish_side(&walk, PV_JOIN_OURS);
	if (rc == PV_OK)
		rc = finish_side(&walk, PV_JOIN_THEIRS);
	pv_buf_dispose(&walk.path);
	pv_free(walk.deferred);
	return rc;
}
