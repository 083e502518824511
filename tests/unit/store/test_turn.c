/* SPDX-License-Identifier: MIT
 *
 * Turns of those who lost a race: who has it, who waits, and that nobody
 * waits for ever. That nobody starves is shown by tests/crash.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "store/repo.h"
#include "store/turn.h"

static pv_store *open_store(const struct repo *repo)
{
	pv_store_options opts = { .path = repo->path, .env = repo_env };
	pv_store *store;

	repo_sh(repo, "git init -q");
	assert_int_equal(pv_store_open(&store, &opts, NULL), PV_OK);
	return store;
}

static int open_refs(const struct repo *repo)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/.git/refs", repo->path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static int is_free(const struct repo *repo)
{
	int fd = open_refs(repo);
	int rc = flock(fd, LOCK_EX | LOCK_NB);

	close(fd);
	return rc == 0;
}

static void test_store_turn__is_held_from_the_first_loss_to_the_end(void **state)
{
	pv_store *store = open_store(*state);
	pv_turn turn = { .store = store };

	assert_false(pv_turn_again(&turn, PV_OK));
	assert_int_equal(turn.attempts, 0);
	assert_true(pv_turn_again(&turn, PV_ECONFLICT));
	assert_false(is_free(*state));
	assert_true(pv_turn_again(&turn, PV_ECONFLICT));
	assert_int_equal(turn.attempts, 2);
	assert_false(is_free(*state));
	assert_false(pv_turn_again(&turn, PV_OK));
	assert_true(is_free(*state));
	pv_store_free(store);
}

static void test_store_turn__goes_on_beside_one_who_never_ends(void **state)
{
	pv_store *store = open_store(*state);
	pv_turn turn = { .store = store };
	int fd = open_refs(*state);

	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_true(pv_turn_again(&turn, PV_ECONFLICT));
	/* It does not wait for the turn again. */
	assert_true(pv_turn_again(&turn, PV_ECONFLICT));
	assert_false(pv_turn_again(&turn, PV_OK));
	assert_false(is_free(*state));
	close(fd);
	pv_store_free(store);
}

static void test_store_turn__is_only_manners(void **state)
{
	pv_store *store = open_store(*state);
	pv_turn turn = { .store = store };

	repo_sh(*state, "mv .git/refs .git/gone");
	assert_true(pv_turn_again(&turn, PV_ECONFLICT));
	assert_false(pv_turn_again(&turn, PV_OK));
	repo_sh(*state, "mv .git/gone .git/refs");
	pv_store_free(store);
}

static void test_store_turn__gives_up_in_the_end(void **state)
{
	pv_store *store = open_store(*state);
	pv_turn turn = { .store = store, .attempts = 200 };

	assert_false(pv_turn_again(&turn, PV_ECONFLICT));
	assert_true(is_free(*state));
	pv_store_free(store);
}

/* Moving waited for that lock itself: it may be one that nobody takes away. */
static void test_store_turn__does_not_wait_for_a_lock_for_ever(void **state)
{
	pv_store *store = open_store(*state);
	pv_turn turn = { .store = store };
	int lost = 0;

	while (pv_turn_again(&turn, PV_ELOCKED))
		lost++;
	assert_int_equal(lost, 2);
	assert_true(is_free(*state));
	/* One among many conflicts is none. */
	turn = (pv_turn){ .store = store };
	for (int i = 0; i < 4; i++) {
		assert_true(pv_turn_again(&turn, PV_ELOCKED));
		assert_true(pv_turn_again(&turn, PV_ECONFLICT));
	}
	assert_false(pv_turn_again(&turn, PV_EINVALID));
	assert_true(is_free(*state));
	pv_store_free(store);
}

#define TEST(name)                                                    \
 cmocka_unit_test_setup_teardown(test_store_turn__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_held_from_the_first_loss_to_the_end),
		TEST(goes_on_beside_one_who_never_ends),
		TEST(is_only_manners),
		TEST(does_not_wait_for_a_lock_for_ever),
		TEST(gives_up_in_the_end),
	};

	return cmocka_run_group_tests_name("store_turn", tests, NULL, NULL);
}
