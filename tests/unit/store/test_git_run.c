/* SPDX-License-Identifier: MIT
 *
 * Running git: streams, statuses, environment, and nothing left behind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>

#include <pv/git.h>

#include "store/repo.h"

static int run(pv_buf *out, pv_buf *errors, pv_store *store, const char *input,
	       size_t len, const char *const *args)
{
	pv_git_options opts = { 0 };
	pv_error err;
	int status;

	pv_error_clear(&err);
	opts.input = input;
	opts.input_len = len;
	opts.errors = errors;
	if (pv_git_run(out, &status, store, args, &opts, &err) != PV_OK)
		fail_msg("%s", err.message);
	return status;
}

static void test_store_git_run__separates_the_streams(void **state)
{
	const char *const good[] = { "rev-parse", "--is-inside-work-tree", NULL };
	const char *const bad[] = { "no-such-command", NULL };
	struct repo *repo = *state;
	pv_buf out = { 0 };
	pv_buf errors = { 0 };

	repo_open(repo);
	assert_int_equal(run(&out, &errors, repo->store, NULL, 0, good), 0);
	assert_string_equal(out.ptr, "true\n");
	assert_int_equal(errors.len, 0);
	pv_buf_clear(&out);
	assert_int_equal(run(&out, &errors, repo->store, NULL, 0, bad), 1);
	assert_int_equal(out.len, 0);
	assert_non_null(strstr(errors.ptr, "no-such-command"));
	pv_buf_dispose(&out);
	pv_buf_dispose(&errors);
}

/* More than the pipes hold, in both directions at once. */
static void test_store_git_run__pumps_large_streams(void **state)
{
	enum {
		COUNT = 60000
	};
	const char *const args[] = { "-c", "alias.x=!cat", "x", NULL };
	struct repo *repo = *state;
	pv_buf input = { 0 };
	pv_buf out = { 0 };
	size_t lines = 0;

	for (int i = 0; i < COUNT; i++)
		pv_buf_printf(&input, "%040d\n", i);
	repo_open(repo);
	assert_int_equal(run(&out, NULL, repo->store, input.ptr, input.len, args),
			 0);
	for (size_t i = 0; i < out.len; i++)
		lines += out.ptr[i] == '\n';
	assert_int_equal(lines, COUNT);
	pv_buf_dispose(&input);
	pv_buf_dispose(&out);
}

static void test_store_git_run__survives_a_child_that_does_not_read(void **state)
{
	enum {
		SIZE = 4 << 20
	};
	const char *const args[] = { "rev-parse", "--git-dir", NULL };
	struct repo *repo = *state;
	char *input = calloc(1, SIZE);
	pv_buf out = { 0 };
	sigset_t pending;

	repo_open(repo);
	for (int i = 0; i < 10; i++)
		assert_int_equal(run(&out, NULL, repo->store, input, SIZE, args),
				 0);
	sigpending(&pending);
	assert_false(sigismember(&pending, SIGPIPE));
	free(input);
	pv_buf_dispose(&out);
}

static void test_store_git_run__gives_children_the_usual_signals(void **state)
{
	const char *const args[] = {
		"-c",
		"alias.x=!awk '/^Sig(Blk|Ign)/ { print substr($2, 13, 1) }' "
		"/proc/self/status",
		"x", NULL
	};
	struct repo *repo = *state;
	pv_buf out = { 0 };

	/* SIGPIPE is the lowest bit of the fourth digit from the right. */
	signal(SIGPIPE, SIG_IGN);
	repo_open(repo);
	assert_int_equal(run(&out, NULL, repo->store, NULL, 0, args), 0);
	assert_string_equal(out.ptr, "0\n0\n");
	signal(SIGPIPE, SIG_DFL);
	pv_buf_dispose(&out);
}

static void test_store_git_run__reports_signals_as_a_shell_does(void **state)
{
	const char *const args[] = { "-c", "alias.x=!kill -9 $PPID; sleep 0.2",
				     "x", NULL };
	struct repo *repo = *state;
	pv_buf errors = { 0 };

	repo_open(repo);
	assert_int_equal(run(NULL, &errors, repo->store, NULL, 0, args),
			 128 + SIGKILL);
	pv_buf_dispose(&errors);
}

static void test_store_git_run__takes_arguments_as_they_are(void **state)
{
	const char *const args[] = { "rev-parse", "--sq-quote", "$(touch x)",
				     "a b",       "'",          "",
				     "*",         NULL };
	struct repo *repo = *state;
	pv_buf out = { 0 };

	repo_open(repo);
	assert_int_equal(run(&out, NULL, repo->store, NULL, 0, args), 0);
	assert_string_equal(out.ptr, " '$(touch x)' 'a b' ''\\''' '' '*'\n");
	pv_buf_dispose(&out);
}

/* The store's repository is meant, wherever the caller stands. */
static void test_store_git_run__runs_in_the_stores_repository(void **state)
{
	const char *const args[] = { "rev-parse", "--absolute-git-dir",
				     "--show-toplevel", NULL };
	struct repo *repo = *state;
	pv_buf out = { 0 };
	char expected[256];

	repo_sh(repo, "mkdir sub ../work; git init -q ../other");
	snprintf(expected, sizeof(expected), "%s/.git\n%s\n", repo->path,
		 repo->path);
	repo_open(repo);
	setenv("GIT_DIR", "../other/.git", 1);
	setenv("GIT_WORK_TREE", "/", 1);
	assert_int_equal(run(&out, NULL, repo->store, NULL, 0, args), 0);
	assert_string_equal(out.ptr, expected);
	pv_store_free(repo->store);

	snprintf(expected, sizeof(expected), "%s/work", repo->root);
	assert_int_equal(chdir(expected), 0);
	setenv("GIT_DIR", "../repo/.git", 1);
	setenv("GIT_WORK_TREE", ".", 1);
	repo_open(repo);
	assert_int_equal(chdir("/"), 0);
	snprintf(expected, sizeof(expected), "%s/.git\n%s/work\n", repo->path,
		 repo->root);
	pv_buf_clear(&out);
	assert_int_equal(run(&out, NULL, repo->store, NULL, 0, args), 0);
	assert_string_equal(out.ptr, expected);
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	pv_buf_dispose(&out);
}

/* Where the working tree is not where the repository would be found from. */
static void test_store_git_run__finds_a_detached_working_tree(void **state)
{
	const char *const args[] = { "rev-parse", "--absolute-git-dir",
				     "--show-toplevel", NULL };
	const char *const bare[] = { "rev-parse", "--absolute-git-dir",
				     "--is-bare-repository", NULL };
	struct repo *repo = *state;
	pv_buf out = { 0 };
	char path[256], expected[512];

	repo_sh(repo, "mkdir ../work");
	snprintf(path, sizeof(path), "%s/work", repo->root);
	snprintf(expected, sizeof(expected), "%s/.git\n%s\n", repo->path, path);
	setenv("GIT_WORK_TREE", path, 1);
	repo_open(repo);
	unsetenv("GIT_WORK_TREE");
	assert_int_equal(run(&out, NULL, repo->store, NULL, 0, args), 0);
	assert_string_equal(out.ptr, expected);
	pv_store_free(repo->store);

	repo_sh(repo, "git config core.worktree ../../work");
	repo_open(repo);
	pv_buf_clear(&out);
	assert_int_equal(run(&out, NULL, repo->store, NULL, 0, args), 0);
	assert_string_equal(out.ptr, expected);
	pv_store_free(repo->store);

	repo_sh(repo, "git config --unset core.worktree; git config core.bare "
		      "true");
	snprintf(path, sizeof(path), "%s/.git", repo->path);
	snprintf(expected, sizeof(expected), "%s\ntrue\n", path);
	setenv("GIT_DIR", path, 1);
	repo_open(repo);
	unsetenv("GIT_DIR");
	pv_buf_clear(&out);
	assert_int_equal(run(&out, NULL, repo->store, NULL, 0, bare), 0);
	assert_string_equal(out.ptr, expected);
	pv_buf_dispose(&out);
}

static void test_store_git_run__hands_on_index_and_extra_variables(void **state)
{
	const char *const args[] = {
		"-c", "alias.x=!echo $GIT_INDEX_FILE $EXTRA $HOME", "x", NULL
	};
	const char *const env[] = { "EXTRA=more", "HOME=replaced", NULL };
	pv_git_options opts = { 0 };
	struct repo *repo = *state;
	pv_buf out = { 0 };
	char expected[256];
	int status;

	setenv("GIT_INDEX_FILE", "own-index", 1);
	setenv("EXTRA", "old", 1);
	repo_open(repo);
	opts.env = env;
	assert_int_equal(pv_git_run(&out, &status, repo->store, args, &opts, NULL),
			 PV_OK);
	unsetenv("GIT_INDEX_FILE");
	unsetenv("EXTRA");
	snprintf(expected, sizeof(expected), "%s/own-index more replaced\n",
		 repo->path);
	assert_string_equal(out.ptr, expected);
	pv_buf_dispose(&out);
}

static void test_store_git_run__needs_no_store(void **state)
{
	const char *const args[] = { "--version", NULL };
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(run(&out, NULL, NULL, NULL, 0, args), 0);
	assert_non_null(strstr(out.ptr, "git version"));
	pv_buf_dispose(&out);
}

static void test_store_git_run__says_that_git_is_missing(void **state)
{
	const char *const args[] = { "--version", NULL };
	char path[4096];
	pv_buf out = { 0 };
	pv_error err;
	int status;

	(void)state;
	snprintf(path, sizeof(path), "%s", getenv("PATH"));
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(pv_git_run(&out, &status, NULL, args, NULL, &err),
			 PV_EGIT);
	setenv("PATH", path, 1);
	assert_true(err.hint[0]);
}

static void test_store_git_run__drains_what_does_not_fit(void **state)
{
	const char *const args[] = { "-c", "alias.x=!cat", "x", NULL };
	struct repo *repo = *state;
	pv_buf input = { 0 };
	pv_buf out = { .max = 1000 };
	pv_git_options opts = { 0 };
	int status;

	for (int i = 0; i < 20000; i++)
		pv_buf_printf(&input, "%040d\n", i);
	repo_open(repo);
	opts.input = input.ptr;
	opts.input_len = input.len;
	assert_int_equal(pv_git_run(&out, &status, repo->store, args, &opts, NULL),
			 PV_ELIMIT);
	assert_int_equal(status, 0);
	pv_buf_dispose(&input);
	pv_buf_dispose(&out);
}

static int open_files(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_store_git_run__leaves_no_descriptor_open(void **state)
{
	const char *const args[] = { "-c", "alias.x=!ls /proc/self/fd | wc -l",
				     "x", NULL };
	struct repo *repo = *state;
	pv_buf out = { 0 };
	pv_buf errors = { 0 };
	char expected[16];
	int before;

	/* What is open before is not ours: a test may be run with more. */
	snprintf(expected, sizeof(expected), "%s\n",
		 repo_line(repo, "ls /proc/self/fd | wc -l"));
	repo_open(repo);
	before = open_files();
	for (int i = 0; i < 5; i++) {
		pv_buf_clear(&out);
		assert_int_equal(run(&out, &errors, repo->store, "x", 1, args),
				 0);
		assert_string_equal(out.ptr, expected);
	}
	assert_int_equal(open_files(), before);
	pv_buf_dispose(&out);
	pv_buf_dispose(&errors);
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_git_run__separates_the_streams),
		in_repo(test_store_git_run__pumps_large_streams),
		in_repo(test_store_git_run__survives_a_child_that_does_not_read),
		in_repo(test_store_git_run__gives_children_the_usual_signals),
		in_repo(test_store_git_run__reports_signals_as_a_shell_does),
		in_repo(test_store_git_run__takes_arguments_as_they_are),
		in_repo(test_store_git_run__runs_in_the_stores_repository),
		in_repo(test_store_git_run__finds_a_detached_working_tree),
		in_repo(test_store_git_run__hands_on_index_and_extra_variables),
		cmocka_unit_test(test_store_git_run__needs_no_store),
		cmocka_unit_test(test_store_git_run__says_that_git_is_missing),
		in_repo(test_store_git_run__drains_what_does_not_fit),
		in_repo(test_store_git_run__leaves_no_descriptor_open),
	};

	return cmocka_run_group_tests_name("store git_run", tests, NULL, NULL);
}
