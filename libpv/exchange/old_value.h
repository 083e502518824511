/* SPDX-License-Identifier: MIT
 *
 * Values as older layouts have them: numbers as texts, times in several forms,
 * names that are no ids. Each says by 1 or 0 whether it could be read.
 */
#ifndef PV_EXCHANGE_OLD_VALUE_H
#define PV_EXCHANGE_OLD_VALUE_H

#include <pv/version.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"

/* The first of the members that is there and not null; NULL. */
const pv_json *pv_old_member(const pv_json *object, const char *const *names);

int pv_old_number(double *out, const pv_json *value);
int pv_old_bool(int *out, const pv_json *value);
/* Microseconds since 1970; 0 for none. */
int pv_old_time(int64_t *out, const pv_json *value);
/* The same as RFC 3339, with all its digits. */
void pv_old_time_text(char out[PV_TIME_TEXT], int64_t micros);

/* An id made of a name: small letters, "-" for what no id has. */
int pv_old_id(char out[PV_ID_MAX + 1], const char *name);
/* "1.0" and "v2" as "1.0.0" and "2.0.0". */
int pv_old_version_number(char out[PV_VERSION_TEXT], const char *label);

/* One of ours, as record takes it: it says when it was as ours do. */
int pv_old_is_execution(const pv_json *object);
/*
 * The same of a line that nobody has looked at yet, at a glance: whether it is
 * JSON at all remains to be seen, and some that are ours are not known by it.
 */
int pv_old_looks_like_execution(pv_str line);
/*
 * The bytes of the element of an array, or the member of an object with its key,
 * that `*at` is before, which moves on.
 */
pv_str pv_old_element(const char *json, size_t len, size_t *at);
/* The value of such a member. */
pv_str pv_old_value(pv_str member);

#endif
