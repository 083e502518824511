/* SPDX-License-Identifier: MIT
 *
 * Where sentences end, and which parts of two states of a prompt are one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "diff/sentences.h"
#include "diff/units.h"

struct cut_case {
	const char *text;
	const char *sentences; /* each ended by "|" */
};

static const struct cut_case cut_cases[] = {
	{ "", "" },
	{ " \n\n ", "" },
	{ "One. Two! Three?", "One.|Two!|Three?|" },
	{ "One\ngoes on. Two", "One\ngoes on.|Two|" },
	{ "One\n\nTwo", "One|Two|" },
	{ "See e.g. this, v1.2.3 and a.b.", "See e.g. this, v1.2.3 and a.b.|" },
	{ "Dr. Who met Mrs. Ng. See Fig. 3 of No. 4. No. He",
	  "Dr. Who met Mrs. Ng.|See Fig. 3 of No. 4.|No.|He|" },
	{ "Ask a Dr.\n\nNext", "Ask a Dr.|Next|" },
	{ "He said \"No.\" Then (yes.) Go.", "He said \"No.\"|Then (yes.)|Go.|" },
	{ "Well... maybe. \"Ok?!\" Yes", "Well... maybe.|\"Ok?!\"|Yes|" },
	{ "Say {{ a. B }} now. Go", "Say {{ a. B }} now.|Go|" },
	{ "Rules:\n- one\n  more\n- two", "Rules:|- one\n  more|- two|" },
	{ "1. First\n2) Second", "1. First|2) Second|" },
	{ "# Title\nText", "# Title|Text|" },
	{ "a\n```\nx\n```\nb", "a|```|x|```|b|" },
	{ "<rules>\nBe kind\n</rules>", "<rules>|Be kind|</rules>|" },
	{ "a\n{% if x %}\nb", "a|{% if x %}\nb|" },
	{ "你好。再见！好", "你好。|再见！|好|" },
};

static void test_diff_sentences__end_where_people_end_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(cut_cases); i++) {
		pv_sentences list = { 0 };
		pv_arena arena = { 0 };
		pv_buf out = { 0 };

		assert_int_equal(pv_sentences_add(&list, &arena,
						  pv_str_of(cut_cases[i].text),
						  NULL),
				 PV_OK);
		for (size_t j = 0; j < list.count; j++) {
			pv_buf_put(&out, list.items[j].text.ptr,
				   list.items[j].text.len);
			pv_buf_putc(&out, '|');
		}
		assert_string_equal(pv_buf_text(&out), cut_cases[i].sentences);
		pv_buf_dispose(&out);
		pv_arena_dispose(&arena);
		pv_free(list.items);
	}
}

struct trace_case {
	const char *before;
	const char *after;
	const char *from; /* for each new part: the old one's digit, or "-" */
};

static const struct trace_case trace_cases[] = {
	{ "{a: x, b: 1}", "{b: 1, a: x}", "10" },
	{ "{a: x}", "{a: y}", "-" },
	{ "{a: 1}", "{a: 1.0}", "-" },
	{ "{a: x}", "{a: {b: x}}", "-" },
	{ "p: One. Two. Three.", "p: >\n  One.\n  Two.\n\n  Three.\n", "012" },
	{ "p: One. Two. Three.", "p: One. Three. Four.", "02-" },
	{ "p: ''", "p: \"\"", "0" },
	{ "{a: {}, b: []}", "{a: {}, b: [1]}", "0-" },
	{ "[{id: a, t: x}, {id: b, t: y}]", "[{id: b, t: y}, {id: a, t: z}]",
	  "230-" },
	{ "[{role: s, t: A. B. C.}, {role: u, t: x}]",
	  "[{role: u, t: x}, {role: s, t: A. B. D.}]", "45012-" },
	/* Not YAML: all that is known are sentences. */
	{ "a: [One. Two.", "One. Two. Three.", "-1-" },
};

static void test_diff_units__are_found_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(trace_cases); i++) {
		pv_units before, after;
		size_t from[16];
		char got[16] = "";

		assert_int_equal(pv_units_read(&before,
					       pv_str_of(trace_cases[i].before),
					       NULL),
				 PV_OK);
		assert_int_equal(pv_units_read(&after,
					       pv_str_of(trace_cases[i].after),
					       NULL),
				 PV_OK);
		assert_in_range(after.count, 1, pv_array_len(from) - 1);
		assert_int_equal(pv_units_trace(from, &before, &after, NULL),
				 PV_OK);
		for (size_t j = 0; j < after.count; j++)
			got[j] = from[j] == PV_NO_UNIT ? '-'
						       : (char)('0' + from[j]);
		assert_string_equal(got, trace_cases[i].from);
		pv_units_dispose(&before);
		pv_units_dispose(&after);
	}
}

static void test_diff_units__know_their_fields(void **state)
{
	static const char text[] =
		"model: {n: 1}\nmessages:\n- {role: user, content: Hi. You.}\n";
	static const char *const paths[] = { "model.n", "messages[0].role",
					     "messages[0].content",
					     "messages[0].content" };
	pv_units units;

	(void)state;
	assert_int_equal(pv_units_read(&units, pv_str_of(text), NULL), PV_OK);
	assert_int_equal(units.count, pv_array_len(paths));
	for (size_t i = 0; i < units.count; i++) {
		pv_buf path = { 0 };

		pv_units_path(&path, &units, i);
		assert_string_equal(pv_buf_text(&path), paths[i]);
		pv_buf_dispose(&path);
	}
	pv_units_dispose(&units);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_sentences__end_where_people_end_them),
		cmocka_unit_test(test_diff_units__are_found_again),
		cmocka_unit_test(test_diff_units__know_their_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
