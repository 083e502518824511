/* SPDX-License-Identifier: MIT
 *
 * What the rules about includes share.
 */
#ifndef PV_CHECK_INCLUDED_H
#define PV_CHECK_INCLUDED_H

#include "check/rule.h"

/* Adds a finding where the prompt includes `id`. */
int pv_check_include(pv_check_run *run, const char *id, const char *hint,
		     const char *message);

#endif
