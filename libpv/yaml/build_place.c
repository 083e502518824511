/* SPDX-License-Identifier: MIT
 *
 * Places while nodes are built: where scalars end that libyaml gives more
 * than their own, where values stand that are not written, where errors are.
 */
#include <string.h>

#include "base/fail.h"
#include "yaml/build.h"

int pv_yaml_build_place(struct pv_yaml_builder *b, int code, size_t at)
{
	int line;
	int column;

	pv_yaml_marks_place(&b->marks, at, &line, &column);
	return pv_error_at(b->err, code, "", line, column);
}

int pv_yaml_build_hint(struct pv_yaml_builder *b, int code, size_t at)
{
	const char *text = b->doc->text + at;

	if (!strncmp(text, "{{", 2) || !strncmp(text, "{%", 2))
		return pv_error_hint(b->err, code,
				     "put quotes around a text that starts "
				     "with \"%.2s\"",
				     text);
	if (*text && strchr("%@`", *text))
		return pv_error_hint(b->err, code,
				     "put quotes around a text that starts "
				     "with \"%c\"",
				     *text);
	return code;
}

/*
 * The place of a value that is not written. libyaml gives that of the next
 * token; ours is behind the indicator that announces it, or behind the key.
 */
static void place_empty(struct pv_yaml_builder *b, pv_yaml_node *node)
{
	const struct pv_yaml_level *level = pv_yaml_build_level(b);
	size_t end = node->start;
	size_t at = end;

	if (level && level->key) {
		at = pv_yaml_find_colon(b->doc->text, level->end, end);
		at = at == end ? level->end : at + 1;
	} else if (b->content &&
		   (!level || level->item->node.kind == PV_YAML_STREAM)) {
		at = b->content;
	}
	node->start = at;
	node->end = at;
	node->outer_start = at;
	pv_yaml_marks_place(&b->marks, at, &node->line, &node->column);
}

void pv_yaml_build_fit(struct pv_yaml_builder *b, pv_yaml_node *node,
		       int properties)
{
	pv_str content = { node->text, node->len };

	if (node->style == PV_YAML_LITERAL || node->style == PV_YAML_FOLDED) {
		node->end = pv_yaml_block_end(b->doc->text, node->start,
					      node->end, content);
	} else if (node->style == PV_YAML_PLAIN && !node->len) {
		node->start = node->end;
		if (properties)
			pv_yaml_marks_place(&b->marks, node->start, &node->line,
					    &node->column);
		else
			place_empty(b, node);
	}
}
