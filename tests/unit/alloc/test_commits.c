/* SPDX-License-Identifier: MIT
 *
 * Every allocation of a merge of two commits in memory made to fail, where
 * files and folders are renamed, attributes are spread, kinds clash and there
 * are two merge bases.
 */
#include "alloc/walk.h"
#include "store/play.h"

#include <pv/merge.h>

struct scene {
	struct repo *repo;
	pv_store *store;
	pv_oid ours;
	pv_oid theirs;
	int is_dry;
};

static void begin(void *payload)
{
	struct scene *it = payload;
	pv_store_options opts = { .path = it->repo->path, .env = repo_env };

	assert_int_equal(pv_store_open(&it->store, &opts, NULL), PV_OK);
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	(void)rc;
	pv_store_free(it->store);
}

static int merge(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_commit_merge_options opts = { .dry_run = it->is_dry };
	pv_commit_merge *merged = NULL;
	int rc = pv_commit_merge_new(&merged, it->store, &it->ours, &it->theirs,
				     &opts, err);

	for (size_t i = 0; rc == PV_OK && i < pv_commit_merge_count(merged); i++)
		walk_say("%s", pv_commit_merge_at(merged, i)->path);
	for (size_t i = 0;
	     rc == PV_OK && i < pv_commit_merge_note_count(merged); i++)
		walk_say("%s", pv_commit_merge_note_at(merged, i)->file);
	if (rc == PV_OK)
		walk_say("%s", pv_commit_merge_tree(merged)->hex);
	pv_commit_merge_free(merged);
	return rc;
}

static const struct walk_row rows[] = { { WALK(pv_commit_merge_new, merge) } };

static void walk_merge(struct repo *repo, int is_dry, const char *script)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 0 };

	scene.repo = repo;
	scene.is_dry = is_dry;
	repo_sh(repo, script);
	scene.ours = repo_oid(repo, "ours");
	scene.theirs = repo_oid(repo, "theirs");
	/* Keeps libgit2 started, which would cost much in each round. */
	repo_open(repo);
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

#define FILES                                                             \
 "mkdir -p p/q old; echo '[attr]prompt merge=pv' >.gitattributes\n"       \
 "echo '*.yaml prompt' >>.gitattributes\n"                                \
 "echo '\"a b.txt\" conflict-marker-size=9' >p/q/.gitattributes\n"        \
 "printf 'version: 1.0.0\\na: x\\nb: y\\nc: z\\n' >p/q/a.yaml\n"          \
 "printf '1\\n2\\n3\\n4\\n' >p/q/'a b.txt'; echo u >u; echo k >k\n"       \
 "for i in 1 2 3; do printf \"$i\\n$i$i\\nx\\ny\\nz\\n\" >old/$i; done\n" \
 "git add .; git commit -qm base; git branch theirs; git checkout -qb ours\n"

static void test_alloc_commits__merge(void **state)
{
	walk_merge(*state, 0,
		   FILES
		   "sed -i 's/1.0.0/1.1.0/; s/x/xx/' p/q/a.yaml\n"
		   "echo 5 >>p/q/'a b.txt'; git mv old new; echo w >>new/1\n"
		   "rm u; ln -s x u; mkdir -p d; echo 1 >d/e; rm k; mkdir k\n"
		   "echo 2 >k/l; git add -A; git commit -qm o\n"
		   "git checkout -q theirs\n"
		   "sed -i 's/1.0.0/1.2.0/; s/z/zz/' p/q/a.yaml\n"
		   "echo 6 >>p/q/'a b.txt'; echo 4 >old/4; echo v >>u\n"
		   "echo kk >k; git add -A; git commit -qm t");
}

static void test_alloc_commits__merge_with_two_bases(void **state)
{
	walk_merge(*state, 1,
		   FILES "sed -i 's/x/xx/' p/q/a.yaml; git commit -qam 1\n"
			 "git checkout -q theirs; sed -i 's/x/xy/' p/q/a.yaml\n"
			 "git commit -qam 2; git branch two; git branch one ours\n"
			 "git merge -q -s ours one; echo d: d >>p/q/a.yaml\n"
			 "git commit -qam 3; git checkout -q ours\n"
			 "git merge -q -s ours two; git mv old/1 moved\n"
			 "git commit -qam 4");
}

#define TEST(name)                                                       \
 cmocka_unit_test_setup_teardown(test_alloc_commits__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(merge),
		TEST(merge_with_two_bases),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_commits", tests, NULL, NULL);
}
