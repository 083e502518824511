/* SPDX-License-Identifier: MIT
 *
 * Whole rows to where they are kept: the index, or, with --best-effort, beside
 * it when it is busy, damaged or away. And what in them is no field.
 */
#include "history/record.h"

#include "base/fail.h"
#include "base/file.h"

enum {
	UNKNOWN_MAX = 100 /* different names of no fields that are told */
};

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
	tracking_place place = { 0 };
	int is_spooled = 0;
	int is_new;
	int rc = tracking_find(&place, recorder->cli);

	if (rc == PV_OK) {
		tracking_place_options(&opts, &place);
		is_new = !place.is_remote && !pv_file_exists(opts.path);
		rc = pv_executions_offer(&is_spooled, &opts, rows, count, err);
		if (rc == PV_OK && is_spooled)
			pv_buf_puts(&place.file, ".spool");
		if (rc == PV_OK && (is_new || is_spooled) &&
		    pv_buf_status(&place.file, NULL) == PV_OK)
			tracking_share(recorder->cli, place.file.ptr);
	}
	if (is_spooled)
		recorder->spooled += count;
	tracking_place_dispose(&place);
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

int record_note_unknown(record_run *recorder, const pv_execution *row)
{
	pv_strlist *names = &recorder->unknown;
	const char *name;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK; i++) {
		name = pv_execution_unknown(row, i);
		if (!name)
			break;
		if (names->count < UNKNOWN_MAX && pv_strlist_find(names, name) < 0)
			rc = pv_strlist_add(names, name, &recorder->cli->err);
	}
	return rc;
}

void record_tell_unknown(const record_run *recorder)
{
	pv_buf names = { 0 };

	if (!recorder->unknown.count)
		return;
	for (size_t i = 0; i < recorder->unknown.count; i++)
		pv_buf_printf(&names, "%s%s", i ? ", " : "",
			      recorder->unknown.items[i]);
	cli_warn(recorder->cli, "no fields, %s: %s",
		 recorder->settings.keeps_content
			 ? "kept in \"metadata\""
			 : "not kept by tracking.capture_content",
		 pv_buf_text(&names));
	pv_buf_dispose(&names);
}
