/* SPDX-License-Identifier: MIT
 *
 * Arrays of things that begin with `char *name`, sorted by it. Whoever has one
 * owns the names and the array.
 */
#ifndef PV_INDEX_NAMED_H
#define PV_INDEX_NAMED_H

#include "base/str.h"

/* Where such an array is kept. */
typedef struct pv_named {
	void *items; /* the address of the pointer to the first */
	size_t *count;
	size_t *cap;
	size_t size; /* of a thing */
} pv_named;

/* Finds the thing of a name, or makes one of zeros. PV_ENOMEM. */
int pv_named_find(void **out, const pv_named *array, pv_str name, pv_error *err);

#endif
