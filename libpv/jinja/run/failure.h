/* SPDX-License-Identifier: MIT
 *
 * From an exception in a run to what the caller of the engine is told.
 */
#ifndef PV_JINJA_FAILURE_H
#define PV_JINJA_FAILURE_H

#include "jinja/engine.h"

/* Where it happened; `line` 0: nowhere. */
typedef struct pv_jinja_place {
	const char *template_name; /* or NULL */
	pv_str source;             /* of the template, \n line breaks */
	int line;
	uint32_t pos; /* byte offset; of another line: no column */
	int column;   /* when it is known already */
} pv_jinja_place;

/* The class with this name. */
enum pv_jinja_error pv_jinja_error_find(const char *name);

/* Fills `failure` and `err` (either may be NULL) for the result `rc`, which
 * is returned: as PV_ESYNTAX when the template was refused. */
int pv_jinja_failure_set(pv_jinja_failure *failure, const pv_jinja_run *run,
			 int rc, const pv_jinja_place *place, pv_error *err);

/* Tells of a failure that is because something is undefined, and forgets it;
 * any other is returned as it is. */
int pv_jinja_tell_failed(const pv_jinja_misses *misses, pv_jinja_run *run,
			 int rc, const pv_jinja_place *place);

#endif
