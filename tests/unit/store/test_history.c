/* SPDX-License-Identifier: MIT
 *
 * Path histories on random graphs with merges, skewed and equal dates,
 * removals and modes that change, some with grafts, some packed, some with a
 * commit-graph, also in layers and with filters of paths, some with rows that
 * remember all or part of it, compared with `git log` in its three modes,
 * hidden commits included, and with the walk that follows renames, as there
 * are none, and with what both ends of it are said to be; common ancestors compared with `git merge-base`;
 * what one tip reaches, asked in any order.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <pv/blame.h>
#include <pv/git_rows.h>

#include "base/file.h"
#include "store/history/reach.h"
#include "store/object/big_endian.h"
#include "store/repo.h"

enum {
	MAX_COMMITS = 60,
	GRAPHS = 40,
	PATHS = 5
};

static const char *const paths[PATHS] = { "top.txt", "a/one.txt",
					  "a/b/deep.txt", "a/b", "a/\303\251" };

/* A generator of its own: the same graphs everywhere. */
static unsigned next_random(unsigned long long *state, unsigned limit)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(*state >> 33) % limit;
}

static void put_file(pv_buf *out, unsigned long long *state)
{
	const char *path = paths[next_random(state, PATHS)];
	unsigned kind = next_random(state, 10);

	if (kind == 0)
		pv_buf_printf(out, "D %s\n", path);
	else
		pv_buf_printf(out, "M %s inline %s%s\ndata 2\n%u\n",
			      kind == 1 ? "100755" : "100644", path,
			      strcmp(path, "a/b") == 0 ? "/x" : "",
			      next_random(state, 3));
}

static void put_commit(pv_buf *out, unsigned idx, unsigned long long *state)
{
	unsigned parents = idx ? 1 + (next_random(state, 3) == 0) : 0;
	unsigned files = next_random(state, 4);
	unsigned long date = 1700000000 + idx / 2 * 100;

	if (next_random(state, 15) == 0)
		date -= 100 * next_random(state, 40);
	if (idx && next_random(state, 25) == 0)
		parents = 0;
	if (idx > 2 && next_random(state, 20) == 0)
		parents = 3;
	/* Without a parent fast-import goes on from the branch: leave it. */
	pv_buf_printf(out, "commit refs/heads/b%u\nmark :%u\n", idx, idx + 1);
	pv_buf_printf(out, "committer C <c@x> %lu +0000\ndata 1\nm\n", date);
	for (unsigned i = 0; i < parents; i++) {
		unsigned span = idx < 8 ? idx : 8;

		pv_buf_printf(out, "%s :%u\n", i ? "merge" : "from",
			      idx - next_random(state, span));
	}
	for (unsigned i = 0; i < files; i++)
		put_file(out, state);
	pv_buf_putc(out, '\n');
}

/* Fills the repository with one graph; all commits become b0, b1, ... */
static void make_graph(struct repo *repo, unsigned long long seed,
		       unsigned commits)
{
	unsigned long long state = seed;
	pv_buf stream = { 0 };
	char path[160];
	FILE *file;

	for (unsigned i = 0; i < commits; i++)
		put_commit(&stream, i, &state);
	snprintf(path, sizeof(path), "%s/stream", repo->path);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(stream.ptr, 1, stream.len, file), stream.len);
	fclose(file);
	pv_buf_dispose(&stream);
	repo_sh(repo, "rm -rf .git && git init -q -b main && "
		      "git fast-import --quiet <stream");
}

/* Gives a commit other parents than it names, all of them older. */
static void graft(struct repo *repo, unsigned long long *state, unsigned commits)
{
	unsigned idx = 1 + next_random(state, commits - 1);
	char command[256];

	snprintf(command, sizeof(command),
		 "git rev-parse b%u b%u b%u | sed '3{/%s/d}' | paste -sd' ' "
		 ">.git/info/grafts; git config advice.graftFileDeprecated 0",
		 idx, next_random(state, idx), next_random(state, idx),
		 next_random(state, 2) ? "." : "$^");
	repo_sh(repo, command);
}

/* What `git gc` leaves behind: packs, and commit-graphs of all kinds. */
static void tidy(struct repo *repo, unsigned kind)
{
	static const char *const commands[] = {
		"git repack -q -a -d",
		"git commit-graph write --reachable",
		"git commit-graph write --reachable --changed-paths; "
		"git repack -q -a -d",
		"git commit-graph write --reachable --changed-paths",
		"git rev-parse b2 | git commit-graph write --stdin-commits "
		"--changed-paths --split=no-merge && git commit-graph write "
		"--reachable --changed-paths --split=no-merge",
		"git rev-parse b3 | git commit-graph write --stdin-commits "
		"--changed-paths",
	};

	if (kind < sizeof(commands) / sizeof(commands[0]))
		repo_sh(repo, commands[kind]);
}

static int add_line(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	pv_buf_printf(payload, "%s %s\n", commit->hex,
		      blob->hex[0] ? blob->hex : "-");
	return 0;
}

/* The same lines from git; what is no blob shows as "-". */
static void ask_git(const struct repo *repo, pv_buf *out, const char *args,
		    const char *path)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "git --literal-pathspecs log --format=%%H %s -- '%s' >list; "
		 "sed 's|$|:%s|' list | git cat-file "
		 "--batch-check='%%(objecttype) %%(objectname)' | "
		 "sed 's/^blob //; s/.*[^0-9a-f].*/-/' | paste -d' ' list -",
		 args, path, path);
	repo_read(repo, out, command);
	if (out->len)
		pv_buf_putc(out, '\n');
}

static int add_found(const pv_history_commit *row, void *payload)
{
	return add_line(&row->commit, &row->blob, payload);
}

/* Without renames to follow the history is the same. */
static void compare_followed(struct repo *repo, const pv_history_query *query,
			     const pv_buf *expected)
{
	pv_settings settings = { .prompts_dir = "d" };
	pv_buf lines = { 0 };
	pv_error err;

	pv_error_clear(&err);
	if (pv_history_follow(repo->store, &settings, query, add_found, &lines,
			      &err) < 0)
		fail_msg("following failed: %s", err.message);
	assert_string_equal(pv_buf_text(&lines), pv_buf_text(expected));
	pv_buf_dispose(&lines);
}

static void compare_history(struct repo *repo, const pv_history_query *query,
			    const char *args)
{
	pv_buf ours = { 0 };
	pv_buf theirs = { 0 };
	pv_error err;

	pv_error_clear(&err);
	if (pv_history_walk(repo->store, query, add_line, &ours, &err) < 0)
		fail_msg("walk failed: %s", err.message);
	ask_git(repo, &theirs, args, query->path);
	if (strcmp(pv_buf_text(&ours), pv_buf_text(&theirs)) != 0)
		fail_msg("log %s -- %s\nours:\n%s\ngit's:\n%s", args,
			 query->path, pv_buf_text(&ours), pv_buf_text(&theirs));
	if (!query->hide_count)
		compare_followed(repo, query, &ours);
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
}

static void compare_modes(struct repo *repo, pv_history_query *query,
			  const char *revisions)
{
	static const char *const options[] = { "", "--full-history",
					       "--first-parent" };
	char args[256];

	for (int mode = PV_HISTORY_DEFAULT; mode <= PV_HISTORY_FIRST_PARENT;
	     mode++) {
		snprintf(args, sizeof(args), "%s %s", options[mode], revisions);
		query->mode = (enum pv_history_mode)mode;
		compare_history(repo, query, args);
	}
}

static void compare_bases(struct repo *repo, unsigned a, unsigned b)
{
	char command[128];
	char name[16];
	pv_oid left, right, base;
	int rc;

	snprintf(name, sizeof(name), "b%u", a);
	left = repo_oid(repo, name);
	snprintf(name, sizeof(name), "b%u", b);
	right = repo_oid(repo, name);
	rc = pv_store_merge_base(&base, repo->store, &left, &right, NULL);
	snprintf(command, sizeof(command), "git merge-base b%u b%u || :", a, b);
	assert_true(rc == PV_OK || rc == PV_ENOTFOUND);
	assert_string_equal(base.hex, repo_line(repo, command));
	rc = pv_store_is_ancestor(repo->store, &left, &right, NULL);
	snprintf(command, sizeof(command),
		 "git merge-base --is-ancestor b%u b%u && echo 1 || echo 0", a,
		 b);
	assert_int_equal(rc, atoi(repo_line(repo, command)));
}

/* All paths at once, as `git log -1` tells of each. */
static void compare_last(struct repo *repo, const pv_oid *start)
{
	const pv_last_query query = {
		.start = *start, .dir = "", .paths = paths, .count = PATHS
	};
	pv_last_change last[PATHS];
	char command[256];
	pv_error err;

	pv_error_clear(&err);
	if (pv_history_last(last, repo->store, &query, &err) < 0)
		fail_msg("last change: %s", err.message);
	for (int i = 0; i < PATHS; i++) {
		snprintf(command, sizeof(command),
			 "git --literal-pathspecs log -1 --format=%%H %s -- '%s'",
			 start->hex, paths[i]);
		/* Of a folder git tells what happened below. */
		if (strcmp(paths[i], "a/b") != 0)
			assert_string_equal(last[i].commit.hex,
					    repo_line(repo, command));
	}
}

/* What git knows of where a file comes from: its oldest commit without it. */
static const char *first_in_git(const struct repo *repo, const pv_oid *start,
				const char *path)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "git --literal-pathspecs log --format=%%H %s -- '%s' >list; "
		 "[ -s list ] || exit 0; git rev-list --timestamp --parents "
		 "--no-walk=unsorted --stdin <list >rows; "
		 "awk '{ for (i = 2; i <= NF; i++) print $i \":%s\" }' rows | "
		 "git cat-file --batch-check='%%(objecttype)' >types; "
		 "awk 'NR == FNR { t[NR] = $1; next } "
		 "{ new = t[++n] == \"blob\"; for (i = 3; i <= NF; i++) "
		 "if (t[++n] == \"blob\") new = 0; if (new) print $1, $2 }' "
		 "types rows | LC_ALL=C sort -k1,1n -k2,2 | "
		 "sed 's/.* //;q'",
		 start->hex, path, path);
	return repo_line(repo, command);
}

/* Together, and each alone. */
static void compare_origins(struct repo *repo, const pv_oid *start)
{
	const pv_settings settings = { .prompts_dir = "d" };
	pv_last_query query = {
		.start = *start, .dir = "", .paths = paths, .count = PATHS
	};
	pv_last_change last[PATHS];
	pv_origin all[PATHS];
	pv_origin one;
	pv_error err;

	pv_error_clear(&err);
	if (pv_history_origins(all, repo->store, &settings, &query, &err) < 0 ||
	    pv_history_last(last, repo->store, &query, &err) < 0)
		fail_msg("origins: %s", err.message);
	query.count = 1;
	for (int i = 0; i < PATHS; i++) {
		query.paths = &paths[i];
		assert_int_equal(pv_history_origins(&one, repo->store,
						    &settings, &query, &err),
				 PV_OK);
		assert_string_equal(all[i].last.hex, last[i].commit.hex);
		assert_int_equal(all[i].last_date, last[i].date);
		/* Of a folder git tells what happened below. */
		if (strcmp(paths[i], "a/b") == 0)
			continue;
		assert_memory_equal(&one, &all[i], sizeof(one));
		assert_string_equal(one.first.hex,
				    first_in_git(repo, start, paths[i]));
	}
}

static void reopen(struct repo *repo)
{
	pv_store_free(repo->store);
	repo->store = NULL;
	repo_open(repo);
}

/* Asks `tip` about all commits, the first one and the last one early. */
static void ask_reach(struct repo *repo, const pv_oid *oids, unsigned commits,
		      unsigned tip, char *answers)
{
	pv_reach *reach;

	assert_int_equal(pv_reach_new(&reach, repo->store, &oids[tip], NULL),
			 PV_OK);
	for (unsigned i = 0; i < commits; i++) {
		unsigned idx = i * 37 % commits;

		if (commits % 37 == 0)
			idx = i;
		answers[idx] = (char)pv_reach_has(reach, &oids[idx], NULL);
	}
	pv_reach_free(reach);
}

/* Takes the level from some rows of the commit-graph, as if not computed. */
static int drop_levels(struct repo *repo, unsigned long long *state)
{
	char path[160];
	pv_buf text = { 0 };
	size_t start = 0, end = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/.git/objects/info/commit-graph",
		 repo->path);
	if (pv_file_read(&text, path, NULL) != PV_OK)
		return 0;
	for (size_t row = 8; !end; row += 12) {
		const unsigned char *at = (unsigned char *)text.ptr + row;

		if (start)
			end = pv_read64(at + 4);
		else if (!memcmp(at, "CDAT", 4))
			start = pv_read64(at + 4);
	}
	for (size_t row = start; row < end; row += 36)
		if (next_random(state, 3))
			memset(text.ptr + row + 28, 0, 4);
	unlink(path);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
	fclose(file);
	pv_buf_dispose(&text);
	return 1;
}

static void compare_reach(struct repo *repo, unsigned long long *state,
			  unsigned commits)
{
	unsigned tip = commits - 1 - next_random(state, 3);
	char answers[MAX_COMMITS];
	char others[MAX_COMMITS];
	pv_oid oids[MAX_COMMITS];
	char name[32];

	for (unsigned i = 0; i < commits; i++) {
		snprintf(name, sizeof(name), "refs/heads/b%u", i);
		assert_int_equal(pv_store_ref(&oids[i], repo->store, name, NULL),
				 PV_OK);
	}
	ask_reach(repo, oids, commits, tip, answers);
	for (unsigned i = 0; i < commits; i++)
		if (answers[i] != pv_store_is_ancestor(repo->store, &oids[i],
						       &oids[tip], NULL))
			fail_msg("b%u from b%u: %d", i, tip, answers[i]);
	if (!drop_levels(repo, state))
		return;
	reopen(repo);
	ask_reach(repo, oids, commits, tip, others);
	assert_memory_equal(answers, others, commits);
}

/* Lends the store rows of what refs reach, made in one or two goes. */
static pv_git_rows *remember(struct repo *repo, unsigned long long *state,
			     unsigned commits)
{
	static const char *const dirs[] = { "", "a" };
	const char *dir = dirs[next_random(state, 2)];
	pv_git_rows_refresh how = { .is_rebuild = 0 };
	pv_git_rows_options opts = { .dirs = &dir, .dir_count = 1 };
	pv_git_rows_report report;
	pv_git_rows *rows;
	char path[160];
	char command[160];
	int rc;

	if (next_random(state, 2))
		return NULL;
	snprintf(path, sizeof(path), "%s/.git/pv/git.db", repo->path);
	opts.path = path;
	assert_int_equal(pv_git_rows_new(&rows, repo->store, &opts, NULL), PV_OK);
	/* Some refs are out of sight, for ever or at first. */
	snprintf(command, sizeof(command),
		 "cd .git && mkdir -p refs/later && "
		 "for i in $(seq %u %u); do mv refs/heads/b$i refs/later; done",
		 next_random(state, commits), commits - 1);
	repo_sh(repo, command);
	rc = pv_git_rows_update(&report, rows, &how, NULL);
	assert_true(rc == PV_OK || rc == PV_EUNSUPPORTED);
	repo_sh(repo, "mv .git/refs/later/* .git/refs/heads/");
	if (next_random(state, 2))
		assert_int_equal(pv_git_rows_update(&report, rows, &how, NULL),
				 rc);
	return rows;
}

static void play_graph(struct repo *repo, unsigned long long seed)
{
	unsigned long long state = seed ^ 0x5deece66dULL;
	unsigned commits = 5 + next_random(&state, MAX_COMMITS - 5);
	pv_history_query query = { .path = NULL };
	pv_git_rows *rows;
	char revisions[64];
	pv_oid hide[2];
	char name[16];

	make_graph(repo, seed, commits);
	if (next_random(&state, 4) == 0)
		graft(repo, &state, commits);
	tidy(repo, next_random(&state, 9));
	repo_open(repo);
	rows = remember(repo, &state, commits);
	snprintf(name, sizeof(name), "b%u", commits - 1);
	query.start = repo_oid(repo, name);
	query.path = paths[next_random(&state, PATHS)];
	compare_modes(repo, &query, name);
	compare_last(repo, &query.start);
	compare_origins(repo, &query.start);
	query.hide = hide;
	for (query.hide_count = 1; query.hide_count <= 2; query.hide_count++) {
		unsigned first = next_random(&state, commits);
		unsigned second = next_random(&state, commits);

		snprintf(name, sizeof(name), "b%u", first);
		hide[0] = repo_oid(repo, name);
		snprintf(name, sizeof(name), "b%u", second);
		hide[1] = repo_oid(repo, name);
		snprintf(revisions, sizeof(revisions), "b%u ^b%u ", commits - 1,
			 first);
		if (query.hide_count == 2)
			snprintf(revisions, sizeof(revisions), "b%u ^b%u ^b%u",
				 commits - 1, first, second);
		compare_modes(repo, &query, revisions);
		compare_bases(repo, first, second);
	}
	pv_git_rows_free(rows);
	compare_reach(repo, &state, commits);
	pv_store_free(repo->store);
	repo->store = NULL;
}

static void test_store_history__walks_as_git_does(void **state)
{
	const char *count = getenv("PV_TEST_GRAPHS");
	unsigned long graphs = count ? strtoul(count, NULL, 10) : GRAPHS;

	for (unsigned long seed = 1; seed <= graphs; seed++)
		play_graph(*state, seed * 7919);
}

/* The trees of most commits are gone: what filters exclude is not read. */
static void test_store_history__needs_no_trees_with_filters(void **state)
{
	struct repo *repo = *state;
	pv_history_query query = { .path = "d/f" };
	pv_buf lines = { 0 };

	repo_sh(repo, "mkdir d d/e; echo 0 >d/f; git add d; git commit -q -m f; "
		      "for i in $(seq 30); do echo $i >d/e/g; git add d; "
		      "git commit -q -m $i; done; "
		      "git commit-graph write --reachable --changed-paths");
	repo_sh(repo, "for i in $(seq 29); do for t in HEAD~$i: HEAD~$i:d; do "
		      "git rev-parse $t; done; done | sed 's|..|&/|' | "
		      "(cd .git/objects && xargs rm)");
	repo_open(repo);
	query.start = repo_oid(repo, "HEAD");
	assert_int_equal(pv_history_walk(repo->store, &query, add_line, &lines,
					 NULL),
			 PV_OK);
	assert_int_equal(lines.len, 82);
	repo_sh(repo, "git config commitGraph.readChangedPaths false");
	repo_reopen(repo);
	assert_true(pv_history_walk(repo->store, &query, add_line, &lines,
				    NULL) < 0);
	pv_buf_dispose(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_store_history__walks_as_git_does,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(
			test_store_history__needs_no_trees_with_filters,
			repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("store history", tests, NULL, NULL);
}
