/* SPDX-License-Identifier: MIT
 *
 * A diff as people and programs see it, and the plain lines of textconv.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv.h>

#include "base/json.h"

static pv_diff *diff_of(const char *before, const char *after)
{
	pv_diff *diff = NULL;

	assert_int_equal(pv_diff_texts(&diff, before, before ? strlen(before) : 0,
				       after, after ? strlen(after) : 0, NULL),
			 PV_OK);
	return diff;
}

static void expect_print(pv_diff *diff, const pv_diff_print_options *opts,
			 const char *text)
{
	pv_buf out = { 0 };

	assert_int_equal(pv_diff_print_text(&out, diff, "a/b", opts, NULL),
			 PV_OK);
	assert_string_equal(pv_buf_text(&out), text);
	pv_buf_dispose(&out);
	pv_diff_free(diff);
}

/* With the values as JSON, and without. */
static void expect_text(const char *before, const char *after,
			const pv_diff_print_options *opts, const char *text)
{
	const pv_diff_input input = { .before = before,
				      .before_len = before ? strlen(before) : 0,
				      .after = after,
				      .after_len = after ? strlen(after) : 0,
				      .json = PV_DIFF_JSON_NONE };
	pv_diff *diff = NULL;

	expect_print(diff_of(before, after), opts, text);
	assert_int_equal(pv_diff_new(&diff, &input, NULL), PV_OK);
	expect_print(diff, opts, text);
}

static void test_diff_print__shows_words_where_lines_end_elsewhere(void **state)
{
	static const char before[] = "text: |\n  You help the desk of a firm\n"
				     "  and answer in one short line.\n"
				     "  - Be kind.\n";
	static const char wrapped[] = "text: |\n  You help the desk of\n"
				      "  a firm and answer in one brief line.\n"
				      "  - Be kind.\n";
	static const char rewritten[] = "text: |\n  Some say that cats\n"
					"  sleep all day in the warm sun.\n"
					"  - Be kind.\n";

	(void)state;
	expect_text(before, wrapped, NULL,
		    "a/b  minor\n"
		    "  text:\n"
		    "  @@ -1,3 +1,3 @@\n"
		    "   You help the desk of\n"
		    "   a firm and answer in one [-short-]{+brief+} line.\n"
		    "   - Be kind.\n");
	expect_text(before, rewritten, NULL,
		    "a/b  minor\n"
		    "  text:\n"
		    "  @@ -1,3 +1,3 @@\n"
		    "  -You help the desk of a firm\n"
		    "  -and answer in one short line.\n"
		    "  +Some say that cats\n"
		    "  +sleep all day in the warm sun.\n"
		    "   - Be kind.\n");
}

static void test_diff_print__shows_scalars_on_one_line(void **state)
{
	(void)state;
	expect_text("m: {t: 0.2, n: x}\ngone: 1\n",
		    "m: {t: 0.1, n: \"1\"}\nnew: [a, {b: c}]\n", NULL,
		    "a/b  minor\n"
		    "  m.t: 0.2 → 0.1\n"
		    "  m.n: x → \"1\"\n"
		    "  +new:\n"
		    "  +  - a\n"
		    "  +  - b: c\n"
		    "  -gone: 1\n");
}

static void test_diff_print__names_both_versions(void **state)
{
	pv_diff_print_options opts = { .from = "1.0.0", .to = "1.1.0" };

	(void)state;
	expect_text("a: 1\n", "a: 2\n", &opts,
		    "a/b  1.0.0 → 1.1.0  minor\n  a: 1 → 2\n");
	opts.from = NULL;
	expect_text("a: 1\n", "a: 2\n", &opts, "a/b  1.1.0  minor\n  a: 1 → 2\n");
}

static void test_diff_print__shows_texts_as_hunks(void **state)
{
	pv_diff_print_options opts = { .context = 1 };

	(void)state;
	expect_text("t: |\n  1\n  2\n  3\n  4\n  5\n  6\n  7\n  8\n",
		    "t: |\n  1\n  zwei\n  3\n  4\n  5\n  6\n  7\n  8\n  9\n",
		    &opts,
		    "a/b  minor\n"
		    "  t:\n"
		    "  @@ -1,3 +1,3 @@\n"
		    "   1\n"
		    "  -2\n"
		    "  +zwei\n"
		    "   3\n"
		    "  @@ -8 +8,2 @@\n"
		    "   8\n"
		    "  +9\n");
}

static void test_diff_print__tells_of_a_final_newline(void **state)
{
	(void)state;
	expect_text("t: |\n  1\n  2\n", "t: |-\n  1\n  3\n", NULL,
		    "a/b  minor\n"
		    "  t:\n"
		    "  @@ -1,2 +1,2 @@\n"
		    "   1\n"
		    "  -2\n"
		    "  +3\n"
		    "  \\ No newline at the end\n");
}

static void test_diff_print__cuts_long_values_around_the_change(void **state)
{
	char before[1100] = "v: ";
	char after[1100] = "v: ";
	pv_diff *diff;
	pv_buf out = { 0 };

	(void)state;
	memset(before + 3, 'a', 1000);
	memset(after + 3, 'a', 1000);
	memcpy(before + 600, "old", 3);
	memcpy(after + 600, "new", 3);
	diff = diff_of(before, after);
	assert_int_equal(pv_diff_print_text(&out, diff, "a/b", NULL, NULL),
			 PV_OK);
	assert_non_null(strstr(out.ptr, "-…"));
	assert_non_null(strstr(out.ptr, "aoldaaa"));
	assert_non_null(strstr(out.ptr, "anewaaa"));
	assert_non_null(strstr(out.ptr, "… (1000 bytes)"));
	assert_true(out.len < 500);
	pv_buf_dispose(&out);
	pv_diff_free(diff);
}

static void test_diff_print__uses_the_colours_of_git(void **state)
{
	pv_diff_print_options opts = { .color = 1 };

	(void)state;
	expect_text("a: 1\nb: 1\n", "a: 2\n", &opts,
		    "\x1b[1ma/b\x1b[m  minor\n"
		    "  a: \x1b[31m1\x1b[m → \x1b[32m2\x1b[m\n"
		    "  \x1b[31m-b: 1\x1b[m\n");
}

static void test_diff_print__disarms_contents(void **state)
{
	(void)state;
	expect_text("a: \"x\\e[31m\"\nb: \"\\u202Etrojan\"\n",
		    "a: \"y\\x7F\\x9B\"\nb: \"l\\r\\n2\\r\\n\"\n", NULL,
		    "a/b  minor\n"
		    "  a: x\\x1b[31m → y\\x7f\\u009b\n"
		    "  b:\n"
		    "  @@ -1 +1,2 @@\n"
		    "  -\\u202etrojan\n"
		    "  \\ No newline at the end\n"
		    "  +l\\r\n"
		    "  +2\\r\n");
	expect_text("\xff\x1b]0;x\x07", "b: [", NULL,
		    "a/b  minor\n"
		    "  @@ -1 +1 @@\n"
		    "  -\\xff\\x1b]0;x\\x07\n"
		    "  +b: [\n");
}

static void test_diff_print__shows_what_cannot_be_seen(void **state)
{
	(void)state;
	expect_text("a: x\nb: x\n",
		    "a: \"\\u200By\\u00AD\\uFEFF\\u2066\"\n"
		    "b: \"\\U000E0041\\U0001F468\\u200D\\u2764\\uFE0F\"\n",
		    NULL,
		    "a/b  minor\n"
		    "  a: x → \\u200by\\u00ad\\ufeff\\u2066\n"
		    "  b: x → \\U000e0041\xf0\x9f\x91\xa8\xe2\x80\x8d"
		    "\xe2\x9d\xa4\xef\xb8\x8f\n");
}

static void test_diff_print__marks_what_moved(void **state)
{
	(void)state;
	expect_text("m:\n- {role: u, id: a}\n- {role: u, id: b}\n"
		    "- {role: u, id: c}\n",
		    "m:\n- {role: u, id: c}\n- {role: u, id: a}\n"
		    "- {role: u, id: b}\n",
		    NULL, "a/b  minor\n  moved: m[2] → m[0]\n");
	expect_text("tags: [a, b, c d]\n", "tags: [c d, a, b]\n", NULL,
		    "a/b  minor\n  moved c d: tags[2] → tags[0]\n");
}

static void test_diff_print__shows_files_that_come_and_go(void **state)
{
	(void)state;
	expect_text(NULL, "name: A\nprompt: |\n  x\n\n  y\n", NULL,
		    "a/b  added\n"
		    "  estimated tokens: 2\n"
		    "  +name: A\n"
		    "  +prompt:\n"
		    "  +  x\n"
		    "  +  \n"
		    "  +  y\n");
	expect_text("a: [\n", NULL, NULL,
		    "a/b  removed, major\n"
		    "  breaking: the prompt is removed\n"
		    "  -a: [\n");
}

static void test_diff_print__says_formatting_only(void **state)
{
	(void)state;
	expect_text("a: \"b\"\n", "a: b\n", NULL,
		    "a/b  formatting only, patch\n");
}

static void test_diff_print__shows_changed_comments(void **state)
{
	(void)state;
	expect_text("a: 1 # one\n# kept\nt: |\n  # text\n",
		    "a: 1\n# kept\n# new\nt: |\n  # text\n", NULL,
		    "a/b  comments changed, patch\n"
		    "  comments:\n"
		    "  -  # one\n"
		    "  +  # new\n");
	expect_text("a: 1 # one\n", "a: 2 # two\n", NULL,
		    "a/b  minor\n"
		    "  a: 1 → 2\n"
		    "  comments:\n"
		    "  -  # one\n"
		    "  +  # two\n");
}

static void test_diff_print__calls_other_wrapping_formatting(void **state)
{
	static const char before[] = "a: 1\nt: |\n  one two\n  three\n";
	static const char after[] = "a: 1\nt: |\n  one\n  two three\n";
	pv_diff *diff = diff_of(before, after);

	(void)state;
	expect_text(before, after, NULL,
		    "a/b  formatting only, minor\n  t: formatting only\n");
	assert_true(pv_diff_at(diff, 0)->is_formatting);
	pv_diff_ignore_formatting(diff);
	assert_int_equal(pv_diff_count(diff), 0);
	assert_int_equal(pv_diff_status(diff), PV_DIFF_UNCHANGED);
	pv_diff_free(diff);
	diff = diff_of(before, "a: 2\nt: |\n  one\n  two three\n");
	pv_diff_ignore_formatting(diff);
	assert_int_equal(pv_diff_count(diff), 1);
	assert_int_equal(pv_diff_status(diff), PV_DIFF_MODIFIED);
	pv_diff_free(diff);
}

static void test_diff_print__marks_words(void **state)
{
	pv_diff_print_options opts = { .word = 1, .context = 1 };

	(void)state;
	expect_text("g: Sort the mail\nn: 1\n", "g: Sort all mail\nn: 2\n", &opts,
		    "a/b  minor\n"
		    "  g: Sort [-the-]{+all+} mail\n"
		    "  n: 1 → 2\n");
	expect_text("t: |\n  1\n  2\n  a b\n  c d\n  3\n  4\n  5\n  gone\n",
		    "t: |\n  1\n  2\n  a\n  b x d\n  3\n  4\n  5\n", &opts,
		    "a/b  minor\n"
		    "  t:\n"
		    "  @@ -3,3 +3,3 @@\n"
		    "  a\n"
		    "  b [-c-]{+x+} d\n"
		    "  3\n"
		    "  @@ -7,2 +7 @@\n"
		    "  5\n"
		    "  [-gone-]\n");
	opts.color = 1;
	expect_text("g: Sort the mail\n", "g: Sort all mail\n", &opts,
		    "\x1b[1ma/b\x1b[m  minor\n"
		    "  g: Sort \x1b[31mthe\x1b[m\x1b[32mall\x1b[m mail\n");
}

static void test_diff_print__puts_texts_side_by_side(void **state)
{
	pv_diff_print_options opts = { .side_by_side = 1,
				       .width = 27,
				       .context = 1 };

	(void)state;
	expect_text("n: 1\nt: |\n  1\n  2\n  a\n  b\n  3\n  4\n  5\n",
		    "n: 2\nt: |\n  1\n  2\n  分类分类分类\n  3\n  4\n"
		    "  5\n  \tx one two three\n",
		    &opts,
		    "a/b  minor\n"
		    "  n: 1 → 2\n"
		    "  t:\n"
		    "  ...\n"
		    "  2             2\n"
		    "  a           | 分类分类分\n"
		    "              | 类\n"
		    "  b           <\n"
		    "  3             3\n"
		    "  ...\n"
		    "  5             5\n"
		    "              >         x o\n"
		    "              > ne two thre\n"
		    "              > e\n");
	opts.color = 1;
	expect_text("t: |\n  a\n  b\n", "t: |\n  a\n  c\n", &opts,
		    "\x1b[1ma/b\x1b[m  minor\n"
		    "  t:\n"
		    "  a             a\n"
		    "  \x1b[31mb          \x1b[m | \x1b[32mc\x1b[m\n");
}

static void test_diff_print__begins_with_the_interface(void **state)
{
	pv_diff *diff;
	pv_buf out = { 0 };
	static const char before[] =
		"name: A\nvariables: {days: {type: integer, default: 3}}\n"
		"prompt: Sort {{ lang }} {{ days }}\n";
	static const char after[] =
		"name: A\nvariables: {days: {type: integer}}\n"
		"prompt: Sort {{ queue }} {{ days }} now.\n";

	(void)state;
	expect_text(before, after, NULL,
		    "a/b  major\n"
		    "  breaking: variables.days: variable \"days\" became "
		    "required\n"
		    "  breaking: variables.queue: required variable \"queue\" "
		    "was added\n"
		    "  interface: ~days (required integer), +queue (required), "
		    "-lang\n"
		    "  estimated tokens: 7 → 9\n"
		    "  -variables.days.default: 3\n"
		    "  prompt: Sort {{ lang }} {{ days }} → "
		    "Sort {{ queue }} {{ days }} now.\n");
	diff = diff_of(before, after);
	assert_int_equal(pv_diff_interface_count(diff), 3);
	assert_string_equal(pv_diff_interface_at(diff, 2)->name, "lang");
	assert_null(pv_diff_interface_at(diff, 3));
	assert_int_equal(pv_diff_tokens_before(diff), 7);
	assert_int_equal(pv_diff_tokens_after(diff), 9);
	assert_int_equal(pv_diff_print_json(&out, diff, "a/b", NULL), PV_OK);
	assert_non_null(
		strstr(out.ptr,
		       "\"interface\":[{\"name\":\"days\",\"kind\":\"modified\","
		       "\"type\":\"integer\",\"required\":true},"));
	assert_non_null(strstr(out.ptr, "\"estimated_tokens\":"
					"{\"old\":7,\"new\":9}"));
	pv_buf_dispose(&out);
	pv_diff_free(diff);
}

/* The new side's estimate is made from the old one's and what differs. */
static void test_diff_print__estimates_both_sides_alike(void **state)
{
	static const char *const ends[] = {
		"a {{ b }} c",     "it's 1.5, so\\n- x",        "日本 x\u2026",
		"{{ a {{ b }} }}", "wrap\\n  ped   words...!!", ""
	};
	char prompts[2][64];

	(void)state;
	for (size_t i = 0; i < 36; i++) {
		pv_diff *alone = NULL;
		pv_diff *both;
		pv_buf out = { 0 };
		char want[80];

		if (i / 6 == i % 6) /* nothing differs, nothing is read */
			continue;
		for (size_t k = 0; k < 2; k++)
			snprintf(prompts[k], sizeof(prompts[k]),
				 "prompt: \"one two %s end{{ x }}\"\n",
				 ends[k ? i / 6 : i % 6]);
		alone = diff_of(NULL, prompts[1]);
		both = diff_of(prompts[0], prompts[1]);
		snprintf(want, sizeof(want), "\"new\":%ld},",
			 pv_diff_tokens_after(alone));
		assert_int_equal(pv_diff_print_json(&out, both, "a", NULL),
				 PV_OK);
		assert_non_null(strstr(out.ptr, want));
		pv_buf_dispose(&out);
		pv_diff_free(alone);
		pv_diff_free(both);
	}
}

static void test_diff_print__counts(void **state)
{
	pv_diff_print_options opts = { .stat = 1, .id_width = 5 };

	(void)state;
	expect_text("t: |\n  1\n  2\nn: 1\n", "t: |\n  1\n  3\n  4\nn: 2\n",
		    &opts, " a/b   |   2 fields, +2 -1, minor\n");
	expect_text("a: 'b'\n", "a: b\n", &opts,
		    " a/b   |   0 fields, +0 -0, formatting only, patch\n");
	expect_text(NULL, "a: \"1\\n2\"\n", &opts,
		    " a/b   |   1 field,  +2 -0, added\n");
}

static void test_diff_print__writes_json(void **state)
{
	pv_diff *diff = diff_of("name: A\nt: \"x\\n\"\n",
				"name: A\nt: \"y\\n\"\nk: {z: [1]}\n");
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(pv_diff_print_json(&out, diff, "a/b", NULL), PV_OK);
	assert_string_equal(
		out.ptr,
		"{\"id\":\"a/b\",\"renamed_from\":null,\"status\":\"modified\",\"bump\":\"minor\","
		"\"formatting\":false,\"breaking\":[],\"closure\":[],\"interface\":[],"
		"\"estimated_tokens\":{\"old\":null,\"new\":null},"
		"\"comments\":[],\"changes\":["
		"{\"path\":\"t\",\"kind\":\"modified\",\"old\":\"x\\n\","
		"\"new\":\"y\\n\",\"formatting\":false,"
		"\"words\":[[\"-\",\"x\"],[\"+\",\"y\"],"
		"[\"=\",\"\\n\"]]},"
		"{\"path\":\"k\",\"kind\":\"added\",\"old\":null,"
		"\"new\":{\"z\":[1]},\"formatting\":false,"
		"\"words\":[]}]}");
	pv_buf_dispose(&out);
	pv_diff_free(diff);
}

static void test_diff_print__writes_json_of_any_bytes(void **state)
{
	static const char bytes[] = "\xff\x00\x1b\"\\\n\xed\xa0\x80";
	pv_json_doc *doc = NULL;
	pv_diff *diff = NULL;
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(pv_diff_texts(&diff, bytes, sizeof(bytes) - 1, "x", 1,
				       NULL),
			 PV_OK);
	assert_int_equal(pv_diff_print_json(&out, diff, "a", NULL), PV_OK);
	assert_int_equal(pv_json_parse(&doc, out.ptr, out.len, NULL), PV_OK);
	pv_json_free(doc);
	pv_buf_dispose(&out);
	pv_diff_free(diff);
}

static void test_diff_print__flattens_prompts_for_git(void **state)
{
	static const char text[] =
		"# a comment\n"
		"name: 'It''s'\n"
		"tags: [a, \"true\", \"\"]\n"
		"m: {t: 0.20, none: ~, on: True, e: {}, l: []}\n"
		"messages:\n"
		"  - role: system\n"
		"    content: \"one\\n\\ntwo\\e[0m\"\n"
		"  - !x {role: user, content: >\n"
		"      folded\n"
		"      text\n"
		"    }\n";
	static const char block[] = "t: >\n  folded\n  text\nn: [[1, 2], [3]]\n";
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(pv_diff_flatten(&out, text, sizeof(text) - 1, NULL),
			 PV_ESYNTAX);
	pv_buf_clear(&out);
	assert_int_equal(pv_diff_flatten(&out, block, sizeof(block) - 1, NULL),
			 PV_OK);
	assert_string_equal(out.ptr, "t: |\n  folded text\n"
				     "n:\n  - - 1\n    - 2\n  - - 3\n");
	pv_buf_clear(&out);
	assert_int_equal(pv_diff_flatten(&out, text,
					 strstr(text, "  - !x") - text, NULL),
			 PV_OK);
	assert_string_equal(out.ptr, "# a comment\n"
				     "name: It's\n"
				     "tags:\n"
				     "  - a\n"
				     "  - \"true\"\n"
				     "  - \"\"\n"
				     "m:\n"
				     "  t: 0.20\n"
				     "  none: null\n"
				     "  on: true\n"
				     "  e: {}\n"
				     "  l: []\n"
				     "messages:\n"
				     "  - role: system\n"
				     "    content: |-\n"
				     "      one\n"
				     "\n"
				     "      two\\x1b[0m\n");
	pv_buf_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_print__shows_scalars_on_one_line),
		cmocka_unit_test(
			test_diff_print__shows_words_where_lines_end_elsewhere),
		cmocka_unit_test(test_diff_print__names_both_versions),
		cmocka_unit_test(test_diff_print__shows_texts_as_hunks),
		cmocka_unit_test(test_diff_print__tells_of_a_final_newline),
		cmocka_unit_test(
			test_diff_print__cuts_long_values_around_the_change),
		cmocka_unit_test(test_diff_print__uses_the_colours_of_git),
		cmocka_unit_test(test_diff_print__disarms_contents),
		cmocka_unit_test(test_diff_print__shows_what_cannot_be_seen),
		cmocka_unit_test(test_diff_print__marks_what_moved),
		cmocka_unit_test(test_diff_print__shows_files_that_come_and_go),
		cmocka_unit_test(test_diff_print__says_formatting_only),
		cmocka_unit_test(test_diff_print__shows_changed_comments),
		cmocka_unit_test(test_diff_print__calls_other_wrapping_formatting),
		cmocka_unit_test(test_diff_print__marks_words),
		cmocka_unit_test(test_diff_print__puts_texts_side_by_side),
		cmocka_unit_test(test_diff_print__begins_with_the_interface),
		cmocka_unit_test(test_diff_print__estimates_both_sides_alike),
		cmocka_unit_test(test_diff_print__counts),
		cmocka_unit_test(test_diff_print__writes_json),
		cmocka_unit_test(test_diff_print__writes_json_of_any_bytes),
		cmocka_unit_test(test_diff_print__flattens_prompts_for_git),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
