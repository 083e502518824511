/* SPDX-License-Identifier: MIT
 *
 * Each conflict is settled in a run of its own, as a person does it.
 */
#include "judge/settling.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "diff/tree.h"

static int report(pv_buf *out, enum pv_settle_how how, const char *field,
		  const char *what)
{
	pv_buf_printf(out, "%s of \"%s\": %s",
		      how == PV_SETTLE_OURS ? "ours" : "theirs", field, what);
	return 1;
}

static int is_yaml(pv_str text)
{
	pv_arena arena = { 0 };
	pv_tree *tree = NULL;
	pv_yaml *doc = NULL;
	int rc = pv_tree_read(&tree, &doc, &arena, text, NULL);

	pv_yaml_free(doc);
	pv_arena_dispose(&arena);
	return rc == PV_OK;
}

static int is_yaml_side(const pv_merge_side *side)
{
	return side->text && is_yaml((pv_str){ side->text, side->len });
}

/* Settles one; a field whose conflict has gone with another one is settled. */
static int settle(pv_buf *out, pv_buf *text, const pv_merge_input *input,
		  const char *field, enum pv_settle_how how)
{
	pv_settle call = { how, *field ? field : NULL, NULL, 0 };
	pv_unmerged *file = NULL;
	pv_error err = { 0 };
	int found = 0;
	int rc = pv_unmerged_new(&file, input, pv_buf_text(text), text->len,
				 &err);

	if (rc == PV_OK && pv_unmerged_markers(file) > 0)
		rc = pv_unmerged_settle(file, &call, &err);
	if (rc < 0) {
		found = report(out, how, field, err.message);
	} else {
		pv_buf_clear(text);
		pv_buf_puts(text, pv_unmerged_text(file, NULL));
	}
	pv_unmerged_free(file);
	return found;
}

static int check_settled(pv_buf *out, const pv_buf *text,
			 const pv_merge_input *input, enum pv_settle_how how)
{
	const pv_str made = { pv_buf_text(text), text->len };
	pv_unmerged *file = NULL;
	int found = 0;

	if (pv_unmerged_new(&file, input, made.ptr, made.len, NULL) < 0 ||
	    pv_unmerged_markers(file) > 0)
		found = report(out, how, "", "there are markers left");
	pv_unmerged_free(file);
	if (!found && is_yaml_side(&input->ours) &&
	    is_yaml_side(&input->theirs) && !is_yaml(made))
		found = report(out, how, "", "it is no YAML");
	return found;
}

static int settle_all(pv_buf *out, const pv_merge_input *input,
		      const pv_merge_conflicts *rows, const pv_merge *merge,
		      enum pv_settle_how how)
{
	size_t len;
	const char *made = pv_merge_text(merge, &len);
	pv_buf text = { 0 };
	int found = 0;

	pv_buf_put(&text, made, len);
	for (size_t i = 0; i < pv_merge_conflicts_count(rows) && !found; i++)
		found = settle(out, &text, input,
			       pv_merge_conflicts_at(rows, i)->path, how);
	if (!found)
		found = check_settled(out, &text, input, how);
	pv_buf_dispose(&text);
	return found;
}

/* --- what is said of them ------------------------------------------------ */

/* Whether two values are, whatever the order of their keys. */
static int is_same(const char *a, const char *b)
{
	pv_arena arena = { 0 };
	pv_tree *trees[2] = { NULL, NULL };
	pv_yaml *docs[2] = { NULL, NULL };
	int same = a == b;

	if (a && b)
		same = pv_tree_read(&trees[0], &docs[0], &arena, pv_str_of(a),
				    NULL) == PV_OK &&
		       pv_tree_read(&trees[1], &docs[1], &arena, pv_str_of(b),
				    NULL) == PV_OK &&
		       pv_tree_cmp(trees[0], trees[1]) == 0;
	pv_yaml_free(docs[0]);
	pv_yaml_free(docs[1]);
	pv_arena_dispose(&arena);
	return same;
}

static int is_raised(const char *path)
{
	static const char *const names[] = { "version", "updated", "date" };
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (!strcmp(dot ? dot + 1 : path, names[i]))
			return 1;
	return 0;
}

static int has_path(const pv_merge_side *side, const char *path)
{
	pv_yaml *doc = NULL;
	const pv_yaml_node *node = NULL;
	int found = pv_yaml_parse(&doc, side->text, side->len, NULL, NULL) ==
			    PV_OK &&
		    pv_yaml_find(&node, doc, path, NULL) == PV_OK;

	pv_yaml_free(doc);
	return found;
}

/*
 * Whether the values of a field say all about it: it is there on all sides
 * under this name, has no comments, and is no element of a list, which may clash
 * with one that comes or goes beside it.
 */
static int is_bare(const pv_merge_conflict *row, const pv_merge_input *input)
{
	const pv_merge_side *sides[] = { &input->base, &input->ours,
					 &input->theirs };

	for (size_t i = 0; i < pv_array_len(sides); i++)
		if (!sides[i]->text || !has_path(sides[i], row->path) ||
		    memchr(sides[i]->text, '#', sides[i]->len))
			return 0;
	return *row->path && row->path[strlen(row->path) - 1] != ']';
}

/* Whether a row says wrongly that it is in conflict itself, or is not. */
static int is_mistaken(const pv_merge_conflict *row, const pv_merge_input *input)
{
	int is_ours = !is_same(row->base_json, row->ours_json);
	int is_theirs = !is_same(row->base_json, row->theirs_json);

	switch (row->taken) {
	case PV_MERGE_TAKES_OURS:
		return is_theirs && !is_raised(row->path) && row->ours_json;
	case PV_MERGE_TAKES_THEIRS:
		return is_ours && !is_raised(row->path) && row->theirs_json;
	case PV_MERGE_TAKES_BOTH:
		return *row->path != '\0';
	case PV_MERGE_TAKES_NONE:
		break;
	}
	return is_ours != is_theirs && is_bare(row, input);
}

/* What an alias stands for changes without it. */
static int may_have_alias(const pv_merge_input *input)
{
	return strstr(input->base.text ? input->base.text : "", " &") ||
	       strstr(input->ours.text ? input->ours.text : "", " &") ||
	       strstr(input->theirs.text ? input->theirs.text : "", " &");
}

static int find_mistake(pv_buf *out, const pv_merge_input *input,
			const pv_merge_conflicts *rows)
{
	int is_told = !may_have_alias(input);

	for (size_t i = 0; is_told && i < pv_merge_conflicts_count(rows); i++) {
		const pv_merge_conflict *row = pv_merge_conflicts_at(rows, i);

		if (!is_mistaken(row, input))
			continue;
		pv_buf_printf(out, "\"%s\" is said to be %s", row->path,
			      row->taken ? "no clash" : "a clash");
		return 1;
	}
	return 0;
}

int settling_by_names(pv_buf *out, const pv_merge_input *input,
		      const pv_merge *merge)
{
	pv_merge_conflicts *rows = NULL;
	int found;

	if (pv_merge_conflicts_find(&rows, input, NULL) < 0) {
		pv_buf_puts(out, "the conflicts are not found");
		return 1;
	}
	found = find_mistake(out, input, rows) ||
		settle_all(out, input, rows, merge, PV_SETTLE_OURS) ||
		settle_all(out, input, rows, merge, PV_SETTLE_THEIRS);
	pv_merge_conflicts_free(rows);
	return found;
}
