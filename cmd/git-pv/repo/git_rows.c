/* SPDX-License-Identifier: MIT
 *
 * See git_rows.h.
 */
#include "repo/git_rows.h"

enum {
	NEW_MAX = 500 /* commits that a reading command adds on its way */
};

int git_rows_lend(pv_cli *cli)
{
	const char *dir = cli->settings.prompts_dir;
	pv_git_rows_options opts = { .dirs = &dir, .dir_count = 1 };
	pv_buf path = { 0 };
	int rc;

	if (cli->git_rows)
		return PV_OK;
	pv_buf_printf(&path, "%s/pv/git.db", pv_store_common_dir(cli->store));
	rc = pv_buf_status(&path, &cli->err);
	opts.path = pv_buf_text(&path);
	if (rc == PV_OK)
		rc = pv_git_rows_new(&cli->git_rows, cli->store, &opts,
				     &cli->err);
	pv_buf_dispose(&path);
	return rc;
}

int git_rows_use(pv_cli *cli)
{
	const pv_git_rows_refresh how = { .limit = NEW_MAX };
	pv_git_rows_report report;
	int rc = git_rows_lend(cli);

	if (rc == PV_OK && pv_git_rows_are_behind(cli->git_rows))
		(void)pv_git_rows_update(&report, cli->git_rows, &how, NULL);
	return rc;
}
