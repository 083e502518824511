/* SPDX-License-Identifier: MIT
 *
 * Random documents with comments wherever YAML takes one, each with a number
 * of its own, and random edits with a fixed seed: every comment that is not on
 * the lines of what is edited must still be there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/yaml.h>

#include "base/mem.h"

enum {
	DOCUMENTS = 6000,
	MAX_DEPTH = 3
};

static uint64_t seed = 20261123;

static unsigned rnd(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % below);
}

#define pick(list) ((list)[rnd((unsigned)pv_array_len(list))])

/* --- documents ----------------------------------------------------------- */

struct document {
	pv_buf text;
	int comments;
};

static void indent(struct document *doc, size_t column)
{
	for (; column; column--)
		pv_buf_putc(&doc->text, ' ');
}

static void put_comment(struct document *doc)
{
	pv_buf_printf(&doc->text, "# c%d;\n", doc->comments++);
}

/* Blanks between the tokens of a flow collection. */
static void put_gap(struct document *doc, size_t column)
{
	unsigned kind = rnd(7);

	if (kind == 1 || kind == 3)
		pv_buf_putc(&doc->text, '\n');
	if (kind == 0 || kind == 2 || kind == 4)
		pv_buf_putc(&doc->text, ' ');
	if (kind == 3)
		indent(doc, column);
	if (kind == 2 || kind == 3 || kind == 4)
		put_comment(doc);
	if (kind == 4) {
		indent(doc, column);
		put_comment(doc);
	}
	if (kind && kind < 5)
		indent(doc, column);
}

static void put_flow(struct document *doc, size_t column, int depth)
{
	static const char *const scalars[] = { "x", "'q'", "\"z\"", "1", "y z" };
	unsigned kind = rnd(depth == MAX_DEPTH ? 2 : 5);
	unsigned count = rnd(4);

	if (kind < 2) {
		pv_buf_puts(&doc->text, pick(scalars));
		return;
	}
	pv_buf_putc(&doc->text, kind == 2 ? '{' : '[');
	put_gap(doc, column);
	for (unsigned i = 0; i < count; i++) {
		if (kind == 2)
			pv_buf_printf(&doc->text, "k%u: ", i);
		put_flow(doc, column + 1, depth + 1);
		put_gap(doc, column);
		if (i + 1 == count && rnd(4))
			break;
		pv_buf_putc(&doc->text, ',');
		put_gap(doc, column);
		if (doc->text.ptr[doc->text.len - 1] == ',')
			pv_buf_putc(&doc->text, ' ');
	}
	pv_buf_putc(&doc->text, kind == 2 ? '}' : ']');
}

static void end_line(struct document *doc)
{
	if (rnd(4)) {
		pv_buf_putc(&doc->text, '\n');
		return;
	}
	pv_buf_putc(&doc->text, ' ');
	put_comment(doc);
}

static void put_block(struct document *doc, size_t column, int depth,
		      int is_inline);

/* What stands behind "key:" or a dash. */
static void put_value(struct document *doc, size_t column, int depth, int is_map)
{
	unsigned kind = rnd(6);

	if (kind == 0 && depth < MAX_DEPTH) {
		end_line(doc);
		put_block(doc, column + 2, depth + 1, 0);
	} else if (kind == 1 && depth < MAX_DEPTH && !is_map) {
		pv_buf_putc(&doc->text, ' ');
		put_block(doc, column + 2, depth + 1, 1);
	} else if (kind == 2) {
		pv_buf_puts(&doc->text, " |\n");
		indent(doc, column + 2);
		pv_buf_puts(&doc->text, "text\n");
	} else if (kind == 3) {
		end_line(doc);
	} else {
		pv_buf_putc(&doc->text, ' ');
		put_flow(doc, column + 2, 0);
		end_line(doc);
	}
}

static void put_block(struct document *doc, size_t column, int depth,
		      int is_inline)
{
	int is_map = rnd(2) == 0;
	unsigned count = 1 + rnd(3);

	for (unsigned i = 0; i < count; i++) {
		while ((i || !is_inline) && !rnd(4)) {
			indent(doc, column);
			put_comment(doc);
		}
		if (i || !is_inline)
			indent(doc, column);
		if (is_map)
			pv_buf_printf(&doc->text, "b%u:", i);
		else
			pv_buf_putc(&doc->text, '-');
		put_value(doc, column, depth, is_map);
	}
}

/* --- edits --------------------------------------------------------------- */

/* Bytes of the old text whose comments may go. */
struct touch {
	size_t start;
	size_t end;
};

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

static size_t line_start(const char *text, size_t at)
{
	while (at && text[at - 1] != '\n')
		at--;
	return at;
}

/* The dash of an element, which may be on a line above. */
static size_t find_dash(const char *text, const pv_yaml_node *node)
{
	size_t dash = node->parent->start;
	size_t column = dash - line_start(text, dash);
	size_t line = line_start(text, node->outer_start);

	while (line && text[line + column] != '-')
		line = line_start(text, line - 1);
	return line + column;
}

static struct touch touch_of(const char *text, const pv_yaml_node *node,
			     int is_removal)
{
	struct touch touch = { node->outer_start, node->end };

	if (is_removal && node->key)
		touch.start = node->key->outer_start;
	else if (is_removal && node->parent->style == PV_YAML_BLOCK)
		touch.start = find_dash(text, node);
	if (is_removal || (node->count && node->style == PV_YAML_BLOCK))
		touch.end += strcspn(text + touch.end, "\n");
	return touch;
}

/* Makes a random edit at `node`; PV_EUNSUPPORTED when there is none. */
static int edit(struct touch *touch, pv_yaml *doc, const pv_yaml_node *node)
{
	static const char *const values[] = {
		"1",  "\"x\"",         "\"a\\nb\\n\"",  "[]",
		"{}", "[1,\"p\\nq\"]", "{\"k\":\"v\"}", "null"
	};
	const char *value = pick(values);
	pv_buf path = { 0 };
	int rc = PV_EUNSUPPORTED;

	memset(touch, 0, sizeof(*touch));
	assert_int_equal(pv_yaml_path(&path, node, NULL), PV_OK);
	switch (rnd(3)) {
	case 0:
		*touch = touch_of(pv_yaml_text(doc, NULL), node, 0);
		rc = pv_yaml_set(doc, pv_buf_text(&path), value, NULL);
		break;
	case 1:
		if (!node->parent)
			break;
		*touch = touch_of(pv_yaml_text(doc, NULL), node, 1);
		rc = pv_yaml_delete(doc, pv_buf_text(&path), NULL);
		break;
	default: /* an edit makes the nodes anew */
		if (node->kind == PV_YAML_SEQUENCE) {
			rc = pv_yaml_insert(doc, pv_buf_text(&path),
					    rnd((unsigned)node->count + 1),
					    value, NULL);
			break;
		}
		if (node->kind != PV_YAML_MAPPING)
			break;
		pv_buf_puts(&path, path.len ? ".new" : "new");
		rc = pv_yaml_set(doc, pv_buf_text(&path), value, NULL);
		break;
	}
	pv_buf_dispose(&path);
	return rc;
}

static void check_comments(const struct document *old, const pv_yaml *doc,
			   struct touch touch)
{
	const char *before = old->text.ptr;
	const char *after = pv_yaml_text(doc, NULL);

	for (int i = 0; i < old->comments; i++) {
		char comment[24];
		size_t at;

		(void)snprintf(comment, sizeof(comment), "# c%d;", i);
		at = (size_t)(strstr(before, comment) - before);
		if (at >= touch.start && at < touch.end)
			continue;
		if (!strstr(after, comment))
			fail_msg("%s is lost:\n%s=>\n%s", comment, before, after);
	}
}

static void test_yaml_comments__survive_edits_beside_them(void **state)
{
	unsigned edits = 0;

	(void)state;
	for (int i = 0; i < DOCUMENTS; i++) {
		struct document old = { { 0 }, 0 };
		struct touch touch;
		pv_yaml *doc;

		if (rnd(3))
			put_block(&old, 0, 0, 0);
		else
			put_flow(&old, 0, 0);
		pv_buf_putc(&old.text, '\n');
		assert_int_equal(pv_yaml_parse(&doc, old.text.ptr, old.text.len,
					       NULL, NULL),
				 PV_OK);
		if (edit(&touch, doc, pick_node(pv_yaml_root(doc))) == PV_OK) {
			check_comments(&old, doc, touch);
			edits++;
		}
		pv_yaml_free(doc);
		pv_buf_dispose(&old.text);
	}
	assert_true(edits > DOCUMENTS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_comments__survive_edits_beside_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
