/* SPDX-License-Identifier: MIT
 *
 * Dicts: entries in the order of insertion, found by comparing hashes while
 * there are few, by an open-addressed table of entry numbers when there are
 * more. Each probe beyond the first few is paid for, so that keys chosen to
 * collide run into the step limit instead of taking quadratic time.
 */
#include "jinja/value/container.h"

#include "jinja/value/ops.h"

enum {
	SMALL_DICT = 8, /* no table up to here */
	FREE_PROBES = 8,
	FIRST_SLOTS = 32
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	a ^= b;
	a *= 0x9E3779B97F4A7C15u;
	return a ^ (a >> 29);
}

uint64_t pv_jinja_hash_text(const char *text, size_t len)
{
	uint64_t hash = len * 0xD6E8FEB86659FD93u;
	uint64_t word = 0;

	for (; len >= 8; len -= 8, text += 8) {
		memcpy(&word, text, 8);
		hash = mix(hash, word);
	}
	word = 0;
	memcpy(&word, text, len);
	hash = mix(hash, word);
	return hash ^ (hash >> 32);
}

const pv_jinja_value *pv_jinja_dict_find_text(const pv_jinja_dict *dict,
					      const char *text, size_t len,
					      uint64_t hash)
{
	size_t mask = dict->slot_count - 1;

	if (!dict->slots)
		return pv_jinja_dict_find_small(dict, text, len, hash);
	for (size_t at = hash & mask; dict->slots[at]; at = (at + 1) & mask) {
		const pv_jinja_entry *entry = &dict->entries[dict->slots[at] - 1];

		if (pv_jinja_entry_is(entry, text, len, hash))
			return &entry->value;
	}
	return NULL;
}

/* 1 when the entry has this key. */
static int has_key(pv_jinja_run *run, const pv_jinja_entry *entry,
		   uint64_t hash, pv_jinja_value key)
{
	if (key.type == PV_JINJA_STR)
		return pv_jinja_entry_is(entry, key.u.s, key.len, hash);
	if (entry->hash != hash || pv_jinja_is_missing(entry->key))
		return 0;
	return pv_jinja_equal(run, entry->key, key);
}

/* 1 and the entry's number, 0 when there is none, or a failure. */
static int locate(size_t *out, pv_jinja_run *run, const pv_jinja_dict *dict,
		  uint64_t hash, pv_jinja_value key)
{
	size_t mask = dict->slot_count - 1;
	size_t probes = 0;
	int rc = 0;

	if (!dict->slots) {
		for (size_t i = 0; i < dict->used && !rc; i++) {
			*out = i;
			rc = has_key(run, &dict->entries[i], hash, key);
		}
		return rc;
	}
	for (size_t at = hash & mask; dict->slots[at] && !rc;
	     at = (at + 1) & mask) {
		if (++probes > FREE_PROBES)
			rc = pv_jinja_spend(run, 1);
		*out = dict->slots[at] - 1;
		if (!rc)
			rc = has_key(run, &dict->entries[*out], hash, key);
	}
	return rc;
}

static void place(pv_jinja_dict *dict, size_t number)
{
	size_t mask = dict->slot_count - 1;
	size_t at = dict->entries[number].hash & mask;

	while (dict->slots[at])
		at = (at + 1) & mask;
	dict->slots[at] = (uint32_t)number + 1;
}

/* Moves the entries that are left together and numbers them anew. */
static int rebuild(pv_jinja_run *run, pv_jinja_dict *dict, size_t cap)
{
	pv_jinja_entry *entries;
	size_t slot_count = FIRST_SLOTS;
	size_t used = 0;
	int rc = pv_jinja_alloc_array(&entries, run, cap, sizeof(*entries));

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < dict->used; i++)
		if (!pv_jinja_is_missing(dict->entries[i].key))
			entries[used++] = dict->entries[i];
	dict->entries = entries;
	dict->used = used;
	dict->cap = cap;
	dict->slots = NULL;
	if (cap <= SMALL_DICT)
		return PV_OK;
	while (slot_count < cap * 2)
		slot_count *= 2;
	rc = pv_jinja_alloc_array(&dict->slots, run, slot_count,
				  sizeof(*dict->slots));
	if (rc < 0)
		return rc;
	memset(dict->slots, 0, slot_count * sizeof(*dict->slots));
	dict->slot_count = slot_count;
	for (size_t i = 0; i < used; i++)
		place(dict, i);
	return PV_OK;
}

int pv_jinja_dict_new(pv_jinja_dict **out, pv_jinja_run *run, size_t cap)
{
	pv_jinja_dict *dict;
	int rc = pv_jinja_alloc(&dict, run, sizeof(*dict));

	if (rc < 0)
		return rc;
	memset(dict, 0, sizeof(*dict));
	*out = dict;
	return cap ? rebuild(run, dict, cap) : PV_OK;
}

static int make_room(pv_jinja_run *run, pv_jinja_dict *dict)
{
	size_t cap = dict->count * 2;

	if (dict->used < dict->cap && (dict->slots || dict->cap <= SMALL_DICT))
		return PV_OK;
	if (cap < dict->cap)
		cap = dict->cap;
	if (cap < SMALL_DICT)
		cap = SMALL_DICT;
	return rebuild(run, dict, cap);
}

int pv_jinja_dict_set(pv_jinja_run *run, pv_jinja_dict *dict,
		      pv_jinja_value key, pv_jinja_value value)
{
	pv_jinja_entry entry = { 0, key, value };
	size_t number;
	int rc = pv_jinja_hash(&entry.hash, run, key);

	if (rc < 0)
		return rc;
	rc = locate(&number, run, dict, entry.hash, key);
	if (rc < 0)
		return rc;
	if (rc) {
		dict->entries[number].value = value;
		return PV_OK;
	}
	rc = make_room(run, dict);
	if (rc < 0)
		return rc;
	dict->entries[dict->used++] = entry;
	dict->count++;
	if (dict->slots)
		place(dict, dict->used - 1);
	return PV_OK;
}

int pv_jinja_dict_find(pv_jinja_value *out, pv_jinja_run *run,
		       const pv_jinja_dict *dict, pv_jinja_value key)
{
	size_t number = 0;
	uint64_t hash;
	int rc = pv_jinja_hash(&hash, run, key);

	if (rc < 0)
		return rc;
	rc = locate(&number, run, dict, hash, key);
	if (rc == 1)
		*out = dict->entries[number].value;
	return rc;
}

int pv_jinja_dict_remove(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_dict *dict, pv_jinja_value key)
{
	size_t number = 0;
	uint64_t hash;
	int rc = pv_jinja_hash(&hash, run, key);

	if (rc < 0)
		return rc;
	rc = locate(&number, run, dict, hash, key);
	if (rc != 1)
		return rc;
	*out = dict->entries[number].value;
	/* The slot stays: look-ups of other keys probe past it. */
	dict->entries[number].key = pv_jinja_missing();
	dict->entries[number].value = pv_jinja_missing();
	dict->count--;
	while (dict->used &&
	       pv_jinja_is_missing(dict->entries[dict->used - 1].key) &&
	       !dict->slots)
		dict->used--;
	return 1;
}

void pv_jinja_dict_clear(pv_jinja_dict *dict)
{
	dict->count = 0;
	dict->used = 0;
	dict->cap = 0;
	dict->slots = NULL;
}

int pv_jinja_dict_copy(pv_jinja_dict **out, pv_jinja_run *run,
		       const pv_jinja_dict *dict)
{
	pv_jinja_dict *copy;
	int rc = pv_jinja_dict_new(&copy, run, 0);

	if (rc < 0)
		return rc;
	*copy = *dict;
	rc = rebuild(run, copy,
		     dict->count < SMALL_DICT ? SMALL_DICT : dict->count);
	*out = copy;
	return rc;
}
