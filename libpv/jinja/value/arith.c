/* SPDX-License-Identifier: MIT
 *
 * The arithmetic operators. Small integers and floats are done here; big
 * integers by bigint.c, `%` on strings by percent.c. What is too large is
 * refused before it is built.
 */
#include <math.h>

#include "jinja/method/percent.h"
#include "jinja/run/call.h"
#include "jinja/value/bigint.h"
#include "jinja/value/build.h"

static const char *const symbols[] = {
	[PV_JINJA_ADD] = "+",           [PV_JINJA_SUB] = "-",
	[PV_JINJA_MUL] = "*",           [PV_JINJA_DIV] = "/",
	[PV_JINJA_MOD] = "%",           [PV_JINJA_FLOORDIV] = "//",
	[PV_JINJA_POW] = "** or pow()",
};

static int fail_types(pv_jinja_run *run, enum pv_jinja_operator which,
		      pv_jinja_value a, pv_jinja_value b)
{
	if (a.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, a);
	if (b.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, b);
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "unsupported operand type(s) for %s: '%s' and '%s'",
			      symbols[which], pv_jinja_type_name(a),
			      pv_jinja_type_name(b));
}

/* --- floats ----------------------------------------------------------------- */

/* The double of an operand; raises OverflowError for ints too large. */
static int to_double(double *out, pv_jinja_run *run, pv_jinja_value value)
{
	if (value.type == PV_JINJA_FLOAT) {
		*out = value.u.f;
		return PV_OK;
	}
	*out = pv_jinja_int_to_double(value);
	if (isinf(*out))
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "int too large to convert to float");
	return PV_OK;
}

/* Python's float %: the result has the sign of the divisor. */
static double modulo(double a, double b)
{
	double rest = fmod(a, b);

	if (rest == 0)
		return copysign(0.0, b);
	return (b < 0) != (rest < 0) ? rest + b : rest;
}

static double floor_divide(double a, double b)
{
	double rest = fmod(a, b);
	double quotient = (a - rest) / b;
	double whole;

	if (rest != 0 && (b < 0) != (rest < 0))
		quotient -= 1.0;
	if (quotient == 0)
		return copysign(0.0, a / b);
	whole = floor(quotient);
	return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

static int power(pv_jinja_value *out, pv_jinja_run *run, double a, double b)
{
	double result;

	if (a == 0 && b < 0)
		return pv_jinja_raise(run, PV_JINJA_ZERO_DIVISION_ERROR,
				      "0.0 cannot be raised to a negative power");
	if (a < 0 && isfinite(a) && isfinite(b) && b != floor(b))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "complex numbers are not supported here");
	result = pow(a, b);
	if (isinf(result) && isfinite(a) && isfinite(b))
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "(34, 'Numerical result out of range')");
	*out = pv_jinja_float(result);
	return PV_OK;
}

static int float_arith(pv_jinja_value *out, pv_jinja_run *run,
		       enum pv_jinja_operator which, double a, double b)
{
	switch (which) {
	case PV_JINJA_ADD:
		*out = pv_jinja_float(a + b);
		return PV_OK;
	case PV_JINJA_SUB:
		*out = pv_jinja_float(a - b);
		return PV_OK;
	case PV_JINJA_MUL:
		*out = pv_jinja_float(a * b);
		return PV_OK;
	case PV_JINJA_POW:
		return power(out, run, a, b);
	case PV_JINJA_DIV:
	case PV_JINJA_FLOORDIV:
	case PV_JINJA_MOD:
		break;
	}
	if (b == 0)
		return pv_jinja_raise(run, PV_JINJA_ZERO_DIVISION_ERROR,
				      which == PV_JINJA_DIV
					      ? "float division by zero"
				      : which == PV_JINJA_MOD
					      ? "float modulo"
					      : "float floor division by zero");
	if (which == PV_JINJA_DIV)
		*out = pv_jinja_float(a / b);
	else
		*out = pv_jinja_float(which == PV_JINJA_MOD ? modulo(a, b)
							    : floor_divide(a, b));
	return PV_OK;
}

/* --- integers ---------------------------------------------------------------- */

static int int_division(pv_jinja_value *out, pv_jinja_run *run,
			enum pv_jinja_operator which, pv_jinja_value a,
			pv_jinja_value b)
{
	double ratio;
	int rc;

	if (!pv_jinja_int_sign(b))
		return pv_jinja_raise(run, PV_JINJA_ZERO_DIVISION_ERROR,
				      which == PV_JINJA_DIV
					      ? "division by zero"
					      : "integer division or modulo by "
						"zero");
	if (which == PV_JINJA_FLOORDIV)
		return pv_jinja_int_divmod(out, NULL, run, a, b);
	if (which == PV_JINJA_MOD)
		return pv_jinja_int_divmod(NULL, out, run, a, b);
	rc = pv_jinja_int_ratio(&ratio, run, a, b);
	if (rc < 0)
		return rc;
	*out = pv_jinja_float(ratio);
	return PV_OK;
}

static int int_power(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b)
{
	double x;
	double y;
	int rc;

	if (pv_jinja_int_sign(b) >= 0)
		return pv_jinja_int_pow(out, run, a, b);
	rc = to_double(&x, run, a);
	if (rc >= 0)
		rc = to_double(&y, run, b);
	return rc < 0 ? rc : power(out, run, x, y);
}

static int int_arith(pv_jinja_value *out, pv_jinja_run *run,
		     enum pv_jinja_operator which, pv_jinja_value a,
		     pv_jinja_value b)
{
	switch (which) {
	case PV_JINJA_ADD:
		return pv_jinja_int_add(out, run, a, b);
	case PV_JINJA_SUB:
		return pv_jinja_int_sub(out, run, a, b);
	case PV_JINJA_MUL:
		return pv_jinja_int_mul(out, run, a, b);
	case PV_JINJA_POW:
		return int_power(out, run, a, b);
	case PV_JINJA_DIV:
	case PV_JINJA_FLOORDIV:
	case PV_JINJA_MOD:
		break;
	}
	if (which == PV_JINJA_MOD && !pv_jinja_int_sign(b))
		return pv_jinja_raise(run, PV_JINJA_ZERO_DIVISION_ERROR,
				      "integer modulo by zero");
	return int_division(out, run, which, a, b);
}

static int number_arith(pv_jinja_value *out, pv_jinja_run *run,
			enum pv_jinja_operator which, pv_jinja_value a,
			pv_jinja_value b)
{
	double x;
	double y;
	int rc;

	if (a.type != PV_JINJA_FLOAT && b.type != PV_JINJA_FLOAT)
		return int_arith(out, run, which, a, b);
	rc = to_double(&x, run, a);
	if (rc >= 0)
		rc = to_double(&y, run, b);
	return rc < 0 ? rc : float_arith(out, run, which, x, y);
}

/* --- strings and lists -------------------------------------------------------- */

static int join_text(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b)
{
	const size_t len = (size_t)a.len + b.len;
	char *text;
	int rc;

	if (len > run->limits.text)
		return pv_jinja_limit(run, run->limits.text,
				      "bytes of one string");
	rc = pv_jinja_spend(run, len / 64);
	if (rc >= 0)
		rc = pv_jinja_alloc(&text, run, len);
	if (rc < 0)
		return rc;
	memcpy(text, a.u.s, a.len);
	memcpy(text + a.len, b.u.s, b.len);
	*out = pv_jinja_str(text, len, a.flags & b.flags & PV_JINJA_ASCII);
	return PV_OK;
}

static int add_text(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		    pv_jinja_value b)
{
	size_t mark = pv_jinja_begin(run);
	int rc;

	if (!pv_jinja_is_markup(a) && !pv_jinja_is_markup(b))
		return join_text(out, run, a, b);
	rc = pv_jinja_put_str(&run->scratch, run, a, 1);
	if (rc >= 0)
		rc = pv_jinja_put_str(&run->scratch, run, b, 1);
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, PV_JINJA_MARKUP);
}

static int add_lists(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b)
{
	const size_t first = a.u.list->count;
	const size_t second = b.u.list->count;
	pv_jinja_list *sum;
	int rc = pv_jinja_list_new(&sum, run, first + second);

	if (rc >= 0)
		rc = pv_jinja_spend(run, first + second);
	if (rc < 0)
		return rc;
	if (first)
		memcpy(sum->items, a.u.list->items, first * sizeof(*sum->items));
	if (second)
		memcpy(sum->items + first, b.u.list->items,
		       second * sizeof(*sum->items));
	sum->count = first + second;
	*out = a.type == PV_JINJA_LIST ? pv_jinja_list_value(sum)
				       : pv_jinja_tuple_value(sum);
	return PV_OK;
}

static int is_sequence(pv_jinja_value value)
{
	return value.type == PV_JINJA_STR || value.type == PV_JINJA_LIST ||
	       value.type == PV_JINJA_TUPLE;
}

static int add_sequences(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_value a, pv_jinja_value b)
{
	if (a.type == b.type)
		return a.type == PV_JINJA_STR ? add_text(out, run, a, b)
					      : add_lists(out, run, a, b);
	if (b.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, b);
	if (pv_jinja_is_markup(a))
		return fail_types(run, PV_JINJA_ADD, a, b);
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "can only concatenate %s (not \"%s\") to %s",
			      pv_jinja_type_name(a), pv_jinja_type_name(b),
			      pv_jinja_type_name(a));
}

static int repeat_text(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value text, uint64_t times)
{
	size_t mark = pv_jinja_begin(run);
	int rc;

	if (!text.len || !times) {
		*out = pv_jinja_str("", 0, text.flags | PV_JINJA_ASCII);
		return PV_OK;
	}
	if (times > UINT32_MAX)
		return pv_jinja_limit(run, run->limits.text,
				      "bytes of one string");
	rc = pv_jinja_expect(run, mark, text.len * times);
	for (uint64_t i = 0; i < times && rc >= 0; i++)
		pv_buf_put(&run->scratch, text.u.s, text.len);
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, text.flags);
}

static int repeat_list(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value list, uint64_t times)
{
	const size_t count = list.u.list->count;
	pv_jinja_list *result;
	int rc;

	if (!count)
		times = 0;
	if (times > UINT32_MAX || count > UINT32_MAX)
		return pv_jinja_limit(run, run->limits.memory, "bytes of memory");
	rc = pv_jinja_spend(run, count * times);
	if (rc >= 0)
		rc = pv_jinja_list_new(&result, run, count * times);
	if (rc < 0)
		return rc;
	for (uint64_t i = 0; i < times; i++)
		memcpy(result->items + i * count, list.u.list->items,
		       count * sizeof(*result->items));
	result->count = count * times;
	*out = list.type == PV_JINJA_LIST ? pv_jinja_list_value(result)
					  : pv_jinja_tuple_value(result);
	return PV_OK;
}

static int repeat(pv_jinja_value *out, pv_jinja_run *run,
		  pv_jinja_value sequence, pv_jinja_value times)
{
	uint64_t count;

	if (times.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, times);
	if (!pv_jinja_is_int(times))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "can't multiply sequence by non-int of type '%s'",
				      pv_jinja_type_name(times));
	count = pv_jinja_int_sign(times) <= 0 ? 0 : (uint64_t)times.u.i;
	if (times.type == PV_JINJA_BIG && count)
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "cannot fit 'int' into an index-sized integer");
	if (sequence.type == PV_JINJA_STR)
		return repeat_text(out, run, sequence, count);
	return repeat_list(out, run, sequence, count);
}

/* Markup multiplies in Python, where the words are others. */
static int is_repeatable(pv_jinja_value a, pv_jinja_value b)
{
	return !(pv_jinja_is_markup(a) && !pv_jinja_is_int(b)) &&
	       !(pv_jinja_is_markup(b) && !pv_jinja_is_int(a));
}

static int fail_markup_times(pv_jinja_run *run, pv_jinja_value times)
{
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "'%s' object cannot be interpreted as an integer",
			      pv_jinja_type_name(times));
}

int pv_jinja_arith(pv_jinja_value *out, pv_jinja_run *run,
		   enum pv_jinja_operator which, pv_jinja_value a,
		   pv_jinja_value b)
{
	if (pv_jinja_is_number(a) && pv_jinja_is_number(b))
		return number_arith(out, run, which, a, b);
	if (which == PV_JINJA_MOD && a.type == PV_JINJA_STR)
		return pv_jinja_percent(out, run, a, b);
	if (which == PV_JINJA_ADD && is_sequence(a))
		return add_sequences(out, run, a, b);
	if (which == PV_JINJA_MUL && a.type != PV_JINJA_UNDEFINED &&
	    !is_repeatable(a, b))
		return fail_markup_times(run, pv_jinja_is_markup(b) ? a : b);
	if (which == PV_JINJA_MUL && is_sequence(a))
		return repeat(out, run, a, b);
	if (which == PV_JINJA_MUL && is_sequence(b) &&
	    a.type != PV_JINJA_UNDEFINED)
		return repeat(out, run, b, a);
	return fail_types(run, which, a, b);
}

static int fail_unary(pv_jinja_run *run, const char *symbol, pv_jinja_value a)
{
	if (a.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, a);
	return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
			      "bad operand type for unary %s: '%s'", symbol,
			      pv_jinja_type_name(a));
}

int pv_jinja_negate(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a)
{
	if (a.type == PV_JINJA_FLOAT) {
		*out = pv_jinja_float(-a.u.f);
		return PV_OK;
	}
	if (pv_jinja_is_int(a))
		return pv_jinja_int_neg(out, run, a);
	return fail_unary(run, "-", a);
}

int pv_jinja_plus(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a)
{
	if (!pv_jinja_is_number(a))
		return fail_unary(run, "+", a);
	*out = a;
	if (a.type == PV_JINJA_BOOL)
		out->type = PV_JINJA_INT;
	return PV_OK;
}
