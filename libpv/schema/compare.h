/* SPDX-License-Identifier: MIT
 *
 * What differs between two schemas, one property at a time.
 */
#ifndef PV_SCHEMA_COMPARE_H
#define PV_SCHEMA_COMPARE_H

#include <pv/schema.h>

#include "base/str.h"

/* Told of each difference; what they return below 0 ends the walk. */
struct pv_schema_finds {
	/* A property or the elements of an array are not what they were. */
	int (*part)(const pv_schema_comparison *found, void *payload,
		    pv_error *err);
	/* Only the side that refuses asks for `key`: "#/required". */
	int (*required)(const char *schema_path, pv_str key, void *payload,
			pv_error *err);
	void *payload;
};

/*
 * Goes through the properties that two incompatible schemas have in common,
 * and those inside of them, and compares each by itself. What lies deeper, or
 * takes more steps than a few comparisons, is left out. PV_ENOMEM.
 */
int pv_schema_compare_parts(const struct pv_schema_finds *finds,
			    const pv_schema *old_schema,
			    const pv_schema *new_schema,
			    enum pv_schema_side side, pv_error *err);

#endif
