/* SPDX-License-Identifier: MIT
 *
 * Comparing YAML nodes by what they mean: equality as data, and whether one
 * JSON Schema may stand in for another.
 */
#ifndef PV_PROMPT_COMPARE_H
#define PV_PROMPT_COMPARE_H

#include <pv/prompt.h>

#include "base/map.h"
#include "base/str.h"

/*
 * Sets `*out` to whether two nodes are the same data: style, key order and
 * the spelling of decimal numbers do not count. PV_ENOMEM.
 */
int pv_node_equal(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		  pv_error *err);
/* The same with NULL and null standing for "absent". */
int pv_node_same(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		 pv_error *err);

/*
 * Looks keys of one mapping up in the order of another that is much like it:
 * the next key is tried first, large mappings get a table.
 */
typedef struct pv_finder {
	const pv_yaml_node *mapping; /* resolved; NULL finds nothing */
	const pv_yaml_node *next;
	pv_map table;
} pv_finder;

int pv_finder_init(pv_finder *finder, const pv_yaml_node *mapping, pv_error *err);
/* The value of the key that `key` spells, or NULL. */
const pv_yaml_node *pv_finder_find(pv_finder *finder, const pv_yaml_node *key);
void pv_finder_dispose(pv_finder *finder);

/* Who relies on a schema decides which changes break. */
enum pv_schema_role {
	PV_SCHEMA_TAKES, /* callers pass what fits: accepting less breaks */
	PV_SCHEMA_GIVES  /* readers get what fits: allowing more breaks */
};

/*
 * Compares two schemas, either of which may be NULL for "anything". Raises
 * `*bump` to patch for notes, minor for a change that is compatible, major for
 * one that is not, or not known to be, compatible; each of those is added to
 * `breaking` with its path, which begins with `path`. `skip` is NULL for a
 * schema; else the mapping is the declaration of a variable, and `skip` names
 * its keys that are no schema's, ending in NULL. PV_ELIMIT, PV_ENOMEM.
 */
typedef struct pv_schema_pair {
	const pv_yaml_node *before;
	const pv_yaml_node *after;
	enum pv_schema_role role;
	const char *const *skip;
	const char *path;
	const pv_impact_options *opts; /* NULL: no file is read */
} pv_schema_pair;

int pv_schema_step(enum pv_bump *bump, const pv_schema_pair *pair,
		   pv_report *breaking, pv_error *err);

/* Raises `*bump` to at least `to`. */
void pv_bump_raise(enum pv_bump *bump, enum pv_bump to);
/* Adds a breaking change at `path` and raises `*bump` to major. */
int pv_bump_break(enum pv_bump *bump, pv_report *breaking, const char *path,
		  pv_error *err, const char *format, ...) PV_PRINTF(5, 6);

#endif
