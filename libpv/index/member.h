/* SPDX-License-Identifier: MIT
 *
 * What the library knows of JSON within rows, so that conditions on members,
 * and the text that is searched, are the same on every backend.
 */
#ifndef PV_INDEX_MEMBER_H
#define PV_INDEX_MEMBER_H

#include "index/backend.h"

/*
 * Appends the member `key` of a JSON object, a text as it is, anything else as
 * JSON: 1; 0 when there is none. PV_ENOMEM.
 */
int pv_member_find(pv_buf *out, pv_str json, const char *key);
/* A member that is a number: 1; 0 when there is none. PV_ENOMEM. */
int pv_member_number(double *out, pv_str json, const char *key);
/*
 * Appends every text within a JSON value, each on lines of its own; of
 * messages the text counts, not who said it. PV_ENOMEM.
 */
int pv_plain_text(pv_buf *out, pv_str json);

/* Whether a query has conditions on members. */
int pv_index_needs_look(const pv_index_query *query);
/* Whether a row fits those of its conditions that are on members. */
int pv_index_fits(int *out, const pv_index_query *query,
		  const pv_execution *row, pv_error *err);

#endif
