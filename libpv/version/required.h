/* SPDX-License-Identifier: MIT
 *
 * The checks that an environment can require before something is deployed to
 * it, by the names pv.yaml may use for them.
 */
#ifndef PV_VERSION_REQUIRED_H
#define PV_VERSION_REQUIRED_H

#include "base/str.h"

/* "syntax" for it and for "syntax_validation"; NULL for what is no check. */
const char *pv_required_check(pv_str name);

/*
 * Whether all environments of a pv.yaml require checks that there are.
 * PV_EINVALID with line and column, PV_ESYNTAX, PV_ENOMEM.
 */
int pv_required_checks_read(pv_str text, pv_error *err);

#endif
