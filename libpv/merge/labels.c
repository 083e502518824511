/* SPDX-License-Identifier: MIT
 *
 * Lists of labels, some of which say more: "- greet" beside "- faq: {...}", as
 * Rasa has its intents. An element is called what it says, or what its only
 * key says, and is the same wherever it stands and whatever it has below.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "merge/lists.h"

struct label {
	pv_str name;
	size_t idx;
};

/* The labels of each list in byte order. */
struct labels {
	struct label *sides[PV_SIDES];
	int has_words; /* some elements are nothing but their label, */
	int has_more;  /* others have something below */
};

static int cmp_labels(const void *a, const void *b)
{
	const struct label *left = a;
	const struct label *right = b;

	return pv_str_cmp(left->name, right->name);
}

/* A single word: what has blanks is prose, which is told apart by likeness. */
static int is_word(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_STRING &&
	       node->len > 0 && !memchr(node->text, ' ', node->len) &&
	       !memchr(node->text, '\t', node->len) &&
	       !memchr(node->text, '\n', node->len);
}

/* `ptr` is NULL for an element that is none, or has a name of its own. */
static pv_str label_of(const pv_tree *element)
{
	const pv_yaml_node *node = element->node;
	pv_str none = { NULL, 0 };

	if (node->kind == PV_YAML_MAPPING) {
		if (element->count != 1 || pv_align_name(element).ptr)
			return none;
		node = element->items[0].key;
	}
	return is_word(node) ? (pv_str){ node->text, node->len } : none;
}

/* Whether all elements of a list have labels, and different ones. */
static int read_list(struct labels *labels, struct label *out, const pv_part *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const pv_tree *element = list->items[i].tree;

		out[i].name = label_of(element);
		out[i].idx = i;
		if (!out[i].name.ptr)
			return 0;
		labels->has_words |= element->node->kind == PV_YAML_SCALAR;
		labels->has_more |= element->node->kind == PV_YAML_MAPPING;
	}
	qsort(out, list->count, sizeof(*out), cmp_labels);
	for (size_t i = 1; i < list->count; i++)
		if (cmp_labels(&out[i - 1], &out[i]) == 0)
			return 0;
	return 1;
}

static int read_all(struct labels *labels, int *are_labels,
		    const pv_list_work *work)
{
	*are_labels = 1;
	for (size_t i = 0; i < PV_SIDES && *are_labels; i++) {
		const pv_part *list = work->lists->sides[i];
		size_t count = work->matches->counts[i];

		labels->sides[i] =
			pv_arena_alloc(work->arena,
				       (count + 1) * sizeof(struct label));
		if (!labels->sides[i])
			return pv_fail_nomem(work->err);
		if (list)
			*are_labels = read_list(labels, labels->sides[i], list);
	}
	*are_labels = *are_labels && labels->has_words && labels->has_more;
	return PV_OK;
}

/* Pairs what is called alike in two lists; `mates` are by elements of `to`. */
static void match(size_t *mates, const struct labels *labels,
		  const pv_matches *m, enum pv_side from, enum pv_side to)
{
	const struct label *left = labels->sides[from];
	const struct label *right = labels->sides[to];
	size_t i = 0;

	assert(mates && left && right);
	for (size_t j = 0; j < m->counts[to]; j++) {
		int order = -1;

		while (i < m->counts[from] && order < 0) {
			order = cmp_labels(&left[i], &right[j]);
			i += order < 0;
		}
		mates[right[j].idx] = i < m->counts[from] && order == 0
					      ? left[i].idx
					      : PV_NO_ENTRY;
	}
}

int pv_labels_match(int *done_out, const pv_list_work *work)
{
	const pv_matches *m = work->matches;
	struct labels labels = { { NULL }, 0, 0 };
	int rc = read_all(&labels, done_out, work);

	if (rc < 0 || !*done_out)
		return rc;
	match(m->base_of[PV_OURS], &labels, m, PV_BASE, PV_OURS);
	match(m->base_of[PV_THEIRS], &labels, m, PV_BASE, PV_THEIRS);
	match(m->theirs_of, &labels, m, PV_THEIRS, PV_OURS);
	return PV_OK;
}
