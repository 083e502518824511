/* SPDX-License-Identifier: MIT
 *
 * What a prompt was called before `git pv mv`, as its commits say it.
 */
#include <pv/version.h>

#include "base/fail.h"
#include "version/impact.h"

/* A walk back to the commit that renamed a file. */
struct walk {
	pv_store *store;
	const pv_settings *settings;
	const char *path;
	char found[PV_ID_MAX + 1];
	pv_error *err;
};

static int try_commit(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	struct walk *walk = payload;
	int rc;

	if (!blob->hex[0])
		return 0;
	rc = pv_version_renamed_from(walk->found, walk->store, walk->settings,
				     commit, walk->path, walk->err);
	return rc < 0 ? rc : walk->found[0] != '\0';
}

int pv_version_former(pv_buf *out, pv_store *store, const pv_settings *settings,
		      const char *id, const pv_oid *commit, pv_error *err)
{
	struct walk walk = { .store = store, .settings = settings, .err = err };
	pv_history_query query = { .start = *commit,
				   .mode = PV_HISTORY_FIRST_PARENT };
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, settings, id, err);

	walk.path = pv_buf_text(&path);
	query.path = walk.path;
	if (rc == PV_OK)
		rc = pv_history_walk(store, &query, try_commit, &walk, err);
	/* A rename on a branch came here by a merge. */
	query.mode = PV_HISTORY_DEFAULT;
	if (rc == PV_OK)
		rc = pv_history_walk(store, &query, try_commit, &walk, err);
	pv_buf_dispose(&path);
	if (rc < 0)
		return rc;
	pv_buf_puts(out, walk.found);
	return pv_buf_status(out, err);
}
