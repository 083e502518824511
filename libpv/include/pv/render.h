/* SPDX-License-Identifier: MIT
 *
 * Rendering: a prompt, or a bare Jinja2 template, is compiled once into a
 * pv_renderer and rendered as often as wanted with the variables of a
 * pv_context into a pv_rendering.
 *
 * A renderer is immutable: threads share it, each with a pv_rendering of its
 * own. A context is only read by a render, so threads may share it as well
 * while nobody sets anything. A rendering keeps its memory from one render to
 * the next, and what it lends lasts until then.
 */
#ifndef PV_RENDER_H
#define PV_RENDER_H

#include <stdint.h>

#include <pv/prompt.h>
#include <pv/report.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pv_renderer pv_renderer;
typedef struct pv_context pv_context;
typedef struct pv_rendering pv_rendering;

/* --- variables ------------------------------------------------------------ */

/* Bytes of all values in a context, and of their copy in a render. */
enum {
	PV_CONTEXT_MAX_MEMORY = 1 << 30
};

/*
 * Variables from the text of one JSON object; `json` may be NULL for none.
 * Integers of any size are kept, of equal keys the last one counts. The values
 * may take PV_CONTEXT_MAX_MEMORY bytes. PV_EINVALID for text that is no JSON
 * object, PV_ELIMIT, PV_ENOMEM. The caller frees the context.
 */
PV_API int pv_context_new(pv_context **out, const char *json, size_t len,
			  pv_error *err);

/* Frees a context; NULL is accepted. */
PV_API void pv_context_free(pv_context *context);

/*
 * Adds the variables of another JSON object; they replace those of the same
 * name. Errors as above; the context is then as it was, but for PV_ENOMEM.
 */
PV_API int pv_context_add(pv_context *context, const char *json, size_t len,
			  pv_error *err);

/*
 * Sets a variable, replacing what it was, to the value that a JSON text says.
 * PV_EINVALID, PV_ELIMIT, PV_ENOMEM; the context is then as it was.
 */
PV_API int pv_context_set_json(pv_context *context, const char *name,
			       const char *json, size_t len, pv_error *err);

/*
 * The same for a text, UTF-8, which a render makes what the prompt declares:
 * "3" for an integer. PV_EINVALID for bytes that are not UTF-8, PV_ELIMIT,
 * PV_ENOMEM.
 */
PV_API int pv_context_set_text(pv_context *context, const char *name,
			       const char *text, size_t len, pv_error *err);

/* --- compiling ------------------------------------------------------------ */

/* What a variable is that nobody gave. */
enum pv_undefined {
	PV_UNDEFINED_USUAL,     /* strict for prompts, lenient for templates */
	PV_UNDEFINED_LENIENT,   /* Jinja2's Undefined: prints as nothing */
	PV_UNDEFINED_STRICT,    /* any use of it is an error */
	PV_UNDEFINED_CHAINABLE, /* as lenient, and so are its attributes */
	PV_UNDEFINED_DEBUG      /* prints as {{ name }} */
};

/*
 * Where included templates come from. `load` appends the text of the file of
 * the prompt with that id (of the template, for a bare one). PV_ENOTFOUND when
 * there is none; any other failure ends what asked. Names that are written out
 * are loaded while compiling, computed ones during a render: a renderer with
 * such is as shareable between threads as its loader.
 */
typedef struct pv_render_loader {
	int (*load)(pv_buf *out, const char *name, void *payload, pv_error *err);
	void *payload;
	/*
	 * Appends the JSON of a file that the schemas of a prompt's input refer
	 * to, its path counted from the top. PV_ENOTFOUND. NULL: there is none.
	 */
	int (*read)(pv_buf *out, const char *path, void *payload, pv_error *err);
} pv_render_loader;

/* What one message may cost unless options say otherwise. */
enum pv_render_limit {
	PV_RENDER_MAX_OUTPUT = 16 << 20, /* bytes */
	PV_RENDER_MAX_TEXT = 8 << 20,    /* bytes of one string in between */
	PV_RENDER_MAX_MEMORY = 24 << 20, /* bytes of values it makes */
	PV_RENDER_MAX_STEPS = 2000000,   /* units of work */
	PV_RENDER_MAX_ITEMS = 1000000,   /* of its loops together */
	PV_RENDER_MAX_MICROS = 10000000  /* by the clock */
};

/* Tags and functions beyond Jinja2's core, by the names of its extensions. */
enum pv_render_extension {
	PV_RENDER_DO = 1,           /* {% do %} */
	PV_RENDER_LOOPCONTROLS = 2, /* {% break %}, {% continue %} */
	PV_RENDER_I18N = 4          /* {% trans %}, _(); null translations */
};

/*
 * The strings of a Jinja2 environment, in their order: where tags, output and
 * comments begin and end, what a line that is a statement or a comment begins
 * with, and what the line ends of the template become.
 */
enum pv_render_string {
	PV_RENDER_BLOCK_START,
	PV_RENDER_BLOCK_END,
	PV_RENDER_VARIABLE_START,
	PV_RENDER_VARIABLE_END,
	PV_RENDER_COMMENT_START,
	PV_RENDER_COMMENT_END,
	PV_RENDER_LINE_STATEMENT_PREFIX,
	PV_RENDER_LINE_COMMENT_PREFIX,
	PV_RENDER_NEWLINE_SEQUENCE,
	PV_RENDER_STRINGS /* how many there are */
};

/* All zero: what prompts are rendered with, without includes. */
typedef struct pv_render_options {
	const char *name; /* of the prompt, in failures; NULL: none */
	enum pv_undefined undefined;
	const pv_render_loader *loader; /* outlives the renderer; NULL: none */
	/* Appended to when a template does not parse: its line, and a caret below
	 * the column. NULL: not wanted. */
	pv_buf *excerpt;
	pv_buf *message;     /* the same for what is wrong, whole: see below */
	int refuses_unknown; /* variables no template uses: PV_ERR_VALIDATION */
	/* Limits of one message; 0: those above. A failure names the limit. */
	size_t max_output;
	size_t max_text;
	size_t max_memory;
	int64_t max_steps;
	int64_t max_items;
	int64_t max_micros; /* by the clock below */
	/* Microseconds since 1970, for strftime_now; NULL: the system's. */
	int64_t (*now)(void *payload);
	void *payload;
	/* Of bare templates only; zero is Jinja2's default. */
	int trims_blocks;
	int strips_blocks;
	int keeps_newline;
	int is_escaping; /* autoescape */
	int is_chat;     /* a model's chat template: its filters and globals */
	unsigned extensions; /* bits of enum pv_render_extension */
	int is_newstyle;     /* newstyle_gettext */
	/* By enum pv_render_string; NULL is Jinja2's default. Copied. */
	const char *strings[PV_RENDER_STRINGS];
} pv_render_options;

/*
 * Compiles the templates of a prompt, which may be freed afterwards, and loads
 * what they include; an included prompt is one text, in the same syntax.
 * PV_ESYNTAX with template, line and column, PV_EINVALID, PV_ELIMIT, PV_ENOMEM,
 * failures of the loader other than PV_ENOTFOUND: what is not there fails when
 * it is reached. PV_ESCHEMA when the prompt's `input` is no JSON Schema. The caller frees the renderer. NULL options are all zero.
 */
PV_API int pv_renderer_new(pv_renderer **out, const pv_prompt *prompt,
			   const pv_render_options *opts, pv_error *err);

/*
 * The same for a bare Jinja2 template, UTF-8, which has no declarations: its
 * rendering is one text. PV_EINVALID also for strings that are empty, starts
 * that are the same, and a newline sequence that is none.
 */
PV_API int pv_renderer_new_template(pv_renderer **out, const char *text,
				    size_t len, const pv_render_options *opts,
				    pv_error *err);

/* Frees a renderer; NULL is accepted. */
PV_API void pv_renderer_free(pv_renderer *renderer);

/* 1 when it renders to one text, 0 when to messages. */
PV_API int pv_renderer_is_text(const pv_renderer *renderer);

/*
 * What travels along with each rendering: the JSON of the prompt's field
 * "model", "output", or "tools"; NULL when the prompt does not have it.
 * Borrowed.
 */
PV_API const char *pv_renderer_field(const pv_renderer *renderer,
				     const char *field);

/* --- what a prompt wants filled in ---------------------------------------- */

typedef struct pv_interface pv_interface;

/* A use of a variable. */
typedef struct pv_variable_use {
	const char *prompt; /* id of the included prompt; "" for its own text */
	int message;        /* counted from 0 */
	int line;           /* in that template, from 1 */
	int column;         /* in code points, from 1 */
} pv_variable_use;

/*
 * A variable of a prompt and of what it includes. Declarations of the prompt
 * win; one in an included prompt counts where the prompt declares nothing.
 */
typedef struct pv_interface_variable {
	pv_variable variable; /* `used_line`: of the file of `prompt` */
	const char *prompt;   /* the included one that brings it; "": itself */
	const pv_variable_use *uses; /* in the order of the texts */
	size_t use_count;
} pv_interface_variable;

/*
 * Finds the variables of `prompt`, which outlives the result, and of all it
 * includes, its own first. A name that is set where a text is included is no
 * variable for its sake, and one is conditional also when that text is
 * included in a branch, from a list, or with `ignore missing`. What cannot be
 * included is a finding (rules "include-missing" and "include-broken"), as is
 * a name that is computed ("include-dynamic"). `loader` may be NULL for no
 * includes. PV_ELIMIT, PV_ENOMEM, failures of the loader other than
 * PV_ENOTFOUND. The caller frees it.
 */
PV_API int pv_interface_new(pv_interface **out, const pv_prompt *prompt,
			    const pv_render_loader *loader, pv_error *err);

/* Frees it with all it lent; NULL is accepted. */
PV_API void pv_interface_free(pv_interface *all);

/* The number of variables. */
PV_API size_t pv_interface_count(const pv_interface *all);

/* One of them; NULL when `idx` is not below the count. */
PV_API const pv_interface_variable *pv_interface_at(const pv_interface *all,
						    size_t idx);

/* What could not be looked into. Never NULL. */
PV_API const pv_report *pv_interface_report(const pv_interface *all);

/* --- rendering ------------------------------------------------------------ */

/* One message that came out; for a text prompt its role is "". */
typedef struct pv_rendered_message {
	const char *role;
	const char *id;
	const char *content; /* NUL-terminated behind `len` bytes */
	size_t len;
	int has_content;             /* false for nothing but calls of tools */
	const char *name;            /* as the prompt has it, "" when none */
	const char *tool_calls_json; /* the same; NULL when none */
	const char *tool_call_id;    /* the same, "" when none */
} pv_rendered_message;

/* A variable that is needed and was not given. */
typedef struct pv_missing {
	const char *name;
	const pv_variable_use *uses;
	size_t use_count;
} pv_missing;

/* An empty rendering, for any number of renders. PV_ENOMEM. */
PV_API int pv_rendering_new(pv_rendering **out, pv_error *err);

/* Frees a rendering and what it lent; NULL is accepted. */
PV_API void pv_rendering_free(pv_rendering *rendering);

/*
 * Renders, replacing what `out` held. `context` may be NULL for no variables.
 * Declared defaults fill in for absent variables, and values become what the
 * declaration says ("3" an integer). Templates may change lists and mappings
 * they are given, which the context does not notice.
 *
 * When undefined variables are strict and any is missing: PV_ERENDER with the
 * id "missing-variable", and `out` lists all of them. One that is used only
 * where it may not be reached is missing once such a place is reached. PV_ESCHEMA (id
 * "validation") for values of another type than declared, or that the schemas
 * of the prompt's `input` and of the declarations refuse, defaults filled in:
 * each of them a finding in `out`. PV_ERENDER for what a template does wrong, PV_ESYNTAX for
 * an included one that does not parse, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_render(pv_rendering *out, const pv_renderer *renderer,
		     const pv_context *context, pv_error *err);

/*
 * The messages, or the one text; none after a failure. NULL when `idx` is not
 * below the count.
 */
PV_API size_t pv_rendering_count(const pv_rendering *rendering);
PV_API const pv_rendered_message *pv_rendering_message(const pv_rendering *rendering,
						       size_t idx);

/* Missing variables, in the order of the prompt; also after success. */
PV_API size_t pv_rendering_missing_count(const pv_rendering *rendering);
PV_API const pv_missing *pv_rendering_missing(const pv_rendering *rendering,
					      size_t idx);

/*
 * What was noticed about the variables: rule "variable-type" for values of
 * another type, "input-schema" for what a schema refuses, with the place of
 * the keyword as its hint, "unknown-variable" for those nobody uses. Never NULL.
 */
PV_API const pv_report *pv_rendering_report(const pv_rendering *rendering);

/*
 * After a failure in a template: its line, and a caret below the column. "" when
 * there is none.
 */
PV_API const char *pv_rendering_excerpt(const pv_rendering *rendering);

/*
 * After a failure in a template: the class of the exception and its message,
 * whole and as the template engine has it, where that of the error is cut to
 * fit on one line. "" when there is none.
 */
PV_API const char *pv_rendering_failure(const pv_rendering *rendering);

/* --- what a prompt is tried with ------------------------------------------ */

/* Variables that come with a prompt; borrowed, as long as `fn` runs. */
typedef struct pv_render_case {
	const char *name; /* of the test, or its number; "": the examples */
	const char *json; /* one JSON object, if the file has one there */
	size_t len;
	int line; /* of the test, or of the declarations, in the file */
	/* A variable without an example that each render needs, or NULL. */
	const char *lacking;
} pv_render_case;

typedef int pv_render_case_fn(const pv_render_case *one, void *payload);

/*
 * Calls `fn` for the examples of a prompt's declarations, together, then for
 * each of its `tests`, until it returns non-zero, which becomes the result.
 * `all` are the variables with those it includes; NULL: only its own.
 * PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_render_case_each(const pv_prompt *prompt, const pv_interface *all,
			       pv_render_case_fn *fn, void *payload,
			       pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
