/* SPDX-License-Identifier: MIT
 *
 * JSON, read and written. What is read is strict RFC 8259, duplicate keys
 * refused, integers within int64; jansson, which json.c alone includes, keeps
 * it.
 * Writing streams into a pv_buf; the writer places commas and escapes, so
 * call sites read like the document they make.
 */
#ifndef PV_BASE_JSON_H
#define PV_BASE_JSON_H

#include <pv/buf.h>

#include "base/str.h"

/* A parsed document. Values inside are borrowed from it. */
typedef struct pv_json_doc pv_json_doc;
/* A value inside a document; NULL stands for "absent" in every getter. */
typedef struct pv_json pv_json;

enum pv_json_type {
	PV_JSON_ABSENT,
	PV_JSON_NULL,
	PV_JSON_BOOL,
	PV_JSON_INT,
	PV_JSON_REAL,
	PV_JSON_STRING,
	PV_JSON_ARRAY,
	PV_JSON_OBJECT
};

/*
 * Parses exactly one document. PV_ESYNTAX with line and column, PV_ELIMIT for
 * nesting beyond 512, PV_ENOMEM. Free it with pv_json_free.
 */
int pv_json_parse(pv_json_doc **out, const char *text, size_t len, pv_error *err);
void pv_json_free(pv_json_doc *doc);
const pv_json *pv_json_root(const pv_json_doc *doc);

enum pv_json_type pv_json_type_of(const pv_json *value);
/* The member of an object; NULL when absent or `value` is no object. */
const pv_json *pv_json_get(const pv_json *value, const char *key);
/* Elements of an array, members of an object, else 0. */
size_t pv_json_count(const pv_json *value);
const pv_json *pv_json_at(const pv_json *value, size_t idx);
/* Text and its length of a string; NULL for anything else. */
const char *pv_json_text(const pv_json *value, size_t *len_out);
/* The value of an integer, bool or real; `fallback` for anything else. */
int64_t pv_json_int(const pv_json *value, int64_t fallback);
double pv_json_real(const pv_json *value, double fallback);
int pv_json_is_true(const pv_json *value);
/* Calls `fn` for each member in the order of the text, until non-zero. */
int pv_json_each(const pv_json *value,
		 int (*fn)(const char *key, const pv_json *member, void *payload),
		 void *payload);
/* Appends the value as compact JSON. PV_ENOMEM. */
int pv_json_dump(pv_buf *out, const pv_json *value, pv_error *err);

enum {
	PV_JSON_MAX_DEPTH = 64
};

/* A streaming writer; set it up with pv_jsonw_init. */
typedef struct pv_jsonw {
	pv_buf *out;
	int depth;
	int after_key; /* the next value follows its key */
	unsigned char used[PV_JSON_MAX_DEPTH]; /* level has an element */
} pv_jsonw;

void pv_jsonw_init(pv_jsonw *w, pv_buf *out);
void pv_jsonw_object(pv_jsonw *w);
void pv_jsonw_object_end(pv_jsonw *w);
void pv_jsonw_array(pv_jsonw *w);
void pv_jsonw_array_end(pv_jsonw *w);
void pv_jsonw_key(pv_jsonw *w, const char *key);
void pv_jsonw_keyn(pv_jsonw *w, const char *key, size_t len);
/* NULL text writes null. Malformed UTF-8 becomes U+FFFD. */
void pv_jsonw_string(pv_jsonw *w, const char *text);
void pv_jsonw_stringn(pv_jsonw *w, const char *text, size_t len);
void pv_jsonw_int(pv_jsonw *w, int64_t value);
/* Shortest form that reads back; NaN and infinities become null. */
void pv_jsonw_real(pv_jsonw *w, double value);
void pv_jsonw_bool(pv_jsonw *w, int value);
void pv_jsonw_null(pv_jsonw *w);
/* Inserts text that is JSON already. */
void pv_jsonw_raw(pv_jsonw *w, const char *json, size_t len);
/* key and string in one call, the commonest pair. */
void pv_jsonw_member(pv_jsonw *w, const char *key, const char *text);
/* key and an array of strings. */
void pv_jsonw_list(pv_jsonw *w, const char *key, const pv_strlist *list);

#endif
