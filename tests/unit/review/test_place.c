/* SPDX-License-Identifier: MIT
 *
 * Comments and their sentences, as a table: where a sentence is found again,
 * and which one a line is in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <pv/review.h>

#include "base/mem.h"

static const struct {
	const char *name;
	const char *text;
	const char *quote;
	int line; /* it was on */
	int place;
} places[] = {
	{ "as it was", "One.\nSort the ticket now.\nThree.",
	  "Sort the ticket now.", 2, 2 },
	{ "further down", "New.\nOne.\nSort the ticket now.\n",
	  "Sort the ticket now.", 2, 3 },
	{ "wrapped", "One. Sort\nthe\nticket now. Three.",
	  "Sort the ticket now.", 2, 1 },
	{ "unwrapped", "Zero.\nOne.\nSort the ticket now.",
	  "Sort\nthe ticket\nnow.", 2, 3 },
	{ "a word changed", "One.\nSort the mail now.\n",
	  "Sort the ticket now.", 7, 2 },
	{ "the nearer one", "Be kind.\nx\ny\nBe kind.\nz", "Be kind.", 3, 4 },
	{ "after a word of it", "Read\nthe\nSort the ticket now.",
	  "Sort the ticket now.", 9, 3 },
	{ "gone", "One.\nTwo and three.\n", "Sort the ticket now.", 2, 0 },
	{ "half gone", "Sort all mail later.", "Sort the ticket now.", 1, 0 },
	{ "nothing left", "", "Sort the ticket now.", 1, 0 },
	{ "nothing said", "One.", "", 1, 0 },
};

static const struct {
	const char *text;
	int line;
	const char *quote;
} quotes[] = {
	{ "One. Two\nthree.\nFour.", 1, "One." },
	{ "One. Two\nthree.\nFour.", 2, "Two\nthree." },
	{ "One. Two\nthree.\nFour.", 3, "Four." },
	{ "One. Two\nthree.\nFour.", 4, "" },
	{ "A list:\n- first\n- second", 3, "- first\n- second" },
	{ "Title\n\nText that goes\non and on", 1, "Title" },
	{ "Title\n\nText that goes\non and on", 2, "" },
	{ "Title\n\nText that goes\non and on", 4, "Text that goes\non and on" },
	{ "", 1, "" },
};

static void finds_the_sentence_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(places); i++) {
		int place =
			pv_review_place(places[i].text, strlen(places[i].text),
					places[i].quote, places[i].line);

		if (place != places[i].place)
			fail_msg("%s: line %d, not %d", places[i].name, place,
				 places[i].place);
	}
}

static void knows_the_sentence_of_a_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(quotes); i++) {
		pv_buf out = { 0 };

		pv_review_quote(&out, quotes[i].text, strlen(quotes[i].text),
				quotes[i].line);
		if (strcmp(pv_buf_text(&out), quotes[i].quote) != 0)
			fail_msg("%zu: \"%s\"", i, pv_buf_text(&out));
		pv_buf_dispose(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_sentence_again),
		cmocka_unit_test(knows_the_sentence_of_a_line),
	};

	return cmocka_run_group_tests_name("review_place", tests, NULL, NULL);
}
