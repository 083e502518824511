/* SPDX-License-Identifier: MIT
 *
 * Pages about the rules of `git pv check`, for `git pv help check RULE`.
 */
#ifndef PV_CMD_HELP_RULE_H
#define PV_CMD_HELP_RULE_H

#include "cli.h"

/* The examples of a rule, from tests/data/check/; see cmake/embed_rules.cmake. */
struct rule_example {
	const char *id;
	const char *bad;
	const char *good;
};

/* Ends with an id of NULL. */
extern const struct rule_example embedded_rules[];

/* Prints the page of a rule, or the list of all for "rules". */
int help_rule(pv_cli *cli, const char *name);

/* The name of a guide; NULL behind the last. */
const char *help_guide(size_t idx);

#endif
