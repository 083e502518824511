/* SPDX-License-Identifier: MIT
 *
 * Reading files at a commit, in the index and in the working tree: ids are
 * those of git, and no path leads out of the repository.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

static const pv_point at_index = { PV_AT_INDEX, { { 0 } } };
static const pv_point at_work = { PV_AT_WORKTREE, { { 0 } } };

static pv_point at_rev(const struct repo *repo, const char *rev)
{
	pv_point at = { PV_AT_COMMIT, { { 0 } } };

	at.commit = repo_oid(repo, rev);
	return at;
}

static void expect_text(struct repo *repo, const pv_point *at, const char *path,
			const char *text)
{
	pv_buf out = { 0 };
	pv_oid blob, found, hashed;
	pv_error err;

	pv_error_clear(&err);
	if (pv_store_read(&out, &blob, repo->store, at, path, &err) != PV_OK)
		fail_msg("%s: %s", path, err.message);
	assert_string_equal(pv_buf_text(&out), text);
	assert_int_equal(pv_store_hash(&hashed, out.ptr, out.len, &err), PV_OK);
	assert_string_equal(blob.hex, hashed.hex);
	assert_int_equal(pv_store_find(&found, repo->store, at, path, &err),
			 PV_OK);
	assert_string_equal(blob.hex, found.hex);
	pv_buf_dispose(&out);
}

static void expect_code(struct repo *repo, const pv_point *at, const char *path,
			int code)
{
	pv_buf out = { 0 };
	pv_oid blob;
	pv_error err;
	int rc;

	pv_error_clear(&err);
	rc = pv_store_read(&out, &blob, repo->store, at, path, &err);
	if (rc != code)
		fail_msg("reading \"%s\" gives %d (%s)", path, rc, err.message);
	assert_int_equal(err.code, code);
	assert_int_equal(out.len, 0);
	rc = pv_store_find(&blob, repo->store, at, path, &err);
	if (rc != code)
		fail_msg("finding \"%s\" gives %d (%s)", path, rc, err.message);
	pv_buf_dispose(&out);
}

static void test_store_read__keeps_the_three_points_apart(void **state)
{
	struct repo *repo = *state;
	pv_point head;

	repo_sh(repo, "mkdir -p a/b; echo 1 >a/b/f; git add .\n"
		      "git commit -qm one; echo 2 >a/b/f; git add .\n"
		      "echo 3 >a/b/f; echo new >n");
	repo_open(repo);
	head = at_rev(repo, "HEAD");
	expect_text(repo, &head, "a/b/f", "1\n");
	expect_text(repo, &at_index, "a/b/f", "2\n");
	expect_text(repo, &at_work, "a/b/f", "3\n");
	expect_text(repo, &at_work, "n", "new\n");
	expect_code(repo, &head, "n", PV_ENOTFOUND);
	expect_code(repo, &at_index, "n", PV_ENOTFOUND);
}

static void test_store_read__sees_changes_of_other_programs(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "echo 1 >f; git add f");
	repo_open(repo);
	expect_text(repo, &at_index, "f", "1\n");
	repo_sh(repo, "echo 22 >f; git add f");
	expect_text(repo, &at_index, "f", "22\n");
	repo_sh(repo, "git rm -qf f");
	expect_code(repo, &at_index, "f", PV_ENOTFOUND);
	expect_code(repo, &at_work, "f", PV_ENOTFOUND);
}

/* The stat data alone would not show this change: same size, same second. */
static void test_store_read__does_not_trust_racy_entries(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "echo aaaa >f; git add f; git commit -qm one");
	repo_open(repo);
	for (int i = 0; i < 20; i++) {
		repo_sh(repo, "echo aaaa >f; git add f; echo bbbb >f");
		expect_text(repo, &at_work, "f", "bbbb\n");
	}
}

static void test_store_read__refuses_paths_that_leave(void **state)
{
	static const char *const paths[] = {
		"",
		"/etc/passwd",
		"../x",
		"a/../../x",
		"a/..",
		"./a",
		"a//b",
		"a/",
		".git/config",
		"a/.git/x",
		".GIT/x",
		".gIt",
		"git~1/x",
		".git /x",
		".git./x",
		".git::$DATA/x",
		"a\\.git\\x",
		".git\\x",
		"\xe2\x80\x8c.git/x",
		".g\xe2\x80\x8dit/config",
	};
	struct repo *repo = *state;
	pv_point head;

	repo_sh(repo, "mkdir a; echo 1 >a/f; git add .; git commit -qm one");
	repo_open(repo);
	head = at_rev(repo, "HEAD");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		expect_code(repo, &head, paths[i], PV_EINVALID);
		expect_code(repo, &at_index, paths[i], PV_EINVALID);
		expect_code(repo, &at_work, paths[i], PV_EINVALID);
	}
}

static void test_store_read__follows_no_symbolic_link(void **state)
{
	struct repo *repo = *state;
	pv_point head;

	repo_sh(repo, "mkdir real; echo secret >real/f; ln -s real dir\n"
		      "ln -s /etc/passwd link; mkfifo pipe\n"
		      "git add real dir link; git commit -qm one");
	repo_open(repo);
	head = at_rev(repo, "HEAD");
	expect_code(repo, &head, "link", PV_ENOTFOUND);
	expect_code(repo, &at_index, "link", PV_ENOTFOUND);
	expect_code(repo, &at_work, "link", PV_EINVALID);
	expect_code(repo, &at_work, "dir/f", PV_EINVALID);
	expect_code(repo, &head, "dir/f", PV_ENOTFOUND);
	expect_code(repo, &at_work, "pipe", PV_ENOTFOUND);
	expect_code(repo, &at_work, "real", PV_ENOTFOUND);
	expect_code(repo, &head, "real", PV_ENOTFOUND);
	expect_text(repo, &at_work, "real/f", "secret\n");
}

static void test_store_read__stops_at_the_limit_of_the_buffer(void **state)
{
	struct repo *repo = *state;
	const pv_point *points[] = { NULL, &at_index, &at_work };
	pv_point head;

	repo_sh(repo, "echo 0123456789 >f; git add f; git commit -qm one");
	repo_open(repo);
	head = at_rev(repo, "HEAD");
	points[0] = &head;
	for (int i = 0; i < 3; i++) {
		pv_buf out = { .max = 5 };

		assert_int_equal(pv_store_read(&out, NULL, repo->store,
					       points[i], "f", NULL),
				 PV_ELIMIT);
		pv_buf_dispose(&out);
	}
}

/* Every file of the working tree has the id that git gives it. */
static void expect_ids_of_git(struct repo *repo)
{
	pv_buf list = { 0 };
	char *rest;

	repo_read(repo, &list,
		  "cp .git/index ../index; export GIT_INDEX_FILE=$PWD/../index\n"
		  "git add -A 2>&1 >/dev/null | grep -v warning >&2\n"
		  "git ls-files -s | sed -E 's/^[0-7]+ (.{40}) 0\t/\\1 /'");
	assert_true(list.len > 0);
	for (rest = list.ptr; rest && *rest;) {
		char *line = rest;
		char *end = strchr(line, '\n');
		pv_buf out = { 0 };
		pv_oid blob, found;
		pv_error err;

		rest = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		pv_error_clear(&err);
		if (pv_store_read(&out, &blob, repo->store, &at_work, line + 41,
				  &err) != PV_OK ||
		    pv_store_find(&found, repo->store, &at_work, line + 41,
				  &err) != PV_OK)
			fail_msg("%s: %s", line + 41, err.message);
		if (strncmp(blob.hex, line, 40) != 0)
			fail_msg("%s reads as %s", line, blob.hex);
		if (strncmp(found.hex, line, 40) != 0)
			fail_msg("%s is found as %s", line, found.hex);
		pv_buf_dispose(&out);
	}
	pv_buf_dispose(&list);
}

static const char make_files[] =
	"mkdir -p sub\n"
	"for d in . sub; do\n"
	"printf 'a\\nb\\n' >$d/lf.txt; printf 'a\\r\\nb\\r\\n' >$d/crlf.txt\n"
	"printf 'a\\r\\nb\\n' >$d/mixed.txt; printf 'a\\rb' >$d/cr.txt\n"
	"printf 'a\\r\\n\\0b\\r\\n' >$d/nul.bin; : >$d/empty.txt\n"
	"printf '$Id: abc $\\r\\n' >$d/id.id; printf 'a\\r\\n' >$d/x.yaml\n"
	"printf '\\377\\376a\\0\\r\\0\\n\\0' >$d/utf16.u16; done\n";

static void test_store_read__cleans_line_ends_as_git_does(void **state)
{
	static const char *const attributes[] = {
		"",
		"* text=auto",
		"* text",
		"* -text",
		"*.txt text eol=crlf\n*.yaml text eol=lf",
		"* text=auto eol=lf\n*.bin binary",
		"*.id ident text",
		"*.txt crlf\n*.yaml -crlf",
		"*.txt crlf=input",
		"*.u16 text working-tree-encoding=UTF-16",
		"sub/*.txt text\n[attr]prompt text eol=lf\n*.yaml prompt",
	};
	static const char *const settings[] = { "", "-c core.autocrlf=true",
						"-c core.autocrlf=input",
						"-c core.eol=crlf" };

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		/* All settings with the plain cases, two with the others. */
		size_t count = i < 2 ? sizeof(settings) / sizeof(*settings) : 2;

		for (size_t j = 0; j < count; j++) {
			struct repo repo;
			char command[512];

			repo_init(&repo);
			repo_sh(&repo, make_files);
			snprintf(command, sizeof(command),
				 "printf '%%s\\n' '%s' >.gitattributes; "
				 "printf 'old\\r\\n' >crlf.txt; "
				 "git -c core.autocrlf=false add crlf.txt; "
				 "printf 'a\\r\\nb\\r\\n' >crlf.txt",
				 attributes[i]);
			repo_sh(&repo, command);
			if (*settings[j]) {
				snprintf(command, sizeof(command),
					 "git config %s",
					 settings[j] + strlen("-c "));
				*strchr(command + 11, '=') = ' ';
				repo_sh(&repo, command);
			}
			repo_open(&repo);
			expect_ids_of_git(&repo);
			repo_dispose(&repo);
		}
	}
	(void)state;
}

static void test_store_read__runs_filter_programs_through_git(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "echo '*.f filter=up' >.gitattributes\n"
		      "git config filter.up.clean 'tr a-z A-Z'\n"
		      "git config filter.up.smudge 'tr A-Z a-z'\n"
		      "echo shout >x.f; echo calm >x.g");
	repo_open(repo);
	expect_text(repo, &at_work, "x.f", "SHOUT\n");
	expect_text(repo, &at_work, "x.g", "calm\n");
	repo_sh(repo, "git config filter.up.clean false; "
		      "git config filter.up.required true");
	expect_code(repo, &at_work, "x.f", PV_EGIT);
}

static void test_store_read__finds_what_a_sparse_checkout_omits(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "mkdir in out; echo 1 >in/f; echo 2 >out/f; git add .\n"
		      "git commit -qm one; git sparse-checkout set in\n"
		      "test ! -e out/f");
	repo_open(repo);
	expect_text(repo, &at_work, "in/f", "1\n");
	expect_text(repo, &at_work, "out/f", "2\n");
	expect_code(repo, &at_work, "out/g", PV_ENOTFOUND);
}

static void test_store_read__fetches_what_a_partial_clone_lacks(void **state)
{
	static const char *const filters[] = { "blob:none", "tree:0" };
	struct repo *repo = *state;

	repo_sh(repo, "git config uploadpack.allowFilter true\n"
		      "mkdir d; echo old >d/f; git add .; git commit -qm one\n"
		      "echo new >d/f; git commit -qam two");
	for (int i = 0; i < 2; i++) {
		struct repo clone = *repo;
		char command[256];
		pv_point old;

		snprintf(command, sizeof(command),
			 "git clone -q --filter=%s file://$PWD ../partial%d",
			 filters[i], i);
		repo_sh(repo, command);
		snprintf(clone.path, sizeof(clone.path), "%s/partial%d",
			 repo->root, i);
		repo_open(&clone);
		old = at_rev(&clone, "HEAD~1");
		expect_text(&clone, &old, "d/f", "old\n");
		pv_store_free(clone.store);
	}
}

static void test_store_read__says_that_a_file_is_unmerged(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "echo 1 >f; git add f; git commit -qm 1; git branch o\n"
		      "echo 2 >f; git commit -qam 2; git checkout -q o\n"
		      "echo 3 >f; git commit -qam 3; ! git merge main");
	repo_open(repo);
	expect_code(repo, &at_index, "f", PV_ECONFLICT);
}

/* libgit2 reads neither kind; git lists them. */
static void test_store_read__reads_split_and_sparse_indexes(void **state)
{
	static const char *const kinds[] = {
		"git update-index --split-index",
		"git update-index --no-split-index\n"
		"git sparse-checkout set --cone --sparse-index in"
	};
	struct repo *repo = *state;

	repo_sh(repo, "mkdir in out; echo 1 >in/f; echo 2 >out/f; echo 3 >g\n"
		      "echo '* text=auto' >.gitattributes; git add .\n"
		      "git commit -qm 1");
	repo_open(repo);
	for (int i = 0; i < 2; i++) {
		repo_sh(repo, kinds[i]);
		expect_text(repo, &at_index, "in/f", "1\n");
		expect_text(repo, &at_index, "out/f", "2\n");
		expect_text(repo, &at_work, "out/f", "2\n");
		expect_text(repo, &at_work, "g", "3\n");
		expect_code(repo, &at_index, "h", PV_ENOTFOUND);
		repo_sh(repo, "printf 'crlf\\r\\n' >g");
		expect_text(repo, &at_work, "g", "crlf\n");
		repo_sh(repo, "git add g");
		expect_text(repo, &at_index, "g", "crlf\n");
		repo_sh(repo, "git reset -q --hard");
	}
}

static void test_store_read__has_no_working_tree_when_bare(void **state)
{
	struct repo *repo = *state;
	struct repo bare;
	pv_point head;

	repo_sh(repo, "echo 1 >f; git add f; git commit -qm 1\n"
		      "git clone -q --bare . ../bare");
	bare = *repo;
	snprintf(bare.path, sizeof(bare.path), "%s/bare", repo->root);
	repo_open(&bare);
	head = at_rev(&bare, "HEAD");
	expect_text(&bare, &head, "f", "1\n");
	expect_code(&bare, &at_work, "f", PV_EUNSUPPORTED);
	pv_store_free(bare.store);
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_read__keeps_the_three_points_apart),
		in_repo(test_store_read__sees_changes_of_other_programs),
		in_repo(test_store_read__does_not_trust_racy_entries),
		in_repo(test_store_read__refuses_paths_that_leave),
		in_repo(test_store_read__follows_no_symbolic_link),
		in_repo(test_store_read__stops_at_the_limit_of_the_buffer),
		cmocka_unit_test(test_store_read__cleans_line_ends_as_git_does),
		in_repo(test_store_read__runs_filter_programs_through_git),
		in_repo(test_store_read__finds_what_a_sparse_checkout_omits),
		in_repo(test_store_read__fetches_what_a_partial_clone_lacks),
		in_repo(test_store_read__says_that_a_file_is_unmerged),
		in_repo(test_store_read__reads_split_and_sparse_indexes),
		in_repo(test_store_read__has_no_working_tree_when_bare),
	};

	return cmocka_run_group_tests_name("store read", tests, NULL, NULL);
}
