/* SPDX-License-Identifier: MIT
 *
 * What a list says of one review, and how it is kept: values that each end
 * with a NUL, in one order, so that reading a row copies nothing and looks for
 * no names. A value that is not there is empty.
 */
#ifndef PV_CMD_REVIEW_ROW_H
#define PV_CMD_REVIEW_ROW_H

#include <pv/review.h>

#include "cli.h"

#include "base/str.h"

/* Texts that follow each other, a NUL after each. */
typedef struct review_names {
	const char *first;
	size_t count;
} review_names;

/* The text behind this one. */
static inline const char *review_names_next(const char *text)
{
	return text + strlen(text) + 1;
}

/* A row; all is lent by the text that it was read from, or by the review. */
typedef struct review_row {
	const char *id;
	const char *tip;
	const char *state; /* no policy was asked */
	const char *title;
	const char *source;
	const char *target;
	const char *environment;
	const char *prompt;
	const char *version;
	const char *head;
	const char *base;
	const char *author;
	int64_t opened_at; /* seconds; 0: not known */
	int64_t updated_at;
	int64_t approvals;
	int64_t open_comments;
	review_names reviewers;
	review_names voters;
	review_names approvers; /* of an approved one: who, and the event */
	review_names authors;   /* likewise: whose work it is */
	review_names prompts;   /* likewise: what was approved */
	pv_str text;            /* all of the row, as it is kept */
} review_row;

/* What `out` has of one value each, but the counts; no lists. */
void review_row_fill(review_row *out, const pv_review *review);

/* Appends the row of a review. PV_ENOMEM, and what git says. */
int review_row_put(pv_buf *out, pv_cli *cli, const pv_review *review);

/*
 * Reads the row that `text` begins with: the bytes it takes, 0 when there is
 * none, or it is damaged.
 */
size_t review_row_read(review_row *out, const char *text, size_t len);

/* Whether it was merged or closed. */
int review_row_has_ended(const review_row *row);

/* Writes the members that all commands have, but for the reviewers. */
void review_row_members(pv_jsonw *w, const review_row *row);

/* Writes texts as a member. */
void review_names_member(pv_jsonw *w, const char *key, const review_names *names);

#endif
