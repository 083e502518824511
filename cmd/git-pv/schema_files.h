/* SPDX-License-Identifier: MIT
 *
 * The files that git pv schema reads: JSON, or YAML by their names, and those
 * that a schema refers to, out of one folder.
 */
#ifndef CLI_SCHEMA_FILES_H
#define CLI_SCHEMA_FILES_H

#include "cli.h"

/* Documents are only read from below `folder`. */
typedef struct schema_files {
	const char *folder;
} schema_files;

/* Appends a file as JSON; "-" is standard input. */
int schema_read(pv_buf *out, pv_cli *cli, const char *name);

/*
 * For pv_schema_options: the file at a relative path, or the one whose $id a URI
 * is. * PV_ENOTFOUND; what reading and parsing the file can fail with.
 */
int schema_load(pv_buf *out, const char *uri, void *payload, pv_error *err);

#endif
