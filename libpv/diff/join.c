/* SPDX-License-Identifier: MIT
 *
 * See join.h. One pass from the left: what was joined counts as one change
 * from then on, so the work is linear.
 */
#include "diff/join.h"

#include <string.h>

/* Both sequences; what is kept is as long on one as on the other. */
struct changes {
	unsigned char *gone;
	unsigned char *came;
	size_t old_count;
	size_t new_count;
};

/* How many tokens from there on are not kept. */
static size_t changed_run(const unsigned char *flags, size_t at, size_t count)
{
	size_t end = at;

	while (end < count && flags[end])
		end++;
	return end - at;
}

/*
 * How many tokens are kept from there on, without a change on either. Both are
 * looked at together: where things only came, the old text is kept to its end.
 */
static size_t kept_run(const struct changes *c, size_t i, size_t j)
{
	size_t kept = 0;

	while (i + kept < c->old_count && j + kept < c->new_count &&
	       !c->gone[i + kept] && !c->came[j + kept])
		kept++;
	return kept;
}

void pv_changes_join(unsigned char *gone, size_t old_count, unsigned char *came,
		     size_t new_count)
{
	const struct changes c = { gone, came, old_count, new_count };
	size_t i = kept_run(&c, 0, 0);
	size_t j = i;
	size_t size = 0; /* of the change on the left */

	while (i < old_count || j < new_count) {
		size_t went = changed_run(gone, i, old_count);
		size_t new = changed_run(came, j, new_count);
		size_t kept = kept_run(&c, i + went, j + new);
		size_t next = changed_run(gone, i + went + kept, old_count);
		size_t next_new = changed_run(came, j + new + kept, new_count);

		size += went > new ? went : new;
		next = next > next_new ? next : next_new;
		if (kept > 0 && next > 0 && kept < size && kept < next) {
			memset(gone + i + went, 1, kept);
			memset(came + j + new, 1, kept);
		} else {
			size = 0;
		}
		i += went + kept;
		j += new + kept;
	}
}

/* Moves a run of changed tokens down, at most by `room`. */
static void slide(const pv_myers_side *side, size_t from, size_t len, size_t room)
{
	const uint32_t *tokens = side->tokens;

	for (size_t i = from; i < from + room; i++) {
		if (tokens[i] != tokens[i + len])
			break;
		side->changed[i] = 0;
		side->changed[i + len] = 1;
	}
}

void pv_changes_slide(const pv_myers_side *before, const pv_myers_side *after)
{
	const struct changes c = { before->changed, after->changed,
				   before->count, after->count };
	size_t i = kept_run(&c, 0, 0);
	size_t j = i;

	while (i < before->count || j < after->count) {
		size_t went = changed_run(c.gone, i, before->count);
		size_t new = changed_run(c.came, j, after->count);
		size_t kept = kept_run(&c, i + went, j + new);
		size_t room = kept;

		/* Two changes must not come to touch each other. */
		if (i + went + kept < before->count ||
		    j + new + kept < after->count)
			room -= kept > 0;
		if (new == 0)
			slide(before, i, went, room);
		else if (went == 0)
			slide(after, j, new, room);
		i += went + kept;
		j += new + kept;
	}
}
