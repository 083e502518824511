/* SPDX-License-Identifier: MIT
 *
 * Which commits touched a file: on generated histories with many merges the
 * count has to be that of git's combined diff, whatever was asked before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pv/git_rows.h>

#include "store/history/lineage.h"
#include "version/fixture.h"

enum {
	COMMITS = 180,
	FILES = 3,
	QUESTIONS = 36
};

struct generator {
	FILE *out; /* to git fast-import */
	uint32_t seed;
	int removes; /* now and then a file */
	int content[COMMITS + 1][FILES];
};

static unsigned pick(struct generator *it, unsigned below)
{
	it->seed = it->seed * 1664525u + 1013904223u;
	return (it->seed >> 16) % below;
}

static void put_file(struct generator *it, int commit, int file)
{
	if (it->content[commit][file] < 0) {
		fprintf(it->out, "D prompts/%c.yaml\n", 'a' + file);
		return;
	}
	fprintf(it->out, "M 100644 inline prompts/%c.yaml\ndata 8\nprompt%02d\n",
		'a' + file, it->content[commit][file]);
}

/* A commit on one of the last few, often a merge; the root has all files. */
static void put_commit(struct generator *it, int n)
{
	int first = n > 1 ? n - 1 - (int)pick(it, n < 4 ? 1 : 3) : 0;
	int second = n > 4 && pick(it, 3) == 0 ? n - 1 - (int)pick(it, 4) : 0;

	fprintf(it->out, "commit refs/heads/c%d\nmark :%d\n", n, n);
	fprintf(it->out, "committer C <c@example.com> %d +0000\n",
		1750000000 + n * 60);
	fprintf(it->out, "data 2\nx\n");
	if (first)
		fprintf(it->out, "from :%d\n", first);
	if (second > 0 && second != first)
		fprintf(it->out, "merge :%d\n", second);
	for (int file = 0; file < FILES; file++) {
		int source = second > 0 && pick(it, 2) ? second : first;

		it->content[n][file] = it->content[source][file];
		if (n == 1 || pick(it, 4) == 0)
			it->content[n][file] = (int)pick(it, 5);
		if (it->removes && n > 1 && pick(it, 25) == 0)
			it->content[n][file] = -1;
		put_file(it, n, file);
	}
}

static FILE *import_into(struct prompts *it)
{
	char command[256];
	FILE *out;

	snprintf(command, sizeof(command),
		 "git -C '%s' fast-import --quiet --force", it->repo.path);
	out = popen(command, "w");
	assert_non_null(out);
	return out;
}

static void generate_with(struct prompts *it, uint32_t seed, int removes)
{
	struct generator generator = { .seed = seed, .removes = removes };

	generator.out = import_into(it);
	for (int n = 1; n <= COMMITS; n++)
		put_commit(&generator, n);
	assert_int_equal(pclose(generator.out), 0);
}

static void generate(struct prompts *it, uint32_t seed)
{
	generate_with(it, seed, 0);
}

static size_t ask_git(struct prompts *it, int since, int at, int file)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "git rev-list c%d ^c%d | git diff-tree --stdin --root -r -c "
		 "--name-only --no-commit-id | grep -cx prompts/%c.yaml",
		 at, since, 'a' + file);
	return strtoul(repo_line(&it->repo, command), NULL, 10);
}

static pv_oid commit_of(struct prompts *it, int n)
{
	char name[32];

	snprintf(name, sizeof(name), "c%d", n);
	return repo_oid(&it->repo, name);
}

static void compare(struct prompts *it, struct generator *random,
		    pv_lineage *lineage, int at)
{
	int since = 1 + (int)pick(random, COMMITS);
	int file = (int)pick(random, FILES);
	pv_oid oid = commit_of(it, since);
	char path[32];
	pv_touches touches;

	snprintf(path, sizeof(path), "prompts/%c.yaml", 'a' + file);
	assert_int_equal(pv_lineage_touches(&touches, lineage, path, &oid, NULL),
			 PV_OK);
	if (touches.count != ask_git(it, since, at, file))
		fail_msg("%s since c%d at c%d: %zu", path, since, at,
			 touches.count);
}

/* Lends the store rows of all that happened to prompts. */
static pv_git_rows *remember(struct prompts *it)
{
	static const char *const dir = "prompts";
	const pv_git_rows_refresh how = { .is_rebuild = 1 };
	pv_git_rows_options opts = { .dirs = &dir, .dir_count = 1 };
	pv_git_rows_report report;
	pv_git_rows *rows;
	char path[160];

	snprintf(path, sizeof(path), "%s/.git/pv/git.db", it->repo.path);
	opts.path = path;
	assert_int_equal(pv_git_rows_new(&rows, it->repo.store, &opts, NULL),
			 PV_OK);
	assert_int_equal(pv_git_rows_update(&report, rows, &how, NULL), PV_OK);
	assert_int_equal(report.added, COMMITS);
	assert_int_equal(report.paths, FILES);
	return rows;
}

static void test_store_lineage__counts_as_git_does(void **state)
{
	struct prompts *it = *state;
	struct generator random = { .seed = 5 };
	pv_git_rows *rows = NULL;

	for (uint32_t seed = 1; seed <= 4; seed++) {
		generate(it, seed);
		/* With the table of commits, and without. */
		if (seed == 2)
			repo_sh(&it->repo, "git commit-graph write --reachable");
		prompts_open(it);
		if (seed == 4)
			rows = remember(it);
		for (int at = COMMITS; at > COMMITS - 3; at--) {
			pv_oid tip = commit_of(it, at);
			pv_lineage *lineage;

			assert_int_equal(pv_lineage_new(&lineage, it->repo.store,
							&tip, "prompts", NULL),
					 PV_OK);
			for (int i = 0; i < QUESTIONS / 3; i++)
				compare(it, &random, lineage, at);
			pv_lineage_free(lineage);
		}
	}
	pv_git_rows_free(rows);
}

/* One lineage of one file, turned from commit to commit. */
static void move_around(struct prompts *it)
{
	static const char path[] = "prompts/b.yaml";
	struct generator random = { .seed = 9 };
	pv_lineage *lineage = NULL;

	prompts_open(it);
	for (int i = 0; i < QUESTIONS; i++) {
		int at = 1 + (int)pick(&random, COMMITS);
		int since = 1 + (int)pick(&random, COMMITS);
		pv_oid point = commit_of(it, at);
		pv_oid oid = commit_of(it, since);
		pv_touches touches;

		if (!lineage)
			assert_int_equal(pv_lineage_new_file(&lineage,
							     it->repo.store,
							     &point, path, NULL),
					 PV_OK);
		pv_lineage_move(lineage, &point);
		assert_int_equal(pv_lineage_touches(&touches, lineage, path,
						    &oid, NULL),
				 PV_OK);
		if (touches.count != ask_git(it, since, at, 1))
			fail_msg("since c%d at c%d: %zu", since, at,
				 touches.count);
	}
	assert_true(pv_lineage_covers(lineage, path));
	assert_false(pv_lineage_covers(lineage, "prompts/a.yaml"));
	pv_lineage_free(lineage);
}

static pv_touches since_creation(pv_lineage *lineage, const char *path,
				 const pv_oid *point)
{
	pv_touches touches;

	pv_lineage_move(lineage, point);
	assert_int_equal(pv_lineage_touches(&touches, lineage, path, NULL, NULL),
			 PV_OK);
	return touches;
}

static int has_file(struct prompts *it, const pv_oid *commit, const char *path)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_oid blob;

	return pv_store_find(&blob, it->repo.store, &at, path, NULL) == PV_OK;
}

/* A lineage that passes over commits, beside new ones that visit all. */
static void compare_creations(struct prompts *it, uint32_t seed)
{
	static const char path[] = "prompts/b.yaml";
	struct generator random = { .seed = seed };
	pv_oid first = commit_of(it, COMMITS);
	pv_lineage *lineage;

	assert_int_equal(pv_lineage_new_file(&lineage, it->repo.store, &first,
					     path, NULL),
			 PV_OK);
	for (int i = 0; i < QUESTIONS; i++) {
		int n = 1 + (int)pick(&random, COMMITS);
		pv_oid at = commit_of(it, n);
		pv_lineage *other;
		pv_touches ours;
		pv_touches want;

		if (!has_file(it, &at, path))
			continue;
		ours = since_creation(lineage, path, &at);
		assert_int_equal(pv_lineage_new(&other, it->repo.store, &at,
						"prompts", NULL),
				 PV_OK);
		want = since_creation(other, path, &at);
		if (ours.count != want.count || ours.is_added != want.is_added ||
		    strcmp(ours.added_by.hex, want.added_by.hex) != 0)
			fail_msg("seed %u at c%d: %zu %.8s, not %zu %.8s", seed,
				 n, ours.count, ours.added_by.hex, want.count,
				 want.added_by.hex);
		pv_lineage_free(other);
	}
	pv_lineage_free(lineage);
}

static void test_store_lineage__of_a_file_finds_its_creation(void **state)
{
	struct prompts *it = *state;
	pv_git_rows *rows = NULL;

	for (uint32_t seed = 20; seed < 26; seed++) {
		generate_with(it, seed, 1);
		/* Without a table of commits, with filters, with rows. */
		if (seed > 21 && seed % 5)
			repo_sh(&it->repo, "git commit-graph write --reachable "
					   "--changed-paths");
		prompts_open(it);
		if (seed % 3 == 0)
			rows = remember(it);
		compare_creations(it, seed);
		pv_git_rows_free(rows);
		rows = NULL;
	}
}

static void test_store_lineage__of_a_file_can_be_moved(void **state)
{
	struct prompts *it = *state;

	generate(it, 4);
	move_around(it);
	generate(it, 5);
	repo_sh(&it->repo, "git commit-graph write --reachable --changed-paths");
	move_around(it);
}

static void expect_touches(struct prompts *it, const char *since, size_t count,
			   int is_added)
{
	static const char path[] = "prompts/a.yaml";
	pv_oid tip = repo_oid(&it->repo, "HEAD");
	pv_oid from = { "" };
	pv_lineage *lineage;
	pv_touches touches;

	prompts_open(it);
	if (since)
		from = repo_oid(&it->repo, since);
	for (int is_file = 0; is_file < 2; is_file++) {
		int rc = is_file ? pv_lineage_new_file(&lineage, it->repo.store,
						       &tip, path, NULL)
				 : pv_lineage_new(&lineage, it->repo.store,
						  &tip, "prompts", NULL);

		assert_int_equal(rc, PV_OK);
		assert_int_equal(pv_lineage_touches(&touches, lineage, path,
						    since ? &from : NULL, NULL),
				 PV_OK);
		assert_int_equal(touches.count, count);
		assert_int_equal(touches.is_added, is_added);
		pv_lineage_free(lineage);
	}
}

static void test_store_lineage__counts_from_the_creation(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "b", "{prompt: other}");
	prompts_commit(it, "a", "{prompt: one}");
	prompts_commit(it, "b", "{prompt: more}");
	prompts_commit(it, "a", "{prompt: two}");
	expect_touches(it, NULL, 2, 1);
	expect_touches(it, "HEAD~2", 1, 0);
	expect_touches(it, "HEAD", 0, 0);
}

static void test_store_lineage__a_removal_starts_anew(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_sh(it, "git rm -q prompts/a.yaml && git commit -qm gone");
	prompts_commit(it, "a", "{prompt: three}");
	prompts_commit(it, "a", "{prompt: four}");
	expect_touches(it, NULL, 2, 1);
	expect_touches(it, "HEAD~3", 3, 1);
}

static void test_store_lineage__answers_do_not_depend_on_order(void **state)
{
	struct prompts *it = *state;
	pv_oid tip, old;
	pv_lineage *lineage;
	pv_touches touches;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_sh(it, "git rm -q prompts/a.yaml && git commit -qm gone");
	prompts_commit(it, "a", "{prompt: three}");
	tip = repo_oid(&it->repo, "HEAD");
	old = repo_oid(&it->repo, "HEAD~3");
	prompts_open(it);
	assert_int_equal(pv_lineage_new(&lineage, it->repo.store, &tip,
					"prompts", NULL),
			 PV_OK);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(pv_lineage_touches(&touches, lineage,
						    "prompts/a.yaml", &old, NULL),
				 PV_OK);
		assert_int_equal(touches.count, 3);
		assert_int_equal(pv_lineage_touches(&touches, lineage,
						    "prompts/a.yaml", NULL, NULL),
				 PV_OK);
		assert_int_equal(touches.count, 1);
		assert_string_equal(touches.added_by.hex, tip.hex);
	}
	pv_lineage_free(lineage);
}

static void test_store_lineage__ends_where_a_shallow_clone_does(void **state)
{
	struct prompts *it = *state;

	prompts_commit(it, "a", "{prompt: one}");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_commit(it, "a", "{prompt: three}");
	repo_sh(&it->repo, "git clone -q --depth 2 \"file://$PWD\" ../shallow "
			   "&& rm -rf ../repo && mv ../shallow ../repo");
	expect_touches(it, NULL, 2, 1);
}

/* --- odd graphs ----------------------------------------------------------- */

enum {
	ODD_COMMITS = 40,
	ODD_PARENTS = 4
};

/* A graph that is known: what is asked about it can be told without git. */
struct odd {
	struct generator random;
	int parents[ODD_COMMITS + 1][ODD_PARENTS];
	int counts[ODD_COMMITS + 1];
	uint64_t behind[ODD_COMMITS + 1]; /* a bit for each, itself too */
};

static void draw_parents(struct odd *it, int n)
{
	struct generator *random = &it->random;
	int most = n > 1 && pick(random, 12) ? 1 : 0;

	if (most && pick(random, 3) == 0)
		most += 1 + (int)pick(random, ODD_PARENTS - 1);
	it->counts[n] = 0;
	it->behind[n] = UINT64_C(1) << n;
	for (int i = 0; i < most; i++) {
		int parent = n - 1 - (int)pick(random, 6);
		int is_new = parent > 0;

		for (int k = 0; k < it->counts[n]; k++)
			is_new = is_new && it->parents[n][k] != parent;
		if (!is_new)
			continue;
		it->parents[n][it->counts[n]++] = parent;
		it->behind[n] |= it->behind[parent];
	}
}

/* Several roots, octopuses, criss-crosses; clocks stand still or run back. */
static void put_odd_commit(struct odd *it, int n)
{
	struct generator *random = &it->random;
	int *content = random->content[n];
	int late = pick(random, 6) ? 0 : (int)pick(random, 2000);

	draw_parents(it, n);
	fprintf(random->out, "commit refs/heads/c%d\nmark :%d\n", n, n);
	fprintf(random->out,
		"committer C <c@example.com> %d +0000\ndata 3\n%03d\n",
		1750000000 + n / 3 * 60 - late, n);
	for (int i = 0; i < it->counts[n]; i++)
		fprintf(random->out, "%s :%d\n", i ? "merge" : "from",
			it->parents[n][i]);
	fputs("deleteall\n", random->out);
	for (int file = 0; file < FILES; file++) {
		int count = it->counts[n];
		int from = count ? it->parents[n][pick(random, (unsigned)count)]
				 : 0;

		content[file] = from ? random->content[from][file] : -1;
		if (pick(random, 4) == 0)
			content[file] = (int)pick(random, 3);
		if (pick(random, 20) == 0)
			content[file] = -1;
		if (content[file] >= 0)
			put_file(random, n, file);
	}
}

static int is_touched(const struct odd *it, int n, int file)
{
	int content = it->random.content[n][file];

	for (int i = 0; i < it->counts[n]; i++)
		if (it->random.content[it->parents[n][i]][file] == content)
			return 0;
	return it->counts[n] || content >= 0;
}

static size_t count_odd(const struct odd *it, int since, int at, int file)
{
	uint64_t left = it->behind[at] & ~it->behind[since];
	size_t count = 0;

	for (int n = 1; n <= at; n++)
		count += (left >> n & 1) && is_touched(it, n, file);
	return count;
}

/* Of one file and of the folder, each turned from commit to commit. */
struct odd_lineages {
	pv_lineage *of_file[FILES];
	pv_lineage *of_all;
};

static pv_lineage *turn(struct prompts *it, pv_lineage **lineage,
			const char *scope, int is_file, const pv_oid *at)
{
	if (!*lineage)
		assert_int_equal((is_file ? pv_lineage_new_file
					  : pv_lineage_new)(lineage,
							    it->repo.store, at,
							    scope, NULL),
				 PV_OK);
	pv_lineage_move(*lineage, at);
	return *lineage;
}

static void compare_odd(struct prompts *it, struct odd *odd,
			struct odd_lineages *lineages, uint32_t seed)
{
	int at = ODD_COMMITS - (int)pick(&odd->random, 20);
	int since = 1 + (int)pick(&odd->random, (unsigned)ODD_COMMITS);
	int file = (int)pick(&odd->random, FILES);
	pv_oid point = commit_of(it, at);
	pv_oid from = commit_of(it, since);
	size_t want = count_odd(odd, since, at, file);
	char path[32];

	snprintf(path, sizeof(path), "prompts/%c.yaml", 'a' + file);
	for (int i = 0; i < 2; i++) {
		pv_lineage *lineage =
			i ? turn(it, &lineages->of_file[file], path, 1, &point)
			  : turn(it, &lineages->of_all, "prompts", 0, &point);
		pv_touches touches;

		assert_int_equal(pv_lineage_touches(&touches, lineage, path,
						    &from, NULL),
				 PV_OK);
		if (touches.count != want)
			fail_msg("seed %u, %s since c%d at c%d, %s: %zu, not %zu",
				 seed, path, since, at, i ? "alone" : "of all",
				 touches.count, want);
	}
	/* That the graph is known is itself to be seen now and then. */
	if (pick(&odd->random, 12) == 0)
		assert_int_equal(want, ask_git(it, since, at, file));
}

/* PV_LINEAGE_SEEDS=900 looks at so many graphs. */
static void test_store_lineage__counts_on_odd_graphs(void **state)
{
	struct prompts *it = *state;
	const char *more = getenv("PV_LINEAGE_SEEDS");
	uint32_t seeds = more ? (uint32_t)strtoul(more, NULL, 10) : 8;

	for (uint32_t seed = 1; seed <= seeds; seed++) {
		struct odd odd = { .random = { .seed = seed * 7919 } };
		struct odd_lineages lineages = { { NULL }, NULL };

		odd.random.out = import_into(it);
		for (int n = 1; n <= ODD_COMMITS; n++)
			put_odd_commit(&odd, n);
		assert_int_equal(pclose(odd.random.out), 0);
		if (seed % 3 == 0)
			repo_sh(&it->repo, "git commit-graph write --reachable "
					   "--changed-paths");
		prompts_open(it);
		for (int i = 0; i < QUESTIONS; i++)
			compare_odd(it, &odd, &lineages, seed);
		for (int i = 0; i < FILES; i++)
			pv_lineage_free(lineages.of_file[i]);
		pv_lineage_free(lineages.of_all);
	}
}

#define row(name)                                                           \
 cmocka_unit_test_setup_teardown(test_store_lineage__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(counts_as_git_does),
		row(of_a_file_can_be_moved),
		row(of_a_file_finds_its_creation),
		row(counts_from_the_creation),
		row(counts_on_odd_graphs),
		row(a_removal_starts_anew),
		row(answers_do_not_depend_on_order),
		row(ends_where_a_shallow_clone_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
