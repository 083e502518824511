/* SPDX-License-Identifier: MIT
 *
 * Lock files, git's way: whoever creates "<file>.lock" has the lock. One that
 * is taken is waited for about as long as git waits for packed-refs, a
 * second, and up to ten while it is young or changes hands; then it is reported
 * with its path and age, and left alone: only people can tell whether its owner
 * is alive.
 */
#ifndef PV_STORE_LOCK_H
#define PV_STORE_LOCK_H

#include "store/handle.h"

/* Waits some milliseconds, longer with each attempt and never quite alike. */
void pv_backoff(int attempt);

/* PV_ELOCKED: somebody else has the lock file `path`. */
int pv_lock_fail(const char *path, pv_error *err);

/*
 * Creates the lock file, which is to become what it locks, with the
 * permissions for that, and opens it for writing. PV_ELOCKED when it was
 * there all the time, PV_EIO.
 */
int pv_lock_create(int *fd_out, pv_store *store, const char *path, pv_error *err);

/* Waits until the lock file is gone. PV_ELOCKED when it stays. */
int pv_lock_wait(const char *path, pv_error *err);

#endif
