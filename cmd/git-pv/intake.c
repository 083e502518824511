/* SPDX-License-Identifier: MIT
 *
 * See intake.h.
 */
#include "intake.h"

#include <string.h>

#include <pv/exchange.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"

struct reading {
	intake *out;
	pv_cli *cli;
};

static int add_finding(const struct reading *reading, int line,
		       const char *rule, const char *message, const char *hint)
{
	pv_finding finding = { 0 };

	finding.severity = PV_SEVERITY_ERROR;
	finding.rule = rule;
	finding.file = reading->out->file;
	finding.line = line;
	finding.column = 1;
	finding.message = message;
	finding.hint = hint;
	return pv_report_add(reading->cli->report, &finding, &reading->cli->err);
}

static int refuse(const struct reading *reading, const pv_import_item *record,
		  const char *rule, const char *why, const char *hint)
{
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "\"%s\" %s", record->id, why);
	rc = add_finding(reading, record->line, rule, pv_buf_text(&message),
			 hint);
	pv_buf_dispose(&message);
	return rc;
}

static void item_dispose(intake_item *item)
{
	pv_free(item->id);
	pv_free(item->path);
	pv_free(item->text);
	pv_buf_dispose(&item->old);
}

static int item_fill(intake_item *item, pv_cli *cli, const pv_import_item *record)
{
	pv_buf path = { 0 };
	int rc;

	memset(item, 0, sizeof(*item));
	rc = pv_prompt_path(&path, &cli->settings, record->id, &cli->err);
	if (rc == PV_OK) {
		item->id = pv_strdup(record->id);
		item->path = pv_strdup(pv_buf_text(&path));
		item->text = pv_strndup(record->yaml, record->len);
		item->len = record->len;
		if (!item->id || !item->path || !item->text)
			rc = pv_fail_nomem(&cli->err);
	}
	pv_buf_dispose(&path);
	return rc;
}

/* Compares with the file that is there, if any. */
static int compare(intake_item *item, pv_cli *cli)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s", pv_store_work_dir(cli->store), item->path);
	rc = pv_file_read(&item->old, pv_buf_text(&path), &cli->err);
	pv_buf_dispose(&path);
	item->state = INTAKE_CHANGED;
	if (rc == PV_ENOTFOUND) {
		item->state = INTAKE_NEW;
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	if (rc == PV_OK && item->old.len == item->len &&
	    memcmp(pv_buf_text(&item->old), item->text, item->len) == 0)
		item->state = INTAKE_SAME;
	return rc;
}

static int take(const pv_import_item *record, void *payload)
{
	const struct reading *reading = payload;
	intake *out = reading->out;
	pv_cli *cli = reading->cli;
	intake_item *item;
	int rc;

	if (pv_map_find(&out->seen, pv_str_of(record->id)))
		return refuse(reading, record, "duplicate-id",
			      "is in the input twice", "");
	rc = pv_map_set(&out->seen, pv_str_of(record->id), out, NULL, &cli->err);
	if (rc == PV_OK && pv_array_reserve(&out->items, &out->cap,
					    out->count + 1, sizeof(*item)) < 0)
		rc = pv_fail_nomem(&cli->err);
	if (rc != PV_OK)
		return rc;
	item = &out->items[out->count];
	rc = item_fill(item, cli, record);
	if (rc == PV_OK)
		rc = compare(item, cli);
	if (rc == PV_OK && item->state == INTAKE_CHANGED && !out->force) {
		item_dispose(item);
		return refuse(reading, record, "exists",
			      "is there with other contents",
			      "--force replaces it");
	}
	if (rc == PV_OK)
		out->count++;
	else
		item_dispose(item);
	return rc;
}

int intake_read(intake *out, pv_cli *cli, const pv_buf *input, const char *prefix)
{
	const pv_import_options opts = { prefix, cli->report };
	struct reading reading = { out, cli };

	return pv_import_jsonl(pv_buf_text(input), input->len, &opts, take,
			       &reading, &cli->err);
}

size_t intake_count(const intake *all, enum intake_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++)
		count += all->items[i].state == state;
	return count;
}

void intake_dispose(intake *all)
{
	for (size_t i = 0; i < all->count; i++)
		item_dispose(&all->items[i]);
	pv_free(all->items);
	pv_map_dispose(&all->seen);
	memset(all, 0, sizeof(*all));
}
