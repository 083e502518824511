/* SPDX-License-Identifier: MIT
 *
 * What a merge could not decide, read from the unmerged paths of the index:
 * a row for each field that both sides changed differently.
 */
#ifndef PV_CLI_CONFLICT_H
#define PV_CLI_CONFLICT_H

#include "cli.h"

#include <pv/merge.h>

/* One row; borrowed for the time of the call. */
typedef struct conflict_row {
	const char *id; /* NULL when the path is no prompt's */
	const char *path;
	const char *field; /* "" for the file as a whole */
	int is_new;        /* the ancestor had no such file, */
	int is_renamed;    /* but maybe by another name, see conflict_reason */
	int is_split;      /* it is of another type on either side */
	int is_binary;     /* one of the three texts is none */
	const char *settled; /* what to do where no markers are left, or NULL */
	const pv_merge_conflict *values;
} conflict_row;

/*
 * Calls `fn` for each row, by path, until it returns non-zero, which becomes
 * the result. Every unmerged path has at least one row; fields that are settled
 * in the file have none.
 */
int conflict_each(pv_cli *cli, int (*fn)(const conflict_row *row, void *payload),
		  void *payload);

/* The same for paths that no index has, in the order given. */
int conflict_each_of(pv_cli *cli, const pv_conflict *paths, size_t count,
		     int (*fn)(const conflict_row *row, void *payload),
		     void *payload);

/* To be called with each row: a line for people, `payload` is the pv_cli. */
int conflict_row_text(const conflict_row *row, void *payload);

/* The same for JSON, `payload` is the pv_jsonw. */
int conflict_row_put(const conflict_row *row, void *payload);

/* Writes a row as {id, path, field, base, ours, theirs, taken,
 * words}. */
void conflict_row_json(pv_jsonw *w, const conflict_row *row);

/* For people: what the merge would have made of a field; "" for a clash. */
const char *conflict_taken(const pv_merge_conflict *values);

/*
 * Prints base, ours and theirs, a line each, texts by the words that differ
 * from base.
 */
void conflict_values_text(pv_cli *cli, const pv_merge_conflict *values);

/* merge.conflictStyle as git understands it. */
enum pv_merge_style conflict_style(const char *value);

/* Why a row names no field, for people; NULL when it names one. */
const char *conflict_reason(const conflict_row *row);

#endif
