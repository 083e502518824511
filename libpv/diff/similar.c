/* SPDX-License-Identifier: MIT
 *
 * A bag of words is the sorted array of the hashes of an element's words.
 * Comparing two bags is one merge; the pairing is the usual table of best
 * sums, filled from the end so that it reads out from the start. Where there
 * is nothing to choose, words that two texts begin and end with in common are
 * counted without being collected.
 */
#include "diff/similar.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/holes.h"
#include "diff/tokens.h"

enum {
	MAX_CELLS = 1 << 18, /* pairs looked at between two anchors */
	MAX_WORK = 1 << 26,  /* words looked at for them */
	SMALL_BAGS = 64,     /* words of both, compared sooner than anything */
	FEW_WORDS = 16       /* in common, and often enough */
};

struct bag {
	uint64_t *words;
	size_t count;
	size_t cap;
};

static int is_word_byte(unsigned char c)
{
	/* What is beyond ASCII is 0 there, and 255 here. */
	return (unsigned char)(pv_word_kinds[c] - 1) >= '9' - 1;
}

static int add_word(struct bag *bag, const char *text, size_t len)
{
	uint64_t hash = 14695981039346656037U;

	if (pv_array_reserve(&bag->words, &bag->cap, bag->count + 1,
			     sizeof(*bag->words)) < 0)
		return PV_ENOMEM;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211U;
	bag->words[bag->count++] = hash;
	return PV_OK;
}

static int add_words(struct bag *bag, pv_str text)
{
	size_t at = 0;
	int rc = PV_OK;

	while (at < text.len && rc == PV_OK) {
		size_t from = at;

		while (at < text.len && is_word_byte(text.ptr[at]))
			at++;
		if (at > from)
			rc = add_word(bag, text.ptr + from, at - from);
		else
			at++;
	}
	return rc;
}

/* The role says who speaks, not what is said. */
static int is_role(const pv_tree *tree)
{
	return tree->key && strcmp(tree->key->text, "role") == 0;
}

static int add_tree(struct bag *bag, const pv_tree *tree)
{
	int rc = PV_OK;

	if (tree->node->kind == PV_YAML_SCALAR)
		return add_words(bag, tree->value);
	for (size_t i = 0; i < tree->count && rc == PV_OK; i++)
		if (!is_role(&tree->items[i]))
			rc = add_tree(bag, &tree->items[i]);
	return rc;
}

static int cmp_words(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return *left < *right ? -1 : *left > *right;
}

static void sort_bag(struct bag *bag)
{
	if (bag->count > 0)
		qsort(bag->words, bag->count, sizeof(*bag->words), cmp_words);
}

static int fill_bags(struct bag *bags, size_t *total,
		     const pv_tree *const *trees, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (add_tree(&bags[i], trees[i]) < 0)
			return PV_ENOMEM;
		sort_bag(&bags[i]);
		*total += bags[i].count;
	}
	return PV_OK;
}

/* `common` words are in common already, and in neither bag. */
static int likeness(const struct bag *a, const struct bag *b, size_t common)
{
	size_t total = a->count + b->count + 2 * common;
	size_t i = 0;
	size_t j = 0;

	if (total == 0)
		return PV_SIMILAR_MAX;
	while (i < a->count && j < b->count) {
		int order = cmp_words(&a->words[i], &b->words[j]);

		common += order == 0;
		i += order <= 0;
		j += order >= 0;
	}
	return (int)(2 * common * PV_SIMILAR_MAX / total);
}

/* --- elements that have no other choice ---------------------------------- */

/* Two elements whose words in common are counted before they are collected. */
struct couple {
	struct bag bags[2]; /* the words not in common, or not known to be */
	size_t common;
	size_t most; /* words counted at either end of two texts */
	int is_cut;  /* there were more */
};

static void count_words(struct couple *out, const char *text, size_t len)
{
	size_t count = 0;
	size_t at = 0;

	while (at < len && count < out->most) {
		while (at < len && !is_word_byte((unsigned char)text[at]))
			at++;
		count += at < len;
		while (at < len && is_word_byte((unsigned char)text[at]))
			at++;
	}
	out->common += count;
	out->is_cut |= at < len;
}

/* Whole words at the start that two texts have in common, in bytes. */
static size_t whole_start(pv_str a, pv_str b)
{
	size_t len = pv_common_start(a, b);

	if (len < a.len || len < b.len)
		while (len > 0 && is_word_byte((unsigned char)a.ptr[len - 1]))
			len--;
	return len;
}

static size_t whole_end(pv_str a, pv_str b)
{
	size_t len = pv_common_end(a, b);

	while (len > 0 && is_word_byte((unsigned char)a.ptr[a.len - len]))
		len--;
	return len;
}

static int add_texts(struct couple *out, pv_str a, pv_str b)
{
	size_t start = whole_start(a, b);
	size_t end;
	int rc;

	count_words(out, a.ptr, start);
	a = (pv_str){ a.ptr + start, a.len - start };
	b = (pv_str){ b.ptr + start, b.len - start };
	end = whole_end(a, b);
	a.len -= end;
	b.len -= end;
	count_words(out, a.ptr + a.len, end);
	rc = add_words(&out->bags[0], a);
	return rc == PV_OK ? add_words(&out->bags[1], b) : rc;
}

/* The member of `map` that belongs to item `i` of `tree`; NULL for none. */
static const pv_tree *counterpart(const pv_tree *map, const pv_tree *tree,
				  size_t i)
{
	if (tree->items[i].key)
		return pv_tree_find(map, &tree->items[i]);
	return i < map->count ? &map->items[i] : NULL;
}

static int add_couple(struct couple *out, const pv_tree *a, const pv_tree *b)
{
	int rc = PV_OK;

	if (a->node->kind == PV_YAML_SCALAR && b->node->kind == PV_YAML_SCALAR)
		return add_texts(out, a->value, b->value);
	if (a->node->kind != b->node->kind) {
		rc = add_tree(&out->bags[0], a);
		return rc == PV_OK ? add_tree(&out->bags[1], b) : rc;
	}
	for (size_t i = 0; i < a->count && rc == PV_OK; i++) {
		const pv_tree *other = counterpart(b, a, i);

		if (is_role(&a->items[i]))
			continue;
		rc = other ? add_couple(out, &a->items[i], other)
			   : add_tree(&out->bags[0], &a->items[i]);
	}
	for (size_t i = 0; i < b->count && rc == PV_OK; i++)
		if (!is_role(&b->items[i]) && !counterpart(a, b, i))
			rc = add_tree(&out->bags[1], &b->items[i]);
	return rc;
}

/*
 * The likeness of just two elements, of whose words in common `most` are
 * counted at either end of a text: they may be more alike if that is too few
 * (`*is_cut`), never less. PV_ENOMEM.
 */
static int couple_likeness(int *is_cut, const pv_tree *a, const pv_tree *b,
			   size_t most)
{
	struct couple couple = { .most = most };
	int like = add_couple(&couple, a, b);

	if (like == PV_OK) {
		sort_bag(&couple.bags[0]);
		sort_bag(&couple.bags[1]);
		like = likeness(&couple.bags[0], &couple.bags[1], couple.common);
	}
	pv_free(couple.bags[0].words);
	pv_free(couple.bags[1].words);
	*is_cut = couple.is_cut;
	return like;
}

/* 1 when two elements are alike enough to be a pair. */
static int is_couple(const pv_tree *a, const pv_tree *b)
{
	int is_cut;
	int like = couple_likeness(&is_cut, a, b, FEW_WORDS);

	if (like >= 0 && like < PV_SIMILAR_MIN && is_cut)
		like = couple_likeness(&is_cut, a, b, SIZE_MAX);
	return like < 0 ? like : like >= PV_SIMILAR_MIN;
}

int pv_similar_is_closer(int *out, const pv_tree *tree, const pv_tree *to,
			 const pv_tree *than, pv_error *err)
{
	int is_cut;
	int like = couple_likeness(&is_cut, tree, to, SIZE_MAX);
	int other = like < 0 ? like
			     : couple_likeness(&is_cut, tree, than, SIZE_MAX);

	*out = like > other;
	return other < 0 ? pv_fail_nomem(err) : PV_OK;
}

/* Whether each candidate has but one that it may be paired with, in order. */
static int has_no_choice(const pv_candidates *who)
{
	if (who->old_count != who->new_count)
		return 0;
	for (size_t i = 0; i < who->old_count; i++)
		for (size_t j = 0; j < who->new_count; j++)
			if (i != j && who->fits(who->before[i], who->after[j]))
				return 0;
	return 1;
}

static int pair_couples(size_t *mate, const pv_candidates *who, pv_error *err)
{
	for (size_t i = 0; i < who->old_count; i++) {
		int is_pair = 0;

		if (who->fits(who->before[i], who->after[i]))
			is_pair = is_couple(who->before[i], who->after[i]);
		if (is_pair < 0)
			return pv_fail_nomem(err);
		if (is_pair)
			mate[i] = i;
	}
	return PV_OK;
}

/* --- all others ---------------------------------------------------------- */

/* The table of one pairing: cell (i, j) is about what starts there. */
struct table {
	const pv_candidates *who;
	struct bag *bags; /* of the old candidates, then of the new ones */
	int *like;        /* 0 where the pair is out of the question */
	long *best;       /* largest sum for old i.. and new j.. */
	size_t width;
};

/* Whether bags of these sizes can have half of their words in common. */
static int may_be_alike(const struct bag *a, const struct bag *b)
{
	size_t common = a->count < b->count ? a->count : b->count;

	return 2 * common * PV_SIMILAR_MAX >=
	       (a->count + b->count) * PV_SIMILAR_MIN;
}

/* Of two tests the cheap one comes first: most pairs fail. */
static int likeness_of(const struct table *t, size_t i, size_t j)
{
	const struct bag *a = &t->bags[i];
	const struct bag *b = &t->bags[t->who->old_count + j];
	int is_small = a->count + b->count <= SMALL_BAGS;
	int like;

	if (!may_be_alike(a, b))
		return 0;
	if (!is_small && !t->who->fits(t->who->before[i], t->who->after[j]))
		return 0;
	like = likeness(a, b, 0);
	if (like < PV_SIMILAR_MIN)
		return 0;
	return !is_small || t->who->fits(t->who->before[i], t->who->after[j])
		       ? like
		       : 0;
}

static void fill_cell(struct table *t, size_t i, size_t j)
{
	size_t at = i * t->width + j;
	long skip_old = t->best[at + t->width];
	long skip_new = t->best[at + 1];
	long best = skip_old > skip_new ? skip_old : skip_new;

	t->like[at] = likeness_of(t, i, j);
	if (t->like[at] && t->like[at] + t->best[at + t->width + 1] > best)
		best = t->like[at] + t->best[at + t->width + 1];
	t->best[at] = best;
}

static void read_out(size_t *mate, const struct table *t)
{
	size_t i = 0;
	size_t j = 0;

	while (i < t->who->old_count && j < t->who->new_count) {
		size_t at = i * t->width + j;
		long paired = t->like[at] + t->best[at + t->width + 1];

		if (t->like[at] && t->best[at] == paired)
			mate[j++] = i++;
		else if (t->best[at] == t->best[at + 1])
			j++;
		else
			i++;
	}
}

/* Whether old `i` or new `j` has another partner about as good. */
static int has_rival(const struct table *t, size_t i, size_t j)
{
	int like = t->like[i * t->width + j] - PV_SIMILAR_MARGIN;

	for (size_t k = 0; k < t->who->old_count; k++)
		if (k != i && t->like[k * t->width + j] &&
		    t->like[k * t->width + j] >= like)
			return 1;
	for (size_t k = 0; k < t->who->new_count; k++)
		if (k != j && t->like[i * t->width + k] &&
		    t->like[i * t->width + k] >= like)
			return 1;
	return 0;
}

/* Nothing came or went: however alike they are, each is itself. */
static int is_one_to_one(const size_t *mate, const pv_candidates *who)
{
	for (size_t j = 0; j < who->new_count; j++)
		if (mate[j] != j)
			return 0;
	return who->old_count == who->new_count;
}

static int pair_all(size_t *mate, unsigned char *rivals, struct table *t,
		    pv_error *err)
{
	size_t cells = (t->who->old_count + 1) * t->width;

	t->like = pv_calloc(cells, sizeof(*t->like));
	t->best = pv_calloc(cells, sizeof(*t->best));
	if (!t->like || !t->best)
		return pv_fail_nomem(err);
	for (size_t i = t->who->old_count; i-- > 0;)
		for (size_t j = t->who->new_count; j-- > 0;)
			fill_cell(t, i, j);
	read_out(mate, t);
	if (is_one_to_one(mate, t->who))
		return PV_OK;
	for (size_t j = 0; j < t->who->new_count; j++)
		rivals[j] = mate[j] != SIZE_MAX && has_rival(t, mate[j], j);
	return pv_holes_mark(rivals, mate, t->who, err);
}

int pv_similar_pair(size_t *mate, unsigned char *rivals,
		    const pv_candidates *candidates, pv_error *err)
{
	struct table t = { .who = candidates };
	size_t p = candidates->old_count;
	size_t q = candidates->new_count;
	size_t old_words = 0;
	size_t new_words = 0;
	int rc = PV_OK;

	for (size_t j = 0; j < q; j++)
		mate[j] = SIZE_MAX;
	memset(rivals, 0, q);
	if (p == 0 || q == 0 || p > MAX_CELLS / q)
		return PV_OK;
	if (has_no_choice(candidates))
		return pair_couples(mate, candidates, err);
	t.width = q + 1;
	t.bags = pv_calloc(p + q, sizeof(*t.bags));
	if (!t.bags || fill_bags(t.bags, &old_words, candidates->before, p) < 0 ||
	    fill_bags(t.bags + p, &new_words, candidates->after, q) < 0)
		rc = pv_fail_nomem(err);
	else if (old_words * q + new_words * p <= MAX_WORK)
		rc = pair_all(mate, rivals, &t, err);
	for (size_t i = 0; t.bags && i < p + q; i++)
		pv_free(t.bags[i].words);
	pv_free(t.bags);
	pv_free(t.like);
	pv_free(t.best);
	return rc;
}
