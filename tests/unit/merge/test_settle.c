/* SPDX-License-Identifier: MIT
 *
 * Conflicts of a file settled one by one: what goes, what stays.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv.h>

static const char base[] = "name: A # who\n"
			   "model:\n"
			   "  name: m\n"
			   "  temperature: 0.2 # low\n"
			   "tags: [a, a]\n"
			   "prompt: |\n"
			   "  One.\n"
			   "  Two.\n"
			   "  Three.\n";
static const char ours[] = "name: A # who\n"
			   "model:\n"
			   "  name: m\n"
			   "  temperature: 0.1 # low\n"
			   "tags: [a, a, x]\n"
			   "prompt: |\n"
			   "  One.\n"
			   "  Zwei.\n"
			   "  Three.\n";
static const char theirs[] = "name: B # who\n"
			     "model:\n"
			     "  name: m\n"
			     "  temperature: 0.3 # low\n"
			     "tags: [a, a, y]\n"
			     "prompt: |\n"
			     "  One.\n"
			     "  Deux.\n"
			     "  Three.\n";

static pv_merge_side side_of(const char *text)
{
	pv_merge_side side = { text, text ? strlen(text) : 0, NULL };

	return side;
}

static pv_merge_input input_of(const char *path)
{
	pv_merge_input input = { .base = side_of(base),
				 .ours = side_of(ours),
				 .theirs = side_of(theirs),
				 .path = path };

	return input;
}

/* The file as the merge writes it. */
static void merged(pv_buf *out, const pv_merge_input *input)
{
	size_t conflicts = 0;

	assert_int_equal(pv_merge_file(out, &conflicts, input, NULL), PV_OK);
	assert_true(conflicts > 0);
}

static pv_unmerged *open_text(const pv_merge_input *input, const char *text)
{
	pv_unmerged *file = NULL;

	assert_int_equal(pv_unmerged_new(&file, input, text, strlen(text), NULL),
			 PV_OK);
	return file;
}

static int settle(pv_unmerged *file, enum pv_settle_how how, const char *field,
		  const char *value)
{
	pv_settle call = { how, field, value, value ? strlen(value) : 0 };

	return pv_unmerged_settle(file, &call, NULL);
}

static void has(const pv_unmerged *file, const char *part)
{
	if (!strstr(pv_unmerged_text(file, NULL), part))
		fail_msg("not in the text: %s\n%s", part,
			 pv_unmerged_text(file, NULL));
}

static void test_merge_settle__takes_sides_field_by_field(void **state)
{
	pv_merge_input input = input_of("a.yaml");
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(pv_unmerged_count(file), 3);
	assert_string_equal(pv_unmerged_at(file, 0)->path, "model.temperature");
	assert_null(pv_unmerged_at(file, 3));
	assert_int_equal(settle(file, PV_SETTLE_THEIRS, "model.temperature", NULL),
			 PV_OK);
	assert_false(pv_unmerged_is_left(file, 0));
	assert_true(pv_unmerged_is_left(file, 1));
	assert_int_equal(settle(file, PV_SETTLE_OURS, "prompt", NULL), PV_OK);
	assert_int_equal(settle(file, PV_SETTLE_OURS, "prompt", NULL),
			 PV_ECONFLICT);
	assert_int_equal(settle(file, PV_SETTLE_OURS, "name", NULL),
			 PV_ENOTFOUND);
	assert_int_equal(settle(file, PV_SETTLE_OURS, NULL, NULL), PV_OK);
	assert_int_equal(pv_unmerged_markers(file), 0);
	assert_string_equal(pv_unmerged_text(file, NULL),
			    "name: B # who\n"
			    "model:\n"
			    "  name: m\n"
			    "  temperature: 0.3 # low\n"
			    "tags: [a, a, x]\n"
			    "prompt: |\n"
			    "  One.\n"
			    "  Zwei.\n"
			    "  Three.\n");
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

static void test_merge_settle__splices_values_between_conflicts(void **state)
{
	pv_merge_input input = input_of("a.yaml");
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "tags", "[\"z\",\"a\"]"),
			 PV_OK);
	has(file, "tags: [z, a]\nprompt: |\n  One.\n<<<<<<<");
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "model.temperature", "0.9"),
			 PV_OK);
	has(file, "  temperature: 0.9 # low\ntags");
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "prompt",
				"\"First.\\nlast.\\n\""),
			 PV_OK);
	has(file, "prompt: |\n  First.\n  last.\n");
	assert_int_equal(pv_unmerged_markers(file), 0);
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "prompt", "1"),
			 PV_ECONFLICT);
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

static void test_merge_settle__keeps_both_where_that_reads(void **state)
{
	pv_merge_input input = input_of("a.yaml");
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_UNION, "model.temperature", NULL),
			 PV_EUNSUPPORTED);
	assert_string_equal(pv_unmerged_text(file, NULL), pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_UNION, NULL, NULL),
			 PV_EUNSUPPORTED);
	assert_int_equal(settle(file, PV_SETTLE_UNION, "tags", NULL), PV_OK);
	has(file, "tags: [a, a, x, y]\n");
	assert_int_equal(settle(file, PV_SETTLE_UNION, "prompt", NULL), PV_OK);
	has(file, "  One.\n  Zwei.\n  Deux.\n  Three.\n");
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

static void test_merge_settle__takes_lines(void **state)
{
	pv_merge_input input = input_of("a.yaml");
	pv_buf text = { 0 };
	pv_buf lines = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(pv_unmerged_lines(&lines, file, "prompt", NULL), PV_OK);
	assert_string_equal(pv_buf_text(&lines), "<<<<<<< ours\n"
						 "  Zwei.\n"
						 "=======\n"
						 "  Deux.\n"
						 ">>>>>>> theirs\n");
	assert_int_equal(settle(file, PV_SETTLE_LINES, "prompt",
				pv_buf_text(&lines)),
			 PV_EINVALID);
	assert_string_equal(pv_unmerged_text(file, NULL), pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_LINES, "prompt", "  Drei."),
			 PV_OK);
	has(file, "  One.\n  Drei.\n  Three.\n");
	pv_unmerged_free(file);
	pv_buf_dispose(&lines);
	pv_buf_dispose(&text);
}

static void test_merge_settle__takes_a_value_that_is_there(void **state)
{
	pv_merge_input input = {
		.base = side_of("a:\n  x: 1\n  y: 1\nb:\n  x: 1\n  y: 1\nc: 1\n"),
		.ours = side_of("c: 2\n"),
		.theirs = side_of("a:\n  x: 2\n  y: 1\nb:\n  x: 2\n  y: 1\n"
				  "c: 3\n"),
		.path = "a.yaml",
	};
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "a", "{\"x\":2,\"y\":1}"),
			 PV_OK);
	has(file, "a:\n  x: 2\n  y: 1\n<<<<<<<");
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "c", "2"), PV_OK);
	assert_int_equal(settle(file, PV_SETTLE_OURS, "b", NULL), PV_OK);
	assert_string_equal(pv_unmerged_text(file, NULL),
			    "a:\n  x: 2\n  y: 1\nc: 2\n");
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

static void test_merge_settle__leaves_edits_alone(void **state)
{
	pv_merge_input input = input_of("a.yaml");
	pv_buf text = { 0 };
	pv_buf edited = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	/* Other labels, a line before, and a block that was touched. */
	pv_buf_puts(&edited, "# mine\r\n");
	for (const char *at = pv_buf_text(&text); *at;) {
		size_t len = strcspn(at, "\n") + 1;

		if (!strncmp(at, "<<<<<<< ours", 12))
			pv_buf_puts(&edited, "<<<<<<< HEAD\r\n");
		else if (!strncmp(at, "  Zwei.", 7))
			pv_buf_puts(&edited, "  Zwo.\r\n");
		else
			pv_buf_printf(&edited, "%.*s\r\n", (int)len - 1, at);
		at += len;
	}
	file = open_text(&input, pv_buf_text(&edited));
	assert_int_equal(settle(file, PV_SETTLE_OURS, "prompt", NULL),
			 PV_ECONFLICT);
	assert_int_equal(settle(file, PV_SETTLE_OURS, "tags", NULL), PV_OK);
	has(file, "# mine\r\nname: B # who\r\n");
	has(file, "tags: [a, a, x]\r\nprompt: |\r\n  One.\r\n<<<<<<< HEAD\r\n");
	assert_int_equal(settle(file, PV_SETTLE_OURS, NULL, NULL), PV_OK);
	has(file, "  One.\r\n  Zwo.\r\n  Three.\r\n");
	pv_unmerged_free(file);
	pv_buf_dispose(&edited);
	pv_buf_dispose(&text);
}

static void test_merge_settle__leaves_mixed_line_ends(void **state)
{
	pv_merge_input input = input_of("a.yaml");
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	pv_buf_puts(&text, "# mine\r\n");
	file = open_text(&input, pv_buf_text(&text));
	assert_false(pv_unmerged_is_anew(file));
	assert_string_equal(pv_unmerged_text(file, NULL), pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_OURS, NULL, NULL), PV_OK);
	has(file, "tags: [a, a, x]\nprompt: |\n  One.\n  Zwei.\n");
	has(file, "  Three.\n# mine\r\n");
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

static void test_merge_settle__tells_like_blocks_apart(void **state)
{
	static const char format[] = "steps:\n"
				     "- id: first\n"
				     "  temperature: %d\n"
				     "- id: second\n"
				     "  temperature: %d\n";
	pv_merge_input input = input_of("a.yaml");
	pv_buf sides[3] = { { 0 }, { 0 }, { 0 } };
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	for (int i = 0; i < 3; i++)
		pv_buf_printf(&sides[i], format, i, i);
	input.base = side_of(pv_buf_text(&sides[0]));
	input.ours = side_of(pv_buf_text(&sides[1]));
	input.theirs = side_of(pv_buf_text(&sides[2]));
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_OURS, "steps[0].temperature",
				NULL),
			 PV_OK);
	assert_int_equal(settle(file, PV_SETTLE_THEIRS, "steps[0].temperature",
				NULL),
			 PV_ECONFLICT);
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "steps[1].temperature",
				"7"),
			 PV_OK);
	assert_string_equal(pv_unmerged_text(file, NULL), "steps:\n"
							  "- id: first\n"
							  "  temperature: 1\n"
							  "- id: second\n"
							  "  temperature: 7\n");
	pv_unmerged_free(file);
	for (int i = 0; i < 3; i++)
		pv_buf_dispose(&sides[i]);
	pv_buf_dispose(&text);
}

static void test_merge_settle__merges_again_what_lines_left(void **state)
{
	pv_merge_input input = input_of("a.yaml");
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	input.lines_only = 1;
	input.ours.label = "HEAD";
	input.theirs.label = "topic";
	merged(&text, &input);
	input.lines_only = 0;
	file = open_text(&input, pv_buf_text(&text));
	assert_true(pv_unmerged_is_left(file, 0));
	assert_int_equal(settle(file, PV_SETTLE_OURS, "tags", NULL), PV_OK);
	has(file, "tags: [a, a, x]\n");
	pv_unmerged_free(file);
	/* Once it is edited it stays as it is. */
	pv_buf_puts(&text, "extra: 1\n");
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_OURS, "tags", NULL),
			 PV_ECONFLICT);
	assert_string_equal(pv_unmerged_text(file, NULL), pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_THEIRS, NULL, NULL), PV_OK);
	has(file, "tags: [a, a, y]\n");
	has(file, "extra: 1\n");
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

/* One of the conflicts is written the same by lines and by fields. */
static void test_merge_settle__merges_again_what_lines_left_partly(void **state)
{
	static const char format[] = "description: %s\nowner: %s\nname: N\n"
				     "category: c\ntags: [a]\n"
				     "prompt: |\n  %s.\n";
	static const char *const values[3][3] = { { "d", "ann", "Hello" },
						  { "dy", "bob", "Hey" },
						  { "dx", "ann", "Hi" } };
	pv_merge_input input = input_of("a.yaml");
	pv_buf sides[3] = { { 0 }, { 0 }, { 0 } };
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	for (int i = 0; i < 3; i++)
		pv_buf_printf(&sides[i], format, values[i][0], values[i][1],
			      values[i][2]);
	input.base = side_of(pv_buf_text(&sides[0]));
	input.ours = side_of(pv_buf_text(&sides[1]));
	input.theirs = side_of(pv_buf_text(&sides[2]));
	input.lines_only = 1;
	merged(&text, &input);
	input.lines_only = 0;
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(pv_unmerged_unknown(file), 0);
	assert_true(pv_unmerged_is_anew(file));
	assert_int_equal(settle(file, PV_SETTLE_THEIRS, NULL, NULL), PV_OK);
	assert_string_equal(pv_unmerged_text(file, NULL),
			    "description: dx\nowner: bob\nname: N\n"
			    "category: c\ntags: [a]\nprompt: |\n  Hi.\n");
	pv_unmerged_free(file);
	for (int i = 0; i < 3; i++)
		pv_buf_dispose(&sides[i]);
	pv_buf_dispose(&text);
}

static void test_merge_settle__knows_all_styles(void **state)
{
	(void)state;
	for (int style = PV_MERGE_STYLE_MERGE; style <= PV_MERGE_STYLE_ZDIFF3;
	     style++) {
		pv_merge_input input = input_of("a.yaml");
		pv_buf text = { 0 };
		pv_unmerged *file;

		input.style = (enum pv_merge_style)style;
		input.marker_size = 9;
		merged(&text, &input);
		input.style = PV_MERGE_STYLE_MERGE;
		file = open_text(&input, pv_buf_text(&text));
		assert_int_equal(settle(file, PV_SETTLE_VALUE,
					"model.temperature", "0"),
				 PV_OK);
		has(file, "  temperature: 0 # low\n");
		pv_unmerged_free(file);
		pv_buf_dispose(&text);
	}
}

static void test_merge_settle__has_no_values_in_plain_text(void **state)
{
	pv_merge_input input = input_of("a.txt");
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "", "1"), PV_EUNSUPPORTED);
	assert_int_equal(settle(file, PV_SETTLE_UNION, "", NULL), PV_OK);
	assert_int_equal(pv_unmerged_markers(file), 0);
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

static void test_merge_settle__sets_the_body_of_front_matter(void **state)
{
	static const char before[] = "---\na: 1\n---\nOne.\n\nSay one.\n";
	static const char left[] = "---\na: 2\n---\nOne.\n\nSay two.\n";
	static const char right[] = "---\na: 3\n---\nOne.\n\nSay three.\n";
	pv_merge_input input = { .base = { before, sizeof(before) - 1, NULL },
				 .ours = { left, sizeof(left) - 1, NULL },
				 .theirs = { right, sizeof(right) - 1, NULL },
				 .path = "a.prompty" };
	pv_buf text = { 0 };
	pv_unmerged *file;

	(void)state;
	merged(&text, &input);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "body", "1"), PV_EINVALID);
	assert_int_equal(settle(file, PV_SETTLE_VALUE, "body",
				"\"One.\\n\\nSay four.\""),
			 PV_OK);
	has(file, "---\nOne.\n\nSay four.\n");
	assert_int_equal(settle(file, PV_SETTLE_OURS, "a", NULL), PV_OK);
	has(file, "---\na: 2\n---\nOne.\n\nSay four.\n");
	pv_unmerged_free(file);
	file = open_text(&input, pv_buf_text(&text));
	assert_int_equal(settle(file, PV_SETTLE_THEIRS, "body", NULL), PV_OK);
	has(file, "Say three.\n");
	assert_int_equal(pv_unmerged_markers(file), 1);
	pv_unmerged_free(file);
	pv_buf_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge_settle__sets_the_body_of_front_matter),
		cmocka_unit_test(test_merge_settle__takes_sides_field_by_field),
		cmocka_unit_test(
			test_merge_settle__splices_values_between_conflicts),
		cmocka_unit_test(test_merge_settle__keeps_both_where_that_reads),
		cmocka_unit_test(test_merge_settle__takes_lines),
		cmocka_unit_test(test_merge_settle__takes_a_value_that_is_there),
		cmocka_unit_test(test_merge_settle__leaves_edits_alone),
		cmocka_unit_test(test_merge_settle__leaves_mixed_line_ends),
		cmocka_unit_test(test_merge_settle__tells_like_blocks_apart),
		cmocka_unit_test(test_merge_settle__merges_again_what_lines_left),
		cmocka_unit_test(
			test_merge_settle__merges_again_what_lines_left_partly),
		cmocka_unit_test(test_merge_settle__knows_all_styles),
		cmocka_unit_test(test_merge_settle__has_no_values_in_plain_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
