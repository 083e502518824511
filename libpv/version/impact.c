/* SPDX-License-Identifier: MIT
 *
 * Comparing the text of a version with what came after it, and following a
 * prompt through its renaming.
 */
#include "version/impact.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"

/* Loads a text; NULL and PV_OK when it is no prompt. */
static int load(pv_prompt **out, const pv_buf *text, pv_error *err)
{
	int rc = pv_prompt_parse(out, pv_buf_text(text), text->len, NULL, NULL,
				 err);

	if (rc == PV_ENOMEM || rc >= 0)
		return rc;
	pv_error_clear(err);
	*out = NULL;
	return PV_OK;
}

int pv_version_impact(enum pv_bump *out, pv_store *store, const pv_oid *before,
		      const pv_buf *text, pv_error *err)
{
	pv_prompt *old_prompt = NULL;
	pv_prompt *new_prompt = NULL;
	pv_buf old_text = { 0 };
	int rc;

	*out = PV_BUMP_MAJOR;
	rc = pv_store_read_blob(&old_text, store, before, err);
	if (rc == PV_OK)
		rc = load(&old_prompt, &old_text, err);
	if (rc == PV_OK)
		rc = load(&new_prompt, text, err);
	if (rc == PV_OK && old_prompt && new_prompt)
		rc = pv_prompt_impact(out, old_prompt, new_prompt, NULL, err);
	if (rc == PV_OK && *out == PV_BUMP_NONE)
		*out = PV_BUMP_PATCH;
	pv_prompt_free(old_prompt);
	pv_prompt_free(new_prompt);
	pv_buf_dispose(&old_text);
	return rc;
}

/* The blob of a file at a commit, hex "" when it is not there. */
static int find_blob(pv_oid *out, pv_store *store, const pv_oid *commit,
		     const char *path, pv_error *err)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	int rc = pv_store_find(out, store, &at, path, err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	out->hex[0] = '\0';
	return PV_OK;
}

/* Copies the trailer's id into `out`; 0 when there is none. */
static int read_trailer(char out[PV_ID_MAX + 1], const char *message)
{
	pv_str value = { 0 };

	value.ptr = pv_trailer_find(message, "Pv-Renamed-From", &value.len);
	if (!value.ptr)
		return 0;
	value = pv_str_trim(value);
	if (!value.len || value.len > PV_ID_MAX)
		return 0;
	memcpy(out, value.ptr, value.len);
	out[value.len] = '\0';
	return pv_id_check(out, NULL) == PV_OK;
}

/*
 * 1 when `commit` took the file of the id names[0] away and has its bytes at
 * the path names[1].
 */
static int is_moved(pv_store *store, const pv_settings *settings,
		    const pv_commit *commit, const char *const names[2],
		    pv_error *err)
{
	pv_buf old_path = { 0 };
	pv_oid before = { "" };
	pv_oid left = { "" };
	pv_oid after = { "" };
	int rc = pv_prompt_path(&old_path, settings, names[0], err);

	if (rc == PV_OK)
		rc = find_blob(&before, store, &commit->parents[0],
			       old_path.ptr, err);
	if (rc == PV_OK)
		rc = find_blob(&left, store, &commit->oid, old_path.ptr, err);
	if (rc == PV_OK)
		rc = find_blob(&after, store, &commit->oid, names[1], err);
	pv_buf_dispose(&old_path);
	if (rc < 0)
		return rc;
	return before.hex[0] && !left.hex[0] && !strcmp(before.hex, after.hex);
}

int pv_version_renamed_from(char out[PV_ID_MAX + 1], pv_store *store,
			    const pv_settings *settings, const pv_oid *commit,
			    const char *path, pv_error *err)
{
	pv_commit read = { 0 };
	int has_trailer;
	int rc;

	rc = pv_store_commit_read(&read, store, commit, err);
	has_trailer = rc == PV_OK && read.parent_count &&
		      read_trailer(out, read.message);
	if (has_trailer) {
		const char *names[2] = { out, path };

		rc = is_moved(store, settings, &read, names, err);
	}
	if (rc <= 0)
		out[0] = '\0';
	pv_commit_dispose(&read);
	return rc < 0 ? rc : !has_trailer;
}
