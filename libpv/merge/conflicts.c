/* SPDX-License-Identifier: MIT
 *
 * Where two sides contradict each other, field by field: a walk over three
 * trees at once that goes down wherever both sides changed something and
 * stops where they cannot be told apart any further.
 */
#include <pv/merge.h>

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "diff/align.h"
#include "diff/path.h"

struct pv_merge_conflicts {
	pv_arena arena;
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
	rc = walk_texts(&w, input);
	if (rc == PV_OK && w.found->count == 0)
		rc = add_whole_file(&w, input);
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
