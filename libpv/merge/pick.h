/* SPDX-License-Identifier: MIT
 *
 * The walk of pv_merge_pick: two texts at once, taking the entries of the old
 * one as they stand and, where a field was asked for, those of the new one.
 */
#ifndef PV_MERGE_PICK_H
#define PV_MERGE_PICK_H

#include "merge/job.h"

/* Of which text a path counts the elements of lists. */
enum pv_pick_by {
	PV_PICK_BY_AFTER,
	PV_PICK_BY_BEFORE /* for elements that are gone */
};

typedef struct pv_pick {
	pv_merge_job job; /* gets the text as chunks */
	const char *const *fields;
	size_t count;
	enum pv_pick_by by;
} pv_pick;

/*
 * Puts together what `before` would be with only the fields as in `after`.
 * PV_GIVE_UP when they cannot be told from what is around them, PV_ENOMEM,
 * PV_ELIMIT.
 */
int pv_pick_walk(pv_pick *pick, const pv_source *before, const pv_source *after);

/* Where the thing at a path of `len` bytes stands to a field. */
enum pv_relation {
	PV_OUTSIDE,
	PV_ABOVE, /* the field is somewhere inside */
	PV_INSIDE /* it is the field, or in it */
};

enum pv_relation pv_pick_relate(const char *path, size_t len, const char *field);

#endif
