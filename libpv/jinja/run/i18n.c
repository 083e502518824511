/* SPDX-License-Identifier: MIT
 *
 * The functions that the i18n extension gives templates, with null
 * translations: a message is its own translation, and one of two is chosen by
 * whether the number is 1.
 */
#include "jinja/run/machine.h"

#include "base/mem.h"
#include "jinja/value/ops.h"

static int take_first(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = call->args[0];
	return PV_OK;
}

static int take_second(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = call->args[1];
	return PV_OK;
}

/* One, many, and how many there are. */
static int choose(pv_jinja_value *out, pv_jinja_run *run,
		  const pv_jinja_value *args)
{
	int is_one = pv_jinja_equal(run, args[2], pv_jinja_int(1));

	*out = args[is_one > 0 ? 0 : 1];
	return is_one < 0 ? is_one : PV_OK;
}

static int choose_first(pv_jinja_value *out, pv_jinja_call *call)
{
	return choose(out, call->run, call->args);
}

static int choose_second(pv_jinja_value *out, pv_jinja_call *call)
{
	return choose(out, call->run, call->args + 1);
}

#define ROW(text, names, count, function)                                       \
 {                                                                              \
  .name = (text), .python = "NullTranslations." text, .params = (names),        \
  .least = (count), .most = (count), .flags = PV_JINJA_HIDDEN, .fn = (function) \
 }

static const pv_jinja_native rows[] = {
	ROW("gettext", "message", 1, take_first),
	ROW("ngettext", "msgid1 msgid2 n", 3, choose_first),
	ROW("pgettext", "context message", 2, take_second),
	ROW("npgettext", "context msgid1 msgid2 n", 4, choose_second),
};

#undef ROW

static int call_row(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_native_call(out, call->data, call);
}

#define FUNC(row, text, kind)                                   \
 {                                                              \
  .fn = call_row, .data = (row), .name = (text), .type = (kind) \
 }

static const pv_jinja_func funcs[] = {
	FUNC(&rows[0], "_", "function"),
	FUNC(&rows[0], "gettext", "method"),
	FUNC(&rows[1], "ngettext", "method"),
	FUNC(&rows[2], "pgettext", "method"),
	FUNC(&rows[3], "npgettext", "method"),
};

#undef FUNC

static const pv_jinja_value callables[] = {
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[0] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[1] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[2] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[3] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[4] },
};

const pv_jinja_value *pv_jinja_i18n_find(pv_jinja_value name)
{
	for (size_t i = 0; i < pv_array_len(funcs); i++)
		if (pv_jinja_str_is(name, funcs[i].name))
			return &callables[i];
	return NULL;
}
