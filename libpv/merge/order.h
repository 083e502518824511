/* SPDX-License-Identifier: MIT
 *
 * Three lists of entries as one: which entries are the same, and in what
 * order all of them stand.
 */
#ifndef PV_MERGE_ORDER_H
#define PV_MERGE_ORDER_H

#include "base/arena.h"
#include "merge/diff3.h"

/* In pv_triple: not there. */
#define PV_NO_ENTRY SIZE_MAX

/* One entry by its index on each side. */
typedef struct pv_triple {
	size_t at[PV_SIDES];
	int is_doubtful; /* pv_matches.is_doubtful of the one of base */
	int is_contested;
} pv_triple;

/* What corresponds; indices are PV_NO_ENTRY where nothing does. */
typedef struct pv_matches {
	size_t counts[PV_SIDES];
	size_t *base_of[PV_SIDES]; /* of each entry of ours and theirs */
	size_t *theirs_of;         /* of each entry of ours that base has not */
	/* Of each entry of base: a guess, good for nothing but a conflict. */
	unsigned char *is_doubtful; /* may be NULL */
	/* Of each addition: it may be what the other side has deleted. */
	unsigned char *is_contested[PV_SIDES]; /* may be NULL */
} pv_matches;

typedef struct pv_order {
	pv_triple *items; /* in an arena */
	size_t count;
	int is_torn; /* both sides put what they share in orders of their own */
	int is_contested; /* an addition is */
	int is_mixed;     /* what both have added stands in different places */
} pv_order;

/*
 * Puts all entries in one order: that of ours, unless only theirs has moved
 * some; what the other side has in addition follows what it follows there,
 * behind additions of the first side in the same place. `before`, when given,
 * says that an addition of the other side belongs before one of the first.
 * PV_ENOMEM.
 */
int pv_order_find(pv_order *out, pv_arena *arena, const pv_matches *matches,
		  int (*before)(const void *payload, const pv_triple *added,
				const pv_triple *other),
		  const void *payload, pv_error *err);

#endif
