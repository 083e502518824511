/* SPDX-License-Identifier: MIT
 *
 * The methods of range, which find a number without going through it.
 */
#include "jinja/method/methods.h"

#include <math.h>

#include "base/mem.h"
#include "jinja/value/ops.h"

/* The index of a number, or -1. */
static int64_t find_number(const pv_jinja_range *range, int64_t number)
{
	uint64_t from = (uint64_t)range->start;
	uint64_t away;
	uint64_t step;

	if (range->step > 0) {
		if (number < range->start)
			return -1;
		away = (uint64_t)number - from;
		step = (uint64_t)range->step;
	} else {
		if (number > range->start)
			return -1;
		away = from - (uint64_t)number;
		step = 0 - (uint64_t)range->step;
	}
	if (!step || away % step || away / step >= (uint64_t)range->count)
		return -1;
	return (int64_t)(away / step);
}

static int is_integer(pv_jinja_value value)
{
	return value.type == PV_JINJA_INT || value.type == PV_JINJA_BOOL ||
	       value.type == PV_JINJA_BIG;
}

/* 1 and the index, 0, or a failure: strict undefined equals nothing. */
static int find(int64_t *out, pv_jinja_run *run, const pv_jinja_range *range,
		pv_jinja_value value)
{
	*out = -1;
	if (value.type == PV_JINJA_INT || value.type == PV_JINJA_BOOL)
		*out = find_number(range, value.u.i);
	else if (value.type == PV_JINJA_FLOAT && value.u.f >= -9e18 &&
		 value.u.f <= 9e18 && floor(value.u.f) == value.u.f)
		*out = find_number(range, (int64_t)value.u.f);
	else if (value.type == PV_JINJA_UNDEFINED && range->count)
		return pv_jinja_equal(run, value, pv_jinja_int(range->start));
	return *out >= 0;
}

static int range_count(pv_jinja_value *out, pv_jinja_call *call)
{
	int64_t idx;
	int rc = find(&idx, call->run, call->self.u.range, call->args[0]);

	*out = pv_jinja_int(rc > 0);
	return rc < 0 ? rc : PV_OK;
}

static int range_index(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	int64_t idx;
	int rc = find(&idx, run, call->self.u.range, call->args[0]);

	*out = pv_jinja_int(idx);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	if (is_integer(call->args[0]))
		return pv_jinja_raise_not_in(run, call->self, call->args[0]);
	return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
			      "sequence.index(x): x not in sequence");
}

static const pv_jinja_native rows[] = {
	{ "count", "range.count", "value", 1, 1, PV_JINJA_POSITIONAL,
	  PV_JINJA_ONE, range_count },
	{ "index", "range.index", "value", 1, 1, PV_JINJA_POSITIONAL,
	  PV_JINJA_ONE, range_index },
};

const pv_jinja_table pv_jinja_range_methods = { rows, pv_array_len(rows) };
