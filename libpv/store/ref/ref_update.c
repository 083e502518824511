/* SPDX-License-Identifier: MIT
 *
 * Compare-and-swap of refs. Creating and moving is done natively (ref_move.c),
 * and so is deleting a branch that is no more than a file (ref_delete.c); to
 * rewrite packed-refs, and what else deleting may take, is left to git.
 */
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/commit/identity.h"
#include "store/object/object.h"
#include "store/ref/ref_delete.h"
#include "store/ref/ref_move.h"
#include "store/ref/ref_name.h"

enum {
	SYMREF_DEPTH = 5
};

/* Follows HEAD and other symbolic refs to the end. */
static int follow(char **out, pv_store *store, const char *refname, pv_error *err)
{
	char *name = pv_strdup(refname);

	for (int i = 0; name && i < SYMREF_DEPTH; i++) {
		git_reference *ref = NULL;
		const char *target = NULL;
		char *next = NULL;

		if (git_reference_lookup(&ref, store->repo, name) == 0)
			target = git_reference_symbolic_target(ref);
		if (target)
			next = pv_strdup(target);
		git_reference_free(ref);
		git_error_clear();
		if (!target) {
			*out = name;
			return PV_OK;
		}
		pv_free(name);
		name = next;
	}
	if (!name)
		return pv_fail_nomem(err);
	pv_free(name);
	return pv_fail(err, PV_EINVALID, "\"%s\" leads through too many refs",
		       refname);
}

/*
 * The name that is deleted or moved: what symbolic refs lead to, but a symbolic
 * branch that is to be moved stays what it is, for its reflog counts, too.
 */
static int find_name(char **out, pv_store *store, const char *refname,
		     int is_move, pv_error *err)
{
	char *end = NULL;
	int rc = follow(&end, store, refname, err);

	if (rc == PV_OK && end && is_move && strcmp(refname, end) != 0 &&
	    pv_str_has_prefix(refname, "refs/heads/")) {
		pv_free(end);
		end = pv_strdup(refname);
		rc = end ? PV_OK : pv_fail_nomem(err);
	}
	*out = end;
	return rc;
}

/* A branch names a commit; other refs any object that there is. */
static int check_target(pv_store *store, const char *refname,
			const git_oid *target, pv_error *err)
{
	int is_branch = pv_str_has_prefix(refname, "refs/heads/");
	git_object *object = NULL;
	int rc = pv_object_get(&object, store, target,
			       is_branch ? GIT_OBJECT_COMMIT : GIT_OBJECT_ANY,
			       err);

	git_object_free(object);
	return rc;
}

static int move(pv_store *store, const char *refname, const pv_oid *target,
		const pv_oid *expected, const char *reflog, pv_error *err)
{
	pv_signature who = { 0 };
	git_oid new_id, old_id;
	pv_ref_change change = { refname, &new_id, NULL, &who,
				 reflog ? reflog : "" };
	int rc = pv_oid_to_git(&new_id, target, err);

	if (rc == PV_OK && expected->hex[0]) {
		rc = pv_oid_to_git(&old_id, expected, err);
		change.expected = &old_id;
	}
	if (rc == PV_OK)
		rc = check_target(store, refname, &new_id, err);
	if (rc == PV_OK)
		rc = pv_identity_committer(&who, store, err);
	if (rc == PV_OK)
		rc = pv_ref_move(store, &change, err);
	pv_signature_dispose(&who);
	return rc;
}

/* Why git did not delete the ref. */
static int explain(pv_store *store, const char *refname, const pv_oid *expected,
		   const pv_buf *errors, pv_error *err)
{
	const char *reason = pv_buf_text(errors);
	int rc = pv_ref_obstacle(store, refname, expected->hex, reason, err);

	if (rc < 0)
		return rc;
	return pv_fail(err, PV_EGIT, "git did not delete \"%s\": %.*s", refname,
		       (int)strcspn(reason, "\n"), reason);
}

static int delete_by_git(pv_store *store, const char *refname,
			 const pv_oid *expected, const char *reflog,
			 pv_error *err)
{
	const char *const args[] = {
		"-c",          "core.filesRefLockTimeout=1000",
		"update-ref",  "--no-deref",
		"-m",          reflog && *reflog ? reflog : "delete",
		"-d",          refname,
		expected->hex, NULL
	};
	pv_git_options opts = { 0 };
	pv_buf errors = { 0 };
	int status, rc;

	opts.errors = &errors;
	opts.is_final = 1;
	rc = pv_git_run(NULL, &status, store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = explain(store, refname, expected, &errors, err);
	pv_buf_dispose(&errors);
	return rc;
}

int pv_store_ref_update(pv_store *store, const char *refname,
			const pv_oid *target, const pv_oid *expected,
			const char *reflog, pv_error *err)
{
	char *name = NULL;
	int rc;

	if (!target->hex[0] && !expected->hex[0])
		return pv_fail(err, PV_EINVALID,
			       "nothing to do for the ref \"%s\"", refname);
	rc = find_name(&name, store, refname, target->hex[0] != 0, err);
	if (rc < 0 || !name)
		return rc;
	/* A detached HEAD has no other name. */
	if (strcmp(name, "HEAD") != 0 || !target->hex[0])
		rc = pv_ref_name_check(name, err);
	if (rc == PV_OK && target->hex[0])
		rc = move(store, name, target, expected, reflog, err);
	else if (rc == PV_OK)
		rc = pv_ref_delete(store, name, expected, err);
	if (rc == PV_OK && !target->hex[0])
		rc = delete_by_git(store, name, expected, reflog, err);
	pv_free(name);
	return rc < 0 ? rc : PV_OK;
}
