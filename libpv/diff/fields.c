/* SPDX-License-Identifier: MIT
 *
 * From two trees to the fields that differ. Paths count positions as the new
 * text has them, in containers that exist on both sides; what is gone is
 * named by its place in the old text below the nearest such container.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "diff/align.h"
#include "diff/change.h"
#include "diff/path.h"

enum {
	SHORT_JSON = 300 /* bytes, see enum pv_diff_json */
};

/* One comparison under way. */
struct walk {
	pv_diff *diff;
	pv_buf path; /* of the container in hand */
	pv_error *err;
};

/* --- paths --------------------------------------------------------------- */

/* Both return the length to go back to. */
static size_t push_key(struct walk *w, const pv_yaml_node *key)
{
	size_t len = w->path.len;

	pv_path_put_key(&w->path, key);
	return len;
}

static size_t push_index(struct walk *w, size_t idx)
{
	size_t len = w->path.len;

	pv_path_put_index(&w->path, idx);
	return len;
}

static void pop(struct walk *w, size_t len)
{
	pv_buf_truncate(&w->path, len);
}

/* --- single changes ------------------------------------------------------ */

static int add(struct walk *w, pv_change_input *input)
{
	int rc = pv_buf_status(&w->path, w->err);

	if (rc < 0)
		return rc;
	input->path.ptr = pv_buf_text(&w->path);
	input->path.len = w->path.len;
	return pv_diff_add(w->diff, input, w->err);
}

static int wants_json(const pv_diff *diff, const pv_tree *value)
{
	int is_wanted = 1;

	switch (diff->json) {
	case PV_DIFF_JSON_ALL:
		break;
	case PV_DIFF_JSON_SHORT:
		is_wanted = value->node->kind == PV_YAML_SCALAR &&
			    value->node->len <= SHORT_JSON;
		break;
	case PV_DIFF_JSON_NONE:
		is_wanted = 0;
		break;
	}
	return is_wanted;
}

/* Fills in one side of a change. */
static int set_value(const char **json_out, pv_str *text_out, pv_buf *json,
		     const struct walk *w, const pv_tree *value)
{
	int rc = PV_OK;

	*text_out = pv_tree_text(value);
	if (!wants_json(w->diff, value))
		return PV_OK;
	rc = pv_yaml_to_json(json, value->node, w->err);
	*json_out = pv_buf_text(json);
	return rc;
}

/* A field that differs as a whole; NULL for a side that lacks it. */
static int add_values(struct walk *w, const pv_tree *before, const pv_tree *after)
{
	pv_change_input input = { .kind = PV_CHANGE_MODIFIED,
				  .old_tree = before,
				  .new_tree = after };
	pv_buf old_json = { 0 };
	pv_buf new_json = { 0 };
	int rc = PV_OK;

	if (!after)
		input.kind = PV_CHANGE_REMOVED;
	else if (!before)
		input.kind = PV_CHANGE_ADDED;
	if (before)
		rc = set_value(&input.old_json, &input.old_text, &old_json, w,
			       before);
	if (after && rc == PV_OK)
		rc = set_value(&input.new_json, &input.new_text, &new_json, w,
			       after);
	if (rc == PV_OK)
		rc = add(w, &input);
	pv_buf_dispose(&old_json);
	pv_buf_dispose(&new_json);
	return rc;
}

static void put_quoted(pv_buf *out, const char *text)
{
	pv_jsonw json;

	pv_jsonw_init(&json, out);
	pv_jsonw_string(&json, text);
}

/* Two plain texts as the old and the new value of a change. */
static int add_texts(struct walk *w, pv_change_input *input, const char *before,
		     const char *after)
{
	pv_buf old_json = { 0 };
	pv_buf new_json = { 0 };
	int rc;

	put_quoted(&old_json, before);
	put_quoted(&new_json, after);
	rc = pv_buf_status(&old_json, w->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&new_json, w->err);
	input->old_json = pv_buf_text(&old_json);
	input->new_json = pv_buf_text(&new_json);
	if (rc == PV_OK)
		rc = add(w, input);
	pv_buf_dispose(&old_json);
	pv_buf_dispose(&new_json);
	return rc;
}

/* A scalar has no name to be known by, so it goes along. */
static int add_move(struct walk *w, size_t old_idx, size_t new_idx,
		    const pv_tree *element)
{
	int is_scalar = element->node->kind == PV_YAML_SCALAR;
	pv_change_input input = { .kind = PV_CHANGE_MOVED,
				  .moved = is_scalar ? element : NULL };
	pv_buf before = { 0 };
	size_t len = w->path.len;
	int rc;

	pv_buf_put(&before, pv_buf_text(&w->path), len);
	pv_buf_printf(&before, "[%zu]", old_idx);
	rc = pv_buf_status(&before, w->err);
	push_index(w, new_idx);
	if (rc == PV_OK)
		rc = pv_buf_status(&w->path, w->err);
	if (rc == PV_OK)
		rc = add_texts(w, &input, before.ptr, w->path.ptr);
	pop(w, len);
	pv_buf_dispose(&before);
	return rc;
}

/* --- containers ---------------------------------------------------------- */

static int compare(struct walk *w, const pv_tree *before, const pv_tree *after);

static int compare_member(struct walk *w, const pv_yaml_node *key,
			  const pv_tree *before, const pv_tree *after)
{
	size_t len = push_key(w, key);
	int rc = compare(w, before, after);

	pop(w, len);
	return rc;
}

static int compare_maps(struct walk *w, const pv_tree *before,
			const pv_tree *after)
{
	int rc = PV_OK;

	for (size_t i = 0; i < after->count && rc == PV_OK; i++)
		rc = compare_member(w, after->items[i].key,
				    pv_tree_find(before, &after->items[i]),
				    &after->items[i]);
	for (size_t i = 0; i < before->count && rc == PV_OK; i++)
		if (!pv_tree_find(after, &before->items[i]))
			rc = compare_member(w, before->items[i].key,
					    &before->items[i], NULL);
	return rc;
}

static int compare_element(struct walk *w, size_t idx, const pv_tree *before,
			   const pv_tree *after)
{
	size_t len = push_index(w, idx);
	int rc = compare(w, before, after);

	pop(w, len);
	return rc;
}

/* Reports the old elements up to `to` that nothing in the new list is. */
static int add_removed(struct walk *w, size_t *at, size_t to,
		       const pv_tree *before, const pv_alignment *al)
{
	int rc = PV_OK;

	for (; *at < to && rc == PV_OK; ++*at)
		if (al->new_of[*at] == PV_NO_MATE)
			rc = compare_element(w, *at, &before->items[*at], NULL);
	return rc;
}

/* The first new element from `j` on whose counterpart kept its place. */
static size_t next_anchor(const pv_alignment *al, size_t j)
{
	while (j < al->new_count && (al->old_of[j] == PV_NO_MATE || al->moved[j]))
		j++;
	return j;
}

/* In the order of the new list; what is gone comes where its gap begins. */
static int walk_list(struct walk *w, const pv_tree *before,
		     const pv_tree *after, const pv_alignment *al)
{
	size_t gone = 0; /* old elements up to here are dealt with */
	size_t anchor = 0;
	int rc = PV_OK;

	for (size_t j = 0; j <= after->count && rc == PV_OK; j++) {
		const pv_tree *mate = NULL;

		if (j == 0 || j > anchor) {
			anchor = next_anchor(al, j);
			rc = add_removed(w, &gone,
					 anchor < after->count
						 ? al->old_of[anchor]
						 : before->count,
					 before, al);
		}
		if (rc < 0 || j == after->count)
			break;
		if (al->old_of[j] != PV_NO_MATE)
			mate = &before->items[al->old_of[j]];
		if (al->moved[j])
			rc = add_move(w, al->old_of[j], j, &after->items[j]);
		if (rc == PV_OK)
			rc = compare_element(w, j, mate, &after->items[j]);
	}
	return rc;
}

static int compare_lists(struct walk *w, const pv_tree *before,
			 const pv_tree *after)
{
	pv_alignment al = { 0 };
	int rc = pv_align(&al, before, after, w->err);

	if (rc == PV_OK)
		rc = pv_align_shown(&al, before, after, w->err);
	if (rc == PV_OK)
		rc = walk_list(w, before, after, &al);
	pv_alignment_dispose(&al);
	return rc;
}

/* A tag that changes says so as text: "!Template" became "!Chat". */
static int compare_tags(struct walk *w, const pv_tree *before,
			const pv_tree *after)
{
	pv_change_input input = { .kind = PV_CHANGE_MODIFIED };
	const char *old_tag = before->node->tag ? before->node->tag : "";
	const char *new_tag = after->node->tag ? after->node->tag : "";

	if (strcmp(old_tag, new_tag) == 0)
		return PV_OK;
	return add_texts(w, &input, old_tag, new_tag);
}

static int compare(struct walk *w, const pv_tree *before, const pv_tree *after)
{
	int rc;

	if (!before || !after)
		return add_values(w, before, after);
	if (pv_tree_cmp(before, after) == 0)
		return PV_OK;
	if (before->node->kind != after->node->kind)
		return add_values(w, before, after);
	rc = compare_tags(w, before, after);
	if (rc < 0)
		return rc;
	if (pv_tree_is_mapping(after))
		return compare_maps(w, before, after);
	if (pv_tree_is_list(after))
		return compare_lists(w, before, after);
	if (before->node->type == after->node->type &&
	    pv_str_eq(before->value, after->value))
		return PV_OK;
	return add_values(w, before, after);
}

/* The fields of a document that comes or goes, one by one. */
static int add_whole(struct walk *w, const pv_tree *before, const pv_tree *after)
{
	const pv_tree *tree = after ? after : before;
	int rc = PV_OK;

	assert(tree);
	if (!pv_tree_is_mapping(tree))
		return add_values(w, before, after);
	for (size_t i = 0; i < tree->count && rc == PV_OK; i++)
		rc = compare_member(w, tree->items[i].key,
				    before ? &tree->items[i] : NULL,
				    after ? &tree->items[i] : NULL);
	return rc;
}

int pv_diff_add_fields(pv_diff *diff, const pv_tree *before,
		       const pv_tree *after, pv_error *err)
{
	struct walk w = { .diff = diff, .err = err };
	int rc;

	if (before && after)
		rc = compare(&w, before, after);
	else
		rc = add_whole(&w, before, after);
	pv_buf_dispose(&w.path);
	return rc;
}
