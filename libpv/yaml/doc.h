/* SPDX-License-Identifier: MIT
 *
 * What the files of yaml/ share: the document behind pv_yaml and the private
 * half of its nodes. Nodes, scalars, tags and anchors live in the document's
 * arena; a node never moves and is never changed once the parser has closed
 * it. Edits build a whole new document and exchange the insides.
 */
#ifndef PV_YAML_DOC_H
#define PV_YAML_DOC_H

#include <pv/yaml.h>

#include "base/arena.h"
#include "base/str.h"

struct pv_yaml {
	const char *text; /* `len` bytes and a NUL, in the arena */
	size_t len;
	size_t body; /* behind the byte order mark */
	pv_arena arena;
	const pv_yaml_node *root;
	pv_yaml_options opts;
	int repeats_anchor; /* in one document: not all readers take that */
};

/* pv_yaml_resolve of a node that there is, without a call. */
static inline const pv_yaml_node *pv_yaml_follow(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_ALIAS ? node->target : node;
}

/* A YAML text as JSON. PV_ESYNTAX, PV_ELIMIT, PV_ENOMEM. */
int pv_yaml_text_json(pv_buf *out, const pv_buf *text, pv_error *err);

/* The node at a JSON pointer below another, as far as it leads. */
const pv_yaml_node *pv_yaml_follow_pointer(const pv_yaml_node *node,
					   const char *pointer);

/* What an untagged plain scalar is under the core schema. */
enum pv_yaml_type pv_yaml_core_type(const char *text, size_t len);

/*
 * Sets the type of a node from its tag, which is checked against kind and
 * content. PV_ESYNTAX, without a place.
 */
int pv_yaml_apply_tag(pv_yaml_node *node, enum pv_yaml_tags tags, pv_error *err);

/* Refuses equal keys and null keys of a finished mapping. PV_ESYNTAX. */
int pv_yaml_check_keys(const pv_yaml_node *mapping, pv_error *err);

/* The value of a key, which may hold NULs; NULL when absent. */
const pv_yaml_node *pv_yaml_member(const pv_yaml_node *mapping, pv_str key);

/*
 * Reads JSON into nodes of `arena`: numbers keep their spelling in `text`,
 * and every node has the kind, type and text that YAML gives it. PV_EINVALID,
 * PV_ELIMIT, PV_ENOMEM.
 */
int pv_yaml_read_json(const pv_yaml_node **out, pv_arena *arena, pv_str json,
		      pv_error *err);

/*
 * Decodes the JSON string that starts with the quote at `*at` and leaves
 * `*at` behind its end. PV_EINVALID, PV_ENOMEM.
 */
int pv_yaml_read_json_string(pv_str *out, pv_arena *arena, pv_str json,
			     size_t *at, pv_error *err);

/* One step of a path: a key, or an index when `key.ptr` is NULL. */
typedef struct pv_yaml_step {
	pv_str key;
	long idx; /* negative: from the end */
} pv_yaml_step;

/* Splits a path into steps allocated in `arena`. PV_EINVALID, PV_ENOMEM. */
int pv_yaml_split_path(pv_yaml_step **steps_out, size_t *count_out,
		       pv_arena *arena, const char *path, pv_error *err);

/* The node one step below; NULL when there is none. */
const pv_yaml_node *pv_yaml_take_step(const pv_yaml_node *node,
				      const pv_yaml_step *step);

#endif
