/* SPDX-License-Identifier: MIT
 *
 * See committed.h. Only what the hook staged is loaded: all else was, before.
 */
#include "repo/committed.h"

#include <string.h>

#include <pv/prompt.h>

#include "base/fail.h"
#include "repo/broken.h"
#include "repo/marked.h"

static const char refused[] =
	"nothing was committed; mend the hook, or pass it by with --no-verify";

/* Says of an error that it is about what the hook did. */
static int blame(pv_cli *cli, int rc)
{
	const pv_error what = cli->err;

	pv_fail_id(&cli->err, what.id,
		   "the hook \"pre-commit\" staged this: %s", what.message);
	pv_error_at(&cli->err, rc, what.source, what.line, what.column);
	return pv_error_hint(&cli->err, rc, "%s", refused);
}

static int refuse_link(pv_cli *cli, const char *path)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "the hook \"pre-commit\" staged \"%s\" as a link, "
			 "which is no prompt",
			 path);

	return pv_error_hint(&cli->err, rc, "%s", refused);
}

static int check_prompt(pv_cli *cli, const pv_staged *file)
{
	pv_prompt *prompt = NULL;
	pv_buf text = { 0 };
	int rc;

	if (!file->is_file)
		return refuse_link(cli, file->path);
	rc = pv_store_read_blob(&text, cli->store, &file->blob, &cli->err);
	if (rc == PV_OK)
		rc = broken_check(&prompt, cli, file->path, &text);
	pv_prompt_free(prompt);
	pv_buf_dispose(&text);
	return rc;
}

static int check_other(pv_cli *cli, const pv_staged *file)
{
	pv_buf text = { 0 };
	int rc = PV_OK;

	if (file->is_file)
		rc = pv_store_read_blob(&text, cli->store, &file->blob,
					&cli->err);
	if (rc == PV_OK)
		rc = marked_check_text(cli, file->path, &text);
	pv_buf_dispose(&text);
	return rc;
}

static int check_settings(pv_cli *cli, const pv_staged *file)
{
	pv_buf text = { 0 };
	int rc = pv_store_read_blob(&text, cli->store, &file->blob, &cli->err);

	if (rc == PV_OK)
		rc = pv_settings_check(pv_buf_text(&text), text.len, &cli->err);
	pv_buf_dispose(&text);
	return rc == PV_OK || rc == PV_ENOMEM ? rc : blame(cli, rc);
}

/* 1 for a prompt, its id in `id`. */
static int is_prompt(pv_buf *id, pv_cli *cli, const char *path, int *rc)
{
	*rc = pv_prompt_id(id, &cli->settings, path, NULL);
	if (*rc == PV_ENOMEM)
		pv_fail_nomem(&cli->err);
	else if (*rc < 0)
		*rc = PV_OK;
	return id->len > 0;
}

static int look(committed *to, const pv_staged *file)
{
	pv_cli *cli = to->cli;
	pv_buf id = { 0 };
	int rc = pv_strlist_add(&to->paths, file->path, &cli->err);
	int is_there = file->blob.hex[0] != '\0';
	int found = 0;

	if (rc == PV_OK && is_there)
		found = is_prompt(&id, cli, file->path, &rc);
	if (rc == PV_OK && found && file->is_hooks)
		rc = check_prompt(cli, file);
	else if (rc == PV_OK && file->is_hooks && is_there)
		rc = strcmp(file->path, "pv.yaml") == 0
			     ? check_settings(cli, file)
			     : check_other(cli, file);
	if (rc == PV_OK && found && file->is_file)
		rc = pv_strlist_add(&to->ids, pv_buf_text(&id), &cli->err);
	pv_buf_dispose(&id);
	return rc;
}

static int each_file(committed *to, const pv_staged *files, size_t count)
{
	pv_cli *cli = to->cli;
	int rc = broken_start(cli);

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = look(to, &files[i]);
	if (rc != PV_OK)
		return rc;
	rc = broken_finish(cli, refused);
	return rc == PV_OK ? rc : blame(cli, rc);
}

static int run(const pv_staged *files, size_t count, void *reviewer, pv_error *err)
{
	committed *to = reviewer;
	pv_cli *cli = to->cli;
	pv_report *report = cli->report;
	int rc;

	/* The error of the commit is the command's. */
	(void)err;
	cli->report = NULL;
	rc = each_file(to, files, count);
	if (rc == PV_OK)
		cli->report = report;
	else
		pv_report_free(report);
	to->is_done = rc == PV_OK;
	return rc;
}

void committed_options(pv_commit_options *out, committed *to)
{
	out->review = run;
	out->reviewer = to;
}

void committed_dispose(committed *old)
{
	pv_strlist_dispose(&old->paths);
	pv_strlist_dispose(&old->ids);
}
