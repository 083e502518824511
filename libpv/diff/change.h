/* SPDX-License-Identifier: MIT
 *
 * The inside of a diff, shared by the files that fill and print it.
 */
#ifndef PV_DIFF_CHANGE_H
#define PV_DIFF_CHANGE_H

#include <pv/diff.h>

#include "base/arena.h"
#include "base/str.h"
#include "diff/tree.h"

/* A change, and what is behind it as far as the kind of change has it. */
typedef struct pv_change_record {
	pv_field_change change;
	const pv_tree *old_tree; /* the values; NULL when there is none */
	const pv_tree *new_tree;
	const pv_tree *moved; /* what has another place, if that is a scalar */
	pv_str old_text;      /* `ptr` NULL when there is none */
	pv_str new_text;
} pv_change_record;

struct pv_diff {
	pv_arena arena; /* trees, paths, values and runs */
	/* What the runs and texts point into: of the prompts, or parsed with
	 * more tolerance where a side does not load as a prompt. */
	const pv_yaml *before;
	const pv_yaml *after;
	pv_yaml *own_before;
	pv_yaml *own_after;
	pv_prompt *old_prompt; /* NULL when it is none */
	pv_prompt *new_prompt;
	pv_change_record *records;
	size_t count;
	size_t cap;
	enum pv_diff_status status;
	const char *former; /* id, in the arena; NULL when it was not moved */
	enum pv_diff_json json;
	enum pv_bump bump;
	pv_report *breaking;
	pv_closure_change *closure; /* in the arena */
	size_t closure_count;
	pv_interface_change *interface; /* in the arena */
	size_t interface_count;
	/* The comments line by line; none where they are the same. */
	const pv_diff_run *comments;
	size_t comment_count;
};

/* "added", "removed", "changed": of a thing with a name, in a sentence. */
const char *pv_diff_kind_word(enum pv_change_kind kind);

/* Compares the variables of the two prompts, where they loaded. PV_ENOMEM. */
int pv_diff_set_interface(pv_diff *diff, pv_error *err);

/*
 * Whether the estimates of tokens differ, at the cost of what differs: most
 * changes leave most of a text as it was.
 */
int pv_diff_tokens_differ(const pv_diff *diff);

/* pv_diff_tokens_before and _after: the second mostly follows from the first. */
void pv_diff_weigh(long out[2], const pv_diff *diff);

/* What pv_diff_add needs to know. */
typedef struct pv_change_input {
	enum pv_change_kind kind;
	pv_str path;
	const char *old_json; /* copied */
	const char *new_json;
	const pv_tree *old_tree; /* borrowed, as all that follows, for as */
	const pv_tree *new_tree; /* long as the diff lives */
	const pv_tree *moved;
	pv_str old_text;
	pv_str new_text;
} pv_change_input;

/*
 * What changed in the words of a text, in `arena`; none unless both sides are
 * texts. PV_ENOMEM, PV_ELIMIT.
 */
int pv_diff_words(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		  const pv_change_record *record, pv_error *err);

/* Appends one change as pv_diff_print_text does. PV_ENOMEM, PV_ELIMIT. */
int pv_diff_print_change(pv_buf *out, const pv_change_record *record,
			 const pv_diff_print_options *opts, pv_error *err);

/* Appends the comments that came or went, a line each after "+" or "-". */
void pv_diff_print_comments(pv_buf *out, const pv_diff *diff);

/* Adds a change; two texts get their runs. PV_ENOMEM, PV_ELIMIT. */
int pv_diff_add(pv_diff *diff, const pv_change_input *input, pv_error *err);

/*
 * Adds what differs between two trees, field by field; NULL for a side that
 * is not there. PV_ENOMEM, PV_ELIMIT.
 */
int pv_diff_add_fields(pv_diff *diff, const pv_tree *before,
		       const pv_tree *after, pv_error *err);

#endif
