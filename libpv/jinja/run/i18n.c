/* SPDX-License-Identifier: MIT
 *
 * The functions that the i18n extension gives templates, with null
 * translations: a message is its own translation, and one of two is chosen by
 * whether the number is 1. Those in Jinja2's new style take the variables, too,
 * and put them in; they format what they get even when there are none.
 */
#include "jinja/run/machine.h"

#include "base/mem.h"
#include "jinja/filter/filters.h"
#include "jinja/value/container.h"
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

/* --- the new style --------------------------------------------------------- */

static int set(pv_jinja_run *run, pv_jinja_dict *dict, const char *name,
	       pv_jinja_value value)
{
	return pv_jinja_is_missing(value)
		       ? PV_OK
		       : pv_jinja_dict_set(run, dict, pv_jinja_text(name), value);
}

int pv_jinja_i18n_defaults(pv_jinja_run *run, pv_jinja_dict *dict,
			   pv_jinja_value count, pv_jinja_value context)
{
	int rc = set(run, dict, "context", context);

	return rc < 0 ? rc : set(run, dict, "num", count);
}

/* message % variables, in `call`; the message is no Markup when it was not. */
static int format(pv_jinja_value *out, pv_jinja_call *call,
		  pv_jinja_value message, pv_jinja_value count,
		  pv_jinja_value context)
{
	pv_jinja_run *run = call->run;
	pv_jinja_call marking = { .run = run, .args = &message, .count = 1 };
	pv_jinja_value text = message;
	pv_jinja_dict *dict = NULL;
	int rc = PV_OK;

	if (run->is_escaping)
		rc = pv_jinja_filter_safe(&text, &marking);
	if (rc == PV_OK)
		rc = pv_jinja_dict_new(&dict, run, call->keyword_count + 2);
	if (rc == PV_OK)
		rc = pv_jinja_i18n_defaults(run, dict, count, context);
	for (size_t i = 0; rc == PV_OK && i < call->keyword_count; i++)
		rc = pv_jinja_dict_set(run, dict, call->keywords[i].name,
				       call->keywords[i].value);
	return rc < 0 ? rc
		      : pv_jinja_arith(out, run, PV_JINJA_MOD, text,
				       pv_jinja_dict_value(dict));
}

static int format_first(pv_jinja_value *out, pv_jinja_call *call)
{
	return format(out, call, call->args[0], pv_jinja_missing(),
		      pv_jinja_missing());
}

static int format_second(pv_jinja_value *out, pv_jinja_call *call)
{
	return format(out, call, call->args[1], pv_jinja_missing(),
		      call->args[0]);
}

static int format_chosen(pv_jinja_value *out, pv_jinja_call *call,
			 const pv_jinja_value *args, pv_jinja_value context)
{
	pv_jinja_value message = { 0 };
	int rc = choose(&message, call->run, args);

	return rc < 0 ? rc : format(out, call, message, args[2], context);
}

static int format_chosen_first(pv_jinja_value *out, pv_jinja_call *call)
{
	return format_chosen(out, call, call->args, pv_jinja_missing());
}

static int format_chosen_second(pv_jinja_value *out, pv_jinja_call *call)
{
	return format_chosen(out, call, call->args + 1, call->args[0]);
}

/* --- tables ---------------------------------------------------------------- */

#define ROW(text, owner, names, count, function, flag)                       \
 {                                                                           \
  .name = (text), .python = owner text, .params = (names), .least = (count), \
  .most = (count), .flags = (uint8_t)(PV_JINJA_HIDDEN | (flag)),             \
  .fn = (function)                                                           \
 }
#define OLD "NullTranslations."
#define NEW(name) "_make_new_" name ".<locals>."

static const pv_jinja_native rows[] = {
	ROW("gettext", OLD, "message", 1, take_first, 0),
	ROW("ngettext", OLD, "msgid1 msgid2 n", 3, choose_first, 0),
	ROW("pgettext", OLD, "context message", 2, take_second, 0),
	ROW("npgettext", OLD, "context msgid1 msgid2 n", 4, choose_second, 0),
};

/* The names of parameters are such that no variable is called like them. */
static const pv_jinja_native new_rows[] = {
	ROW("gettext", NEW("gettext"), "__string", 1, format_first,
	    PV_JINJA_KEYWORDS),
	ROW("ngettext", NEW("ngettext"), "__singular __plural __num", 3,
	    format_chosen_first, PV_JINJA_KEYWORDS),
	ROW("pgettext", NEW("pgettext"), "__string_ctx __string", 2,
	    format_second, PV_JINJA_KEYWORDS),
	ROW("npgettext", NEW("npgettext"),
	    "__string_ctx __singular __plural __num", 4, format_chosen_second,
	    PV_JINJA_KEYWORDS),
};

#undef NEW
#undef OLD
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
	FUNC(&new_rows[0], "_", "function"),
	FUNC(&new_rows[0], "gettext", "function"),
	FUNC(&new_rows[1], "ngettext", "function"),
	FUNC(&new_rows[2], "pgettext", "function"),
	FUNC(&new_rows[3], "npgettext", "function"),
};

#undef FUNC

enum {
	NAMES = 5
};

#define VALUE(idx)                             \
 {                                             \
  .type = PV_JINJA_FUNC, .u.func = &funcs[idx] \
 }

static const pv_jinja_value callables[] = {
	VALUE(0), VALUE(1), VALUE(2), VALUE(3), VALUE(4),
	VALUE(5), VALUE(6), VALUE(7), VALUE(8), VALUE(9),
};

#undef VALUE

const pv_jinja_value *pv_jinja_i18n_find(pv_jinja_value name, unsigned extensions)
{
	size_t first = extensions & PV_JINJA_EXT_NEWSTYLE ? NAMES : 0;

	for (size_t i = 0; i < NAMES; i++)
		if (pv_jinja_str_is(name, funcs[i].name))
			return &callables[first + i];
	return NULL;
}
