/* SPDX-License-Identifier: MIT
 *
 * Releasing: what gets a version, which number, on which commit, and that the
 * tags are what git itself would make of the same words, in every clone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "version/fixture.h"

static const char *const hello = "prompt: Hello {{ name }}";

static void release(struct prompts *it, const char *want)
{
	prompts_release_as(it, NULL, PV_OK, want);
}

static void release_bump(struct prompts *it, enum pv_bump bump, int force,
			 int code, const char *want)
{
	pv_release_options opts = { .bump = bump, .force = force };

	prompts_release_as(it, &opts, code, want);
}

static void release_id(struct prompts *it, const char *id, int code,
		       const char *want)
{
	pv_release_options opts = { .ids = &id, .id_count = 1 };

	prompts_release_as(it, &opts, code, want);
}

static void expect_line(struct prompts *it, const char *command, const char *want)
{
	assert_string_equal(repo_line(&it->repo, command), want);
}

static void test_version_release__first_is_1_0_0(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "support/triage", hello);
	release(it, "support/triage 1.0.0");
	expect_line(it, "git tag", "support/triage/v1.0.0");
	release(it, "");
}

static void test_version_release__tag_is_the_object_git_makes(void **state)
{
	struct prompts *it = *state;
	char command[2048];
	char ours[64];

	prompts_commit(it, "a", hello);
	release(it, "a 1.0.0");
	snprintf(ours, sizeof(ours), "%s",
		 repo_line(&it->repo, "git rev-parse refs/tags/a/v1.0.0"));
	snprintf(command, sizeof(command),
		 "git cat-file tag a/v1.0.0 | sed '1,/^$/d' >../message && "
		 "GIT_COMMITTER_DATE='%ld +0200' "
		 "git tag -f -a -F ../message a/v1.0.0 %s >/dev/null && "
		 "git rev-parse refs/tags/a/v1.0.0",
		 it->when, "HEAD");
	expect_line(it, command, ours);
}

static void test_version_release__message_has_the_trailers(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", hello);
	release(it, "a 1.0.0");
	expect_line(it,
		    "git cat-file tag a/v1.0.0 | sed '1,/^$/d' | "
		    "sed \"s/$(git rev-parse HEAD:prompts/a.yaml)/BLOB/\" | "
		    "sed 's/[0-9a-f]\\{64\\}/CLOSURE/' | tr '\\n' '|'",
		    "a 1.0.0||Pv-Prompt: a|Pv-Version: 1.0.0|Pv-Blob: BLOB|"
		    "Pv-Closure: CLOSURE|Pv-Bump: none|");
}

static void test_version_release__bump_follows_the_interface(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: Hi, description: x}");
	release(it, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: Hi, description: y}");
	release(it, "a 1.0.1");
	prompts_commit(it, "a", "{prompt: Hello, description: y}");
	release(it, "a 1.1.0");
	prompts_commit(it, "a", "{prompt: \"Hello {{ who }}\", description: y}");
	release(it, "a 2.0.0");
}

static void test_version_release__bump_may_go_up_freely(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: Hi}");
	release_bump(it, PV_BUMP_MAJOR, 0, PV_OK, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: Hi, description: y}");
	release_bump(it, PV_BUMP_MAJOR, 0, PV_OK, "a 2.0.0");
}

static void test_version_release__bump_goes_down_only_by_force(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: Hi}");
	release(it, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: Hello}");
	release_bump(it, PV_BUMP_PATCH, 0, PV_EPOLICY, "");
	expect_line(it, "git tag", "a/v1.0.0");
	release_bump(it, PV_BUMP_PATCH, 1, PV_OK, "a 1.0.1");
}

static void test_version_release__names_the_commit_that_brought_it(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_sh(it, "git tag want");
	prompts_commit(it, "b", "{prompt: other}");
	prompts_sh(it, "echo x >README && git add -A && git commit -qm x");
	release(it, "a 1.0.0,b 1.0.0");
	expect_line(it, "git rev-parse a/v1.0.0^{commit}",
		    repo_oid(&it->repo, "want").hex);
	expect_line(it, "git rev-parse b/v1.0.0^{commit}",
		    repo_oid(&it->repo, "HEAD~1").hex);
}

static void test_version_release__tagger_is_the_committer(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "a", "{prompt: one}");
	repo_sh(&it->repo, "git add -A && GIT_COMMITTER_NAME='Zoë Ω' "
			   "GIT_COMMITTER_DATE='1600000000 -0330' "
			   "git commit -qm one");
	release(it, "a 1.0.0");
	expect_line(it, "git cat-file tag a/v1.0.0 | sed -n 4p",
		    "tagger Zoë Ω <cay@example.com> 1600000000 -0330");
}

static void test_version_release__merge_names_the_merge_commit(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.0.0");
	repo_sh(&it->repo, "git checkout -qb exp");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_commit(it, "a", "{prompt: three}");
	repo_sh(&it->repo, "git checkout -q main");
	prompts_commit(it, "b", "{prompt: b}");
	prompts_sh(it, "git merge -q --no-ff -m merge exp");
	release(it, "a 1.1.0,b 1.0.0");
	expect_line(it, "git rev-parse a/v1.1.0^{commit}",
		    repo_oid(&it->repo, "HEAD").hex);
	expect_line(it, "git rev-parse b/v1.0.0^{commit}",
		    repo_oid(&it->repo, "HEAD^").hex);
}

static void test_version_release__fast_forward_names_the_bringer(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	repo_sh(&it->repo, "git checkout -qb exp");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_commit(it, "b", "{prompt: b}");
	repo_sh(&it->repo, "git checkout -q main && git merge -q exp");
	release(it, "a 1.0.0,b 1.0.0");
	expect_line(it, "git rev-parse a/v1.0.0^{commit}",
		    repo_oid(&it->repo, "HEAD~1").hex);
}

static void test_version_release__other_branches_do_not_count(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.0.0");
	repo_sh(&it->repo, "git config pv.defaultBranch main && "
			   "git checkout -qb exp");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_commit(it, "c", "{prompt: c}");
	release(it, "");
	release_id(it, "c", PV_ENOTFOUND, "");
}

static void test_version_release__closure_change_is_minor(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "tone", "{prompt: be nice}");
	prompts_commit(it, "a", "prompt: \"{% include \\\"tone\\\" %} x\"");
	release(it, "a 1.0.0,tone 1.0.0");
	prompts_commit(it, "tone", "{prompt: be nice, description: patch}");
	release(it, "a 1.1.0,tone 1.0.1");
	expect_line(it, "git rev-parse a/v1.1.0^{commit}",
		    repo_oid(&it->repo, "HEAD").hex);
	release(it, "");
}

static void test_version_release__patch_above_a_closure_change(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "tone", "{prompt: be nice}");
	prompts_commit(it, "a",
		       "{prompt: \"{% include \\\"tone\\\" %} x\", name: A}");
	release(it, "a 1.0.0,tone 1.0.0");
	prompts_write(it, "tone", "{prompt: be kind}");
	prompts_commit(it, "a",
		       "{prompt: \"{% include \\\"tone\\\" %} x\", name: B}");
	release(it, "a 1.1.0,tone 1.1.0");
}

static void test_version_release__return_to_old_bytes_is_new(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: two}");
	release(it, "a 1.1.0");
	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.2.0");
}

static void test_version_release__recreated_goes_on_with_a_major(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.0.0");
	prompts_sh(it, "git rm -q prompts/a.yaml && git commit -qm gone");
	release(it, "");
	prompts_commit(it, "a", "{prompt: one, description: back}");
	prompts_commit(it, "a", "{prompt: one, description: again}");
	release(it, "a 2.0.0");
}

static void test_version_release__renamed_goes_on_with_a_major(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: two}");
	release(it, "a 1.1.0");
	prompts_sh(it, "git mv prompts/a.yaml prompts/z.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: a'");
	release(it, "z 2.0.0");
}

static void test_version_release__renamed_on_a_merged_branch(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.0.0");
	prompts_sh(it, "git checkout -qb mv && "
		       "git mv prompts/a.yaml prompts/z.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: a' && "
		       "git checkout -q main");
	prompts_sh(it, "git merge -q --no-ff -m merge mv");
	release(it, "z 2.0.0");
}

static void test_version_release__dry_run_makes_no_tag(void **state)
{
	pv_release_options opts = { .dry_run = 1 };
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_release_as(it, &opts, PV_OK, "a 1.0.0");
	expect_line(it, "git tag", "");
}

static void test_version_release__broken_prompt_stops_all(void **state)
{
	struct prompts *it = *state;

	prompts_write(it, "a", "{prompt: one}");
	prompts_commit(it, "b", "{prompt: [}");
	prompts_release_as(it, NULL, PV_ESYNTAX, "");
	expect_line(it, "git tag", "");
	release_id(it, "a", PV_OK, "a 1.0.0");
}

static void test_version_release__makes_up_for_missing_tags(void **state)
{
	struct prompts *it = *state;
	char before[64];

	prompts_write(it, "a", "{prompt: one}");
	prompts_commit(it, "b", "{prompt: two}");
	release(it, "a 1.0.0,b 1.0.0");
	snprintf(before, sizeof(before), "%s",
		 repo_line(&it->repo, "git rev-parse b/v1.0.0"));
	repo_sh(&it->repo, "git tag -d b/v1.0.0");
	prompts_sh(it, "git commit -q --allow-empty -m later");
	release(it, "b 1.0.0");
	expect_line(it, "git rev-parse b/v1.0.0", before);
}

static void test_version_release__skips_taken_and_malformed_tags(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	release(it, "a 1.0.0");
	prompts_commit(it, "a", "{prompt: two}");
	/* Lightweight, foreign, and of a commit on no branch. */
	repo_sh(&it->repo, "git tag a/v1.1.0 && git tag -a -m x a/v1.2.0 && "
			   "git tag -a -m x a/v1.3.0 "
			   "$(git commit-tree -m x HEAD^{tree})");
	release(it, "a 1.4.0");
}

static void test_version_release__unreachable_versions_do_not_count(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	repo_sh(&it->repo, "git checkout -qb fork");
	prompts_commit(it, "a", "{prompt: two}");
	repo_sh(&it->repo, "git config pv.defaultBranch fork");
	release(it, "a 1.0.0");
	repo_sh(&it->repo, "git config pv.defaultBranch main && "
			   "git checkout -q main");
	release(it, "a 1.0.1");
}

static void test_version_release__repeated_ids_are_one(void **state)
{
	static const char *const ids[] = { "b", "a", "b" };
	pv_release_options opts = { .ids = ids, .id_count = 3 };
	struct prompts *it = *state;

	prompts_write(it, "a", "{prompt: one}");
	prompts_commit(it, "b", "{prompt: two}");
	prompts_release_as(it, &opts, PV_OK, "b 1.0.0,a 1.0.0");
}

static void test_version_release__shallow_clone_refuses(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_commit(it, "a", "{prompt: two}");
	repo_sh(&it->repo, "git clone -q --depth 1 \"file://$PWD\" ../shallow "
			   "&& rm -rf ../repo && mv ../shallow ../repo");
	prompts_release_as(it, NULL, PV_EUNSUPPORTED, "");
}

/* Work on two branches, merged, with includes and a removal. */
static void make_history(struct prompts *it)
{
	prompts_write(it, "tone", "{prompt: be nice}");
	prompts_commit(it, "a", "prompt: \"{% include \\\"tone\\\" %} x\"");
	repo_sh(&it->repo, "git checkout -qb exp");
	prompts_commit(it, "tone", "{prompt: be kind}");
	prompts_commit(it, "b", hello);
	repo_sh(&it->repo, "git checkout -q main");
	prompts_commit(it, "c/d", hello);
	prompts_sh(it, "git merge -q --no-ff -m merge exp");
	prompts_sh(it, "git rm -q prompts/b.yaml && git commit -qm gone");
	prompts_commit(it, "c/d", "{prompt: other}");
}

static void test_version_release__clones_make_the_same_tags(void **state)
{
	static const char refs[] =
		"git for-each-ref --format='%(refname) %(objectname)' "
		"refs/tags | git hash-object --stdin";
	struct prompts *it = *state;
	char first[64];

	make_history(it);
	repo_sh(&it->repo, "git clone -q --no-tags . ../clone");
	release(it, "a 1.0.0,c/d 1.0.0,tone 1.0.0");
	prompts_commit(it, "tone", "{prompt: third}");
	repo_sh(&it->repo, "cd ../clone && git pull -q --no-tags");
	release(it, "a 1.1.0,tone 1.1.0");
	snprintf(first, sizeof(first), "%s", repo_line(&it->repo, refs));
	/* The clone releases the two states too, as somebody else. */
	setenv("GIT_COMMITTER_NAME", "Somebody Else", 1);
	repo_sh(&it->repo, "mv ../repo ../first && mv ../clone ../repo");
	repo_sh(&it->repo, "git reset -q --hard HEAD~1");
	release(it, "a 1.0.0,c/d 1.0.0,tone 1.0.0");
	repo_sh(&it->repo, "git merge -q origin/main");
	release(it, "a 1.1.0,tone 1.1.0");
	expect_line(it, refs, first);
	expect_line(it, "git fsck --strict --no-dangling 2>&1", "");
}

#define row(name)                                                             \
 cmocka_unit_test_setup_teardown(test_version_release__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(first_is_1_0_0),
		row(tag_is_the_object_git_makes),
		row(message_has_the_trailers),
		row(bump_follows_the_interface),
		row(bump_may_go_up_freely),
		row(bump_goes_down_only_by_force),
		row(names_the_commit_that_brought_it),
		row(tagger_is_the_committer),
		row(merge_names_the_merge_commit),
		row(fast_forward_names_the_bringer),
		row(other_branches_do_not_count),
		row(closure_change_is_minor),
		row(patch_above_a_closure_change),
		row(return_to_old_bytes_is_new),
		row(recreated_goes_on_with_a_major),
		row(renamed_goes_on_with_a_major),
		row(renamed_on_a_merged_branch),
		row(dry_run_makes_no_tag),
		row(broken_prompt_stops_all),
		row(makes_up_for_missing_tags),
		row(skips_taken_and_malformed_tags),
		row(unreachable_versions_do_not_count),
		row(repeated_ids_are_one),
		row(shallow_clone_refuses),
		row(clones_make_the_same_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
