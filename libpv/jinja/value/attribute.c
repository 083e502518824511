/* SPDX-License-Identifier: MIT
 *
 * Attributes: methods of the built-in types and the few plain attributes they
 * have, attributes of objects. A name knows from compile time which types
 * have a method of that name, so most look-ups end at one bit test.
 */
#include <stdio.h>

#include "base/mem.h"
#include "jinja/method/methods.h"
#include "jinja/value/undefined.h"

static const pv_jinja_table *methods_of(int type)
{
	switch ((enum pv_jinja_type)type) {
	case PV_JINJA_STR:
		return &pv_jinja_str_methods;
	case PV_JINJA_LIST:
		return &pv_jinja_list_methods;
	case PV_JINJA_TUPLE:
		return &pv_jinja_tuple_methods;
	case PV_JINJA_DICT:
		return &pv_jinja_dict_methods;
	case PV_JINJA_BOOL:
	case PV_JINJA_INT:
	case PV_JINJA_BIG:
		return &pv_jinja_int_methods;
	case PV_JINJA_FLOAT:
		return &pv_jinja_float_methods;
	case PV_JINJA_RANGE:
		return &pv_jinja_range_methods;
	default:
		return NULL;
	}
}

const pv_jinja_native *pv_jinja_table_find(const pv_jinja_table *table,
					   const char *name, size_t len)
{
	size_t low = 0;
	size_t high = table->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *other = table->rows[middle].name;
		int order = len ? *name - *other : 0;

		if (!order)
			order = strncmp(name, other, len);
		if (!order && !other[len])
			return &table->rows[middle];
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const pv_jinja_native *pv_jinja_method_find(int type, const char *name, size_t len)
{
	const pv_jinja_table *table = methods_of(type);

	return table ? pv_jinja_table_find(table, name, len) : NULL;
}

/* Plain attributes, by the types that have them. */
static const struct {
	const char *name;
	unsigned owners;
} plain[] = {
	{ "real", 1u << PV_JINJA_BOOL | 1u << PV_JINJA_INT |
			  1u << PV_JINJA_BIG | 1u << PV_JINJA_FLOAT },
	{ "imag", 1u << PV_JINJA_BOOL | 1u << PV_JINJA_INT |
			  1u << PV_JINJA_BIG | 1u << PV_JINJA_FLOAT },
	{ "numerator",
	  1u << PV_JINJA_BOOL | 1u << PV_JINJA_INT | 1u << PV_JINJA_BIG },
	{ "denominator",
	  1u << PV_JINJA_BOOL | 1u << PV_JINJA_INT | 1u << PV_JINJA_BIG },
	{ "start", 1u << PV_JINJA_RANGE },
	{ "stop", 1u << PV_JINJA_RANGE },
	{ "step", 1u << PV_JINJA_RANGE },
	{ "grouper", 1u << PV_JINJA_TUPLE },
	{ "list", 1u << PV_JINJA_TUPLE },
};

void pv_jinja_name_init(pv_jinja_name *name, const char *text, size_t len,
			int flags)
{
	static const uint8_t types[] = { PV_JINJA_BOOL, PV_JINJA_FLOAT,
					 PV_JINJA_LIST, PV_JINJA_TUPLE,
					 PV_JINJA_RANGE };

	name->text = pv_jinja_str(text, len, flags);
	name->hash = pv_jinja_hash_text(text, len);
	name->owners = 0;
	name->is_guarded = len == 0 || text[0] == '_';
	name->of_str = pv_jinja_method_find(PV_JINJA_STR, text, len);
	name->of_dict = pv_jinja_method_find(PV_JINJA_DICT, text, len);
	if (name->of_str)
		name->owners |= 1u << PV_JINJA_STR;
	if (name->of_dict)
		name->owners |= 1u << PV_JINJA_DICT;
	for (size_t i = 0; i < pv_array_len(types); i++)
		if (pv_jinja_method_find(types[i], text, len))
			name->owners |= 1u << types[i];
	if (name->owners & 1u << PV_JINJA_BOOL)
		name->owners |= 1u << PV_JINJA_INT | 1u << PV_JINJA_BIG;
	for (size_t i = 0; i < pv_array_len(plain); i++)
		if (pv_jinja_str_is(name->text, plain[i].name))
			name->owners |= plain[i].owners;
	/* Every object of Python has these. */
	if (len > 1 && text[0] == '_' && text[1] == '_')
		name->owners |= ~0u;
}

/* The type's method; those of str and dict were found with the name. */
static const pv_jinja_native *find_method(int type, const pv_jinja_name *name)
{
	if (type == PV_JINJA_STR)
		return name->of_str;
	if (type == PV_JINJA_DICT)
		return name->of_dict;
	return pv_jinja_method_find(type, name->text.u.s, name->text.len);
}

static int call_method(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_native_call(out, call->data, call);
}

static int bind(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value self,
		const pv_jinja_native *method)
{
	pv_jinja_func *func;
	int rc = pv_jinja_alloc(&func, run, sizeof(*func));

	if (rc < 0)
		return rc;
	func->fn = call_method;
	func->self = self;
	func->data = method;
	func->name = method->name;
	func->type = "builtin_function_or_method";
	*out = pv_jinja_func_value(func);
	return 1;
}

static int find_plain(pv_jinja_value *out, pv_jinja_value object,
		      pv_jinja_value name)
{
	const int is_real = pv_jinja_str_is(name, "real") ||
			    pv_jinja_str_is(name, "numerator");

	if (object.type == PV_JINJA_TUPLE) {
		if (!(object.flags & PV_JINJA_GROUP))
			return 0;
		*out = object.u.list->items[pv_jinja_str_is(name, "list")];
		return 1;
	}
	if (object.type == PV_JINJA_RANGE) {
		*out = pv_jinja_int(
			pv_jinja_str_is(name, "start")  ? object.u.range->start
			: pv_jinja_str_is(name, "stop") ? object.u.range->stop
							: object.u.range->step);
		return 1;
	}
	if (object.type == PV_JINJA_FLOAT) {
		*out = is_real ? object : pv_jinja_float(0.0);
		return 1;
	}
	*out = is_real ? object
		       : pv_jinja_int(pv_jinja_str_is(name, "denominator"));
	if (out->type == PV_JINJA_BOOL)
		out->type = PV_JINJA_INT;
	return 1;
}

int pv_jinja_find_attr(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value object, const pv_jinja_name *name)
{
	const pv_jinja_native *method;
	int rc;

	if (object.type == PV_JINJA_UNDEFINED) {
		rc = pv_jinja_undefined_field(out, run, object, name->text);
		if (rc != 0)
			return rc;
		if (object.flags != PV_JINJA_UNDEFINED_CHAINABLE)
			return pv_jinja_raise_undefined(run, object);
		*out = object;
		return 1;
	}
	if (object.type == PV_JINJA_OBJECT) {
		if (!object.u.object->kind->get)
			return 0;
		return object.u.object->kind->get(out, run, object.u.object,
						  name);
	}
	if (!(name->owners & 1u << object.type))
		return 0;
	method = find_method(object.type, name);
	if (method)
		return bind(out, run, object, method);
	/* What begins with two underscores: no part of Python is reachable. */
	if (name->text.u.s[0] == '_')
		return 0;
	return find_plain(out, object, name->text);
}

/* --- the sandbox ------------------------------------------------------------- */

/* Attributes of Python's that begin with an underscore. */
static const struct {
	const char *name;
	unsigned owners; /* bits of enum pv_jinja_type */
} specials[] = {
#include "jinja/method/dunder_table.inc"
};

int pv_jinja_is_special(pv_jinja_value object, pv_jinja_value name)
{
	size_t from = 0;
	size_t to = pv_array_len(specials);

	while (from < to) {
		size_t middle = (from + to) / 2;
		size_t len = strlen(specials[middle].name);
		int order = memcmp(specials[middle].name, name.u.s,
				   len < name.len ? len : name.len);

		if (!order && len == name.len)
			return (specials[middle].owners >> object.type & 1) != 0;
		if (order < 0 || (!order && len < name.len))
			from = middle + 1;
		else
			to = middle;
	}
	return 0;
}

static int unsafe(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value object,
		  pv_jinja_value name)
{
	char hint[200];
	int len = name.len < 80 ? (int)name.len : 80;
	int rc;

	snprintf(hint, sizeof(hint),
		 "access to attribute '%.*s' of '%s' object is unsafe.", len,
		 name.u.s, pv_jinja_type_name(object));
	rc = pv_jinja_undefined_hint(out, run, PV_JINJA_SECURITY_ERROR, name,
				     hint);
	return rc < 0 ? rc : 1;
}

/* Whether the sandbox hides this method. */
static int is_hidden(const pv_jinja_run *run, pv_jinja_value object,
		     const pv_jinja_name *name)
{
	const pv_jinja_native *method;

	if (run->settings->sandbox != PV_JINJA_IMMUTABLE ||
	    (object.type != PV_JINJA_LIST && object.type != PV_JINJA_DICT))
		return 0;
	method = find_method(object.type, name);
	return method && (method->flags & PV_JINJA_CHANGES);
}

int pv_jinja_find_safe(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value object, const pv_jinja_name *name)
{
	if (run->settings->sandbox == PV_JINJA_OPEN)
		return pv_jinja_find_attr(out, run, object, name);
	if (name->text.len && name->text.u.s[0] == '_') {
		if (pv_jinja_is_special(object, name->text))
			return unsafe(out, run, object, name->text);
		if (object.type != PV_JINJA_OBJECT &&
		    object.type != PV_JINJA_UNDEFINED)
			return 0;
	}
	if (name->owners && is_hidden(run, object, name))
		return unsafe(out, run, object, name->text);
	return pv_jinja_find_attr(out, run, object, name);
}

int pv_jinja_call_method(pv_jinja_value *out, int *is_method_out,
			 pv_jinja_value object, const pv_jinja_name *name,
			 pv_jinja_call *call)
{
	const pv_jinja_native *method = NULL;

	*is_method_out = 0;
	if (object.type != PV_JINJA_OBJECT && object.type != PV_JINJA_UNDEFINED &&
	    (name->owners & 1u << object.type) &&
	    !is_hidden(call->run, object, name))
		method = find_method(object.type, name);
	if (!method)
		return PV_OK;
	*is_method_out = 1;
	call->self = object;
	return pv_jinja_native_call(out, method, call);
}
