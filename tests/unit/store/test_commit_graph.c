/* SPDX-License-Identifier: MIT
 *
 * Commit-graph files: the same trees, dates and parents as in the objects,
 * from one file and from a chain, filters of paths that pass what changed, and
 * no harm from damaged ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/repo.h"

#include "base/file.h"
#include "store/history/commit_graph.h"
#include "store/history/path_filter.h"

/* Forks, merges of two and of five, and a second root. */
static const char build[] =
	"c() { GIT_COMMITTER_DATE=\"$((1700000000 + $1 * 60)) +0000\" "
	"git commit -q --allow-empty -m $1; }\n"
	"for i in 1 2 3 4 5; do c $i; git branch b$i; done\n"
	"for i in 1 2 3 4 5; do git checkout -q b$i; echo $i >f$i; git add -A; "
	"c 1$i; done\n"
	"git checkout -q main; c 20\n"
	"GIT_COMMITTER_DATE='1700003000 +0000' git merge -q -m five b1 b2 b3 "
	"b4 b5\n"
	"git checkout -q b1; c 30; git checkout -q main\n"
	"GIT_COMMITTER_DATE='1700004000 +0000' git merge -q --no-ff -m two b1\n"
	"git checkout -q --orphan alone; c 40; git checkout -q main\n"
	"GIT_COMMITTER_DATE='1700005000 +0000' git merge -q "
	"--allow-unrelated-histories -m roots alone\n";

static void expect_row(struct repo *repo, const pv_commit_graph *graph,
		       const char *hex)
{
	pv_commit commit = { 0 };
	pv_oid oid = { { 0 } };
	pv_graph_link link;
	pv_graph_row row;
	pv_oid got;
	git_oid id;

	snprintf(oid.hex, sizeof(oid.hex), "%.40s", hex);
	assert_int_equal(pv_oid_to_git(&id, &oid, NULL), PV_OK);
	assert_int_equal(pv_store_commit_read(&commit, repo->store, &oid, NULL),
			 PV_OK);
	assert_int_equal(pv_graph_find(&row, graph, &id), 1);
	pv_oid_from_git(&got, &row.tree);
	assert_string_equal(got.hex, commit.tree.hex);
	assert_int_equal(row.date, commit.committer.when);
	for (size_t i = 0; i < commit.parent_count; i++) {
		pv_graph_row found, at;

		assert_int_equal(pv_graph_parent(&link, graph, &row, i), 1);
		pv_oid_from_git(&got, &link.id);
		assert_string_equal(got.hex, commit.parents[i].hex);
		assert_int_equal(pv_graph_find(&found, graph, &link.id), 1);
		assert_int_equal(pv_graph_at(&at, graph, link.position), 1);
		assert_memory_equal(&found, &at, sizeof(at));
	}
	assert_int_equal(pv_graph_parent(&link, graph, &row, commit.parent_count),
			 0);
	pv_commit_dispose(&commit);
}

static size_t expect_all(struct repo *repo)
{
	pv_commit_graph *graph;
	pv_buf list = { 0 };
	size_t count = 0;

	repo_open(repo);
	assert_int_equal(pv_commit_graph_open(&graph, repo->store, NULL), PV_OK);
	assert_non_null(graph);
	repo_read(repo, &list, "git rev-list --all");
	for (size_t at = 0; at + 40 <= list.len; at += 41, count++)
		expect_row(repo, graph, list.ptr + at);
	pv_buf_dispose(&list);
	pv_commit_graph_free(graph);
	return count;
}

static void test_store_commit_graph__one_file(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, build);
	repo_sh(repo, "git commit-graph write --reachable");
	assert_int_equal(expect_all(repo), 16);
}

static void test_store_commit_graph__a_chain_of_files(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, build);
	repo_sh(repo, "w() { git rev-parse $1 | git commit-graph write "
		      "--stdin-commits --split=no-merge; }\n"
		      "w b3; w b5~0; w main~1; w main");
	assert_string_equal(repo_line(repo, "wc -l <.git/objects/info/"
					    "commit-graphs/commit-graph-chain"),
			    "4");
	assert_int_equal(expect_all(repo), 16);
}

static pv_commit_graph *open_graph(struct repo *repo)
{
	pv_commit_graph *graph;

	pv_store_free(repo->store);
	repo->store = NULL;
	repo_open(repo);
	assert_int_equal(pv_commit_graph_open(&graph, repo->store, NULL), PV_OK);
	return graph;
}

static void test_store_commit_graph__none_or_not_wanted(void **state)
{
	struct repo *repo = *state;

	repo_sh(repo, build);
	assert_null(open_graph(repo));
	repo_sh(repo, "git commit-graph write --reachable && "
		      "git config core.commitGraph false");
	assert_null(open_graph(repo));
	repo_sh(repo, "git config core.commitGraph true && "
		      "rm -f .git/objects/info/commit-graph && "
		      "echo garbage >.git/objects/info/commit-graph");
	assert_null(open_graph(repo));
}

static void test_store_commit_graph__unknown_commits_are_not_found(void **state)
{
	struct repo *repo = *state;
	pv_commit_graph *graph;
	pv_graph_row row;
	git_oid id;

	repo_sh(repo, build);
	repo_sh(repo, "git commit-graph write --reachable");
	graph = open_graph(repo);
	for (unsigned i = 0; i < 256; i++) {
		memset(id.id, (int)i, sizeof(id.id));
		assert_int_equal(pv_graph_find(&row, graph, &id), 0);
	}
	pv_commit_graph_free(graph);
}

/* Asks for all there is; any answer will do, within the file. */
static void ask_all(const pv_commit_graph *graph, const pv_buf *list,
		    const pv_path_filter *path)
{
	pv_graph_filter filter;

	for (size_t at = 0; at + 40 <= list->len; at += 41) {
		pv_graph_row row;
		pv_graph_row above;
		pv_graph_link link;
		git_oid id;
		size_t idx = 0;

		assert_int_equal(git_oid_fromstrn(&id, list->ptr + at, 40), 0);
		if (!pv_graph_find(&row, graph, &id))
			continue;
		if (pv_graph_filter_at(&filter, graph, row.position))
			pv_path_filter_excludes(path, &filter);
		while (pv_graph_parent(&link, graph, &row, idx) > 0) {
			pv_graph_at(&above, graph, link.position);
			idx++;
		}
	}
}

static void test_store_commit_graph__damage_does_no_harm(void **state)
{
	struct repo *repo = *state;
	char path[160];
	pv_buf good = { 0 };
	pv_buf list = { 0 };
	uint32_t seed = 11;
	pv_path_filter filter;
	pv_arena arena = { 0 };

	assert_int_equal(pv_path_filter_init(&filter, &arena, "some/path"),
			 PV_OK);
	repo_sh(repo, build);
	repo_sh(repo, "git commit-graph write --reachable --changed-paths");
	repo_read(repo, &list, "git rev-list --all");
	snprintf(path, sizeof(path), "%s/.git/objects/info/commit-graph",
		 repo->path);
	assert_int_equal(pv_file_read(&good, path, NULL), PV_OK);
	repo_open(repo);
	for (int round = 0; round < 1500; round++) {
		size_t len = good.len;
		pv_commit_graph *graph;
		FILE *file;
		size_t at;
		char saved;

		seed = seed * 1664525u + 1013904223u;
		at = (seed >> 8) % good.len;
		saved = good.ptr[at];
		good.ptr[at] = (char)(seed >> 24);
		if (round % 5 == 0)
			len = at;
		unlink(path);
		file = fopen(path, "wb");
		assert_non_null(file);
		fwrite(good.ptr, 1, len, file);
		assert_int_equal(fclose(file), 0);
		good.ptr[at] = saved;
		assert_int_equal(pv_commit_graph_open(&graph, repo->store, NULL),
				 PV_OK);
		if (graph)
			ask_all(graph, &list, &filter);
		pv_commit_graph_free(graph);
	}
	pv_buf_dispose(&good);
	pv_buf_dispose(&list);
	pv_arena_dispose(&arena);
}

/* How many of all commits may have changed a path. */
static int count_passed(const pv_commit_graph *graph, const char *name)
{
	pv_path_filter path;
	pv_arena arena = { 0 };
	pv_graph_filter filter;
	int count = 0;

	assert_int_equal(pv_path_filter_init(&path, &arena, name), PV_OK);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(pv_graph_filter_at(&filter, graph, i), 1);
		count += !pv_path_filter_excludes(&path, &filter);
	}
	assert_int_equal(pv_graph_filter_at(&filter, graph, 4), 0);
	pv_arena_dispose(&arena);
	return count;
}

static void test_store_commit_graph__filters_of_paths(void **state)
{
	struct repo *repo = *state;
	pv_commit_graph *graph;

	repo_sh(repo, "c() { mkdir -p $(dirname $1); echo $1 >$1; git add .; "
		      "git commit -q -m $1; }; c top; c a/b/deep; c a/b/other; "
		      "c $(printf 'u/\\303\\251')");
	repo_sh(repo, "git commit-graph write --reachable --changed-paths");
	graph = open_graph(repo);
	assert_int_equal(count_passed(graph, "top"), 1);
	assert_int_equal(count_passed(graph, "a/b/deep"), 1);
	assert_int_equal(count_passed(graph, "a/b"), 2);
	assert_int_equal(count_passed(graph, "a"), 2);
	assert_int_equal(count_passed(graph, "none"), 0);
	/* In version 1 it is not certain how that was hashed. */
	assert_int_equal(count_passed(graph, "u/\303\251"), 4);
	pv_commit_graph_free(graph);
}

/* Murmur3 of bytes that are not negative. */
static void test_store_commit_graph__filters_of_version_2(void **state)
{
	const unsigned char none[4] = { 0 };
	const unsigned char all[4] = { 255, 255, 255, 255 };
	pv_graph_filter filter = { none, sizeof(none), 2, 7 };
	pv_path_filter path;
	pv_arena arena = { 0 };

	(void)state;
	assert_int_equal(pv_path_filter_init(&path, &arena, "u/\303\251"), PV_OK);
	assert_int_equal(path.count, 2);
	assert_int_equal(path.hashes[0].first, 0xb81905);
	assert_int_equal(path.hashes[0].step, 0xd42696ae);
	assert_int_equal(pv_path_filter_excludes(&path, &filter), 1);
	filter.bits = all;
	assert_int_equal(pv_path_filter_excludes(&path, &filter), 0);
	filter.bits = none;
	filter.version = 3;
	assert_int_equal(pv_path_filter_excludes(&path, &filter), 0);
	pv_arena_dispose(&arena);
}

#define row(name)                                                             \
 cmocka_unit_test_setup_teardown(test_store_commit_graph__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(one_file),
		row(a_chain_of_files),
		row(none_or_not_wanted),
		row(unknown_commits_are_not_found),
		row(damage_does_no_harm),
		row(filters_of_paths),
		row(filters_of_version_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
