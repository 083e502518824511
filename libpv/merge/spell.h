/* SPDX-License-Identifier: MIT
 *
 * How a scalar of several lines is spelled in quotes or plain: which bytes of
 * the source stand for which of the text. A merge of two texts is then a
 * merge of their spellings, line breaks and escapes included.
 */
#ifndef PV_MERGE_SPELL_H
#define PV_MERGE_SPELL_H

#include <pv/yaml.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct pv_spelling {
	pv_str raw;     /* between the quotes, if any */
	pv_str text;    /* what it stands for */
	size_t *raw_of; /* for each byte of `text`, and for its end */
} pv_spelling;

/*
 * Reads `raw`, the inside of a scalar in `style` (plain or quoted), with "\n"
 * as line break. Sets `*out` to zeros when it is nothing this file knows.
 * PV_ENOMEM.
 */
int pv_spelling_read(pv_spelling *out, pv_arena *arena, pv_str raw,
		     enum pv_yaml_style style, pv_error *err);

/* The bytes that stand for the slice `text` of the spelling's text. */
pv_str pv_spelling_slice(const pv_spelling *spelling, pv_str text);

#endif
