/* SPDX-License-Identifier: MIT
 *
 * Commits that executions name live as long as the executions may be asked
 * for: each month has a ref that holds those of its executions, whatever
 * becomes of the branches they were made on. So do texts that were never
 * committed.
 */
#include "history/record.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static int add(record_run *recorder, const record_kept *item)
{
	pv_error *err = &recorder->cli->err;
	char key[sizeof(*item)];
	pv_str text = { key, 0 };

	text.len = (size_t)snprintf(key, sizeof(key), "%s%s", item->refname,
				    item->oid.hex);
	if (pv_map_find(&recorder->noted, text))
		return PV_OK;
	if (pv_array_reserve(&recorder->kept, &recorder->kept_cap,
			     recorder->kept_count + 1, sizeof(*item)) < 0)
		return pv_fail_nomem(err);
	recorder->kept[recorder->kept_count++] = *item;
	return pv_map_set(&recorder->noted, text, recorder, NULL, err);
}

int record_note(record_run *recorder, const pv_execution *row)
{
	const char *oid = pv_execution_text(row, "commit");
	record_kept item = { 0 };
	pv_buf time = { 0 };
	int rc;

	if (!oid && pv_execution_has(row, "dirty"))
		oid = pv_execution_text(row, "blob");
	if (!oid)
		return PV_OK;
	/* "2026-11-20T10:00:00.000Z", in quotes */
	rc = pv_execution_value(&time, row, "ts", &recorder->cli->err);
	if (rc == PV_OK) {
		snprintf(item.refname, sizeof(item.refname),
			 "refs/pv/keep/%.4s%.2s", time.ptr + 1, time.ptr + 6);
		snprintf(item.oid.hex, sizeof(item.oid.hex), "%s", oid);
		rc = add(recorder, &item);
	}
	pv_buf_dispose(&time);
	return rc;
}

static int keep_month(record_run *recorder, const char *refname)
{
	pv_oid *items = pv_calloc(recorder->kept_count, sizeof(*items));
	pv_cli *cli = recorder->cli;
	size_t count = 0;
	int rc;

	if (!items)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < recorder->kept_count; i++)
		if (strcmp(recorder->kept[i].refname, refname) == 0)
			items[count++] = recorder->kept[i].oid;
	rc = pv_store_keep(cli->store, refname, items, count, &cli->err);
	pv_free(items);
	return rc;
}

int record_keep(record_run *recorder)
{
	const record_kept *kept = recorder->kept;
	int rc = PV_OK;

	for (size_t i = 0; i < recorder->kept_count && rc == PV_OK; i++) {
		size_t first = 0;

		while (strcmp(kept[first].refname, kept[i].refname) != 0)
			first++;
		if (first == i)
			rc = keep_month(recorder, kept[i].refname);
	}
	if (rc == PV_OK || recorder->is_best_effort)
		recorder->kept_count = 0;
	if (rc == PV_OK || !recorder->is_best_effort)
		return rc;
	cli_warn(recorder->cli, "commits may not be kept: %s",
		 recorder->cli->err.message);
	pv_error_clear(&recorder->cli->err);
	return PV_OK;
}
