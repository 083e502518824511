/* SPDX-License-Identifier: MIT
 *
 * Object look-up. libgit2 does not know partial clones: there git is asked
 * for the object, which makes it fetch, and the look-up is repeated once.
 */
#include "store/object/object.h"

#include <stdio.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/str.h"
#include "store/object/raw_object.h"

/* The NAME of "remote.NAME.promisor", when that is true. */
static int take_promisor(const git_config_entry *entry, void *payload)
{
	static const char section[] = "remote.";
	static const char key[] = ".promisor";
	pv_buf *name = payload;
	int on = 0;

	if (!pv_str_has_prefix(entry->name, section) ||
	    !pv_str_has_suffix(entry->name, key) ||
	    git_config_parse_bool(&on, entry->value) < 0 || !on)
		return 0;
	pv_buf_clear(name);
	pv_buf_puts(name, entry->name + strlen(section));
	pv_buf_truncate(name, name->len - strlen(key));
	return 1;
}

/* Whether some remote promised the objects that are missing, and which. */
static int is_partial(pv_buf *remote_out, pv_store *store)
{
	git_config_entry *entry = NULL;
	int partial;

	partial = git_config_get_entry(&entry, store->config,
				       "extensions.partialclone") == 0;
	if (partial && entry->value)
		pv_buf_puts(remote_out, entry->value);
	git_config_entry_free(entry);
	if (!partial)
		partial = git_config_foreach(store->config, take_promisor,
					     remote_out) > 0;
	git_error_clear();
	return partial;
}

static int fail_fetch(pv_error *err, const git_oid *oid, const pv_buf *remote,
		      const char *talk)
{
	static const char prefix[] = "fatal: ";
	char hex[GIT_OID_HEXSZ + 1];
	int rc;

	if (pv_str_has_prefix(talk, prefix))
		talk += strlen(prefix);
	rc = pv_fail(err, PV_ENET,
		     "cannot fetch \"%s\", which this partial clone lacks: "
		     "%.*s",
		     git_oid_tostr(hex, sizeof(hex), oid),
		     (int)strcspn(talk, "\n"), talk);
	return pv_error_hint(err, rc,
			     "the remote \"%s\" has it; \"git remote set-url\" "
			     "says where that is now",
			     pv_buf_text(remote));
}

/*
 * Lets git fetch an object that `remote` has promised. That it has no such
 * object is no failure: whoever wants it looks again.
 */
static int fetch_object(pv_store *store, const git_oid *oid,
			const pv_buf *remote, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	const char *args[] = { "cat-file", "-e", hex, NULL };
	static const char *const words[] = { "LC_ALL=C", NULL };
	pv_buf output = { 0 };
	pv_buf errors = { 0 };
	pv_git_options opts = { .env = words, .errors = &errors };
	int status, rc;

	git_oid_tostr(hex, sizeof(hex), oid);
	rc = pv_git_run(&output, &status, store, args, &opts, err);
	if (rc == PV_OK && status && errors.len &&
	    !strstr(errors.ptr, "not our ref"))
		rc = fail_fetch(err, oid, remote, errors.ptr);
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
	pv_buf remote = { 0 };

	if (rc == GIT_ENOTFOUND && is_partial(&remote, store)) {
		rc = fetch_object(store, oid, &remote, err);
		pv_buf_dispose(&remote);
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

void pv_object_id(git_oid *out, git_object_t type, pv_str content)
{
	pv_sha1_object(out->id, git_object_type2string(type), content);
}

/* Object reads are not hashed (start.c); what is handed out has to be. */
static int check_blob(const git_oid *id, pv_str content, pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];

	if (pv_sha1_is_blob(content, id->id))
		return PV_OK;
	pv_fail(err, PV_EGIT, "blob %s is damaged: its content has another id",
		git_oid_tostr(hex, sizeof(hex), id));
	return pv_error_hint(err, PV_EGIT,
			     "run \"git fsck\"; another clone may have it whole");
}

static int put_checked(pv_buf *out, const git_oid *id, pv_str content,
		       pv_error *err)
{
	int rc = check_blob(id, content, err);

	if (rc < 0)
		return rc;
	pv_buf_put(out, content.ptr, content.len);
	return pv_buf_status(out, err);
}

int pv_store_read_blob(pv_buf *out, pv_store *store, const pv_oid *blob,
		       pv_error *err)
{
	pv_packed_object packed = { 0 };
	git_object *object = NULL;
	pv_str content;
	git_oid oid;
	int rc = pv_oid_to_git(&oid, blob, err);

	if (rc == PV_OK)
		rc = pv_raw_read(&packed, store, &oid, err);
	if (rc < 0)
		return rc;
	if (rc > 0 && packed.type == GIT_OBJECT_BLOB) {
		content = (pv_str){ packed.data, packed.len };
		return put_checked(out, &oid, content, err);
	}
	rc = pv_object_get(&object, store, &oid, GIT_OBJECT_BLOB, err);
	if (rc < 0)
		return rc;
	content.ptr = git_blob_rawcontent((git_blob *)object);
	content.len = (size_t)git_blob_rawsize((git_blob *)object);
	rc = put_checked(out, &oid, content, err);
	git_object_free(object);
	return rc;
}
