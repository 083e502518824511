/* SPDX-License-Identifier: MIT
 *
 * Which members of an object, or elements of an array, some schema has looked
 * at: what unevaluatedProperties and unevaluatedItems leave alone. Where no
 * such keyword waits for an answer nothing is noted, and marks are NULL.
 */
#ifndef PV_SCHEMA_MARKS_H
#define PV_SCHEMA_MARKS_H

#include "schema/value.h"

typedef struct pv_marks {
	int is_all;
	uint64_t few; /* up to 64 of them need no memory */
	uint64_t *many;
	size_t count;
} pv_marks;

/* Marks for the parts of `value`, none of them set. PV_ENOMEM. */
int pv_marks_init(pv_marks *marks, const pv_value *value, pv_error *err);
void pv_marks_dispose(pv_marks *marks);
/* NULL `marks` are accepted, and nothing is noted. */
void pv_marks_set(pv_marks *marks, size_t idx);
void pv_marks_set_all(pv_marks *marks);
int pv_marks_has(const pv_marks *marks, size_t idx);
/* Adds those of `from`, which are for the same value. */
void pv_marks_add(pv_marks *marks, const pv_marks *from);

#endif
