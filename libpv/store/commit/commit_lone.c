/* SPDX-License-Identifier: MIT
 *
 * Commits on their own, for chains that are kept by refs of ours. Nothing of
 * the working tree, the index or the hooks has to do with them.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "store/commit/commit_object.h"
#include "store/object/tree.h"

static int find_parents(git_oid *out, pv_store *store,
			const pv_lone_commit *commit, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < commit->parent_count && rc == PV_OK; i++) {
		git_commit *parent = NULL;

		rc = pv_oid_to_git(&out[i], &commit->parents[i], err);
		if (rc < 0)
			return rc;
		rc = git_commit_lookup(&parent, store->repo, &out[i]);
		if (rc < 0)
			rc = pv_fail_git(err, rc, "read the commit",
					 commit->parents[i].hex);
		git_commit_free(parent);
	}
	return rc;
}

static int write_tree(git_oid *out, pv_store *store,
		      const pv_lone_commit *commit, pv_error *err)
{
	pv_tree_edit *edits = pv_calloc(commit->count, sizeof(*edits));
	pv_objects objects = { 0 };
	int rc = edits ? PV_OK : pv_fail_nomem(err);

	if (rc == PV_OK)
		rc = pv_objects_begin(&objects, store, commit->count, err);
	for (size_t i = 0; edits && i < commit->count && rc == PV_OK; i++) {
		const pv_change *file = &commit->files[i];

		edits[i].path = file->path;
		edits[i].mode = GIT_FILEMODE_BLOB;
		rc = pv_objects_add(&edits[i].id, &objects, GIT_OBJECT_BLOB,
				    file->data, file->len, err);
	}
	if (rc == PV_OK)
		rc = pv_store_tree_update(out, NULL, edits, commit->count,
					  &objects, err);
	if (rc == PV_OK)
		rc = pv_objects_finish(&objects, err);
	pv_objects_dispose(&objects);
	pv_free(edits);
	return rc;
}

/* Whoever makes it has written it: both are one person. */
static int load_identity(pv_identity *out, pv_store *store,
			 const pv_signature *who, pv_error *err)
{
	int rc = who ? pv_signature_dup(&out->committer, who, err)
		     : pv_identity_committer(&out->committer, store, err);

	return rc < 0 ? rc : pv_signature_dup(&out->author, &out->committer, err);
}

int pv_store_commit_lone(pv_oid *out, pv_store *store,
			 const pv_lone_commit *commit, pv_error *err)
{
	git_oid *parents = pv_calloc(commit->parent_count, sizeof(*parents));
	pv_identity identity = { 0 };
	pv_commit_parts parts = { .identity = &identity,
				  .parents = parents,
				  .parent_count = commit->parent_count,
				  .message = commit->message };
	git_oid id;
	int rc = parents ? PV_OK : pv_fail_nomem(err);

	out->hex[0] = '\0';
	if (rc == PV_OK)
		rc = find_parents(parents, store, commit, err);
	if (rc == PV_OK)
		rc = load_identity(&identity, store, commit->who, err);
	if (rc == PV_OK)
		rc = commit->tree ? pv_oid_to_git(&parts.tree, commit->tree, err)
				  : write_tree(&parts.tree, store, commit, err);
	if (rc == PV_OK)
		rc = commit->who ? pv_commit_write_plain(&id, store, &parts, err)
				 : pv_commit_write(&id, store, &parts, err);
	if (rc == PV_OK)
		pv_oid_from_git(out, &id);
	pv_identity_dispose(&identity);
	pv_free(parents);
	return rc;
}
