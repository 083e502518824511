/* SPDX-License-Identifier: MIT
 *
 * The keywords: in which drafts they stand, where subschemas are in them, and
 * what compiles them.
 */
#ifndef PV_SCHEMA_KEYWORD_H
#define PV_SCHEMA_KEYWORD_H

#include "schema/compile.h"
#include "schema/resource.h"

/* Where the value of a keyword has subschemas. */
enum pv_shape {
	PV_SHAPE_PLAIN, /* nowhere */
	PV_SHAPE_SCHEMA,
	PV_SHAPE_LIST,   /* an array of them */
	PV_SHAPE_EITHER, /* one of them, or an array */
	PV_SHAPE_MAP /* members that are schemas; arrays among them are not */
};

/* The part of a node that a keyword writes to. */
enum pv_rules_kind {
	PV_RULES_NONE,
	PV_RULES_NUMBER,
	PV_RULES_STRING,
	PV_RULES_ARRAY,
	PV_RULES_OBJECT,
	PV_RULES_LOGIC
};

typedef struct pv_keyword pv_keyword;

/* Adds to `node` what a keyword with that value demands. */
typedef int pv_keyword_fn(pv_compiler *compiler, pv_node *node,
			  const pv_keyword *keyword, const pv_value *value);

struct pv_keyword {
	const char *name;
	unsigned drafts;
	unsigned vocabulary;
	enum pv_shape shape;
	enum pv_rules_kind rules;
	size_t field;           /* its offset in these rules */
	pv_keyword_fn *compile; /* NULL for what only names or comments */
};

/* NULL for words that are no keywords of that draft. */
const pv_keyword *pv_keyword_find(pv_str name, unsigned draft);

/* Calls `fn` for each subschema in a keyword's value until it fails. */
int pv_keyword_each(const pv_keyword *keyword, const pv_value *value,
		    int (*fn)(const pv_value *schema, void *payload),
		    void *payload);

/*
 * The field of `node` that the keyword writes to; its rules are made when the
 * first keyword wants them. NULL without memory.
 */
void *pv_keyword_field(pv_compiler *compiler, pv_node *node,
		       const pv_keyword *keyword);

/* --- fields that take a value as it is (keyword_field.c) ---------------------- */

pv_keyword_fn pv_keyword_count;  /* size_t */
pv_keyword_fn pv_keyword_flag;   /* int */
pv_keyword_fn pv_keyword_number; /* const pv_value * */
pv_keyword_fn pv_keyword_schema; /* const pv_node * */
pv_keyword_fn pv_keyword_list;   /* pv_node_list */

/* --- the others, by topic ------------------------------------------------------ */

pv_keyword_fn pv_keyword_type, pv_keyword_enum, pv_keyword_const;
pv_keyword_fn pv_keyword_multiple_of, pv_keyword_pattern, pv_keyword_format;
pv_keyword_fn pv_keyword_items_or_list, pv_keyword_additional_items;
pv_keyword_fn pv_keyword_contains;
pv_keyword_fn pv_keyword_properties, pv_keyword_required;
pv_keyword_fn pv_keyword_pattern_properties, pv_keyword_dependencies;
pv_keyword_fn pv_keyword_ref, pv_keyword_dynamic_ref, pv_keyword_recursive_ref;

/* Which integers are right, of all rules about numbers. */
void pv_keyword_set_bounds(pv_number_rules *rules);
/* Makes the table by which keys are found. */
int pv_keyword_index_properties(pv_compiler *compiler, pv_object_rules *rules);

#endif
