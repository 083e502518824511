/* SPDX-License-Identifier: MIT
 *
 * A scratch repository for the store's tests: made by running git in a
 * temporary folder with an environment of its own, removed at the end.
 * Included once by each test program, so its functions are static.
 */
#ifndef PV_TESTS_STORE_REPO_H
#define PV_TESTS_STORE_REPO_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pv.h>

#include "scratch.h"

struct repo {
	char root[64]; /* the temporary folder, canonical */
	char path[96]; /* the repository in it */
	pv_store *store;
};

/* What the store sees as its environment: the process's own. */
static inline const char *repo_env(const char *name, void *payload)
{
	(void)payload;
	return getenv(name);
}

/* Runs a shell command in the repository; it has to succeed. */
static inline void repo_sh(const struct repo *repo, const char *command)
{
	char text[4096];
	int len = snprintf(text, sizeof(text),
			   "cd '%s' && { { %s\n} >'%s/log' 2>&1 || "
			   "{ cat '%s/log' >&2; false; }; }",
			   repo->path, command, repo->root, repo->root);

	assert_true(len > 0 && (size_t)len < sizeof(text));
	if (system(text) != 0)
		fail_msg("command failed: %s", command);
}

/* Appends what a shell command prints, without the last newline. */
static inline void repo_read(const struct repo *repo, pv_buf *out,
			     const char *command)
{
	char text[4096];
	char chunk[4096];
	size_t got;
	FILE *pipe;
	int len = snprintf(text, sizeof(text), "cd '%s' && { %s\n}", repo->path,
			   command);

	assert_true(len > 0 && (size_t)len < sizeof(text));
	pipe = popen(text, "r");
	assert_non_null(pipe);
	while ((got = fread(chunk, 1, sizeof(chunk), pipe)) > 0)
		pv_buf_put(out, chunk, got);
	pclose(pipe);
	if (out->len && out->ptr[out->len - 1] == '\n')
		pv_buf_truncate(out, out->len - 1);
}

/* The same as a string in a static buffer, for ids and short answers. */
static inline const char *repo_line(const struct repo *repo, const char *command)
{
	static char line[512];
	pv_buf out = { 0 };

	repo_read(repo, &out, command);
	snprintf(line, sizeof(line), "%s", pv_buf_text(&out));
	pv_buf_dispose(&out);
	return line;
}

static inline pv_oid repo_oid(const struct repo *repo, const char *rev)
{
	pv_oid oid = { { 0 } };
	char command[256];

	snprintf(command, sizeof(command), "git rev-parse '%s'", rev);
	snprintf(oid.hex, sizeof(oid.hex), "%.40s", repo_line(repo, command));
	return oid;
}

/* Forgets whatever the caller's environment says about git. */
static inline void repo_isolate(const char *home)
{
	static const char *const names[] = { "GIT_DIR",
					     "GIT_WORK_TREE",
					     "GIT_INDEX_FILE",
					     "GIT_OBJECT_DIRECTORY",
					     "GIT_ALTERNATE_OBJECT_DIRECTORIES",
					     "GIT_COMMON_DIR",
					     "GIT_CONFIG_PARAMETERS",
					     "GIT_CONFIG_COUNT",
					     "GIT_CONFIG_GLOBAL",
					     "GIT_CONFIG_SYSTEM",
					     "XDG_CONFIG_HOME",
					     "GIT_PREFIX",
					     "GIT_CEILING_DIRECTORIES",
					     "SUDO_UID",
					     "GIT_EXEC_PATH" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
	setenv("HOME", home, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "Ada Author", 1);
	setenv("GIT_AUTHOR_EMAIL", "ada@example.com", 1);
	setenv("GIT_AUTHOR_DATE", "1750000000 +0200", 1);
	setenv("GIT_COMMITTER_NAME", "Cay Committer", 1);
	setenv("GIT_COMMITTER_EMAIL", "cay@example.com", 1);
	setenv("GIT_COMMITTER_DATE", "1750000060 +0200", 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "UTC", 1);
}

/* A fresh folder with an empty `repo` in it, main as its branch. */
static inline void repo_init(struct repo *repo)
{
	char root[sizeof(repo->root)];

	memset(repo, 0, sizeof(*repo));
	scratch_path(root, sizeof(root), "pv-store-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(repo->root, sizeof(repo->root), "%s", root);
	snprintf(repo->path, sizeof(repo->path), "%s", root);
	repo_isolate(root);
	repo_sh(repo, "git init -q -b main repo");
	snprintf(repo->path, sizeof(repo->path), "%s/repo", root);
}

static inline void repo_open(struct repo *repo)
{
	pv_store_options opts = { .path = repo->path, .env = repo_env };
	pv_error err;

	pv_error_clear(&err);
	if (pv_store_open(&repo->store, &opts, &err) != PV_OK)
		fail_msg("cannot open %s: %s", repo->path, err.message);
}

/* The configuration is read when a store is opened. */
static inline void repo_reopen(struct repo *repo)
{
	pv_store_free(repo->store);
	repo_open(repo);
}

static inline void repo_dispose(struct repo *repo)
{
	char command[160];

	pv_store_free(repo->store);
	repo->store = NULL;
	snprintf(command, sizeof(command), "chmod -R u+rwX '%s'; rm -rf '%s'",
		 repo->root, repo->root);
	assert_int_equal(system(command), 0);
}

static inline int repo_setup(void **state)
{
	struct repo *repo = calloc(1, sizeof(*repo));

	assert_non_null(repo);
	repo_init(repo);
	*state = repo;
	return 0;
}

static inline int repo_teardown(void **state)
{
	repo_dispose(*state);
	free(*state);
	return 0;
}

#endif
