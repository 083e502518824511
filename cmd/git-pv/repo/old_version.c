/* SPDX-License-Identifier: MIT
 *
 * See old_version.h.
 */
#include "repo/old_version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "repo/file_commit.h"

int old_version_find(pv_oid *tag_out, pv_cli *cli, const char *id,
		     const char *number)
{
	pv_buf name = { 0 };
	int rc;

	pv_buf_printf(&name, "refs/tags/%s/v%s", id, number);
	rc = pv_buf_status(&name, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref(tag_out, cli->store, name.ptr, &cli->err);
	pv_buf_dispose(&name);
	if (rc == PV_OK)
		return 1;
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return 0;
}

int old_version_check_branch(pv_cli *cli)
{
	pv_buf branch = { 0 };
	int rc = file_commit_state(cli);

	if (rc == PV_OK)
		rc = pv_store_head(&branch, NULL, cli->store, &cli->err);
	if (rc == PV_OK &&
	    strcmp(pv_buf_text(&branch), cli->settings.default_branch) != 0) {
		rc = pv_fail(&cli->err, PV_ECONFLICT,
			     "HEAD is not on \"%s\", where versions are made",
			     cli->settings.default_branch);
		pv_error_hint(&cli->err, rc, "\"git pv switch %s\" first",
			      cli->settings.default_branch);
	}
	pv_buf_dispose(&branch);
	return rc;
}

static int commit_file(pv_oid *out, pv_cli *cli, const old_version *version,
		       const pv_change *change)
{
	pv_commit_options opts = { .no_verify = version->no_verify,
				   .author = version->author };
	pv_buf message = { 0 };
	char date[40];
	int rc;

	snprintf(date, sizeof(date), "@%lld +0000",
		 (long long)(version->created / 1000000));
	if (version->message)
		pv_buf_puts(&message, version->message);
	else
		pv_buf_printf(&message, "Import %s %s", version->id,
			      version->label);
	rc = pv_buf_status(&message, &cli->err);
	opts.message = message.ptr;
	if (rc == PV_OK && version->created > 0) {
		opts.date = date;
		/* The library asks for it through the store's look-up. */
		if (setenv("GIT_COMMITTER_DATE", date, 1) < 0)
			rc = pv_fail_nomem(&cli->err);
	}
	if (rc == PV_OK)
		rc = file_commit(out, cli, change, 1, &opts);
	/* A kill came between commit and tag: HEAD has it. */
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = pv_store_head(NULL, out, cli->store, &cli->err);
	}
	unsetenv("GIT_COMMITTER_DATE");
	pv_buf_dispose(&message);
	return rc;
}

/* 1 when the file has the text already: a kill came before the commit. */
static int is_written(pv_cli *cli, const pv_change *change)
{
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int is;

	pv_buf_printf(&path, "%s/%s", pv_store_work_dir(cli->store),
		      change->path);
	is = pv_file_read(&text, pv_buf_text(&path), NULL) == PV_OK &&
	     text.len == change->len &&
	     (!text.len || memcmp(text.ptr, change->data, text.len) == 0);
	pv_buf_dispose(&text);
	pv_buf_dispose(&path);
	return is;
}

int old_version_make(pv_oid *commit_out, pv_cli *cli,
		     const old_version *version, const char *text, size_t len)
{
	pv_exact_release release = {
		version->id, version->number, version->previous, { "" }
	};
	pv_change change = { .data = text, .len = len };
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, &cli->settings, version->id, &cli->err);

	commit_out->hex[0] = '\0';
	change.path = path.ptr;
	if (rc == PV_OK && !is_written(cli, &change))
		rc = file_commit_clean(cli, path.ptr);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK)
		rc = commit_file(commit_out, cli, version, &change);
	release.commit = *commit_out;
	if (rc == PV_OK)
		rc = pv_release_exactly(cli->store, &cli->settings, &release,
					&cli->err);
	pv_buf_dispose(&path);
	return rc;
}
