/* SPDX-License-Identifier: MIT
 *
 * The list of spots; see spot.h.
 */
#include "check/spot.h"

#include "base/fail.h"
#include "base/mem.h"

int pv_spots_add(pv_spots *spots, const char *what, size_t start, size_t end,
		 pv_error *err)
{
	if (pv_array_reserve(&spots->items, &spots->cap, spots->count + 1,
			     sizeof(*spots->items)) < 0)
		return pv_fail_nomem(err);
	spots->items[spots->count].what = what;
	spots->items[spots->count].start = start;
	spots->items[spots->count].end = end;
	spots->count++;
	return PV_OK;
}

int pv_spots_cover(const pv_spots *spots, size_t offset)
{
	for (size_t i = 0; i < spots->count; i++)
		if (offset >= spots->items[i].start &&
		    offset < spots->items[i].end)
			return 1;
	return 0;
}

void pv_spots_dispose(pv_spots *spots)
{
	pv_free(spots->items);
	memset(spots, 0, sizeof(*spots));
}
