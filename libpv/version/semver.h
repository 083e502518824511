/* SPDX-License-Identifier: MIT
 *
 * Scanning the pieces of a version number, shared with the parser of specs,
 * which also knows shortened numbers.
 */
#ifndef PV_VERSION_SEMVER_H
#define PV_VERSION_SEMVER_H

#include <pv/version.h>

/* One part, at most 9999 and without a leading zero; its length, or 0. */
size_t pv_semver_scan_part(unsigned *out, const char *text);

/*
 * The dot-separated identifiers of a pre-release; their length, or 0 when
 * malformed or longer than PV_SEMVER_PRE_MAX.
 */
size_t pv_semver_scan_pre(const char *text);

/* The n of the pre-release "rc.<n>" for the label "rc"; 0 for any other. */
unsigned pv_semver_serial(const char *pre, const char *label);

/* Appends what pv_semver_format writes. */
void pv_semver_put(pv_buf *out, const pv_semver *version);

/*
 * Makes `number`, a release, the one that `last` announces where it would be
 * lower than that: no version may come after a higher one. 1 when it did.
 */
int pv_semver_raise(pv_semver *number, const pv_semver *last);

#endif
