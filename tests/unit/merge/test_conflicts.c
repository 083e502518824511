/* SPDX-License-Identifier: MIT
 *
 * Which fields two sides of a merge contradict each other in.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv.h>

static pv_merge_side side_of(const char *text)
{
	pv_merge_side side = { text, text ? strlen(text) : 0, NULL };

	return side;
}

static void put_value(pv_buf *out, const char *json)
{
	pv_buf_puts(out, " ");
	pv_buf_puts(out, json ? json : "-");
}

static void put_runs(pv_buf *out, const pv_diff_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pv_buf_printf(out, "%c(%.*s)", runs[i].op, (int)runs[i].len,
			      runs[i].text);
	pv_buf_putc(out, '\n');
}

/* One line a row: path, base, ours, theirs, and what would have stood. */
static void expect_at(const char *path, const char *base, const char *ours,
		      const char *theirs, const char *rows)
{
	pv_merge_input input = { .base = side_of(base),
				 .ours = side_of(ours),
				 .theirs = side_of(theirs),
				 .path = path };
	static const char *const taken[] = {
		[PV_MERGE_TAKES_NONE] = "",
		[PV_MERGE_TAKES_OURS] = " <ours",
		[PV_MERGE_TAKES_THEIRS] = " <theirs",
		[PV_MERGE_TAKES_BOTH] = " <both",
	};
	pv_merge_conflicts *found = NULL;
	pv_buf text = { 0 };

	assert_int_equal(pv_merge_conflicts_find(&found, &input, NULL), PV_OK);
	for (size_t i = 0; i < pv_merge_conflicts_count(found); i++) {
		const pv_merge_conflict *row = pv_merge_conflicts_at(found, i);

		pv_buf_printf(&text, "[%s]", row->path);
		put_value(&text, row->base_json);
		put_value(&text, row->ours_json);
		put_value(&text, row->theirs_json);
		pv_buf_puts(&text, taken[row->taken]);
		pv_buf_putc(&text, '\n');
	}
	assert_null(pv_merge_conflicts_at(found, pv_merge_conflicts_count(found)));
	assert_string_equal(pv_buf_text(&text), rows);
	pv_buf_dispose(&text);
	pv_merge_conflicts_free(found);
}

static void expect(const char *base, const char *ours, const char *theirs,
		   const char *rows)
{
	expect_at("a.yaml", base, ours, theirs, rows);
}

static void test_merge_conflicts__names_what_the_merge_marks(void **state)
{
	(void)state;
	/* The higher version stands; the words go together. */
	expect_at("a.yaml",
		  "version: 1.0.0\nt: one two three four five six\nn: 1\n",
		  "version: 1.1.0\nt: ONE two three four five six\nn: 2\n",
		  "version: 1.2.0\nt: one two three four five SIX\nn: 3\n",
		  "[n] 1 2 3\n");
	expect_at("a.yaml", "a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\nb: 2\n",
		  "[] \"a: 1\\nb: 1\\n\" \"a: 2\\nb: 1\\n\" "
		  "\"a: 1\\nb: 2\\n\" <both\n");
}

static void test_merge_conflicts__tells_words(void **state)
{
	pv_merge_input input = {
		.base = side_of("t: say one thing\nn: 1\n"),
		.ours = side_of("t: say two things\nn: 2\n"),
		.theirs = side_of("t: say  one\nn: 3\n"),
		.path = "a.yaml",
	};
	pv_merge_conflicts *found = NULL;
	const pv_merge_conflict *row;
	pv_buf text = { 0 };

	(void)state;
	assert_int_equal(pv_merge_conflicts_find(&found, &input, NULL), PV_OK);
	assert_int_equal(pv_merge_conflicts_count(found), 2);
	row = pv_merge_conflicts_at(found, 0);
	put_runs(&text, row->our_words, row->our_word_count);
	put_runs(&text, row->their_words, row->their_word_count);
	row = pv_merge_conflicts_at(found, 1);
	put_runs(&text, row->our_words, row->our_word_count);
	assert_string_equal(pv_buf_text(&text),
			    "=(say )-(one thing)+(two things)\n"
			    "=(say )+( )=(one)-( thing)\n\n");
	pv_buf_dispose(&text);
	pv_merge_conflicts_free(found);
}

static void test_merge_conflicts__names_only_contested_fields(void **state)
{
	(void)state;
	expect("a: 1\nb: 1\nc: 1\nd: {x: 1, y: 1}\n",
	       "a: 2\nb: 2\nc: 3\nd: {x: 2, y: 1}\n",
	       "a: 1\nb: 2\nc: 4\nd: {x: 3, y: 2}\n",
	       "[c] 1 3 4\n"
	       "[d.x] 1 2 3\n");
}

static void test_merge_conflicts__sees_additions_and_removals(void **state)
{
	(void)state;
	expect("a: 1\nb: 1\n", "a: 2\nb: 1\nn: 5\n", "b: 1\nn: 6\n",
	       "[a] 1 2 -\n"
	       "[n] - 5 6\n");
}

static void test_merge_conflicts__merges_new_files_key_by_key(void **state)
{
	(void)state;
	expect(NULL, "a: 1\nb: 1\n", "a: 1\nb: 2\nc: 3\n",
	       "[b] - 1 2\n"
	       "[c] - - 3\n");
}

static void test_merge_conflicts__follows_messages(void **state)
{
	(void)state;
	expect("messages:\n- {role: system, content: one two three}\n"
	       "- {role: user, content: hello there}\n",
	       "messages:\n- {role: developer, content: extra}\n"
	       "- {role: system, content: one two four}\n"
	       "- {role: user, content: hello there}\n",
	       "messages:\n- {role: system, content: one two five}\n"
	       "- {role: user, content: hello there you}\n",
	       "[messages[1].content] \"one two three\" \"one two four\" "
	       "\"one two five\"\n");
}

static void test_merge_conflicts__treats_clashing_lists_as_one(void **state)
{
	(void)state;
	expect("tags: [a, b, a]\n", "tags: [a, x, a]\n", "tags: [a, y, a]\n",
	       "[tags] [\"a\",\"b\",\"a\"] [\"a\",\"x\",\"a\"] "
	       "[\"a\",\"y\",\"a\"]\n");
	expect("tags: [a, b]\nn: 1\n", "tags: [x, a, b]\nn: 2\n",
	       "tags: [a, b, y]\nn: 3\n", "[n] 1 2 3\n");
}

static void test_merge_conflicts__sees_contradicting_tags(void **state)
{
	(void)state;
	expect("a: !A {x: 1}\n", "a: !B {x: 1}\n", "a: !C {x: 1}\n",
	       "[a] {\"x\":1} {\"x\":1} {\"x\":1}\n");
}

static void test_merge_conflicts__falls_back_to_the_whole_file(void **state)
{
	(void)state;
	/* Only lines clash. */
	expect("a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\nb: 2\n",
	       "[] \"a: 1\\nb: 1\\n\" \"a: 2\\nb: 1\\n\" \"a: 1\\nb: 2\\n\" <both\n");
	/* It cannot be told apart. */
	expect("a: 1\n", "{}\n", "a: 2\n",
	       "[] \"a: 1\\n\" \"{}\\n\" \"a: 2\\n\"\n");
	/* A side is gone, or no YAML. */
	expect("a: 1\n", "a: 2\n", NULL, "[] \"a: 1\\n\" \"a: 2\\n\" -\n");
	expect("a: 1\n", "a: [\n", "a: 2\n",
	       "[] \"a: 1\\n\" \"a: [\\n\" \"a: 2\\n\"\n");
	expect("a: [\n", "a: 1\n", "a: 2\n",
	       "[] \"a: [\\n\" \"a: 1\\n\" \"a: 2\\n\"\n");
}

/* Their key was a comment, which ours changed: both are between markers. */
static void test_merge_conflicts__tells_what_is_only_beside_a_clash(void **state)
{
	(void)state;
	expect("a: [x]\n# Target\n# b:\n#   - y\nend: 1\n",
	       "a: [x]\n# Other\n# b:\n#   - y\nend: 1\n",
	       "a: [x]\n# Target\nb:\n  - y\nend: 1\n",
	       "[b] - - [\"y\"] <theirs\n"
	       "[end] 1 1 1\n");
	expect("a: [x]\n# Target\n# b:\n#   - y\nend: 1\n",
	       "a: [x]\n# Target\nb:\n  - y\nend: 1\n",
	       "a: [x]\n# Other\n# b:\n#   - y\nend: 1\n",
	       "[b] - [\"y\"] - <ours\n"
	       "[end] 1 1 1\n");
}

static void test_merge_conflicts__names_the_body_of_front_matter(void **state)
{
	(void)state;
	expect_at("a.prompty", "---\na: 1\n---\nSay one.\n",
		  "---\na: 2\n---\nSay two.\n", "---\na: 3\n---\nSay three.\n",
		  "[a] 1 2 3\n"
		  "[body] \"Say one.\\n\" \"Say two.\\n\" \"Say three.\\n\"\n");
	expect_at("a.prompty", "---\nbody: 1\n---\nSay one.\n",
		  "---\nbody: 2\n---\nSay two.\n",
		  "---\nbody: 3\n---\nSay three.\n",
		  "[body] 1 2 3\n"
		  "[.body] \"Say one.\\n\" \"Say two.\\n\" \"Say three.\\n\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_merge_conflicts__tells_what_is_only_beside_a_clash),
		cmocka_unit_test(
			test_merge_conflicts__names_the_body_of_front_matter),
		cmocka_unit_test(test_merge_conflicts__names_what_the_merge_marks),
		cmocka_unit_test(test_merge_conflicts__tells_words),
		cmocka_unit_test(test_merge_conflicts__names_only_contested_fields),
		cmocka_unit_test(test_merge_conflicts__sees_additions_and_removals),
		cmocka_unit_test(test_merge_conflicts__merges_new_files_key_by_key),
		cmocka_unit_test(test_merge_conflicts__follows_messages),
		cmocka_unit_test(
			test_merge_conflicts__treats_clashing_lists_as_one),
		cmocka_unit_test(test_merge_conflicts__sees_contradicting_tags),
		cmocka_unit_test(
			test_merge_conflicts__falls_back_to_the_whole_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
