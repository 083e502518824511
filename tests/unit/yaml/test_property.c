/* SPDX-License-Identifier: MIT
 *
 * Random documents in every style, random edits with a fixed seed. What must
 * hold: the value is where it was put, all other data is as before, the lines
 * before and behind the place of the edit keep their bytes, and an edit that
 * is refused changes nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/yaml.h>

#include "base/mem.h"

enum {
	DOCUMENTS = 1500,
	EDITS = 12, /* of each document */
	MAX_DEPTH = 4
};

static uint64_t seed = 20261121;

static unsigned rnd(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % below);
}

#define pick(list) ((list)[rnd((unsigned)pv_array_len(list))])

/* --- documents ----------------------------------------------------------- */

static const char *const inline_scalars[] = { "plain text",
					      "'it''s'",
					      "\"q\\n\\\"x\\\"\"",
					      "12",
					      "0.50",
					      "~",
					      "true",
					      "say {{ x }}",
					      "\"{{ x }}\"",
					      "http://a.b/c",
					      "caf\xC3\xA9",
					      "!!str 5",
					      "''",
					      "[]",
					      "{}",
					      "[a, 'b', {c: d}]",
					      "{a: 1, b: [x, y], c: }" };

static const char *const comments[] = { "", "", "", " # note",
					"   # caf\xC3\xA9: {x}" };

static const char *const headers[] = { "|", "|-", "|+", ">", ">-", "|2", ">+" };

static void indent(pv_buf *out, size_t column)
{
	for (; column; column--)
		pv_buf_putc(out, ' ');
}

static void put_noise(pv_buf *out, size_t column)
{
	switch (rnd(8)) {
	case 0:
		pv_buf_putc(out, '\n');
		break;
	case 1:
		indent(out, column);
		pv_buf_puts(out, "# about: the - next\n");
		break;
	default:
		break;
	}
}

/* A block scalar behind "key:" or a dash; `column` is that of its lines. */
static void put_block_scalar(pv_buf *out, size_t column)
{
	const char *header = pick(headers);
	unsigned lines = 1 + rnd(3);

	pv_buf_printf(out, " %s%s\n", header, rnd(4) ? "" : "  # block");
	if (strchr(header, '2') && rnd(2)) {
		indent(out, column);
		pv_buf_puts(out, "  deep\n");
	}
	while (lines--) {
		indent(out, column);
		pv_buf_puts(out, rnd(3) ? "some {{ text }}: x\n" : "- # q\n");
		if (!rnd(4))
			pv_buf_puts(out, "\n");
	}
}

static void put_flow_lines(pv_buf *out, size_t column)
{
	pv_buf_puts(out, " [\n");
	for (unsigned i = 0; i < 3; i++) {
		indent(out, column);
		pv_buf_printf(out, "item%u%s%s\n", i, i < 2 ? "," : "",
			      rnd(2) ? "" : "  # each");
	}
	indent(out, column);
	pv_buf_puts(out, "]\n");
}

static void put_scalar(pv_buf *out, size_t column)
{
	switch (rnd(8)) {
	case 0:
	case 1:
		put_block_scalar(out, column);
		break;
	case 2:
		put_flow_lines(out, column);
		break;
	case 3:
		pv_buf_printf(out, "%s\n", pick(comments));
		break;
	case 4:
		pv_buf_puts(out, " several\n");
		indent(out, column);
		pv_buf_printf(out, "words%s\n", pick(comments));
		break;
	default:
		pv_buf_printf(out, " %s%s\n", pick(inline_scalars),
			      pick(comments));
		break;
	}
}

static void put_collection(pv_buf *out, size_t column, int depth, int at_line);

/* The first key of a compact mapping stands behind its dash. */
static void put_mapping(pv_buf *out, size_t column, int depth, int at_line)
{
	unsigned count = 1 + rnd(4);

	for (unsigned i = 0; i < count; i++) {
		if (i || at_line) {
			put_noise(out, column);
			indent(out, column);
		}
		pv_buf_printf(out, rnd(4) ? "k%u:" : "\"k%u\":", i);
		if (depth < MAX_DEPTH && !rnd(3)) {
			size_t step = rnd(4) ? 2 : 4;

			pv_buf_printf(out, "%s\n", pick(comments));
			put_collection(out, column + step, depth + 1, 1);
		} else {
			put_scalar(out, column + 2);
		}
	}
}

static void put_sequence(pv_buf *out, size_t column, int depth, int at_line)
{
	unsigned count = 1 + rnd(4);

	for (unsigned i = 0; i < count; i++) {
		if (i || at_line) {
			put_noise(out, column);
			indent(out, column);
		}
		pv_buf_putc(out, '-');
		if (depth < MAX_DEPTH && rnd(2)) {
			pv_buf_putc(out, ' ');
			put_collection(out, column + 2, depth + 1, 0);
		} else {
			put_scalar(out, column + 2);
		}
	}
}

static void put_collection(pv_buf *out, size_t column, int depth, int at_line)
{
	if (rnd(2))
		put_mapping(out, column, depth, at_line);
	else
		put_sequence(out, column, depth, at_line);
}

static void use_crlf(pv_buf *text)
{
	pv_buf out = { 0 };

	for (size_t i = 0; i < text->len; i++) {
		if (text->ptr[i] == '\n')
			pv_buf_putc(&out, '\r');
		pv_buf_putc(&out, text->ptr[i]);
	}
	pv_buf_dispose(text);
	*text = out;
}

static void make_document(pv_buf *out)
{
	if (!rnd(6))
		pv_buf_puts(out, "\xEF\xBB\xBF");
	if (!rnd(4))
		pv_buf_puts(out, "# head\n");
	if (!rnd(4))
		pv_buf_puts(out, "---\n");
	put_collection(out, 0, 0, 1);
	put_noise(out, 0);
	if (!rnd(5))
		use_crlf(out);
	if (!rnd(5) && out->ptr[out->len - 1] == '\n')
		pv_buf_truncate(out, out->len - 1);
}

/* --- edits --------------------------------------------------------------- */

static const char *const values[] = { "1",
				      "null",
				      "\"x\"",
				      "\"\"",
				      "\"two\\nlines\\n\"",
				      "\"two\\n  lines\"",
				      "\"  lead\\nx\\n\\n\"",
				      "\"trail \\n\"",
				      "\"a: b # c\"",
				      "\"\\u0001\\r\\n\"",
				      "[]",
				      "{}",
				      "[1,[\"p\\nq\\n\",{}]]",
				      "{\"a\":{\"b\":[null]},\"c\":\"l\\nm\\n\"}",
				      "{\"- k\":\"no\"}" };

/* A random node below `node`, or that one. */
static const pv_yaml_node *pick_node(const pv_yaml_node *node)
{
	while (node->count && rnd(5)) {
		unsigned idx = rnd((unsigned)node->count);

		for (node = node->first; idx; idx--)
			node = node->next;
	}
	return node;
}

static char *json_of(const pv_yaml_node *node)
{
	pv_buf out = { 0 };

	assert_int_equal(pv_yaml_to_json(&out, node, NULL), PV_OK);
	return out.ptr;
}

static size_t line_start(const char *text, size_t at)
{
	while (at && text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] != '\n')
		at++;
	return at;
}

/* What an edit may touch: the lines of [start, end). */
struct touch {
	size_t start;
	size_t end;
};

static struct touch touch_of(const pv_yaml_node *node)
{
	struct touch touch = { node->outer_start, node->end };
	const pv_yaml_node *before;

	if (node->key)
		touch.start = node->key->outer_start;
	if (node->key || !node->parent)
		return touch;
	/* The dash may be on a line above. */
	touch.start = node->parent->start;
	for (before = node->parent->first; before != node; before = before->next)
		touch.start = before->end;
	return touch;
}

static void check_lines(const pv_yaml *doc, const char *old, size_t old_len,
			struct touch touch)
{
	size_t len;
	const char *text = pv_yaml_text(doc, &len);
	size_t head = line_start(old, touch.start);
	size_t tail = line_end(old, old_len, touch.end);

	/* A removal at the end takes the break before it. */
	if (tail == old_len && head)
		head -= head > 1 && old[head - 2] == '\r' ? 2 : 1;
	if (len < head || memcmp(text, old, head) != 0)
		fail_msg("head changed:\n%s\n=>\n%s", old, text);
	/* Of a text that ends without a newline, a literal may make one. */
	if (tail < old_len && (len < old_len - tail - 1 ||
			       memcmp(text + len - (old_len - tail - 1),
				      old + tail + 1, old_len - tail - 1) != 0))
		fail_msg("tail changed:\n%s\n=>\n%s", old, text);
}

/* All that is not at or below `skip` is the same in both trees. */
static void check_rest(const pv_yaml_node *a, const pv_yaml_node *b,
		       const pv_yaml_node *skip)
{
	if (a == skip)
		return;
	assert_int_equal(a->kind, b->kind);
	if (a->kind == PV_YAML_SCALAR) {
		assert_int_equal(a->type, b->type);
		assert_int_equal(a->len, b->len);
		assert_memory_equal(a->text, b->text, a->len);
	}
	assert_int_equal(a->count, b->count);
	for (a = a->first, b = b->first; a; a = a->next, b = b->next) {
		if (a->key)
			assert_string_equal(a->key->text, b->key->text);
		check_rest(a, b, skip);
	}
}

struct edit {
	pv_yaml *doc;
	pv_yaml *old;           /* a copy from before */
	const pv_yaml_node *at; /* in `old` */
	const char *path;
	const char *value;
	unsigned *refused;
};

static void check_value(const struct edit *edit, const char *path)
{
	const pv_yaml_node *node;
	char *json;

	assert_int_equal(pv_yaml_find(&node, edit->doc, path, NULL), PV_OK);
	json = json_of(node);
	assert_string_equal(json, edit->value);
	pv_free(json);
}

static void run_set(const struct edit *edit)
{
	size_t len;
	const char *old = pv_yaml_text(edit->old, &len);
	pv_error err = { 0 };
	int rc = pv_yaml_set(edit->doc, edit->path, edit->value, &err);

	if (rc == PV_EUNSUPPORTED) {
		++*edit->refused;
		assert_string_equal(pv_yaml_text(edit->doc, NULL), old);
		return;
	}
	if (rc < 0)
		fail_msg("%s", err.message);
	check_value(edit, edit->path);
	check_rest(pv_yaml_root(edit->old), pv_yaml_root(edit->doc), edit->at);
	check_lines(edit->doc, old, len, touch_of(edit->at));
}

static void run_delete(const struct edit *edit)
{
	size_t len;
	const char *old = pv_yaml_text(edit->old, &len);
	const pv_yaml_node *parent = edit->at->parent;
	const pv_yaml_node *node;
	pv_buf path = { 0 };

	if (!parent)
		return;
	if (pv_yaml_delete(edit->doc, edit->path, NULL) < 0) {
		++*edit->refused;
		assert_string_equal(pv_yaml_text(edit->doc, NULL), old);
		return;
	}
	assert_int_equal(pv_yaml_path(&path, parent, NULL), PV_OK);
	assert_int_equal(pv_yaml_find(&node, edit->doc, pv_buf_text(&path), NULL),
			 PV_OK);
	assert_int_equal(node->count, parent->count - 1);
	check_rest(pv_yaml_root(edit->old), pv_yaml_root(edit->doc), parent);
	check_lines(edit->doc, old, len, touch_of(parent));
	pv_buf_dispose(&path);
}

static void run_insert(const struct edit *edit)
{
	const char *old = pv_yaml_text(edit->old, NULL);
	unsigned idx = rnd((unsigned)edit->at->count + 1);
	pv_buf path = { 0 };

	if (edit->at->kind != PV_YAML_SEQUENCE)
		return;
	if (pv_yaml_insert(edit->doc, edit->path, idx, edit->value, NULL) < 0) {
		++*edit->refused;
		assert_string_equal(pv_yaml_text(edit->doc, NULL), old);
		return;
	}
	pv_buf_printf(&path, "%s[%u]", edit->path, idx);
	check_value(edit, path.ptr);
	check_rest(pv_yaml_root(edit->old), pv_yaml_root(edit->doc), edit->at);
	pv_buf_dispose(&path);
}

static void run_add(const struct edit *edit)
{
	const char *old = pv_yaml_text(edit->old, NULL);
	pv_buf path = { 0 };

	if (edit->at->kind != PV_YAML_MAPPING)
		return;
	pv_buf_printf(&path, "%s%snew", edit->path, *edit->path ? "." : "");
	if (pv_yaml_set(edit->doc, path.ptr, edit->value, NULL) < 0) {
		++*edit->refused;
		assert_string_equal(pv_yaml_text(edit->doc, NULL), old);
	} else if (edit->at->parent ||
		   !pv_yaml_get(pv_yaml_root(edit->old), "new")) {
		check_value(edit, path.ptr);
		check_rest(pv_yaml_root(edit->old), pv_yaml_root(edit->doc),
			   edit->at);
	}
	pv_buf_dispose(&path);
}

static pv_yaml *parse(const char *text, size_t len)
{
	pv_error err = { 0 };
	pv_yaml *doc;

	if (pv_yaml_parse(&doc, text, len, NULL, &err) < 0)
		fail_msg("%d:%d: %s in\n%s", err.line, err.column, err.message,
			 text);
	return doc;
}

static void run_edit(pv_yaml *doc, unsigned *refused)
{
	static void (*const runs[])(const struct edit *) = {
		run_set, run_set, run_delete, run_insert, run_add
	};
	struct edit edit = { .doc = doc, .refused = refused };
	pv_buf path = { 0 };
	size_t len;
	const char *text = pv_yaml_text(doc, &len);

	edit.old = parse(text, len);
	edit.at = pick_node(pv_yaml_root(edit.old));
	assert_int_equal(pv_yaml_path(&path, edit.at, NULL), PV_OK);
	edit.path = pv_buf_text(&path);
	edit.value = pick(values);
	runs[rnd(pv_array_len(runs))](&edit);
	pv_buf_dispose(&path);
	pv_yaml_free(edit.old);
}

static void test_yaml_property__random_edits_keep_the_rest(void **state)
{
	unsigned refused = 0;

	(void)state;
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		pv_buf text = { 0 };
		pv_yaml *doc;

		make_document(&text);
		doc = parse(text.ptr, text.len);
		for (unsigned j = 0; j < EDITS; j++)
			run_edit(doc, &refused);
		pv_yaml_free(doc);
		pv_buf_dispose(&text);
	}
	print_message("%u of %d edits refused\n", refused, DOCUMENTS * EDITS);
	assert_true(refused < DOCUMENTS * EDITS / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_property__random_edits_keep_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
