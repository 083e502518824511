/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the writing side made to fail in turn: the call says
 * so, frees what it had, and leaves the repository as it was.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "faults.h"
#include "store/play.h"

enum {
	LIMIT = 20000
};

typedef int (*fault_call)(struct repo *repo, pv_error *err);

/*
 * Runs `call` with ever later allocations failing until one run needs no
 * more; the later ones are alike and taken in growing steps. `undo` brings back the start when a run got through.
 */
static void walk_faults(struct repo *repo, fault_call call, const char *undo)
{
	struct faults faults;
	pv_error err;

	for (long n = 0; n < LIMIT; n += 1 + n / 64) {
		int rc;

		faults_start(&faults, n);
		pv_error_clear(&err);
		rc = call(repo, &err);
		faults_stop();
		if (faults.live)
			fail_msg("allocation %ld: %ld not freed", n, faults.live);
		if (rc != PV_ENOMEM && rc != PV_OK)
			fail_msg("allocation %ld: %d %s", n, rc, err.message);
		if (!faults.hit)
			return;
		if (rc == PV_OK)
			repo_sh(repo, undo);
	}
	fail_msg("no end after %d allocations", LIMIT);
}

static int open_store(pv_store **out, const struct repo *repo, pv_error *err)
{
	pv_store_options opts = { repo->path, repo_env, NULL };

	return pv_store_open(out, &opts, err);
}

static int call_commit(struct repo *repo, pv_error *err)
{
	static const char *const paths[] = { "a", "d/c", "n" };
	const pv_commit_options opts = { .message = "m" };
	pv_store *store;
	pv_oid oid;
	int rc = open_store(&store, repo, err);

	if (rc == PV_OK)
		rc = pv_store_commit_paths(&oid, store, paths, 3, &opts, err);
	pv_store_free(store);
	return rc;
}

static int call_staged(struct repo *repo, pv_error *err)
{
	const pv_commit_options opts = { .message = "m" };
	pv_store *store;
	pv_oid oid;
	int rc = open_store(&store, repo, err);

	if (rc == PV_OK)
		rc = pv_store_commit_staged(&oid, store, &opts, err);
	pv_store_free(store);
	return rc;
}

static int call_changes(struct repo *repo, pv_error *err)
{
	const pv_change changes[] = { { "a", "x", 1 }, { "d/c", NULL, 0 } };
	const pv_change_set set = { "refs/heads/b", changes, 2 };
	const pv_commit_options opts = { .message = "m" };
	pv_store *store;
	pv_oid oid;
	int rc = open_store(&store, repo, err);

	if (rc == PV_OK)
		rc = pv_store_commit_changes(&oid, store, &set, &opts, err);
	pv_store_free(store);
	return rc;
}

static int call_tags(struct repo *repo, pv_error *err)
{
	enum {
		COUNT = 70
	};
	static char names[COUNT][16];
	static pv_tag_request tags[COUNT];
	pv_store *store;
	int rc = open_store(&store, repo, err);

	for (int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), "t/v%d.0.0", i);
		tags[i].name = names[i];
		tags[i].message = names[i];
		if (rc == PV_OK && !i)
			rc = pv_store_resolve(&tags[0].commit, store, "HEAD",
					      err);
		tags[i].commit = tags[0].commit;
	}
	if (rc == PV_OK)
		rc = pv_store_tag_many(NULL, store, tags, COUNT, err);
	pv_store_free(store);
	return rc;
}

static int call_files(struct repo *repo, pv_error *err)
{
	const pv_change changes[] = { { "a", "x", 1 },
				      { "d/c", NULL, 0 },
				      { "q/r/s", "y", 1 } };
	pv_store *store;
	int rc = open_store(&store, repo, err);

	if (rc == PV_OK)
		rc = pv_store_write_files(store, changes, 3, err);
	pv_store_free(store);
	return rc;
}

static int count_commit(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	(void)commit;
	(void)blob;
	++*(int *)payload;
	return 0;
}

static int call_history(struct repo *repo, pv_error *err)
{
	pv_history_query query = { .path = "d/c" };
	pv_oid base, side;
	pv_store *store;
	int count = 0;
	int rc = open_store(&store, repo, err);

	if (rc == PV_OK)
		rc = pv_store_resolve(&query.start, store, "main", err);
	if (rc == PV_OK)
		rc = pv_store_resolve(&side, store, "b", err);
	if (rc == PV_OK)
		rc = pv_history_walk(store, &query, count_commit, &count, err);
	query.hide = &side;
	query.hide_count = 1;
	if (rc == PV_OK)
		rc = pv_history_walk(store, &query, count_commit, &count, err);
	if (rc == PV_OK)
		rc = pv_store_merge_base(&base, store, &query.start, &side, err);
	if (rc == PV_OK && count != 3)
		fail_msg("%d commits", count);
	pv_store_free(store);
	return rc;
}

/* The commits of the calls are undone this way. */
#define UNDO                                              \
 "git reset -q --mixed start; git branch -qf b start~0; " \
 "test -e n || echo n >n"

static void expect_start(const struct repo *repo)
{
	repo_sh(repo, "git fsck --strict --no-dangling >/dev/null 2>&1; "
		      "test -z \"$(find .git -name '*.lock')\" && "
		      "test -z \"$(find . -name '*.tmp')\"");
}

static void test_store_write_faults__commit_paths(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, PLAY_BASE "git tag start; echo x >a; rm d/c; echo n >n");
	walk_faults(repo, call_commit, UNDO);
	expect_start(repo);
	assert_string_equal("", repo_line(repo, "git status --porcelain"));
}

static void test_store_write_faults__commit_staged(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, PLAY_BASE "git tag start; echo x >a; git add a");
	walk_faults(repo, call_staged, "git reset -q --soft start");
	expect_start(repo);
}

static void test_store_write_faults__commit_changes(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, PLAY_BASE "git tag start; git branch b");
	walk_faults(repo, call_changes, "git branch -qf b start");
	expect_start(repo);
}

static void test_store_write_faults__tag_many(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, PLAY_BASE ":");
	walk_faults(repo, call_tags, "git tag | xargs git tag -d >/dev/null");
	expect_start(repo);
	assert_string_equal("70", repo_line(repo, "git tag | wc -l"));
}

static void test_store_write_faults__write_files(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, PLAY_BASE ":");
	walk_faults(repo, call_files, ":");
	expect_start(repo);
}

static void test_store_write_faults__history(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, PLAY_BASE "git branch b; echo x >d/c; git commit -qam x; "
				"echo y >a; git commit -qam y");
	walk_faults(repo, call_history, ":");
}

#define TEST(name)                                                            \
 cmocka_unit_test_setup_teardown(test_store_write_faults__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commit_paths), TEST(commit_staged), TEST(commit_changes),
		TEST(tag_many),     TEST(write_files),   TEST(history),
	};

	return cmocka_run_group_tests_name("store write faults", tests, NULL,
					   NULL);
}
