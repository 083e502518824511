/* SPDX-License-Identifier: MIT
 *
 * The risks in the templates of a prompt, for the rules that are about them.
 */
#ifndef PV_CHECK_RISKS_H
#define PV_CHECK_RISKS_H

#include "check/rule.h"
#include "jinja/bind/risks.h"

/*
 * Calls `fn` for each risk in each message of a Jinja2 prompt until it returns
 * non-zero, which is returned. PV_ENOMEM.
 */
int pv_check_risks(pv_check_run *run, int (*fn)(pv_check_run *run, size_t idx,
						const pv_jinja_risk *risk));

#endif
