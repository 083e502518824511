/* SPDX-License-Identifier: MIT
 *
 * What a person writes for a commit. The grammar is small on purpose, since
 * libgit2's own has date, path and regular-expression forms (and had loops in
 * them) that user text must not reach:
 *
 *	rev    = base suffix*
 *	base   = "HEAD" | "@" | ref name | 7 to 40 hex digits
 *	suffix = "~" number? | "^" number?
 *
 * A name is looked for as a full ref, branch, tag, remote branch, then as git
 * does below "refs/". Forty digits are an id whatever refs are called.
 */
#include "store/ref/resolve.h"

#include <stdio.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/object/object.h"
#include "store/ref/near.h"

enum {
	ABBREV_MIN = 7,
	NUMBER_MAX = 1000000,
	NAME_MAX_LEN = 512
};

/* Where a short name may stand for a ref, in this order. */
struct place {
	const char *before;
	const char *behind;
};

static const struct place places[] = {
	{ "refs/heads/", "" },   { "refs/tags/", "" },
	{ "refs/remotes/", "" }, { "refs/remotes/", "/HEAD" },
	{ "refs/", "" },
};

static int fail_missing(pv_error *err, pv_store *store, const char *base)
{
	pv_buf names = { 0 };
	int rc = pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
			    "there is no branch, tag or commit \"%s\"", base);

	if (err)
		pv_near_refs(&names, store, base);
	if (names.len && !names.status)
		pv_error_hint(err, rc,
			      "did you mean %s? git pv branch lists the branches",
			      names.ptr);
	pv_buf_dispose(&names);
	return rc;
}

/* The id a ref leads to: 1 when it exists, 0 when not. */
static int find_ref(git_oid *out, pv_store *store, const char *refname)
{
	int rc = git_reference_name_to_id(out, store->repo, refname);

	if (rc < 0)
		git_error_clear();
	return rc == 0;
}

/* MERGE_HEAD and its kind, which lie next to HEAD. */
static int is_pseudo_ref(const char *base)
{
	return pv_str_has_suffix(base, "_HEAD") &&
	       strspn(base, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(base);
}

static int find_name(git_oid *out, pv_store *store, const char *base)
{
	/* The longest name with what goes around it. */
	char name[NAME_MAX_LEN + 32];
	int found = 0;

	if (pv_str_has_prefix(base, "refs/"))
		return find_ref(out, store, base);
	for (size_t i = 0; !found && i < pv_array_len(places); i++) {
		snprintf(name, sizeof(name), "%s%s%s", places[i].before, base,
			 places[i].behind);
		found = find_ref(out, store, name);
	}
	return found || (is_pseudo_ref(base) && find_ref(out, store, base));
}

static size_t hex_length(const char *base)
{
	size_t len = strspn(base, "0123456789abcdefABCDEF");

	return base[len] ? 0 : len;
}

/* Adds a line of `git rev-parse --disambiguate` when it can be a commit. */
static void take_candidate(git_oid *out, size_t *count, git_odb *odb,
			   const char *hex)
{
	git_object_t type;
	git_oid oid;
	size_t size;

	if (git_oid_fromstrn(&oid, hex, GIT_OID_HEXSZ) < 0 ||
	    git_odb_read_header(&size, &type, odb, &oid) < 0)
		return;
	if (type != GIT_OBJECT_COMMIT && type != GIT_OBJECT_TAG)
		return;
	*out = oid;
	(*count)++;
}

/* Several objects start with these digits: one of them may be a commit. */
static int find_among(git_oid *out, pv_store *store, const char *base,
		      pv_error *err)
{
	char option[64 + GIT_OID_HEXSZ] = "--disambiguate=";
	const char *args[] = { "rev-parse", option, NULL };
	git_odb *odb = NULL;
	pv_buf list = { 0 };
	size_t count = 0;
	int status, rc;

	memcpy(option + strlen(option), base, strlen(base) + 1);
	rc = pv_git_run(&list, &status, store, args, NULL, err);
	if (rc < 0)
		goto out;
	rc = git_repository_odb(&odb, store->repo);
	if (rc < 0) {
		rc = pv_fail_git(err, rc, "open", "objects");
		goto out;
	}
	for (size_t at = 0; at + GIT_OID_HEXSZ < list.len; at += GIT_OID_HEXSZ + 1)
		take_candidate(out, &count, odb, list.ptr + at);
	git_error_clear();
	if (count == 1)
		goto out;
	rc = pv_fail(err, PV_EAMBIGUOUS, "the short id \"%s\" is ambiguous",
		     base);
	pv_error_hint(err, rc, "write more of its digits");
out:
	git_odb_free(odb);
	pv_buf_dispose(&list);
	return rc;
}

static int find_abbreviated(git_oid *out, pv_store *store, const char *base,
			    pv_error *err)
{
	size_t len = hex_length(base);
	git_odb *odb = NULL;
	git_oid prefix;
	int rc;

	if (len < ABBREV_MIN || len > GIT_OID_HEXSZ ||
	    git_oid_fromstrn(&prefix, base, len) < 0)
		return fail_missing(err, store, base);
	rc = git_repository_odb(&odb, store->repo);
	if (rc == 0)
		rc = git_odb_exists_prefix(out, odb, &prefix, len);
	git_odb_free(odb);
	if (rc == 0)
		return PV_OK;
	git_error_clear();
	if (rc == GIT_EAMBIGUOUS)
		return find_among(out, store, base, err);
	if (len == GIT_OID_HEXSZ) {
		*out = prefix; /* a partial clone may still get it */
		return PV_OK;
	}
	return fail_missing(err, store, base);
}

static int find_base(git_oid *out, pv_store *store, const char *base,
		     pv_error *err)
{
	int is_head = strcmp(base, "@") == 0 || strcmp(base, "HEAD") == 0;

	if (is_head) {
		if (find_ref(out, store, "HEAD"))
			return PV_OK;
		return pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				  "HEAD has no commit yet");
	}
	if (!*base || strlen(base) > NAME_MAX_LEN || base[0] == '-')
		return pv_fail(err, PV_EINVALID,
			       "\"%.60s\" does not name a commit", base);
	if (hex_length(base) != GIT_OID_HEXSZ && find_name(out, store, base))
		return PV_OK;
	return find_abbreviated(out, store, base, err);
}

/* Follows tags to the commit they name. */
static int peel(git_commit **out, pv_store *store, const git_oid *oid,
		const char *rev, pv_error *err)
{
	git_object *object = NULL;
	git_object *commit = NULL;
	int rc = pv_object_get(&object, store, oid, GIT_OBJECT_ANY, err);

	if (rc < 0) {
		if (rc == PV_ENOTFOUND && err)
			err->id = PV_ERR_VERSION_NOT_FOUND;
		return rc;
	}
	rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc < 0) {
		git_error_clear();
		rc = pv_fail(err, PV_EINVALID,
			     "\"%s\" names a %s, not a commit", rev,
			     git_object_type2string(git_object_type(object)));
	}
	git_object_free(object);
	*out = (git_commit *)commit;
	return rc;
}

/* Replaces `*commit` by its parent number `idx`, counted from 1. */
static int step(git_commit **commit, pv_store *store, unsigned idx,
		const char *rev, pv_error *err)
{
	git_commit *child = *commit;
	unsigned count = git_commit_parentcount(child);
	git_object *parent = NULL;
	int rc;

	if (!count)
		return pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				  "\"%s\" goes beyond the first commit", rev);
	if (idx > count)
		return pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				  "\"%s\" asks for parent %u of a commit that "
				  "has %u",
				  rev, idx, count);
	rc = pv_object_get(&parent, store, git_commit_parent_id(child, idx - 1),
			   GIT_OBJECT_COMMIT, err);
	if (rc == PV_ENOTFOUND && pv_store_is_shallow(store)) {
		rc = pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				"\"%s\" lies beyond the shallow history", rev);
		pv_error_hint(err, rc, "git fetch --unshallow gets the rest");
	}
	if (rc < 0)
		return rc;
	git_commit_free(child);
	*commit = (git_commit *)parent;
	return PV_OK;
}

/* Reads the number behind a suffix; 1 when there is none. */
static int read_number(unsigned *out, const char **rest, const char *rev,
		       pv_error *err)
{
	pv_str digits = { *rest, strspn(*rest, "0123456789") };

	*rest += digits.len;
	*out = 1;
	if (digits.len && pv_str_to_uint(out, digits, NUMBER_MAX) < 0)
		return pv_fail(err, PV_EINVALID,
			       "the number in \"%s\" is too large", rev);
	return PV_OK;
}

static int walk(git_commit **commit, pv_store *store, const char *suffix,
		const char *rev, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && *suffix) {
		char kind = *suffix++;
		unsigned number;

		if (kind != '~' && kind != '^')
			return pv_fail(err, PV_EINVALID,
				       "cannot read \"%s\" behind the name in "
				       "\"%s\"",
				       suffix - 1, rev);
		rc = read_number(&number, &suffix, rev, err);
		if (rc == PV_OK && kind == '^' && number)
			rc = step(commit, store, number, rev, err);
		for (; rc == PV_OK && kind == '~' && number; number--)
			rc = step(commit, store, 1, rev, err);
	}
	return rc;
}

static int resolve_from(pv_oid *out, pv_store *store, const git_oid *from,
			const char *suffix, const char *rev, pv_error *err)
{
	git_commit *commit = NULL;
	int rc = peel(&commit, store, from, rev, err);

	if (rc == PV_OK)
		rc = walk(&commit, store, suffix, rev, err);
	if (rc == PV_OK)
		pv_oid_from_git(out, git_commit_id(commit));
	git_commit_free(commit);
	return rc;
}

int pv_resolve_ancestor(pv_oid *out, pv_store *store, const pv_oid *from,
			const char *suffix, const char *rev, pv_error *err)
{
	git_oid oid;

	if (git_oid_fromstr(&oid, from->hex) < 0)
		return pv_fail(err, PV_EINVALID, "\"%s\" is no id", from->hex);
	return resolve_from(out, store, &oid, suffix, rev, err);
}

int pv_store_resolve(pv_oid *out, pv_store *store, const char *rev, pv_error *err)
{
	size_t base_len = strcspn(rev, "~^");
	char *base;
	git_oid oid;
	int rc;

	out->hex[0] = '\0';
	base = pv_strndup(rev, base_len);
	if (!base)
		return pv_fail_nomem(err);
	rc = find_base(&oid, store, base, err);
	if (rc == PV_OK)
		rc = resolve_from(out, store, &oid, rev + base_len, rev, err);
	pv_free(base);
	return rc;
}
