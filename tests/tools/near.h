/* SPDX-License-Identifier: MIT
 *
 * Holds a JSON value against an expected one: numbers to a tolerance, all else
 * exactly.
 */
#ifndef PV_TESTS_TOOLS_NEAR_H
#define PV_TESTS_TOOLS_NEAR_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

/* Relative and absolute. */
typedef struct near_tolerance {
	double tol;
	double abs_tol;
} near_tolerance;

/* Takes the tolerances that a case asks for. */
static inline void near_take(near_tolerance *it, const pv_json *item)
{
	it->tol = pv_json_real(pv_json_get(item, "tol"), it->tol);
	it->abs_tol = pv_json_real(pv_json_get(item, "abs_tol"), it->abs_tol);
}

/* NaN for what is no number. */
static inline double near_number(const pv_json *value)
{
	return pv_json_real(value, (double)NAN);
}

static inline int near_is(const near_tolerance *it, double got, double want)
{
	return fabs(got - want) <= it->tol * fabs(want) + it->abs_tol;
}

static inline int near_fits(const near_tolerance *it, const pv_json *got,
			    const pv_json *want)
{
	enum pv_json_type type = pv_json_type_of(want);

	switch (type) {
	case PV_JSON_INT:
		return near_number(got) == near_number(want);
	case PV_JSON_REAL:
		return near_is(it, near_number(got), near_number(want));
	case PV_JSON_BOOL:
		return pv_json_type_of(got) == type &&
		       pv_json_is_true(got) == pv_json_is_true(want);
	case PV_JSON_STRING:
		return pv_json_type_of(got) == type &&
		       !strcmp(pv_json_text(got, NULL), pv_json_text(want, NULL));
	case PV_JSON_NULL:
		return pv_json_type_of(got) == PV_JSON_NULL || !got;
	case PV_JSON_ABSENT:
	case PV_JSON_ARRAY:
	case PV_JSON_OBJECT:
		break;
	}
	if (type != PV_JSON_ARRAY || pv_json_count(got) != pv_json_count(want))
		return 0;
	for (size_t i = 0; i < pv_json_count(want); i++)
		if (!near_fits(it, pv_json_at(got, i), pv_json_at(want, i)))
			return 0;
	return 1;
}

static inline void near_show(const char *what, const pv_json *value)
{
	pv_buf text = { 0 };

	if (value)
		(void)pv_json_dump(&text, value, NULL);
	printf(" %s %s", what, value ? pv_buf_text(&text) : "nothing");
	pv_buf_dispose(&text);
}

#endif
