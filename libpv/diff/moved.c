/* SPDX-License-Identifier: MIT
 *
 * Elements that moved across others. What is left unpaired is paired where it
 * is equal, then by likeness once more, now over the whole list; as such a
 * pairing keeps the order, elements that also crossed each other take a round
 * each. Scalars are the same only when equal. Messages that got another id are
 * found in the same way, by those who ask for them.
 */
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/align.h"
#include "diff/similar.h"

enum {
	ROUNDS = 4
};

/* What is left over on both sides. */
struct rest {
	const pv_tree **before;
	size_t *old_idx;
	const pv_tree **after;
	size_t *new_idx;
	size_t *mate;
	unsigned char *rivals;
};

static void collect(struct rest *rest, pv_candidates *who, const pv_alignment *al,
		    const pv_tree *before, const pv_tree *after)
{
	who->old_count = 0;
	who->new_count = 0;
	for (size_t i = 0; i < al->old_count; i++)
		if (al->new_of[i] == PV_NO_MATE) {
			rest->before[who->old_count] = &before->items[i];
			rest->old_idx[who->old_count++] = i;
		}
	for (size_t j = 0; j < al->new_count; j++)
		if (al->old_of[j] == PV_NO_MATE) {
			rest->after[who->new_count] = &after->items[j];
			rest->new_idx[who->new_count++] = j;
		}
}

/* The pairs found go into the alignment; their number. */
static size_t apply(pv_alignment *al, const struct rest *rest, size_t new_count)
{
	size_t found = 0;

	for (size_t k = 0; k < new_count; k++) {
		size_t i = rest->mate[k];
		size_t j = rest->new_idx[k];

		if (i == SIZE_MAX)
			continue;
		al->old_of[j] = rest->old_idx[i];
		al->new_of[rest->old_idx[i]] = j;
		al->how[j] = rest->rivals[k] ? PV_PAIR_AMBIGUOUS : PV_PAIR_ALIKE;
		al->moved[j] = 1;
		found++;
	}
	return found;
}

static int pair_rounds(pv_alignment *al, struct rest *rest,
		       const pv_tree *lists[2], pv_align_fits_fn *fits,
		       pv_error *err)
{
	pv_candidates who = { .before = rest->before,
			      .after = rest->after,
			      .fits = fits };
	size_t found = 1;
	int rc = PV_OK;

	for (int round = 0; round < ROUNDS && found > 0 && rc == PV_OK; round++) {
		collect(rest, &who, al, lists[0], lists[1]);
		rc = pv_similar_pair(rest->mate, rest->rivals, &who, err);
		if (rc == PV_OK)
			found = apply(al, rest, who.new_count);
	}
	return rc;
}

/* --- equal elements ------------------------------------------------------ */

struct leftover {
	const pv_tree *tree;
	size_t idx;
};

static int cmp_leftovers(const void *a, const void *b)
{
	const struct leftover *left = a;
	const struct leftover *right = b;
	int order = pv_tree_cmp(left->tree, right->tree);

	return order ? order : left->idx < right->idx ? -1 : 1;
}

/* What of a list has no mate, in order of the values; how many. */
static size_t sort_rest(struct leftover *out, const pv_tree *list,
			const size_t *mates)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		if (mates[i] == PV_NO_MATE)
			out[count++] = (struct leftover){ &list->items[i], i };
	qsort(out, count, sizeof(*out), cmp_leftovers);
	return count;
}

/* The first of equal elements is taken for the first of the other side. */
static int pair_equal_rest(pv_alignment *al, const pv_tree *before,
			   const pv_tree *after, pv_error *err)
{
	struct leftover *all =
		pv_calloc(al->old_count + al->new_count, sizeof(*all));
	const struct leftover *was = all;
	const struct leftover *is;
	size_t old_left;
	size_t new_left;

	if (!all)
		return pv_fail_nomem(err);
	old_left = sort_rest(all, before, al->new_of);
	is = all + old_left;
	new_left = sort_rest(all + old_left, after, al->old_of);
	while (old_left > 0 && new_left > 0) {
		int order = pv_tree_cmp(was->tree, is->tree);

		if (order == 0) {
			al->old_of[is->idx] = was->idx;
			al->new_of[was->idx] = is->idx;
			al->how[is->idx] = PV_PAIR_EQUAL;
			al->moved[is->idx] = 1;
		}
		old_left -= order <= 0;
		was += order <= 0;
		new_left -= order >= 0;
		is += order >= 0;
	}
	pv_free(all);
	return PV_OK;
}

/* --- the whole ----------------------------------------------------------- */

static int has_rest(const size_t *mates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (mates[i] == PV_NO_MATE)
			return 1;
	return 0;
}

static int is_settled(const pv_alignment *al)
{
	return !has_rest(al->new_of, al->old_count) ||
	       !has_rest(al->old_of, al->new_count);
}

static int pair_alike(pv_alignment *al, const pv_tree *lists[2],
		      pv_align_fits_fn *fits, pv_error *err)
{
	size_t total = al->old_count + al->new_count;
	struct rest rest = { 0 };
	int rc;

	rest.before = pv_calloc(total, sizeof(void *));
	rest.old_idx = pv_calloc(total + al->new_count, sizeof(size_t));
	rest.rivals = pv_calloc(al->new_count, 1);
	if (rest.before && rest.old_idx && rest.rivals) {
		rest.after = rest.before + al->old_count;
		rest.new_idx = rest.old_idx + al->old_count;
		rest.mate = rest.old_idx + total;
		rc = pair_rounds(al, &rest, lists, fits, err);
	} else {
		rc = pv_fail_nomem(err);
	}
	pv_free(rest.before);
	pv_free(rest.old_idx);
	pv_free(rest.rivals);
	return rc;
}

int pv_align_moved(pv_alignment *al, const pv_tree *before,
		   const pv_tree *after, pv_error *err)
{
	const pv_tree *lists[2] = { before, after };
	int rc;

	if (is_settled(al))
		return PV_OK;
	rc = pair_equal_rest(al, before, after, err);
	return rc < 0 ? rc : pair_alike(al, lists, pv_align_fits, err);
}

static int fits_retold(const pv_tree *a, const pv_tree *b)
{
	return a->node->kind == b->node->kind && pv_tree_get(a, "role") &&
	       pv_tree_get(b, "role") && !pv_align_named_apart(a, b);
}

int pv_align_retold(pv_alignment *al, const pv_tree *before,
		    const pv_tree *after, pv_error *err)
{
	return is_settled(al)
		       ? PV_OK
		       : pair_alike(al, (const pv_tree *[2]){ before, after },
				    fits_retold, err);
}

int pv_align_renamed(pv_alignment *al, const pv_tree *before,
		     const pv_tree *after, pv_error *err)
{
	const pv_tree *lists[2] = { before, after };

	return is_settled(al)
		       ? PV_OK
		       : pair_alike(al, lists, pv_align_fits_renamed, err);
}
