/* SPDX-License-Identifier: MIT
 *
 * The prompts that may differ between the two states of `git pv diff`, each
 * with what it was: the prompt of the same id, or the one it was moved from.
 * Those with the same blob are told apart: only what they refer to may differ.
 */
#ifndef PV_CLI_PAIRS_H
#define PV_CLI_PAIRS_H

#include "diff/sides.h"

/* A prompt in one state. */
typedef struct diff_item {
	char *id;
	char *path;
	pv_oid blob; /* hex "" when it is not known without reading */
	const struct diff_item *former; /* what it was; NULL: of the same id */
	int is_gone;                    /* moved to another id */
} diff_item;

typedef struct diff_items {
	diff_item *ptr;
	size_t count;
	size_t cap;
} diff_items;

/* A side that lacks the prompt is NULL; one has it at least. */
typedef struct diff_pair {
	const diff_item *before;
	const diff_item *after;
	int is_same; /* the same blob */
} diff_pair;

typedef struct diff_pairs {
	diff_items before;
	diff_items after;
	diff_pair *ptr; /* by id, of what was moved by the new one */
	size_t count;
	size_t cap;
} diff_pairs;

/*
 * Finds them; what was moved only with `finds_moves`. Fails when a prompt
 * that was asked for is on neither side. Release them with diff_pairs_dispose,
 * also after a failure.
 */
int diff_pairs_read(diff_pairs *out, pv_cli *cli, const diff_sides *sides,
		    int finds_moves);

void diff_pairs_dispose(diff_pairs *pairs);

/* The id that what was moved had before; NULL for any other pair. */
const char *diff_pair_former(const diff_pair *pair);

/* The id a pair goes by. */
const char *diff_pair_id(const diff_pair *pair);

#endif
