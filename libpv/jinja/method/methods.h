/* SPDX-License-Identifier: MIT
 *
 * The methods of the built-in types: one table per type, sorted by name.
 */
#ifndef PV_JINJA_METHODS_H
#define PV_JINJA_METHODS_H

#include "jinja/run/call.h"

typedef struct pv_jinja_table {
	const pv_jinja_native *rows;
	size_t count;
} pv_jinja_table;

extern const pv_jinja_table pv_jinja_str_methods;
extern const pv_jinja_table pv_jinja_list_methods;
extern const pv_jinja_table pv_jinja_tuple_methods;
extern const pv_jinja_table pv_jinja_dict_methods;
extern const pv_jinja_table pv_jinja_int_methods;
extern const pv_jinja_table pv_jinja_float_methods;
extern const pv_jinja_table pv_jinja_range_methods;

/* Binary search in a sorted table; NULL. */
const pv_jinja_native *pv_jinja_table_find(const pv_jinja_table *table,
					   const char *name, size_t len);
/* Whether Python's object has this attribute, which begins with "_". */
int pv_jinja_is_special(pv_jinja_value object, pv_jinja_value name);
/*
 * The attribute as the sandbox lets it be seen: 1 and the value (undefined
 * with a SecurityError when it is unsafe), 0, or a failure.
 */
int pv_jinja_find_safe(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value object, const pv_jinja_name *name);
/* Updates the dict as dict.update() and dict() do with their arguments. */
int pv_jinja_dict_fill(pv_jinja_call *call, pv_jinja_dict *dict);
/* object[key] as Python has it, with its exceptions. */
int pv_jinja_subscript(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value object, pv_jinja_value key);
/* KeyError with repr(key) as its message. */
int pv_jinja_raise_key(pv_jinja_run *run, pv_jinja_value key);
/* ValueError of index(): "3 is not in list". */
int pv_jinja_raise_not_in(pv_jinja_run *run, pv_jinja_value container,
			  pv_jinja_value item);

#endif
