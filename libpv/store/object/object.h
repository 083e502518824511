/* SPDX-License-Identifier: MIT
 *
 * Reading objects, with the two ways in which git's database may lack one:
 * a partial clone gets it from its remote, a shallow one ends there.
 */
#ifndef PV_STORE_OBJECT_H
#define PV_STORE_OBJECT_H

#include "base/str.h"
#include "store/handle.h"

/*
 * Looks up an object of a type (GIT_OBJECT_ANY for any). In a partial clone
 * one that is missing is fetched by git first. PV_ENOTFOUND, PV_EINVALID for
 * another type, PV_ENET when it cannot be fetched, PV_EGIT.
 */
int pv_object_get(git_object **out, pv_store *store, const git_oid *oid,
		  git_object_t type, pv_error *err);

/*
 * The id of an object with that content. A collision made on purpose goes
 * unseen: for ids to compare or to show, not for what is written, which
 * libgit2 looks at (pv_objects_add).
 */
void pv_object_id(git_oid *out, git_object_t type, pv_str content);

/* 1 when history was cut off, so that a missing parent is no damage. */
int pv_store_is_shallow(const pv_store *store);

#endif
