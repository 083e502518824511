/* SPDX-License-Identifier: MIT
 *
 * Pre-releases and the releases after them: whatever is asked for, the next
 * version is above every one there is (semver.org section 11).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"

/* Releases all, as `pre` (NULL: no pre-release). */
static void release(struct prompts *it, const char *pre, const char *want)
{
	pv_release_options opts = { .pre = pre };

	prompts_release_as(it, &opts, PV_OK, want);
}

static void release_id(struct prompts *it, const char *id, const char *pre,
		       int code, const char *want)
{
	pv_release_options opts = { .ids = &id, .id_count = 1, .pre = pre };

	prompts_release_as(it, &opts, code, want);
}

static void release_bump(struct prompts *it, const char *pre, enum pv_bump bump,
			 int force, const char *want)
{
	pv_release_options opts = { .pre = pre, .bump = bump, .force = force };

	prompts_release_as(it, &opts, PV_OK, want);
}

/* A label that would give a lower version is refused, and changes nothing. */
static void refuse(struct prompts *it, const char *pre, const char *message,
		   const char *hint)
{
	static const char *const ids[] = { "a" };
	char before[64];

	snprintf(before, sizeof(before), "%s",
		 repo_line(&it->repo, "git tag | git hash-object --stdin"));
	for (size_t count = 0; count <= 1; count++) {
		pv_release_options opts = { .ids = count ? ids : NULL,
					    .id_count = count,
					    .pre = pre };
		pv_release_list list;
		pv_error err = { 0 };

		prompts_open(it);
		assert_int_equal(pv_release_run(&list, it->repo.store,
						&it->settings, &opts, &err),
				 PV_EPOLICY);
		assert_string_equal(err.message, message);
		assert_string_equal(err.hint, hint);
		assert_int_equal(list.count, 0);
	}
	assert_string_equal(repo_line(&it->repo,
				      "git tag | git hash-object --stdin"),
			    before);
}

static void test_version_prerelease__numbers_count_up(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, NULL, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: two}");
	release(it, "rc", "a 1.1.0-rc.1");
	release(it, "rc", "");
	prompts_commit(it, "a", "{prompt: three}");
	release(it, "rc", "a 1.1.0-rc.2");
	release(it, "beta", "");
	release(it, NULL, "");
	release_id(it, "a", "rc", PV_OK, "");
	release_id(it, "a", NULL, PV_OK, "a 1.1.0");
	release_id(it, "a", NULL, PV_OK, "");
	release_id(it, "a", "rc", PV_OK, "");
}

static void test_version_prerelease__refuses_a_bad_name(void **state)
{
	static const char *const bad[] = { "", "r c", "rc..1", "01", "r/c" };
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		pv_release_options opts = { .pre = bad[i] };

		prompts_release_as(it, &opts, PV_EINVALID, "");
	}
	assert_string_equal(repo_line(&it->repo, "git tag"), "");
}

static void test_version_prerelease__refuses_a_lower_label(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, NULL, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: two}");
	release(it, "rc", "a 1.1.0-rc.1");
	prompts_commit(it, "a", "{prompt: three}");
	refuse(it, "beta",
	       "\"a\": 1.1.0-beta.1 would be lower than 1.1.0-rc.1, which it has",
	       "--pre rc goes on from there, without --pre it is 1.1.0");
	release(it, "rc", "a 1.1.0-rc.2");
	/* Another step begins anew. */
	prompts_commit(it, "a", "{prompt: \"four {{ x }}\"}");
	release(it, "alpha", "a 2.0.0-alpha.1");
}

/* "rc.1.1" goes before "rc.2", "rc.x" after any "rc.2". */
static void test_version_prerelease__labels_have_several_parts(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "rc", "a 1.0.0-rc.1");
	prompts_commit(it, "a", "{prompt: two}");
	release(it, "rc", "a 1.0.0-rc.2");
	prompts_commit(it, "a", "{prompt: three}");
	refuse(it, "rc.1",
	       "\"a\": 1.0.0-rc.1.1 would be lower than 1.0.0-rc.2, which it has",
	       "--pre rc goes on from there, without --pre it is 1.0.0");
	release(it, "rc.x", "a 1.0.0-rc.x.1");
	prompts_commit(it, "a", "{prompt: four}");
	refuse(it, "rc",
	       "\"a\": 1.0.0-rc.3 would be lower than 1.0.0-rc.x.1, which it has",
	       "--pre rc.x goes on from there, without --pre it is 1.0.0");
	release(it, NULL, "a 1.0.0");
}

static void test_version_prerelease__named_goes_to_a_higher_label(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "beta", "a 1.0.0-beta.1");
	release(it, "rc", "");
	release_id(it, "a", "beta", PV_OK, "");
	release_id(it, "a", "rc", PV_OK, "a 1.0.0-rc.1");
	release_id(it, "a", "beta", PV_EPOLICY, "");
	release_id(it, "a", NULL, PV_OK, "a 1.0.0");
}

static void test_version_prerelease__release_is_what_was_announced(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, NULL, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: two}");
	release_bump(it, "rc", PV_BUMP_MAJOR, 0, "a 2.0.0-rc.1");
	prompts_commit(it, "a", "{prompt: three}");
	release(it, "rc", "a 2.0.0-rc.2");
	prompts_commit(it, "a", "{prompt: one, description: only that}");
	release(it, "rc", "a 2.0.0-rc.3");
	prompts_commit(it, "a", "{prompt: one, description: or this}");
	release_bump(it, NULL, PV_BUMP_PATCH, 1, "a 2.0.0");
	assert_string_equal(repo_line(&it->repo, "git cat-file tag a/v2.0.0 | "
						 "grep Pv-Bump"),
			    "Pv-Bump: major");
	prompts_commit(it, "a", "{prompt: four}");
	release(it, NULL, "a 2.1.0");
}

static void test_version_prerelease__first_one_may_be_announced(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, NULL, "a 1.0.0");
	prompts_sh(it, "git mv prompts/a.yaml prompts/z.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: a'");
	release(it, "rc", "z 2.0.0-rc.1");
	prompts_commit(it, "z", "{prompt: two}");
	release(it, NULL, "z 2.0.0");
}

static void test_version_prerelease__former_ones_count(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, NULL, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: \"two {{ x }}\"}");
	release(it, "rc", "a 2.0.0-rc.1");
	prompts_sh(it, "git mv prompts/a.yaml prompts/z.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: a'");
	release_id(it, "z", "beta", PV_EPOLICY, "");
	release(it, "rc", "z 2.0.0-rc.2");
}

#define row(name)                                                 \
 cmocka_unit_test_setup_teardown(test_version_prerelease__##name, \
				 prompts_setup, prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(numbers_count_up),
		row(refuses_a_bad_name),
		row(refuses_a_lower_label),
		row(labels_have_several_parts),
		row(named_goes_to_a_higher_label),
		row(release_is_what_was_announced),
		row(first_one_may_be_announced),
		row(former_ones_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
