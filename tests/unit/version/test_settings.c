/* SPDX-License-Identifier: MIT
 *
 * Where settings come from and which wins, and how the default branch is
 * found while the file that names it is on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"

static void expect(struct prompts *it, const char *dir, const char *branch,
		   int auto_tag)
{
	prompts_open(it);
	assert_string_equal(it->settings.prompts_dir, dir);
	assert_string_equal(it->settings.default_branch, branch);
	assert_int_equal(it->settings.auto_tag, auto_tag);
}

static void write_yaml(struct prompts *it, const char *text)
{
	char command[512];

	snprintf(command, sizeof(command), "printf '%%s\\n' '%s' >pv.yaml", text);
	repo_sh(&it->repo, command);
}

static void commit_yaml(struct prompts *it, const char *text)
{
	write_yaml(it, text);
	prompts_sh(it, "git add -A && git commit -qm settings");
}

static void test_version_settings__defaults(void **state)
{
	struct prompts *it = *state;

	expect(it, "prompts", "main", 1);
	repo_sh(&it->repo, "git symbolic-ref HEAD refs/heads/trunk");
	expect(it, "prompts", "trunk", 1);
	prompts_commit(it, "a", "{prompt: one}");
	expect(it, "prompts", "trunk", 1);
}

static void test_version_settings__reads_the_commit_not_the_file(void **state)
{
	struct prompts *it = *state;

	write_yaml(it, "prompts: drafts");
	expect(it, "drafts", "main", 1);
	commit_yaml(it, "{prompts: texts/, versioning: {auto_tag: false}}");
	write_yaml(it, "prompts: edited");
	expect(it, "texts", "main", 0);
}

static void test_version_settings__config_wins(void **state)
{
	struct prompts *it = *state;

	commit_yaml(it, "{prompts: texts, versioning: {auto_tag: false}}");
	repo_sh(&it->repo, "git config pv.prompts a/b && "
			   "git config pv.versioning.autoTag yes && "
			   "git config pv.defaultBranch other");
	expect(it, "a/b", "other", 1);
}

static void test_version_settings__file_names_the_branch(void **state)
{
	struct prompts *it = *state;

	commit_yaml(it, "default_branch: \"1.0\"");
	repo_sh(&it->repo, "git branch 1.0");
	expect(it, "prompts", "1.0", 1);
	commit_yaml(it, "default_branch: stable");
	repo_sh(&it->repo, "git checkout -qb stable");
	commit_yaml(it, "{default_branch: stable, prompts: p}");
	repo_sh(&it->repo, "git checkout -q main");
	expect(it, "p", "stable", 1);
	repo_sh(&it->repo, "git checkout -q --detach main");
	expect(it, "p", "stable", 1);
}

static void test_version_settings__other_branches_do_not_matter(void **state)
{
	struct prompts *it = *state;

	commit_yaml(it, "{default_branch: main, prompts: p}");
	repo_sh(&it->repo, "git checkout -qb exp");
	commit_yaml(it, "{default_branch: main, prompts: q}");
	expect(it, "p", "main", 1);
}

static void test_version_settings__remote_head_is_the_default(void **state)
{
	struct prompts *it = *state;

	commit_yaml(it, "prompts: p");
	repo_sh(&it->repo, "git clone -q . ../clone && "
			   "mv ../repo ../origin && mv ../clone ../repo");
	repo_sh(&it->repo, "git checkout -qb exp");
	expect(it, "p", "main", 1);
	/* The local branch may be missing. */
	repo_sh(&it->repo, "git branch -qD main");
	expect(it, "p", "main", 1);
}

static void test_version_settings__guesses_when_detached(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	repo_sh(&it->repo, "git checkout -q --detach");
	expect(it, "prompts", "main", 1);
	repo_sh(&it->repo, "git branch -qm main master");
	expect(it, "prompts", "master", 1);
}

static void test_version_settings__empty_files_are_fine(void **state)
{
	static const char *const empty[] = { "",         "# nothing",   "{}",
					     "prompts:", "versioning:", "null" };
	struct prompts *it = *state;

	for (size_t i = 0; i < pv_array_len(empty); i++) {
		commit_yaml(it, empty[i]);
		expect(it, "prompts", "main", 1);
	}
}

static void test_version_settings__refuses_bad_values(void **state)
{
	static const struct {
		const char *text;
		int code;
	} bad[] = {
		{ "prompts: [", PV_ESYNTAX },
		{ "{a: 1, a: 2}", PV_ESYNTAX },
		{ "prompts: [a]", PV_EINVALID },
		{ "prompts: ../x", PV_EINVALID },
		{ "prompts: /x", PV_EINVALID },
		{ "prompts: .", PV_EINVALID },
		{ "prompts: a//b", PV_EINVALID },
		{ "prompts: .git/x", PV_EINVALID },
		{ "prompts: 7", PV_EINVALID },
		{ "default_branch: {a: b}", PV_EINVALID },
		{ "default_branch: \"-x\"", PV_EINVALID },
		{ "default_branch: 1.0", PV_EINVALID },
		{ "versioning: 3", PV_EINVALID },
		{ "versioning: [auto_tag]", PV_EINVALID },
		{ "versioning: {auto_tag: yes}", PV_EINVALID },
		{ "[a]", PV_EINVALID },
	};
	struct prompts *it = *state;
	pv_settings settings;

	prompts_open(it);
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		pv_error err = { 0 };

		write_yaml(it, bad[i].text);
		if (pv_settings_load(&settings, it->repo.store, &err) !=
		    bad[i].code)
			fail_msg("%s: %d %s", bad[i].text, err.code, err.message);
	}
}

static void test_version_settings__refuses_bad_configuration(void **state)
{
	static const char *const bad[][2] = {
		{ "pv.versioning.autoTag", "maybe" },
		{ "pv.defaultBranch", "a..b" },
		{ "pv.defaultBranch", "-x" },
	};
	struct prompts *it = *state;
	pv_settings settings;
	char command[128];

	prompts_commit(it, "a", "{prompt: one}");
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		pv_error err = { 0 };

		snprintf(command, sizeof(command), "git config %s '%s'",
			 bad[i][0], bad[i][1]);
		repo_sh(&it->repo, command);
		pv_store_free(it->repo.store);
		repo_open(&it->repo);
		assert_int_equal(pv_settings_load(&settings, it->repo.store, &err),
				 PV_EINVALID);
		assert_non_null(strstr(err.message, bad[i][1]));
		snprintf(command, sizeof(command), "git config --unset %s",
			 bad[i][0]);
		repo_sh(&it->repo, command);
	}
}

static void test_version_settings__tip_is_the_default_branchs(void **state)
{
	struct prompts *it = *state;
	pv_error err = { 0 };
	pv_oid tip;

	prompts_open(it);
	assert_int_equal(pv_settings_tip(&tip, it->repo.store, &it->settings,
					 &err),
			 PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_VERSION_NOT_FOUND);
	prompts_commit(it, "a", "{prompt: one}");
	repo_sh(&it->repo, "git checkout -qb exp");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_open(it);
	snprintf(it->settings.default_branch,
		 sizeof(it->settings.default_branch), "main");
	assert_int_equal(pv_settings_tip(&tip, it->repo.store, &it->settings,
					 NULL),
			 PV_OK);
	assert_string_equal(tip.hex, repo_oid(&it->repo, "main").hex);
	snprintf(it->settings.default_branch,
		 sizeof(it->settings.default_branch), "gone");
	assert_int_equal(pv_settings_tip(&tip, it->repo.store, &it->settings,
					 NULL),
			 PV_OK);
	assert_string_equal(tip.hex, repo_oid(&it->repo, "exp").hex);
}

/* Checks that environments can require, by either of their names. */
static void test_version_settings__required_checks(void **state)
{
	static const char good[] =
		"environments: {default: a, a: {required_checks: [syntax, "
		"variable_validation, security_validation, review]}, b: null}";
	static const char bad[] = "environments:\n  a: {required_checks:\n"
				  "    [syntax, securty]}\n";
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(pv_settings_check(good, strlen(good), &err), PV_OK);
	assert_int_equal(pv_settings_check(bad, strlen(bad), &err), PV_EINVALID);
	assert_string_equal(err.message,
			    "bad value of \"environments.a.required_checks\"");
	assert_string_equal(err.hint, "did you mean \"security\"?");
	assert_int_equal(err.line, 3);
}

#define row(name)                                                              \
 cmocka_unit_test_setup_teardown(test_version_settings__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(defaults),
		row(reads_the_commit_not_the_file),
		row(config_wins),
		row(file_names_the_branch),
		row(other_branches_do_not_matter),
		row(remote_head_is_the_default),
		row(guesses_when_detached),
		row(empty_files_are_fine),
		row(refuses_bad_values),
		row(refuses_bad_configuration),
		row(tip_is_the_default_branchs),
		row(required_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
