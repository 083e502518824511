/* SPDX-License-Identifier: MIT
 *
 * What the files of `git pv render` share: what was asked for, the compiled
 * prompt or template, and the ways its results are told.
 */
#ifndef PV_CMD_RENDER_H
#define PV_CMD_RENDER_H

#include <pv/render.h>

#include "base/str.h"
#include "repo/prompts.h"

struct render_options {
	cli_list vars;      /* NAME=VALUE */
	cli_list values;    /* files of variables, "-" for standard input */
	cli_list limits;    /* NAME=N */
	const char *file;   /* a bare template */
	const char *folder; /* of templates it may include */
	int is_each;
	int is_examples;
	int is_strict; /* about unknown variables */
	int message;   /* -1: all */
	int undefined; /* 1 + index of the choice */
	int trims_blocks;
	int strips_blocks;
	int keeps_newline;
	int is_escaping;
	int is_chat;
	cli_list extensions; /* names */
	int is_newstyle;
	int newline; /* 1 + index of the choice */
	const char *strings[PV_RENDER_STRINGS];
};

/* One run of the command. */
typedef struct render_call {
	pv_cli *cli;
	const struct render_options *opts;
	pv_spec spec; /* of a prompt */
	cli_prompt entry;
	pv_buf version;
	pv_oid commit;
	pv_buf text; /* of a bare template */
	pv_prompt_tree tree;
	pv_render_loader loader;
	pv_renderer *renderer;
	pv_rendering *rendering;
} render_call;

/* --- render_values.c -------------------------------------------------------- */

/* Reads the variables of --vars and --var. The caller frees the context. */
int render_values(pv_context **out, const render_call *call);
/* Bytes of a byte order mark at the start, which some editors write. */
size_t render_bom(const pv_buf *text);
/* Adds those of --var. */
int render_add_vars(pv_context *context, const render_call *call);

/* --- render_bare.c ---------------------------------------------------------- */

/* The choices of --newline-sequence; ends in NULL. */
extern const char *const render_newlines[];
/* A usage error when an option is given that goes with --file. */
int render_check_bare(pv_cli *cli, const struct render_options *opts);
/* Sets what is Jinja2's environment. A usage error for an unknown extension. */
int render_read_bare(pv_render_options *out, pv_cli *cli,
		     const struct render_options *opts);

/* --- render_limits.c -------------------------------------------------------- */

/* Sets what --limit asks for. A usage error for what is no limit. */
int render_read_limits(pv_render_options *out, pv_cli *cli, const cli_list *list);
/* Adds to the error about a limit how to raise it; `rc`. */
int render_hint_limit(pv_error *err, int rc);

/* --- render_print.c --------------------------------------------------------- */

/* Prints what came out: as text, or with --json as a document. */
int render_print(render_call *call);
/*
 * Writes the members that tell what came out, without the braces: messages
 * (all, or the one that is not negative) or text, and missing.
 */
void render_members(pv_jsonw *w, const pv_renderer *renderer,
		    const pv_rendering *rendering, int message);
/* The message of a render that failed, whole where the error's is cut. */
const char *render_why(const pv_error *err, const pv_rendering *rendering);
/* Writes the member `error` about one render of several; `why` is its message,
 * whole. */
void render_error_json(pv_jsonw *w, const pv_error *err, const char *why,
		       const pv_rendering *rendering);
/* Prints what came out as text; `ends_line`: with a line end at the end. */
void render_text(pv_cli *cli, const pv_renderer *renderer,
		 const pv_rendering *rendering, int ends_line);
/* Says on standard error which variables the prompt does not know. */
void render_warn(const render_call *call);
/*
 * The same about one of several renders, which `what` names unless it is "":
 * what is in `told`, sorted, is not said again. PV_ENOMEM.
 */
int render_warn_once(pv_strlist *told, pv_cli *cli, const char *what,
		     const pv_rendering *rendering);
/* PV_EINVALID when --message asks for one that is not there. */
int render_check_message(const render_call *call);
/* Adds to the error of a failed render what does not fit into it. */
int render_explain(render_call *call, int rc);

/* --- render_rows.c ---------------------------------------------------------- */

/* Renders each row of --vars: a line of JSON each. 1 when a row failed. */
int render_rows(render_call *call);

/* --- render_examples.c ------------------------------------------------------- */

/* Renders prompts with what is in their files. 1 when a render failed. */
int render_examples(render_call *call, int argc, char **argv);

/* --- folder.c --------------------------------------------------------------- */

/*
 * `load` of a pv_render_loader whose payload is the path of a folder: files in
 * it, and below, whatever links say. PV_ENOTFOUND, PV_EINVALID for a link that
 * leaves it, PV_EIO.
 */
int folder_load(pv_buf *out, const char *name, void *payload, pv_error *err);

#endif
