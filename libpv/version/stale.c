/* SPDX-License-Identifier: MIT
 *
 * Whether a prompt still is what its last version was: not its bytes alone
 * but its closure. Files are parsed only where bytes cannot tell.
 */
#include <pv/version.h>

#include <string.h>

#include "base/fail.h"
#include "version/closure.h"
#include "version/index.h"

/* The index's reader, started anew for another point. */
static pv_closure_reader *reader_at(pv_version_index *index, const pv_point *at)
{
	pv_closure_reader *reader = &index->closures;

	if (reader->store && reader->at.kind == at->kind &&
	    (at->kind != PV_AT_COMMIT ||
	     !strcmp(reader->at.commit.hex, at->commit.hex)))
		return reader;
	pv_closure_reader_dispose(reader);
	reader->store = index->store;
	reader->settings = index->settings;
	reader->at = *at;
	return reader;
}

/* 1 when the closure differs from that of `info`. */
static int differs(pv_version_index *index, const pv_version_info *info,
		   const char *id, const pv_point *at, pv_error *err)
{
	pv_members members;
	int rc = pv_closure_members(&members, reader_at(index, at), id,
				    &info->blob, err);

	if (rc == PV_OK) {
		char closure[PV_CLOSURE_TEXT];

		pv_closure_digest(closure, &members, NULL, NULL);
		rc = strcmp(closure, info->closure) != 0;
	} else if (rc == PV_ESYNTAX || rc == PV_ESCHEMA) {
		/* No version was ever made of what does not load. */
		pv_error_clear(err);
		rc = 1;
	}
	pv_members_dispose(&members);
	return rc;
}

int pv_version_index_is_stale(pv_version_index *index, const char *id,
			      const pv_point *at, const pv_oid *blob,
			      pv_error *err)
{
	const pv_version_info *info;
	pv_buf path = { 0 };
	pv_oid found = { "" };
	int rc = pv_version_index_latest(&info, index, id, err);

	if (rc < 0 || !info)
		return rc;
	rc = pv_prompt_path(&path, index->settings, id, err);
	if (rc == PV_OK && !blob)
		rc = pv_version_find_blob(&found, index->store, at, path.ptr,
					  err);
	if (rc == PV_OK) {
		char closure[PV_CLOSURE_TEXT];

		/* The same bytes that referred to nothing still do not. */
		pv_closure_of_one(closure, path.ptr, &info->blob);
		if (strcmp(blob ? blob->hex : found.hex, info->blob.hex) != 0)
			rc = 1;
		else if (strcmp(closure, info->closure) != 0)
			rc = differs(index, info, id, at, err);
	}
	pv_buf_dispose(&path);
	return rc;
}
