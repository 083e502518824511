/* SPDX-License-Identifier: MIT
 *
 * Commits of paths and of the index: each case is played twice from the same
 * start, once by the library and once by git in a twin repository, and must
 * end in the same commit, the same status and a clean fsck.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

/* What to commit, in both repositories. */
struct play {
	const char *setup;        /* shell, in both */
	const char *git;          /* shell, in the twin */
	const char *const *paths; /* NULL: what is staged */
	size_t count;
	pv_commit_options opts;
	int expected; /* of the library */
};

static void make_twin(const struct repo *repo, struct repo *twin)
{
	*twin = *repo;
	twin->store = NULL;
	snprintf(twin->path, sizeof(twin->path), "%s/twin", repo->root);
	repo_sh(repo, "rm -rf ../twin && cp -a . ../twin");
	/* The copies have new inodes: settle that before anybody measures. */
	repo_sh(twin, "git update-index -q --refresh || true");
}

static void expect_same(const struct repo *repo, const struct repo *twin,
			const char *command)
{
	pv_buf ours = { 0 };
	pv_buf theirs = { 0 };

	repo_read(repo, &ours, command);
	repo_read(twin, &theirs, command);
	assert_string_equal(pv_buf_text(&ours), pv_buf_text(&theirs));
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
}

/* Objects are sound, no lock is left, git sees what it expects. */
static void expect_sound(const struct repo *repo)
{
	repo_sh(repo, "git fsck --strict --no-dangling --no-progress "
		      "2>&1 | grep -v '^notice:' >fsck.out; "
		      "! test -s fsck.out && rm fsck.out");
	repo_sh(repo, "test -z \"$(find .git -name '*.lock')\"");
}

static int commit(struct repo *repo, const struct play *play, pv_oid *oid)
{
	pv_error err;
	int rc;

	pv_error_clear(&err);
	repo_open(repo);
	if (play->paths)
		rc = pv_store_commit_paths(oid, repo->store, play->paths,
					   play->count, &play->opts, &err);
	else
		rc = pv_store_commit_staged(oid, repo->store, &play->opts, &err);
	pv_store_free(repo->store);
	repo->store = NULL;
	if (rc != play->expected)
		fail_msg("result %d: %s", rc, err.message);
	return rc;
}

static void play_both(struct repo *repo, const struct play *play)
{
	struct repo twin;
	pv_oid oid;

	repo_sh(repo, play->setup);
	make_twin(repo, &twin);
	commit(repo, play, &oid);
	repo_sh(&twin, play->git);
	expect_same(repo, &twin, "git log --all --format='%H %T %P' | head -50");
	expect_same(repo, &twin, "git cat-file -p HEAD");
	expect_same(repo, &twin, "git status --porcelain");
	expect_same(repo, &twin, "git ls-files -s");
	expect_same(repo, &twin, "git reflog --format='%gd %gs %gn %ge'");
	expect_same(repo, &twin, "cat .git/logs/HEAD");
	expect_sound(repo);
	if (play->expected == PV_OK)
		assert_string_equal(oid.hex, repo_line(repo, "git rev-parse "
							     "HEAD"));
}

static const char *const one[] = { "a.txt" };

static void test_store_commit__first_commit(void **state)
{
	const struct play play = {
		"echo one >a.txt; echo two >b.txt; git add b.txt",
		"git add -N a.txt && git commit -qm first --only -- a.txt",
		one,
		1,
		{ .message = "first" },
		PV_OK
	};

	play_both(*state, &play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_store_commit__first_commit,
						repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("store commit", tests, NULL, NULL);
}
