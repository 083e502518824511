/* SPDX-License-Identifier: MIT
 *
 * Reviews as their commands show them, and what those commands share.
 */
#ifndef PV_CMD_REVIEW_VIEW_H
#define PV_CMD_REVIEW_VIEW_H

#include <pv/review.h>

#include "cli.h"
#include "diff/diff_run.h"

/* Appends "Name <mail>" of whoever runs the command. */
int review_me(pv_buf *out, pv_cli *cli);

/* Joins the paragraphs of -m. PV_EINVALID for what is not UTF-8. */
int review_text(pv_buf *out, pv_cli *cli, const cli_list *paragraphs);

/*
 * The commit that the branch under review is at, here or at origin.
 * PV_ENOTFOUND.
 */
int review_branch_tip(pv_oid *out, pv_cli *cli, const pv_review *review);

/* The prompts that the review is about now. */
int review_subjects(pv_review_subjects *out, pv_cli *cli,
		    const pv_review *review);

/* PV_ECONFLICT when it was merged or closed. */
int review_must_be_open(pv_cli *cli, const pv_review *review);

/* Where a comment is now. */
typedef struct review_place {
	const char *field; /* NULL: the line is of the file */
	int line;          /* 0: none */
	pv_buf now;        /* the sentence as it is there; empty: none */
	int is_gone;       /* what it was about is not there any more */
} review_place;

/*
 * Finds the sentences of all comments in what is reviewed now. The caller
 * frees them, also after a failure.
 */
int review_places_find(review_place **out, pv_cli *cli, const pv_review *review);

/* Frees the places of a review; NULL is accepted. */
void review_places_free(review_place *places, const pv_review *review);

/* What `git pv diff` would compare for the review. */
diff_range review_range(const pv_review *review);

/*
 * Appends the text that a comment's line is of: a field of the prompt at a
 * commit, or its file. PV_ENOTFOUND.
 */
int review_field_text(pv_buf *out, pv_cli *cli, const pv_oid *commit,
		      const char *id, const char *field);

/* Writes the members that all commands have: id, state, title, ... */
void review_members(pv_jsonw *w, const pv_review *review);

/* Writes a time member; null for 0. */
void review_time(pv_jsonw *w, const char *key, int64_t seconds);

/* Writes the members by, at and origin of what somebody said. */
void review_said_json(pv_jsonw *w, const pv_review_event *event);

/*
 * Prints what a command did, as JSON or as a line of text. `asked` is the spec
 * that was named; NULL without one.
 */
int review_report(pv_cli *cli, const char *id, const pv_oid *event,
		  const pv_spec *asked);

#endif
