/* SPDX-License-Identifier: MIT
 *
 * The Jinja2 engine: compile a template once, render it many times. A
 * compiled template is immutable and shared by threads; a render allocates
 * from one arena, which dies with it.
 *
 * Failures of templates are told in Jinja2's words: class, message, template
 * and line, with our column and the line itself. Text printed before a
 * failure stays in the buffer.
 */
#ifndef PV_JINJA_ENGINE_H
#define PV_JINJA_ENGINE_H

#include "base/str.h"
#include "jinja/environment.h"

typedef struct pv_jinja_template pv_jinja_template;

/* Why a template was refused or stopped; `{ 0 }` is none. */
typedef struct pv_jinja_failure {
	const char *error; /* "UndefinedError"; "LimitError" of ours; static */
	char *message;
	char *template_name; /* NULL: the one without a name, or none */
	int line;            /* 0 when it has no place */
	int column;          /* in code points */
	char *excerpt;       /* the line, and a caret below it; may be NULL */
} pv_jinja_failure;

void pv_jinja_failure_dispose(pv_jinja_failure *failure);

/*
 * Compiles UTF-8 text, which is copied. `env` is borrowed until the template
 * is freed; `name` (may be NULL) is what failures and includes call it.
 * PV_ESYNTAX, PV_ELIMIT, PV_EINVALID for bytes that are not UTF-8, PV_ENOMEM;
 * `failure` (may be NULL) then has the details, also when `err` is NULL.
 */
int pv_jinja_compile(pv_jinja_template **out, const pv_jinja_environment *env,
		     const char *name, pv_str source, pv_jinja_failure *failure,
		     pv_error *err);
void pv_jinja_template_free(pv_jinja_template *template);

/*
 * Calls `fn` for each name the template takes from its context, without those
 * every template has, sorted, until it returns non-zero, which is returned.
 */
int pv_jinja_template_variables(const pv_jinja_template *template,
				int (*fn)(pv_str name, void *payload),
				void *payload, pv_error *err);

#endif
