/* SPDX-License-Identifier: MIT
 *
 * Plays: a commit made twice from the same start, once by the library and
 * once by git in a twin repository. Both must end alike in everything git
 * shows, with sound objects and no lock left. Included once by each test
 * program, so its functions are static.
 */
#ifndef PV_TESTS_STORE_PLAY_H
#define PV_TESTS_STORE_PLAY_H

#include "store/repo.h"

/* What to commit, in both repositories. */
struct play {
	const char *name;
	const char *setup; /* shell, in both */
	const char *git;   /* shell, in the twin; NULL: the library refuses */
	const char *paths; /* separated by blanks; NULL: what is staged */
	pv_commit_options opts;
	int expected;        /* of the library */
	const char *message; /* part of the error */
};

enum {
	MAX_PATHS = 8
};

static inline void make_twin(const struct repo *repo, struct repo *twin)
{
	*twin = *repo;
	twin->store = NULL;
	snprintf(twin->path, sizeof(twin->path), "%s/twin", repo->root);
	repo_sh(repo, "rm -rf ../twin && cp -a . ../twin");
	/* The copies have new inodes: settle that before anybody measures. */
	repo_sh(twin, "git update-index -q --refresh || true");
}

static inline void expect_same(const struct repo *repo, const struct repo *twin,
			       const char *command)
{
	pv_buf ours = { 0 };
	pv_buf theirs = { 0 };

	repo_read(repo, &ours, command);
	repo_read(twin, &theirs, command);
	assert_string_equal(pv_buf_text(&ours), pv_buf_text(&theirs));
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
}

/* Objects are sound, no lock is left, git sees what it expects. */
static inline void expect_sound(const struct repo *repo)
{
	repo_sh(repo, "git fsck --strict --no-dangling --no-progress "
		      "2>&1 | grep -v '^notice:' >fsck.out; "
		      "! test -s fsck.out && rm fsck.out");
	repo_sh(repo, "test -z \"$(find .git -name '*.lock')\"");
}

static inline int commit_words(pv_oid *oid, struct repo *repo,
			       const struct play *play, pv_error *err)
{
	const char *paths[MAX_PATHS];
	char words[256];
	char *rest = words;
	size_t count = 0;

	snprintf(words, sizeof(words), "%s", play->paths);
	while (*rest) {
		size_t len = strcspn(rest, " ");

		assert_true(count < MAX_PATHS);
		paths[count++] = rest;
		rest += len;
		if (*rest)
			*rest++ = '\0';
	}
	return pv_store_commit_paths(oid, repo->store, paths, count,
				     &play->opts, err);
}

static inline void commit(struct repo *repo, const struct play *play, pv_oid *oid)
{
	pv_error err;
	int rc;

	pv_error_clear(&err);
	repo_open(repo);
	if (play->paths)
		rc = commit_words(oid, repo, play, &err);
	else
		rc = pv_store_commit_staged(oid, repo->store, &play->opts, &err);
	pv_store_free(repo->store);
	repo->store = NULL;
	if (rc != play->expected)
		fail_msg("%s: result %d: %s", play->name, rc, err.message);
	if (play->message && !strstr(err.message, play->message))
		fail_msg("%s: the error is \"%s\"", play->name, err.message);
}

/* Everything that git shows of a repository. */
static const char *const views[] = {
	"git for-each-ref; cat .git/HEAD; git log --all --format='%H %T %P'",
	"git cat-file -p HEAD 2>&1",
	"git ls-tree -r HEAD 2>&1",
	"git ls-files -s",
	"git status --porcelain",
	"git reflog --format='%gd %gs'",
	"cat .git/logs/HEAD 2>/dev/null",
	"cat .git/COMMIT_EDITMSG .git/seen 2>/dev/null",
	"ls .git | grep -v -e fsck.out -e ORIG_HEAD -e ^pv$; ls .git/pv 2>&1 | "
	"grep -v No.such; true",
};

static inline void play_both(struct repo *repo, const struct play *play)
{
	struct repo twin;
	pv_oid oid = { "" };

	print_message("  %s\n", play->name);
	repo_sh(repo, "rm -rf .git * .gitattributes && git init -q -b main . &&"
		      " git config core.abbrev 40");
	repo_sh(repo, play->setup);
	make_twin(repo, &twin);
	commit(repo, play, &oid);
	if (play->git)
		repo_sh(&twin, play->git);
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
		if (play->git || i < 7)
			expect_same(repo, &twin, views[i]);
	expect_sound(repo);
	if (play->expected == PV_OK)
		assert_string_equal(oid.hex,
				    repo_line(repo, "git rev-parse HEAD"));
}

static inline void play_all(struct repo *repo, const struct play *plays,
			    size_t count)
{
	for (size_t i = 0; i < count; i++)
		play_both(repo, &plays[i]);
}

/* How a setup mostly starts: a few files, committed. */
#define PLAY_BASE                                            \
 "mkdir -p d/e && echo 1 >a && echo 2 >b && echo 3 >d/c && " \
 "echo 4 >d/e/f && git add . && git commit -qm base && "

#endif
