/* SPDX-License-Identifier: MIT
 *
 * sort, dictsort, groupby.
 */
#include "jinja/filter/filters.h"
#include "jinja/run/argument.h"
#include "jinja/value/sort.h"

/* --- sort ------------------------------------------------------------------------------- */

/* "a,b.c" as one path each; anything else is one path. */
static int read_paths(pv_jinja_path **out, size_t *count, pv_jinja_run *run,
		      pv_jinja_value attribute)
{
	size_t from = 0;
	int rc;

	*count = 1;
	for (size_t i = 0; pv_jinja_is_str(attribute) && i < attribute.len; i++)
		*count += attribute.u.s[i] == ',';
	rc = pv_jinja_alloc_array(out, run, *count, sizeof(**out));
	if (rc < 0 || *count == 1)
		return rc < 0 ? rc : pv_jinja_path_init(*out, run, attribute);
	for (size_t i = 0; i < *count && rc >= 0; i++) {
		size_t to = from;

		while (to < attribute.len && attribute.u.s[to] != ',')
			to++;
		rc = pv_jinja_path_init(&(*out)[i], run,
					pv_jinja_part(attribute, from, to));
		from = to + 1;
	}
	return rc;
}

/* Whether a key orders alone as it does in a list of one. */
static int is_plain(pv_jinja_value key)
{
	return pv_jinja_is_str(key) || pv_jinja_is_int(key);
}

/* One attribute each, in place; whether all are plain. */
static int make_single_keys(pv_jinja_list *keys, pv_jinja_run *run,
			    const pv_jinja_path *path)
{
	int are_plain = 1;

	for (size_t i = 0; i < keys->count; i++) {
		int rc = pv_jinja_path_get(&keys->items[i], run, path,
					   keys->items[i]);

		if (rc < 0)
			return rc;
		are_plain &= is_plain(keys->items[i]);
	}
	return are_plain;
}

/* Lists of the attributes, which is what Python compares. */
static int make_list_keys(pv_jinja_list *keys, pv_jinja_run *run,
			  const pv_jinja_path *paths, size_t count)
{
	int rc = PV_OK;

	for (size_t i = 0; i < keys->count && rc >= 0; i++) {
		pv_jinja_list *list;

		rc = pv_jinja_list_new(&list, run, count);
		for (size_t n = 0; n < count && rc >= 0; n++) {
			rc = pv_jinja_path_get(&list->items[n], run, &paths[n],
					       keys->items[i]);
			list->count++;
		}
		if (rc >= 0)
			keys->items[i] = pv_jinja_list_value(list);
	}
	return rc;
}

static int make_keys(pv_jinja_list *keys, pv_jinja_run *run,
		     const pv_jinja_path *paths, size_t count)
{
	const pv_jinja_path itself = { 0 };
	int rc;

	if (count > 1)
		return make_list_keys(keys, run, paths, count);
	rc = make_single_keys(keys, run, paths);
	return rc ? rc : make_list_keys(keys, run, &itself, 1);
}

int pv_jinja_filter_sort(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	pv_jinja_path *paths;
	size_t count;
	pv_jinja_list *items;
	pv_jinja_list *keys;
	int is_reverse = 0;
	int rc = pv_jinja_bool_arg(call, 2, 0);
	const int ignores_case = !rc;

	if (rc >= 0)
		rc = read_paths(&paths, &count, run, call->args[3]);
	for (size_t i = 0; rc >= 0 && i < count; i++)
		paths[i].ignores_case = ignores_case;
	if (rc >= 0)
		rc = pv_jinja_to_list(&items, run, call->args[0]);
	if (rc >= 0)
		rc = is_reverse = pv_jinja_int_flag(call, 1);
	if (rc >= 0)
		rc = pv_jinja_to_list(&keys, run, pv_jinja_list_value(items));
	if (rc >= 0)
		rc = make_keys(keys, run, paths, count);
	if (rc >= 0)
		rc = pv_jinja_sort(run, items->items, keys->items, items->count,
				   is_reverse);
	if (rc >= 0)
		*out = pv_jinja_list_value(items);
	return rc;
}

/* --- dictsort ------------------------------------------------------------------------------ */

static int read_by(int *out, const pv_jinja_call *call)
{
	*out = 0;
	if (pv_jinja_is_missing(call->args[2]) ||
	    pv_jinja_str_is(call->args[2], "key"))
		return PV_OK;
	*out = 1;
	if (pv_jinja_str_is(call->args[2], "value"))
		return PV_OK;
	return pv_jinja_raise(call->run, PV_JINJA_FILTER_ARGUMENT_ERROR,
			      "You can only sort by either \"key\" or "
			      "\"value\"");
}

static int fail_items(pv_jinja_run *run, pv_jinja_value value)
{
	if (value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, value);
	return pv_jinja_raise(run, PV_JINJA_ATTRIBUTE_ERROR,
			      "'%s' object has no attribute 'items'",
			      pv_jinja_type_name(value));
}

int pv_jinja_filter_dictsort(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	pv_jinja_value items = call->args[0];
	pv_jinja_path path = { 0 };
	pv_jinja_list *list;
	pv_jinja_list *keys;
	int is_reverse = 0;
	int by;
	int rc = pv_jinja_bool_arg(call, 1, 0);

	path.ignores_case = !rc;
	if (rc >= 0)
		rc = read_by(&by, call);
	if (rc < 0)
		return rc;
	if (items.type != PV_JINJA_DICT)
		return fail_items(run, items);
	items.type = PV_JINJA_VIEW;
	items.flags = PV_JINJA_VIEW_ITEMS;
	rc = pv_jinja_to_list(&list, run, items);
	if (rc >= 0)
		rc = is_reverse = pv_jinja_int_flag(call, 3);
	if (rc >= 0)
		rc = pv_jinja_to_list(&keys, run, pv_jinja_list_value(list));
	for (size_t i = 0; rc >= 0 && i < keys->count; i++)
		rc = pv_jinja_path_get(&keys->items[i], run, &path,
				       list->items[i].u.list->items[by]);
	if (rc >= 0)
		rc = pv_jinja_sort(run, list->items, keys->items, list->count,
				   is_reverse);
	if (rc >= 0)
		*out = pv_jinja_list_value(list);
	return rc;
}

/* --- groupby --------------------------------------------------------------------------------- */

struct grouping {
	pv_jinja_path path;
	pv_jinja_list *items; /* sorted */
	pv_jinja_list *keys;
};

static int read_grouping(struct grouping *out, const pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	int rc = pv_jinja_bool_arg(call, 3, 0);
	const int ignores_case = !rc;

	if (rc >= 0)
		rc = pv_jinja_path_init(&out->path, run, call->args[1]);
	out->path.fallback = call->args[2];
	out->path.ignores_case = ignores_case;
	if (rc >= 0)
		rc = pv_jinja_to_list(&out->items, run, call->args[0]);
	if (rc >= 0)
		rc = pv_jinja_to_list(&out->keys, run,
				      pv_jinja_list_value(out->items));
	for (size_t i = 0; rc >= 0 && i < out->keys->count; i++)
		rc = pv_jinja_path_get(&out->keys->items[i], run, &out->path,
				       out->items->items[i]);
	if (rc >= 0)
		rc = pv_jinja_sort(run, out->items->items, out->keys->items,
				   out->items->count, 0);
	return rc;
}

/* The tuple of the items [from, to), which have equal keys. */
static int make_group(pv_jinja_value *out, pv_jinja_run *run,
		      struct grouping *grouping, size_t from, size_t to)
{
	pv_jinja_value key = grouping->keys->items[from];
	pv_jinja_list *list;
	int rc = pv_jinja_list_new(&list, run, to - from);

	if (rc >= 0 && grouping->path.ignores_case) {
		/* The first item's own spelling. */
		grouping->path.ignores_case = 0;
		rc = pv_jinja_path_get(&key, run, &grouping->path,
				       grouping->items->items[from]);
		grouping->path.ignores_case = 1;
	}
	for (size_t i = from; i < to && rc >= 0; i++)
		rc = pv_jinja_list_add(run, list, grouping->items->items[i]);
	if (rc >= 0)
		rc = pv_jinja_pair(out, run, key, pv_jinja_list_value(list));
	out->flags = PV_JINJA_GROUP;
	return rc;
}

int pv_jinja_filter_groupby(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	struct grouping grouping;
	pv_jinja_list *groups;
	size_t from = 0;
	int rc = read_grouping(&grouping, call);

	if (rc >= 0)
		rc = pv_jinja_list_new(&groups, run, 0);
	while (rc >= 0 && from < grouping.items->count) {
		pv_jinja_value group = pv_jinja_missing();
		size_t to = from + 1;

		rc = 1;
		while (rc == 1 && to < grouping.items->count) {
			rc = pv_jinja_equal(run, grouping.keys->items[from],
					    grouping.keys->items[to]);
			to += rc == 1;
		}
		if (rc >= 0)
			rc = make_group(&group, run, &grouping, from, to);
		if (rc >= 0)
			rc = pv_jinja_list_add(run, groups, group);
		from = to;
	}
	if (rc >= 0)
		*out = pv_jinja_list_value(groups);
	return rc;
}
