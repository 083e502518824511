/* SPDX-License-Identifier: MIT
 *
 * All that git-appraise has noted in a repository: lines of notes, in the
 * order in which an import takes them.
 */
#ifndef PV_CMD_APPRAISE_NOTES_H
#define PV_CMD_APPRAISE_NOTES_H

#include <pv/appraise.h>

#include "cli.h"

typedef struct appraise_line {
	pv_oid commit; /* that the note is of */
	pv_appraise_note note;
} appraise_line;

/* A line that could not be read. */
typedef struct appraise_bad {
	pv_oid commit;
	const char *ref;
	size_t line; /* of its note, from 1 */
	char reason[128];
} appraise_bad;

typedef struct appraise_notes {
	/* By commit, then kind, then time, then key; none is there twice. */
	appraise_line *items;
	size_t count;
	size_t cap;
	appraise_bad *bad;
	size_t bad_count;
	size_t bad_cap;
} appraise_notes;

/*
 * Reads them. PV_ENOTFOUND when there is no ref of git-appraise. Dispose of
 * them, also after a failure.
 */
int appraise_notes_load(appraise_notes *out, pv_cli *cli);

void appraise_notes_dispose(appraise_notes *notes);

#endif
