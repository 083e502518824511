/* SPDX-License-Identifier: MIT
 *
 * Resolving specs, as a table over one repository, and what is said about
 * those that name nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"

/*
 * Versions 1.0.0 and 1.1.0 of support/triage and a change after them, with
 * branches and tags whose names look like other things.
 */
static int build(void **state)
{
	struct prompts *it;

	prompts_setup(state);
	it = *state;
	prompts_commit(it, "support/triage", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "support/triage", "{prompt: two}");
	prompts_release(it, NULL);
	repo_sh(&it->repo, "git branch 1.0 && git branch latest HEAD~1 && "
			   "git branch v1.0 && git tag 1.1.0 HEAD~1 && "
			   "git branch feature/x HEAD~1 && "
			   "git branch cafe1234 && "
			   "git update-ref refs/remotes/origin/far HEAD~1");
	prompts_commit(it, "shared/tone", "{prompt: tone}");
	prompts_commit(it, "support/triage", "{prompt: three}");
	prompts_open(it);
	return 0;
}

static int resolve(pv_spec *out, struct prompts *it, const char *spec,
		   pv_error *err)
{
	pv_error_clear(err);
	return pv_spec_resolve(out, it->repo.store, &it->settings, spec,
			       PV_SPEC_WORKTREE, err);
}

static void expect_commit(struct prompts *it, const char *spec, const char *rev)
{
	pv_error err;
	pv_spec got;

	if (resolve(&got, it, spec, &err) != PV_OK)
		fail_msg("%s: %s", spec, err.message);
	assert_int_equal(got.at.kind, PV_AT_COMMIT);
	if (strcmp(got.at.commit.hex, repo_oid(&it->repo, rev).hex) != 0)
		fail_msg("%s is not %s", spec, rev);
	assert_string_equal(got.label, spec);
	assert_string_equal(got.id, "support/triage");
	assert_string_equal(got.path, "prompts/support/triage.yaml");
	pv_spec_dispose(&got);
}

static void test_version_spec__resolves_in_the_fixed_order(void **state)
{
	static const char *const table[][2] = {
		{ "latest", "HEAD~2" },
		{ "1", "HEAD~2" },
		{ "1.0", "HEAD~3" },
		{ "1.0.0", "HEAD~3" },
		{ "1.1", "HEAD~2" },
		{ "1.1.0", "HEAD~2" },
		{ "v1.1.0", "HEAD~2" },
		{ "v1.0", "HEAD~2" },
		{ "latest~1", "HEAD~3" },
		{ "1~1", "HEAD~3" },
		{ "1.1^", "HEAD~3" },
		{ "1.1.0~1", "HEAD~3" },
		{ "v1.1.0^", "HEAD~3" },
		{ "ref:1.0", "HEAD~2" },
		{ "ref:latest", "HEAD~3" },
		{ "ref:latest~0", "HEAD~3" },
		{ "ref:1.1.0", "HEAD~3" },
		{ "refs/heads/1.0", "HEAD~2" },
		{ "refs/heads/1.0~1", "HEAD~3" },
		{ "feature/x", "HEAD~3" },
		{ "origin/far", "HEAD~3" },
		{ "support/triage/v1.0.0", "HEAD~3" },
		{ "main", "HEAD" },
		{ "main~1", "HEAD~1" },
		{ "main^^", "HEAD~2" },
		{ "HEAD", "HEAD" },
		{ "@", "HEAD" },
		{ "@~1", "HEAD~1" },
		{ "~2", "HEAD~2" },
		{ "cafe1234", "HEAD~2" },
	};
	struct prompts *it = *state;
	char spec[128];

	for (size_t i = 0; i < pv_array_len(table); i++) {
		snprintf(spec, sizeof(spec), "support/triage@%s", table[i][0]);
		expect_commit(it, spec, table[i][1]);
	}
}

static void test_version_spec__takes_commit_ids(void **state)
{
	struct prompts *it = *state;
	pv_oid oid = repo_oid(&it->repo, "HEAD~1");
	char spec[128];

	snprintf(spec, sizeof(spec), "support/triage@%s", oid.hex);
	expect_commit(it, spec, "HEAD~1");
	snprintf(spec, sizeof(spec), "support/triage@%.7s", oid.hex);
	expect_commit(it, spec, "HEAD~1");
	snprintf(spec, sizeof(spec), "support/triage@%.9s~1", oid.hex);
	expect_commit(it, spec, "HEAD~2");
}

static void test_version_spec__points_without_a_commit(void **state)
{
	struct prompts *it = *state;
	pv_error err;
	pv_spec got;

	assert_int_equal(resolve(&got, it, "support/triage@:index", &err), PV_OK);
	assert_int_equal(got.at.kind, PV_AT_INDEX);
	assert_string_equal(got.rev, ":index");
	pv_spec_dispose(&got);
	assert_int_equal(resolve(&got, it, "support/triage@:worktree", &err),
			 PV_OK);
	assert_int_equal(got.at.kind, PV_AT_WORKTREE);
	pv_spec_dispose(&got);
	assert_int_equal(resolve(&got, it, "support/triage", &err), PV_OK);
	assert_int_equal(got.at.kind, PV_AT_WORKTREE);
	assert_string_equal(got.rev, "");
	pv_spec_dispose(&got);
}

static void test_version_spec__defaults_to_the_last_commit(void **state)
{
	struct prompts *it = *state;
	pv_spec got;

	assert_int_equal(pv_spec_resolve(&got, it->repo.store, &it->settings,
					 "support/triage", PV_SPEC_COMMIT, NULL),
			 PV_OK);
	assert_int_equal(got.at.kind, PV_AT_COMMIT);
	assert_string_equal(got.at.commit.hex, repo_oid(&it->repo, "HEAD").hex);
	pv_spec_dispose(&got);
}

static void test_version_spec__bare_means_the_default_branch(void **state)
{
	struct prompts *it = *state;
	pv_error err;
	pv_spec got;

	repo_sh(&it->repo, "git clone -q --bare . ../bare && "
			   "mv ../repo ../old && mv ../bare ../repo");
	prompts_open(it);
	assert_int_equal(resolve(&got, it, "support/triage", &err), PV_OK);
	assert_int_equal(got.at.kind, PV_AT_COMMIT);
	pv_spec_dispose(&got);
	assert_int_equal(resolve(&got, it, "support/triage@:worktree", &err),
			 PV_EUNSUPPORTED);
	assert_int_equal(resolve(&got, it, "support/triage@:index", &err),
			 PV_EUNSUPPORTED);
	assert_int_equal(resolve(&got, it, "support/triag", &err), PV_ENOTFOUND);
	assert_string_equal(err.hint,
			    "did you mean \"support/triage\"? git pv list shows all");
}

static void test_version_spec__pre_releases_only_when_nothing_else(void **state)
{
	pv_release_options opts = { .pre = "rc" };
	struct prompts *it = *state;
	pv_release_list list;

	assert_int_equal(pv_release_run(&list, it->repo.store, &it->settings,
					&opts, NULL),
			 PV_OK);
	pv_release_list_dispose(&list);
	expect_commit(it, "support/triage@latest", "HEAD~2");
	expect_commit(it, "support/triage@1", "HEAD~2");
	expect_commit(it, "support/triage@1.2", "HEAD");
	expect_commit(it, "support/triage@1.2.0", "HEAD");
	expect_commit(it, "support/triage@1.2.0-rc.1", "HEAD");
}

static void expect_failure(struct prompts *it, const char *spec, int id,
			   const char *message, const char *hint)
{
	pv_error err;
	pv_spec got;

	assert_true(resolve(&got, it, spec, &err) < 0);
	if (err.id != id || strcmp(err.message, message) != 0 ||
	    strcmp(err.hint, hint) != 0)
		fail_msg("%s: id %d, \"%s\", \"%s\"", spec, err.id, err.message,
			 err.hint);
	assert_null(got.id);
}

static void test_version_spec__says_what_is_near(void **state)
{
	struct prompts *it = *state;

	expect_failure(it, "support/traige", PV_ERR_PROMPT_NOT_FOUND,
		       "no prompt \"support/traige\"",
		       "did you mean \"support/triage\"? git pv list shows all");
	expect_failure(it, "triage", PV_ERR_PROMPT_NOT_FOUND,
		       "no prompt \"triage\"",
		       "did you mean \"support/triage\"? git pv list shows all");
	expect_failure(it, "prompts/shared/tone.yaml", PV_ERR_PROMPT_NOT_FOUND,
		       "no prompt \"prompts/shared/tone.yaml\"",
		       "did you mean \"shared/tone\"? git pv list shows all");
	expect_failure(it, "nothing/alike", PV_ERR_PROMPT_NOT_FOUND,
		       "no prompt \"nothing/alike\"",
		       "git pv list shows the prompts there are");
	expect_failure(it, "support/triage@1.7", PV_ERR_VERSION_NOT_FOUND,
		       "no version \"1.7\" of \"support/triage\"",
		       "there is 1.1.0, 1.0.0; git pv versions lists all");
	expect_failure(it, "support/triage@v7", PV_ERR_VERSION_NOT_FOUND,
		       "no version \"v7\" of \"support/triage\"",
		       "there is 1.1.0, 1.0.0; git pv versions lists all");
	expect_failure(it, "shared/tone@latest", PV_ERR_VERSION_NOT_FOUND,
		       "no version \"latest\" of \"shared/tone\"",
		       "it has no version yet: git pv release makes one");
	expect_failure(it, "support/traige@1.0", PV_ERR_PROMPT_NOT_FOUND,
		       "no prompt \"support/traige\"",
		       "did you mean \"support/triage\"? git pv list shows all");
}

static void test_version_spec__missing_at_that_commit(void **state)
{
	struct prompts *it = *state;
	pv_error err;
	pv_spec got;

	assert_int_equal(resolve(&got, it, "shared/tone@main~2", &err),
			 PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_PROMPT_NOT_FOUND);
	assert_non_null(strstr(err.hint, "shared/tone@:worktree"));
}

static void test_version_spec__unknown_names(void **state)
{
	static const char *const bad[] = { "nope",   "ref:nope", "main~99",
					   "main^2", "0000000",  "12345" };
	struct prompts *it = *state;
	char spec[128];
	pv_error err;
	pv_spec got;

	for (size_t i = 0; i < pv_array_len(bad); i++) {
		snprintf(spec, sizeof(spec), "support/triage@%s", bad[i]);
		if (resolve(&got, it, spec, &err) != PV_ENOTFOUND)
			fail_msg("%s: %d", spec, err.code);
		assert_int_equal(err.id, PV_ERR_VERSION_NOT_FOUND);
	}
}

static void test_version_spec__no_rev_parser_is_reached(void **state)
{
	static const char *const bad[] = {
		"main@{1}",
		"main:prompts",
		":/two",
		"main..HEAD",
		"^main",
		"--all",
		"HEAD^{tree}",
		"main^{/one}",
		"@{-1}",
		"a b",
		"",
		"$(id)",
	};
	struct prompts *it = *state;
	char spec[128];
	pv_error err;
	pv_spec got;

	for (size_t i = 0; i < pv_array_len(bad); i++) {
		snprintf(spec, sizeof(spec), "support/triage@%s", bad[i]);
		if (resolve(&got, it, spec, &err) >= 0)
			fail_msg("%s is taken", spec);
	}
}

static void test_version_spec__revisions_alone(void **state)
{
	struct prompts *it = *state;
	pv_point at;

	assert_int_equal(pv_rev_resolve(&at, it->repo.store, &it->settings,
					"support/triage", "@1.0", NULL),
			 PV_OK);
	assert_string_equal(at.commit.hex, repo_oid(&it->repo, "HEAD~3").hex);
	assert_int_equal(pv_rev_resolve(&at, it->repo.store, &it->settings,
					NULL, "1.0", NULL),
			 PV_OK);
	assert_string_equal(at.commit.hex, repo_oid(&it->repo, "HEAD~2").hex);
	assert_int_equal(pv_rev_resolve(&at, it->repo.store, &it->settings,
					NULL, "@", NULL),
			 PV_OK);
	assert_string_equal(at.commit.hex, repo_oid(&it->repo, "HEAD").hex);
	assert_int_equal(pv_rev_resolve(&at, it->repo.store, &it->settings,
					NULL, "env:x", NULL),
			 PV_EINVALID);
	assert_int_equal(pv_rev_resolve(&at, it->repo.store, &it->settings,
					NULL, "", NULL),
			 PV_EINVALID);
}

static void test_version_spec__removed_prompts_keep_their_versions(void **state)
{
	struct prompts *it = *state;
	pv_error err;
	pv_spec got;

	prompts_sh(it, "git rm -q -r prompts/support && git commit -qm gone");
	prompts_open(it);
	expect_commit(it, "support/triage@1.0.0", "HEAD~4");
	assert_int_equal(resolve(&got, it, "support/triage", &err), PV_ENOTFOUND);
	assert_int_equal(resolve(&got, it, "support/triage@7", &err),
			 PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_VERSION_NOT_FOUND);
}

/* --- environments -------------------------------------------------------- */

static void deploy(struct prompts *it, const char *ref, const char *rev)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "c=$(git rev-parse %s) && "
		 "b=$(printf 'support/triage: {version: 1.0.0, commit: %%s}\\n'"
		 " $c | git hash-object -w --stdin) && "
		 "t=$(printf '100644 blob %%s\\tproduction.yaml\\n' $b | "
		 "git mktree) && "
		 "p=$(git rev-parse -q --verify %s || true) && "
		 "git update-ref %s $(git commit-tree ${p:+-p $p} -m d $t)",
		 rev, ref, ref);
	prompts_sh(it, command);
	prompts_open(it);
}

static void test_version_spec__environment_names_what_it_runs(void **state)
{
	struct prompts *it = *state;

	deploy(it, "refs/heads/pv/deployments", "HEAD~3");
	expect_commit(it, "support/triage@env:production", "HEAD~3");
	expect_failure(it, "shared/tone@env:production", PV_ERR_VERSION_NOT_FOUND,
		       "\"shared/tone\" is not deployed in \"production\"", "");
	expect_failure(it, "support/triage@env:staging",
		       PV_ERR_ENVIRONMENT_NOT_FOUND,
		       "no environment \"staging\"", "");
}

static void test_version_spec__environment_of_the_remote(void **state)
{
	struct prompts *it = *state;

	deploy(it, "refs/remotes/origin/pv/deployments", "HEAD~2");
	expect_commit(it, "support/triage@env:production", "HEAD~2");
	/* Behind it, then ahead of it, then beside it. */
	repo_sh(&it->repo, "git update-ref refs/heads/pv/deployments "
			   "refs/remotes/origin/pv/deployments");
	deploy(it, "refs/remotes/origin/pv/deployments", "HEAD~3");
	expect_commit(it, "support/triage@env:production", "HEAD~3");
	repo_sh(&it->repo, "git update-ref refs/heads/pv/deployments "
			   "refs/remotes/origin/pv/deployments");
	deploy(it, "refs/heads/pv/deployments", "HEAD~1");
	expect_commit(it, "support/triage@env:production", "HEAD~1");
	deploy(it, "refs/remotes/origin/pv/deployments", "HEAD");
	expect_failure(it, "support/triage@env:production", PV_ERR_CONFLICT,
		       "deployments here and at origin have diverged",
		       "run git pv sync");
}

static void test_version_spec__environment_without_deployments(void **state)
{
	expect_failure(*state, "support/triage@env:production",
		       PV_ERR_ENVIRONMENT_NOT_FOUND,
		       "no environment \"production\"",
		       "nothing has been deployed in this repository");
}

#define row(name)                                                  \
 cmocka_unit_test_setup_teardown(test_version_spec__##name, build, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(resolves_in_the_fixed_order),
		row(takes_commit_ids),
		row(points_without_a_commit),
		row(defaults_to_the_last_commit),
		row(bare_means_the_default_branch),
		row(pre_releases_only_when_nothing_else),
		row(says_what_is_near),
		row(missing_at_that_commit),
		row(unknown_names),
		row(no_rev_parser_is_reached),
		row(revisions_alone),
		row(removed_prompts_keep_their_versions),
		row(environment_names_what_it_runs),
		row(environment_of_the_remote),
		row(environment_without_deployments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
