/* SPDX-License-Identifier: MIT
 *
 * What the finders of secrets share: how a key looks, and whether a word is
 * one or stands for one ("your-api-key", "xxxx").
 */
#ifndef PV_CHECK_SECRET_H
#define PV_CHECK_SECRET_H

#include "base/str.h"

/* Sets of characters, bits. */
enum pv_secret_letters {
	PV_SECRET_DIGITS = 1,
	PV_SECRET_UPPER = 2,
	PV_SECRET_LOWER = 4,
	PV_SECRET_A_F = 8,     /* a-f alone */
	PV_SECRET_DASHES = 16, /* - and _ */
	PV_SECRET_UNDERSCORE = 32,
	PV_SECRET_DOT = 64,
	PV_SECRET_BASE64 = 128, /* + / = */
	PV_SECRET_ALNUM = 7,
	PV_SECRET_HEX = 9,
	PV_SECRET_URL = 23
};

/* Whether a character is in a set. */
int pv_secret_has(unsigned letters, char c);
/* Bytes at `at` that are in a set, at most `max`. */
size_t pv_secret_span(pv_str text, size_t at, size_t max, unsigned letters);
/*
 * Whether a word is as irregular as a key is: bits of entropy by character,
 * tenths, and nothing that says that it is an example.
 */
int pv_secret_is_random(pv_str word, int tenths);

/*
 * A key at `at`, where a word starts, of a service whose keys have a known
 * form. Returns its length, or 0; `*what_out` names it.
 */
size_t pv_secret_known(const char **what_out, pv_str text, size_t at);

/*
 * A value at or behind a name such as "api_key" at `at`. Returns where the
 * value ends, or 0; `*start_out` is where it starts.
 */
size_t pv_secret_assigned(size_t *start_out, pv_str text, size_t at);

#endif
