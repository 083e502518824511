/* SPDX-License-Identifier: MIT
 *
 * One unmerged file of the index and what stands in the working tree for it,
 * for `git pv resolve`.
 */
#ifndef PV_CLI_RESOLVE_H
#define PV_CLI_RESOLVE_H

#include <pv/merge.h>

#include "base/str.h"
#include "cli.h"

typedef struct resolve_file {
	pv_cli *cli;
	pv_buf path;
	pv_buf id; /* empty when the path is no prompt's */
	pv_oid base;
	pv_oid ours;
	pv_oid theirs;
	pv_buf texts[3]; /* lent to `input` */
	pv_merge_input input;
	pv_buf found; /* what the working tree had */
	int is_found; /* it had something with fields */
	int was_raw;
	int is_raw;         /* the file is taken with its own line ends */
	pv_unmerged *text;  /* NULL where there are no fields: see below */
	pv_strlist removed; /* paths that resolve_take took away */
} resolve_file;

/*
 * Finds the unmerged file that `arg` names, a path counted from the current
 * folder or a prompt's id. PV_ENOTFOUND, with what is unmerged in the hint.
 */
int resolve_find(resolve_file *out, pv_cli *cli, const char *arg);

/*
 * Reads the sides and the file. `text` stays NULL when a side lacks the file,
 * is binary, or the working tree has no regular file there: then only whole
 * sides can be taken.
 */
int resolve_read(resolve_file *file);

/* The attribute conflict-marker-size of a file; 0 when it says nothing. */
int resolve_marker_size(pv_cli *cli, const char *path);

/* 1 when the file that was read has no markers at all. */
int resolve_is_plain(const resolve_file *file);

/*
 * 1 when the file is what git merged by lines, and by fields nothing in it is in
 * conflict: `text` has both sides then.
 */
int resolve_is_merged(const resolve_file *file);

/* Forgets what is in the working tree: the merge is made anew. */
int resolve_remerge(resolve_file *file);

/* Writes the text into the working tree. */
int resolve_write(resolve_file *file);

/* Takes a whole side into the working tree and the index, or its deletion. */
int resolve_take(resolve_file *file, enum pv_settle_how side);

/*
 * Stages the file, if it has no markers and loads; PV_ESCHEMA, PV_ESYNTAX. When
 * git refuses, the file is what it was before it was written.
 */
int resolve_stage(resolve_file *file);

/*
 * Settles a field by opening its lines, markers and all, in the editor; they
 * have to be without markers afterwards. They are in the file `path` for that
 * time; after a failure it stays, and the hint names it. PV_EIO, and errors as
 * pv_unmerged_settle.
 */
int resolve_edit(pv_cli *cli, pv_unmerged *text, const char *field,
		 const char *path);

void resolve_dispose(resolve_file *file);

#endif
