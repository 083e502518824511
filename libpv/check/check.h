/* SPDX-License-Identifier: MIT
 *
 * A run of the checks: settings, the caller's answers, and what rules keep
 * from one prompt to the next.
 */
#ifndef PV_CHECK_CHECK_H
#define PV_CHECK_CHECK_H

#include "check/config.h"
#include "check/prices.h"
#include "check/rule.h"
#include "check/silence.h"

struct pv_check {
	pv_check_source source;
	pv_check_config config;
	unsigned groups;      /* as in the options */
	signed char *levels;  /* of the prompt at hand */
	pv_silences silences; /* the same */
	pv_map names; /* folder and name of those checked; see duplicate-name */
	pv_prices prices;
};

#endif
