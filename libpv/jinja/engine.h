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

#include "base/clock.h"
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

/* --- rendering ------------------------------------------------------------- */

/*
 * Where templates named in templates come from. `load` gives the source of
 * one, borrowed until the next call, and answers PV_ENOTFOUND (err need not be
 * written) when there is none, or another failure, which ends the render.
 */
typedef struct pv_jinja_loader {
	int (*load)(pv_str *out, void *payload, pv_str name, pv_error *err);
	void *payload;
} pv_jinja_loader;

enum {
	PV_JINJA_MAX_INCLUDES = 50 /* templates in templates */
};

/*
 * Who wants to know what a render lacks; members may be NULL. A result below 0
 * ends the render.
 */
typedef struct pv_jinja_misses {
	/* What is undefined was to be printed, and cannot be: with this the
	 * render goes on without it. */
	int (*failed)(const pv_jinja_failure *failure, void *payload);
	/* A name was looked up, and nobody has set it. */
	int (*absent)(pv_str name, void *payload);
	void *payload;
} pv_jinja_misses;

/* All zero: no variables, no other templates, the standard limits. */
typedef struct pv_jinja_render_options {
	const struct pv_jinja_dict *context; /* variables */
	const struct pv_jinja_dict *globals; /* beneath them; imports see them */
	const pv_jinja_loader *loader;
	const pv_jinja_limits *limits; /* NULL: the defaults in run.h */
	size_t max_output;             /* 0: the limit of text */
	int max_includes;              /* 0: PV_JINJA_MAX_INCLUDES */
	int64_t max_micros;            /* of the clock; 0: no limit */
	const pv_clock *clock;         /* for the time limit and strftime_now */
	const pv_jinja_misses *misses; /* or NULL */
} pv_jinja_render_options;

/*
 * Appends what the template prints to `out`. Only an environment without
 * sandbox lets templates change the lists and dicts of the context. PV_ERENDER
 * for an exception, PV_ESYNTAX when an included template has one, PV_ELIMIT,
 * PV_ENOMEM; `failure` and `err` as in pv_jinja_compile.
 */
int pv_jinja_render(pv_buf *out, const pv_jinja_template *template,
		    const pv_jinja_render_options *options,
		    pv_jinja_failure *failure, pv_error *err);

/*
 * The same for a template the loader has; `env` as for pv_jinja_compile.
 */
int pv_jinja_render_name(pv_buf *out, const pv_jinja_environment *env,
			 const char *name, const pv_jinja_render_options *options,
			 pv_jinja_failure *failure, pv_error *err);

#endif
