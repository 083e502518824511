/* SPDX-License-Identifier: MIT
 *
 * Whether libyaml sees all lines of a literal block or only two of them must
 * make no difference: each text is parsed twice, once behind a comment with
 * a NEL in it, which leaves no gaps, and once behind one of as many bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <pv/buf.h>
#include <pv/yaml.h>

#include "base/mem.h"
#include "yaml/gaps.h"

enum {
	TEXTS = 6000
};

static uint64_t seed = 20261125;

static unsigned rnd(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % below);
}

#define pick(list) ((list)[rnd((unsigned)pv_array_len(list))])

#define LONG "a line that is long enough to be left out of what is read, and on"

/* --- comparing ----------------------------------------------------------- */

static int same_text(const pv_yaml_node *a, const pv_yaml_node *b)
{
	if (!a->text || !b->text)
		return a->text == b->text;
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void assert_same(const pv_yaml_node *a, const pv_yaml_node *b,
			const char *text)
{
	assert(a && b);
	if (a->kind != b->kind || a->style != b->style || a->type != b->type ||
	    !same_text(a, b) || a->start != b->start || a->end != b->end ||
	    a->outer_start != b->outer_start || a->line != b->line ||
	    a->column != b->column || a->count != b->count)
		fail_msg("nodes at line %d differ in |%s|", a->line, text);
	if (!a->key != !b->key)
		fail_msg("one key at line %d in |%s|", a->line, text);
	if (a->key)
		assert_same(a->key, b->key, text);
	a = a->first;
	for (b = b->first; a && b; b = b->next) {
		assert_same(a, b, text);
		a = a->next;
	}
	assert_true(!a && !b);
}

static size_t count_gaps(const char *text, size_t len)
{
	struct pv_yaml_marks marks;
	struct pv_yaml_gaps gaps;
	size_t count;

	pv_yaml_marks_init(&marks, text, len, 0);
	assert_int_equal(pv_yaml_gaps_find(&gaps, &marks, NULL), PV_OK);
	count = gaps.count;
	pv_yaml_gaps_dispose(&gaps);
	return count;
}

/* Parses what is behind a first line of eight bytes; returns the gaps. */
static size_t compare(pv_buf *text)
{
	pv_yaml_options opts = { .streams = (int)rnd(2) };
	pv_error errs[2] = { { 0 }, { 0 } };
	pv_yaml *docs[2];
	int codes[2];
	size_t gaps;

	memcpy(text->ptr, "# \xC2\x85###\n", 8);
	codes[0] = pv_yaml_parse(&docs[0], text->ptr, text->len, &opts, &errs[0]);
	assert_int_equal(count_gaps(text->ptr, text->len), 0);
	memcpy(text->ptr, "#######\n", 8);
	codes[1] = pv_yaml_parse(&docs[1], text->ptr, text->len, &opts, &errs[1]);
	gaps = count_gaps(text->ptr, text->len);
	if (codes[0] != codes[1] || errs[0].line != errs[1].line ||
	    errs[0].column != errs[1].column ||
	    strcmp(errs[0].message, errs[1].message) != 0)
		fail_msg("%d:%d %s, not %d:%d %s in |%s|", errs[1].line,
			 errs[1].column, errs[1].message, errs[0].line,
			 errs[0].column, errs[0].message, text->ptr);
	if (codes[0] == PV_OK)
		assert_same(pv_yaml_root(docs[0]), pv_yaml_root(docs[1]),
			    text->ptr);
	pv_yaml_free(docs[0]);
	pv_yaml_free(docs[1]);
	return codes[0] == PV_OK ? gaps : 0;
}

/* --- texts --------------------------------------------------------------- */

static const char *const heads[] = { "key: |",
				     "other: |-",
				     "k\xC3\xA9y: |+",
				     "- |",
				     "- k: |",
				     "-  - |-",
				     "? |",
				     "plain text: |",
				     "k:   |",
				     "k: |2",
				     "k: | # note",
				     "k: >",
				     "k: &a |",
				     "k: !!str |",
				     "# k: |",
				     "x: 1 # k: |",
				     "k: \"open: |",
				     "k: words: |",
				     "[k: |",
				     "k: plain",
				     "- item",
				     "---",
				     "..." };

static const char *const lines[] = { LONG,
				     LONG,
				     LONG,
				     "text",
				     "nested: |",
				     "- |",
				     "# no comment",
				     "x      " LONG,
				     "tab\tinside and " LONG,
				     "\xF0\x9F\x98\x80 caf\xC3\xA9 " LONG,
				     "\xE2\x80\xA8 " LONG,
				     "\xEF\xBB\xBF " LONG,
				     "bad \xC3 " LONG,
				     "bell \x07 " LONG,
				     "delete \x7F " LONG,
				     "return\rand " LONG,
				     "return\r",
				     "\t" LONG,
				     " ",
				     "" };

static void put_line(pv_buf *out, unsigned indent, const char *line)
{
	for (unsigned i = 0; i < indent; i++)
		pv_buf_putc(out, ' ');
	pv_buf_puts(out, line);
	pv_buf_putc(out, '\n');
}

/* A head that may follow others in a mapping, or in a list. */
static void put_sound_head(pv_buf *out, int is_list)
{
	static const char *const values[] = { "|", "|-", "|+", "|", "  |", "|2" };

	if (is_list)
		pv_buf_printf(out, rnd(2) ? "- %s\n" : "- k: %s\n", pick(values));
	else
		pv_buf_printf(out, "k\xC3\xA9y%zu: %s\n", out->len, pick(values));
}

static void put_block(pv_buf *out, unsigned column, int is_list, int is_odd)
{
	unsigned indent = column + (is_odd ? rnd(5) : 3 + rnd(4));
	unsigned count = rnd(8) + 1;

	if (is_odd)
		put_line(out, column, pick(heads));
	else
		put_sound_head(out, is_list);
	for (unsigned i = 0; i < count; i++) {
		const char *line = is_odd ? pick(lines) : lines[rnd(10)];

		if (rnd(6) == 0)
			put_line(out, rnd(indent + 2), "");
		put_line(out, indent + (rnd(4) == 0 ? rnd(3) : 0), line);
	}
}

static void test_yaml_gaps__make_no_difference(void **state)
{
	size_t gaps = 0;

	(void)state;
	for (int i = 0; i < TEXTS; i++) {
		pv_buf text = { 0 };
		unsigned blocks = rnd(5) + 1;
		int is_odd = rnd(2) == 0;
		int is_list = rnd(2) == 0;

		pv_buf_puts(&text, "#######\n");
		while (blocks-- > 0)
			put_block(&text, is_odd ? 2 * rnd(3) : 0, is_list,
				  is_odd);
		while (text.len < 600)
			put_line(&text, 0, "# " LONG);
		if (rnd(4) == 0)
			pv_buf_truncate(&text, text.len - 1);
		gaps += compare(&text);
		pv_buf_dispose(&text);
	}
	assert_in_range(gaps, TEXTS / 4, 5 * TEXTS);
}

/* One text for each thing that must not be taken for a block, or end one. */
static void test_yaml_gaps__are_in_blocks_only(void **state)
{
	static const char body[] = "  " LONG "\n  " LONG "\n  " LONG "\n"
				   "  " LONG "\n";
	static const char *const openers[] = {
		"k: \"quoted: |\n",    "k: 'quoted: |\n", "k: >\n  in: |\n",
		"k: |2\n  in: |\n",    "k: plain: |\n",   "x: 1 # k: |\n",
		"k: |\n\n  in: |\n  ", "k: !a |\n",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(openers); i++) {
		pv_buf text = { 0 };

		pv_buf_puts(&text, "#######\n");
		pv_buf_puts(&text, openers[i]);
		for (int j = 0; j < 4; j++)
			pv_buf_puts(&text, body);
		if (openers[i][3] == '"' || openers[i][3] == '\'')
			pv_buf_printf(&text, "  %c\n", openers[i][3]);
		compare(&text);
		pv_buf_dispose(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_gaps__make_no_difference),
		cmocka_unit_test(test_yaml_gaps__are_in_blocks_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
