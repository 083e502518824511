/* SPDX-License-Identifier: MIT
 *
 * Commits of paths and of the index: each case is played twice from the same
 * start, once by the library and once by git in a twin repository, and must
 * end in the same commit, the same status and a clean fsck.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

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

static void make_twin(const struct repo *repo, struct repo *twin)
{
	*twin = *repo;
	twin->store = NULL;
	snprintf(twin->path, sizeof(twin->path), "%s/twin", repo->root);
	repo_sh(repo, "rm -rf ../twin && cp -a . ../twin");
	/* The copies have new inodes: settle that before anybody measures. */
	repo_sh(twin, "git update-index -q --refresh || true");
}

static void expect_same(const struct repo *repo, const struct repo *twin,
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
static void expect_sound(const struct repo *repo)
{
	repo_sh(repo, "git fsck --strict --no-dangling --no-progress "
		      "2>&1 | grep -v '^notice:' >fsck.out; "
		      "! test -s fsck.out && rm fsck.out");
	repo_sh(repo, "test -z \"$(find .git -name '*.lock')\"");
}

static int commit_words(pv_oid *oid, struct repo *repo, const struct play *play,
			pv_error *err)
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

static void commit(struct repo *repo, const struct play *play, pv_oid *oid)
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
	"git log --all --format='%H %T %P'",
	"git cat-file -p HEAD 2>&1",
	"git ls-tree -r HEAD 2>&1",
	"git ls-files -s",
	"git status --porcelain",
	"git reflog --format='%gd %gs'",
	"cat .git/logs/HEAD 2>/dev/null",
	"cat .git/COMMIT_EDITMSG 2>/dev/null",
	"ls .git | grep -v -e fsck.out -e ORIG_HEAD",
};

static void play_both(struct repo *repo, const struct play *play)
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

static void play_all(struct repo *repo, const struct play *plays, size_t count)
{
	for (size_t i = 0; i < count; i++)
		play_both(repo, &plays[i]);
}

#define BASE                                                 \
 "mkdir -p d/e && echo 1 >a && echo 2 >b && echo 3 >d/c && " \
 "echo 4 >d/e/f && git add . && git commit -qm base && "

static const struct play content_plays[] = {
	{ "the first commit leaves what else is staged",
	  "echo one >a; echo two >b; git add b",
	  "git add -N a && git commit -qm first --only -- a",
	  "a",
	  { .message = "first" },
	  PV_OK,
	  NULL },
	{ "a change; another stays staged, a third unstaged",
	  BASE "echo x >a; echo y >b; git add b; echo z >d/c",
	  "git commit -qm change --only -- a",
	  "a",
	  { .message = "change" },
	  PV_OK,
	  NULL },
	{ "a removed file, and a folder that empties",
	  BASE "rm -r a d/e",
	  "git commit -qm gone --only -- a d/e/f",
	  "a d/e/f",
	  { .message = "gone" },
	  PV_OK,
	  NULL },
	{ "a removal that is staged already",
	  BASE "git rm -q a; echo y >b",
	  "git commit -qm gone --only -- a",
	  "a",
	  { .message = "gone" },
	  PV_OK,
	  NULL },
	{ "new files deep down, given twice and out of order",
	  BASE "mkdir -p x/y/z; echo 1 >x/y/z/1; echo 2 >x/2; echo 3 >x-1",
	  "git add -N x/y/z/1 x-1 && git commit -qm new --only -- x/y/z/1 x-1",
	  "x-1 x/y/z/1 x-1",
	  { .message = "new" },
	  PV_OK,
	  NULL },
	{ "the execute bit and a link",
	  BASE "chmod +x a; rm b; ln -s a b",
	  "git commit -qm modes --only -- a b",
	  "a b",
	  { .message = "modes" },
	  PV_OK,
	  NULL },
	{ "a file becomes a folder",
	  BASE "rm a; mkdir a; echo in >a/in",
	  "git add -A a && git commit -qm turn",
	  "a a/in",
	  { .message = "turn" },
	  PV_OK,
	  NULL },
	{ "a folder becomes a file",
	  BASE "rm -r d; echo flat >d",
	  "git add d; git commit -qm turn --only -- d",
	  "d d/c d/e/f",
	  { .message = "turn" },
	  PV_OK,
	  NULL },
	{ "an empty file",
	  BASE ": >a; : >n",
	  "git add -N n; git commit -qm nil --only -- a n",
	  "a n",
	  { .message = "nil" },
	  PV_OK,
	  NULL },
	{ "a path that is only intended",
	  BASE "echo n >n; git add -N n",
	  "git commit -qm n --only -- n",
	  "n",
	  { .message = "n" },
	  PV_OK,
	  NULL },
	{ "a change that is fully staged",
	  BASE "echo x >a; git add a",
	  "git commit -qm s --only -- a",
	  "a",
	  { .message = "s" },
	  PV_OK,
	  NULL },
	{ "nothing changed, allowed",
	  BASE ":",
	  "git commit -qm same --allow-empty --only -- a",
	  "a",
	  { .message = "same", .allow_empty = 1 },
	  PV_OK,
	  NULL },
	{ "a detached head",
	  BASE "git checkout -q --detach; echo x >a",
	  "git commit -qm off --only -- a",
	  "a",
	  { .message = "off" },
	  PV_OK,
	  NULL },
	{ "a branch that is not born",
	  BASE "git checkout -q --orphan new; git rm -qr --cached .",
	  "git add -N a; git commit -qm root --only -- a",
	  "a",
	  { .message = "root" },
	  PV_OK,
	  NULL },
	{ "packed refs and an odd branch name",
	  BASE "git checkout -qb feat/x.y; git pack-refs --all; echo x >a",
	  "git commit -qm packed --only -- a",
	  "a",
	  { .message = "packed" },
	  PV_OK,
	  NULL },
	{ "an index of version 4",
	  BASE "git update-index --index-version 4; echo x >a",
	  "git commit -qm v4 --only -- a",
	  "a",
	  { .message = "v4" },
	  PV_OK,
	  NULL },
	{ "files without the execute bit's meaning",
	  BASE "git config core.fileMode false; chmod +x a; echo x >a",
	  "git commit -qm mode --only -- a",
	  "a",
	  { .message = "mode" },
	  PV_OK,
	  NULL },
};

static const struct play filter_plays[] = {
	{ "text files with CRLF",
	  "printf '*.t text\\n*.b -text\\n' >.gitattributes; "
	  "printf 'a\\r\\nb\\r\\n' | tee x.t >x.b; git add .gitattributes",
	  "git add -N x.t x.b; git commit -qm eol --only -- x.t x.b "
	  "2>/dev/null",
	  "x.t x.b",
	  { .message = "eol" },
	  PV_OK,
	  NULL },
	{ "autocrlf keeps CRLF that is in the index",
	  "printf 'a\\r\\n' >x; git add x; git commit -qm x; "
	  "git config core.autocrlf true; printf 'a\\r\\nb\\r\\n' | tee y >x",
	  "git add -N y; git commit -qm crlf --only -- x y 2>/dev/null",
	  "x y",
	  { .message = "crlf" },
	  PV_OK,
	  NULL },
	{ "a filter program",
	  "git config filter.up.clean 'tr a-z A-Z'; "
	  "git config filter.up.smudge 'tr A-Z a-z'; "
	  "echo '*.up filter=up' >.gitattributes; echo low >x.up",
	  "git add -N x.up .gitattributes; "
	  "git commit -qm up --only -- x.up .gitattributes",
	  "x.up .gitattributes",
	  { .message = "up" },
	  PV_OK,
	  NULL },
	{ "another encoding",
	  "echo '*.u working-tree-encoding=UTF-16LE' >.gitattributes; "
	  "printf 'h\\0i\\0' >x.u; git add .gitattributes",
	  "git add -N x.u; git commit -qm enc --only -- x.u",
	  "x.u",
	  { .message = "enc" },
	  PV_OK,
	  NULL },
	{ "an id that expands",
	  "echo '*.i ident' >.gitattributes; echo '$Id: old$' >x.i; "
	  "git add .gitattributes",
	  "git add -N x.i; git commit -qm id --only -- x.i",
	  "x.i",
	  { .message = "id" },
	  PV_OK,
	  NULL },
};

static const struct play message_plays[] = {
	{ "blanks and blank lines",
	  BASE "echo x >a",
	  "git commit -q --only -m \"$(printf '\\n \\n subject  \\t\\n\\n\\n\\n"
	  "body\\r\\n\\n')\" -- a",
	  "a",
	  { .message = "\n \n subject  \t\n\n\n\nbody\r\n\n" },
	  PV_OK,
	  NULL },
	{ "comment lines stay with -m",
	  BASE "echo x >a",
	  "git commit -q --only -m '# not a comment' -- a",
	  "a",
	  { .message = "# not a comment" },
	  PV_OK,
	  NULL },
	{ "form feeds and vertical tabs stay",
	  BASE "echo x >a",
	  "git commit -q --only -m \"$(printf 'a\\fz\\nb\\v')\" -- a",
	  "a",
	  { .message = "a\fz\nb\v" },
	  PV_OK,
	  NULL },
	{ "an edited message loses its comments",
	  BASE "echo x >a",
	  "git commit -q --only --cleanup=strip -m \"$(printf "
	  "'one\\n# two\\nthree')\" -- a",
	  "a",
	  { .message = "one\n# two\nthree", .edited = 1 },
	  PV_OK,
	  NULL },
	{ "another comment character",
	  BASE "git config core.commentChar ';'; echo x >a",
	  "git commit -q --only --cleanup=strip -m \"$(printf "
	  "'# one\\n; two')\" -- a",
	  "a",
	  { .message = "# one\n; two", .edited = 1 },
	  PV_OK,
	  NULL },
	{ "commit.cleanup=strip",
	  BASE "git config commit.cleanup strip; echo x >a",
	  "git commit -q --only -m \"$(printf '# a\\nb')\" -- a",
	  "a",
	  { .message = "# a\nb" },
	  PV_OK,
	  NULL },
	{ "commit.cleanup=verbatim",
	  BASE "git config commit.cleanup verbatim; echo x >a",
	  "printf ' a \\n\\n\\nb' | git commit -q --only -F - -- a",
	  "a",
	  { .message = " a \n\n\nb" },
	  PV_OK,
	  NULL },
	{ "a message kept as it is",
	  BASE "echo x >a",
	  "printf '\\n a \\n\\n\\nb' | git commit -q --only --cleanup=verbatim "
	  "-F - -- a",
	  "a",
	  { .message = "\n a \n\n\nb", .keep_message = 1 },
	  PV_OK,
	  NULL },
	{ "bytes that are not UTF-8 are taken for Latin-1",
	  BASE "echo x >a",
	  "git commit -q --only -m \"$(printf 'caf\\351 \\355\\240\\200 "
	  "\\357\\277\\276')\" -- a 2>/dev/null",
	  "a",
	  { .message = "caf\351 \355\240\200 \357\277\276" },
	  PV_OK,
	  NULL },
	{ "another commit encoding",
	  BASE "git config i18n.commitEncoding ISO-8859-1; echo x >a",
	  "git commit -q --only -m \"$(printf 'caf\\351')\" -- a",
	  "a",
	  { .message = "caf\351" },
	  PV_OK,
	  NULL },
	{ "UTF-8 spelled otherwise",
	  BASE "git config i18n.commitEncoding UTF8; echo x >a",
	  "git commit -q --only -m \"$(printf 'caf\\303\\251')\" -- a",
	  "a",
	  { .message = "caf\303\251" },
	  PV_OK,
	  NULL },
	{ "an empty message",
	  BASE "echo x >a",
	  NULL,
	  "a",
	  { .message = " \n\n" },
	  PV_EINVALID,
	  "empty" },
	{ "nothing but sign-offs",
	  BASE "echo x >a",
	  NULL,
	  "a",
	  { .message = "Signed-off-by: A <a@x>\n" },
	  PV_EINVALID,
	  "empty" },
	{ "a cleanup mode that git lacks",
	  BASE "git config commit.cleanup tidy; echo x >a",
	  NULL,
	  "a",
	  { .message = "m" },
	  PV_EINVALID,
	  "tidy" },
};

static const struct play identity_plays[] = {
	{ "another author and date",
	  BASE "echo x >a",
	  "git commit -q --only -m m --author='  New, <n@x>' "
	  "--date='2001-02-03T04:05:06 +0700' -- a",
	  "a",
	  { .message = "m",
	    .author = "  New, <n@x>",
	    .date = "2001-02-03T04:05:06 +0700" },
	  PV_OK,
	  NULL },
	{ "a date in words",
	  BASE "echo x >a",
	  "git commit -q --only -m m --date='May 5 2020 noon' -- a",
	  "a",
	  { .message = "m", .date = "May 5 2020 noon" },
	  PV_OK,
	  NULL },
	{ "a raw date",
	  BASE "echo x >a",
	  "git commit -q --only -m m --date='@12 -0130' -- a",
	  "a",
	  { .message = "m", .date = "@12 -0130" },
	  PV_OK,
	  NULL },
	{ "no date at all",
	  BASE "echo x >a",
	  NULL,
	  "a",
	  { .message = "m", .date = "bananas" },
	  PV_EINVALID,
	  "bananas" },
	{ "no author at all",
	  BASE "echo x >a",
	  NULL,
	  "a",
	  { .message = "m", .author = "bananas" },
	  PV_EINVALID,
	  "bananas" },
};

static const struct play staged_plays[] = {
	{ "what is staged, and no more",
	  BASE "echo x >a; git add a; echo y >a; echo z >b; echo n >n; "
	       "git rm -q --cached d/c; mkdir -p q/r; echo q >q/r/s; git add q",
	  "git commit -qm staged",
	  NULL,
	  { .message = "staged" },
	  PV_OK,
	  NULL },
	{ "intended files are left out",
	  BASE "echo n >n; git add -N n; echo x >a; git add a",
	  "git commit -qm staged",
	  NULL,
	  { .message = "staged" },
	  PV_OK,
	  NULL },
	{ "the first commit from the index",
	  "echo 1 >a; git add a",
	  "git commit -qm one",
	  NULL,
	  { .message = "one" },
	  PV_OK,
	  NULL },
	{ "modes and a submodule",
	  BASE "git update-index --chmod=+x a; git update-index --add "
	       "--cacheinfo 160000,$(git rev-parse HEAD),sub",
	  "git commit -qm modes",
	  NULL,
	  { .message = "modes" },
	  PV_OK,
	  NULL },
	{ "nothing is staged",
	  BASE "echo x >a",
	  NULL,
	  NULL,
	  { .message = "m" },
	  PV_ENOTFOUND,
	  "nothing" },
	{ "an unmerged file",
	  BASE "printf '100644 %s 1\\ta\\n100644 %s 2\\ta\\n' "
	       "$(git rev-parse HEAD:a) $(git rev-parse HEAD:b) | "
	       "{ git rm -q --cached a; git update-index --index-info; }",
	  NULL,
	  NULL,
	  { .message = "m" },
	  PV_ECONFLICT,
	  "unmerged" },
};

static const struct play refused_plays[] = {
	{ "a partly staged file",
	  BASE "echo x >a; git add a; echo y >a",
	  NULL,
	  "a b",
	  { .message = "m" },
	  PV_EINVALID,
	  "partly staged" },
	{ "nothing changed",
	  BASE ":",
	  NULL,
	  "a b",
	  { .message = "m" },
	  PV_ENOTFOUND,
	  "nothing" },
	{ "a path that is nowhere",
	  BASE "echo x >a",
	  NULL,
	  "a nowhere",
	  { .message = "m" },
	  PV_ENOTFOUND,
	  "nowhere" },
	{ "a path outside",
	  BASE "echo x >a",
	  NULL,
	  "a ../b",
	  { .message = "m" },
	  PV_EINVALID,
	  "../b" },
	{ "git's own folder",
	  BASE "echo x >a",
	  NULL,
	  "a .GIT/config",
	  { .message = "m" },
	  PV_EINVALID,
	  ".GIT/config" },
	{ "beyond a link",
	  BASE "ln -s d l; echo x >a",
	  NULL,
	  "a l/c",
	  { .message = "m" },
	  PV_EINVALID,
	  "symbolic link" },
	{ "a submodule",
	  BASE "git update-index --add --cacheinfo 160000,$(git rev-parse "
	       "HEAD),sub; echo x >a",
	  NULL,
	  "a sub",
	  { .message = "m" },
	  PV_EINVALID,
	  "submodule" },
	{ "an unmerged file outside of a merge",
	  BASE "printf '100644 %s 1\\ta\\n100644 %s 2\\ta\\n' "
	       "$(git rev-parse HEAD:a) $(git rev-parse HEAD:b) | "
	       "{ git rm -q --cached a; git update-index --index-info; }; "
	       "echo x >b",
	  NULL,
	  "a b",
	  { .message = "m" },
	  PV_ECONFLICT,
	  "unmerged" },
};

static void test_store_commit__contents_as_git_makes_them(void **state)
{
	play_all(*state, content_plays,
		 sizeof(content_plays) / sizeof(*content_plays));
}

static void test_store_commit__filters_as_git_does(void **state)
{
	play_all(*state, filter_plays,
		 sizeof(filter_plays) / sizeof(*filter_plays));
}

static void test_store_commit__messages_as_git_makes_them(void **state)
{
	play_all(*state, message_plays,
		 sizeof(message_plays) / sizeof(*message_plays));
}

static void test_store_commit__people_and_dates_as_git_reads_them(void **state)
{
	play_all(*state, identity_plays,
		 sizeof(identity_plays) / sizeof(*identity_plays));
}

static void test_store_commit__what_is_staged(void **state)
{
	play_all(*state, staged_plays,
		 sizeof(staged_plays) / sizeof(*staged_plays));
}

static void test_store_commit__refusals_change_nothing(void **state)
{
	play_all(*state, refused_plays,
		 sizeof(refused_plays) / sizeof(*refused_plays));
}

#define TEST(name)                                                      \
 cmocka_unit_test_setup_teardown(test_store_commit__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contents_as_git_makes_them),
		TEST(filters_as_git_does),
		TEST(messages_as_git_makes_them),
		TEST(people_and_dates_as_git_reads_them),
		TEST(what_is_staged),
		TEST(refusals_change_nothing),
	};

	return cmocka_run_group_tests_name("store commit", tests, NULL, NULL);
}
