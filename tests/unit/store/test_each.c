/* SPDX-License-Identifier: MIT
 *
 * Listing files at a point, compared with `git ls-tree` and `git ls-files`.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

static int print_row(const char *path, const pv_oid *blob, void *payload)
{
	(void)blob;
	pv_buf_printf(payload, "%s\n", path);
	return 0;
}

static int print_with_id(const char *path, const pv_oid *blob, void *payload)
{
	pv_buf_printf(payload, "%s %s\n", blob ? blob->hex : "?", path);
	return 0;
}

static void expect_list(struct repo *repo, const pv_point *at,
			const char *prefix, const char *git)
{
	pv_buf ours = { 0 };
	pv_buf theirs = { 0 };
	pv_error err;

	pv_error_clear(&err);
	if (pv_store_each(repo->store, at, prefix, print_row, &ours, &err) !=
	    PV_OK)
		fail_msg("%s: %s", prefix, err.message);
	repo_read(repo, &theirs, git);
	if (theirs.len)
		pv_buf_putc(&theirs, '\n');
	assert_string_equal(pv_buf_text(&ours), pv_buf_text(&theirs));
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
}

static void test_store_each__lists_trees_in_byte_order(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_COMMIT, { { 0 } } };

	repo_sh(repo, "mkdir -p a/b a.d a0 é; for f in a/x a/b/y a.d/z a.c a-b "
		      "a0/q A é/ü x y; do echo 1 >$f; done\n"
		      "chmod +x x; ln -s x link; git add .; git commit -qm 1");
	repo_open(repo);
	at.commit = repo_oid(repo, "HEAD");
	expect_list(repo, &at, "",
		    "git ls-tree -rz HEAD | tr '\\0' '\\n' | grep -v ^120000 | "
		    "cut -f2");
	expect_list(repo, &at, "a", "printf 'a/b/y\\na/x\\n'");
	expect_list(repo, &at, "a/b", "echo a/b/y");
	expect_list(repo, &at, "nothing", ":");
	expect_list(repo, &at, "x", ":");
	at.kind = PV_AT_INDEX;
	expect_list(repo, &at, "",
		    "git ls-files -sz | tr '\\0' '\\n' | grep -v ^120000 | "
		    "cut -f2");
	expect_list(repo, &at, "a", "printf 'a/b/y\\na/x\\n'");
	at.kind = PV_AT_WORKTREE;
	expect_list(repo, &at, "",
		    "git ls-files -sz | tr '\\0' '\\n' | grep -v ^120000 | "
		    "cut -f2");
}

static void test_store_each__obeys_the_ignore_rules(void **state)
{
	static const char *const rules[] = { "",
					     "*.o",
					     "/top.o",
					     "build/",
					     "build",
					     "*\n!*.c\n!*/",
					     "a/**\n!a/b/\n!a/b/keep.c",
					     "**/deep",
					     "d?r/*.[oc]",
					     "\\#x",
					     "!nothing",
					     "a/b",
					     "*.c\n!/dir/*.c",
					     "# note\n\n  \ndir/sub/*.o",
					     "/*\n!/dir",
					     "dir/sub\n!dir/sub/x.o",
					     "foo\\ ",
					     "*.O" };
	struct repo *repo = *state;
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };

	repo_sh(repo,
		"mkdir -p build a/b/deep dir/sub dar; echo info >.git/info/x\n"
		"for f in top.o top.c build/x.c build/y.o a/b/keep.c a/b/no.o "
		"a/b/deep/f dir/x.o dir/sub/x.o dir/sub/y.c dar/q.c '#x' "
		"'foo ' 'sp ace.c'; do echo 1 >\"$f\"; done\n"
		"echo t >a/b/tracked.o; echo t >build/tracked\n"
		"git add -f a/b/tracked.o build/tracked\n"
		"mkdir nested; git init -q nested; echo 1 >nested/f\n"
		"ln -s dir symdir; ln -s top.c symfile");
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char command[512];

		snprintf(command, sizeof(command),
			 "printf '%%s\\n' '%s' >.gitignore", rules[i]);
		repo_sh(repo, command);
		repo_open(repo);
		expect_list(repo, &at, "",
			    "git ls-files -coz --exclude-standard | sort -z | "
			    "tr '\\0' '\\n' | grep -v -e '^sym' -e '/$'");
		pv_store_free(repo->store);
		repo->store = NULL;
	}
}

static void test_store_each__obeys_the_users_ignore_file(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };
	static const char list[] =
		"git ls-files -coz --exclude-standard | sort -z | "
		"tr '\\0' '\\n'";

	repo_sh(repo, "mkdir -p $HOME/.config/git; echo '*.a' >"
		      "$HOME/.config/git/ignore; echo '*.b' >.git/info/exclude\n"
		      "echo '*.c' >$HOME/own; touch x.a x.b x.c x.d");
	repo_open(repo);
	expect_list(repo, &at, "", list);
	pv_store_free(repo->store);
	repo_sh(repo, "git config core.excludesFile '~/own'");
	repo_open(repo);
	expect_list(repo, &at, "", list);
}

static void test_store_each__knows_the_ids_of_unchanged_files(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };
	pv_buf out = { 0 };
	char expected[256];
	pv_oid oid;

	repo_sh(repo, "echo 1 >a; echo 2 >b; touch -d '1 hour ago' a b\n"
		      "git add .; git commit -qm 1; echo 33 >b; echo 4 >c");
	repo_open(repo);
	oid = repo_oid(repo, "HEAD:a");
	snprintf(expected, sizeof(expected), "%s a\n? b\n? c\n", oid.hex);
	assert_int_equal(pv_store_each(repo->store, &at, "", print_with_id,
				       &out, NULL),
			 PV_OK);
	assert_string_equal(out.ptr, expected);
	pv_buf_dispose(&out);
}

static void test_store_each__lists_what_a_sparse_checkout_omits(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };

	repo_sh(repo, "mkdir in out; echo 1 >in/f; echo 2 >out/f; git add .\n"
		      "git commit -qm one; git sparse-checkout set in");
	repo_open(repo);
	expect_list(repo, &at, "", "printf 'in/f\\nout/f\\n'");
	expect_list(repo, &at, "out", "printf 'out/f\\n'");
}

static void test_store_each__lists_unmerged_files_once(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };

	repo_sh(repo, "echo 1 >f; git add f; git commit -qm 1; git branch o\n"
		      "echo 2 >f; git commit -qam 2; git checkout -q o\n"
		      "echo 3 >f; git commit -qam 3; ! git merge main\n"
		      "echo f >.git/info/exclude");
	repo_open(repo);
	expect_list(repo, &at, "", "echo f");
}

static int stop_at_b(const char *path, const pv_oid *blob, void *payload)
{
	(void)blob;
	pv_buf_puts(payload, path);
	return strcmp(path, "b") == 0 ? 42 : 0;
}

static void test_store_each__stops_when_told(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };
	pv_buf out = { 0 };

	repo_sh(repo, "touch a b c");
	repo_open(repo);
	assert_int_equal(pv_store_each(repo->store, &at, "", stop_at_b, &out,
				       NULL),
			 42);
	assert_string_equal(out.ptr, "ab");
	pv_buf_dispose(&out);
}

static void test_store_each__refuses_a_prefix_through_a_link(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };
	pv_error err;

	repo_sh(repo, "mkdir real; touch real/f; ln -s real link; ln -s / out");
	repo_open(repo);
	assert_int_equal(pv_store_each(repo->store, &at, "link", print_row,
				       NULL, &err),
			 PV_EINVALID);
	assert_int_equal(pv_store_each(repo->store, &at, "out/etc", print_row,
				       NULL, &err),
			 PV_EINVALID);
	assert_int_equal(pv_store_each(repo->store, &at, "../x", print_row,
				       NULL, &err),
			 PV_EINVALID);
}

static void test_store_each_link__lists_links_alone(void **state)
{
	struct repo *repo = *state;
	pv_point at = { PV_AT_COMMIT, { { 0 } } };

	repo_sh(repo, "mkdir -p a/b; touch a/x y; ln -s x a/one; ln -s .. a/b/up; "
		      "ln -s nowhere z; ln -s y ignored; "
		      "echo ignored >.git/info/exclude; git add .; "
		      "git commit -qm 1; ln -s y more");
	repo_open(repo);
	at.commit = repo_oid(repo, "HEAD");
	for (int kind = 0; kind < 3; kind++) {
		static const char *const wanted[] = { "a/b/up\na/one\nz\n",
						      "a/b/up\na/one\nz\n",
						      "a/b/up\na/one\nmore\nz\n" };
		static const enum pv_point_kind kinds[] = { PV_AT_COMMIT,
							    PV_AT_INDEX,
							    PV_AT_WORKTREE };
		pv_buf out = { 0 };

		at.kind = kinds[kind];
		assert_int_equal(pv_store_each_link(repo->store, &at, "",
						    print_row, &out, NULL),
				 PV_OK);
		assert_string_equal(pv_buf_text(&out), wanted[kind]);
		pv_buf_dispose(&out);
	}
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_each__lists_trees_in_byte_order),
		in_repo(test_store_each__obeys_the_ignore_rules),
		in_repo(test_store_each__obeys_the_users_ignore_file),
		in_repo(test_store_each__knows_the_ids_of_unchanged_files),
		in_repo(test_store_each__lists_what_a_sparse_checkout_omits),
		in_repo(test_store_each__lists_unmerged_files_once),
		in_repo(test_store_each__stops_when_told),
		in_repo(test_store_each__refuses_a_prefix_through_a_link),
		in_repo(test_store_each_link__lists_links_alone),
	};

	return cmocka_run_group_tests_name("store each", tests, NULL, NULL);
}
