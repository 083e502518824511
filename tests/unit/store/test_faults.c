/* SPDX-License-Identifier: MIT
 *
 * Each entry point with its n-th allocation refused, for every n: it reports
 * PV_ENOMEM and holds on to nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <pv/git.h>

#include "faults.h"
#include "store/repo.h"

enum {
	TRIES = 5000
};

struct scene {
	struct repo *repo;
	pv_store *store; /* opened before faults begin */
	pv_oid head;
	pv_oid tag;
};

static int open_and_close(struct scene *scene, pv_error *err)
{
	pv_store_options opts = { scene->repo->path, repo_env, NULL };
	pv_store *store;
	int rc = pv_store_open(&store, &opts, err);

	pv_store_free(store);
	return rc;
}

static int resolve(struct scene *scene, pv_error *err)
{
	pv_oid oid;

	return pv_store_resolve(&oid, scene->store, "side~1^0", err);
}

static int read_at(struct scene *scene, enum pv_point_kind kind, pv_error *err)
{
	pv_point at = { kind, scene->head };
	pv_buf out = { 0 };
	pv_oid blob;
	int rc = pv_store_read(&out, &blob, scene->store, &at, "d/f.yaml", err);

	pv_buf_dispose(&out);
	return rc;
}

static int read_commit(struct scene *scene, pv_error *err)
{
	return read_at(scene, PV_AT_COMMIT, err);
}

static int read_index(struct scene *scene, pv_error *err)
{
	return read_at(scene, PV_AT_INDEX, err);
}

static int read_work(struct scene *scene, pv_error *err)
{
	return read_at(scene, PV_AT_WORKTREE, err);
}

static int ignore_file(const char *path, const pv_oid *blob, void *payload)
{
	(void)path, (void)blob, (void)payload;
	return 0;
}

static int list_commit(struct scene *scene, pv_error *err)
{
	pv_point at = { PV_AT_COMMIT, scene->head };

	return pv_store_each(scene->store, &at, "d", ignore_file, NULL, err);
}

static int list_work(struct scene *scene, pv_error *err)
{
	pv_point at = { PV_AT_WORKTREE, { { 0 } } };

	return pv_store_each(scene->store, &at, "", ignore_file, NULL, err);
}

static int ignore_ref(const char *refname, const pv_oid *oid, void *payload)
{
	(void)refname, (void)oid, (void)payload;
	return 0;
}

static int list_refs(struct scene *scene, pv_error *err)
{
	return pv_store_ref_each(scene->store, "refs/", ignore_ref, NULL, err);
}

static int read_objects(struct scene *scene, pv_error *err)
{
	pv_commit commit;
	pv_tag tag = { 0 };
	int rc = pv_store_commit_read(&commit, scene->store, &scene->head, err);

	if (rc == PV_OK)
		rc = pv_store_tag_read(&tag, scene->store, &scene->tag, err);
	pv_commit_dispose(&commit);
	pv_tag_dispose(&tag);
	return rc;
}

static int read_config(struct scene *scene, pv_error *err)
{
	pv_buf out = { 0 };
	int rc = pv_store_config(&out, scene->store, "core.bare", err);

	pv_buf_dispose(&out);
	return rc;
}

static int read_head(struct scene *scene, pv_error *err)
{
	pv_buf branch = { 0 };
	pv_oid oid;
	int rc = pv_store_head(&branch, &oid, scene->store, err);

	pv_buf_dispose(&branch);
	return rc;
}

static int ignore_entry(const pv_status_entry *entry, void *payload)
{
	(void)entry, (void)payload;
	return 0;
}

static int read_status(struct scene *scene, pv_error *err)
{
	return pv_store_status(scene->store, NULL, 0, ignore_entry, NULL, err);
}

static int move_ref(struct scene *scene, pv_error *err)
{
	pv_oid now = { { 0 } };

	pv_store_ref(&now, scene->store, "refs/heads/moved", NULL);
	return pv_store_ref_update(scene->store, "refs/heads/moved",
				   &scene->head, &now, "move", err);
}

static int ignore_conflict(const pv_conflict *conflict, void *payload)
{
	(void)conflict, (void)payload;
	return 0;
}

static int list_conflicts(struct scene *scene, pv_error *err)
{
	return pv_store_conflict_each(scene->store, ignore_conflict, NULL, err);
}

struct entry_point {
	const char *name;
	int (*call)(struct scene *scene, pv_error *err);
};

static const struct entry_point entry_points[] = {
	{ "open", open_and_close },     { "resolve", resolve },
	{ "read commit", read_commit }, { "read index", read_index },
	{ "read work", read_work },     { "each commit", list_commit },
	{ "each work", list_work },     { "refs", list_refs },
	{ "objects", read_objects },    { "config", read_config },
	{ "head", read_head },          { "status", read_status },
	{ "ref update", move_ref },     { "conflicts", list_conflicts },
};

static void walk_faults(struct scene *scene, const struct entry_point *entry)
{
	for (long n = 0; n < TRIES; n++) {
		pv_store_options opts = { scene->repo->path, repo_env, NULL };
		struct faults faults = { 0 };
		pv_error err;
		int rc;

		/* The store itself is allocated under the same hooks. */
		faults_start(&faults, -1);
		assert_int_equal(pv_store_open(&scene->store, &opts, NULL),
				 PV_OK);
		faults.left = n;
		pv_error_clear(&err);
		rc = entry->call(scene, &err);
		faults.left = -1;
		pv_store_free(scene->store);
		faults_stop();
		if (faults.live != 0)
			fail_msg("%s, %ld: %ld left", entry->name, n,
				 faults.live);
		if (!faults.hit) {
			if (rc != PV_OK)
				fail_msg("%s: %s", entry->name, err.message);
			return;
		}
		/* What could be done without is allowed to succeed. */
		if (rc != PV_OK && (rc != PV_ENOMEM || err.code != PV_ENOMEM))
			fail_msg("%s, %ld: %d %s", entry->name, n, rc,
				 err.message);
	}
	fail_msg("%s never ends", entry->name);
}

static void test_store_faults__are_reported_and_leak_nothing(void **state)
{
	struct repo *repo = *state;
	struct scene scene = { repo, NULL, { { 0 } }, { { 0 } } };

	repo_sh(repo, "mkdir d; echo 1 >d/f.yaml; echo '* text=auto' "
		      ">.gitattributes; git add .; git commit -qm 1\n"
		      "git branch side; git tag -a -m t t; git branch packed\n"
		      "git pack-refs --all; git branch conflict\n"
		      "echo 2 >d/f.yaml; git commit -qam 2\n"
		      "git branch -f side; git branch moved; git tag light\n"
		      "git checkout -q conflict; echo 3 >x; git add x\n"
		      "git commit -qm 3; git checkout -q main; echo 4 >x\n"
		      "git add x; git commit -qm 4; ! git merge conflict\n"
		      "echo untracked >u; echo ignored >i; echo i >.gitignore");
	scene.head = repo_oid(repo, "HEAD");
	scene.tag = repo_oid(repo, "t");
	setenv("GIT_CONFIG_PARAMETERS", "'a.b'='c'", 1);
	/* Keeps libgit2 started, which would cost much in each round. */
	repo_open(repo);
	for (size_t i = 0; i < sizeof(entry_points) / sizeof(entry_points[0]); i++)
		walk_faults(&scene, &entry_points[i]);
	unsetenv("GIT_CONFIG_PARAMETERS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_store_faults__are_reported_and_leak_nothing,
			repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("store faults", tests, NULL, NULL);
}
