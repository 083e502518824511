/* SPDX-License-Identifier: MIT
 *
 * A "#" begins a comment behind a blank or at the start of a line, unless it
 * is inside a scalar. So the nodes are visited in the order of the text, and
 * what lies between scalars is searched.
 */
#include "diff/comments.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* A search under way. */
struct search {
	pv_str text;
	size_t at;   /* what is before has been searched */
	size_t line; /* where the last line begun before `at` begins */
	pv_comment *items;
	size_t count;
	size_t cap;
	int is_full; /* no memory */
};

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Adds the comment at `at`; the offset of its end. */
static size_t add(struct search *s, size_t at)
{
	const char *start = s->text.ptr + at;
	const char *newline = memchr(start, '\n', s->text.len - at);
	size_t len = newline ? (size_t)(newline - start) : s->text.len - at;
	pv_comment *comment;

	if (pv_array_reserve(&s->items, &s->cap, s->count + 1,
			     sizeof(*s->items)) < 0) {
		s->is_full = 1;
		return at + len;
	}
	comment = &s->items[s->count++];
	comment->at = at;
	comment->line = s->line;
	comment->text.ptr = start;
	comment->text.len = len;
	comment->text.len = pv_str_trim(comment->text).len;
	return at + len;
}

/* Whether a "#" at `at` is more than a letter. */
static int begins_comment(const struct search *s, size_t at)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t mark_len = sizeof(mark) - 1;

	if (at == s->line || is_blank(s->text.ptr[at - 1]))
		return 1;
	return at == mark_len && memcmp(s->text.ptr, mark, mark_len) == 0;
}

/* Goes on to `end`, which is in no scalar. */
static void look(struct search *s, size_t end)
{
	for (; s->at < end; s->at++) {
		if (s->text.ptr[s->at] == '\n')
			s->line = s->at + 1;
		else if (s->text.ptr[s->at] == '#' && begins_comment(s, s->at))
			s->at = add(s, s->at) - 1;
	}
}

/* Goes on to `end` without looking: it is inside a scalar. */
static void skip(struct search *s, size_t end)
{
	for (; s->at < end; s->at++)
		if (s->text.ptr[s->at] == '\n')
			s->line = s->at + 1;
}

static void visit_leaf(struct search *s, const pv_yaml_node *node)
{
	size_t head = node->start;

	look(s, node->start);
	/* A block has its comment between the indicator and the first line. */
	if (node->kind == PV_YAML_SCALAR &&
	    (node->style == PV_YAML_LITERAL || node->style == PV_YAML_FOLDED)) {
		while (head < node->end && s->text.ptr[head] != '\n')
			head++;
		look(s, head);
	}
	skip(s, node->end);
}

static void visit(struct search *s, const pv_yaml_node *node)
{
	if (node->key)
		visit_leaf(s, node->key);
	if (node->kind == PV_YAML_SCALAR || node->kind == PV_YAML_ALIAS) {
		visit_leaf(s, node);
		return;
	}
	for (node = node->first; node; node = node->next)
		visit(s, node);
}

int pv_comments_find(pv_comments *out, pv_arena *arena, const pv_yaml *doc,
		     pv_error *err)
{
	struct search s = { .at = 0 };
	pv_comment *items = NULL;
	size_t size;

	out->items = NULL;
	out->count = 0;
	s.text.ptr = pv_yaml_text(doc, &s.text.len);
	if (!memchr(s.text.ptr, '#', s.text.len))
		return PV_OK;
	visit(&s, pv_yaml_root(doc));
	look(&s, s.text.len);
	size = s.count * sizeof(*items);
	if (!s.is_full && s.count > 0)
		items = pv_arena_alloc(arena, size);
	if (items)
		memcpy(items, s.items, size);
	else if (s.count > 0)
		s.is_full = 1;
	pv_free(s.items);
	if (s.is_full)
		return pv_fail_nomem(err);
	out->items = items;
	out->count = s.count;
	return PV_OK;
}
