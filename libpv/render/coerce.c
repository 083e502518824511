/* SPDX-License-Identifier: MIT
 *
 * From what was given to the type that was declared. Texts come from command
 * lines and forms, where everything is one, so they are read as the type says;
 * any other value has to be of the type already. Nothing is guessed: "yes" is
 * no boolean, 3.5 no integer.
 */
#include "render/renderer.h"

#include <stdlib.h>

#include "base/mem.h"
#include "jinja/value/json.h"

struct type {
	const char *name;
	/* 1 and the value, 0, or a failure. */
	int (*take)(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value);
};

/* Reads a text as JSON: 1, or 0 when it is none. */
static int read_text(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value text)
{
	int rc = pv_jinja_read_json(out, run, text.u.s, text.len);

	if (pv_jinja_catch(run, rc, PV_JINJA_VALUE_ERROR))
		return 0;
	return rc < 0 ? rc : 1;
}

/* A text that is JSON of one of the kinds; other values of them as they are. */
static int take_kinds(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_value value, unsigned kinds)
{
	int rc = 1;

	*out = value;
	if (pv_jinja_is_str(value))
		rc = read_text(out, run, value);
	return rc > 0 ? (int)(kinds >> out->type & 1U) : rc;
}

static int take_any(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value)
{
	(void)run;
	*out = value;
	return 1;
}

static int take_array(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value)
{
	return take_kinds(out, run, value, 1U << PV_JINJA_LIST);
}

static int take_boolean(pv_jinja_value *out, pv_jinja_run *run,
			pv_jinja_value value)
{
	return take_kinds(out, run, value, 1U << PV_JINJA_BOOL);
}

/* JSON Schema counts 3.0 among the integers. */
static int take_integer(pv_jinja_value *out, pv_jinja_run *run,
			pv_jinja_value value)
{
	const unsigned kinds =
		1U << PV_JINJA_INT | 1U << PV_JINJA_BIG | 1U << PV_JINJA_FLOAT;
	int rc = take_kinds(out, run, value, kinds);

	if (rc <= 0 || out->type != PV_JINJA_FLOAT)
		return rc;
	if (!(out->u.f > -9e15 && out->u.f < 9e15) ||
	    (double)(int64_t)out->u.f != out->u.f)
		return 0;
	*out = pv_jinja_int((int64_t)out->u.f);
	return 1;
}

static int take_null(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value)
{
	return take_kinds(out, run, value, 1U << PV_JINJA_NONE);
}

static int take_number(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value value)
{
	const unsigned kinds =
		1U << PV_JINJA_INT | 1U << PV_JINJA_BIG | 1U << PV_JINJA_FLOAT;
	int rc = take_kinds(out, run, value, kinds);

	/* 1e999 is more than a number can be. */
	if (rc > 0 && out->type == PV_JINJA_FLOAT && out->u.f - out->u.f != 0)
		return 0;
	return rc;
}

static int take_object(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value value)
{
	return take_kinds(out, run, value, 1U << PV_JINJA_DICT);
}

static int take_string(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value value)
{
	(void)run;
	*out = value;
	return pv_jinja_is_str(value);
}

static const struct type types[] = {
	{ "any", take_any },         { "array", take_array },
	{ "boolean", take_boolean }, { "integer", take_integer },
	{ "null", take_null },       { "number", take_number },
	{ "object", take_object },   { "string", take_string },
};

static const struct type *find_type(const char *name, size_t len)
{
	for (size_t i = 0; i < pv_array_len(types); i++)
		if (strlen(types[i].name) == len &&
		    !memcmp(types[i].name, name, len))
			return &types[i];
	return &types[0];
}

/* Each of "integer|null" in turn; a text that may be one stays one. */
int pv_render_coerce(pv_jinja_value *out, pv_jinja_run *run, const char *type,
		     pv_jinja_value value)
{
	int rc = 0;

	*out = value;
	if (pv_jinja_is_str(value) && strstr(type, "string"))
		return 1;
	while (!rc && *type) {
		size_t len = strcspn(type, "|");

		rc = find_type(type, len)->take(out, run, value);
		type += len + (type[len] == '|');
	}
	return rc;
}
