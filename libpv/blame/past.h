/* SPDX-License-Identifier: MIT
 *
 * The parents of a stop, over those in which the file does not load: nobody
 * can say of such a state which part of it is which, so what is the same before
 * and after it is as if it had never been.
 */
#ifndef PV_BLAME_PAST_H
#define PV_BLAME_PAST_H

#include "store/history/trail.h"

/* Stops yet to be looked at; release it with pv_past_dispose. */
typedef struct pv_past {
	pv_trail *trail;
	size_t *left; /* the next one last */
	size_t left_count;
	size_t left_cap;
	size_t *seen; /* what was passed over, in order */
	size_t seen_count;
	size_t seen_cap;
	pv_error *err;
} pv_past;

/* Begins with the parents of a stop, or others. PV_ENOMEM. */
int pv_past_init(pv_past *out, pv_trail *trail, const size_t *stops,
		 size_t count, pv_error *err);

/* Takes the next one, which may be PV_NO_STOP; 0 when there is none. */
int pv_past_next(size_t *out, pv_past *past);

/*
 * Puts the parents of a stop in its place: PV_NO_STOP when it has none. Each
 * comes once. PV_ENOMEM, PV_EGIT and errors of the trail's callback.
 */
int pv_past_over(pv_past *past, size_t stop);

void pv_past_dispose(pv_past *past);

#endif
