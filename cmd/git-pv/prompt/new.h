/* SPDX-License-Identifier: MIT
 *
 * What the files of `git pv new` share.
 */
#ifndef PV_CMD_NEW_H
#define PV_CMD_NEW_H

#include "cli.h"

struct new_options {
	const char *name;
	const char *description;
	const char *goal;
	const char *category;
	const char *owner;
	const char *model;
	const char *temperature; /* numbers, as texts; of the answers only */
	const char *max_tokens;
	const char *text;
	const char *from;
	cli_list tags;
	cli_list messages;
};

/* What a person answered; `{ 0 }` at first, new_answers_dispose at last. */
typedef struct new_answers {
	pv_buf name;
	pv_buf id;
	pv_buf goal;
	pv_buf category;
	pv_buf model;
	pv_buf temperature;
	pv_buf max_tokens;
	pv_buf text;
	pv_buf file; /* what the editor was opened on */
	pv_buf kept; /* the answers of a call that made nothing */
} new_answers;

/*
 * Asks for what the options do not say, a line each, and opens the editor for
 * the text; `id` (may be NULL) is the one that was given. Options then borrow
 * from `out`, whose `id` is set. PV_ECANCELED where the input ends, PV_EINVALID
 * for an empty text, failures of the editor.
 */
int new_ask(new_answers *out, struct new_options *opts, pv_cli *cli,
	    const char *id);

/* Keeps the answers for the next call, and says so. */
void new_answers_keep(const new_answers *answers, pv_cli *cli,
		      const struct new_options *opts);

/* Takes away what was kept, and the editor's file, once nobody needs them. */
void new_answers_done(const new_answers *answers, pv_cli *cli);

void new_answers_dispose(new_answers *answers);

/* Appends the line that tells editors which schema the file at `path` follows. */
void new_schema_comment(pv_buf *out, const char *path);

/* PV_EEXISTS when the working tree has a prompt of that id. */
int new_must_be_free(pv_cli *cli, const char *id, const char *path);

#endif
