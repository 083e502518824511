/* SPDX-License-Identifier: MIT
 *
 * Commit objects, see commit_object.h. Signatures are made by git, which
 * knows every gpg.format and its programs.
 */
#include "store/commit/commit_object.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
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
	for (size_t i = 0; i < parts->parent_count; i++)
		put_id(&raw, "parent", &parts->parents[i]);
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

int pv_commit_write_plain(git_oid *out, pv_store *store,
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

static const char *const signing[] = { "commit-tree", "-S", "-F", "-" };

/* Behind "git"; `items` ends in a NULL afterwards. */
static int commit_tree_args(pv_strlist *args, const pv_commit_parts *parts,
			    pv_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(signing) && rc == PV_OK; i++)
		rc = pv_strlist_add(args, signing[i], err);
	git_oid_tostr(hex, sizeof(hex), &parts->tree);
	if (rc == PV_OK)
		rc = pv_strlist_add(args, hex, err);
	for (size_t i = 0; i < parts->parent_count && rc == PV_OK; i++) {
		git_oid_tostr(hex, sizeof(hex), &parts->parents[i]);
		rc = pv_strlist_add(args, "-p", err);
		if (rc == PV_OK)
			rc = pv_strlist_add(args, hex, err);
	}
	if (rc < 0)
		return rc;
	if (pv_array_reserve(&args->items, &args->cap, args->count + 1,
			     sizeof(*args->items)) < 0)
		return pv_fail_nomem(err);
	args->items[args->count] = NULL;
	return PV_OK;
}

static int write_signed(git_oid *out, pv_store *store,
			const pv_commit_parts *parts, pv_error *err)
{
	pv_git_options opts = { 0 };
	pv_strlist args = { 0 };
	pv_strlist env = { 0 };
	pv_buf answer = { 0 };
	int status = 0;
	int rc = commit_tree_args(&args, parts, err);

	if (rc == PV_OK)
		rc = pv_identity_env(&env, parts->identity, err);
	opts.env = (const char *const *)env.items;
	opts.input = parts->message;
	opts.input_len = strlen(parts->message);
	if (rc == PV_OK)
		rc = pv_git_run(&answer, &status, store,
				(const char *const *)args.items, &opts, err);
	if (rc == PV_OK &&
	    (status || answer.len < GIT_OID_HEXSZ ||
	     git_oid_fromstrn(out, answer.ptr, GIT_OID_HEXSZ) < 0)) {
		rc = pv_fail(err, PV_EGIT, "git could not sign the commit");
		rc = pv_error_hint(err, rc,
				   "check user.signingKey and gpg.format, or "
				   "commit.gpgSign");
	}
	pv_strlist_dispose(&args);
	pv_strlist_dispose(&env);
	pv_buf_dispose(&answer);
	return rc;
}

int pv_commit_write(git_oid *out, pv_store *store, const pv_commit_parts *parts,
		    pv_error *err)
{
	if (pv_store_config_bool(store, "commit.gpgSign", 0))
		return write_signed(out, store, parts, err);
	return pv_commit_write_plain(out, store, parts, err);
}

void pv_commit_reflog(pv_buf *out, const pv_store *store,
		      const pv_commit_parts *parts)
{
	const char *action = pv_store_env(store, "GIT_REFLOG_ACTION");

	if (!action)
		action = parts->parent_count ? "commit" : "commit (initial)";
	pv_buf_printf(out, "%s: ", action);
	pv_buf_put(out, parts->message, strcspn(parts->message, "\n"));
}
