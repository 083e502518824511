/* SPDX-License-Identifier: MIT
 *
 * Commits without a working tree: the same objects as plumbing makes, races
 * that are won again, branches that are left alone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>
#include <sys/wait.h>

#include "store/play.h"

enum {
	WRITERS = 4,
	ROUNDS = 25
};

static int change(pv_oid *out, pv_store *store, const char *path,
		  const char *data, pv_error *err)
{
	const pv_change one = { path, data, data ? strlen(data) : 0 };
	const pv_change_set set = { .branch = "refs/heads/b",
				    .changes = &one,
				    .count = 1 };
	const pv_commit_options opts = { .message = "m" };

	pv_error_clear(err);
	return pv_store_commit_changes(out, store, &set, &opts, err);
}

static void test_store_commit_changes__same_commit_as_plumbing(void **state)
{
	struct repo *repo = *state;
	const pv_change changes[] = { { "x/new", "n\n", 2 },
				      { "a", "", 0 },
				      { "d/e/f", NULL, 0 },
				      { "run", "y", 1 } };
	const pv_change_set set = { .branch = "refs/heads/b",
				    .changes = changes,
				    .count = 4 };
	const pv_commit_options opts = { .message = " subject \n\n\n" };
	pv_error err;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "echo r >run; chmod +x run; git add run; "
				"git commit -qm run; git branch b");
	repo_open(repo);
	if (pv_store_commit_changes(&oid, repo->store, &set, &opts, &err) < 0)
		fail_msg("%s", err.message);
	repo_sh(repo,
		"export GIT_INDEX_FILE=../i; git read-tree main; "
		"mkdir ../w; cd ../w; export GIT_DIR=../repo/.git "
		"GIT_WORK_TREE=.; git checkout-index -qa; mkdir x; "
		"echo n >x/new; : >a; rm d/e/f; printf y >run; git add -A; "
		"git commit-tree -p main -F - $(git write-tree) >../c <<'EOF'\n"
		" subject\nEOF");
	assert_string_equal(oid.hex, repo_line(repo, "cat ../c"));
	assert_string_equal(oid.hex, repo_line(repo, "git rev-parse b"));
	assert_string_equal("", repo_line(repo, "git status --porcelain"));
	assert_string_equal("commit: subject",
			    repo_line(repo, "git reflog -1 --format=%gs b --"));
	expect_sound(repo);
}

static void test_store_commit_changes__bare_and_unborn(void **state)
{
	struct repo *repo = *state;
	pv_error err;
	pv_oid oid;

	repo_sh(repo, "rm -rf .git; git init -q --bare -b b .");
	repo_open(repo);
	if (change(&oid, repo->store, "one", "1", &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal("1", repo_line(repo, "git show b:one"));
	assert_string_equal("1", repo_line(repo, "git rev-list --count b --"));
	if (change(&oid, repo->store, "two", "2", &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal("2", repo_line(repo, "git rev-list --count b --"));
	repo_sh(repo, "git fsck --strict");
}

static void test_store_commit_changes__refusals(void **state)
{
	struct repo *repo = *state;
	pv_error err;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "git branch b; git worktree add -q ../linked b");
	repo_open(repo);
	assert_int_equal(change(&oid, repo->store, "n", "1", &err), PV_ECONFLICT);
	assert_non_null(strstr(err.message, "checked out"));
	repo_sh(repo, "git worktree remove ../linked");
	assert_int_equal(change(&oid, repo->store, "a", "1\n", &err),
			 PV_ENOTFOUND);
	assert_int_equal(change(&oid, repo->store, "../a", "1\n", &err),
			 PV_EINVALID);
	assert_int_equal(change(&oid, repo->store, "no/such", NULL, &err),
			 PV_ENOTFOUND);
	repo_sh(repo, "git checkout -q b");
	assert_int_equal(change(&oid, repo->store, "n", "1", &err), PV_ECONFLICT);
	repo_sh(repo, "git checkout -q --orphan c; git branch -qD b; "
		      "git symbolic-ref HEAD refs/heads/b");
	assert_int_equal(change(&oid, repo->store, "n", "1", &err), PV_ECONFLICT);
	expect_sound(repo);
}

/* One writer's commits, each of a file of its own; in a child process. */
static int write_rounds(const struct repo *repo, int writer)
{
	pv_store_options opts = { .path = repo->path, .env = repo_env };
	pv_store *store;
	pv_oid oid;
	int rc = pv_store_open(&store, &opts, NULL);

	for (int i = 0; rc == PV_OK && i < ROUNDS; i++) {
		char path[32];
		pv_error err;

		snprintf(path, sizeof(path), "w%d/f%d", writer, i);
		rc = change(&oid, store, path, path, &err);
	}
	pv_store_free(store);
	return rc == PV_OK ? 0 : 1;
}

static void test_store_commit_changes__no_writer_loses(void **state)
{
	struct repo *repo = *state;
	pid_t pids[WRITERS];

	repo_sh(repo, PLAY_BASE "git branch b");
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (!pids[i])
			_exit(write_rounds(repo, i));
	}
	repo_sh(repo, "for i in 1 2 3 4 5; do git pack-refs --all; done");
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_string_equal("101", repo_line(repo, "git rev-list --count b --"));
	assert_string_equal("100", repo_line(repo, "git ls-tree -r --name-only b "
						   "| grep -c ^w"));
	expect_sound(repo);
}

/* On a commit that is given, the branch moves from what it is said to hold. */
static void test_store_commit_changes__on_a_base(void **state)
{
	struct repo *repo = *state;
	const pv_change one = { "n", "n", 1 };
	pv_oid base = { "" };
	pv_oid held = { "" };
	const pv_change_set set = { .branch = "refs/heads/b",
				    .changes = &one,
				    .count = 1,
				    .base = &base,
				    .expected = &held };
	const pv_commit_options opts = { .message = "m", .allow_empty = 1 };
	pv_error err;
	pv_oid first;
	pv_oid second;

	repo_sh(repo, "git branch -q -D b 2>/dev/null; true");
	repo_reopen(repo);
	assert_int_equal(pv_store_commit_changes(&first, repo->store, &set,
						 &opts, &err),
			 PV_OK);
	assert_string_equal(repo_line(repo, "git log -1 --format=%P b"), "");
	/* It is there now. */
	assert_int_equal(pv_store_commit_changes(&second, repo->store, &set,
						 &opts, &err),
			 PV_ECONFLICT);
	held = first;
	base = first;
	assert_int_equal(pv_store_commit_changes(&second, repo->store, &set,
						 &opts, &err),
			 PV_OK);
	assert_string_equal(repo_line(repo, "git log -1 --format=%P b"),
			    first.hex);
	/* It has moved on. */
	assert_int_equal(pv_store_commit_changes(&first, repo->store, &set,
						 &opts, &err),
			 PV_ECONFLICT);
	assert_string_equal(repo_line(repo, "git rev-parse b"), second.hex);
	/* A working tree has it; that is the caller's. */
	repo_sh(repo, "git switch -q -f b");
	held = second;
	assert_int_equal(pv_store_commit_changes(&first, repo->store, &set,
						 &opts, &err),
			 PV_OK);
}

/* Who wrote down the time before has the commit say the same. */
static void test_store_commit_changes__at_a_time(void **state)
{
	struct repo *repo = *state;
	const pv_change one = { "n", "n", 1 };
	pv_oid none = { "" };
	const pv_change_set set = { .branch = "refs/heads/at",
				    .changes = &one,
				    .count = 1,
				    .base = &none,
				    .expected = &none };
	const pv_commit_options opts = { .message = "m", .when = 1234567890 };
	pv_oid made;

	unsetenv("GIT_AUTHOR_DATE");
	repo_reopen(repo);
	assert_int_equal(pv_store_commit_changes(&made, repo->store, &set,
						 &opts, NULL),
			 PV_OK);
	assert_string_equal(repo_line(repo, "git log -1 --format='%at %ct' at"),
			    "1234567890 1750000060");
	repo_isolate(repo->root);
}

#define TEST(name)                                                  \
 cmocka_unit_test_setup_teardown(test_store_commit_changes__##name, \
				 repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_commit_as_plumbing), TEST(on_a_base),
		TEST(bare_and_unborn),         TEST(refusals),
		TEST(no_writer_loses),         TEST(at_a_time),
	};

	return cmocka_run_group_tests_name("store commit changes", tests, NULL,
					   NULL);
}
