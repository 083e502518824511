/* SPDX-License-Identifier: MIT
 *
 * The built-in tests: `x is odd`. All are pure but filter and test, which ask
 * the tables.
 */
#include "base/mem.h"
#include "jinja/filter/filters.h"
#include "jinja/method/methods.h"
#include "jinja/value/text_case.h"

static int say(pv_jinja_value *out, int answer)
{
	*out = pv_jinja_bool(answer);
	return answer < 0 ? answer : PV_OK;
}

static int test_boolean(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, call->args[0].type == PV_JINJA_BOOL);
}

static int test_callable(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];

	return say(out, value.type == PV_JINJA_FUNC ||
				value.type == PV_JINJA_UNDEFINED ||
				(value.type == PV_JINJA_OBJECT &&
				 value.u.object->kind->call));
}

static int test_defined(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, !pv_jinja_is_undefined(call->args[0]));
}

static int test_undefined(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, pv_jinja_is_undefined(call->args[0]));
}

/* value % divisor == wanted */
static int is_rest(pv_jinja_value *out, pv_jinja_call *call,
		   pv_jinja_value divisor, int64_t wanted)
{
	pv_jinja_value rest;
	int rc = pv_jinja_arith(&rest, call->run, PV_JINJA_MOD, call->args[0],
				divisor);

	if (rc < 0)
		return rc;
	return say(out, pv_jinja_compare(call->run, PV_JINJA_EQ, rest,
					 pv_jinja_int(wanted)));
}

static int test_divisibleby(pv_jinja_value *out, pv_jinja_call *call)
{
	return is_rest(out, call, call->args[1], 0);
}

static int test_even(pv_jinja_value *out, pv_jinja_call *call)
{
	return is_rest(out, call, pv_jinja_int(2), 0);
}

static int test_odd(pv_jinja_value *out, pv_jinja_call *call)
{
	return is_rest(out, call, pv_jinja_int(2), 1);
}

static int compare(pv_jinja_value *out, pv_jinja_call *call,
		   enum pv_jinja_comparison comparison)
{
	return say(out, pv_jinja_compare(call->run, comparison, call->args[0],
					 call->args[1]));
}

static int test_eq(pv_jinja_value *out, pv_jinja_call *call)
{
	return compare(out, call, PV_JINJA_EQ);
}

static int test_ne(pv_jinja_value *out, pv_jinja_call *call)
{
	return compare(out, call, PV_JINJA_NE);
}

static int test_lt(pv_jinja_value *out, pv_jinja_call *call)
{
	return compare(out, call, PV_JINJA_LT);
}

static int test_le(pv_jinja_value *out, pv_jinja_call *call)
{
	return compare(out, call, PV_JINJA_LE);
}

static int test_gt(pv_jinja_value *out, pv_jinja_call *call)
{
	return compare(out, call, PV_JINJA_GT);
}

static int test_ge(pv_jinja_value *out, pv_jinja_call *call)
{
	return compare(out, call, PV_JINJA_GE);
}

static int test_in(pv_jinja_value *out, pv_jinja_call *call)
{
	return compare(out, call, PV_JINJA_IN);
}

static int test_escaped(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];

	return say(out, pv_jinja_is_markup(value) ||
				(value.type == PV_JINJA_OBJECT &&
				 value.u.object->kind->is_html) ||
				(value.type == PV_JINJA_UNDEFINED &&
				 value.flags == PV_JINJA_UNDEFINED_CHAINABLE));
}

static int is_bool(pv_jinja_value value, int64_t wanted)
{
	return value.type == PV_JINJA_BOOL && value.u.i == wanted;
}

static int test_false(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, is_bool(call->args[0], 0));
}

static int test_true(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, is_bool(call->args[0], 1));
}

static int check_hashable(pv_jinja_call *call)
{
	uint64_t hash;

	return pv_jinja_hash(&hash, call->run, call->args[0]);
}

static int test_filter(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value name = call->args[0];
	int rc = check_hashable(call);

	return say(out,
		   rc < 0 ? rc
			  : pv_jinja_is_str(name) &&
				    pv_jinja_filter_find(name.u.s, name.len));
}

static int test_test(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value name = call->args[0];
	int rc = check_hashable(call);

	return say(out, rc < 0 ? rc
			       : pv_jinja_is_str(name) &&
					 pv_jinja_test_find(name.u.s, name.len));
}

static int test_float(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, call->args[0].type == PV_JINJA_FLOAT);
}

static int test_integer(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, call->args[0].type == PV_JINJA_INT ||
				call->args[0].type == PV_JINJA_BIG);
}

static int test_iterable(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_cursor cursor;
	int rc = pv_jinja_iterate(&cursor, call->run, call->args[0]);

	if (pv_jinja_catch(call->run, rc, PV_JINJA_TYPE_ERROR))
		return say(out, 0);
	return say(out, rc < 0 ? rc : 1);
}

/* str(value) asked for its case. */
static int is_cased(pv_jinja_value *out, pv_jinja_call *call, int is_upper)
{
	pv_jinja_value text;
	int rc = pv_jinja_to_str(&text, call->run, call->args[0]);

	if (rc < 0)
		return rc;
	return say(out, is_upper ? pv_jinja_is_upper(text)
				 : pv_jinja_is_lower(text));
}

static int test_lower(pv_jinja_value *out, pv_jinja_call *call)
{
	return is_cased(out, call, 0);
}

static int test_upper(pv_jinja_value *out, pv_jinja_call *call)
{
	return is_cased(out, call, 1);
}

static int test_mapping(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, call->args[0].type == PV_JINJA_DICT);
}

static int test_none(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, call->args[0].type == PV_JINJA_NONE);
}

static int test_number(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, pv_jinja_is_number(call->args[0]));
}

static int test_sameas(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, pv_jinja_same(call->args[0], call->args[1]));
}

static int test_sequence(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];

	switch ((enum pv_jinja_type)value.type) {
	case PV_JINJA_STR:
	case PV_JINJA_LIST:
	case PV_JINJA_TUPLE:
	case PV_JINJA_DICT:
	case PV_JINJA_RANGE:
		return say(out, 1);
	case PV_JINJA_UNDEFINED:
		return say(out, value.flags != PV_JINJA_UNDEFINED_STRICT);
	default:
		return say(out, 0);
	}
}

static int test_string(pv_jinja_value *out, pv_jinja_call *call)
{
	return say(out, pv_jinja_is_str(call->args[0]));
}

/* --- the table ------------------------------------------------------------------------- */

static const pv_jinja_native rows[] = {
	{ "!=", "ne", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_ne },
	{ "<", "lt", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_lt },
	{ "<=", "le", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_le },
	{ "==", "eq", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_eq },
	{ ">", "gt", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_gt },
	{ ">=", "ge", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_ge },
	{ "boolean", "test_boolean", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_boolean },
	{ "callable", "callable", "object", 1, 1, PV_JINJA_POSITIONAL,
	  PV_JINJA_ONE, test_callable },
	{ "defined", "test_defined", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_defined },
	{ "divisibleby", "test_divisibleby", "value num", 2, 2, 0,
	  PV_JINJA_PYTHON, test_divisibleby },
	{ "eq", "eq", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_eq },
	{ "equalto", "eq", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_eq },
	{ "escaped", "test_escaped", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_escaped },
	{ "even", "test_even", "value", 1, 1, 0, PV_JINJA_PYTHON, test_even },
	{ "false", "test_false", "value", 1, 1, 0, PV_JINJA_PYTHON, test_false },
	{ "filter", "test_filter", "value", 1, 1, PV_JINJA_HIDDEN,
	  PV_JINJA_PYTHON, test_filter },
	{ "float", "test_float", "value", 1, 1, 0, PV_JINJA_PYTHON, test_float },
	{ "ge", "ge", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_ge },
	{ "greaterthan", "gt", "a b", 2, 2, PV_JINJA_POSITIONAL,
	  PV_JINJA_EXPECTED, test_gt },
	{ "gt", "gt", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_gt },
	{ "in", "test_in", "value seq", 2, 2, 0, PV_JINJA_PYTHON, test_in },
	{ "integer", "test_integer", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_integer },
	{ "iterable", "test_iterable", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_iterable },
	{ "le", "le", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_le },
	{ "lessthan", "lt", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_lt },
	{ "lower", "test_lower", "value", 1, 1, 0, PV_JINJA_PYTHON, test_lower },
	{ "lt", "lt", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_lt },
	{ "mapping", "test_mapping", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_mapping },
	{ "ne", "ne", "a b", 2, 2, PV_JINJA_POSITIONAL, PV_JINJA_EXPECTED,
	  test_ne },
	{ "none", "test_none", "value", 1, 1, 0, PV_JINJA_PYTHON, test_none },
	{ "number", "test_number", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_number },
	{ "odd", "test_odd", "value", 1, 1, 0, PV_JINJA_PYTHON, test_odd },
	{ "sameas", "test_sameas", "value other", 2, 2, 0, PV_JINJA_PYTHON,
	  test_sameas },
	{ "sequence", "test_sequence", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_sequence },
	{ "string", "test_string", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_string },
	{ "test", "test_test", "value", 1, 1, PV_JINJA_HIDDEN, PV_JINJA_PYTHON,
	  test_test },
	{ "true", "test_true", "value", 1, 1, 0, PV_JINJA_PYTHON, test_true },
	{ "undefined", "test_undefined", "value", 1, 1, 0, PV_JINJA_PYTHON,
	  test_undefined },
	{ "upper", "test_upper", "value", 1, 1, 0, PV_JINJA_PYTHON, test_upper },
};

const pv_jinja_native *pv_jinja_test_find(const char *name, size_t len)
{
	static const pv_jinja_table table = { rows, pv_array_len(rows) };

	return pv_jinja_table_find(&table, name, len);
}
