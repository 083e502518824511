/* SPDX-License-Identifier: MIT
 *
 * Files written into the working tree: contents, line ends, folders that
 * come and go, and the ways out of the repository that stay shut.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "store/play.h"

static int write_one(struct repo *repo, const char *path, const char *data,
		     pv_error *err)
{
	const pv_change change = { path, data, data ? strlen(data) : 0 };
	int rc;

	pv_error_clear(err);
	repo_open(repo);
	rc = pv_store_write_files(repo->store, &change, 1, err);
	pv_store_free(repo->store);
	repo->store = NULL;
	return rc;
}

static void expect_file(const struct repo *repo, const char *path,
			const char *data)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "cat '%s' | od -An -c | tr -d ' \\n'", path);
	assert_string_equal(data, repo_line(repo, command));
}

static void test_store_write_files__creates_replaces_removes(void **state)
{
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, PLAY_BASE "chmod 750 a");
	assert_int_equal(write_one(repo, "x/y/z", "1", &err), PV_OK);
	assert_int_equal(write_one(repo, "a", "22", &err), PV_OK);
	assert_int_equal(write_one(repo, "d/e/f", NULL, &err), PV_OK);
	assert_int_equal(write_one(repo, "b", "", &err), PV_OK);
	assert_int_equal(write_one(repo, "not/there", NULL, &err), PV_OK);
	expect_file(repo, "x/y/z", "1");
	expect_file(repo, "a", "22");
	expect_file(repo, "b", "");
	assert_string_equal("750", repo_line(repo, "stat -c %a a"));
	repo_sh(repo, "test ! -e d/e && test -e d/c && test ! -e not");
	repo_sh(repo, "test -z \"$(find . -name '*tmp_pv*')\"");
	assert_int_equal(write_one(repo, "d/c", NULL, &err), PV_OK);
	repo_sh(repo, "test ! -e d");
}

/* Reads a file as it is and writes what stands in `data` as it is. */
static int rewrite_raw(struct repo *repo, const char *path, const char *want,
		       const char *data)
{
	const pv_change change = { path, data, strlen(data) };
	pv_buf raw = { 0 };
	int is_raw = 0;
	int rc;

	repo_open(repo);
	rc = pv_store_read_raw(&raw, &is_raw, repo->store, path, NULL);
	assert_string_equal(pv_buf_text(&raw), want);
	assert_int_equal(is_raw, *want != 0);
	if (rc == PV_OK)
		rc = pv_store_write_raw(repo->store, &change, NULL);
	pv_store_free(repo->store);
	repo->store = NULL;
	pv_buf_dispose(&raw);
	return rc;
}

static void test_store_write_files__raw_ones_as_they_are(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "printf '*.crlf text eol=crlf\\n*.lf text eol=lf\\n"
		      "*.id ident\\n' >.gitattributes");
	repo_sh(repo, "printf 'a\\r\\nb\\n' >x.lf; printf 'a\\n' >x.crlf");
	repo_sh(repo, "printf '$Id: 1 $\\n' >x.id; ln -s x.lf x.link");
	assert_int_equal(rewrite_raw(repo, "x.lf", "a\r\nb\n", "c\r\nb\n"),
			 PV_OK);
	expect_file(repo, "x.lf", "c\\r\\nb\\n");
	assert_int_equal(rewrite_raw(repo, "x.crlf", "a\n", "b\n"), PV_OK);
	expect_file(repo, "x.crlf", "b\\n");
	/* git would store "$Id$": no raw text to edit */
	assert_int_equal(rewrite_raw(repo, "x.id", "", "$Id: 2 $\n"), PV_OK);
	assert_int_equal(rewrite_raw(repo, "x.link", "", "x"), PV_EINVALID);
	assert_int_equal(rewrite_raw(repo, "x.gone", "", "x"), PV_ENOTFOUND);
}

static void test_store_write_files__line_ends_as_git_checks_out(void **state)
{
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, "printf '*.crlf text eol=crlf\\n*.lf text eol=lf\\n"
		      "*.bin -text\\n' >.gitattributes");
	assert_int_equal(write_one(repo, "x.crlf", "a\nb\n", &err), PV_OK);
	assert_int_equal(write_one(repo, "x.lf", "a\nb\n", &err), PV_OK);
	assert_int_equal(write_one(repo, "x.bin", "a\nb\n", &err), PV_OK);
	expect_file(repo, "x.crlf", "a\\r\\nb\\r\\n");
	expect_file(repo, "x.lf", "a\\nb\\n");
	repo_sh(repo, "rm .gitattributes; git config core.autocrlf true");
	assert_int_equal(write_one(repo, "y", "a\nb\n", &err), PV_OK);
	expect_file(repo, "y", "a\\r\\nb\\r\\n");
	repo_sh(repo, "git config core.autocrlf input");
	assert_int_equal(write_one(repo, "z", "a\nb\n", &err), PV_OK);
	expect_file(repo, "z", "a\\nb\\n");
	repo_sh(repo, "echo '* text' >.git/info/attributes; "
		      "git config --unset core.autocrlf; "
		      "git config core.eol crlf");
	assert_int_equal(write_one(repo, "q", "a\n", &err), PV_OK);
	expect_file(repo, "q", "a\\r\\n");
}

static void test_store_write_files__attributes_below_and_in_the_index(void **state)
{
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, "mkdir -p p/q; echo '* text eol=crlf' >p/.gitattributes");
	assert_int_equal(write_one(repo, "p/q/x", "a\n", &err), PV_OK);
	expect_file(repo, "p/q/x", "a\\r\\n");
	repo_sh(repo, "git add p/.gitattributes; rm p/.gitattributes");
	assert_int_equal(write_one(repo, "p/q/y", "a\n", &err), PV_OK);
	expect_file(repo, "p/q/y", "a\\r\\n");
	assert_int_equal(write_one(repo, "r", "a\n", &err), PV_OK);
	expect_file(repo, "r", "a\\n");
}

struct refusal {
	const char *path;
	const char *message;
};

static void test_store_write_files__refuses_ways_out(void **state)
{
	static const struct refusal refusals[] = {
		{ "../out", "not a path inside" },
		{ "/out", "not a path inside" },
		{ "a//b", "not a path inside" },
		{ "./a", "not a path inside" },
		{ "", "not a path inside" },
		{ ".git/config", "not a path inside" },
		{ "x/.Git/config", "not a path inside" },
		{ ".git /config", "not a path inside" },
		{ "git~1/config", "not a path inside" },
		{ ".g\xe2\x80\x8cit/config", "not a path inside" },
		{ ".git::$INDEX_ALLOCATION/x", "not a path inside" },
		{ "a\\b", "has a backslash" },
		{ "link/c", "leads through" },
		{ "b/c", "leads through" },
		{ "to-b", "not a regular file" },
		{ "d", "not a regular file" },
	};
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, PLAY_BASE "ln -s d link; ln -s b to-b");
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		int rc = write_one(repo, refusals[i].path, "x", &err);

		if (rc != PV_EINVALID ||
		    !strstr(err.message, refusals[i].message))
			fail_msg("\"%s\": %d %s", refusals[i].path, rc,
				 err.message);
	}
	repo_sh(repo, "test \"$(cat b)\" = 2 && test \"$(cat d/c)\" = 3 && "
		      "test ! -e ../out");
}

static void test_store_write_files__all_are_checked_before_any(void **state)
{
	const pv_change changes[] = { { "a", "new", 3 }, { "link/x", "y", 1 } };
	const pv_change twice[] = { { "a", "1", 1 },
				    { "n", "2", 1 },
				    { "a", "3", 1 } };
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, PLAY_BASE "ln -s d link");
	repo_open(repo);
	assert_int_equal(pv_store_write_files(repo->store, changes, 2, &err),
			 PV_EINVALID);
	assert_int_equal(pv_store_write_files(repo->store, twice, 3, &err),
			 PV_EINVALID);
	assert_string_equal("?? link", repo_line(repo, "git status --porcelain"));
}

static void test_store_write_files__no_file_is_a_folder_too(void **state)
{
	const pv_change changes[] = { { "n/x/y/z", "1", 1 },
				      { "n/x-y", "2", 1 },
				      { "n/x", "3", 1 } };
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, PLAY_BASE ":");
	repo_open(repo);
	assert_int_equal(pv_store_check_files(repo->store, changes, 2, &err),
			 PV_OK);
	assert_int_equal(pv_store_check_files(repo->store, changes, 3, &err),
			 PV_EINVALID);
	assert_int_equal(pv_store_write_files(repo->store, changes, 3, &err),
			 PV_EINVALID);
	assert_non_null(strstr(err.message, "\"n/x\" cannot be a file"));
	repo_sh(repo, "test ! -e n");
}

/* A name too long for the file system fails only when it is written. */
static void test_store_write_files__takes_back_after_a_failure(void **state)
{
	char name[400] = "e/";
	const pv_change changes[] = { { "a", "new", 3 },
				      { "d/e/f", NULL, 0 },
				      { "d/c", NULL, 0 },
				      { "k/l/m", "new", 3 },
				      { name, "x", 1 } };
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, PLAY_BASE "chmod 750 a; chmod 700 d/c; find . -path "
				"./.git -prune -o -printf '%P %m\\n' | sort "
				">.git/before");
	repo_open(repo);
	memset(name + 2, 'x', 300);
	assert_int_equal(pv_store_write_files(repo->store, changes, 5, &err),
			 PV_EIO);
	repo_sh(repo, "find . -path ./.git -prune -o -printf '%P %m\\n' | "
		      "sort | cmp - .git/before");
	assert_string_equal("", repo_line(repo, "git -c core.fileMode=false "
						"status --porcelain"));
}

static void test_store_write_files__names_that_differ_in_case(void **state)
{
	const pv_change changes[] = { { "New", "1", 1 }, { "new", "2", 1 } };
	struct repo *repo = *state;
	pv_error err;

	repo_sh(repo, PLAY_BASE "git config core.ignoreCase true");
	assert_int_equal(write_one(repo, "A", "x", &err), PV_EINVALID);
	assert_non_null(strstr(err.message, "case"));
	assert_int_equal(write_one(repo, "a", "x", &err), PV_OK);
	repo_open(repo);
	assert_int_equal(pv_store_write_files(repo->store, changes, 2, &err),
			 PV_EINVALID);
}

static void test_store_write_files__a_failure_leaves_the_file(void **state)
{
	struct repo *repo = *state;
	pv_error err;

	if (geteuid() == 0) {
		print_message("  skipped: root may write everywhere\n");
		skip();
	}
	repo_sh(repo, PLAY_BASE "chmod 555 d");
	assert_int_equal(write_one(repo, "d/c", "x", &err), PV_EIO);
	repo_sh(repo, "chmod 755 d; test \"$(cat d/c)\" = 3; "
		      "test -z \"$(find . -name '*tmp_pv*')\"");
}

#define TEST(name)                                                           \
 cmocka_unit_test_setup_teardown(test_store_write_files__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(creates_replaces_removes),
		TEST(raw_ones_as_they_are),
		TEST(line_ends_as_git_checks_out),
		TEST(attributes_below_and_in_the_index),
		TEST(refuses_ways_out),
		TEST(all_are_checked_before_any),
		TEST(no_file_is_a_folder_too),
		TEST(takes_back_after_a_failure),
		TEST(names_that_differ_in_case),
		TEST(a_failure_leaves_the_file),
	};

	return cmocka_run_group_tests_name("store write files", tests, NULL,
					   NULL);
}
