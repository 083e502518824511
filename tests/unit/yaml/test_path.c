/* SPDX-License-Identifier: MIT
 *
 * Paths: reading, writing, and that one undoes the other.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/yaml.h>

#include "base/mem.h"

static const char text[] =
	"messages:\n- role: system\n  content: hi\n- role: user\n"
	"metadata: {a.b: 1, \"q\\\"\\n\": 2, c d: 3, \"\": 4, \"[0]\": 5}\n"
	"deep: &x\n- - - 7\nalias: *x\n\xC3\xA9: 8\n";

static pv_yaml *parse(void)
{
	pv_yaml *doc;

	assert_int_equal(pv_yaml_parse(&doc, text, strlen(text), NULL, NULL),
			 PV_OK);
	return doc;
}

static void test_yaml_path__finds(void **state)
{
	static const char *const cases[][2] = {
		{ "messages[0].content", "\"hi\"" },
		{ "messages[-1].role", "\"user\"" },
		{ "messages[1]", "{\"role\":\"user\"}" },
		{ "metadata.\"a.b\"", "1" },
		{ "metadata.\"q\\\"\\n\"", "2" },
		{ "metadata.c d", "3" },
		{ "metadata.\"\"", "4" },
		{ "metadata.\"[0]\"", "5" },
		{ "\"metadata\".\"\\u0063 d\"", "3" },
		{ "deep[0][0][0]", "7" },
		{ "alias[0][0][0]", "7" },
		{ "\xC3\xA9", "8" },
	};
	pv_yaml *doc = parse();

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		const pv_yaml_node *node;
		pv_buf out = { 0 };

		assert_int_equal(pv_yaml_find(&node, doc, cases[i][0], NULL),
				 PV_OK);
		assert_int_equal(pv_yaml_to_json(&out, node, NULL), PV_OK);
		assert_string_equal(pv_buf_text(&out), cases[i][1]);
		pv_buf_dispose(&out);
	}
	pv_yaml_free(doc);
}

static void test_yaml_path__tells_absent_from_malformed(void **state)
{
	static const struct {
		const char *path;
		int code;
		const char *why; /* part of the message */
	} cases[] = {
		{ "nothing", PV_ENOTFOUND, "nothing at" },
		{ "messages[2]", PV_ENOTFOUND, "" },
		{ "messages[-3]", PV_ENOTFOUND, "" },
		{ "messages.role", PV_ENOTFOUND, "" },
		{ "messages[0].role.x", PV_ENOTFOUND, "" },
		{ "metadata[0]", PV_ENOTFOUND, "" },
		{ "[0]", PV_ENOTFOUND, "" },
		{ ".a", PV_EINVALID, "expected a key" },
		{ "a.", PV_EINVALID, "expected a key" },
		{ "a..b", PV_EINVALID, "" },
		{ "a[", PV_EINVALID, "" },
		{ "a[]", PV_EINVALID, "" },
		{ "a[x]", PV_EINVALID, "" },
		{ "a[0", PV_EINVALID, "" },
		{ "a[9999999999]", PV_EINVALID, "too large" },
		{ "a]", PV_EINVALID, "expected \".\"" },
		{ "a\"b\"", PV_EINVALID, "expected \".\"" },
		{ "\"a", PV_EINVALID, "quoted key" },
		{ "\"\\x\"", PV_EINVALID, "quoted key" },
		{ "\"a\"b", PV_EINVALID, "expected \".\"" },
		{ "a\"\\u0000\"", PV_EINVALID, "expected \".\"" },
		{ "a.\"\\u0000\"", PV_EINVALID, "NUL" },
		{ "a[0]b", PV_EINVALID, "expected \".\"" },
		{ "\xFF", PV_EINVALID, "" },
	};
	pv_yaml *doc = parse();

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		const pv_yaml_node *node = pv_yaml_root(doc);
		pv_error err = { 0 };

		assert_int_equal(pv_yaml_find(&node, doc, cases[i].path, &err),
				 cases[i].code);
		assert_null(node);
		assert_int_equal(err.code, cases[i].code);
		assert_non_null(strstr(err.message, cases[i].why));
	}
	pv_yaml_free(doc);
}

/* Every node of the tree is found again by the path it gives. */
static void check_below(const pv_yaml *doc, const pv_yaml_node *node)
{
	const pv_yaml_node *found;
	pv_buf path = { 0 };

	assert_int_equal(pv_yaml_path(&path, node, NULL), PV_OK);
	assert_int_equal(pv_yaml_find(&found, doc, pv_buf_text(&path), NULL),
			 PV_OK);
	assert_ptr_equal(found, node);
	pv_buf_dispose(&path);
	for (node = node->first; node; node = node->next)
		check_below(doc, node);
}

static void test_yaml_path__undoes_itself(void **state)
{
	pv_yaml *doc = parse();

	(void)state;
	check_below(doc, pv_yaml_root(doc));
	pv_yaml_free(doc);
}

static void test_yaml_path__writes_quotes_where_needed(void **state)
{
	static const char *const want[] = { "metadata.\"a.b\"",
					    "metadata.\"q\\\"\\n\"",
					    "metadata.\"c d\"", "metadata.\"\"",
					    "metadata.\"[0]\"" };
	pv_yaml *doc = parse();
	const pv_yaml_node *node =
		pv_yaml_get(pv_yaml_root(doc), "metadata")->first;

	(void)state;
	for (size_t i = 0; node; i++, node = node->next) {
		pv_buf path = { 0 };

		assert_int_equal(pv_yaml_path(&path, node, NULL), PV_OK);
		assert_string_equal(pv_buf_text(&path), want[i]);
		pv_buf_clear(&path);
		assert_int_equal(pv_yaml_path(&path, node->key, NULL), PV_OK);
		assert_string_equal(pv_buf_text(&path), want[i]);
		pv_buf_dispose(&path);
	}
	pv_yaml_free(doc);
}

static void test_yaml_path__getters_follow_aliases(void **state)
{
	pv_yaml *doc = parse();
	const pv_yaml_node *root = pv_yaml_root(doc);

	(void)state;
	assert_non_null(pv_yaml_at(pv_yaml_get(root, "alias"), 0));
	assert_null(pv_yaml_at(pv_yaml_get(root, "alias"), 1));
	assert_null(pv_yaml_get(pv_yaml_get(root, "alias"), "x"));
	assert_null(pv_yaml_at(root, 0));
	assert_null(pv_yaml_get(NULL, "x"));
	assert_null(pv_yaml_resolve(NULL));
	pv_yaml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_path__finds),
		cmocka_unit_test(test_yaml_path__tells_absent_from_malformed),
		cmocka_unit_test(test_yaml_path__undoes_itself),
		cmocka_unit_test(test_yaml_path__writes_quotes_where_needed),
		cmocka_unit_test(test_yaml_path__getters_follow_aliases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
