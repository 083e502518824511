/* SPDX-License-Identifier: MIT
 *
 * Path look-up one component at a time. git_tree_entry_bypath is not used: it
 * takes a subtree that is still at the remote for one that does not exist.
 */
#include "store/object/tree_read.h"

#include <limits.h>
#include <string.h>

#include "base/fail.h"
#include "store/object/object.h"
#include "store/object/raw_object.h"
#include "store/object/tree.h"

enum {
	SCANNED_MAX = 4096 /* bytes; in a larger tree libgit2 searches faster */
};

int pv_tree_load(git_tree **out, pv_store *store, const git_oid *id, pv_error *err)
{
	git_object *object = NULL;
	int rc = pv_object_get(&object, store, id, GIT_OBJECT_TREE, err);

	*out = (git_tree *)object;
	return rc;
}

/* From libgit2's object database, after a look that fetches it if need be. */
static int read_stored(pv_buf *out, pv_store *store, const git_oid *id,
		       pv_error *err)
{
	git_odb_object *object = NULL;
	git_tree *tree = NULL;
	git_odb *odb = NULL;
	int failure;
	int rc = pv_tree_load(&tree, store, id, err);

	git_tree_free(tree);
	if (rc < 0)
		return rc;
	failure = git_repository_odb(&odb, store->repo);
	if (!failure)
		failure = git_odb_read(&object, odb, id);
	if (failure)
		rc = pv_fail_git(err, failure, "read a tree", NULL);
	else
		pv_buf_put(out, git_odb_object_data(object),
			   git_odb_object_size(object));
	git_odb_object_free(object);
	git_odb_free(odb);
	return rc < 0 ? rc : pv_buf_status(out, err);
}

int pv_tree_read_raw(pv_buf *out, pv_store *store, const git_oid *id,
		     pv_error *err)
{
	pv_packed_object packed;
	int rc = pv_raw_read(&packed, store, id, err);

	if (rc < 0)
		return rc;
	if (!rc || packed.type != GIT_OBJECT_TREE)
		return read_stored(out, store, id, err);
	pv_buf_put(out, packed.data, packed.len);
	return pv_buf_status(out, err);
}

/* From the commit as it is stored: 1, or 0 when libgit2 has to be asked. */
static int read_root(git_oid *out, pv_store *store, const git_oid *commit,
		     pv_error *err)
{
	static const char key[] = "tree ";
	const size_t head = sizeof(key) - 1;
	pv_packed_object raw;
	int rc = pv_raw_read(&raw, store, commit, err);

	if (rc <= 0)
		return rc;
	return raw.type == GIT_OBJECT_COMMIT &&
	       raw.len > head + GIT_OID_HEXSZ && !memcmp(raw.data, key, head) &&
	       raw.data[head + GIT_OID_HEXSZ] == '\n' &&
	       git_oid_fromstrn(out, raw.data + head, GIT_OID_HEXSZ) == 0;
}

static int root_of(pv_tree_item *out, pv_store *store, const pv_oid *commit,
		   pv_error *err)
{
	git_object *object = NULL;
	git_oid id;
	int rc = pv_oid_to_git(&id, commit, err);

	out->mode = GIT_FILEMODE_TREE;
	if (rc == PV_OK)
		rc = read_root(&out->id, store, &id, err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_object_get(&object, store, &id, GIT_OBJECT_COMMIT, err);
	if (rc < 0)
		return rc;
	out->id = *git_commit_tree_id((git_commit *)object);
	git_object_free(object);
	return PV_OK;
}

/*
 * Looks through the tree `*item` as it is stored: 1 when the name is there, 0
 * when libgit2 has to be asked, PV_ENOTFOUND.
 */
static int scan(pv_tree_item *item, pv_store *store, const char *name,
		pv_error *err)
{
	pv_packed_object raw;
	pv_tree_edit entry;
	pv_str rest;
	int more = 1;
	int rc = pv_raw_read(&raw, store, &item->id, err);

	if (rc <= 0 || raw.type != GIT_OBJECT_TREE || raw.len > SCANNED_MAX)
		return rc < 0 ? rc : 0;
	rest = (pv_str){ raw.data, raw.len };
	while (more > 0) {
		more = pv_store_tree_next(&entry, &rest);
		if (more > 0 && !strcmp(entry.path, name)) {
			item->mode = pv_tree_mode(entry.mode);
			item->id = entry.id;
			return 1;
		}
	}
	return more < 0 ? 0 : PV_ENOTFOUND;
}

static int search(pv_tree_item *item, pv_store *store, const char *name,
		  pv_error *err)
{
	const git_tree_entry *entry;
	git_tree *tree = NULL;
	int rc = pv_tree_load(&tree, store, &item->id, err);

	if (rc == PV_ENOTFOUND)
		return pv_fail(err, PV_EGIT, "the tree of \"%s\" is missing",
			       name);
	if (rc < 0)
		return rc;
	entry = git_tree_entry_byname(tree, name);
	if (entry) {
		item->mode = git_tree_entry_filemode(entry);
		item->id = *git_tree_entry_id(entry);
	}
	git_tree_free(tree);
	return entry ? PV_OK : PV_ENOTFOUND;
}

/* Goes from the tree `*item` to what it has as `name`. */
static int descend(pv_tree_item *item, pv_store *store, const char *name,
		   pv_error *err)
{
	int rc;

	if (item->mode != GIT_FILEMODE_TREE)
		return pv_fail(err, PV_ENOTFOUND, "\"%s\" is not in a folder",
			       name);
	rc = scan(item, store, name, err);
	if (rc == 0)
		rc = search(item, store, name, err);
	if (rc == PV_ENOTFOUND)
		return pv_fail(err, rc, "there is no \"%s\"", name);
	return rc < 0 ? rc : PV_OK;
}

int pv_tree_item_descend(pv_tree_item *item, pv_store *store, const char *path,
			 pv_error *err)
{
	char name[NAME_MAX * 4];
	int rc = PV_OK;

	while (rc == PV_OK && *path) {
		size_t len = strcspn(path, "/");

		if (len >= sizeof(name))
			return pv_fail(err, PV_ENOTFOUND,
				       "there is no such name");
		memcpy(name, path, len);
		name[len] = '\0';
		rc = descend(item, store, name, err);
		path += len + (path[len] == '/');
	}
	return rc;
}

int pv_tree_item_find(pv_tree_item *out, pv_store *store, const pv_oid *commit,
		      const char *path, pv_error *err)
{
	int rc = root_of(out, store, commit, err);

	if (rc == PV_ENOTFOUND)
		return pv_fail(err, PV_EGIT, "there is no commit \"%s\"",
			       commit->hex);
	return rc < 0 ? rc : pv_tree_item_descend(out, store, path, err);
}
