/* SPDX-License-Identifier: MIT
 *
 * Keeping objects that no branch may hold any more: a ref for each month
 * points at one commit that has kept commits for parents and kept blobs in its
 * tree, each under its own id. What is there already costs a look; the commit
 * is written anew otherwise, so that no chain grows.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/str.h"
#include "store/object/loose_object.h"
#include "store/object/raw_object.h"
#include "store/object/tree_read.h"
#include "store/ref/ref_move.h"
#include "store/ref/ref_read.h"

enum {
	TRIES = 50,
	TREE_ENTRY = 7 + GIT_OID_HEXSZ + 1 + GIT_OID_RAWSZ
};

/* What the ref of a month keeps, as hex. */
struct kept {
	pv_strlist commits;
	pv_strlist blobs;
	git_oid tip;
	int has_tip;
};

static void kept_dispose(struct kept *kept)
{
	pv_strlist_dispose(&kept->commits);
	pv_strlist_dispose(&kept->blobs);
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

static int read_tree(struct kept *out, pv_store *store, const char *hex,
		     pv_error *err)
{
	pv_buf tree = { 0 };
	git_oid id;
	int rc = PV_OK;

	if (git_oid_fromstr(&id, hex) == 0)
		rc = pv_tree_read_raw(&tree, store, &id, err);
	for (size_t at = 0; rc == PV_OK && at + TREE_ENTRY <= tree.len;
	     at += TREE_ENTRY)
		rc = pv_strlist_addn(&out->blobs, tree.ptr + at + 7,
				     GIT_OID_HEXSZ, err);
	pv_buf_dispose(&tree);
	return rc;
}

/* The headers of the commit that is kept by. */
static int read_commit(struct kept *out, pv_store *store, const char *text,
		       pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1] = "";
	int rc = PV_OK;

	if (strncmp(text, "tree ", 5) == 0 && strlen(text) > 46) {
		memcpy(hex, text + 5, GIT_OID_HEXSZ);
		rc = read_tree(out, store, hex, err);
		text += 5 + GIT_OID_HEXSZ + 1;
	}
	while (rc == PV_OK && strncmp(text, "parent ", 7) == 0 &&
	       strlen(text) > 48) {
		rc = pv_strlist_addn(&out->commits, text + 7, GIT_OID_HEXSZ, err);
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
		rc = read_commit(out, store, pv_buf_text(&text), err);
	pv_buf_dispose(&text);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

/* --- adding --------------------------------------------------------------- */

/* What is not here cannot be kept: an execution may come from elsewhere. */
static int add_item(struct kept *kept, int *is_changed, pv_store *store,
		    const pv_oid *oid, pv_error *err)
{
	git_object_t type = GIT_OBJECT_INVALID;
	pv_strlist *list = NULL;
	pv_buf data = { 0 };
	git_oid id;
	int rc = PV_OK;

	if (pv_strlist_find(&kept->commits, oid->hex) >= 0 ||
	    pv_strlist_find(&kept->blobs, oid->hex) >= 0 ||
	    git_oid_fromstr(&id, oid->hex) < 0)
		return PV_OK;
	rc = read_object(&data, &type, store, &id, err);
	pv_buf_dispose(&data);
	if (rc < 0)
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	if (type == GIT_OBJECT_COMMIT)
		list = &kept->commits;
	else if (type == GIT_OBJECT_BLOB)
		list = &kept->blobs;
	if (!list)
		return PV_OK;
	*is_changed = 1;
	return pv_strlist_add(list, oid->hex, err);
}

static int write_tree(git_oid *out, pv_store *store, pv_strlist *blobs,
		      pv_error *err)
{
	pv_buf tree = { 0 };
	git_oid id;
	int rc;

	pv_strlist_sort(blobs);
	for (size_t i = 0; i < blobs->count; i++) {
		pv_buf_puts(&tree, "100644 ");
		pv_buf_put(&tree, blobs->items[i], GIT_OID_HEXSZ + 1);
		git_oid_fromstr(&id, blobs->items[i]);
		pv_buf_put(&tree, (const char *)id.id, GIT_OID_RAWSZ);
	}
	rc = pv_buf_status(&tree, err);
	if (rc == PV_OK)
		rc = pv_loose_write(out, store, GIT_OBJECT_TREE,
				    (pv_str){ pv_buf_text(&tree), tree.len },
				    err);
	pv_buf_dispose(&tree);
	return rc;
}

static int write_commit(git_oid *out, pv_store *store, struct kept *kept,
			const pv_signature *who, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	pv_buf text = { 0 };
	git_oid tree;
	int rc = write_tree(&tree, store, &kept->blobs, err);

	if (rc < 0)
		return rc;
	pv_strlist_sort(&kept->commits);
	pv_buf_printf(&text, "tree %s\n", git_oid_tostr(hex, sizeof(hex), &tree));
	for (size_t i = 0; i < kept->commits.count; i++)
		pv_buf_printf(&text, "parent %s\n", kept->commits.items[i]);
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
	int is_changed = 0;
	int rc = read_kept(&kept, store, refname, err);

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = add_item(&kept, &is_changed, store, &items[i], err);
	if (rc == PV_OK && is_changed) {
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
