/* SPDX-License-Identifier: MIT
 *
 * JSON Schemas in prompts and settings, for the rules that are about them:
 * where they stand, compiling them, and holding values against them.
 */
#ifndef PV_CHECK_SHAPE_H
#define PV_CHECK_SHAPE_H

#include <pv/schema.h>

#include "check/rule.h"

/* What references in a prompt are relative to, and the prompt itself. */
#define PV_SHAPE_TOP "file:///"
#define PV_SHAPE_SELF "prompt.json"

/*
 * Compiles the schema that stands at a node; "$ref"s that are paths are read
 * through pv_check_read. `*out` is NULL when it is no schema: then `why` says
 * so, PV_EUNSUPPORTED for a draft that we do not know; and when it needs a
 * file that nobody can read here, without a word. PV_ENOMEM.
 */
int pv_shape_new(pv_schema **out, pv_check_run *run, const pv_yaml_node *node,
		 pv_error *why);

/*
 * The same for the declaration of a variable, which is a schema but for some
 * keys; NULL, too, when it demands nothing. `is_typed` 0 leaves the type out.
 */
int pv_shape_of_variable(pv_schema **out, pv_check_run *run,
			 const pv_yaml_node *declaration, int is_typed,
			 pv_error *why);

/*
 * What is wrong with the value at a node, as text in `message`, "" when it is
 * valid or cannot be told; `*place_out` (may be NULL) is the node within it.
 * PV_ENOMEM.
 */
int pv_shape_check(char message[256], const pv_yaml_node **place_out,
		   const pv_schema *schema, pv_check_run *run,
		   const pv_yaml_node *value);

/*
 * Calls `fn` for each schema of the prompt with what it is of: the input, the
 * output, the parameters of a tool; until it returns non-zero, which is returned.
 */
int pv_shape_each(pv_check_run *run,
		  int (*fn)(pv_check_run *run, const pv_yaml_node *schema,
			    const char *what));

/* {type: function, function: {...}}, or the inner mapping alone. */
const pv_yaml_node *pv_tool_function(const pv_yaml_node *tool);

#endif
