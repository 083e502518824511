/* SPDX-License-Identifier: MIT
 *
 * Settling a conflict by a value. It is set in a view of the file that has
 * every conflict settled, so that it is YAML; what differs afterwards is
 * carried over to the file.
 */
#include "merge/settle.h"

#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"

/* --- views --------------------------------------------------------------- */

/* The file with all conflicts settled for a side, and where they were. */
struct view {
	pv_buf text;
	size_t *from;
	size_t *end;
};

static int view_make(struct view *view, const pv_settling *s, enum pv_side picked)
{
	const pv_blocks *blocks = &s->file->blocks;
	size_t at = 0;

	view->from = pv_calloc(2 * blocks->count + 1, sizeof(*view->from));
	if (!view->from)
		return pv_fail_nomem(s->err);
	view->end = view->from + blocks->count;
	for (size_t i = 0; i < blocks->count; i++) {
		const pv_block *block = &blocks->items[i];

		pv_put(&view->text, pv_slice(s->file->plain, at, block->from));
		view->from[i] = view->text.len;
		pv_put(&view->text,
		       block->sides[pv_settling_is_picked(s, i) ? picked : PV_OURS]);
		view->end[i] = view->text.len;
		at = block->end;
	}
	pv_put(&view->text, pv_slice(s->file->plain, at, s->file->plain.len));
	return pv_buf_status(&view->text, s->err);
}

static void view_dispose(struct view *view)
{
	pv_buf_dispose(&view->text);
	pv_free(view->from);
}

/* The YAML in a text, all of it or the front matter; 0 when there is none. */
static int yaml_of(pv_str *out, const pv_unmerged *file, pv_str text)
{
	pv_str parts[3];

	*out = text;
	if (file->kind == PV_KIND_YAML)
		return 1;
	if (file->kind != PV_KIND_FRONT || !pv_ladder_split(parts, text))
		return 0;
	*out = parts[1];
	return 1;
}

static int parse(pv_yaml **out, pv_str yaml, pv_error *err)
{
	pv_yaml_options opts = { .tags = PV_YAML_TAGS_KEEP };

	return pv_yaml_parse(out, yaml.ptr, yaml.len, &opts, err);
}

/* Whether a view is YAML, where it should be. */
static int view_reads(int *ok_out, const pv_settling *s, const struct view *view)
{
	pv_str text = { pv_buf_text(&view->text), view->text.len };
	pv_yaml *doc = NULL;
	pv_str yaml;
	int rc;

	*ok_out = !yaml_of(&yaml, s->file, text);
	if (*ok_out)
		return PV_OK;
	rc = parse(&doc, yaml, s->err);
	pv_yaml_free(doc);
	*ok_out = rc == PV_OK;
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(s->err);
	return PV_OK;
}

/* The view of a text that is to be the file, conflicts settled for ours. */
static int view_of(struct view *view, const pv_settling *s, pv_str plain)
{
	pv_settling rest = { .file = s->file, .how = s->how, .err = s->err };
	pv_unmerged copy = *s->file;
	int rc;

	memset(&copy.blocks, 0, sizeof(copy.blocks));
	copy.plain = plain;
	rest.file = &copy;
	rc = pv_unmerged_scan(&copy.blocks, s->file, plain, s->err);
	if (rc == PV_OK)
		rc = view_make(view, &rest, PV_OURS);
	pv_blocks_dispose(&copy.blocks);
	return rc;
}

int pv_settling_reads(int *ok_out, const pv_settling *s, pv_str plain)
{
	struct view view = { 0 };
	int rc = view_of(&view, s, plain);

	*ok_out = 0;
	if (rc == PV_OK)
		rc = view_reads(ok_out, s, &view);
	view_dispose(&view);
	return rc;
}

/* --- values -------------------------------------------------------------- */

/* Whether two paths differ in nothing but the positions in lists. */
static int same_keys(const char *a, const char *b)
{
	while (*a && *a == *b) {
		if (*a != '[') {
			a++;
			b++;
			continue;
		}
		a += strcspn(a, "]");
		b += strcspn(b, "]");
	}
	return !*a && !*b;
}

static int has_path(int *has_out, const pv_yaml_node *node, const char *field,
		    pv_error *err)
{
	pv_buf path = { 0 };
	int rc = pv_yaml_path(&path, node, err);

	if (rc == PV_OK)
		*has_out |= same_keys(pv_buf_text(&path), field);
	pv_buf_dispose(&path);
	for (node = node->first; node && rc == PV_OK && !*has_out;
	     node = node->next)
		rc = has_path(has_out, node, field, err);
	return rc;
}

int pv_settling_has(int *has_out, const pv_settling *s, pv_str plain)
{
	struct view view = { 0 };
	pv_yaml *doc = NULL;
	pv_str text;
	pv_str yaml;
	int rc = view_of(&view, s, plain);

	*has_out = 0;
	text.ptr = pv_buf_text(&view.text);
	text.len = view.text.len;
	if (rc == PV_OK && !yaml_of(&yaml, s->file, text)) {
		*has_out = 1;
	} else if (rc == PV_OK) {
		rc = parse(&doc, yaml, s->err);
		if (rc == PV_OK)
			rc = has_path(has_out, pv_yaml_root(doc), s->how->field,
				      s->err);
		/* The text behind front matter. */
		*has_out |= s->file->kind == PV_KIND_FRONT &&
			    strncmp(s->how->field, "body", 4) == 0;
	}
	pv_yaml_free(doc);
	view_dispose(&view);
	return rc;
}

/* The search for the node of a field in a view. */
struct search {
	const char *field;
	size_t from; /* of what is in conflict, in the YAML */
	size_t end;
	const pv_yaml_node *found;
	int is_inside; /* what was found overlaps, it does not only touch */
	pv_error *err;
};

static int try_node(struct search *search, const pv_yaml_node *node)
{
	size_t from = node->key ? node->key->outer_start : node->outer_start;
	int overlaps = from < search->end && node->end > search->from;
	pv_buf path = { 0 };
	int rc;

	if (from > search->end || node->end < search->from ||
	    (search->found && (search->is_inside || !overlaps)))
		return PV_OK;
	rc = pv_yaml_path(&path, node, search->err);
	if (rc == PV_OK && same_keys(pv_buf_text(&path), search->field)) {
		search->found = node;
		search->is_inside = overlaps;
	}
	pv_buf_dispose(&path);
	return rc;
}

static int find_node(struct search *search, const pv_yaml_node *node)
{
	int rc = try_node(search, node);

	for (node = node->first; node && rc == PV_OK; node = node->next)
		rc = find_node(search, node);
	return rc;
}

/* Sets the field in the YAML of a view; the new YAML is appended to `out`. */
static int set_value(pv_buf *out, const pv_settling *s, pv_str yaml,
		     const size_t range[2])
{
	struct search search = { .field = s->how->field,
				 .from = range[0],
				 .end = range[1],
				 .err = s->err };
	pv_yaml *doc = NULL;
	pv_buf path = { 0 };
	int rc = parse(&doc, yaml, s->err);

	if (rc == PV_OK)
		rc = find_node(&search, pv_yaml_root(doc));
	if (rc == PV_OK && !search.found)
		rc = pv_fail(s->err, PV_EUNSUPPORTED,
			     "\"%.80s\" cannot be set from here", s->how->field);
	if (rc == PV_OK)
		rc = pv_yaml_path(&path, search.found, s->err);
	if (rc == PV_OK)
		rc = pv_yaml_set(doc, pv_buf_text(&path), s->how->value, s->err);
	if (rc == PV_OK) {
		pv_str text = { NULL, 0 };

		text.ptr = pv_yaml_text(doc, &text.len);
		pv_put(out, text);
		rc = pv_buf_status(out, s->err);
	}
	pv_buf_dispose(&path);
	pv_yaml_free(doc);
	return rc;
}

/* What has to be replaced in a view, and by what. */
struct patch {
	size_t from;
	size_t end;
	pv_str text;
};

/* Never more than what both have in common, nor into what is in conflict. */
static struct patch find_patch(const pv_settling *s, const struct view *view,
			       pv_str now)
{
	pv_str was = { pv_buf_text(&view->text), view->text.len };
	size_t head = view->from[s->first];
	size_t tail = was.len - view->end[s->last];
	struct patch patch = { 0, 0, { NULL, 0 } };
	size_t same = 0;

	while (patch.from < head && patch.from < now.len &&
	       was.ptr[patch.from] == now.ptr[patch.from])
		patch.from++;
	while (same < tail && same < now.len - patch.from &&
	       was.ptr[was.len - same - 1] == now.ptr[now.len - same - 1])
		same++;
	patch.end = was.len - same;
	patch.text = pv_slice(now, patch.from, now.len - same);
	return patch;
}

/* Where a place of the view is in the file, behind `count` blocks. */
static size_t file_place(const pv_settling *s, const struct view *view,
			 size_t at, size_t count)
{
	const pv_block *items = s->file->blocks.items;

	for (size_t i = 0; i < count; i++) {
		at += items[i].end - items[i].from;
		at -= view->end[i] - view->from[i];
	}
	return at;
}

static int apply_patch(pv_settling *s, const struct view *view,
		       const struct patch *patch)
{
	pv_str plain = s->file->plain;
	size_t count = s->file->blocks.count;
	pv_buf next = { 0 };

	if ((s->first > 0 && view->end[s->first - 1] > patch->from) ||
	    (s->last + 1 < count && view->from[s->last + 1] < patch->end))
		return pv_settling_refuse_apart(s);
	pv_put(&next,
	       pv_slice(plain, 0, file_place(s, view, patch->from, s->first)));
	pv_put(&next, patch->text);
	pv_put(&next,
	       pv_slice(plain, file_place(s, view, patch->end, s->last + 1),
			plain.len));
	return pv_settling_change(s, &next);
}

static int refuse_value(const pv_settling *s)
{
	pv_fail(s->err, PV_EUNSUPPORTED,
		"the conflict is not in a field of YAML: it has no value");
	return pv_error_hint(s->err, PV_EUNSUPPORTED,
			     "settle it with --ours, --theirs, --union or "
			     "--edit");
}

static int carry_over(pv_settling *s, const struct view *view, const pv_buf *now)
{
	pv_str all = { pv_buf_text(now), now->len };
	struct patch patch = find_patch(s, view, all);

	return apply_patch(s, view, &patch);
}

/* The text behind front matter, from its fence on, becomes another one. */
static int set_body(pv_settling *s, struct view *view, size_t fence)
{
	pv_str text = { pv_buf_text(&view->text), view->text.len };
	const char *end = memchr(text.ptr + fence, '\n', text.len - fence);
	pv_json_doc *doc = NULL;
	pv_buf now = { 0 };
	size_t len = 0;
	const char *value;
	int rc = pv_json_parse(&doc, s->how->value, s->how->len, s->err);

	if (rc < 0)
		return rc;
	value = pv_json_text(pv_json_root(doc), &len);
	pv_put(&now,
	       pv_slice(text, 0, end ? (size_t)(end - text.ptr) + 1 : text.len));
	if (value) {
		pv_buf_put(&now, value, len);
		if (len > 0 && value[len - 1] != '\n')
			pv_buf_putc(&now, '\n');
		rc = pv_buf_status(&now, s->err);
	} else {
		rc = pv_fail(s->err, PV_EINVALID, "\"%.80s\" is a text",
			     s->how->field);
	}
	if (rc == PV_OK)
		rc = carry_over(s, view, &now);
	pv_json_free(doc);
	pv_buf_dispose(&now);
	return rc;
}

/* Appends a view with the value set in its YAML. */
static int edit_yaml(pv_buf *now, const pv_settling *s, const struct view *view,
		     pv_str yaml)
{
	pv_str text = { pv_buf_text(&view->text), view->text.len };
	size_t head = (size_t)(yaml.ptr - text.ptr);
	size_t range[2] = { view->from[s->first] - head,
			    view->end[s->last] - head };
	int rc;

	if (view->from[s->first] < head || view->end[s->last] > head + yaml.len)
		return refuse_value(s);
	pv_put(now, pv_slice(text, 0, head));
	rc = set_value(now, s, yaml, range);
	pv_put(now, pv_slice(text, head + yaml.len, text.len));
	return rc == PV_OK ? pv_buf_status(now, s->err) : rc;
}

/* What a block has on a side once one of its fields has the value. */
static int edit_side(pv_str *out, const pv_settling *s, enum pv_side side)
{
	struct view view = { 0 };
	pv_buf now = { 0 };
	pv_buf lines = { 0 };
	pv_str yaml;
	int rc = view_make(&view, s, side);

	if (rc == PV_OK &&
	    !yaml_of(&yaml, s->file,
		     (pv_str){ pv_buf_text(&view.text), view.text.len }))
		rc = refuse_value(s);
	if (rc == PV_OK)
		rc = edit_yaml(&now, s, &view, yaml);
	if (rc == PV_OK) {
		pv_str all = { pv_buf_text(&now), now.len };
		size_t from = view.from[s->first];
		size_t tail = view.text.len - view.end[s->first];
		struct patch patch = find_patch(s, &view, all);

		if (patch.from != from || patch.end != view.end[s->first])
			rc = refuse_value(s);
		else
			pv_put(&lines, pv_slice(all, from, all.len - tail));
	}
	if (rc == PV_OK)
		rc = pv_settling_keep(out, s, &lines);
	pv_buf_dispose(&now);
	view_dispose(&view);
	return rc;
}

/* Sets one of several fields in a block, on both sides; the others stay. */
static int set_kept(pv_settling *s)
{
	const pv_block *block = &s->file->blocks.items[s->first];
	pv_str plain = s->file->plain;
	pv_str sides[PV_SIDES];
	pv_buf next = { 0 };
	int rc;

	memcpy(sides, block->sides, sizeof(sides));
	rc = edit_side(&sides[PV_OURS], s, PV_OURS);
	if (rc == PV_OK)
		rc = edit_side(&sides[PV_THEIRS], s, PV_THEIRS);
	if (rc < 0)
		return rc;
	pv_put(&next, pv_slice(plain, 0, block->from));
	pv_settling_put_kept(&next, s, s->first, sides);
	pv_put(&next, pv_slice(plain, block->end, plain.len));
	return pv_settling_change(s, &next);
}

/* Sets the value in a view and carries the change over. */
static int set_in_view(pv_settling *s, struct view *view)
{
	pv_str text = { pv_buf_text(&view->text), view->text.len };
	pv_buf now = { 0 };
	pv_str yaml;
	size_t fence;
	int rc;

	if (!yaml_of(&yaml, s->file, text))
		return refuse_value(s);
	fence = (size_t)(yaml.ptr - text.ptr) + yaml.len;
	if (view->from[s->first] >= fence)
		return set_body(s, view, fence);
	rc = edit_yaml(&now, s, view, yaml);
	if (rc == PV_OK)
		rc = carry_over(s, view, &now);
	pv_buf_dispose(&now);
	return rc;
}

int pv_settling_value(pv_settling *s)
{
	const pv_merge_conflict *field = pv_settling_field(s, s->first);
	struct view view = { 0 };
	int rc;

	if (!field || !*field->path)
		return refuse_value(s);
	if (pv_settling_is_kept(s, s->first))
		return set_kept(s);
	if (pv_settling_is_apart(s))
		return pv_settling_refuse_apart(s);
	rc = view_make(&view, s, field->ours_json ? PV_OURS : PV_THEIRS);
	if (rc == PV_OK)
		rc = set_in_view(s, &view);
	view_dispose(&view);
	return rc;
}
