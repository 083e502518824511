/* SPDX-License-Identifier: MIT
 *
 * What the files of rendering share: the compiled prompt, its variables as
 * declared and inferred, the sources of included templates, and the steps of
 * one render.
 *
 * A renderer keeps all it needs in one arena; only what a computed include
 * names is loaded later.
 */
#ifndef PV_RENDER_RENDERER_H
#define PV_RENDER_RENDERER_H

#include <pv/render.h>
#include <pv/schema.h>

#include "base/arena.h"
#include "base/map.h"
#include "jinja/bind/uses.h"
#include "jinja/engine.h"
#include "jinja/value/container.h"
#include "jinja/value/ops.h"
#include "render/mustache.h"

enum {
	PV_RENDER_FIELDS = 3 /* that travel along */
};

/*
 * What the caller's variables may cost: they are his, so only memory counts,
 * and no template can make them more.
 */
#define PV_RENDER_VALUE_LIMITS                            \
 {                                                        \
  .memory = PV_CONTEXT_MAX_MEMORY, .steps = INT64_MAX / 2 \
 }

/* What happens in a strict render when nobody gives a variable. */
enum pv_render_need {
	PV_RENDER_OPTIONAL, /* it is nothing */
	PV_RENDER_QUIET, /* an error where it is used; some template sets it */
	PV_RENDER_SOFT,  /* an error where it is used, if that is reached */
	PV_RENDER_HARD   /* an error at once */
};

/* A variable of the prompt or of what it includes. */
typedef struct pv_render_variable {
	pv_jinja_value name; /* STR, NUL-terminated */
	uint64_t hash;
	const char *type;        /* "integer", "string|null", "any" */
	pv_jinja_value fallback; /* the default; MISSING: none */
	enum pv_render_need need;
	int is_declared;
	int is_unfit;              /* the default is not of the type */
	pv_jinja_undefined absent; /* why it is undefined when it is optional */
} pv_render_variable;

/* What the variables together have to be. */
typedef struct pv_render_shape {
	pv_schema *schema;
	int is_input; /* the prompt's `input`, not the declaration of one */
	struct pv_render_shape *next;
} pv_render_shape;

/* A message, or the one text. */
typedef struct pv_render_part {
	const char *role;
	const char *id;
	const char *speaker; /* `name` of the message */
	const char *tool_calls_json;
	const char *tool_call_id;
	int has_content;
	const char *name; /* in failures; NULL for a bare template's */
	pv_str text;
	pv_jinja_template *template; /* of Jinja2 only */
	pv_mustache *mustache;       /* of that only */
} pv_render_part;

/* An included template; `text.ptr` is NULL when there is none of that name. */
typedef struct pv_render_source {
	const char *name;
	pv_str text;
	int sees_context; /* its variables are the prompt's */
	struct pv_render_source *next;
} pv_render_source;

struct pv_renderer {
	pv_arena arena;
	pv_jinja_environment env;
	pv_jinja_limits limits;
	pv_render_options opts; /* `name` is ours */
	pv_clock clock;
	enum pv_syntax syntax;
	int is_prompt; /* not a bare template */
	int is_text;
	int is_strict;
	int is_dynamic; /* includes names that are computed */
	pv_render_part *parts;
	size_t part_count;
	pv_render_variable *variables; /* of the prompt, then of includes */
	size_t variable_count;
	size_t variable_cap;
	pv_map variable_of;        /* by name: index + 1, as a pointer */
	pv_render_source *sources; /* in the order they were met */
	pv_render_source **sources_end;
	pv_map source_of;
	pv_render_shape *shapes;
	const char *fields[PV_RENDER_FIELDS]; /* JSON, or NULL */
};

struct pv_context {
	pv_arena arena;
	pv_jinja_run run;
	pv_jinja_dict *dict;
};

struct pv_rendering {
	pv_arena arena; /* of what is told about variables */
	pv_rendered_message *messages;
	pv_buf *contents;
	size_t count; /* of messages that came out */
	size_t cap;
	pv_missing *missing;
	size_t missing_count;
	pv_report *report;
	char *excerpt; /* or NULL */
	pv_buf failure;
};

/* --- compiling (renderer.c, settings.c, includes.c, variables.c) ----------- */

/* Sets `renderer->env` as its options say; their strings become its own.
 * PV_EINVALID for what is no environment, PV_ENOMEM. */
int pv_render_set_environment(pv_renderer *renderer, pv_error *err);
/* Replaces what `out` has by the class and the message of an exception; `rc`
 * says whether the failure is one. */
void pv_render_put_failure(pv_buf *out, const pv_jinja_failure *failure, int rc);
/* Loads what the parts include, and what that includes. */
int pv_render_load_includes(pv_renderer *renderer, pv_error *err);
/* Adds the variables of a prompt, or of one it includes. */
int pv_render_add_variables(pv_renderer *renderer, const pv_prompt *prompt,
			    int is_included, pv_error *err);
/* Adds the variables of what a prompt includes, all of it known. */
int pv_render_add_included(pv_renderer *renderer, const pv_interface *all,
			   pv_error *err);
/* Compiles the prompt's `input`, if it has one (input.c). */
int pv_render_add_input(pv_renderer *renderer, const pv_prompt *prompt,
			pv_error *err);
/* The same for what the declaration of a variable demands beyond its type. */
int pv_render_add_declared(pv_renderer *renderer, const pv_prompt *prompt,
			   const char *name, pv_error *err);
void pv_render_free_shapes(pv_renderer *renderer);
/* The variable with that name, or NULL. */
pv_render_variable *pv_render_find_variable(const pv_renderer *renderer,
					    pv_str name);
/*
 * Sets `*out` to the one text of a prompt that one of `syntax` includes; it is
 * borrowed from `prompt`. PV_EINVALID for one that cannot be included.
 */
int pv_render_included_text(pv_str *out, enum pv_syntax syntax,
			    const pv_prompt *prompt, const char *id,
			    pv_error *err);
/* Whether the file itself says that a variable is required, or not. */
int pv_render_states_required(const pv_prompt *prompt, const char *name);
/*
 * Calls `fn` for each brace of a text that is no Jinja2, with what may be a
 * name behind it, and its place, until it returns non-zero, which is returned.
 */
int pv_render_each_brace(pv_str text,
			 int (*fn)(const pv_jinja_use *use, void *payload),
			 void *payload);

/* --- rendering -------------------------------------------------------------- */

/* Something missing, and where a render came upon it. */
typedef struct pv_render_miss {
	const char *name;
	pv_variable_use use; /* `line` 0: nowhere yet */
} pv_render_miss;

/* One render under way. */
typedef struct pv_render_job {
	pv_rendering *out;
	const pv_renderer *renderer;
	const pv_context *context; /* or NULL */
	pv_arena arena;
	pv_jinja_run run;        /* of the values */
	pv_jinja_dict *values;   /* what templates are given */
	int is_missing;          /* something is that has to be there */
	pv_render_miss *missing; /* what the render reached */
	size_t missing_count;
	size_t missing_cap;
	int is_searching; /* for all that is missing */
	pv_error *err;
} pv_render_job;

/* Makes `job->values`, and finds what is missing or wrong (values.c). */
int pv_render_values(pv_render_job *job);
/* Adds a finding for each thing that the shapes refuse in `job->values`; texts
 * become what `input` wants where they can (input.c). */
int pv_render_check_input(pv_render_job *job);
/* Adds a finding about a variable (values.c). */
int pv_render_find(pv_render_job *job, enum pv_severity severity,
		   const char *rule, const char *hint, const pv_buf *message);
/* Whether the caller gave it. */
int pv_render_is_given(const pv_render_job *job,
		       const pv_render_variable *variable);
/* Adds to the missing ones what made a part fail, if that is why: PV_OK, or the
 * result of the failure as it was. */
int pv_render_miss_failed(pv_render_job *job, const pv_render_part *part,
			  const pv_jinja_failure *failure, int rc);
/* Adds a name that was looked up in vain, if somebody needs it; the payload is
 * a job. */
int pv_render_miss_absent(pv_str name, void *payload);
/* Goes through the parts for all that is missing, not just the first
 * (part.c). */
int pv_render_find_missing(pv_render_job *job);
/*
 * Makes a value what `type` says, where that is possible without loss: 1, 0
 * when it is not, or a failure (coerce.c).
 */
int pv_render_coerce(pv_jinja_value *out, pv_jinja_run *run, const char *type,
		     pv_jinja_value value);
/*
 * Fills `job->out->missing`: what is certainly needed and was not given, and
 * what was added before, with the uses of each (missing.c).
 */
int pv_render_tell_missing(pv_render_job *job);
/* The error about what is missing; its code. */
int pv_render_fail_missing(pv_render_job *job);
/* Renders one part to the end of `out` (part.c). */
int pv_render_part_text(pv_buf *out, pv_render_job *job,
			const pv_render_part *part);

/* "a list", "null": what a value is, for messages. */
const char *pv_render_kind_name(pv_jinja_value value);
/* Fails as an exception of an engine's run tells, about `what`. */
int pv_render_fail_run(pv_error *err, const pv_jinja_run *run, int rc,
		       const char *what);

#endif
