/* SPDX-License-Identifier: MIT
 *
 * Reads `git ls-files -t --stage -z`: a letter for the kind of entry, mode,
 * id, stage and path. Git expands a sparse index and joins a split one; stat
 * data are not listed, so files are compared by their bytes.
 */
#include "store/index/index_list.h"

#include <stdlib.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	MODE_AT = 2, /* "H 100644 <id> 0<TAB>path" */
	ID_AT = MODE_AT + 7,
	STAGE_AT = ID_AT + GIT_OID_HEXSZ + 1,
	PATH_AT = STAGE_AT + 2
};

/* Reads one record; the row borrows the path. */
static int parse(pv_index_row *out, const char *record, size_t len)
{
	char *end;

	memset(out, 0, sizeof(*out));
	if (len <= PATH_AT || record[PATH_AT - 1] != '\t')
		return -1;
	out->stat.mode = (uint32_t)strtoul(record + MODE_AT, &end, 8);
	if (end != record + ID_AT - 1 ||
	    git_oid_fromstrn(&out->id, record + ID_AT, GIT_OID_HEXSZ) < 0)
		return -1;
	out->stage = (unsigned)(record[STAGE_AT] - '0') & 3;
	out->flags = record[0] == 'S' ? PV_INDEX_SKIPPED : 0;
	out->path = record + PATH_AT;
	return 0;
}

/* Also makes the row of zeros behind the last. */
static int fill(pv_index_map *out, pv_error *err)
{
	const pv_buf *text = &out->file;
	size_t at = 0;

	for (;; out->count++) {
		const char *record = pv_buf_text(text) + at;
		size_t len = at < text->len ? strlen(record) : 0;

		if (pv_array_reserve(&out->rows, &out->cap, out->count + 1,
				     sizeof(*out->rows)) < 0)
			return pv_fail_nomem(err);
		memset(&out->rows[out->count], 0, sizeof(*out->rows));
		if (at >= text->len)
			return PV_OK;
		if (parse(&out->rows[out->count], record, len) < 0)
			return pv_fail(err, PV_EGIT,
				       "cannot read the output of git ls-files");
		at += len + 1;
	}
}

int pv_index_list(pv_index_map *out, pv_store *store, pv_error *err)
{
	static const char *const args[] = { "ls-files", "-t", "--stage", "-z",
					    NULL };
	pv_git_options opts = { 0 };
	pv_buf errors = { 0 };
	int status, rc;

	out->is_listed = 1;
	opts.errors = &errors;
	rc = pv_git_run(&out->file, &status, store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = pv_fail(err, PV_EGIT, "git ls-files says: %.*s",
			     (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
	if (rc == PV_OK)
		rc = fill(out, err);
	pv_buf_dispose(&errors);
	return rc;
}
