/* SPDX-License-Identifier: MIT
 *
 * What becomes of each kind of change to both sides: the cases in
 * data/merge, and here those in which bytes matter that are hard to see in a
 * file. A case file has, for each case, "@@" and what it is about, maybe
 * "@path" and a name, "@base", "@ours" and "@theirs" with the texts below, and
 * the rung that settles it with the number of conflicts, with the result
 * below.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

static const char *const rung_names[] = { "lines", "fields", "unsettled" };

struct fields_case {
	const char *about; /* the rest of the lines are in place in the file */
	char path[64];
	pv_str texts[3]; /* base, ours, theirs */
	pv_str want;
	enum pv_merge_rung rung;
	size_t conflicts;
};

static pv_merge_input input_of(const struct fields_case *c)
{
	pv_merge_input input = { .path = c->path };

	input.base = (pv_merge_side){ c->texts[0].ptr, c->texts[0].len, NULL };
	input.ours = (pv_merge_side){ c->texts[1].ptr, c->texts[1].len, NULL };
	input.theirs = (pv_merge_side){ c->texts[2].ptr, c->texts[2].len, NULL };
	return input;
}

/* 1 when the merge is as the case says. */
static int run_case(const struct fields_case *c)
{
	pv_merge_input input = input_of(c);
	pv_merge *merge = NULL;
	pv_str got;
	int ok;

	assert_int_equal(pv_merge_new(&merge, &input, NULL), PV_OK);
	got.ptr = pv_merge_text(merge, &got.len);
	ok = pv_str_eq(got, c->want) && pv_merge_rung(merge) == c->rung &&
	     pv_merge_markers(merge) == c->conflicts;
	if (!ok)
		print_error("%.*s\n--- wanted: %s %zu\n%.*s--- got: %s %zu\n%s",
			    (int)strcspn(c->about, "\n"), c->about,
			    rung_names[c->rung], c->conflicts, (int)c->want.len,
			    c->want.ptr, rung_names[pv_merge_rung(merge)],
			    pv_merge_markers(merge), got.ptr);
	pv_merge_free(merge);
	return ok;
}

/* --- case files ---------------------------------------------------------- */

/* The line at `*at`, which goes behind it. */
static pv_str take_line(const char **at)
{
	pv_str line = { *at, strcspn(*at, "\n") };

	*at += line.len + (*at)[line.len] / '\n';
	return line;
}

/* The lines up to the next that begins with "@". */
static pv_str take_text(const char **at)
{
	pv_str text = { *at, 0 };

	while (**at && **at != '@')
		take_line(at);
	text.len = (size_t)(*at - text.ptr);
	return text;
}

static void take_result(struct fields_case *out, pv_str line, const char **at)
{
	for (size_t i = 0; i < pv_array_len(rung_names); i++)
		if (!strncmp(line.ptr + 1, rung_names[i], strlen(rung_names[i])))
			out->rung = (enum pv_merge_rung)i;
	out->conflicts = (size_t)(line.ptr[line.len - 1] - '0');
	out->want = take_text(at);
}

/* Reads the case at `*at`; 0 behind the last. */
static int read_case(struct fields_case *out, const char **at)
{
	static const char *const sides[] = { "@base", "@ours", "@theirs" };

	memset(out, 0, sizeof(*out));
	memcpy(out->path, "x.yaml", 7);
	if (strncmp(*at, "@@ ", 3) != 0)
		return 0;
	out->about = take_line(at).ptr;
	while (**at == '@' && strncmp(*at, "@@ ", 3) != 0) {
		pv_str line = take_line(at);
		size_t side = 0;

		while (side < 3 && !pv_str_is(line, sides[side]))
			side++;
		if (!strncmp(line.ptr, "@path ", 6))
			snprintf(out->path, sizeof(out->path), "%.*s",
				 (int)line.len - 6, line.ptr + 6);
		else if (side < 3)
			out->texts[side] = take_text(at);
		else
			take_result(out, line, at);
	}
	return 1;
}

static void run_file(const char *name)
{
	char path[512];
	pv_buf text = { 0 };
	struct fields_case c;
	unsigned failed = 0;
	unsigned count = 0;
	const char *at;

	snprintf(path, sizeof(path), "%s/merge/%s.case", PV_TEST_DATA, name);
	assert_int_equal(pv_file_read(&text, path, NULL), PV_OK);
	at = pv_buf_text(&text);
	for (; read_case(&c, &at); count++)
		failed += !run_case(&c);
	assert_true(count > 0);
	assert_int_equal(*at, 0);
	pv_buf_dispose(&text);
	if (failed)
		fail_msg("%u of %u cases", failed, count);
}

static void test_merge_fields__merges_mappings(void **state)
{
	(void)state;
	run_file("fields");
}

static void test_merge_fields__merges_lists(void **state)
{
	(void)state;
	run_file("lists");
}

static void test_merge_fields__merges_labels(void **state)
{
	(void)state;
	run_file("labels");
}

static void test_merge_fields__merges_renamed_messages(void **state)
{
	(void)state;
	run_file("renames");
}

static void test_merge_fields__merges_texts(void **state)
{
	(void)state;
	run_file("texts");
}

static void test_merge_fields__keeps_templates_whole(void **state)
{
	(void)state;
	run_file("templates");
}

static void test_merge_fields__merges_flow_collections(void **state)
{
	(void)state;
	run_file("flow");
}

static void test_merge_fields__merges_layout(void **state)
{
	(void)state;
	run_file("layout");
}

static void test_merge_fields__keeps_what_is_in_doubt(void **state)
{
	(void)state;
	run_file("doubt");
}

/* --- large texts --------------------------------------------------------- */

enum {
	LARGE = 300000
};

/* Puts the same long value above a text of keys; 0 when it is none. */
static int enlarge(pv_str *text)
{
	char *large;

	if (text->len == 0 || !strchr("abcdmnt", text->ptr[0]))
		return 0;
	large = malloc(LARGE + text->len);
	assert_non_null(large);
	memset(large, 'x', LARGE);
	memcpy(large, "zone: ", 6);
	large[LARGE - 1] = '\n';
	memcpy(large + LARGE, text->ptr, text->len);
	text->ptr = large;
	text->len += LARGE;
	return 1;
}

/* A text of any size is taken apart as a small one is. */
static void test_merge_fields__merges_large_texts_as_small_ones(void **state)
{
	pv_buf text = { 0 };
	struct fields_case c;
	unsigned count = 0;
	const char *at;

	(void)state;
	assert_int_equal(pv_file_read(&text, PV_TEST_DATA "/merge/doubt.case",
				      NULL),
			 PV_OK);
	at = pv_buf_text(&text);
	while (read_case(&c, &at)) {
		pv_str *all[] = { &c.texts[0], &c.texts[1], &c.texts[2], &c.want };
		size_t large = 0;

		if (c.rung != PV_MERGE_BY_FIELDS || strcmp(c.path, "x.yaml") != 0)
			continue;
		while (large < pv_array_len(all) && enlarge(all[large]))
			large++;
		if (large == pv_array_len(all)) {
			count++;
			if (!run_case(&c))
				fail_msg("not as the small one");
		}
		while (large > 0)
			free((void *)(uintptr_t)all[--large]->ptr);
	}
	assert_true(count > 10);
	pv_buf_dispose(&text);
}

/* --- bytes --------------------------------------------------------------- */

struct bytes_row {
	const char *about;
	const char *base;
	const char *ours;
	const char *theirs;
	const char *want;
	enum pv_merge_rung rung;
	size_t conflicts;
};

#define BOM "\xEF\xBB\xBF"
#define MARKS(ours, theirs) \
 "<<<<<<< ours\n" ours "=======\n" theirs ">>>>>>> theirs\n"

static const struct bytes_row bytes_rows[] = {
	{ "CRLF on all sides", "a: 1\r\nb: 2\r\n", "a: 3\r\nb: 2\r\n",
	  "a: 1\r\nb: 4\r\n", "a: 3\r\nb: 4\r\n", PV_MERGE_BY_FIELDS, 0 },
	{ "CRLF in ours alone", "a: 1\nb: 2\n", "a: 3\r\nb: 2\r\n",
	  "a: 1\nb: 4\n", "a: 3\r\nb: 4\r\n", PV_MERGE_BY_FIELDS, 0 },
	{ "CRLF in theirs alone", "a: 1\nb: 2\n", "a: 3\nb: 2\n",
	  "a: 1\r\nb: 4\r\n", "a: 3\r\nb: 4\r\n", PV_MERGE_BY_FIELDS, 0 },
	{ "CRLF in base and theirs", "a: 1\r\nb: 2\r\n", "a: 3\nb: 2\n",
	  "a: 1\r\nb: 4\r\n", "a: 3\nb: 4\n", PV_MERGE_BY_FIELDS, 0 },
	{ "CRLF in ours and nothing else", "a: 1\nb: 2\n", "a: 1\r\nb: 2\r\n",
	  "a: 1\nb: 4\n", "a: 1\r\nb: 4\r\n", PV_MERGE_BY_FIELDS, 0 },
	{ "a mark on all sides", BOM "a: 1\nb: 2\n", BOM "a: 3\nb: 2\n",
	  BOM "a: 1\nb: 4\n", BOM "a: 3\nb: 4\n", PV_MERGE_BY_FIELDS, 0 },
	{ "a mark added in ours", "a: 1\nb: 2\n", BOM "a: 3\nb: 2\n",
	  "a: 1\nb: 4\n", BOM "a: 3\nb: 4\n", PV_MERGE_BY_FIELDS, 0 },
	{ "a mark taken away in theirs", BOM "a: 1\nb: 2\n", BOM "a: 3\nb: 2\n",
	  "a: 1\nb: 4\n", "a: 3\nb: 4\n", PV_MERGE_BY_FIELDS, 0 },
	{ "no final newline on any side", "a: 1\nb: 2", "a: 1\nb: 3",
	  "a: 3\nb: 2", "a: 3\nb: 3", PV_MERGE_BY_FIELDS, 0 },
	{ "no final newline in ours", "a: 1\nb: 2\n", "a: 1\nb: 2",
	  "a: 3\nb: 2\n", "a: 3\nb: 2", PV_MERGE_BY_FIELDS, 0 },
	{ "a final newline added in theirs", "a: 1\nb: 2", "a: 3\nb: 2",
	  "a: 1\nb: 2\n", "a: 3\nb: 2\n", PV_MERGE_BY_FIELDS, 0 },
	{ "a marker at the end has its newline", "a: 1\nb: 2", "a: 1\nb: 3",
	  "a: 1\nb: 4", "a: 1\n" MARKS("b: 3\n", "b: 4\n"), PV_MERGE_BY_FIELDS,
	  1 },
	{ "a folded block without final newline", "t: >\n  One two three.\nz: 1\n",
	  "t: >\n  One two four.", "t: >\n  One two three.\nz: 1\n",
	  "t: >\n  One two four.", PV_MERGE_BY_LINES, 0 },
	{ "line ends of both kinds are left to the lines", "a: 1\r\nb: 2\n",
	  "a: 3\r\nb: 2\n", "a: 1\r\nb: 4\n",
	  "<<<<<<< ours\r\na: 3\r\nb: 2\n=======\r\na: 1\r\nb: 4\n"
	  ">>>>>>> theirs\r\n",
	  PV_MERGE_UNSETTLED, 1 },
	{ "Latin-1 is left to the lines", "a: \xE9\nb: 2\n", "a: \xE8\nb: 2\n",
	  "a: \xE9\nb: 3\n", MARKS("a: \xE8\nb: 2\n", "a: \xE9\nb: 3\n"),
	  PV_MERGE_UNSETTLED, 1 },
};

static void test_merge_fields__merges_marks_and_line_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(bytes_rows); i++) {
		const struct bytes_row *row = &bytes_rows[i];
		struct fields_case c = { row->about,
					 "x.yaml",
					 { pv_str_of(row->base),
					   pv_str_of(row->ours),
					   pv_str_of(row->theirs) },
					 pv_str_of(row->want),
					 row->rung,
					 row->conflicts };

		assert_true(run_case(&c));
	}
}

/* --- markers and notes --------------------------------------------------- */

static pv_merge *merge_texts(const char *texts[3], enum pv_merge_style style,
			     int marker_size)
{
	struct fields_case c = { .path = "x.yaml" };
	pv_merge_input input;
	pv_merge *merge = NULL;

	for (size_t i = 0; i < 3; i++)
		c.texts[i] = pv_str_of(texts[i]);
	input = input_of(&c);
	input.style = style;
	input.marker_size = marker_size;
	assert_int_equal(pv_merge_new(&merge, &input, NULL), PV_OK);
	return merge;
}

static void expect_style(enum pv_merge_style style, int marker_size,
			 const char *want)
{
	const char *texts[] = {
		"l:\n- v: 0\n  t: |\n    same\n    one\n  w: 0\n",
		"l:\n- v: 0\n  t: |\n    same\n    two\n    end\n  w: 0\n",
		"l:\n- v: 0\n  t: |\n    same\n    three\n    end\n  w: 0\n",
	};
	pv_merge *merge = merge_texts(texts, style, marker_size);

	assert_string_equal(pv_merge_text(merge, NULL), want);
	assert_int_equal(pv_merge_markers(merge), 1);
	assert_int_equal(pv_merge_rung(merge), PV_MERGE_BY_FIELDS);
	pv_merge_free(merge);
}

static void test_merge_fields__writes_markers_in_each_style(void **state)
{
	(void)state;
	expect_style(PV_MERGE_STYLE_MERGE, 0,
		     "l:\n- v: 0\n  t: |\n    same\n<<<<<<< ours\n    two\n"
		     "=======\n    three\n>>>>>>> theirs\n    end\n  w: 0\n");
	expect_style(PV_MERGE_STYLE_DIFF3, 0,
		     "l:\n- v: 0\n  t: |\n    same\n<<<<<<< ours\n    two\n"
		     "    end\n||||||| base\n    one\n=======\n    three\n"
		     "    end\n>>>>>>> theirs\n  w: 0\n");
	expect_style(PV_MERGE_STYLE_ZDIFF3, 3,
		     "l:\n- v: 0\n  t: |\n    same\n<<< ours\n    two\n"
		     "||| base\n    one\n===\n    three\n>>> theirs\n"
		     "    end\n  w: 0\n");
}

/* Semantic Versioning 2.0.0, section 11, and what is no version of it. */
static void test_merge_fields__knows_the_higher_of_pre_releases(void **state)
{
	static const char *const rows[][4] = {
		/* base, ours, theirs, taken; NULL for a conflict */
		{ "1.0.0", "1.1.0-rc.1", "1.1.0", "1.1.0" },
		{ "1.0.0", "1.1.0", "1.1.0-rc.1", "1.1.0" },
		{ "1.1.0-rc.1", "1.1.0-rc.9", "1.1.0-rc.10", "1.1.0-rc.10" },
		{ "1.1.0-alpha", "1.1.0-alpha.1", "1.1.0-beta", "1.1.0-beta" },
		{ "1.0.0", "1.1.0-1", "1.1.0-a", "1.1.0-a" },
		{ "1.1.0", "1.1.0-rc.1", "1.2.0", NULL },
		{ "1.0.0", "1.1.0-rc..1", "1.1.0", NULL },
		{ "1.0.0", "1.1.0-rc_1", "1.1.0", NULL },
		{ "1.0", "1.1-rc.1", "1.1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char texts[3][40];
		const char *sides[] = { texts[0], texts[1], texts[2] };
		pv_merge *merge;

		for (size_t j = 0; j < 3; j++)
			snprintf(texts[j], sizeof(texts[j]), "version: %s\n",
				 rows[i][j]);
		merge = merge_texts(sides, PV_MERGE_STYLE_MERGE, 0);
		assert_int_equal(pv_merge_markers(merge), rows[i][3] ? 0 : 1);
		if (rows[i][3])
			assert_int_equal(strncmp(pv_merge_text(merge, NULL) + 9,
						 rows[i][3], strlen(rows[i][3])),
					 0);
		pv_merge_free(merge);
	}
}

static void test_merge_fields__notes_what_rose_on_both_sides(void **state)
{
	const char *texts[] = {
		"m:\n  version: 1.2.9\n  a: {version: 2, b: 1}\n",
		"m:\n  version: 1.2.10\n  a: {version: 3, b: 1}\n",
		"m:\n  version: 1.3.0\n  a: {version: 4, b: 2}\n",
	};
	pv_merge *merge = merge_texts(texts, PV_MERGE_STYLE_MERGE, 0);
	const pv_merge_note *note;

	(void)state;
	assert_string_equal(pv_merge_text(merge, NULL),
			    "m:\n  version: 1.3.0\n  a: {version: 4, b: 2}\n");
	assert_int_equal(pv_merge_note_count(merge), 2);
	note = pv_merge_note_at(merge, 0);
	assert_string_equal(note->path, "m.version");
	assert_string_equal(note->taken_json, "\"1.3.0\"");
	assert_string_equal(note->dropped_json, "\"1.2.10\"");
	note = pv_merge_note_at(merge, 1);
	assert_string_equal(note->path, "m.a.version");
	assert_string_equal(note->taken_json, "4");
	assert_string_equal(note->dropped_json, "3");
	assert_null(pv_merge_note_at(merge, 2));
	pv_merge_free(merge);
}

/* A value that is looked at twice on each level would take for ever. */
static void test_merge_fields__merges_what_is_nested_deeply(void **state)
{
	static const char *const ends[] = { "a: 1\n-b: 1\n", "a: 2\n-b: 1\n",
					    "a: 1\n-b: 2\n" };
	pv_buf texts[3] = { { 0 }, { 0 }, { 0 } };
	const char *sides[3];
	pv_merge *merge;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (int depth = 0; depth < 100; depth++)
			pv_buf_printf(&texts[i], "%*sk:\n", depth, "");
		for (const char *c = ends[i]; *c; c++)
			if (c == ends[i] || *c == '-')
				pv_buf_printf(&texts[i], "%*s%.*s", 100, "",
					      *c != '-', c);
			else
				pv_buf_putc(&texts[i], *c);
		sides[i] = pv_buf_text(&texts[i]);
	}
	merge = merge_texts(sides, PV_MERGE_STYLE_MERGE, 0);
	assert_int_equal(pv_merge_markers(merge), 0);
	assert_int_equal(pv_merge_rung(merge), PV_MERGE_BY_FIELDS);
	pv_merge_free(merge);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&texts[i]);
}

/* Records that one side has all given another name, and the other edited. */
static void test_merge_fields__merges_many_renamed_records(void **state)
{
	static const char *const names[] = { "rule", "law", "rule" };
	static const char *const words[] = { "One", "One", "The" };
	pv_buf texts[3] = { { 0 } };
	const char *sides[3];
	pv_merge *merge;
	size_t len;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		pv_buf_puts(&texts[i], "rules:\n");
		for (int n = 0; n < 400; n++)
			pv_buf_printf(&texts[i],
				      "- name: %s-%d\n  text: |\n"
				      "    It has lines of its own.\n"
				      "    %s is line %d.\n",
				      names[i], n, words[n % 5 == 3 ? i : 0], n);
		sides[i] = pv_buf_text(&texts[i]);
	}
	merge = merge_texts(sides, PV_MERGE_STYLE_MERGE, 0);
	assert_int_equal(pv_merge_markers(merge), 0);
	assert_int_equal(pv_merge_rung(merge), PV_MERGE_BY_FIELDS);
	assert_non_null(strstr(pv_merge_text(merge, &len), "law-3\n"));
	assert_non_null(strstr(pv_merge_text(merge, &len), "The is line 3."));
	pv_merge_free(merge);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge_fields__merges_mappings),
		cmocka_unit_test(test_merge_fields__merges_lists),
		cmocka_unit_test(test_merge_fields__merges_labels),
		cmocka_unit_test(test_merge_fields__merges_renamed_messages),
		cmocka_unit_test(test_merge_fields__merges_texts),
		cmocka_unit_test(test_merge_fields__keeps_templates_whole),
		cmocka_unit_test(test_merge_fields__merges_flow_collections),
		cmocka_unit_test(test_merge_fields__merges_layout),
		cmocka_unit_test(test_merge_fields__keeps_what_is_in_doubt),
		cmocka_unit_test(
			test_merge_fields__merges_large_texts_as_small_ones),
		cmocka_unit_test(test_merge_fields__merges_many_renamed_records),
		cmocka_unit_test(test_merge_fields__merges_marks_and_line_ends),
		cmocka_unit_test(test_merge_fields__writes_markers_in_each_style),
		cmocka_unit_test(test_merge_fields__merges_what_is_nested_deeply),
		cmocka_unit_test(
			test_merge_fields__knows_the_higher_of_pre_releases),
		cmocka_unit_test(test_merge_fields__notes_what_rose_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
