/* SPDX-License-Identifier: MIT
 *
 * The versions of one prompt under all the names it has had.
 */
#ifndef PV_CMD_VERSION_NAMES_H
#define PV_CMD_VERSION_NAMES_H

#include "cli.h"

typedef struct version_row {
	const char *id; /* what the prompt was called then */
	const pv_version_info *info;
} version_row;

/* `{ .cli = cli }` at first; release it with version_names_dispose. */
typedef struct version_names {
	pv_cli *cli;
	struct version_name *names; /* what the rows are lent from */
	size_t name_count;
	size_t name_cap;
	version_row *rows; /* highest first, those under former names behind */
	size_t count;
	pv_oid from;  /* the lowest version so far; hex "" before any */
	int is_first; /* the lowest version there can be was there */
} version_names;

/* Reads them. PV_EINVALID for what is no id; none is PV_OK. */
int version_names_load(version_names *out, const char *id);

/*
 * Says that a prompt has no version; PV_ENOTFOUND where there is no such prompt
 * either.
 */
int version_names_none(pv_cli *cli, const char *id);

void version_names_dispose(version_names *all);

#endif
