/* SPDX-License-Identifier: MIT
 *
 * Searching a prompt file: what fits, and which field and line it is in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv.h>

/* Lines are counted from 1: `goal` is on line 3. */
static const char file[] = "name: Ticket Triage\n"
			   "description: \"Sorts tickets\\nby Urgency\"\n"
			   "goal: a calm answer\n"
			   "tags: [support, Größe]\n"
			   "messages:\n"
			   "  - role: system\n"
			   "    content: |\n"
			   "      You sort tickets.\n"
			   "      Answer with one word: low, high.\n"
			   "  - role: user\n"
			   "    content: >\n"
			   "      folded words\n"
			   "      go on here {{ ticket }}\n"
			   "model: {name: secret}\n";

/* What is found: "field:line:snippet" each, one a line. */
static char *found_in(const char *text, const char *words, const char *field)
{
	static char out[4096];
	pv_prompt_matches matches;
	pv_prompt_search *search;
	pv_error err = { 0 };
	size_t len = 0;

	if (pv_prompt_search_new(&search, words, field, &err) < 0) {
		snprintf(out, sizeof(out), "error: %s", err.message);
		return out;
	}
	/* The second time is as the first. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(pv_prompt_search_text(&matches, search,
						       "support/triage", text,
						       strlen(text), &err),
				 PV_OK);
	out[0] = '\0';
	for (size_t i = 0; i < matches.count; i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len,
					"%s:%d:%s\n", matches.items[i].field,
					matches.items[i].line,
					matches.items[i].snippet);
	pv_prompt_search_free(search);
	for (char *at = out; *at; at++)
		*at = *at == 2 ? '<' : *at == 3 ? '>' : *at;
	return out;
}

#define finds(words, want) \
 assert_string_equal(found_in(file, words, NULL), want)

static void test_search_prompt__tells_field_and_line(void **state)
{
	(void)state;
	finds("calm", "goal:3:a <calm> answer\n");
	finds("urgency", "description:2:by <Urgency>\n");
	finds("name:ticket", "name:1:<Ticket> Triage\n");
	finds("GROSSE", "");
	finds("große", "tags[1]:4:<Größe>\n");
	finds("grösse", "");
	finds("groß*", "tags[1]:4:<Größe>\n");
	finds("low", "messages[0].content:9:Answer with one word: <low>, "
		     "high.\n");
	finds("triage", "id:0:support/<triage>\nname:1:Ticket <Triage>\n");
	finds("secret", "");
	finds("role", "");
}

static void test_search_prompt__finds_the_line_in_a_folded_text(void **state)
{
	(void)state;
	finds("\"here ticket\"",
	      "messages[1].content:13:folded words go on <here> {{ <ticket> "
	      "}}\n");
}

static void test_search_prompt__combines_words(void **state)
{
	(void)state;
	finds("calm low", "goal:3:a <calm> answer\n"
			  "messages[0].content:9:Answer with one word: <low>, "
			  "high.\n");
	finds("calm nothing", "");
	finds("calm OR nothing", "goal:3:a <calm> answer\n");
	finds("calm -low", "");
	finds("calm -nothing", "goal:3:a <calm> answer\n");
	/* What is not wanted is not marked. */
	finds("(calm -low) OR high",
	      "goal:3:a <calm> answer\n"
	      "messages[0].content:9:Answer with one word: low, <high>.\n");
	/* A phrase does not reach from one text into the next. */
	finds("\"answer support\"", "");
	finds("ticke*", "name:1:<Ticket> Triage\n"
			"description:2:Sorts <tickets>\n"
			"messages[0].content:8:You sort <tickets>.\n"
			"messages[1].content:13:folded words go on here {{ "
			"<ticket> }}\n");
}

static void test_search_prompt__looks_into_one_field(void **state)
{
	(void)state;
	assert_string_equal(found_in(file, "sort", "text"),
			    "messages[0].content:8:You <sort> tickets.\n");
	assert_string_equal(found_in(file, "ticket", "messages[1]"),
			    "messages[1].content:13:folded words go on here "
			    "{{ <ticket> }}\n");
	assert_string_equal(found_in(file, "sort", "messages[1]"), "");
	assert_string_equal(found_in(file, "sort", "goal"), "");
	assert_string_equal(found_in(file, "support", "tags"),
			    "tags[0]:4:<support>\n");
	assert_string_equal(found_in(file, "a", "model"),
			    "error: no field \"model\" is searched");
	assert_string_equal(found_in(file, "a", "te"),
			    "error: no field \"te\" is searched");
	assert_string_equal(found_in(file, "a", ""),
			    "error: no field \"\" is searched");
	assert_string_equal(found_in(file, "a", "id:"),
			    "error: no field \"id:\" is searched");
}

static void test_search_prompt__takes_any_file(void **state)
{
	(void)state;
	assert_string_equal(found_in("<<<<<<< HEAD\nprompt: {one\n", "one", NULL),
			    "text:2:prompt: {<one>\n");
	assert_string_equal(found_in("", "triage", NULL),
			    "id:0:support/<triage>\n");
	assert_string_equal(found_in("just one text", "one", NULL),
			    ":1:just <one> text\n");
	assert_string_equal(found_in("tags: one\nprompt: &a two\ngoal: *a\n",
				     "one OR two", NULL),
			    "prompt:2:<two>\ntags:1:<one>\nprompt:2:<two>\n");
	assert_string_equal(found_in("messages: 3\nname: [one]\nprompt: null\n",
				     "one OR 3 OR null", NULL),
			    "");
	assert_string_equal(found_in("name: 12\n", "12", NULL), "name:1:<12>\n");
}

static void test_search_prompt__shows_the_best_of_a_long_line(void **state)
{
	char text[2048] = "prompt: hit";

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(text, " word");
	strcat(text, " hit hit end\n");
	assert_string_equal(found_in(text, "hit", NULL),
			    "prompt:1:…word word word word word word word word word word word "
			    "word word word <hit> <hit>…\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search_prompt__tells_field_and_line),
		cmocka_unit_test(
			test_search_prompt__finds_the_line_in_a_folded_text),
		cmocka_unit_test(test_search_prompt__combines_words),
		cmocka_unit_test(test_search_prompt__looks_into_one_field),
		cmocka_unit_test(test_search_prompt__takes_any_file),
		cmocka_unit_test(test_search_prompt__shows_the_best_of_a_long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
