/* SPDX-License-Identifier: MIT
 *
 * Object look-up. libgit2 does not know partial clones: there git is asked
 * for the object, which makes it fetch, and the look-up is repeated once.
 */
#include "store/object.h"

#include <pv/git.h>

#include "base/fail.h"
#include "base/str.h"

static int is_promisor_entry(const git_config_entry *entry, void *payload)
{
	int on = 0;

	(void)payload;
	if (!pv_str_has_prefix(entry->name, "remote.") ||
	    !pv_str_has_suffix(entry->name, ".promisor"))
		return 0;
	return git_config_parse_bool(&on, entry->value) == 0 && on;
}

/* Whether some remote promised the objects that are missing. */
static int is_partial(pv_store *store)
{
	git_config_entry *entry = NULL;
	int partial;

	partial = git_config_get_entry(&entry, store->config,
				       "extensions.partialclone") == 0;
	git_config_entry_free(entry);
	if (!partial)
		partial = git_config_foreach(store->config, is_promisor_entry,
					     NULL) > 0;
	git_error_clear();
	return partial;
}

/* Lets git fetch an object; whether that worked shows in the next look-up. */
static int fetch_object(pv_store *store, const git_oid *oid, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	const char *args[] = { "cat-file", "-e", hex, NULL };
	pv_buf output = { 0 };
	pv_buf errors = { 0 };
	pv_git_options opts = { 0 };
	int status, rc;

	git_oid_tostr(hex, sizeof(hex), oid);
	opts.errors = &errors;
	rc = pv_git_run(&output, &status, store, args, &opts, err);
	pv_buf_dispose(&output);
	pv_buf_dispose(&errors);
	return rc;
}

static int fail_lookup(pv_error *err, int rc, const git_oid *oid,
		       git_object_t type)
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof(hex), oid);
	if (rc != GIT_ENOTFOUND)
		return pv_fail_git(err, rc, "read the object", hex);
	git_error_clear();
	pv_fail(err, PV_ENOTFOUND, "there is no %s \"%s\"",
		type == GIT_OBJECT_ANY ? "object" : git_object_type2string(type),
		hex);
	if (err)
		err->id = PV_ERR_GIT;
	return PV_ENOTFOUND;
}

int pv_object_get(git_object **out, pv_store *store, const git_oid *oid,
		  git_object_t type, pv_error *err)
{
	int rc = git_object_lookup(out, store->repo, oid, type);

	if (rc == GIT_ENOTFOUND && is_partial(store)) {
		rc = fetch_object(store, oid, err);
		if (rc < 0)
			return rc;
		rc = git_object_lookup(out, store->repo, oid, type);
	}
	return rc < 0 ? fail_lookup(err, rc, oid, type) : PV_OK;
}

int pv_store_is_shallow(const pv_store *store)
{
	return git_repository_is_shallow(store->repo) == 1;
}

/* Object reads are not hashed (start.c); what is handed out has to be. */
static int check_blob(const git_blob *blob, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;
	int rc = git_odb_hash(&id, git_blob_rawcontent(blob),
			      (size_t)git_blob_rawsize(blob), GIT_OBJECT_BLOB);

	git_oid_tostr(hex, sizeof(hex), git_blob_id(blob));
	if (rc < 0)
		return pv_fail_git(err, rc, "hash the blob", hex);
	if (git_oid_equal(&id, git_blob_id(blob)))
		return PV_OK;
	pv_fail(err, PV_EGIT, "blob %s is damaged: its content has another id",
		hex);
	return pv_error_hint(err, PV_EGIT,
			     "run \"git fsck\"; another clone may have it whole");
}

int pv_store_read_blob(pv_buf *out, pv_store *store, const pv_oid *blob,
		       pv_error *err)
{
	git_object *object = NULL;
	git_oid oid;
	int rc = pv_oid_to_git(&oid, blob, err);

	if (rc < 0)
		return rc;
	rc = pv_object_get(&object, store, &oid, GIT_OBJECT_BLOB, err);
	if (rc < 0)
		return rc;
	rc = check_blob((git_blob *)object, err);
	if (rc == PV_OK) {
		pv_buf_put(out, git_blob_rawcontent((git_blob *)object),
			   (size_t)git_blob_rawsize((git_blob *)object));
		rc = pv_buf_status(out, err);
	}
	git_object_free(object);
	return rc;
}
