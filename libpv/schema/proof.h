/* SPDX-License-Identifier: MIT
 *
 * Whether all values that some schemas allow are allowed by at least one of
 * others: a claim. It is shown kind by kind: references, allOf and the like
 * are taken apart until what is left are rules of one kind of value on the
 * left, of which the opposite of each rule on the right has to be a
 * contradiction. Values are finite, so a claim may be used for the parts of
 * the values it is about: schemas that refer to themselves need no more.
 *
 * A claim that holds was shown; one that fails has a value that the validator
 * was asked about; all else is unknown, as is what takes too many steps.
 *
 * After A. Habib, A. Shinnar, M. Hirzel, M. Pradel, "Finding Data
 * Compatibility Bugs with JSON Subschema Checking", ISSTA 2021 (a normal form
 * by kind of value, then rules of each kind), and L. Attouche, M.-A. Baazizi,
 * D. Colazzo, G. Ghelli, C. Sartiani, S. Scherzinger, "Witness Generation for
 * JSON Schema", VLDB 2022 (an opposite that has an instance is a proof).
 */
#ifndef PV_SCHEMA_PROOF_H
#define PV_SCHEMA_PROOF_H

#include "schema/decide.h"

enum pv_answer {
	PV_ANSWER_UNKNOWN,
	PV_ANSWER_HOLDS,
	PV_ANSWER_FAILS /* for `witness` */
};

/* Limits of one proof. */
enum {
	PV_PROOF_STEPS = 20000,    /* cases, parts and comparisons */
	PV_PROOF_ASKED = 200000,   /* steps of the validator */
	PV_PROOF_LOOKS = 16 << 20, /* at members of lists */
	PV_PROOF_DEPTH = 40,       /* values inside of each other */
	PV_PROOF_ROOM = 64 << 20   /* bytes */
};

/* Both have to hold; what fails is seen first. */
static inline enum pv_answer pv_answer_both(enum pv_answer a, enum pv_answer b)
{
	if (a == PV_ANSWER_FAILS || b == PV_ANSWER_FAILS)
		return PV_ANSWER_FAILS;
	return a == PV_ANSWER_HOLDS ? b : PV_ANSWER_UNKNOWN;
}

/* Nodes in an arena; copies share what they had in common. */
typedef struct pv_nodes {
	const pv_node **items;
	size_t count;
} pv_nodes;

/* Each value that is as all of `all` say is as one of `any` says. */
typedef struct pv_claim {
	pv_nodes all;
	pv_nodes any;
	const struct pv_claim *outer; /* the claim that this one is shown for */
} pv_claim;

/* One rule of a node on the right. */
enum pv_part_kind {
	PV_PART_OPAQUE, /* nothing is known of it */
	PV_PART_CHOICE,
	PV_PART_MINIMUM,
	PV_PART_ABOVE,
	PV_PART_MAXIMUM,
	PV_PART_BELOW,
	PV_PART_MULTIPLE,
	PV_PART_AT_LEAST, /* `index` characters, elements or members */
	PV_PART_AT_MOST,
	PV_PART_PATTERN,
	PV_PART_FORMAT,
	PV_PART_ITEM,  /* the element at `index` is as `value` says */
	PV_PART_ITEMS, /* those from `index` are */
	PV_PART_CONTAINS,
	PV_PART_UNIQUE,
	PV_PART_PROPERTY, /* the member `key`, if there is one, is as `value` */
	PV_PART_REQUIRED, /* `key` is there */
	PV_PART_ABSENT,   /* `key` is not there */
	PV_PART_KEYS,     /* those that match pattern `index` are as `value` */
	PV_PART_ADDITIONAL, /* those that no other rule of the node names */
	PV_PART_NAMES
};

typedef struct pv_part {
	enum pv_part_kind kind;
	const char *keyword;
	const pv_node *of;
	const pv_node *value;
	const pv_value *bound;
	pv_str key;
	size_t index;
} pv_part;

/* A choice on the left that was not taken apart yet. */
typedef struct pv_split {
	const pv_node *of;
	const char *keyword; /* "anyOf", "oneOf", "if" */
} pv_split;

/* Values of one kind, as all of `all` say, and as none of `any`, `parts` does. */
typedef struct pv_case {
	const pv_claim *claim;
	unsigned type; /* one of enum pv_types, never PV_TYPE_NUMBER */
	pv_nodes all;
	size_t flat; /* so many of them are taken apart */
	pv_nodes any;
	const pv_split *splits;
	size_t split_count;
	const pv_part *parts;
	size_t part_count;
} pv_case;

typedef struct pv_proof {
	pv_arena *arena;
	pv_run run; /* of the validator */
	size_t steps;
	size_t looks;
	int depth;
	int quiet;      /* above 0: look for no witness */
	int is_dynamic; /* what references mean depends on the way to them */
	const pv_value *witness;
	const pv_node *stuck; /* the first rule that could not be decided */
	const char *stuck_keyword;
	int rc; /* PV_ENOMEM */
	pv_error *err;
} pv_proof;

enum pv_answer pv_prove(pv_proof *proof, const pv_claim *claim);
enum pv_answer pv_prove_case(pv_proof *proof, pv_case it);

/* --- what the files share ------------------------------------------------------ */

/* 0 when the steps are used up or memory is. */
int pv_proof_go(pv_proof *proof, size_t steps);
/* The same for walks of lists, which are many and short; ends the steps, too. */
int pv_proof_look(pv_proof *proof, size_t looks);
/* NULL and `proof->rc`. */
void *pv_proof_alloc(pv_proof *proof, size_t size);
void pv_nodes_add(pv_proof *proof, pv_nodes *list, const pv_node *node);
int pv_nodes_has(const pv_nodes *list, const pv_node *node);
const pv_node *pv_node_end(const pv_node *node);
/* Whether nothing is as the node says, or everything is; at a glance. */
static inline int pv_node_is_never(const pv_node *node)
{
	return pv_node_end(node)->is_false;
}

static inline int pv_node_is_always(const pv_node *node)
{
	return pv_plan_is_always(pv_node_end(node)->plan);
}

/* 1 or 0: whether a value is as the node says; -1: not known. */
int pv_proof_ask(pv_proof *proof, const pv_node *node, const pv_value *value);
/*
 * FAILS when the value is a witness against the claim, HOLDS when it is none,
 * UNKNOWN when the validator does not say, or the value is NULL.
 */
enum pv_answer pv_proof_try(pv_proof *proof, const pv_claim *claim,
			    const pv_value *value);
int pv_proof_matches(pv_proof *proof, const pv_pattern *pattern, pv_str text);
/* A value as all of `all` say but none of `but` says; NULL: none was found. */
const pv_value *pv_proof_sample(pv_proof *proof, const pv_case *of,
				const pv_nodes *all, const pv_nodes *but);
/* pv_prove for a part of the values of a case. */
enum pv_answer pv_proof_part(pv_proof *proof, const pv_case *of,
			     const pv_nodes *all, const pv_nodes *any);
/* Whether some node is on both sides. */
int pv_nodes_share(pv_proof *proof, const pv_nodes *all, const pv_nodes *any);
/* Whether both nodes say the same, as far as their texts tell. */
int pv_node_same_rules(pv_proof *proof, const pv_node *a, const pv_node *b);

/* Whether no value of `types` is as both nodes say, as far as a glance tells. */
int pv_nodes_apart(pv_proof *proof, unsigned types, const pv_node *a,
		   const pv_node *b);

/* Both bounds at once. */
void pv_range_cut(pv_range *range, const pv_range *by);
/* What the rules of the right side about a number of things leave. */
void pv_range_cut_parts(pv_range *range, const pv_case *it);

/* Each for one kind of value: whether the case is a contradiction. */
enum pv_answer pv_leaf_number(pv_proof *proof, const pv_case *it);
enum pv_answer pv_leaf_string(pv_proof *proof, const pv_case *it);
enum pv_answer pv_leaf_array(pv_proof *proof, const pv_case *it);
enum pv_answer pv_leaf_object(pv_proof *proof, const pv_case *it);

/* The rules of a node about one kind of value; with room for as many. */
size_t pv_parts_of(const pv_part **out, pv_proof *proof, const pv_node *node,
		   unsigned type);
/* The schema of what the other rules leave, where no other schema looks. */
const pv_node *pv_rest_items(const pv_node *node);
const pv_node *pv_rest_members(const pv_node *node);

/* --- making values (make.c); NULL without memory -------------------------------- */

const pv_value *pv_make_integer(pv_proof *proof, int64_t integer);
const pv_value *pv_make_real(pv_proof *proof, double real);
const pv_value *pv_make_string(pv_proof *proof, pv_str text);
const pv_value *pv_make_array(pv_proof *proof, const pv_value *const *items,
			      size_t count);
const pv_value *pv_make_object(pv_proof *proof, const pv_str *keys,
			       const pv_value *const *values, size_t count);

/*
 * Appends a text that most likely matches a pattern; `variant` asks for
 * another one. 0 for patterns of which no text is known.
 */
int pv_pattern_sample(pv_buf *out, pv_str pattern, unsigned variant);

/* Appends a value as JSON. */
void pv_value_put(pv_buf *out, const pv_value *value);

#endif
