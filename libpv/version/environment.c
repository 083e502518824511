/* SPDX-License-Identifier: MIT
 *
 * Reading the branch of deployments, only as far as specs need it.
 */
#include "version/environment.h"

#include <pv/version.h>

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "version/environment_text.h"

static const char local_ref[] = PV_ENVIRONMENT_REF;

/* The id of a ref, hex "" when there is none. */
static int read_ref(pv_oid *out, pv_store *store, const char *name, pv_error *err)
{
	int rc = pv_store_ref(out, store, name, err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	out->hex[0] = '\0';
	return PV_OK;
}

/* Of two tips the one that contains the other. */
static int newer_tip(pv_oid *out, pv_store *store, const pv_oid *local,
		     const pv_oid *remote, pv_error *err)
{
	pv_buf name = { 0 };
	int rc = pv_store_is_ancestor(store, remote, local, err);

	*out = *local;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	*out = *remote;
	rc = pv_store_is_ancestor(store, local, remote, err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_environment_remote(&name, store, err);
	if (rc == PV_OK)
		rc = pv_error_hint(err,
				   pv_fail(err, PV_ECONFLICT,
					   "deployments here and at %.80s have "
					   "diverged",
					   name.ptr),
				   "run git pv sync");
	pv_buf_dispose(&name);
	return rc;
}

/* Appends "origin", unless there is just one remote, which is another. */
static int put_plain_remote(pv_buf *out, pv_store *store, pv_error *err)
{
	pv_buf names = { 0 };
	size_t len;
	int is_only;
	int rc = pv_store_config(&names, store, "remote.origin.url", NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	pv_buf_clear(&names);
	rc = rc == PV_OK ? PV_OK : pv_store_remotes(&names, store, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&names, err);
	/* A name on each line. */
	len = strcspn(pv_buf_text(&names), "\n");
	is_only = rc == PV_OK && len && len + 1 == names.len;
	pv_buf_truncate(&names, len);
	if (is_only && pv_branch_check(names.ptr, NULL) == PV_OK)
		pv_buf_put(out, names.ptr, len);
	else if (rc == PV_OK)
		pv_buf_puts(out, "origin");
	pv_buf_dispose(&names);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

int pv_environment_remote(pv_buf *out, pv_store *store, pv_error *err)
{
	static const char *const keys[] = { "pv.remote",
					    "branch.pv/deployments.remote" };

	for (size_t i = 0; i < pv_array_len(keys); i++) {
		size_t before = out->len;
		int rc = pv_store_config(out, store, keys[i], NULL);

		if (rc == PV_ENOMEM)
			return pv_fail_nomem(err);
		/* "." is this repository; a URL has no branches here. */
		if (rc == PV_OK &&
		    pv_branch_check(pv_buf_text(out) + before, NULL) == PV_OK)
			return PV_OK;
		out->len = before;
	}
	return put_plain_remote(out, store, err);
}

static int read_remote(pv_oid *out, pv_store *store, pv_error *err)
{
	pv_buf name = { 0 };
	int rc;

	pv_buf_puts(&name, "refs/remotes/");
	rc = pv_environment_remote(&name, store, err);
	pv_buf_puts(&name, "/pv/deployments");
	if (rc == PV_OK)
		rc = pv_buf_status(&name, err);
	if (rc == PV_OK)
		rc = read_ref(out, store, name.ptr, err);
	pv_buf_dispose(&name);
	return rc;
}

int pv_environment_tip(pv_oid *tip_out, pv_oid *local_out, pv_store *store,
		       pv_error *err)
{
	pv_oid remote = { "" };
	int rc = read_ref(local_out, store, local_ref, err);

	if (rc == PV_OK)
		rc = read_remote(&remote, store, err);
	if (rc < 0)
		return rc;
	*tip_out = local_out->hex[0] ? *local_out : remote;
	if (!local_out->hex[0] || !remote.hex[0])
		return PV_OK;
	return newer_tip(tip_out, store, local_out, &remote, err);
}

int pv_environment_check(const char *name, pv_error *err)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	if (!len || name[len] || len > PV_ENVIRONMENT_MAX ||
	    strchr("-_.", name[0]) || strstr(name, "..")) {
		int rc = pv_fail(err, PV_EINVALID,
				 "bad environment name \"%.80s\"", name);

		return pv_error_hint(err, rc,
				     "at most %d letters, digits, \"-\", \"_\" "
				     "and \".\", the first a letter or digit",
				     PV_ENVIRONMENT_MAX);
	}
	return PV_OK;
}

static int find_tip(pv_oid *out, pv_store *store, const char *name, pv_error *err)
{
	pv_oid local;
	int rc = pv_environment_tip(out, &local, store, err);

	if (rc < 0 || out->hex[0])
		return rc;
	return pv_error_hint(err,
			     pv_fail_id(err, PV_ERR_ENVIRONMENT_NOT_FOUND,
					"no environment \"%.64s\"", name),
			     "nothing has been deployed in this repository");
}

static int is_full_oid(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_SCALAR && node->len == 40 &&
	       strspn(node->text, "0123456789abcdef") == 40;
}

static int fail_commit(const char *name, const char *id,
		       const pv_yaml_node *entry, pv_error *err)
{
	int rc = pv_fail(err, PV_EINVALID,
			 "the deployment of \"%.140s\" names no commit", id);

	return pv_error_at(err, rc, name, entry->line, entry->column);
}

static int read_commit(pv_oid *out, const pv_yaml_node *entry, const char *name,
		       const char *id, pv_error *err)
{
	const pv_yaml_node *commit =
		pv_yaml_get(pv_yaml_resolve(entry), "commit");

	if (commit)
		commit = pv_yaml_resolve(commit);
	if (!commit || !is_full_oid(commit))
		return fail_commit(name, id, entry, err);
	memcpy(out->hex, commit->text, 41);
	return PV_OK;
}

static int find_commit(pv_oid *out, pv_str text, const char *name,
		       const char *id, pv_error *err)
{
	const pv_yaml_node *entry = NULL;
	pv_env_parts parts = { 0 };
	pv_yaml *doc = NULL;
	int rc = pv_env_parts_read(&parts, text, err);

	if (rc == PV_OK)
		rc = pv_env_entry_parse(&doc, &entry, text, &parts, id, err);
	if (rc == PV_OK && !entry)
		rc = pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				"\"%.140s\" is not deployed in \"%.64s\"", id,
				name);
	if (rc == PV_OK && entry)
		rc = read_commit(out, entry, name, id, err);
	pv_yaml_free(doc);
	pv_env_parts_dispose(&parts);
	return rc;
}

int pv_environment_commit(pv_oid *out, pv_store *store, const char *name,
			  const char *id, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	pv_buf text = { 0 };
	char file[80];
	int rc = find_tip(&at.commit, store, name, err);

	snprintf(file, sizeof(file), "%.64s.yaml", name);
	if (rc < 0)
		goto out;
	rc = pv_store_read(&text, NULL, store, &at, file, err);
	if (rc == PV_ENOTFOUND)
		rc = pv_fail_id(err, PV_ERR_ENVIRONMENT_NOT_FOUND,
				"no environment \"%.64s\"", name);
	if (rc == PV_OK) {
		pv_str lent = { pv_buf_text(&text), text.len };

		rc = find_commit(out, lent, name, id, err);
	}
out:
	pv_buf_dispose(&text);
	return rc;
}
