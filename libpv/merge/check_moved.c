/* SPDX-License-Identifier: MIT
 *
 * What one side has carried to another place, under another key or into
 * another list, and the other side has deleted or taken something out of.
 * Place by place both have deleted it, and yet it is there: nobody can tell
 * whether it should be.
 */
#include "merge/checker.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "merge/suspects.h"

enum {
	MIN_TEXT = 12,     /* bytes; shorter words are alike by chance */
	MIN_COUNT = 3,     /* elements of a collection that is no chance */
	BITS_OF_NODE = 32, /* so that one in 250 is found by chance */
	FEWEST_BITS = 64
};

static int is_telling(const pv_tree *tree)
{
	size_t len = 0;

	if (tree->node->kind == PV_YAML_SCALAR)
		return tree->value.len >= MIN_TEXT ||
		       (tree->value.len > 0 &&
			memchr(tree->value.ptr, ' ', tree->value.len));
	if (tree->count >= MIN_COUNT)
		return 1;
	for (size_t i = 0; i < tree->count && len < MIN_TEXT; i++)
		len += is_telling(&tree->items[i]) ? MIN_TEXT
						   : tree->items[i].value.len;
	return len >= MIN_TEXT;
}

static int same_key(const pv_tree *a, const pv_tree *b)
{
	if (!a->key || !b->key)
		return a->key == b->key;
	return pv_str_eq((pv_str){ a->key->text, a->key->len },
			 (pv_str){ b->key->text, b->key->len });
}

/* A value that is looked for. */
struct sought {
	const pv_tree *value;
	int by_key; /* a collection, whatever was done to what is in it */
};

/* A short element of a list is but its value: that may be anywhere. */
static int is_known_by_key(const pv_tree *value, const pv_tree *tree)
{
	return (value->key || value->count > 0) && same_key(tree, value);
}

static int is_same_thing(const pv_tree *tree, const struct sought *sought)
{
	const pv_tree *value = sought->value;

	if (sought->by_key && tree->count > 0 &&
	    tree->node->kind == value->node->kind && same_key(tree, value))
		return 1;
	return pv_tree_cmp(tree, value) == 0 &&
	       (is_telling(value) || is_known_by_key(value, tree));
}

static size_t count_nodes(const pv_tree *tree)
{
	size_t count = 1;

	for (size_t i = 0; i < tree->count; i++)
		count += count_nodes(&tree->items[i]);
	return count;
}

/* Whether both bits of a hash are set; sets them when `is_new`. */
static int look_up(pv_check_hashes *hashes, uint64_t hash, int is_new)
{
	const uint64_t parts[] = { hash >> 16, hash >> 40 };
	int found = 1;

	for (size_t i = 0; i < pv_array_len(parts); i++) {
		size_t bit = (size_t)parts[i] & hashes->mask;
		unsigned char flag = (unsigned char)(1 << bit % 8);

		found = found && (hashes->bits[bit / 8] & flag);
		if (is_new)
			hashes->bits[bit / 8] |= flag;
	}
	return found;
}

static void add_hashes(pv_check_hashes *hashes, const pv_tree *tree)
{
	look_up(hashes, tree->hash, 1);
	for (size_t i = 0; i < tree->count; i++)
		add_hashes(hashes, &tree->items[i]);
}

static void make_hashes(pv_checker *c, pv_check_hashes *hashes,
			const pv_tree *root)
{
	size_t nodes = count_nodes(root);
	size_t bits = FEWEST_BITS;

	while (bits < nodes * BITS_OF_NODE)
		bits *= 2;
	hashes->bits = pv_arena_calloc(c->arena, bits / 8);
	if (!hashes->bits) {
		c->rc = pv_fail_nomem(c->err);
		return;
	}
	hashes->mask = bits - 1;
	add_hashes(hashes, root);
}

/* Whether a side may have a value that is equal to this one. */
static int may_have(pv_checker *c, enum pv_side side, const pv_tree *value)
{
	pv_check_hashes *hashes = &c->hashes[side];

	if (!hashes->bits)
		make_hashes(c, hashes, c->roots[side]);
	return c->rc == PV_OK && look_up(hashes, value->hash, 0);
}

/* How often a value is in a tree, leaving out what is in conflict. */
static size_t count_in(pv_checker *c, const pv_tree *tree,
		       const struct sought *sought)
{
	size_t count = 0;

	if (c->searches == 0)
		return 0;
	c->searches--;
	if (pv_check_is_side_of_field(c, tree))
		return 0;
	if (is_same_thing(tree, sought))
		return 1;
	for (size_t i = 0; i < tree->count; i++)
		count += count_in(c, &tree->items[i], sought);
	return count;
}

/* Where the value is now is in doubt as well as where it was. */
static void suspect(pv_checker *c, const pv_tree *tree,
		    const struct sought *sought)
{
	if (!c->suspects || c->guesses > 0 || c->rc < 0)
		return;
	if (is_same_thing(tree, sought)) {
		c->rc = pv_suspects_add_tree(c->suspects, tree, c->err);
		return;
	}
	for (size_t i = 0; i < tree->count; i++)
		suspect(c, &tree->items[i], sought);
}

/* Whether a value that is gone from its place is in another one. */
static int is_elsewhere(pv_checker *c, enum pv_side side,
			const struct sought *sought)
{
	size_t now;
	size_t was;

	if (!sought->by_key && !may_have(c, side, sought->value))
		return 0;
	now = count_in(c, c->roots[side], sought);
	was = now > 0 ? count_in(c, c->roots[PV_BASE], sought) : 0;

	/* Counts that were cut short say nothing. */
	return now > 0 && now >= was && c->searches > 0;
}

/* What a side has left of an entry of `was`; NULL when it is gone. */
static const pv_tree *left_of(pv_checker *c, const pv_tree *left,
			      const pv_tree *entry)
{
	if (!left || entry->key)
		return left ? pv_tree_find(left, entry) : NULL;
	for (size_t i = 0; i < left->count; i++) {
		c->searches -= c->searches > 0;
		if (c->searches == 0 || pv_tree_cmp(&left->items[i], entry) == 0)
			return &left->items[i];
	}
	return NULL;
}

/*
 * `left` is what the other side has of it in its place. Values that are alike
 * by chance, `levels` deep, are told by their keys.
 */
static int is_carried_by(pv_checker *c, enum pv_side side, const pv_tree *was,
			 const pv_tree *left, int levels)
{
	struct sought sought = { was, was->key && was->count > 0 && !left };

	if (c->searches == 0 || (levels == 0 && !is_telling(was)) ||
	    (left && pv_tree_cmp(was, left) == 0))
		return 0;
	if (is_elsewhere(c, side, &sought)) {
		if (!left && is_elsewhere(c, PV_OURS + PV_THEIRS - side, &sought))
			return 0;
		suspect(c, c->roots[side], &sought);
		return 1;
	}
	levels -= levels > 0 && !left;
	for (size_t i = 0; i < was->count; i++)
		if (is_carried_by(c, side, &was->items[i],
				  left_of(c, left, &was->items[i]), levels))
			return 1;
	return 0;
}

/* The same for what both have deleted from a collection, and left alike. */
static int is_any_carried_off(pv_checker *c, const pv_tree *base,
			      const pv_tree *left)
{
	if (c->searches == 0 || pv_tree_cmp(base, left) == 0)
		return 0;
	for (size_t i = 0; i < base->count; i++) {
		const pv_tree *was = &base->items[i];
		const pv_tree *now = left_of(c, left, was);

		if (!was->key && was->count == 0)
			continue;
		if (now ? is_any_carried_off(c, was, now)
			: is_carried_by(c, PV_OURS, was, NULL, 0) ||
				    is_carried_by(c, PV_THEIRS, was, NULL, 0))
			return 1;
	}
	return 0;
}

/* A scalar of a list is but its value: that may be anywhere. */
int pv_check_is_elsewhere(pv_checker *c, const pv_tree *value)
{
	struct sought sought = { value, 0 };
	int is_ours;

	if (!c->roots || !c->roots[PV_BASE] || value->count == 0 ||
	    !is_telling(value))
		return 0;
	is_ours = is_elsewhere(c, PV_OURS, &sought);
	if (is_ours == is_elsewhere(c, PV_THEIRS, &sought))
		return 0;
	suspect(c, c->roots[is_ours ? PV_OURS : PV_THEIRS], &sought);
	return 1;
}

int pv_check_is_carried_off(pv_checker *c, const pv_tree *base,
			    const pv_tree *ours, const pv_tree *theirs)
{
	int levels;

	if (!c->roots || !c->roots[PV_BASE])
		return 0;
	if (ours && theirs)
		return is_any_carried_off(c, base, ours);
	levels = ours || theirs ? 1 : 2;
	return (!ours && is_carried_by(c, PV_OURS, base, theirs, levels)) ||
	       (!theirs && is_carried_by(c, PV_THEIRS, base, ours, levels));
}
