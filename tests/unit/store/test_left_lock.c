/* SPDX-License-Identifier: MIT
 *
 * Locks of the index that a killed commit has left: settled where all is
 * sure, left alone in every other case. tests/crash makes them by killing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/note.h"
#include "store/repo.h"

/* A commit whose index stayed behind, and the note that says so. */
#define LEFT                                               \
 "git init -q; git symbolic-ref HEAD refs/heads/main\n"    \
 "echo 1 >a; git add a; git commit -q -m 1\n"              \
 "cp -p .git/index .git/old\n"                             \
 "echo 2 >a; echo 2 >b; git add .; git commit -q -m 2\n"   \
 "mv .git/index .git/index.lock; mv .git/old .git/index\n" \
 "mkdir .git/pv\n"                                         \
 "note() {\n"                                              \
 "echo $1; echo $2; echo $PWD/.git/index.lock\n"           \
 "stat -c '%d %i %s %.9Y' .git/index.lock .git/index\n"    \
 "}\n"                                                     \
 "note $(git rev-parse HEAD) refs/heads/main >.git/pv/index-lock.dead\n"

/* What the shell does to it, and what is found and done then. */
struct left_case {
	const char *change;
	enum pv_index_lock before;
	enum pv_index_lock after;
	const char *check; /* of the shell, once it is settled */
};

static const struct left_case cases[] = {
	{ "", PV_INDEX_LOCK_LEFT, PV_INDEX_LOCK_NONE,
	  "test -z \"$(git status --porcelain)\"; test ! -e .git/pv/index-lock.dead" },
	{ "git update-ref HEAD HEAD~1", PV_INDEX_LOCK_LEFT, PV_INDEX_LOCK_NONE,
	  "test \" M a?? b\" = \"$(git status --porcelain | tr -d '\\n')\"" },
	{ "echo x >.git/x; mv .git/x .git/index.lock", PV_INDEX_LOCK_HELD,
	  PV_INDEX_LOCK_HELD, "test x = $(cat .git/index.lock)" },
	{ "cp .git/index.lock .git/x; mv .git/x .git/index.lock",
	  PV_INDEX_LOCK_DUE, PV_INDEX_LOCK_DUE, "test -e .git/index.lock" },
	{ "cp .git/index .git/x; mv .git/x .git/index", PV_INDEX_LOCK_DUE,
	  PV_INDEX_LOCK_DUE, "test -e .git/index.lock" },
	{ "git branch side; git symbolic-ref HEAD refs/heads/side",
	  PV_INDEX_LOCK_DUE, PV_INDEX_LOCK_DUE, "test -e .git/index.lock" },
	{ "rm .git/pv/index-lock.dead", PV_INDEX_LOCK_DUE, PV_INDEX_LOCK_DUE,
	  "test -e .git/index.lock" },
	{ "rm .git/index.lock", PV_INDEX_LOCK_NONE, PV_INDEX_LOCK_NONE,
	  "test -e .git/pv/index-lock.dead" },
	{ "truncate -s -1 .git/index.lock; printf X >>.git/index.lock\n"
	  "note $(git rev-parse HEAD) refs/heads/main >.git/pv/index-lock.dead",
	  PV_INDEX_LOCK_HELD, PV_INDEX_LOCK_HELD, "test -e .git/index.lock" },
	{ "echo nonsense >.git/pv/index-lock.dead", PV_INDEX_LOCK_DUE,
	  PV_INDEX_LOCK_DUE, "test -e .git/index.lock" },
	{ "mkdir .git/hooks; printf '#!/bin/sh\\n' "
	  ">.git/hooks/reference-transaction\n"
	  "chmod +x .git/hooks/reference-transaction\n"
	  "git update-ref HEAD HEAD~1",
	  PV_INDEX_LOCK_HELD, PV_INDEX_LOCK_HELD, "test -e .git/index.lock" },
};

static void expect_state(const struct repo *repo, pv_store *store,
			 enum pv_index_lock state)
{
	pv_buf path = { 0 };
	char want[160] = "";

	if (state != PV_INDEX_LOCK_NONE)
		snprintf(want, sizeof(want), "%s/.git/index.lock", repo->path);
	assert_int_equal(pv_store_index_lock(&path, store, NULL), state);
	assert_string_equal(pv_buf_text(&path), want);
	pv_buf_dispose(&path);
}

static void play(const struct repo *repo, const struct left_case *row)
{
	pv_store_options opts = { .path = repo->path, .env = repo_env };
	char script[2048];
	pv_store *store;

	print_message("%s\n", row->change);
	snprintf(script, sizeof(script), "find . -mindepth 1 -delete\n%s%s",
		 LEFT, row->change);
	repo_sh(repo, script);
	assert_int_equal(pv_store_open(&store, &opts, NULL), PV_OK);
	expect_state(repo, store, row->before);
	assert_int_equal(pv_store_settle(store, NULL), PV_OK);
	expect_state(repo, store, row->after);
	pv_store_free(store);
	repo_sh(repo, row->check);
}

static void test_store_left_lock__settles_what_is_sure(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		play(*state, &cases[i]);
}

static void test_store_left_lock__leaves_those_of_the_living(void **state)
{
	const struct left_case row = { "", PV_INDEX_LOCK_DUE, PV_INDEX_LOCK_DUE,
				       "test -e .git/index.lock" };
	const struct repo *repo = *state;
	pv_store_options opts = { .path = repo->path, .env = repo_env };
	char path[160];
	pv_store *store;
	pv_note owner;

	repo_sh(repo, LEFT);
	snprintf(path, sizeof(path), "%s/.git/pv/index-lock.dead", repo->path);
	assert_true(pv_note_hold(&owner, path, NULL));
	assert_int_equal(pv_store_open(&store, &opts, NULL), PV_OK);
	expect_state(repo, store, row.before);
	assert_int_equal(pv_store_settle(store, NULL), PV_OK);
	expect_state(repo, store, row.after);
	pv_store_free(store);
	pv_note_dispose(&owner);
}

#define TEST(name)                                                         \
 cmocka_unit_test_setup_teardown(test_store_left_lock__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(settles_what_is_sure),
		TEST(leaves_those_of_the_living),
	};

	return cmocka_run_group_tests_name("store_left_lock", tests, NULL, NULL);
}
