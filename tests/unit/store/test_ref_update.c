/* SPDX-License-Identifier: MIT
 *
 * Moving refs by compare-and-swap, and which names they may have.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "store/ref/ref_name.h"
#include "store/repo.h"

static const pv_oid none = { { 0 } };

static int update(struct repo *repo, const char *refname, const pv_oid *target,
		  const pv_oid *expected, pv_error *err)
{
	pv_error_clear(err);
	return pv_store_ref_update(repo->store, refname, target, expected,
				   "test: move", err);
}

static int two_commits(void **state)
{
	struct repo *repo;

	repo_setup(state);
	repo = *state;
	repo_sh(repo, "git commit -q --allow-empty -m one\n"
		      "git commit -q --allow-empty -m two");
	repo_open(repo);
	return 0;
}

static void test_store_ref_update__creates_moves_and_deletes(void **state)
{
	struct repo *repo = *state;
	pv_oid one = repo_oid(repo, "HEAD~1"), two = repo_oid(repo, "HEAD");
	const char *ref = "refs/heads/x/y";
	pv_error err;

	assert_int_equal(update(repo, ref, &one, &none, &err), PV_OK);
	assert_string_equal(repo_line(repo, "git rev-parse x/y"), one.hex);
	assert_int_equal(update(repo, ref, &two, &none, &err), PV_ECONFLICT);
	assert_int_equal(update(repo, ref, &two, &two, &err), PV_ECONFLICT);
	assert_int_equal(update(repo, ref, &two, &one, &err), PV_OK);
	assert_string_equal(repo_line(repo, "git rev-parse x/y"), two.hex);
	assert_int_equal(update(repo, ref, &none, &one, &err), PV_ECONFLICT);
	assert_string_equal(repo_line(repo, "git rev-parse x/y"), two.hex);
	assert_int_equal(update(repo, ref, &none, &two, &err), PV_OK);
	assert_string_equal(repo_line(repo, "git for-each-ref refs/heads/x; "
					    "ls .git/logs/refs/heads | grep x"),
			    "");
	assert_int_equal(update(repo, ref, &none, &two, &err), PV_ECONFLICT);
	assert_int_equal(update(repo, ref, &two, &one, &err), PV_ECONFLICT);
	assert_int_equal(update(repo, ref, &none, &none, &err), PV_EINVALID);
	repo_sh(repo, "git fsck --strict; test -z \"$(find .git -name "
		      "'*.lock')\"");
}

static void test_store_ref_update__tells_broken_from_moved(void **state)
{
	struct repo *repo = *state;
	pv_oid two = repo_oid(repo, "HEAD");
	pv_error err;

	repo_sh(repo, "echo broken >.git/refs/heads/bad");
	assert_int_equal(update(repo, "refs/heads/bad", &none, &two, &err),
			 PV_EGIT);
	assert_non_null(strstr(err.message, "refs/heads/bad"));
}

/* With a hook git moves the ref; why it did not is found out all the same. */
static void test_store_ref_update__tells_why_git_did_not_move(void **state)
{
	struct repo *repo = *state;
	pv_oid one = repo_oid(repo, "HEAD~1"), two = repo_oid(repo, "HEAD");
	pv_error err;

	repo_sh(repo, "echo 'exit 0' >.git/hooks/reference-transaction\n"
		      "sed -i '1i #!/bin/sh' .git/hooks/reference-transaction\n"
		      "chmod +x .git/hooks/reference-transaction");
	assert_int_equal(update(repo, "refs/heads/x", &two, &one, &err),
			 PV_ECONFLICT);
	assert_int_equal(update(repo, "refs/heads/main", &one, &one, &err),
			 PV_ECONFLICT);
	assert_int_equal(update(repo, "refs/heads/main", &one, &none, &err),
			 PV_ECONFLICT);
	repo_sh(repo, "touch .git/refs/heads/main.lock");
	assert_int_equal(update(repo, "refs/heads/main", &one, &two, &err),
			 PV_ELOCKED);
	assert_non_null(strstr(err.message, "main.lock"));
	repo_sh(repo, "rm .git/refs/heads/main.lock\n"
		      "git update-ref refs/heads/dir/x HEAD");
	assert_int_equal(update(repo, "refs/heads/dir", &one, &none, &err),
			 PV_EEXISTS);
	repo_sh(repo, "echo broken >.git/refs/heads/bad");
	assert_int_equal(update(repo, "refs/heads/bad", &one, &two, &err),
			 PV_EGIT);
	assert_non_null(strstr(err.message, "refs/heads/bad"));
	repo_sh(repo, "sed -i 's/0/1/' .git/hooks/reference-transaction");
	assert_int_equal(update(repo, "refs/heads/main", &one, &two, &err),
			 PV_EPOLICY);
	repo_sh(repo, "rm .git/hooks/reference-transaction .git/refs/heads/bad");
}

static void test_store_ref_update__works_on_packed_refs(void **state)
{
	struct repo *repo = *state;
	pv_oid one = repo_oid(repo, "HEAD~1"), two = repo_oid(repo, "HEAD");
	pv_error err;

	repo_sh(repo, "git branch a HEAD~1; git branch b HEAD~1\n"
		      "git pack-refs --all --prune");
	assert_int_equal(update(repo, "refs/heads/a", &two, &none, &err),
			 PV_ECONFLICT);
	assert_int_equal(update(repo, "refs/heads/a", &two, &one, &err), PV_OK);
	assert_int_equal(update(repo, "refs/heads/b", &none, &one, &err), PV_OK);
	assert_string_equal(repo_line(repo, "git branch | tr -d '\\n'"),
			    "  a* main");
}

static void test_store_ref_update__logs_as_git_does(void **state)
{
	struct repo *repo = *state;
	pv_oid one = repo_oid(repo, "HEAD~1"), two = repo_oid(repo, "HEAD");
	pv_error err;

	repo_sh(repo, "git update-ref -m 'test: move' refs/heads/g HEAD~1\n"
		      "git update-ref -m 'test: move' refs/heads/g HEAD\n"
		      "git update-ref -m 'test: move' refs/pv/g HEAD");
	assert_int_equal(update(repo, "refs/heads/o", &one, &none, &err), PV_OK);
	assert_int_equal(update(repo, "refs/heads/o", &two, &one, &err), PV_OK);
	assert_int_equal(update(repo, "refs/pv/o", &two, &none, &err), PV_OK);
	repo_sh(repo, "cmp .git/logs/refs/heads/g .git/logs/refs/heads/o\n"
		      "! test -e .git/logs/refs/pv/o");
}

static void test_store_ref_update__follows_symbolic_refs(void **state)
{
	struct repo *repo = *state;
	pv_oid one = repo_oid(repo, "HEAD~1"), two = repo_oid(repo, "HEAD");
	pv_error err;

	assert_int_equal(update(repo, "HEAD", &one, &two, &err), PV_OK);
	assert_string_equal(repo_line(repo, "git rev-parse main"), one.hex);
	assert_string_equal(repo_line(repo, "git symbolic-ref HEAD"),
			    "refs/heads/main");
	repo_sh(repo, "test \"$(git log -g -1 --format=%gs HEAD)\" = "
		      "'test: move'");
	repo_sh(repo, "git checkout -q --detach");
	assert_int_equal(update(repo, "HEAD", &two, &one, &err), PV_OK);
	assert_string_equal(repo_line(repo, "git rev-parse HEAD"), two.hex);
	assert_string_equal(repo_line(repo, "git rev-parse main"), one.hex);
	repo_sh(repo, "git symbolic-ref refs/heads/s1 refs/heads/s2\n"
		      "git symbolic-ref refs/heads/s2 refs/heads/s1");
	assert_int_equal(update(repo, "refs/heads/s1", &two, &one, &err),
			 PV_EINVALID);
}

static void test_store_ref_update__keeps_files_and_folders_apart(void **state)
{
	static const char *const setups[] = { ":", "git pack-refs --all" };
	struct repo *repo = *state;
	pv_oid one = repo_oid(repo, "HEAD~1");
	pv_error err;

	repo_sh(repo, "git branch a HEAD~1; git branch d/e/f HEAD~1");
	for (int i = 0; i < 2; i++) {
		repo_sh(repo, setups[i]);
		assert_int_equal(update(repo, "refs/heads/a/b", &one, &none, &err),
				 PV_EEXISTS);
		assert_non_null(strstr(err.message, "refs/heads/a"));
		assert_int_equal(update(repo, "refs/heads/a/b/c", &one, &none,
					&err),
				 PV_EEXISTS);
		assert_int_equal(update(repo, "refs/heads/d", &one, &none, &err),
				 PV_EEXISTS);
		assert_int_equal(update(repo, "refs/heads/d/e", &one, &none, &err),
				 PV_EEXISTS);
	}
	repo_sh(repo, "git fsck --strict; git branch -D a; mkdir -p "
		      ".git/refs/heads/empty/dir");
	assert_int_equal(update(repo, "refs/heads/a/b", &one, &none, &err),
			 PV_OK);
	assert_int_equal(update(repo, "refs/heads/empty", &one, &none, &err),
			 PV_OK);
}

static void test_store_ref_update__checks_what_it_points_to(void **state)
{
	struct repo *repo = *state;
	pv_oid tree = repo_oid(repo, "HEAD^{tree}");
	pv_oid missing = { "1234567890123456789012345678901234567890" };
	pv_oid bad = { "12345" };
	pv_error err;

	assert_int_equal(update(repo, "refs/heads/x", &tree, &none, &err),
			 PV_ENOTFOUND);
	assert_int_equal(update(repo, "refs/pv/x", &tree, &none, &err), PV_OK);
	assert_int_equal(update(repo, "refs/pv/y", &missing, &none, &err),
			 PV_ENOTFOUND);
	assert_int_equal(update(repo, "refs/pv/y", &bad, &none, &err),
			 PV_EINVALID);
}

static void test_store_ref_update__names_the_lock_it_waited_for(void **state)
{
	struct repo *repo = *state;
	pv_oid one = repo_oid(repo, "HEAD~1"), two = repo_oid(repo, "HEAD");
	pv_error err;

	repo_sh(repo, "touch -d '100 seconds ago' .git/refs/heads/main.lock");
	assert_int_equal(update(repo, "refs/heads/main", &one, &two, &err),
			 PV_ELOCKED);
	assert_non_null(strstr(err.message, "refs/heads/main.lock"));
	assert_non_null(strstr(err.message, "10"));
	assert_int_equal(update(repo, "refs/heads/main", &none, &two, &err),
			 PV_ELOCKED);
	assert_non_null(strstr(err.message, "refs/heads/main.lock"));
	repo_sh(repo, "test -e .git/refs/heads/main.lock");
	/* A lock that goes away in time is waited for. */
	repo_sh(repo, "(sleep 0.1; rm .git/refs/heads/main.lock) &");
	assert_int_equal(update(repo, "refs/heads/main", &one, &two, &err),
			 PV_OK);
}

/* Each writer adds commits with retries; none may be lost. */
static void append_commits(const struct repo *repo, int count)
{
	struct repo mine = *repo;

	mine.store = NULL;
	repo_open(&mine);
	for (int done = 0; done < count;) {
		char command[512];
		pv_oid tip, next;
		pv_error err;

		if (pv_store_ref(&tip, mine.store, "refs/heads/race", &err))
			_exit(1);
		snprintf(command, sizeof(command),
			 "git commit-tree -m %d-%d -p %s %s^{tree}",
			 (int)getpid(), done, tip.hex, tip.hex);
		snprintf(next.hex, sizeof(next.hex), "%.40s",
			 repo_line(&mine, command));
		switch (update(&mine, "refs/heads/race", &next, &tip, &err)) {
		case PV_OK:
			done++;
			break;
		case PV_ECONFLICT:
		case PV_ELOCKED:
			break;
		default:
			_exit(2);
		}
	}
	pv_store_free(mine.store);
	_exit(0);
}

static void test_store_ref_update__loses_no_update(void **state)
{
	enum {
		WRITERS = 4,
		EACH = 25
	};
	struct repo *repo = *state;
	char expected[16];

	repo_sh(repo, "git branch race");
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			append_commits(repo, EACH);
	for (int i = 0; i < 5; i++)
		repo_sh(repo, "git pack-refs --all --prune || true");
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	snprintf(expected, sizeof(expected), "%d", 2 + WRITERS * EACH);
	assert_string_equal(repo_line(repo, "git rev-list --count race"),
			    expected);
	repo_sh(repo, "test -z \"$(find .git -name '*.lock')\"");
}

static const char *const names[] = { "main",
				     "a/b",
				     "feature/x-1.2_3",
				     "é",
				     "日本",
				     "a@b",
				     "x@",
				     "v1.0",
				     "-x",
				     "a-",
				     "HEAD",
				     "@",
				     "@{x}",
				     "a@{b",
				     "a..b",
				     ".a",
				     "a/.b",
				     "a.lock",
				     "a.lock/b",
				     "a.",
				     "a./b",
				     "a b",
				     "a~b",
				     "a^b",
				     "a:b",
				     "a?b",
				     "a*b",
				     "a[b",
				     "a]b",
				     "a\\b",
				     "a\x7f"
				     "b",
				     "a\x01"
				     "b",
				     "a\tb",
				     "a\nb",
				     "/a",
				     "a/",
				     "a//b",
				     "",
				     "refs/heads/a",
				     "heads/a",
				     "\xff",
				     "a\xc2\xa0"
				     "b",
				     "a\xe2\x80\x8b"
				     "b",
				     "a\xe2\x80\xae"
				     "b",
				     "1234567890123456789012345678901234567890",
				     "deadbeef",
				     "latest",
				     "{}",
				     "a'b",
				     "a\"b",
				     "$x",
				     ";rm",
				     "a|b",
				     "#1",
				     "%s",
				     "+a",
				     "=",
				     "lock",
				     ".lock",
				     "a.locks",
				     "...",
				     "!" };

static void test_store_ref_update__accepts_only_what_git_accepts(void **state)
{
	struct repo *repo = *state;
	int accepted = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		pv_buf command = { 0 };
		pv_error err;
		const char *c;
		int git;

		pv_buf_puts(&command, "git check-ref-format --branch '");
		for (c = names[i]; *c; c++) {
			if (*c == '\'')
				pv_buf_puts(&command, "'\\''");
			else
				pv_buf_putc(&command, *c);
		}
		pv_buf_puts(&command, "' >/dev/null 2>&1; echo $?");
		git = strcmp(repo_line(repo, command.ptr), "0") == 0;
		pv_error_clear(&err);
		if (pv_branch_check(names[i], &err) == PV_OK) {
			accepted++;
			if (!git)
				fail_msg("git refuses \"%s\"", names[i]);
		} else {
			assert_int_equal(err.code, PV_EINVALID);
		}
		pv_buf_dispose(&command);
	}
	assert_true(accepted >= 20);
}

/* Every byte, at the start, in the middle and at the end. */
static void test_store_ref_update__knows_every_byte(void **state)
{
	static const struct {
		const char *before;
		const char *behind;
	} forms[] = { { "", "a" }, { "a", "b" }, { "a", "" } };
	struct repo *repo = *state;
	pv_buf git = { 0 };
	size_t at = 0;

	repo_read(repo, &git,
		  "i=1; while [ $i -lt 256 ]; do o=$(printf %03o $i)\n"
		  "for f in \"\\\\${o}a\" \"a\\\\${o}b\" \"a\\\\$o\"; do "
		  "n=$(printf \"refs/heads/$f.\"); git check-ref-format "
		  "\"${n%.}\"; printf $?; done; i=$((i + 1)); done");
	assert_int_equal(git.len, 255 * 3);
	for (int byte = 1; byte < 256; byte++)
		for (int form = 0; form < 3; form++) {
			char name[64];
			int ours;

			snprintf(name, sizeof(name), "refs/heads/%s%c%s",
				 forms[form].before, byte, forms[form].behind);
			ours = pv_ref_name_check(name, NULL) == PV_OK;
			if (ours != (git.ptr[at++] == '0'))
				fail_msg("byte %d in form %d: %d", byte, form,
					 ours);
		}
	pv_buf_dispose(&git);
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, two_commits, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_ref_update__creates_moves_and_deletes),
		in_repo(test_store_ref_update__tells_broken_from_moved),
		in_repo(test_store_ref_update__tells_why_git_did_not_move),
		in_repo(test_store_ref_update__works_on_packed_refs),
		in_repo(test_store_ref_update__logs_as_git_does),
		in_repo(test_store_ref_update__follows_symbolic_refs),
		in_repo(test_store_ref_update__keeps_files_and_folders_apart),
		in_repo(test_store_ref_update__checks_what_it_points_to),
		in_repo(test_store_ref_update__names_the_lock_it_waited_for),
		in_repo(test_store_ref_update__loses_no_update),
		in_repo(test_store_ref_update__accepts_only_what_git_accepts),
		in_repo(test_store_ref_update__knows_every_byte),
	};

	return cmocka_run_group_tests_name("store ref_update", tests, NULL, NULL);
}
