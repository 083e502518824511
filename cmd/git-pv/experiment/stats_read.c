/* SPDX-License-Identifier: MIT
 *
 * Numbers out of the input of git pv stats.
 */
#include "experiment/stats_kinds.h"

#include <string.h>

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

int stats_positive_or(double *out, stats_call *call, const char *key,
		      double fallback)
{
	int rc = stats_number_or(out, call, key, fallback);

	return rc < 0 || *out > 0 ? rc
				  : pv_fail(call->err, PV_EINVALID,
					    "\"%s\" is not above 0", key);
}

int stats_chance_or(double *out, stats_call *call, const char *key,
		    double fallback)
{
	int rc = stats_number_or(out, call, key, fallback);

	return rc < 0 || (*out > 0 && *out < 1)
		       ? rc
		       : pv_fail(call->err, PV_EINVALID,
				 "\"%s\" is not between 0 and 1", key);
}

int stats_flag(int *out, stats_call *call, const char *key)
{
	const pv_json *value = pv_json_get(call->in, key);

	*out = pv_json_is_true(value);
	return !value || pv_json_type_of(value) == PV_JSON_BOOL
		       ? PV_OK
		       : pv_fail(call->err, PV_EINVALID,
				 "\"%s\" is neither true nor false", key);
}

/* A member that an object is not known to have. */
struct members {
	const char *const *keys;
	const char *unknown;
};

static int check_member(const char *key, const pv_json *member, void *payload)
{
	struct members *it = payload;

	(void)member;
	for (size_t i = 0; it->keys[i]; i++)
		if (!strcmp(it->keys[i], key))
			return 0;
	it->unknown = key;
	return 1;
}

int stats_members(stats_call *call, const char *name, const pv_json *object,
		  const char *const *keys)
{
	struct members it = { keys, NULL };

	if (!pv_json_each(object, check_member, &it))
		return PV_OK;
	return pv_fail(call->err, PV_EINVALID, "%s has no \"%.60s\"", name,
		       it.unknown);
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

int stats_choice(int *out, stats_call *call, const char *key,
		 const char *const *names, size_t count)
{
	const pv_json *value = pv_json_get(call->in, key);
	const char *text = pv_json_text(value, NULL);
	char all[120] = "";

	if (!value)
		return PV_OK;
	for (size_t i = 0; i < count; i++) {
		if (text && strcmp(text, names[i]) == 0) {
			*out = (int)i;
			return PV_OK;
		}
		(void)strncat(all, i ? ", " : "", sizeof(all) - strlen(all) - 1);
		(void)strncat(all, names[i], sizeof(all) - strlen(all) - 1);
	}
	return pv_fail(call->err, PV_EINVALID,
		       "\"%.40s\" is no %s: it is one of %s",
		       text ? text : "that", key, all);
}

/* {n, mean, sd}, or the values themselves, seen from `origin`. */
static int take_sample(pv_stats_moments *out, stats_call *call, const char *key,
		       double origin)
{
	const pv_json *from = pv_json_get(call->in, key);
	double *values = NULL;
	double sd = 0;
	size_t count = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	if (pv_json_type_of(from) == PV_JSON_OBJECT) {
		static const char *const keys[] = { "n", "mean", "sd", NULL };

		rc = stats_members(call, key, from, keys);
		if (rc == PV_OK)
			rc = stats_whole(&out->n, call, from, "n");
		if (rc == PV_OK)
			rc = stats_number(&out->mean, call, from, "mean");
		if (rc == PV_OK)
			rc = stats_number(&sd, call, from, "sd");
		if (rc == PV_OK && sd < 0)
			rc = pv_fail(call->err, PV_EINVALID, "\"sd\" is below 0");
		out->m2 = out->n > 1 ? sd * sd * (double)(out->n - 1) : 0;
		return rc;
	}
	rc = stats_numbers(&values, &count, call, key, 0);
	if (rc == PV_OK)
		rc = pv_stats_moments_of(out, values, count, origin, call->err);
	pv_free(values);
	return rc;
}

int stats_samples(pv_stats_moments out[2], stats_call *call)
{
	const pv_json *first = pv_json_at(pv_json_get(call->in, "control"), 0);
	double origin = pv_json_real(first, 0);
	int rc = take_sample(&out[0], call, "control", origin);

	return rc < 0 ? rc : take_sample(&out[1], call, "treatment", origin);
}

int stats_share(pv_stats_share *out, stats_call *call, const char *key)
{
	static const char *const keys[] = { "hits", "n", NULL };
	const pv_json *from = pv_json_get(call->in, key);
	int rc = stats_members(call, key, from, keys);

	if (rc == PV_OK)
		rc = stats_whole(&out->hits, call, from, "hits");
	return rc < 0 ? rc : stats_whole(&out->n, call, from, "n");
}
