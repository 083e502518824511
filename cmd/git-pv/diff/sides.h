/* SPDX-License-Identifier: MIT
 *
 * What `git pv diff` compares: two states of the repository, or of one
 * prompt, from the operands of the command line.
 */
#ifndef PV_CLI_SIDES_H
#define PV_CLI_SIDES_H

#include "cli.h"

#include "base/str.h"

/* One of the two states. */
typedef struct diff_side {
	pv_point at;
	int is_empty; /* before the first commit: no files at all */
} diff_side;

typedef struct diff_sides {
	diff_side from;
	diff_side to;
	/* What to compare; all prompts when neither is filled in. */
	pv_spec old_spec; /* one prompt here ... */
	pv_spec new_spec; /* ... and there */
	pv_strlist only;  /* ids, and folders of ids */
} diff_sides;

/*
 * Reads the operands: revisions, specs (with "@"), ranges, and behind "--"
 * prompts. `staged` puts the index where the working tree would be. Release
 * it with diff_sides_dispose, also after a failure.
 */
int diff_sides_read(diff_sides *out, pv_cli *cli, int argc, char **argv,
		    int staged);

void diff_sides_dispose(diff_sides *sides);

/* Whether `id` is among those asked for. */
int diff_sides_include(const diff_sides *sides, const char *id);

#endif
