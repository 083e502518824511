/* SPDX-License-Identifier: MIT
 *
 * A diff as JSON: one element of the `prompts` of `git pv diff --json`.
 */
#include "base/json.h"
#include "diff/change.h"

static void write_breaking(pv_jsonw *w, const pv_report *breaking)
{
	pv_jsonw_key(w, "breaking");
	pv_jsonw_array(w);
	for (size_t i = 0; i < pv_report_count(breaking); i++) {
		const pv_finding *finding = pv_report_at(breaking, i);

		pv_jsonw_object(w);
		pv_jsonw_member(w, "path", finding->file);
		pv_jsonw_member(w, "message", finding->message);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void write_interface(pv_jsonw *w, const pv_diff *diff)
{
	pv_jsonw_key(w, "interface");
	pv_jsonw_array(w);
	for (size_t i = 0; i < diff->interface_count; i++) {
		const pv_interface_change *change = &diff->interface[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", change->name);
		pv_jsonw_member(w, "kind", pv_change_kind_name(change->kind));
		pv_jsonw_member(w, "type", change->type);
		pv_jsonw_key(w, "required");
		pv_jsonw_bool(w, change->is_required);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void write_closure(pv_jsonw *w, const pv_diff *diff)
{
	pv_jsonw_key(w, "closure");
	pv_jsonw_array(w);
	for (size_t i = 0; i < diff->closure_count; i++) {
		const pv_closure_change *change = &diff->closure[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "path", change->path);
		pv_jsonw_member(w, "kind", pv_change_kind_name(change->kind));
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void write_count(pv_jsonw *w, const char *key, long count)
{
	pv_jsonw_key(w, key);
	if (count < 0)
		pv_jsonw_null(w);
	else
		pv_jsonw_int(w, count);
}

static void write_tokens(pv_jsonw *w, const pv_diff *diff)
{
	long tokens[2];

	pv_diff_weigh(tokens, diff);
	pv_jsonw_key(w, "estimated_tokens");
	pv_jsonw_object(w);
	write_count(w, "old", tokens[0]);
	write_count(w, "new", tokens[1]);
	pv_jsonw_object_end(w);
}

static void write_value(pv_jsonw *w, const char *key, const char *json)
{
	pv_jsonw_key(w, key);
	if (json)
		pv_jsonw_raw(w, json, pv_str_of(json).len);
	else
		pv_jsonw_null(w);
}

static void write_run(pv_jsonw *w, const pv_diff_run *run)
{
	pv_jsonw_array(w);
	pv_jsonw_stringn(w, &run->op, 1);
	pv_jsonw_stringn(w, run->text, run->len);
	pv_jsonw_array_end(w);
}

/* The lines that came or went. */
static void write_comments(pv_jsonw *w, const pv_diff *diff)
{
	pv_jsonw_key(w, "comments");
	pv_jsonw_array(w);
	for (size_t i = 0; i < diff->comment_count; i++)
		if (diff->comments[i].op != '=')
			write_run(w, &diff->comments[i]);
	pv_jsonw_array_end(w);
}

static int write_words(pv_jsonw *w, const pv_change_record *record, pv_error *err)
{
	pv_arena arena = { 0 };
	pv_diff_run *runs = NULL;
	size_t count = 0;
	int rc = pv_diff_words(&runs, &count, &arena, record, err);

	pv_jsonw_key(w, "words");
	pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		write_run(w, &runs[i]);
	pv_jsonw_array_end(w);
	pv_arena_dispose(&arena);
	return rc;
}

static int write_change(pv_jsonw *w, const pv_change_record *record, pv_error *err)
{
	const pv_field_change *change = &record->change;
	int rc;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "path", change->path);
	pv_jsonw_member(w, "kind", pv_change_kind_name(change->kind));
	write_value(w, "old", change->old_json);
	write_value(w, "new", change->new_json);
	pv_jsonw_key(w, "formatting");
	pv_jsonw_bool(w, change->is_formatting);
	rc = write_words(w, record, err);
	pv_jsonw_object_end(w);
	return rc;
}

int pv_diff_print_json(pv_buf *out, const pv_diff *diff, const char *id,
		       pv_error *err)
{
	pv_jsonw w;
	int rc = PV_OK;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", id);
	pv_jsonw_member(&w, "renamed_from", diff->former);
	pv_jsonw_member(&w, "status", pv_diff_status_name(diff->status));
	pv_jsonw_member(&w, "bump", pv_bump_name(diff->bump));
	pv_jsonw_key(&w, "formatting");
	pv_jsonw_bool(&w, pv_diff_is_formatting(diff));
	write_breaking(&w, diff->breaking);
	write_closure(&w, diff);
	write_interface(&w, diff);
	write_tokens(&w, diff);
	write_comments(&w, diff);
	pv_jsonw_key(&w, "changes");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < diff->count && rc == PV_OK; i++)
		rc = write_change(&w, &diff->records[i], err);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
	return rc < 0 ? rc : pv_buf_status(out, err);
}
