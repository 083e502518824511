/* SPDX-License-Identifier: MIT
 *
 * See targeting.h. Numbers are compared as exact decimals, versions part by
 * part ("2.10" is above "2.9", "3.0-rc" below "3.0").
 */
#include "experiment/targeting.h"

#include <string.h>

#include "base/decimal.h"

static const char digits[] = "0123456789";

static const char *value_of(const pv_route_request *request, const char *name)
{
	for (size_t i = 0; i < request->attribute_count; i++)
		if (strcmp(request->attributes[i].name, name) == 0)
			return request->attributes[i].value;
	return NULL;
}

/* --- comparing ------------------------------------------------------------- */

static int is_equal(const char *value, const char *wanted)
{
	pv_decimal a;
	pv_decimal b;

	if (strcmp(value, wanted) == 0)
		return 1;
	return pv_decimal_parse(&a, pv_str_of(value), NULL) == PV_OK &&
	       pv_decimal_parse(&b, pv_str_of(wanted), NULL) == PV_OK &&
	       pv_decimal_cmp(&a, &b) == 0;
}

/* Whether value < limit, as numbers; -1 when one is none. */
static int is_number_below(const char *value, const char *limit)
{
	pv_decimal a;
	pv_decimal b;

	if (pv_decimal_parse(&a, pv_str_of(value), NULL) < 0 ||
	    pv_decimal_parse(&b, pv_str_of(limit), NULL) < 0)
		return -1;
	return pv_decimal_cmp(&a, &b) < 0;
}

/* Compares the digits at both, which it leaves behind them. */
static int part_cmp(const char **a, const char **b)
{
	size_t len_a;
	size_t len_b;
	int order;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	len_a = strspn(*a, digits);
	len_b = strspn(*b, digits);
	order = len_a == len_b ? memcmp(*a, *b, len_a) : (len_a < len_b ? -1 : 1);
	*a += len_a;
	*b += len_b;
	*a += **a == '.';
	*b += **b == '.';
	return order;
}

/* A version with something behind the numbers comes before the one without. */
static int version_cmp(const char *a, const char *b)
{
	int order = 0;

	a += *a == 'v';
	b += *b == 'v';
	while (!order && (strspn(a, digits) || strspn(b, digits)))
		order = part_cmp(&a, &b);
	if (order || strcmp(a, b) == 0)
		return order;
	if (!*a || *a == '+')
		return 1;
	return !*b || *b == '+' ? -1 : strcmp(a, b);
}

static int is_version_below(const char *value, const char *limit)
{
	if (!strspn(value + (*value == 'v'), digits))
		return -1;
	return version_cmp(value, limit) < 0;
}

int pv_experiment_is_version(const char *text)
{
	text += *text == 'v';
	do {
		size_t len = strspn(text, digits);

		if (!len)
			return 0;
		text += len;
	} while (*text++ == '.');
	text--;
	return !*text || *text == '-' || *text == '+' ||
	       (*text >= 'a' && *text <= 'z');
}

int pv_experiment_is_nobody(const target_condition *it)
{
	return it->kind == TARGET_NUMBER
		       ? is_number_below(it->from, it->below) != 1
		       : version_cmp(it->from, it->below) >= 0;
}

/* --- conditions ------------------------------------------------------------ */

static int is_within(const target_condition *it, const char *value)
{
	int (*is_below)(const char *, const char *) =
		it->kind == TARGET_NUMBER ? is_number_below : is_version_below;

	return (!it->from || is_below(value, it->from) == 0) &&
	       (!it->below || is_below(value, it->below) == 1);
}

static int is_one_of(const target_condition *it, const char *value)
{
	for (size_t i = 0; i < it->value_count; i++)
		if (is_equal(value, it->values[i]))
			return 1;
	return 0;
}

static int is_chosen(const target_condition *it, const char *salt,
		     const char *value, size_t len)
{
	const pv_slot_space space = { PV_BUCKETING_MD5, 'h', salt };
	uint32_t slot;

	return len && pv_slot_of(&slot, &space, value, len, NULL) == PV_OK &&
	       slot < it->ppm;
}

static int holds(const target_condition *it, const char *salt,
		 const pv_route_request *request)
{
	const char *value =
		it->attribute ? value_of(request, it->attribute) : NULL;

	if (!it->attribute)
		return is_chosen(it, salt, request->unit, request->unit_len);
	if (!value)
		return 0;
	switch (it->kind) {
	case TARGET_IN:
		return is_one_of(it, value);
	case TARGET_PREFIX:
		return strncmp(value, it->values[0], strlen(it->values[0])) == 0;
	case TARGET_NUMBER:
	case TARGET_VERSION:
		return is_within(it, value);
	case TARGET_PERCENTAGE:
		return is_chosen(it, salt, value, strlen(value));
	}
	return 0;
}

int pv_experiment_is_target(const pv_experiment_targeting *targeting,
			    const pv_route_request *request)
{
	for (size_t i = 0; i < targeting->all_count; i++)
		if (!holds(&targeting->all[i], targeting->salt, request))
			return 0;
	for (size_t i = 0; i < targeting->any_count; i++)
		if (holds(&targeting->any[i], targeting->salt, request))
			return 1;
	return targeting->any_count == 0;
}
