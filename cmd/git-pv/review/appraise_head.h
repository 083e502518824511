/* SPDX-License-Identifier: MIT
 *
 * What a review of git-appraise is about: it knows the first commit only, and
 * finds the others by the branch and by what was said.
 */
#ifndef PV_CMD_APPRAISE_HEAD_H
#define PV_CMD_APPRAISE_HEAD_H

#include "review/appraise_notes.h"

typedef struct appraise_head {
	const pv_appraise_note *request; /* the last that is not abandoned */
	const char *source;              /* short names, lent; or NULL */
	const char *target;
	pv_oid head;
	pv_oid base; /* hex "" for none */
	pv_oid tip;  /* of the target; hex "" when it is not here */
	int is_abandoned;
	int is_submitted; /* the target has it */
} appraise_head;

/*
 * Finds out what the notes of one commit, at least one request among them, are
 * about. PV_ENOTFOUND when the commit is not here.
 */
int appraise_head_find(appraise_head *out, pv_cli *cli,
		       const appraise_line *lines, size_t count);

/* Whether it is a commit that is here; negative for an error. */
int appraise_has_commit(pv_cli *cli, const pv_oid *commit);

#endif
