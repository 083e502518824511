/* SPDX-License-Identifier: MIT
 *
 * What a ref may be called: git's rules, without libgit2's one exception.
 */
#ifndef PV_STORE_REF_NAME_H
#define PV_STORE_REF_NAME_H

#include <pv/error.h>

/* Whether `name` is a full ref name below "refs/". PV_EINVALID. */
int pv_ref_name_check(const char *name, pv_error *err);

#endif
