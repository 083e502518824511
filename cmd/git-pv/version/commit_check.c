/* SPDX-License-Identifier: MIT
 *
 * See commit_check.h. The run is that of `git pv check`, without the other
 * groups of rules, so both say the same and heed the same comments.
 */
#include "version/commit_check.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/check.h"
#include "repo/broken.h"

/* Whether the other side of a merge has the same bytes. */
static int is_theirs(pv_cli *cli, const pv_point *theirs, const cli_prompt *entry)
{
	pv_oid blob;

	return theirs->commit.hex[0] &&
	       pv_store_find(&blob, cli->store, theirs, entry->path, NULL) ==
		       PV_OK &&
	       !strcmp(blob.hex, entry->blob.hex);
}

static int check_one(struct check *check, const pv_point *theirs, const char *id)
{
	pv_cli *cli = check->cli;
	cli_prompt entry = { 0 };
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);

	if (rc == PV_OK)
		rc = cli_prompt_read(&entry, cli, &check->at, id, path.ptr,
				     check->found);
	if (rc == PV_OK && !is_theirs(cli, theirs, &entry))
		rc = check_settle(check, path.ptr, &entry);
	cli_prompt_dispose(&entry);
	pv_buf_dispose(&path);
	return rc;
}

/* Only errors stop a commit. */
static int take_errors(const struct check *check, const char *hint)
{
	pv_cli *cli = check->cli;
	int rc;

	pv_report_free(cli->report);
	cli->report = NULL;
	rc = broken_start(cli);

	for (size_t i = 0; i < pv_report_count(check->report); i++) {
		const pv_finding *finding = pv_report_at(check->report, i);

		if (rc == PV_OK && finding->severity == PV_SEVERITY_ERROR)
			rc = pv_report_add(cli->report, finding, &cli->err);
	}
	if (rc == PV_OK)
		rc = broken_finish(cli, hint);
	return rc;
}

int commit_check(const selection *chosen, pv_cli *cli)
{
	struct check check = { .cli = cli,
			       .at = chosen->at,
			       .groups = 1U << PV_RULE_SYNTAX };
	pv_point theirs = { PV_AT_COMMIT, { "" } };
	int rc;

	if (!chosen->ids.count)
		return PV_OK;
	/* None is there unless a merge is under way. */
	if (pv_store_state(cli->store) == PV_STATE_MERGE)
		(void)pv_rev_resolve(&theirs, cli->store, &cli->settings, NULL,
				     "MERGE_HEAD", NULL);
	rc = check_begin(&check, &check.at);
	for (size_t i = 0; i < chosen->ids.count && rc == PV_OK; i++)
		rc = check_one(&check, &theirs, chosen->ids.items[i]);
	if (rc == PV_OK)
		rc = take_errors(&check, "mend it; --no-verify commits it all "
					 "the same");
	check_end(&check);
	return rc;
}

int commit_check_text(pv_cli *cli, const char *id, const char *path,
		      const pv_buf *text)
{
	struct check check = { .cli = cli, .groups = 1U << PV_RULE_SYNTAX };
	const pv_prompt_options opts = { path };
	cli_prompt entry = { 0 };
	int rc;

	check.at.kind = PV_AT_WORKTREE;
	rc = check_begin(&check, &check.at);
	entry.id = pv_strdup(id);
	entry.path = pv_strdup(path);
	pv_buf_put(&entry.text, text->ptr, text->len);
	if (rc == PV_OK)
		rc = pv_buf_status(&entry.text, &cli->err);
	if (rc == PV_OK && (!entry.id || !entry.path))
		rc = pv_fail_nomem(&cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_parse(&entry.prompt, pv_buf_text(text),
				     text->len, &opts, check.found, &cli->err);
	if (rc == PV_OK)
		rc = check_settle(&check, path, &entry);
	if (rc == PV_OK && pv_report_count_at(check.report, PV_SEVERITY_ERROR))
		rc = take_errors(&check, "mend it; nothing was made");
	cli_prompt_dispose(&entry);
	check_end(&check);
	return rc;
}
