/* SPDX-License-Identifier: MIT
 *
 * Refs and objects as files: read and moved as git does it, under locks, with
 * its reflogs, and in each way of getting them to the disk.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "store/handle.h"
#include "store/ref/ref_file.h"
#include "store/ref/ref_read.h"
#include "store/repo.h"

static int setup(void **state)
{
	struct repo *repo = malloc(sizeof(*repo));

	repo_init(repo);
	repo_sh(repo, "echo 1 >a; git add a; git commit -qm one; echo 2 >a; "
		      "git commit -qam two");
	repo_open(repo);
	*state = repo;
	return 0;
}

static int teardown(void **state)
{
	repo_dispose(*state);
	free(*state);
	return 0;
}

static void expect_update(struct repo *repo, const char *refname,
			  const char *target, const char *expected)
{
	pv_error err = { 0 };
	pv_oid to = repo_oid(repo, target);
	pv_oid from = { "" };

	if (expected)
		from = repo_oid(repo, expected);
	if (pv_store_ref_update(repo->store, refname, &to, &from, "test: move",
				&err) != PV_OK)
		fail_msg("cannot move %s: %s", refname, err.message);
}

/* 'd' for direct, 's' for symbolic, '-' for none, 'e' for an error. */
static char kind_of(struct repo *repo, const char *refname)
{
	pv_ref_value value;
	int rc = pv_ref_read(&value, repo->store, refname, NULL);
	char kind = '-';

	if (rc < 0)
		kind = 'e';
	else if (value.is_direct)
		kind = 'd';
	else if (value.is_symbolic)
		kind = 's';
	pv_buf_dispose(&value.target);
	return kind;
}

static void test_store_ref_file__reads_every_kind(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "git tag p/q; git pack-refs --all; git tag loose; "
		      "cd .git; echo nonsense >refs/heads/odd; "
		      "printf '%s' $(git rev-parse HEAD) >refs/heads/bare; "
		      "echo $(git rev-parse HEAD)0 >refs/heads/long");
	assert_int_equal(kind_of(repo, "HEAD"), 's');
	assert_int_equal(kind_of(repo, "refs/heads/main"), 'd');
	assert_int_equal(kind_of(repo, "refs/tags/p/q"), 'd');
	assert_int_equal(kind_of(repo, "refs/tags/loose"), 'd');
	assert_int_equal(kind_of(repo, "refs/heads/bare"), 'd');
	assert_int_equal(kind_of(repo, "refs/tags/p"), '-');
	assert_int_equal(kind_of(repo, "refs/tags/p/q/r"), '-');
	assert_int_equal(kind_of(repo, "refs/heads/odd"), 'e');
	assert_int_equal(kind_of(repo, "refs/heads/long"), 'e');
}

/* Empty folders are in the way; git tidies them up. */
static void test_store_ref_file__makes_way(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "mkdir -p .git/refs/heads/x/y .git/logs/refs/heads/z/q");
	expect_update(repo, "refs/heads/x", "HEAD", NULL);
	expect_update(repo, "refs/heads/z", "HEAD", NULL);
	expect_update(repo, "refs/heads/new/deep/one", "HEAD", NULL);
	repo_sh(repo, "git rev-parse x z new/deep/one; git fsck --strict; "
		      "test \"$(git log -g --format=%gs z)\" = 'test: move'; "
		      "! find .git -name '*.lock' | grep .");
}

static void test_store_ref_file__logs_what_is_configured(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "git config core.logAllRefUpdates always");
	repo_reopen(repo);
	expect_update(repo, "refs/tags/a", "HEAD", NULL);
	repo_sh(repo, "git update-ref -m 'test: move' refs/tags/b HEAD; "
		      "cmp .git/logs/refs/tags/a .git/logs/refs/tags/b");
	repo_sh(repo, "git config core.logAllRefUpdates false");
	repo_reopen(repo);
	expect_update(repo, "refs/tags/a", "HEAD~1", "HEAD");
	expect_update(repo, "refs/heads/c", "HEAD", NULL);
	repo_sh(repo, "test $(wc -l <.git/logs/refs/tags/a) = 2; "
		      "! test -e .git/logs/refs/heads/c");
}

static void test_store_ref_file__a_log_that_cannot_be_written_stops(void **state)
{
	struct repo *repo = *state;
	pv_oid to = repo_oid(repo, "HEAD~1");
	pv_oid from = repo_oid(repo, "HEAD");
	pv_error err = { 0 };

	repo_sh(repo, "rm -r .git/logs/refs; echo file >.git/logs/refs");
	assert_int_not_equal(pv_store_ref_update(repo->store, "refs/heads/main",
						 &to, &from, "move", &err),
			     PV_OK);
	assert_string_equal(repo_line(repo, "git rev-parse main"), from.hex);
	repo_sh(repo, "! find .git -name '*.lock' | grep .");
}

/* A commit and a tag in one way of syncing; nothing stays open or behind. */
static void commit_in(struct repo *repo, enum pv_durability way)
{
	static const char *const paths[] = { "a" };
	pv_commit_options opts = { .message = "change" };
	pv_tag_request tag = { .name = "v", .message = "version\n" };
	pv_error err = { 0 };
	pv_oid made, tag_oid;

	repo_sh(repo, "echo more >>a; git tag -d v || :");
	repo->store->durability = way;
	if (pv_store_commit_paths(&made, repo->store, paths, 1, &opts, &err) !=
	    PV_OK)
		fail_msg("cannot commit: %s", err.message);
	assert_int_equal(repo->store->unsynced_count, 0);
	tag.commit = made;
	assert_int_equal(pv_store_tag(&tag_oid, repo->store, &tag, &err), PV_OK);
	assert_int_equal(repo->store->unsynced_count, 0);
	repo_sh(repo, "git fsck --strict; git cat-file tag v; "
		      "test -z \"$(git status --porcelain)\"; "
		      "! find .git -name 'tmp_*' -o -name '*.lock' | grep .; "
		      "! find .git/objects -type f ! -perm 444 | grep .");
}

static void test_store_ref_file__commits_in_each_way(void **state)
{
	struct repo *repo = *state;

	commit_in(repo, PV_DURABLE_EACH);
	commit_in(repo, PV_DURABLE_IN_ORDER);
	commit_in(repo, PV_DURABLE_NOTHING);
	commit_in(repo, PV_DURABLE_UNKNOWN);
	assert_int_not_equal(repo->store->durability, PV_DURABLE_UNKNOWN);
	assert_int_not_equal(repo->store->durability, PV_DURABLE_NOTHING);
}

static void test_store_ref_file__honours_core_fsync_none(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "git config core.fsync none");
	repo_reopen(repo);
	commit_in(repo, PV_DURABLE_UNKNOWN);
	assert_int_equal(repo->store->durability, PV_DURABLE_NOTHING);
}

/* Git moves the ref, and does not know what waits for the disk. */
static void test_store_ref_file__syncs_before_git_moves(void **state)
{
	struct repo *repo = *state;
	pv_tag_request tags[40] = { { 0 } };
	char names[40][8];
	pv_error err = { 0 };

	repo_sh(repo, "printf '#!/bin/sh\\n' >.git/hooks/reference-transaction; "
		      "chmod +x .git/hooks/reference-transaction");
	commit_in(repo, PV_DURABLE_IN_ORDER);
	repo_sh(repo, "rm .git/hooks/reference-transaction");
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "t%d", i);
		tags[i].name = names[i];
		tags[i].message = "version\n";
		tags[i].commit = repo_oid(repo, "HEAD");
	}
	if (pv_store_tag_many(NULL, repo->store, tags, 40, &err) != PV_OK)
		fail_msg("cannot tag: %s", err.message);
	assert_int_equal(repo->store->unsynced_count, 0);
	repo_sh(repo, "git fsck --strict; test $(git tag -l 't*' | wc -l) = 40");
}

/* What an attempt that failed has written is not kept open for ever. */
static void test_store_ref_file__many_objects_are_bounded(void **state)
{
	struct repo *repo = *state;
	pv_commit_options opts = { .message = "" };
	static const char *const paths[] = { "a" };
	pv_error err = { 0 };
	pv_oid made;

	repo->store->durability = PV_DURABLE_IN_ORDER;
	for (int i = 0; i < 2 * PV_UNSYNCED_MAX / 3; i++) {
		char command[64];

		snprintf(command, sizeof(command), "echo %d >a", i);
		repo_sh(repo, command);
		assert_int_not_equal(pv_store_commit_paths(&made, repo->store,
							   paths, 1, &opts, &err),
				     PV_OK);
		assert_in_range(repo->store->unsynced_count, 0, PV_UNSYNCED_MAX);
	}
	opts.message = "made";
	assert_int_equal(pv_store_commit_paths(&made, repo->store, paths, 1,
					       &opts, &err),
			 PV_OK);
	assert_int_equal(repo->store->unsynced_count, 0);
}

#define row(name) \
 cmocka_unit_test_setup_teardown(test_store_ref_file__##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(reads_every_kind),
		row(makes_way),
		row(logs_what_is_configured),
		row(a_log_that_cannot_be_written_stops),
		row(commits_in_each_way),
		row(honours_core_fsync_none),
		row(syncs_before_git_moves),
		row(many_objects_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
