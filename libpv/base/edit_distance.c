/* SPDX-License-Identifier: MIT
 *
 * See edit_distance.h. Three rows of the table are kept: a swap looks back two.
 */
#include "base/edit_distance.h"

enum {
	LENGTH_MAX = 200 /* an id's */
};

static size_t least_of(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* The row of the first `i` bytes of `a`; its least entry. */
static size_t fill_row(size_t rows[3][LENGTH_MAX + 1], size_t i, pv_str a,
		       pv_str b)
{
	const size_t *second = rows[(i + 1) % 3];
	const size_t *last = rows[(i + 2) % 3];
	size_t *now = rows[i % 3];
	size_t least = i;

	now[0] = i;
	for (size_t k = 1; k <= b.len; k++) {
		size_t cost = a.ptr[i - 1] != b.ptr[k - 1];

		now[k] = least_of(now[k - 1] + 1, last[k] + 1,
				  last[k - 1] + cost);
		if (i > 1 && k > 1 && a.ptr[i - 1] == b.ptr[k - 2] &&
		    a.ptr[i - 2] == b.ptr[k - 1] && second[k - 2] + 1 < now[k])
			now[k] = second[k - 2] + 1;
		if (now[k] < least)
			least = now[k];
	}
	return least;
}

size_t pv_edit_distance(pv_str a, pv_str b, size_t limit)
{
	size_t rows[3][LENGTH_MAX + 1] = { { 0 } };
	size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
	size_t before = 0;

	if (apart > limit || a.len > LENGTH_MAX || b.len > LENGTH_MAX)
		return limit + 1;
	for (size_t k = 0; k <= b.len; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= a.len; i++) {
		size_t least = fill_row(rows, i, a, b);

		/* A swap may come from the row before the last. */
		if (least > limit && before > limit)
			return limit + 1;
		before = least;
	}
	return rows[a.len % 3][b.len] > limit ? limit + 1
					      : rows[a.len % 3][b.len];
}
