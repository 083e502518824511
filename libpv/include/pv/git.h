/* SPDX-License-Identifier: MIT
 *
 * Running the git program: for hooks, signing, network and gc, and for
 * everything that moves a working tree (switch, merge, revert), so that
 * filters, sparse checkouts, hooks and rerere behave as in git itself.
 * Arguments go straight to execve; no shell is involved.
 */
#ifndef PV_GIT_H
#define PV_GIT_H

#include <pv/store.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pv_git_options {
	const char *input; /* for standard input; NULL: none */
	size_t input_len;
	const char *const *env; /* extra "NAME=value", NULL-terminated */
	pv_buf *errors;         /* collects standard error; NULL: inherited */
	const char *dir;        /* run here; NULL: the store's top, or "." */
	int is_final; /* whether it was done could not be told: not canceled */
} pv_git_options;

/*
 * Runs `git` with `args` (NULL-terminated, without "git" itself) in `store`
 * (may be NULL: no repository is implied) and waits. Standard output is
 * appended to `out`, or inherited when `out` is NULL. `*status_out` is the
 * exit status, 128 + n after signal n. PV_OK whatever the status; PV_EGIT
 * when git could not be started, PV_ECANCELED when the store's caller no
 * longer wants it (git has been told to end then), PV_EIO, PV_ENOMEM.
 */
PV_API int pv_git_run(pv_buf *out, int *status_out, pv_store *store,
		      const char *const *args, const pv_git_options *opts,
		      pv_error *err);

/*
 * The version of libgit2 that is in use, three numbers. It is not started for
 * that, and nothing can fail.
 */
PV_API void pv_git_library(int *major_out, int *minor_out, int *patch_out);

/*
 * Waits briefly until nobody has the index, HEAD or, if wanted, HEAD's branch
 * locked, as is wise before git is run to move the working tree: it would not
 * wait. PV_ELOCKED with the lock's path and age when it stays.
 */
PV_API int pv_git_wait(pv_store *store, int with_branch, pv_error *err);

/*
 * After git failed: PV_ELOCKED when a lock that its words in `talk` name is
 * there, PV_EIO when nothing can be written to the repository because the
 * disk is full, read-only or broken; PV_ENOMEM. PV_OK, `err` untouched, for
 * neither. Without a store the current folder is tried.
 */
PV_API int pv_git_obstacle(pv_store *store, const char *talk, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
