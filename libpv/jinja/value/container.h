/* SPDX-License-Identifier: MIT
 *
 * Lists, tuples, dicts and ranges. A dict keeps the order of insertion and
 * finds keys as Python does (1, 1.0 and true are one key). Constant string
 * keys carry their hash (pv_jinja_hash_text), so that a look-up compares at
 * most a few words.
 */
#ifndef PV_JINJA_CONTAINER_H
#define PV_JINJA_CONTAINER_H

#include "jinja/run/run.h"

typedef struct pv_jinja_entry {
	uint64_t hash;
	pv_jinja_value key; /* MISSING in a removed entry */
	pv_jinja_value value;
} pv_jinja_entry;

typedef struct pv_jinja_dict {
	pv_jinja_entry *entries;
	size_t count; /* of keys */
	size_t used;  /* of entries, removed ones included */
	size_t cap;
	uint32_t *slots; /* open addressing: entry + 1; NULL while small */
	size_t slot_count;
} pv_jinja_dict;

/* The hash of a str with this text. */
uint64_t pv_jinja_hash_text(const char *text, size_t len);

/* --- lists --------------------------------------------------------------- */

/* An empty list with room for `cap`. PV_ELIMIT, PV_ENOMEM, here and below. */
int pv_jinja_list_new(pv_jinja_list **out, pv_jinja_run *run, size_t cap);
int pv_jinja_list_add(pv_jinja_run *run, pv_jinja_list *list,
		      pv_jinja_value value);
/* A tuple of two, as items() gives them. */
int pv_jinja_pair(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		  pv_jinja_value b);

/* --- dicts --------------------------------------------------------------- */

/* An empty dict with room for `cap` keys. */
int pv_jinja_dict_new(pv_jinja_dict **out, pv_jinja_run *run, size_t cap);
/* Adds or replaces; raises TypeError for a key that has no hash. */
int pv_jinja_dict_set(pv_jinja_run *run, pv_jinja_dict *dict,
		      pv_jinja_value key, pv_jinja_value value);

/* memcmp() of more than 8 bytes, which mostly are few more. */
static inline int pv_jinja_is_same_text(const char *a, const char *b, size_t len)
{
	for (; len > 8; len -= 8, a += 8, b += 8)
		if (memcmp(a, b, 8) != 0)
			return 0;
	return !memcmp(a + len - 8, b + len - 8, 8);
}

/* Whether the entry has this key, whose hash is given: up to 8 bytes no two
 * texts of a length share one, for each step of hashing can be undone. */
static inline int pv_jinja_entry_is(const pv_jinja_entry *entry,
				    const char *text, size_t len, uint64_t hash)
{
	return entry->hash == hash && entry->key.type == PV_JINJA_STR &&
	       entry->key.len == len &&
	       (len <= 8 || pv_jinja_is_same_text(entry->key.u.s, text, len));
}

/* The value of a string key whose hash is known; NULL when absent. */
const pv_jinja_value *pv_jinja_dict_find_text(const pv_jinja_dict *dict,
					      const char *text, size_t len,
					      uint64_t hash);

/* The same in a dict without slots; NULL, too, when it has them. */
static inline const pv_jinja_value *pv_jinja_dict_find_small(
	const pv_jinja_dict *dict, const char *text, size_t len, uint64_t hash)
{
	const pv_jinja_entry *end;

	if (dict->slots || !dict->used)
		return NULL;
	end = dict->entries + dict->used;
	for (const pv_jinja_entry *entry = dict->entries; entry < end; entry++)
		if (pv_jinja_entry_is(entry, text, len, hash))
			return &entry->value;
	return NULL;
}

/* 1 and the value, 0, or an error for a key that has no hash. */
int pv_jinja_dict_find(pv_jinja_value *out, pv_jinja_run *run,
		       const pv_jinja_dict *dict, pv_jinja_value key);
/* Removes a key; 1 and the value in `out`, 0 when absent, or an error. */
int pv_jinja_dict_remove(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_dict *dict, pv_jinja_value key);
void pv_jinja_dict_clear(pv_jinja_dict *dict);
/* A shallow copy. */
int pv_jinja_dict_copy(pv_jinja_dict **out, pv_jinja_run *run,
		       const pv_jinja_dict *dict);

/* --- ranges -------------------------------------------------------------- */

/* Raises ValueError for a step of 0. */
int pv_jinja_range_new(pv_jinja_value *out, pv_jinja_run *run, int64_t start,
		       int64_t stop, int64_t step);

/* The item at `idx`, which is in the range. */
static inline int64_t pv_jinja_range_at(const pv_jinja_range *range, int64_t idx)
{
	return (int64_t)((uint64_t)range->start +
			 (uint64_t)idx * (uint64_t)range->step);
}

/* A copy of what the value holds, to any depth, in the run's arena, so that
 * it may be changed without its origin noticing; cycles and shared parts stay. */
int pv_jinja_copy(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value);

#endif
