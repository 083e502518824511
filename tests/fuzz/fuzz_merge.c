/* SPDX-License-Identifier: MIT
 *
 * Three texts merged: a byte that says what kind of file it is and how
 * conflicts are written, two bytes each with the lengths of base and ours,
 * and the texts. A side that equals the base gives way to the other, equal
 * sides stand, and what is merged without a conflict is YAML when both sides
 * are.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv.h>

#include "base/arena.h"
#include "diff/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct cursor {
	const uint8_t *at;
	size_t left;
};

static unsigned take_byte(struct cursor *c)
{
	if (c->left == 0)
		return 0;
	c->left--;
	return *c->at++;
}

static pv_str take_text(struct cursor *c, size_t len)
{
	pv_str text = { (const char *)c->at, len < c->left ? len : c->left };

	c->at += text.len;
	c->left -= text.len;
	return text;
}

static pv_merge *merge(const pv_merge_input *how, pv_str base, pv_str ours,
		       pv_str theirs)
{
	pv_merge_input input = *how;
	pv_merge *made = NULL;

	input.base = (pv_merge_side){ base.ptr, base.len, NULL };
	input.ours = (pv_merge_side){ ours.ptr, ours.len, NULL };
	input.theirs = (pv_merge_side){ theirs.ptr, theirs.len, NULL };
	pv_merge_new(&made, &input, NULL);
	return made;
}

static void expect(pv_merge *made, pv_str want)
{
	size_t len = 0;

	if (!made)
		return;
	pv_merge_text(made, &len);
	if (pv_merge_markers(made) || len != want.len ||
	    (len && memcmp(pv_merge_text(made, NULL), want.ptr, len)))
		abort();
	pv_merge_free(made);
}

static int is_yaml(pv_str text)
{
	pv_arena arena = { 0 };
	pv_yaml *doc = NULL;
	pv_tree *tree = NULL;
	int rc = pv_tree_read(&tree, &doc, &arena, text, NULL);

	pv_yaml_free(doc);
	pv_arena_dispose(&arena);
	return rc == PV_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "x.yaml", "x.prompty", "x.json",
					     "x.txt" };
	struct cursor c = { data, size };
	unsigned flags = take_byte(&c);
	size_t base_len = take_byte(&c) << 8;
	size_t our_len;
	pv_merge_input how = { .path = paths[flags & 3],
			       .style = (enum pv_merge_style)((flags >> 2) % 3) };
	pv_merge *made;
	pv_str texts[3];
	pv_str result;

	base_len += take_byte(&c);
	our_len = take_byte(&c) << 8;
	our_len += take_byte(&c);
	texts[0] = take_text(&c, base_len);
	texts[1] = take_text(&c, our_len);
	texts[2] = take_text(&c, c.left);
	expect(merge(&how, texts[0], texts[1], texts[0]), texts[1]);
	expect(merge(&how, texts[0], texts[0], texts[2]), texts[2]);
	expect(merge(&how, texts[0], texts[1], texts[1]), texts[1]);
	made = merge(&how, texts[0], texts[1], texts[2]);
	if (!made)
		return 0;
	result.ptr = pv_merge_text(made, &result.len);
	if ((flags & 3) == 0 && !pv_merge_markers(made) && is_yaml(texts[1]) &&
	    is_yaml(texts[2]) && !is_yaml(result))
		abort();
	pv_merge_free(made);
	return 0;
}
