/* SPDX-License-Identifier: MIT
 *
 * Commits with company: hooks that check, change and refuse; merges and
 * other operations that a commit concludes; signatures; linked working
 * trees; somebody else holding a lock.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/play.h"

/* Writes an executable hook. */
#define HOOK(name, body)                                             \
 "mkdir -p .git/hooks; { echo '#!/bin/sh'; cat; } >.git/hooks/" name \
 " <<'EOF'\n" body "\nEOF\nchmod +x .git/hooks/" name "\n"

static const struct play hook_plays[] = {
	{ "hooks see the pending index and the author",
	  PLAY_BASE "echo x >a; echo y >b; git add b\n" HOOK(
		  "pre-commit", "git diff --cached --name-status >.git/seen;"
				"env | grep -e GIT_AUTHOR -e GIT_EDITOR | sort "
				">>.git/seen; pwd | sed 's,.*/,,' >/dev/null")
		  HOOK("post-commit", "git status --porcelain >>.git/seen"),
	  "git commit -qm m --only -- a",
	  "a",
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "a hook stages more",
	  PLAY_BASE "echo x >a; echo extra >n\n" HOOK("pre-commit", "git add n"),
	  "git commit -qm m --only -- a",
	  "a",
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "a hook rewrites the message",
	  PLAY_BASE "echo x >a\n" HOOK("prepare-commit-msg",
				       "echo \"$2:\" >>\"$1\"; cat \"$1\" "
				       ">>.git/seen")
		  HOOK("commit-msg", "printf '\\n\\nSeen: yes  \\n\\n' >>\"$1\""),
	  "git commit -qm 'a message' --only -- a",
	  "a",
	  { .message = "a message" },
	  PV_OK,
	  NULL },
	{ "pre-commit refuses",
	  PLAY_BASE "echo x >a\n" HOOK("pre-commit", "exit 3"),
	  NULL,
	  "a",
	  { .message = "m" },
	  PV_EPOLICY,
	  "pre-commit" },
	{ "commit-msg refuses",
	  PLAY_BASE "echo x >a\n" HOOK("commit-msg", "exit 1"),
	  NULL,
	  "a",
	  { .message = "m" },
	  PV_EPOLICY,
	  "commit-msg" },
	{ "prepare-commit-msg refuses",
	  PLAY_BASE "echo x >a\n" HOOK("prepare-commit-msg", "exit 1"),
	  NULL,
	  "a",
	  { .message = "m", .no_verify = 1 },
	  PV_EPOLICY,
	  "prepare-commit-msg" },
	{ "hooks are passed over on request",
	  PLAY_BASE "echo x >a\n" HOOK("pre-commit", "exit 1")
		  HOOK("commit-msg", "exit 1"),
	  "git commit -qnm m --only -- a",
	  "a",
	  { .message = "m", .no_verify = 1 },
	  PV_OK,
	  NULL },
	{ "a hook empties the message",
	  PLAY_BASE "echo x >a\n" HOOK("commit-msg", ": >\"$1\""),
	  NULL,
	  "a",
	  { .message = "m" },
	  PV_EINVALID,
	  "empty" },
	{ "a hook that is not executable does not count",
	  PLAY_BASE "echo x >a\n" HOOK("pre-commit",
				       "exit 1") "chmod -x .git/hooks/pre-commit",
	  "git commit -qm m --only -- a 2>/dev/null",
	  "a",
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "hooks in another folder",
	  PLAY_BASE "echo x >a; mkdir my; printf '#!/bin/sh\\necho in >>\"$1\"' "
		    ">my/commit-msg; chmod +x my/commit-msg; "
		    "git config core.hooksPath my",
	  "git commit -qm m --only -- a",
	  "a",
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "hooks on what is staged",
	  PLAY_BASE
	  "echo x >a; echo n >n; git add a\n" HOOK("pre-commit",
						   "git add n; git diff --cached --name-only "
						   ">.git/seen"),
	  "git commit -qm m",
	  NULL,
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "the branch moves while a hook runs",
	  PLAY_BASE
	  "echo x >a\n" HOOK("pre-commit",
			     "unset GIT_INDEX_FILE; git update-ref HEAD "
			     "$(git commit-tree -p HEAD -m other HEAD^{tree})"),
	  "git commit -qm m --only -- a 2>/dev/null || :",
	  "a",
	  { .message = "m" },
	  PV_ECONFLICT,
	  "moved" },
	{ "a hook switches to a branch at the same commit",
	  PLAY_BASE "git branch work; echo x >a\n" HOOK(
		  "pre-commit", "git symbolic-ref HEAD refs/heads/work"),
	  "git commit -qm m --only -- a",
	  "a",
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "a hook switches when all is staged",
	  PLAY_BASE "git branch work; echo x >a; git add a\n" HOOK(
		  "commit-msg", "git symbolic-ref HEAD refs/heads/work"),
	  "git commit -qm m",
	  NULL,
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "a hook leaves all branches",
	  PLAY_BASE
	  "echo x >a\n" HOOK("pre-commit",
			     "id=$(git rev-parse HEAD); echo $id >.git/HEAD"),
	  "git commit -qm m --only -- a",
	  "a",
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "a hook switches to a branch at another commit",
	  PLAY_BASE
	  "git branch work; echo z >a; git commit -qam z; echo x >a\n" HOOK(
		  "pre-commit", "git symbolic-ref HEAD refs/heads/work"),
	  "git commit -qm m --only -- a 2>/dev/null || :",
	  "a",
	  { .message = "m" },
	  PV_ECONFLICT,
	  "moved" },
	{ "a reference-transaction hook sees the move",
	  PLAY_BASE "echo x >a\n" HOOK("reference-transaction",
				       "echo \"$1\" >>../transactions"),
	  "test \"$(sort -u ../transactions | tr -d '\\n')\" = "
	  "committedprepared && git commit -qm m --only -- a",
	  "a",
	  { .message = "m" },
	  PV_OK,
	  NULL },
	{ "a reference-transaction hook refuses",
	  PLAY_BASE "echo x >a\n" HOOK("reference-transaction", "exit 1"),
	  NULL,
	  "a",
	  { .message = "m" },
	  PV_EPOLICY,
	  "refused" },
};

#define SIDES                                                         \
 PLAY_BASE "git checkout -qb side; echo s >a; git commit -qam side; " \
	   "git checkout -q main; echo m >b; git commit -qam ours; "

static const struct play pending_plays[] = {
	{ "a merge that waits: the whole index, all parents",
	  SIDES "git merge -q --no-commit side; echo x >d/c; git add d/c; "
		"echo y >d/e/f",
	  "git commit -qm merged",
	  "a",
	  { .message = "merged" },
	  PV_OK,
	  NULL },
	{ "a merge after conflicts",
	  SIDES "echo t >a; git commit -qam theirs; git merge -q side || :; "
		"echo both >a; git add a",
	  "git commit -qm merged",
	  "a",
	  { .message = "merged" },
	  PV_OK,
	  NULL },
	{ "a merge of an annotated tag",
	  SIDES "git tag -a -m 'the tag' t side; git merge -q --no-ff "
		"--no-commit t",
	  "git commit -qm merged",
	  NULL,
	  { .message = "merged" },
	  PV_OK,
	  NULL },
	{ "three heads",
	  SIDES "git checkout -qb third HEAD^; echo 3 >d/c; git commit -qam 3; "
		"git checkout -q main; git merge -q --no-commit side third",
	  "git commit -qm merged",
	  "a",
	  { .message = "merged" },
	  PV_OK,
	  NULL },
	{ "a merge with unmerged files",
	  SIDES "echo t >a; git commit -qam theirs; git merge -q side || :",
	  NULL,
	  "b",
	  { .message = "m" },
	  PV_ECONFLICT,
	  "unmerged" },
	{ "a cherry-pick keeps its author",
	  SIDES "GIT_AUTHOR_NAME=Picked git commit -q --allow-empty -m p; "
		"echo t >a; git commit -qam t; git cherry-pick side || :; "
		"echo both >a; git add a",
	  "git commit -qm picked",
	  "a",
	  { .message = "picked" },
	  PV_OK,
	  NULL },
	{ "a revert",
	  PLAY_BASE "echo x >a; git commit -qam x; echo y >a; git commit -qam "
		    "y; git revert HEAD^ || :; echo z >a; git add a",
	  "git commit -qm reverted",
	  "a",
	  { .message = "reverted" },
	  PV_OK,
	  NULL },
	{ "a squash leaves its messages behind",
	  SIDES "git merge -q --squash side",
	  "git commit -qm squashed",
	  NULL,
	  { .message = "squashed" },
	  PV_OK,
	  NULL },
	{ "a hook refuses the merge",
	  SIDES "git merge -q --no-commit side\n" HOOK("pre-commit", "exit 1"),
	  NULL,
	  "a",
	  { .message = "m" },
	  PV_EPOLICY,
	  "refused" },
	{ "an empty message for a merge",
	  SIDES "git merge -q --no-commit side",
	  NULL,
	  "a",
	  { .message = "#", .edited = 1 },
	  PV_EINVALID,
	  "empty" },
};

/* Keys of this type sign the same bytes the same way every time. */
#define SSH_KEY                                               \
 PLAY_BASE                                                    \
 "ssh-keygen -q -t ed25519 -N '' -C k -f ../key </dev/null; " \
 "git config gpg.format ssh; git config user.signingKey "     \
 "\"$(cd ..; pwd)/key\"; git config commit.gpgSign true; "

static const struct play signed_plays[] = {
	{ "a signed commit",
	  SSH_KEY "echo x >a",
	  "git commit -qm 'signed' --only -- a",
	  "a",
	  { .message = "signed" },
	  PV_OK,
	  NULL },
	{ "a signed root with an odd message",
	  "rm -f ../key*; " SSH_KEY
	  "git checkout -q --orphan o; git rm -qr --cached .; echo x >a",
	  "git add -N a; printf 'no newline' | git commit -q --only "
	  "--cleanup=verbatim -F - -- a",
	  "a",
	  { .message = "no newline", .keep_message = 1 },
	  PV_OK,
	  NULL },
	{ "a key that is not there",
	  PLAY_BASE "git config gpg.format ssh; git config user.signingKey "
		    "/nonexistent; git config commit.gpgSign true; echo x >a",
	  NULL,
	  "a",
	  { .message = "m" },
	  PV_EGIT,
	  "sign" },
};

static void test_store_commit_hooks__run_as_in_git(void **state)
{
	play_all(*state, hook_plays, sizeof(hook_plays) / sizeof(*hook_plays));
}

static void test_store_commit_hooks__what_waits_is_concluded(void **state)
{
	play_all(*state, pending_plays,
		 sizeof(pending_plays) / sizeof(*pending_plays));
}

static void test_store_commit_hooks__signatures_as_git_makes_them(void **state)
{
	play_all(*state, signed_plays,
		 sizeof(signed_plays) / sizeof(*signed_plays));
}

static void test_store_commit_hooks__a_locked_index_is_left_alone(void **state)
{
	const struct play play = {
		"an index that is locked", "",         NULL,        "a",
		{ .message = "m" },        PV_ELOCKED, "index.lock"
	};
	struct repo *repo = *state;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "echo x >a; : >.git/index.lock");
	commit(repo, &play, &oid);
	repo_sh(repo, "test -f .git/index.lock && git log --oneline | wc -l | "
		      "grep -qx 1");
}

static void test_store_commit_hooks__a_locked_branch_is_left_alone(void **state)
{
	const struct play play = { "a branch that is locked",
				   "",
				   NULL,
				   "a",
				   { .message = "m" },
				   PV_ELOCKED,
				   "refs/heads/main.lock" };
	struct repo *repo = *state;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "echo x >a; : >.git/refs/heads/main.lock");
	commit(repo, &play, &oid);
	repo_sh(repo, "rm .git/refs/heads/main.lock; "
		      "git status --porcelain | grep -qx ' M a'");
	expect_sound(repo);
}

static void test_store_commit_hooks__a_locked_head_is_left_alone(void **state)
{
	const struct play play = {
		"a HEAD that is locked", "",         NULL,       "a",
		{ .message = "m" },      PV_ELOCKED, "HEAD.lock"
	};
	struct repo *repo = *state;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "echo x >a; : >.git/HEAD.lock");
	commit(repo, &play, &oid);
	repo_sh(repo, "test -f .git/HEAD.lock && git log --oneline | wc -l | "
		      "grep -qx 1 && test ! -e .git/index.lock");
}

static void test_store_commit_hooks__linked_working_trees(void **state)
{
	const struct play play = { "a linked working tree", "",    NULL, "a",
				   { .message = "m" },      PV_OK, NULL };
	struct repo *repo = *state;
	struct repo linked = *repo;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "git worktree add -q -b other ../linked");
	snprintf(linked.path, sizeof(linked.path), "%s/linked", repo->root);
	repo_sh(&linked, "echo x >a");
	commit(&linked, &play, &oid);
	assert_string_equal(oid.hex, repo_line(repo, "git rev-parse other"));
	assert_string_equal("", repo_line(&linked, "git status --porcelain"));
	assert_string_equal("", repo_line(repo, "git status --porcelain"));
	repo_sh(repo, "git fsck --strict && test -z \"$(find .git -name "
		      "'*.lock')\"");
}

static void test_store_commit_hooks__another_index_file(void **state)
{
	const struct play play = { "another index",    "",    NULL, "a",
				   { .message = "m" }, PV_OK, NULL };
	struct repo *repo = *state;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "echo x >a; cp .git/index ../index");
	setenv("GIT_INDEX_FILE", "../index", 1);
	commit(repo, &play, &oid);
	assert_string_equal("", repo_line(repo, "git status --porcelain"));
	unsetenv("GIT_INDEX_FILE");
	assert_string_equal("MM a", repo_line(repo, "git status --porcelain"));
}

static void test_store_commit_hooks__nobody_is_refused(void **state)
{
	const struct play play = { "nobody",
				   "",
				   NULL,
				   "a",
				   { .message = "m" },
				   PV_EINVALID,
				   "author identity unknown" };
	struct repo *repo = *state;
	pv_oid oid;

	repo_sh(repo, PLAY_BASE "echo x >a; git config user.useConfigOnly "
				"true");
	unsetenv("GIT_AUTHOR_NAME");
	unsetenv("GIT_AUTHOR_EMAIL");
	commit(repo, &play, &oid);
	repo_isolate(repo->root);
}

/* Says yes at the `*left`th question, and not again. */
static int count_down(void *payload)
{
	int *left = payload;

	return --*left == 0;
}

static void test_store_commit_hooks__a_canceled_commit_leaves_no_trace(void **state)
{
	const char *const paths[] = { "a", "b" };
	const pv_commit_options opts = { .message = "m" };
	struct repo *repo = *state;
	int left = 0;
	int tries;

	repo_sh(repo, PLAY_BASE "echo x >a; echo y >b; git status --porcelain "
				">../before");
	repo_open(repo);
	pv_store_set_cancel(repo->store, count_down, &left);
	for (tries = 1; left <= 0; tries++) {
		pv_error err = { 0 };
		pv_oid oid;
		int rc;

		left = tries;
		rc = pv_store_commit_paths(&oid, repo->store, paths, 2, &opts,
					   &err);
		if (rc == PV_OK)
			break;
		assert_int_equal(rc, PV_ECANCELED);
		assert_int_equal(err.id, PV_ERR_CANCELED);
		repo_sh(repo, "git status --porcelain | cmp - ../before && "
			      "test -z \"$(find .git -name '*.lock')\"");
	}
	assert_true(tries > 3);
	assert_string_equal("", repo_line(repo, "git status --porcelain"));
}

#define TEST(name)                                                            \
 cmocka_unit_test_setup_teardown(test_store_commit_hooks__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(run_as_in_git),
		TEST(what_waits_is_concluded),
		TEST(signatures_as_git_makes_them),
		TEST(a_locked_index_is_left_alone),
		TEST(a_locked_branch_is_left_alone),
		TEST(a_locked_head_is_left_alone),
		TEST(linked_working_trees),
		TEST(another_index_file),
		TEST(nobody_is_refused),
		TEST(a_canceled_commit_leaves_no_trace),
	};

	return cmocka_run_group_tests_name("store commit hooks", tests, NULL,
					   NULL);
}
