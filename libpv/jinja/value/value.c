/* SPDX-License-Identifier: MIT
 *
 * What values are called in messages.
 */
#include "jinja/value/value.h"

#include "base/mem.h"
#include "jinja/run/call.h"

static const char *undefined_name(int kind)
{
	static const char *const names[] = { "Undefined", "StrictUndefined",
					     "ChainableUndefined",
					     "DebugUndefined" };

	return names[kind];
}

static const char *view_name(int view)
{
	static const char *const names[] = { "dict_keys", "dict_values",
					     "dict_items" };

	return names[view];
}

const char *pv_jinja_type_name(pv_jinja_value value)
{
	static const char *const names[PV_JINJA_TYPES] = {
		[PV_JINJA_MISSING] = "object", [PV_JINJA_NONE] = "NoneType",
		[PV_JINJA_BOOL] = "bool",      [PV_JINJA_INT] = "int",
		[PV_JINJA_BIG] = "int",        [PV_JINJA_FLOAT] = "float",
		[PV_JINJA_STR] = "str",        [PV_JINJA_LIST] = "list",
		[PV_JINJA_TUPLE] = "tuple",    [PV_JINJA_DICT] = "dict",
		[PV_JINJA_RANGE] = "range",
	};

	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_UNDEFINED:
		return undefined_name(value.flags);
	case PV_JINJA_STR:
		return pv_jinja_is_markup(value) ? "Markup" : "str";
	case PV_JINJA_TUPLE:
		return value.flags & PV_JINJA_GROUP ? "_GroupTuple" : "tuple";
	case PV_JINJA_VIEW:
		return view_name(value.flags);
	case PV_JINJA_ITER:
		return value.u.iter->name;
	case PV_JINJA_FUNC:
		return value.u.func->type;
	case PV_JINJA_OBJECT:
		return value.u.object->kind->name;
	case PV_JINJA_MISSING:
	case PV_JINJA_NONE:
	case PV_JINJA_BOOL:
	case PV_JINJA_INT:
	case PV_JINJA_BIG:
	case PV_JINJA_FLOAT:
	case PV_JINJA_LIST:
	case PV_JINJA_DICT:
	case PV_JINJA_RANGE:
		return names[value.type];
	case PV_JINJA_TYPES:
		break;
	}
	return "";
}

/* The name with " object" behind it, for the types templates can make. */
static const char *with_object(const char *name)
{
	static const char *const names[] = {
		"str object",
		"int object",
		"float object",
		"bool object",
		"list object",
		"dict object",
		"tuple object",
		"range object",
		"generator object",
		"dict_keys object",
		"dict_values object",
		"dict_items object",
		"builtin_function_or_method object",
		"type object",
		"function object",
		"list_reverseiterator object",
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (!strncmp(names[i], name, len) && names[i][len] == ' ')
			return names[i];
	return "object";
}

const char *pv_jinja_object_name(pv_jinja_value value)
{
	static const char *const undefined[] = {
		"jinja2.runtime.Undefined object",
		"jinja2.runtime.StrictUndefined object",
		"jinja2.runtime.ChainableUndefined object",
		"jinja2.runtime.DebugUndefined object",
	};

	if (value.type == PV_JINJA_NONE)
		return "None";
	if (value.type == PV_JINJA_UNDEFINED)
		return undefined[value.flags];
	if (value.type == PV_JINJA_OBJECT)
		return value.u.object->kind->object_name;
	if (pv_jinja_is_markup(value))
		return "markupsafe.Markup object";
	if (value.type == PV_JINJA_TUPLE && (value.flags & PV_JINJA_GROUP))
		return "jinja2.filters._GroupTuple object";
	return with_object(pv_jinja_type_name(value));
}
