/* SPDX-License-Identifier: MIT
 *
 * Each conflict is settled in a run of its own, as a person does it.
 */
#include "judge/settling.h"

#include "base/arena.h"
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

int settling_by_names(pv_buf *out, const pv_merge_input *input,
		      const pv_merge *merge)
{
	pv_merge_conflicts *rows = NULL;
	int found;

	if (pv_merge_conflicts_find(&rows, input, NULL) < 0) {
		pv_buf_puts(out, "the conflicts are not found");
		return 1;
	}
	found = settle_all(out, input, rows, merge, PV_SETTLE_OURS) ||
		settle_all(out, input, rows, merge, PV_SETTLE_THEIRS);
	pv_merge_conflicts_free(rows);
	return found;
}
