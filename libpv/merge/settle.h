/* SPDX-License-Identifier: MIT
 *
 * What the ways to settle a conflict share.
 */
#ifndef PV_MERGE_SETTLE_H
#define PV_MERGE_SETTLE_H

#include "merge/unmerged.h"

/* One call: the blocks of the file that are to be settled. */
typedef struct pv_settling {
	pv_unmerged *file;
	const pv_settle *how;
	size_t first;
	size_t last; /* of those picked */
	size_t count;
	size_t kept; /* of these: others of their fields stay in conflict */
	pv_error *err;
} pv_settling;

/* Whether a block of the file is to be settled. */
int pv_settling_is_picked(const pv_settling *s, size_t idx);

/*
 * Whether other fields of a block that is picked stay in conflict; and the block
 * then, with other lines between its markers.
 */
int pv_settling_is_kept(const pv_settling *s, size_t idx);
void pv_settling_put_kept(pv_buf *out, const pv_settling *s, size_t idx,
			  const pv_str sides[PV_SIDES]);

/*
 * Whether one side of all is asked for where blocks are those of a merge by
 * lines that somebody edited; and the file then, settled without losing what
 * only one side changed. PV_ECONFLICT where that cannot be told, PV_ENOMEM.
 */
int pv_settling_is_by_lines(const pv_settling *s);
int pv_settling_put_fields(pv_buf *next, const pv_settling *s);

/* Takes the buffer; its text is in the arena then. PV_ENOMEM. */
int pv_settling_keep(pv_str *out, const pv_settling *s, pv_buf *next);

/* The field to be settled in a block; NULL when it is none of the merge's. */
const pv_merge_conflict *pv_settling_field(const pv_settling *s, size_t idx);

/* Whether other conflicts stand between those picked, and the error then. */
int pv_settling_is_apart(const pv_settling *s);
int pv_settling_refuse_apart(const pv_settling *s);

/*
 * Makes a text the file; what was picked must be gone from it. Takes the
 * buffer. PV_EINVALID when there are markers left or new ones.
 */
int pv_settling_change(pv_settling *s, pv_buf *next);

/*
 * Whether a text reads when what is in conflict in it is settled for ours.
 * PV_ENOMEM.
 */
int pv_settling_reads(int *ok_out, const pv_settling *s, pv_str plain);

/* Whether the field is in a text then, if it is one of YAML. PV_ENOMEM. */
int pv_settling_has(int *has_out, const pv_settling *s, pv_str plain);

/* Settles a field by its value. */
int pv_settling_value(pv_settling *s);

static inline pv_str pv_slice(pv_str text, size_t from, size_t end)
{
	pv_str part = { text.ptr + from, end - from };

	return part;
}

static inline void pv_put(pv_buf *out, pv_str text)
{
	if (text.len > 0)
		pv_buf_put(out, text.ptr, text.len);
}

#endif
