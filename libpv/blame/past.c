/* SPDX-License-Identifier: MIT
 *
 * See past.h. A stack rather than recursion: a file may be broken for as many
 * commits as it pleases.
 */
#include "blame/past.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* Puts stops on the stack, so that they come in their order. */
static int put(pv_past *past, const size_t *stops, size_t count)
{
	if (pv_array_reserve(&past->left, &past->left_cap,
			     past->left_count + count + 1,
			     sizeof(*past->left)) < 0)
		return pv_fail_nomem(past->err);
	for (size_t i = count; i-- > 0;)
		past->left[past->left_count++] = stops[i];
	return PV_OK;
}

int pv_past_init(pv_past *out, pv_trail *trail, const size_t *stops,
		 size_t count, pv_error *err)
{
	memset(out, 0, sizeof(*out));
	out->trail = trail;
	out->err = err;
	return put(out, stops, count);
}

int pv_past_next(size_t *out, pv_past *past)
{
	if (!past->left_count)
		return 0;
	*out = past->left[--past->left_count];
	return 1;
}

static int is_seen(const pv_past *past, size_t stop)
{
	for (size_t i = 0; i < past->seen_count; i++)
		if (past->seen[i] == stop)
			return 1;
	return 0;
}

int pv_past_over(pv_past *past, size_t stop)
{
	static const size_t none = PV_NO_STOP;
	const size_t *parents;
	size_t count;
	int rc;

	if (is_seen(past, stop))
		return PV_OK;
	if (pv_array_reserve(&past->seen, &past->seen_cap, past->seen_count + 1,
			     sizeof(*past->seen)) < 0)
		return pv_fail_nomem(past->err);
	past->seen[past->seen_count++] = stop;
	rc = pv_trail_parents(&parents, &count, past->trail, stop, past->err);
	if (rc < 0)
		return rc;
	return count ? put(past, parents, count) : put(past, &none, 1);
}

void pv_past_dispose(pv_past *past)
{
	pv_free(past->left);
	pv_free(past->seen);
	memset(past, 0, sizeof(*past));
}
