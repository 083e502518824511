/* SPDX-License-Identifier: MIT
 *
 * The message of a deployment's commit: a subject, the reason, and trailers
 * that say the same to programs.
 */
#ifndef PV_DEPLOY_MESSAGE_H
#define PV_DEPLOY_MESSAGE_H

#include "deploy/apply.h"

/* Appends it; only items that change are in it. PV_ENOMEM. */
int pv_deploy_message(pv_buf *out, const pv_deploy_change *change,
		      const pv_deploy_result *result, pv_error *err);

#endif
