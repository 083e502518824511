/* SPDX-License-Identifier: MIT
 *
 * Renamed files: what the three sides have of one file is brought together in
 * the record of its new path, so that it can be decided like any other. Where
 * both sides renamed it differently, or something else is at the new path,
 * contents are merged here, and what is left are conflicts about paths.
 */
#include "store/join/parts.h"

#include <stdlib.h>
#include <string.h>

static int compare_moves(const void *a, const void *b)
{
	const pv_join_move *left = a;
	const pv_join_move *right = b;
	int order = strcmp(left->from, right->from);

	if (order)
		return order;
	return left->serial < right->serial ? -1 : 1;
}

static void resolve_by_removal(pv_join_path *record)
{
	memset(&record->result, 0, sizeof(record->result));
	record->is_settled = 1;
}

/* Both sides renamed it alike. */
static void join_alike(pv_join_path *base, pv_join_path *to)
{
	to->stages[PV_JOIN_BASE] = base->stages[PV_JOIN_BASE];
	to->files |= PV_JOIN_IN_BASE;
	resolve_by_removal(base);
}

/* Each side renamed it to something else: the merge is in both places. */
static int join_apart(pv_join *join, pv_join_path *base, pv_join_path *ours,
		      pv_join_path *theirs)
{
	pv_tree_item *our_item = &ours->stages[PV_JOIN_OURS];
	pv_tree_item *their_item = &theirs->stages[PV_JOIN_THEIRS];
	pv_join_versions versions = {
		.path = base->path,
		.stages = { &base->stages[PV_JOIN_BASE], our_item, their_item },
		.names = { base->path, ours->path, theirs->path },
		.wider = 1 + 2 * join->depth,
	};
	pv_tree_item merged;
	int rc;

	rc = pv_join_contents(&merged, join, &versions);
	if (rc < 0)
		return rc;
	/* Contents that cannot be merged stay with their side. */
	if (!rc || !pv_join_is_same(&merged, our_item)) {
		*our_item = merged;
		*their_item = merged;
	}
	ours->is_unsure = 1;
	theirs->is_unsure = 1;
	base->is_unsure = 1;
	return PV_OK;
}

static int settle_both(pv_join *join, const pv_join_move *first,
		       const pv_join_move *second)
{
	pv_join_path *base = pv_join_find(join, first->from);
	pv_join_path *ours = pv_join_find(join, first->to);
	pv_join_path *theirs = pv_join_find(join, second->to);

	if (!ours || !theirs)
		return PV_OK;
	if (ours == theirs) {
		join_alike(base, ours);
		return PV_OK;
	}
	return join_apart(join, base, ours, theirs);
}

/* The other side has a file of its own at the new path. */
static int settle_collision(pv_join *join, const pv_join_move *move,
			    pv_join_path *from, pv_join_path *to)
{
	unsigned other = PV_JOIN_OURS + PV_JOIN_THEIRS - move->side;
	pv_join_versions versions = {
		.path = from->path,
		.names = { from->path, from->path, from->path },
		.wider = 1 + 2 * join->depth,
	};
	pv_tree_item merged;
	int rc;

	versions.stages[PV_JOIN_BASE] = &from->stages[PV_JOIN_BASE];
	versions.stages[move->side] = &to->stages[move->side];
	versions.stages[other] = &from->stages[other];
	versions.names[move->side] = to->path;
	rc = pv_join_contents(&merged, join, &versions);
	if (rc < 0)
		return rc;
	to->stages[move->side] = merged;
	/* Two files with the same markers are no agreement. */
	to->is_unsure |= rc != 0;
	return PV_OK;
}

/* Nothing is in the way. */
static void settle_plain(const pv_join_move *move, pv_join_path *from,
			 pv_join_path *to, int is_other_kind)
{
	unsigned other = PV_JOIN_OURS + PV_JOIN_THEIRS - move->side;

	to->stages[PV_JOIN_BASE] = from->stages[PV_JOIN_BASE];
	to->files |= PV_JOIN_IN_BASE;
	to->names[PV_JOIN_BASE] = from->path;
	if (is_other_kind) {
		memset(&from->stages[PV_JOIN_BASE], 0,
		       sizeof(from->stages[PV_JOIN_BASE]));
		from->files &= PV_JOIN_IN_SIDES;
	} else if (from->files == PV_JOIN_IN_BASE) {
		to->is_unsure = 1; /* the other side removed it */
	} else {
		to->stages[other] = from->stages[other];
		to->files |= 1U << other;
		to->names[other] = from->path;
	}
}

static int settle_one(pv_join *join, const pv_join_move *move)
{
	unsigned other = PV_JOIN_OURS + PV_JOIN_THEIRS - move->side;
	pv_join_path *from = pv_join_find(join, move->from);
	pv_join_path *to = pv_join_find(join, move->to);
	int is_removed = from->files == PV_JOIN_IN_BASE;
	int collides;
	int is_other_kind;
	int rc = PV_OK;

	/* What came back by following a folder has all its versions there. */
	if (!to || to == from)
		return PV_OK;
	collides = (to->files & 1U << other) != 0;
	is_other_kind = !is_removed &&
			pv_join_is_regular(from->stages[other].mode) !=
				pv_join_is_regular(to->stages[move->side].mode);
	/* Then it is the same rename, and the other side put a link there. */
	if (is_other_kind)
		collides = 0;
	if (collides && is_removed)
		to->is_unsure = 1;
	else if (collides)
		rc = settle_collision(join, move, from, to);
	else
		settle_plain(move, from, to, is_other_kind);
	if (!is_other_kind)
		resolve_by_removal(from);
	return rc;
}

int pv_join_settle(pv_join *join)
{
	const pv_join_move *moves = join->moves;
	int rc = PV_OK;

	if (join->move_count)
		qsort(join->moves, join->move_count, sizeof(*moves),
		      compare_moves);
	for (size_t i = 0; rc == PV_OK && i < join->move_count; i++) {
		const pv_join_path *from = pv_join_find(join, moves[i].from);

		if (!from || from->is_settled)
			continue;
		if (i + 1 < join->move_count &&
		    strcmp(moves[i].from, moves[i + 1].from) == 0) {
			rc = settle_both(join, &moves[i], &moves[i + 1]);
			i++;
		} else {
			rc = settle_one(join, &moves[i]);
		}
	}
	return rc;
}
