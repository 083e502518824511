/* SPDX-License-Identifier: MIT
 *
 * `tracking.metrics` of pv.yaml: scores that are more than numbers beside an
 * execution. What is declared has a range, a unit and a better side, and is
 * summed up in the index as quality is; what is not is kept, and no more.
 */
#ifndef PV_CMD_SCORE_RULES_H
#define PV_CMD_SCORE_RULES_H

#include "base/str.h"
#include "repo/tracking.h"

typedef struct score_rule {
	const char *name;
	const char *unit; /* "" for none */
	int less_is_better;
	int has_min;
	int has_max;
	double min;
	double max;
} score_rule;

/* `{ 0 }` is an empty set. */
typedef struct score_rules {
	pv_json_doc *doc; /* lends the texts */
	score_rule *items;
	size_t count;
	size_t cap;
} score_rules;

/* Reads them as the settings have them. PV_EINVALID for what is no rule. */
int score_rules_load(score_rules *out, pv_cli *cli);
/* The rule of a score, or NULL. */
const score_rule *score_rules_find(const score_rules *rules, const char *name);
/* Lets the index sum up what is declared, and nothing else. */
int score_rules_declare(const score_rules *rules, pv_executions *index,
			pv_error *err);
/*
 * PV_EINVALID when a score of a row lies outside its range. Names without a
 * rule are added to `undeclared` (NULL: not asked for) unless they are there.
 */
int score_rules_check(const score_rules *rules, const pv_execution *row,
		      pv_strlist *undeclared, pv_error *err);
/* Says which scores no rule is of. */
void score_rules_tell(pv_cli *cli, const pv_strlist *undeclared);
void score_rules_dispose(score_rules *rules);

#endif
