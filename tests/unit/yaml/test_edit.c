/* SPDX-License-Identifier: MIT
 *
 * Editing: the cases of tests/data/yaml/edit.cases, which says how they are
 * written, and what they cannot express.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <pv/yaml.h>

#include "base/file.h"
#include "base/mem.h"

enum {
	MOST_WORDS = 4
};

/* One case; all slices are owned by the file's buffer, cut up by NULs. */
struct edit_case {
	char *words[MOST_WORDS]; /* operation, path, arguments */
	char *before;
	char *after;
	int line;
};

static const pv_yaml_options kept = { PV_YAML_TAGS_KEEP, 0, 0, 0 };

/* Puts in what the marks stand for; the text only gets shorter. */
static void expand(char *text)
{
	static const char *const marks[][2] = { { "<CR>", "\r" },
						{ "<BOM>", "\xEF\xBB\xBF" },
						{ "<EOF>\n", "" } };

	for (size_t i = 0; i < pv_array_len(marks); i++) {
		size_t mark = strlen(marks[i][0]);
		size_t len = strlen(marks[i][1]);
		char *at = text;

		while ((at = strstr(at, marks[i][0])) != NULL) {
			memcpy(at, marks[i][1], len);
			memmove(at + len, at + mark, strlen(at + mark) + 1);
		}
	}
}

static void split_words(struct edit_case *item, char *line)
{
	for (size_t i = 0; i < MOST_WORDS; i++) {
		char *bar = line ? strstr(line, " | ") : NULL;

		item->words[i] = line;
		if (bar)
			*bar = '\0';
		line = bar ? bar + 3 : NULL;
	}
}

/* Cuts off the text up to a line of "%%"; `*at` goes behind that line. */
static char *take_text(char **at)
{
	char *start = *at;
	char *end = strncmp(start, "%%\n", 3) ? strstr(start, "\n%%\n") : start;

	assert_non_null(end);
	end += end != start || *end == '\n';
	*end = '\0';
	*at = end + 3;
	return start;
}

static int next_case(struct edit_case *item, char **at)
{
	char *start = strstr(*at, "\n%% ");
	char *end;

	if (!start)
		return 0;
	start += 4;
	end = strchr(start, '\n');
	*end = '\0';
	split_words(item, start);
	*at = end + 1;
	item->before = take_text(at);
	item->after = take_text(at);
	(*at)--; /* the break that the next case starts with */
	**at = '\n';
	expand(item->before);
	expand(item->after);
	return 1;
}

static int apply(pv_yaml *doc, const struct edit_case *item, pv_error *err)
{
	const char *path = item->words[1];
	const char *arg = item->words[2];

	if (!strcmp(item->words[0], "set"))
		return pv_yaml_set(doc, path, arg, err);
	if (!strcmp(item->words[0], "append"))
		return pv_yaml_append(doc, path, arg, err);
	if (!strcmp(item->words[0], "insert"))
		return pv_yaml_insert(doc, path, (size_t)strtoul(arg, NULL, 10),
				      item->words[3], err);
	assert_string_equal(item->words[0], "delete");
	return pv_yaml_delete(doc, path, err);
}

static int wanted_code(const char *after)
{
	if (!strcmp(after, "!unsupported\n"))
		return PV_EUNSUPPORTED;
	if (!strcmp(after, "!not-found\n"))
		return PV_ENOTFOUND;
	return strcmp(after, "!invalid\n") ? PV_OK : PV_EINVALID;
}

static void run_case(const struct edit_case *item)
{
	int want = wanted_code(item->after);
	pv_error err = { 0 };
	pv_yaml *doc;
	int rc = pv_yaml_parse(&doc, item->before, strlen(item->before), &kept,
			       &err);

	if (rc < 0)
		fail_msg("%s: %s", item->before, err.message);
	rc = apply(doc, item, &err);
	if (rc != want)
		fail_msg("%s %s %s: %d %s in\n%s", item->words[0], item->words[1],
			 item->words[2], rc, err.message, item->before);
	assert_int_equal(err.code, want);
	assert_string_equal(pv_yaml_text(doc, NULL),
			    want ? item->before : item->after);
	pv_yaml_free(doc);
}

static void test_yaml_edit__follows_the_cases(void **state)
{
	struct edit_case item;
	pv_buf file = { 0 };
	unsigned count = 0;
	char *at;

	(void)state;
	assert_int_equal(pv_file_read(&file, PV_TEST_DATA "/yaml/edit.cases",
				      NULL),
			 PV_OK);
	at = file.ptr;
	while (next_case(&item, &at)) {
		run_case(&item);
		count++;
	}
	assert_true(count > 200);
	pv_buf_dispose(&file);
}

static pv_yaml *parse(const char *text)
{
	pv_yaml *doc;

	assert_int_equal(pv_yaml_parse(&doc, text, strlen(text), NULL, NULL),
			 PV_OK);
	return doc;
}

static void test_yaml_edit__sets_raw_text(void **state)
{
	pv_yaml *doc = parse("a: 1\n");

	(void)state;
	assert_int_equal(pv_yaml_set_text(doc, "a", "x\n y\n", 5, NULL), PV_OK);
	assert_string_equal(pv_yaml_text(doc, NULL), "a: |\n  x\n   y\n");
	assert_int_equal(pv_yaml_set_text(doc, "a", NULL, 0, NULL), PV_OK);
	assert_string_equal(pv_yaml_text(doc, NULL), "a: \"\"\n");
	assert_int_equal(pv_yaml_set_text(doc, "a", "x\0y", 3, NULL), PV_OK);
	assert_string_equal(pv_yaml_text(doc, NULL), "a: \"x\\0y\"\n");
	assert_int_equal(pv_yaml_set_text(doc, "a", "\xFF", 1, NULL),
			 PV_EINVALID);
	assert_string_equal(pv_yaml_text(doc, NULL), "a: \"x\\0y\"\n");
	assert_int_equal(pv_yaml_set(doc, "a", "{\"\\u0000\":1}", NULL),
			 PV_EINVALID);
	assert_int_equal(pv_yaml_set(doc, "\"\\u0000\"", "1", NULL), PV_EINVALID);
	pv_yaml_free(doc);
}

static void test_yaml_edit__leaves_equal_values_alone(void **state)
{
	pv_yaml *doc = parse("a: 'x'   # c\nb: {c: [1]}\n");
	const char *text = pv_yaml_text(doc, NULL);

	(void)state;
	assert_int_equal(pv_yaml_set(doc, "a", "\"x\"", NULL), PV_OK);
	assert_int_equal(pv_yaml_set(doc, "b", "{\"c\":[1]}", NULL), PV_OK);
	assert_ptr_equal(pv_yaml_text(doc, NULL), text);
	pv_yaml_free(doc);
}

static void test_yaml_edit__names_the_anchor_in_the_way(void **state)
{
	static const char *const texts[] = { "a: &base {k: 1}\nb: *base\n",
					     "a: {k: &base 1}\nb: *base\n",
					     "a: {k: &base 1, l: 2}\nb: *base\n",
					     "a: {k: [&base 1]}\nb: [*base]\n",
					     "a: &base {k: 1, l: 2}\nb: *base\n" };

	(void)state;
	for (size_t i = 0; i < pv_array_len(texts); i++) {
		pv_yaml *doc = parse(texts[i]);
		pv_error err = { 0 };

		if (i == 0)
			assert_int_equal(pv_yaml_set(doc, "a.k", "2", &err),
					 PV_EUNSUPPORTED);
		else
			assert_int_equal(pv_yaml_delete(doc, "a.k", &err),
					 PV_EUNSUPPORTED);
		assert_non_null(strstr(err.hint, "\"&base\" on line 1"));
		assert_string_equal(pv_yaml_text(doc, NULL), texts[i]);
		pv_yaml_free(doc);
	}
}

static void test_yaml_edit__edits_one_document_of_a_stream(void **state)
{
	static const char text[] = "a: 1\n--- # two\nb: [1]\n---\n";
	pv_yaml_options opts = { PV_YAML_TAGS_CORE, 1, 0, 0 };
	pv_yaml *doc;

	(void)state;
	assert_int_equal(pv_yaml_parse(&doc, text, strlen(text), &opts, NULL),
			 PV_OK);
	assert_int_equal(pv_yaml_append(doc, "[1].b", "2", NULL), PV_OK);
	assert_int_equal(pv_yaml_set(doc, "[0].c", "\"x\"", NULL), PV_OK);
	assert_int_equal(pv_yaml_set(doc, "[2].d", "3", NULL), PV_OK);
	assert_int_equal(pv_yaml_set(doc, "[3].d", "3", NULL), PV_ENOTFOUND);
	assert_int_equal(pv_yaml_set(doc, "", "3", NULL), PV_EUNSUPPORTED);
	assert_int_equal(pv_yaml_delete(doc, "[0]", NULL), PV_EUNSUPPORTED);
	assert_string_equal(pv_yaml_text(doc, NULL),
			    "a: 1\nc: x\n--- # two\nb: [1, 2]\n---\nd: 3\n");
	pv_yaml_free(doc);
}

static void test_yaml_edit__respects_limits(void **state)
{
	pv_yaml_options opts = { PV_YAML_TAGS_CORE, 0, 0, 16 };
	pv_yaml *doc;
	pv_buf deep = { 0 };

	(void)state;
	assert_int_equal(pv_yaml_parse(&doc, "a: 1\n", 5, &opts, NULL), PV_OK);
	assert_int_equal(pv_yaml_set(doc, "a", "\"0123456789abcdef\"", NULL),
			 PV_ELIMIT);
	assert_string_equal(pv_yaml_text(doc, NULL), "a: 1\n");
	for (int i = 0; i <= PV_YAML_MAX_DEPTH; i++)
		pv_buf_putc(&deep, '[');
	assert_int_equal(pv_yaml_set(doc, "a", deep.ptr, NULL), PV_ELIMIT);
	pv_buf_dispose(&deep);
	pv_yaml_free(doc);
}

static void test_yaml_edit__writes_keys_of_any_length(void **state)
{
	pv_yaml *doc = parse("a: 1\n");
	pv_buf path = { 0 };
	const pv_yaml_node *node;

	(void)state;
	for (int i = 0; i < 5000; i++)
		pv_buf_putc(&path, 'k');
	assert_int_equal(pv_yaml_set(doc, path.ptr, "[\"x\\ny\"]", NULL), PV_OK);
	assert_int_equal(pv_yaml_find(&node, doc, path.ptr, NULL), PV_OK);
	assert_int_equal(pv_yaml_set(doc, path.ptr, "2", NULL), PV_OK);
	pv_buf_puts(&path, ".x");
	assert_int_equal(pv_yaml_set(doc, path.ptr, "2", NULL), PV_ENOTFOUND);
	pv_buf_dispose(&path);
	pv_yaml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_edit__follows_the_cases),
		cmocka_unit_test(test_yaml_edit__sets_raw_text),
		cmocka_unit_test(test_yaml_edit__leaves_equal_values_alone),
		cmocka_unit_test(test_yaml_edit__names_the_anchor_in_the_way),
		cmocka_unit_test(test_yaml_edit__edits_one_document_of_a_stream),
		cmocka_unit_test(test_yaml_edit__respects_limits),
		cmocka_unit_test(test_yaml_edit__writes_keys_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
