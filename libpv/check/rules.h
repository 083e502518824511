/* SPDX-License-Identifier: MIT
 *
 * The rules of this folder by name, for the table in rules.c alone.
 */
#ifndef PV_CHECK_RULES_H
#define PV_CHECK_RULES_H

#include "check/rule.h"

/* Rules whose findings come from the loader of prompts and from commands. */
extern const pv_check_rule pv_rules_found[];
extern const size_t pv_rules_found_count;

/* Sorted. */
extern const pv_check_rule pv_rule_assertion;
extern const pv_check_rule pv_rule_breaking_change;
extern const pv_check_rule pv_rule_destructive_tool;
extern const pv_check_rule pv_rule_duplicate_name;
extern const pv_check_rule pv_rule_example_schema;
extern const pv_check_rule pv_rule_high_temperature;
extern const pv_check_rule pv_rule_ignore_comment;
extern const pv_check_rule pv_rule_include_cycle;
extern const pv_check_rule pv_rule_invalid_schema;
extern const pv_check_rule pv_rule_invisible_character;
extern const pv_check_rule pv_rule_json_without_schema;
extern const pv_check_rule pv_rule_max_tokens;
extern const pv_check_rule pv_rule_message_order;
extern const pv_check_rule pv_rule_metadata_schema;
extern const pv_check_rule pv_rule_missing_description;
extern const pv_check_rule pv_rule_missing_goal;
extern const pv_check_rule pv_rule_missing_include;
extern const pv_check_rule pv_rule_missing_tests;
extern const pv_check_rule pv_rule_parameter_range;
extern const pv_check_rule pv_rule_personal_data;
extern const pv_check_rule pv_rule_private_key;
extern const pv_check_rule pv_rule_remote_image;
extern const pv_check_rule pv_rule_safe_filter;
extern const pv_check_rule pv_rule_secret;
extern const pv_check_rule pv_rule_shadowed_variable;
extern const pv_check_rule pv_rule_tag_vocabulary;
extern const pv_check_rule pv_rule_token_budget;
extern const pv_check_rule pv_rule_token_growth;
extern const pv_check_rule pv_rule_tool_parameters;
extern const pv_check_rule pv_rule_trailing_space;
extern const pv_check_rule pv_rule_unbounded_loop;
extern const pv_check_rule pv_rule_undeclared_variable;
extern const pv_check_rule pv_rule_unsupported_schema;
extern const pv_check_rule pv_rule_untrusted_variable;

#endif
