/* SPDX-License-Identifier: MIT
 *
 * Opening and discovering repositories of every shape, compared with what
 * `git rev-parse` says about the same place and environment.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "store/repo.h"

static int open_at(pv_store **out, const char *path, pv_error *err)
{
	pv_store_options opts = { .path = path, .env = repo_env };

	pv_error_clear(err);
	return pv_store_open(out, &opts, err);
}

/* A path below the scratch folder, in a static buffer. */
static const char *at(const struct repo *repo, const char *below)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", repo->root, below);
	return path;
}

static void expect_same(const char *ours, const char *git)
{
	if (strcmp(ours ? ours : "", git) != 0)
		fail_msg("we say \"%s\", git \"%s\"", ours ? ours : "", git);
}

/* What we say about a folder is what git says, run there. */
static void expect_as_git(const struct repo *repo, const char *folder)
{
	struct repo there = *repo;
	pv_store *store;
	pv_error err;

	snprintf(there.path, sizeof(there.path), "%s/%s", repo->root, folder);
	assert_int_equal(chdir(there.path), 0);
	if (open_at(&store, there.path, &err) != PV_OK)
		fail_msg("%s: %s", folder, err.message);
	expect_same(pv_store_git_dir(store),
		    repo_line(&there, "realpath \"$(git rev-parse "
				      "--absolute-git-dir)\""));
	expect_same(pv_store_common_dir(store),
		    repo_line(&there, "realpath \"$(git rev-parse "
				      "--git-common-dir)\""));
	expect_same(pv_store_work_dir(store),
		    repo_line(&there, "git rev-parse --show-toplevel "
				      "2>/dev/null"));
	assert_int_equal(pv_store_is_bare(store), !pv_store_work_dir(store));
	pv_store_free(store);
	assert_int_equal(chdir("/"), 0);
}

static void expect_failure(const char *path, int code, const char *words)
{
	pv_store *store;
	pv_error err;
	int rc = open_at(&store, path, &err);

	if (rc != code || !strstr(err.message, words))
		fail_msg("%s gives %d: %s", path, rc, err.message);
	assert_null(store);
}

static void test_store_open__finds_every_layout(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "git commit -q --allow-empty -m 1; mkdir -p a/b\n"
		      "git worktree add -q ../linked; mkdir ../linked/sub\n"
		      "git clone -q --bare . ../bare.git\n"
		      "git init -q --separate-git-dir ../apart ../split\n"
		      "mkdir ../split/sub; mkdir a/.git\n"
		      "git init -q inner; mkdir inner/x\n"
		      "git -c protocol.file.allow=always submodule -q add "
		      "\"$PWD/../bare.git\" mod\n"
		      "ln -s repo/a ../alias");
	expect_as_git(repo, "repo");
	expect_as_git(repo, "repo/a/b");
	expect_as_git(repo, "repo/a/.git");
	expect_as_git(repo, "linked");
	expect_as_git(repo, "linked/sub");
	expect_as_git(repo, "bare.git");
	expect_as_git(repo, "bare.git/refs/heads");
	expect_as_git(repo, "split");
	expect_as_git(repo, "split/sub");
	expect_as_git(repo, "repo/inner/x");
	expect_as_git(repo, "repo/mod");
	expect_as_git(repo, "alias");
	expect_as_git(repo, "repo/.git");
	expect_as_git(repo, "repo/.git/refs");
}

static void test_store_open__obeys_the_layout_settings(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "mkdir ../elsewhere; git commit -q --allow-empty -m 1\n"
		      "git worktree add -q ../linked");
	repo_sh(repo, "git config core.worktree ../../elsewhere");
	expect_as_git(repo, "repo");
	expect_as_git(repo, "linked");
	repo_sh(repo, "git config core.worktree \"$PWD\"");
	expect_as_git(repo, "repo");
	repo_sh(repo, "git config --unset core.worktree\n"
		      "git config core.bare true");
	expect_as_git(repo, "repo");
	expect_as_git(repo, "linked");
}

static void test_store_open__obeys_git_dir_and_work_tree(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "mkdir ../work ../work/sub; git init -q --bare ../bare");
	setenv("GIT_DIR", at(repo, "repo/.git"), 1);
	expect_as_git(repo, "work");
	setenv("GIT_WORK_TREE", at(repo, "work"), 1);
	expect_as_git(repo, "work");
	expect_as_git(repo, "work/sub");
	setenv("GIT_DIR", "../repo/.git", 1);
	setenv("GIT_WORK_TREE", ".", 1);
	expect_as_git(repo, "work");
	setenv("GIT_DIR", at(repo, "bare"), 1);
	unsetenv("GIT_WORK_TREE");
	expect_as_git(repo, "work");
	unsetenv("GIT_DIR");
	setenv("GIT_WORK_TREE", at(repo, "work"), 1);
	expect_as_git(repo, "repo");
	unsetenv("GIT_WORK_TREE");
	setenv("GIT_DIR", at(repo, "nowhere"), 1);
	expect_failure(repo->path, PV_ENOTFOUND, "nowhere");
	unsetenv("GIT_DIR");
	setenv("GIT_COMMON_DIR", at(repo, "bare"), 1);
	expect_failure(repo->path, PV_EUNSUPPORTED, "GIT_COMMON_DIR");
	unsetenv("GIT_COMMON_DIR");
}

static void test_store_open__stops_at_ceilings(void **state)
{
	struct repo *repo = *state;
	pv_store *store;
	pv_error err;

	repo_sh(repo, "mkdir -p a/b; ln -s a link");
	setenv("GIT_CEILING_DIRECTORIES", repo->path, 1);
	expect_failure(at(repo, "repo/a/b"), PV_ENOTFOUND, "repository");
	assert_int_equal(open_at(&store, repo->path, &err), PV_OK);
	pv_store_free(store);
	setenv("GIT_CEILING_DIRECTORIES", "relative:/nowhere", 1);
	assert_int_equal(open_at(&store, at(repo, "repo/a/b"), &err), PV_OK);
	pv_store_free(store);
	unsetenv("GIT_CEILING_DIRECTORIES");
}

static void test_store_open__says_that_there_is_no_repository(void **state)
{
	struct repo *repo = *state;
	pv_store *store;
	pv_error err;

	assert_int_equal(open_at(&store, repo->root, &err), PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_NOT_A_REPOSITORY);
	assert_true(err.hint[0]);
	expect_failure(at(repo, "missing"), PV_ENOTFOUND, "missing");
	repo_sh(repo, "mkdir ../x ../y; echo junk >../x/.git\n"
		      "echo 'gitdir: ../gone' >../y/.git");
	expect_failure(at(repo, "x"), PV_EINVALID, ".git");
	expect_failure(at(repo, "y"), PV_ENOTFOUND, "gone");
}

/* Runs a change of the configuration, expects a refusal, undoes it. */
static void expect_unsupported(struct repo *repo, const char *setting,
			       const char *words)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "cp .git/config ../config; git config %s", setting);
	repo_sh(repo, command);
	expect_failure(repo->path, PV_EUNSUPPORTED, words);
	repo_sh(repo, "cp ../config .git/config");
}

static void test_store_open__explains_formats_it_cannot_read(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "git init -q --object-format=sha256 ../sha256");
	expect_failure(at(repo, "sha256"), PV_EUNSUPPORTED, "sha256");
	repo_sh(repo, "git config core.repositoryFormatVersion 1");
	expect_unsupported(repo, "extensions.refStorage reftable", "reftable");
	expect_unsupported(repo, "extensions.futureThing true", "futurething");
	expect_unsupported(repo, "core.repositoryFormatVersion 2", "2");
	repo_sh(repo, "git config core.repositoryFormatVersion 0");
	expect_unsupported(repo, "extensions.objectFormat sha256", "sha256");
	repo_sh(repo, "git commit -q --allow-empty -m 1\n"
		      "ln -sf refs/heads/main .git/HEAD");
	expect_failure(repo->path, PV_EUNSUPPORTED, "HEAD is a symbolic link");
	repo_sh(repo, "git pack-refs --all --prune");
	expect_failure(repo->path, PV_EUNSUPPORTED, "HEAD is a symbolic link");
	repo_sh(repo, "git symbolic-ref HEAD \"$(git symbolic-ref HEAD)\"");
	repo_open(repo);
}

static void test_store_open__accepts_harmless_extensions(void **state)
{
	static const char *const settings[] = {
		"core.repositoryFormatVersion 1",
		"extensions.noop x",
		"extensions.objectFormat sha1",
		"extensions.refStorage files",
		"extensions.partialClone origin",
		"extensions.preciousObjects true",
		"extensions.worktreeConfig true",
	};
	struct repo *repo = *state;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		char command[256];

		snprintf(command, sizeof(command),
			 "git config -f .git/config %s", settings[i]);
		repo_sh(repo, command);
		repo_open(repo);
		pv_store_free(repo->store);
		repo->store = NULL;
	}
	repo_sh(repo, "git config -f .git/config "
		      "core.repositoryFormatVersion 0\n"
		      "git config -f .git/config extensions.unknown 1");
	repo_open(repo);
}

static void test_store_open__refuses_repositories_of_others(void **state)
{
	struct repo *repo = *state;
	struct repo bare = *repo;
	char setting[256];
	pv_error err;
	pv_store *store;

	if (geteuid() != 0)
		skip();
	repo_sh(repo, "git init -q --bare ../bare\n"
		      "chown -R 12345:12345 . ../bare; chmod 755 ..");
	expect_failure(repo->path, PV_EAUTH, "dubious ownership");
	assert_int_equal(open_at(&store, repo->path, &err), PV_EAUTH);
	snprintf(setting, sizeof(setting),
		 "git config --global --add safe.directory %s", repo->path);
	assert_string_equal(err.hint, setting);
	snprintf(bare.path, sizeof(bare.path), "%s/bare", repo->root);
	expect_failure(bare.path, PV_EAUTH, "dubious ownership");
	/* Named explicitly, it is meant. */
	setenv("GIT_DIR", bare.path, 1);
	repo_open(&bare);
	pv_store_free(bare.store);
	unsetenv("GIT_DIR");
	/* The repository's own word does not count. */
	repo_sh(repo, "git config -f .git/config safe.directory '*'");
	expect_failure(repo->path, PV_EAUTH, "dubious ownership");
	for (int i = 0; i < 6; i++) {
		static const char *const values[] = { "*",        "$PWD",
						      "~/repo",   "$PWD/",
						      "/nowhere", "" };
		static const int codes[] = { PV_OK, PV_OK,    PV_OK,
					     PV_OK, PV_EAUTH, PV_EAUTH };

		snprintf(setting, sizeof(setting),
			 "git config --file ~/.gitconfig --replace-all "
			 "safe.directory \"%s\"",
			 values[i]);
		if (strcmp(values[i], "~/repo") == 0)
			snprintf(setting, sizeof(setting),
				 "git config --file ~/.gitconfig --replace-all "
				 "safe.directory '~/repo'");
		repo_sh(repo, setting);
		assert_int_equal(open_at(&store, repo->path, &err), codes[i]);
		pv_store_free(store);
	}
	repo_sh(repo, "git config --file ~/.gitconfig --replace-all "
		      "safe.directory '*'; git config --file ~/.gitconfig "
		      "--add safe.directory ''");
	expect_failure(repo->path, PV_EAUTH, "dubious ownership");
}

static void test_store_open__obeys_safe_bare_repository(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "git init -q --bare ../bare\n"
		      "git config --global safe.bareRepository explicit");
	expect_failure(at(repo, "bare"), PV_EAUTH, "safe.bareRepository");
	repo_open(repo);
}

static void test_store_open__uses_the_index_it_is_told(void **state)
{
	static const pv_point index = { PV_AT_INDEX, { { 0 } } };
	struct repo *repo = *state;
	pv_buf out = { 0 };

	repo_sh(repo, "echo 1 >f; git add f; cp .git/index other\n"
		      "echo 2 >f; git add f");
	setenv("GIT_INDEX_FILE", "other", 1);
	repo_open(repo);
	unsetenv("GIT_INDEX_FILE");
	assert_int_equal(pv_store_read(&out, NULL, repo->store, &index, "f", NULL),
			 PV_OK);
	assert_string_equal(out.ptr, "1\n");
	pv_buf_dispose(&out);
}

/* As in a pre-receive hook: new objects lie apart, the old ones elsewhere. */
static void test_store_open__reads_a_quarantine(void **state)
{
	struct repo *repo = *state;
	pv_buf out = { 0 };
	pv_oid old, new;

	repo_sh(repo, "echo old | git hash-object -w --stdin");
	old = repo_oid(repo, "3367afdbbf91e638efe983616377c60477cc6612");
	repo_sh(repo, "mkdir ../q; GIT_OBJECT_DIRECTORY=$PWD/../q "
		      "GIT_ALTERNATE_OBJECT_DIRECTORIES=$PWD/.git/objects "
		      "sh -c 'echo new | git hash-object -w --stdin'");
	assert_int_equal(pv_store_hash(&new, "new\n", 4, NULL), PV_OK);
	setenv("GIT_OBJECT_DIRECTORY", at(repo, "q"), 1);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES",
	       at(repo, "repo/.git/objects"), 1);
	repo_open(repo);
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	assert_int_equal(pv_store_read_blob(&out, repo->store, &old, NULL),
			 PV_OK);
	assert_int_equal(pv_store_read_blob(&out, repo->store, &new, NULL),
			 PV_OK);
	assert_string_equal(out.ptr, "old\nnew\n");
	pv_buf_dispose(&out);
}

static void test_store_open__needs_no_environment(void **state)
{
	struct repo *repo = *state;
	pv_store_options opts = { .path = repo->path };
	pv_store *store;

	setenv("GIT_DIR", "/nowhere", 1);
	assert_int_equal(pv_store_open(&store, &opts, NULL), PV_OK);
	unsetenv("GIT_DIR");
	assert_string_equal(pv_store_work_dir(store), repo->path);
	pv_store_free(store);
	pv_store_free(NULL);
}

static void test_store_open__leaves_the_repository_as_it_was(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "echo 1 >f; git add f; git commit -qm 1\n"
		      "find .git -type f | xargs sha1sum >../before");
	repo_open(repo);
	pv_store_free(repo->store);
	repo->store = NULL;
	repo_sh(repo, "find .git -type f | xargs sha1sum >../after\n"
		      "cmp ../before ../after");
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_open__finds_every_layout),
		in_repo(test_store_open__obeys_the_layout_settings),
		in_repo(test_store_open__obeys_git_dir_and_work_tree),
		in_repo(test_store_open__stops_at_ceilings),
		in_repo(test_store_open__says_that_there_is_no_repository),
		in_repo(test_store_open__explains_formats_it_cannot_read),
		in_repo(test_store_open__accepts_harmless_extensions),
		in_repo(test_store_open__refuses_repositories_of_others),
		in_repo(test_store_open__obeys_safe_bare_repository),
		in_repo(test_store_open__uses_the_index_it_is_told),
		in_repo(test_store_open__reads_a_quarantine),
		in_repo(test_store_open__needs_no_environment),
		in_repo(test_store_open__leaves_the_repository_as_it_was),
	};

	return cmocka_run_group_tests_name("store open", tests, NULL, NULL);
}
