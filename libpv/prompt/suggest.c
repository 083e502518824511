/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": the candidate with the fewest typing errors.
 */
#include <stdio.h>
#include <string.h>

#include "prompt/model.h"

enum {
	LONGEST = 32
};

static size_t smallest(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/*
 * Insertions, deletions, replacements and swaps of neighbours that turn one
 * text into the other (optimal string alignment); both at most LONGEST bytes.
 */
static size_t typing_errors(pv_str a, pv_str b)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0];
	size_t *last = rows[1];
	size_t *row = rows[2];

	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= b.len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t differs = a.ptr[i - 1] != b.ptr[j - 1];

			row[j] = smallest(last[j] + 1, row[j - 1] + 1,
					  last[j - 1] + differs);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
			    a.ptr[i - 2] == b.ptr[j - 1])
				row[j] = smallest(row[j], row[j],
						  before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[b.len];
}

/* The nearest candidate; NULL when none is near enough to be meant. */
static const char *nearest(pv_str text, pv_candidate_fn *candidate,
			   const void *list)
{
	const char *best = NULL;
	size_t fewest = text.len < 4 ? 1 : text.len < 9 ? 2 : 3;

	if (!text.len || text.len > LONGEST)
		return NULL;
	for (size_t i = 0; candidate(i, list); i++) {
		pv_str name = pv_str_of(candidate(i, list));
		size_t errors;

		if (name.len > LONGEST)
			continue;
		errors = typing_errors(text, name);
		if (errors < name.len && errors <= fewest &&
		    (!best || errors < fewest)) {
			best = name.ptr;
			fewest = errors;
		}
	}
	return best;
}

const char *pv_suggest(char out[PV_HINT_SIZE], pv_str text,
		       pv_candidate_fn *candidate, const void *list,
		       const char *otherwise)
{
	const char *near = nearest(text, candidate, list);

	if (near)
		(void)snprintf(out, PV_HINT_SIZE, "did you mean \"%s\"?", near);
	else
		(void)snprintf(out, PV_HINT_SIZE, "%s", otherwise);
	return out;
}
