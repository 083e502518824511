/* SPDX-License-Identifier: MIT
 *
 * See recorded.h.
 */
#include "blame/recorded.h"

int pv_has_file(pv_store *store, const pv_oid *commit, const char *path,
		pv_error *err)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_oid blob;
	int rc = pv_store_find(&blob, store, &at, path, err);

	if (rc == PV_OK)
		return 1;
	if (rc != PV_ENOTFOUND && rc != PV_EINVALID && rc != PV_EUNSUPPORTED)
		return rc;
	pv_error_clear(err);
	return 0;
}

int pv_recorded_path(pv_buf *out, pv_store *store, const pv_settings *settings,
		     const pv_oid *oid, const char *path, pv_error *err)
{
	pv_commit commit = { 0 };
	size_t before = out->len;
	size_t len;
	int rc = pv_store_commit_read(&commit, store, oid, err);

	if (rc == PV_OK && commit.parent_count &&
	    pv_trailer_find(commit.message, "Pv-Renamed-From", &len)) {
		const pv_former_query query = { oid, &commit.parents[0], path };

		rc = pv_former_path(out, store, settings, &query, err);
	}
	if (rc == PV_OK && out->len > before) {
		rc = pv_has_file(store, &commit.parents[0], out->ptr + before,
				 err);
		if (rc == 0)
			pv_buf_truncate(out, before);
	}
	pv_commit_dispose(&commit);
	return rc < 0 ? rc : PV_OK;
}
