/* SPDX-License-Identifier: MIT
 *
 * The states of one file on its way back through the commits, as blame needs
 * them: commits that have the file as one of their parents has it are passed
 * over, like git does it, and where the file was renamed the trail goes on at
 * its former path.
 */
#ifndef PV_STORE_TRAIL_H
#define PV_STORE_TRAIL_H

#include <pv/store.h>

typedef struct pv_trail pv_trail;

/* Instead of a stop's number: the file is not there. */
#define PV_NO_STOP SIZE_MAX

/* A commit in which the file is unlike what any parent has. */
typedef struct pv_trail_stop {
	pv_oid commit;
	pv_oid blob;
	const char *path; /* lives as long as the trail */
} pv_trail_stop;

/*
 * Appends the path that what `commit` has at `path` has in `parent`, which
 * has nothing at `path`; appends nothing when there is none.
 */
typedef int pv_trail_former(pv_buf *out, const pv_oid *commit,
			    const pv_oid *parent, const char *path,
			    void *payload, pv_error *err);

/* The store must outlive it. PV_ENOMEM. */
int pv_trail_new(pv_trail **out, pv_store *store, pv_trail_former *former,
		 void *payload, pv_error *err);
/* NULL is accepted. */
void pv_trail_free(pv_trail *trail);

/*
 * The number of the stop that the file at `path` in a commit comes from,
 * PV_NO_STOP when there is none. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM.
 */
int pv_trail_enter(size_t *out, pv_trail *trail, const pv_oid *commit,
		   const char *path, pv_error *err);

/* How many stops are known; numbers are below that. */
size_t pv_trail_count(const pv_trail *trail);

void pv_trail_stop_at(pv_trail_stop *out, const pv_trail *trail, size_t idx);

/*
 * The stops the parents of one come from, in their order, PV_NO_STOP for one
 * without the file; borrowed. PV_EGIT, PV_ENOMEM and errors of the callback.
 */
int pv_trail_parents(const size_t **out, size_t *count_out, pv_trail *trail,
		     size_t idx, pv_error *err);

/* Queues a stop unless it is queued. PV_ENOMEM. */
int pv_trail_push(pv_trail *trail, size_t idx, pv_error *err);
/* Takes the youngest from the queue; PV_NO_STOP when it is empty. */
size_t pv_trail_pop(pv_trail *trail);

#endif
