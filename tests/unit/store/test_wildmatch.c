/* SPDX-License-Identifier: MIT
 *
 * Patterns of paths: what gitattributes(5) says of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/worktree/wildmatch.h"

static const struct {
	const char *pattern;
	const char *path;
	int matches;
} rows[] = {
	{ "a.yaml", "a.yaml", 1 },
	{ "a.yaml", "b.yaml", 0 },
	{ "", "", 1 },
	{ "", "a", 0 },
	{ "a", "", 0 },
	{ "*", "", 1 },
	{ "*", "a", 1 },
	{ "*", "a/b", 0 },
	{ "*.yaml", "a.yaml", 1 },
	{ "*.yaml", "a.yaml.yaml", 1 },
	{ "*.yaml", "a.yml", 0 },
	{ "a*b*c", "abbbcbc", 1 },
	{ "a*b*c", "abbbcb", 0 },
	{ "p/*/x", "p/a/x", 1 },
	{ "p/*/x", "p/a/b/x", 0 },
	{ "p/*", "p/a", 1 },
	{ "p/*", "p/a/b", 0 },
	{ "p/**", "p/a/b", 1 },
	{ "p/**", "q/a", 0 },
	{ "**", "a/b", 1 },
	{ "**/x", "x", 1 },
	{ "**/x", "a/b/x", 1 },
	{ "**/x", "ax", 0 },
	{ "p/**/x", "p/x", 1 },
	{ "p/**/x", "p/a/b/x", 1 },
	{ "p/**/x", "p/a/bx", 0 },
	{ "p/**/*.yaml", "p/a/b.yaml", 1 },
	{ "p/**/a/**/b", "p/a/x/a/y/b", 1 },
	{ "p/a**", "p/abc", 1 },
	{ "p/a**", "p/ab/c", 0 },
	{ "a?c", "abc", 1 },
	{ "a?c", "a/c", 0 },
	{ "[abc]", "b", 1 },
	{ "[a-c]x", "dx", 0 },
	{ "[!a-c]x", "dx", 1 },
	{ "[^a-c]x", "ax", 0 },
	{ "a[/]b", "a/b", 0 },
	{ "a[!x]b", "a/b", 0 },
	{ "[]]", "]", 1 },
	{ "[a", "a", 0 },
	{ "[[:digit:]]", "7", 1 },
	{ "[[:digit:][:upper:]]", "G", 1 },
	{ "[[:alpha:]]", "7", 0 },
	{ "[[:nosuch:]]", "a", 0 },
	{ "[\\]]", "]", 1 },
	{ "\\*", "*", 1 },
	{ "\\*", "a", 0 },
	{ "a\\", "a\\", 1 },
};

static void test_store_wildmatch__is_that_of_git(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		if (pv_wildmatch(rows[i].pattern, rows[i].path) != rows[i].matches)
			print_error("\"%s\" against \"%s\"\n", rows[i].pattern,
				    rows[i].path);
		assert_int_equal(pv_wildmatch(rows[i].pattern, rows[i].path),
				 rows[i].matches);
	}
}

/* Stars that each could take anything would be tried in every combination. */
static void test_store_wildmatch__has_a_bounded_cost(void **state)
{
	char pattern[2001];
	char path[4001];

	(void)state;
	for (size_t i = 0; i < sizeof(pattern) - 1; i++)
		pattern[i] = i % 2 ? '*' : 'a';
	pattern[sizeof(pattern) - 1] = '\0';
	pattern[sizeof(pattern) - 2] = 'b';
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(pv_wildmatch(pattern, path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_store_wildmatch__is_that_of_git),
		cmocka_unit_test(test_store_wildmatch__has_a_bounded_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
