/* SPDX-License-Identifier: MIT
 *
 * See intake.h.
 */
#include "prompt/intake.h"

#include <string.h>

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

/* Whether the file that is there says the same, in whatever bytes. */
static int is_same(intake_item *item, const pv_import_item *record, pv_error *err)
{
	int is = item->old.len == item->len &&
		 !memcmp(pv_buf_text(&item->old), item->text, item->len);
	int rc = PV_OK;

	if (!is)
		rc = pv_import_is_same(&is, pv_buf_text(&item->old),
				       item->old.len, record, err);
	return rc < 0 ? rc : is;
}

/* Compares with the file that is there, if any. */
static int compare(intake_item *item, const pv_import_item *record, pv_cli *cli)
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
	if (rc == PV_OK)
		rc = is_same(item, record, &cli->err);
	if (rc > 0)
		item->state = INTAKE_SAME;
	return rc < 0 ? rc : PV_OK;
}

/* --- files that would be folders ------------------------------------------ */

/* The folder a path, or a folder, lies in; "" at the top. */
static pv_str folder_of(pv_str path)
{
	while (path.len && path.ptr[path.len - 1] != '/')
		path.len--;
	path.len -= path.len != 0;
	return path;
}

/* Whether a file is a folder of those taken in, or lies below one of them. */
static int is_nested(const intake *all, const char *path)
{
	pv_str folder = folder_of(pv_str_of(path));

	if (pv_map_find(&all->folders, pv_str_of(path)))
		return 1;
	for (; folder.len; folder = folder_of(folder))
		if (pv_map_find(&all->files, folder))
			return 1;
	return 0;
}

static int note_path(intake *all, const char *path, pv_error *err)
{
	pv_str folder = folder_of(pv_str_of(path));
	int rc = pv_map_set(&all->files, pv_str_of(path), all, NULL, err);

	for (; rc == PV_OK && folder.len; folder = folder_of(folder))
		rc = pv_map_set(&all->folders, folder, all, NULL, err);
	return rc;
}

/* --- taking in ------------------------------------------------------------ */

/* Compares an item with the others and the file that is there; 1 refuses. */
static int judge(intake_item *item, const struct reading *reading,
		 const pv_import_item *record)
{
	intake *out = reading->out;
	int rc;

	if (is_nested(out, item->path)) {
		rc = refuse(reading, record, "path-conflict",
			    "needs a folder where another prompt has its file",
			    "rename one of them");
		return rc == PV_OK ? 1 : rc;
	}
	rc = compare(item, record, reading->cli);
	if (rc == PV_OK && item->state == INTAKE_CHANGED && !out->force) {
		rc = refuse(reading, record, "exists",
			    "is there with other contents",
			    "--force replaces it");
		return rc == PV_OK ? 1 : rc;
	}
	return rc == PV_OK ? note_path(out, item->path, &reading->cli->err) : rc;
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
		rc = judge(item, reading, record);
	if (rc == PV_OK)
		out->count++;
	else
		item_dispose(item);
	return rc < 0 ? rc : PV_OK;
}

int intake_read(intake *out, pv_cli *cli, intake_format *format,
		const pv_buf *input, const char *prefix)
{
	const pv_import_options opts = { prefix, cli->report, out->file, 0 };
	struct reading reading = { out, cli };

	return format(pv_buf_text(input), input->len, &opts, take, &reading,
		      &cli->err);
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
	pv_map_dispose(&all->files);
	pv_map_dispose(&all->folders);
	memset(all, 0, sizeof(*all));
}
