/* SPDX-License-Identifier: MIT
 *
 * Compiling keywords about values as such, about numbers and about strings.
 */
#include <math.h>

#include "base/fail.h"
#include "schema/keyword.h"

/* --- any value ------------------------------------------------------------- */

static unsigned type_bits(const pv_value *name)
{
	static const struct {
		const char *name;
		unsigned bits;
	} types[] = {
		{ "array", PV_TYPE_ARRAY },     { "boolean", PV_TYPE_BOOLEAN },
		{ "integer", PV_TYPE_INTEGER }, { "null", PV_TYPE_NULL },
		{ "number", PV_TYPE_NUMBER },   { "object", PV_TYPE_OBJECT },
		{ "string", PV_TYPE_STRING },
	};

	if (name->kind != PV_VALUE_STRING)
		return 0;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (pv_str_is(pv_value_str(name), types[i].name))
			return types[i].bits;
	return 0;
}

int pv_keyword_type(pv_compiler *compiler, pv_node *node,
		    const pv_keyword *keyword, const pv_value *value)
{
	static const char what[] =
		"array, boolean, integer, null, number, object "
		"or string, or a list of these";
	unsigned bits = 0;

	if (value->kind != PV_VALUE_ARRAY)
		bits = type_bits(value);
	for (size_t i = 0; value->kind == PV_VALUE_ARRAY && i < value->count;
	     i++) {
		unsigned more = type_bits(&value->as.items[i]);

		if (!more)
			return pv_compile_refuse(compiler, node, keyword->name,
						 what);
		bits |= more;
	}
	if (!bits)
		return pv_compile_refuse(compiler, node, keyword->name, what);
	node->types = bits;
	return PV_OK;
}

int pv_keyword_enum(pv_compiler *compiler, pv_node *node,
		    const pv_keyword *keyword, const pv_value *value)
{
	if (value->kind != PV_VALUE_ARRAY)
		return pv_compile_refuse(compiler, node, keyword->name,
					 "an array");
	node->choices = value;
	return PV_OK;
}

int pv_keyword_const(pv_compiler *compiler, pv_node *node,
		     const pv_keyword *keyword, const pv_value *value)
{
	(void)compiler;
	(void)keyword;
	node->constant = value;
	return PV_OK;
}

/* --- numbers --------------------------------------------------------------- */

int pv_keyword_multiple_of(pv_compiler *compiler, pv_node *node,
			   const pv_keyword *keyword, const pv_value *value)
{
	static const pv_value zero = { .kind = PV_VALUE_INTEGER };

	if (!pv_value_is_number(value) || pv_value_cmp_numbers(value, &zero) <= 0)
		return pv_compile_refuse(compiler, node, keyword->name,
					 "a number above 0");
	return pv_keyword_number(compiler, node, keyword, value);
}

/* Narrows what is known to be in bounds by one side of them. */
static void set_bound(pv_number_rules *rules, const pv_value *bound,
		      int is_lower, int is_exclusive)
{
	double near;
	double margin;
	int64_t at;

	if (!bound)
		return;
	near = pv_value_near(bound);
	margin = isnan(near) ? HUGE_VAL : 1e-12 * fabs(near);
	near = isnan(near) ? 0 : near;
	if (is_lower)
		rules->real_low = fmax(rules->real_low, near + margin);
	else
		rules->real_high = fmin(rules->real_high, near - margin);
	at = bound->kind == PV_VALUE_INTEGER ? bound->as.integer : INT64_MAX;
	if (at == INT64_MAX || at == INT64_MIN) {
		rules->is_bounded = 0;
		return;
	}
	if (is_exclusive)
		at += is_lower ? 1 : -1;
	if (is_lower && at > rules->low)
		rules->low = at;
	if (!is_lower && at < rules->high)
		rules->high = at;
}

void pv_keyword_set_bounds(pv_number_rules *rules)
{
	rules->is_bounded = !rules->multiple_of;
	rules->low = INT64_MIN;
	rules->high = INT64_MAX;
	rules->real_low = -HUGE_VAL;
	rules->real_high = HUGE_VAL;
	set_bound(rules, rules->minimum, 1, 0);
	set_bound(rules, rules->exclusive_minimum, 1, 1);
	set_bound(rules, rules->maximum, 0, 0);
	set_bound(rules, rules->exclusive_maximum, 0, 1);
}

/* --- strings --------------------------------------------------------------- */

int pv_keyword_pattern(pv_compiler *compiler, pv_node *node,
		       const pv_keyword *keyword, const pv_value *value)
{
	const pv_pattern **field = pv_keyword_field(compiler, node, keyword);
	int rc;

	if (!field)
		return pv_fail_nomem(compiler->err);
	if (value->kind != PV_VALUE_STRING)
		return pv_compile_refuse(compiler, node, keyword->name,
					 "a string");
	rc = pv_compile_pattern(field, compiler, node, keyword->name,
				pv_value_str(value));
	if (rc == PV_OK)
		node->string->plain = pv_pattern_plain(*field);
	return rc;
}

/* A note for readers, unless formats are asked for; unknown ones are one anyway. */
int pv_keyword_format(pv_compiler *compiler, pv_node *node,
		      const pv_keyword *keyword, const pv_value *value)
{
	int is_asked = compiler->registry.options->assert_formats ||
		       node->in->vocabularies & PV_VOCABULARY_FORMAT;
	const pv_format **field;

	if (value->kind != PV_VALUE_STRING)
		return pv_compile_refuse(compiler, node, keyword->name,
					 "a string");
	if (!is_asked || !pv_format_find(pv_value_str(value)))
		return PV_OK;
	field = pv_keyword_field(compiler, node, keyword);
	if (!field)
		return pv_fail_nomem(compiler->err);
	*field = pv_format_find(pv_value_str(value));
	return PV_OK;
}
