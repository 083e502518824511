/* SPDX-License-Identifier: MIT
 *
 * The place that a remark of git-appraise is about, in our words: a line of a
 * file is a line of a prompt's field where it falls in one.
 */
#ifndef PV_CMD_APPRAISE_PLACE_H
#define PV_CMD_APPRAISE_PLACE_H

#include <pv/appraise.h>

#include "cli.h"

typedef struct appraise_place {
	pv_buf prompt; /* its id; empty: the file is no prompt */
	pv_buf field;  /* empty: the line is of the file */
	pv_buf quote;  /* what is on the line */
	int line;      /* 0: none */
} appraise_place;

/*
 * Finds the place of a comment in the files of `commit`. Dispose of it, also
 * after a failure.
 */
int appraise_place_find(appraise_place *out, pv_cli *cli,
			const pv_appraise_note *note, const pv_oid *commit);

void appraise_place_dispose(appraise_place *place);

#endif
