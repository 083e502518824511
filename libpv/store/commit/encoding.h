/* SPDX-License-Identifier: MIT
 *
 * Texts of commits that were not written in UTF-8.
 */
#ifndef PV_STORE_ENCODING_H
#define PV_STORE_ENCODING_H

#include <pv/error.h>

/*
 * An owned copy of `text`, converted to UTF-8 from what a commit's "encoding"
 * header names (NULL: UTF-8). What cannot be converted stays as it is, as in
 * git. PV_ENOMEM.
 */
int pv_encoding_to_utf8(char **out, const char *text, const char *encoding,
			pv_error *err);

#endif
