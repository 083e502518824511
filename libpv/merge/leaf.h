/* SPDX-License-Identifier: MIT
 *
 * A value without entries that both sides have changed, while it is merged.
 */
#ifndef PV_MERGE_LEAF_H
#define PV_MERGE_LEAF_H

#include "merge/job.h"

typedef struct pv_leaf {
	const pv_entry *entry;
	size_t column;      /* of the entry in the result */
	enum pv_side frame; /* whose style the result gets */
	int is_flow;        /* inside brackets or braces: nothing follows it */
	pv_str texts[PV_SIDES];
	size_t breaks[PV_SIDES]; /* at the end of the texts */
} pv_leaf;

/* --- scalars.c --- */
/* The source of a value, moved to `column`. */
pv_str pv_leaf_source(pv_merge_job *job, const pv_part *part, size_t column);
/* Puts the value of one side and what follows it. */
int pv_leaf_put_side(pv_merge_job *job, const pv_leaf *leaf, enum pv_side side);
/*
 * Puts what follows the value: the comment on its last line, unless
 * `is_lined`, and the lines below.
 */
int pv_leaf_put_rest(pv_merge_job *job, const pv_leaf *leaf, int is_lined);
/*
 * What follows the value on its line, or the indicator of a block: a comment or
 * just the line break. NULL `ptr` where both sides changed it.
 */
pv_str pv_leaf_note(const pv_leaf *leaf);
/* Puts the indicator of a block, from a whole header, with that note. */
int pv_leaf_put_header(pv_merge_job *job, const pv_leaf *leaf, pv_str header);
/* The first line of a text, its line break included. */
pv_str pv_leaf_first_line(pv_str text);

/* --- block_text.c --- */
/* Merges three texts into a literal or folded block. */
int pv_leaf_block(pv_merge_job *job, pv_leaf *leaf);

/* --- quoted.c --- */
/* Whether a scalar is quoted or plain. */
int pv_leaf_is_inline(const pv_yaml_node *node);
/* Merges three texts, each quoted or plain. */
int pv_leaf_inline(pv_merge_job *job, const pv_leaf *leaf);

#endif
