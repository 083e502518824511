/* SPDX-License-Identifier: MIT
 *
 * The rules of `git pv check` over what is reviewed, by their groups.
 */
#ifndef PV_CMD_REVIEW_CHECKS_H
#define PV_CMD_REVIEW_CHECKS_H

#include <pv/review.h>

#include "cli.h"

enum {
	REVIEW_CHECKS = 5 /* syntax, variables, schema, security, performance */
};

typedef struct review_check {
	const char *name; /* static */
	int is_ok;
	pv_report *findings;
} review_check;

typedef struct review_checks {
	review_check items[REVIEW_CHECKS];
} review_checks;

/*
 * Runs them over prompts as they are at a commit, set up by the pv.yaml of
 * another one: the branch that is to take them. Dispose of the result.
 */
int review_checks_run(review_checks *out, pv_cli *cli,
		      const pv_review_subjects *subjects, const pv_oid *head,
		      const pv_oid *settings);

void review_checks_json(pv_jsonw *w, const review_checks *checks);
void review_checks_text(pv_cli *cli, const review_checks *checks);
void review_checks_dispose(review_checks *checks);

#endif
