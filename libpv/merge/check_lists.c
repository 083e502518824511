/* SPDX-License-Identifier: MIT
 *
 * Lists are compared as bags, by how often each element occurs: whatever was
 * done with their order, nothing of it can be missing, and nothing can be
 * there that nobody wrote. What no count explains has to be a merge of
 * elements.
 */
#include "merge/checker.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "diff/align.h"

/* --- how often ----------------------------------------------------------- */

/* Whether a count can come of the changes of both sides. */
static int is_count(const long counts[PV_FOUR])
{
	long base = counts[PV_BASE];
	long ours = counts[PV_OURS] - base;
	long theirs = counts[PV_THEIRS] - base;
	long result = counts[PV_RESULT] - base;
	long both = ours + theirs;
	long one = labs(ours) > labs(theirs) ? ours : theirs;

	if ((ours < 0) != (theirs < 0) || ours == 0 || theirs == 0)
		return result == both;
	return ours > 0 ? result >= one && result <= both
			: result <= one && result >= both;
}

/* --- elements ------------------------------------------------------------ */

/* An element of one of the four lists. */
struct element {
	const pv_tree *tree;
	size_t list;
};

static int cmp_elements(const void *a, const void *b)
{
	const struct element *left = a;
	const struct element *right = b;

	return pv_tree_cmp(left->tree, right->tree);
}

/* What the elements of a list are called; NULL until somebody asks. */
struct names {
	pv_str *items;
	size_t count;
};

/*
 * Elements that no count explains, list by list, in the order of the text; of
 * base those that went. NULL where one has found its place.
 */
struct odd {
	const pv_four *lists;
	struct names names[PV_SIDES];
	const pv_tree **items[PV_FOUR];
	size_t counts[PV_FOUR];
	size_t first[PV_FOUR]; /* all before it are NULL */
	/* Of the result: what one side alone has added or changed. */
	const pv_tree **own[PV_SIDES];
	size_t own_counts[PV_SIDES];
	int is_lost; /* an element is gone that nobody took away, or twice */
};

static int cmp_places(const void *a, const void *b)
{
	const pv_tree *const *left = a;
	const pv_tree *const *right = b;

	return *left < *right ? -1 : *left > *right;
}

static void take(struct odd *odd, size_t list, size_t idx)
{
	odd->items[list][idx] = NULL;
	while (odd->first[list] < odd->counts[list] &&
	       !odd->items[list][odd->first[list]])
		odd->first[list]++;
}

static int cmp_names(const void *a, const void *b)
{
	return pv_str_cmp(*(const pv_str *)a, *(const pv_str *)b);
}

/* The names of a list, sorted. */
static int read_names(struct names *out, pv_checker *c, const pv_tree *list)
{
	out->items = pv_arena_alloc(c->arena,
				    (list->count + 1) * sizeof(*out->items));
	if (!out->items) {
		c->rc = pv_fail_nomem(c->err);
		return 0;
	}
	for (size_t i = 0; i < list->count; i++) {
		out->items[out->count] = pv_align_name(&list->items[i]);
		out->count += out->items[out->count].ptr != NULL;
	}
	qsort(out->items, out->count, sizeof(*out->items), cmp_names);
	return 1;
}

/* Whether a list has an element of the name of `like`; 1 also without memory. */
static int has_name(pv_checker *c, struct odd *odd, size_t list,
		    const pv_tree *like)
{
	struct names *names = &odd->names[list];
	pv_str name = pv_align_name(like);

	if (!names->items && !read_names(names, c, odd->lists->trees[list]))
		return 1;
	return names->count > 0 && bsearch(&name, names->items, names->count,
					   sizeof(name), cmp_names) != NULL;
}

/*
 * Whether one side has put an element below the name of another one, as lines
 * do with an edit when a copy of the element came above it. An element may have
 * got another name: then the side has none of the old name, and base none of
 * the new one.
 */
static int is_of_another(pv_checker *c, struct odd *odd, const pv_four *values)
{
	const pv_tree *base = values->trees[PV_BASE];

	for (size_t i = PV_OURS; i <= PV_THEIRS && base; i++) {
		const pv_tree *now = values->trees[i];

		if (now && pv_align_named_apart(base, now) &&
		    (has_name(c, odd, i, base) || has_name(c, odd, PV_BASE, now)))
			return 1;
	}
	return 0;
}

/* Whether result element `r` can come of these; `base` may be NULL. */
static int is_merge_of(pv_checker *c, struct odd *odd, const pv_four *values)
{
	int ok;

	c->guesses++;
	ok = pv_check_is_merged(c, values);
	c->guesses--;
	return ok && !is_of_another(c, odd, values);
}

/* The same with one element of base, or none when both have added it. */
static int take_base(pv_checker *c, struct odd *odd, pv_four *values)
{
	size_t count = odd->counts[PV_BASE];

	for (size_t b = odd->first[PV_BASE]; b < count && pv_check_spend(c, 1);
	     b++) {
		values->trees[PV_BASE] = odd->items[PV_BASE][b];
		if (values->trees[PV_BASE] && is_merge_of(c, odd, values)) {
			take(odd, PV_BASE, b);
			return 1;
		}
	}
	values->trees[PV_BASE] = NULL;
	return pv_check_spend(c, 1) && is_merge_of(c, odd, values);
}

/* Puts the element of one side; 0 when it cannot be the one of the result. */
static int put_element(pv_four *values, const struct odd *odd, size_t list,
		       size_t idx, int strict)
{
	const pv_tree *element = odd->items[list][idx];

	values->trees[list] = element;
	return element &&
	       !(strict &&
		 pv_align_named_apart(element, values->trees[PV_RESULT]));
}

/* The same with one element of theirs, and of base. */
static int take_theirs(pv_checker *c, struct odd *odd, pv_four *values, int strict)
{
	size_t count = odd->counts[PV_THEIRS];

	for (size_t t = odd->first[PV_THEIRS];
	     t < count && pv_check_spend(c, 1); t++) {
		if (!put_element(values, odd, PV_THEIRS, t, strict) ||
		    !take_base(c, odd, values))
			continue;
		take(odd, PV_THEIRS, t);
		return 1;
	}
	return 0;
}

/*
 * Whether result element `r` is a merge of one element of each side, which it
 * takes; `strict` wants the same name for all.
 */
static int take_merged(pv_checker *c, struct odd *odd, const pv_tree *r,
		       int strict)
{
	pv_four values = { { NULL, NULL, NULL, r } };

	for (size_t o = odd->first[PV_OURS];
	     o < odd->counts[PV_OURS] && pv_check_spend(c, 1); o++) {
		if (!put_element(&values, odd, PV_OURS, o, strict) ||
		    !take_theirs(c, odd, &values, strict))
			continue;
		take(odd, PV_OURS, o);
		return 1;
	}
	return 0;
}

/*
 * Whether the other side has done to an element all that `side` did to its
 * element `idx`, and more: the result has only what the other made of it.
 */
static int take_absorbed(pv_checker *c, struct odd *odd, enum pv_side side,
			 size_t idx)
{
	enum pv_side other = PV_OURS + PV_THEIRS - side;

	for (size_t i = 0; i < odd->own_counts[other] && pv_check_spend(c, 1);
	     i++) {
		const pv_tree *r = odd->own[other][i];
		pv_four values = { { NULL, r, r, r } };

		if (!r || !put_element(&values, odd, side, idx, 1) ||
		    !take_base(c, odd, &values) || !values.trees[PV_BASE])
			continue;
		odd->own[other][i] = NULL;
		take(odd, side, idx);
		return 1;
	}
	return 0;
}

/*
 * The same, what is surest first: whatever has a part of a field looks like a
 * merge, and must not be taken where another element is one.
 */
static int take_likeliest(pv_checker *c, struct odd *odd, const pv_tree *r)
{
	int is_exact = c->is_exact;
	int found;

	c->is_exact = 1;
	found = take_merged(c, odd, r, 1);
	c->is_exact = is_exact;
	if (is_exact)
		return found || take_merged(c, odd, r, 0);
	return found || take_merged(c, odd, r, 1) || take_merged(c, odd, r, 0);
}

/*
 * What is odd must be the changed elements of both sides and the merge of
 * them; a field in conflict leaves its own.
 */
static int explain(pv_checker *c, struct odd *odd)
{
	for (size_t i = 0; i < PV_FOUR; i++)
		if (odd->counts[i] > 0)
			qsort(odd->items[i], odd->counts[i], sizeof(void *),
			      cmp_places);
	for (size_t i = 0; i < odd->counts[PV_RESULT]; i++)
		if (!take_likeliest(c, odd, odd->items[PV_RESULT][i]))
			return 0;
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < odd->counts[i]; j++)
			if (odd->items[i][j] &&
			    !pv_check_is_contested(c, odd->items[i][j]) &&
			    !take_absorbed(c, odd, (enum pv_side)i, j))
				return 0;
	return !odd->is_lost;
}

static void add_odd(struct odd *odd, const struct element *element)
{
	odd->items[element->list][odd->counts[element->list]++] = element->tree;
}

/* Whether the equal elements of each list are neighbours. */
static int are_runs(const struct element *group, size_t count)
{
	for (size_t list = 0; list < PV_SIDES; list++) {
		const pv_tree *first = NULL;
		const pv_tree *last = NULL;
		long found = 0;

		for (size_t i = 0; i < count; i++) {
			const pv_tree *tree = group[i].tree;

			if (group[i].list != list)
				continue;
			first = !first || tree < first ? tree : first;
			last = !last || tree > last ? tree : last;
			found++;
		}
		if (found > 0 && last - first + 1 != found)
			return 0;
	}
	return 1;
}

/* Whether one side has less of it than base and the other one more. */
static int is_opposed(const long counts[PV_FOUR])
{
	long ours = counts[PV_OURS] - counts[PV_BASE];
	long theirs = counts[PV_THEIRS] - counts[PV_BASE];

	return (ours < 0 && theirs > 0) || (ours > 0 && theirs < 0);
}

/* Whether what stands before and behind two elements is the same. */
static int are_alike_placed(const pv_four *lists, const struct element *a,
			    const struct element *b)
{
	const pv_tree *left = lists->trees[a->list];
	const pv_tree *right = lists->trees[b->list];
	size_t i = (size_t)(a->tree - left->items);
	size_t j = (size_t)(b->tree - right->items);
	int is_last = i + 1 == left->count;

	if ((i == 0) != (j == 0) || is_last != (j + 1 == right->count))
		return 0;
	return (i == 0 || pv_tree_cmp(a->tree - 1, b->tree - 1) == 0) &&
	       (is_last || pv_tree_cmp(a->tree + 1, b->tree + 1) == 0);
}

enum {
	MAX_TWINS = 64 /* equal elements that are told apart */
};

/*
 * Whether their neighbours tell several equal elements apart, as the questions
 * around it do a label: in no place has one side taken one away and the other
 * added one, and the result has all that there are to be.
 */
static int are_told_apart(const pv_four *lists, const struct element *group,
			  size_t count)
{
	if (count > MAX_TWINS)
		return 0;
	for (size_t i = 0; i < count; i++) {
		long counts[PV_FOUR] = { 0 };

		for (size_t j = 0; j < count; j++)
			counts[group[j].list] +=
				are_alike_placed(lists, &group[i], &group[j]);
		if (is_opposed(counts) || !is_count(counts))
			return 0;
	}
	return 1;
}

static int has_contested(const pv_checker *c, const struct element *group,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pv_check_is_contested(c, group[i].tree))
			return 1;
	return 0;
}

/*
 * Whether nobody can tell which of several equal elements one side has changed
 * while the other has added some.
 */
static int is_ambiguous(const pv_checker *c, const pv_four *lists,
			const long counts[PV_FOUR], const struct element *group,
			size_t count)
{
	return counts[PV_BASE] > 0 && group[0].tree->count > 0 &&
	       is_opposed(counts) && !are_runs(group, count) &&
	       (has_contested(c, group, count) ||
		!are_told_apart(lists, group, count));
}

/* As often as on one of the sides: the conflict is which. */
static int is_between(const long counts[PV_FOUR])
{
	long result = counts[PV_RESULT];

	return (result >= counts[PV_OURS] && result <= counts[PV_THEIRS]) ||
	       (result >= counts[PV_THEIRS] && result <= counts[PV_OURS]);
}

/* An element of the result that only one side has more often than base. */
static void add_own(struct odd *odd, const long counts[PV_FOUR],
		    const pv_tree *tree)
{
	int is_ours = counts[PV_OURS] > counts[PV_BASE];
	int is_theirs = counts[PV_THEIRS] > counts[PV_BASE];
	enum pv_side side = is_ours ? PV_OURS : PV_THEIRS;

	if (is_ours != is_theirs)
		odd->own[side][odd->own_counts[side]++] = tree;
}

/* One group of equal elements; those of a wrong number are odd. */
static void count_group(pv_checker *c, const pv_four *lists, struct odd *odd,
			const struct element *group, size_t count)
{
	long counts[PV_FOUR] = { 0 };
	int is_right;

	for (size_t i = 0; i < count; i++)
		counts[group[i].list]++;
	is_right = is_count(counts);
	odd->is_lost |= pv_check_is_doubled(c, lists, counts, group[0].tree);
	if (is_ambiguous(c, lists, counts, group, count)) {
		odd->is_lost |=
			!has_contested(c, group, count) || !is_between(counts);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		int is_base = group[i].list == PV_BASE;

		if (is_base ? counts[PV_RESULT] < counts[PV_BASE] : !is_right)
			add_odd(odd, &group[i]);
		else if (group[i].list == PV_RESULT)
			add_own(odd, counts, group[i].tree);
		if (is_base && !is_right &&
		    !pv_check_is_contested(c, group[i].tree))
			odd->is_lost = 1;
	}
	if (counts[PV_BASE] && !counts[PV_OURS] && !counts[PV_THEIRS] &&
	    !counts[PV_RESULT] && pv_check_is_elsewhere(c, group[0].tree))
		odd->is_lost = 1;
}

static struct element *collect(pv_checker *c, const pv_four *lists,
			       struct odd *odd, size_t *count_out)
{
	struct element *all;
	size_t total = 0;
	size_t at = 0;

	for (size_t i = 0; i < PV_FOUR; i++) {
		size_t count = lists->trees[i] ? lists->trees[i]->count : 0;

		total += count;
		odd->items[i] =
			pv_arena_alloc(c->arena, (count + 1) * sizeof(void *));
		if (!odd->items[i])
			return NULL;
		if (i == PV_RESULT)
			odd->own[PV_OURS] =
				pv_arena_alloc(c->arena,
					       2 * (count + 1) * sizeof(void *));
	}
	if (!odd->own[PV_OURS])
		return NULL;
	odd->own[PV_THEIRS] =
		odd->own[PV_OURS] + lists->trees[PV_RESULT]->count + 1;
	all = pv_arena_alloc(c->arena, (total + 1) * sizeof(*all));
	for (size_t i = 0; all && i < PV_FOUR; i++)
		for (size_t j = 0;
		     lists->trees[i] && j < lists->trees[i]->count; j++, at++) {
			all[at].tree = &lists->trees[i]->items[j];
			all[at].list = i;
		}
	*count_out = total;
	return all;
}

int pv_check_is_list_merged(pv_checker *c, const pv_four *lists)
{
	struct odd odd = { .lists = lists };
	size_t count = 0;
	struct element *all;

	if (!pv_check_spend_on_guess(c, pv_check_count_entries(lists)))
		return 0;
	all = collect(c, lists, &odd, &count);
	if (!all) {
		c->rc = pv_fail_nomem(c->err);
		return 0;
	}
	qsort(all, count, sizeof(*all), cmp_elements);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;

		while (end < count && cmp_elements(&all[i], &all[end]) == 0)
			end++;
		count_group(c, lists, &odd, all + i, end - i);
		i = end;
	}
	return explain(c, &odd) && !pv_check_has_name_twice(c, lists);
}
