/* SPDX-License-Identifier: MIT
 *
 * What an import is about to do: records as prompt files, compared with the
 * files that are there.
 */
#ifndef PV_CMD_INTAKE_H
#define PV_CMD_INTAKE_H

#include "cli.h"

#include <pv/exchange.h>

#include "base/map.h"

/* pv_import_jsonl and those like it. */
typedef int intake_format(const char *text, size_t len,
			  const pv_import_options *opts,
			  int (*fn)(const pv_import_item *item, void *payload),
			  void *payload, pv_error *err);

enum intake_state {
	INTAKE_NEW,
	INTAKE_CHANGED,
	INTAKE_SAME
};

typedef struct intake_item {
	char *id;
	char *path;
	char *text; /* of the prompt file */
	size_t len;
	pv_buf old; /* of the file it replaces */
	enum intake_state state;
	int is_uncommitted; /* the file is the same, and HEAD's is not */
	int line;           /* of its record */
	/* What the record says of its version; "" and 0 for nothing. */
	char *label;
	char *number;
	char *created_by;
	int64_t created;
	int is_repeated; /* its id comes with several versions */
} intake_item;

/* `{ 0 }` is empty; release it with intake_dispose. */
typedef struct intake {
	intake_item *items; /* in the order of the input */
	size_t count;
	size_t cap;
	intake_item *versions; /* of ids that come several times, likewise */
	size_t version_count;
	size_t version_cap;
	pv_map seen;      /* ids of the input to their first item */
	pv_map files;     /* paths of the items */
	pv_map folders;   /* they lie in */
	const char *file; /* the input's name, for findings */
	int force;        /* files with other contents are replaced */
	int no_verify;    /* what the checks find does not make a record bad */
	int takes_versions; /* an id may come once with each of its versions */
} intake;

/*
 * Reads the input. What cannot be taken in, be it a bad record, one whose prompt
 * `git pv commit` would refuse, an id twice, a file that is there with other
 * contents or one where another item has its folder, becomes a finding in `cli->report` and is left out. PV_ENOMEM, PV_EIO.
 */
int intake_read(intake *out, pv_cli *cli, intake_format *format,
		const pv_buf *input, const char *prefix);

/* Makes a record that cannot be taken in a finding. PV_ENOMEM. */
int intake_refuse(const intake *all, pv_cli *cli, const intake_item *item,
		  const char *rule, const char *why, const char *hint);

/*
 * Whether an item may have its file where the others have theirs; what may not
 * is refused. 1, 0 or PV_ENOMEM.
 */
int intake_place(intake *all, pv_cli *cli, const intake_item *item);

/* 1 when a file says the same as an item, in whatever bytes; 0; PV_ENOMEM. */
int intake_is_same(const intake_item *item, const pv_buf *file, pv_error *err);

/* Reads the file that is there; PV_ENOTFOUND when there is none. */
int intake_read_file(pv_buf *out, pv_cli *cli, const intake_item *item);

/* How many items are in a state. */
size_t intake_count(const intake *all, enum intake_state state);

void intake_dispose(intake *all);

#endif
