/* SPDX-License-Identifier: MIT
 *
 * Names of commits, compared with `git rev-parse` wherever git knows them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

/* Two lines of history that meet, tags of both kinds, a remote branch. */
static const char build[] =
	"echo 1 >a; git add a; git commit -qm one\n"
	"git tag light; git tag -a -m deep deep; git tag -a -m n nested deep\n"
	"git branch side; git branch feature/x\n"
	"echo 2 >a; git commit -qam two\n"
	"git checkout -q side; echo 3 >b; git add b; git commit -qm three\n"
	"git checkout -q main; git merge -q -m four side\n"
	"echo 5 >a; git commit -qam five\n"
	"git update-ref refs/remotes/origin/dev HEAD~1\n"
	"git update-ref refs/remotes/origin/main HEAD~2\n"
	"git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main\n"
	"git update-ref refs/pv/keep/202601 HEAD\n"
	"git tag blob-tag $(git rev-parse HEAD:a)\n"
	"git branch twin HEAD~1; git tag twin HEAD\n"
	"git update-ref ORIG_HEAD HEAD^2^ 2>/dev/null || true\n";

static int build_setup(void **state)
{
	struct repo *repo;

	repo_setup(state);
	repo = *state;
	repo_sh(repo, build);
	repo_open(repo);
	return 0;
}

static void expect_git(struct repo *repo, const char *rev, const char *as_git)
{
	char wanted[256];
	pv_oid oid, expected;
	pv_error err;

	pv_error_clear(&err);
	snprintf(wanted, sizeof(wanted), "%s^{commit}", as_git);
	expected = repo_oid(repo, wanted);
	if (pv_store_resolve(&oid, repo->store, rev, &err) != PV_OK)
		fail_msg("%s: %s", rev, err.message);
	if (strcmp(oid.hex, expected.hex) != 0)
		fail_msg("%s is %s, not %s", rev, oid.hex, expected.hex);
}

static void test_store_resolve__agrees_with_rev_parse(void **state)
{
	static const char *const revs[] = { "HEAD",
					    "HEAD~",
					    "HEAD~1",
					    "HEAD^",
					    "HEAD^1",
					    "HEAD^0",
					    "HEAD~0",
					    "HEAD~1^2",
					    "HEAD~1^2~1",
					    "HEAD^^2",
					    "HEAD~3",
					    "main",
					    "main~2",
					    "side",
					    "side^",
					    "feature/x",
					    "light",
					    "deep",
					    "deep^0",
					    "nested",
					    "nested~0",
					    "refs/heads/main",
					    "refs/tags/deep",
					    "heads/main",
					    "tags/light",
					    "remotes/origin/dev",
					    "origin/dev",
					    "origin/dev^",
					    "origin",
					    "origin/HEAD",
					    "refs/pv/keep/202601",
					    "pv/keep/202601",
					    "ORIG_HEAD",
					    "@",
					    "@~1",
					    "@^" };
	struct repo *repo = *state;

	for (size_t i = 0; i < sizeof(revs) / sizeof(revs[0]); i++)
		expect_git(repo, revs[i], revs[i]);
}

static void test_store_resolve__prefers_a_branch_to_a_tag(void **state)
{
	struct repo *repo = *state;

	expect_git(repo, "twin", "refs/heads/twin");
	expect_git(repo, "tags/twin", "refs/tags/twin");
}

static void test_store_resolve__takes_short_and_long_ids(void **state)
{
	struct repo *repo = *state;
	pv_oid head = repo_oid(repo, "HEAD");
	pv_oid tag = repo_oid(repo, "nested");
	char text[64];

	for (int len = 7; len <= 40; len++) {
		snprintf(text, sizeof(text), "%.*s", len, head.hex);
		expect_git(repo, text, "HEAD");
	}
	snprintf(text, sizeof(text), "%.9s~2^0", head.hex);
	expect_git(repo, text, "HEAD~2");
	snprintf(text, sizeof(text), "%.12s", tag.hex);
	expect_git(repo, text, "nested");
	for (char *c = text; *c; c++)
		if (*c >= 'a' && *c <= 'f')
			*c = (char)(*c - 'a' + 'A');
	expect_git(repo, text, "nested");
}

static void test_store_resolve__refuses_what_is_not_in_the_grammar(void **state)
{
	static const struct {
		const char *rev;
		int code;
	} cases[] = {
		{ "", PV_EINVALID },
		{ "~1", PV_EINVALID },
		{ "-x", PV_EINVALID },
		{ "--all", PV_EINVALID },
		{ "HEAD^{tree}", PV_EINVALID },
		{ "HEAD~1x", PV_EINVALID },
		{ "HEAD~99999999999999999999", PV_EINVALID },
		{ "HEAD^99999999999999999999", PV_EINVALID },
		{ "HEAD~-1", PV_EINVALID },
		{ "HEAD^-", PV_EINVALID },
		{ "blob-tag", PV_EINVALID },
		{ "HEAD@{0}", PV_ENOTFOUND },
		{ "@{-1}", PV_ENOTFOUND },
		{ "@{upstream}", PV_ENOTFOUND },
		{ ":/five", PV_ENOTFOUND },
		{ "HEAD:a", PV_ENOTFOUND },
		{ "main..side", PV_ENOTFOUND },
		{ "../config", PV_ENOTFOUND },
		{ "refs/heads/../../config", PV_ENOTFOUND },
		{ "config", PV_ENOTFOUND },
		{ "main.lock", PV_ENOTFOUND },
		{ "nothing", PV_ENOTFOUND },
		{ "HEAD~1000", PV_ENOTFOUND },
		{ "HEAD^2", PV_ENOTFOUND },
		{ "HEAD^3", PV_ENOTFOUND },
		{ "abcdef", PV_ENOTFOUND },
		{ "abcdef1", PV_ENOTFOUND },
		{ "0000000000000000000000000000000000000000", PV_ENOTFOUND },
		{ "\x7f", PV_ENOTFOUND },
	};
	struct repo *repo = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pv_oid oid;
		pv_error err;
		int rc;

		pv_error_clear(&err);
		rc = pv_store_resolve(&oid, repo->store, cases[i].rev, &err);
		if (rc != cases[i].code)
			fail_msg("\"%s\" gives %d (%s)", cases[i].rev, rc,
				 err.message);
		assert_int_equal(err.code, rc);
		assert_string_equal(oid.hex, "");
		if (rc == PV_ENOTFOUND)
			assert_int_equal(err.id, PV_ERR_VERSION_NOT_FOUND);
	}
}

static void test_store_resolve__hints_at_near_names(void **state)
{
	struct repo *repo = *state;
	pv_oid oid;
	pv_error err;

	pv_error_clear(&err);
	assert_int_equal(pv_store_resolve(&oid, repo->store, "mian", &err),
			 PV_ENOTFOUND);
	assert_non_null(strstr(err.hint, "\"main\""));
	assert_int_equal(pv_store_resolve(&oid, repo->store, "x", &err),
			 PV_ENOTFOUND);
	assert_non_null(strstr(err.hint, "\"feature/x\""));
}

static void test_store_resolve__says_that_head_is_unborn(void **state)
{
	struct repo *repo = *state;
	pv_oid oid;
	pv_error err;

	repo_open(repo);
	assert_int_equal(pv_store_resolve(&oid, repo->store, "HEAD", &err),
			 PV_ENOTFOUND);
	assert_string_equal(err.message, "HEAD has no commit yet");
}

/*
 * Makes commits until two share seven digits: 2^14 of them do on average, so
 * their ids are only computed, and the pair is written.
 */
static void test_store_resolve__tells_ambiguous_ids(void **state)
{
	static const char collide[] =
		"tree=$(git write-tree)\n"
		"python3 - $tree <<'EOF'\n"
		"import hashlib, subprocess, sys\n"
		"seen = {}\n"
		"for i in range(1000000):\n"
		"    body = ('tree %s\\nauthor a <a@b> %d +0000\\n'\n"
		"            'committer a <a@b> %d +0000\\n\\nx\\n'\n"
		"            % (sys.argv[1], i, i)).encode()\n"
		"    head = b'commit %d\\0' % len(body)\n"
		"    key = hashlib.sha1(head + body).hexdigest()[:7]\n"
		"    if key in seen:\n"
		"        for b in (seen[key], body):\n"
		"            subprocess.run(['git', 'hash-object', '-t', 'commit',"
		" '-w', '--stdin'], input=b, check=True, stdout=2)\n"
		"        print(key); break\n"
		"    seen[key] = body\n"
		"EOF";
	struct repo *repo = *state;
	char prefix[16];
	pv_oid oid;
	pv_error err;

	if (system("python3 -c pass") != 0)
		skip();
	snprintf(prefix, sizeof(prefix), "%.7s", repo_line(repo, collide));
	pv_error_clear(&err);
	assert_int_equal(pv_store_resolve(&oid, repo->store, prefix, &err),
			 PV_EAMBIGUOUS);
	assert_non_null(strstr(err.message, prefix));
}

static void test_store_resolve__ends_at_a_shallow_boundary(void **state)
{
	struct repo *repo = *state;
	pv_store_options opts = { .path = NULL, .env = repo_env };
	pv_store *store;
	char path[256];
	pv_oid oid;
	pv_error err;

	repo_sh(repo, "git clone -q --depth 2 file://$PWD ../shallow");
	snprintf(path, sizeof(path), "%s/shallow", repo->root);
	opts.path = path;
	assert_int_equal(pv_store_open(&store, &opts, &err), PV_OK);
	assert_int_equal(pv_store_resolve(&oid, store, "HEAD~1", &err), PV_OK);
	assert_int_equal(pv_store_resolve(&oid, store, "HEAD~2", &err),
			 PV_ENOTFOUND);
	assert_non_null(strstr(err.message, "shallow"));
	pv_store_free(store);
}

#define in_history(fn) \
 cmocka_unit_test_setup_teardown(fn, build_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_history(test_store_resolve__agrees_with_rev_parse),
		in_history(test_store_resolve__prefers_a_branch_to_a_tag),
		in_history(test_store_resolve__takes_short_and_long_ids),
		in_history(test_store_resolve__refuses_what_is_not_in_the_grammar),
		in_history(test_store_resolve__hints_at_near_names),
		in_history(test_store_resolve__tells_ambiguous_ids),
		in_history(test_store_resolve__ends_at_a_shallow_boundary),
		cmocka_unit_test_setup_teardown(test_store_resolve__says_that_head_is_unborn,
						repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("store resolve", tests, NULL, NULL);
}
