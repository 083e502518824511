/* SPDX-License-Identifier: MIT
 *
 * Where a commit message comes from: -m options, a file, or the editor, which
 * opens on what git would put there, else on a summary of the changes.
 */
#ifndef PV_CMD_MESSAGE_H
#define PV_CMD_MESSAGE_H

#include "repo/selection.h"

typedef struct message_source {
	const cli_list *paragraphs; /* of -m; may be empty */
	const char *file;        /* of -F, "-" is standard input; NULL: none */
	const selection *chosen; /* what is committed, for the editor */
} message_source;

/* `{ 0 }` is empty; release it with message_dispose. */
typedef struct message {
	pv_cli *cli;
	pv_buf text;        /* or what the editor starts with */
	pv_buf proposal;    /* commit.template, which is no message yet */
	const char *origin; /* for the hook prepare-commit-msg; may be NULL */
	int needs_editor;
} message;

/*
 * Gathers the message as far as it is known: the editor is opened by the
 * commit, after its first hooks. PV_EINVALID for an empty one or a NUL byte,
 * PV_EIO, PV_EGIT.
 */
int message_gather(message *out, pv_cli *cli, const message_source *source);

/* Hands the message to a commit; `from` must outlive it. */
void message_options(pv_commit_options *out, message *from);

void message_dispose(message *old);

#endif
