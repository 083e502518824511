/* SPDX-License-Identifier: MIT
 *
 * Iteration, and what is measured by it: len() and list().
 */
#include "jinja/run/call.h"
#include "jinja/value/unicode.h"

int pv_jinja_iterate(pv_jinja_cursor *out, pv_jinja_run *run, pv_jinja_value value)
{
	out->over = value;
	out->at = 0;
	out->count = 0;
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_UNDEFINED:
		return value.flags == PV_JINJA_UNDEFINED_STRICT
			       ? pv_jinja_raise_undefined(run, value)
			       : PV_OK;
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
		out->count = value.u.dict->count;
		return PV_OK;
	case PV_JINJA_STR:
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_RANGE:
	case PV_JINJA_ITER:
		return PV_OK;
	case PV_JINJA_OBJECT:
		if (value.u.object->kind->next)
			return PV_OK;
		break;
	case PV_JINJA_MISSING:
	case PV_JINJA_NONE:
	case PV_JINJA_BOOL:
	case PV_JINJA_INT:
	case PV_JINJA_BIG:
	case PV_JINJA_FLOAT:
	case PV_JINJA_FUNC:
	case PV_JINJA_TYPES:
		break;
	}
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "'%s' object is not iterable",
			      pv_jinja_type_name(value));
}

static int next_char(pv_jinja_value *out, pv_jinja_cursor *cursor)
{
	const pv_jinja_value text = cursor->over;
	const char *at = text.u.s + cursor->at;
	size_t size;

	if (cursor->at >= text.len)
		return 0;
	size = pv_jinja_sequence((unsigned char)*at);
	*out = pv_jinja_str(at, size, size == 1 ? PV_JINJA_ASCII : 0);
	cursor->at += size;
	return 1;
}

static int next_entry(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_cursor *cursor)
{
	const pv_jinja_dict *dict = cursor->over.u.dict;
	const pv_jinja_entry *entry;

	if (dict->count != cursor->count)
		return pv_jinja_raise(run, PV_JINJA_RUNTIME_ERROR,
				      "dictionary changed size during "
				      "iteration");
	while (cursor->at < dict->used &&
	       pv_jinja_is_missing(dict->entries[cursor->at].key))
		cursor->at++;
	if (cursor->at >= dict->used)
		return 0;
	entry = &dict->entries[cursor->at++];
	*out = entry->key;
	if (cursor->over.type != PV_JINJA_VIEW)
		return 1;
	if (cursor->over.flags == PV_JINJA_VIEW_VALUES)
		*out = entry->value;
	if (cursor->over.flags == PV_JINJA_VIEW_ITEMS) {
		int rc = pv_jinja_pair(out, run, entry->key, entry->value);

		return rc < 0 ? rc : 1;
	}
	return 1;
}

static int next_lazy(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_iter *iter)
{
	int rc = iter->is_done ? 0 : iter->next(out, run, iter);

	if (rc <= 0)
		iter->is_done = 1;
	return rc;
}

int pv_jinja_next(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_cursor *cursor)
{
	const pv_jinja_value over = cursor->over;
	int rc = pv_jinja_spend(run, 1);

	if (rc < 0)
		return rc;
	switch ((enum pv_jinja_type)over.type) {
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
		if (cursor->at >= over.u.list->count)
			return 0;
		*out = over.u.list->items[cursor->at++];
		return 1;
	case PV_JINJA_STR:
		return next_char(out, cursor);
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
		return next_entry(out, run, cursor);
	case PV_JINJA_RANGE:
		if ((int64_t)cursor->at >= over.u.range->count)
			return 0;
		*out = pv_jinja_int(
			pv_jinja_range_at(over.u.range, (int64_t)cursor->at++));
		return 1;
	case PV_JINJA_ITER:
		return next_lazy(out, run, over.u.iter);
	case PV_JINJA_OBJECT:
		return over.u.object->kind->next(out, run, over.u.object);
	default:
		return 0;
	}
}

int pv_jinja_len(int64_t *out, pv_jinja_run *run, pv_jinja_value value)
{
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_STR:
		*out = (int64_t)value.len;
		if (value.flags & PV_JINJA_ASCII)
			return PV_OK;
		pv_jinja_owe(run, value.len / 64);
		*out = (int64_t)pv_jinja_count(value.u.s, value.len);
		return PV_OK;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
		*out = (int64_t)value.u.list->count;
		return PV_OK;
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
		*out = (int64_t)value.u.dict->count;
		return PV_OK;
	case PV_JINJA_RANGE:
		*out = value.u.range->count;
		return PV_OK;
	case PV_JINJA_UNDEFINED:
		*out = 0;
		return value.flags == PV_JINJA_UNDEFINED_STRICT
			       ? pv_jinja_raise_undefined(run, value)
			       : PV_OK;
	case PV_JINJA_OBJECT:
		if (value.u.object->kind->len)
			return value.u.object->kind->len(out, run,
							 value.u.object);
		break;
	default:
		break;
	}
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "object of type '%s' has no len()",
			      pv_jinja_type_name(value));
}

/* How many items there will be, as far as that is known. */
static size_t expected_count(pv_jinja_value value)
{
	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_STR:
		return value.len;
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
		return value.u.list->count;
	case PV_JINJA_DICT:
	case PV_JINJA_VIEW:
		return value.u.dict->count;
	case PV_JINJA_RANGE:
		return (size_t)value.u.range->count;
	default:
		return 0;
	}
}

int pv_jinja_to_list(pv_jinja_list **out, pv_jinja_run *run, pv_jinja_value value)
{
	size_t expected = expected_count(value);
	pv_jinja_cursor cursor;
	pv_jinja_value item = pv_jinja_missing();
	pv_jinja_list *list = NULL;
	int rc = pv_jinja_iterate(&cursor, run, value);

	if (rc >= 0)
		rc = pv_jinja_list_new(&list, run, expected);
	while (rc >= 0) {
		rc = pv_jinja_next(&item, run, &cursor);
		if (!rc)
			break;
		if (rc > 0)
			rc = pv_jinja_list_add(run, list, item);
	}
	if (rc < 0)
		return rc;
	*out = list;
	return PV_OK;
}
