/* SPDX-License-Identifier: MIT
 *
 * A YAML document seen as data only: aliases followed, scalars in one
 * spelling, the keys of mappings findable in any order, every node hashed.
 * Two trees are equal when nobody who reads the documents as data could tell
 * them apart: order of keys, quoting, comments, anchors and the spelling of
 * numbers do not count; tags and the types of scalars do.
 */
#ifndef PV_DIFF_TREE_H
#define PV_DIFF_TREE_H

#include <pv/yaml.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct pv_tree {
	const pv_yaml_node *node; /* where it comes from; never an alias */
	const pv_yaml_node *key;  /* in a mapping, else NULL */
	pv_str value; /* of a scalar: text, or number in one spelling */
	struct pv_tree *items; /* children in the order of the text */
	size_t count;
	const struct pv_tree **sorted; /* of a mapping: items by key */
	size_t rank;                   /* of a member: its place among these */
	uint64_t hash; /* of the data; the own key is not in it */
} pv_tree;

/*
 * The tree of `root`, allocated in `arena` and borrowing from the document.
 * PV_ENOMEM.
 */
int pv_tree_new(pv_tree **out, pv_arena *arena, const pv_yaml_node *root,
		pv_error *err);

/*
 * Parses one document of any YAML and makes its tree; the document goes to
 * `*doc_out` and has to outlive the tree. Errors as pv_yaml_parse, the
 * outputs are NULL then.
 */
int pv_tree_read(pv_tree **out, pv_yaml **doc_out, pv_arena *arena, pv_str text,
		 pv_error *err);

/* 0 when equal as data; otherwise a total order of no further meaning. */
int pv_tree_cmp(const pv_tree *a, const pv_tree *b);

/*
 * Whether `part` is `whole` with nothing but members of mappings and elements
 * of lists taken out, at any depth, or equal.
 */
int pv_tree_is_part(const pv_tree *part, const pv_tree *whole);

/* The member of a mapping with the same key as `like`; NULL when absent. */
const pv_tree *pv_tree_find(const pv_tree *map, const pv_tree *like);

/* Whether two mappings have the same keys, in whatever order. */
int pv_tree_same_keys(const pv_tree *a, const pv_tree *b);

/* The member with the string key `key`; NULL when absent or no mapping. */
const pv_tree *pv_tree_get(const pv_tree *map, const char *key);

/* The text of a string scalar; `ptr` is NULL for anything else. */
pv_str pv_tree_text(const pv_tree *tree);

int pv_tree_is_mapping(const pv_tree *tree);
/* Streams count as sequences: of documents. */
int pv_tree_is_list(const pv_tree *tree);

#endif
