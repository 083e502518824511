/* SPDX-License-Identifier: MIT
 *
 * See commit_summary.h. Fields are called by the words people have for them;
 * of what a file says itself only plain names get into a message.
 */
#include "version/commit_summary.h"

#include <string.h>

#include <pv/diff.h>

#include "repo/prompts.h"
#include "version/work_status.h"

enum {
	SUBJECT_MAX = 72, /* columns */
	BODY_MAX = 40     /* lines; the rest is counted */
};

static const char arrow[] = " \xe2\x86\x92 ";

/* --- what changed ---------------------------------------------------------- */

static int is_plain(const char *text, size_t len)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return len > 0 && strspn(text, plain) >= len;
}

/* The role of the message that a path is in; "" for none that is known. */
static const char *role_of(const pv_prompt *prompt, const char *path)
{
	unsigned long idx = 0;
	const char *at = path + strlen("messages[");

	if (!prompt || strncmp(path, "messages[", strlen("messages[")) != 0)
		return "";
	for (; *at >= '0' && *at <= '9' && idx < 100000; at++)
		idx = idx * 10 + (unsigned long)(*at - '0');
	return *at == ']' && idx < pv_prompt_message_count(prompt)
		       ? pv_prompt_message(prompt, idx)->role
		       : "";
}

/* "temperature" of "model.temperature", "variable x" of "variables.x.type". */
static void put_below(pv_buf *out, const char *key, size_t len, const char *below)
{
	size_t below_len = *below == '.' ? strcspn(below + 1, ".[") : 0;
	pv_str top = { key, len };

	int has_name = is_plain(below + 1, below_len);

	if (has_name && pv_str_is(top, "variables"))
		pv_buf_printf(out, "variable %.*s", (int)below_len, below + 1);
	else if (has_name && pv_str_is(top, "model") &&
		 !pv_str_is((pv_str){ below + 1, below_len }, "name"))
		pv_buf_put(out, below + 1, below_len);
	else
		pv_buf_put(out, key, len);
}

static void put_field(pv_buf *out, const pv_field_change *change,
		      const pv_prompt *before, const pv_prompt *after)
{
	const char *path = change->path;
	size_t len = strcspn(path, ".[");
	const char *role =
		role_of(change->kind == PV_CHANGE_REMOVED ? before : after, path);

	if (is_plain(role, strlen(role)))
		pv_buf_printf(out, "%s message", role);
	else if (!strcmp(path, "prompt"))
		pv_buf_puts(out, "text");
	else if (is_plain(path, len))
		put_below(out, path, len, path + len);
	else
		pv_buf_puts(out, "other fields");
}

/* The fields of a diff by their names, each once. */
static int list_fields(pv_strlist *out, const pv_diff *diff,
		       const pv_prompt *before, const pv_prompt *after,
		       pv_error *err)
{
	pv_buf name = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_diff_count(diff) && rc == PV_OK; i++) {
		size_t known = 0;

		pv_buf_clear(&name);
		put_field(&name, pv_diff_at(diff, i), before, after);
		rc = pv_buf_status(&name, err);
		while (known < out->count && rc == PV_OK &&
		       strcmp(out->items[known], name.ptr) != 0)
			known++;
		if (rc == PV_OK && known == out->count)
			rc = pv_strlist_add(out, name.ptr, err);
	}
	pv_buf_dispose(&name);
	if (rc == PV_OK && !out->count)
		rc = pv_strlist_add(out, "formatting", err);
	return rc;
}

static int compare(pv_strlist *out, pv_cli *cli, const cli_prompt *before,
		   const cli_prompt *after)
{
	const pv_diff_input input = { .before = pv_buf_text(&before->text),
				      .before_len = before->text.len,
				      .after = pv_buf_text(&after->text),
				      .after_len = after->text.len,
				      .json = PV_DIFF_JSON_NONE };
	pv_diff *diff = NULL;
	int rc = pv_diff_new(&diff, &input, &cli->err);

	if (rc == PV_OK)
		rc = list_fields(out, diff, before->prompt, after->prompt,
				 &cli->err);
	pv_diff_free(diff);
	return rc;
}

/* Nothing where one of the two sides is not to be had. */
static int changed_fields(pv_strlist *out, const work_status *status,
			  const work_change *item, const pv_point *at)
{
	const pv_point head = { PV_AT_COMMIT, status->head };
	pv_cli *cli = status->cli;
	cli_prompt before = { 0 };
	cli_prompt after = { 0 };
	int rc = cli_prompt_read(&before, cli, &head, item->id, item->path, NULL);

	if (rc == PV_OK)
		rc = cli_prompt_read(&after, cli, at, item->id, item->path, NULL);
	if (rc == PV_OK)
		rc = compare(out, cli, &before, &after);
	cli_prompt_dispose(&before);
	cli_prompt_dispose(&after);
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

/* --- the lines ------------------------------------------------------------- */

static int is_first(const work_change *item)
{
	return item->id && !item->last[0] && item->next[0] &&
	       !strcmp(work_change_name(item), "new");
}

/* As many names as fit in the line that begins at `start`. */
static void put_names(pv_buf *out, const pv_strlist *names, size_t start)
{
	static const char more[] = ", ...";

	for (size_t i = 0; i < names->count; i++) {
		size_t len = strlen(names->items[i]) + 2;
		size_t reserve = i + 1 < names->count ? strlen(more) : 0;

		if (i && out->len - start + len + reserve > SUBJECT_MAX) {
			pv_buf_puts(out, more);
			return;
		}
		pv_buf_printf(out, "%s%s", i ? ", " : ": ", names->items[i]);
	}
}

/* "support/triage 1.1.0 → 1.2.0: temperature", without the end of the line. */
static int put_change(pv_buf *out, const work_status *status,
		      const work_change *item, const pv_point *at)
{
	const char *name = work_change_name(item);
	size_t start = out->len;
	pv_strlist fields = { 0 };
	int rc = PV_OK;

	/* Of a path that is no id anything may be said, a line break, too. */
	cli_escape(out, item->id ? item->id : item->path,
		   strlen(item->id ? item->id : item->path), "");
	if (item->next[0] && item->last[0])
		pv_buf_printf(out, " %s%s%s", item->last, arrow, item->next);
	else if (item->next[0])
		pv_buf_printf(out, " %s", item->next);
	if (!strcmp(name, "modified") && item->id)
		rc = changed_fields(&fields, status, item, at);
	if (fields.count)
		put_names(out, &fields, start);
	else if (is_first(item))
		pv_buf_puts(out, ": initial version");
	else
		pv_buf_printf(out, ": %s",
			      strcmp(name, "deleted") == 0 ? "removed" : name);
	pv_strlist_dispose(&fields);
	return rc;
}

/* What a message tells of: the changes of the selection, prompts first. */
struct told {
	const work_status *status;
	const selection *chosen;
	const work_change *first;
	size_t count;
	size_t prompts;
	size_t firsts; /* of the prompts, those without a version before */
};

static int is_told(const struct told *told, const work_change *item, int is_prompt)
{
	return (item->id != NULL) == is_prompt &&
	       pv_strlist_search(&told->chosen->paths, item->path) >= 0;
}

static void count(struct told *told, int is_prompt)
{
	for (size_t i = 0; i < told->status->count; i++) {
		const work_change *item = &told->status->items[i];

		if (!is_told(told, item, is_prompt))
			continue;
		if (!told->count++)
			told->first = item;
		told->prompts += is_prompt;
		told->firsts += is_first(item);
	}
}

static int put_subject(pv_buf *out, const struct told *told)
{
	int rc = PV_OK;

	if (told->prompts && told->firsts == told->prompts)
		pv_buf_puts(out, "Initial version");
	else if (told->prompts == 1 || told->count == 1)
		rc = put_change(out, told->status, told->first,
				&told->chosen->at);
	else if (told->prompts)
		pv_buf_printf(out, "Change %zu prompts", told->prompts);
	else
		pv_buf_printf(out, "Change %zu files", told->count);
	pv_buf_putc(out, '\n');
	return rc;
}

/* A line each, `*room` of them. */
static int put_lines(pv_buf *out, const struct told *told, int is_prompt,
		     size_t *room)
{
	int rc = PV_OK;

	for (size_t i = 0; i < told->status->count && *room; i++) {
		const work_change *item = &told->status->items[i];

		if (!is_told(told, item, is_prompt))
			continue;
		if (rc == PV_OK)
			rc = put_change(out, told->status, item,
					&told->chosen->at);
		pv_buf_putc(out, '\n');
		--*room;
	}
	return rc;
}

static int put_body(pv_buf *out, const struct told *told)
{
	size_t room = BODY_MAX;
	int rc;

	pv_buf_putc(out, '\n');
	rc = put_lines(out, told, 1, &room);
	if (rc == PV_OK)
		rc = put_lines(out, told, 0, &room);
	if (told->count > BODY_MAX)
		pv_buf_printf(out, "and %zu more\n", told->count - BODY_MAX);
	return rc;
}

int commit_summary(pv_buf *out, pv_cli *cli, const selection *chosen)
{
	work_status status = { .cli = cli };
	struct told told = { .status = &status, .chosen = chosen };
	int rc;

	if (!chosen->paths.count)
		return PV_OK;
	rc = work_status_collect(&status);
	if (rc == PV_OK) {
		count(&told, 1);
		count(&told, 0);
	}
	if (rc == PV_OK && told.first)
		rc = put_subject(out, &told);
	if (rc == PV_OK && told.count > 1)
		rc = put_body(out, &told);
	if (rc == PV_OK)
		rc = pv_buf_status(out, &cli->err);
	work_status_dispose(&status);
	return rc;
}
