/* SPDX-License-Identifier: MIT
 *
 * From a schema's JSON to nodes. Each schema is compiled once, wherever it is
 * referred to from; the ones still to do wait in a queue, so that no nesting
 * and no loop of references is followed on the stack.
 */
#ifndef PV_SCHEMA_COMPILE_H
#define PV_SCHEMA_COMPILE_H

#include "schema/node.h"

typedef struct pv_compiler {
	pv_registry registry;
	pv_arena *arena;
	pv_map nodes; /* the address of a schema's value, to its pv_node */
	pv_node **queue;
	size_t queue_count;
	size_t queue_cap;
	pv_strlist dynamics; /* anchors that are searched for when validating */
	pv_pattern **patterns;
	size_t pattern_count;
	size_t pattern_cap;
	pv_error *err;
} pv_compiler;

/* Compiles the document at `root`, found at `uri`, and all it refers to. */
int pv_compile(const pv_node **out, pv_compiler *compiler, pv_str uri,
	       const pv_value *root, unsigned draft);

/* Frees all that was compiled but what lies in the arena. */
void pv_compiler_dispose(pv_compiler *compiler);

/* --- for keywords --------------------------------------------------------- */

/* Where a subschema stands in its parent. */
typedef struct pv_position {
	const char *keyword;
	pv_str key;
	size_t index;
} pv_position;

/* The node of a subschema, perhaps still to be compiled. */
int pv_compile_sub(const pv_node **out, pv_compiler *compiler,
		   const pv_node *parent, pv_position position,
		   const pv_value *schema);
/* The nodes of an array of subschemas. */
int pv_compile_list(pv_node_list *out, pv_compiler *compiler,
		    const pv_node *parent, const char *keyword,
		    const pv_value *list);
/* The node that a reference leads to. */
int pv_compile_reference(const pv_node **out, pv_place *place,
			 pv_compiler *compiler, const pv_node *from,
			 pv_str reference);
int pv_compile_pattern(const pv_pattern **out, pv_compiler *compiler,
		       const pv_node *node, const char *keyword, pv_str text);

/* PV_ESCHEMA: `what` a keyword has to be, "an array of strings". */
int pv_compile_refuse(pv_compiler *compiler, const pv_node *node,
		      const char *keyword, const char *what);

/* Appends "#/properties/a/items", with the URI of its resource where it has one. */
void pv_node_path(pv_buf *out, const pv_node *node, const char *keyword);

#endif
