/* SPDX-License-Identifier: MIT
 *
 * What the left side of a case says of an object's keys, and objects that are
 * made after it.
 */
#ifndef PV_SCHEMA_PROOF_KEYS_H
#define PV_SCHEMA_PROOF_KEYS_H

#include "schema/proof.h"

enum {
	PV_KEYS_TRIED = 6
};

/* What an object that is made has to have. */
typedef struct pv_wish {
	pv_str key; /* with `value`, or with any value; NULL `ptr`: none */
	const pv_value *value;
	int is_any;
	pv_str without; /* a key that is left out */
	int is_full;    /* all keys that are named, not just those required */
	size_t extra;   /* at least so many members */
} pv_wish;

/* NULL when no such object is found; it may still not fit. */
const pv_value *pv_keys_make(pv_proof *proof, const pv_case *it,
			     const pv_wish *wish);

pv_range pv_keys_counts(const pv_case *it);
/* The schemas of a key's value. */
pv_nodes pv_keys_value(pv_proof *proof, const pv_case *it, pv_str key);
/* Whether the key stands in some `properties` or `required`. */
int pv_keys_is_named(const pv_case *it, pv_str key);
/* Whether the key is always there, and how many are. */
int pv_keys_is_sure(const pv_case *it, pv_str key);
size_t pv_keys_sure_count(const pv_case *it);
/* Whether `then` is always there where `key` is. */
int pv_keys_follows(const pv_case *it, pv_str key, pv_str then);
/* Whether the key is never there. */
int pv_keys_is_barred(pv_proof *proof, const pv_case *it, pv_str key);
/* Whether only keys that are named can be there; and how many at most. */
int pv_keys_is_closed(pv_proof *proof, const pv_case *it);
size_t pv_keys_most(pv_proof *proof, const pv_case *it);
/* Whether a key has to be there for which no value fits. */
int pv_keys_is_impossible(pv_proof *proof, const pv_case *it);
/*
 * The schemas of the value of a key that is not named and that `part` (may be
 * NULL) is about: the `idx`-th possibility. 0 behind the last one.
 */
int pv_keys_rest(pv_nodes *out, pv_proof *proof, const pv_case *it,
		 const pv_part *part, size_t idx);
/* A key to try as one that is not named; NULL `ptr`: none. */
pv_str pv_keys_other(pv_proof *proof, const pv_case *it, const pv_part *part,
		     unsigned idx);

#endif
