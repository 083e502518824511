/* SPDX-License-Identifier: MIT
 *
 * The index a commit leaves behind: git takes it for its own, with the trees
 * of the commit cached, whatever version and extensions it had before.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/index/cache_tree.h"
#include "store/index/index_map.h"
#include "store/object/sha1.h"
#include "store/object/sha1_x86.h"
#include "store/repo.h"

static int setup(void **state)
{
	struct repo *repo = malloc(sizeof(*repo));

	repo_init(repo);
	repo_sh(repo, "mkdir -p a/deep b; for i in 1 2 3 4 5; do "
		      "echo $i >a/$i; echo $i >a/deep/file-$i; echo $i >b/$i; "
		      "done; echo top >top; echo low >a-low");
	repo_sh(repo, "git add -A; git commit -qm base");
	*state = repo;
	return 0;
}

static int teardown(void **state)
{
	repo_dispose(*state);
	free(*state);
	return 0;
}

/* Commits some paths with a store of its own. */
static void commit(struct repo *repo, const char *const *paths, size_t count)
{
	pv_commit_options opts = { .message = "change" };
	pv_error err = { 0 };
	pv_oid made;

	repo_open(repo);
	if (pv_store_commit_paths(&made, repo->store, paths, count, &opts,
				  &err) != PV_OK)
		fail_msg("cannot commit: %s", err.message);
	pv_store_free(repo->store);
	repo->store = NULL;
}

/* What the index has cached for a folder, or "-". */
static const char *cached(struct repo *repo, const char *folder)
{
	static char hex[GIT_OID_HEXSZ + 1];
	const pv_cached_tree *tree;
	pv_cache_tree trees;
	pv_index_map map;

	repo_open(repo);
	assert_int_equal(pv_index_map_load(&map, repo->store, NULL), 1);
	assert_int_equal(pv_cache_tree_load(&trees, &map, NULL), PV_OK);
	tree = pv_cache_tree_find(&trees, folder);
	snprintf(hex, sizeof(hex), "-");
	if (tree)
		git_oid_tostr(hex, sizeof(hex), &tree->id);
	pv_cache_tree_dispose(&trees);
	pv_index_map_dispose(&map);
	pv_store_free(repo->store);
	repo->store = NULL;
	return hex;
}

/* Git finds the index sound, and equal to HEAD. */
static void expect_sound(struct repo *repo)
{
	repo_sh(repo, "git fsck --strict; git status --porcelain=v2 >../status; "
		      "! test -s ../status; git diff --quiet HEAD");
	repo_sh(repo, "git ls-files -s >../before; "
		      "export GIT_INDEX_FILE=../other; git read-tree HEAD; "
		      "git ls-files -s | cmp - ../before");
}

static void expect_cached(struct repo *repo)
{
	static const char *const folders[] = { "", "a/", "a/deep/", "b/" };
	char command[64];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(command, sizeof(command), "git rev-parse 'HEAD:%s'",
			 folders[i]);
		assert_string_equal(cached(repo, folders[i]),
				    repo_line(repo, command));
	}
}

/* Changes, new files and folders, removals: under one version of the format. */
static void play(struct repo *repo, const char *version)
{
	static const char *const changed[] = { "a/3", "a/deep/file-1", "top" };
	static const char *const moved[] = { "a-a",           "a/0",
					     "a/1",           "a/deep/file-10",
					     "a/deep/file-2", "b/5",
					     "new/one/file",  "zz" };
	char command[80];

	snprintf(command, sizeof(command),
		 "git update-index --index-version %s", version);
	repo_sh(repo, command);
	repo_sh(repo, "for i in a/3 a/deep/file-1 top; do echo x >>$i; done");
	commit(repo, changed, 3);
	expect_cached(repo);
	expect_sound(repo);
	repo_sh(repo, "mkdir -p new/one; for i in a-a a/0 a/deep/file-10 "
		      "new/one/file zz; do echo x >$i; done; "
		      "rm a/1 a/deep/file-2 b/5");
	commit(repo, moved, 8);
	expect_cached(repo);
	snprintf(command, sizeof(command),
		 "test $(dd if=.git/index bs=1 skip=7 count=1 | od -An -tu1) = %s",
		 version);
	repo_sh(repo, command);
	expect_sound(repo);
}

static void test_store_index_write__version_2(void **state)
{
	play(*state, "2");
}

static void test_store_index_write__version_4_joins_paths(void **state)
{
	play(*state, "4");
}

static void test_store_index_write__version_3_keeps_flags(void **state)
{
	static const char *const paths[] = { "a/3", "b/0" };
	struct repo *repo = *state;

	repo_sh(repo, "git update-index --skip-worktree b/1; rm b/1; "
		      "git update-index --assume-unchanged b/2; echo x >a/3; "
		      "echo x >later; git add -N later; echo x >b/0");
	commit(repo, paths, 2);
	assert_string_equal(repo_line(repo, "git ls-files -v b/1 b/2"),
			    "S b/1\nh b/2");
	assert_string_equal(repo_line(repo, "git status --porcelain"),
			    " A later");
	/* An intended file belongs into no tree. */
	assert_string_equal(cached(repo, ""), "-");
	assert_string_equal(cached(repo, "a/"),
			    repo_line(repo, "git rev-parse HEAD:a"));
	repo_sh(repo, "git fsck --strict");
}

/* What stays staged has a tree that nobody has stored. */
static void test_store_index_write__caches_only_stored_trees(void **state)
{
	static const char *const paths[] = { "a/3" };
	struct repo *repo = *state;

	repo_sh(repo, "echo x >a/3; echo y >b/1; git add b/1");
	commit(repo, paths, 1);
	assert_string_equal(cached(repo, ""), "-");
	assert_string_equal(cached(repo, "b/"), "-");
	assert_string_equal(cached(repo, "a/"),
			    repo_line(repo, "git rev-parse HEAD:a"));
	assert_string_equal(repo_line(repo, "git status --porcelain"), "M  b/1");
	repo_sh(repo, "git commit -qm rest");
	expect_sound(repo);
}

/* Whether a file in .git has the four bytes somewhere. */
static int has_extension(struct repo *repo, const char *name)
{
	char command[64];

	snprintf(command, sizeof(command), "grep -ac %s .git/index", name);
	return strcmp(repo_line(repo, command), "0") != 0;
}

/*
 * Git compares the times of folders by seconds, and doubts those of the
 * index's own; a younger index would take that doubt away.
 */
static void test_store_index_write__forgets_untracked_files(void **state)
{
	static const char *const paths[] = { "a/3" };
	struct repo *repo = *state;

	repo_sh(repo, "git config core.untrackedCache true; "
		      "git update-index --force-untracked-cache; git status");
	assert_true(has_extension(repo, "UNTR"));
	repo_sh(repo, "echo x >a/3; echo x >a/new");
	commit(repo, paths, 1);
	assert_false(has_extension(repo, "UNTR"));
	assert_string_equal(repo_line(repo, "git status --porcelain"),
			    "?? a/new");
}

/* How a conflict was resolved can be undone. */
static void test_store_index_write__keeps_resolved_conflicts(void **state)
{
	static const char *const paths[] = { "b/1" };
	struct repo *repo = *state;

	repo_sh(repo, "git checkout -qb side; echo side >a/3; "
		      "git commit -qam side; git checkout -q main; "
		      "echo main >a/3; git commit -qam main; "
		      "! git merge side; echo both >a/3; git add a/3; "
		      "rm .git/MERGE_HEAD; echo x >b/1");
	assert_true(has_extension(repo, "REUC"));
	commit(repo, paths, 1);
	assert_true(has_extension(repo, "REUC"));
	repo_sh(repo, "git fsck --strict; git checkout -m a/3; "
		      "git ls-files -u | grep a/3");
}

/* git before 2.40 calls an index without its sum broken. */
static void test_store_index_write__always_writes_the_sum(void **state)
{
	static const char *const paths[] = { "a/3" };
	struct repo *repo = *state;

	repo_sh(repo, "git config index.skipHash true; echo x >a/3");
	commit(repo, paths, 1);
	repo_sh(repo, "! tail -c 20 .git/index | od -An -v -tx1 | "
		      "tr -d ' \\n0' | cmp -s - /dev/null; git fsck --strict");
	/* One without it is read. */
	repo_sh(repo, "head -c -20 .git/index >i; head -c 20 /dev/zero >>i; "
		      "mv i .git/index; echo y >a/3");
	commit(repo, paths, 1);
	repo_sh(repo, "! tail -c 20 .git/index | od -An -v -tx1 | "
		      "tr -d ' \\n0' | cmp -s - /dev/null");
	expect_sound(repo);
}

/* A change in the index's own second that leaves the size as it was. */
static void test_store_index_write__a_racy_change_is_found(void **state)
{
	static const char *const paths[] = { "a/3" };
	struct repo *repo = *state;

	repo_sh(repo, "echo 6 >b/1; touch -d '2030-01-01 00:00:00.1' b/1; "
		      "git add b/1; git commit -qm racy; "
		      "touch -d '2030-01-01 00:00:00.5' .git/index; "
		      "echo 7 >b/1; touch -d '2030-01-01 00:00:00.7' b/1; "
		      "echo x >a/3");
	commit(repo, paths, 1);
	repo_sh(repo, "touch -d '2030-01-01 00:00:09' .git/index");
	assert_string_equal(repo_line(repo, "git status --porcelain"), " M b/1");
}

/* Many files of the index's second stay proved by their nanoseconds. */
static void test_store_index_write__does_not_doubt_what_is_proved(void **state)
{
	static const char *const paths[] = { "a/3" };
	struct repo *repo = *state;

	repo_sh(repo, "echo 6 >b/1; touch -d '2030-01-01 00:00:00.1' b/1; "
		      "git add b/1; git commit -qm racy; "
		      "touch -d '2030-01-01 00:00:00.5' .git/index; echo x >a/3");
	commit(repo, paths, 1);
	assert_string_equal(repo_line(repo,
				      "git ls-files --debug b/1 | grep -c 'size: 2'"),
			    "1");
}

/* The plain way and the processor's, for each length around a block's. */
static void test_store_index_write__hashes_alike_in_both_ways(void **state)
{
	unsigned char data[300];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 7 + 1);
	for (size_t len = 0; pv_sha1_x86_has() && len < sizeof(data); len++) {
		unsigned char plain[PV_SHA1_SIZE];
		unsigned char fast[PV_SHA1_SIZE];
		pv_sha1 sha;

		pv_sha1_init(&sha);
		assert_true(sha.has_instructions);
		pv_sha1_update(&sha, data, len / 3);
		pv_sha1_update(&sha, data + len / 3, len - len / 3);
		pv_sha1_final(fast, &sha);
		pv_sha1_init(&sha);
		sha.has_instructions = 0;
		pv_sha1_update(&sha, data, len);
		pv_sha1_final(plain, &sha);
		assert_memory_equal(plain, fast, sizeof(plain));
	}
}

#define row(name) \
 cmocka_unit_test_setup_teardown(test_store_index_write__##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(version_2),
		row(version_4_joins_paths),
		row(version_3_keeps_flags),
		row(caches_only_stored_trees),
		row(forgets_untracked_files),
		row(keeps_resolved_conflicts),
		row(always_writes_the_sum),
		row(a_racy_change_is_found),
		row(does_not_doubt_what_is_proved),
		cmocka_unit_test(test_store_index_write__hashes_alike_in_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
