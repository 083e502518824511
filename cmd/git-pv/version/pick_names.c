/* SPDX-License-Identifier: MIT
 *
 * See pick_names.h. Both names lead back to the one the prompt had in the
 * common ancestor.
 */
#include "version/pick_names.h"

#include <string.h>

#include <pv/blame.h>

#include "base/fail.h"

enum {
	RENAMES_MAX = 100 /* of one prompt, one after the other */
};

/* What is looked for among the files that came since the ancestor. */
struct search {
	pv_cli *cli;
	const pick_names *names;
	const char *wanted; /* path in the ancestor */
	pv_buf *found;
};

int pick_names_init(pick_names *out, pv_cli *cli, const pv_oid *other)
{
	int rc = pv_store_head(NULL, &out->head, cli->store, &cli->err);

	out->other = *other;
	out->base.hex[0] = '\0';
	if (rc == PV_OK && !out->head.hex[0])
		rc = pv_fail_id(&cli->err, PV_ERR_NOT_FOUND,
				"\"HEAD\" has no commit yet");
	if (rc == PV_OK)
		rc = pv_store_merge_base(&out->base, cli->store, &out->head,
					 other, &cli->err);
	if (rc == PV_ENOTFOUND && out->head.hex[0]) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	return rc;
}

/* 1 when a commit has the file. */
static int has_file(pv_cli *cli, const pv_oid *commit, const char *path)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_oid blob;
	int rc = pv_store_find(&blob, cli->store, &at, path, &cli->err);

	if (rc == PV_ENOTFOUND)
		pv_error_clear(&cli->err);
	return rc == PV_ENOTFOUND ? 0 : rc == PV_OK ? 1 : rc;
}

static int note_last(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	pv_oid *last = payload;

	(void)blob;
	*last = *commit;
	return 0;
}

/* Goes back to where the file came to be; `path` becomes what it was before. */
static int step_back(pv_buf *path, pv_oid *from, pv_cli *cli,
		     const pick_names *names)
{
	pv_history_query history = { .start = *from,
				     .path = pv_buf_text(path),
				     .hide = &names->base,
				     .hide_count = 1 };
	pv_oid first = { "" };
	pv_former_query query = { &first, from, pv_buf_text(path) };
	pv_commit commit = { 0 };
	pv_buf former = { 0 };
	int rc = pv_history_walk(cli->store, &history, note_last, &first,
				 &cli->err);

	if (rc == PV_OK && first.hex[0])
		rc = pv_store_commit_read(&commit, cli->store, &first, &cli->err);
	if (rc == PV_OK && commit.parent_count > 0) {
		*from = commit.parents[0];
		rc = pv_former_path(&former, cli->store, &cli->settings, &query,
				    &cli->err);
	}
	pv_commit_dispose(&commit);
	pv_buf_clear(path);
	pv_buf_puts(path, pv_buf_text(&former));
	pv_buf_dispose(&former);
	return rc == PV_OK ? pv_buf_status(path, &cli->err) : rc;
}

/* Turns a path of a commit into the ancestor's; empty when it is newer. */
static int to_base(pv_buf *path, pv_cli *cli, const pick_names *names,
		   const pv_oid *commit)
{
	pv_oid from = *commit;
	int found = 0;
	int rc = PV_OK;

	for (int i = 0; i < RENAMES_MAX && rc == PV_OK && path->len; i++) {
		found = has_file(cli, &names->base, pv_buf_text(path));
		if (found)
			break;
		rc = step_back(path, &from, cli, names);
	}
	if (!found)
		pv_buf_clear(path);
	return found < 0 ? found : rc;
}

static int try_file(const char *path, const pv_oid *blob, void *payload)
{
	struct search *search = payload;
	pv_cli *cli = search->cli;
	pv_buf old = { 0 };
	int found = has_file(cli, &search->names->base, path);
	int rc = found < 0 ? found : PV_OK;

	(void)blob;
	if (found != 0)
		return rc;
	pv_buf_puts(&old, path);
	rc = pv_buf_status(&old, &cli->err);
	if (rc == PV_OK)
		rc = to_base(&old, cli, search->names, &search->names->head);
	if (rc == PV_OK && strcmp(pv_buf_text(&old), search->wanted) == 0) {
		pv_buf_puts(search->found, path);
		rc = 1;
	}
	pv_buf_dispose(&old);
	return rc;
}

int pick_names_here(pv_buf *out, pv_cli *cli, const pick_names *names,
		    const char *path)
{
	pv_point head = { PV_AT_COMMIT, names->head };
	struct search search = { cli, names, NULL, out };
	pv_buf old = { 0 };
	int found = has_file(cli, &names->head, path);
	int rc = found < 0 ? found : PV_OK;

	if (found == 0 && names->base.hex[0]) {
		pv_buf_puts(&old, path);
		rc = pv_buf_status(&old, &cli->err);
		if (rc == PV_OK)
			rc = to_base(&old, cli, names, &names->other);
		if (rc == PV_OK && old.len)
			found = has_file(cli, &names->head, old.ptr);
		if (found > 0)
			pv_buf_puts(out, old.ptr);
	} else if (found > 0) {
		pv_buf_puts(out, path);
	}
	search.wanted = pv_buf_text(&old);
	if (rc == PV_OK && found == 0 && old.len) {
		rc = pv_store_each(cli->store, &head, cli->settings.prompts_dir,
				   try_file, &search, &cli->err);
		rc = rc > 0 ? PV_OK : rc;
	}
	pv_buf_dispose(&old);
	if (found < 0)
		return found;
	return rc == PV_OK ? pv_buf_status(out, &cli->err) : rc;
}
