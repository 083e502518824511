/* SPDX-License-Identifier: MIT
 *
 * What versions are called, at commits, in the index and in the working tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"

/* Describes `id` at a revision and checks the result against a pattern: "#" */
/* stands for the seven digits of the commit that `rev` names. */
static void describe(struct prompts *it, const char *rev, const char *id,
		     const char *want)
{
	pv_point at = { 0 };
	pv_error err = { 0 };
	pv_buf got = { 0 };
	pv_buf filled = { 0 };

	prompts_open(it);
	if (pv_rev_resolve(&at, it->repo.store, &it->settings, NULL, rev,
			   &err) != PV_OK)
		fail_msg("%s: %s", rev, err.message);
	if (pv_version_describe(&got, it->repo.store, &it->settings, id, &at,
				&err) != PV_OK)
		fail_msg("%s@%s: %s", id, rev, err.message);
	for (const char *c = want; *c; c++) {
		const char *name =
			at.kind == PV_AT_COMMIT ? at.commit.hex : "HEAD";

		if (*c == '#')
			pv_buf_printf(&filled, "%.7s",
				      repo_oid(&it->repo, name).hex);
		else
			pv_buf_putc(&filled, *c);
	}
	assert_string_equal(pv_buf_text(&got), pv_buf_text(&filled));
	pv_buf_dispose(&got);
	pv_buf_dispose(&filled);
}

static void test_version_describe__released_bytes_are_the_number(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "b", "{prompt: other}");
	describe(it, "HEAD", "a", "1.0.0");
	describe(it, ":worktree", "a", "1.0.0");
	describe(it, ":index", "a", "1.0.0");
}

/* The highest of those the commit has, as it was released then. */
static void test_version_describe__highest_of_equal_versions(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	describe(it, "HEAD", "a", "1.2.0");
	describe(it, "HEAD~1", "a", "1.1.0");
	describe(it, "HEAD~2", "a", "1.0.0");
	prompts_commit(it, "b", "{prompt: other}");
	describe(it, "HEAD", "a", "1.2.0");
	describe(it, "HEAD~3", "a", "1.0.0");
}

static void test_version_describe__a_later_version_is_another(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	repo_sh(&it->repo, "git branch old");
	prompts_commit(it, "a", "{prompt: three}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	prompts_release(it, NULL);
	repo_sh(&it->repo, "git config pv.defaultBranch main");
	describe(it, "main", "a", "1.2.0");
	describe(it, "old", "a", "1.1.0-main.1+g#");
	repo_sh(&it->repo, "git switch -q old");
	describe(it, "HEAD", "a", "1.1.0-old.1+g#");
	describe(it, ":index", "a", "1.1.0-old.1+g#");
	describe(it, ":worktree", "a", "1.1.0-old.1+g#");
	/* Work that is not committed may be what was released meanwhile. */
	prompts_write(it, "a", "{prompt: three}");
	describe(it, ":worktree", "a", "1.1.0");
	/* So may be that of a branch that left the default one. */
	prompts_sh(it, "git commit -qam three");
	describe(it, "HEAD", "a", "1.1.0");
	describe(it, ":worktree", "a", "1.1.0");
	prompts_sh(it, "git revert --no-edit HEAD");
	describe(it, "old", "a", "1.2.0");
}

static void test_version_describe__next_of_a_branch(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	repo_sh(&it->repo, "git config pv.defaultBranch main && "
			   "git checkout -qb exp/concise");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_commit(it, "b", "{prompt: other}");
	prompts_commit(it, "a", "{prompt: three}");
	describe(it, "HEAD", "a", "1.1.0-exp-concise.2+g#");
	describe(it, ":worktree", "a", "1.1.0-exp-concise.2+g#");
	describe(it, "HEAD~2", "a", "1.1.0-exp-concise.1+g#");
	describe(it, "main", "a", "1.0.0");
	prompts_commit(it, "a", "{prompt: three, description: patch}");
	describe(it, "HEAD", "b", "1.0.0-exp-concise.1+g#");
}

static void test_version_describe__bump_is_that_of_the_interface(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: one, description: d}");
	describe(it, "HEAD", "a", "1.0.1-main.1+g#");
	prompts_commit(it, "a", "{prompt: \"one {{ x }}\"}");
	describe(it, "HEAD", "a", "2.0.0-main.2+g#");
	prompts_commit(it, "a", "{prompt: [}");
	describe(it, "HEAD", "a", "2.0.0-main.3+g#");
}

static void test_version_describe__uncommitted_work_is_dirty(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_write(it, "a", "{prompt: two}");
	describe(it, ":worktree", "a", "1.1.0-main.0+g#.dirty");
	describe(it, ":index", "a", "1.0.0");
	repo_sh(&it->repo, "git add -A");
	describe(it, ":index", "a", "1.1.0-main.0+g#.dirty");
	prompts_write(it, "new", "{prompt: two}");
	describe(it, ":worktree", "new", "1.0.0-main.0+g#.dirty");
}

static void test_version_describe__before_the_first_commit(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "a", "{prompt: one}");
	describe(it, ":worktree", "a", "1.0.0-main.0+dirty");
}

static void test_version_describe__detached_head(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_sh(it, "git checkout -q --detach");
	prompts_commit(it, "a", "{prompt: two}");
	describe(it, "HEAD", "a", "1.0.0-detached.2+g#");
}

static void test_version_describe__names_make_valid_identifiers(void **state)
{
	static const char *const names[][2] = {
		{ "007", "b007" },
		{ "42", "42" },
		{ "release/1.2", "release-1-2" },
		{ "été", "--t--" },
		{ "a_b", "a-b" },
	};
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	for (size_t i = 0; i < pv_array_len(names); i++) {
		char text[128];

		snprintf(text, sizeof(text), "git checkout -qb '%s'",
			 names[i][0]);
		repo_sh(&it->repo, text);
		snprintf(text, sizeof(text), "1.0.0-%s.1+g#", names[i][1]);
		describe(it, "HEAD", "a", text);
	}
}

static void test_version_describe__old_commits_count_from_then(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	prompts_commit(it, "a", "{prompt: three}");
	prompts_commit(it, "a", "{prompt: \"four {{ x }}\"}");
	prompts_release(it, NULL);
	describe(it, "HEAD", "a", "2.0.0");
	describe(it, "HEAD~1", "a", "1.1.0-main.2+g#");
	describe(it, "HEAD~2", "a", "1.1.0-main.1+g#");
}

static void test_version_describe__other_branches_by_their_tips(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	repo_sh(&it->repo, "git checkout -qb exp");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_commit(it, "a", "{prompt: three}");
	repo_sh(&it->repo, "git checkout -q main");
	describe(it, "exp", "a", "1.1.0-exp.2+g#");
	describe(it, "exp~1", "a", "1.1.0-detached.1+g#");
	repo_sh(&it->repo, "git update-ref refs/remotes/origin/x exp~1");
	describe(it, "exp~1", "a", "1.1.0-origin-x.1+g#");
}

static void test_version_describe__recreated_is_major(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_sh(it, "git rm -q prompts/a.yaml && git commit -qm gone");
	prompts_commit(it, "a", "{prompt: one, description: back}");
	describe(it, "HEAD", "a", "2.0.0-main.2+g#");
}

static void test_version_describe__renamed_goes_on(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_sh(it, "git mv prompts/a.yaml prompts/z.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: a'");
	describe(it, "HEAD", "z", "2.0.0-main.1+g#");
}

/* What is shown as next is what a release makes. */
static void test_version_describe__next_is_what_was_announced(void **state)
{
	pv_release_options opts = { .bump = PV_BUMP_MAJOR, .pre = "rc" };
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	prompts_release_as(it, &opts, PV_OK, "a 2.0.0-rc.1");
	prompts_commit(it, "a", "{prompt: three}");
	describe(it, "HEAD", "a", "2.0.0-main.2+g#");
	prompts_release_as(it, NULL, PV_OK, "a 2.0.0");
}

static void test_version_describe__missing_prompt(void **state)
{
	struct prompts *it = *state;
	pv_point at = { .kind = PV_AT_WORKTREE };
	pv_error err = { 0 };
	pv_buf out = { 0 };

	prompts_commit(it, "a", "{prompt: one}");
	prompts_open(it);
	assert_int_equal(pv_version_describe(&out, it->repo.store,
					     &it->settings, "b", &at, &err),
			 PV_ENOTFOUND);
	assert_int_equal(err.id, PV_ERR_PROMPT_NOT_FOUND);
	assert_int_equal(out.len, 0);
}

/* --- many at once -------------------------------------------------------- */

struct many {
	struct prompts *it;
	pv_version_index *index;
	const pv_point *at;
	size_t count;
};

static int compare_one(const char *id, const char *path, const pv_oid *blob,
		       void *payload)
{
	struct many *many = payload;
	pv_buf one = { 0 };
	pv_buf other = { 0 };

	(void)path;
	assert_int_equal(pv_version_index_describe(&one, many->index, id,
						   many->at, blob, NULL),
			 PV_OK);
	assert_int_equal(pv_version_describe(&other, many->it->repo.store,
					     &many->it->settings, id, many->at,
					     NULL),
			 PV_OK);
	assert_string_equal(pv_buf_text(&one), pv_buf_text(&other));
	pv_buf_dispose(&one);
	pv_buf_dispose(&other);
	many->count++;
	return 0;
}

static void make_many(struct prompts *it)
{
	char id[16];

	for (int i = 0; i < 12; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		prompts_write(it, id, "{prompt: one}");
		if (i % 4 == 3)
			prompts_commit(it, id, "{prompt: zero}");
		if (i == 7)
			prompts_release(it, NULL);
	}
	repo_sh(&it->repo, "git checkout -qb exp");
	prompts_commit(it, "p1", "{prompt: two}");
	prompts_commit(it, "p5", "{prompt: two}");
	repo_sh(&it->repo, "git checkout -q main");
	prompts_commit(it, "p2", "{prompt: two}");
	prompts_release(it, "p2");
	prompts_commit(it, "p2", "{prompt: three}");
	prompts_sh(it, "git merge -q --no-ff -m merge exp");
}

static void test_version_describe__index_agrees_with_single_calls(void **state)
{
	static const char *const revs[] = { "HEAD", ":worktree", "HEAD~1",
					    "exp", ":index" };
	struct prompts *it = *state;
	struct many many = { .it = it };

	make_many(it);
	prompts_open(it);
	assert_int_equal(pv_version_index_load(&many.index, it->repo.store,
					       &it->settings, NULL),
			 PV_OK);
	for (size_t i = 0; i < pv_array_len(revs); i++) {
		pv_point at;

		assert_int_equal(pv_rev_resolve(&at, it->repo.store, &it->settings,
						NULL, revs[i], NULL),
				 PV_OK);
		many.at = &at;
		assert_int_equal(pv_prompt_each(it->repo.store, &it->settings,
						&at, compare_one, &many, NULL),
				 PV_OK);
	}
	pv_version_index_free(many.index);
	assert_int_equal(many.count, 60);
}

static void expect_stale(struct prompts *it, const char *id, int want)
{
	pv_point at = { .kind = PV_AT_WORKTREE };
	pv_version_index *index;

	prompts_open(it);
	assert_int_equal(pv_version_index_load(&index, it->repo.store,
					       &it->settings, NULL),
			 PV_OK);
	assert_int_equal(pv_version_index_is_stale(index, id, &at, NULL, NULL),
			 want);
	pv_version_index_free(index);
}

static void test_version_describe__staleness_is_of_the_closure(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "tone", "{prompt: nice}");
	prompts_commit(it, "a", "prompt: \"{% include \\\"tone\\\" %}\"");
	expect_stale(it, "a", PV_STALE_NOT);
	prompts_release(it, NULL);
	expect_stale(it, "a", PV_STALE_NOT);
	expect_stale(it, "tone", PV_STALE_NOT);
	prompts_write(it, "tone", "{prompt: kind}");
	expect_stale(it, "a", PV_STALE_BELOW);
	expect_stale(it, "tone", PV_STALE_OWN);
	prompts_write(it, "tone", "{prompt: [}");
	expect_stale(it, "a", PV_STALE_BELOW);
}

static void test_version_describe__a_branch_is_not_stale_for_being_old(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "tone", "{prompt: nice}");
	prompts_commit(it, "a", "prompt: \"{% include \\\"tone\\\" %}\"");
	prompts_release(it, NULL);
	repo_sh(&it->repo, "git branch old");
	prompts_commit(it, "tone", "{prompt: kind}");
	prompts_release(it, NULL);
	repo_sh(&it->repo, "git switch -q old");
	expect_stale(it, "a", PV_STALE_NOT);
	expect_stale(it, "tone", PV_STALE_NOT);
	prompts_commit(it, "tone", "{prompt: terse}");
	expect_stale(it, "a", PV_STALE_BELOW);
	expect_stale(it, "tone", PV_STALE_OWN);
}

static void test_version_describe__latest_is_the_highest(void **state)
{
	struct prompts *it = *state;
	const pv_version_info *info;
	pv_version_index *index;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_commit(it, "a", "{prompt: two}");
	prompts_release(it, NULL);
	prompts_open(it);
	assert_int_equal(pv_version_index_load(&index, it->repo.store,
					       &it->settings, NULL),
			 PV_OK);
	assert_int_equal(pv_version_index_latest(&info, index, "a", NULL), PV_OK);
	assert_string_equal(info->text, "1.1.0");
	assert_string_equal(info->tag, "a/v1.1.0");
	assert_string_equal(info->commit.hex, repo_oid(&it->repo, "HEAD").hex);
	assert_string_equal(info->tagger.name, "Cay Committer");
	assert_int_equal(pv_version_index_latest(&info, index, "b", NULL), PV_OK);
	assert_null(info);
	pv_version_index_free(index);
}

#define row(name)                                                              \
 cmocka_unit_test_setup_teardown(test_version_describe__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(released_bytes_are_the_number),
		row(highest_of_equal_versions),
		row(a_later_version_is_another),
		row(next_of_a_branch),
		row(bump_is_that_of_the_interface),
		row(uncommitted_work_is_dirty),
		row(before_the_first_commit),
		row(detached_head),
		row(names_make_valid_identifiers),
		row(old_commits_count_from_then),
		row(other_branches_by_their_tips),
		row(next_is_what_was_announced),
		row(recreated_is_major),
		row(renamed_goes_on),
		row(missing_prompt),
		row(index_agrees_with_single_calls),
		row(staleness_is_of_the_closure),
		row(a_branch_is_not_stale_for_being_old),
		row(latest_is_the_highest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
