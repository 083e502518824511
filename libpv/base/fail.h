/* SPDX-License-Identifier: MIT
 *
 * How a failure is reported inside the library. Only the function that
 * detects a failure writes the error, as `return pv_fail(err, PV_EINVALID,
 * "bad id \"%s\"", id);`. Those above it pass the code up; where a file name
 * becomes known, pv_error_at adds it.
 */
#ifndef PV_BASE_FAIL_H
#define PV_BASE_FAIL_H

#include <pv/error.h>

/* Writes code, default id and message into `err` (may be NULL); returns it. */
int pv_fail(pv_error *err, enum pv_code code, const char *format, ...)
	PV_PRINTF(3, 4);

/* The same for a certain row of the error table; returns the row's code. */
int pv_fail_id(pv_error *err, enum pv_error_id id, const char *format, ...)
	PV_PRINTF(3, 4);

/* PV_ENOMEM with its one message. */
int pv_fail_nomem(pv_error *err);

/*
 * An operating-system failure: `doing` is a verb phrase ("open"), `path` the
 * thing. The message names the cause in words; ENOENT becomes PV_ENOTFOUND
 * with the id "io", ENOMEM PV_ENOMEM, everything else PV_EIO.
 */
int pv_fail_errno(pv_error *err, int errnum, const char *doing, const char *path);

/* Sets the hint of a failure just written; returns its code. */
int pv_error_hint(pv_error *err, int code, const char *format, ...)
	PV_PRINTF(3, 4);

/* Sets source and place of a failure just written; returns its code. */
int pv_error_at(pv_error *err, int code, const char *source, int line,
		int column);

#endif
