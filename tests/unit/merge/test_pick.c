/* SPDX-License-Identifier: MIT
 *
 * One field's change without the rest: what comes along, and what does not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv.h>

struct pick_case {
	const char *before;
	const char *after;
	const char *fields[4]; /* up to a NULL */
	const char *result;
};

struct refusal {
	const char *before;
	const char *after;
	const char *fields[4];
	int code;
	const char *hint; /* NULL: any */
};

static int pick(pv_buf *out, const char *const texts[2],
		const char *const *fields, pv_error *err)
{
	pv_merge_side before = { texts[0], strlen(texts[0]), NULL };
	pv_merge_side after = { texts[1], strlen(texts[1]), NULL };
	size_t count = 0;

	while (fields[count])
		count++;
	return pv_merge_pick(out, &before, &after, fields, count, err);
}

static void expect_all(const struct pick_case *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *const texts[] = { rows[i].before, rows[i].after };
		pv_error err = { 0 };
		pv_buf text = { 0 };

		if (pick(&text, texts, rows[i].fields, &err) != PV_OK)
			print_error("%s: %s\n", rows[i].fields[0], err.message);
		assert_string_equal(pv_buf_text(&text), rows[i].result);
		pv_buf_dispose(&text);
	}
}

static void expect_refusals(const struct refusal *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *const texts[] = { rows[i].before, rows[i].after };
		pv_error err = { 0 };
		pv_buf text = { 0 };

		assert_int_equal(pick(&text, texts, rows[i].fields, &err),
				 rows[i].code);
		if (rows[i].hint)
			assert_string_equal(err.hint, rows[i].hint);
		assert_int_equal(text.len, 0);
		pv_buf_dispose(&text);
	}
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void test_merge_pick__takes_one_key_and_its_comments(void **state)
{
	static const struct pick_case rows[] = {
		{ "# head\na: 1 # one\nb: 2\n",
		  "# new\na: 3 # three\nb: 4\n",
		  { "a" },
		  "# new\na: 3 # three\nb: 2\n" },
		{ "a: 1\nb: 2\n",
		  "a: 1\n# why\nb: 4\nc: 5\n",
		  { "b" },
		  "a: 1\n# why\nb: 4\n" },
		{ "a: 1\nb: 2\n",
		  "a: 1\nn: 7\nb: 4\n",
		  { "n" },
		  "a: 1\nn: 7\nb: 2\n" },
		{ "a: 1\nb: 2\nc: 3\n", "a: 9\nc: 4\n", { "b" }, "a: 1\nc: 3\n" },
		{ "a: 1\nb: 2\nc: 3\n", "a: 9\nc: 4\n", { "b", "c" }, "a: 1\nc: 4\n" },
		{ "m:\n  t: 1 # x\n  u: 2\n",
		  "m:\n    t: 1\n    u: |\n      x\n",
		  { "m.u" },
		  "m:\n  t: 1 # x\n  u: |\n    x\n" },
		{ "m: {t: 1, u: 2}\nn: 1\n",
		  "m: {t: 3, u: 4}\nn: 2\n",
		  { "m.u" },
		  "m: {t: 1, u: 4}\nn: 1\n" },
		{ "n: 1\n",
		  "n: 2\nm:\n  t: 1\n  u: 2\n",
		  { "m.u" },
		  "n: 1\nm:\n  u: 2\n" },
		{ "a.b: 1\nc: 1\n",
		  "a.b: 2\nc: 2\n",
		  { "\"a.b\"" },
		  "a.b: 2\nc: 1\n" },
		{ "a: 1\r\nb: 2\r\n", "a: 3\nb: 4\n", { "b" }, "a: 1\r\nb: 4\r\n" },
		{ "ab: 1\na: 1\n", "ab: 2\na: 2\n", { "a" }, "ab: 1\na: 2\n" },
		{ "a: &x 1\nb: 2\n",
		  "c: &y 5\na: 1\nb: *y\n",
		  { "b" },
		  "a: &x 1\nb: 5\n" },
	};

	(void)state;
	expect_all(rows, COUNT(rows));
}

#define CHAT(a, b)                              \
 "messages:\n  - role: system\n    content: " a \
 "\n  - role: user\n    content: " b "\n"

static void test_merge_pick__takes_elements_of_lists(void **state)
{
	static const struct pick_case rows[] = {
		{ CHAT("One two three.", "x"),
		  CHAT("Quite another.", "y"),
		  { "messages[0].content" },
		  CHAT("Quite another.", "x") },
		{ CHAT("One two three.", "x"),
		  CHAT("Quite another.", "y"),
		  { "messages[1]" },
		  CHAT("One two three.", "y") },
		{ CHAT("a", "x"),
		  CHAT("b", "y") "  - role: tool\n    content: t\n",
		  { "messages[2]" },
		  CHAT("a", "x") "  - role: tool\n    content: t\n" },
		/* An element before it came or went. */
		{ "l:\n  - id: a\n    v: 1\n  - id: b\n    v: 1\n",
		  "l:\n  - id: n\n    v: 0\n  - id: a\n    v: 2\n  - id: b\n"
		  "    v: 3\n",
		  { "l[2].v" },
		  "l:\n  - id: a\n    v: 1\n  - id: b\n    v: 3\n" },
		{ "l:\n  - id: a\n    v: 1\n  - id: b\n    v: 1\n",
		  "l:\n  - id: n\n    v: 0\n  - id: a\n    v: 2\n  - id: b\n"
		  "    v: 3\n",
		  { "l[0]" },
		  "l:\n  - id: n\n    v: 0\n  - id: a\n    v: 1\n  - id: b\n"
		  "    v: 1\n" },
		/* One that is gone is named as it was. */
		{ "l:\n  - id: a\n  - id: b\n  - id: c\n",
		  "l:\n  - id: a\n  - id: c\n",
		  { "l[1]" },
		  "l:\n  - id: a\n  - id: c\n" },
		{ "l:\n  - id: a\n  - id: b\n  - id: c\n    v: 1\n",
		  "l:\n  - id: a\n  - id: c\n    v: 2\n",
		  { "l[1]" },
		  "l:\n  - id: a\n  - id: b\n  - id: c\n    v: 2\n" },
		{ "t:\n- a\n- b\n- c\n",
		  "t:\n- a\n- x\n- y\n",
		  { "t[1]" },
		  "t:\n- a\n- x\n- c\n" },
		{ "t: [a, b]\nu: 1\n",
		  "t: [a, b, c]\nu: 2\n",
		  { "t" },
		  "t: [a, b, c]\nu: 1\n" },
	};

	(void)state;
	expect_all(rows, COUNT(rows));
}

#define KIND "- role: system\n  content: Be kind to all of them.\n"
#define ASK "# asks\n- role: user\n  content: What of {{ q }} is it?\n"
#define ASK_MORE \
 "# asks\n- role: user\n  content: What of {{ q }} {{ z }} is it?\n"
#define BLUE "- role: assistant\n  content: Blue and green.\n"
#define SURE "- role: user\n  content: Are you sure?\n"
#define THANKS "- role: user\n  content: Thanks a lot for that.\n"
#define THANKS_MORE "- role: user\n  content: Thanks a lot for all of that.\n"
#define EXTRA "- role: system\n  content: Nothing of the kind.\n"

/* It is there once, whatever index it is called by. */
static void test_merge_pick__moves_what_has_moved(void **state)
{
	static const struct pick_case rows[] = {
		{ "m:\n" KIND ASK BLUE THANKS,
		  "m:\n" KIND BLUE THANKS ASK,
		  { "m[3]" },
		  "m:\n" KIND BLUE THANKS ASK },
		{ "m:\n" KIND ASK BLUE THANKS,
		  "m:\n" KIND BLUE THANKS ASK,
		  { "m[1]" },
		  "m:\n" KIND BLUE THANKS ASK },
		{ "m:\n" KIND ASK BLUE THANKS,
		  "m:\n" KIND BLUE THANKS ASK,
		  { "m[1]", "m[3]" },
		  "m:\n" KIND BLUE THANKS ASK },
		{ "m:\n" KIND BLUE THANKS ASK,
		  "m:\n" ASK KIND BLUE THANKS,
		  { "m[0]" },
		  "m:\n" ASK KIND BLUE THANKS },
		{ "m:\n" KIND ASK BLUE THANKS,
		  "m:\n" KIND BLUE THANKS ASK_MORE,
		  { "m[3]" },
		  "m:\n" KIND BLUE THANKS ASK_MORE },
		{ "m:\n" KIND ASK BLUE THANKS,
		  "m:\n" KIND BLUE THANKS ASK_MORE,
		  { "m[3].content" },
		  "m:\n" KIND ASK_MORE BLUE THANKS },
		{ "m:\n" KIND ASK BLUE SURE THANKS,
		  "m:\n" KIND EXTRA BLUE SURE THANKS_MORE ASK,
		  { "m[5]" },
		  "m:\n" KIND BLUE SURE THANKS ASK },
		{ "m:\n" KIND ASK BLUE SURE THANKS,
		  "m:\n" KIND EXTRA BLUE SURE THANKS_MORE ASK,
		  { "m[4]" },
		  "m:\n" KIND ASK BLUE SURE THANKS_MORE },
		{ "t:\n- name: a\n  v: 1\n- name: b\n- name: c\n",
		  "t:\n- name: c\n- name: d\n- name: a\n  v: 2\n- name: b\n",
		  { "t[0]" },
		  "t:\n- name: c\n- name: a\n  v: 1\n- name: b\n" },
		{ "t:\n- a\n- b\n- c\n",
		  "t:\n- b\n- c\n- a\n",
		  { "t[2]" },
		  "t:\n- b\n- c\n- a\n" },
	};

	(void)state;
	expect_all(rows, COUNT(rows));
}

static void test_merge_pick__takes_entries_in_brackets(void **state)
{
	static const struct pick_case rows[] = {
		{ "t: [a, b]\nu: 1\n",
		  "t: [a, b, c]\nu: 2\n",
		  { "t[2]" },
		  "t: [a, b, c]\nu: 1\n" },
		{ "t: [ a,b ,  \"c\" ] # x\n",
		  "t: [a, d, c, e]\n",
		  { "t[1]" },
		  "t: [ a,d ,  \"c\" ] # x\n" },
		{ "t: [ a,b ,  c ] # x\n",
		  "t: [a, d, c, 'e']\n",
		  { "t[3]" },
		  "t: [ a,b ,  c,'e' ] # x\n" },
		{ "t: [a, b,  c]\n", "t: [b, c, d]\n", { "t[0]" }, "t: [b,  c]\n" },
		{ "t: [a, b, c]\n", "t: [c, a, b]\n", { "t[0]" }, "t: [c, a, b]\n" },
		{ "t: [a]\nu: 1\n", "t: []\nu: 2\n", { "t[0]" }, "t: []\nu: 1\n" },
		{ "t: []\nu: 1\n", "t: [a]\nu: 2\n", { "t[0]" }, "t: [a]\nu: 1\n" },
		{ "m: {name: x, stop: [a, b], n: 1}\nu: 1\n",
		  "m: {name: y, stop: [a, c], n: 2}\nu: 2\n",
		  { "m.stop[1]" },
		  "m: {name: x, stop: [a, c], n: 1}\nu: 1\n" },
		{ "t: [{id: x, b: 1}, {id: y}]\n",
		  "t: [{id: x, b: 2, c: 3}, {id: y, b: 1}]\n",
		  { "t[0].b", "t[0].c" },
		  "t: [{id: x, b: 2, c: 3}, {id: y}]\n" },
		{ "l:\n  - tags: [a, b]\n    n: 1\n  - id: y\n",
		  "l:\n  - tags: [a, c]\n    n: 2\n  - id: z\n",
		  { "l[0].tags[1]" },
		  "l:\n  - tags: [a, c]\n    n: 1\n  - id: y\n" },
		{ "t: [a,\n    b]\nu: 1\n",
		  "t: [a, x]\nu: 2\n",
		  { "t[1]" },
		  "t: [a,\n    x]\nu: 1\n" },
	};

	(void)state;
	expect_all(rows, COUNT(rows));
}

static void test_merge_pick__refuses_what_it_cannot_take(void **state)
{
	static const struct refusal rows[] = {
		{ "a: 1\nb: 2\nc: 3\n",
		  "a: 1\nb: 3\nc: 4\n",
		  { "a" },
		  PV_ENOTFOUND,
		  "changed: b, c" },
		{ "a: 1\nb: 2\n",
		  "a: 1\nb: 3\n",
		  { "b", "zz" },
		  PV_ENOTFOUND,
		  "changed: b" },
		{ "a: 1\n", "a: 1 # x\n", { "b" }, PV_ENOTFOUND, "changed: no field" },
		{ "t: [a, # c\n b]\nu: 1\n",
		  "t: [a, # c\n b, c]\nu: 2\n",
		  { "t[2]" },
		  PV_EUNSUPPORTED,
		  "take all of \"t\"" },
		{ "a: [\n", "a: 1\n", { "a" }, PV_ESYNTAX, NULL },
		{ "a: 1\n", "a: 2\n", { "a[" }, PV_EINVALID, NULL },
		{ "a: 1\n", "a: 2\n", { "" }, PV_EINVALID, NULL },
	};

	(void)state;
	expect_refusals(rows, COUNT(rows));
}

/* Nothing is what a pick of everything leaves. */
static void test_merge_pick__of_all_fields_is_the_new_text(void **state)
{
	static const char before[] = "# a\na: 1\nl:\n  - id: x\n    v: 1\n"
				     "  - id: y\nz: |\n  One.\n  Two.\n";
	static const char after[] = "# a\na: 2\nl:\n  - id: w\n  - id: x\n"
				    "    v: 3\nz: |\n  Two.\n";
	static const struct pick_case row = {
		before, after, { "a", "l", "z" }, after
	};

	(void)state;
	expect_all(&row, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge_pick__takes_one_key_and_its_comments),
		cmocka_unit_test(test_merge_pick__takes_elements_of_lists),
		cmocka_unit_test(test_merge_pick__moves_what_has_moved),
		cmocka_unit_test(test_merge_pick__takes_entries_in_brackets),
		cmocka_unit_test(test_merge_pick__refuses_what_it_cannot_take),
		cmocka_unit_test(test_merge_pick__of_all_fields_is_the_new_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
