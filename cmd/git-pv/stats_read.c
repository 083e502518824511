/* SPDX-License-Identifier: MIT
 *
 * Numbers out of the input of git pv stats.
 */
#include "stats_kinds.h"

#include "base/fail.h"
#include "base/mem.h"

static int is_number(const pv_json *value)
{
	enum pv_json_type type = pv_json_type_of(value);

	return type == PV_JSON_INT || type == PV_JSON_REAL;
}

int stats_number(double *out, stats_call *call, const pv_json *from,
		 const char *key)
{
	const pv_json *value = pv_json_get(from, key);

	*out = pv_json_real(value, 0);
	if (is_number(value))
		return PV_OK;
	return pv_fail(call->err, PV_EINVALID, "\"%s\" is %s", key,
		       value ? "no number" : "missing");
}

int stats_whole(int64_t *out, stats_call *call, const pv_json *from,
		const char *key)
{
	const pv_json *value = pv_json_get(from, key);

	*out = pv_json_int(value, 0);
	if (pv_json_type_of(value) == PV_JSON_INT)
		return PV_OK;
	return pv_fail(call->err, PV_EINVALID, "\"%s\" is %s", key,
		       value ? "no whole number" : "missing");
}

int stats_number_or(double *out, stats_call *call, const char *key,
		    double fallback)
{
	*out = fallback;
	if (!pv_json_get(call->in, key))
		return PV_OK;
	return stats_number(out, call, call->in, key);
}

int stats_numbers(double **out, size_t *count_out, stats_call *call,
		  const char *key, double none)
{
	const pv_json *array = pv_json_get(call->in, key);
	size_t count = pv_json_count(array);
	double *numbers;

	*out = NULL;
	*count_out = 0;
	if (pv_json_type_of(array) != PV_JSON_ARRAY)
		return pv_fail(call->err, PV_EINVALID, "\"%s\" is %s", key,
			       array ? "no array" : "missing");
	numbers = pv_calloc(count + 1, sizeof(*numbers));
	if (!numbers)
		return pv_fail_nomem(call->err);
	for (size_t i = 0; i < count; i++) {
		const pv_json *value = pv_json_at(array, i);
		int is_none = none < 0 && pv_json_type_of(value) == PV_JSON_NULL;

		if (!is_none && !is_number(value)) {
			pv_free(numbers);
			return pv_fail(call->err, PV_EINVALID,
				       "element %zu of \"%s\" is no number", i,
				       key);
		}
		numbers[i] = pv_json_real(value, none);
	}
	*out = numbers;
	*count_out = count;
	return PV_OK;
}
