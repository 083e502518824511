/* SPDX-License-Identifier: MIT
 *
 * What an experiment said when it ended: experiments/<id>.results.json, which
 * stop and conclude commit. It is looked for where the experiment's file is.
 */
#include "base/fail.h"
#include "experiment/experiment_results.h"

enum {
	KEPT_MAX = 16 << 20 /* bytes of a file */
};

int experiment_results_path(pv_buf *out, pv_cli *cli, const char *id)
{
	pv_buf_printf(out, "experiments/%s.results.json", id);
	return pv_buf_status(out, &cli->err);
}

static int read_text(pv_buf *out, pv_cli *cli, const experiment_file *file)
{
	pv_buf path = { 0 };
	int rc = experiment_results_path(&path, cli, file->it->id);

	if (rc == PV_OK)
		rc = pv_store_read(out, NULL, cli->store, &file->at,
				   pv_buf_text(&path), &cli->err);
	pv_buf_dispose(&path);
	return rc;
}

int experiment_results_kept(pv_results **out, pv_cli *cli,
			    const experiment_file *file, int64_t executions)
{
	pv_buf text = { .max = KEPT_MAX };
	int rc;

	*out = NULL;
	if (file->it->status != PV_EXPERIMENT_STOPPED &&
	    file->it->status != PV_EXPERIMENT_CONCLUDED)
		return PV_OK;
	rc = read_text(&text, cli, file);
	if (rc == PV_OK)
		rc = pv_results_parse(out, file->it, pv_buf_text(&text),
				      text.len, executions, &cli->err);
	pv_buf_dispose(&text);
	if (rc == PV_ENOTFOUND || rc == PV_EINVALID || rc == PV_ESYNTAX) {
		if (rc != PV_ENOTFOUND)
			cli_warn(cli,
				 "experiments/%s.results.json is not as it was "
				 "kept: these are made anew",
				 file->it->id);
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	return rc;
}
