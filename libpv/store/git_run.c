/* SPDX-License-Identifier: MIT
 *
 * Runs git as a child process. Its three streams are pumped in one poll loop,
 * so neither side can block the other, and SIGPIPE is held back in the
 * calling thread only. The child sees the store's repository whatever the
 * caller's folder is: found repositories are found again from the top, named
 * ones (GIT_DIR) are named absolutely.
 */
#include <pv/git.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/config/config.h"

extern char **environ;

enum {
	CHUNK = 65536,
	SIGNAL_STATUS = 128
};

/* One stream between us and the child; -1 for an end that is closed. */
struct stream {
	int ours;
	int theirs;
	pv_buf *out; /* where to read to; NULL for standard input */
	const char *input;
	size_t left;
};

struct run {
	struct stream streams[3]; /* stdin, stdout, stderr */
	pv_strlist args;
	pv_strlist env;
	sigset_t mask; /* the thread's, before SIGPIPE was held back */
	pid_t pid;
	const pv_store *store; /* NULL: nobody cancels this */
	int is_stopped;        /* git was told to end */
};

/*
 * Variables that say which repository, or how the user means pathspecs: the
 * store knows better, and the pathspecs are its own.
 */
static const char *const local_names[] = { "GIT_DIR",
					   "GIT_WORK_TREE",
					   "GIT_INDEX_FILE",
					   "GIT_PREFIX",
					   "GIT_IMPLICIT_WORK_TREE",
					   "GIT_LITERAL_PATHSPECS",
					   "GIT_GLOB_PATHSPECS",
					   "GIT_NOGLOB_PATHSPECS",
					   "GIT_ICASE_PATHSPECS" };

static size_t name_length(const char *assignment)
{
	return strcspn(assignment, "=");
}

static int same_name(const char *a, const char *b)
{
	size_t len = name_length(a);

	return len == name_length(b) && strncmp(a, b, len) == 0;
}

/* Whether the inherited variable is replaced or dropped. */
static int is_replaced(const char *assignment, const pv_store *store,
		       const char *const *extra)
{
	for (; extra && *extra; extra++)
		if (same_name(assignment, *extra))
			return 1;
	for (size_t i = 0; store && i < pv_array_len(local_names); i++)
		if (same_name(assignment, local_names[i]))
			return 1;
	return 0;
}

static int add_setting(struct run *run, const char *name, const char *value,
		       pv_error *err)
{
	pv_buf text = { 0 };
	int rc;

	if (!value)
		return PV_OK;
	pv_buf_printf(&text, "%s=%s", name, value);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&run->env, text.ptr, err);
	pv_buf_dispose(&text);
	return rc;
}

/* For a repository that would not be found from its top. */
static int name_repository(struct run *run, const pv_store *store, pv_error *err)
{
	int rc = add_setting(run, "GIT_DIR", store->git_dir, err);

	if (rc == PV_OK && store->work_dir)
		rc = add_setting(run, "GIT_WORK_TREE", store->work_dir, err);
	else if (rc == PV_OK)
		rc = add_setting(run, "GIT_IMPLICIT_WORK_TREE", "0", err);
	return rc;
}

static int build_env(struct run *run, const pv_store *store,
		     const char *const *extra, pv_error *err)
{
	int rc = PV_OK;

	for (char **e = environ; rc == PV_OK && e && *e; e++)
		if (!is_replaced(*e, store, extra))
			rc = pv_strlist_add(&run->env, *e, err);
	if (rc == PV_OK && store && store->is_explicit)
		rc = name_repository(run, store, err);
	if (rc == PV_OK && store)
		rc = add_setting(run, "GIT_INDEX_FILE", store->index_file, err);
	for (; rc == PV_OK && extra && *extra; extra++)
		rc = pv_strlist_add(&run->env, *extra, err);
	return rc;
}

static int build_args(struct run *run, const char *dir, const char *const *args,
		      pv_error *err)
{
	int rc = pv_strlist_add(&run->args, "git", err);

	if (rc == PV_OK && dir) {
		rc = pv_strlist_add(&run->args, "-C", err);
		if (rc == PV_OK)
			rc = pv_strlist_add(&run->args, dir, err);
	}
	for (; rc == PV_OK && *args; args++)
		rc = pv_strlist_add(&run->args, *args, err);
	return rc;
}

/* The items with a NULL behind them, as exec wants them. */
static int terminate(pv_strlist *list, pv_error *err)
{
	if (pv_array_reserve(&list->items, &list->cap, list->count + 1,
			     sizeof(*list->items)) < 0)
		return pv_fail_nomem(err);
	list->items[list->count] = NULL;
	return PV_OK;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Away from 0, 1 and 2, which a caller may have closed. */
static void move_up(int *fd)
{
	int higher;

	if (*fd > STDERR_FILENO)
		return;
	higher = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(*fd);
	*fd = higher;
}

/* A pipe whose ends are not inherited by other children of the process. */
static int open_stream(struct stream *stream, int is_input, pv_error *err)
{
	int ends[2];

	if (pipe(ends) < 0)
		return pv_fail_errno(err, errno, "open", "a pipe");
	move_up(&ends[0]);
	move_up(&ends[1]);
	stream->ours = ends[is_input ? 1 : 0];
	stream->theirs = ends[is_input ? 0 : 1];
	if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(ends[1], F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(stream->ours, F_SETFL, O_NONBLOCK) < 0)
		return pv_fail_errno(err, errno, "set up", "a pipe");
	return PV_OK;
}

static int open_streams(struct run *run, pv_buf *out,
			const pv_git_options *opts, pv_error *err)
{
	int rc = PV_OK;

	if (opts->input && opts->input_len) {
		run->streams[0].input = opts->input;
		run->streams[0].left = opts->input_len;
		rc = open_stream(&run->streams[0], 1, err);
	}
	run->streams[1].out = out;
	if (rc == PV_OK && out)
		rc = open_stream(&run->streams[1], 0, err);
	run->streams[2].out = opts->errors;
	if (rc == PV_OK && opts->errors)
		rc = open_stream(&run->streams[2], 0, err);
	return rc;
}

static int set_actions(posix_spawn_file_actions_t *actions, const struct run *run)
{
	int rc = 0;

	if (run->streams[0].theirs < 0)
		rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
						      "/dev/null", O_RDONLY, 0);
	for (int fd = 0; rc == 0 && fd < 3; fd++)
		if (run->streams[fd].theirs >= 0)
			rc = posix_spawn_file_actions_adddup2(actions,
							      run->streams[fd].theirs,
							      fd);
	return rc;
}

/* The child starts with the caller's signal mask and SIGPIPE as usual. */
static int set_signals(posix_spawnattr_t *attr, const struct run *run)
{
	sigset_t defaults;
	int rc;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	rc = posix_spawnattr_setsigdefault(attr, &defaults);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attr, &run->mask);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attr,
					      POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETSIGMASK);
	return rc;
}

static int start(struct run *run, pv_error *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc;

	rc = posix_spawn_file_actions_init(&actions);
	if (rc)
		return pv_fail_errno(err, rc, "start", "git");
	rc = posix_spawnattr_init(&attr);
	if (rc == 0) {
		rc = set_actions(&actions, run);
		if (rc == 0)
			rc = set_signals(&attr, run);
		if (rc == 0)
			rc = posix_spawnp(&run->pid, "git", &actions, &attr,
					  run->args.items, run->env.items);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	if (rc == ENOMEM)
		return pv_fail_nomem(err);
	if (rc) {
		rc = pv_fail(err, PV_EGIT, "cannot start git");
		return pv_error_hint(err, rc, "is git installed, on PATH?");
	}
	for (int fd = 0; fd < 3; fd++)
		close_end(&run->streams[fd].theirs);
	return PV_OK;
}

/* After a write to a closed pipe: takes the signal that is held back. */
static void take_sigpipe(void)
{
	const struct timespec now = { 0 };
	sigset_t only;

	sigemptyset(&only);
	sigaddset(&only, SIGPIPE);
	while (sigtimedwait(&only, NULL, &now) < 0 && errno == EINTR)
		;
}

static void feed(struct stream *stream)
{
	ssize_t put = write(stream->ours, stream->input, stream->left);

	if (put >= 0) {
		stream->input += put;
		stream->left -= (size_t)put;
	} else if (errno != EAGAIN && errno != EINTR) {
		/* git stopped reading; its status tells whether it minds. */
		if (errno == EPIPE)
			take_sigpipe();
		stream->left = 0;
	}
	if (!stream->left)
		close_end(&stream->ours);
}

/* Reads what is there; a full buffer goes on being drained. */
static void drain(struct stream *stream)
{
	char chunk[CHUNK / 8];
	ssize_t got = read(stream->ours, chunk, sizeof(chunk));

	if (got > 0)
		pv_buf_put(stream->out, chunk, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		close_end(&stream->ours);
}

/*
 * After a signal: 1 when the caller wants no more. Git takes its hooks along
 * and its locks away; what a hook leaves running is not waited for.
 */
static int is_stopped(struct run *run, pv_error *err)
{
	if (!run->is_stopped && run->store &&
	    pv_store_check_canceled(run->store, err) < 0) {
		run->is_stopped = 1;
		kill(run->pid, SIGTERM);
	}
	return run->is_stopped;
}

static void pump(struct run *run, pv_error *err)
{
	for (;;) {
		struct pollfd fds[3];
		int open_count = 0;

		for (int i = 0; i < 3; i++) {
			fds[i].fd = run->streams[i].ours;
			fds[i].events = i == 0 ? POLLOUT : POLLIN;
			fds[i].revents = 0;
			open_count += fds[i].fd >= 0;
		}
		if (!open_count)
			return;
		if (poll(fds, 3, -1) < 0) {
			/* EINTR; nothing else can happen here */
			if (is_stopped(run, err))
				return;
			continue;
		}
		if (fds[0].revents)
			feed(&run->streams[0]);
		if (fds[1].revents)
			drain(&run->streams[1]);
		if (fds[2].revents)
			drain(&run->streams[2]);
	}
}

static int reap(int *status_out, struct run *run, pv_error *err)
{
	int status;

	while (waitpid(run->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return pv_fail_errno(err, errno, "wait for", "git");
		is_stopped(run, err);
	}
	if (run->is_stopped)
		return PV_ECANCELED;
	if (WIFSIGNALED(status))
		*status_out = SIGNAL_STATUS + WTERMSIG(status);
	else
		*status_out = WEXITSTATUS(status);
	return PV_OK;
}

static int execute(struct run *run, int *status_out, pv_error *err)
{
	sigset_t pipe_only;
	int rc;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	rc = pthread_sigmask(SIG_BLOCK, &pipe_only, &run->mask);
	if (rc)
		return pv_fail_errno(err, rc, "set up", "signals");
	rc = start(run, err);
	if (rc == PV_OK) {
		pump(run, err);
		rc = reap(status_out, run, err);
	}
	pthread_sigmask(SIG_SETMASK, &run->mask, NULL);
	return rc;
}

/* The folder a repository that was found is found from again. */
static const char *top_of(const pv_store *store)
{
	if (!store)
		return NULL;
	return store->work_dir ? store->work_dir : store->git_dir;
}

static int run_git(pv_buf *out, int *status_out, pv_store *store,
		   const char *const *args, const pv_git_options *opts,
		   pv_error *err)
{
	static const pv_git_options none;
	struct run run = { 0 };
	int rc;

	*status_out = -1;
	if (!opts)
		opts = &none;
	if (!opts->is_final)
		run.store = store;
	for (int i = 0; i < 3; i++)
		run.streams[i].ours = run.streams[i].theirs = -1;
	rc = build_args(&run, opts->dir ? opts->dir : top_of(store), args, err);
	if (rc == PV_OK)
		rc = build_env(&run, store, opts->env, err);
	if (rc == PV_OK)
		rc = terminate(&run.args, err);
	if (rc == PV_OK)
		rc = terminate(&run.env, err);
	if (rc == PV_OK)
		rc = open_streams(&run, out, opts, err);
	if (rc == PV_OK)
		rc = execute(&run, status_out, err);
	if (store)
		pv_config_renew(store);
	for (int i = 0; i < 3; i++) {
		close_end(&run.streams[i].ours);
		close_end(&run.streams[i].theirs);
	}
	pv_strlist_dispose(&run.args);
	pv_strlist_dispose(&run.env);
	if (rc == PV_OK && out)
		rc = pv_buf_status(out, err);
	if (rc == PV_OK && opts->errors)
		rc = pv_buf_status(opts->errors, err);
	return rc;
}

/* The command's name, behind options of git's own; never an argument. */
static const char *command_of(const char *const *args)
{
	for (; *args && **args == '-'; args++)
		if ((!strcmp(*args, "-c") || !strcmp(*args, "-C")) && args[1])
			args++;
	return *args ? *args : "git";
}

int pv_git_run(pv_buf *out, int *status_out, pv_store *store,
	       const char *const *args, const pv_git_options *opts, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "git", command_of(args),
			    run_git(out, status_out, store, args, opts, err));
}
