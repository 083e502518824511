/* SPDX-License-Identifier: MIT
 *
 * Renamed folders. A folder is where most of its files are; what the other
 * side has added to it, or has renamed into it, is put there, too, which git
 * calls a conflict unless merge.directoryRenames is true. Nothing is moved to
 * where something else is.
 */
#include "store/join/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* Who wants to be moved to one place. */
struct taker {
	size_t count;
	int is_reported;
};

static pv_join_side *other_side(pv_join *join, unsigned side)
{
	return &join->sides[PV_JOIN_OURS + PV_JOIN_THEIRS - side];
}

/* --- which folders ------------------------------------------------------- */

/* Where more of its files went than anywhere else; a draw is a conflict. */
static void choose_place(pv_join *join, pv_join_gone *gone)
{
	const pv_join_count *best = NULL;
	int is_tie = 0;

	if (gone->need == PV_JOIN_NOT_NEEDED)
		return;
	for (const pv_join_count *count = gone->counts; count;
	     count = count->next) {
		if (!best || count->files > best->files) {
			best = count;
			is_tie = 0;
		} else {
			is_tie |= count->files == best->files;
		}
	}
	if (is_tie)
		join->is_clean = 0;
	else if (best)
		gone->moved = best->folder;
}

/* A folder that both sides renamed stays where each has put it. */
static void choose_places(pv_join *join)
{
	pv_join_side *ours = &join->sides[PV_JOIN_OURS];
	pv_join_side *theirs = &join->sides[PV_JOIN_THEIRS];
	pv_join_gone *gone;

	for (gone = ours->first_gone; gone; gone = gone->next)
		choose_place(join, gone);
	for (gone = theirs->first_gone; gone; gone = gone->next) {
		pv_join_gone *other =
			pv_join_gone_find(ours, gone->path, strlen(gone->path));

		choose_place(join, gone);
		if (!other || !gone->moved || !other->moved)
			continue;
		gone->moved = NULL;
		other->moved = NULL;
	}
}

/* --- where files go ------------------------------------------------------ */

/* The nearest folder of a path that was renamed. */
static const pv_join_gone *find_moved(const pv_join_side *by, const char *path)
{
	size_t len = strlen(path);

	do {
		const pv_join_gone *gone;

		len = pv_join_folder_len(path, len);
		gone = pv_join_gone_find(by, path, len);
		if (gone && gone->moved)
			return gone;
	} while (len);
	return NULL;
}

/* The path in a renamed folder; NULL when there is no memory. */
static char *place_of(pv_join *join, const pv_join_gone *gone, const char *path)
{
	size_t skip = strlen(gone->path);
	pv_buf place = { 0 };
	char *copy = NULL;

	pv_buf_puts(&place, gone->moved);
	if (place.len)
		pv_buf_puts(&place, path + skip);
	else
		pv_buf_puts(&place, path + skip + 1);
	if (pv_buf_status(&place, join->err) == PV_OK)
		copy = pv_join_dup(join, place.ptr, place.len);
	pv_buf_dispose(&place);
	return copy;
}

/* Counts who wants to go where. */
static int count_takers(pv_join *join, unsigned which)
{
	pv_join_side *side = &join->sides[which];
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < side->added.count; i++) {
		const char *path = side->added.items[i]->path;
		const pv_join_gone *gone =
			find_moved(other_side(join, which), path);
		struct taker *taker;
		char *place;

		if (!gone)
			continue;
		place = place_of(join, gone, path);
		if (!place)
			return PV_ENOMEM;
		taker = pv_map_find(&side->targets, pv_str_of(place));
		if (!taker) {
			taker = pv_arena_calloc(&join->arena, sizeof(*taker));
			if (!taker)
				return pv_fail_nomem(join->err);
			rc = pv_map_set(&side->targets, pv_str_of(place), taker,
					NULL, join->err);
		}
		taker->count++;
	}
	return rc;
}

/* Whether a file is where a folder would have to be. 1, 0 or negative. */
static int is_below_file(pv_join *join, const char *place)
{
	size_t len = pv_join_folder_len(place, strlen(place));
	int found = 0;

	while (len && found == 0) {
		char *folder = pv_join_dup(join, place, len);
		const pv_join_path *record;
		int kinds = 0;

		if (!folder)
			return PV_ENOMEM;
		record = pv_join_find(join, folder);
		if (record)
			found = (record->files & PV_JOIN_IN_SIDES) != 0;
		else
			found = pv_join_exists(&kinds, join, folder);
		if (!record && found == PV_OK)
			found = (kinds & PV_JOIN_HAS_FILE) != 0;
		len = pv_join_folder_len(place, len);
	}
	return found;
}

/*
 * Whether something is at `place` already, or was there and may have been
 * renamed, where git before 2.50 would lose it. 1, 0 or negative.
 */
static int is_in_way(pv_join *join, unsigned side, const pv_join_change *change,
		     const char *place)
{
	const pv_join_path *record = pv_join_find(join, place);
	const char *from = change->from ? change->from->path : change->path;
	int kinds = 0;
	int rc;

	if (record)
		rc = record->is_settled ||
		     ((record->files | record->folders) & 1U << side) ||
		     ((record->files & PV_JOIN_IN_BASE) &&
		      strcmp(from, place) != 0);
	else
		rc = pv_join_exists(&kinds, join, place);
	if (!record && rc == PV_OK)
		rc = kinds != 0;
	return rc ? rc : is_below_file(join, place);
}

/* --- moving -------------------------------------------------------------- */

/* What was at the old place, and the removal of it there. */
static void vacate(pv_join_path *record)
{
	if (!record->folders) {
		record->is_vacant = 1;
		record->is_settled = 1;
	}
	for (int i = 0; i < PV_JOIN_STAGES; i++)
		if (record->files & 1U << i)
			memset(&record->stages[i], 0, sizeof(record->stages[i]));
	record->files = 0;
	record->match = 0;
	record->is_mixed = 0;
}

static int move_record(pv_join *join, unsigned side, pv_join_change *change,
		       const char *place)
{
	pv_join_path *old = pv_join_find(join, change->path);
	pv_join_path *record = pv_join_find(join, place);
	int is_new = !record;
	pv_tree_item item;
	int rc = PV_OK;

	if (!old || old->files != 1U << side)
		return PV_OK;
	item = old->stages[side];
	vacate(old);
	if (!record)
		rc = pv_join_add(&record, join, place);
	if (rc < 0)
		return rc;
	for (int i = 0; is_new && i < PV_JOIN_STAGES; i++)
		record->names[i] = change->path;
	record->names[side] = change->path;
	record->stages[side] = item;
	record->files |= 1U << side;
	if (record->folders) {
		record->is_mixed = 1;
		join->has_mixed = 1;
	}
	if (join->config->moving == PV_JOIN_MOVES_CONFLICT)
		record->is_unsure = 1;
	change->path = place;
	return PV_OK;
}

/* Moves a file that was added to a folder which the other side renamed. */
static int follow(pv_join *join, unsigned which, pv_join_change *change)
{
	pv_join_side *side = &join->sides[which];
	const pv_join_gone *gone =
		find_moved(other_side(join, which), change->path);
	const pv_join_gone *again;
	struct taker *taker;
	char *place;
	int is_taken;

	if (!gone)
		return PV_OK;
	/*
	 * Not where the place is to be moved in turn, and not a file in whose
	 * place one of the other side's is to be put.
	 */
	again = pv_join_gone_find(side, gone->moved, strlen(gone->moved));
	if ((again && again->moved) ||
	    pv_map_find(&other_side(join, which)->targets,
			pv_str_of(change->path)))
		return PV_OK;
	place = place_of(join, gone, change->path);
	if (!place)
		return PV_ENOMEM;
	taker = pv_map_find(&side->targets, pv_str_of(place));
	is_taken = taker && (taker->is_reported || taker->count > 1);
	if (!is_taken)
		is_taken = is_in_way(join, which, change, place);
	if (is_taken < 0)
		return is_taken;
	if (!is_taken)
		return move_record(join, which, change, place);
	if (taker)
		taker->is_reported = 1;
	join->is_clean = 0;
	return PV_OK;
}

static int add_move(pv_join *join, unsigned side, const pv_join_change *change)
{
	pv_join_move *move;

	if (pv_array_reserve(&join->moves, &join->move_cap,
			     join->move_count + 1, sizeof(*join->moves)) < 0)
		return pv_fail_nomem(join->err);
	move = &join->moves[join->move_count];
	move->from = change->from->path;
	move->to = change->path;
	move->side = side;
	move->serial = join->move_count++;
	return PV_OK;
}

static int collect(pv_join *join, unsigned side, int follows)
{
	const pv_join_changes *added = &join->sides[side].added;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < added->count; i++) {
		if (follows)
			rc = follow(join, side, added->items[i]);
		if (rc == PV_OK && added->items[i]->from)
			rc = add_move(join, side, added->items[i]);
	}
	return rc;
}

int pv_join_move_folders(pv_join *join)
{
	int follows =
		!join->depth && join->config->moving != PV_JOIN_MOVES_NOTHING;
	int rc = PV_OK;

	if (follows) {
		choose_places(join);
		rc = count_takers(join, PV_JOIN_OURS);
		if (rc == PV_OK)
			rc = count_takers(join, PV_JOIN_THEIRS);
	}
	if (rc == PV_OK)
		rc = collect(join, PV_JOIN_OURS, follows);
	if (rc == PV_OK)
		rc = collect(join, PV_JOIN_THEIRS, follows);
	return rc;
}
