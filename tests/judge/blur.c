/* SPDX-License-Identifier: MIT
 *
 * Classes of changes of both sides, from the three sides alone.
 */
#include "judge/blur.h"

#include <string.h>

enum {
	NEAR = 5 /* words */
};

/* A value in base and on both sides; NULL where it is not. */
struct three {
	const pv_tree *at[3];
};

static int same(const pv_tree *a, const pv_tree *b)
{
	return a == b || (a && b && pv_tree_cmp(a, b) == 0);
}

static int all_are(const struct three *values, int (*is)(const pv_tree *))
{
	for (size_t i = 0; i < 3; i++)
		if (!values->at[i] || !is(values->at[i]))
			return 0;
	return 1;
}

static struct three members(const struct three *maps, const pv_tree *like)
{
	struct three values = { { NULL } };

	for (size_t i = 0; i < 3; i++)
		values.at[i] = pv_tree_find(maps->at[i], like);
	return values;
}

/* Whether a mapping has a key that another one lacks. */
static int has_other_keys(const pv_tree *map, const pv_tree *than)
{
	for (size_t i = 0; i < map->count; i++)
		if (!pv_tree_find(than, &map->items[i]))
			return 1;
	return 0;
}

/* Whether one side lacks a key of base whose value the other has changed. */
static int is_changed_elsewhere(const pv_tree *base, const pv_tree *lacking,
				const pv_tree *other)
{
	for (size_t i = 0; i < base->count; i++) {
		const pv_tree *now = pv_tree_find(other, &base->items[i]);

		if (now && !same(now, &base->items[i]) &&
		    !pv_tree_find(lacking, &base->items[i]))
			return 1;
	}
	return 0;
}

/* Whether one side has taken a key away where the other did something. */
static int may_be_renamed(const struct three *maps)
{
	const pv_tree *base = maps->at[0];

	for (size_t i = 1; i < 3; i++) {
		const pv_tree *other = maps->at[3 - i];

		if (has_other_keys(base, maps->at[i]) &&
		    (has_other_keys(other, base) ||
		     is_changed_elsewhere(base, maps->at[i], other)))
			return 1;
	}
	return 0;
}

static int has_records(const pv_tree *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].count > 0)
			return 1;
	return 0;
}

static int has_element(const pv_tree *list, const pv_tree *like)
{
	for (size_t i = 0; i < list->count; i++)
		if (same(&list->items[i], like))
			return 1;
	return 0;
}

static int has_other_elements(const pv_tree *list, const pv_tree *than)
{
	for (size_t i = 0; i < list->count; i++)
		if (!has_element(than, &list->items[i]))
			return 1;
	return 0;
}

/* Whether one side has taken a word away where the other has put one in. */
static int may_be_edited(const struct three *lists)
{
	const pv_tree *base = lists->at[0];

	for (size_t i = 1; i < 3; i++)
		if (has_other_elements(base, lists->at[i]) &&
		    has_other_elements(lists->at[3 - i], base))
			return 1;
	return 0;
}

/* Whether a text has a word twice: which of them is meant nobody can tell. */
static int has_repeats(pv_str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t len = strcspn(text.ptr + at, " \n");
		size_t next = at + len;

		while (len > 0 && next < text.len) {
			size_t from = next + strspn(text.ptr + next, " \n");

			next = from + strcspn(text.ptr + from, " \n");
			if (next - from == len &&
			    !memcmp(text.ptr + at, text.ptr + from, len))
				return 1;
		}
		at += len + 1;
	}
	return 0;
}

static int has_word(pv_str text, pv_str word)
{
	for (size_t at = 0; at < text.len;) {
		size_t len = strcspn(text.ptr + at, " \n");

		if (len == word.len && !memcmp(text.ptr + at, word.ptr, len))
			return 1;
		at += len + 1;
	}
	return 0;
}

/* Whether each has taken away a word, and these are near each other in base. */
static int are_near(const struct three *values)
{
	pv_str base = values->at[0]->value;
	size_t last[3] = { 0, SIZE_MAX, SIZE_MAX };
	size_t words = 0;

	for (size_t at = 0; at < base.len;) {
		pv_str word = { base.ptr + at, strcspn(base.ptr + at, " \n") };

		words += word.len > 0;
		for (size_t i = 1; i < 3 && word.len > 0; i++) {
			if (has_word(values->at[i]->value, word))
				continue;
			last[i] = words;
			if (last[3 - i] != SIZE_MAX && words - last[3 - i] < NEAR)
				return 1;
		}
		at += word.len + 1;
	}
	return 0;
}

static unsigned blur_of_texts(const struct three *values)
{
	unsigned found = 0;

	for (size_t i = 0; i < 3; i++)
		if (!values->at[i] || values->at[i]->count > 0)
			return 0;
	for (size_t i = 0; i < 3; i++)
		found |= (unsigned)has_repeats(values->at[i]->value)
			 << BLUR_WORDS;
	return found | (unsigned)are_near(values) << BLUR_NEAR;
}

/* What both sides did to one value. */
static unsigned blur_of_values(const struct three *values)
{
	const pv_tree *base = values->at[0];
	unsigned found = 0;

	if (same(base, values->at[1]) || same(base, values->at[2]) ||
	    same(values->at[1], values->at[2]))
		return 0;
	if (all_are(values, pv_tree_is_list)) {
		found |= (unsigned)has_records(base) << BLUR_RECORDS;
		found |= (unsigned)may_be_edited(values) << BLUR_ELEMENTS;
		return found;
	}
	if (!all_are(values, pv_tree_is_mapping))
		return blur_of_texts(values);
	found = (unsigned)may_be_renamed(values) << BLUR_KEYS;
	for (size_t i = 0; i < base->count; i++) {
		struct three all = members(values, &base->items[i]);

		found |= blur_of_values(&all);
	}
	return found;
}

/* How often a key with entries below is anywhere in a tree. */
static size_t count_key(const pv_tree *tree, const pv_tree *like)
{
	size_t count = tree->key && tree->count > 0 &&
		       !strcmp(tree->key->text, like->key->text);

	for (size_t i = 0; i < tree->count; i++)
		count += count_key(&tree->items[i], like);
	return count;
}

/* Whether a key that one side took away has come elsewhere on the other. */
static int is_elsewhere(const struct three *roots, const pv_tree *was)
{
	if (was->key && was->count > 0)
		for (size_t i = 1; i < 3; i++)
			if (count_key(roots->at[i], was) <
				    count_key(roots->at[0], was) &&
			    count_key(roots->at[3 - i], was) >
				    count_key(roots->at[0], was))
				return 1;
	for (size_t i = 0; i < was->count; i++)
		if (is_elsewhere(roots, &was->items[i]))
			return 1;
	return 0;
}

/* Whether a side has keys of base in another order. */
static int has_moved(const pv_tree *base, const pv_tree *side)
{
	const pv_tree *last = base->items;

	for (size_t i = 0; i < side->count && pv_tree_is_mapping(base); i++) {
		const pv_tree *was =
			side->items[i].key ? pv_tree_find(base, &side->items[i])
					   : NULL;

		if (was && (was < last || has_moved(was, &side->items[i])))
			return 1;
		last = was ? was : last;
	}
	return 0;
}

static void put_comments(pv_buf *out, pv_str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t len = strcspn(text.ptr + at, "\n") + 1;
		size_t blank = strspn(text.ptr + at, " ");

		if (text.ptr[at + blank] == '#' || blank + 1 == len)
			pv_buf_put(out, text.ptr + at, len);
		at += len;
	}
}

/*
 * Whether both sides have touched comments or blank lines, or one has moved
 * what these may belong to.
 */
static int has_moved_comments(const loss_case *c, const struct three *roots)
{
	pv_buf notes[3] = { { 0 } };
	int is_other[3] = { 0 };
	int found = 0;

	for (size_t i = 0; i < 3; i++) {
		put_comments(&notes[i], c->texts[i]);
		is_other[i] = strcmp(pv_buf_text(&notes[0]),
				     pv_buf_text(&notes[i])) != 0;
	}
	for (size_t i = 1; i < 3; i++)
		found |= is_other[3 - i] &&
			 (is_other[i] || has_moved(roots->at[0], roots->at[i]));
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&notes[i]);
	return found;
}

unsigned blur_of(const loss_case *c)
{
	struct three roots;
	unsigned found;

	memcpy(roots.at, c->trees, sizeof(roots.at));
	found = blur_of_values(&roots);
	found |= (unsigned)is_elsewhere(&roots, roots.at[0]) << BLUR_PLACES;
	found |= (unsigned)has_moved_comments(c, &roots) << BLUR_COMMENTS;
	return found;
}
