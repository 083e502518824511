/* SPDX-License-Identifier: MIT
 *
 * A hash map from byte strings to pointers. Keys are copied, values are
 * borrowed. The hash is seeded per map, so that chosen keys cannot make it
 * slow. `{ 0 }` is an empty map.
 */
#ifndef PV_BASE_MAP_H
#define PV_BASE_MAP_H

#include <pv/error.h>

#include "base/str.h"

struct pv_map_slot;

typedef struct pv_map {
	struct pv_map_slot *slots;
	size_t count;
	size_t cap; /* a power of two, or 0 */
	uint64_t seed;
} pv_map;

/*
 * Sets the value of `key`; the previous one goes to `*old` when `old` is not
 * NULL (NULL if there was none). PV_ENOMEM.
 */
int pv_map_set(pv_map *map, pv_str key, void *value, void **old, pv_error *err);
/* The value, or NULL. */
void *pv_map_find(const pv_map *map, pv_str key);
/* Calls `fn` for each entry in no certain order until it returns non-zero. */
int pv_map_each(const pv_map *map,
		int (*fn)(pv_str key, void *value, void *payload), void *payload);
void pv_map_dispose(pv_map *map);

#endif
