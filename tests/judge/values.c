/* SPDX-License-Identifier: MIT
 *
 * One-sided changes as data. Records with names are compared by name, other
 * lists as bags; an element of the result that nobody has may be the merge of
 * one element of each side, and excuses these.
 */
#include "judge/loss.h"

#include <string.h>

struct search {
	pv_buf *out;
	enum {
		LACKING,  /* what one side has put into a container of base */
		LOST,     /* the same, and what one side has deleted */
		LOST_NEW, /* also in containers that both sides have added */
		DOUBLED,  /* what lists have once on each side */
		INVENTED
	} what;
	pv_str names[64]; /* the path */
	size_t depth;
};

/* The same value in four places; NULL where it is not. */
struct four {
	const pv_tree *at[LOSS_ALL];
};

static int same(const pv_tree *a, const pv_tree *b)
{
	return a == b || (a && b && pv_tree_cmp(a, b) == 0);
}

static int report(struct search *s, const char *what)
{
	pv_buf_puts(s->out, what);
	pv_buf_puts(s->out, " at \"");
	for (size_t i = 0; i < s->depth && i < 64; i++) {
		if (i > 0)
			pv_buf_putc(s->out, '.');
		pv_buf_put(s->out, s->names[i].ptr, s->names[i].len);
	}
	pv_buf_putc(s->out, '"');
	return 1;
}

static int find(struct search *s, const struct four *values);

static int find_named(struct search *s, const struct four *values, pv_str name)
{
	int found;

	if (s->depth < 64)
		s->names[s->depth] = name;
	s->depth++;
	found = find(s, values);
	s->depth--;
	return found;
}

/* --- words --------------------------------------------------------------- */

static void put_scalars(pv_buf *out, const pv_tree *tree)
{
	pv_buf_put(out, tree->value.ptr, tree->value.len);
	pv_buf_putc(out, ' ');
	for (size_t i = 0; i < tree->count; i++)
		put_scalars(out, &tree->items[i]);
}

static int has_word(const pv_tree *tree, pv_str word)
{
	pv_buf text = { 0 };
	int found = 0;
	size_t at = 0;

	put_scalars(&text, tree);
	while (at < text.len && !found) {
		size_t len = strcspn(text.ptr + at, " \t\n");

		found = len == word.len && !memcmp(text.ptr + at, word.ptr, len);
		at += len + 1;
	}
	pv_buf_dispose(&text);
	return found;
}

/* Whether about half of the words of one are in the other. */
static int is_like(const pv_tree *a, const pv_tree *b)
{
	pv_buf text = { 0 };
	size_t words = 0;
	size_t common = 0;

	put_scalars(&text, a);
	for (size_t at = 0; at < text.len;) {
		pv_str word = { text.ptr + at, strcspn(text.ptr + at, " \t\n") };

		words += word.len > 0;
		common += word.len > 0 && has_word(b, word);
		at += word.len + 1;
	}
	pv_buf_dispose(&text);
	return words > 0 && a->node->kind == b->node->kind && 3 * common >= words;
}

/* --- mappings ------------------------------------------------------------ */

static int all_are(const struct four *values, int (*is)(const pv_tree *))
{
	for (size_t i = 0; i < LOSS_ALL; i++)
		if (values->at[i] ? !is(values->at[i]) : i != LOSS_BASE)
			return 0;
	return 1;
}

/*
 * Whether a side may have a value of base under another key: the same, or one
 * of which many words are in the other, or a record with the same `name`.
 */
static int may_be(const pv_tree *old, const pv_tree *now)
{
	const pv_tree *before = pv_tree_get(old, "name");
	const pv_tree *after = pv_tree_get(now, "name");

	return same(old, now) || is_like(now, old) || is_like(old, now) ||
	       (before && after && same(before, after));
}

/* Whether all is well with a new key of one side, seen as another of base. */
static int is_renamed(struct search *s, const struct four *maps,
		      const struct four *values, size_t side)
{
	enum {
		OTHER = LOSS_OURS + LOSS_THEIRS
	};
	const pv_tree *base = maps->at[LOSS_BASE];
	pv_buf said = { 0 };
	pv_buf *out = s->out;
	int ok = 0;

	s->out = &said;
	for (size_t i = 0; base && !ok && i < base->count; i++) {
		const pv_tree *old = &base->items[i];
		struct four all = *values;

		all.at[LOSS_BASE] = old;
		if (!values->at[OTHER - side])
			all.at[OTHER - side] =
				pv_tree_find(maps->at[OTHER - side], old);
		if (pv_tree_find(maps->at[side], old) ||
		    !may_be(old, values->at[side]) || !all.at[OTHER - side])
			continue;
		ok = !find(s, &all);
	}
	pv_buf_dispose(&said);
	s->out = out;
	return ok;
}

static int find_member(struct search *s, const struct four *maps,
		       const struct four *values, pv_str name)
{
	size_t len = s->out->len;

	if (!find_named(s, values, name))
		return 0;
	for (size_t i = LOSS_OURS; i <= LOSS_THEIRS; i++) {
		if (values->at[LOSS_BASE] || !values->at[i] ||
		    !is_renamed(s, maps, values, i))
			continue;
		pv_buf_truncate(s->out, len);
		return 0;
	}
	return 1;
}

static int find_in_maps(struct search *s, const struct four *maps)
{
	for (size_t i = 0; i < LOSS_ALL; i++) {
		const pv_tree *map = maps->at[i];

		for (size_t j = 0; map && j < map->count; j++) {
			const pv_tree *item = &map->items[j];
			pv_str name = { item->key->text, item->key->len };
			struct four values = { { 0 } };

			for (size_t k = 0; k < LOSS_ALL; k++)
				if (maps->at[k])
					values.at[k] =
						pv_tree_find(maps->at[k], item);
			if (find_member(s, maps, &values, name))
				return 1;
		}
	}
	return 0;
}

/* --- records with names -------------------------------------------------- */

static pv_str name_of(const pv_tree *record)
{
	static const char *const keys[] = { "id", "name", "task", "key" };
	pv_str name = { NULL, 0 };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !name.ptr; i++) {
		const pv_tree *value = pv_tree_get(record, keys[i]);

		if (value)
			name = pv_tree_text(value);
	}
	return name;
}

static const pv_tree *find_record(const pv_tree *list, pv_str name)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (pv_str_eq(name_of(&list->items[i]), name))
			return &list->items[i];
	return NULL;
}

static int has_names(const pv_tree *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		pv_str name = name_of(&list->items[i]);

		if (!name.ptr || find_record(list, name) != &list->items[i])
			return 0;
	}
	return 1;
}

/* Whether a list has all names of base: what lacks may have another name. */
static int has_all(const pv_tree *list, const struct four *lists)
{
	const pv_tree *base = lists->at[LOSS_BASE];

	for (size_t i = 0; base && i < base->count; i++)
		if (!find_record(list, name_of(&base->items[i])))
			return 0;
	return 1;
}

static int find_in_records(struct search *s, const struct four *lists)
{
	for (size_t i = 0; i < LOSS_ALL; i++)
		for (size_t j = 0; lists->at[i] && j < lists->at[i]->count; j++) {
			pv_str name = name_of(&lists->at[i]->items[j]);
			struct four values = { { 0 } };

			for (size_t k = 0; k < LOSS_ALL; k++)
				values.at[k] = find_record(lists->at[k], name);
			if (find_named(s, &values, name))
				return 1;
		}
	return 0;
}

/* --- bags ---------------------------------------------------------------- */

static long count_in(const pv_tree *list, const pv_tree *element)
{
	long count = 0;

	for (size_t i = 0; list && i < list->count; i++)
		count += list->items[i].hash == element->hash &&
			 same(&list->items[i], element);
	return count;
}

static void count_all(long counts[LOSS_ALL], const struct four *lists,
		      const pv_tree *element)
{
	for (size_t k = 0; k < LOSS_ALL; k++)
		counts[k] = count_in(lists->at[k], element);
}

/* Elements of the result that no side has, unless scalars. */
static long count_merged(const struct four *lists)
{
	const pv_tree *result = lists->at[LOSS_RESULT];
	long merged = 0;
	long counts[LOSS_ALL];

	for (size_t j = 0; j < result->count; j++) {
		count_all(counts, lists, &result->items[j]);
		merged += counts[0] + counts[1] + counts[2] == 0;
	}
	return merged;
}

/* Whether one side alone has taken some away and they are there. */
static int is_back(const long counts[LOSS_ALL])
{
	long base = counts[LOSS_BASE];
	long ours = counts[LOSS_OURS];
	long theirs = counts[LOSS_THEIRS];

	return (ours < base && theirs == base && counts[LOSS_RESULT] > ours) ||
	       (theirs < base && ours == base && counts[LOSS_RESULT] > theirs);
}

/* Whether all words of an element that base lacks are in another one. */
static int is_absorbed(const pv_tree *base, const pv_tree *element,
		       const pv_tree *other)
{
	pv_buf text = { 0 };
	int ok = 1;

	put_scalars(&text, element);
	for (size_t at = 0; at < text.len && ok;) {
		pv_str word = { text.ptr + at, strcspn(text.ptr + at, " \t\n") };

		ok = word.len == 0 || has_word(base, word) ||
		     has_word(other, word);
		at += word.len + 1;
	}
	pv_buf_dispose(&text);
	return ok;
}

/* Whether the other side has made the change of an element too, and more. */
static int is_in_another(const struct four *lists, size_t side,
			 const pv_tree *element)
{
	const pv_tree *result = lists->at[LOSS_RESULT];
	long counts[LOSS_ALL];

	for (size_t i = 0; i < result->count; i++) {
		const pv_tree *other = &result->items[i];

		count_all(counts, lists, other);
		if (counts[LOSS_BASE] == 0 && counts[side] == 0 &&
		    lists->at[LOSS_BASE] &&
		    is_absorbed(lists->at[LOSS_BASE], element, other))
			return 1;
	}
	return 0;
}

static int find_in_bags(struct search *s, const struct four *lists)
{
	long excuses[LOSS_ALL] = { 0 };
	long counts[LOSS_ALL];

	excuses[LOSS_OURS] = excuses[LOSS_THEIRS] = count_merged(lists);
	for (size_t i = LOSS_OURS; i <= LOSS_THEIRS; i++)
		for (size_t j = 0; j < lists->at[i]->count; j++) {
			const pv_tree *element = &lists->at[i]->items[j];

			count_all(counts, lists, element);
			if (counts[i] <= counts[LOSS_BASE] ||
			    counts[LOSS_OURS + LOSS_THEIRS - i] !=
				    counts[LOSS_BASE] ||
			    counts[LOSS_RESULT] >= counts[i])
				continue;
			if (--excuses[i] < 0 && !is_in_another(lists, i, element))
				return report(s, "an element is lost");
		}
	for (size_t j = 0; lists->at[0] && j < lists->at[0]->count; j++) {
		count_all(counts, lists, &lists->at[0]->items[j]);
		if ((s->what == LOST || s->what == LOST_NEW) && is_back(counts))
			return report(s, "a deleted element is back");
		if (counts[LOSS_OURS] == counts[LOSS_BASE] &&
		    counts[LOSS_THEIRS] == counts[LOSS_BASE] &&
		    counts[LOSS_RESULT] < counts[LOSS_BASE])
			return report(s, "an element is lost");
	}
	return 0;
}

/* --- what is there twice -------------------------------------------------- */

static int same_identity(const pv_tree *a, const pv_tree *b)
{
	pv_str name = name_of(a);

	/* The `name` of a message is a speaker's. */
	if (pv_tree_get(a, "role") && !pv_tree_get(a, "id"))
		return 0;
	return name.ptr ? pv_str_eq(name, name_of(b))
			: a->count == 0 && same(a, b);
}

static int has_twice(const pv_tree *list, const pv_tree *like)
{
	int count = 0;

	for (size_t i = 0; list && i < list->count; i++)
		count += same_identity(like, &list->items[i]);
	return count > 1;
}

/* Whether a list has nothing twice. */
static int is_single(const pv_tree *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (has_twice(list, &list->items[i]))
			return 0;
	return 1;
}

static int find_twice(struct search *s, const struct four *lists)
{
	for (size_t i = 0; i < LOSS_RESULT; i++)
		if (!is_single(lists->at[i]))
			return 0;
	return is_single(lists->at[LOSS_RESULT])
		       ? 0
		       : report(s, "the same element is there twice");
}

/* --- what is back, wherever that is -------------------------------------- */

static int same_key(const pv_tree *a, const pv_tree *b)
{
	return a->key && b->key && a->key->len == b->key->len &&
	       !memcmp(a->key->text, b->key->text, a->key->len);
}

static long count_pairs(const pv_tree *tree, const pv_tree *pair)
{
	long count = tree->hash == pair->hash && same_key(tree, pair) &&
		     same(tree, pair);

	for (size_t i = 0; i < tree->count; i++)
		count += count_pairs(&tree->items[i], pair);
	return count;
}

/* `values` are what stands in the place of one of base. */
static int find_back(struct search *s, const loss_case *c,
		     const struct four *values)
{
	const pv_tree *was = values->at[LOSS_BASE];
	long counts[LOSS_ALL];

	for (size_t i = 0; pv_tree_is_mapping(was) && i < was->count; i++) {
		struct four items = { { &was->items[i] } };

		for (size_t j = LOSS_OURS; j < LOSS_ALL; j++)
			if (values->at[j])
				items.at[j] = pv_tree_find(values->at[j],
							   &was->items[i]);
		if (find_back(s, c, &items))
			return 1;
	}
	if (!was->key || values->at[LOSS_OURS] || values->at[LOSS_THEIRS])
		return 0;
	for (size_t i = 0; i < LOSS_ALL; i++)
		counts[i] = count_pairs(c->trees[i], was);
	if (counts[LOSS_BASE] != 1 || counts[LOSS_RESULT] == 0 ||
	    (counts[LOSS_OURS] > 0) == (counts[LOSS_THEIRS] > 0))
		return 0;
	s->names[0] = (pv_str){ was->key->text, was->key->len };
	s->depth = 1;
	return report(s, "a deleted value is back");
}

int loss_by_return(pv_buf *out, const loss_case *c)
{
	struct search s = { .out = out, .what = LOST };

	struct four roots;

	memcpy(roots.at, c->trees, sizeof(roots.at));
	return find_back(&s, c, &roots);
}

/* --- what is deleted and changed ------------------------------------------ */

static int find_revived(struct search *s, const struct four *values);

/* Whether a list has a name that base lacks: what is gone may be called so. */
static int has_new_name(const struct four *lists, size_t side)
{
	const pv_tree *list = lists->at[side];

	for (size_t i = 0; i < list->count; i++)
		if (!find_record(lists->at[LOSS_BASE], name_of(&list->items[i])))
			return 1;
	return 0;
}

static int find_revived_record(struct search *s, const struct four *lists,
			       const pv_tree *was)
{
	const pv_tree *changed;
	struct four values = { { was } };

	for (size_t i = LOSS_OURS; i < LOSS_ALL; i++)
		values.at[i] = find_record(lists->at[i], name_of(was));
	changed = values.at[LOSS_OURS] ? values.at[LOSS_OURS]
				       : values.at[LOSS_THEIRS];
	if (values.at[LOSS_OURS] && values.at[LOSS_THEIRS])
		return find_revived(s, &values);
	if (!changed || same(was, changed) || !values.at[LOSS_RESULT] ||
	    has_new_name(lists, values.at[LOSS_OURS] ? LOSS_THEIRS : LOSS_OURS))
		return 0;
	s->names[0] = name_of(was);
	s->depth = 1;
	return report(s, "a deleted record is back, changed");
}

static int find_revived(struct search *s, const struct four *values)
{
	const pv_tree *was = values->at[LOSS_BASE];
	int are_records = all_are(values, pv_tree_is_list);

	for (size_t i = 0; i < LOSS_ALL && are_records; i++)
		are_records = has_names(values->at[i]);
	if (!are_records && !all_are(values, pv_tree_is_mapping))
		return 0;
	for (size_t i = 0; i < was->count; i++) {
		struct four items = { { &was->items[i] } };

		for (size_t j = LOSS_OURS; j < LOSS_ALL && !are_records; j++)
			items.at[j] = pv_tree_find(values->at[j], &was->items[i]);
		if (are_records ? find_revived_record(s, values, &was->items[i])
				: items.at[LOSS_OURS] && items.at[LOSS_THEIRS] &&
					  find_revived(s, &items))
			return 1;
	}
	return 0;
}

int loss_of_deletions(pv_buf *out, const loss_case *c)
{
	struct search s = { .out = out, .what = LOST };
	struct four roots;

	memcpy(roots.at, c->trees, sizeof(roots.at));
	return find_revived(&s, &roots);
}

/* --- values -------------------------------------------------------------- */

static int find_deeper(struct search *s, const struct four *values)
{
	if (all_are(values, pv_tree_is_mapping))
		return find_in_maps(s, values);
	if (s->what == INVENTED || !all_are(values, pv_tree_is_list))
		return 0;
	if (s->what == DOUBLED && find_twice(s, values))
		return 1;
	for (size_t i = 0; i < LOSS_ALL; i++)
		if (!has_names(values->at[i]) || !has_all(values->at[i], values))
			return s->what != DOUBLED && find_in_bags(s, values);
	return find_in_records(s, values);
}

static int find(struct search *s, const struct four *values)
{
	const pv_tree *base = values->at[LOSS_BASE];
	const pv_tree *ours = values->at[LOSS_OURS];
	const pv_tree *theirs = values->at[LOSS_THEIRS];
	const pv_tree *result = values->at[LOSS_RESULT];
	const pv_tree *changed = same(base, ours) ? theirs : ours;
	int is_quiet = same(base, ours) && same(base, theirs);

	if (is_quiet)
		return s->what == INVENTED && !same(base, result)
			       ? report(s, "a value that nobody wrote")
			       : 0;
	if (!same(base, ours) && !same(base, theirs))
		return base || s->what > LOST ? find_deeper(s, values) : 0;
	if (same(changed, result))
		return 0;
	if (base && changed && result && all_are(values, pv_tree_is_mapping))
		return find_in_maps(s, values);
	if (s->what >= DOUBLED || (s->what == LACKING && !changed))
		return 0;
	return report(s, "a change is lost");
}

static int find_from(struct search *s, const loss_case *c)
{
	struct four roots;

	memcpy(roots.at, c->trees, sizeof(roots.at));
	return find(s, &roots);
}

int loss_of_leaves(pv_buf *out, const loss_case *c)
{
	struct search s = { .out = out, .what = LACKING };

	return find_from(&s, c);
}

int loss_of_values(pv_buf *out, const loss_case *c)
{
	struct search s = { .out = out, .what = LOST };

	return find_from(&s, c);
}

int loss_of_additions(pv_buf *out, const loss_case *c)
{
	struct search s = { .out = out, .what = LOST_NEW };

	return find_from(&s, c);
}

int loss_by_doubling(pv_buf *out, const loss_case *c)
{
	struct search s = { .out = out, .what = DOUBLED };

	return find_from(&s, c);
}

int loss_by_invention(pv_buf *out, const loss_case *c)
{
	struct search s = { .out = out, .what = INVENTED };

	return find_from(&s, c);
}
