/* SPDX-License-Identifier: MIT
 *
 * Configuration, compared with `git config --get` in the same environment.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

static const char *const keys[] = {
	"x.system", "x.xdg",      "x.global",   "x.local",     "x.worktree",
	"x.all",    "X.ALL",      "x.Sub.Name", "x.sub.name",  "x.empty",
	"x.bare",   "x.included", "x.onbranch", "x.excluded",  "x.none",
	"x.multi",  "x.quoted",   "x.command",  "url.a.b.c.d", "x.equals"
};

/* Every key has git's value, or is missing as there. */
static void expect_as_git(struct repo *repo)
{
	repo_open(repo);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		pv_buf ours = { 0 };
		pv_buf git = { 0 };
		char command[128];
		pv_error err;
		int rc;

		pv_error_clear(&err);
		rc = pv_store_config(&ours, repo->store, keys[i], &err);
		if (rc == PV_OK)
			pv_buf_puts(&ours, "|0");
		else if (rc == PV_ENOTFOUND)
			pv_buf_puts(&ours, "|1");
		else
			fail_msg("%s: %s", keys[i], err.message);
		snprintf(command, sizeof(command),
			 "v=$(git config --get '%s'); printf '%%s|%%d' \"$v\" "
			 "$?",
			 keys[i]);
		repo_read(repo, &git, command);
		if (strcmp(ours.ptr, git.ptr) != 0)
			fail_msg("%s is \"%s\", git says \"%s\"", keys[i],
				 ours.ptr, git.ptr);
		pv_buf_dispose(&ours);
		pv_buf_dispose(&git);
	}
	pv_store_free(repo->store);
	repo->store = NULL;
}

static const char files[] =
	"mkdir -p ~/.config/git ../xdg/git\n"
	"g() { git config --file \"$@\"; }\n"
	"for f in system:../system xdg:$HOME/.config/git/config "
	"global:$HOME/.gitconfig local:.git/config; do\n"
	"g ${f#*:} x.${f%%:*} 1; g ${f#*:} x.all ${f%%:*}; done\n"
	"g ../xdg/git/config x.xdg other; g ../global2 x.global second\n"
	"g .git/config x.Sub.Name 'mixed case'; g .git/config x.empty ''\n"
	"printf '[x]\\n\\tbare\\n' >>.git/config\n"
	"g .git/config --add x.multi 1; g .git/config --add x.multi 2\n"
	"g .git/config x.quoted ' a \"b\" \\ c;#\t'\n"
	"g .git/config url.a.b.c.d e\n"
	"g ../inc x.included yes; g .git/config include.path ../../inc\n"
	"g ../ob x.onbranch yes; g .git/config includeIf.onbranch:main.path "
	"../../ob\n"
	"g ../ex x.excluded yes; g .git/config "
	"includeIf.gitdir:/nowhere/.path ../../ex\n";

static void test_store_config__reads_the_files_git_reads(void **state)
{
	struct repo *repo = *state;
	char path[128];

	repo_sh(repo, files);
	expect_as_git(repo);
	snprintf(path, sizeof(path), "%s/system", repo->root);
	setenv("GIT_CONFIG_SYSTEM", path, 1);
	expect_as_git(repo);
	unsetenv("GIT_CONFIG_NOSYSTEM");
	expect_as_git(repo);
	setenv("GIT_CONFIG_NOSYSTEM", "false", 1);
	expect_as_git(repo);
	snprintf(path, sizeof(path), "%s/xdg", repo->root);
	setenv("XDG_CONFIG_HOME", path, 1);
	expect_as_git(repo);
	snprintf(path, sizeof(path), "%s/global2", repo->root);
	setenv("GIT_CONFIG_GLOBAL", path, 1);
	expect_as_git(repo);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	expect_as_git(repo);
	unsetenv("GIT_CONFIG_GLOBAL");
	setenv("HOME", "/nonexistent", 1);
	expect_as_git(repo);
}

static void test_store_config__reads_the_working_trees_own_file(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, files);
	repo_sh(repo, "git config extensions.worktreeConfig true\n"
		      "git config --worktree x.worktree yes\n"
		      "git config --worktree x.all worktree");
	expect_as_git(repo);
	repo_sh(repo, "git config extensions.worktreeConfig false");
	expect_as_git(repo);
}

/* Each condition is for a key of its own, so that wrong ones would show. */
static void test_store_config__knows_the_conditions_git_knows(void **state)
{
	static const char includes[] =
		"git remote add origin https://work.example/x.git\n"
		"i() { git config --file ../i.$1 x.$1 1; git config --file "
		"../i.$1 x.all $1; git config $3 \"includeIf.$2.path\" "
		"\"$PWD/../i.$1\"; }\n"
		"i bare 'hasconfig:remote.*.url:https://work.example/**'\n"
		"i none 'hasconfig:remote.*.url:https://home.example/**'\n"
		"i global 'hasconfig:remote.*.url:**/x.git' --global\n"
		"i included gitdir:**/repo/.git; i onbranch 'onbranch:ma*'\n"
		"i excluded 'gitdir/i:**/REPO/'; i empty 'gitdir:**/REPO/'\n"
		"i quoted 'onbranch:main/'; i multi 'onbranch:*i*'\n"
		"i local 'nonsense:main'; git config x.command ''\n"
		"printf '[x]\\n\\tequals\\n' >>.git/config";
	static const char *const set[] = { "config", "x.changed", "yes", NULL };
	struct repo *repo = *state;
	pv_store_options opts = { .path = repo->path, .env = repo_env };
	pv_buf value = { 0 };
	int status;

	repo_sh(repo, includes);
	expect_as_git(repo);
	setenv("GIT_CONFIG_PARAMETERS", "'x.all'='line'", 1);
	expect_as_git(repo);
	unsetenv("GIT_CONFIG_PARAMETERS");
	repo_sh(repo, "git config extensions.worktreeConfig true\n"
		      "git config --worktree x.all worktree");
	expect_as_git(repo);
	repo_open(repo);
	assert_int_equal(pv_git_run(NULL, &status, repo->store, set, NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_store_config_bool(repo->store, "x.changed", 0), 1);
	assert_int_equal(pv_store_config(&value, repo->store, "x.bare", NULL),
			 PV_OK);
	assert_int_equal(pv_store_config(&value, repo->store,
					 "core.excludesFile", NULL),
			 PV_ENOTFOUND);
	pv_buf_dispose(&value);
	repo_sh(repo, "git config --file ../i.bare remote.other.url x");
	pv_store_free(repo->store);
	assert_int_equal(pv_store_open(&repo->store, &opts, NULL), PV_EGIT);
}

/* git looks at the name in $PWD besides the real one. */
static void test_store_config__knows_a_folder_by_both_names(void **state)
{
	struct repo *repo = *state;
	char path[128];

	repo_sh(repo, "ln -s repo ../other; git config --file ../i x.all other\n"
		      "git config \"includeIf.gitdir:${PWD%/repo}/other/.path\" "
		      "../../i");
	expect_as_git(repo);
	snprintf(path, sizeof(path), "%s/other", repo->root);
	assert_int_equal(chdir(path), 0);
	setenv("PWD", path, 1);
	snprintf(repo->path, sizeof(repo->path), "%s", ".");
	expect_as_git(repo);
	assert_string_equal(repo_line(repo, "git config x.all"), "other");
	snprintf(repo->path, sizeof(repo->path), "%s/repo", repo->root);
	unsetenv("PWD");
	assert_int_equal(chdir("/"), 0);
}

/* Values as `git -c` hands them on, both the old way and the new. */
static void test_store_config__reads_settings_of_the_command_line(void **state)
{
	static const char *const parameters[] = {
		"'x.command'='1'",
		"'x.command=1'",
		"'x.command=1' 'x.all=2'",
		"'x.all'='a b'  'x.command'='it'\\''s'\\!' ' ",
		"'x.bare'=",
		"'x.bare'",
		"'x.empty'=''",
		"'x.Sub.Name'='x' 'X.ALL'='y'",
		"'x.equals'='a=b=c'",
		"'x.equals=a=b=c'",
		"'x.multi'='1' 'x.multi'='3'",
		"",
	};
	struct repo *repo = *state;

	repo_sh(repo, files);
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		setenv("GIT_CONFIG_PARAMETERS", parameters[i], 1);
		expect_as_git(repo);
	}
	unsetenv("GIT_CONFIG_PARAMETERS");
}

static void test_store_config__reads_numbered_variables(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, files);
	setenv("GIT_CONFIG_COUNT", "2", 1);
	setenv("GIT_CONFIG_KEY_0", "x.command", 1);
	setenv("GIT_CONFIG_VALUE_0", "zero", 1);
	setenv("GIT_CONFIG_KEY_1", "x.all", 1);
	setenv("GIT_CONFIG_VALUE_1", "one", 1);
	expect_as_git(repo);
	setenv("GIT_CONFIG_PARAMETERS", "'x.all'='params'", 1);
	expect_as_git(repo);
	unsetenv("GIT_CONFIG_PARAMETERS");
	setenv("GIT_CONFIG_COUNT", "", 1);
	expect_as_git(repo);
	unsetenv("GIT_CONFIG_COUNT");
}

static void test_store_config__refuses_malformed_variables(void **state)
{
	static const char *const bad[] = { "x.all=1",     "'x.all=1",
					   "'nodot'='1'", "'x.all'='1",
					   "'x.all'=1",   "''=''",
					   "'x.1a'='1'",  "'a'\\x'b'" };
	struct repo *repo = *state;
	pv_store_options opts = { .path = repo->path, .env = repo_env };
	pv_store *store;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("GIT_CONFIG_PARAMETERS", bad[i], 1);
		assert_int_equal(pv_store_open(&store, &opts, NULL), PV_EINVALID);
		assert_int_not_equal(system("git config -l >/dev/null 2>&1"), 0);
	}
	unsetenv("GIT_CONFIG_PARAMETERS");
	setenv("GIT_CONFIG_COUNT", "1", 1);
	unsetenv("GIT_CONFIG_KEY_0");
	assert_int_equal(pv_store_open(&store, &opts, NULL), PV_EINVALID);
	setenv("GIT_CONFIG_COUNT", "x", 1);
	assert_int_equal(pv_store_open(&store, &opts, NULL), PV_EINVALID);
	unsetenv("GIT_CONFIG_COUNT");
}

static void test_store_config__reads_booleans_as_git_does(void **state)
{
	static const char *const values[] = { "true", "yes", "on",   "1",
					      "2",    "-1",  "1k",   "TRUE",
					      "Yes",  "",    "no",   "off",
					      "0",    "OFF", "false" };
	struct repo *repo = *state;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char command[128];
		int git;

		snprintf(command, sizeof(command), "git config x.b '%s'",
			 values[i]);
		repo_sh(repo, command);
		git = strcmp(repo_line(repo, "git config --bool x.b"), "true") ==
		      0;
		repo_open(repo);
		assert_int_equal(pv_store_config_bool(repo->store, "x.b", !git),
				 git);
		pv_store_free(repo->store);
		repo->store = NULL;
	}
	repo_sh(repo, "printf '[y]\\n\\tb\\n' >>.git/config\n"
		      "git config x.b maybe");
	repo_open(repo);
	assert_int_equal(pv_store_config_bool(repo->store, "y.b", 0), 1);
	assert_int_equal(pv_store_config_bool(repo->store, "x.b", 7), 7);
	assert_int_equal(pv_store_config_bool(repo->store, "no.such", 3), 3);
}

static void test_store_config__tells_bad_keys_from_missing_ones(void **state)
{
	static const char *const bad[] = { "",     "a",     "a.",   ".b",
					   "a.1b", "a b.c", "a.b c" };
	struct repo *repo = *state;
	pv_buf out = { 0 };

	repo_open(repo);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pv_store_config(&out, repo->store, bad[i], NULL),
				 PV_EINVALID);
	assert_int_equal(pv_store_config(&out, repo->store, "a.b", NULL),
			 PV_ENOTFOUND);
	assert_int_equal(pv_store_config(&out, repo->store, "core.excludesFile",
					 NULL),
			 PV_ENOTFOUND);
	assert_int_equal(out.len, 0);
}

/* What libgit2 itself looks up must see the command line, too. */
static void test_store_config__reaches_libgit2(void **state)
{
	static const pv_point work = { PV_AT_WORKTREE, { { 0 } } };
	struct repo *repo = *state;
	pv_buf out = { 0 };

	repo_sh(repo, "printf 'a\\r\\n' >f");
	setenv("GIT_CONFIG_PARAMETERS", "'core.autocrlf'='input'", 1);
	repo_open(repo);
	unsetenv("GIT_CONFIG_PARAMETERS");
	assert_int_equal(pv_store_read(&out, NULL, repo->store, &work, "f", NULL),
			 PV_OK);
	assert_string_equal(out.ptr, "a\n");
	pv_buf_dispose(&out);
}

static void test_store_config__sees_what_git_changed(void **state)
{
	static const char *const set[] = { "config", "x.changed", "yes", NULL };
	static const char *const unset[] = { "config", "--unset", "x.changed",
					     NULL };
	struct repo *repo = *state;
	int status;

	repo_open(repo);
	assert_int_equal(pv_store_config_bool(repo->store, "x.changed", 2), 2);
	assert_int_equal(pv_git_run(NULL, &status, repo->store, set, NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_store_config_bool(repo->store, "x.changed", 2), 1);
	assert_int_equal(pv_git_run(NULL, &status, repo->store, unset, NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_store_config_bool(repo->store, "x.changed", 2), 2);
}

static void test_store_config__lists_the_remotes_git_lists(void **state)
{
	struct repo *repo = *state;
	pv_buf ours = { 0 };
	pv_buf git = { 0 };

	repo_sh(repo, "git config remote.pushDefault up\n"
		      "git remote add up x; git remote add Big.Name y\n"
		      "git config --global remote.shared.url z");
	repo_open(repo);
	assert_int_equal(pv_store_remotes(&ours, repo->store, NULL), PV_OK);
	repo_read(repo, &git, "git remote; echo .");
	pv_buf_putc(&ours, '.');
	assert_string_equal(ours.ptr, git.ptr);
	pv_buf_dispose(&ours);
	pv_buf_dispose(&git);
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_config__reads_the_files_git_reads),
		in_repo(test_store_config__reads_the_working_trees_own_file),
		in_repo(test_store_config__knows_the_conditions_git_knows),
		in_repo(test_store_config__knows_a_folder_by_both_names),
		in_repo(test_store_config__reads_settings_of_the_command_line),
		in_repo(test_store_config__reads_numbered_variables),
		in_repo(test_store_config__refuses_malformed_variables),
		in_repo(test_store_config__reads_booleans_as_git_does),
		in_repo(test_store_config__tells_bad_keys_from_missing_ones),
		in_repo(test_store_config__reaches_libgit2),
		in_repo(test_store_config__sees_what_git_changed),
		in_repo(test_store_config__lists_the_remotes_git_lists),
	};

	return cmocka_run_group_tests_name("store config", tests, NULL, NULL);
}
