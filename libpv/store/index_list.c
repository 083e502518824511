/* SPDX-License-Identifier: MIT
 *
 * Reads `git ls-files -t --stage -z`: a letter for the kind of entry, mode,
 * id, stage and path. Git expands a sparse index and joins a split one; stat
 * data are not listed, so files are compared by their bytes.
 */
#include "store/index_list.h"

#include <stdlib.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"

enum {
	MODE_AT = 2, /* "H 100644 <id> 0<TAB>path" */
	ID_AT = MODE_AT + 7,
	STAGE_AT = ID_AT + GIT_OID_HEXSZ + 1,
	PATH_AT = STAGE_AT + 2
};

/* Reads one record; the entry borrows the path. */
static int parse(git_index_entry *out, const char *record, size_t len)
{
	char *end;

	memset(out, 0, sizeof(*out));
	if (len <= PATH_AT || record[PATH_AT - 1] != '\t')
		return -1;
	out->mode = (uint32_t)strtoul(record + MODE_AT, &end, 8);
	if (end != record + ID_AT - 1 ||
	    git_oid_fromstrn(&out->id, record + ID_AT, GIT_OID_HEXSZ) < 0)
		return -1;
	GIT_INDEX_ENTRY_STAGE_SET(out, record[STAGE_AT] - '0');
	if (record[0] == 'S') {
		out->flags |= GIT_INDEX_ENTRY_EXTENDED;
		out->flags_extended |= GIT_INDEX_ENTRY_SKIP_WORKTREE;
	}
	out->path = record + PATH_AT;
	return 0;
}

static int fill(git_index *index, const pv_buf *text, pv_error *err)
{
	size_t at = 0;

	while (at < text->len) {
		const char *record = text->ptr + at;
		size_t len = strlen(record);
		git_index_entry entry;
		int rc;

		if (parse(&entry, record, len) < 0)
			return pv_fail(err, PV_EGIT,
				       "cannot read the output of git ls-files");
		rc = git_index_add(index, &entry);
		if (rc < 0)
			return pv_fail_git(err, rc, "list", entry.path);
		at += len + 1;
	}
	return PV_OK;
}

int pv_index_list(git_index **out, pv_store *store, pv_error *err)
{
	static const char *const args[] = { "ls-files", "-t", "--stage", "-z",
					    NULL };
	pv_git_options opts = { 0 };
	pv_buf text = { 0 };
	pv_buf errors = { 0 };
	int status, rc;

	*out = NULL;
	opts.errors = &errors;
	rc = pv_git_run(&text, &status, store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = pv_fail(err, PV_EGIT, "git ls-files says: %.*s",
			     (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
	if (rc == PV_OK) {
		rc = git_index_new(out);
		if (rc < 0)
			rc = pv_fail_git(err, rc, "list", "the index");
	}
	if (rc == PV_OK)
		rc = fill(*out, &text, err);
	if (rc < 0) {
		git_index_free(*out);
		*out = NULL;
	}
	pv_buf_dispose(&text);
	pv_buf_dispose(&errors);
	return rc;
}
