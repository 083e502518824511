/* SPDX-License-Identifier: MIT
 *
 * Whole rows to where they are kept: the index, or, with --best-effort, beside
 * it when it is busy, damaged or away.
 */
#include "record.h"

#include "base/fail.h"
#include "base/file.h"

int record_open(record_run *recorder)
{
	pv_cli *cli = recorder->cli;
	int rc;

	if (recorder->is_best_effort)
		return PV_OK;
	rc = tracking_open(&recorder->index, cli, 0);
	return rc == PV_OK ? score_rules_declare(&recorder->scores,
						 recorder->index, &cli->err)
			   : rc;
}

static int offer(record_run *recorder, pv_execution *const *rows, size_t count,
		 pv_error *err)
{
	pv_executions_options opts = { 0 };
	pv_buf path = { 0 };
	int is_spooled = 0;
	int is_new;
	int rc = tracking_path(&path, recorder->cli);

	if (rc == PV_OK) {
		opts.path = path.ptr;
		is_new = !pv_file_exists(path.ptr);
		rc = pv_executions_offer(&is_spooled, &opts, rows, count, err);
		if (rc == PV_OK && is_spooled)
			pv_buf_puts(&path, ".spool");
		if (rc == PV_OK && (is_new || is_spooled) &&
		    pv_buf_status(&path, NULL) == PV_OK)
			tracking_share(recorder->cli, path.ptr);
	}
	if (is_spooled)
		recorder->spooled += count;
	pv_buf_dispose(&path);
	return rc;
}

int record_rows(size_t *added_out, record_run *recorder,
		pv_execution *const *rows, size_t count, pv_error *err)
{
	if (!recorder->is_best_effort)
		return pv_executions_record(added_out, recorder->index, rows,
					    count, err);
	*added_out = count;
	return offer(recorder, rows, count, err);
}
