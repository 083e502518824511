/* SPDX-License-Identifier: MIT
 *
 * See intake.h.
 */
#include "prompt/intake.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "check/check.h"

struct reading {
	intake *out;
	pv_cli *cli;
};

int intake_refuse(const intake *all, pv_cli *cli, const intake_item *item,
		  const char *rule, const char *why, const char *hint)
{
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = rule,
			       .file = all->file,
			       .line = item->line,
			       .hint = hint };
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "\"%s\" %s", item->id, why);
	finding.message = pv_buf_text(&message);
	rc = pv_buf_status(&message, &cli->err);
	if (rc == PV_OK)
		rc = pv_report_add(cli->report, &finding, &cli->err);
	pv_buf_dispose(&message);
	return rc;
}

static void item_dispose(intake_item *item)
{
	pv_free(item->id);
	pv_free(item->path);
	pv_free(item->text);
	pv_free(item->label);
	pv_free(item->number);
	pv_free(item->created_by);
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
		item->label = pv_strdup(record->label);
		item->number = pv_strdup(record->number);
		item->created_by = pv_strdup(record->created_by);
		item->created = record->created;
		item->line = record->line;
		if (!item->id || !item->path || !item->text || !item->label ||
		    !item->number || !item->created_by)
			rc = pv_fail_nomem(&cli->err);
	}
	pv_buf_dispose(&path);
	return rc;
}

int intake_is_same(const intake_item *item, const pv_buf *file, pv_error *err)
{
	const pv_import_item record = { .id = item->id,
					.yaml = item->text,
					.len = item->len };
	int is = file->len == item->len &&
		 !memcmp(pv_buf_text(file), item->text, item->len);
	int rc = PV_OK;

	if (!is)
		rc = pv_import_is_same(&is, pv_buf_text(file), file->len,
				       &record, err);
	return rc < 0 ? rc : is;
}

int intake_read_file(pv_buf *out, pv_cli *cli, const intake_item *item)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s", pv_store_work_dir(cli->store), item->path);
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = pv_file_read(out, path.ptr, &cli->err);
	pv_buf_dispose(&path);
	return rc;
}

/* Compares with the file that is there, if any. */
static int compare(intake_item *item, pv_cli *cli)
{
	int rc = intake_read_file(&item->old, cli, item);

	item->state = INTAKE_CHANGED;
	if (rc == PV_ENOTFOUND) {
		item->state = INTAKE_NEW;
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	if (rc == PV_OK)
		rc = intake_is_same(item, &item->old, &cli->err);
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

int intake_place(intake *all, pv_cli *cli, const intake_item *item)
{
	int rc;

	if (is_nested(all, item->path)) {
		rc = intake_refuse(all, cli, item, "path-conflict",
				   "needs a folder where another prompt has its "
				   "file",
				   "rename one of them");
		return rc < 0 ? rc : 0;
	}
	rc = note_path(all, item->path, &cli->err);
	return rc < 0 ? rc : 1;
}

/* Compares an item with the others and the file that is there: 1 takes it. */
static int judge(intake_item *item, const struct reading *reading)
{
	intake *out = reading->out;
	pv_cli *cli = reading->cli;
	int rc = PV_OK;

	if (!is_nested(out, item->path))
		rc = compare(item, cli);
	if (rc == PV_OK && item->state == INTAKE_CHANGED && !out->force) {
		rc = intake_refuse(out, cli, item, "exists",
				   "is there with other contents",
				   "--force replaces it");
		return rc < 0 ? rc : 0;
	}
	return rc < 0 ? rc : intake_place(out, cli, item);
}

static int take(const pv_import_item *record, void *payload)
{
	const struct reading *reading = payload;
	intake *out = reading->out;
	pv_cli *cli = reading->cli;
	void *first = pv_map_find(&out->seen, pv_str_of(record->id));
	intake_item *item;
	int rc;

	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*item)) < 0)
		return pv_fail_nomem(&cli->err);
	item = &out->items[out->count];
	rc = item_fill(item, cli, record);
	if (rc < 0) {
		item_dispose(item);
		return rc;
	}
	out->count++;
	if (first) {
		item->is_repeated = 1;
		out->items[(uintptr_t)first - 1].is_repeated = 1;
		return PV_OK;
	}
	return pv_map_set(&out->seen, pv_str_of(item->id),
			  (void *)(uintptr_t)out->count, NULL, &cli->err);
}

/* Puts the versions of ids that come several times aside. */
static int set_aside(intake *all, const intake_item *item, pv_error *err)
{
	if (pv_array_reserve(&all->versions, &all->version_cap,
			     all->version_count + 1, sizeof(*item)) < 0)
		return pv_fail_nomem(err);
	all->versions[all->version_count++] = *item;
	return PV_OK;
}

/* Judges what was read, and keeps what is taken in. */
static int settle(const struct reading *reading)
{
	intake *out = reading->out;
	size_t count = out->count;
	size_t kept = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < count; i++) {
		intake_item item = out->items[i];
		int is_taken = 0;

		if (rc == PV_OK && item.is_repeated) {
			rc = set_aside(out, &item, &reading->cli->err);
			if (rc == PV_OK)
				continue;
		} else if (rc == PV_OK) {
			is_taken = judge(&item, reading);
			rc = is_taken < 0 ? is_taken : PV_OK;
		}
		if (is_taken > 0)
			out->items[kept++] = item;
		else
			item_dispose(&item);
	}
	out->count = kept;
	return rc;
}

int intake_read(intake *out, pv_cli *cli, intake_format *format,
		const pv_buf *input, const char *prefix)
{
	pv_import_options opts = { .id_prefix = prefix,
				   .report = cli->report,
				   .file = out->file,
				   .versions = out->takes_versions,
				   .folder = cli->settings.prompts_dir };
	struct check check = { .cli = cli, .groups = 1U << PV_RULE_SYNTAX };
	struct reading reading = { out, cli };
	int rc = PV_OK;

	check.at.kind = PV_AT_WORKTREE;
	if (!out->no_verify)
		rc = check_begin(&check, &check.at);
	opts.rules = check.rules;
	if (rc == PV_OK)
		rc = format(pv_buf_text(input), input->len, &opts, take,
			    &reading, &cli->err);
	check_end(&check);
	return rc == PV_OK ? settle(&reading) : rc;
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
	for (size_t i = 0; i < all->version_count; i++)
		item_dispose(&all->versions[i]);
	pv_free(all->items);
	pv_free(all->versions);
	pv_map_dispose(&all->seen);
	pv_map_dispose(&all->files);
	pv_map_dispose(&all->folders);
	memset(all, 0, sizeof(*all));
}
