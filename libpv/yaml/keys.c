/* SPDX-License-Identifier: MIT
 *
 * Keys of mappings. Keys are equal when their decoded texts are, whatever
 * their quoting, since JSON has but one kind of key. Large mappings are
 * sorted to find equal neighbours, so 20 000 keys cost n log n and no choice
 * of keys makes it slower.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "yaml/doc.h"

enum {
	SMALL = 16, /* up to here every pair may be compared */
	SHOWN = 60  /* bytes of a key in a message */
};

static int compare_keys(const pv_yaml_node *a, const pv_yaml_node *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->text, b->text, a->len);
}

static int fail_duplicate(const pv_yaml_node *key, const pv_yaml_node *first,
			  pv_error *err)
{
	int shown = key->len > SHOWN ? SHOWN : (int)key->len;
	int rc = pv_fail(err, PV_ESYNTAX,
			 "duplicate key \"%.*s\" (first on line %d)", shown,
			 key->text, first->line);

	return pv_error_at(err, rc, "", key->line, key->column);
}

/* The first child of the mapping with that key; `child` has it, too. */
static const pv_yaml_node *first_with(const pv_yaml_node *mapping,
				      const pv_yaml_node *child)
{
	const pv_yaml_node *other = mapping->first;

	while (other != child && compare_keys(other->key, child->key) != 0)
		other = other->next;
	return other;
}

/* One of 64 bits, the same for equal keys and mostly not for others. */
static uint64_t key_bit(const pv_yaml_node *key)
{
	unsigned first = 0;
	unsigned last = 0;

	if (key->len) {
		first = (unsigned char)key->text[0];
		last = (unsigned char)key->text[key->len - 1];
	}
	return (uint64_t)1 << ((first * 5 + last * 3 + key->len) % 64);
}

static int check_pairs(const pv_yaml_node *mapping, pv_error *err)
{
	uint64_t seen = 0;

	for (const pv_yaml_node *n = mapping->first; n; n = n->next) {
		uint64_t bit = key_bit(n->key);
		const pv_yaml_node *first = n;

		if (seen & bit)
			first = first_with(mapping, n);
		if (first != n)
			return fail_duplicate(n->key, first->key, err);
		seen |= bit;
	}
	return PV_OK;
}

/* An array of pointers that sizeof cannot mistake for one of nodes. */
struct entry {
	const pv_yaml_node *key;
};

static int order_entries(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;
	int order = compare_keys(left->key, right->key);

	if (order)
		return order;
	return left->key->start < right->key->start ? -1 : 1;
}

static int check_sorted(const pv_yaml_node *mapping, pv_error *err)
{
	size_t count = 0;
	struct entry *entries = pv_calloc(mapping->count, sizeof(*entries));
	int rc = PV_OK;

	if (!entries)
		return pv_fail_nomem(err);
	for (const pv_yaml_node *n = mapping->first; n; n = n->next)
		entries[count++].key = n->key;
	qsort(entries, count, sizeof(*entries), order_entries);
	for (size_t i = 1; i < count && rc == PV_OK; i++)
		if (!compare_keys(entries[i - 1].key, entries[i].key))
			rc = fail_duplicate(entries[i].key, entries[i - 1].key,
					    err);
	pv_free(entries);
	return rc;
}

int pv_yaml_check_keys(const pv_yaml_node *mapping, pv_error *err)
{
	if (mapping->count <= SMALL)
		return check_pairs(mapping, err);
	return check_sorted(mapping, err);
}

const pv_yaml_node *pv_yaml_resolve(const pv_yaml_node *node)
{
	return node ? pv_yaml_follow(node) : NULL;
}

const pv_yaml_node *pv_yaml_member(const pv_yaml_node *mapping, pv_str key)
{
	mapping = pv_yaml_resolve(mapping);
	if (!mapping || mapping->kind != PV_YAML_MAPPING)
		return NULL;
	for (const pv_yaml_node *n = mapping->first; n; n = n->next)
		if (n->key->len == key.len &&
		    !memcmp(n->key->text, key.ptr, key.len))
			return n;
	return NULL;
}

const pv_yaml_node *pv_yaml_get(const pv_yaml_node *node, const char *key)
{
	return pv_yaml_member(node, pv_str_of(key));
}

const pv_yaml_node *pv_yaml_at(const pv_yaml_node *node, size_t idx)
{
	node = pv_yaml_resolve(node);
	if (!node || node->kind == PV_YAML_MAPPING || node->kind == PV_YAML_SCALAR)
		return NULL;
	for (node = node->first; node && idx; idx--)
		node = node->next;
	return node;
}
