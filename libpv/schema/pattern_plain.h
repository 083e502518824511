/* SPDX-License-Identifier: MIT
 *
 * Patterns that need no search: ^, then classes of ASCII characters, each with
 * a number of times, then perhaps $, as in "^[A-Z]{3}-[0-9]+$". They are plain
 * only where taking as many as possible is never wrong, so one pass over the
 * text decides; all others are PCRE2's.
 */
#ifndef PV_SCHEMA_PATTERN_PLAIN_H
#define PV_SCHEMA_PATTERN_PLAIN_H

#include <stdint.h>

#include "base/str.h"

enum {
	PV_PLAIN_PARTS = 16
};

typedef struct pv_plain_part {
	size_t min;
	size_t max; /* SIZE_MAX: no end */
} pv_plain_part;

typedef struct pv_plain {
	uint16_t bytes[256]; /* for each byte a bit for each part it may be in */
	pv_plain_part parts[PV_PLAIN_PARTS];
	size_t count;
	int is_whole; /* $ */
} pv_plain;

/* Whether the pattern is plain; `*out` is nothing when it is not. */
int pv_plain_read(pv_plain *out, pv_str pattern);
/* Whether it matches the text. */
int pv_plain_find(const pv_plain *plain, pv_str text);

#endif
