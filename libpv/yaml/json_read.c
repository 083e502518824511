/* SPDX-License-Identifier: MIT
 *
 * Strict JSON (RFC 8259) into nodes. base/json.h reads JSON too, but into
 * int64 and double; here a number is text that has to arrive in the YAML as
 * it was written ("1.10", 30 digits), so the values that edits and new files
 * are made of are read by this.
 */
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "yaml/doc.h"

struct reader {
	const char *text;
	size_t len;
	size_t at;
	int depth;
	size_t nodes; /* keys included */
	pv_arena *arena;
	pv_error *err;
};

static int fail_json(struct reader *r, const char *what)
{
	int line;
	int column;

	pv_utf8_place(r->text, r->len, r->at, &line, &column);
	return pv_fail(r->err, PV_EINVALID,
		       "bad JSON: %s at line %d, column %d", what, line, column);
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->len && r->text[r->at] &&
	       strchr(" \t\r\n", r->text[r->at]))
		r->at++;
}

/* Takes `c` when it comes next. */
static int accept(struct reader *r, char c)
{
	if (r->at == r->len || r->text[r->at] != c)
		return 0;
	r->at++;
	return 1;
}

/* What comes next; NUL at the end, which no grammar rule takes. */
static char peek(const struct reader *r)
{
	if (r->at < r->len)
		return r->text[r->at];
	return '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hex digits at `at`; -1 when they are not. */
static long hex_unit(const struct reader *r, size_t at)
{
	long value = 0;

	if (r->len - at < 4)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		int digit = hex_value(r->text[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* The second half of a surrogate pair, an escape of its own; -1 if none. */
static long low_surrogate(const struct reader *r)
{
	long low;

	if (r->len - r->at < 6 || memcmp(r->text + r->at, "\\u", 2) != 0)
		return -1;
	low = hex_unit(r, r->at + 2);
	return low >= 0xDC00 && low <= 0xDFFF ? low : -1;
}

/* A \u escape, or two that make a pair; `at` is on the first digit. */
static int read_unicode(struct reader *r, char *out, size_t *len)
{
	long unit = hex_unit(r, r->at);

	if (unit < 0)
		return fail_json(r, "bad \\u escape");
	r->at += 4;
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		long low = low_surrogate(r);

		if (low < 0)
			return fail_json(r, "lone surrogate");
		r->at += 6;
		unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
	} else if (unit >= 0xDC00 && unit <= 0xDFFF) {
		return fail_json(r, "lone surrogate");
	}
	*len += pv_utf8_encode(out + *len, (uint32_t)unit);
	return PV_OK;
}

static int read_escape(struct reader *r, char *out, size_t *len)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	char c = peek(r);
	const char *found = c ? strchr(letters, c) : NULL;

	if (found) {
		out[(*len)++] = values[found - letters];
		r->at++;
		return PV_OK;
	}
	if (c != 'u')
		return fail_json(r, "bad escape");
	r->at++;
	return read_unicode(r, out, len);
}

/* The bytes between the quote at `at` and the one that closes the string. */
static size_t raw_length(const struct reader *r)
{
	size_t at = r->at + 1;

	while (at < r->len && r->text[at] != '"')
		at += r->text[at] == '\\' ? 2 : 1;
	return at - r->at;
}

static int read_string(struct reader *r, pv_str *out)
{
	/* No escape is shorter than what it stands for. */
	char *text = pv_arena_alloc(r->arena, raw_length(r) + 1);
	size_t len = 0;

	if (!text)
		return pv_fail_nomem(r->err);
	for (r->at++; r->at < r->len && r->text[r->at] != '"';) {
		char c = r->text[r->at];

		if ((unsigned char)c < 0x20)
			return fail_json(r, "control character");
		r->at++;
		if (c != '\\')
			text[len++] = c;
		else if (read_escape(r, text, &len) < 0)
			return PV_EINVALID;
	}
	if (!accept(r, '"'))
		return fail_json(r, "unterminated string");
	text[len] = '\0';
	out->ptr = text;
	out->len = len;
	return PV_OK;
}

static size_t skip_digits(const struct reader *r, size_t at)
{
	while (at < r->len && r->text[at] >= '0' && r->text[at] <= '9')
		at++;
	return at;
}

/* The end of the number at `at`, or `at` when there is none. */
static size_t number_end(const struct reader *r, int *is_int)
{
	const char *text = r->text;
	size_t start = r->at + (text[r->at] == '-');
	size_t at = skip_digits(r, start);

	*is_int = 1;
	if (at == start || (text[start] == '0' && at > start + 1))
		return r->at;
	if (at < r->len && text[at] == '.') {
		*is_int = 0;
		start = at + 1;
		at = skip_digits(r, start);
		if (at == start)
			return r->at;
	}
	if (at < r->len && (text[at] == 'e' || text[at] == 'E')) {
		*is_int = 0;
		start = at + 1;
		if (start < r->len && (text[start] == '+' || text[start] == '-'))
			start++;
		at = skip_digits(r, start);
		if (at == start)
			return r->at;
	}
	return at;
}

static int read_number(struct reader *r, pv_yaml_node *node)
{
	int is_int;
	size_t end = number_end(r, &is_int);

	if (end == r->at)
		return fail_json(r, "bad number");
	node->type = is_int ? PV_YAML_INT : PV_YAML_FLOAT;
	node->len = end - r->at;
	node->text = pv_arena_dup(r->arena, r->text + r->at, node->len);
	r->at = end;
	return node->text ? PV_OK : pv_fail_nomem(r->err);
}

static int read_word(struct reader *r, pv_yaml_node *node)
{
	static const struct {
		const char *word;
		enum pv_yaml_type type;
	} words[] = { { "null", PV_YAML_NULL },
		      { "true", PV_YAML_BOOL },
		      { "false", PV_YAML_BOOL } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].word);

		if (r->len - r->at < len ||
		    memcmp(r->text + r->at, words[i].word, len) != 0)
			continue;
		node->type = words[i].type;
		node->text = words[i].word;
		node->len = len;
		r->at += len;
		return PV_OK;
	}
	return fail_json(r, "expected a value");
}

static int read_value(struct reader *r, pv_yaml_node **out);

static int read_key(struct reader *r, pv_yaml_node **out)
{
	pv_yaml_node *key = pv_arena_calloc(r->arena, sizeof(*key));
	pv_str text = { NULL, 0 };
	int rc;

	if (!key)
		return pv_fail_nomem(r->err);
	skip_blanks(r);
	if (peek(r) != '"')
		return fail_json(r, "expected a key");
	r->nodes++;
	key->kind = PV_YAML_SCALAR;
	key->start = r->at;
	rc = read_string(r, &text);
	if (rc < 0)
		return rc;
	key->text = text.ptr;
	key->len = text.len;
	/* No YAML that we read has one. */
	if (memchr(text.ptr, 0, text.len))
		return fail_json(r, "a key with a NUL");
	skip_blanks(r);
	if (!accept(r, ':'))
		return fail_json(r, "expected \":\"");
	*out = key;
	return PV_OK;
}

/* One element or member, linked behind `*last`. */
static int read_child(struct reader *r, pv_yaml_node *parent, pv_yaml_node **last)
{
	pv_yaml_node *key = NULL;
	pv_yaml_node *child = NULL;
	int rc = PV_OK;

	if (parent->kind == PV_YAML_MAPPING)
		rc = read_key(r, &key);
	if (rc == PV_OK)
		rc = read_value(r, &child);
	if (!child)
		return rc;
	child->key = key;
	child->parent = parent;
	if (*last)
		(*last)->next = child;
	else
		parent->first = child;
	*last = child;
	parent->count++;
	return PV_OK;
}

static int read_collection(struct reader *r, pv_yaml_node *node, char close)
{
	pv_yaml_node *last = NULL;

	if (r->depth++ >= PV_YAML_MAX_DEPTH)
		return pv_fail(r->err, PV_ELIMIT,
			       "more than %d nested collections",
			       PV_YAML_MAX_DEPTH);
	node->kind = close == '}' ? PV_YAML_MAPPING : PV_YAML_SEQUENCE;
	node->style = PV_YAML_BLOCK;
	r->at++;
	skip_blanks(r);
	if (!accept(r, close)) {
		do {
			int rc = read_child(r, node, &last);

			if (rc < 0)
				return rc;
			skip_blanks(r);
		} while (accept(r, ','));
		if (!accept(r, close))
			return fail_json(r, "expected \",\" or the end");
	}
	r->depth--;
	if (node->kind == PV_YAML_MAPPING && pv_yaml_check_keys(node, NULL) < 0)
		return fail_json(r, "equal keys in the object that ends");
	return PV_OK;
}

static int read_value(struct reader *r, pv_yaml_node **out)
{
	pv_yaml_node *node = pv_arena_calloc(r->arena, sizeof(*node));
	pv_str text = { NULL, 0 };
	char c;
	int rc;

	if (!node)
		return pv_fail_nomem(r->err);
	if (++r->nodes > PV_YAML_MAX_NODES)
		return pv_fail(r->err, PV_ELIMIT, "more than %d nodes",
			       PV_YAML_MAX_NODES);
	node->kind = PV_YAML_SCALAR;
	skip_blanks(r);
	c = peek(r);
	if (c == '{' || c == '[') {
		rc = read_collection(r, node, c == '{' ? '}' : ']');
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		rc = read_number(r, node);
	} else if (c != '"') {
		rc = read_word(r, node);
	} else {
		rc = read_string(r, &text);
		node->text = text.ptr;
		node->len = text.len;
	}
	if (rc == PV_OK)
		*out = node;
	return rc;
}

int pv_yaml_read_json(const pv_yaml_node **out, pv_arena *arena, pv_str json,
		      pv_error *err)
{
	struct reader r = { json.ptr, json.len, 0, 0, 0, arena, err };
	size_t valid = pv_utf8_valid(json.ptr, json.len);
	pv_yaml_node *root = NULL;
	int rc;

	*out = NULL;
	if (valid < json.len) {
		r.at = valid;
		return fail_json(&r, "bad UTF-8");
	}
	rc = read_value(&r, &root);
	if (!root)
		return rc;
	skip_blanks(&r);
	if (r.at < r.len)
		return fail_json(&r, "text behind the value");
	*out = root;
	return PV_OK;
}

int pv_yaml_read_json_string(pv_str *out, pv_arena *arena, pv_str json,
			     size_t *at, pv_error *err)
{
	struct reader r = { json.ptr, json.len, *at, 0, 0, arena, err };
	int rc = read_string(&r, out);

	*at = r.at;
	return rc;
}
