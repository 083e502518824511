/* SPDX-License-Identifier: MIT
 *
 * Where entries begin the nodes say; what this file decides is to whom the
 * lines between them belong. A comment that is indented further than the
 * entries is the previous one's, and the blank lines before it with it; all
 * else is the lead of the next.
 */
#include "merge/part.h"

#include <string.h>

#include "base/fail.h"
#include "yaml/edit.h"
#include "yaml/marks.h"

struct reader {
	pv_source *source;
	pv_arena *arena;
	int gave_up;
	pv_error *err;
};

pv_str pv_part_slice(const pv_part *part, size_t from, size_t to)
{
	pv_str text = { part->source->text.ptr + from, to - from };

	return text;
}

pv_str pv_part_lead(const pv_part *part)
{
	return pv_part_slice(part, part->lead, part->line);
}

int pv_part_is_compact(const pv_part *part)
{
	return part->count > 0 && part->value > part->from &&
	       part->source->text.ptr[part->value - 1] != '\n';
}

/* --- lines between entries ----------------------------------------------- */

/* Behind the last comment in [from, to) that is indented beyond `column`. */
static size_t split_notes(const struct reader *r, size_t from, size_t to,
			  size_t column)
{
	const pv_yaml *doc = r->source->doc;
	size_t split = from;

	while (from < to) {
		size_t next = pv_yaml_line_next(doc, from);
		size_t text = pv_yaml_blank_end(doc, from);

		if (doc->text[text] == '#' && text - from > column)
			split = next;
		if (next == from)
			break;
		from = next;
	}
	return split;
}

static size_t entry_start(const pv_yaml *doc, const pv_yaml_node *child, size_t at)
{
	at = pv_yaml_skip_space(doc->text, doc->len, at);
	return !child->key || doc->text[at] == '?' ? at : child->key->outer_start;
}

static int count_properties(const pv_yaml_node *node)
{
	return (node->tag != NULL) + (node->anchor != NULL);
}

/* Behind the key's colon or the dash, and the properties of the value. */
static size_t indicator_end(const pv_yaml *doc, const pv_part *part)
{
	const pv_yaml_node *node = part->node;

	if (node->outer_start != node->start)
		return pv_yaml_properties_end(doc->text, doc->len,
					      node->outer_start,
					      count_properties(node));
	if (!node->key)
		return part->from + 1;
	return pv_yaml_find_colon(doc->text, node->key->end, node->outer_start) +
	       1;
}

/* --- taking apart -------------------------------------------------------- */

static int is_collection(const pv_yaml_node *node)
{
	return node->kind != PV_YAML_ALIAS && node->first &&
	       node->style == PV_YAML_BLOCK;
}

/* Sets `from` and `lead` of an entry; `at` is behind the one before. */
static void place_entry(struct reader *r, pv_part *item, const pv_part *parent,
			size_t at)
{
	const pv_yaml *doc = r->source->doc;
	const pv_part *previous = item > parent->items ? item - 1 : NULL;
	size_t line;

	item->from = entry_start(doc, item->node,
				 previous ? previous->node->end : at);
	line = pv_yaml_line_start(doc, item->from);
	item->column = item->from - line;
	item->line = line < at ? item->from : line;
	if (!previous) {
		item->lead = line < at ? item->from : at;
		return;
	}
	if (line < at || item->column != parent->items[0].column) {
		r->gave_up = 1;
		return;
	}
	item->lead = split_notes(r, at, line, item->column);
}

static int take_apart(struct reader *r, pv_part *part);

/* An entry is complete when it is known where the next one begins. */
static int close_entry(struct reader *r, pv_part *item, size_t end)
{
	const pv_yaml *doc = r->source->doc;
	size_t at;

	item->end = end;
	item->value = item->node->start;
	if (!is_collection(item->node))
		return PV_OK;
	at = indicator_end(doc, item);
	if (pv_yaml_ends_line(doc, at))
		item->value = pv_yaml_line_next(doc, at);
	return take_apart(r, item);
}

static int place_entries(struct reader *r, pv_part *part)
{
	const pv_yaml *doc = r->source->doc;
	const pv_yaml_node *node = part->node->first;
	size_t at = part->value;
	size_t i = 0;

	for (; node && !r->gave_up; node = node->next, i++) {
		pv_part *item = &part->items[i];

		item->source = r->source;
		item->node = node;
		item->tree = &part->tree->items[i];
		place_entry(r, item, part, at);
		at = pv_yaml_line_next(doc, node->end);
	}
	part->tail = split_notes(r, at, part->end, part->items[0].column);
	part->item_column = part->items[0].column;
	return PV_OK;
}

static int take_apart(struct reader *r, pv_part *part)
{
	size_t count = part->node->count;
	int rc;

	part->items = pv_arena_calloc(r->arena, count * sizeof(*part->items));
	if (!part->items)
		return pv_fail_nomem(r->err);
	part->count = count;
	rc = place_entries(r, part);
	for (size_t i = 0; i < count && rc == PV_OK && !r->gave_up; i++) {
		size_t end = i + 1 < count ? part->items[i + 1].lead : part->tail;

		rc = close_entry(r, &part->items[i], end);
	}
	return rc;
}

/* Behind directives, "---" and what a blank line parts from the first entry. */
static size_t prolog_end(const pv_yaml *doc, const pv_yaml_node *root)
{
	size_t stop = pv_yaml_line_start(doc, entry_start(doc, root->first,
							  root->start));
	size_t end = 0;
	size_t at = 0;

	while (at < stop) {
		size_t next = pv_yaml_line_next(doc, at);

		if (pv_yaml_is_blank(doc, at, next) || doc->text[at] == '%' ||
		    !strncmp(doc->text + at, "---", 3))
			end = next;
		at = next;
	}
	return end;
}

static int take_root_apart(struct reader *r)
{
	pv_source *source = r->source;
	pv_part *root;
	int rc;

	if (!is_collection(pv_yaml_root(source->doc)))
		return PV_OK;
	root = pv_arena_calloc(r->arena, sizeof(*root));
	if (!root)
		return pv_fail_nomem(r->err);
	root->source = source;
	root->node = pv_yaml_root(source->doc);
	root->tree = source->tree;
	root->value = prolog_end(source->doc, root->node);
	root->end = source->text.len;
	rc = take_apart(r, root);
	if (rc == PV_OK && !r->gave_up && root->items[0].lead == root->value)
		source->root = root;
	return rc;
}

int pv_source_read(pv_source *out, pv_arena *arena, pv_str text, pv_error *err)
{
	struct reader r = { out, arena, 0, err };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_tree_read(&out->tree, &out->doc, arena, text, err);
	if (rc < 0)
		return rc;
	out->text = text;
	rc = take_root_apart(&r);
	if (rc < 0)
		pv_source_dispose(out);
	return rc;
}

void pv_source_dispose(pv_source *source)
{
	pv_yaml_free(source->doc);
	memset(source, 0, sizeof(*source));
}

/* --- comparing ----------------------------------------------------------- */

int pv_part_same(const pv_part *a, const pv_part *b)
{
	return a->column == b->column &&
	       pv_str_eq(pv_part_slice(a, a->from, a->end),
			 pv_part_slice(b, b->from, b->end)) &&
	       pv_str_eq(pv_part_lead(a), pv_part_lead(b));
}

/* The comments in [from, to), where no scalar is. */
static void add_comments(pv_buf *out, const pv_part *part, size_t from, size_t to)
{
	const char *text = part->source->text.ptr;

	while (from < to) {
		const char *note = memchr(text + from, '#', to - from);
		const char *end =
			note ? memchr(note, '\n', (size_t)(text + to - note))
			     : NULL;

		if (!note)
			return;
		if (!end)
			end = text + to;
		pv_buf_put(out, note, (size_t)(end - note));
		pv_buf_putc(out, '\n');
		from = (size_t)(end - text);
	}
}

/* Where the text of a scalar begins: that of a block is below its header. */
static size_t value_start(const pv_part *part)
{
	const pv_yaml_node *node = part->node;
	pv_str text = pv_part_slice(part, node->start, node->end);
	const char *end = text.len ? memchr(text.ptr, '\n', text.len) : NULL;

	if (!end ||
	    (node->style != PV_YAML_LITERAL && node->style != PV_YAML_FOLDED))
		return node->start;
	return node->start + (size_t)(end - text.ptr);
}

/* A "#" in a tag or anchor is none, but counts as one: that does no harm. */
void pv_part_comments(pv_buf *out, const pv_part *part)
{
	const pv_yaml_node *node = part->node;
	size_t head = node->key ? node->key->end : part->from;

	add_comments(out, part, part->lead, part->line);
	if (part->count == 0) {
		int is_scalar = node->kind == PV_YAML_SCALAR;

		add_comments(out, part, head,
			     is_scalar ? value_start(part) : part->end);
		if (is_scalar)
			add_comments(out, part, node->end, part->end);
		return;
	}
	add_comments(out, part, head, part->value);
	for (size_t i = 0; i < part->count; i++)
		pv_part_comments(out, &part->items[i]);
	add_comments(out, part, part->tail, part->end);
}
