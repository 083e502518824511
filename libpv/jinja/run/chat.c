/* SPDX-License-Identifier: MIT
 *
 * The two functions that chat templates of models expect: raise_exception and
 * strftime_now, whose time comes from the render's clock, in UTC.
 */
#include "jinja/run/machine.h"

#include "base/mem.h"
#include "jinja/run/strftime.h"

/* --- raise_exception -------------------------------------------------------- */

static int raise_exception(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value message = call->args[0];
	int rc = PV_OK;

	*out = pv_jinja_none();
	if (!pv_jinja_is_str(message))
		rc = pv_jinja_to_str(&message, call->run, message);
	if (rc < 0)
		return rc;
	return pv_jinja_raise(call->run, PV_JINJA_TEMPLATE_ERROR, "%.*s",
			      (int)message.len, message.u.s);
}

/* --- strftime_now ------------------------------------------------------------ */

static int strftime_now(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_machine *m = pv_jinja_machine_of(call->run);
	pv_jinja_value format = call->args[0];
	size_t mark = pv_jinja_begin(call->run);
	char *copy;
	int rc;

	if (!pv_jinja_is_str(format))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "strftime() argument 1 must be str, not %s",
				      pv_jinja_type_name(format));
	rc = pv_jinja_alloc(&copy, call->run, format.len + 1);
	if (rc < 0)
		return rc;
	memcpy(copy, format.u.s, format.len);
	copy[format.len] = '\0';
	pv_jinja_put_time(&call->run->scratch, pv_clock_now(m->options->clock),
			  copy);
	return pv_jinja_finish(out, call->run, mark, 0);
}

/* --- as globals -------------------------------------------------------------- */

static const pv_jinja_native raise_row = { .name = "raise_exception",
					   .python = "raise_exception",
					   .params = "message",
					   .least = 1,
					   .most = 1,
					   .fn = raise_exception };
static const pv_jinja_native strftime_row = { .name = "strftime_now",
					      .python = "strftime_now",
					      .params = "format",
					      .least = 1,
					      .most = 1,
					      .fn = strftime_now };

static int call_row(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_native_call(out, call->data, call);
}

static const pv_jinja_func funcs[] = {
	{ .fn = call_row,
	  .data = &raise_row,
	  .name = "raise_exception",
	  .type = "function" },
	{ .fn = call_row,
	  .data = &strftime_row,
	  .name = "strftime_now",
	  .type = "function" },
};

static const pv_jinja_value callables[] = {
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[0] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[1] },
};

const pv_jinja_value *pv_jinja_chat_find(pv_jinja_value name)
{
	for (size_t i = 0; i < pv_array_len(funcs); i++)
		if (pv_jinja_str_is(name, funcs[i].name))
			return &callables[i];
	return NULL;
}
