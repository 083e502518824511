/* SPDX-License-Identifier: MIT
 *
 * Reading arguments of methods and filters.
 */
#include "jinja/run/argument.h"

int pv_jinja_int_arg(int64_t *out, const pv_jinja_call *call, size_t idx,
		     int64_t fallback)
{
	*out = fallback;
	if (pv_jinja_is_missing(call->args[idx]))
		return PV_OK;
	return pv_jinja_to_index(out, call->run, call->args[idx]);
}

int pv_jinja_bool_arg(const pv_jinja_call *call, size_t idx, int fallback)
{
	if (pv_jinja_is_missing(call->args[idx]))
		return fallback;
	return pv_jinja_truth(call->run, call->args[idx]);
}

int pv_jinja_int_flag(const pv_jinja_call *call, size_t idx)
{
	pv_jinja_value value = call->args[idx];

	if (pv_jinja_is_missing(value))
		return 0;
	if (pv_jinja_is_int(value))
		return pv_jinja_truth(call->run, value);
	return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
			      "'%s' object cannot be interpreted as an integer",
			      pv_jinja_type_name(value));
}

int pv_jinja_need_str(pv_jinja_run *run, pv_jinja_value value, const char *before)
{
	if (value.type == PV_JINJA_STR)
		return PV_OK;
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR, "%s, not %s", before,
			      pv_jinja_type_name(value));
}

int pv_jinja_refuse_keywords(const pv_jinja_call *call, const char *python)
{
	pv_jinja_value name;

	if (!call->keyword_count)
		return PV_OK;
	name = call->keywords[0].name;
	return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
			      "%s() got an unexpected keyword argument '%.*s'",
			      python, (int)name.len, name.u.s);
}

int pv_jinja_refuse_arguments(const pv_jinja_call *call, const char *python)
{
	int rc = pv_jinja_refuse_keywords(call, python);

	if (rc < 0 || !call->count)
		return rc;
	return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
			      "%s() takes 1 positional argument but %zu were given",
			      python, call->count + 1);
}
