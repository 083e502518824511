/* SPDX-License-Identifier: MIT
 *
 * The methods of int and float that make sense in a template.
 */
#include <math.h>

#include "base/mem.h"
#include "jinja/method/methods.h"
#include "jinja/value/bigint.h"

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
	{ "conjugate", "float.conjugate", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, int_conjugate },
	{ "is_integer", "float.is_integer", "", 0, 0, PV_JINJA_POSITIONAL,
	  PV_JINJA_NOARGS, float_is_integer },
};

const pv_jinja_table pv_jinja_int_methods = { int_rows, pv_array_len(int_rows) };
const pv_jinja_table pv_jinja_float_methods = { float_rows,
						pv_array_len(float_rows) };
