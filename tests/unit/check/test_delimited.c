/* SPDX-License-Identifier: MIT
 *
 * Where a variable in a text is told apart from the text around it, and which
 * names are those of other people's words.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/mem.h"
#include "check/delimited.h"

struct row {
	const char *text; /* with one {{...}} in it */
	int is_delimited;
};

static const struct row rows[] = {
	{ "{{ a }}", 0 },
	{ "Ticket: {{ a }}\nSort it.", 0 },
	{ "Ticket: \"{{ a }}\"", 1 },
	{ "Ticket: \"{{ a }}'", 0 },
	{ "`{{ a }}` [{{ b }}]", 1 },
	{ "---\n{{ a }}\n---\n", 1 },
	{ "a - b\n{{ a }}\n---\n", 0 },
	{ "### Text\n{{ a }}\n### End", 1 },
	{ "```json\n{{ a }}\n```", 1 },
	{ "```\nx\n```\n{{ a }}\n```\ny\n```", 0 },
	{ "\"\"\"Subject: x\nBody: {{ a }}\n\"\"\"", 1 },
	{ "<ticket>\nSubject: x\nBody: {{ a }}\n</ticket>", 1 },
	{ "<ticket id=\"1\">{{ a }}</ticket>", 1 },
	{ "<ticket>x</ticket>{{ a }}<ticket>y</ticket>", 0 },
	{ "<tick>{{ a }} </ticket>", 0 },
	{ "<br> {{ a }} <br>", 0 },
};

static void test_check_delimited__texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_str text = pv_str_of(rows[i].text);
		size_t start = (size_t)(strstr(text.ptr, "{{") - text.ptr);
		size_t end = (size_t)(strstr(text.ptr, "}}") - text.ptr) + 2;

		if (pv_is_delimited(text, start, end) != rows[i].is_delimited)
			fail_msg("wrong in \"%s\"", text.ptr);
	}
}

static void test_check_delimited__names(void **state)
{
	static const char *const certain[] = {
		"user_input", "userMessage", "customer_emails", "UserQuery",
		"untrusted",  "ticket",      "callTranscript",  "retrieved_docs"
	};
	static const char *const likely[] = { "document", "searchResults",
					      "email_body", "text" };
	static const char *const others[] = { "product",   "user",
					      "user_name", "language",
					      "texture",   "" };

	(void)state;
	for (size_t i = 0; i < pv_array_len(certain); i++)
		assert_true(pv_is_foreign_name(pv_str_of(certain[i]), 1));
	for (size_t i = 0; i < pv_array_len(likely); i++) {
		assert_true(pv_is_foreign_name(pv_str_of(likely[i]), 0));
		assert_false(pv_is_foreign_name(pv_str_of(likely[i]), 1));
	}
	for (size_t i = 0; i < pv_array_len(others); i++)
		assert_false(pv_is_foreign_name(pv_str_of(others[i]), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_delimited__texts),
		cmocka_unit_test(test_check_delimited__names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
