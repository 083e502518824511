/* SPDX-License-Identifier: MIT
 *
 * The columns of prompts as CSV. What a cell of each holds is fixed, so that
 * what was written reads back as the same data.
 */
#ifndef PV_EXCHANGE_COLUMNS_H
#define PV_EXCHANGE_COLUMNS_H

#include <stddef.h>

/* The name of a column of export, in their order; NULL behind the last. */
const char *pv_column_name(size_t idx);

/* Whether its cells are JSON; all other columns, foreign ones too, are texts. */
int pv_column_is_json(const char *name);

#endif
