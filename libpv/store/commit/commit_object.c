/* SPDX-License-Identifier: MIT
 *
 * Commit objects, see commit_object.h. Signatures are made by git, which
 * knows every gpg.format and its programs.
 */
#include "store/commit/commit_object.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "store/commit/message.h"
#include "store/object/loose_object.h"

/* i18n.commitEncoding unless it is a spelling of UTF-8; may stay empty. */
static int load_encoding(pv_buf *out, pv_store *store, pv_error *err)
{
	int rc = pv_store_config(out, store, "i18n.commitEncoding", err);
	const char *name = pv_buf_text(out);

	if (rc < 0)
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	if (pv_str_casecmp(name, "utf-8") == 0 ||
	    pv_str_casecmp(name, "utf8") == 0)
		pv_buf_clear(out);
	return PV_OK;
}

static void put_id(pv_buf *out, const char *key, const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];

	pv_buf_printf(out, "%s %s\n", key, git_oid_tostr(hex, sizeof(hex), id));
}

static int build(pv_buf *out, pv_store *store, const pv_commit_parts *parts,
		 pv_error *err)
{
	pv_buf raw = { 0 };
	pv_buf encoding = { 0 };
	int rc = load_encoding(&encoding, store, err);

	if (rc < 0)
		goto out;
	put_id(&raw, "tree", &parts->tree);
	if (parts->parent)
		put_id(&raw, "parent", parts->parent);
	if (parts->merged)
		put_id(&raw, "parent", parts->merged);
	pv_buf_puts(&raw, "author ");
	pv_signature_put(&raw, &parts->identity->author);
	pv_buf_puts(&raw, "\ncommitter ");
	pv_signature_put(&raw, &parts->identity->committer);
	pv_buf_putc(&raw, '\n');
	if (encoding.len)
		pv_buf_printf(&raw, "encoding %s\n", encoding.ptr);
	pv_buf_putc(&raw, '\n');
	pv_buf_puts(&raw, parts->message);
	rc = pv_buf_status(&raw, err);
	if (rc < 0)
		goto out;
	if (encoding.len)
		pv_buf_put(out, raw.ptr, raw.len);
	else
		pv_message_to_utf8(out, raw.ptr);
	rc = pv_buf_status(out, err);
out:
	pv_buf_dispose(&raw);
	pv_buf_dispose(&encoding);
	return rc;
}

static int write_plain(git_oid *out, pv_store *store,
		       const pv_commit_parts *parts, pv_error *err)
{
	pv_buf text = { 0 };
	pv_str data;
	int rc = build(&text, store, parts, err);

	data.ptr = pv_buf_text(&text);
	data.len = text.len;
	if (rc == PV_OK)
		rc = pv_loose_write(out, store, GIT_OBJECT_COMMIT, data, err);
	pv_buf_dispose(&text);
	return rc;
}

static int write_signed(git_oid *out, pv_store *store,
			const pv_commit_parts *parts, pv_error *err)
{
	char tree[GIT_OID_HEXSZ + 1];
	char parent[GIT_OID_HEXSZ + 1];
	char merged[GIT_OID_HEXSZ + 1];
	const char *args[] = { "commit-tree", tree, "-S", "-F", "-",
			       NULL,          NULL, NULL, NULL, NULL };
	pv_git_options opts = { 0 };
	pv_strlist env = { 0 };
	pv_buf answer = { 0 };
	int status = 0;
	int rc;

	git_oid_tostr(tree, sizeof(tree), &parts->tree);
	if (parts->parent) {
		git_oid_tostr(parent, sizeof(parent), parts->parent);
		args[5] = "-p";
		args[6] = parent;
	}
	if (parts->merged) {
		git_oid_tostr(merged, sizeof(merged), parts->merged);
		args[7] = "-p";
		args[8] = merged;
	}
	rc = pv_identity_env(&env, parts->identity, err);
	opts.env = (const char *const *)env.items;
	opts.input = parts->message;
	opts.input_len = strlen(parts->message);
	if (rc == PV_OK)
		rc = pv_git_run(&answer, &status, store, args, &opts, err);
	if (rc == PV_OK &&
	    (status || answer.len < GIT_OID_HEXSZ ||
	     git_oid_fromstrn(out, answer.ptr, GIT_OID_HEXSZ) < 0)) {
		rc = pv_fail(err, PV_EGIT, "git could not sign the commit");
		rc = pv_error_hint(err, rc,
				   "check user.signingKey and gpg.format, or "
				   "commit.gpgSign");
	}
	pv_strlist_dispose(&env);
	pv_buf_dispose(&answer);
	return rc;
}

int pv_commit_write(git_oid *out, pv_store *store, const pv_commit_parts *parts,
		    pv_error *err)
{
	if (pv_store_config_bool(store, "commit.gpgSign", 0))
		return write_signed(out, store, parts, err);
	return write_plain(out, store, parts, err);
}

void pv_commit_reflog(pv_buf *out, const pv_store *store,
		      const pv_commit_parts *parts)
{
	const char *action = pv_store_env(store, "GIT_REFLOG_ACTION");

	if (!action)
		action = parts->parent ? "commit" : "commit (initial)";
	pv_buf_printf(out, "%s: ", action);
	pv_buf_put(out, parts->message, strcspn(parts->message, "\n"));
}
