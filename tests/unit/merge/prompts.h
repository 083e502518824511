/* SPDX-License-Identifier: MIT
 *
 * Random documents that look like prompts, and random edits of them: a small
 * model of YAML that is changed as data and written out (prompt_texts.h), so
 * that an edit leaves alone the bytes of what it does not touch.
 */
#ifndef PV_TESTS_PROMPTS_H
#define PV_TESTS_PROMPTS_H

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include <pv/buf.h>

enum prompt_kind {
	PROMPT_MAP,
	PROMPT_LIST,
	PROMPT_BRACES, /* a map in braces */
	PROMPT_FLOW,   /* a list in brackets */
	PROMPT_PLAIN,  /* scalars ... */
	PROMPT_QUOTED,
	PROMPT_LITERAL,
	PROMPT_FOLDED
};

enum {
	PROMPT_MAX_ITEMS = 24,
	PROMPT_MAX_WORDS = 40,
	PROMPT_MAX_EDITS = 4,
	PROMPT_CONTESTED_ONE_IN = 16,
	PROMPT_SHARED_ONE_IN = 6,   /* with anchors */
	PROMPT_REMARKS_ONE_IN = 6,  /* with comments behind values */
	PROMPT_SEVERAL_ONE_IN = 12, /* documents in a file */
	PROMPT_CRLF_ONE_IN = 12,
	PROMPT_LABELS_ONE_IN = 9, /* seeds: lists of words, some with more */
	PROMPT_MAX_ANCHORS = 32
};

typedef struct prompt_node {
	enum prompt_kind kind;
	const char *key;
	const char *note;   /* a comment above */
	const char *remark; /* a comment behind the key or the value */
	const char *anchor;
	const char *alias; /* it stands for what has that anchor */
	int is_spaced;     /* a blank line above */
	struct prompt_node *items[PROMPT_MAX_ITEMS];
	const char *words[PROMPT_MAX_WORDS];
	size_t count; /* of items or words */
	size_t width; /* words in a line */
} prompt_node;

typedef struct prompt_maker {
	pv_arena *arena;
	uint64_t seed;
	int is_unique; /* no word of a text is there twice by chance */
	unsigned next; /* word, then */
	int is_shared; /* values have anchors, and others stand for them */
	int is_remarked;
	int has_labels;
} prompt_maker;

static inline unsigned prompt_random(prompt_maker *m, unsigned below)
{
	m->seed = m->seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(m->seed >> 33) % below;
}

static inline const char *prompt_word(prompt_maker *m)
{
	static const char *const words[] = {
		"you",    "are",     "a",        "helpful",    "assistant",
		"answer", "the",     "question", "{{ name }}", "in",
		"short",  "and",     "friendly", "sentences",  "never",
		"guess",  "please",  "cite",     "sources",    "42",
		"json",   "{{ q }}", "context",  "tone",       "caf\xC3\xA9",
	};

	const char *word =
		words[prompt_random(m, sizeof(words) / sizeof(words[0]))];
	char text[24];

	if (!m->is_unique)
		return word;
	snprintf(text, sizeof(text), "word%u", m->next++);
	return pv_arena_dup(m->arena, text, strlen(text));
}

static inline const char *prompt_key(prompt_maker *m)
{
	static const char *const keys[] = {
		"alpha", "beta",   "gamma",  "delta", "epsilon", "zeta",
		"model", "system", "prompt", "tags",  "options", "limits",
		"hint",  "style",  "extra",  "notes", "source",  "output",
	};

	return keys[prompt_random(m, sizeof(keys) / sizeof(keys[0]))];
}

static inline prompt_node *prompt_new(prompt_maker *m, enum prompt_kind kind)
{
	prompt_node *node = pv_arena_calloc(m->arena, sizeof(*node));

	node->kind = kind;
	node->width = 3 + prompt_random(m, 8);
	return node;
}

static inline prompt_node *prompt_text(prompt_maker *m, enum prompt_kind kind)
{
	prompt_node *node = prompt_new(m, kind);
	unsigned most = kind == PROMPT_PLAIN ? 6 : PROMPT_MAX_WORDS - 4;

	node->count = 1 + prompt_random(m, most);
	for (size_t i = 0; i < node->count; i++)
		node->words[i] = prompt_word(m);
	if (kind == PROMPT_PLAIN)
		node->words[0] = "so"; /* not a brace, which would be a map */
	return node;
}

static inline int prompt_has_key(const prompt_node *map, const char *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->items[i]->key && !strcmp(map->items[i]->key, key))
			return 1;
	return 0;
}

static inline void prompt_add(prompt_node *parent, prompt_node *node, size_t at)
{
	if (parent->count == PROMPT_MAX_ITEMS || at > parent->count)
		return;
	if (node->key && prompt_has_key(parent, node->key))
		return;
	memmove(parent->items + at + 1, parent->items + at,
		(parent->count - at) * sizeof(node));
	parent->items[at] = node;
	parent->count++;
}

static inline prompt_node *prompt_named(prompt_node *node, const char *key)
{
	node->key = key;
	return node;
}

static inline prompt_node *prompt_leaf(prompt_maker *m)
{
	static const enum prompt_kind kinds[] = { PROMPT_PLAIN, PROMPT_QUOTED,
						  PROMPT_LITERAL, PROMPT_FOLDED,
						  PROMPT_LITERAL };

	return prompt_text(m, kinds[prompt_random(m, 5)]);
}

/* A word as a key with something below, and the other way round. */
static inline prompt_node *prompt_relabel(prompt_maker *m, prompt_node *item)
{
	prompt_node *other;

	if (item->kind == PROMPT_PLAIN && item->count == 1) {
		other = prompt_new(m, PROMPT_MAP);
		prompt_add(other, prompt_named(prompt_leaf(m), item->words[0]),
			   0);
		return other;
	}
	if (item->kind != PROMPT_MAP || item->count != 1)
		return item;
	other = prompt_new(m, PROMPT_PLAIN);
	other->words[other->count++] = item->items[0]->key;
	return other;
}

/* A list of words that do not repeat, mostly. */
static inline prompt_node *prompt_tags(prompt_maker *m, enum prompt_kind kind)
{
	prompt_node *list = prompt_new(m, kind);
	unsigned count = 1 + prompt_random(m, 5);
	int has_labels = m->has_labels && kind == PROMPT_LIST;

	for (unsigned i = 0; i < count; i++) {
		prompt_node *tag = prompt_new(m, PROMPT_PLAIN);

		tag->words[tag->count++] = prompt_key(m);
		if (has_labels && prompt_random(m, 3) == 0)
			tag = prompt_relabel(m, tag);
		prompt_add(list, tag, list->count);
	}
	return list;
}

/* What may stand in braces. */
static inline prompt_node *prompt_short(prompt_maker *m)
{
	prompt_node *node = prompt_new(m, PROMPT_PLAIN);

	if (prompt_random(m, 3) == 0)
		return prompt_text(m, PROMPT_QUOTED);
	node->words[node->count++] = prompt_key(m);
	return node;
}

static inline prompt_node *prompt_braces(prompt_maker *m)
{
	prompt_node *map = prompt_new(m, PROMPT_BRACES);
	unsigned count = 1 + prompt_random(m, 5);

	for (unsigned i = 0; i < count; i++)
		prompt_add(map, prompt_named(prompt_short(m), prompt_key(m)),
			   map->count);
	return map;
}

static inline prompt_node *prompt_record(prompt_maker *m, int is_message)
{
	static const char *const roles[] = { "system", "user", "assistant" };
	prompt_node *map = prompt_new(m, PROMPT_MAP);
	prompt_node *name = prompt_new(m, PROMPT_PLAIN);

	name->words[name->count++] =
		is_message ? roles[prompt_random(m, 3)] : prompt_key(m);
	prompt_add(map, prompt_named(name, is_message ? "role" : "name"), 0);
	prompt_add(map, prompt_named(prompt_leaf(m), "content"), 1);
	if (prompt_random(m, 3) == 0)
		prompt_add(map, prompt_named(prompt_leaf(m), prompt_key(m)), 2);
	return map;
}

static inline prompt_node *prompt_records(prompt_maker *m, int is_message)
{
	prompt_node *list = prompt_new(m, PROMPT_LIST);
	unsigned count = 1 + prompt_random(m, 5);

	for (unsigned i = 0; i < count; i++)
		prompt_add(list, prompt_record(m, is_message), i);
	return list;
}

static inline prompt_node *prompt_value(prompt_maker *m, int depth)
{
	prompt_node *map;
	unsigned count;

	switch (prompt_random(m, depth > 2 ? 6 : 10)) {
	case 9:
		return prompt_records(m, 1);
	case 5:
		return prompt_braces(m);
	case 6:
		return prompt_records(m, 0);
	case 7:
		return prompt_tags(m, PROMPT_LIST);
	case 8:
		map = prompt_new(m, PROMPT_MAP);
		count = 1 + prompt_random(m, 4);
		for (unsigned i = 0; i < count; i++)
			prompt_add(map,
				   prompt_named(prompt_value(m, depth + 1),
						prompt_key(m)),
				   map->count);
		return map;
	case 4:
		return prompt_tags(m, PROMPT_FLOW);
	default:
		return prompt_leaf(m);
	}
}

/* What is called by an anchor, and what stands for it; see prompt_mend. */
static inline void prompt_share(prompt_maker *m, prompt_node *node)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	const char *name = names[prompt_random(m, 4)];

	if (prompt_random(m, 3) == 0)
		node->alias = name;
	else if (prompt_random(m, 2) == 0)
		node->anchor = name;
}

static inline void prompt_decorate(prompt_maker *m, prompt_node *node)
{
	if (prompt_random(m, 8) == 0)
		node->note = prompt_word(m);
	if (prompt_random(m, 8) == 0)
		node->is_spaced = 1;
	if (m->is_remarked && prompt_random(m, 3) == 0)
		node->remark = prompt_word(m);
	if (m->is_shared)
		prompt_share(m, node);
}

/* What is seen of a document before its next value. */
typedef struct prompt_seen {
	const char *names[PROMPT_MAX_ANCHORS];
	size_t count;
} prompt_seen;

static inline int prompt_is_seen(const prompt_seen *seen, const char *name)
{
	for (size_t i = 0; i < seen->count; i++)
		if (!strcmp(seen->names[i], name))
			return 1;
	return 0;
}

/* Takes away aliases of nothing, and all but the first anchor of a name. */
static inline void prompt_mend(prompt_seen *seen, prompt_node *node)
{
	int is_plain = node->key || node->kind > PROMPT_FLOW;

	if (node->alias && (!is_plain || !prompt_is_seen(seen, node->alias)))
		node->alias = NULL;
	if (node->anchor &&
	    (!is_plain || node->alias || seen->count == PROMPT_MAX_ANCHORS ||
	     prompt_is_seen(seen, node->anchor)))
		node->anchor = NULL;
	/* Within brackets and braces they are not written. */
	for (size_t i = 0;
	     node->kind < PROMPT_BRACES && !node->alias && i < node->count; i++)
		prompt_mend(seen, node->items[i]);
	if (node->anchor && !prompt_is_seen(seen, node->anchor))
		seen->names[seen->count++] = node->anchor;
	else
		node->anchor = NULL;
}

static inline prompt_node *prompt_random_document(prompt_maker *m)
{
	prompt_node *root = prompt_new(m, PROMPT_MAP);
	unsigned count = 2 + prompt_random(m, 7);

	for (unsigned i = 0; i < count; i++) {
		prompt_node *value = prompt_value(m, 1);

		prompt_decorate(m, value);
		prompt_add(root, prompt_named(value, prompt_key(m)), root->count);
	}
	return root;
}

/* --- edits --------------------------------------------------------------- */

static inline prompt_node *prompt_copy(prompt_maker *m, const prompt_node *from)
{
	prompt_node *node = prompt_new(m, from->kind);

	*node = *from;
	for (size_t i = 0; from->kind <= PROMPT_FLOW && i < from->count; i++)
		node->items[i] = prompt_copy(m, from->items[i]);
	return node;
}

static inline void prompt_edit_text(prompt_maker *m, prompt_node *node)
{
	size_t at = prompt_random(m, (unsigned)node->count);

	switch (prompt_random(m, 4)) {
	case 0:
		/* A brace would begin a map. */
		node->words[at] = node->kind == PROMPT_PLAIN ? prompt_key(m)
							     : prompt_word(m);
		break;
	case 1:
		if (node->count == PROMPT_MAX_WORDS)
			break;
		memmove(node->words + at + 1, node->words + at,
			(node->count - at) * sizeof(node->words[0]));
		node->words[at] = m->is_unique ? prompt_word(m) : "new";
		node->count++;
		break;
	case 2:
		if (node->count < 3 || at == 0)
			break;
		node->count--;
		memmove(node->words + at, node->words + at + 1,
			(node->count - at) * sizeof(node->words[0]));
		break;
	default:
		node->width = 3 + prompt_random(m, 8);
	}
}

static inline void prompt_remove(prompt_node *parent, size_t at)
{
	if (parent->count < 2)
		return;
	parent->count--;
	memmove(parent->items + at, parent->items + at + 1,
		(parent->count - at) * sizeof(parent->items[0]));
}

static inline void prompt_insert(prompt_maker *m, prompt_node *parent)
{
	size_t at = prompt_random(m, (unsigned)parent->count + 1);
	prompt_node *like = parent->items[0];
	prompt_node *node;

	if (parent->kind == PROMPT_MAP)
		node = prompt_named(prompt_value(m, 3), prompt_key(m));
	else if (parent->kind == PROMPT_BRACES)
		node = prompt_named(prompt_short(m), prompt_key(m));
	else if (like->kind == PROMPT_MAP && prompt_random(m, 4) == 0)
		node = prompt_copy(
			m,
			parent->items[prompt_random(m, (unsigned)parent->count)]);
	else if (like->kind == PROMPT_MAP)
		node = prompt_record(m, !strcmp(like->items[0]->key, "role"));
	else
		node = prompt_tags(m, parent->kind)->items[0];
	prompt_decorate(m, node);
	prompt_add(parent, node, at);
}

static inline void prompt_move(prompt_maker *m, prompt_node *parent)
{
	size_t from = prompt_random(m, (unsigned)parent->count);
	size_t to = prompt_random(m, (unsigned)parent->count);
	prompt_node *node = parent->items[from];

	memmove(parent->items + from, parent->items + from + 1,
		(parent->count - from - 1) * sizeof(node));
	memmove(parent->items + to + 1, parent->items + to,
		(parent->count - 1 - to) * sizeof(node));
	parent->items[to] = node;
}

/* Gives a member of a map another key. */
static inline void prompt_rename(prompt_maker *m, const prompt_node *parent,
				 prompt_node *node)
{
	const char *key = prompt_key(m);

	if (!prompt_has_key(parent, key))
		node->key = key;
}

/* Changes something in a node or below. */
static inline void prompt_edit(prompt_maker *m, prompt_node *node)
{
	unsigned dice = prompt_random(m, 14);
	size_t at;

	if (node->kind > PROMPT_FLOW) {
		prompt_edit_text(m, node);
		return;
	}
	at = prompt_random(m, (unsigned)node->count);
	if (dice == 0)
		prompt_remove(node, at);
	else if (dice == 1 || dice == 2)
		prompt_insert(m, node);
	else if (dice == 3)
		prompt_move(m, node);
	else if (dice == 4 && node->kind < PROMPT_BRACES)
		prompt_decorate(m, node->items[at]);
	else if (dice == 5 && node->kind == PROMPT_MAP)
		prompt_rename(m, node, node->items[at]);
	else if (dice > 10 && m->has_labels && node->kind == PROMPT_LIST)
		node->items[at] = prompt_relabel(m, node->items[at]);
	else
		prompt_edit(m, node->items[at]);
}

/* Appends a list of records whose names do not repeat. */
static inline void prompt_add_tools(prompt_maker *m, prompt_node *root)
{
	static const char *const names[] = { "search", "fetch", "store", "send",
					     "list",   "count", "sort",  "stop" };
	prompt_node *list = prompt_new(m, PROMPT_LIST);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		prompt_node *tool = prompt_record(m, 0);

		tool->items[0]->words[0] = names[i];
		prompt_add(list, tool, i);
	}
	prompt_add(root, prompt_named(list, "tools"), root->count);
}

/* What one side takes away from that list the other moves and changes. */
static inline void prompt_contest_tool(prompt_maker *m, prompt_node *one,
				       prompt_node *other)
{
	prompt_node *from = one->items[one->count - 1];
	prompt_node *list = other->items[other->count - 1];
	size_t at = prompt_random(m, (unsigned)list->count);
	size_t to = prompt_random(m, (unsigned)list->count);
	prompt_node *tool = list->items[at];

	prompt_remove(from, at);
	prompt_remove(list, at);
	tool->items[1] = prompt_named(prompt_leaf(m), "content");
	prompt_add(list, tool, to);
}

static inline int prompt_same_words(const prompt_node *a, const prompt_node *b)
{
	if (a->count != b->count || a->kind != PROMPT_PLAIN ||
	    b->kind != PROMPT_PLAIN)
		return 0;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->words[i], b->words[i]) != 0)
			return 0;
	return 1;
}

/* Which of several equal scalars in a list has changed nobody can tell. */
static inline void prompt_drop_repeats(prompt_node *node)
{
	for (size_t i = 0; node->kind <= PROMPT_FLOW && i < node->count; i++) {
		prompt_drop_repeats(node->items[i]);
		for (size_t j = 0; !node->items[i]->key && j < i; j++)
			if (prompt_same_words(node->items[j], node->items[i])) {
				prompt_remove(node, i--);
				break;
			}
	}
}

#endif
