/* SPDX-License-Identifier: MIT
 *
 * See left_lock.h. A note has five lines: the commit, the ref, the path of
 * the lock, and what stat(2) says of the lock and of the index. All but the
 * first must be as they are now: a lock that somebody else has taken since is
 * another file, and an index that was replaced is not the one the lock is to
 * follow.
 */
#include "store/index/left_lock.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/commit/commit_finish.h"
#include "store/commit/hooks.h"
#include "store/index/index_file.h"
#include "store/index/index_map.h"
#include "store/lock.h"
#include "store/object/sha1.h"
#include "store/ref/ref_read.h"
#include "store/shared_mode.h"

static const char note_name[] = "index-lock";

/* What is known of the index's lock. */
struct left {
	pv_store *store;
	char *index;
	pv_buf lock;   /* its path */
	pv_buf folder; /* of the notes */
	int is_held;   /* by the caller */
};

static int look(struct left *out, pv_store *store, pv_error *err)
{
	int rc = pv_index_path(&out->index, store, err);

	out->store = store;
	if (rc < 0)
		return rc;
	pv_buf_printf(&out->lock, "%s.lock", out->index);
	pv_buf_printf(&out->folder, "%s/pv", store->common_dir);
	rc = pv_buf_status(&out->lock, err);
	return rc < 0 ? rc : pv_buf_status(&out->folder, err);
}

static void dispose(struct left *left)
{
	pv_free(left->index);
	pv_buf_dispose(&left->lock);
	pv_buf_dispose(&left->folder);
}

/* --- the note ------------------------------------------------------------- */

static void put_file(pv_buf *out, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		pv_buf_puts(out, "none\n");
	else
		pv_buf_printf(out, "%llu %llu %lld %lld.%09ld\n",
			      (unsigned long long)st.st_dev,
			      (unsigned long long)st.st_ino,
			      (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			      (long)st.st_mtim.tv_nsec);
}

/* All lines but the first. */
static int put_lines(pv_buf *out, const struct left *left, const char *refname,
		     pv_error *err)
{
	pv_buf_printf(out, "%s\n%s\n", refname, left->lock.ptr);
	put_file(out, left->lock.ptr);
	put_file(out, left->index);
	return pv_buf_status(out, err);
}

int pv_left_lock_announce(pv_note *out, pv_store *store, const char *refname,
			  const git_oid *commit, pv_error *err)
{
	struct left left = { 0 };
	pv_buf text = { 0 };
	pv_note_text note = { NULL, note_name, &text, 0 };
	pv_oid oid;
	int rc = look(&left, store, err);

	pv_oid_from_git(&oid, commit);
	pv_buf_printf(&text, "%s\n", oid.hex);
	if (rc == PV_OK)
		rc = put_lines(&text, &left, refname, err);
	note.folder = pv_buf_text(&left.folder);
	if (rc == PV_OK)
		rc = pv_shared_dir_make(store, note.folder, err);
	if (rc == PV_OK)
		rc = pv_note_write(out, &note, err);
	if (rc == PV_OK)
		pv_store_share(store, out->path);
	pv_buf_dispose(&text);
	dispose(&left);
	return rc;
}

/* --- what the lock holds -------------------------------------------------- */

/* Reads a whole index file; 0 when it is none, or damaged. */
static int load(pv_index_map *out, const char *path, pv_error *err)
{
	unsigned char sum[PV_SHA1_SIZE];
	pv_buf *file = &out->file;
	pv_sha1 sha;
	int rc = pv_file_read(file, path, NULL);

	if (rc < 0)
		return rc == PV_ENOMEM ? pv_fail_nomem(err) : 0;
	if (file->len < sizeof(sum))
		return 0;
	pv_sha1_init(&sha);
	pv_sha1_update(&sha, file->ptr, file->len - sizeof(sum));
	pv_sha1_final(sum, &sha);
	if (memcmp(sum, file->ptr + file->len - sizeof(sum), sizeof(sum)) != 0)
		return 0;
	return pv_index_map_parse(out, err);
}

static int is_whole(const struct left *left, pv_error *err)
{
	pv_index_map map = { 0 };
	int rc = load(&map, left->lock.ptr, err);

	pv_index_map_dispose(&map);
	return rc;
}

/* Whether HEAD has just what the index would have at a path. */
static int is_of_head(const pv_index_row *row, const char *path,
		      const git_tree *tree)
{
	git_tree_entry *entry = NULL;
	int is_there = git_tree_entry_bypath(&entry, tree, path) == 0;
	int matches;

	if (row)
		matches = is_there && !row->stage &&
			  (unsigned)git_tree_entry_filemode_raw(entry) ==
				  row->stat.mode &&
			  git_oid_equal(git_tree_entry_id(entry), &row->id);
	else
		matches = !is_there;
	git_tree_entry_free(entry);
	return matches;
}

static int is_equal(const pv_index_row *a, const pv_index_row *b)
{
	return a->stage == b->stage && a->stat.mode == b->stat.mode &&
	       git_oid_equal(&a->id, &b->id);
}

static int compare_rows(const pv_index_row *a, const pv_index_row *b)
{
	if (!a->path || !b->path)
		return a->path ? -1 : b->path != NULL;
	return strcmp(a->path, b->path);
}

/* Whether the two differ, and all that differs in the new one is HEAD's. */
static int goes_to(const pv_index_map *old, const pv_index_map *made,
		   const git_tree *tree)
{
	const pv_index_row *a = old->rows;
	const pv_index_row *b = made->rows;
	int differs = 0;

	while (a->path || b->path) {
		int order = compare_rows(a, b);

		if (order != 0 || !is_equal(a, b)) {
			differs = 1;
			if (!is_of_head(order < 0 ? NULL : b,
					order < 0 ? a->path : b->path, tree))
				return 0;
		}
		a += order <= 0;
		b += order >= 0;
	}
	return differs;
}

/*
 * HEAD's tree: 1, 0 when there is none that can be read, or PV_ENOMEM. Step by
 * step: peeling gives another reason when memory runs out.
 */
static int read_head_tree(git_tree **out, pv_store *store, pv_error *err)
{
	git_commit *commit = NULL;
	git_oid id;
	int rc = git_reference_name_to_id(&id, store->repo, "HEAD");

	if (rc == 0)
		rc = git_commit_lookup(&commit, store->repo, &id);
	if (rc == 0)
		rc = git_commit_tree(out, commit);
	git_commit_free(commit);
	if (rc == 0)
		return 1;
	rc = pv_fail_git(err, rc, "read", "HEAD");
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(err);
	return 0;
}

/* 1 when the lock is an index that brings the old one up to HEAD. */
static int is_due(const struct left *left, pv_error *err)
{
	pv_index_map old = { 0 };
	pv_index_map made = { 0 };
	git_tree *tree = NULL;
	int rc = load(&made, left->lock.ptr, err);

	if (rc > 0)
		rc = pv_index_map_load(&old, left->store, err);
	if (rc > 0)
		rc = read_head_tree(&tree, left->store, err);
	if (rc > 0)
		rc = goes_to(&old, &made, tree);
	git_tree_free(tree);
	pv_index_map_dispose(&old);
	pv_index_map_dispose(&made);
	return rc;
}

/* --- settling it ---------------------------------------------------------- */

/* What a note of the dead calls for. */
enum verdict {
	LEAVE,  /* nothing is sure */
	OVER,   /* nothing is left to do */
	FINISH, /* the lock becomes the index */
	DROP    /* the lock goes */
};

/* 1 when the note's commit is on the branch, 0 when not, or negative. */
static int is_made(const struct left *left, const char *commit, pv_error *err)
{
	git_oid id;
	pv_oid oid;
	pv_oid head;
	int rc;

	if (git_oid_fromstrn(&id, commit, GIT_OID_HEXSZ) < 0)
		return pv_fail_git(err, GIT_EINVALID, "read", "a note");
	pv_oid_from_git(&oid, &id);
	rc = pv_store_head(NULL, &head, left->store, err);
	if (rc < 0 || !head.hex[0])
		return rc;
	return pv_store_is_ancestor(left->store, &oid, &head, err);
}

/* What the owner of the note would have done. */
static int judge_lock(const struct left *left, const char *commit, pv_error *err)
{
	int rc = is_made(left, commit, err);

	if (rc > 0) {
		rc = is_whole(left, err);
		return rc > 0 ? FINISH : rc < 0 ? rc : LEAVE;
	}
	/* With this hook git moves the branch, and may be alive. */
	if (rc == 0)
		rc = pv_hook_exists(left->store, "reference-transaction", err);
	return rc == 0 ? DROP : rc < 0 ? rc : LEAVE;
}

/* Whether the note is of the lock that is there now. */
static int is_same(const struct left *left, const char *lines, pv_error *err)
{
	pv_ref_value head = { 0 };
	pv_buf now = { 0 };
	int rc = pv_ref_read(&head, left->store, "HEAD", err);

	if (rc == PV_OK)
		rc = put_lines(&now, left,
			       head.is_symbolic ? pv_buf_text(&head.target)
						: "HEAD",
			       err);
	if (rc == PV_OK)
		rc = strcmp(now.ptr, lines) == 0;
	pv_buf_dispose(&head.target);
	pv_buf_dispose(&now);
	return rc;
}

/* The third line, cut out of a note; "" when it has none. */
static void put_lock_of(pv_buf *out, const char *note)
{
	for (int i = 0; i < 2 && note; i++) {
		note = strchr(note, '\n');
		note += note != NULL;
	}
	if (note && strchr(note, '\n'))
		pv_buf_put(out, note, strcspn(note, "\n"));
}

/* An enum verdict, or negative. */
static int judge(const struct left *left, const char *note, pv_error *err)
{
	pv_buf lock = { 0 };
	int is_ours, is_there;
	int rc;

	put_lock_of(&lock, note);
	rc = pv_buf_status(&lock, err);
	is_ours = strcmp(pv_buf_text(&lock), left->lock.ptr) == 0;
	is_there = pv_file_exists(pv_buf_text(&lock));
	pv_buf_dispose(&lock);
	if (rc < 0)
		return rc;
	if (!is_there || (is_ours && left->is_held))
		return OVER;
	if (!is_ours || strcspn(note, "\n") != GIT_OID_HEXSZ)
		return LEAVE;
	rc = is_same(left, strchr(note, '\n') + 1, err);
	return rc > 0 ? judge_lock(left, note, err) : rc < 0 ? rc : LEAVE;
}

static void act(const struct left *left, pv_note *note, enum verdict verdict)
{
	int rc = 0;

	switch (verdict) {
	case LEAVE:
		return;
	case OVER:
		break;
	case FINISH:
		pv_commit_forget(left->store);
		rc = rename(left->lock.ptr, left->index);
		break;
	case DROP:
		rc = unlink(left->lock.ptr);
		break;
	}
	if (rc == 0)
		pv_note_remove(note);
}

/* Judges a note, and acts unless `only_look`. An enum verdict, or PV_ENOMEM. */
static int settle(const struct left *left, const char *path, int only_look,
		  pv_error *err)
{
	pv_note note;
	pv_buf text = { 0 };
	int rc = pv_note_hold(&note, path, err);

	if (rc <= 0)
		return rc < 0 ? rc : LEAVE;
	rc = pv_note_read(&text, &note, err);
	if (rc == PV_OK)
		rc = judge(left, pv_buf_text(&text), err);
	/* What cannot be judged is left to people. */
	if (rc < 0 && rc != PV_ENOMEM)
		rc = LEAVE;
	if (rc > 0 && !only_look)
		act(left, &note, (enum verdict)rc);
	pv_note_dispose(&note);
	pv_buf_dispose(&text);
	return rc;
}

static int settle_all(const struct left *left, pv_error *err)
{
	pv_strlist notes = { 0 };
	int rc = pv_note_list(&notes, left->folder.ptr, note_name, err);

	for (size_t i = 0; i < notes.count && rc >= 0; i++)
		rc = settle(left, notes.items[i], 0, err);
	if (rc >= 0)
		pv_error_clear(err);
	pv_strlist_dispose(&notes);
	return rc < 0 ? rc : PV_OK;
}

int pv_left_lock_forget(pv_store *store, pv_error *err)
{
	struct left left = { .is_held = 1 };
	int rc = look(&left, store, err);

	if (rc == PV_OK)
		rc = settle_all(&left, err);
	dispose(&left);
	return rc;
}

int pv_store_settle(pv_store *store, pv_error *err)
{
	struct left left = { 0 };
	int rc = look(&left, store, err);

	if (rc == PV_OK && pv_file_exists(left.lock.ptr))
		rc = settle_all(&left, err);
	dispose(&left);
	return rc;
}

/* --- telling -------------------------------------------------------------- */

/* The whole command where it fits. */
static void hint_due(const struct left *left, pv_error *err)
{
	static const char words[] = "it is the index of the last commit; if no "
				    "git is running:";

	if (sizeof(words) + strlen(" mv \"\" \"\"") + left->lock.len +
		    strlen(left->index) <
	    sizeof(err->hint))
		pv_error_hint(err, PV_ELOCKED, "%s mv \"%s\" \"%s\"", words,
			      left->lock.ptr, left->index);
	else
		pv_error_hint(err, PV_ELOCKED,
			      "%s rename it to \"index\", do not delete it",
			      words);
}

int pv_left_lock_fail(pv_store *store, const char *path, pv_error *err)
{
	struct left left = { 0 };
	int due = 0;
	int rc = pv_lock_fail(path, err);

	if (!store || !err)
		return rc;
	if (look(&left, store, NULL) == PV_OK && !strcmp(left.lock.ptr, path))
		due = is_due(&left, NULL);
	if (due > 0)
		hint_due(&left, err);
	dispose(&left);
	return rc;
}

int pv_store_index_lock(pv_buf *path_out, pv_store *store, pv_error *err)
{
	struct left left = { 0 };
	pv_strlist notes = { 0 };
	int state = PV_INDEX_LOCK_NONE;
	int rc = look(&left, store, err);

	if (rc < 0 || !pv_file_exists(left.lock.ptr))
		goto out;
	state = PV_INDEX_LOCK_HELD;
	pv_buf_puts(path_out, left.lock.ptr);
	rc = pv_buf_status(path_out, err);
	if (rc == PV_OK)
		rc = pv_note_list(&notes, left.folder.ptr, note_name, err);
	for (size_t i = 0; i < notes.count && rc >= 0; i++) {
		rc = settle(&left, notes.items[i], 1, err);
		if (rc == FINISH || rc == DROP)
			state = PV_INDEX_LOCK_LEFT;
	}
	if (rc >= 0 && state == PV_INDEX_LOCK_HELD) {
		rc = is_due(&left, err);
		if (rc > 0)
			state = PV_INDEX_LOCK_DUE;
	}
	if (rc >= 0)
		pv_error_clear(err);
out:
	pv_strlist_dispose(&notes);
	dispose(&left);
	return rc < 0 ? rc : state;
}
