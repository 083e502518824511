/* SPDX-License-Identifier: MIT
 *
 * Tags, anchors and aliases while nodes are built: what an alias stands for
 * is counted as often as it is named, so that no bomb goes off later.
 */
#include <string.h>

#include "base/fail.h"
#include "yaml/build.h"

static int copy_text(struct pv_yaml_builder *b, const char **out,
		     const yaml_char_t *text)
{
	const char *source = (const char *)text;

	if (!source)
		return PV_OK;
	*out = pv_arena_dup(&b->doc->arena, source, strlen(source));
	return *out ? PV_OK : pv_fail_nomem(b->err);
}

/* Registers a node that aliases can follow from here on. */
static int add_anchor(struct pv_yaml_builder *b, pv_yaml_node *node)
{
	struct pv_yaml_anchor *anchor =
		pv_arena_calloc(&b->doc->arena, sizeof(*anchor));

	if (!anchor)
		return pv_fail_nomem(b->err);
	b->doc->repeats_anchor |=
		pv_map_find(&b->anchors, pv_str_of(node->anchor)) != NULL;
	anchor->node = node;
	anchor->nodes = 1;
	anchor->bytes = node->len;
	b->anchor = anchor;
	return pv_map_set(&b->anchors, pv_str_of(node->anchor), anchor, NULL,
			  b->err);
}

int pv_yaml_build_properties(struct pv_yaml_builder *b, pv_yaml_node *node,
			     const yaml_char_t *tag, const yaml_char_t *anchor)
{
	if (copy_text(b, &node->tag, tag) < 0 ||
	    copy_text(b, &node->anchor, anchor) < 0)
		return PV_ENOMEM;
	return anchor ? add_anchor(b, node) : PV_OK;
}

void pv_yaml_build_open(struct pv_yaml_builder *b, struct pv_yaml_level *level)
{
	struct pv_yaml_anchor *anchor = b->anchor;

	level->anchor = anchor;
	anchor->is_open = 1;
	anchor->nodes = b->expanded;
	anchor->bytes = b->bytes;
}

void pv_yaml_build_close(struct pv_yaml_builder *b,
			 const struct pv_yaml_level *level)
{
	struct pv_yaml_anchor *anchor = level->anchor;

	anchor->is_open = 0;
	anchor->nodes = b->expanded - anchor->nodes;
	anchor->bytes = b->bytes - anchor->bytes;
	anchor->height = level->height;
}

int pv_yaml_build_follow(struct pv_yaml_builder *b, const pv_yaml_node *alias,
			 const struct pv_yaml_anchor *target)
{
	struct pv_yaml_level *level = b->level;

	if (++b->aliases > PV_YAML_MAX_ALIASES)
		return pv_yaml_build_limit(b, alias, "aliases",
					   PV_YAML_MAX_ALIASES);
	if (b->depth - b->doc->opts.streams + target->height > PV_YAML_MAX_DEPTH)
		return pv_yaml_build_limit(b, alias, "nested collections",
					   PV_YAML_MAX_DEPTH);
	b->expanded += target->nodes;
	b->bytes += target->bytes;
	if (b->expanded > PV_YAML_MAX_EXPANDED)
		return pv_yaml_build_limit(b, alias,
					   "nodes with aliases followed",
					   PV_YAML_MAX_EXPANDED);
	if (b->bytes > PV_YAML_MAX_EXPANDED_SIZE)
		return pv_yaml_build_limit(b, alias,
					   "bytes of text with aliases followed",
					   PV_YAML_MAX_EXPANDED_SIZE);
	if (level && target->height >= level->height)
		level->height = target->height + 1;
	return PV_OK;
}
