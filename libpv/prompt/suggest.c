/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": the candidate with the fewest typing errors.
 */
#include <stdio.h>
#include <string.h>

#include "base/edit_distance.h"
#include "prompt/model.h"

enum {
	LONGEST = 32
};

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

		errors = pv_edit_distance(text, name, fewest);
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
