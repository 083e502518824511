/* SPDX-License-Identifier: MIT
 *
 * What a text file is apart from its lines: byte order mark, line ends, and
 * whether the last line has one. These are merged by themselves, so that the
 * rest of the merge sees one form only.
 */
#ifndef PV_MERGE_FORM_H
#define PV_MERGE_FORM_H

#include <pv/buf.h>

#include "base/arena.h"
#include "merge/diff3.h"

typedef struct pv_form {
	int has_mark;   /* UTF-8's byte order mark */
	int is_crlf;    /* every line ends in CR LF */
	int is_open;    /* the last line has no end */
	int is_mixed;   /* line ends of both kinds, or a CR by itself */
	int is_no_text; /* not UTF-8 */
} pv_form;

/*
 * Takes the form off a text: LF line ends, no mark, each line ended; a copy in
 * `arena` where that changes anything. Mixed line ends stay in it. PV_ENOMEM.
 */
int pv_form_take(pv_form *form, pv_str *plain, pv_arena *arena, pv_str text,
		 pv_error *err);

/* Merges the forms of three sides, trait by trait. */
pv_form pv_form_merge(const pv_form forms[PV_SIDES]);

/* Appends `plain` in a form. */
void pv_form_put(pv_buf *out, const pv_form *form, pv_str plain);

#endif
