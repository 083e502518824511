/* SPDX-License-Identifier: MIT
 *
 * What a release is going to do, prompt by prompt. The phases fill it in
 * turn: choosing (choose.c), finding the commit (bring.c), the number
 * (number.c); only then is a tag made.
 */
#ifndef PV_VERSION_PLAN_H
#define PV_VERSION_PLAN_H

#include <pv/version.h>

#include "version/closure.h"
#include "version/index.h"

typedef struct pv_plan {
	const char *id;
	const char *path;
	pv_oid blob;                   /* at the tip */
	pv_members members;            /* of the closure; owned */
	char closure[PV_CLOSURE_TEXT]; /* "" until computed */
	const pv_version_info *base;   /* highest release; NULL: none */
	const pv_version_info *last;   /* highest, pre-releases included */
	const pv_version_info *floor;  /* `last`, or that of the former id */
	pv_oid commit;                 /* brought the state; "" until found */
	int is_added;    /* its file was added since the last version, */
	pv_oid added_by; /* by this commit */
	int is_by_merge; /* which is a merge */
	int is_watched;  /* bring.c still looks for its addition */
	enum pv_bump bump;
	pv_semver number;
} pv_plan;

typedef struct pv_plan_list {
	pv_plan *items;
	size_t count;
	size_t cap;
	pv_plan *settled; /* what has the state of its last version */
	size_t settled_count;
	size_t settled_cap;
	pv_map published; /* tag name to the pv_oid a remote has; see taken.c */
	int has_published;
	pv_arena arena;           /* of ids and paths */
	pv_closure_reader reader; /* at the tip */
	pv_map chosen;            /* ids given, to pass over repeats */
	pv_version_index *index;
	const pv_release_options *opts;
} pv_plan_list;

/*
 * Plans each prompt of the tip that the options name and whose state has no
 * version; the others are settled. PV_ENOTFOUND, PV_ESYNTAX, PV_ESCHEMA.
 */
int pv_plan_choose(pv_plan_list *plans, pv_error *err);

/*
 * Finds for each plan the first-parent commit of the default branch that
 * brought the state of its closure, and whether the prompt's file was added
 * after its last version. One walk serves all.
 */
int pv_plan_bring(pv_plan_list *plans, pv_error *err);

/*
 * Only notes which of the plans, all with a last version, were removed and
 * made again after it.
 */
int pv_plan_watch(pv_plan *items, size_t count, pv_version_index *index,
		  pv_error *err);

/*
 * Plans those of the settled that were removed and made again since their
 * last version: the old bytes are a new start then. Errors as pv_plan_choose.
 */
int pv_plan_recreated(pv_plan_list *plans, pv_error *err);

/*
 * 1 when the plan's number is that of a tag already, or of one a remote has
 * for another commit, which is final; 0, or negative.
 */
int pv_plan_is_taken(const pv_plan *plan, pv_plan_list *plans, pv_error *err);

/*
 * Derives bump and number of a plan, which is above all the prompt has.
 * PV_EPOLICY, also for a pre-release that would not be; PV_ELIMIT.
 */
int pv_plan_number(pv_plan *plan, pv_plan_list *plans, pv_error *err);

#endif
