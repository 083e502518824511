/* SPDX-License-Identifier: MIT
 *
 * Reading and listing refs, compared with `git for-each-ref`.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

static const char build[] =
	"git commit -q --allow-empty -m one\n"
	"for r in heads/b heads/a/x heads/a-x heads/a0 tags/p/q/v1.0.0 "
	"tags/p/q/v1.0.1 tags/p/q-r/v1.0.0 tags/p/qq tags/é pv/keep/1 "
	"remotes/o/main; do git update-ref refs/$r HEAD; done\n"
	"git tag -a -m deep p/q/v2.0.0\n"
	"git symbolic-ref refs/remotes/o/HEAD refs/remotes/o/main\n";

static const char *const prefixes[] = { "refs/",
					"refs/heads/",
					"refs/heads/a",
					"refs/heads/a/",
					"refs/tags/p/q/",
					"refs/tags/p/q",
					"refs/tags/p/q/v",
					"refs/tags/p/q-",
					"refs/tags/z",
					"refs/tags/",
					"refs/remotes/o/",
					"refs/p",
					"refs/zzz/",
					"",
					"refs/tags/p/q/v1.0.0" };

static int print_ref(const char *refname, const pv_oid *oid, void *payload)
{
	pv_buf_printf(payload, "%s %s\n", oid->hex, refname);
	return 0;
}

static void expect_refs_of_git(struct repo *repo)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		pv_buf ours = { 0 };
		pv_buf git = { 0 };
		char command[256];
		pv_error err;

		assert_int_equal(pv_store_ref_each(repo->store, prefixes[i],
						   print_ref, &ours, &err),
				 PV_OK);
		snprintf(command, sizeof(command),
			 "git for-each-ref 2>/dev/null --format='%%(objectname) "
			 "%%(refname)' | awk -v p='%s' "
			 "'index($2, p) == 1' | LC_ALL=C sort -k2",
			 prefixes[i]);
		repo_read(repo, &git, command);
		if (git.len)
			pv_buf_putc(&git, '\n');
		assert_string_equal(pv_buf_text(&ours), pv_buf_text(&git));
		pv_buf_dispose(&ours);
		pv_buf_dispose(&git);
	}
}

static void test_store_refs__lists_loose_and_packed_ones(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, build);
	repo_open(repo);
	expect_refs_of_git(repo);
	repo_sh(repo, "git pack-refs --all --prune");
	expect_refs_of_git(repo);
	repo_sh(repo, "git commit -q --allow-empty -m two\n"
		      "git update-ref refs/tags/p/q/v1.0.0 HEAD\n"
		      "git update-ref refs/tags/p/q/v0.1.0 HEAD\n"
		      "git update-ref -d refs/tags/p/qq\n"
		      "git update-ref -d refs/heads/a/x\n"
		      "git update-ref refs/heads/a HEAD\n"
		      ": >.git/refs/heads/x.lock; echo junk >.git/refs/junk");
	expect_refs_of_git(repo);
}

static void test_store_refs__reads_an_unsorted_packed_file(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, build);
	repo_sh(repo, "git pack-refs --all --prune\n"
		      "grep -v -e '^#' -e '^^' .git/packed-refs | sort -r >p\n"
		      "mv p .git/packed-refs");
	repo_open(repo);
	expect_refs_of_git(repo);
}

static void test_store_refs__finds_each_of_many_packed_ones(void **state)
{
	struct repo *repo = *state;
	pv_buf out = { 0 };

	repo_sh(repo, "git commit -q --allow-empty -m one; i=0\n"
		      "while [ $i -lt 500 ]; do echo create refs/tags/t$i/v1 "
		      "HEAD; i=$((i + 1)); done | git update-ref --stdin\n"
		      "git tag -a -m x t250/v0; git pack-refs --all --prune");
	repo_open(repo);
	for (int i = 0; i < 500; i++) {
		char prefix[64], expected[128];
		size_t at;

		snprintf(prefix, sizeof(prefix), "refs/tags/t%d/", i);
		snprintf(expected, sizeof(expected), " %sv1\n", prefix);
		pv_buf_clear(&out);
		assert_int_equal(pv_store_ref_each(repo->store, prefix,
						   print_ref, &out, NULL),
				 PV_OK);
		at = out.len - strlen(expected);
		assert_string_equal(out.ptr + at, expected);
		assert_int_equal(at, i == 250 ? 40 + strlen(expected) + 40 : 40);
	}
	pv_buf_dispose(&out);
}

static void test_store_refs__keeps_to_the_ref_folders(void **state)
{
	static const char *const bad[] = { "objects/", "../",   "refs/../obj",
					   "/etc/",    "logs/", "hooks" };
	struct repo *repo = *state;
	pv_buf out = { 0 };

	repo_sh(repo, build);
	repo_open(repo);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pv_store_ref_each(repo->store, bad[i],
						   print_ref, &out, NULL),
				 PV_OK);
	assert_int_equal(out.len, 0);
}

static void test_store_refs__are_shared_by_linked_worktrees(void **state)
{
	struct repo *repo = *state;
	struct repo linked;

	repo_sh(repo, build);
	repo_sh(repo, "git worktree add -q -b wt ../linked");
	linked = *repo;
	snprintf(linked.path, sizeof(linked.path), "%s/linked", repo->root);
	repo_open(&linked);
	expect_refs_of_git(&linked);
	repo_sh(repo, "git pack-refs --all");
	expect_refs_of_git(&linked);
	pv_store_free(linked.store);
}

static int stop_at_second(const char *refname, const pv_oid *oid, void *payload)
{
	int *count = payload;

	(void)refname, (void)oid;
	return ++*count == 2 ? 7 : 0;
}

static void test_store_refs__stops_when_told(void **state)
{
	struct repo *repo = *state;
	int count = 0;

	repo_sh(repo, build);
	repo_open(repo);
	assert_int_equal(pv_store_ref_each(repo->store, "refs/heads/",
					   stop_at_second, &count, NULL),
			 7);
	assert_int_equal(count, 2);
}

static void test_store_refs__reads_one_unpeeled(void **state)
{
	struct repo *repo = *state;
	pv_oid oid, expected;
	pv_error err;

	repo_sh(repo, build);
	repo_open(repo);
	expected = repo_oid(repo, "refs/tags/p/q/v2.0.0");
	assert_int_equal(pv_store_ref(&oid, repo->store, "refs/tags/p/q/v2.0.0",
				      &err),
			 PV_OK);
	assert_string_equal(oid.hex, expected.hex);
	assert_int_equal(pv_store_ref(&oid, repo->store, "refs/tags/none", &err),
			 PV_ENOTFOUND);
	assert_int_equal(pv_store_ref(&oid, repo->store, "refs/../config", &err),
			 PV_EINVALID);
}

static void expect_head(struct repo *repo, const char *branch, const char *commit)
{
	pv_buf name = { 0 };
	pv_oid oid;
	pv_error err;

	assert_int_equal(pv_store_head(&name, &oid, repo->store, &err), PV_OK);
	assert_string_equal(pv_buf_text(&name), branch);
	assert_string_equal(oid.hex, commit);
	pv_buf_dispose(&name);
}

static void test_store_refs__knows_where_head_is(void **state)
{
	struct repo *repo = *state;
	pv_oid oid;

	repo_open(repo);
	expect_head(repo, "main", "");
	repo_sh(repo, build);
	oid = repo_oid(repo, "HEAD");
	expect_head(repo, "main", oid.hex);
	repo_sh(repo, "git checkout -q a/x");
	expect_head(repo, "a/x", oid.hex);
	repo_sh(repo, "git checkout -q --detach");
	expect_head(repo, "", oid.hex);
	repo_sh(repo, "git checkout -q --orphan new/one");
	expect_head(repo, "new/one", "");
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_refs__lists_loose_and_packed_ones),
		in_repo(test_store_refs__reads_an_unsorted_packed_file),
		in_repo(test_store_refs__finds_each_of_many_packed_ones),
		in_repo(test_store_refs__keeps_to_the_ref_folders),
		in_repo(test_store_refs__are_shared_by_linked_worktrees),
		in_repo(test_store_refs__stops_when_told),
		in_repo(test_store_refs__reads_one_unpeeled),
		in_repo(test_store_refs__knows_where_head_is),
	};

	return cmocka_run_group_tests_name("store refs", tests, NULL, NULL);
}
