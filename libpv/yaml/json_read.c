/* SPDX-License-Identifier: MIT
 *
 * Strict JSON (RFC 8259) into nodes. base/json.h reads JSON too, but into
 * int64 and double; here a number is text that has to arrive in the YAML as
 * it was written ("1.10", 30 digits), so the values that edits and new files
 * are made of are read by this.
 */
#include <string.h>

#include "base/fail.h"
#include "base/json_scan.h"
#include "base/utf8.h"
#include "yaml/doc.h"

struct reader {
	pv_json_scan scan;
	int depth;
	size_t nodes; /* keys included */
	pv_arena *arena;
	pv_error *err;
};

static int fail_json(struct reader *r, const char *what)
{
	int line;
	int column;

	pv_utf8_place(r->scan.text, r->scan.len, r->scan.at, &line, &column);
	return pv_fail(r->err, PV_EINVALID,
		       "bad JSON: %s at line %d, column %d", what, line, column);
}

static int read_string(struct reader *r, pv_str *out)
{
	char *text = pv_arena_alloc(r->arena, pv_json_scan_room(&r->scan));

	if (!text)
		return pv_fail_nomem(r->err);
	if (pv_json_scan_string(text, &out->len, &r->scan) < 0)
		return fail_json(r, r->scan.what);
	out->ptr = text;
	return PV_OK;
}

static int read_number(struct reader *r, pv_yaml_node *node)
{
	int is_int;
	size_t end = pv_json_scan_number(&r->scan, &is_int);

	if (end == r->scan.at)
		return fail_json(r, "bad number");
	node->type = is_int ? PV_YAML_INT : PV_YAML_FLOAT;
	node->len = end - r->scan.at;
	node->text = pv_arena_dup(r->arena, r->scan.text + r->scan.at, node->len);
	r->scan.at = end;
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

		if (r->scan.len - r->scan.at < len ||
		    memcmp(r->scan.text + r->scan.at, words[i].word, len) != 0)
			continue;
		node->type = words[i].type;
		node->text = words[i].word;
		node->len = len;
		r->scan.at += len;
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
	pv_json_scan_blanks(&r->scan);
	if (pv_json_scan_peek(&r->scan) != '"')
		return fail_json(r, "expected a key");
	r->nodes++;
	key->kind = PV_YAML_SCALAR;
	key->start = r->scan.at;
	rc = read_string(r, &text);
	if (rc < 0)
		return rc;
	key->text = text.ptr;
	key->len = text.len;
	/* No YAML that we read has one. */
	if (memchr(text.ptr, 0, text.len))
		return fail_json(r, "a key with a NUL");
	pv_json_scan_blanks(&r->scan);
	if (!pv_json_scan_accept(&r->scan, ':'))
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

static int check_object(struct reader *r, const pv_yaml_node *node)
{
	int rc = pv_yaml_check_keys(node, NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(r->err);
	return rc < 0 ? fail_json(r, "equal keys in the object that ends")
		      : PV_OK;
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
	r->scan.at++;
	pv_json_scan_blanks(&r->scan);
	if (!pv_json_scan_accept(&r->scan, close)) {
		do {
			int rc = read_child(r, node, &last);

			if (rc < 0)
				return rc;
			pv_json_scan_blanks(&r->scan);
		} while (pv_json_scan_accept(&r->scan, ','));
		if (!pv_json_scan_accept(&r->scan, close))
			return fail_json(r, "expected \",\" or the end");
	}
	r->depth--;
	return node->kind == PV_YAML_MAPPING ? check_object(r, node) : PV_OK;
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
	pv_json_scan_blanks(&r->scan);
	c = pv_json_scan_peek(&r->scan);
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
	struct reader r = { { json.ptr, json.len, 0, NULL }, 0, 0, arena, err };
	size_t valid = pv_utf8_valid(json.ptr, json.len);
	pv_yaml_node *root = NULL;
	int rc;

	*out = NULL;
	if (valid < json.len) {
		r.scan.at = valid;
		return fail_json(&r, "bad UTF-8");
	}
	rc = read_value(&r, &root);
	if (!root)
		return rc;
	pv_json_scan_blanks(&r.scan);
	if (r.scan.at < r.scan.len)
		return fail_json(&r, "text behind the value");
	*out = root;
	return PV_OK;
}

int pv_yaml_read_json_string(pv_str *out, pv_arena *arena, pv_str json,
			     size_t *at, pv_error *err)
{
	struct reader r = { { json.ptr, json.len, *at, NULL }, 0, 0, arena, err };
	int rc = read_string(&r, out);

	*at = r.scan.at;
	return rc;
}
