/* SPDX-License-Identifier: MIT
 *
 * Where two sides contradict each other, field by field: the fields that the
 * merge itself marks, and no others, so that each can be settled by its name.
 * Where it can only mark lines the file is in conflict as a whole.
 */
#include <pv/merge.h>

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "diff/tokens.h"
#include "merge/file.h"

struct pv_merge_conflicts {
	pv_arena arena;
	pv_merge *merge; /* NULL for binary files */
	pv_merge_conflict *items;
	size_t count;
	size_t cap;
};

struct search {
	pv_merge_conflicts *found;
	pv_error *err;
};

/* --- rows ---------------------------------------------------------------- */

static int add_row(pv_merge_conflicts *found, const pv_merge_conflict *row,
		   pv_error *err)
{
	if (pv_array_reserve(&found->items, &found->cap, found->count + 1,
			     sizeof(*found->items)) < 0)
		return pv_fail_nomem(err);
	found->items[found->count++] = *row;
	return PV_OK;
}

/* --- the merge itself ---------------------------------------------------- */

/* The same path again is left out. */
static int add_new(struct search *s, pv_map *known, const pv_merge_conflict *field)
{
	static char mark; /* any value but NULL */
	void *old = NULL;
	int rc;

	if (!*field->path)
		return PV_OK;
	rc = pv_map_set(known, pv_str_of(field->path), &mark, &old, s->err);
	return rc < 0 || old ? rc : add_row(s->found, field, s->err);
}

/* The fields with markers around them. */
static int add_marked(struct search *s, const pv_merge_input *input)
{
	const pv_merge *merge;
	pv_map known = { 0 };
	int rc = pv_merge_new(&s->found->merge, input, s->err);

	if (rc == PV_EUNSUPPORTED) {
		pv_error_clear(s->err);
		return PV_OK;
	}
	merge = s->found->merge;
	for (size_t i = 0; rc == PV_OK && i < merge->field_count; i++)
		rc = add_new(s, &known, &merge->fields[i]);
	pv_map_dispose(&known);
	return rc;
}

/* --- words --------------------------------------------------------------- */

/* A JSON document that is a string; NULL for anything else. */
static int read_string(pv_json_doc **out, pv_str *text_out, const char *json,
		       pv_error *err)
{
	int rc;

	*out = NULL;
	text_out->ptr = NULL;
	if (!json || *json != '"')
		return PV_OK;
	rc = pv_json_parse(out, json, strlen(json), err);
	if (rc == PV_OK)
		text_out->ptr = pv_json_text(pv_json_root(*out), &text_out->len);
	return rc;
}

static int copy_runs(pv_arena *arena, pv_diff_run *runs, size_t count,
		     pv_error *err)
{
	for (size_t i = 0; i < count; i++) {
		runs[i].text = pv_arena_dup(arena, runs[i].text, runs[i].len);
		if (!runs[i].text)
			return pv_fail_nomem(err);
	}
	return PV_OK;
}

static int compare_words(const pv_diff_run **out, size_t *count_out,
			 struct search *s, pv_str base, pv_str side)
{
	pv_arena *arena = &s->found->arena;
	pv_diff_run *runs = NULL;
	int rc = pv_runs_of_words(&runs, count_out, arena, base, side, s->err);

	if (rc == PV_OK)
		rc = copy_runs(arena, runs, *count_out, s->err);
	*out = runs;
	return rc;
}

static int add_words(struct search *s, pv_merge_conflict *row)
{
	const char *values[3] = { row->base_json, row->ours_json,
				  row->theirs_json };
	pv_json_doc *docs[3] = { NULL, NULL, NULL };
	pv_str texts[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	int rc = PV_OK;

	for (size_t i = 0; i < 3 && rc == PV_OK; i++)
		rc = read_string(&docs[i], &texts[i], values[i], s->err);
	if (rc == PV_OK && texts[0].ptr && texts[1].ptr && texts[2].ptr) {
		rc = compare_words(&row->our_words, &row->our_word_count, s,
				   texts[0], texts[1]);
		if (rc == PV_OK)
			rc = compare_words(&row->their_words,
					   &row->their_word_count, s, texts[0],
					   texts[2]);
	}
	for (size_t i = 0; i < 3; i++)
		pv_json_free(docs[i]);
	return rc;
}

/* --- the whole file ------------------------------------------------------ */

static int quote_side(const char **out, struct search *s,
		      const pv_merge_side *side)
{
	pv_buf json = { 0 };
	pv_jsonw writer;
	int rc;

	*out = NULL;
	if (!side->text)
		return PV_OK;
	pv_jsonw_init(&writer, &json);
	pv_jsonw_stringn(&writer, side->text, side->len);
	rc = pv_buf_status(&json, s->err);
	if (rc == PV_OK) {
		*out = pv_arena_dup(&s->found->arena, json.ptr, json.len);
		if (!*out)
			rc = pv_fail_nomem(s->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

/* Whether the fields go together, as in a file that git merged by lines. */
static int is_merged(const struct search *s, const pv_merge_input *input)
{
	return s->found->merge && pv_merge_markers(s->found->merge) == 0 &&
	       input->ours.text && input->theirs.text;
}

static int add_whole_file(struct search *s, const pv_merge_input *input)
{
	pv_merge_conflict row = { .path = "",
				  .taken = is_merged(s, input)
						   ? PV_MERGE_TAKES_BOTH
						   : PV_MERGE_TAKES_NONE };
	int rc = quote_side(&row.base_json, s, &input->base);

	if (rc == PV_OK)
		rc = quote_side(&row.ours_json, s, &input->ours);
	if (rc == PV_OK)
		rc = quote_side(&row.theirs_json, s, &input->theirs);
	return rc < 0 ? rc : add_row(s->found, &row, s->err);
}

int pv_merge_conflicts_find(pv_merge_conflicts **out,
			    const pv_merge_input *input, pv_error *err)
{
	struct search s = { .err = err };
	int rc;

	*out = NULL;
	s.found = pv_calloc(1, sizeof(*s.found));
	if (!s.found)
		return pv_fail_nomem(err);
	rc = add_marked(&s, input);
	if (rc == PV_OK && s.found->count == 0)
		rc = add_whole_file(&s, input);
	for (size_t i = 0; i < s.found->count && rc == PV_OK; i++)
		rc = add_words(&s, &s.found->items[i]);
	if (rc < 0) {
		pv_merge_conflicts_free(s.found);
		return rc;
	}
	*out = s.found;
	return PV_OK;
}

void pv_merge_conflicts_free(pv_merge_conflicts *conflicts)
{
	if (!conflicts)
		return;
	pv_merge_free(conflicts->merge);
	pv_arena_dispose(&conflicts->arena);
	pv_free(conflicts->items);
	pv_free(conflicts);
}

size_t pv_merge_conflicts_count(const pv_merge_conflicts *conflicts)
{
	return conflicts->count;
}

const pv_merge_conflict *pv_merge_conflicts_at(const pv_merge_conflicts *conflicts,
					       size_t idx)
{
	return idx < conflicts->count ? &conflicts->items[idx] : NULL;
}
