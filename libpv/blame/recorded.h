/* SPDX-License-Identifier: MIT
 *
 * Renames as `git pv mv` recorded them, for walks that go back through them.
 */
#ifndef PV_BLAME_RECORDED_H
#define PV_BLAME_RECORDED_H

#include <pv/blame.h>

/* 1 when a commit has a file there; a link or a folder is none. Else 0, < 0. */
int pv_has_file(pv_store *store, const pv_oid *commit, const char *path,
		pv_error *err);

/*
 * Appends what the file that the commit `oid` has, and its first parent has not, was
 * called there, as `git pv mv` recorded it; what it would take a search to
 * find is left. PV_EGIT, PV_ENOMEM.
 */
int pv_recorded_path(pv_buf *out, pv_store *store, const pv_settings *settings,
		     const pv_oid *oid, const char *path, pv_error *err);

#endif
