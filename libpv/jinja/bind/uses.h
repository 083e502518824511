/* SPDX-License-Identifier: MIT
 *
 * What a compiled template mentions: names, with their places, and other
 * templates. For those who explain a template or load what it needs; running
 * it needs none of this.
 */
#ifndef PV_JINJA_USES_H
#define PV_JINJA_USES_H

#include "jinja/engine.h"

typedef struct pv_jinja_use {
	pv_str name;
	int is_stored; /* it is set here; else read, from the context */
	int line;
	int column; /* in code points */
} pv_jinja_use;

/*
 * Calls `fn` for each place that reads a name from the context or sets one, in
 * the order of evaluation, until it returns non-zero, which is returned.
 */
int pv_jinja_template_uses(const pv_jinja_template *template,
			   int (*fn)(const pv_jinja_use *use, void *payload),
			   void *payload);

/* A template named in include, import, from or extends. */
typedef struct pv_jinja_reference {
	pv_str name;      /* ptr NULL: it is computed */
	int sees_context; /* it gets the variables */
} pv_jinja_reference;

/* The same for the templates it names; each of a list is one. */
int pv_jinja_template_references(const pv_jinja_template *template,
				 int (*fn)(const pv_jinja_reference *reference,
					   void *payload),
				 void *payload);

#endif
