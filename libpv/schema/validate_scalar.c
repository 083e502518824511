/* SPDX-License-Identifier: MIT
 *
 * Numbers, strings, and values of which there are only some.
 */
#include "schema/decide.h"

/* --- enum and const --------------------------------------------------------------- */

/* "billing, tech, or one of 7 more" */
static void show_choices(pv_buf *out, const pv_value *list)
{
	enum {
		SHOWN = 10
	};

	for (size_t i = 0; i < list->count && i < SHOWN; i++) {
		if (i)
			pv_buf_puts(out, ", ");
		pv_value_show(out, &list->as.items[i]);
	}
	if (list->count > SHOWN)
		pv_buf_printf(out, ", or one of %zu more", list->count - SHOWN);
}

static int wrong_choice(pv_run *run, const pv_node *node, const pv_at *at)
{
	pv_buf text = { 0 };

	if (!node->choices->count)
		return pv_wrong(run, node, "enum", at, "must not be there");
	show_choices(&text, node->choices);
	return pv_wrong_with(run, node, "enum", at,
			     node->choices->count == 1 ? "must be "
						       : "must be one of ",
			     &text);
}

static int wrong_constant(pv_run *run, const pv_node *node, const pv_at *at)
{
	pv_buf text = { 0 };

	pv_value_show(&text, node->constant);
	return pv_wrong_with(run, node, "const", at, "must be ", &text);
}

int pv_ask_choice(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at)
{
	int is_valid = 1;

	/* Comparing large values costs. */
	if (value->kind >= PV_VALUE_ARRAY && !pv_take_steps(run, value->count))
		return 0;
	if (node->choices && !pv_choices_has(node->plan->choices, value))
		is_valid = wrong_choice(run, node, at);
	if (node->constant && !pv_value_equal(value, node->constant))
		is_valid = wrong_constant(run, node, at);
	return is_valid;
}

/* --- numbers ---------------------------------------------------------------------- */

static int wrong_number(pv_run *run, const pv_node *node, const char *keyword,
			const pv_at *at, const pv_value *bound)
{
	static const struct {
		const char *keyword;
		const char *words;
	} rules[] = {
		{ "minimum", "must be at least " },
		{ "maximum", "must be at most " },
		{ "exclusiveMinimum", "must be above " },
		{ "exclusiveMaximum", "must be below " },
		{ "multipleOf", "must be a multiple of " },
	};
	pv_buf text = { 0 };
	const char *words = "";

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!strcmp(keyword, rules[i].keyword))
			words = rules[i].words;
	pv_value_show(&text, bound);
	return pv_wrong_with(run, node, keyword, at, words, &text);
}

static int ask_number(pv_run *run, const pv_node *node, const pv_value *value,
		      const pv_at *at)
{
	const pv_number_rules *rules = node->number;
	int is_valid = 1;

	if (rules->minimum && pv_value_cmp_numbers(value, rules->minimum) < 0)
		is_valid = wrong_number(run, node, "minimum", at, rules->minimum);
	if (rules->maximum && pv_value_cmp_numbers(value, rules->maximum) > 0)
		is_valid = wrong_number(run, node, "maximum", at, rules->maximum);
	if (rules->exclusive_minimum &&
	    pv_value_cmp_numbers(value, rules->exclusive_minimum) <= 0)
		is_valid = wrong_number(run, node, "exclusiveMinimum", at,
					rules->exclusive_minimum);
	if (rules->exclusive_maximum &&
	    pv_value_cmp_numbers(value, rules->exclusive_maximum) >= 0)
		is_valid = wrong_number(run, node, "exclusiveMaximum", at,
					rules->exclusive_maximum);
	if (rules->multiple_of && !pv_value_is_multiple(value, rules->multiple_of))
		is_valid = wrong_number(run, node, "multipleOf", at,
					rules->multiple_of);
	return is_valid;
}

/* --- strings ---------------------------------------------------------------------- */

static int ask_length(pv_run *run, const pv_node *node, const pv_value *value,
		      const pv_at *at)
{
	const pv_range *range = &node->string->length;
	size_t count;

	if (!range->min && range->max == SIZE_MAX)
		return 1;
	count = pv_value_length(value);
	if (count < range->min)
		return pv_wrong(run, node, "minLength", at,
				"must have at least %zu character%s, not %zu",
				range->min, pv_plural(range->min), count);
	if (count > range->max)
		return pv_wrong(run, node, "maxLength", at,
				"must have at most %zu character%s, not %zu",
				range->max, pv_plural(range->max), count);
	return 1;
}

int pv_ask_pattern(pv_run *run, const pv_pattern *pattern, pv_str text)
{
	int found = 0;

	if (pv_take_steps(run, 1))
		found = pv_pattern_find(pattern, &run->matcher, text, run->err);
	if (found < 0)
		run->rc = found;
	return found > 0;
}

static int wrong_pattern(pv_run *run, const pv_node *node, const pv_at *at)
{
	const pv_value *pattern = pv_value_get_z(node->source, "pattern");
	pv_buf text = { 0 };

	pv_buf_putc(&text, '/');
	pv_buf_put(&text, pattern->as.text, pattern->count);
	pv_buf_putc(&text, '/');
	return pv_wrong_with(run, node, "pattern", at, "must match ", &text);
}

static int ask_string(pv_run *run, const pv_node *node, const pv_value *value,
		      const pv_at *at)
{
	const pv_string_rules *rules = node->string;
	int is_valid = ask_length(run, node, value, at);

	if (rules->pattern &&
	    !pv_ask_pattern(run, rules->pattern, pv_value_str(value)))
		is_valid = wrong_pattern(run, node, at);
	if (rules->format && !rules->format->is_valid(pv_value_str(value)))
		is_valid = pv_wrong(run, node, "format", at,
				    "must be of the format \"%s\"",
				    rules->format->name);
	return is_valid;
}

int pv_ask_scalar(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at)
{
	if (value->kind == PV_VALUE_STRING)
		return !node->string || ask_string(run, node, value, at);
	return !node->number || ask_number(run, node, value, at);
}
