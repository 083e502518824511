/* SPDX-License-Identifier: MIT
 *
 * Building and comparing data trees. Recursion is as deep as the document
 * with its aliases followed, which the parser limits.
 */
#include "diff/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"

static uint64_t mix_number(uint64_t hash, uint64_t number)
{
	return (hash ^ number) * 0x9e3779b97f4a7c15U ^ (hash >> 31);
}

static uint64_t mix(uint64_t hash, const char *bytes, size_t len)
{
	uint64_t word = len;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		hash = mix_number(hash, word);
		memcpy(&word, bytes, sizeof(word));
		bytes += sizeof(word);
	}
	hash = mix_number(hash, word);
	for (word = 0; len > 0; len--)
		word = word << 8 | (unsigned char)bytes[len - 1];
	return mix_number(hash, word);
}

static void copy(char *to, pv_str from)
{
	if (from.len > 0)
		memcpy(to, from.ptr, from.len);
}

/*
 * One spelling for each decimal value: its digits without zeros at either
 * end, and where the point is.
 */
static int spell_number(pv_str *out, pv_arena *arena, const pv_decimal *number,
			pv_error *err)
{
	size_t len = number->whole.len + number->fraction.len;
	long point = number->exponent + (long)number->whole.len;
	char *text = pv_arena_alloc(arena, len + 32);
	char *digits;
	pv_buf tail = { 0 };
	int rc;

	if (!text)
		return pv_fail_nomem(err);
	digits = text + 1;
	copy(digits, number->whole);
	copy(digits + number->whole.len, number->fraction);
	while (len > 0 && digits[len - 1] == '0')
		len--;
	while (len > 0 && *digits == '0') {
		digits++;
		len--;
		point--;
	}
	if (len == 0) {
		*out = pv_str_of("0");
		return PV_OK;
	}
	if (number->is_negative)
		*--digits = '-';
	len += (size_t)(number->is_negative != 0);
	pv_buf_printf(&tail, "e%ld", point);
	rc = pv_buf_status(&tail, err);
	if (rc == PV_OK)
		memcpy(digits + len, tail.ptr, tail.len);
	out->ptr = digits;
	out->len = len + tail.len;
	pv_buf_dispose(&tail);
	return rc;
}

static int read_scalar(pv_tree *tree, pv_arena *arena, pv_error *err)
{
	const pv_yaml_node *node = tree->node;
	pv_decimal number;

	tree->value.ptr = node->text;
	tree->value.len = node->len;
	switch (node->type) {
	case PV_YAML_STRING:
		return PV_OK;
	case PV_YAML_NULL:
		tree->value = pv_str_of("");
		return PV_OK;
	case PV_YAML_BOOL:
		tree->value = pv_str_of(*node->text == 't' || *node->text == 'T'
						? "true"
						: "false");
		return PV_OK;
	case PV_YAML_INT:
	case PV_YAML_FLOAT:
		break;
	}
	if (pv_decimal_parse(&number, tree->value, NULL) < 0)
		return PV_OK;
	return spell_number(&tree->value, arena, &number, err);
}

static int cmp_keys(const pv_yaml_node *a, const pv_yaml_node *b)
{
	pv_str left = { a->text, a->len };
	pv_str right = { b->text, b->len };
	int order = pv_str_cmp(left, right);

	return order ? order : (int)a->type - (int)b->type;
}

static int cmp_members(const void *a, const void *b)
{
	const pv_tree *const *left = a;
	const pv_tree *const *right = b;

	return cmp_keys((*left)->key, (*right)->key);
}

static int sort_members(pv_tree *tree, pv_arena *arena, pv_error *err)
{
	tree->sorted = pv_arena_alloc(arena, tree->count * sizeof(void *));
	if (!tree->sorted)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < tree->count; i++)
		tree->sorted[i] = &tree->items[i];
	qsort(tree->sorted, tree->count, sizeof(void *), cmp_members);
	for (size_t i = 0; i < tree->count; i++)
		tree->items[tree->sorted[i] - tree->items].rank = i;
	return PV_OK;
}

static void hash_tree(pv_tree *tree)
{
	uint64_t hash = mix_number(14695981039346656037U, tree->node->kind);

	if (tree->node->tag)
		hash = mix(hash, tree->node->tag, strlen(tree->node->tag));
	if (tree->node->kind == PV_YAML_SCALAR) {
		hash = mix_number(hash, tree->node->type);
		hash = mix(hash, tree->value.ptr, tree->value.len);
	}
	for (size_t i = 0; i < tree->count; i++) {
		const pv_tree *item =
			tree->sorted ? tree->sorted[i] : &tree->items[i];

		if (item->key)
			hash = mix(hash, item->key->text, item->key->len);
		hash = mix_number(hash, item->hash);
	}
	tree->hash = hash;
}

static int fill_tree(pv_tree *tree, pv_arena *arena, const pv_yaml_node *node,
		     pv_error *err)
{
	const pv_yaml_node *child;
	int rc = PV_OK;

	tree->key = node->key;
	tree->node = pv_yaml_resolve(node);
	if (tree->node->kind == PV_YAML_SCALAR) {
		rc = read_scalar(tree, arena, err);
	} else if (tree->node->count > 0) {
		tree->items =
			pv_arena_calloc(arena, tree->node->count *
						       sizeof(*tree->items));
		if (!tree->items)
			return pv_fail_nomem(err);
	}
	for (child = tree->node->first; child && rc == PV_OK; child = child->next)
		rc = fill_tree(&tree->items[tree->count++], arena, child, err);
	if (rc == PV_OK && pv_tree_is_mapping(tree))
		rc = sort_members(tree, arena, err);
	if (rc == PV_OK)
		hash_tree(tree);
	return rc;
}

int pv_tree_new(pv_tree **out, pv_arena *arena, const pv_yaml_node *root,
		pv_error *err)
{
	*out = pv_arena_calloc(arena, sizeof(**out));
	if (!*out)
		return pv_fail_nomem(err);
	return fill_tree(*out, arena, root, err);
}

int pv_tree_read(pv_tree **out, pv_yaml **doc_out, pv_arena *arena, pv_str text,
		 pv_error *err)
{
	pv_yaml_options opts = { .tags = PV_YAML_TAGS_KEEP };
	int rc;

	*out = NULL;
	rc = pv_yaml_parse(doc_out, text.ptr, text.len, &opts, err);
	if (rc < 0)
		return rc;
	rc = pv_tree_new(out, arena, pv_yaml_root(*doc_out), err);
	if (rc < 0) {
		pv_yaml_free(*doc_out);
		*doc_out = NULL;
	}
	return rc;
}

static int cmp_sizes(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_tags(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int cmp_heads(const pv_tree *a, const pv_tree *b)
{
	int order = cmp_sizes(a->hash, b->hash);

	if (!order)
		order = cmp_sizes(a->node->kind, b->node->kind);
	if (!order)
		order = cmp_tags(a->node->tag, b->node->tag);
	if (!order && a->node->kind == PV_YAML_SCALAR) {
		order = cmp_sizes(a->node->type, b->node->type);
		if (!order)
			order = pv_str_cmp(a->value, b->value);
	}
	return order ? order : cmp_sizes(a->count, b->count);
}

int pv_tree_cmp(const pv_tree *a, const pv_tree *b)
{
	int order = cmp_heads(a, b);

	for (size_t i = 0; i < a->count && !order; i++) {
		const pv_tree *left = a->sorted ? a->sorted[i] : &a->items[i];
		const pv_tree *right = b->sorted ? b->sorted[i] : &b->items[i];

		if (left->key)
			order = cmp_keys(left->key, right->key);
		if (!order)
			order = pv_tree_cmp(left, right);
	}
	return order;
}

/* Each member of one mapping is in the other one. */
static int are_members_of(const pv_tree *part, const pv_tree *whole)
{
	for (size_t i = 0; i < part->count; i++) {
		const pv_tree *like = pv_tree_find(whole, &part->items[i]);

		if (!like || !pv_tree_is_part(&part->items[i], like))
			return 0;
	}
	return 1;
}

/* Each element of one list is in the other one, in the same order. */
static int are_elements_of(const pv_tree *part, const pv_tree *whole)
{
	size_t at = 0;

	for (size_t i = 0; i < part->count; i++, at++) {
		while (at < whole->count &&
		       !pv_tree_is_part(&part->items[i], &whole->items[at]))
			at++;
		if (at == whole->count)
			return 0;
	}
	return 1;
}

int pv_tree_is_part(const pv_tree *part, const pv_tree *whole)
{
	if (pv_tree_cmp(part, whole) == 0)
		return 1;
	if (part->node->kind != whole->node->kind ||
	    cmp_tags(part->node->tag, whole->node->tag) != 0)
		return 0;
	if (pv_tree_is_mapping(part))
		return are_members_of(part, whole);
	return pv_tree_is_list(part) && are_elements_of(part, whole);
}

static const pv_tree *search(const pv_tree *map, const pv_yaml_node *key)
{
	size_t low = 0;
	size_t high = map->sorted ? map->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = cmp_keys(map->sorted[middle]->key, key);

		if (order == 0)
			return map->sorted[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int same_keys(const pv_yaml_node *a, const pv_yaml_node *b)
{
	return a->len == b->len && cmp_keys(a, b) == 0;
}

/* Mostly mappings have the same keys, and it has the same place among them. */
const pv_tree *pv_tree_find(const pv_tree *map, const pv_tree *like)
{
	if (map->sorted && like->rank < map->count &&
	    same_keys(map->sorted[like->rank]->key, like->key))
		return map->sorted[like->rank];
	return search(map, like->key);
}

int pv_tree_same_keys(const pv_tree *a, const pv_tree *b)
{
	if (a->count != b->count || (a->count > 0 && (!a->sorted || !b->sorted)))
		return 0;
	for (size_t i = 0; i < a->count; i++)
		if (!same_keys(a->sorted[i]->key, b->sorted[i]->key))
			return 0;
	return 1;
}

const pv_tree *pv_tree_get(const pv_tree *map, const char *key)
{
	pv_yaml_node wanted = { .type = PV_YAML_STRING,
				.text = key,
				.len = strlen(key) };

	return search(map, &wanted);
}

pv_str pv_tree_text(const pv_tree *tree)
{
	pv_str none = { NULL, 0 };

	if (tree->node->kind == PV_YAML_SCALAR &&
	    tree->node->type == PV_YAML_STRING)
		return tree->value;
	return none;
}

int pv_tree_is_mapping(const pv_tree *tree)
{
	return tree->node->kind == PV_YAML_MAPPING;
}

int pv_tree_is_list(const pv_tree *tree)
{
	return tree->node->kind == PV_YAML_SEQUENCE ||
	       tree->node->kind == PV_YAML_STREAM;
}
