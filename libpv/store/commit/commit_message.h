/* SPDX-License-Identifier: MIT
 *
 * The message of a commit on its way past the hooks.
 */
#ifndef PV_STORE_COMMIT_MESSAGE_H
#define PV_STORE_COMMIT_MESSAGE_H

#include "base/str.h"
#include "store/handle.h"

/*
 * Cleans the message up, writes COMMIT_EDITMSG, lets prepare-commit-msg and
 * commit-msg change it, and appends the final text to `out`. `env` is what
 * the hooks get, NULL-terminated. PV_EPOLICY when one refuses, PV_EINVALID
 * for an empty message, PV_EIO, PV_ENOMEM.
 */
int pv_commit_message(pv_buf *out, pv_store *store, const pv_commit_options *opts,
		      const char *const *env, pv_error *err);

/* Appends the message, after the editor if one is asked for. PV_EIO. */
int pv_commit_message_edit(pv_buf *out, pv_store *store,
			   const pv_commit_options *opts, pv_error *err);

#endif
