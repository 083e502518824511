/* SPDX-License-Identifier: MIT
 *
 * Reading JSON through jansson; the only file that includes it. Values are
 * json_t under another name, so getters cost nothing.
 */
#include "base/json.h"

#include <string.h>

#include <jansson.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	MAX_DEPTH = 512
};

struct pv_json_doc {
	json_t *root;
};

static json_t *unwrap(const pv_json *value)
{
	union {
		const pv_json *ours;
		json_t *theirs;
	} view = { value };

	return view.theirs;
}

static const pv_json *wrap(const json_t *value)
{
	return (const pv_json *)(const void *)value;
}

/*
 * jansson recurses up to its own limit of 2048; a first pass over the
 * brackets keeps the depth at a documented one.
 */
static int check_depth(const char *text, size_t len, pv_error *err)
{
	int is_string = 0;
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (is_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				is_string = 0;
		} else if (c == '"') {
			is_string = 1;
		} else if (c == '[' || c == '{') {
			if (++depth > MAX_DEPTH)
				return pv_fail(err, PV_ELIMIT,
					       "JSON nested deeper than %d",
					       MAX_DEPTH);
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return PV_OK;
}

/*
 * jansson seldom says that memory was wanting: it gives no reason, or claims
 * that a string it had no room for is none, just behind its last quote.
 */
static int is_no_memory(const json_error_t *cause, pv_str text)
{
	size_t end = cause->position > 0 ? (size_t)cause->position : 0;

	if (json_error_code(cause) == json_error_out_of_memory || !cause->text[0])
		return 1;
	if (pv_str_at(text, end - 1) != '"')
		return 0;
	return pv_str_has_prefix(cause->text, "string or '}' expected") ||
	       pv_str_has_prefix(cause->text, "invalid token");
}

static int fail_json(pv_error *err, const json_error_t *cause, pv_str text)
{
	int rc;

	if (is_no_memory(cause, text))
		return pv_fail_nomem(err);
	rc = pv_fail(err, PV_ESYNTAX, "bad JSON: %s", cause->text);
	return pv_error_at(err, rc, "", cause->line > 0 ? cause->line : 0,
			   cause->column > 0 ? cause->column : 0);
}

int pv_json_parse(pv_json_doc **out, const char *text, size_t len, pv_error *err)
{
	const size_t flags =
		JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
	pv_json_doc *doc;
	json_error_t cause;
	int rc;

	*out = NULL;
	rc = check_depth(text, len, err);
	if (rc < 0)
		return rc;
	doc = pv_calloc(1, sizeof(*doc));
	if (!doc)
		return pv_fail_nomem(err);
	doc->root = json_loadb(text, len, flags, &cause);
	if (!doc->root) {
		pv_free(doc);
		return fail_json(err, &cause, (pv_str){ text, len });
	}
	*out = doc;
	return PV_OK;
}

void pv_json_free(pv_json_doc *doc)
{
	if (!doc)
		return;
	json_decref(doc->root);
	pv_free(doc);
}

const pv_json *pv_json_root(const pv_json_doc *doc)
{
	return wrap(doc->root);
}

enum pv_json_type pv_json_type_of(const pv_json *value)
{
	if (!value)
		return PV_JSON_ABSENT;
	switch (json_typeof(unwrap(value))) {
	case JSON_OBJECT:
		return PV_JSON_OBJECT;
	case JSON_ARRAY:
		return PV_JSON_ARRAY;
	case JSON_STRING:
		return PV_JSON_STRING;
	case JSON_INTEGER:
		return PV_JSON_INT;
	case JSON_REAL:
		return PV_JSON_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return PV_JSON_BOOL;
	case JSON_NULL:
		return PV_JSON_NULL;
	}
	return PV_JSON_ABSENT;
}

const pv_json *pv_json_get(const pv_json *value, const char *key)
{
	return wrap(json_object_get(unwrap(value), key));
}

size_t pv_json_count(const pv_json *value)
{
	if (json_is_object(unwrap(value)))
		return json_object_size(unwrap(value));
	return json_array_size(unwrap(value));
}

const pv_json *pv_json_at(const pv_json *value, size_t idx)
{
	return wrap(json_array_get(unwrap(value), idx));
}

const char *pv_json_text(const pv_json *value, size_t *len_out)
{
	if (!json_is_string(unwrap(value)))
		return NULL;
	if (len_out)
		*len_out = json_string_length(unwrap(value));
	return json_string_value(unwrap(value));
}

int64_t pv_json_int(const pv_json *value, int64_t fallback)
{
	enum pv_json_type type = pv_json_type_of(value);

	if (type == PV_JSON_INT)
		return json_integer_value(unwrap(value));
	if (type == PV_JSON_BOOL)
		return json_is_true(unwrap(value));
	return fallback;
}

double pv_json_real(const pv_json *value, double fallback)
{
	if (!json_is_number(unwrap(value)))
		return fallback;
	return json_number_value(unwrap(value));
}

int pv_json_is_true(const pv_json *value)
{
	return value && json_is_true(unwrap(value));
}

int pv_json_each(const pv_json *value,
		 int (*fn)(const char *key, const pv_json *member, void *payload),
		 void *payload)
{
	void *at = json_object_iter(unwrap(value));

	while (at) {
		int rc = fn(json_object_iter_key(at),
			    wrap(json_object_iter_value(at)), payload);

		if (rc)
			return rc;
		at = json_object_iter_next(unwrap(value), at);
	}
	return PV_OK;
}

static int append(const char *text, size_t len, void *payload)
{
	pv_buf *out = payload;

	pv_buf_put(out, text, len);
	return out->status ? -1 : 0;
}

int pv_json_dump(pv_buf *out, const pv_json *value, pv_error *err)
{
	const size_t flags =
		JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);

	if (json_dump_callback(unwrap(value), append, out, flags) < 0 &&
	    !out->status)
		return pv_fail_nomem(err);
	return pv_buf_status(out, err);
}
