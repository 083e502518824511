/* SPDX-License-Identifier: MIT
 *
 * JSON into jansson's values; the only file that includes it. They are json_t
 * under another name, so getters cost nothing.
 */
#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <pv/buf.h>

#include "base/fail.h"
#include "base/json_scan.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

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

void pv_json_free(pv_json_doc *doc)
{
	if (!doc)
		return;
	json_decref(doc->root);
	pv_free(doc);
}

/* --- reading -------------------------------------------------------------- */

/*
 * jansson keeps values and is not asked to read: its reader takes no notice of
 * memory that it does not get for a word of more than 16 bytes, loses letters
 * of it, and looks for its end behind what it has.
 */
struct reader {
	pv_json_scan scan;
	char *word; /* a string without its escapes, or a number */
	size_t room;
	pv_buf keys; /* of the members that are being read, one after another */
	int depth;
	pv_error *err;
};

static int fail_json(struct reader *r, const char *what)
{
	int line = 0;
	int column = 0;
	int rc = pv_fail(r->err, PV_ESYNTAX, "bad JSON: %s", what);

	pv_utf8_place(r->scan.text, r->scan.len, r->scan.at, &line, &column);
	return pv_error_at(r->err, rc, "", line, column);
}

static int keep(json_t **out, json_t *value, pv_error *err)
{
	*out = value;
	return value ? PV_OK : pv_fail_nomem(err);
}

static int reserve(struct reader *r, size_t room)
{
	return pv_array_reserve(&r->word, &r->room, room, 1) < 0
		       ? pv_fail_nomem(r->err)
		       : PV_OK;
}

/* The next string into `word`. */
static int read_word(struct reader *r, size_t *len_out)
{
	int rc = reserve(r, pv_json_scan_room(&r->scan));

	if (rc < 0)
		return rc;
	return pv_json_scan_string(r->word, len_out, &r->scan) < 0
		       ? fail_json(r, r->scan.what)
		       : PV_OK;
}

static int read_string(json_t **out, struct reader *r)
{
	size_t len = 0;
	int rc = read_word(r, &len);

	return rc == PV_OK
		       ? keep(out, json_stringn_nocheck(r->word, len), r->err)
		       : rc;
}

/* `word` with the decimal point that strtod wants, which is the locale's. */
static double real_of(const char *word)
{
	char sample[8];
	char *point = strchr(word, '.');

	snprintf(sample, sizeof(sample), "%.1f", 0.5);
	if (point)
		*point = sample[1];
	return strtod(word, NULL);
}

static int read_real(json_t **out, struct reader *r, size_t end)
{
	double value = real_of(r->word);

	if (isinf(value))
		return fail_json(r, "number too large");
	r->scan.at = end;
	return keep(out, json_real(value), r->err);
}

static int read_number(json_t **out, struct reader *r)
{
	int is_int = 0;
	size_t end = pv_json_scan_number(&r->scan, &is_int);
	size_t len = end - r->scan.at;
	long long value;
	int rc;

	if (!len)
		return fail_json(r, "bad number");
	rc = reserve(r, len + 1);
	if (rc < 0)
		return rc;
	memcpy(r->word, r->scan.text + r->scan.at, len);
	r->word[len] = '\0';
	if (!is_int)
		return read_real(out, r, end);
	errno = 0;
	value = strtoll(r->word, NULL, 10);
	if (errno == ERANGE)
		return fail_json(r, "integer too large");
	r->scan.at = end;
	return keep(out, json_integer(value), r->err);
}

static int is_next(struct reader *r, const char *word)
{
	size_t len = strlen(word);

	if (r->scan.len - r->scan.at < len ||
	    memcmp(r->scan.text + r->scan.at, word, len) != 0)
		return 0;
	r->scan.at += len;
	return 1;
}

static int read_name(json_t **out, struct reader *r)
{
	if (is_next(r, "null"))
		return keep(out, json_null(), r->err);
	if (is_next(r, "true"))
		return keep(out, json_true(), r->err);
	if (is_next(r, "false"))
		return keep(out, json_false(), r->err);
	return fail_json(r, "expected a value");
}

static int read_value(json_t **out, struct reader *r);

static int read_element(json_t *array, struct reader *r)
{
	json_t *value = NULL;
	int rc = read_value(&value, r);

	/* It takes the value also when it fails. */
	if (rc == PV_OK && json_array_append_new(array, value) < 0)
		rc = pv_fail_nomem(r->err);
	return rc;
}

/* Appends a key to `keys`, behind those of the objects around, and a NUL. */
static int read_key(size_t *len_out, struct reader *r)
{
	int rc;

	pv_json_scan_blanks(&r->scan);
	if (pv_json_scan_peek(&r->scan) != '"')
		return fail_json(r, "expected a key");
	rc = read_word(r, len_out);
	if (rc < 0)
		return rc;
	if (memchr(r->word, 0, *len_out))
		return fail_json(r, "a key with a NUL");
	pv_buf_put(&r->keys, r->word, *len_out);
	pv_buf_putc(&r->keys, '\0');
	return pv_buf_status(&r->keys, r->err);
}

static int read_member(json_t *object, struct reader *r)
{
	const size_t count = json_object_size(object);
	const size_t mark = r->keys.len;
	json_t *value = NULL;
	size_t len = 0;
	size_t at;
	int rc = read_key(&len, r);

	at = r->scan.at;
	pv_json_scan_blanks(&r->scan);
	if (rc == PV_OK && !pv_json_scan_accept(&r->scan, ':'))
		rc = fail_json(r, "expected \":\"");
	if (rc == PV_OK)
		rc = read_value(&value, r);
	if (rc == PV_OK && json_object_setn_new_nocheck(object, r->keys.ptr + mark,
							len, value) < 0)
		rc = pv_fail_nomem(r->err);
	/* Setting it tells whether it was there: nothing is looked up twice. */
	if (rc == PV_OK && json_object_size(object) == count) {
		r->scan.at = at;
		rc = fail_json(r, "a key that is there already");
	}
	pv_buf_truncate(&r->keys, mark);
	return rc;
}

static int read_members(json_t *value, struct reader *r)
{
	int is_object = json_is_object(value);
	char close = is_object ? '}' : ']';
	int rc = PV_OK;

	if (++r->depth > MAX_DEPTH)
		return pv_fail(r->err, PV_ELIMIT, "JSON nested deeper than %d",
			       MAX_DEPTH);
	r->scan.at++;
	pv_json_scan_blanks(&r->scan);
	if (!pv_json_scan_accept(&r->scan, close)) {
		do {
			rc = is_object ? read_member(value, r)
				       : read_element(value, r);
			pv_json_scan_blanks(&r->scan);
		} while (rc == PV_OK && pv_json_scan_accept(&r->scan, ','));
		if (rc == PV_OK && !pv_json_scan_accept(&r->scan, close))
			rc = fail_json(r, "expected \",\" or the end");
	}
	r->depth--;
	return rc;
}

/* An array or object. */
static int read_collection(json_t **out, struct reader *r, char open)
{
	int rc = keep(out, open == '{' ? json_object() : json_array(), r->err);

	if (rc == PV_OK)
		rc = read_members(*out, r);
	if (rc < 0) {
		json_decref(*out);
		*out = NULL;
	}
	return rc;
}

static int read_value(json_t **out, struct reader *r)
{
	char c;

	pv_json_scan_blanks(&r->scan);
	c = pv_json_scan_peek(&r->scan);
	if (c == '{' || c == '[')
		return read_collection(out, r, c);
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(out, r);
	return c == '"' ? read_string(out, r) : read_name(out, r);
}

static int read_root(json_t **out, struct reader *r)
{
	size_t valid = pv_utf8_valid(r->scan.text, r->scan.len);
	int rc;

	if (valid < r->scan.len) {
		r->scan.at = valid;
		return fail_json(r, "bad UTF-8");
	}
	rc = read_value(out, r);
	pv_json_scan_blanks(&r->scan);
	if (rc == PV_OK && r->scan.at < r->scan.len)
		rc = fail_json(r, "text behind the value");
	return rc;
}

int pv_json_parse(pv_json_doc **out, const char *text, size_t len, pv_error *err)
{
	struct reader r = { .scan = { text, len, 0, NULL }, .err = err };
	pv_json_doc *doc = pv_calloc(1, sizeof(*doc));
	int rc;

	*out = NULL;
	if (!doc)
		return pv_fail_nomem(err);
	rc = read_root(&doc->root, &r);
	pv_free(r.word);
	pv_buf_dispose(&r.keys);
	if (rc == PV_OK)
		*out = doc;
	else
		pv_json_free(doc);
	return rc;
}

/* --- values --------------------------------------------------------------- */

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
