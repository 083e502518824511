/* SPDX-License-Identifier: MIT
 *
 * Where a commit message comes from: -m options, a file, or the editor.
 */
#ifndef PV_CMD_MESSAGE_H
#define PV_CMD_MESSAGE_H

#include "cli.h"

#include "base/str.h"

typedef struct message_source {
	const cli_list *paragraphs; /* of -m; may be empty */
	const char *file;        /* of -F, "-" is standard input; NULL: none */
	const pv_strlist *paths; /* what is committed, for the editor */
} message_source;

/*
 * Appends the message. -m and -F give it as it is; otherwise the editor opens
 * on MERGE_MSG or commit.template, and `*edited_out` says that comment lines
 * are to go. PV_EINVALID for an empty message, PV_EIO, PV_EGIT.
 */
int message_gather(pv_buf *out, int *edited_out, pv_cli *cli,
		   const message_source *source);

#endif
