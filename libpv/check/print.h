/* SPDX-License-Identifier: MIT
 *
 * What the printers of findings share.
 */
#ifndef PV_CHECK_PRINT_H
#define PV_CHECK_PRINT_H

#include <pv/check.h>

#include "base/hash.h"
#include "base/json.h"

/*
 * What tells findings apart however lines move: a digest of rule, file and
 * message, and of how many of the same came before.
 */
void pv_check_fingerprint(char out[PV_SHA256_HEX], const pv_report *report,
			  size_t idx);

/* Appends the message, and the hint behind it on a line of its own. */
void pv_check_put_message(pv_buf *out, const pv_finding *finding);

#endif
