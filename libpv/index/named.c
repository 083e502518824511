/* SPDX-License-Identifier: MIT
 *
 * Arrays by name. They are short: they are looked through from the start.
 */
#include "index/named.h"

#include "base/fail.h"
#include "base/mem.h"

static char *first_of(const pv_named *array)
{
	char *first;

	memcpy(&first, array->items, sizeof(first));
	return first;
}

static const char *name_at(const char *thing)
{
	const char *name;

	memcpy(&name, thing, sizeof(name));
	return name;
}

/* The place of a name. */
static size_t place_of(int *is_there, const pv_named *array, pv_str name)
{
	const char *first = first_of(array);
	size_t at = 0;

	for (*is_there = 0; at < *array->count; at++) {
		const char *here = name_at(first + at * array->size);
		int order = pv_str_cmp(pv_str_of(here), name);

		*is_there = order == 0;
		if (order >= 0)
			break;
	}
	return at;
}

int pv_named_find(void **out, const pv_named *array, pv_str name, pv_error *err)
{
	int is_there;
	size_t at = place_of(&is_there, array, name);
	char *copy;
	char *thing;

	if (!is_there) {
		if (pv_array_reserve(array->items, array->cap,
				     *array->count + 1, array->size) < 0)
			return pv_fail_nomem(err);
		copy = pv_strndup(name.ptr, name.len);
		if (!copy)
			return pv_fail_nomem(err);
		thing = first_of(array) + at * array->size;
		memmove(thing + array->size, thing,
			((*array->count)++ - at) * array->size);
		memset(thing, 0, array->size);
		memcpy(thing, &copy, sizeof(copy));
	}
	*out = first_of(array) + at * array->size;
	return PV_OK;
}
