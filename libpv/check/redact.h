/* SPDX-License-Identifier: MIT
 *
 * Findings end up in logs, so what they quote of a file must not be a secret.
 */
#ifndef PV_CHECK_REDACT_H
#define PV_CHECK_REDACT_H

#include <pv/buf.h>

#include "check/spot.h"

/*
 * Appends a message with "***" for each secret in it, and for what begins like
 * one of those in `text`, which messages may cut short. PV_ENOMEM.
 */
int pv_redact(pv_buf *out, const char *message, pv_str text,
	      const pv_spots *secrets, pv_error *err);

#endif
