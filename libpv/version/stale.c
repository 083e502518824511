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

/* Whether what the file refers to differs from what it was for `info`. */
static int differs_below(pv_version_index *index, const pv_version_info *info,
			 const char *id, const pv_point *at, pv_error *err)
{
	pv_members members;
	int rc = pv_closure_members(&members, reader_at(index, at), id,
				    &info->blob, err);

	if (rc == PV_OK) {
		char closure[PV_CLOSURE_TEXT];

		pv_closure_digest(closure, &members, NULL, NULL);
		rc = strcmp(closure, info->closure) ? PV_STALE_BELOW
						    : PV_STALE_NOT;
	} else if (rc == PV_ESYNTAX || rc == PV_ESCHEMA) {
		/* No version was ever made of what does not load. */
		pv_error_clear(err);
		rc = PV_STALE_BELOW;
	}
	pv_members_dispose(&members);
	return rc;
}

/* The highest version that HEAD has, too; NULL for none. */
static int find_on_head(const pv_version_info **out, pv_version_index *index,
			const char *id, pv_error *err)
{
	size_t count;
	const pv_version_row *rows = pv_version_index_rows(&count, index, id);

	*out = NULL;
	for (size_t i = 0; i < count; i++) {
		const pv_version_info *info;
		int rc = pv_version_row_info(&info, index, &rows[i], err);

		if (rc == PV_OK && info)
			rc = pv_version_index_on_default(index, &info->commit,
							 err);
		if (rc > 0)
			rc = pv_version_index_on_head(index, &info->commit, err);
		if (rc < 0)
			return rc;
		if (rc) {
			*out = info;
			return PV_OK;
		}
	}
	return PV_OK;
}

/* A prompt at a point, its own file known. */
struct subject {
	pv_version_index *index;
	const char *id;
	const char *path;
	const pv_point *at;
	const pv_oid *blob;
	pv_error *err;
};

static int compare(const struct subject *it, const pv_version_info *info)
{
	char closure[PV_CLOSURE_TEXT];

	if (!info)
		return PV_STALE_NOT;
	if (strcmp(it->blob->hex, info->blob.hex) != 0)
		return PV_STALE_OWN;
	/* The same bytes that referred to nothing still do not. */
	pv_closure_of_one(closure, it->path, it->blob);
	if (!strcmp(closure, info->closure))
		return PV_STALE_NOT;
	return differs_below(it->index, info, it->id, it->at, it->err);
}

/* Another branch may be behind the last version, which is no change of it. */
static int may_be_behind(const struct subject *it)
{
	return it->at->kind != PV_AT_COMMIT &&
	       strcmp(it->index->head.hex, it->index->tip.hex) != 0;
}

static int judge(const struct subject *it, const pv_version_info *latest)
{
	int rc = compare(it, latest);

	if (rc <= PV_STALE_NOT || !may_be_behind(it))
		return rc;
	rc = find_on_head(&latest, it->index, it->id, it->err);
	return rc == PV_OK ? compare(it, latest) : rc;
}

int pv_version_index_is_stale(pv_version_index *index, const char *id,
			      const pv_point *at, const pv_oid *blob,
			      pv_error *err)
{
	struct subject it = {
		.index = index, .id = id, .at = at, .blob = blob, .err = err
	};
	const pv_version_info *info;
	pv_buf path = { 0 };
	pv_oid found = { "" };
	int rc = pv_version_index_latest(&info, index, id, err);

	if (rc < 0 || !info)
		return rc;
	rc = pv_prompt_path(&path, index->settings, id, err);
	it.path = pv_buf_text(&path);
	if (rc == PV_OK && !blob) {
		rc = pv_version_find_blob(&found, index->store, at, it.path, err);
		it.blob = &found;
	}
	if (rc == PV_OK)
		rc = judge(&it, info);
	pv_buf_dispose(&path);
	return rc;
}
