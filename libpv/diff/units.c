/* SPDX-License-Identifier: MIT
 *
 * See units.h. Beside the data tree stands one of the same shape that knows
 * which parts belong to which node, so that an unchanged branch is passed
 * over as a whole.
 */
#include "diff/units.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/align.h"
#include "diff/sentences.h"
#include "diff/tokens.h"
#include "diff/units_part.h"

enum {
	COMMON_MAX = 1 << 20, /* pairs of parts to compare */
	SOME_WORK = 1 << 24,  /* steps to find elements that moved */
	WORK_OF_UNIT = 16     /* and for each part */
};

size_t pv_units_child(const pv_units_part *part, size_t idx)
{
	size_t low = 0;
	size_t high = part->tree->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (part->items[middle].first + part->items[middle].count <= idx)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- reading --------------------------------------------------------------- */

static int add_unit(pv_units *units, const pv_unit *unit, pv_error *err)
{
	if (pv_array_reserve(&units->items, &units->cap, units->count + 1,
			     sizeof(*units->items)) < 0)
		return pv_fail_nomem(err);
	units->items[units->count++] = *unit;
	return PV_OK;
}

/* A text without words is one part as well: its field has an author. */
static int add_text(pv_units *units, const pv_tree *leaf, pv_str text,
		    pv_error *err)
{
	pv_sentences list = { 0 };
	pv_unit unit = { leaf, text, { "", 0 }, 0 };
	int rc = pv_sentences_add(&list, &units->arena, text, err);

	if (rc == PV_OK && !list.count)
		rc = add_unit(units, &unit, err);
	for (size_t i = 0; rc == PV_OK && i < list.count; i++) {
		unit.text = list.items[i].text;
		unit.key = list.items[i].key;
		unit.sentence = i + 1;
		rc = add_unit(units, &unit, err);
	}
	pv_free(list.items);
	return rc;
}

static int add_leaf(pv_units *units, const pv_tree *leaf, pv_error *err)
{
	pv_unit unit = { leaf, leaf->value, leaf->value, 0 };
	pv_str text = pv_tree_text(leaf);

	if (text.ptr)
		return add_text(units, leaf, text, err);
	/* Numbers as they are spelled; containers are leaves when empty. */
	if (leaf->node->kind == PV_YAML_SCALAR)
		unit.text = (pv_str){ leaf->node->text, leaf->node->len };
	else
		unit.text = pv_str_of(pv_tree_is_mapping(leaf) ? "{}" : "[]");
	if (!unit.key.ptr)
		unit.key = unit.text;
	return add_unit(units, &unit, err);
}

/* Recursion is as deep as the document, which the parser limits. */
static int add_branch(struct pv_units_part *part, pv_units *units,
		      const pv_tree *tree, pv_error *err)
{
	int rc = PV_OK;

	part->tree = tree;
	part->first = units->count;
	part->items = pv_arena_calloc(&units->arena,
				      (tree->count + 1) * sizeof(*part->items));
	if (!part->items)
		return pv_fail_nomem(err);
	if (!tree->count)
		rc = add_leaf(units, tree, err);
	for (size_t i = 0; rc == PV_OK && i < tree->count; i++)
		rc = add_branch(&part->items[i], units, &tree->items[i], err);
	part->count = units->count - part->first;
	return rc;
}

int pv_units_read(pv_units *out, pv_str text, pv_error *err)
{
	pv_tree *tree;
	pv_error ignored = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_tree_read(&tree, &out->doc, &out->arena, text, &ignored);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	if (rc < 0)
		return add_text(out, NULL, text, err);
	out->root = pv_arena_calloc(&out->arena, sizeof(*out->root));
	if (!out->root)
		return pv_fail_nomem(err);
	return add_branch(out->root, out, tree, err);
}

void pv_units_dispose(pv_units *units)
{
	pv_free(units->items);
	pv_yaml_free(units->doc);
	pv_arena_dispose(&units->arena);
	memset(units, 0, sizeof(*units));
}

/* --- tracing --------------------------------------------------------------- */

struct trace {
	size_t *from;
	const pv_units *before;
	const pv_units *after;
	pv_error *err;
	size_t work; /* left, to find elements that moved */
};

/* Some parts of one side, as tokens. */
static int put_keys(pv_tokens *out, const pv_unit *units, size_t count,
		    pv_error *err)
{
	if (pv_array_reserve(&out->items, &out->cap, count + 1,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		out->items[i] = units[i].key;
	out->count = count;
	return PV_OK;
}

/* Two ranges of parts, of which a common subsequence is kept. */
struct ranges {
	size_t old_first;
	size_t old_count;
	size_t new_first;
	size_t new_count;
};

static void pair_unchanged(struct trace *t, const struct ranges *at,
			   const unsigned char *gone, const unsigned char *added)
{
	size_t i = 0;

	for (size_t j = 0; j < at->new_count; j++) {
		if (added[j])
			continue;
		while (gone[i])
			i++;
		t->from[at->new_first + j] = at->old_first + i++;
	}
}

static int compare(struct trace *t, const struct ranges *at,
		   const pv_tokens sides[2])
{
	unsigned char *flags = pv_calloc(at->old_count + at->new_count + 1, 1);
	pv_myers_side before = { sides[0].numbers, at->old_count, flags };
	pv_myers_side after = { sides[1].numbers, at->new_count,
				flags ? flags + at->old_count : NULL };
	int rc;

	if (!flags)
		return pv_fail_nomem(t->err);
	rc = pv_myers_diff(&before, &after, t->err);
	if (rc == PV_OK)
		pair_unchanged(t, at, before.changed, after.changed);
	pv_free(flags);
	return rc;
}

static int trace_sequence(struct trace *t, const struct ranges *at)
{
	pv_tokens sides[2] = { 0 };
	pv_tokens *const both[2] = { &sides[0], &sides[1] };
	int rc = put_keys(&sides[0], &t->before->items[at->old_first],
			  at->old_count, t->err);

	if (rc == PV_OK)
		rc = put_keys(&sides[1], &t->after->items[at->new_first],
			      at->new_count, t->err);
	if (rc == PV_OK)
		rc = pv_tokens_number(both, 2, t->err);
	if (rc == PV_OK)
		rc = compare(t, at, sides);
	pv_tokens_dispose(&sides[0]);
	pv_tokens_dispose(&sides[1]);
	return rc;
}

static int trace_part(struct trace *t, const struct pv_units_part *before,
		      const struct pv_units_part *after);

static int trace_leaf(struct trace *t, const struct pv_units_part *before,
		      const struct pv_units_part *after)
{
	struct ranges at = { before->first, before->count, after->first,
			     after->count };

	if (before->tree->count)
		return PV_OK;
	if (pv_tree_text(before->tree).ptr && pv_tree_text(after->tree).ptr)
		return trace_sequence(t, &at);
	if (pv_tree_cmp(before->tree, after->tree) == 0)
		t->from[after->first] = before->first;
	return PV_OK;
}

static int trace_mapping(struct trace *t, const struct pv_units_part *before,
			 const struct pv_units_part *after)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < after->tree->count; i++) {
		const pv_tree *old =
			pv_tree_find(before->tree, &after->tree->items[i]);

		if (old)
			rc = trace_part(t,
					&before->items[old - before->tree->items],
					&after->items[i]);
	}
	return rc;
}

static size_t work_for(const pv_units *units)
{
	return SOME_WORK + WORK_OF_UNIT * units->count;
}

static int spend(struct trace *t, size_t work)
{
	t->work -= work < t->work ? work : t->work;
	return t->work > 0;
}

/* How many parts of two elements have the same words; not of huge ones. */
static size_t count_common(struct trace *t, const struct pv_units_part *before,
			   const struct pv_units_part *after)
{
	size_t count = 0;

	if (after->count > COMMON_MAX / (before->count + 1) ||
	    !spend(t, after->count * before->count))
		return 0;
	for (size_t j = 0; j < after->count; j++) {
		pv_str key = t->after->items[after->first + j].key;

		for (size_t i = 0; i < before->count; i++)
			if (pv_str_eq(t->before->items[before->first + i].key,
				      key)) {
				count++;
				break;
			}
	}
	return count;
}

/*
 * The element without a counterpart that has most in common with a new one,
 * more than half of its parts: a diff shows it as gone and come, but who moved
 * a message did not write it. Where there are too many to look at, the others
 * are new.
 */
static size_t find_moved(struct trace *t, const pv_alignment *al,
			 const struct pv_units_part *before,
			 const struct pv_units_part *element)
{
	size_t best = element->count / 2;
	size_t found = PV_NO_MATE;

	for (size_t i = 0; i < al->old_count && spend(t, 1); i++) {
		size_t common;

		if (al->new_of[i] != PV_NO_MATE)
			continue;
		common = count_common(t, &before->items[i], element);
		if (common > best) {
			best = common;
			found = i;
		}
	}
	return found;
}

/* The old element that element `idx` is, or PV_NO_MATE. */
static size_t find_old(struct trace *t, const pv_alignment *al,
		       const struct pv_units_part *before,
		       const struct pv_units_part *element, size_t idx)
{
	if (al->old_of[idx] != PV_NO_MATE)
		return al->old_of[idx];
	return find_moved(t, al, before, element);
}

static int trace_elements(struct trace *t, pv_alignment *al,
			  const struct pv_units_part *before,
			  const struct pv_units_part *after)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < after->tree->count; i++) {
		size_t old = find_old(t, al, before, &after->items[i], i);

		if (old == PV_NO_MATE)
			continue;
		al->new_of[old] = i;
		rc = trace_part(t, &before->items[old], &after->items[i]);
	}
	return rc;
}

static int trace_list(struct trace *t, const struct pv_units_part *before,
		      const struct pv_units_part *after)
{
	pv_alignment al = { 0 };
	int rc = pv_align(&al, before->tree, after->tree, t->err);

	if (rc == PV_OK)
		rc = pv_align_shown(&al, before->tree, after->tree, t->err);
	if (rc == PV_OK)
		rc = trace_elements(t, &al, before, after);
	pv_alignment_dispose(&al);
	return rc;
}

/* Elements of equal lists correspond; their keys may be in another order. */
static int trace_equal_list(struct trace *t, const struct pv_units_part *before,
			    const struct pv_units_part *after)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < after->tree->count; i++)
		rc = trace_part(t, &before->items[i], &after->items[i]);
	return rc;
}

static int trace_part(struct trace *t, const struct pv_units_part *before,
		      const struct pv_units_part *after)
{
	if (!after->tree->count)
		return trace_leaf(t, before, after);
	if (pv_tree_is_mapping(after->tree) && pv_tree_is_mapping(before->tree))
		return trace_mapping(t, before, after);
	if (!pv_tree_is_list(after->tree) || !pv_tree_is_list(before->tree))
		return PV_OK;
	if (pv_tree_cmp(before->tree, after->tree) == 0)
		return trace_equal_list(t, before, after);
	return trace_list(t, before, after);
}

int pv_units_trace(size_t *from, const pv_units *before, const pv_units *after,
		   pv_error *err)
{
	struct trace t = { from, before, after, err, work_for(after) };
	struct ranges all = { 0, before->count, 0, after->count };

	for (size_t i = 0; i < after->count; i++)
		from[i] = PV_NO_UNIT;
	if (!before->root || !after->root)
		return trace_sequence(&t, &all);
	return trace_part(&t, before->root, after->root);
}

/* --- one field --------------------------------------------------------------- */

static int mate_of_element(const pv_units_part **out, struct trace *t,
			   const pv_units_part *before,
			   const pv_units_part *after, size_t idx)
{
	pv_alignment al = { 0 };
	size_t old;
	int rc = pv_align(&al, before->tree, after->tree, t->err);

	*out = NULL;
	if (rc == PV_OK)
		rc = pv_align_shown(&al, before->tree, after->tree, t->err);
	if (rc == PV_OK) {
		old = find_old(t, &al, before, &after->items[idx], idx);
		*out = old == PV_NO_MATE ? NULL : &before->items[old];
	}
	pv_alignment_dispose(&al);
	return rc;
}

/* What child `idx` of `after` was below `before`, which is what it was. */
static int mate_of_child(const pv_units_part **out, struct trace *t,
			 const pv_units_part *before,
			 const pv_units_part *after, size_t idx)
{
	const pv_tree *old = NULL;

	*out = NULL;
	if (pv_tree_is_list(after->tree) && pv_tree_is_list(before->tree))
		return mate_of_element(out, t, before, after, idx);
	if (pv_tree_is_mapping(after->tree) && pv_tree_is_mapping(before->tree))
		old = pv_tree_find(before->tree, &after->tree->items[idx]);
	if (old)
		*out = &before->items[old - before->tree->items];
	return PV_OK;
}

int pv_units_mate(const pv_units_part **out, const pv_units *before,
		  const pv_units *after, const pv_units_part *field,
		  pv_error *err)
{
	struct trace t = { NULL, before, after, err, work_for(after) };
	const pv_units_part *here = after->root;
	int rc = PV_OK;

	*out = before->root;
	while (rc == PV_OK && *out && here != field) {
		size_t idx = pv_units_child(here, field->first);

		rc = mate_of_child(out, &t, *out, here, idx);
		here = &here->items[idx];
	}
	return rc;
}
