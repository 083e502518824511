/* SPDX-License-Identifier: MIT
 *
 * What becomes of each path, folders after what is in them: a file cannot
 * stay where a folder is left, and a path that is two different things gives
 * each of them a place. What stays in conflict keeps its stages.
 */
#include "store/join/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "store/path.h"

/* A record at work. */
struct decision {
	pv_join *join;
	pv_join_path *record;
	enum pv_join_stage moved_from; /* the side of a file that gave way */
};

static void mark_conflict(pv_join *join, pv_join_path *record)
{
	record->is_conflict = 1;
	join->is_clean = 0;
}

/* Tells the folders above a path that they stay. */
static int keep_folders(pv_join *join, const char *path)
{
	size_t len = pv_join_folder_len(path, strlen(path));

	while (join->has_mixed && len) {
		char *folder = pv_join_dup(join, path, len);
		pv_join_path *record;

		if (!folder)
			return PV_ENOMEM;
		record = pv_join_find(join, folder);
		if (record)
			record->is_kept = 1;
		len = pv_join_folder_len(path, len);
	}
	return PV_OK;
}

/* --- the kinds of decisions ---------------------------------------------- */

static void decide_match(struct decision *d)
{
	pv_join_path *record = d->record;
	unsigned rest = PV_JOIN_IN_ALL & ~record->match;
	int side = rest == PV_JOIN_IN_THEIRS ? PV_JOIN_THEIRS : PV_JOIN_OURS;
	int is_clean = !record->is_mixed && !record->is_unsure;

	if (record->match == PV_JOIN_IN_SIDES)
		side = PV_JOIN_OURS;
	record->result = record->stages[side];
	if (!is_clean && record->result.mode)
		mark_conflict(d->join, record);
}

/* A copy of the record for another path. */
static int split(pv_join_path **out, struct decision *d, const char *path)
{
	pv_join_path *copy;
	int rc = pv_join_add(&copy, d->join, path);

	if (rc < 0)
		return rc;
	*copy = *d->record;
	copy->path = path;
	copy->folders = 0;
	*out = copy;
	return PV_OK;
}

/* Leaves a record one side and, where it is of its kind, the base. */
static void leave_only(pv_join_path *record, int side)
{
	int other = PV_JOIN_OURS + PV_JOIN_THEIRS - side;

	memset(&record->stages[other], 0, sizeof(record->stages[other]));
	record->files = 1U << side;
	record->result = record->stages[side];
	if (pv_join_is_alike(record->stages[PV_JOIN_BASE].mode,
			     record->stages[side].mode))
		record->files |= PV_JOIN_IN_BASE;
	else
		memset(&record->stages[PV_JOIN_BASE], 0,
		       sizeof(record->stages[PV_JOIN_BASE]));
}

/* A side of the record gets a place of its own, and it is decided there. */
static int put_aside(struct decision *d, enum pv_join_stage side)
{
	pv_join_path *copy = NULL;
	const char *path;
	int rc = pv_join_aside(&path, d->join, d->record->path, side);

	if (rc == PV_OK)
		rc = split(&copy, d, path);
	if (rc < 0 || !copy)
		return rc;
	leave_only(copy, side);
	copy->is_settled = 1;
	mark_conflict(d->join, copy);
	return keep_folders(d->join, path);
}

/* A file on one side, a link or a submodule on the other. */
static int decide_kinds(struct decision *d)
{
	pv_join_path *record = d->record;
	int our_file = pv_join_is_regular(record->stages[PV_JOIN_OURS].mode);
	int their_file = pv_join_is_regular(record->stages[PV_JOIN_THEIRS].mode);
	int rc = PV_OK;

	if (d->join->depth) {
		record->result = record->stages[PV_JOIN_BASE];
		mark_conflict(d->join, record);
		return PV_OK;
	}
	/* The file gives way; when neither is one, both do. */
	if (our_file || !their_file)
		rc = put_aside(d, PV_JOIN_OURS);
	if (rc == PV_OK && !our_file)
		rc = put_aside(d, PV_JOIN_THEIRS);
	if (rc < 0)
		return rc;
	if (our_file || their_file) {
		leave_only(record, our_file ? PV_JOIN_THEIRS : PV_JOIN_OURS);
		mark_conflict(d->join, record);
	} else {
		memset(&record->result, 0, sizeof(record->result));
	}
	return PV_OK;
}

static int decide_contents(struct decision *d)
{
	pv_join_path *record = d->record;
	pv_join_versions versions = { .path = record->path,
				      .wider = 2 * d->join->depth };
	int rc;

	for (int i = 0; i < PV_JOIN_STAGES; i++) {
		versions.stages[i] = &record->stages[i];
		versions.names[i] = record->names[i];
	}
	rc = pv_join_contents(&record->result, d->join, &versions);
	if (rc < 0)
		return rc;
	if (!rc && record->is_mixed) {
		record->files = 1U << d->moved_from;
		record->stages[d->moved_from] = record->result;
	}
	if (rc || record->is_mixed || record->is_unsure)
		mark_conflict(d->join, record);
	return PV_OK;
}

/* On one side, or also in the base. */
static void decide_single(struct decision *d)
{
	pv_join_path *record = d->record;
	int side =
		record->files & PV_JOIN_IN_OURS ? PV_JOIN_OURS : PV_JOIN_THEIRS;
	int has_base = (record->files & PV_JOIN_IN_BASE) != 0;

	record->result =
		record->stages[has_base && d->join->depth ? PV_JOIN_BASE : side];
	if (has_base || record->is_mixed || record->is_unsure)
		mark_conflict(d->join, record);
}

static int decide_file(struct decision *d)
{
	pv_join_path *record = d->record;
	unsigned files = record->files;

	if (record->match) {
		decide_match(d);
		return PV_OK;
	}
	if (files == PV_JOIN_IN_BASE) {
		memset(&record->result, 0, sizeof(record->result));
		if (record->is_unsure)
			mark_conflict(d->join, record);
		return PV_OK;
	}
	if ((files & PV_JOIN_IN_SIDES) != PV_JOIN_IN_SIDES) {
		decide_single(d);
		return PV_OK;
	}
	if (!pv_join_is_alike(record->stages[PV_JOIN_OURS].mode,
			      record->stages[PV_JOIN_THEIRS].mode))
		return decide_kinds(d);
	return decide_contents(d);
}

/* --- files and folders of one path --------------------------------------- */

static void forget_folders(pv_join_path *record)
{
	for (int i = 0; i < PV_JOIN_STAGES; i++)
		if (!(record->files & 1U << i))
			memset(&record->stages[i], 0, sizeof(record->stages[i]));
}

/* The folder stays, so the file goes elsewhere; the record becomes its. */
static int give_way(struct decision *d)
{
	pv_join_path *old = d->record;
	enum pv_join_stage side =
		old->folders & PV_JOIN_IN_OURS ? PV_JOIN_THEIRS : PV_JOIN_OURS;
	unsigned folders = old->folders;
	const char *path;
	int rc = pv_join_aside(&path, d->join, old->path, side);

	if (rc == PV_OK)
		rc = split(&d->record, d, path);
	if (rc < 0)
		return rc;
	old->files = 0;
	old->is_mixed = 0;
	d->moved_from = side;
	d->record->match &= ~folders;
	forget_folders(d->record);
	return PV_OK;
}

static int decide(struct decision *d)
{
	pv_join_path *record = d->record;
	int rc = PV_OK;

	if (record->is_settled || !record->files)
		return PV_OK;
	if (record->is_mixed && !record->is_kept) {
		record->is_mixed = 0;
		record->match &= ~record->folders;
		record->folders = 0;
		forget_folders(record);
	} else if (record->is_mixed && record->files == PV_JOIN_IN_BASE) {
		record->files = 0;
		return PV_OK;
	} else if (record->is_mixed) {
		rc = give_way(d);
	}
	return rc < 0 ? rc : decide_file(d);
}

/* The contents of a folder come behind it. */
static int compare_records(const void *a, const void *b)
{
	const pv_join_path *const *left = a;
	const pv_join_path *const *right = b;

	return pv_path_cmp((*left)->path, (*right)->path);
}

int pv_join_decide(pv_join *join)
{
	size_t count = join->path_count;
	int rc = PV_OK;

	if (count)
		qsort(join->paths, count, sizeof(pv_join_path *),
		      compare_records);
	/* What is added meanwhile is decided. */
	for (size_t i = count; rc == PV_OK && i > 0; i--) {
		struct decision d = { join, join->paths[i - 1], PV_JOIN_BASE };

		if (d.record->is_vacant)
			continue;
		rc = decide(&d);
		if (rc == PV_OK && d.record->result.mode)
			rc = keep_folders(join, d.record->path);
	}
	return rc;
}
