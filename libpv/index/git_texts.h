/* SPDX-License-Identifier: MIT
 *
 * Where the words of all versions are, kept with the rows derived from git. A
 * text is a blob under a prompt's id, and has a number; which text a tag object
 * stands for is true for ever, so what is kept says nothing of refs, and asks
 * nothing of them.
 */
#ifndef PV_INDEX_GIT_TEXTS_H
#define PV_INDEX_GIT_TEXTS_H

#include <pv/git_rows.h>

#include "index/search_text.h"
#include "index/words.h"

/*
 * Calls `fn` with each tag object that is known (PV_RAW_ID bytes) and its text: 1 when that was all, 0 when it cannot be told, PV_ENOMEM.
 */
int pv_git_texts_tags(pv_git_rows *rows,
		      int (*fn)(const unsigned char *tag, int64_t text,
				void *payload),
		      void *payload);

/*
 * The same for the texts that may fit a search; all that fit are among them.
 */
int pv_git_texts_find(pv_git_rows *rows, const pv_search_node *tree,
		      pv_words *words, int (*fn)(int64_t text, void *payload),
		      void *payload);

/*
 * Begins to add. With `is_anew` all texts and tags are forgotten, and a database
 * is made where there is none. PV_ELOCKED, PV_EIO, PV_EDB, PV_ENOMEM.
 */
int pv_git_texts_begin(pv_git_rows *rows, int is_anew, int wait_ms,
		       pv_error *err);
/* Ends it: for a failure `rc` nothing was added. Gives it, or its own. */
int pv_git_texts_end(pv_git_rows *rows, int rc, pv_error *err);

/* The number of a text, 0 when it is not known. */
int pv_git_texts_number(int64_t *out, pv_git_rows *rows, const char *id,
			const pv_oid *blob, pv_error *err);
/* Adds one that is not known, with its words. */
int pv_git_texts_add(int64_t *out, pv_git_rows *rows, const char *id,
		     const pv_oid *blob, pv_str text, pv_error *err);
/* Notes what a tag object stands for. */
int pv_git_texts_tag(pv_git_rows *rows, const pv_oid *tag, int64_t text,
		     pv_error *err);
/* How many texts there are. */
int pv_git_texts_count(size_t *out, pv_git_rows *rows, pv_error *err);

#endif
