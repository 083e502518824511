/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the reading side of the store made to fail: opening,
 * configuration, refs, objects, files, status, history, running git.
 */
#include <git2.h>

#include <pv/blame.h>
#include <pv/signature.h>

#include "alloc/walk.h"
#include "store/repo.h"

struct scene {
	struct repo *repo;
	pv_store *store; /* opened before the faults begin */
	pv_oid head;
	pv_oid side;
	pv_oid tag;
	pv_oid signed_tag; /* by a key that nobody knows */
	pv_oid blob;
	pv_buf out;
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
	pv_buf_dispose(&it->out);
}

static int say_out(struct scene *it, int rc)
{
	if (rc == PV_OK)
		walk_say("%s", pv_buf_text(&it->out));
	return rc;
}

static int say_oid(const pv_oid *oid, int rc)
{
	if (rc == PV_OK)
		walk_say("%s", oid->hex);
	return rc;
}

static int open_and_close(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_store_options opts = { .path = it->repo->path, .env = repo_env };
	pv_store *store;
	int rc = pv_store_open(&store, &opts, err);

	if (rc == PV_OK)
		walk_say("%s %s", pv_store_git_dir(store),
			 pv_store_work_dir(store));
	pv_store_free(store);
	return rc;
}

static int open_nothing(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_store_options opts = { .path = it->repo->root, .env = repo_env };
	pv_store *store;
	int rc = pv_store_open(&store, &opts, err);

	pv_store_free(store);
	return rc;
}

static int config(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it, pv_store_config(&it->out, it->store, "a.b", err));
}

static int config_missing(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_config(&it->out, it->store, "a.missing", err);
}

static int config_bool(void *payload, pv_error *err)
{
	struct scene *it = payload;

	(void)err;
	walk_say("%d", pv_store_config_bool(it->store, "core.bare", 2));
	return PV_OK;
}

static int share(void *payload, pv_error *err)
{
	struct scene *it = payload;

	(void)err;
	pv_store_share(it->store, pv_store_git_dir(it->store));
	return PV_OK;
}

static int remotes(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it, pv_store_remotes(&it->out, it->store, err));
}

static int head(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_oid oid;

	return say_oid(&oid, say_out(it, pv_store_head(&it->out, &oid,
						       it->store, err)));
}

static int resolve_to(struct scene *it, const char *rev, pv_error *err)
{
	pv_oid oid;

	return say_oid(&oid, pv_store_resolve(&oid, it->store, rev, err));
}

static int resolve(void *payload, pv_error *err)
{
	return resolve_to(payload, "side~1^0", err);
}

static int resolve_short(void *payload, pv_error *err)
{
	struct scene *it = payload;
	char rev[9] = { 0 };

	memcpy(rev, it->head.hex, 8);
	return resolve_to(it, rev, err);
}

static int resolve_missing(void *payload, pv_error *err)
{
	return resolve_to(payload, "sidle", err);
}

static int ref(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_oid oid;

	return say_oid(&oid, pv_store_ref(&oid, it->store, "refs/tags/t", err));
}

static int say_ref(const char *refname, const pv_oid *oid, void *payload)
{
	(void)payload;
	walk_say("%s %.7s\n", refname, oid->hex);
	return 0;
}

static int refs(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_ref_each(it->store, "refs/", say_ref, NULL, err);
}

static int read_at(struct scene *it, enum pv_point_kind kind, pv_error *err)
{
	pv_point at = { kind, it->head };
	pv_oid blob;

	return say_oid(&blob, say_out(it, pv_store_read(&it->out, &blob, it->store,
							&at, "d/f.yaml", err)));
}

static int read_commit(void *payload, pv_error *err)
{
	return read_at(payload, PV_AT_COMMIT, err);
}

static int read_index(void *payload, pv_error *err)
{
	return read_at(payload, PV_AT_INDEX, err);
}

static int read_work(void *payload, pv_error *err)
{
	return read_at(payload, PV_AT_WORKTREE, err);
}

static int read_blob(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it,
		       pv_store_read_blob(&it->out, it->store, &it->blob, err));
}

static int find_at(struct scene *it, enum pv_point_kind kind, const char *path,
		   pv_error *err)
{
	pv_point at = { kind, it->head };
	pv_oid blob;

	return say_oid(&blob, pv_store_find(&blob, it->store, &at, path, err));
}

static int find_commit(void *payload, pv_error *err)
{
	return find_at(payload, PV_AT_COMMIT, "d/f.yaml", err);
}

static int find_work(void *payload, pv_error *err)
{
	return find_at(payload, PV_AT_WORKTREE, "d/f.yaml", err);
}

static int find_missing(void *payload, pv_error *err)
{
	return find_at(payload, PV_AT_COMMIT, "d/g.yaml", err);
}

static int say_file(const char *path, const pv_oid *blob, void *payload)
{
	(void)payload;
	walk_say("%s %.7s\n", path, blob ? blob->hex : "-");
	return 0;
}

static int each_at(struct scene *it, enum pv_point_kind kind, pv_error *err)
{
	pv_point at = { kind, it->head };

	return pv_store_each(it->store, &at, "", say_file, NULL, err);
}

static int each_link(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	const pv_point at = { PV_AT_WORKTREE, it->head };

	return pv_store_each_link(it->store, &at, "", say_file, NULL, err);
}

static int each_commit(void *payload, pv_error *err)
{
	return each_at(payload, PV_AT_COMMIT, err);
}

static int each_index(void *payload, pv_error *err)
{
	return each_at(payload, PV_AT_INDEX, err);
}

static int each_work(void *payload, pv_error *err)
{
	return each_at(payload, PV_AT_WORKTREE, err);
}

static int read_commit_object(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_commit commit;
	int rc = pv_store_commit_read(&commit, it->store, &it->head, err);

	if (rc == PV_OK)
		walk_say("%s %s", commit.author.name, commit.subject);
	pv_commit_dispose(&commit);
	return rc;
}

static int read_tag(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_tag tag;
	int rc = pv_store_tag_read(&tag, it->store, &it->tag, err);

	if (rc == PV_OK)
		walk_say("%s %s", tag.tagger.name, tag.message);
	pv_tag_dispose(&tag);
	return rc;
}

static int say_signature(struct scene *it, const pv_oid *oid, pv_error *err)
{
	pv_signature_check check;
	int rc = pv_signature_check_load(&check, it->store, oid, err);

	if (rc == PV_OK)
		walk_say("%s %s %s %s", pv_signature_state_name(check.state),
			 check.who.email, check.signer, check.key);
	pv_signature_check_dispose(&check);
	return rc;
}

static int check_unsigned(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_signature(it, &it->head, err);
}

static int check_signed(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_signature(it, &it->signed_tag, err);
}

static int say_commit(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	(void)payload;
	walk_say("%.7s %.7s\n", commit->hex, blob->hex);
	return 0;
}

static int history(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_history_query query = { .start = it->head, .path = "d/f.yaml" };

	return pv_history_walk(it->store, &query, say_commit, NULL, err);
}

static int history_hidden(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_history_query query = { .start = it->head,
				   .path = "d/f.yaml",
				   .mode = PV_HISTORY_FULL,
				   .hide = &it->side,
				   .hide_count = 1 };

	return pv_history_walk(it->store, &query, say_commit, NULL, err);
}

static int last_changes(void *payload, pv_error *err)
{
	static const char *const paths[] = { "d/f.yaml", "d/none" };
	struct scene *it = payload;
	pv_last_change last[2];
	const pv_last_query query = {
		.start = it->head, .dir = "d", .paths = paths, .count = 2
	};
	int rc = pv_history_last(last, it->store, &query, err);

	if (rc == PV_OK)
		walk_say("%.7s %s", last[0].commit.hex, last[1].commit.hex);
	return rc;
}

/* Alone, and together with another. */
static int origins(void *payload, pv_error *err)
{
	static const char *const paths[] = { "d/f.yaml", "d/none" };
	const pv_settings settings = { .prompts_dir = "d" };
	struct scene *it = payload;
	pv_origin out[2];
	pv_last_query query = {
		.start = it->head, .dir = "d", .paths = paths, .count = 1
	};
	int rc = pv_history_origins(out, it->store, &settings, &query, err);

	query.count = 2;
	if (rc == PV_OK)
		rc = pv_history_origins(out, it->store, &settings, &query, err);
	if (rc == PV_OK)
		walk_say("%.7s %s", out[0].first.hex, out[1].first.hex);
	return rc;
}

static int is_ancestor(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int rc = pv_store_is_ancestor(it->store, &it->side, &it->head, err);

	if (rc < 0)
		return rc;
	walk_say("%d", rc);
	return PV_OK;
}

static int merge_base(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_oid base;

	return say_oid(&base, pv_store_merge_base(&base, it->store, &it->side,
						  &it->head, err));
}

static int divergence(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_divergence row = { .tip = it->side };
	int rc = pv_store_divergence(&row, 1, it->store, &it->head, err);

	if (rc == PV_OK)
		walk_say("%zu %zu", row.ahead, row.behind);
	return rc;
}

static int say_entry(const pv_status_entry *entry, void *payload)
{
	(void)payload;
	walk_say("%c%c %s\n", entry->staged, entry->unstaged, entry->path);
	return 0;
}

static int status(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_status(it->store, NULL, 0, say_entry, NULL, err);
}

static int state(void *payload, pv_error *err)
{
	struct scene *it = payload;

	(void)err;
	walk_say("%d", (int)pv_store_state(it->store));
	return PV_OK;
}

static int say_conflict(const pv_conflict *conflict, void *payload)
{
	(void)payload;
	walk_say("%s %.7s\n", conflict->path, conflict->ours.hex);
	return 0;
}

static int conflicts(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_conflict_each(it->store, say_conflict, NULL, err);
}

static int run_git(void *payload, pv_error *err)
{
	static const char *const args[] = { "symbolic-ref", "HEAD", NULL };
	struct scene *it = payload;
	pv_buf errors = { 0 };
	const pv_git_options opts = { .input = "x",
				      .input_len = 1,
				      .errors = &errors };
	int exit_status;
	int rc = pv_git_run(&it->out, &exit_status, it->store, args, &opts, err);

	if (rc == PV_OK)
		walk_say("%d", exit_status);
	pv_buf_dispose(&errors);
	return say_out(it, rc);
}

static int read_raw(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int is_raw;
	int rc = pv_store_read_raw(&it->out, &is_raw, it->store, "crlf", err);

	if (rc == PV_OK)
		walk_say("%d ", is_raw);
	return say_out(it, rc);
}

static int wait_for_git(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_git_wait(it->store, 1, err);
}

static int obstacle_to(struct scene *it, const char *name, pv_error *err)
{
	char talk[256];

	snprintf(talk, sizeof(talk), "fatal: cannot lock '%s/%s': File exists",
		 it->repo->path, name);
	return pv_git_obstacle(it->store, talk, err);
}

/* The lock is from tomorrow: its age stays 0 while the walk takes its time. */
static int obstacle(void *payload, pv_error *err)
{
	return obstacle_to(payload, "stuck.lock", err);
}

static int obstacle_gone(void *payload, pv_error *err)
{
	return obstacle_to(payload, "gone.lock", err);
}

/* --- rows derived from git -------------------------------------------------- */

/* Lends them, makes them anew unless `is_used`, and walks with them. */
static int with_git_rows(struct scene *it, int is_used, pv_error *err)
{
	static const char *const dir = "d";
	const pv_git_rows_refresh how = { .is_rebuild = 1 };
	pv_git_rows_options opts = { .dirs = &dir, .dir_count = 1 };
	pv_git_rows_report report;
	pv_git_rows *rows = NULL;
	char path[160];
	int rc;

	snprintf(path, sizeof(path), "%s/.git/pv/git.db", it->repo->path);
	opts.path = path;
	rc = pv_git_rows_new(&rows, it->store, &opts, err);
	if (rc == PV_OK && !is_used)
		rc = pv_git_rows_update(&report, rows, &how, err);
	else if (rc == PV_OK)
		(void)pv_git_rows_are_behind(rows);
	if (rc == PV_OK)
		rc = history(it, err);
	pv_git_rows_free(rows);
	return rc;
}

static int git_rows_make(void *payload, pv_error *err)
{
	return with_git_rows(payload, 0, err);
}

static int git_rows_walk(void *payload, pv_error *err)
{
	return with_git_rows(payload, 1, err);
}

static const struct walk_row rows[] = {
	{ WALK(pv_store_open, open_and_close) },
	{ WALK(pv_store_open, open_nothing) },
	{ WALK(pv_store_config, config) },
	{ WALK(pv_store_config, config_missing) },
	{ WALK(pv_store_config_bool, config_bool) },
	{ WALK(pv_store_share, share) },
	{ WALK(pv_store_remotes, remotes) },
	{ WALK(pv_store_head, head) },
	{ WALK(pv_store_resolve, resolve) },
	{ WALK(pv_store_resolve, resolve_short) },
	{ WALK(pv_store_resolve, resolve_missing) },
	{ WALK(pv_store_ref, ref) },
	{ WALK(pv_store_ref_each, refs) },
	{ WALK(pv_store_read, read_commit) },
	{ WALK(pv_store_read, read_index) },
	{ WALK(pv_store_read, read_work) },
	{ WALK(pv_store_read_blob, read_blob) },
	{ WALK(pv_store_find, find_commit) },
	{ WALK(pv_store_find, find_work) },
	{ WALK(pv_store_find, find_missing) },
	{ WALK(pv_store_each, each_commit) },
	{ WALK(pv_store_each, each_index) },
	{ WALK(pv_store_each, each_work) },
	{ WALK(pv_store_each_link, each_link) },
	{ WALK(pv_store_commit_read, read_commit_object) },
	{ WALK(pv_store_tag_read, read_tag) },
	{ WALK(pv_signature_check_load, check_unsigned) },
	{ WALK(pv_signature_check_load, check_signed) },
	{ WALK(pv_history_walk, history) },
	{ WALK(pv_history_walk, history_hidden) },
	{ WALK(pv_history_last, last_changes) },
	{ WALK(pv_history_origins, origins) },
	{ WALK(pv_store_is_ancestor, is_ancestor) },
	{ WALK(pv_store_merge_base, merge_base) },
	{ WALK(pv_store_divergence, divergence) },
	{ WALK(pv_store_status, status) },
	{ WALK(pv_store_state, state) },
	{ WALK(pv_store_conflict_each, conflicts) },
	{ WALK(pv_git_run, run_git) },
	{ WALK(pv_store_read_raw, read_raw) },
	{ WALK(pv_git_wait, wait_for_git) },
	{ WALK(pv_git_obstacle, obstacle) },
	{ WALK(pv_git_obstacle, obstacle_gone) },
	{ WALK(pv_git_rows_update, git_rows_make) },
	{ WALK(pv_git_rows_new, git_rows_walk) },
	{ WALK(pv_git_rows_are_behind, git_rows_walk) },
};

/* Each of these starts libgit2, which is stopped again. */
static int hash(void *payload, pv_error *err)
{
	pv_oid oid;
	int rc = pv_store_hash(&oid, "abc", 3, err);

	(void)payload;
	if (rc == PV_OK)
		git_libgit2_shutdown();
	return say_oid(&oid, rc);
}

static const struct walk_row cold_rows[] = {
	{ WALK(pv_store_hash, hash) },
	{ WALK(pv_store_open, open_and_close) },
};

static void test_alloc_store__starts_libgit2_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, NULL, NULL, 1 };

	scene.repo = *state;
	walk_all(cold_rows, sizeof(cold_rows) / sizeof(cold_rows[0]), &setting);
}

static void test_alloc_store__fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 0 };

	scene.repo = *state;
	repo_sh(scene.repo,
		"mkdir d; echo 1 >d/f.yaml; echo '* text=auto' "
		">.gitattributes; git add .; git commit -qm 1\n"
		"git branch side; git tag -a -m t t; git branch packed\n"
		"git pack-refs --all; git branch conflict\n"
		"echo 2 >d/f.yaml; git commit -qam 2; git gc -q\n"
		"git branch -f side; git branch moved; git tag light\n"
		"git checkout -q conflict; echo 3 >x; git add x\n"
		"git commit -qm 3; git checkout -q main; echo 4 >x\n"
		"git add x; git commit -qm 4; ! git merge conflict\n"
		"echo untracked >u; echo ignored >i; echo i >.gitignore\n"
		"printf 'x\\r\\ny\\r\\n' >crlf; touch -d tomorrow stuck.lock\n"
		"git config gpg.program false\n"
		"{ git cat-file tag t\n"
		"echo -----BEGIN PGP SIGNATURE-----\n"
		"echo; echo x; echo -----END PGP SIGNATURE-----; } >signed\n"
		"git tag s \"$(git hash-object -t tag -w signed)\"; rm signed");
	scene.head = repo_oid(scene.repo, "HEAD");
	scene.side = repo_oid(scene.repo, "HEAD~1");
	scene.tag = repo_oid(scene.repo, "t");
	scene.signed_tag = repo_oid(scene.repo, "s");
	scene.blob = repo_oid(scene.repo, "HEAD:d/f.yaml");
	setenv("GIT_CONFIG_PARAMETERS",
	       "'a.b'='c' 'remote.one.url'='x' 'remote.two.url'='y'", 1);
	/* Keeps libgit2 started, which would cost much in each round. */
	repo_open(scene.repo);
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
	unsetenv("GIT_CONFIG_PARAMETERS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_alloc_store__starts_libgit2_at_every_allocation,
			repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(
			test_alloc_store__fails_cleanly_at_every_allocation,
			repo_setup, repo_teardown),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_store", tests, NULL, NULL);
}
