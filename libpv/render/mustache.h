/* SPDX-License-Identifier: MIT
 *
 * `syntax: mustache`: compile a template once, render it many times. What is
 * defined by the Mustache specification without its options (lambdas,
 * inheritance, dynamic names) does as it says there: {{name}} escapes & < > ",
 * {{{name}}} and {{&name}} do not; dotted names; sections, inverted ones,
 * comments, partials, changed delimiters; tags alone on a line leave none.
 *
 * Beyond it, a list's items have the names 0, 1, ...; false, null, 0 and what
 * is empty, mappings excepted, have no section; numbers print as in Python,
 * other values as JSON.
 */
#ifndef PV_RENDER_MUSTACHE_H
#define PV_RENDER_MUSTACHE_H

#include "render/plain.h"

typedef struct pv_mustache pv_mustache;

enum {
	PV_MUSTACHE_MAX_PARTIALS = 50 /* in each other */
};

/*
 * Compiles UTF-8 text, which is copied; `name` (may be NULL) is what failures
 * call it. PV_ESYNTAX, PV_ENOMEM, PV_ELIMIT; `failure` (may be NULL) then has
 * the details. The caller frees the template, which threads may share.
 */
int pv_mustache_compile(pv_mustache **out, const char *name, pv_str text,
			pv_jinja_failure *failure, pv_error *err);

/*
 * Calls `fn` with the name of each partial, as often as it is there, until it
 * returns non-zero, which is returned.
 */
int pv_mustache_each_partial(const pv_mustache *template,
			     int (*fn)(pv_str name, void *payload),
			     void *payload);

/* Frees a template; NULL is accepted. */
void pv_mustache_free(pv_mustache *template);

/*
 * Appends what the template prints to `out`. A strict render fails with
 * Jinja2's UndefinedError for a name outside of sections that is not there,
 * and with TemplateNotFound for a partial; else both are nothing. PV_ERENDER,
 * PV_ESYNTAX when a partial has one, PV_ELIMIT, PV_ENOMEM, failures of the
 * loader; then `out` is as it was.
 */
int pv_mustache_render(pv_buf *out, const pv_mustache *template,
		       const pv_plain_options *options,
		       pv_jinja_failure *failure, pv_error *err);

#endif
