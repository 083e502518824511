/* SPDX-License-Identifier: MIT
 *
 * A table of counts, in parts, and its way back to a histogram.
 */
#include "index/bins.h"

#include "base/fail.h"
#include "base/mem.h"

int pv_bins_make_part(int64_t **out, pv_bins *bins, pv_arena *arena,
		      int32_t key, pv_error *err)
{
	unsigned place = (unsigned)(key + PV_BIN_KEY_MAX);
	int64_t *part = pv_arena_calloc(arena, PV_BINS_PART * sizeof(*part));

	*out = NULL;
	if (!part)
		return pv_fail_nomem(err);
	bins->parts[place / PV_BINS_PART] = part;
	*out = part + place % PV_BINS_PART;
	return PV_OK;
}

int pv_bins_add(pv_bins *bins, const pv_bins *other, pv_arena *arena,
		pv_error *err)
{
	for (int i = 0; i < PV_BINS_PARTS; i++) {
		const int64_t *from = other->parts[i];
		int64_t *to = bins->parts[i];
		int rc = PV_OK;

		if (!from)
			continue;
		if (!to)
			rc = pv_bins_make_part(&to, bins, arena,
					       i * PV_BINS_PART - PV_BIN_KEY_MAX,
					       err);
		if (!to)
			return rc;
		for (int k = 0; k < PV_BINS_PART; k++)
			to[k] += from[k];
	}
	return PV_OK;
}

/* The bins of a part that have something, behind those of `out`. */
static int put_part(pv_histogram *out, const pv_bins *bins, int idx, pv_error *err)
{
	const int64_t *part = bins->parts[idx];

	if (!part)
		return PV_OK;
	if (pv_array_reserve(&out->bins, &out->cap, out->count + PV_BINS_PART,
			     sizeof(*out->bins)) < 0)
		return pv_fail_nomem(err);
	for (int i = 0; i < PV_BINS_PART; i++)
		if (part[i]) {
			pv_bin *bin = &out->bins[out->count++];

			bin->key = idx * PV_BINS_PART + i - PV_BIN_KEY_MAX;
			bin->count = part[i];
		}
	return PV_OK;
}

int pv_bins_put(pv_histogram *out, const pv_bins *bins, pv_error *err)
{
	pv_histogram all = { 0 };
	int rc = PV_OK;

	for (int i = 0; i < PV_BINS_PARTS && rc == PV_OK; i++)
		rc = put_part(&all, bins, i, err);
	if (rc == PV_OK && !out->count) {
		const pv_histogram spare = *out;

		*out = all;
		all = spare;
	} else if (rc == PV_OK) {
		rc = pv_histogram_merge(out, &all, err);
	}
	pv_histogram_dispose(&all);
	return rc;
}
