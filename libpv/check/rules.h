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
extern const pv_check_rule pv_rule_message_order;
extern const pv_check_rule pv_rule_trailing_space;

#endif
