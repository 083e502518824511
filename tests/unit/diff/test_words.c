/* SPDX-License-Identifier: MIT
 *
 * Texts compared word by word: what counts as a change, how coarse it is, and
 * that the runs add up to both texts whatever these are.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv.h>

#include "base/mem.h"
#include "diff/tokens.h"
#include "diff/word_text.h"

/* The runs of two texts; the arena is the caller's. */
static pv_diff_run *runs_of(size_t *count, pv_arena *arena, pv_str before,
			    pv_str after)
{
	pv_diff_run *runs = NULL;
	pv_buf texts[2] = { { 0 } };

	assert_int_equal(pv_runs_of_words(&runs, count, arena, before, after,
					  NULL),
			 PV_OK);
	for (size_t i = 0; i < *count; i++) {
		assert_true(runs[i].len > 0);
		assert_true(i == 0 || runs[i].op != runs[i - 1].op);
		if (runs[i].op != '+')
			pv_buf_put(&texts[0], runs[i].text, runs[i].len);
		if (runs[i].op != '-')
			pv_buf_put(&texts[1], runs[i].text, runs[i].len);
	}
	assert_int_equal(texts[0].len, before.len);
	assert_int_equal(texts[1].len, after.len);
	assert_memory_equal(pv_buf_text(&texts[0]), before.ptr, before.len);
	assert_memory_equal(pv_buf_text(&texts[1]), after.ptr, after.len);
	pv_buf_dispose(&texts[0]);
	pv_buf_dispose(&texts[1]);
	return runs;
}

/* What --word shows of two texts. */
static void expect(const char *before, const char *after, const char *want)
{
	pv_arena arena = { 0 };
	pv_buf out = { 0 };
	pv_paint paint = { .out = &out };
	size_t count = 0;
	pv_diff_run *runs =
		runs_of(&count, &arena, pv_str_of(before), pv_str_of(after));

	pv_words_print_inline(&paint, runs, count);
	assert_string_equal(pv_buf_text(&out), want);
	pv_buf_dispose(&out);
	pv_arena_dispose(&arena);
}

static void test_diff_words__marks_single_words(void **state)
{
	(void)state;
	expect("Sort the ticket.", "Sort every ticket.",
	       "Sort [-the-]{+every+} ticket.");
	expect("a b c", "a c", "a [-b -]c");
	expect("a c", "a b c", "a {+b +}c");
	expect("Be brief.", "Be brief and kind.", "Be brief{+ and kind+}.");
	expect("at 0.5 x", "at 0.75 x", "at [-0.5-]{+0.75+} x");
	expect("", "new", "{+new+}");
	expect("old", "", "[-old-]");
}

static void test_diff_words__keeps_characters_and_tags_whole(void **state)
{
	(void)state;
	expect("Grüße an Zoë", "Grüße an Zoé", "Grüße an [-Zoë-]{+Zoé+}");
	expect("see {{ a.b }} now", "see {{ a.c }} now",
	       "see [-{{ a.b }}-]{+{{ a.c }}+} now");
	expect("{% if x %}y{% endif %}", "{% if z %}y{% endif %}",
	       "[-{% if x %}-]{+{% if z %}+}y{% endif %}");
	expect("分类工单", "分类邮件", "分类[-工单-]{+邮件+}");
}

static void test_diff_words__keeps_together_what_is_seen_as_one(void **state)
{
	(void)state;
	expect("ab 👨‍👩‍👧 cd", "ab 👨‍👨‍👧 cd",
	       "ab [-👨‍👩‍👧-]{+👨‍👨‍👧+} cd");
	expect("👍🏻👍🏿", "👍🏻👍🏾",
	       "👍🏻[-👍🏿-]{+👍🏾+}");
	expect("🇩🇪🇫🇷", "🇩🇪🇫🇮", "🇩🇪[-🇫🇷-]{+🇫🇮+}");
	expect("❤️‍🔥!", "❤️!", "[-❤️‍🔥-]{+❤️+}!");
	expect("می‌خواهم", "نمی‌خواهم",
	       "[-می‌خواهم-]{+نمی‌خواهم+}");
}

static void test_diff_words__sees_no_words_in_wrapping(void **state)
{
	(void)state;
	expect("one two\nthree four", "one\n  two three\nfour",
	       "one\\n  two three\\nfour");
	/* Also where a line break is what both have in common. */
	expect("a b\n\nc", "a\n\nb c", "a\\n\\nb c");
	expect("one two\nthree four", "one\ntwo 3 four",
	       "one\\ntwo [-three-]{+3+} four");
}

static void test_diff_words__makes_one_change_of_a_rewritten_sentence(void **state)
{
	(void)state;
	expect("Keep this. Sort all of the tickets by the urgency. And this.",
	       "Keep this. Classify each one, and name the queue for it. And this.",
	       "Keep this. [-Sort all of the tickets by the urgency-]"
	       "{+Classify each one, and name the queue for it+}. And this.");
}

static void test_diff_words__tells_formatting_from_words(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		int same;
	} rows[] = {
		{ "a b", "a\n  b\n", 1 },
		{ "a b", "ab", 0 },
		{ "a", "a b", 0 },
		{ "a b", "a", 0 },
		{ "\n", "\n\n", 0 },
		{ "", "", 0 },
		{ "{{ x }}\n", "{{ x }}", 1 },
		{ "{{ x }}", "{{  x }}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		assert_int_equal(pv_words_equal(pv_str_of(rows[i].a),
						pv_str_of(rows[i].b)),
				 rows[i].same);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static size_t fill(char *out, size_t max, uint32_t *seed)
{
	static const char *const parts[] = { " ",  "\n",    "a",    "b",
					     "\t", "{{a}}", "\xff", "é",
					     "{%", "%}",    "\r\n", "12." };
	size_t len = 0;
	size_t wanted = next_random(seed) % max;

	while (len + 8 < wanted) {
		const char *part = parts[next_random(seed) % pv_array_len(parts)];

		memcpy(out + len, part, strlen(part));
		len += strlen(part);
	}
	return len;
}

static void test_diff_words__runs_add_up_to_both_texts(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char before[200];
		char after[200];
		pv_str a = { before, fill(before, sizeof(before), &seed) };
		pv_str b = { after, fill(after, sizeof(after), &seed) };
		pv_arena arena = { 0 };
		size_t count = 0;
		size_t changed = 0;
		pv_diff_run *runs = runs_of(&count, &arena, a, b);

		for (size_t i = 0; i < count; i++)
			changed +=
				runs[i].op != '=' && !pv_run_is_blank(&runs[i]);
		if (pv_words_equal(a, b))
			assert_int_equal(changed, 0);
		pv_arena_dispose(&arena);
	}
}

/* Nothing in common, and everything alike: neither takes long. */
static void test_diff_words__is_bounded_on_hostile_texts(void **state)
{
	enum {
		WORDS = 200000
	};
	pv_buf a = { 0 };
	pv_buf b = { 0 };
	pv_arena arena = { 0 };
	size_t count = 0;

	(void)state;
	for (int i = 0; i < WORDS; i++) {
		pv_buf_puts(&a, i % 3 ? "a " : "b ");
		pv_buf_puts(&b, i % 5 ? "a " : "c ");
	}
	runs_of(&count, &arena, (pv_str){ a.ptr, a.len },
		(pv_str){ b.ptr, b.len });
	assert_true(count > 0);
	pv_arena_dispose(&arena);
	pv_buf_dispose(&a);
	pv_buf_dispose(&b);
}

/* The next of a row of numbers, small enough for any shift. */
static unsigned next_number(unsigned *seed)
{
	*seed = *seed * 1103515245U + 12345U;
	return *seed >> 16 & 0x7fff;
}

static pv_str make_text(char *out, size_t size, unsigned *seed)
{
	static const char *const parts[] = { "word",      " ",    "\n", "1,2",
					     "{{ a b }}", "{{",   "}}", "'",
					     "...",       "{% x", "é",  "字",
					     "%}",        "a",    "  " };
	size_t count = next_number(seed) % 8;
	pv_str text = { out, 0 };

	for (size_t i = 0; i < count; i++) {
		const char *part = parts[next_number(seed) % pv_array_len(parts)];

		assert_true(text.len + strlen(part) < size);
		text.len += (size_t)snprintf(out + text.len, size - text.len,
					     "%s", part);
	}
	return text;
}

static size_t join(char *out, pv_str start, pv_str middle, pv_str end)
{
	memcpy(out, start.ptr, start.len);
	memcpy(out + start.len, middle.ptr, middle.len);
	memcpy(out + start.len + middle.len, end.ptr, end.len);
	return start.len + middle.len + end.len;
}

/* What two texts have in common weighs the same in both. */
static void test_diff_words__weighs_only_what_differs(void **state)
{
	char parts[4][128];
	char texts[2][512];
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		pv_str start = make_text(parts[0], sizeof(parts[0]), &seed);
		pv_str end = make_text(parts[1], sizeof(parts[1]), &seed);
		pv_str old_text = make_text(parts[2], sizeof(parts[2]), &seed);
		pv_str new_text = make_text(parts[3], sizeof(parts[3]), &seed);
		pv_str a = { texts[0], join(texts[0], start, old_text, end) };
		pv_str b = { texts[1], join(texts[1], start, new_text, end) };
		size_t whole = pv_words_weigh(a) - pv_words_weigh(b);

		pv_words_part(&a, &b);
		assert_true(pv_words_weigh(a) - pv_words_weigh(b) == whole);
	}
}

/*
 * Behind a brace nothing is cut off: with one before both texts, all of their
 * words are looked at, and the runs are the same but for it.
 */
static void assert_same_behind_brace(pv_str before, pv_str after)
{
	pv_str brace = pv_str_of("{ ");
	pv_str none = pv_str_of("");
	pv_arena arena = { 0 };
	char texts[2][520];
	pv_str a = { texts[0], join(texts[0], brace, before, none) };
	pv_str b = { texts[1], join(texts[1], brace, after, none) };
	size_t counts[2] = { 0, 0 };
	pv_diff_run *want = runs_of(&counts[0], &arena, a, b);
	pv_diff_run *got = runs_of(&counts[1], &arena, before, after);
	size_t skipped = want[0].len == brace.len;

	assert_int_equal(want[0].op, '=');
	want[0].text += brace.len;
	want[0].len -= brace.len;
	want += skipped;
	assert_int_equal(counts[1], counts[0] - skipped);
	for (size_t i = 0; i < counts[1]; i++) {
		assert_int_equal(got[i].op, want[i].op);
		assert_int_equal(got[i].len, want[i].len);
		assert_memory_equal(got[i].text, want[i].text, got[i].len);
	}
	pv_arena_dispose(&arena);
}

static void test_diff_words__common_ends_make_no_difference(void **state)
{
	static const char *const pairs[][2] = {
		{ "a b", "a b b" },
		{ "A  B C", "A B C B C" },
		{ "A\nB C", "A\nB C B C" },
		{ "b    foo c a   a c ", "b   a\nfoo c a    c " },
		{ "a x c d e", "a y c d e" },
		{ " ", "  " },
	};
	char parts[4][128];
	char texts[2][512];
	unsigned seed = 11;

	(void)state;
	for (size_t i = 0; i < pv_array_len(pairs); i++)
		assert_same_behind_brace(pv_str_of(pairs[i][0]),
					 pv_str_of(pairs[i][1]));
	for (int i = 0; i < 20000; i++) {
		pv_str start = make_text(parts[0], sizeof(parts[0]), &seed);
		pv_str end = make_text(parts[1], sizeof(parts[1]), &seed);
		pv_str old_text = make_text(parts[2], sizeof(parts[2]), &seed);
		pv_str new_text = make_text(parts[3], sizeof(parts[3]), &seed);
		pv_str a = { texts[0], join(texts[0], start, old_text, end) };
		pv_str b = { texts[1], join(texts[1], start, new_text, end) };

		assert_same_behind_brace(a, b);
	}
}

enum {
	TEXTS = 4
};

static void expect_numbers_of_bytes(const pv_tokens *a, const pv_tokens *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++) {
			int order = pv_str_cmp(a->items[i], b->items[j]);
			uint32_t left = a->numbers[i];
			uint32_t right = b->numbers[j];

			assert_int_equal((order > 0) - (order < 0),
					 (left > right) - (left < right));
		}
}

/* Texts that are alike, that are not, that are empty: each against each. */
static void test_diff_words__number_tokens_in_their_order(void **state)
{
	static const char *const texts[][TEXTS] = {
		{ "a b c d e f g", "a b c d e f g", "a c d x e f g", "b a c d" },
		{ "", "z y x", "x y z x", "x" },
		{ "w w w v", "w v w w", "u w w w w", "v v" },
		{ "one two three four five six", "six five four three two one",
		  "two four six one three five", "" },
	};

	(void)state;
	for (size_t row = 0; row < sizeof(texts) / sizeof(*texts); row++) {
		pv_tokens sides[TEXTS] = { { 0 } };
		pv_tokens *all[TEXTS];

		for (size_t i = 0; i < TEXTS; i++) {
			all[i] = &sides[i];
			assert_int_equal(pv_tokens_add_words(&sides[i],
							     pv_str_of(texts[row][i]),
							     NULL),
					 PV_OK);
		}
		assert_int_equal(pv_tokens_number(all, TEXTS, NULL), PV_OK);
		for (size_t i = 0; i < TEXTS; i++)
			for (size_t j = 0; j < TEXTS; j++)
				expect_numbers_of_bytes(&sides[i], &sides[j]);
		for (size_t i = 0; i < TEXTS; i++)
			pv_tokens_dispose(&sides[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_words__marks_single_words),
		cmocka_unit_test(test_diff_words__keeps_characters_and_tags_whole),
		cmocka_unit_test(
			test_diff_words__keeps_together_what_is_seen_as_one),
		cmocka_unit_test(test_diff_words__sees_no_words_in_wrapping),
		cmocka_unit_test(
			test_diff_words__makes_one_change_of_a_rewritten_sentence),
		cmocka_unit_test(test_diff_words__tells_formatting_from_words),
		cmocka_unit_test(test_diff_words__runs_add_up_to_both_texts),
		cmocka_unit_test(test_diff_words__weighs_only_what_differs),
		cmocka_unit_test(test_diff_words__common_ends_make_no_difference),
		cmocka_unit_test(test_diff_words__is_bounded_on_hostile_texts),
		cmocka_unit_test(test_diff_words__number_tokens_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
