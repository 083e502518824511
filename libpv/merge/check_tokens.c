/* SPDX-License-Identifier: MIT
 *
 * Whether a merge of texts has lost words: they are counted, whatever became
 * of their order.
 */
#include "merge/check.h"

#include "base/fail.h"
#include "base/mem.h"

/* Index of the result behind the three sides. */
enum {
	RESULT = PV_SIDES,
	ALL = PV_SIDES + 1
};

/* How often one token occurs, and what each side did to it. */
struct tally {
	long counts[ALL];
	long gone[PV_SIDES]; /* of base, on ours and theirs */
	long came[PV_SIDES];
};

static int tally_changes(struct tally *tallies, const pv_tokens *base,
			 const pv_tokens *sides, enum pv_side side, pv_error *err)
{
	const pv_tokens *changed = &sides[side];
	pv_myers_side before = { base->numbers, base->count, NULL };
	pv_myers_side after = { changed->numbers, changed->count, NULL };
	int rc;

	before.changed = pv_calloc(base->count + changed->count + 1, 1);
	if (!before.changed)
		return pv_fail_nomem(err);
	after.changed = before.changed + base->count;
	rc = pv_myers_diff(&before, &after, err);
	for (size_t i = 0; i < base->count && rc == PV_OK; i++)
		tallies[base->numbers[i]].gone[side] += before.changed[i];
	for (size_t i = 0; i < changed->count && rc == PV_OK; i++)
		tallies[changed->numbers[i]].came[side] += after.changed[i];
	pv_free(before.changed);
	return rc;
}

/*
 * Seen from one side, the result differs by what the other side did, or less
 * where both did the same.
 */
static int is_explained(const struct tally *tally, enum pv_side side)
{
	enum pv_side other = side == PV_OURS ? PV_THEIRS : PV_OURS;
	long change = tally->counts[RESULT] - tally->counts[side];

	return change >= -tally->gone[other] && change <= tally->came[other];
}

/* What all begin or end with in common cannot be lost. */
static int check_parts(int *ok_out, pv_tokens parts[ALL], pv_error *err)
{
	pv_tokens *const all[ALL] = { &parts[0], &parts[1], &parts[2],
				      &parts[RESULT] };
	struct tally *tallies = NULL;
	size_t numbers = 0;
	int rc = pv_tokens_number(all, ALL, err);

	for (size_t i = 0; i < ALL && rc == PV_OK; i++)
		for (size_t j = 0; j < parts[i].count; j++)
			if (parts[i].numbers[j] >= numbers)
				numbers = parts[i].numbers[j] + 1;
	if (rc < 0)
		return rc;
	tallies = pv_calloc(numbers + 1, sizeof(*tallies));
	if (!tallies)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < ALL; i++)
		for (size_t j = 0; j < parts[i].count; j++)
			tallies[parts[i].numbers[j]].counts[i]++;
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		rc = tally_changes(tallies, &parts[PV_BASE], parts,
				   (enum pv_side)i, err);
	*ok_out = rc == PV_OK;
	for (size_t i = 0; i < numbers && *ok_out; i++)
		*ok_out = is_explained(&tallies[i], PV_OURS) &&
			  is_explained(&tallies[i], PV_THEIRS);
	pv_free(tallies);
	return rc;
}

int pv_check_tokens(int *ok_out, const pv_tokens all[PV_SIDES + 1], pv_error *err)
{
	pv_tokens parts[ALL];
	int rc;

	pv_tokens_part(parts, all, ALL);
	rc = check_parts(ok_out, parts, err);
	for (size_t i = 0; i < ALL; i++)
		pv_free(parts[i].numbers);
	return rc;
}
