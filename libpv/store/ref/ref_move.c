/* SPDX-License-Identifier: MIT
 *
 * Ref moves, see ref_move.h: as a file, or by git where that is not enough.
 */
#include "store/ref/ref_move.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/commit/hooks.h"
#include "store/commit/identity.h"
#include "store/durable.h"
#include "store/lock.h"
#include "store/ref/ref_file.h"
#include "store/ref/ref_read.h"

/* git's form of a reflog message: one line, single blanks. */
static void one_line(pv_buf *out, const char *text)
{
	int after_blank = 1;

	for (; *text; text++) {
		int is_blank = strchr(" \t\n\r", *text) != NULL;

		if (!is_blank)
			pv_buf_putc(out, *text);
		else if (!after_blank)
			pv_buf_putc(out, ' ');
		after_blank = is_blank;
	}
	while (out->len && out->ptr[out->len - 1] == ' ')
		pv_buf_truncate(out, out->len - 1);
}

static int fail_moved(const char *refname, pv_error *err)
{
	return pv_fail(err, PV_ECONFLICT, "\"%s\" was moved by somebody else",
		       refname);
}

static void put_lock_path(pv_buf *out, pv_store *store, const char *refname)
{
	pv_buf_printf(out, "%s/%s.lock",
		      strcmp(refname, "HEAD") == 0 ? store->git_dir
						   : store->common_dir,
		      refname);
}

/* Says how long somebody else has held the ref's lock, if anybody does. */
static int fail_if_locked(pv_store *store, const char *refname, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	put_lock_path(&path, store, refname);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK && pv_file_exists(path.ptr))
		rc = pv_lock_fail(path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}

int pv_ref_obstacle(pv_store *store, const char *refname, const char *expected,
		    const char *talk, pv_error *err)
{
	pv_oid now = { "" };
	int rc = pv_store_ref(&now, store, refname, err);

	if (rc < 0 && rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	if (strcmp(now.hex, expected) != 0)
		return fail_moved(refname, err);
	rc = fail_if_locked(store, refname, err);
	return rc < 0 ? rc : pv_git_obstacle(store, talk, err);
}

static int on_any_ref(const char *refname, const pv_oid *oid, void *payload)
{
	(void)refname;
	(void)oid;
	(void)payload;
	return 1;
}

static int is_ref(pv_store *store, const char *refname)
{
	pv_ref_value value;
	int rc = pv_ref_read(&value, store, refname, NULL);

	pv_buf_dispose(&value.target);
	return rc == PV_OK && (value.is_direct || value.is_symbolic);
}

/* Packed refs do not keep "a" and "a/b" apart, as folders would. */
static int check_name_is_free(pv_store *store, const char *refname, pv_error *err)
{
	pv_buf name = { 0 };
	int rc;

	pv_buf_printf(&name, "%s/", refname);
	rc = pv_buf_status(&name, err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(store, name.ptr, on_any_ref, NULL, err);
	if (rc > 0)
		rc = pv_fail(err, PV_EEXISTS, "there are refs below \"%s\"",
			     refname);
	for (size_t i = 0; rc == PV_OK && refname[i]; i++) {
		if (refname[i] != '/')
			continue;
		pv_buf_truncate(&name, i);
		if (is_ref(store, name.ptr))
			rc = pv_fail(err, PV_EEXISTS,
				     "\"%s\" is in the way of \"%s\"", name.ptr,
				     refname);
		pv_buf_clear(&name);
		pv_buf_puts(&name, refname);
	}
	pv_buf_dispose(&name);
	return rc;
}

/* A branch that leads to another one: that is moved, and all have reflogs. */
static int is_link(pv_store *store, const char *refname)
{
	pv_ref_value value;
	int rc;

	if (!pv_str_has_prefix(refname, "refs/heads/"))
		return 0;
	rc = pv_ref_read(&value, store, refname, NULL);
	pv_buf_dispose(&value.target);
	return rc == PV_OK && value.is_symbolic;
}

/* With a hook to run, or a symbolic branch, git does it all. */
static int move_by_git(pv_store *store, const pv_ref_change *change,
		       const char *message, pv_error *err)
{
	static const char zeros[] = "0000000000000000000000000000000000000000";
	char target[GIT_OID_HEXSZ + 1];
	char expected[GIT_OID_HEXSZ + 1] = "";
	const char *args[] = { "update-ref",    "--no-deref", "-m",     message,
			       change->refname, target,       expected, NULL };
	pv_identity identity = { { 0 }, *change->who };
	int skipped = is_link(store, change->refname);
	pv_strlist list = { 0 };
	pv_git_options opts = { 0 };
	int status = 0;
	int rc;

	args[skipped] = "update-ref";
	git_oid_tostr(target, sizeof(target), change->target);
	if (change->expected)
		git_oid_tostr(expected, sizeof(expected), change->expected);
	else
		args[6] = zeros;
	rc = pv_durable_objects(store, err);
	if (rc == PV_OK)
		rc = pv_identity_env(&list, &identity, err);
	opts.env = (const char *const *)list.items;
	opts.is_final = 1;
	if (rc == PV_OK)
		rc = pv_git_run(NULL, &status, store, args + skipped, &opts, err);
	if (rc == PV_OK && status) {
		rc = pv_ref_obstacle(store, change->refname, expected, "", err);
		if (rc == PV_OK)
			rc = pv_fail(err, PV_EPOLICY,
				     "git refused to move \"%s\"",
				     change->refname);
	}
	pv_strlist_dispose(&list);
	return rc;
}

/* 1, or 0 when git has to move it. */
static int move_by_file(pv_store *store, const pv_ref_change *change,
			const char *message, pv_error *err)
{
	int rc = pv_hook_exists(store, "reference-transaction", err);

	if (rc || is_link(store, change->refname))
		return rc < 0 ? rc : 0;
	return pv_ref_file_move(store, change, message, err);
}

int pv_ref_move(pv_store *store, const pv_ref_change *change, pv_error *err)
{
	pv_buf message = { 0 };
	int rc;

	one_line(&message, change->message);
	rc = pv_buf_status(&message, err);
	if (rc == PV_OK && !change->expected)
		rc = check_name_is_free(store, change->refname, err);
	if (rc == PV_OK)
		rc = move_by_file(store, change, pv_buf_text(&message), err);
	if (rc == PV_OK)
		rc = move_by_git(store, change, pv_buf_text(&message), err);
	pv_buf_dispose(&message);
	return rc < 0 ? rc : PV_OK;
}
