/* SPDX-License-Identifier: MIT
 *
 * Counts of bins while many histograms are added up: a table by key, so that
 * adding to a bin is one step, of which only the parts that have something are
 * there. The memory is that of an arena, and stays until that goes.
 */
#ifndef PV_INDEX_BINS_H
#define PV_INDEX_BINS_H

#include "base/arena.h"
#include "index/histogram.h"

enum {
	PV_BINS_PART = 64,
	PV_BINS_PARTS = (2 * PV_BIN_KEY_MAX) / PV_BINS_PART + 1
};

/* `{ 0 }` is an empty one. */
typedef struct pv_bins {
	int64_t *parts[PV_BINS_PARTS];
} pv_bins;

/* Makes the part that a key is in, and gives the key's place. PV_ENOMEM. */
int pv_bins_make_part(int64_t **out, pv_bins *bins, pv_arena *arena,
		      int32_t key, pv_error *err);

/* Where the count of a key is; NULL until its part is made. */
static inline int64_t *pv_bins_at(const pv_bins *bins, int32_t key)
{
	unsigned place = (unsigned)(key + PV_BIN_KEY_MAX);
	int64_t *part = bins->parts[place / PV_BINS_PART];

	return part ? part + place % PV_BINS_PART : NULL;
}

/* Adds another table. PV_ENOMEM. */
int pv_bins_add(pv_bins *bins, const pv_bins *other, pv_arena *arena,
		pv_error *err);
/* Adds all of them to a histogram. PV_ENOMEM. */
int pv_bins_put(pv_histogram *out, const pv_bins *bins, pv_error *err);

#endif
