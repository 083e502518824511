/* SPDX-License-Identifier: MIT
 *
 * Where two sides contradict each other, field by field: the fields that the
 * merge itself marks. Where it can only mark lines, a walk over three trees at
 * once names fields; it goes down wherever both sides changed something and
 * stops where they cannot be told apart any further.
 */
#include <pv/merge.h>

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "diff/align.h"
#include "diff/path.h"
#include "diff/tokens.h"
#include "merge/file.h"

struct pv_merge_conflicts {
	pv_arena arena;
	pv_merge *merge; /* NULL for binary files */
	pv_merge_conflict *items;
	size_t count;
	size_t cap;
};

/* One field on the three sides; NULL where a side lacks it. */
struct three {
	const pv_tree *base;
	const pv_tree *ours;
	const pv_tree *theirs;
};

struct walk {
	pv_merge_conflicts *found;
	pv_buf path;
	pv_error *err;
};

/* --- rows ---------------------------------------------------------------- */

static int copy_json(const char **out, struct walk *w, const pv_tree *tree)
{
	pv_buf json = { 0 };
	int rc;

	*out = NULL;
	if (!tree)
		return PV_OK;
	rc = pv_yaml_to_json(&json, tree->node, w->err);
	if (rc == PV_OK) {
		*out = pv_arena_dup(&w->found->arena, json.ptr, json.len);
		if (!*out)
			rc = pv_fail_nomem(w->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

static int add_row(pv_merge_conflicts *found, const pv_merge_conflict *row,
		   pv_error *err)
{
	if (pv_array_reserve(&found->items, &found->cap, found->count + 1,
			     sizeof(*found->items)) < 0)
		return pv_fail_nomem(err);
	found->items[found->count++] = *row;
	return PV_OK;
}

static int add_field(struct walk *w, const struct three *field)
{
	pv_merge_conflict row = { 0 };
	int rc = pv_buf_status(&w->path, w->err);

	if (rc < 0)
		return rc;
	row.path = pv_arena_dup(&w->found->arena, pv_buf_text(&w->path),
				w->path.len);
	if (!row.path)
		return pv_fail_nomem(w->err);
	rc = copy_json(&row.base_json, w, field->base);
	if (rc == PV_OK)
		rc = copy_json(&row.ours_json, w, field->ours);
	if (rc == PV_OK)
		rc = copy_json(&row.theirs_json, w, field->theirs);
	return rc < 0 ? rc : add_row(w->found, &row, w->err);
}

/* --- the merge itself ---------------------------------------------------- */

/* The same path again is left out. */
static int add_new(struct walk *w, pv_map *known, const pv_merge_conflict *field)
{
	static char mark; /* any value but NULL */
	void *old = NULL;
	int rc;

	if (!*field->path)
		return PV_OK;
	rc = pv_map_set(known, pv_str_of(field->path), &mark, &old, w->err);
	return rc < 0 || old ? rc : add_row(w->found, field, w->err);
}

/* The fields with markers around them. */
static int add_marked(struct walk *w, const pv_merge_input *input)
{
	const pv_merge *merge;
	pv_map known = { 0 };
	int rc = pv_merge_new(&w->found->merge, input, w->err);

	if (rc == PV_EUNSUPPORTED) {
		pv_error_clear(w->err);
		return PV_OK;
	}
	merge = w->found->merge;
	for (size_t i = 0; rc == PV_OK && i < merge->field_count; i++)
		rc = add_new(w, &known, &merge->fields[i]);
	pv_map_dispose(&known);
	return rc;
}

/* Whether the merge has nothing to say about fields. */
static int is_open(const pv_merge_conflicts *found)
{
	return found->count == 0 && (!found->merge || found->merge->markers > 0);
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
			 struct walk *w, pv_str base, pv_str side)
{
	pv_arena *arena = &w->found->arena;
	pv_diff_run *runs = NULL;
	int rc = pv_runs_of_words(&runs, count_out, arena, base, side, w->err);

	if (rc == PV_OK)
		rc = copy_runs(arena, runs, *count_out, w->err);
	*out = runs;
	return rc;
}

static int add_words(struct walk *w, pv_merge_conflict *row)
{
	const char *values[3] = { row->base_json, row->ours_json,
				  row->theirs_json };
	pv_json_doc *docs[3] = { NULL, NULL, NULL };
	pv_str texts[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	int rc = PV_OK;

	for (size_t i = 0; i < 3 && rc == PV_OK; i++)
		rc = read_string(&docs[i], &texts[i], values[i], w->err);
	if (rc == PV_OK && texts[0].ptr && texts[1].ptr && texts[2].ptr) {
		rc = compare_words(&row->our_words, &row->our_word_count, w,
				   texts[0], texts[1]);
		if (rc == PV_OK)
			rc = compare_words(&row->their_words,
					   &row->their_word_count, w, texts[0],
					   texts[2]);
	}
	for (size_t i = 0; i < 3; i++)
		pv_json_free(docs[i]);
	return rc;
}

/* --- the walk ------------------------------------------------------------ */

static int is_same(const pv_tree *a, const pv_tree *b)
{
	return a == b || (a && b && pv_tree_cmp(a, b) == 0);
}

/* At most one side changed it, or both did the same. */
static int is_settled(const struct three *field)
{
	return is_same(field->ours, field->theirs) ||
	       is_same(field->base, field->ours) ||
	       is_same(field->base, field->theirs);
}

static int same_tag(const pv_tree *a, const pv_tree *b)
{
	const char *left = a && a->node->tag ? a->node->tag : "";
	const char *right = b && b->node->tag ? b->node->tag : "";

	return strcmp(left, right) == 0;
}

static int tags_settled(const struct three *field)
{
	return same_tag(field->ours, field->theirs) ||
	       same_tag(field->base, field->ours) ||
	       same_tag(field->base, field->theirs);
}

static int are_mappings(const struct three *field)
{
	return field->ours && field->theirs && pv_tree_is_mapping(field->ours) &&
	       pv_tree_is_mapping(field->theirs) &&
	       (!field->base || pv_tree_is_mapping(field->base));
}

static int are_lists(const struct three *field)
{
	return field->base && field->ours && field->theirs &&
	       pv_tree_is_list(field->base) && pv_tree_is_list(field->ours) &&
	       pv_tree_is_list(field->theirs);
}

static int visit(struct walk *w, const struct three *field);

static const pv_tree *member_of(const pv_tree *map, const pv_tree *like)
{
	return map ? pv_tree_find(map, like) : NULL;
}

static int visit_member(struct walk *w, const struct three *maps,
			const pv_tree *like)
{
	struct three field = { member_of(maps->base, like),
			       member_of(maps->ours, like),
			       member_of(maps->theirs, like) };
	size_t len = w->path.len;
	int rc;

	pv_path_put_key(&w->path, like->key);
	rc = visit(w, &field);
	pv_buf_truncate(&w->path, len);
	return rc;
}

static int visit_maps(struct walk *w, const struct three *maps)
{
	const pv_tree *ours = maps->ours;
	const pv_tree *theirs = maps->theirs;
	int rc = PV_OK;

	for (size_t i = 0; i < ours->count && rc == PV_OK; i++)
		rc = visit_member(w, maps, &ours->items[i]);
	for (size_t i = 0; i < theirs->count && rc == PV_OK; i++)
		if (!pv_tree_find(ours, &theirs->items[i]))
			rc = visit_member(w, maps, &theirs->items[i]);
	return rc;
}

/* --- lists --------------------------------------------------------------- */

/* One side's new elements, gap by gap; a gap ends at a base element. */
struct additions {
	const pv_alignment *al;
	const pv_tree *list;
	size_t at;
};

/* The next run of new elements; `*gap_out` is how much of base is before. */
static size_t next_addition(struct additions *side, size_t *from_out,
			    size_t *gap_out)
{
	const pv_alignment *al = side->al;
	size_t count = 0;

	while (side->at < al->new_count && al->old_of[side->at] != PV_NO_MATE) {
		if (!al->moved[side->at])
			*gap_out = al->old_of[side->at] + 1;
		side->at++;
	}
	*from_out = side->at;
	for (; side->at < al->new_count && al->old_of[side->at] == PV_NO_MATE;
	     side->at++)
		count++;
	return count;
}

static int same_elements(const pv_tree *a, const pv_tree *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pv_tree_cmp(&a[i], &b[i]) != 0)
			return 0;
	return 1;
}

/* Whether both sides put different elements between the same two of base. */
static int additions_clash(struct additions ours, struct additions theirs)
{
	size_t from[2] = { 0, 0 };
	size_t gap[2] = { 0, 0 };
	size_t count[2];

	count[0] = next_addition(&ours, &from[0], &gap[0]);
	count[1] = next_addition(&theirs, &from[1], &gap[1]);
	while (count[0] > 0 && count[1] > 0) {
		const size_t gaps[2] = { gap[0], gap[1] };

		if (gaps[0] == gaps[1] &&
		    (count[0] != count[1] ||
		     !same_elements(&ours.list->items[from[0]],
				    &theirs.list->items[from[1]], count[0])))
			return 1;
		if (gaps[0] <= gaps[1])
			count[0] = next_addition(&ours, &from[0], &gap[0]);
		if (gaps[1] <= gaps[0])
			count[1] = next_addition(&theirs, &from[1], &gap[1]);
	}
	return 0;
}

static const pv_tree *element_of(const pv_tree *list, size_t idx)
{
	return idx == PV_NO_MATE ? NULL : &list->items[idx];
}

static int visit_elements(struct walk *w, const struct three *lists,
			  const pv_alignment *ours, const pv_alignment *theirs)
{
	size_t len = w->path.len;
	int rc = PV_OK;

	for (size_t i = 0; i < lists->base->count && rc == PV_OK; i++) {
		size_t place = ours->new_of[i];
		struct three field = {
			&lists->base->items[i],
			element_of(lists->ours, place),
			element_of(lists->theirs, theirs->new_of[i]),
		};

		pv_path_put_index(&w->path, place == PV_NO_MATE ? i : place);
		rc = visit(w, &field);
		pv_buf_truncate(&w->path, len);
	}
	return rc;
}

static int visit_lists(struct walk *w, const struct three *lists)
{
	pv_alignment ours = { 0 };
	pv_alignment theirs = { 0 };
	struct additions added[2] = { { &ours, lists->ours, 0 },
				      { &theirs, lists->theirs, 0 } };
	int rc = pv_align(&ours, lists->base, lists->ours, w->err);

	if (rc == PV_OK)
		rc = pv_align(&theirs, lists->base, lists->theirs, w->err);
	if (rc == PV_OK && additions_clash(added[0], added[1]))
		rc = add_field(w, lists);
	else if (rc == PV_OK)
		rc = visit_elements(w, lists, &ours, &theirs);
	pv_alignment_dispose(&ours);
	pv_alignment_dispose(&theirs);
	return rc;
}

static int visit(struct walk *w, const struct three *field)
{
	if (is_settled(field))
		return PV_OK;
	if (!tags_settled(field))
		return add_field(w, field);
	if (are_mappings(field))
		return visit_maps(w, field);
	if (are_lists(field))
		return visit_lists(w, field);
	return add_field(w, field);
}

/* --- the three texts ----------------------------------------------------- */

/* `*out` stays NULL when the side is no YAML or not there. */
static int read_side(pv_tree **out, pv_yaml **doc_out, struct walk *w,
		     const pv_merge_side *side)
{
	pv_str text = { side->text, side->len };
	int rc = PV_OK;

	if (side->text)
		rc = pv_tree_read(out, doc_out, &w->found->arena, text, w->err);
	if (rc == PV_ENOMEM || rc == PV_OK)
		return rc;
	pv_error_clear(w->err);
	return PV_OK;
}

static int walk_texts(struct walk *w, const pv_merge_input *input)
{
	const pv_merge_side *sides[3] = { &input->base, &input->ours,
					  &input->theirs };
	pv_yaml *docs[3] = { NULL, NULL, NULL };
	pv_tree *trees[3] = { NULL, NULL, NULL };
	struct three root;
	int rc = PV_OK;

	for (size_t i = 0; i < 3 && rc == PV_OK; i++)
		rc = read_side(&trees[i], &docs[i], w, sides[i]);
	root.base = trees[0];
	root.ours = trees[1];
	root.theirs = trees[2];
	if (rc == PV_OK && root.ours && root.theirs &&
	    (root.base || !input->base.text))
		rc = visit(w, &root);
	for (size_t i = 0; i < 3; i++)
		pv_yaml_free(docs[i]);
	return rc;
}

static int quote_side(const char **out, struct walk *w, const pv_merge_side *side)
{
	pv_buf json = { 0 };
	pv_jsonw writer;
	int rc;

	*out = NULL;
	if (!side->text)
		return PV_OK;
	pv_jsonw_init(&writer, &json);
	pv_jsonw_stringn(&writer, side->text, side->len);
	rc = pv_buf_status(&json, w->err);
	if (rc == PV_OK) {
		*out = pv_arena_dup(&w->found->arena, json.ptr, json.len);
		if (!*out)
			rc = pv_fail_nomem(w->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

static int add_whole_file(struct walk *w, const pv_merge_input *input)
{
	pv_merge_conflict row = { .path = "" };
	int rc = quote_side(&row.base_json, w, &input->base);

	if (rc == PV_OK)
		rc = quote_side(&row.ours_json, w, &input->ours);
	if (rc == PV_OK)
		rc = quote_side(&row.theirs_json, w, &input->theirs);
	return rc < 0 ? rc : add_row(w->found, &row, w->err);
}

int pv_merge_conflicts_find(pv_merge_conflicts **out,
			    const pv_merge_input *input, pv_error *err)
{
	struct walk w = { .err = err };
	int rc;

	*out = NULL;
	w.found = pv_calloc(1, sizeof(*w.found));
	if (!w.found)
		return pv_fail_nomem(err);
	rc = add_marked(&w, input);
	if (rc == PV_OK && is_open(w.found))
		rc = walk_texts(&w, input);
	if (rc == PV_OK && w.found->count == 0)
		rc = add_whole_file(&w, input);
	for (size_t i = 0; i < w.found->count && rc == PV_OK; i++)
		rc = add_words(&w, &w.found->items[i]);
	pv_buf_dispose(&w.path);
	if (rc < 0) {
		pv_merge_conflicts_free(w.found);
		return rc;
	}
	*out = w.found;
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
