/* SPDX-License-Identifier: MIT
 *
 * Opening and discovering repositories of every shape, compared with git.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

static int open_at(pv_store **out, const char *path, pv_error *err)
{
	pv_store_options opts = { path, repo_env, NULL };

	pv_error_clear(err);
	return pv_store_open(out, &opts, err);
}

static void test_store_open__finds_the_top_from_a_subfolder(void **state)
{
	struct repo *repo = *state;
	char path[256];
	pv_store *store;
	pv_error err;

	repo_sh(repo, "mkdir -p a/b/c");
	snprintf(path, sizeof(path), "%s/a/b/c", repo->path);
	assert_int_equal(open_at(&store, path, &err), PV_OK);
	assert_string_equal(pv_store_work_dir(store), repo->path);
	snprintf(path, sizeof(path), "%s/.git", repo->path);
	assert_string_equal(pv_store_git_dir(store), path);
	assert_string_equal(pv_store_common_dir(store), path);
	assert_false(pv_store_is_bare(store));
	pv_store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_store_open__finds_the_top_from_a_subfolder,
			repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("store open", tests, NULL, NULL);
}
