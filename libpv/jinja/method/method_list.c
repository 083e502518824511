/* SPDX-License-Identifier: MIT
 *
 * The methods of list and tuple. sort() is stable, as |sort is.
 */
#include "jinja/method/methods.h"
#include "jinja/run/argument.h"

#include "base/mem.h"
#include "jinja/value/build.h"
#include "jinja/value/sort.h"

static int list_append(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_none();
	return pv_jinja_list_add(call->run, call->self.u.list, call->args[0]);
}

static int list_clear(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_none();
	call->self.u.list->count = 0;
	return PV_OK;
}

static int list_copy(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *copy;
	int rc = pv_jinja_to_list(&copy, call->run, call->self);

	if (rc >= 0)
		*out = pv_jinja_list_value(copy);
	return rc;
}

static int list_count(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_list *list = call->self.u.list;
	int64_t count = 0;
	int rc = pv_jinja_spend(call->run, list->count);

	for (size_t i = 0; i < list->count && rc >= 0; i++) {
		rc = pv_jinja_equal(call->run, list->items[i], call->args[0]);
		count += rc == 1;
	}
	*out = pv_jinja_int(count);
	return rc < 0 ? rc : PV_OK;
}

static int list_extend(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *more;
	int rc = pv_jinja_to_list(&more, call->run, call->args[0]);

	for (size_t i = 0; rc >= 0 && i < more->count; i++)
		rc = pv_jinja_list_add(call->run, call->self.u.list,
				       more->items[i]);
	*out = pv_jinja_none();
	return rc;
}

/* A bound of index(): clamped like that of a slice. */
static int read_bound(int64_t *out, pv_jinja_call *call, pv_jinja_value bound,
		      int64_t fallback)
{
	const int64_t len = (int64_t)call->self.u.list->count;
	int rc = PV_OK;

	*out = fallback;
	if (!pv_jinja_is_missing(bound))
		rc = pv_jinja_to_index(out, call->run, bound);
	if (rc < 0)
		return rc;
	if (*out < 0)
		*out = *out + len < 0 ? 0 : *out + len;
	if (*out > len)
		*out = len;
	return PV_OK;
}

int pv_jinja_raise_not_in(pv_jinja_run *run, pv_jinja_value container,
			  pv_jinja_value item)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text;
	int rc;

	if (container.type == PV_JINJA_TUPLE)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "tuple.index(x): x not in tuple");
	rc = pv_jinja_put_repr(&run->scratch, run, item);
	if (rc >= 0)
		rc = pv_jinja_finish(&text, run, mark, 0);
	if (rc < 0)
		return rc;
	return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR, "%.*s is not in list",
			      (int)text.len, text.u.s);
}

static int list_index(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_list *list = call->self.u.list;
	int64_t from;
	int64_t to;
	int rc = read_bound(&from, call, call->args[1], 0);

	if (rc >= 0)
		rc = read_bound(&to, call, call->args[2], INT64_MAX);
	if (rc >= 0)
		rc = pv_jinja_spend(call->run, list->count);
	if (rc < 0)
		return rc;
	for (int64_t i = from; i < to; i++) {
		rc = pv_jinja_equal(call->run, list->items[i], call->args[0]);
		if (rc < 0)
			return rc;
		*out = pv_jinja_int(i);
		if (rc)
			return PV_OK;
	}
	return pv_jinja_raise_not_in(call->run, call->self, call->args[0]);
}

static int list_insert(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *list = call->self.u.list;
	int64_t at;
	int rc = pv_jinja_to_index(&at, call->run, call->args[0]);

	if (rc >= 0)
		rc = read_bound(&at, call, pv_jinja_int(at), 0);
	if (rc >= 0)
		rc = pv_jinja_list_add(call->run, list, pv_jinja_none());
	if (rc >= 0)
		rc = pv_jinja_spend(call->run, list->count / 4);
	if (rc < 0)
		return rc;
	memmove(list->items + at + 1, list->items + at,
		(list->count - 1 - (size_t)at) * sizeof(*list->items));
	list->items[at] = call->args[1];
	*out = pv_jinja_none();
	return PV_OK;
}

static void take_out(pv_jinja_list *list, size_t at)
{
	list->count--;
	memmove(list->items + at, list->items + at + 1,
		(list->count - at) * sizeof(*list->items));
}

static int list_pop(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *list = call->self.u.list;
	int64_t at = -1;
	int rc = PV_OK;

	if (!pv_jinja_is_missing(call->args[0]))
		rc = pv_jinja_to_index(&at, call->run, call->args[0]);
	if (rc >= 0)
		rc = pv_jinja_spend(call->run, list->count / 4);
	if (rc < 0)
		return rc;
	if (!list->count)
		return pv_jinja_raise(call->run, PV_JINJA_INDEX_ERROR,
				      "pop from empty list");
	if (at < 0)
		at += (int64_t)list->count;
	if (at < 0 || at >= (int64_t)list->count)
		return pv_jinja_raise(call->run, PV_JINJA_INDEX_ERROR,
				      "pop index out of range");
	*out = list->items[at];
	take_out(list, (size_t)at);
	return PV_OK;
}

static int list_remove(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *list = call->self.u.list;
	int rc = pv_jinja_spend(call->run, list->count);

	for (size_t i = 0; i < list->count && rc >= 0; i++) {
		rc = pv_jinja_equal(call->run, list->items[i], call->args[0]);
		if (rc != 1)
			continue;
		if (i < list->count)
			take_out(list, i);
		*out = pv_jinja_none();
		return PV_OK;
	}
	return rc < 0 ? rc
		      : pv_jinja_raise(call->run, PV_JINJA_VALUE_ERROR,
				       "list.remove(x): x not in list");
}

static int list_reverse(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *list = call->self.u.list;
	int rc = pv_jinja_spend(call->run, list->count);

	for (size_t i = 0; i < list->count / 2 && rc >= 0; i++) {
		pv_jinja_value first = list->items[i];

		list->items[i] = list->items[list->count - 1 - i];
		list->items[list->count - 1 - i] = first;
	}
	*out = pv_jinja_none();
	return rc;
}

/* A key function's results stand in a list beside the items. */
static int list_sort(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *list = call->self.u.list;
	pv_jinja_list *keys;
	int is_reverse = pv_jinja_int_flag(call, 1);
	int rc = PV_OK;

	*out = pv_jinja_none();
	if (is_reverse < 0)
		return is_reverse;
	rc = pv_jinja_to_list(&keys, call->run, call->self);
	for (size_t i = 0; rc >= 0 && i < list->count &&
			   !pv_jinja_is_missing(call->args[0]) &&
			   !pv_jinja_is_none(call->args[0]);
	     i++) {
		pv_jinja_call inner = { .run = call->run,
					.args = &list->items[i],
					.count = 1 };

		rc = pv_jinja_call_value(&keys->items[i], call->args[0], &inner);
	}
	return rc < 0 ? rc
		      : pv_jinja_sort(call->run, list->items, keys->items,
				      keys->count, is_reverse);
}

enum {
	CHANGER = PV_JINJA_POSITIONAL | PV_JINJA_CHANGES
};

static const pv_jinja_native list_rows[] = {
	{ "append", "list.append", "object", 1, 1, CHANGER, PV_JINJA_ONE,
	  list_append },
	{ "clear", "list.clear", "", 0, 0, CHANGER, PV_JINJA_NOARGS, list_clear },
	{ "copy", "list.copy", "", 0, 0, PV_JINJA_POSITIONAL, PV_JINJA_NOARGS,
	  list_copy },
	{ "count", "list.count", "value", 1, 1, PV_JINJA_POSITIONAL,
	  PV_JINJA_ONE, list_count },
	{ "extend", "list.extend", "iterable", 1, 1, CHANGER, PV_JINJA_ONE,
	  list_extend },
	{ "index", "list.index", "value start stop", 1, 3, PV_JINJA_POSITIONAL,
	  PV_JINJA_EXPECTED, list_index },
	{ "insert", "list.insert", "index object", 2, 2, CHANGER,
	  PV_JINJA_EXPECTED, list_insert },
	{ "pop", "list.pop", "index", 0, 1, CHANGER, PV_JINJA_EXPECTED, list_pop },
	{ "remove", "list.remove", "value", 1, 1, CHANGER, PV_JINJA_ONE,
	  list_remove },
	{ "reverse", "list.reverse", "", 0, 0, CHANGER, PV_JINJA_NOARGS,
	  list_reverse },
	{ "sort", "list.sort", "key reverse", 0, 2, PV_JINJA_CHANGES,
	  PV_JINJA_CLINIC, list_sort },
};

static const pv_jinja_native tuple_rows[] = {
	{ "count", "tuple.count", "value", 1, 1, PV_JINJA_POSITIONAL,
	  PV_JINJA_ONE, list_count },
	{ "index", "tuple.index", "value start stop", 1, 3, PV_JINJA_POSITIONAL,
	  PV_JINJA_EXPECTED, list_index },
};

const pv_jinja_table pv_jinja_list_methods = { list_rows,
					       pv_array_len(list_rows) };
const pv_jinja_table pv_jinja_tuple_methods = { tuple_rows,
						pv_array_len(tuple_rows) };
