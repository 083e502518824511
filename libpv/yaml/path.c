/* SPDX-License-Identifier: MIT
 *
 * Paths: `messages[0].content`, `metadata."a.b"`. Reading takes any bare key
 * without the characters that mean something in a path; writing quotes more
 * than that, so that a path can be pasted into a shell or a message.
 */
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/utf8.h"
#include "yaml/doc.h"

enum {
	MAX_STEPS = 2 * PV_YAML_MAX_DEPTH,
	MAX_DIGITS = 9 /* of an index */
};

struct reader {
	const char *path;
	pv_str text;
	size_t at;
	pv_arena *arena;
	pv_error *err;
};

static int fail_path(const struct reader *r, const char *what)
{
	return pv_fail(r->err, PV_EINVALID, "bad path \"%.120s\": %s", r->path,
		       what);
}

static int peek(const struct reader *r)
{
	return r->at < r->text.len ? (unsigned char)r->text.ptr[r->at] : -1;
}

/* [n] or [-n]. */
static int read_index(struct reader *r, pv_yaml_step *step)
{
	int is_negative;
	long value = 0;
	int digits = 0;

	r->at++;
	is_negative = peek(r) == '-';
	r->at += (size_t)is_negative;
	for (; peek(r) >= '0' && peek(r) <= '9'; r->at++) {
		value = value * 10 + (peek(r) - '0');
		if (++digits > MAX_DIGITS)
			return fail_path(r, "index too large");
	}
	if (!digits || peek(r) != ']')
		return fail_path(r, "expected an index like [0]");
	r->at++;
	step->idx = is_negative ? -value : value;
	return PV_OK;
}

static int read_key(struct reader *r, pv_yaml_step *step)
{
	size_t start = r->at;

	if (peek(r) == '"') {
		int rc = pv_yaml_read_json_string(&step->key, r->arena, r->text,
						  &r->at, NULL);

		if (rc == PV_ENOMEM)
			return pv_fail_nomem(r->err);
		if (rc < 0)
			return fail_path(r, "malformed quoted key");
		if (memchr(step->key.ptr, 0, step->key.len))
			return fail_path(r, "a key must not contain NUL");
		return PV_OK;
	}
	while (peek(r) >= 0 && !strchr(".[]\"", peek(r)))
		r->at++;
	if (r->at == start)
		return fail_path(r, "expected a key");
	step->key.ptr = r->text.ptr + start;
	step->key.len = r->at - start;
	return PV_OK;
}

static int read_step(struct reader *r, pv_yaml_step *step)
{
	int is_first = r->at == 0;

	memset(step, 0, sizeof(*step));
	if (peek(r) == '[')
		return read_index(r, step);
	if (!is_first && peek(r) != '.')
		return fail_path(r, "expected \".\" or \"[\"");
	r->at += !is_first;
	return read_key(r, step);
}

/* At most this many steps are in a path. */
static size_t count_steps(const char *path)
{
	size_t count = 1;

	for (; *path; path++)
		count += *path == '.' || *path == '[';
	return count;
}

int pv_yaml_split_path(pv_yaml_step **steps_out, size_t *count_out,
		       pv_arena *arena, const char *path, pv_error *err)
{
	struct reader r = { path, pv_str_of(path), 0, arena, err };
	size_t most = count_steps(path);
	size_t count = 0;
	pv_yaml_step *steps;

	if (pv_utf8_valid(path, r.text.len) < r.text.len)
		return pv_fail(err, PV_EINVALID, "a path must be UTF-8");
	if (most > MAX_STEPS)
		most = MAX_STEPS;
	steps = pv_arena_alloc(arena, most * sizeof(*steps));
	if (!steps)
		return pv_fail_nomem(err);
	*steps_out = steps;
	while (r.at < r.text.len) {
		pv_yaml_step step;
		int rc;

		if (count == MAX_STEPS)
			return fail_path(&r, "too many steps");
		/* One more than could be counted is none. */
		rc = read_step(&r, &step);
		if (rc < 0)
			return rc;
		steps[count++] = step;
	}
	*count_out = count;
	return PV_OK;
}

const pv_yaml_node *pv_yaml_take_step(const pv_yaml_node *node,
				      const pv_yaml_step *step)
{
	long idx = step->idx;

	node = pv_yaml_resolve(node);
	if (step->key.ptr)
		return pv_yaml_member(node, step->key);
	if (node->kind != PV_YAML_SEQUENCE && node->kind != PV_YAML_STREAM)
		return NULL;
	if (idx < 0)
		idx += (long)node->count;
	return idx < 0 ? NULL : pv_yaml_at(node, (size_t)idx);
}

int pv_yaml_find(const pv_yaml_node **out, const pv_yaml *doc, const char *path,
		 pv_error *err)
{
	const pv_yaml_node *node = doc->root;
	pv_arena arena = { 0 };
	pv_yaml_step *steps = NULL;
	size_t count = 0;
	int rc = pv_yaml_split_path(&steps, &count, &arena, path, err);

	*out = NULL;
	for (size_t i = 0; rc == PV_OK && node && i < count; i++)
		node = pv_yaml_take_step(node, &steps[i]);
	if (rc == PV_OK && !node)
		rc = pv_fail(err, PV_ENOTFOUND, "nothing at \"%.120s\"", path);
	if (rc == PV_OK)
		*out = node;
	pv_arena_dispose(&arena);
	return rc;
}

static int is_bare(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return 0;
	}
	return len > 0;
}

static size_t index_of(const pv_yaml_node *node)
{
	const pv_yaml_node *sibling = node->parent->first;
	size_t idx = 0;

	for (; sibling != node; sibling = sibling->next)
		idx++;
	return idx;
}

static void write_step(pv_buf *out, const pv_yaml_node *node, int is_first)
{
	const pv_yaml_node *key = node->key;

	if (!key) {
		pv_buf_printf(out, "[%zu]", index_of(node));
		return;
	}
	if (!is_first)
		pv_buf_putc(out, '.');
	if (is_bare(key->text, key->len)) {
		pv_buf_put(out, key->text, key->len);
	} else {
		pv_jsonw w;

		pv_jsonw_init(&w, out);
		pv_jsonw_stringn(&w, key->text, key->len);
	}
}

/* A key of a mapping: it has a parent but is none of its children. */
static int is_key(const pv_yaml_node *node)
{
	return node->parent->kind == PV_YAML_MAPPING && !node->key;
}

/* The value that a key node belongs to. */
static const pv_yaml_node *value_of(const pv_yaml_node *key)
{
	const pv_yaml_node *value = key->parent->first;

	while (value && value->key != key)
		value = value->next;
	return value;
}

int pv_yaml_path(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	const pv_yaml_node *chain[PV_YAML_MAX_DEPTH + 2];
	size_t count = 0;

	if (node->parent && is_key(node))
		node = value_of(node);
	for (; node && node->parent; node = node->parent)
		chain[count++] = node;
	for (size_t i = count; i > 0; i--)
		write_step(out, chain[i - 1], i == count);
	return pv_buf_status(out, err);
}

/* --- JSON pointers ----------------------------------------------------------- */

/* Whether a part of a pointer, in which ~1 is / and ~0 is ~, is the key. */
static int names_key(pv_str part, const pv_yaml_node *key)
{
	size_t at = 0;

	for (size_t i = 0; i < part.len; i++, at++) {
		char c = part.ptr[i];

		if (c == '~' && i + 1 < part.len)
			c = part.ptr[++i] == '1' ? '/' : '~';
		if (at >= key->len || key->text[at] != c)
			return 0;
	}
	return at == key->len;
}

static const pv_yaml_node *child_at(const pv_yaml_node *node, pv_str part)
{
	const pv_yaml_node *child = pv_yaml_follow(node)->first;
	unsigned idx = 0;

	if (pv_yaml_follow(node)->kind == PV_YAML_SEQUENCE) {
		if (pv_str_to_uint(&idx, part, 1000000) < 0)
			return NULL;
		while (child && idx--)
			child = child->next;
		return child;
	}
	while (child && !names_key(part, child->key))
		child = child->next;
	return child;
}

const pv_yaml_node *pv_yaml_follow_pointer(const pv_yaml_node *node,
					   const char *pointer)
{
	while (*pointer == '/') {
		pv_str part = { pointer + 1, strcspn(pointer + 1, "/") };
		const pv_yaml_node *child = child_at(node, part);

		if (!child)
			return node;
		node = child;
		pointer += 1 + part.len;
	}
	return node;
}
