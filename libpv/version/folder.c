/* SPDX-License-Identifier: MIT
 *
 * Where the prompts of an older commit lie. Mostly the commit has the very
 * pv.yaml the settings are from, which its blob tells.
 */
#include <pv/version.h>

#include <string.h>

#include "base/fail.h"

static int read_folder(char out[256], pv_store *store, const pv_oid *blob,
		       pv_error *err)
{
	pv_buf text = { 0 };
	int rc = pv_store_read_blob(&text, store, blob, err);

	if (rc == PV_OK)
		rc = pv_settings_folder(out, pv_buf_text(&text), text.len, err);
	pv_buf_dispose(&text);
	return rc;
}

/* What is no file, or no settings, names nothing. */
static int names_nothing(int rc)
{
	return rc == PV_ENOTFOUND || rc == PV_ESYNTAX || rc == PV_EINVALID ||
	       rc == PV_ELIMIT;
}

int pv_settings_at(pv_settings *settings, pv_store *store, const pv_point *at,
		   pv_error *err)
{
	char folder[256] = "prompts";
	pv_oid blob = { "" };
	int rc;

	if (at->kind != PV_AT_COMMIT || settings->is_configured)
		return PV_OK;
	rc = pv_store_find(&blob, store, at, "pv.yaml", err);
	if (names_nothing(rc))
		blob.hex[0] = '\0';
	if ((rc == PV_OK || names_nothing(rc)) &&
	    !strcmp(blob.hex, settings->file.hex)) {
		pv_error_clear(err);
		return PV_OK;
	}
	if (rc == PV_OK)
		rc = read_folder(folder, store, &blob, err);
	if (names_nothing(rc)) {
		pv_error_clear(err);
		memcpy(folder, "prompts", sizeof("prompts"));
		rc = PV_OK;
	}
	if (rc == PV_OK) {
		memcpy(settings->prompts_dir, folder, sizeof(folder));
		settings->file = blob;
	}
	return rc;
}
