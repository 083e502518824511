/* SPDX-License-Identifier: MIT
 *
 * Objects that are made to be tried, see proof_keys.h.
 */
#include "base/mem.h"
#include "schema/proof_keys.h"

enum {
	MAX_MEMBERS = 300
};

struct object {
	pv_proof *proof;
	const pv_case *it;
	const pv_wish *wish;
	pv_str *keys;
	const pv_value **values;
	size_t count;
};

static int has(const struct object *object, pv_str key)
{
	for (size_t i = 0; i < object->count; i++)
		if (pv_str_eq(object->keys[i], key))
			return 1;
	return 0;
}

static void put(struct object *object, pv_str key, const pv_value *value)
{
	if (object->count == MAX_MEMBERS)
		return;
	object->keys[object->count] = key;
	object->values[object->count++] = value;
}

/* A member with any value that fits; 0: there is none, or no room. */
static int put_sample(struct object *object, pv_str key)
{
	const pv_wish *wish = object->wish;
	const pv_value *value;
	pv_nodes all;

	if (has(object, key))
		return 1;
	if ((wish->without.ptr && pv_str_eq(wish->without, key)) ||
	    object->count == MAX_MEMBERS ||
	    pv_keys_is_barred(object->proof, object->it, key))
		return 0;
	all = pv_keys_value(object->proof, object->it, key);
	value = pv_proof_sample(object->proof, object->it, &all, NULL);
	if (value)
		put(object, key, value);
	return value != NULL;
}

/* Those that are named, as far as they are wanted. */
static int put_named(struct object *object, int is_full, size_t enough)
{
	const pv_case *it = object->it;

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = it->all.items[i]->object;

		for (size_t j = 0; rules && j < rules->property_count; j++) {
			pv_str key = rules->properties[j].key;
			int is_sure = pv_keys_is_sure(it, key);

			if (!is_sure && (!is_full || object->count >= enough))
				continue;
			if (!put_sample(object, key) && is_sure)
				return 0;
		}
	}
	return 1;
}

/* What the keys that are there ask for, and what has to be there anyway. */
static int put_followers(struct object *object)
{
	const pv_case *it = object->it;

	for (size_t i = 0; i < it->part_count; i++)
		if (it->parts[i].kind == PV_PART_ABSENT &&
		    !put_sample(object, it->parts[i].key))
			return 0;
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = it->all.items[i]->object;

		for (size_t j = 0; rules && j < rules->dependent_count; j++) {
			const pv_dependent *row = &rules->dependents[j];

			if (!row->required || !has(object, row->key))
				continue;
			for (size_t k = 0; k < row->required->count; k++)
				if (!put_sample(object,
						pv_value_str(&row->required->as
								      .items[k])))
					return 0;
		}
	}
	return 1;
}

static void put_others(struct object *object, size_t want)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	for (unsigned i = 0; i < PV_KEYS_TRIED && object->count < want; i++) {
		pv_str key = pv_keys_other(object->proof, object->it, NULL, i);

		if (key.ptr)
			(void)put_sample(object, key);
	}
	for (size_t i = 0; i + 1 < sizeof(letters) && object->count < want; i++)
		(void)put_sample(object, (pv_str){ letters + i, 1 });
}

const pv_value *pv_keys_make(pv_proof *proof, const pv_case *it,
			     const pv_wish *wish)
{
	struct object object = { proof, it, wish, NULL, NULL, 0 };
	pv_range range = pv_keys_counts(it);
	size_t want = wish->extra > range.min ? wish->extra : range.min;

	object.keys = pv_proof_alloc(proof, MAX_MEMBERS * sizeof(pv_str));
	object.values =
		pv_proof_alloc(proof, MAX_MEMBERS * sizeof(const pv_value *));
	if (!object.keys || !object.values)
		return NULL;
	if (wish->key.ptr && wish->value)
		put(&object, wish->key, wish->value);
	else if (wish->key.ptr && wish->is_any && !put_sample(&object, wish->key))
		return NULL;
	if (!put_named(&object, 0, 0) ||
	    (wish->is_full && !put_named(&object, 1, range.max)) ||
	    !put_followers(&object))
		return NULL;
	if (object.count < want && !put_named(&object, 1, want))
		return NULL;
	put_others(&object, want);
	return pv_make_object(proof, object.keys, object.values, object.count);
}
