/* SPDX-License-Identifier: MIT
 *
 * translate and maketrans: a table from code points to what takes their place,
 * a code point, a str, or None for nothing.
 */
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/container.h"
#include "jinja/value/undefined.h"
#include "jinja/value/unicode.h"

#include "base/utf8.h"

enum {
	CODE_POINTS = 0x110000
};

/* --- translate --------------------------------------------------------------- */

/* What the table has for a character: 1 and that, or 0. */
static int look_up(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value table,
		   uint32_t code_point)
{
	if (table.type == PV_JINJA_DICT)
		return pv_jinja_dict_find(out, run, table.u.dict,
					  pv_jinja_int(code_point));
	if (table.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, table);
	if (table.type != PV_JINJA_LIST && table.type != PV_JINJA_TUPLE)
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "'%s' object is not subscriptable",
				      pv_jinja_type_name(table));
	if (code_point >= table.u.list->count)
		return 0;
	*out = table.u.list->items[code_point];
	return 1;
}

static int put_place(pv_jinja_run *run, pv_jinja_value place)
{
	if (place.type == PV_JINJA_NONE)
		return PV_OK;
	if (place.type == PV_JINJA_STR) {
		pv_buf_put(&run->scratch, place.u.s, place.len);
		return PV_OK;
	}
	if (place.type != PV_JINJA_INT && place.type != PV_JINJA_BOOL)
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "character mapping must return integer, "
				      "None or str");
	if (place.u.i < 0 || place.u.i >= CODE_POINTS)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "character mapping must be in range(0x%x)",
				      CODE_POINTS);
	pv_jinja_put_char(&run->scratch, (uint32_t)place.u.i);
	return PV_OK;
}

int pv_jinja_str_translate(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	const pv_jinja_value text = call->self;
	size_t mark = pv_jinja_begin(run);
	int rc = pv_jinja_spend(run, text.len);

	for (size_t at = 0, size; at < text.len && rc >= 0; at += size) {
		pv_jinja_value place;
		uint32_t c = pv_jinja_decode(text.u.s + at, text.len - at, &size);

		rc = look_up(&place, run, call->args[0], c);
		if (rc > 0)
			rc = put_place(run, place);
		else if (rc == 0)
			pv_buf_put(&run->scratch, text.u.s + at, size);
	}
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					text.flags & PV_JINJA_MARKUP);
}

/* --- maketrans --------------------------------------------------------------- */

/* A str of one character is that; else -1. */
static int64_t only_character(pv_jinja_value text)
{
	size_t size = 0;
	uint32_t c = text.len ? pv_jinja_decode(text.u.s, text.len, &size) : 0;

	return size && size == text.len ? (int64_t)c : -1;
}

static int add_key(pv_jinja_run *run, pv_jinja_dict *table, pv_jinja_value key,
		   pv_jinja_value place)
{
	if (key.type == PV_JINJA_STR) {
		key = pv_jinja_int(only_character(key));
		if (key.u.i < 0)
			return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
					      "string keys in translate table "
					      "must be of length 1");
	} else if (key.type != PV_JINJA_INT && key.type != PV_JINJA_BOOL &&
		   key.type != PV_JINJA_BIG) {
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "keys in translate table must be strings "
				      "or integers");
	}
	return pv_jinja_dict_set(run, table, key, place);
}

static int from_dict(pv_jinja_run *run, pv_jinja_dict *table,
		     pv_jinja_value source)
{
	const pv_jinja_dict *dict = source.u.dict;
	int rc;

	if (source.type != PV_JINJA_DICT)
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "if you give only one argument to maketrans "
				      "it must be a dict");
	rc = pv_jinja_spend(run, dict->used);
	for (size_t i = 0; i < dict->used && rc >= 0; i++)
		if (!pv_jinja_is_missing(dict->entries[i].key))
			rc = add_key(run, table, dict->entries[i].key,
				     dict->entries[i].value);
	return rc;
}

/* Each character of `from` to that of `to`; to nothing where that is NULL. */
static int from_texts(pv_jinja_run *run, pv_jinja_dict *table,
		      pv_jinja_value from, const pv_jinja_value *to)
{
	size_t there = 0;
	int rc = pv_jinja_spend(run, from.len);

	for (size_t at = 0, size; at < from.len && rc >= 0; at += size) {
		pv_jinja_value place = pv_jinja_none();
		uint32_t c = pv_jinja_decode(from.u.s + at, from.len - at, &size);
		size_t step;

		if (to && there < to->len) {
			place = pv_jinja_int(pv_jinja_decode(to->u.s + there,
							     to->len - there,
							     &step));
			there += step;
		}
		rc = pv_jinja_dict_set(run, table, pv_jinja_int(c), place);
	}
	return rc;
}

static int need_texts(const pv_jinja_call *call)
{
	const pv_jinja_value *args = call->args;

	if (args[0].type != PV_JINJA_STR)
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "first maketrans argument must be a string "
				      "if there is a second argument");
	for (size_t i = 1; i < 3; i++)
		if (args[i].type != PV_JINJA_STR && !pv_jinja_is_missing(args[i]))
			return pv_jinja_raise(
				call->run, PV_JINJA_TYPE_ERROR,
				"maketrans() argument %zu must be str, not %s",
				i + 1, pv_jinja_type_name(args[i]));
	if (pv_utf8_count(args[0].u.s, args[0].len) !=
	    pv_utf8_count(args[1].u.s, args[1].len))
		return pv_jinja_raise(call->run, PV_JINJA_VALUE_ERROR,
				      "the first two maketrans arguments must "
				      "have equal length");
	return PV_OK;
}

int pv_jinja_str_maketrans(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value *args = call->args;
	pv_jinja_dict *table;
	int rc = pv_jinja_dict_new(&table, call->run, 0);

	if (rc < 0)
		return rc;
	*out = pv_jinja_dict_value(table);
	if (pv_jinja_is_missing(args[1]))
		return from_dict(call->run, table, args[0]);
	rc = need_texts(call);
	if (rc >= 0)
		rc = from_texts(call->run, table, args[0], &args[1]);
	if (rc >= 0 && !pv_jinja_is_missing(args[2]))
		rc = from_texts(call->run, table, args[2], NULL);
	return rc;
}
