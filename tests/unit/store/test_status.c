/* SPDX-License-Identifier: MIT
 *
 * Status, operations under way and conflicts, compared with git.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "store/repo.h"

static int print_entry(const pv_status_entry *entry, void *payload)
{
	pv_buf_printf(payload, "%c%c %s\n", entry->staged, entry->unstaged,
		      entry->path);
	return 0;
}

static void expect_status(struct repo *repo, const char *const *prefixes,
			  size_t count, const char *expected)
{
	pv_buf out = { 0 };
	pv_error err;

	pv_error_clear(&err);
	if (pv_store_status(repo->store, prefixes, count, print_entry, &out,
			    &err) != PV_OK)
		fail_msg("%s", err.message);
	assert_string_equal(pv_buf_text(&out), expected);
	pv_buf_dispose(&out);
}

static void expect_status_of_git(struct repo *repo)
{
	pv_buf git = { 0 };

	repo_read(repo, &git,
		  "git status --porcelain --no-renames -uall -z | "
		  "tr '\\0' '\\n' | LC_ALL=C sort -s -k1.4");
	if (git.len)
		pv_buf_putc(&git, '\n');
	expect_status(repo, NULL, 0, pv_buf_text(&git));
	pv_buf_dispose(&git);
}

static const char changes[] =
	"mkdir -p d/e; for f in same edit gone staged both mode type d/e/x; do "
	"echo $f >$f; done; git add .; git commit -qm one\n"
	"echo 2 >edit; rm gone; echo 2 >staged; git add staged\n"
	"echo 2 >both; git add both; echo 3 >both; chmod +x mode\n"
	"rm type; ln -s same type; git rm -q --cached d/e/x\n"
	"git mv same moved; echo u >untracked; mkdir n; echo u >n/1; "
	"echo u >n/2; echo i >ignored; echo ignored >.gitignore\n"
	"echo intent >intent; git add -N intent; echo 'sp ace' >'sp ace'\n";

static void test_store_status__lists_what_git_lists(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "echo u >first");
	repo_open(repo);
	expect_status_of_git(repo);
	repo_sh(repo, changes);
	expect_status_of_git(repo);
}

static void test_store_status__is_not_swayed_by_settings(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, changes);
	repo_open(repo);
	repo_sh(repo, "git config status.showUntrackedFiles no\n"
		      "git config status.renames copies\n"
		      "git config status.short true\n"
		      "git config status.branch true\n"
		      "git config color.status always\n"
		      "git config status.relativePaths true");
	expect_status_of_git(repo);
}

static void test_store_status__keeps_to_the_prefixes(void **state)
{
	static const char *const prefixes[] = { "p", "q/r", "*", "none" };
	struct repo *repo = *state;

	repo_sh(repo, "mkdir -p p q/r q/s px; touch p/a q/r/b q/s/c px/d '*' x");
	repo_open(repo);
	expect_status(repo, prefixes, 4, "?? *\n?? p/a\n?? q/r/b\n");
}

static void test_store_status__does_not_miss_sparse_files(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, "mkdir in out; echo 1 >in/f; echo 2 >out/f; git add .\n"
		      "git commit -qm one; git sparse-checkout set in");
	repo_open(repo);
	expect_status(repo, NULL, 0, "");
}

static void test_store_status__works_on_a_split_index(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, changes);
	repo_sh(repo, "git update-index --split-index");
	repo_open(repo);
	expect_status_of_git(repo);
}

static void test_store_status__needs_a_working_tree(void **state)
{
	struct repo *repo = *state;
	struct repo bare = *repo;

	repo_sh(repo, "git init -q --bare ../bare");
	snprintf(bare.path, sizeof(bare.path), "%s/bare", repo->root);
	repo_open(&bare);
	assert_int_equal(pv_store_status(bare.store, NULL, 0, print_entry, NULL,
					 NULL),
			 PV_EUNSUPPORTED);
	pv_store_free(bare.store);
}

static const char diverge[] =
	"for f in both gone1 gone2 same; do echo 1 >$f; done; git add .\n"
	"git commit -qm base; git branch other\n"
	"echo 2 >both; git rm -q gone1; echo 2 >gone2; echo x >new; git add .\n"
	"git commit -qm ours; git checkout -q other\n"
	"echo 3 >both; echo 3 >gone1; git rm -q gone2; echo y >new; git add .\n"
	"git commit -qm theirs; git checkout -q main\n";

static int print_conflict(const pv_conflict *conflict, void *payload)
{
	const pv_oid *sides[] = { &conflict->base, &conflict->ours,
				  &conflict->theirs };

	for (int i = 0; i < 3; i++)
		if (sides[i]->hex[0])
			pv_buf_printf(payload, "%s %d %s\n", sides[i]->hex,
				      i + 1, conflict->path);
	return 0;
}

static void test_store_status__lists_the_sides_of_conflicts(void **state)
{
	struct repo *repo = *state;
	pv_buf ours = { 0 };
	pv_buf git = { 0 };
	pv_error err;

	repo_sh(repo, diverge);
	repo_sh(repo, "! git merge other");
	repo_open(repo);
	expect_status_of_git(repo);
	assert_int_equal(pv_store_conflict_each(repo->store, print_conflict,
						&ours, &err),
			 PV_OK);
	repo_read(repo, &git,
		  "git ls-files -u | sed -E 's/^[0-9]+ (.*) ([123])\\t/\\1 \\2 "
		  "/'");
	pv_buf_putc(&git, '\n');
	assert_string_equal(ours.ptr, git.ptr);
	pv_buf_dispose(&ours);
	pv_buf_dispose(&git);
}

static void test_store_status__names_the_operation(void **state)
{
	static const struct {
		const char *command;
		enum pv_store_state state;
	} cases[] = {
		{ ":", PV_STATE_NONE },
		{ "! git merge other", PV_STATE_MERGE },
		{ "git merge --abort; git merge -q --no-commit -s ours other",
		  PV_STATE_MERGE },
		{ "git reset -q --hard; ! git cherry-pick other",
		  PV_STATE_CHERRY_PICK },
		{ "git cherry-pick --abort; ! git revert HEAD~1",
		  PV_STATE_REVERT },
		{ "git revert --abort; ! git rebase other", PV_STATE_REBASE },
		{ "git rebase --abort; ! git rebase -i --apply other 2>&1 || "
		  "! git rebase --apply other",
		  PV_STATE_REBASE },
		{ "git rebase --abort; git bisect start", PV_STATE_NONE },
		{ "git bisect reset", PV_STATE_NONE },
	};
	struct repo *repo = *state;

	repo_sh(repo, diverge);
	repo_sh(repo, "echo more >both; git commit -qam more");
	repo_open(repo);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		repo_sh(repo, cases[i].command);
		if (pv_store_state(repo->store) != cases[i].state)
			fail_msg("after %s: %d", cases[i].command,
				 pv_store_state(repo->store));
	}
}

#define in_repo(fn) \
 cmocka_unit_test_setup_teardown(fn, repo_setup, repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_repo(test_store_status__lists_what_git_lists),
		in_repo(test_store_status__is_not_swayed_by_settings),
		in_repo(test_store_status__keeps_to_the_prefixes),
		in_repo(test_store_status__does_not_miss_sparse_files),
		in_repo(test_store_status__works_on_a_split_index),
		in_repo(test_store_status__needs_a_working_tree),
		in_repo(test_store_status__lists_the_sides_of_conflicts),
		in_repo(test_store_status__names_the_operation),
	};

	return cmocka_run_group_tests_name("store status", tests, NULL, NULL);
}
