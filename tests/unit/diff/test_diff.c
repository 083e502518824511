/* SPDX-License-Identifier: MIT
 *
 * What differs between two texts: fields, alignment of lists, text runs, the
 * status and the bump, and that no contents make a diff fail.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv.h>

#include "base/mem.h"

static pv_diff *diff_of(const char *before, const char *after)
{
	pv_diff *diff = NULL;

	assert_int_equal(pv_diff_texts(&diff, before, before ? strlen(before) : 0,
				       after, after ? strlen(after) : 0, NULL),
			 PV_OK);
	assert_non_null(diff);
	return diff;
}

/* One line a change: kind, path, old and new value. */
static void describe(pv_buf *out, const pv_diff *diff)
{
	for (size_t i = 0; i < pv_diff_count(diff); i++) {
		const pv_field_change *change = pv_diff_at(diff, i);

		pv_buf_printf(out, "%s %s", pv_change_kind_name(change->kind),
			      change->path);
		if (change->old_json) {
			pv_buf_puts(out, " ");
			pv_buf_puts(out, change->old_json);
		}
		if (change->new_json) {
			pv_buf_puts(out, " > ");
			pv_buf_puts(out, change->new_json);
		}
		pv_buf_puts(out, "\n");
	}
}

static void expect(const char *before, const char *after, const char *changes)
{
	pv_diff *diff = diff_of(before, after);
	pv_buf text = { 0 };

	describe(&text, diff);
	assert_string_equal(pv_buf_text(&text), changes);
	pv_buf_dispose(&text);
	pv_diff_free(diff);
}

/* --- fields -------------------------------------------------------------- */

static void test_diff_diff__names_fields_by_path(void **state)
{
	(void)state;
	expect("name: A\nmodel: {temperature: 0.2, top_k: 40}\nold: 1\n",
	       "name: B\nmodel: {temperature: 0.1, top_k: 40, seed: 7}\n",
	       "modified name \"A\" > \"B\"\n"
	       "modified model.temperature 0.2 > 0.1\n"
	       "added model.seed > 7\n"
	       "removed old 1\n");
	expect("metadata: {\"a.b\": 1, \"\": 2}\n",
	       "metadata: {\"a.b\": 2, \"\": 3}\n",
	       "modified metadata.\"a.b\" 1 > 2\n"
	       "modified metadata.\"\" 2 > 3\n");
}

static void test_diff_diff__tells_types_apart(void **state)
{
	(void)state;
	expect("a: 1\nb: true\nc: null\n", "a: \"1\"\nb: \"true\"\nc: \"\"\n",
	       "modified a 1 > \"1\"\n"
	       "modified b true > \"true\"\n"
	       "modified c null > \"\"\n");
	expect("a: [1]\n", "a: {b: 1}\n", "modified a [1] > {\"b\":1}\n");
	expect("a: 1\n", "a: 1.0\n", "modified a 1 > 1.0\n");
}

static void test_diff_diff__tells_tags_apart(void **state)
{
	(void)state;
	expect("a: !One {x: 1}\n", "a: !Two {x: 2}\n",
	       "modified a \"!One\" > \"!Two\"\n"
	       "modified a.x 1 > 2\n");
}

static void test_diff_diff__follows_aliases(void **state)
{
	(void)state;
	expect("a: &x {n: 1}\nb: *x\n", "a: {n: 1}\nb: {n: 1}\n", "");
	expect("a: &x {n: 1}\nb: *x\n", "a: &x {n: 2}\nb: *x\n",
	       "modified a.n 1 > 2\nmodified b.n 1 > 2\n");
}

static void test_diff_diff__calls_the_rest_formatting(void **state)
{
	static const char *const same[] = {
		"b: 2\na: \"x y\"\nn: 1.50\nz: ~\nt: |\n  hi\n",
		"# comment\na: x y\nb:   2\n\nn: 1.5\nz:\nt: \"hi\\n\"\n",
		"{t: 'hi\n\n  ', a: 'x y', b: 2, n: 0.15e1, z: null}\n",
	};

	(void)state;
	for (size_t i = 1; i < pv_array_len(same); i++) {
		pv_diff *diff = diff_of(same[0], same[i]);

		assert_int_equal(pv_diff_count(diff), 0);
		assert_int_equal(pv_diff_status(diff), PV_DIFF_MODIFIED);
		assert_true(pv_diff_is_formatting(diff));
		assert_int_equal(pv_diff_bump(diff), PV_BUMP_PATCH);
		pv_diff_free(diff);
	}
}

/* --- lists --------------------------------------------------------------- */

static void test_diff_diff__compares_sets_of_words_by_element(void **state)
{
	(void)state;
	expect("tags: [a, b, c]\n", "tags: [a, x, c, d]\n",
	       "removed tags[1] \"b\"\n"
	       "added tags[1] > \"x\"\n"
	       "added tags[3] > \"d\"\n");
	expect("stop: []\n", "stop: [END]\n", "added stop[0] > \"END\"\n");
}

static void test_diff_diff__finds_scalars_that_moved(void **state)
{
	(void)state;
	expect("tags: [a, b, c]\n", "tags: [c, a, b]\n",
	       "moved tags[0] \"tags[2]\" > \"tags[0]\"\n");
	expect("tags: [a, b, c]\n", "tags: [c, x, a]\n",
	       "moved tags[0] \"tags[2]\" > \"tags[0]\"\n"
	       "added tags[1] > \"x\"\n"
	       "removed tags[1] \"b\"\n");
	/* One of two that are equal is gone. */
	expect("stop: [a, a, 1]\n", "stop: [1, a]\n",
	       "removed stop[0] \"a\"\n"
	       "moved stop[0] \"stop[2]\" > \"stop[0]\"\n");
	/* A text is no number. */
	expect("stop: [a, b, 1]\n", "stop: ['1', a, b]\n",
	       "added stop[0] > \"1\"\n"
	       "removed stop[2] 1\n");
	/* Nested lists and long ones that are turned around. */
	expect("x: [[1], [2, 3], 4, 5, 6, 7]\n", "x: [7, 6, 5, 4, [2, 3], [1]]\n",
	       "moved x[0] \"x[5]\" > \"x[0]\"\n"
	       "moved x[1] \"x[4]\" > \"x[1]\"\n"
	       "moved x[2] \"x[3]\" > \"x[2]\"\n"
	       "moved x[3] \"x[2]\" > \"x[3]\"\n"
	       "moved x[4] \"x[1]\" > \"x[4]\"\n");
}

static void test_diff_diff__aligns_messages_by_likeness(void **state)
{
	(void)state;
	expect("messages:\n"
	       "- {role: system, content: You sort the tickets of customers}\n"
	       "- {role: user, content: \"{{ ticket }}\"}\n",
	       "messages:\n"
	       "- {role: developer, content: Stay calm}\n"
	       "- {role: system, content: You sort all tickets of customers}\n"
	       "- {role: user, content: \"{{ ticket }}\"}\n",
	       "added messages[0] > "
	       "{\"role\":\"developer\",\"content\":\"Stay calm\"}\n"
	       "modified messages[1].content "
	       "\"You sort the tickets of customers\" > "
	       "\"You sort all tickets of customers\"\n");
}

static void test_diff_diff__sees_a_rewritten_message_as_the_same(void **state)
{
	(void)state;
	expect("messages:\n- {role: user, content: one two three}\n",
	       "messages:\n- {role: user, content: four five six}\n",
	       "modified messages[0].content \"one two three\" > "
	       "\"four five six\"\n");
}

static void test_diff_diff__knows_a_message_by_its_text(void **state)
{
	(void)state;
	expect("messages:\n- {role: user, content: same text here}\n",
	       "messages:\n- {role: assistant, content: same text there}\n",
	       "modified messages[0].role \"user\" > \"assistant\"\n"
	       "modified messages[0].content \"same text here\" > "
	       "\"same text there\"\n");
	expect("messages:\n- {role: user, content: one two three}\n",
	       "messages:\n- {role: assistant, content: four five six}\n",
	       "removed messages[0] "
	       "{\"role\":\"user\",\"content\":\"one two three\"}\n"
	       "added messages[0] > "
	       "{\"role\":\"assistant\",\"content\":\"four five six\"}\n");
}

static void test_diff_diff__never_mixes_ids(void **state)
{
	(void)state;
	expect("messages:\n- {role: user, id: a, content: same text here}\n",
	       "messages:\n- {role: user, id: b, content: same text here}\n",
	       "removed messages[0] "
	       "{\"role\":\"user\",\"id\":\"a\",\"content\":\"same text here\"}"
	       "\n"
	       "added messages[0] > "
	       "{\"role\":\"user\",\"id\":\"b\",\"content\":\"same text here\"}"
	       "\n");
}

static void test_diff_diff__finds_messages_that_moved_by_id(void **state)
{
	(void)state;
	expect("messages:\n"
	       "- {role: user, id: a, content: alpha}\n"
	       "- {role: user, id: b, content: beta}\n"
	       "- {role: user, id: c, content: gamma}\n",
	       "messages:\n"
	       "- {role: user, id: c, content: delta}\n"
	       "- {role: user, id: a, content: alpha}\n"
	       "- {role: user, id: b, content: beta}\n",
	       "moved messages[0] \"messages[2]\" > \"messages[0]\"\n"
	       "modified messages[0].content \"gamma\" > \"delta\"\n");
}

static void test_diff_diff__finds_messages_that_moved_by_likeness(void **state)
{
	(void)state;
	expect("m:\n- {role: system, content: Sort the ticket}\n"
	       "- {role: user, content: one two three}\n"
	       "- {role: user, content: \"{{ ticket }}\"}\n",
	       "m:\n- {role: user, content: one two four}\n"
	       "- {role: system, content: Sort the ticket}\n"
	       "- {role: user, content: \"{{ ticket }}\"}\n",
	       "moved m[0] \"m[1]\" > \"m[0]\"\n"
	       "modified m[0].content \"one two three\" > \"one two four\"\n");
}

/* What was merely left over in one place is the same elsewhere. */
static void test_diff_diff__finds_messages_that_were_exchanged(void **state)
{
	(void)state;
	expect("m:\n- {role: user, content: one two three four}\n"
	       "- {role: assistant, content: five six}\n"
	       "- {role: user, content: seven eight}\n",
	       "m:\n- {role: user, content: seven eight}\n"
	       "- {role: assistant, content: five six}\n"
	       "- {role: user, content: one two three FOUR}\n",
	       "moved m[0] \"m[2]\" > \"m[0]\"\n"
	       "moved m[2] \"m[0]\" > \"m[2]\"\n"
	       "modified m[2].content \"one two three four\" > "
	       "\"one two three FOUR\"\n");
	/* What stands between them has not moved. */
	expect("m: [a, b, c]\n", "m: [c, b, a]\n",
	       "moved m[0] \"m[2]\" > \"m[0]\"\n"
	       "moved m[2] \"m[0]\" > \"m[2]\"\n");
	expect("m: [{id: a}, {id: b}, {id: c}]\n",
	       "m: [{id: c}, {id: b}, {id: a}]\n",
	       "moved m[0] \"m[2]\" > \"m[0]\"\n"
	       "moved m[2] \"m[0]\" > \"m[2]\"\n");
}

static void test_diff_diff__pairs_records_by_name(void **state)
{
	(void)state;
	expect("tests:\n- {name: a, vars: {x: 1}}\n- {name: b, vars: {x: 2}}\n",
	       "tests:\n- {name: c, vars: {x: 9}}\n"
	       "- {name: a, vars: {x: 3}}\n- {name: b, vars: {x: 2}}\n",
	       "added tests[0] > {\"name\":\"c\",\"vars\":{\"x\":9}}\n"
	       "modified tests[1].vars.x 1 > 3\n");
}

static void test_diff_diff__compares_nested_lists(void **state)
{
	(void)state;
	expect("a:\n- [1, 2]\n- [3]\n", "a:\n- [1, 2, 5]\n- [3]\n",
	       "added a[0][2] > 5\n");
	expect("- {n: 1}\n", "- {n: 2}\n", "modified [0].n 1 > 2\n");
}

/* --- whole files --------------------------------------------------------- */

static void test_diff_diff__takes_what_is_no_yaml_as_text(void **state)
{
	pv_diff *diff = diff_of("a: [1\nkept\n", "a: 1\nkept\n");
	const pv_field_change *change = pv_diff_at(diff, 0);

	(void)state;
	assert_int_equal(pv_diff_count(diff), 1);
	assert_string_equal(change->path, "");
	assert_int_equal(change->kind, PV_CHANGE_MODIFIED);
	assert_int_equal(change->run_count, 3);
	assert_int_equal(change->runs[0].op, '-');
	assert_int_equal(change->runs[1].op, '+');
	assert_int_equal(change->runs[2].op, '=');
	assert_int_equal(pv_diff_bump(diff), PV_BUMP_MINOR);
	pv_diff_free(diff);
	expect("\xff\xfe", "a\xc0z",
	       "modified  \"\xef\xbf\xbd\xef\xbf\xbd\" > "
	       "\"a\xef\xbf\xbdz\"\n");
}

static void test_diff_diff__compares_several_documents(void **state)
{
	(void)state;
	expect("a: 1\n---\nb: 2\n", "a: 1\n---\nb: 3\n",
	       "modified [1].b 2 > 3\n");
	expect("a: 1\n", "a: 1\n---\nb: 3\n", "added [1] > {\"b\":3}\n");
}

static void test_diff_diff__tells_what_was_moved(void **state)
{
	static const char text[] = "name: A\nprompt: Hi {{ who }}\n";
	static const char bad[] = "\xff: [";
	static const char other[] = "name: B\nprompt: Hi {{ who }}\n";
	pv_diff_input input = { .before = text,
				.before_len = sizeof(text) - 1,
				.after = text,
				.after_len = sizeof(text) - 1,
				.former = "former" };
	pv_diff *diff;

	(void)state;
	assert_int_equal(pv_diff_new(&diff, &input, NULL), PV_OK);
	assert_int_equal(pv_diff_status(diff), PV_DIFF_MOVED);
	assert_string_equal(pv_diff_former(diff), "former");
	assert_int_equal(pv_diff_count(diff), 0);
	assert_int_equal(pv_diff_bump(diff), PV_BUMP_MAJOR);
	assert_int_equal(pv_diff_is_formatting(diff), 0);
	assert_true(pv_diff_tokens_before(diff) > 0);
	pv_diff_ignore_formatting(diff);
	assert_int_equal(pv_diff_status(diff), PV_DIFF_MOVED);
	pv_diff_free(diff);
	input.after = other;
	assert_int_equal(pv_diff_new(&diff, &input, NULL), PV_OK);
	assert_int_equal(pv_diff_count(diff), 1);
	assert_int_equal(pv_report_count(pv_diff_breaking(diff)), 1);
	pv_diff_free(diff);
	input.before = bad;
	input.before_len = sizeof(bad) - 1;
	input.after = bad;
	input.after_len = sizeof(bad) - 1;
	assert_int_equal(pv_diff_new(&diff, &input, NULL), PV_OK);
	assert_int_equal(pv_diff_count(diff), 0);
	pv_diff_free(diff);
	/* What is new was nothing before. */
	input.before = NULL;
	assert_int_equal(pv_diff_new(&diff, &input, NULL), PV_OK);
	assert_int_equal(pv_diff_status(diff), PV_DIFF_ADDED);
	assert_null(pv_diff_former(diff));
	pv_diff_free(diff);
}

static void test_diff_diff__lists_fields_of_new_and_old_files(void **state)
{
	pv_diff *diff = diff_of(NULL, "name: A\nprompt: Hi\n");

	(void)state;
	assert_int_equal(pv_diff_status(diff), PV_DIFF_ADDED);
	assert_int_equal(pv_diff_bump(diff), PV_BUMP_NONE);
	pv_diff_free(diff);
	expect(NULL, "name: A\nprompt: Hi\n",
	       "added name > \"A\"\nadded prompt > \"Hi\"\n");
	expect("name: A\n", NULL, "removed name \"A\"\n");
	expect(NULL, "just text", "added  > \"just text\"\n");
	expect(NULL, NULL, "");
	diff = diff_of("name: A\n", NULL);
	assert_int_equal(pv_diff_status(diff), PV_DIFF_REMOVED);
	assert_int_equal(pv_diff_bump(diff), PV_BUMP_MAJOR);
	assert_int_equal(pv_report_count(pv_diff_breaking(diff)), 1);
	pv_diff_free(diff);
}

static void test_diff_diff__says_nothing_about_equal_bytes(void **state)
{
	pv_diff *diff = diff_of("a: [1\n", "a: [1\n");

	(void)state;
	assert_int_equal(pv_diff_status(diff), PV_DIFF_UNCHANGED);
	assert_int_equal(pv_diff_bump(diff), PV_BUMP_NONE);
	assert_false(pv_diff_is_formatting(diff));
	assert_null(pv_diff_at(diff, 0));
	pv_diff_free(diff);
}

static void test_diff_diff__derives_the_bump(void **state)
{
	static const char old_text[] = "name: A\nprompt: Sort {{ x }}\n";
	static const char new_text[] = "name: A\nprompt: Sort {{ x }} {{ y }}\n";
	static const char described[] =
		"name: A\ndescription: D\nprompt: Sort {{ x }}\n";
	pv_diff *diff = diff_of(old_text, new_text);

	(void)state;
	assert_int_equal(pv_diff_bump(diff), PV_BUMP_MAJOR);
	assert_true(pv_report_count(pv_diff_breaking(diff)) > 0);
	pv_diff_free(diff);
	diff = diff_of(old_text, described);
	assert_int_equal(pv_diff_bump(diff), PV_BUMP_PATCH);
	pv_diff_free(diff);
}

/* --- runs ---------------------------------------------------------------- */

static void test_diff_diff__gives_text_that_changed_line_runs(void **state)
{
	pv_diff *diff = diff_of("t: |\n  one\n  two\n  three\n",
				"t: |\n  one\n  2\n  three\n  four\n");
	const pv_field_change *change = pv_diff_at(diff, 0);
	static const char *const texts[] = { "one\n", "two\n", "2\n", "three\n",
					     "four\n" };
	static const char ops[] = "=-+=+";

	(void)state;
	assert_int_equal(change->run_count, pv_array_len(texts));
	for (size_t i = 0; i < pv_array_len(texts); i++) {
		assert_int_equal(change->runs[i].op, ops[i]);
		assert_int_equal(change->runs[i].len, strlen(texts[i]));
		assert_memory_equal(change->runs[i].text, texts[i],
				    strlen(texts[i]));
	}
	pv_diff_free(diff);
}

/* Putting runs together gives both texts back, whatever they are. */
static void test_diff_diff__runs_add_up_to_both_texts(void **state)
{
	static const char *const texts[] = {
		"", "a\n", "a", "a\nb\nc\n", "b\na\nc", "\n\n\n", "a\n\na\n",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(texts); i++)
		for (size_t j = 0; j < pv_array_len(texts); j++) {
			pv_buf before = { 0 };
			pv_buf after = { 0 };
			pv_diff *diff;
			const pv_field_change *change;
			char old_yaml[64] = "{";
			char new_yaml[64] = "{";

			strncat(old_yaml, texts[i], 32);
			strncat(new_yaml, texts[j], 32);
			diff = diff_of(old_yaml, new_yaml);
			change = pv_diff_at(diff, 0);
			for (size_t n = 0; change && n < change->run_count; n++) {
				const pv_diff_run *run = &change->runs[n];

				if (run->op != '+')
					pv_buf_put(&before, run->text, run->len);
				if (run->op != '-')
					pv_buf_put(&after, run->text, run->len);
			}
			if (change) {
				assert_string_equal(before.ptr, old_yaml);
				assert_string_equal(after.ptr, new_yaml);
			}
			pv_buf_dispose(&before);
			pv_buf_dispose(&after);
			pv_diff_free(diff);
		}
}

/* --- hostility ----------------------------------------------------------- */

static void test_diff_diff__is_quick_with_long_lists(void **state)
{
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	pv_diff *diff;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		pv_buf_printf(&before, "- {role: user, content: c%d x y}\n", i);
		pv_buf_printf(&after, "- {role: user, content: d%d x y}\n", i);
	}
	diff = diff_of(before.ptr, after.ptr);
	assert_int_equal(pv_diff_count(diff), 20000);
	pv_diff_free(diff);
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
}

static void test_diff_diff__names_what_an_emptied_file_has_lost(void **state)
{
	static const char *const empty[] = { "", "\n", "# no more\n", "---\n",
					     "null\n" };
	static const char text[] = "name: a\nprompt: Hi\n";

	(void)state;
	for (size_t i = 0; i < pv_array_len(empty); i++) {
		expect(text, empty[i],
		       "removed name \"a\"\nremoved prompt \"Hi\"\n");
		expect(empty[i], text,
		       "added name > \"a\"\nadded prompt > \"Hi\"\n");
		expect(empty[0], empty[i], "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_diff_diff__names_what_an_emptied_file_has_lost),
		cmocka_unit_test(test_diff_diff__names_fields_by_path),
		cmocka_unit_test(test_diff_diff__tells_types_apart),
		cmocka_unit_test(test_diff_diff__tells_tags_apart),
		cmocka_unit_test(test_diff_diff__follows_aliases),
		cmocka_unit_test(test_diff_diff__calls_the_rest_formatting),
		cmocka_unit_test(test_diff_diff__compares_sets_of_words_by_element),
		cmocka_unit_test(test_diff_diff__aligns_messages_by_likeness),
		cmocka_unit_test(
			test_diff_diff__sees_a_rewritten_message_as_the_same),
		cmocka_unit_test(test_diff_diff__knows_a_message_by_its_text),
		cmocka_unit_test(test_diff_diff__never_mixes_ids),
		cmocka_unit_test(
			test_diff_diff__finds_messages_that_were_exchanged),
		cmocka_unit_test(test_diff_diff__finds_scalars_that_moved),
		cmocka_unit_test(test_diff_diff__finds_messages_that_moved_by_id),
		cmocka_unit_test(
			test_diff_diff__finds_messages_that_moved_by_likeness),
		cmocka_unit_test(test_diff_diff__pairs_records_by_name),
		cmocka_unit_test(test_diff_diff__compares_nested_lists),
		cmocka_unit_test(test_diff_diff__takes_what_is_no_yaml_as_text),
		cmocka_unit_test(test_diff_diff__compares_several_documents),
		cmocka_unit_test(test_diff_diff__lists_fields_of_new_and_old_files),
		cmocka_unit_test(test_diff_diff__says_nothing_about_equal_bytes),
		cmocka_unit_test(test_diff_diff__derives_the_bump),
		cmocka_unit_test(test_diff_diff__tells_what_was_moved),
		cmocka_unit_test(test_diff_diff__gives_text_that_changed_line_runs),
		cmocka_unit_test(test_diff_diff__runs_add_up_to_both_texts),
		cmocka_unit_test(test_diff_diff__is_quick_with_long_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
