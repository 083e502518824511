/* SPDX-License-Identifier: MIT
 *
 * From two texts to a diff: as data where both read as YAML (of any kind,
 * prompts or not), else as one text. The derived bump comes from the prompt
 * model where both sides load as prompts.
 */
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "diff/change.h"
#include "diff/comments.h"
#include "diff/tokens.h"
#include "prompt/model.h"

static char *dup_json(pv_arena *arena, const char *json)
{
	return pv_arena_dup(arena, json, strlen(json));
}

static int fill_record(pv_change_record *record, pv_arena *arena,
		       const pv_change_input *input, pv_error *err)
{
	pv_field_change *change = &record->change;
	pv_diff_run *runs = NULL;
	int rc;

	record->old_tree = input->old_tree;
	record->new_tree = input->new_tree;
	record->moved = input->moved;
	record->old_text = input->old_text;
	record->new_text = input->new_text;
	change->kind = input->kind;
	change->path = pv_arena_dup(arena, input->path.ptr, input->path.len);
	if (input->old_json)
		change->old_json = dup_json(arena, input->old_json);
	if (input->new_json)
		change->new_json = dup_json(arena, input->new_json);
	if (!change->path || (input->old_json && !change->old_json) ||
	    (input->new_json && !change->new_json))
		return pv_fail_nomem(err);
	if (!input->old_text.ptr || !input->new_text.ptr)
		return PV_OK;
	change->is_formatting = pv_words_equal(input->old_text, input->new_text);
	rc = pv_runs_of_lines(&runs, &change->run_count, arena, input->old_text,
			      input->new_text, err);
	change->runs = runs;
	return rc;
}

int pv_diff_add(pv_diff *diff, const pv_change_input *input, pv_error *err)
{
	pv_change_record *record;
	int rc;

	if (pv_array_reserve(&diff->records, &diff->cap, diff->count + 1,
			     sizeof(*diff->records)) < 0)
		return pv_fail_nomem(err);
	record = &diff->records[diff->count];
	memset(record, 0, sizeof(*record));
	rc = fill_record(record, &diff->arena, input, err);
	if (rc == PV_OK)
		diff->count++;
	return rc;
}

int pv_diff_words(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		  const pv_change_record *record, pv_error *err)
{
	*out = NULL;
	*count_out = 0;
	if (!record->change.runs)
		return PV_OK;
	return pv_runs_of_words(out, count_out, arena, record->old_text,
				record->new_text, err);
}

/* --- one text as a whole ------------------------------------------------- */

static int quote(pv_buf *out, const char **json_out, pv_str *text_out,
		 pv_str text, pv_error *err)
{
	pv_jsonw json;

	if (!text.ptr)
		return PV_OK;
	pv_jsonw_init(&json, out);
	pv_jsonw_stringn(&json, text.ptr, text.len);
	*json_out = pv_buf_text(out);
	*text_out = text;
	return pv_buf_status(out, err);
}

static int keep(pv_str *text, pv_arena *arena, pv_error *err)
{
	if (!text->ptr)
		return PV_OK;
	text->ptr = pv_arena_dup(arena, text->ptr, text->len);
	return text->ptr ? PV_OK : pv_fail_nomem(err);
}

static int add_text_leaf(pv_diff *diff, pv_str before, pv_str after, pv_error *err)
{
	pv_change_input input = { .kind = PV_CHANGE_MODIFIED };
	pv_buf old_json = { 0 };
	pv_buf new_json = { 0 };
	int rc;

	if (!before.ptr)
		input.kind = PV_CHANGE_ADDED;
	else if (!after.ptr)
		input.kind = PV_CHANGE_REMOVED;
	input.path = pv_str_of("");
	rc = keep(&before, &diff->arena, err);
	if (rc == PV_OK)
		rc = keep(&after, &diff->arena, err);
	if (rc == PV_OK)
		rc = quote(&old_json, &input.old_json, &input.old_text, before,
			   err);
	if (rc == PV_OK)
		rc = quote(&new_json, &input.new_json, &input.new_text, after,
			   err);
	if (rc == PV_OK)
		rc = pv_diff_add(diff, &input, err);
	pv_buf_dispose(&old_json);
	pv_buf_dispose(&new_json);
	return rc;
}

/* --- as data ------------------------------------------------------------- */

/* Parses leniently; `*out` stays NULL when the text is no YAML. */
static int read_yaml(pv_yaml **out, pv_str text, pv_error *err)
{
	pv_yaml_options opts = { .tags = PV_YAML_TAGS_KEEP, .streams = 1 };
	int rc;

	*out = NULL;
	if (!text.ptr)
		return PV_OK;
	rc = pv_yaml_parse(out, text.ptr, text.len, &opts, err);
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(err);
	return PV_OK;
}

/* The root, or the only document of a stream. */
static const pv_yaml_node *document_of(const pv_yaml *doc)
{
	const pv_yaml_node *root = pv_yaml_root(doc);

	if (root->kind == PV_YAML_STREAM && root->count == 1)
		return root->first;
	return root;
}

/* A text without any document, as an empty one, is nothing rather than a list. */
static int is_empty(const pv_yaml *doc)
{
	const pv_yaml_node *node = document_of(doc);

	if (node->kind == PV_YAML_SCALAR)
		return node->type == PV_YAML_NULL;
	return node->kind == PV_YAML_STREAM && node->count == 0;
}

static int is_stream(const pv_yaml *doc)
{
	return doc && document_of(doc)->kind == PV_YAML_STREAM && !is_empty(doc);
}

static int make_tree(pv_tree **out, pv_diff *diff, const pv_yaml *doc,
		     int whole_stream, pv_error *err)
{
	*out = NULL;
	if (!doc || (!whole_stream && is_empty(doc)))
		return PV_OK;
	return pv_tree_new(out, &diff->arena,
			   whole_stream ? pv_yaml_root(doc) : document_of(doc),
			   err);
}

/* All comments of a document, a line each. */
static int join_comments(pv_str *out, pv_arena *arena, const pv_yaml *doc,
			 pv_error *err)
{
	pv_comments found;
	pv_buf text = { 0 };
	int rc = pv_comments_find(&found, arena, doc, err);

	for (size_t i = 0; rc == PV_OK && i < found.count; i++) {
		pv_buf_put(&text, found.items[i].text.ptr,
			   found.items[i].text.len);
		pv_buf_putc(&text, '\n');
	}
	if (rc == PV_OK)
		rc = pv_buf_status(&text, err);
	if (rc == PV_OK) {
		out->len = text.len;
		out->ptr = pv_arena_dup(arena, pv_buf_text(&text), text.len);
		rc = out->ptr ? PV_OK : pv_fail_nomem(err);
	}
	pv_buf_dispose(&text);
	return rc;
}

static int compare_comments(pv_diff *diff, pv_error *err)
{
	pv_arena *arena = &diff->arena;
	pv_diff_run *runs = NULL;
	pv_str before = { 0 };
	pv_str after = { 0 };
	int rc = join_comments(&before, arena, diff->before, err);

	if (rc == PV_OK)
		rc = join_comments(&after, arena, diff->after, err);
	if (rc < 0 || pv_str_eq(before, after))
		return rc;
	rc = pv_runs_of_lines(&runs, &diff->comment_count, arena, before, after,
			      err);
	diff->comments = runs;
	return rc;
}

static int compare_documents(pv_diff *diff, pv_error *err)
{
	pv_tree *before = NULL;
	pv_tree *after = NULL;
	int streams = is_stream(diff->before) || is_stream(diff->after);
	int rc = make_tree(&before, diff, diff->before, streams, err);

	if (rc == PV_OK)
		rc = make_tree(&after, diff, diff->after, streams, err);
	if (rc == PV_OK && (before || after))
		rc = pv_diff_add_fields(diff, before, after, err);
	if (rc == PV_OK && diff->before && diff->after)
		rc = compare_comments(diff, err);
	return rc;
}

/* Prompts are strict YAML: both as prompts, or both with tolerance. */
static int read_documents(pv_diff *diff, pv_str before, pv_str after,
			  pv_error *err)
{
	int rc;

	if ((diff->old_prompt || !before.ptr) &&
	    (diff->new_prompt || !after.ptr)) {
		diff->before = diff->old_prompt ? diff->old_prompt->doc : NULL;
		diff->after = diff->new_prompt ? diff->new_prompt->doc : NULL;
		return PV_OK;
	}
	rc = read_yaml(&diff->own_before, before, err);
	if (rc == PV_OK)
		rc = read_yaml(&diff->own_after, after, err);
	diff->before = diff->own_before;
	diff->after = diff->own_after;
	return rc;
}

static int compare_texts(pv_diff *diff, pv_str before, pv_str after, pv_error *err)
{
	int rc = read_documents(diff, before, after, err);
	int is_data;

	if (rc < 0)
		return rc;
	is_data = (diff->before || !before.ptr) && (diff->after || !after.ptr);
	/* Documents that come or go in one go have no fields to name. */
	if (is_data && (!before.ptr || !after.ptr))
		is_data = !is_stream(diff->before) && !is_stream(diff->after);
	if (!is_data)
		return add_text_leaf(diff, before, after, err);
	return compare_documents(diff, err);
}

/* --- the bump ------------------------------------------------------------ */

/* `*out` stays NULL when the text is no prompt, or there is none. */
static int load_prompt(pv_prompt **out, pv_str text, pv_error *err)
{
	int rc;

	if (!text.ptr)
		return PV_OK;
	rc = pv_prompt_parse(out, text.ptr, text.len, NULL, NULL, err);
	if (rc == PV_ENOMEM)
		return rc;
	if (rc < 0)
		*out = NULL;
	pv_error_clear(err);
	return PV_OK;
}

/* Who asks for the former id gets nothing, whatever else has changed. */
static int add_move(pv_diff *diff, pv_error *err)
{
	pv_finding moved = { .severity = PV_SEVERITY_ERROR,
			     .rule = "breaking",
			     .file = "",
			     .hint = "" };
	pv_buf text = { 0 };
	int rc;

	pv_buf_printf(&text, "the prompt is no longer called \"%s\"",
		      diff->former);
	moved.message = pv_buf_text(&text);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		rc = pv_report_add(diff->breaking, &moved, err);
	pv_buf_dispose(&text);
	return rc;
}

/* Whoever uses it gets an error: for a version it is the same. */
static int add_unloadable(pv_diff *diff, pv_error *err)
{
	static const pv_finding broken = { .severity = PV_SEVERITY_ERROR,
					   .rule = "breaking",
					   .file = "",
					   .message = "the prompt no longer loads",
					   .hint = "" };

	diff->bump = PV_BUMP_MAJOR;
	return pv_report_add(diff->breaking, &broken, err);
}

/* A file that a prompt refers to may break where no field has changed. */
static int judge(pv_diff *diff, const pv_diff_input *input, pv_error *err)
{
	if (!diff->old_prompt)
		return PV_OK;
	if (!diff->new_prompt)
		return add_unloadable(diff, err);
	if (input->impact)
		return input->impact(&diff->bump, diff->old_prompt,
				     diff->new_prompt, diff->breaking,
				     input->payload, err);
	if (diff->count == 0)
		return PV_OK;
	return pv_prompt_impact(&diff->bump, diff->old_prompt, diff->new_prompt,
				diff->breaking, err);
}

static int derive_bump(pv_diff *diff, const pv_diff_input *input, pv_error *err)
{
	pv_finding gone = { .severity = PV_SEVERITY_ERROR,
			    .rule = "breaking",
			    .file = "",
			    .message = "the prompt is removed",
			    .hint = "" };
	int rc = PV_OK;

	switch (diff->status) {
	case PV_DIFF_ADDED:
		return PV_OK;
	case PV_DIFF_REMOVED:
		diff->bump = PV_BUMP_MAJOR;
		return pv_report_add(diff->breaking, &gone, err);
	case PV_DIFF_MOVED:
		rc = add_move(diff, err);
		break;
	case PV_DIFF_UNCHANGED:
	case PV_DIFF_MODIFIED:
		break;
	}
	/* What did not load cannot be judged: suppose that it behaves anew. */
	if (diff->count > 0)
		diff->bump = PV_BUMP_MINOR;
	if (rc == PV_OK)
		rc = judge(diff, input, err);
	if (diff->bump == PV_BUMP_NONE)
		diff->bump = PV_BUMP_PATCH;
	if (diff->closure_count > 0 && diff->bump < PV_BUMP_MINOR)
		diff->bump = PV_BUMP_MINOR;
	if (diff->status == PV_DIFF_MOVED)
		diff->bump = PV_BUMP_MAJOR;
	return rc;
}

static enum pv_diff_status status_of(pv_str before, pv_str after)
{
	if (!before.ptr)
		return after.ptr ? PV_DIFF_ADDED : PV_DIFF_UNCHANGED;
	if (!after.ptr)
		return PV_DIFF_REMOVED;
	return pv_str_eq(before, after) ? PV_DIFF_UNCHANGED : PV_DIFF_MODIFIED;
}

/* --- the public face ----------------------------------------------------- */

static int compare_all(pv_diff *diff, const pv_diff_input *input, pv_error *err)
{
	pv_str before = { input->before, input->before_len };
	pv_str after = { input->after, input->after_len };
	int rc = load_prompt(&diff->old_prompt, before, err);
	int is_same; /* moved as it is */

	if (rc == PV_OK)
		rc = load_prompt(&diff->new_prompt, after, err);
	is_same = before.ptr && after.ptr && pv_str_eq(before, after);
	if (rc == PV_OK && !is_same)
		rc = compare_texts(diff, before, after, err);
	if (rc == PV_OK)
		rc = derive_bump(diff, input, err);
	if (rc == PV_OK)
		rc = pv_diff_set_interface(diff, err);
	return rc;
}

static int set_status(pv_diff *diff, pv_str before, pv_str after,
		      const char *former, pv_error *err)
{
	diff->status = status_of(before, after);
	if (!former || !before.ptr || !after.ptr)
		return PV_OK;
	diff->status = PV_DIFF_MOVED;
	diff->former = pv_arena_dup(&diff->arena, former, strlen(former));
	return diff->former ? PV_OK : pv_fail_nomem(err);
}

static int set_closure(pv_diff *diff, const pv_diff_input *input, pv_error *err)
{
	size_t count = input->closure_count;

	if (count == 0)
		return PV_OK;
	diff->closure =
		pv_arena_calloc(&diff->arena, count * sizeof(*diff->closure));
	if (!diff->closure)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		const char *path = input->closure[i].path;

		diff->closure[i].kind = input->closure[i].kind;
		diff->closure[i].path =
			pv_arena_dup(&diff->arena, path, strlen(path));
		if (!diff->closure[i].path)
			return pv_fail_nomem(err);
	}
	diff->closure_count = count;
	return PV_OK;
}

int pv_diff_new(pv_diff **out, const pv_diff_input *input, pv_error *err)
{
	pv_str old_text = { input->before, input->before_len };
	pv_str new_text = { input->after, input->after_len };
	pv_diff *diff = pv_calloc(1, sizeof(*diff));
	int rc;

	*out = NULL;
	if (!diff)
		return pv_fail_nomem(err);
	diff->json = input->json;
	rc = set_status(diff, old_text, new_text, input->former, err);
	if (rc == PV_OK)
		rc = set_closure(diff, input, err);
	if (rc == PV_OK)
		rc = pv_report_new(&diff->breaking, err);
	if (rc == PV_OK && !pv_diff_is_empty(diff))
		rc = compare_all(diff, input, err);
	if (rc < 0) {
		pv_diff_free(diff);
		return rc;
	}
	*out = diff;
	return PV_OK;
}

int pv_diff_texts(pv_diff **out, const char *before, size_t before_len,
		  const char *after, size_t after_len, pv_error *err)
{
	const pv_diff_input input = { .before = before,
				      .before_len = before_len,
				      .after = after,
				      .after_len = after_len };

	return pv_diff_new(out, &input, err);
}

void pv_diff_free(pv_diff *diff)
{
	if (!diff)
		return;
	pv_yaml_free(diff->own_before);
	pv_yaml_free(diff->own_after);
	pv_prompt_free(diff->old_prompt);
	pv_prompt_free(diff->new_prompt);
	pv_report_free(diff->breaking);
	pv_arena_dispose(&diff->arena);
	pv_free(diff->records);
	pv_free(diff);
}

size_t pv_diff_count(const pv_diff *diff)
{
	return diff->count;
}

const pv_field_change *pv_diff_at(const pv_diff *diff, size_t idx)
{
	return idx < diff->count ? &diff->records[idx].change : NULL;
}

enum pv_diff_status pv_diff_status(const pv_diff *diff)
{
	return diff->status;
}

const char *pv_diff_former(const pv_diff *diff)
{
	return diff->former;
}

int pv_diff_is_formatting(const pv_diff *diff)
{
	for (size_t i = 0; i < diff->count; i++)
		if (!diff->records[i].change.is_formatting)
			return 0;
	return diff->status == PV_DIFF_MODIFIED;
}

void pv_diff_ignore_formatting(pv_diff *diff)
{
	size_t kept = 0;

	for (size_t i = 0; i < diff->count; i++)
		if (!diff->records[i].change.is_formatting)
			diff->records[kept++] = diff->records[i];
	diff->count = kept;
	diff->comment_count = 0;
	if (kept > 0 || diff->status != PV_DIFF_MODIFIED)
		return;
	diff->status = PV_DIFF_UNCHANGED;
	if (diff->closure_count == 0)
		diff->bump = PV_BUMP_NONE;
}

size_t pv_diff_closure_count(const pv_diff *diff)
{
	return diff->closure_count;
}

const pv_closure_change *pv_diff_closure_at(const pv_diff *diff, size_t idx)
{
	return idx < diff->closure_count ? &diff->closure[idx] : NULL;
}

int pv_diff_is_empty(const pv_diff *diff)
{
	return diff->status == PV_DIFF_UNCHANGED && diff->closure_count == 0;
}

enum pv_bump pv_diff_bump(const pv_diff *diff)
{
	return diff->bump;
}

const pv_report *pv_diff_breaking(const pv_diff *diff)
{
	return diff->breaking;
}

const char *pv_change_kind_name(enum pv_change_kind kind)
{
	switch (kind) {
	case PV_CHANGE_ADDED:
		return "added";
	case PV_CHANGE_REMOVED:
		return "removed";
	case PV_CHANGE_MODIFIED:
		return "modified";
	case PV_CHANGE_MOVED:
		return "moved";
	}
	return "modified";
}

const char *pv_diff_kind_word(enum pv_change_kind kind)
{
	return kind == PV_CHANGE_MODIFIED ? "changed" : pv_change_kind_name(kind);
}

const char *pv_diff_status_name(enum pv_diff_status status)
{
	switch (status) {
	case PV_DIFF_UNCHANGED:
		return "unchanged";
	case PV_DIFF_ADDED:
		return "added";
	case PV_DIFF_REMOVED:
		return "removed";
	case PV_DIFF_MODIFIED:
		return "modified";
	case PV_DIFF_MOVED:
		return "moved";
	}
	return "modified";
}
