/* SPDX-License-Identifier: MIT
 *
 * Who makes a commit or a tag, and when, by git's rules: the environment
 * (GIT_AUTHOR_*, GIT_COMMITTER_*), then author.*, committer.* and user.*,
 * then what git itself finds out about the machine.
 */
#ifndef PV_STORE_IDENTITY_H
#define PV_STORE_IDENTITY_H

#include "base/str.h"
#include "store/handle.h"

/* An owned copy with git's clean-up of names. PV_EINVALID, PV_ENOMEM. */
int pv_signature_dup(pv_signature *out, const pv_signature *from, pv_error *err);

/* Appends "Name <mail> seconds +hhmm", as objects have it. */
void pv_signature_put(pv_buf *out, const pv_signature *signature);

/* Both people of one commit; their "now" is the same instant. */
typedef struct pv_identity {
	pv_signature author;
	pv_signature committer;
} pv_identity;

/*
 * Finds both; `opts` may override the author and the author's date.
 * PV_EINVALID with a hint when git would not know either.
 */
int pv_identity_load(pv_identity *out, pv_store *store,
		     const pv_commit_options *opts, pv_error *err);
void pv_identity_dispose(pv_identity *identity);

/* The committer alone, for tags and reflogs. */
int pv_identity_committer(pv_signature *out, pv_store *store, pv_error *err);

/*
 * Adds GIT_AUTHOR_* and GIT_COMMITTER_* assignments, so that git programs
 * run for this commit use the same people and times; a person without a name
 * is left out. `items` ends in a NULL afterwards, as environments do.
 */
int pv_identity_env(pv_strlist *env, const pv_identity *identity, pv_error *err);

/*
 * The time in `text`, in any format git reads; `is_loose` allows words such
 * as "yesterday" too. PV_EINVALID.
 */
int pv_date_parse(int64_t *when_out, int *offset_out, pv_store *store,
		  const char *text, int is_loose, pv_error *err);

#endif
