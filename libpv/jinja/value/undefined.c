/* SPDX-License-Identifier: MIT
 *
 * Undefined values: made when a look-up finds nothing, worded only when they
 * are used or, with the debug kind, printed.
 */
#include "jinja/value/undefined.h"

#include "jinja/value/build.h"
#include "jinja/value/ops.h"

static int make(pv_jinja_value *out, pv_jinja_run *run,
		const pv_jinja_undefined *model)
{
	pv_jinja_undefined *copy;
	int rc = pv_jinja_alloc(&copy, run, sizeof(*copy));

	if (rc < 0)
		return rc;
	*copy = *model;
	memset(out, 0, sizeof(*out));
	out->type = PV_JINJA_UNDEFINED;
	out->flags = (uint8_t)run->settings->undefined_kind;
	out->u.undefined = copy;
	return PV_OK;
}

int pv_jinja_undefined_name(pv_jinja_value *out, pv_jinja_run *run,
			    pv_jinja_value name)
{
	const pv_jinja_undefined model = { .name = name,
					   .error = PV_JINJA_UNDEFINED_ERROR };

	return make(out, run, &model);
}

int pv_jinja_undefined_attr(pv_jinja_value *out, pv_jinja_run *run,
			    pv_jinja_value object, pv_jinja_value name)
{
	const pv_jinja_undefined model = { .object = object,
					   .name = name,
					   .error = PV_JINJA_UNDEFINED_ERROR };

	return make(out, run, &model);
}

int pv_jinja_undefined_hint(pv_jinja_value *out, pv_jinja_run *run,
			    enum pv_jinja_error error, pv_jinja_value name,
			    const char *hint)
{
	pv_jinja_undefined model = { .name = name, .error = (int)error };
	int rc = pv_jinja_copy_text(&model.hint, run, hint, strlen(hint), 0);

	return rc < 0 ? rc : make(out, run, &model);
}

/* "'x' is undefined", "'dict object' has no attribute 'y'", ... */
static int put_message(pv_buf *out, pv_jinja_run *run,
		       const pv_jinja_undefined *why)
{
	int rc;

	if (!pv_jinja_is_missing(why->hint)) {
		pv_buf_put(out, why->hint.u.s, why->hint.len);
		return PV_OK;
	}
	if (pv_jinja_is_missing(why->object)) {
		rc = pv_jinja_put_repr(out, run, why->name);
		pv_buf_puts(out, " is undefined");
		return rc;
	}
	if (pv_jinja_is_str(why->name))
		pv_buf_printf(out, "'%s' has no attribute ",
			      pv_jinja_object_name(why->object));
	else
		pv_buf_printf(out, "%s has no element ",
			      pv_jinja_object_name(why->object));
	return pv_jinja_put_repr(out, run, why->name);
}

int pv_jinja_raise_undefined(pv_jinja_run *run, pv_jinja_value undefined)
{
	static const pv_jinja_undefined nameless = {
		.name = { .type = PV_JINJA_NONE }, .error = PV_JINJA_UNDEFINED_ERROR
	};
	const pv_jinja_undefined *why = undefined.u.undefined;
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text;
	int rc;

	if (!why)
		why = &nameless;
	rc = put_message(&run->scratch, run, why);
	if (rc < 0)
		return rc;
	rc = pv_jinja_finish(&text, run, mark, 0);
	if (rc < 0)
		return rc;
	return pv_jinja_raise(run, (enum pv_jinja_error)why->error, "%.*s",
			      (int)text.len, text.u.s);
}

int pv_jinja_undefined_field(pv_jinja_value *out, pv_jinja_run *run,
			     pv_jinja_value undefined, pv_jinja_value name)
{
	const pv_jinja_undefined *why = undefined.u.undefined;
	size_t mark = pv_jinja_begin(run);
	int rc;

	if (!why)
		return 0;
	if (pv_jinja_str_is(name, "_undefined_name"))
		*out = why->name;
	else if (pv_jinja_str_is(name, "_undefined_hint"))
		*out = why->hint;
	else if (!pv_jinja_str_is(name, "_undefined_message"))
		return 0;
	if (!pv_jinja_str_is(name, "_undefined_message")) {
		if (pv_jinja_is_missing(*out))
			*out = pv_jinja_none();
		return 1;
	}
	rc = put_message(&run->scratch, run, why);
	if (rc == PV_OK)
		rc = pv_jinja_finish(out, run, mark, 0);
	return rc < 0 ? rc : 1;
}

/* What DebugUndefined prints. */
static int put_debug(pv_buf *out, pv_jinja_run *run, const pv_jinja_undefined *why)
{
	int rc = PV_OK;

	pv_buf_puts(out, "{{ ");
	if (!pv_jinja_is_missing(why->hint)) {
		pv_buf_puts(out, "undefined value printed: ");
		pv_buf_put(out, why->hint.u.s, why->hint.len);
	} else if (pv_jinja_is_missing(why->object)) {
		rc = pv_jinja_put_str(out, run, why->name, 0);
	} else {
		pv_buf_printf(out, "no such element: %s[",
			      pv_jinja_object_name(why->object));
		rc = pv_jinja_put_repr(out, run, why->name);
		pv_buf_putc(out, ']');
	}
	pv_buf_puts(out, " }}");
	return rc;
}

int pv_jinja_put_undefined(pv_buf *out, pv_jinja_run *run,
			   pv_jinja_value undefined)
{
	if (undefined.flags == PV_JINJA_UNDEFINED_STRICT)
		return pv_jinja_raise_undefined(run, undefined);
	if (undefined.flags != PV_JINJA_UNDEFINED_DEBUG)
		return PV_OK;
	if (!undefined.u.undefined) {
		pv_buf_puts(out, "{{ None }}");
		return PV_OK;
	}
	return put_debug(out, run, undefined.u.undefined);
}
