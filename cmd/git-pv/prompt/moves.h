/* SPDX-License-Identifier: MIT
 *
 * What `git pv mv` is going to move: one prompt, or all below a folder.
 */
#ifndef PV_CMD_MOVES_H
#define PV_CMD_MOVES_H

#include "cli.h"

#include "base/str.h"

/* One prompt on its way. */
typedef struct move {
	pv_buf old_id;
	pv_buf new_id;
	pv_buf old_path;
	pv_buf new_path;
	pv_buf bytes;
} move;

/* `{ .cli = cli }` at first; release it with moves_dispose. */
typedef struct moves {
	pv_cli *cli;
	pv_buf old_name; /* an id, or a folder of ids; without "/" at the end */
	pv_buf new_name;
	int is_folder;
	move *items; /* by their old ids */
	size_t count;
	size_t cap;
	pv_strlist old_ids; /* sorted */
} moves;

/*
 * Finds what is called OLD and is to be called NEW, and reads it. Refuses all
 * of it when one prompt is not committed, or a new name is taken or bad.
 */
int moves_plan(moves *out, const char *old_name, const char *new_name);

/* Appends what `id` is called after the moves. */
int moves_follow(pv_buf *out, const moves *all, const char *id);

void moves_dispose(moves *all);

#endif
