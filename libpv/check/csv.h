/* SPDX-License-Identifier: MIT
 *
 * Sets of cases as CSV (RFC 4180): the first line names the variables, each
 * other record has a value of each.
 */
#ifndef PV_CHECK_CSV_H
#define PV_CHECK_CSV_H

#include <pv/error.h>

#include "base/str.h"

/*
 * Calls `fn` for each thing that is wrong, with its place (the column in code
 * points, from 1), until that fails with a negative code. PV_OK, PV_ENOMEM.
 */
int pv_csv_check(pv_str text,
		 int (*fn)(int line, int column, const char *message,
			   void *payload),
		 void *payload, pv_error *err);

#endif
