/* SPDX-License-Identifier: MIT
 *
 * What a checker wants to know of a template's tree: where it prints what it
 * is given, turns escaping off, or repeats something as often as its caller
 * pleases.
 */
#ifndef PV_JINJA_RISKS_H
#define PV_JINJA_RISKS_H

#include "base/arena.h"
#include "base/str.h"
#include "jinja/environment.h"

enum pv_jinja_risk_kind {
	PV_JINJA_RISK_PRINT, /* {{ name }}, whatever is done to it */
	PV_JINJA_RISK_SAFE,  /* name|safe */
	PV_JINJA_RISK_LOOP,  /* {% for x in name %} without a limit */
	PV_JINJA_RISK_SET    /* {% set name = ... %}, also by a loop, a macro's
				parameter; not from what it was before */
};

typedef struct pv_jinja_risk {
	enum pv_jinja_risk_kind kind;
	pv_str name; /* of the variable, from outside, or that is set; borrowed
			for the call */
	size_t offset; /* in the source: of the expression, for a print */
	int is_quoted; /* a filter makes it one JSON value or escapes it */
} pv_jinja_risk;

/*
 * Calls `fn` for each, in the order of the tree, until it returns non-zero,
 * which is returned. What a template sets itself is followed to what it is set
 * from. A template is looked at up to the first fault in it. The arena is for
 * the tree. PV_ENOMEM.
 */
int pv_jinja_find_risks(const pv_jinja_environment *env, pv_str source,
			pv_arena *arena,
			int (*fn)(const pv_jinja_risk *risk, void *payload),
			void *payload, pv_error *err);

#endif
