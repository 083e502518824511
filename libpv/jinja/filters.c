/* SPDX-License-Identifier: MIT
 *
 * The tables of filters and tests.
 */
#include "base/mem.h"
#include "jinja/methods.h"

static int filter_length(pv_jinja_value *out, pv_jinja_call *call)
{
	int64_t len = 0;
	int rc = pv_jinja_len(&len, call->run, call->args[0]);

	*out = pv_jinja_int(len);
	return rc;
}

static int filter_default(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = 0;

	if (!pv_jinja_is_missing(call->args[2]))
		rc = pv_jinja_truth(call->run, call->args[2]);
	if (rc < 0)
		return rc;
	*out = call->args[0];
	rc = rc ? !pv_jinja_truth(call->run, *out) : pv_jinja_is_undefined(*out);
	if (rc)
		*out = pv_jinja_is_missing(call->args[1]) ? pv_jinja_text("")
							  : call->args[1];
	return PV_OK;
}

static int test_defined(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_bool(!pv_jinja_is_undefined(call->args[0]));
	return PV_OK;
}

static const pv_jinja_native filters[] = {
	{ "d", "do_default", "value default_value boolean", 1, 3, 0,
	  PV_JINJA_PYTHON, filter_default },
	{ "default", "do_default", "value default_value boolean", 1, 3, 0,
	  PV_JINJA_PYTHON, filter_default },
	{ "length", "len", "value", 1, 1, PV_JINJA_POSITIONAL, PV_JINJA_ONE,
	  filter_length },
};

static const pv_jinja_native tests[] = {
	{ "defined", "test_defined", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_defined },
};

const pv_jinja_native *pv_jinja_filter_find(const char *name, size_t len)
{
	static const pv_jinja_table table = { filters, pv_array_len(filters) };

	return pv_jinja_table_find(&table, name, len);
}

const pv_jinja_native *pv_jinja_test_find(const char *name, size_t len)
{
	static const pv_jinja_table table = { tests, pv_array_len(tests) };

	return pv_jinja_table_find(&table, name, len);
}
