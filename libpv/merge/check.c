/* SPDX-License-Identifier: MIT
 *
 * Mappings are compared key by key. Lists and texts are compared as bags, by
 * how often each element or word occurs: whatever was done with their order,
 * nothing of it can be missing, and nothing can be there that nobody wrote.
 */
#include "merge/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/align.h"
#include "merge/rename.h"
#include "merge/rise.h"

/* Index of the result behind the three sides. */
enum {
	RESULT = PV_SIDES,
	ALL = PV_SIDES + 1,
	MAX_TRIES = 1 << 20
};

static int same(const pv_tree *a, const pv_tree *b)
{
	return a == b || (a && b && pv_tree_cmp(a, b) == 0);
}

static const pv_tree *member(const pv_tree *map, const pv_tree *like)
{
	return map ? pv_tree_find(map, like) : NULL;
}

/* --- how often ----------------------------------------------------------- */

/* Whether a count can come of the changes of both sides. */
static int is_count(const long counts[ALL])
{
	long base = counts[PV_BASE];
	long ours = counts[PV_OURS] - base;
	long theirs = counts[PV_THEIRS] - base;
	long result = counts[RESULT] - base;
	long both = ours + theirs;
	long one = labs(ours) > labs(theirs) ? ours : theirs;

	if ((ours < 0) != (theirs < 0) || ours == 0 || theirs == 0)
		return result == both;
	return ours > 0 ? result >= one && result <= both
			: result <= one && result >= both;
}

static long at_least(long a, long b)
{
	return a > b ? a : b;
}

/*
 * The same for what was added only: an element that one side deleted may be
 * back, as it is when the other side has moved it.
 */
static int is_count_of_lines(const long counts[ALL])
{
	long base = counts[PV_BASE];
	long ours = counts[PV_OURS] - base;
	long theirs = counts[PV_THEIRS] - base;
	long result = counts[RESULT] - base;
	long least =
		ours > 0 && theirs > 0 ? at_least(ours, theirs) : ours + theirs;

	return result >= least &&
	       result <= at_least(ours, 0) + at_least(theirs, 0);
}

/* --- data ---------------------------------------------------------------- */

/* A field in conflict, and one of its trees. */
struct contested {
	const pv_tree *tree;
	size_t side;
};

struct check {
	pv_arena *arena;
	size_t tries; /* left, to find out what an element was merged from */
	size_t field_count;
	const pv_field **fields;     /* sorted by their three trees */
	struct contested *contested; /* all of these, sorted */
	size_t contested_count;
	int is_by_lines; /* the lists are of a clean line merge */
	int rc;
	pv_error *err;
};

/* The same value on all sides and in the result; NULL where it is not. */
struct four {
	const pv_tree *trees[ALL];
};

static int is_merged(struct check *c, const struct four *values);

/* --- fields in conflict -------------------------------------------------- */

static int cmp_fields(const void *a, const void *b)
{
	const pv_field *const *left = a;
	const pv_field *const *right = b;

	return memcmp((*left)->trees, (*right)->trees, sizeof((*left)->trees));
}

static int cmp_contested(const void *a, const void *b)
{
	const struct contested *left = a;
	const struct contested *right = b;

	if (left->tree != right->tree)
		return left->tree < right->tree ? -1 : 1;
	return left->side < right->side ? -1 : left->side > right->side;
}

/* There may be as many as there are entries: they have to be found quickly. */
static int sort_fields(struct check *c, const pv_field *fields)
{
	size_t count = c->field_count;

	c->fields = pv_arena_alloc(c->arena, (count + 1) * sizeof(void *));
	c->contested = pv_arena_alloc(c->arena, (count + 1) * PV_SIDES *
							sizeof(*c->contested));
	if (!c->fields || !c->contested)
		return pv_fail_nomem(c->err);
	for (size_t i = 0; i < count; i++) {
		c->fields[i] = &fields[i];
		for (size_t j = 0; j < PV_SIDES; j++)
			if (fields[i].trees[j])
				c->contested[c->contested_count++] =
					(struct contested){ fields[i].trees[j],
							    j };
	}
	qsort(c->fields, count, sizeof(void *), cmp_fields);
	qsort(c->contested, c->contested_count, sizeof(*c->contested),
	      cmp_contested);
	return PV_OK;
}

static int is_field(const struct check *c, const struct four *values)
{
	pv_field wanted = { 0 };
	const pv_field *key = &wanted;

	memcpy(wanted.trees, values->trees, sizeof(wanted.trees));
	return c->field_count > 0 && bsearch(&key, c->fields, c->field_count,
					     sizeof(void *), cmp_fields) != NULL;
}

/* Whether a tree is what a side has in one of the fields. */
static int is_side_of_field(const struct check *c, const pv_tree *tree,
			    size_t side)
{
	struct contested wanted = { tree, side };

	return tree && c->contested_count > 0 &&
	       bsearch(&wanted, c->contested, c->contested_count,
		       sizeof(wanted), cmp_contested) != NULL;
}

/* One name of a field whose names contradict each other. */
static int is_name_of_field(const struct check *c, const struct four *values)
{
	return is_side_of_field(c, values->trees[PV_OURS], PV_OURS) ||
	       is_side_of_field(c, values->trees[PV_THEIRS], PV_THEIRS);
}

/* --- texts --------------------------------------------------------------- */

static int is_text_merged(struct check *c, const struct four *values)
{
	pv_tokens tokens[ALL] = { 0 };
	int ok = 0;

	for (size_t i = 0; i < ALL && c->rc == PV_OK; i++)
		if (values->trees[i])
			c->rc = pv_tokens_add_words(&tokens[i],
						    pv_tree_text(values->trees[i]),
						    c->err);
	if (c->rc == PV_OK)
		c->rc = pv_check_tokens(&ok, tokens, &tokens[RESULT], c->err);
	for (size_t i = 0; i < ALL; i++)
		pv_tokens_dispose(&tokens[i]);
	return ok;
}

static int is_risen(const struct four *values)
{
	const pv_tree *result = values->trees[RESULT];
	pv_str sides[PV_SIDES];
	pv_str key;

	if (!result->key)
		return 0;
	key.ptr = result->key->text;
	key.len = result->key->len;
	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_yaml_node *node =
			values->trees[i] ? values->trees[i]->node : NULL;

		if (!node || node->kind != PV_YAML_SCALAR)
			return 0;
		sides[i].ptr = node->text;
		sides[i].len = node->len;
	}
	return pv_rise_is_key(key) &&
	       same(result, values->trees[pv_rise_pick(sides)]);
}

/* --- mappings ------------------------------------------------------------ */

static int all_are(const struct four *values, int (*is)(const pv_tree *))
{
	for (size_t i = 0; i < ALL; i++)
		if (values->trees[i] ? !is(values->trees[i]) : i != PV_BASE)
			return 0;
	return 1;
}

/* What became of the keys of base on both sides. */
struct names {
	pv_renames sides[PV_SIDES];
};

/*
 * A key that one side renamed and the other changed is to be found under its
 * new name. NULL when it is none of these.
 */
static const pv_tree *new_name(const struct names *names, const struct four *maps,
			       const struct four *values, enum pv_side side)
{
	const pv_tree *const *trees = values->trees;
	enum pv_side other = side == PV_OURS ? PV_THEIRS : PV_OURS;

	if (!trees[PV_BASE] || trees[side] || !trees[other] ||
	    same(trees[PV_BASE], trees[other]))
		return NULL;
	return names->sides[side].now[trees[PV_BASE] - maps->trees[PV_BASE]->items];
}

static struct four members_like(const struct four *maps, const pv_tree *like)
{
	struct four values;

	for (size_t i = 0; i < ALL; i++)
		values.trees[i] = member(maps->trees[i], like);
	return values;
}

/* Whether a key that only one side has is a new name of one of base. */
static int is_new_name(const struct names *names, const struct four *maps,
		       const struct four *values, enum pv_side side)
{
	const pv_tree *now = values->trees[side];
	const pv_tree *old;
	struct four former;

	if (values->trees[PV_BASE] || !now)
		return 0;
	old = names->sides[side].old[now - maps->trees[side]->items];
	if (!old)
		return 0;
	former = members_like(maps, old);
	return new_name(names, maps, &former, side) == now;
}

/* Turns values to those under the new name; 0 when there is nothing to do. */
static int follow_names(const struct names *names, const struct four *maps,
			struct four *values)
{
	if (!maps->trees[PV_BASE])
		return 1;
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++) {
		const pv_tree *renamed =
			new_name(names, maps, values, (enum pv_side)i);

		if (renamed &&
		    !member(maps->trees[PV_OURS + PV_THEIRS - i], renamed)) {
			values->trees[i] = renamed;
			values->trees[RESULT] =
				member(maps->trees[RESULT], renamed);
		} else if (!same(values->trees[i], values->trees[RESULT]) &&
			   is_new_name(names, maps, values, (enum pv_side)i)) {
			return 0;
		}
	}
	return 1;
}

static int find_names(struct names *out, struct check *c, const struct four *maps)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = PV_OURS;
	     i <= PV_THEIRS && maps->trees[PV_BASE] && c->rc == PV_OK; i++)
		c->rc = pv_renames_find(&out->sides[i], c->arena,
					maps->trees[PV_BASE], maps->trees[i],
					c->err);
	return c->rc == PV_OK;
}

/* Once for each key: what is nested would be looked at ever more often. */
static int is_seen(const struct four *maps, size_t before, const pv_tree *like)
{
	for (size_t i = 0; i < before; i++)
		if (member(maps->trees[i], like))
			return 1;
	return 0;
}

static int is_map_merged(struct check *c, const struct four *maps)
{
	struct names names;

	if (!find_names(&names, c, maps))
		return 0;
	for (size_t i = 0; i < ALL; i++) {
		const pv_tree *map = maps->trees[i];

		for (size_t j = 0; map && j < map->count; j++) {
			struct four values;

			if (is_seen(maps, i, &map->items[j]))
				continue;
			values = members_like(maps, &map->items[j]);
			if (follow_names(&names, maps, &values) &&
			    !is_merged(c, &values))
				return 0;
		}
	}
	return 1;
}

/* --- lists --------------------------------------------------------------- */

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

/*
 * Elements that no count explains, list by list, in the order of the text; of
 * base those that went. NULL where one has found its place.
 */
struct odd {
	const pv_tree **items[ALL];
	size_t counts[ALL];
	size_t first[ALL]; /* all before it are NULL */
	int is_lost;       /* an element that nobody took away is gone */
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

/* Whether two elements have names, and different ones. */
static int named_apart(const pv_tree *a, const pv_tree *b)
{
	pv_str left = pv_align_name(a);
	pv_str right = pv_align_name(b);

	return left.ptr && right.ptr && !pv_str_eq(left, right);
}

/* Whether result element `r` can come of these; `base` may be NULL. */
static int is_merge_of(struct check *c, const struct four *values)
{
	if (c->tries == 0)
		return 0;
	c->tries--;
	return is_merged(c, values);
}

/* The same with one element of base, or none when both have added it. */
static int take_base(struct check *c, struct odd *odd, struct four *values)
{
	for (size_t b = odd->first[PV_BASE]; b < odd->counts[PV_BASE]; b++) {
		values->trees[PV_BASE] = odd->items[PV_BASE][b];
		if (values->trees[PV_BASE] && is_merge_of(c, values)) {
			take(odd, PV_BASE, b);
			return 1;
		}
	}
	values->trees[PV_BASE] = NULL;
	return is_merge_of(c, values);
}

/*
 * Whether result element `r` is a merge of one element of each side, which it
 * takes; `strict` wants the same name for all.
 */
static int take_merged(struct check *c, struct odd *odd, const pv_tree *r,
		       int strict)
{
	struct four values = { { NULL, NULL, NULL, r } };

	for (size_t o = odd->first[PV_OURS]; o < odd->counts[PV_OURS]; o++) {
		values.trees[PV_OURS] = odd->items[PV_OURS][o];
		if (!values.trees[PV_OURS] ||
		    (strict && named_apart(values.trees[PV_OURS], r)))
			continue;
		for (size_t t = odd->first[PV_THEIRS];
		     t < odd->counts[PV_THEIRS]; t++) {
			values.trees[PV_THEIRS] = odd->items[PV_THEIRS][t];
			if (!values.trees[PV_THEIRS] ||
			    (strict && named_apart(values.trees[PV_THEIRS], r)))
				continue;
			if (!take_base(c, odd, &values))
				continue;
			take(odd, PV_OURS, o);
			take(odd, PV_THEIRS, t);
			return 1;
		}
	}
	return 0;
}

/* Whether a tree is one of three that contradict each other, or has one. */
static int is_contested(const struct check *c, const pv_tree *tree)
{
	for (size_t i = 0; i < PV_SIDES; i++)
		if (is_side_of_field(c, tree, i))
			return 1;
	for (size_t i = 0; i < tree->count && c->field_count > 0; i++)
		if (is_contested(c, &tree->items[i]))
			return 1;
	return 0;
}

/*
 * What is odd must be the changed elements of both sides and the merge of
 * them; a field in conflict leaves its own.
 */
static int explain(struct check *c, struct odd *odd)
{
	for (size_t i = 0; i < ALL; i++)
		if (odd->counts[i] > 0)
			qsort(odd->items[i], odd->counts[i], sizeof(void *),
			      cmp_places);
	for (size_t i = 0; i < odd->counts[RESULT]; i++)
		if (!take_merged(c, odd, odd->items[RESULT][i], 1) &&
		    !take_merged(c, odd, odd->items[RESULT][i], 0))
			return 0;
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < odd->counts[i]; j++)
			if (odd->items[i][j] && !is_contested(c, odd->items[i][j]))
				return 0;
	return !odd->is_lost;
}

static void add_odd(struct odd *odd, const struct element *element)
{
	odd->items[element->list][odd->counts[element->list]++] = element->tree;
}

/* One group of equal elements; those of a wrong number are odd. */
static void count_group(struct check *c, struct odd *odd,
			const struct element *group, size_t count)
{
	long counts[ALL] = { 0 };
	int is_right;

	for (size_t i = 0; i < count; i++)
		counts[group[i].list]++;
	is_right = c->is_by_lines ? is_count_of_lines(counts) : is_count(counts);
	for (size_t i = 0; i < count; i++) {
		int is_base = group[i].list == PV_BASE;

		if (is_base ? counts[RESULT] < counts[PV_BASE] : !is_right)
			add_odd(odd, &group[i]);
		if (is_base && !is_right && !is_contested(c, group[i].tree))
			odd->is_lost = 1;
	}
}

static struct element *collect(struct check *c, const struct four *lists,
			       struct odd *odd, size_t *count_out)
{
	struct element *all;
	size_t total = 0;
	size_t at = 0;

	for (size_t i = 0; i < ALL; i++) {
		size_t count = lists->trees[i] ? lists->trees[i]->count : 0;

		total += count;
		odd->items[i] =
			pv_arena_alloc(c->arena, (count + 1) * sizeof(void *));
		if (!odd->items[i])
			return NULL;
	}
	all = pv_arena_alloc(c->arena, (total + 1) * sizeof(*all));
	for (size_t i = 0; all && i < ALL; i++)
		for (size_t j = 0;
		     lists->trees[i] && j < lists->trees[i]->count; j++, at++) {
			all[at].tree = &lists->trees[i]->items[j];
			all[at].list = i;
		}
	*count_out = total;
	return all;
}

static int is_list_merged(struct check *c, const struct four *lists)
{
	struct odd odd = { 0 };
	size_t count = 0;
	struct element *all = collect(c, lists, &odd, &count);

	if (!all) {
		c->rc = pv_fail_nomem(c->err);
		return 0;
	}
	qsort(all, count, sizeof(*all), cmp_elements);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;

		while (end < count && cmp_elements(&all[i], &all[end]) == 0)
			end++;
		count_group(c, &odd, all + i, end - i);
		i = end;
	}
	c->is_by_lines = 0;
	return explain(c, &odd);
}

/* --- values -------------------------------------------------------------- */

static int is_string(const pv_tree *tree)
{
	return pv_tree_text(tree).ptr != NULL;
}

static int is_scalar(const pv_tree *tree)
{
	return tree->node->kind == PV_YAML_SCALAR;
}

static int is_union(struct check *c, const struct four *values)
{
	if (all_are(values, pv_tree_is_mapping))
		return is_map_merged(c, values);
	if (all_are(values, pv_tree_is_list))
		return is_list_merged(c, values);
	if (is_risen(values))
		return 1;
	return all_are(values, is_string) && is_text_merged(c, values);
}

static int is_merged(struct check *c, const struct four *values)
{
	const pv_tree *base = values->trees[PV_BASE];
	const pv_tree *ours = values->trees[PV_OURS];
	const pv_tree *theirs = values->trees[PV_THEIRS];
	const pv_tree *result = values->trees[RESULT];

	if (c->rc < 0)
		return 0;
	if (is_field(c, values) || is_name_of_field(c, values))
		return 1;
	if (same(ours, theirs) || same(base, theirs)) {
		if (same(ours, result))
			return 1;
	} else if (same(base, ours)) {
		if (same(theirs, result))
			return 1;
	} else if (!ours || !theirs) {
		return !result && base &&
		       pv_tree_is_part(ours ? ours : theirs, base);
	} else {
		return result && is_union(c, values);
	}
	/* A conflict about comments is none about data, but has two outcomes. */
	return c->field_count > 0 && ours && theirs && result &&
	       !is_scalar(result) && is_union(c, values);
}

/* What tells elements apart that are a merge has to be exact all the same. */
int pv_check_list(int *ok_out, pv_arena *arena,
		  const pv_tree *const sides[PV_SIDES], const pv_tree *result,
		  pv_error *err)
{
	struct check c = {
		.arena = arena, .tries = MAX_TRIES, .is_by_lines = 1, .err = err
	};
	const struct four lists = { { sides[PV_BASE], sides[PV_OURS],
				      sides[PV_THEIRS], result } };

	*ok_out = is_list_merged(&c, &lists);
	return c.rc;
}

int pv_check_data(int *ok_out, const pv_check *check, pv_error *err)
{
	const pv_tree *const *sides = check->sides;
	struct check c = { .arena = check->arena,
			   .tries = MAX_TRIES,
			   .field_count = check->field_count,
			   .err = err };
	struct four values = { { sides[PV_BASE], sides[PV_OURS],
				 sides[PV_THEIRS], check->result } };

	*ok_out = 0;
	c.rc = sort_fields(&c, check->fields);
	if (c.rc == PV_OK)
		*ok_out = is_merged(&c, &values);
	return c.rc;
}
