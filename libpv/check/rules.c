/* SPDX-License-Identifier: MIT
 *
 * The table of rules: those that run here, one file each, and those whose
 * findings come from elsewhere (found.c).
 */
#include "check/rules.h"

#include <string.h>

#include "base/mem.h"

/* By group, then id. */
static const pv_check_rule *const rules[] = {
	/* syntax */
	&pv_rule_assertion,
	&pv_rule_duplicate_name,
	&pv_rule_ignore_comment,
	&pv_rule_parameter_range,
	&pv_rule_tag_vocabulary,
	/* variables */
	&pv_rule_include_cycle,
	&pv_rule_missing_include,
	&pv_rule_shadowed_variable,
	&pv_rule_undeclared_variable,
	/* schema */
	&pv_rule_breaking_change,
	&pv_rule_example_schema,
	&pv_rule_invalid_schema,
	&pv_rule_json_without_schema,
	&pv_rule_metadata_schema,
	&pv_rule_tool_parameters,
	&pv_rule_unsupported_schema,
	/* performance */
	&pv_rule_max_tokens,
	&pv_rule_token_budget,
	&pv_rule_token_growth,
	&pv_rule_unbounded_loop,
	/* security */
	&pv_rule_destructive_tool,
	&pv_rule_invisible_character,
	&pv_rule_personal_data,
	&pv_rule_private_key,
	&pv_rule_remote_image,
	&pv_rule_safe_filter,
	&pv_rule_secret,
	&pv_rule_untrusted_variable,
	/* style */
	&pv_rule_high_temperature,
	&pv_rule_message_order,
	&pv_rule_missing_description,
	&pv_rule_missing_goal,
	&pv_rule_missing_tests,
	&pv_rule_trailing_space,
};

const pv_check_rule *pv_check_rule_at(size_t idx)
{
	if (idx < pv_rules_found_count)
		return &pv_rules_found[idx];
	idx -= pv_rules_found_count;
	return idx < pv_array_len(rules) ? rules[idx] : NULL;
}

size_t pv_check_rule_count(void)
{
	return pv_rules_found_count + pv_array_len(rules);
}

size_t pv_check_rule_index(const char *id)
{
	size_t idx = 0;
	const pv_rule *rule;

	for (rule = pv_rule_at(0); rule; rule = pv_rule_at(++idx))
		if (!strcmp(rule->id, id))
			return idx;
	return SIZE_MAX;
}

const pv_rule *pv_rule_at(size_t idx)
{
	const pv_check_rule *rule = pv_check_rule_at(idx);

	return rule ? &rule->about : NULL;
}

const pv_rule *pv_rule_find(const char *id)
{
	return pv_rule_at(pv_check_rule_index(id));
}

const char *pv_rule_group_name(enum pv_rule_group group)
{
	static const char *const names[] = {
		[PV_RULE_SYNTAX] = "syntax",
		[PV_RULE_VARIABLES] = "variables",
		[PV_RULE_SCHEMA] = "schema",
		[PV_RULE_PERFORMANCE] = "performance",
		[PV_RULE_SECURITY] = "security",
		[PV_RULE_STYLE] = "style",
	};

	return names[group];
}
