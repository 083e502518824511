/* SPDX-License-Identifier: MIT
 *
 * The event handlers of build.h. What libyaml lets pass is refused here:
 * aliases to nowhere or to themselves, bombs, deep nesting, equal keys, keys
 * that are no scalars, tags outside the core schema, a second document.
 *
 * Merge keys ("<<") belong to YAML 1.1: they are ordinary keys here.
 */
#include "yaml/build.h"

#include <string.h>

#include "base/fail.h"

enum {
	SMALLEST_SLAB = 4 << 10,
	LARGEST_SLAB = 1 << 20,
	FIRST_SLAB = 64 << 10, /* at most */
	NODE_BYTES = 12        /* of a slab for each byte of text, about */
};

static int fail_at(struct pv_yaml_builder *b, const pv_yaml_node *node, int code)
{
	return pv_error_at(b->err, code, "", node->line, node->column);
}

static int fail_limit(struct pv_yaml_builder *b, const pv_yaml_node *node,
		      const char *what, size_t limit)
{
	return fail_at(b, node,
		       pv_fail(b->err, PV_ELIMIT, "more than %zu %s", limit,
			       what));
}

/* Sets spans and place; `properties` of them stand before the content. */
static inline void place_node(struct pv_yaml_builder *b, pv_yaml_node *node,
			      const yaml_event_t *event, int properties)
{
	const pv_yaml *doc = b->doc;

	node->outer_start =
		pv_yaml_marks_byte(&b->marks, event->start_mark.index);
	node->start = node->outer_start;
	node->end = pv_yaml_marks_byte(&b->marks, event->end_mark.index);
	node->line = (int)event->start_mark.line + 1;
	node->column = (int)event->start_mark.column + 1;
	if (properties)
		node->start = pv_yaml_skip_properties(doc->text, doc->len,
						      node->start, properties);
	if (properties || b->marks.has_odd_breaks)
		pv_yaml_marks_place(&b->marks, node->start, &node->line,
				    &node->column);
}

/* A new slab for `size` bytes, or those alone when they are many. */
static char *take_slab(struct pv_yaml_builder *b, size_t size)
{
	char *slab;

	if (size > SMALLEST_SLAB / 2)
		return pv_arena_alloc(&b->doc->arena, size);
	slab = pv_arena_alloc(&b->doc->arena, b->slab_next);
	if (!slab)
		return NULL;
	b->slab = slab + size;
	b->slab_left = b->slab_next - size;
	if (b->slab_next < LARGEST_SLAB)
		b->slab_next *= 2;
	return slab;
}

/* A zeroed node with room for `extra` bytes behind it. */
static inline pv_yaml_item *new_item(struct pv_yaml_builder *b,
				     enum pv_yaml_kind kind, size_t extra)
{
	size_t size = (sizeof(pv_yaml_item) + extra + 7) & ~(size_t)7;
	void *place = b->slab;
	pv_yaml_item *item;

	if (size <= b->slab_left) {
		b->slab += size;
		b->slab_left -= size;
	} else {
		place = take_slab(b, size);
	}
	item = place;
	if (!item) {
		pv_fail_nomem(b->err);
		return NULL;
	}
	/* Of a size the compiler does not know: libc's is the faster one. */
	memset(item, 0, size);
	item->node.kind = kind;
	return item;
}

static int copy_text(struct pv_yaml_builder *b, const char **out,
		     const yaml_char_t *text)
{
	const char *source = (const char *)text;

	if (!source)
		return PV_OK;
	*out = pv_arena_dup(&b->doc->arena, source, strlen(source));
	return *out ? PV_OK : pv_fail_nomem(b->err);
}

/* Copies tag and anchor and registers the anchor, if there are any. */
static int copy_properties(struct pv_yaml_builder *b, pv_yaml_item *item,
			   const yaml_char_t *tag, const yaml_char_t *anchor)
{
	pv_yaml_node *node = &item->node;

	if (copy_text(b, &node->tag, tag) < 0 ||
	    copy_text(b, &node->anchor, anchor) < 0)
		return PV_ENOMEM;
	if (!anchor)
		return PV_OK;
	return pv_map_set(&b->anchors, pv_str_of(node->anchor), item, NULL,
			  b->err);
}

static inline int set_properties(struct pv_yaml_builder *b, pv_yaml_item *item,
				 const yaml_char_t *tag,
				 const yaml_char_t *anchor)
{
	return tag || anchor ? copy_properties(b, item, tag, anchor) : PV_OK;
}

/* Takes a node as the key of the value that comes next. */
static int attach_key(struct pv_yaml_builder *b, struct pv_yaml_level *level,
		      pv_yaml_item *item)
{
	const pv_yaml_node *key = &item->node;

	if (key->kind == PV_YAML_ALIAS)
		key = key->target;
	if (key->kind != PV_YAML_SCALAR) {
		int rc = pv_fail(b->err, PV_ESYNTAX, "a key must be a scalar");

		rc = pv_yaml_build_hint(b, rc, level->item->node.start);
		return fail_at(b, &item->node, rc);
	}
	if (key->type == PV_YAML_NULL)
		return fail_at(b, &item->node,
			       pv_fail(b->err, PV_ESYNTAX,
				       "a key must not be null"));
	/* Only an escape can make one. */
	if (key->style == PV_YAML_DOUBLE_QUOTED && memchr(key->text, 0, key->len))
		return fail_at(b, &item->node,
			       pv_fail(b->err, PV_ESYNTAX,
				       "a key must not contain NUL"));
	item->node.text = key->text;
	item->node.len = key->len;
	item->node.parent = &level->item->node;
	level->key = &item->node;
	level->end = item->node.end;
	return PV_OK;
}

/* Links a new node below the collection that is open, or makes it the root. */
static inline int attach(struct pv_yaml_builder *b, pv_yaml_item *item)
{
	struct pv_yaml_level *level = pv_yaml_build_level(b);
	pv_yaml_node *node = &item->node;

	if (++b->nodes > PV_YAML_MAX_NODES)
		return fail_limit(b, node, "nodes", PV_YAML_MAX_NODES);
	if (!level) {
		b->doc->root = node;
		return PV_OK;
	}
	if (level->item->node.kind == PV_YAML_MAPPING && !level->key)
		return attach_key(b, level, item);
	node->key = level->key;
	node->parent = &level->item->node;
	if (level->last)
		level->last->node.next = node;
	else
		level->item->node.first = node;
	level->last = item;
	level->key = NULL;
	level->end = node->end;
	level->item->node.count++;
	return PV_OK;
}

static enum pv_yaml_style scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return PV_YAML_SINGLE_QUOTED;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return PV_YAML_DOUBLE_QUOTED;
	case YAML_LITERAL_SCALAR_STYLE:
		return PV_YAML_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return PV_YAML_FOLDED;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	return PV_YAML_PLAIN;
}

/* How many properties stand before a scalar: no content starts with these. */
static inline int count_properties(struct pv_yaml_builder *b,
				   const yaml_event_t *event)
{
	const char *text = b->doc->text;
	int has_tag = event->data.scalar.tag != NULL;
	int has_anchor = event->data.scalar.anchor != NULL;

	/* libyaml drops the tag "!" from scalars but says what it meant. */
	if (!has_tag && !event->data.scalar.plain_implicit) {
		size_t at =
			pv_yaml_marks_byte(&b->marks, event->start_mark.index);

		if (has_anchor && text[at] == '&')
			at = pv_yaml_skip_properties(text, b->doc->len, at, 1);
		has_tag = text[at] == '!';
	}
	return has_tag + has_anchor;
}

/* Whether a plain scalar may be anything but a string, by its first byte. */
static inline int may_resolve(const char *text, size_t len)
{
	static const unsigned char firsts[256] = {
		['~'] = 1, ['n'] = 1, ['N'] = 1, ['t'] = 1, ['T'] = 1,
		['f'] = 1, ['F'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,
		['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,
		['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1
	};

	return !len || firsts[(unsigned char)text[0]];
}

static int set_type(struct pv_yaml_builder *b, pv_yaml_node *node, int is_plain)
{
	int rc;

	if (!node->tag) {
		node->type = PV_YAML_STRING;
		if (is_plain && may_resolve(node->text, node->len))
			node->type = pv_yaml_core_type(node->text, node->len);
		return PV_OK;
	}
	rc = pv_yaml_apply_tag(node, b->doc->opts.tags, b->err);
	return rc < 0 ? fail_at(b, node, rc) : PV_OK;
}

static int on_scalar(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	size_t len = event->data.scalar.length;
	pv_yaml_item *item = new_item(b, PV_YAML_SCALAR, len + 1);
	pv_yaml_node *node;
	char *text;
	int properties;

	if (!item)
		return PV_ENOMEM;
	text = (char *)(item + 1);
	memcpy(text, event->data.scalar.value, len);
	node = &item->node;
	node->style = scalar_style(event->data.scalar.style);
	node->text = text;
	node->len = len;
	item->nodes = 1;
	item->bytes = len;
	b->expanded++;
	b->bytes += len;
	properties = count_properties(b, event);
	place_node(b, node, event, properties);
	if (node->style >= PV_YAML_LITERAL || !len)
		pv_yaml_build_fit(b, node, properties);
	if (set_properties(b, item, event->data.scalar.tag,
			   event->data.scalar.anchor) < 0)
		return PV_ENOMEM;
	if (set_type(b, node, event->data.scalar.plain_implicit) < 0)
		return PV_ESYNTAX;
	return attach(b, item);
}

/* Counts what an alias stands for, so that no bomb goes off later. */
static int follow(struct pv_yaml_builder *b, pv_yaml_item *item,
		  const pv_yaml_item *target)
{
	const pv_yaml_node *node = &item->node;
	struct pv_yaml_level *level = pv_yaml_build_level(b);

	if (++b->aliases > PV_YAML_MAX_ALIASES)
		return fail_limit(b, node, "aliases", PV_YAML_MAX_ALIASES);
	if (b->depth - b->doc->opts.streams + target->height > PV_YAML_MAX_DEPTH)
		return fail_limit(b, node, "nested collections",
				  PV_YAML_MAX_DEPTH);
	b->expanded += target->nodes;
	b->bytes += target->bytes;
	if (b->expanded > PV_YAML_MAX_EXPANDED)
		return fail_limit(b, node, "nodes with aliases followed",
				  PV_YAML_MAX_EXPANDED);
	if (b->bytes > PV_YAML_MAX_EXPANDED_SIZE)
		return fail_limit(b, node, "bytes of text with aliases followed",
				  PV_YAML_MAX_EXPANDED_SIZE);
	if (level && target->height >= level->item->height)
		level->item->height = target->height + 1;
	item->node.target = &target->node;
	item->height = target->height;
	return PV_OK;
}

static int on_alias(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	pv_str name = pv_str_of((const char *)event->data.alias.anchor);
	pv_yaml_item *target = pv_map_find(&b->anchors, name);
	pv_yaml_item *item = new_item(b, PV_YAML_ALIAS, 0);

	if (!item)
		return PV_ENOMEM;
	place_node(b, &item->node, event, 0);
	if (!target)
		return fail_at(b, &item->node,
			       pv_fail(b->err, PV_ESYNTAX,
				       "alias \"%.60s\" is not defined",
				       name.ptr));
	if (target->is_open)
		return fail_at(b, &item->node,
			       pv_fail(b->err, PV_ESYNTAX,
				       "alias \"%.60s\" contains itself",
				       name.ptr));
	if (follow(b, item, target) < 0)
		return PV_ELIMIT;
	return attach(b, item);
}

static int push(struct pv_yaml_builder *b, pv_yaml_item *item)
{
	struct pv_yaml_level *level;

	/* The stream, which has no limit of its own, is a level, too. */
	if (b->depth - b->doc->opts.streams >= PV_YAML_MAX_DEPTH)
		return fail_limit(b, &item->node, "nested collections",
				  PV_YAML_MAX_DEPTH);
	level = &b->levels[b->depth++];
	memset(level, 0, sizeof(*level));
	level->item = item;
	item->is_open = 1;
	item->height = 1;
	item->nodes = b->expanded++;
	item->bytes = b->bytes;
	return PV_OK;
}

static int open_collection(struct pv_yaml_builder *b, const yaml_event_t *event,
			   enum pv_yaml_kind kind, int is_flow)
{
	int is_map = kind == PV_YAML_MAPPING;
	const yaml_char_t *tag = is_map ? event->data.mapping_start.tag
					: event->data.sequence_start.tag;
	const yaml_char_t *anchor = is_map ? event->data.mapping_start.anchor
					   : event->data.sequence_start.anchor;
	pv_yaml_item *item = new_item(b, kind, 0);
	int rc;

	if (!item)
		return PV_ENOMEM;
	item->node.style = is_flow ? PV_YAML_FLOW : PV_YAML_BLOCK;
	place_node(b, &item->node, event, (tag != NULL) + (anchor != NULL));
	item->node.end = item->node.start;
	rc = set_properties(b, item, tag, anchor);
	if (rc == PV_OK && tag)
		rc = set_type(b, &item->node, 0);
	if (rc == PV_OK)
		rc = attach(b, item);
	return rc < 0 ? rc : push(b, item);
}

static int on_collection_end(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	struct pv_yaml_level *level = &b->levels[b->depth - 1];
	pv_yaml_item *item = level->item;
	pv_yaml_node *node = &item->node;
	char first = b->doc->text[node->start];

	/* The mapping in "[a: b]" is a flow one without braces. */
	if (node->style == PV_YAML_FLOW && (first == '{' || first == '['))
		node->end = pv_yaml_marks_byte(&b->marks, event->end_mark.index);
	else
		node->end = level->end;
	item->is_open = 0;
	item->nodes = b->expanded - item->nodes;
	item->bytes = b->bytes - item->bytes;
	b->depth--;
	level = pv_yaml_build_level(b);
	if (level) {
		level->end = node->end;
		if (item->height >= level->item->height)
			level->item->height = item->height + 1;
	}
	if (node->kind == PV_YAML_MAPPING && !b->doc->opts.duplicate_keys)
		return pv_yaml_check_keys(node, b->err);
	return PV_OK;
}

void pv_yaml_build_begin(struct pv_yaml_builder *b)
{
	size_t size = b->doc->len * NODE_BYTES;

	b->slab_next = size < SMALLEST_SLAB ? SMALLEST_SLAB
		       : size > FIRST_SLAB  ? FIRST_SLAB
					    : size;
}

int pv_yaml_build_root(struct pv_yaml_builder *b, enum pv_yaml_kind kind)
{
	pv_yaml_item *item = new_item(b, kind, 0);
	const pv_yaml *doc = b->doc;
	pv_yaml_node *node;

	if (!item)
		return PV_ENOMEM;
	node = &item->node;
	node->type = PV_YAML_NULL;
	node->text = kind == PV_YAML_SCALAR ? "" : NULL;
	node->style = kind == PV_YAML_SCALAR ? PV_YAML_PLAIN : PV_YAML_BLOCK;
	node->start = kind == PV_YAML_SCALAR ? doc->len : doc->body;
	node->outer_start = node->start;
	node->end = doc->len;
	pv_yaml_marks_place(&b->marks, node->start, &node->line, &node->column);
	b->doc->root = node;
	return kind == PV_YAML_STREAM ? push(b, item) : PV_OK;
}

static int on_document(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	int rc;

	pv_map_dispose(&b->anchors);
	b->aliases = 0;
	b->content = 0;
	if (!event->data.document_start.implicit)
		b->content = pv_yaml_marks_byte(&b->marks, event->end_mark.index);
	if (!b->documents++ || b->doc->opts.streams)
		return PV_OK;
	rc = pv_fail(b->err, PV_ESYNTAX, "more than one document");
	return pv_yaml_build_place(b, rc,
				   pv_yaml_marks_byte(&b->marks,
						      event->start_mark.index));
}

int pv_yaml_build_event(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(b, event);
	case YAML_ALIAS_EVENT:
		return on_alias(b, event);
	case YAML_SCALAR_EVENT:
		return on_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(b, event, PV_YAML_SEQUENCE,
				       event->data.sequence_start.style ==
					       YAML_FLOW_SEQUENCE_STYLE);
	case YAML_MAPPING_START_EVENT:
		return open_collection(b, event, PV_YAML_MAPPING,
				       event->data.mapping_start.style ==
					       YAML_FLOW_MAPPING_STYLE);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_collection_end(b, event);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return PV_OK;
}
