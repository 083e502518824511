/* SPDX-License-Identifier: MIT
 *
 * The methods of int and float that make sense in a template.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "jinja/method/methods.h"
#include "jinja/value/bigint.h"
#include "jinja/value/build.h"

static int int_bit_length(pv_jinja_value *out, pv_jinja_call *call)
{
	*out = pv_jinja_int((int64_t)pv_jinja_int_bits(call->self));
	return PV_OK;
}

static int int_bit_count(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value self = call->self;
	int64_t count = 0;

	if (self.type == PV_JINJA_BIG) {
		for (size_t i = 0; i < self.u.big->count; i++)
			count += __builtin_popcountl(self.u.big->limbs[i]);
	} else {
		count = __builtin_popcountll(self.u.i < 0 ? 0 - (uint64_t)self.u.i
							  : (uint64_t)self.u.i);
	}
	*out = pv_jinja_int(count);
	return PV_OK;
}

static int int_conjugate(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_plus(out, call->run, call->self);
}

static int int_as_integer_ratio(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = pv_jinja_plus(out, call->run, call->self);

	return rc < 0 ? rc : pv_jinja_pair(out, call->run, *out, pv_jinja_int(1));
}

static int float_is_integer(pv_jinja_value *out, pv_jinja_call *call)
{
	const double f = call->self.u.f;

	*out = pv_jinja_bool(isfinite(f) && f == floor(f));
	return PV_OK;
}

/* CPython's float_as_integer_ratio: scaled until nothing is behind the point. */
static int float_as_integer_ratio(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value two = pv_jinja_int(2);
	pv_jinja_value parts[2];
	pv_jinja_value power = { 0 };
	double fraction;
	int exponent;
	int rc;

	if (isinf(call->self.u.f))
		return pv_jinja_raise(call->run, PV_JINJA_OVERFLOW_ERROR,
				      "cannot convert Infinity to integer ratio");
	if (isnan(call->self.u.f))
		return pv_jinja_raise(call->run, PV_JINJA_VALUE_ERROR,
				      "cannot convert NaN to integer ratio");
	fraction = frexp(call->self.u.f, &exponent);
	for (; fraction != floor(fraction); exponent--)
		fraction *= 2;
	parts[1] = pv_jinja_int(1);
	rc = pv_jinja_int_from_double(&parts[0], call->run, fraction);
	if (rc == PV_OK)
		rc = pv_jinja_int_pow(&power, call->run, two,
				      pv_jinja_int(abs(exponent)));
	if (rc == PV_OK && exponent > 0)
		rc = pv_jinja_int_mul(&parts[0], call->run, parts[0], power);
	else if (rc == PV_OK)
		parts[1] = power;
	return rc < 0 ? rc : pv_jinja_pair(out, call->run, parts[0], parts[1]);
}

/* CPython's float_hex: always 13 digits, of which only 0.0 has but one. */
static int float_hex(pv_jinja_value *out, pv_jinja_call *call)
{
	const double f = call->self.u.f;
	pv_jinja_run *run = call->run;
	const size_t mark = pv_jinja_begin(run);
	int exponent;
	int shift;
	double fraction;
	int64_t digits;

	if (!isfinite(f)) {
		pv_jinja_put_repr(&run->scratch, run, call->self);
		return pv_jinja_finish(out, run, mark, 0);
	}
	pv_buf_puts(&run->scratch, signbit(f) ? "-0x" : "0x");
	fraction = frexp(fabs(f), &exponent);
	shift = 1 - (exponent > DBL_MIN_EXP ? 0 : DBL_MIN_EXP - exponent);
	digits = (int64_t)ldexp(fraction, shift + DBL_MANT_DIG - 1);
	exponent -= shift;
	if (f == 0)
		pv_buf_puts(&run->scratch, "0.0p+0");
	else
		pv_buf_printf(&run->scratch, "%d.%013" PRIx64 "p%+d",
			      (int)(digits >> (DBL_MANT_DIG - 1)),
			      digits & (((int64_t)1 << (DBL_MANT_DIG - 1)) - 1),
			      exponent);
	return pv_jinja_finish(out, run, mark, 0);
}

static const pv_jinja_native int_rows[] = {
	{ "as_integer_ratio", "int.as_integer_ratio", "", 0, 0,
	  PV_JINJA_POSITIONAL, PV_JINJA_NOARGS, int_as_integer_ratio },
	{ "bit_count", "int.bit_count", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, int_bit_count },
	{ "bit_length", "int.bit_length", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, int_bit_length },
	{ "conjugate", "int.conjugate", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, int_conjugate },
};

static const pv_jinja_native float_rows[] = {
	{ "as_integer_ratio", "float.as_integer_ratio", "", 0, 0,
	  PV_JINJA_POSITIONAL, PV_JINJA_NOARGS, float_as_integer_ratio },
	{ "conjugate", "float.conjugate", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, int_conjugate },
	{ "hex", "float.hex", "", 0, 0, PV_JINJA_POSITIONAL, PV_JINJA_NOARGS,
	  float_hex },
	{ "is_integer", "float.is_integer", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, float_is_integer },
};

const pv_jinja_table pv_jinja_int_methods = { int_rows, pv_array_len(int_rows) };
const pv_jinja_table pv_jinja_float_methods = { float_rows,
						pv_array_len(float_rows) };
