/* SPDX-License-Identifier: MIT
 *
 * See import_versions.h. Of one prompt versions come in the order of their
 * numbers, whatever their dates say: a version has to follow those below it.
 * All of them come in the order of their dates otherwise.
 */
#include "prompt/import_versions.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/old_version.h"

/* --- their order ------------------------------------------------------------ */

static int compare_numbers(const char *a, const char *b)
{
	pv_semver left, right;
	int has_left = pv_semver_parse(&left, a, NULL) == PV_OK;
	int has_right = pv_semver_parse(&right, b, NULL) == PV_OK;

	if (!has_left || !has_right)
		return has_left - has_right;
	return pv_semver_cmp(&left, &right);
}

static int by_prompt(const void *a, const void *b)
{
	const intake_item *left = ((const import_version *)a)->item;
	const intake_item *right = ((const import_version *)b)->item;
	int order = strcmp(left->id, right->id);

	if (!order)
		order = compare_numbers(left->number, right->number);
	return order ? order
		     : (left->line > right->line) - (left->line < right->line);
}

static int by_date(const void *a, const void *b)
{
	const import_version *left = a;
	const import_version *right = b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return by_prompt(a, b);
}

/* --- what there is ----------------------------------------------------------- */

/* The versions of one prompt, and what is there of it. */
struct group {
	pv_cli *cli;
	intake *all;
	import_version *rows;
	size_t count;
	pv_version_list list;
	pv_buf file;
	int has_file;
};

static int refuse(const struct group *group, import_version *row,
		  const char *rule, const char *why, const char *hint)
{
	row->is_refused = 1;
	return intake_refuse(group->all, group->cli, row->item, rule, why, hint);
}

/* The version that is there with this number; NULL. */
static const pv_version_info *find_released(const struct group *group,
					    const char *number)
{
	for (size_t i = 0; i < group->list.count; i++)
		if (!strcmp(group->list.items[i].text, number))
			return &group->list.items[i];
	return NULL;
}

static int compare_released(const struct group *group, import_version *row,
			    const pv_version_info *info)
{
	pv_cli *cli = group->cli;
	pv_buf text = { 0 };
	int rc = pv_store_read_blob(&text, cli->store, &info->blob, &cli->err);

	if (rc == PV_OK)
		rc = intake_is_same(row->item, &text, &cli->err);
	pv_buf_dispose(&text);
	row->is_there = rc > 0;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	return refuse(group, row, "exists",
		      "has this version with other contents",
		      "versions are never replaced: give it another number");
}

static int judge(const struct group *group, import_version *row,
		 const char *previous)
{
	const char *number = row->item->number;
	const pv_version_info *info = find_released(group, number);
	pv_oid tag;
	int rc;

	if (!*number)
		return refuse(group, row, "version",
			      "has a version that is no number",
			      "versions look like 1.2 or 1.2.0");
	if (previous && !compare_numbers(previous, number))
		return refuse(group, row, "duplicate-id",
			      "has this version twice", "");
	if (info)
		return compare_released(group, row, info);
	if (group->list.count &&
	    compare_numbers(group->list.items[0].text, number) > 0)
		return refuse(group, row, "version",
			      "has a higher version already",
			      "give it a number above those there are");
	rc = old_version_find(&tag, group->cli, row->item->id, number);
	if (rc <= 0)
		return rc;
	return refuse(group, row, "exists",
		      "has this version elsewhere, on no commit of the default "
		      "branch",
		      "give it another number, or delete that tag");
}

/* Of those in the input and those that are there the highest below it. */
static int set_previous(const struct group *group, import_version *row,
			const char *previous)
{
	const pv_version_list *list = &group->list;

	if (list->count &&
	    (!previous || compare_numbers(list->items[0].text, previous) > 0) &&
	    compare_numbers(list->items[0].text, row->item->number) < 0)
		previous = list->items[0].text;
	if (!previous)
		return PV_OK;
	row->previous = pv_strdup(previous);
	return row->previous ? PV_OK : pv_fail_nomem(&group->cli->err);
}

static int judge_all(const struct group *group)
{
	const char *previous = NULL;
	int64_t order = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < group->count && rc == PV_OK; i++) {
		import_version *row = &group->rows[i];

		rc = judge(group, row, previous);
		if (row->is_refused)
			continue;
		if (rc == PV_OK)
			rc = set_previous(group, row, previous);
		previous = row->item->number;
		if (row->item->created > order)
			order = row->item->created;
		row->order = order;
	}
	return rc;
}

/* --- the file ----------------------------------------------------------------- */

/* 1 when the file is one of these versions, or there is none. */
static int is_ours(const struct group *group)
{
	int rc = !group->has_file;

	for (size_t i = 0; i < group->count && rc == 0; i++)
		rc = intake_is_same(group->rows[i].item, &group->file,
				    &group->cli->err);
	return rc;
}

static int refuse_missing(const struct group *group)
{
	int rc = PV_OK;

	for (size_t i = 0; i < group->count && rc == PV_OK; i++)
		if (!group->rows[i].is_there && !group->rows[i].is_refused)
			rc = refuse(group, &group->rows[i], "exists",
				    "is there with other contents",
				    "--force replaces it");
	return rc;
}

/* Marks the last one that is taken with what becomes of the file. */
static void mark_last(const struct group *group)
{
	import_version *last = NULL;
	size_t missing = 0;

	for (size_t i = 0; i < group->count; i++) {
		if (group->rows[i].is_refused)
			continue;
		last = &group->rows[i];
		missing += !last->is_there;
	}
	if (!last)
		return;
	last->is_last = 1;
	last->state = !missing          ? INTAKE_SAME
		      : group->has_file ? INTAKE_CHANGED
					: INTAKE_NEW;
}

static int check_file(struct group *group)
{
	pv_cli *cli = group->cli;
	int rc = intake_read_file(&group->file, cli, group->rows[0].item);

	group->has_file = rc == PV_OK;
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK && !group->all->force) {
		rc = is_ours(group);
		if (rc == 0)
			rc = refuse_missing(group);
	}
	return rc < 0 ? rc : PV_OK;
}

/* A prompt whose file has no place is refused once. */
static int place(const struct group *group)
{
	int rc = intake_place(group->all, group->cli, group->rows[0].item);

	for (size_t i = 0; rc == 0 && i < group->count; i++)
		group->rows[i].is_refused = 1;
	return rc;
}

static int plan_group(struct group *group)
{
	pv_cli *cli = group->cli;
	int rc = place(group);

	if (rc <= 0)
		return rc;
	rc = pv_version_list_load(&group->list, cli->store, &cli->settings,
				  group->rows[0].item->id, &cli->err);
	if (rc == PV_OK)
		rc = judge_all(group);
	if (rc == PV_OK)
		rc = check_file(group);
	if (rc == PV_OK)
		mark_last(group);
	pv_version_list_dispose(&group->list);
	pv_buf_dispose(&group->file);
	return rc;
}

static int plan_groups(import_versions *out, pv_cli *cli, intake *all)
{
	int rc = PV_OK;

	for (size_t at = 0; at < out->count && rc == PV_OK;) {
		struct group group = { .cli = cli,
				       .all = all,
				       .rows = &out->rows[at] };

		while (at < out->count &&
		       !strcmp(out->rows[at].item->id, group.rows[0].item->id)) {
			group.count++;
			at++;
		}
		rc = plan_group(&group);
	}
	return rc;
}

int import_versions_plan(import_versions *out, pv_cli *cli, intake *all)
{
	int rc = PV_OK;

	if (!all->version_count)
		return PV_OK;
	out->rows = pv_calloc(all->version_count, sizeof(*out->rows));
	if (!out->rows)
		return pv_fail_nomem(&cli->err);
	out->count = all->version_count;
	for (size_t i = 0; i < out->count; i++)
		out->rows[i].item = &all->versions[i];
	qsort(out->rows, out->count, sizeof(*out->rows), by_prompt);
	rc = plan_groups(out, cli, all);
	for (size_t i = 0; i < out->count; i++)
		out->missing +=
			!out->rows[i].is_there && !out->rows[i].is_refused;
	qsort(out->rows, out->count, sizeof(*out->rows), by_date);
	return rc == PV_OK && out->missing ? old_version_check_branch(cli) : rc;
}

/* --- making them -------------------------------------------------------------- */

/* Appends a text without what would end a name or an address. */
static void put_part(pv_buf *out, pv_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("<>\r\n", text.ptr[i]))
			pv_buf_putc(out, text.ptr[i]);
}

/* Git leaves out what surrounds words; a name has one, or it is none. */
static int has_word(pv_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(" .,:;<>\"\\'\t\r\n", text.ptr[i]))
			return 1;
	return 0;
}

/* "Name <mail>" of a name, an address, or both; nothing of neither. */
static void put_author(pv_buf *out, const char *by)
{
	pv_str name = { by, strcspn(by, "<") };
	pv_str mail = { by + name.len, strlen(by + name.len) };

	/* An address alone names the one before its "@". */
	if (!mail.len && strchr(by, '@') && !strchr(by, ' '))
		mail = name;
	if (!has_word(name) || mail.ptr == by)
		name = (pv_str){ mail.ptr, strcspn(mail.ptr, "@") };
	if (!has_word(name))
		return;
	put_part(out, name);
	pv_buf_puts(out, " <");
	put_part(out, mail);
	pv_buf_putc(out, '>');
}

static int make(import_version *row, pv_cli *cli, const import_versions_how *how)
{
	const intake_item *item = row->item;
	old_version old = { .id = item->id,
			    .number = item->number,
			    .label = item->label,
			    .previous = row->previous,
			    .message = how->message,
			    .created = item->created,
			    .no_verify = how->no_verify };
	pv_buf author = { 0 };
	int rc;

	put_author(&author, item->created_by);
	rc = pv_buf_status(&author, &cli->err);
	old.author = author.ptr;
	if (rc == PV_OK)
		rc = old_version_make(&row->commit, cli, &old, item->text,
				      item->len);
	pv_buf_dispose(&author);
	return rc;
}

/* What stopped a run of commits, and that those before stay. */
static int fail_at(pv_cli *cli, const import_version *row, size_t made)
{
	const pv_error what = cli->err;

	if (what.code == PV_ENOMEM || row->commit.hex[0])
		return what.code;
	pv_fail_id(&cli->err, what.id, "\"%s\" %s: %s", row->item->id,
		   row->item->label, what.message);
	pv_error_at(&cli->err, what.code, what.source, what.line, what.column);
	if (!made)
		return pv_error_hint(&cli->err, what.code, "%s", what.hint);
	return pv_error_hint(&cli->err, what.code,
			     "%zu version%s made; the same command goes on with "
			     "the rest",
			     made, made == 1 ? " is" : "s are");
}

int import_versions_make(import_versions *all, pv_cli *cli,
			 const import_versions_how *how, pv_strlist *commits)
{
	size_t made = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < all->count && rc == PV_OK; i++) {
		import_version *row = &all->rows[i];

		if (row->is_there || row->is_refused)
			continue;
		rc = make(row, cli, how);
		if (rc < 0)
			return fail_at(cli, row, made);
		made++;
		rc = pv_strlist_add(commits, row->commit.hex, &cli->err);
	}
	return rc;
}

void import_versions_json(pv_jsonw *w, const import_versions *all)
{
	pv_jsonw_array(w);
	for (size_t i = 0; i < all->count; i++) {
		const import_version *row = &all->rows[i];

		if (!row->commit.hex[0])
			continue;
		pv_jsonw_object(w);
		pv_jsonw_member(w, "id", row->item->id);
		pv_jsonw_member(w, "version", row->item->number);
		pv_jsonw_member(w, "label", row->item->label);
		pv_jsonw_member(w, "commit", row->commit.hex);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

void import_versions_dispose(import_versions *all)
{
	for (size_t i = 0; i < all->count; i++)
		pv_free(all->rows[i].previous);
	pv_free(all->rows);
}
