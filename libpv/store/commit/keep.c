/* SPDX-License-Identifier: MIT
 *
 * Keeping objects that no branch may hold any more: a ref for each month
 * points at a commit that has kept commits for parents. Its tree knows all that
 * is kept, "ab/abcd..." each: a blob is an entry, a commit one as of a submodule.
 * So a look is two small trees, whatever has gathered. A commit that has enough
 * parents becomes the parent of the next: what is written for one more stays as
 * large as it is.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/object/loose_object.h"
#include "store/object/objects.h"
#include "store/object/raw_object.h"
#include "store/object/tree.h"
#include "store/object/tree_read.h"
#include "store/ref/ref_move.h"
#include "store/ref/ref_read.h"

enum {
	TRIES = 50,
	PARENTS = 64 /* of a commit that gets no more */
};

/* What the ref of a month keeps, and what it is to keep besides. */
struct kept {
	git_oid tip;
	git_oid tree;
	int has_tip;
	int has_tree;
	pv_strlist parents; /* of the tip, as hex */
	pv_strlist commits; /* new */
	pv_tree_edit *edits;
	size_t edit_count;
	pv_arena arena; /* of the edits' paths */
	pv_map seen;    /* the edits by id */
};

static void kept_dispose(struct kept *kept)
{
	pv_strlist_dispose(&kept->parents);
	pv_strlist_dispose(&kept->commits);
	pv_free(kept->edits);
	pv_arena_dispose(&kept->arena);
	pv_map_dispose(&kept->seen);
}

/* --- reading -------------------------------------------------------------- */

/* Appends an object, never from the network; PV_ENOTFOUND. */
static int read_object(pv_buf *out, git_object_t *type, pv_store *store,
		       const git_oid *id, pv_error *err)
{
	pv_packed_object raw;
	git_odb_object *object = NULL;
	git_odb *odb = NULL;
	int rc = pv_raw_read(&raw, store, id, err);

	if (rc < 0)
		return rc;
	if (rc > 0) {
		*type = raw.type;
		pv_buf_put(out, raw.data, raw.len);
		return pv_buf_status(out, err);
	}
	rc = PV_ENOTFOUND;
	if (git_repository_odb(&odb, store->repo) == 0 &&
	    git_odb_read(&object, odb, id) == 0) {
		*type = git_odb_object_type(object);
		pv_buf_put(out, git_odb_object_data(object),
			   git_odb_object_size(object));
		rc = pv_buf_status(out, err);
	}
	git_error_clear();
	git_odb_object_free(object);
	git_odb_free(odb);
	return rc;
}

/* The headers of the commit that is kept by. */
static int read_commit(struct kept *out, const char *text, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1] = "";
	int rc = PV_OK;

	if (strncmp(text, "tree ", 5) == 0 && strlen(text) > 46) {
		memcpy(hex, text + 5, GIT_OID_HEXSZ);
		out->has_tree = git_oid_fromstr(&out->tree, hex) == 0;
		text += 5 + GIT_OID_HEXSZ + 1;
	}
	while (rc == PV_OK && strncmp(text, "parent ", 7) == 0 &&
	       strlen(text) > 48) {
		rc = pv_strlist_addn(&out->parents, text + 7, GIT_OID_HEXSZ, err);
		text += 7 + GIT_OID_HEXSZ + 1;
	}
	return rc;
}

static int read_kept(struct kept *out, pv_store *store, const char *refname,
		     pv_error *err)
{
	git_object_t type = GIT_OBJECT_INVALID;
	pv_buf text = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_ref_find(&out->tip, store, refname, err);
	if (rc <= 0)
		return rc;
	out->has_tip = 1;
	rc = read_object(&text, &type, store, &out->tip, err);
	if (rc == PV_OK && type == GIT_OBJECT_COMMIT)
		rc = read_commit(out, pv_buf_text(&text), err);
	pv_buf_dispose(&text);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

/* --- adding --------------------------------------------------------------- */

/* Whether the tree has it: PV_OK, PV_ENOTFOUND. */
static int find_kept(const struct kept *kept, pv_store *store, const char *path,
		     pv_error *err)
{
	pv_tree_item item = { GIT_FILEMODE_TREE, kept->tree };
	int rc = PV_ENOTFOUND;

	if (kept->has_tree)
		rc = pv_tree_item_descend(&item, store, path, err);
	if (rc == PV_ENOTFOUND)
		pv_error_clear(err);
	return rc;
}

static int add_edit(struct kept *kept, const git_oid *id, const char *path,
		    uint32_t mode, pv_error *err)
{
	pv_tree_edit *edit = &kept->edits[kept->edit_count];

	edit->path = pv_arena_dup(&kept->arena, path, strlen(path));
	if (!edit->path)
		return pv_fail_nomem(err);
	edit->mode = mode;
	edit->id = *id;
	kept->edit_count++;
	return PV_OK;
}

/* What is not here cannot be kept: an execution may come from elsewhere. */
static int add_new(struct kept *kept, pv_store *store, const char *hex,
		   const char *path, pv_error *err)
{
	git_object_t type = GIT_OBJECT_INVALID;
	pv_buf data = { 0 };
	git_oid id;
	int rc;

	git_oid_fromstr(&id, hex);
	rc = read_object(&data, &type, store, &id, err);
	pv_buf_dispose(&data);
	if (rc < 0)
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	if (type == GIT_OBJECT_BLOB)
		return add_edit(kept, &id, path, GIT_FILEMODE_BLOB, err);
	if (type != GIT_OBJECT_COMMIT)
		return PV_OK;
	rc = pv_strlist_add(&kept->commits, hex, err);
	return rc == PV_OK ? add_edit(kept, &id, path, GIT_FILEMODE_COMMIT, err)
			   : rc;
}

static int add_item(struct kept *kept, pv_store *store, const pv_oid *oid,
		    pv_error *err)
{
	pv_str key = pv_str_of(oid->hex);
	char path[GIT_OID_HEXSZ + 4];
	git_oid id;
	int rc;

	if (git_oid_fromstr(&id, oid->hex) < 0 || pv_map_find(&kept->seen, key))
		return PV_OK;
	snprintf(path, sizeof(path), "%.2s/%s", oid->hex, oid->hex);
	rc = find_kept(kept, store, path, err);
	if (rc != PV_ENOTFOUND)
		return rc;
	rc = pv_map_set(&kept->seen, key, kept, NULL, err);
	return rc == PV_OK ? add_new(kept, store, oid->hex, path, err) : rc;
}

static int write_tree(git_oid *out, pv_store *store, struct kept *kept,
		      pv_error *err)
{
	pv_objects objects = { 0 };
	int rc = pv_objects_begin(&objects, store, kept->edit_count, err);

	if (rc == PV_OK)
		rc = pv_store_tree_update(out,
					  kept->has_tree ? &kept->tree : NULL,
					  kept->edits, kept->edit_count,
					  &objects, err);
	if (rc == PV_OK)
		rc = pv_objects_finish(&objects, err);
	pv_objects_dispose(&objects);
	return rc;
}

static void put_parents(pv_buf *text, const pv_strlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		pv_buf_printf(text, "parent %s\n", list->items[i]);
}

static int write_commit(git_oid *out, pv_store *store, struct kept *kept,
			const pv_signature *who, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	pv_buf text = { 0 };
	git_oid tree;
	int rc = write_tree(&tree, store, kept, err);

	if (rc < 0)
		return rc;
	pv_buf_printf(&text, "tree %s\n", git_oid_tostr(hex, sizeof(hex), &tree));
	if (kept->parents.count < PARENTS)
		put_parents(&text, &kept->parents);
	else
		pv_buf_printf(&text, "parent %s\n",
			      git_oid_tostr(hex, sizeof(hex), &kept->tip));
	put_parents(&text, &kept->commits);
	pv_buf_printf(&text, "author %s <%s> %lld +0000\n", who->name,
		      who->email, (long long)who->when);
	pv_buf_printf(&text, "committer %s <%s> %lld +0000\n\n", who->name,
		      who->email, (long long)who->when);
	pv_buf_puts(&text, "Keep what recorded executions name\n");
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		rc = pv_loose_write(out, store, GIT_OBJECT_COMMIT,
				    (pv_str){ text.ptr, text.len }, err);
	pv_buf_dispose(&text);
	return rc;
}

static int keep_once(pv_store *store, const char *refname, const pv_oid *items,
		     size_t count, pv_error *err)
{
	/* Nobody's work: it needs no name that git may not know. */
	pv_signature who = { .name = (char[]){ "git-pv" },
			     .email = (char[]){ "git-pv@localhost" } };
	git_oid commit;
	pv_ref_change change = { refname, &commit, NULL, &who, "record" };
	struct kept kept;
	int rc = read_kept(&kept, store, refname, err);

	kept.edits = pv_calloc(count + 1, sizeof(*kept.edits));
	if (rc == PV_OK && !kept.edits)
		rc = pv_fail_nomem(err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = add_item(&kept, store, &items[i], err);
	if (rc == PV_OK && kept.edit_count) {
		who.when = pv_clock_now(NULL) / 1000000;
		rc = write_commit(&commit, store, &kept, &who, err);
		if (kept.has_tip)
			change.expected = &kept.tip;
		if (rc == PV_OK)
			rc = pv_ref_move(store, &change, err);
	}
	kept_dispose(&kept);
	return rc;
}

int pv_store_keep(pv_store *store, const char *refname, const pv_oid *items,
		  size_t count, pv_error *err)
{
	int rc = PV_ECONFLICT;

	for (int i = 0; i < TRIES && rc == PV_ECONFLICT; i++) {
		pv_error_clear(err);
		rc = keep_once(store, refname, items, count, err);
	}
	return rc;
}

int pv_store_write_blob(pv_oid *out, pv_store *store, const char *data,
			size_t len, pv_error *err)
{
	git_oid id;
	int rc = pv_loose_write(&id, store, GIT_OBJECT_BLOB,
				(pv_str){ data, len }, err);

	if (rc == PV_OK)
		git_oid_tostr(out->hex, sizeof(out->hex), &id);
	return rc;
}
