/* SPDX-License-Identifier: MIT
 *
 * Open addressing with linear probing, at most three quarters full. The hash
 * is FNV-1a from a seed taken from the map's address: enough against keys
 * chosen in advance, and no entropy source is needed.
 */
#include "base/map.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

struct pv_map_slot {
	char *key; /* NULL: free */
	size_t len;
	uint64_t hash;
	void *value;
};

static uint64_t hash_key(const pv_map *map, pv_str key)
{
	uint64_t hash = 14695981039346656037U ^ map->seed;

	for (size_t i = 0; i < key.len; i++) {
		hash ^= (unsigned char)key.ptr[i];
		hash *= 1099511628211U;
	}
	return hash ^ (hash >> 29);
}

/* The slot that holds `key`, or the free one where it belongs. */
static struct pv_map_slot *find_slot(const pv_map *map, pv_str key, uint64_t hash)
{
	size_t mask = map->cap - 1;
	size_t idx = (size_t)hash & mask;

	for (;;) {
		struct pv_map_slot *slot = &map->slots[idx];
		pv_str held = { slot->key, slot->len };

		if (!slot->key || (slot->hash == hash && pv_str_eq(held, key)))
			return slot;
		idx = (idx + 1) & mask;
	}
}

static int grow(pv_map *map, pv_error *err)
{
	pv_map bigger = { NULL, map->count, map->cap ? map->cap * 2 : 16,
			  map->seed };

	if (!map->cap)
		bigger.seed = (uint64_t)(uintptr_t)map * 0x9E3779B97F4A7C15U;
	bigger.slots = pv_calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < map->cap; i++) {
		struct pv_map_slot *slot = &map->slots[i];
		pv_str key = { slot->key, slot->len };

		if (slot->key)
			*find_slot(&bigger, key, slot->hash) = *slot;
	}
	pv_free(map->slots);
	*map = bigger;
	return PV_OK;
}

int pv_map_set(pv_map *map, pv_str key, void *value, void **old, pv_error *err)
{
	struct pv_map_slot *slot;
	uint64_t hash;

	if (old)
		*old = NULL;
	if (map->count >= map->cap / 4 * 3 && grow(map, err) < 0)
		return PV_ENOMEM;
	hash = hash_key(map, key);
	slot = find_slot(map, key, hash);
	if (!slot->key) {
		slot->key = pv_strndup(key.ptr, key.len);
		if (!slot->key)
			return pv_fail_nomem(err);
		slot->len = key.len;
		slot->hash = hash;
		map->count++;
	} else if (old) {
		*old = slot->value;
	}
	slot->value = value;
	return PV_OK;
}

void *pv_map_find(const pv_map *map, pv_str key)
{
	struct pv_map_slot *slot;

	if (!map->cap)
		return NULL;
	slot = find_slot(map, key, hash_key(map, key));
	return slot->key ? slot->value : NULL;
}

int pv_map_each(const pv_map *map,
		int (*fn)(pv_str key, void *value, void *payload), void *payload)
{
	for (size_t i = 0; i < map->cap; i++) {
		struct pv_map_slot *slot = &map->slots[i];
		pv_str key = { slot->key, slot->len };
		int rc = slot->key ? fn(key, slot->value, payload) : 0;

		if (rc)
			return rc;
	}
	return PV_OK;
}

void pv_map_dispose(pv_map *map)
{
	for (size_t i = 0; i < map->cap; i++)
		pv_free(map->slots[i].key);
	pv_free(map->slots);
	memset(map, 0, sizeof(*map));
}
