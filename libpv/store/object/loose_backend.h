/* SPDX-License-Identifier: MIT
 *
 * Loose objects for libgit2, which reads the file of one that was cut short
 * over and over, for ever (seen up to 1.5): each is read here before libgit2
 * sees it, and damage is an error.
 */
#ifndef PV_STORE_LOOSE_BACKEND_H
#define PV_STORE_LOOSE_BACKEND_H

#include "store/handle.h"

/*
 * Lets `odb` read the loose objects in the folder `objects` this way. PV_EGIT,
 * PV_ENOMEM.
 */
int pv_loose_backend_add(git_odb *odb, const char *objects, pv_error *err);

/*
 * Takes apart the head of a loose object, "blob 12" and a NUL, at the start of
 * `len` bytes: its length, or 0 when it is none of git's.
 */
size_t pv_loose_head(git_object_t *type, uint64_t *size, const char *text,
		     size_t len);

#endif
