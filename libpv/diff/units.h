/* SPDX-License-Identifier: MIT
 *
 * A prompt as the list of its smallest parts that have an author: sentences
 * of texts, and other values whole. Two states of a prompt are laid against
 * each other to see which part of the one is which of the other.
 */
#ifndef PV_DIFF_UNITS_H
#define PV_DIFF_UNITS_H

#include "base/arena.h"
#include "base/str.h"
#include "diff/tree.h"

/* In what pv_units_trace fills: the part is new. */
#define PV_NO_UNIT SIZE_MAX

typedef struct pv_unit {
	const pv_tree *leaf; /* whose value it is of; NULL in plain text */
	pv_str text;         /* as the value has it */
	pv_str key;          /* equal when the words are */
	size_t sentence;     /* from 1 in its leaf; 0: the whole value */
} pv_unit;

/* `{ 0 }` is empty; release it with pv_units_dispose. */
typedef struct pv_units {
	pv_arena arena;
	pv_yaml *doc;
	struct pv_units_part *root; /* NULL when the text is no YAML */
	pv_unit *items;
	size_t count;
	size_t cap;
} pv_units;

/*
 * Reads the parts of a text. One that is no YAML is taken as plain sentences,
 * which point into `text`; everything else is copied. PV_ENOMEM, PV_ELIMIT.
 */
int pv_units_read(pv_units *out, pv_str text, pv_error *err);

/*
 * Sets `from[i]` to the part of `before` that part `i` of `after` is, or to
 * PV_NO_UNIT: lists are aligned as a diff does it, sentences are a longest
 * common subsequence. PV_ENOMEM, PV_ELIMIT.
 */
int pv_units_trace(size_t *from, const pv_units *before, const pv_units *after,
		   pv_error *err);

/* A field: a node of the data with the parts below it. */
typedef struct pv_units_part pv_units_part;

/* The field at a path, "messages[0]"; NULL when there is none. PV_ENOMEM. */
int pv_units_find(const pv_units_part **out, const pv_units *units,
		  const char *path, pv_error *err);

/*
 * The field of `before` that `field`, one of `after`, is; NULL in `*out` when
 * it is new. PV_ENOMEM, PV_ELIMIT.
 */
int pv_units_mate(const pv_units_part **out, const pv_units *before,
		  const pv_units *after, const pv_units_part *field,
		  pv_error *err);

/* 1 when two fields are equal as data. */
int pv_units_equal(const pv_units_part *a, const pv_units_part *b);

/* The parts of a field: `*count_out` from the one returned on. */
size_t pv_units_range(size_t *count_out, const pv_units_part *field);

/* Appends the path of the field part `idx` is of; "" in plain text. */
void pv_units_path(pv_buf *out, const pv_units *units, size_t idx);

void pv_units_dispose(pv_units *units);

#endif
