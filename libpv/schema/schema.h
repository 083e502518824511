/* SPDX-License-Identifier: MIT
 *
 * A schema with all that it was made of.
 */
#ifndef PV_SCHEMA_SCHEMA_H
#define PV_SCHEMA_SCHEMA_H

#include <pv/schema.h>

#include "schema/compile.h"

struct pv_schema {
	pv_arena arena;
	pv_compiler compiler; /* its resources are asked when validating */
	pv_schema_options options;
	const pv_node *root;
};

#endif
