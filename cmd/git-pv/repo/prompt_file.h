/* SPDX-License-Identifier: MIT
 *
 * The file of a prompt in the working tree, to be changed in place: read with
 * its own line ends where it has such, held against the loader, written whole
 * or not at all.
 */
#ifndef PV_CMD_PROMPT_FILE_H
#define PV_CMD_PROMPT_FILE_H

#include "cli.h"

/* `{ 0 }` is empty; release it with prompt_file_dispose. */
typedef struct prompt_file {
	pv_cli *cli;
	const char *id; /* borrowed */
	pv_buf path;
	pv_buf before; /* its text */
	int is_raw;    /* `before` has the line ends of the file */
} prompt_file;

/*
 * Reads a prompt of the working tree, as git would store it. PV_EINVALID for an
 * id with a version, failures of pv_spec_resolve and of reading. `id` must
 * outlive it.
 */
int prompt_file_read(prompt_file *out, pv_cli *cli, const char *id);

/*
 * What git stores may differ from the file in line ends alone: then `before`
 * becomes the file's own bytes, for those that do not change have to stay as
 * they are.
 */
int prompt_file_take_raw(prompt_file *file);

/* Loads a text as that of the file. Findings go to `report` (may be NULL). */
int prompt_file_loads(const prompt_file *file, const char *text, size_t len,
		      pv_report *report);

/* Replaces the file by `change`, whose path is the file's. PV_EIO. */
int prompt_file_write(const prompt_file *file, const pv_change *change);

void prompt_file_dispose(prompt_file *file);

#endif
