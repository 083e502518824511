/* SPDX-License-Identifier: MIT
 *
 * Ref moves, see ref_move.h. A transaction of libgit2 is used rather than
 * git_reference_create_matching, because only it takes the reflog's date from
 * us; it checks nothing, so the old value is compared under the lock here.
 */
#include "store/ref_move.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/hooks.h"
#include "store/identity.h"
#include "store/lock.h"

/* A ref that is locked: attempts over about a second. */
enum {
	LOCK_ATTEMPTS = 10
};

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

static int fail_locked(pv_store *store, const char *refname, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	put_lock_path(&path, store, refname);
	rc = pv_lock_fail(pv_buf_text(&path), err);
	pv_buf_dispose(&path);
	return rc;
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

/* Packed refs do not keep "a" and "a/b" apart, as folders would. */
static int check_name_is_free(pv_store *store, const char *refname, pv_error *err)
{
	pv_buf name = { 0 };
	pv_oid oid;
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
		rc = pv_store_ref(&oid, store, name.ptr, NULL);
		if (rc == PV_OK)
			rc = pv_fail(err, PV_EEXISTS,
				     "\"%s\" is in the way of \"%s\"", name.ptr,
				     refname);
		else
			rc = PV_OK;
		pv_buf_clear(&name);
		pv_buf_puts(&name, refname);
	}
	pv_buf_dispose(&name);
	return rc;
}

/* Under the lock: does the ref still hold what it should? */
static int check_expected(pv_store *store, const pv_ref_change *change,
			  pv_error *err)
{
	git_reference *ref = NULL;
	int is_expected;
	int rc = git_reference_lookup(&ref, store->repo, change->refname);

	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return change->expected ? fail_moved(change->refname, err)
					: PV_OK;
	}
	if (rc < 0)
		return pv_fail_git(err, rc, "read the ref", change->refname);
	is_expected = change->expected &&
		      git_reference_type(ref) == GIT_REFERENCE_DIRECT &&
		      git_oid_equal(git_reference_target(ref), change->expected);
	git_reference_free(ref);
	return is_expected ? PV_OK : fail_moved(change->refname, err);
}

static int lock_ref(git_transaction *tx, pv_store *store, const char *refname,
		    pv_error *err)
{
	int rc = 0;

	for (int i = 0; i < LOCK_ATTEMPTS; i++) {
		rc = git_transaction_lock_ref(tx, refname);
		if (rc != GIT_ELOCKED)
			break;
		pv_backoff(i);
	}
	if (rc == GIT_ELOCKED)
		return fail_locked(store, refname, err);
	return rc < 0 ? pv_fail_git(err, rc, "lock the ref", refname) : PV_OK;
}

/*
 * Whether the ref is where it should be although libgit2 failed: it syncs the
 * folder after the rename, and a move that happened is no failure of ours.
 */
static int is_moved(pv_store *store, const pv_ref_change *change)
{
	git_oid now;

	return git_reference_name_to_id(&now, store->repo, change->refname) == 0 &&
	       git_oid_equal(&now, change->target);
}

/*
 * Whoever moves HEAD's branch holds HEAD's lock, too, as git does: a switch
 * under way must not find the branch moved, nor the commit HEAD.
 */
static int lock_head(git_transaction *tx, pv_store *store, const char *refname,
		     pv_error *err)
{
	git_reference *head = NULL;
	const char *branch = NULL;
	int rc = PV_OK;

	if (git_reference_lookup(&head, store->repo, "HEAD") == 0)
		branch = git_reference_symbolic_target(head);
	if (branch && strcmp(branch, refname) == 0)
		rc = lock_ref(tx, store, "HEAD", err);
	git_reference_free(head);
	git_error_clear();
	return rc;
}

static int move_locked(git_transaction *tx, pv_store *store,
		       const pv_ref_change *change, const char *message,
		       pv_error *err)
{
	const pv_signature *who = change->who;
	git_signature *signature = NULL;
	int rc = check_expected(store, change, err);

	if (rc < 0)
		return rc;
	rc = git_signature_new(&signature, who->name, who->email, who->when,
			       who->offset);
	if (rc == 0)
		rc = git_transaction_set_target(tx, change->refname,
						change->target, signature,
						message);
	if (rc == 0)
		rc = git_transaction_commit(tx);
	git_signature_free(signature);
	if (rc < 0)
		rc = pv_fail_git(err, rc, "move the ref", change->refname);
	if (rc < 0 && is_moved(store, change)) {
		pv_error_clear(err);
		rc = PV_OK;
	}
	git_error_clear();
	return rc;
}

static int move_natively(pv_store *store, const pv_ref_change *change,
			 const char *message, pv_error *err)
{
	git_transaction *tx = NULL;
	int rc = git_transaction_new(&tx, store->repo);

	if (rc < 0)
		return pv_fail_git(err, rc, "lock the ref", change->refname);
	rc = lock_head(tx, store, change->refname, err);
	if (rc == PV_OK)
		rc = lock_ref(tx, store, change->refname, err);
	if (rc == PV_OK)
		rc = move_locked(tx, store, change, message, err);
	git_transaction_free(tx);
	return rc;
}

/* With a hook to run, git does it all. */
static int move_by_git(pv_store *store, const pv_ref_change *change,
		       const char *message, pv_error *err)
{
	static const char zeros[] = "0000000000000000000000000000000000000000";
	char target[GIT_OID_HEXSZ + 1];
	char expected[GIT_OID_HEXSZ + 1] = "";
	const char *args[] = { "update-ref",    "--no-deref", "-m",     message,
			       change->refname, target,       expected, NULL };
	pv_identity identity = { { 0 }, *change->who };
	pv_strlist list = { 0 };
	pv_git_options opts = { 0 };
	int status = 0;
	int rc;

	git_oid_tostr(target, sizeof(target), change->target);
	if (change->expected)
		git_oid_tostr(expected, sizeof(expected), change->expected);
	else
		args[6] = zeros;
	rc = pv_identity_env(&list, &identity, err);
	opts.env = (const char *const *)list.items;
	opts.is_final = 1;
	if (rc == PV_OK)
		rc = pv_git_run(NULL, &status, store, args, &opts, err);
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

int pv_ref_move(pv_store *store, const pv_ref_change *change, pv_error *err)
{
	pv_buf message = { 0 };
	int rc;

	one_line(&message, change->message);
	rc = pv_buf_status(&message, err);
	if (rc == PV_OK && !change->expected)
		rc = check_name_is_free(store, change->refname, err);
	/* libgit2 makes no reflog entry of somebody without an address. */
	if (rc == PV_OK && (!*change->who->email ||
			    pv_hook_exists(store, "reference-transaction")))
		rc = move_by_git(store, change, pv_buf_text(&message), err);
	else if (rc == PV_OK)
		rc = move_natively(store, change, pv_buf_text(&message), err);
	pv_buf_dispose(&message);
	return rc;
}
