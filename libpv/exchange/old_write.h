/* SPDX-License-Identifier: MIT
 *
 * Members of what is made of older layouts. A failure stays with the writer's
 * buffer; what is unknown, absent, null or "", is left out.
 */
#ifndef PV_EXCHANGE_OLD_WRITE_H
#define PV_EXCHANGE_OLD_WRITE_H

#include "base/json.h"

/* The value as it is. */
void pv_old_put_value(pv_jsonw *w, const char *key, const pv_json *value,
		      pv_error *err);
/* A text, or the JSON of something else. */
void pv_old_put_text(pv_jsonw *w, const char *key, const pv_json *value,
		     pv_error *err);
/* A number, which may be written as a text; anything else as it is. */
void pv_old_put_number(pv_jsonw *w, const char *key, const pv_json *value,
		       pv_error *err);
void pv_old_put_tags(pv_jsonw *w, const pv_json *tags, pv_error *err);
/*
 * What a log entry says beyond its subject and its time. `count` is how
 * manieth it is of those that are the same.
 */
void pv_old_put_entry(pv_jsonw *w, const pv_json *entry, size_t count,
		      pv_error *err);

#endif
