/* SPDX-License-Identifier: MIT
 *
 * Comments that silence rules: "# pv-ignore RULE: reason". On a line of its
 * own it is about the entry below, with all that is in it; behind an entry
 * about that one; "# pv-ignore-file" is about the whole file. Without a reason
 * it silences nothing and is a finding itself.
 */
#ifndef PV_CHECK_SILENCE_H
#define PV_CHECK_SILENCE_H

#include "check/rule.h"

typedef struct pv_silence {
	const char *rule; /* id, static */
	int first;        /* line */
	int last;
} pv_silence;

/* `{ 0 }` is empty. */
typedef struct pv_silences {
	pv_silence *items;
	size_t count;
	size_t cap;
} pv_silences;

/* Reads all of a file's; those that are not as they must be are findings. */
int pv_silences_read(pv_silences *out, pv_check_run *run);
/* Whether a finding is silenced. */
int pv_silences_cover(const pv_silences *silences, const pv_finding *finding);
void pv_silences_dispose(pv_silences *silences);

#endif
