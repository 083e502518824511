/* SPDX-License-Identifier: MIT
 *
 * The methods of dict.
 */
#include "jinja/method/methods.h"

#include "base/mem.h"
#include "jinja/value/build.h"

static int view(pv_jinja_value *out, const pv_jinja_call *call, int kind)
{
	*out = call->self;
	out->type = PV_JINJA_VIEW;
	out->flags = (uint8_t)kind;
	return PV_OK;
}

static int dict_items(pv_jinja_value *out, pv_jinja_call *call)
{
	return view(out, call, PV_JINJA_VIEW_ITEMS);
}

static int dict_keys(pv_jinja_value *out, pv_jinja_call *call)
{
	return view(out, call, PV_JINJA_VIEW_KEYS);
}

static int dict_values(pv_jinja_value *out, pv_jinja_call *call)
{
	return view(out, call, PV_JINJA_VIEW_VALUES);
}

static pv_jinja_value or_none(pv_jinja_value value)
{
	return pv_jinja_is_missing(value) ? pv_jinja_none() : value;
}

static int dict_get(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = pv_jinja_dict_find(out, call->run, call->self.u.dict,
				    call->args[0]);

	if (!rc)
		*out = or_none(call->args[1]);
	return rc < 0 ? rc : PV_OK;
}

static int dict_copy(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_dict *copy;
	int rc = pv_jinja_dict_copy(&copy, call->run, call->self.u.dict);

	if (rc >= 0)
		*out = pv_jinja_dict_value(copy);
	return rc;
}

static int dict_clear(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_dict_clear(call->self.u.dict);
	*out = pv_jinja_none();
	return PV_OK;
}

int pv_jinja_raise_key(pv_jinja_run *run, pv_jinja_value key)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text;
	int rc = pv_jinja_put_repr(&run->scratch, run, key);

	if (rc >= 0)
		rc = pv_jinja_finish(&text, run, mark, 0);
	if (rc < 0)
		return rc;
	return pv_jinja_raise(run, PV_JINJA_KEY_ERROR, "%.*s", (int)text.len,
			      text.u.s);
}

static int dict_pop(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = pv_jinja_dict_remove(out, call->run, call->self.u.dict,
				      call->args[0]);

	if (rc)
		return rc < 0 ? rc : PV_OK;
	if (pv_jinja_is_missing(call->args[1]))
		return pv_jinja_raise_key(call->run, call->args[0]);
	*out = call->args[1];
	return PV_OK;
}

static int dict_popitem(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_dict *dict = call->self.u.dict;
	const pv_jinja_entry *last = NULL;
	pv_jinja_value removed;
	int rc;

	for (size_t i = dict->used; i-- > 0 && !last;)
		if (!pv_jinja_is_missing(dict->entries[i].key))
			last = &dict->entries[i];
	if (!last)
		return pv_jinja_raise(call->run, PV_JINJA_KEY_ERROR,
				      "'popitem(): dictionary is empty'");
	rc = pv_jinja_pair(out, call->run, last->key, last->value);
	if (rc >= 0)
		rc = pv_jinja_dict_remove(&removed, call->run, dict, last->key);
	return rc < 0 ? rc : PV_OK;
}

static int dict_setdefault(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_dict *dict = call->self.u.dict;
	int rc = pv_jinja_dict_find(out, call->run, dict, call->args[0]);

	if (rc)
		return rc < 0 ? rc : PV_OK;
	*out = or_none(call->args[1]);
	return pv_jinja_dict_set(call->run, dict, call->args[0], *out);
}

/* A method of the class: the dict it is asked of does not matter. */
static int dict_fromkeys(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value each = or_none(call->args[1]);
	pv_jinja_cursor cursor;
	pv_jinja_dict *dict;
	pv_jinja_value key;
	int rc = pv_jinja_dict_new(&dict, call->run, 0);

	if (rc >= 0)
		rc = pv_jinja_iterate(&cursor, call->run, call->args[0]);
	while (rc >= 0) {
		rc = pv_jinja_next(&key, call->run, &cursor);
		if (rc <= 0)
			break;
		rc = pv_jinja_dict_set(call->run, dict, key, each);
	}
	if (rc >= 0)
		*out = pv_jinja_dict_value(dict);
	return rc;
}

static int dict_update(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_none();
	return pv_jinja_dict_fill(call, call->self.u.dict);
}

static const pv_jinja_native rows[] = {
	{ "clear", "dict.clear", "", 0, 0,
	  PV_JINJA_POSITIONAL | PV_JINJA_CHANGES, PV_JINJA_NOARGS, dict_clear },
	{ "copy", "dict.copy", "", 0, 0, PV_JINJA_POSITIONAL, PV_JINJA_NOARGS,
	  dict_copy },
	{ "fromkeys", "dict.fromkeys", "iterable value", 1, 2,
	  PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED, dict_fromkeys },
	{ "get", "dict.get", "key default", 1, 2, PV_JINJA_POSITIONAL,
	  PV_JINJA_EXPECTED, dict_get },
	{ "items", "dict.items", "", 0, 0, PV_JINJA_POSITIONAL, PV_JINJA_NOARGS,
	  dict_items },
	{ "keys", "dict.keys", "", 0, 0, PV_JINJA_POSITIONAL, PV_JINJA_NOARGS,
	  dict_keys },
	{ "pop", "dict.pop", "key default", 1, 2,
	  PV_JINJA_POSITIONAL | PV_JINJA_CHANGES, PV_JINJA_EXPECTED, dict_pop },
	{ "popitem", "dict.popitem", "", 0, 0,
	  PV_JINJA_POSITIONAL | PV_JINJA_CHANGES, PV_JINJA_NOARGS, dict_popitem },
	{ "setdefault", "dict.setdefault", "key default", 1, 2,
	  PV_JINJA_POSITIONAL | PV_JINJA_CHANGES, PV_JINJA_EXPECTED,
	  dict_setdefault },
	{ "update", "dict.update", "other", 0, 1,
	  PV_JINJA_CHANGES | PV_JINJA_KEYWORDS, PV_JINJA_EXPECTED, dict_update },
	{ "values", "dict.values", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, dict_values },
};

const pv_jinja_table pv_jinja_dict_methods = { rows, pv_array_len(rows) };
