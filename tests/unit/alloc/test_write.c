/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the writing side of the store made to fail: a call that
 * says so has left refs, index, reflog and files as they were.
 */
#include <unistd.h>

#include "alloc/walk.h"
#include "store/play.h"

/* Files that a failed call must not have touched. */
static const char *const kept[] = { ".git/HEAD",
				    ".git/index",
				    ".git/packed-refs",
				    ".git/refs/heads/main",
				    ".git/refs/heads/b",
				    ".git/logs/HEAD",
				    "a",
				    "d/c",
				    "d/e/f",
				    "n" };

/* What a failed call must not have left. */
static const char *const foreign[] = { "d/e/g", "q" };

enum {
	KEPT = sizeof(kept) / sizeof(kept[0]),
	FOREIGN = sizeof(foreign) / sizeof(foreign[0]),
	TAGS = 70
};

struct scene {
	struct repo *repo;
	pv_store *store;
	pv_oid head;
	const char *undo; /* shell, after a call that got through */
	pv_buf before[KEPT];
};

static void read_kept(const struct repo *repo, pv_buf *out, const char *name)
{
	char path[160];
	char chunk[4096];
	size_t got;
	FILE *file;

	pv_buf_clear(out);
	snprintf(path, sizeof(path), "%s/%s", repo->path, name);
	file = fopen(path, "rb");
	if (!file)
		return;
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		pv_buf_put(out, chunk, got);
	fclose(file);
}

static void expect_none(const struct repo *repo, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", repo->path, name);
	if (access(path, F_OK) == 0)
		fail_msg("%s was left", name);
}

static void begin(void *payload)
{
	struct scene *it = payload;
	pv_store_options opts = { .path = it->repo->path, .env = repo_env };

	for (size_t i = 0; i < KEPT; i++)
		read_kept(it->repo, &it->before[i], kept[i]);
	assert_int_equal(pv_store_open(&it->store, &opts, NULL), PV_OK);
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;
	pv_buf now = { 0 };

	pv_store_free(it->store);
	for (size_t i = 0; i < KEPT; i++) {
		read_kept(it->repo, &now, kept[i]);
		if (rc != PV_OK &&
		    (now.len != it->before[i].len ||
		     memcmp(pv_buf_text(&now), pv_buf_text(&it->before[i]),
			    now.len) != 0))
			fail_msg("%s is not as it was", kept[i]);
		pv_buf_dispose(&it->before[i]);
	}
	pv_buf_dispose(&now);
	for (size_t i = 0; rc != PV_OK && i < FOREIGN; i++)
		expect_none(it->repo, foreign[i]);
	if (rc == PV_OK)
		repo_sh(it->repo, it->undo);
}

static int say_oid(const pv_oid *oid, int rc)
{
	if (rc == PV_OK)
		walk_say("%s", oid->hex);
	return rc;
}

static int update_ref(void *payload, pv_error *err)
{
	const pv_oid none = { { 0 } };
	struct scene *it = payload;

	return pv_store_ref_update(it->store, "refs/heads/new", &it->head,
				   &none, "made", err);
}

static int keep(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	pv_oid items[2] = { it->head, { "" } };
	int rc = pv_store_write_blob(&items[1], it->store, "text", 4, err);

	return rc == PV_OK ? pv_store_keep(it->store, "refs/pv/keep/202611",
					   items, 2, err)
			   : rc;
}

static int write_blob(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_oid blob = { "" };

	return pv_store_write_blob(&blob, it->store, "words", 5, err);
}

static int check_branch(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_branch_check_free(it->store, "refs/heads/b", err);
}

/* The same tree once more, as a merge of the commit with itself. */
static int commit_merge(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_merge_commit merge = { .refname = "refs/heads/b",
				  .ours = it->head,
				  .theirs = it->head,
				  .reflog = "merge" };
	pv_commit_options opts = { .message = "Merge" };
	pv_commit head = { 0 };
	pv_oid made = { "" };
	int rc = pv_store_commit_read(&head, it->store, &it->head, err);

	merge.tree = head.tree;
	pv_commit_dispose(&head);
	if (rc == PV_OK)
		rc = pv_store_commit_merge(&made, it->store, &merge, &opts, err);
	return say_oid(&made, rc);
}

static int delete_ref(void *payload, pv_error *err)
{
	const pv_oid none = { { 0 } };
	struct scene *it = payload;

	return pv_store_ref_update(it->store, "refs/heads/b", &none, &it->head,
				   NULL, err);
}

static int review(const pv_staged *files, size_t count, void *reviewer,
		  pv_error *err)
{
	(void)reviewer, (void)err;
	for (size_t i = 0; i < count; i++)
		walk_say("%s %s %d %d ", files[i].path, files[i].blob.hex,
			 files[i].is_file, files[i].is_hooks);
	return PV_OK;
}

static int commit_paths(void *payload, pv_error *err)
{
	static const char *const paths[] = { "a", "d/c", "n" };
	const pv_commit_options opts = { .message = "m", .review = review };
	struct scene *it = payload;
	pv_oid oid;

	return say_oid(&oid, pv_store_commit_paths(&oid, it->store, paths, 3,
						   &opts, err));
}

static int commit_staged(void *payload, pv_error *err)
{
	const pv_commit_options opts = { .message = "m" };
	struct scene *it = payload;
	pv_oid oid;

	return say_oid(&oid, pv_store_commit_staged(&oid, it->store, &opts, err));
}

static int settle(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_settle(it->store, err);
}

static int index_lock(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_buf path = { 0 };
	int rc = pv_store_index_lock(&path, it->store, err);

	if (rc >= 0)
		walk_say("%d %s", rc, pv_buf_text(&path));
	pv_buf_dispose(&path);
	return rc < 0 ? rc : PV_OK;
}

static int commit_changes(void *payload, pv_error *err)
{
	const pv_change changes[] = { { "a", "x", 1 }, { "d/c", NULL, 0 } };
	const pv_change_set set = { .branch = "refs/heads/b",
				    .changes = changes,
				    .count = 2 };
	const pv_commit_options opts = { .message = "m" };
	struct scene *it = payload;
	pv_oid oid;

	return say_oid(&oid, pv_store_commit_changes(&oid, it->store, &set,
						     &opts, err));
}

/*
 * The third removes a folder which the fourth makes again: that takes memory
 * when others have been written.
 */
static const pv_change files[] = { { "a", "x", 1 },
				   { "d/c", NULL, 0 },
				   { "d/e/f", NULL, 0 },
				   { "d/e/g", "y", 1 },
				   { "q/r/s", "y", 1 } };

enum {
	FILES = sizeof(files) / sizeof(files[0])
};

static int check_files(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_check_files(it->store, files, FILES, err);
}

static int write_files(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_write_files(it->store, files, FILES, err);
}

static int write_raw(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_store_write_raw(it->store, &files[FILES - 1], err);
}

/* Neither takes memory, of which there is none left when it is undone. */
static void end_swap(pv_swap *swap, int is_undone)
{
	int hit = walk.hit;

	walk.left = 0;
	walk.hit = 0;
	if (is_undone)
		assert_int_equal(pv_swap_undo(swap, NULL), PV_OK);
	pv_swap_free(swap);
	assert_false(walk.hit);
	walk.hit = hit;
}

static int swap_files(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_swap *swap;
	int rc = pv_store_swap_files(&swap, it->store, files, FILES, err);

	end_swap(swap, 0);
	return rc;
}

static int swap_and_undo(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_swap *swap;
	int rc = pv_store_swap_files(&swap, it->store, files, FILES, err);

	end_swap(swap, rc == PV_OK);
	return rc;
}

static int tag_one(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_tag_request tag = { .name = "t/v1.0.0",
				     .commit = it->head,
				     .message = "m" };
	pv_oid oid;

	return say_oid(&oid, pv_store_tag(&oid, it->store, &tag, err));
}

static int tag_many(void *payload, pv_error *err)
{
	static char names[TAGS][16];
	static pv_tag_request tags[TAGS];
	struct scene *it = payload;

	for (int i = 0; i < TAGS; i++) {
		snprintf(names[i], sizeof(names[i]), "t/v%d.0.0", i);
		tags[i].name = names[i];
		tags[i].message = names[i];
		tags[i].commit = it->head;
	}
	return pv_store_tag_many(NULL, it->store, tags, TAGS, err);
}

/* Leaves what the undoing of the last call leaves. */
static void walk_on(struct repo *repo, const char *setup,
		    const struct walk_row *row, const char *undo)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 1 };

	memset(&scene, 0, sizeof(scene));
	repo_sh(repo, setup);
	scene.repo = repo;
	scene.undo = undo;
	scene.head = repo_oid(repo, "HEAD");
	/* Keeps libgit2 started, which would cost much in each round. */
	repo_open(repo);
	walk_all(row, 1, &setting);
}

static void walk_in(struct repo *repo, const char *setup,
		    const struct walk_row *row, const char *undo)
{
	walk_on(repo, setup, row, undo);
	repo_sh(repo, "git fsck --strict --no-dangling >/dev/null 2>&1; "
		      "test -z \"$(find .git -name '*.lock')\" && "
		      "test -z \"$(find . -name '*.tmp' -o -name '*tmp_pv*')\"");
}

/* The commits of the calls are undone this way. */
#define UNDO                                              \
 "git reset -q --mixed start; git branch -qf b start~0; " \
 "test -e n || echo n >n"

static void test_alloc_write__ref_update(void **state)
{
	const struct walk_row row = { WALK(pv_store_ref_update, update_ref) };

	walk_in(*state, PLAY_BASE ":", &row, "git branch -qD new");
}

static void test_alloc_write__ref_deletion(void **state)
{
	const struct walk_row row = { WALK(pv_store_ref_update, delete_ref) };

	walk_in(*state, PLAY_BASE "git branch b", &row, "git branch b");
}

static void test_alloc_write__branch_check(void **state)
{
	const struct walk_row row = { WALK(pv_branch_check_free, check_branch) };

	walk_in(*state, PLAY_BASE "git branch b", &row, ":");
}

static void test_alloc_write__commit_merge(void **state)
{
	const struct walk_row row = { WALK(pv_store_commit_merge, commit_merge) };

	walk_in(*state, PLAY_BASE "git branch b", &row, "git branch -qf b main");
}

static void test_alloc_write__commit_paths(void **state)
{
	const struct walk_row row = { WALK(pv_store_commit_paths, commit_paths) };

	walk_in(*state, PLAY_BASE "git tag start; echo x >a; rm d/c; echo n >n",
		&row, UNDO);
}

static void test_alloc_write__commit_staged(void **state)
{
	const struct walk_row row = { WALK(pv_store_commit_staged,
					   commit_staged) };

	walk_in(*state, PLAY_BASE "git tag start; echo x >a; git add a", &row,
		"git reset -q --soft start");
}

static void test_alloc_write__commit_changes(void **state)
{
	const struct walk_row row = { WALK(pv_store_commit_changes,
					   commit_changes) };

	walk_in(*state, PLAY_BASE "git tag start; git branch b", &row,
		"git branch -qf b start");
}

/* A commit of ours that was killed before its index was in place. */
#define LEFT_LOCK                                          \
 "git reset -q --hard start; cp -p .git/index .git/old\n"  \
 "echo x >a; git commit -q -a -m x\n"                      \
 "mv .git/index .git/index.lock; mv .git/old .git/index\n" \
 "mkdir -p .git/pv\n"                                      \
 "{ git rev-parse HEAD; git symbolic-ref HEAD\n"           \
 "echo $PWD/.git/index.lock\n"                             \
 "stat -c '%d %i %s %.9Y' .git/index.lock .git/index; } >.git/pv/index-lock.x\n"

static void test_alloc_write__settle(void **state)
{
	const struct walk_row row = { WALK(pv_store_settle, settle) };

	walk_on(*state, PLAY_BASE "git tag start\n" LEFT_LOCK, &row,
		"test ! -e .git/index.lock\n" LEFT_LOCK);
}

static void test_alloc_write__index_lock(void **state)
{
	const struct walk_row row = { WALK(pv_store_index_lock, index_lock) };

	walk_on(*state, PLAY_BASE "git tag start\n" LEFT_LOCK, &row,
		"test -e .git/index.lock");
}

static void test_alloc_write__index_lock_due(void **state)
{
	const struct walk_row row = { WALK(pv_store_index_lock, index_lock) };

	walk_on(*state,
		PLAY_BASE "git tag start\n" LEFT_LOCK "rm .git/pv/index-lock.x",
		&row, "test -e .git/index.lock");
}

static void test_alloc_write__write_files(void **state)
{
	const struct walk_row row = { WALK(pv_store_write_files, write_files) };

	walk_in(*state, PLAY_BASE ":", &row,
		"git clean -qfd; git reset -q --hard");
}

static void test_alloc_write__write_raw(void **state)
{
	const struct walk_row row = { WALK(pv_store_write_raw, write_raw) };

	walk_in(*state, PLAY_BASE ":", &row, "rm -r q");
}

static void test_alloc_write__swap_files(void **state)
{
	const struct walk_row row = { WALK(pv_store_swap_files, swap_files) };

	walk_in(*state, PLAY_BASE ":", &row,
		"git clean -qfd; git reset -q --hard");
}

static void test_alloc_write__swap_free(void **state)
{
	const struct walk_row row = { WALK(pv_swap_free, swap_files) };

	walk_in(*state, PLAY_BASE ":", &row,
		"git clean -qfd; git reset -q --hard");
}

static void test_alloc_write__swap_undo(void **state)
{
	const struct walk_row row = { WALK(pv_swap_undo, swap_and_undo) };

	walk_in(*state, PLAY_BASE ":", &row,
		"test -z \"$(git status --porcelain)\" && test ! -e q");
}

static void test_alloc_write__keep(void **state)
{
	const struct walk_row row = { WALK(pv_store_keep, keep) };

	walk_in(*state, PLAY_BASE ":", &row,
		"git update-ref -d refs/pv/keep/202611");
}

static void test_alloc_write__write_blob(void **state)
{
	const struct walk_row row = { WALK(pv_store_write_blob, write_blob) };

	walk_in(*state, PLAY_BASE ":", &row, "true");
}

static void test_alloc_write__check_files(void **state)
{
	const struct walk_row row = { WALK(pv_store_check_files, check_files) };

	walk_in(*state, PLAY_BASE ":", &row, "test -f a && test ! -d q");
}

static void test_alloc_write__tag(void **state)
{
	const struct walk_row row = { WALK(pv_store_tag, tag_one) };

	walk_in(*state, PLAY_BASE ":", &row, "git tag -d t/v1.0.0");
}

static void test_alloc_write__tag_many(void **state)
{
	const struct walk_row row = { WALK(pv_store_tag_many, tag_many) };

	walk_in(*state, PLAY_BASE ":", &row,
		"git tag | xargs git tag -d >/dev/null");
}

#define TEST(name)                                                     \
 cmocka_unit_test_setup_teardown(test_alloc_write__##name, repo_setup, \
				 repo_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ref_update),     TEST(ref_deletion),   TEST(commit_paths),
		TEST(commit_staged),  TEST(commit_changes), TEST(write_files),
		TEST(check_files),    TEST(write_raw),      TEST(swap_files),
		TEST(swap_free),      TEST(swap_undo),      TEST(tag),
		TEST(tag_many),       TEST(settle),         TEST(index_lock),
		TEST(index_lock_due), TEST(branch_check),   TEST(commit_merge),
		TEST(keep),           TEST(write_blob),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_write", tests, NULL, NULL);
}
