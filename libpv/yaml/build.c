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

/*
 * A node with room for `extra` bytes behind it. Its place is not set; all
 * behind that is nil.
 */
static inline pv_yaml_node *new_node(struct pv_yaml_builder *b,
				     enum pv_yaml_kind kind,
				     enum pv_yaml_style style, size_t extra)
{
	size_t size = (sizeof(pv_yaml_node) + extra + 7) & ~(size_t)7;
	void *place = b->slab;
	pv_yaml_node *node;

	if (size <= b->slab_left) {
		b->slab += size;
		b->slab_left -= size;
	} else {
		place = take_slab(b, size);
	}
	node = place;
	if (!node) {
		pv_fail_nomem(b->err);
		return NULL;
	}
	node->kind = kind;
	node->style = style;
	node->type = PV_YAML_STRING;
	node->text = NULL;
	node->len = 0;
	memset(&node->tag, 0, sizeof(*node) - offsetof(pv_yaml_node, tag));
	return node;
}

/* Takes a node as the key of the value that comes next. */
static inline int take_key(struct pv_yaml_level *level, pv_yaml_node *node)
{
	node->parent = level->node;
	level->key = node;
	level->end = node->end;
	return PV_OK;
}

/* The same for one that may be no key; an alias gets the text of its target. */
static int check_key(struct pv_yaml_builder *b, struct pv_yaml_level *level,
		     pv_yaml_node *node)
{
	const pv_yaml_node *key = pv_yaml_resolve(node);

	if (key->kind != PV_YAML_SCALAR) {
		int rc = pv_fail(b->err, PV_ESYNTAX, "a key must be a scalar");

		rc = pv_yaml_build_hint(b, rc, level->node->start);
		return pv_yaml_build_fail(b, node, rc);
	}
	if (key->type == PV_YAML_NULL)
		return pv_yaml_build_fail(b, node,
					  pv_fail(b->err, PV_ESYNTAX,
						  "a key must not be null"));
	/* Only an escape can make one. */
	if (key->style == PV_YAML_DOUBLE_QUOTED && memchr(key->text, 0, key->len))
		return pv_yaml_build_fail(b, node,
					  pv_fail(b->err, PV_ESYNTAX,
						  "a key must not contain NUL"));
	node->text = key->text;
	node->len = key->len;
	return take_key(level, node);
}

/* Links a new node below the collection that is open, or makes it the root. */
static inline int attach(struct pv_yaml_builder *b, pv_yaml_node *node)
{
	struct pv_yaml_level *level = b->level;

	if (++b->nodes > PV_YAML_MAX_NODES)
		return pv_yaml_build_limit(b, node, "nodes", PV_YAML_MAX_NODES);
	if (!level) {
		b->doc->root = node;
		return PV_OK;
	}
	if (level->node->kind == PV_YAML_MAPPING && !level->key) {
		if (node->kind == PV_YAML_SCALAR && node->type != PV_YAML_NULL &&
		    node->style != PV_YAML_DOUBLE_QUOTED)
			return take_key(level, node);
		return check_key(b, level, node);
	}
	node->key = level->key;
	node->parent = level->node;
	if (level->last)
		level->last->next = node;
	else
		level->node->first = node;
	level->last = node;
	level->key = NULL;
	level->end = node->end;
	level->node->count++;
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
static int count_properties(struct pv_yaml_builder *b, const yaml_event_t *event)
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
	return rc < 0 ? pv_yaml_build_fail(b, node, rc) : PV_OK;
}

/* `gap` is NULL when all of the scalar is there. */
static inline int on_scalar(struct pv_yaml_builder *b, const yaml_event_t *event,
			    const struct pv_yaml_gap *gap)
{
	pv_str value = { (const char *)event->data.scalar.value,
			 event->data.scalar.length };
	size_t len = value.len + (gap ? gap->len : 0);
	const yaml_char_t *tag = event->data.scalar.tag;
	const yaml_char_t *anchor = event->data.scalar.anchor;
	int properties = 0;
	pv_yaml_node *node;
	char *text;

	if (tag || anchor || !event->data.scalar.plain_implicit)
		properties = count_properties(b, event);
	node = new_node(b, PV_YAML_SCALAR,
			scalar_style(event->data.scalar.style), len + 1);
	if (!node)
		return PV_ENOMEM;
	text = (char *)(node + 1);
	if (gap)
		pv_yaml_gaps_fill(text, &b->gaps, gap, value);
	else
		memcpy(text, value.ptr, len);
	text[len] = '\0';
	node->text = text;
	node->len = len;
	b->expanded++;
	b->bytes += len;
	place_node(b, node, event, properties);
	if (node->style >= PV_YAML_LITERAL || !len)
		pv_yaml_build_fit(b, node, properties);
	if ((tag || anchor) && pv_yaml_build_properties(b, node, tag, anchor) < 0)
		return PV_ENOMEM;
	if (set_type(b, node, event->data.scalar.plain_implicit) < 0)
		return PV_ESYNTAX;
	return attach(b, node);
}

static int on_alias(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	pv_str name = pv_str_of((const char *)event->data.alias.anchor);
	const struct pv_yaml_anchor *target = pv_map_find(&b->anchors, name);
	pv_yaml_node *node = new_node(b, PV_YAML_ALIAS, PV_YAML_PLAIN, 0);

	if (!node)
		return PV_ENOMEM;
	place_node(b, node, event, 0);
	if (!target)
		return pv_yaml_build_fail(b, node,
					  pv_fail(b->err, PV_ESYNTAX,
						  "alias \"%.60s\" is not defined",
						  name.ptr));
	if (target->is_open)
		return pv_yaml_build_fail(b, node,
					  pv_fail(b->err, PV_ESYNTAX,
						  "alias \"%.60s\" contains itself",
						  name.ptr));
	if (pv_yaml_build_follow(b, node, target) < 0)
		return PV_ELIMIT;
	node->target = target->node;
	return attach(b, node);
}

static int push(struct pv_yaml_builder *b, pv_yaml_node *node)
{
	struct pv_yaml_level *level;

	/* The stream, which has no limit of its own, is a level, too. */
	if (b->depth - b->doc->opts.streams >= PV_YAML_MAX_DEPTH)
		return pv_yaml_build_limit(b, node, "nested collections",
					   PV_YAML_MAX_DEPTH);
	level = &b->levels[b->depth++];
	b->level = level;
	level->node = node;
	level->last = NULL;
	level->key = NULL;
	level->end = 0;
	level->anchor = NULL;
	level->height = 1;
	if (node->anchor)
		pv_yaml_build_open(b, level);
	b->expanded++;
	return PV_OK;
}

static inline int open_collection(struct pv_yaml_builder *b,
				  const yaml_event_t *event, pv_yaml_node *node,
				  const yaml_char_t *tag,
				  const yaml_char_t *anchor)
{
	int rc;

	if (!node)
		return PV_ENOMEM;
	place_node(b, node, event, (tag != NULL) + (anchor != NULL));
	node->end = node->start;
	rc = tag || anchor ? pv_yaml_build_properties(b, node, tag, anchor)
			   : PV_OK;
	if (rc == PV_OK && tag)
		rc = set_type(b, node, 0);
	if (rc == PV_OK)
		rc = attach(b, node);
	return rc < 0 ? rc : push(b, node);
}

static int on_sequence(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	int is_flow =
		event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	pv_yaml_node *node = new_node(b, PV_YAML_SEQUENCE,
				      is_flow ? PV_YAML_FLOW : PV_YAML_BLOCK, 0);

	return open_collection(b, event, node, event->data.sequence_start.tag,
			       event->data.sequence_start.anchor);
}

static int on_mapping(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	int is_flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	pv_yaml_node *node = new_node(b, PV_YAML_MAPPING,
				      is_flow ? PV_YAML_FLOW : PV_YAML_BLOCK, 0);

	return open_collection(b, event, node, event->data.mapping_start.tag,
			       event->data.mapping_start.anchor);
}

static int on_collection_end(struct pv_yaml_builder *b, const yaml_event_t *event)
{
	struct pv_yaml_level *level = &b->levels[b->depth - 1];
	pv_yaml_node *node = level->node;
	int height = level->height;
	char first = b->doc->text[node->start];

	/* The mapping in "[a: b]" is a flow one without braces. */
	if (node->style == PV_YAML_FLOW && (first == '{' || first == '['))
		node->end = pv_yaml_marks_byte(&b->marks, event->end_mark.index);
	else
		node->end = level->end;
	if (level->anchor)
		pv_yaml_build_close(b, level);
	b->level = --b->depth ? level - 1 : NULL;
	if (b->level) {
		level = b->level;
		level->end = node->end;
		if (height >= level->height)
			level->height = height + 1;
	}
	if (node->kind == PV_YAML_MAPPING && !b->doc->opts.duplicate_keys)
		return pv_yaml_check_keys(node, b->err);
	return PV_OK;
}

int pv_yaml_build_begin(struct pv_yaml_builder *b, const char *text)
{
	size_t len = b->doc->len;
	size_t used = (len + 8) & ~(size_t)7; /* with a NUL */
	char *copy;

	b->slab_left = len * NODE_BYTES;
	if (b->slab_left < SMALLEST_SLAB)
		b->slab_left = SMALLEST_SLAB;
	if (b->slab_left > FIRST_SLAB)
		b->slab_left = FIRST_SLAB;
	b->slab_next = 2 * b->slab_left;
	copy = pv_arena_alloc(&b->doc->arena, used + b->slab_left);
	if (!copy)
		return pv_fail_nomem(b->err);
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	b->doc->text = copy;
	b->slab = copy + used;
	return PV_OK;
}

int pv_yaml_build_root(struct pv_yaml_builder *b, enum pv_yaml_kind kind)
{
	int is_scalar = kind == PV_YAML_SCALAR;
	const pv_yaml *doc = b->doc;
	pv_yaml_node *node =
		new_node(b, kind, is_scalar ? PV_YAML_PLAIN : PV_YAML_BLOCK, 0);

	if (!node)
		return PV_ENOMEM;
	node->type = PV_YAML_NULL;
	node->text = is_scalar ? "" : NULL;
	node->start = is_scalar ? doc->len : doc->body;
	node->outer_start = node->start;
	node->end = doc->len;
	pv_yaml_marks_place(&b->marks, node->start, &node->line, &node->column);
	b->doc->root = node;
	return kind == PV_YAML_STREAM ? push(b, node) : PV_OK;
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

/*
 * Handles any event but a scalar and frees what it owns: nothing, for most
 * collections. 1 when it is the last one.
 */
static inline int take_event(struct pv_yaml_builder *b, yaml_event_t *event)
{
	int rc = PV_OK;

	switch (event->type) {
	case YAML_SEQUENCE_START_EVENT:
		rc = on_sequence(b, event);
		if (!event->data.sequence_start.tag &&
		    !event->data.sequence_start.anchor)
			return rc;
		break;
	case YAML_MAPPING_START_EVENT:
		rc = on_mapping(b, event);
		if (!event->data.mapping_start.tag &&
		    !event->data.mapping_start.anchor)
			return rc;
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_collection_end(b, event);
	case YAML_ALIAS_EVENT:
		rc = on_alias(b, event);
		break;
	case YAML_DOCUMENT_START_EVENT:
		rc = on_document(b, event);
		break;
	case YAML_STREAM_END_EVENT:
		rc = 1;
		break;
	case YAML_NO_EVENT:
	case YAML_SCALAR_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	yaml_event_delete(event);
	return rc;
}

int pv_yaml_build_events(struct pv_yaml_builder *b, yaml_parser_t *parser)
{
	int rc = PV_OK;

	while (rc == PV_OK) {
		const struct pv_yaml_gap *gap = NULL;
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event))
			return pv_yaml_build_failure(b, parser);
		if (b->gaps.count > 0)
			gap = pv_yaml_gaps_pass(&b->gaps, &event);
		if (event.type == YAML_SCALAR_EVENT) {
			rc = on_scalar(b, &event, gap);
			yaml_event_delete(&event);
		} else {
			rc = take_event(b, &event);
		}
	}
	return rc < 0 ? rc : PV_OK;
}
