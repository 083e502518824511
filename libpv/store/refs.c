/* SPDX-License-Identifier: MIT
 *
 * Reading refs: HEAD, one ref, all refs below a prefix. Symbolic refs are
 * followed; tags are handed out unpeeled.
 */
#include "store/handle.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

static const char heads[] = "refs/heads/";

/* Appends the short name of the branch HEAD stands on, if on one. */
static int head_branch(pv_buf *out, const git_reference *head, pv_error *err)
{
	const char *target = git_reference_symbolic_target(head);

	if (target && pv_str_has_prefix(target, heads))
		pv_buf_puts(out, target + strlen(heads));
	else if (target)
		pv_buf_puts(out, target);
	return pv_buf_status(out, err);
}

int pv_store_head(pv_buf *branch, pv_oid *commit_out, pv_store *store,
		  pv_error *err)
{
	git_reference *head = NULL;
	git_oid oid;
	int rc;

	if (commit_out)
		commit_out->hex[0] = '\0';
	rc = git_reference_lookup(&head, store->repo, "HEAD");
	if (rc < 0)
		return pv_fail_git(err, rc, "read", "HEAD");
	rc = branch ? head_branch(branch, head, err) : PV_OK;
	if (rc < 0 || !commit_out)
		goto out;
	rc = git_reference_name_to_id(&oid, store->repo, "HEAD");
	if (rc == 0) {
		pv_oid_from_git(commit_out, &oid);
	} else if (rc == GIT_ENOTFOUND) {
		git_error_clear(); /* the branch is not born yet */
		rc = PV_OK;
	} else {
		rc = pv_fail_git(err, rc, "read", "HEAD");
	}
out:
	git_reference_free(head);
	return rc;
}

int pv_store_ref(pv_oid *out, pv_store *store, const char *refname, pv_error *err)
{
	git_oid oid;
	int rc = git_reference_name_to_id(&oid, store->repo, refname);

	out->hex[0] = '\0';
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return pv_fail(err, PV_ENOTFOUND, "there is no ref \"%s\"",
			       refname);
	}
	if (rc < 0)
		return pv_fail_git(err, rc, "read the ref", refname);
	pv_oid_from_git(out, &oid);
	return PV_OK;
}

struct ref_row {
	char *name;
	pv_oid oid;
};

struct ref_list {
	struct ref_row *rows;
	size_t count;
	size_t cap;
};

static void ref_list_dispose(struct ref_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		pv_free(list->rows[i].name);
	pv_free(list->rows);
}

/* Adds a ref; one that leads nowhere is left out, as git does. */
static int add_row(struct ref_list *list, git_reference *ref, pv_error *err)
{
	git_reference *resolved = NULL;
	struct ref_row *row;

	if (git_reference_resolve(&resolved, ref) < 0) {
		git_error_clear();
		return PV_OK;
	}
	if (pv_array_reserve(&list->rows, &list->cap, list->count + 1,
			     sizeof(*list->rows)) < 0)
		goto nomem;
	row = &list->rows[list->count];
	row->name = pv_strdup(git_reference_name(ref));
	if (!row->name)
		goto nomem;
	pv_oid_from_git(&row->oid, git_reference_target(resolved));
	list->count++;
	git_reference_free(resolved);
	return PV_OK;
nomem:
	git_reference_free(resolved);
	return pv_fail_nomem(err);
}

static int collect(struct ref_list *out, pv_store *store, const char *glob,
		   pv_error *err)
{
	git_reference_iterator *iterator = NULL;
	git_reference *ref = NULL;
	int rc;

	rc = git_reference_iterator_glob_new(&iterator, store->repo, glob);
	if (rc < 0)
		return pv_fail_git(err, rc, "list the refs", NULL);
	for (;;) {
		rc = git_reference_next(&ref, iterator);
		if (rc < 0)
			break;
		rc = add_row(out, ref, err);
		git_reference_free(ref);
		if (rc < 0)
			goto out;
	}
	rc = rc == GIT_ITEROVER ? PV_OK
				: pv_fail_git(err, rc, "list the refs", NULL);
out:
	git_reference_iterator_free(iterator);
	return rc;
}

static int compare_rows(const void *a, const void *b)
{
	const struct ref_row *left = a;
	const struct ref_row *right = b;

	return strcmp(left->name, right->name);
}

int pv_store_ref_each(pv_store *store, const char *prefix,
		      int (*fn)(const char *refname, const pv_oid *oid,
				void *payload),
		      void *payload, pv_error *err)
{
	struct ref_list list = { 0 };
	pv_buf glob = { 0 };
	int rc = PV_OK;

	if (strpbrk(prefix, "*?[\\"))
		return PV_OK; /* no ref has these in its name */
	pv_buf_printf(&glob, "%s*", prefix);
	rc = pv_buf_status(&glob, err);
	if (rc == PV_OK)
		rc = collect(&list, store, glob.ptr, err);
	if (rc == PV_OK && list.count)
		qsort(list.rows, list.count, sizeof(*list.rows), compare_rows);
	for (size_t i = 0; rc == PV_OK && i < list.count; i++)
		rc = fn(list.rows[i].name, &list.rows[i].oid, payload);
	ref_list_dispose(&list);
	pv_buf_dispose(&glob);
	return rc;
}
