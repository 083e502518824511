/* SPDX-License-Identifier: MIT
 *
 * Prompts as several commands need them: read from a point of the repository,
 * loaded, and written as JSON.
 */
#ifndef PV_CLI_PROMPTS_H
#define PV_CLI_PROMPTS_H

#include "cli.h"

#include <pv/prompt.h>
#include <pv/render.h>

#include "ui/layout.h"

/* A prompt file that was read; it may be one that does not load. */
typedef struct cli_prompt {
	char *id;
	char *path;
	pv_oid blob;
	pv_buf text;
	pv_prompt *prompt; /* NULL when it does not load: see `failure` */
	pv_error failure;
} cli_prompt;

/*
 * The point `rev` names; NULL stands for the working tree, in a bare
 * repository for the default branch's tip.
 */
int cli_point(pv_point *out, pv_cli *cli, const char *rev);

/*
 * Reads `path` at a point and loads it. A file that cannot be read is an
 * error, one that does not load is not: `prompt` is NULL then. Findings go
 * to `report` (may be NULL). Release it with cli_prompt_dispose.
 */
int cli_prompt_read(cli_prompt *out, pv_cli *cli, const pv_point *at,
		    const char *id, const char *path, pv_report *report);

void cli_prompt_dispose(cli_prompt *entry);

/*
 * The commit that holds exactly this blob at `path`: the point's own, HEAD's
 * for the working tree and index; hex "" when it is not committed.
 */
int cli_prompt_commit(pv_oid *out, pv_cli *cli, const pv_point *at,
		      const char *path, const pv_oid *blob);

/* Appends what the version of a prompt at a spec is called. */
int cli_prompt_version(pv_buf *out, pv_cli *cli, const pv_spec *spec);

/* Writes hex, or null for none. */
void cli_oid_json(pv_jsonw *w, const char *key, const pv_oid *oid);

/* Writes a text member, null when it is empty. */
void cli_text_json(pv_jsonw *w, const char *key, const char *text);

/* Writes a member whose value is JSON already, null when there is none. */
void cli_raw_json(pv_jsonw *w, const char *key, const char *json);

/* Writes the members of one variable. */
void cli_variable_members(pv_jsonw *w, const pv_variable *var);

/* Writes the member `used_at`. */
void cli_uses_json(pv_jsonw *w, const pv_variable_use *uses, size_t count);

/* Writes the prompt's own variables as a JSON array. */
void cli_variables_json(pv_jsonw *w, const pv_prompt *prompt);

/* Writes the tags of a prompt as a JSON array; NULL gives an empty one. */
void cli_tags_json(pv_jsonw *w, const pv_prompt *prompt);

/* The wider of `width` and the name's, up to what looks well. */
size_t cli_variable_width(const pv_variable *var, size_t width);

/* Prints a variable in a line that has begun, without its end. */
void cli_variable_text(cli_layout *line, const pv_variable *var, size_t width);

/* Prints the prompt's own variables as lines of text. */
void cli_variables_text(pv_cli *cli, const pv_prompt *prompt);

/* Says that there is no prompt, and what makes the first. */
void cli_no_prompts(pv_cli *cli);

#endif
