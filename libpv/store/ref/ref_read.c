/* SPDX-License-Identifier: MIT
 *
 * Reading refs, see ref_read.h. The file is looked for first: git packs a ref
 * before it takes the file away. libgit2 reads HEAD and a branch twice for one
 * answer, and takes a copy of all packed refs.
 */
#include "store/ref/ref_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/ref/packed_refs.h"

enum {
	DEPTH_MAX = 5 /* of symbolic refs, as in git */
};

const char *pv_ref_dir(const pv_store *store, const char *refname)
{
	static const char *const own[] = { "refs/bisect/", "refs/worktree/",
					   "refs/rewritten/" };

	if (!pv_str_has_prefix(refname, "refs/"))
		return store->git_dir;
	for (size_t i = 0; i < pv_array_len(own); i++)
		if (pv_str_has_prefix(refname, own[i]))
			return store->git_dir;
	return store->common_dir;
}

/*
 * Reads what is in the file: 1, or 0 when there is none. A folder is none
 * either: there may be refs below that name, or were.
 */
static int read_file(char text[PATH_MAX], const char *path, pv_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got = -1;
	int cause = errno;

	if (fd >= 0) {
		do {
			got = read(fd, text, PATH_MAX - 1);
		} while (got < 0 && errno == EINTR);
		cause = errno;
		close(fd);
	}
	text[got < 0 ? 0 : got] = '\0';
	if (got >= 0)
		return 1;
	if (cause == ENOENT || cause == ENOTDIR || cause == EISDIR)
		return 0;
	return pv_fail_errno(err, cause, "read", path);
}

static int parse(pv_ref_value *out, const char *line, const char *refname,
		 pv_error *err)
{
	static const char symbolic[] = "ref:";

	if (pv_str_has_prefix(line, symbolic)) {
		line += strlen(symbolic);
		line += strspn(line, " \t");
		out->is_symbolic = 1;
		pv_buf_put(&out->target, line, strcspn(line, " \t\r\n"));
		return pv_buf_status(&out->target, err);
	}
	if (strcspn(line, " \t\r\n") != GIT_OID_HEXSZ ||
	    git_oid_fromstrn(&out->id, line, GIT_OID_HEXSZ) < 0) {
		git_error_clear();
		return pv_fail(err, PV_EGIT, "the ref \"%s\" is damaged",
			       refname);
	}
	out->is_direct = 1;
	return PV_OK;
}

static int read_packed(pv_ref_value *out, pv_store *store, const char *refname,
		       pv_error *err)
{
	const pv_packed_refs *packed;
	int rc = pv_packed_refs_get(&packed, store, err);

	if (rc == PV_OK)
		out->is_direct = pv_packed_refs_find(&out->id, packed, refname);
	return rc;
}

int pv_ref_read(pv_ref_value *out, pv_store *store, const char *refname,
		pv_error *err)
{
	char text[PATH_MAX];
	char path[PATH_MAX];
	int rc;

	memset(out, 0, sizeof(*out));
	/* Without memory: what is there is asked when there is none left. */
	if ((size_t)snprintf(path, sizeof(path), "%s/%s",
			     pv_ref_dir(store, refname), refname) >= sizeof(path))
		return pv_fail_errno(err, ENAMETOOLONG, "read", refname);
	rc = read_file(text, path, err);
	if (rc < 0)
		return rc;
	return rc ? parse(out, text, refname, err)
		  : read_packed(out, store, refname, err);
}

/* A name is a path, too: what a file says may not lead just anywhere. */
static int check_name(const char *refname, pv_error *err)
{
	int is_valid = 0;

	if (!strcmp(refname, "HEAD"))
		return PV_OK;
	if (git_reference_name_is_valid(&is_valid, refname) < 0)
		return pv_fail_git(err, GIT_ERROR, "read the ref", refname);
	return is_valid ? PV_OK
			: pv_fail(err, PV_EINVALID, "\"%.200s\" is no ref name",
				  refname);
}

int pv_ref_find(git_oid *out, pv_store *store, const char *refname, pv_error *err)
{
	pv_ref_value value = { 0 };
	pv_buf name = { 0 };
	int rc = check_name(refname, err);

	if (rc == PV_OK)
		rc = pv_ref_read(&value, store, refname, err);
	for (int i = 0; rc == PV_OK && value.is_symbolic; i++) {
		pv_buf_dispose(&name);
		name = value.target;
		memset(&value, 0, sizeof(value));
		rc = i == DEPTH_MAX
			     ? pv_fail(err, PV_EGIT,
				       "\"%s\" leads through too many refs",
				       refname)
			     : check_name(pv_buf_text(&name), err);
		if (rc == PV_OK)
			rc = pv_ref_read(&value, store, name.ptr, err);
	}
	if (rc == PV_OK && value.is_direct)
		*out = value.id;
	rc = rc < 0 ? rc : value.is_direct;
	pv_buf_dispose(&value.target);
	pv_buf_dispose(&name);
	return rc;
}
