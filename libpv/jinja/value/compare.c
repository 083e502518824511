/* SPDX-License-Identifier: MIT
 *
 * Equality, order, hashes, truth and membership. Numbers compare exactly
 * whatever their types; equal values of different types have equal hashes.
 */
#include <math.h>

#include "jinja/run/call.h"
#include "jinja/value/bigint.h"
#include "jinja/value/unicode.h"

/* --- truth and identity --------------------------------------------------- */

int pv_jinja_truth(pv_jinja_run *run, pv_jinja_value value)
{
	int64_t len;
	int rc;

	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_MISSING:
	case PV_JINJA_NONE:
		return 0;
	case PV_JINJA_UNDEFINED:
		return value.flags == PV_JINJA_UNDEFINED_STRICT
			       ? pv_jinja_raise_undefined(run, value)
			       : 0;
	case PV_JINJA_BOOL:
	case PV_JINJA_INT:
		return value.u.i != 0;
	case PV_JINJA_FLOAT:
		return value.u.f != 0;
	case PV_JINJA_STR:
		return value.len != 0;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
		return value.u.list->count != 0;
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
		return value.u.dict->count != 0;
	case PV_JINJA_RANGE:
		return value.u.range->count != 0;
	case PV_JINJA_OBJECT:
		if (!value.u.object->kind->len)
			return 1;
		rc = value.u.object->kind->len(&len, run, value.u.object);
		return rc < 0 ? rc : len != 0;
	case PV_JINJA_BIG:
	case PV_JINJA_ITER:
	case PV_JINJA_FUNC:
	case PV_JINJA_TYPES:
		break;
	}
	return 1;
}

int pv_jinja_same(pv_jinja_value a, pv_jinja_value b)
{
	if (a.type != b.type)
		return 0;
	if (a.type == PV_JINJA_STR)
		return a.len == b.len && a.flags == b.flags &&
		       (a.u.s == b.u.s || !memcmp(a.u.s, b.u.s, a.len));
	if (a.type == PV_JINJA_VIEW)
		return 0;
	return a.u.i == b.u.i;
}

/* --- hashes --------------------------------------------------------------- */

static uint64_t hash_float(double f)
{
	uint64_t bits;

	if (f >= -9223372036854775808.0 && f < 9223372036854775808.0 &&
	    f == floor(f))
		return pv_jinja_int_hash(pv_jinja_int((int64_t)f));
	memcpy(&bits, &f, sizeof(bits));
	bits *= 0x9E3779B97F4A7C15u;
	return bits ^ (bits >> 32);
}

static int hash_tuple(uint64_t *out, pv_jinja_run *run, const pv_jinja_list *list)
{
	uint64_t hash = 0x27D4EB2F165667C5u;
	int rc = pv_jinja_enter_value(run);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < list->count && rc >= 0; i++) {
		uint64_t part = 0;

		rc = pv_jinja_spend(run, 1);
		if (rc >= 0)
			rc = pv_jinja_hash(&part, run, list->items[i]);
		hash = (hash ^ part) * 0x9E3779B97F4A7C15u;
		hash ^= hash >> 31;
	}
	pv_jinja_leave_value(run);
	*out = hash;
	return rc;
}

int pv_jinja_hash(uint64_t *out, pv_jinja_run *run, pv_jinja_value value)
{
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_STR:
		pv_jinja_owe(run, value.len / 32);
		*out = pv_jinja_hash_text(value.u.s, value.len);
		return PV_OK;
	case PV_JINJA_BOOL:
	case PV_JINJA_INT:
	case PV_JINJA_BIG:
		*out = pv_jinja_int_hash(value);
		return PV_OK;
	case PV_JINJA_FLOAT:
		*out = hash_float(value.u.f);
		return PV_OK;
	case PV_JINJA_TUPLE:
		return hash_tuple(out, run, value.u.list);
	case PV_JINJA_LIST:
	case PV_JINJA_DICT:
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "unhashable type: '%s'",
				      pv_jinja_type_name(value));
	case PV_JINJA_VIEW:
		if (value.flags != PV_JINJA_VIEW_VALUES)
			return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
					      "unhashable type: '%s'",
					      pv_jinja_type_name(value));
		*out = (uint64_t)(uintptr_t)value.u.dict >> 4;
		return PV_OK;
	case PV_JINJA_UNDEFINED:
		if (value.flags == PV_JINJA_UNDEFINED_STRICT)
			return pv_jinja_raise_undefined(run, value);
		*out = 0x5D;
		return PV_OK;
	case PV_JINJA_RANGE:
		*out = (uint64_t)value.u.range->count * 31;
		return PV_OK;
	case PV_JINJA_MISSING:
	case PV_JINJA_NONE:
	case PV_JINJA_ITER:
	case PV_JINJA_FUNC:
	case PV_JINJA_OBJECT:
	case PV_JINJA_TYPES:
		break;
	}
	*out = value.type + ((uint64_t)value.u.i >> 4) * 0x9E3779B97F4A7C15u;
	return PV_OK;
}

/* --- equality ------------------------------------------------------------- */

/* -1, 0, 1, or 2 when one is NaN. */
static int compare_numbers(pv_jinja_value a, pv_jinja_value b)
{
	if (a.type != PV_JINJA_FLOAT && b.type != PV_JINJA_FLOAT)
		return pv_jinja_int_cmp(a, b);
	if ((a.type == PV_JINJA_FLOAT && isnan(a.u.f)) ||
	    (b.type == PV_JINJA_FLOAT && isnan(b.u.f)))
		return 2;
	if (a.type != PV_JINJA_FLOAT)
		return pv_jinja_int_cmp_double(a, b.u.f);
	if (b.type != PV_JINJA_FLOAT)
		return -pv_jinja_int_cmp_double(b, a.u.f);
	return a.u.f < b.u.f ? -1 : a.u.f > b.u.f;
}

static int equal_lists(pv_jinja_run *run, const pv_jinja_list *a,
		       const pv_jinja_list *b)
{
	int rc = 1;

	if (a->count != b->count)
		return 0;
	if (a == b)
		return 1;
	for (size_t i = 0; i < a->count && i < b->count && rc == 1; i++) {
		rc = pv_jinja_spend(run, 1);
		if (rc >= 0)
			rc = pv_jinja_equal(run, a->items[i], b->items[i]);
	}
	return rc;
}

static int equal_dicts(pv_jinja_run *run, const pv_jinja_dict *a,
		       const pv_jinja_dict *b)
{
	int rc = 1;

	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->used && rc == 1; i++) {
		pv_jinja_value other = pv_jinja_missing();

		if (pv_jinja_is_missing(a->entries[i].key))
			continue;
		rc = pv_jinja_spend(run, 1);
		if (rc >= 0)
			rc = pv_jinja_dict_find(&other, run, b,
						a->entries[i].key);
		if (rc == 1)
			rc = pv_jinja_equal(run, a->entries[i].value, other);
	}
	return rc;
}

static int equal_ranges(const pv_jinja_range *a, const pv_jinja_range *b)
{
	if (a->count != b->count)
		return 0;
	return !a->count ||
	       (a->start == b->start && (a->count == 1 || a->step == b->step));
}

static int equal_views(pv_jinja_run *run, pv_jinja_value a, pv_jinja_value b)
{
	pv_jinja_value other = pv_jinja_missing();
	int rc = 1;

	if (a.flags == PV_JINJA_VIEW_VALUES || a.flags != b.flags)
		return 0;
	if (a.flags == PV_JINJA_VIEW_ITEMS)
		return equal_dicts(run, a.u.dict, b.u.dict);
	if (a.u.dict->count != b.u.dict->count)
		return 0;
	pv_jinja_owe(run, a.u.dict->used);
	for (size_t i = 0; i < a.u.dict->used && rc == 1; i++)
		if (!pv_jinja_is_missing(a.u.dict->entries[i].key))
			rc = pv_jinja_dict_find(&other, run, b.u.dict,
						a.u.dict->entries[i].key);
	return rc;
}

static int equal_containers(pv_jinja_run *run, pv_jinja_value a, pv_jinja_value b)
{
	int rc = pv_jinja_enter_value(run);

	if (rc < 0)
		return rc;
	if (a.type == PV_JINJA_DICT)
		rc = equal_dicts(run, a.u.dict, b.u.dict);
	else if (a.type == PV_JINJA_VIEW)
		rc = equal_views(run, a, b);
	else
		rc = equal_lists(run, a.u.list, b.u.list);
	pv_jinja_leave_value(run);
	return rc;
}

static int equal_texts(pv_jinja_run *run, pv_jinja_value a, pv_jinja_value b)
{
	if (a.len != b.len || a.u.s == b.u.s)
		return a.len == b.len;
	pv_jinja_owe(run, a.len / 256);
	return !memcmp(a.u.s, b.u.s, a.len);
}

/* a == b, without the short cut for the same object. */
static int equal_values(pv_jinja_run *run, pv_jinja_value a, pv_jinja_value b)
{
	if (a.type == PV_JINJA_STR && b.type == PV_JINJA_STR)
		return equal_texts(run, a, b);
	if (pv_jinja_is_number(a) && pv_jinja_is_number(b))
		return compare_numbers(a, b) == 0;
	if (a.type == PV_JINJA_UNDEFINED && a.flags == PV_JINJA_UNDEFINED_STRICT)
		return pv_jinja_raise_undefined(run, a);
	if (b.type == PV_JINJA_UNDEFINED && b.flags == PV_JINJA_UNDEFINED_STRICT)
		return pv_jinja_raise_undefined(run, b);
	if (a.type != b.type)
		return 0;
	switch ((enum pv_jinja_type)a.type) {
	case PV_JINJA_UNDEFINED:
		return a.flags == b.flags;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
		return equal_containers(run, a, b);
	case PV_JINJA_RANGE:
		return equal_ranges(a.u.range, b.u.range);
	default:
		return pv_jinja_same(a, b);
	}
}

int pv_jinja_equal(pv_jinja_run *run, pv_jinja_value a, pv_jinja_value b)
{
	/* In a container an object is equal to itself, NaN included; numbers
	 * are not told apart by identity here, so NaN is the one to lose. */
	if (a.type >= PV_JINJA_LIST && pv_jinja_same(a, b))
		return 1;
	return equal_values(run, a, b);
}

/* --- order ---------------------------------------------------------------- */

static const char *const signs[] = {
	[PV_JINJA_EQ] = "==", [PV_JINJA_NE] = "!=", [PV_JINJA_LT] = "<",
	[PV_JINJA_LE] = "<=", [PV_JINJA_GT] = ">",  [PV_JINJA_GE] = ">=",
};

static int holds(enum pv_jinja_comparison comparison, int order)
{
	switch (comparison) {
	case PV_JINJA_LT:
		return order < 0;
	case PV_JINJA_LE:
		return order <= 0;
	case PV_JINJA_GT:
		return order > 0;
	case PV_JINJA_GE:
		return order >= 0;
	case PV_JINJA_EQ:
	case PV_JINJA_NE:
	case PV_JINJA_IN:
	case PV_JINJA_NOT_IN:
		break;
	}
	return 0;
}

/* UTF-8 in byte order is in code point order, surrogates included. */
static int order_text(pv_jinja_value a, pv_jinja_value b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.u.s, b.u.s, shorter);

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

/* Orders two lists by the first items that differ. */
static int order_lists(pv_jinja_run *run, enum pv_jinja_comparison comparison,
		       const pv_jinja_list *a, const pv_jinja_list *b)
{
	int rc = pv_jinja_enter_value(run);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		rc = pv_jinja_spend(run, 1);
		if (rc >= 0)
			rc = pv_jinja_equal(run, a->items[i], b->items[i]);
		if (rc == 1)
			continue;
		if (!rc)
			rc = pv_jinja_compare(run, comparison, a->items[i],
					      b->items[i]);
		pv_jinja_leave_value(run);
		return rc;
	}
	pv_jinja_leave_value(run);
	return holds(comparison, a->count < b->count ? -1 : a->count > b->count);
}

static int order_values(pv_jinja_run *run, enum pv_jinja_comparison comparison,
			pv_jinja_value a, pv_jinja_value b)
{
	if (pv_jinja_is_number(a) && pv_jinja_is_number(b)) {
		int order = compare_numbers(a, b);

		return order == 2 ? 0 : holds(comparison, order);
	}
	if (a.type == PV_JINJA_STR && b.type == PV_JINJA_STR) {
		pv_jinja_owe(run, (a.len < b.len ? a.len : b.len) / 256);
		return holds(comparison, order_text(a, b));
	}
	if ((a.type == PV_JINJA_LIST || a.type == PV_JINJA_TUPLE) &&
	    a.type == b.type)
		return order_lists(run, comparison, a.u.list, b.u.list);
	if (a.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, a);
	if (b.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, b);
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "'%s' not supported between instances of '%s' and '%s'",
			      signs[comparison], pv_jinja_type_name(a),
			      pv_jinja_type_name(b));
}

/* --- membership ------------------------------------------------------------ */

static int text_contains(pv_jinja_run *run, pv_jinja_value text,
			 pv_jinja_value part)
{
	if (part.type != PV_JINJA_STR)
		return pv_jinja_raise(
			run, PV_JINJA_TYPE_ERROR,
			"'in <string>' requires string as left operand, not %s",
			pv_jinja_type_name(part));
	pv_jinja_owe(run, text.len / 16);
	return pv_jinja_find_bytes(text.u.s, text.len, part.u.s, part.len) !=
	       PV_JINJA_NOWHERE;
}

static int range_contains(pv_jinja_run *run, const pv_jinja_range *range,
			  pv_jinja_value item)
{
	pv_jinja_value whole = item;
	uint64_t stride = (uint64_t)range->step;
	uint64_t steps;
	int rc;

	if (!pv_jinja_is_number(item))
		return 0;
	if (item.type == PV_JINJA_FLOAT) {
		if (!isfinite(item.u.f) || item.u.f != floor(item.u.f))
			return 0;
		rc = pv_jinja_int_from_double(&whole, run, item.u.f);
		if (rc < 0)
			return rc;
	}
	if (!pv_jinja_is_small(whole))
		return 0;
	if (range->step > 0
		    ? whole.u.i < range->start || whole.u.i >= range->stop
		    : whole.u.i > range->start || whole.u.i <= range->stop)
		return 0;
	steps = (uint64_t)whole.u.i - (uint64_t)range->start;
	if (range->step < 0) {
		steps = 0 - steps;
		stride = 0 - stride;
	}
	return stride && steps % stride == 0;
}

/* Looks through whatever can be iterated over. */
static int search(pv_jinja_run *run, pv_jinja_value container, pv_jinja_value item)
{
	pv_jinja_cursor cursor;
	pv_jinja_value each;
	int rc;

	if (container.type == PV_JINJA_UNDEFINED &&
	    container.flags == PV_JINJA_UNDEFINED_STRICT)
		return pv_jinja_raise_undefined(run, container);
	rc = pv_jinja_iterate(&cursor, run, container);
	if (rc < 0 && pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "argument of type '%s' is not iterable",
				      pv_jinja_type_name(container));
	if (rc < 0)
		return rc;
	for (;;) {
		rc = pv_jinja_next(&each, run, &cursor);
		if (rc <= 0)
			return rc;
		rc = pv_jinja_equal(run, each, item);
		if (rc)
			return rc;
	}
}

static int contains(pv_jinja_run *run, pv_jinja_value container,
		    pv_jinja_value item)
{
	pv_jinja_value found;

	switch ((enum pv_jinja_type)container.type) {
	case PV_JINJA_STR:
		return text_contains(run, container, item);
	case PV_JINJA_DICT:
		return pv_jinja_dict_find(&found, run, container.u.dict, item);
	case PV_JINJA_VIEW:
		if (container.flags == PV_JINJA_VIEW_KEYS)
			return pv_jinja_dict_find(&found, run, container.u.dict,
						  item);
		return search(run, container, item);
	case PV_JINJA_RANGE:
		return range_contains(run, container.u.range, item);
	default:
		return search(run, container, item);
	}
}

int pv_jinja_compare(pv_jinja_run *run, enum pv_jinja_comparison comparison,
		     pv_jinja_value a, pv_jinja_value b)
{
	int rc;

	switch (comparison) {
	case PV_JINJA_EQ:
		return equal_values(run, a, b);
	case PV_JINJA_NE:
		rc = equal_values(run, a, b);
		return rc < 0 ? rc : !rc;
	case PV_JINJA_IN:
		return contains(run, b, a);
	case PV_JINJA_NOT_IN:
		rc = contains(run, b, a);
		return rc < 0 ? rc : !rc;
	case PV_JINJA_LT:
	case PV_JINJA_LE:
	case PV_JINJA_GT:
	case PV_JINJA_GE:
		break;
	}
	return order_values(run, comparison, a, b);
}
