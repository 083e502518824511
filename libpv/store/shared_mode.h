/* SPDX-License-Identifier: MIT
 *
 * core.sharedRepository: who besides the owner may use what is written to the
 * git folder. As git does it, permissions are set on each new file and folder
 * after the umask has had its say, never on what somebody else made.
 */
#ifndef PV_STORE_SHARED_MODE_H
#define PV_STORE_SHARED_MODE_H

#include "store/handle.h"

/*
 * Gives the new file or folder `path` the permissions that are asked for; a
 * folder hands its group down if the group gets any. PV_EINVALID when the
 * setting takes them from the owner, PV_EIO.
 */
int pv_shared_adjust(pv_store *store, const char *path, pv_error *err);

/* Makes `path` and its missing parents, each of them adjusted. PV_EIO. */
int pv_shared_dir_make(pv_store *store, const char *path, pv_error *err);

#endif
