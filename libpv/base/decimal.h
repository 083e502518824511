/* SPDX-License-Identifier: MIT
 *
 * Exact decimals: a number literal compared by its value, whatever its size
 * or spelling ("1.10" equals "1.1", "1e3" equals "1000"). Used where doubles
 * would round: comparing parameters, schema bounds and costs.
 */
#ifndef PV_BASE_DECIMAL_H
#define PV_BASE_DECIMAL_H

#include "base/str.h"

/* Borrowed view of a decimal literal: value = 0.digits x 10^exponent. */
typedef struct pv_decimal {
	int is_negative;
	pv_str whole;    /* digits before the point, leading zeros dropped */
	pv_str fraction; /* digits behind it, trailing zeros dropped */
	long exponent;   /* of ten, applied to whole.fraction */
} pv_decimal;

/*
 * Parses a JSON or YAML 1.2 decimal literal; the slices borrow from `text`.
 * PV_EINVALID for anything else, exponents beyond +-1000000 included.
 */
int pv_decimal_parse(pv_decimal *out, pv_str text, pv_error *err);
/* -1, 0 or 1. */
int pv_decimal_cmp(const pv_decimal *a, const pv_decimal *b);

#endif
