/* SPDX-License-Identifier: MIT
 *
 * Lines, words and comments as they stand in the texts.
 */
#include "judge/loss.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

/* Slices in order, for looking them up. */
struct bag {
	pv_str *items;
	size_t count;
	size_t cap;
};

static int cmp_items(const void *a, const void *b)
{
	const pv_str *left = a;
	const pv_str *right = b;

	return pv_str_cmp(*left, *right);
}

static void add(struct bag *bag, pv_str item)
{
	if (item.len == 0)
		return;
	if (pv_array_reserve(&bag->items, &bag->cap, bag->count + 1,
			     sizeof(*bag->items)) < 0)
		abort();
	bag->items[bag->count++] = item;
}

static void sort(struct bag *bag)
{
	if (bag->count > 0)
		qsort(bag->items, bag->count, sizeof(pv_str), cmp_items);
}

static int has(const struct bag *bag, pv_str item)
{
	return bag->count > 0 && bsearch(&item, bag->items, bag->count,
					 sizeof(item), cmp_items) != NULL;
}

static size_t count(const struct bag *bag, pv_str item)
{
	size_t found = 0;

	for (size_t i = 0; i < bag->count; i++)
		found += pv_str_eq(bag->items[i], item) != 0;
	return found;
}

static void dispose(struct bag bags[LOSS_ALL])
{
	for (size_t i = 0; i < LOSS_ALL; i++)
		pv_free(bags[i].items);
}

static int report(pv_buf *out, const char *what, pv_str item)
{
	pv_buf_puts(out, what);
	pv_buf_puts(out, ": ");
	pv_buf_put(out, item.ptr, item.len < 60 ? item.len : 60);
	return 1;
}

/* --- what is no text of a value ------------------------------------------ */

/* Where the text of a scalar begins: that of a block behind its first line. */
static size_t text_start(const pv_yaml_node *node, pv_str text)
{
	const char *end;

	if (node->style != PV_YAML_LITERAL && node->style != PV_YAML_FOLDED)
		return node->start;
	end = memchr(text.ptr + node->start, '\n', node->end - node->start);
	return end ? (size_t)(end - text.ptr) : node->end;
}

/* Marks the bytes of all scalars. */
static void mask(char *marks, pv_str text, const pv_tree *tree)
{
	const pv_yaml_node *nodes[2] = { tree->node, tree->key };

	for (size_t i = 0; i < 2; i++)
		if (nodes[i] && nodes[i]->kind == PV_YAML_SCALAR &&
		    nodes[i]->end <= text.len) {
			size_t start = text_start(nodes[i], text);

			memset(marks + start, 1, nodes[i]->end - start);
		}
	for (size_t i = 0; i < tree->count; i++)
		mask(marks, text, &tree->items[i]);
}

/* A text, and which of its bytes are of scalars: all when it is no YAML. */
struct marked {
	pv_str text;
	const char *marks;
};

static struct marked mark(pv_arena *arena, pv_str text, const pv_tree *tree)
{
	char *marks = pv_arena_alloc(arena, text.len + 1);

	if (!marks)
		abort();
	memset(marks, tree ? 0 : 1, text.len + 1);
	if (tree)
		mask(marks, text, tree);
	return (struct marked){ text, marks };
}

static int begins_comment(const struct marked *from, size_t at)
{
	return from->text.ptr[at] == '#' && !from->marks[at] &&
	       (at == 0 || strchr(" \t\n", from->text.ptr[at - 1]));
}

/* --- lines and words ----------------------------------------------------- */

static pv_str next_line(pv_str text, size_t *at)
{
	const char *end = memchr(text.ptr + *at, '\n', text.len - *at);
	pv_str line = { text.ptr + *at,
			end ? (size_t)(end - text.ptr) - *at : text.len - *at };

	*at += line.len + 1;
	return pv_str_trim(line);
}

/*
 * A line without the dash that may stand before the first key of a record, and
 * without a comment behind it: one side may change the one, one the other.
 */
static pv_str next_core(const struct marked *from, size_t *at)
{
	pv_str line = next_line(from->text, at);
	size_t start = (size_t)(line.ptr - from->text.ptr);

	for (size_t i = 1; i < line.len; i++)
		if (begins_comment(from, start + i))
			line.len = i;
	line = pv_str_trim(line);
	while (line.len > 1 && line.ptr[0] == '-' && line.ptr[1] == ' ') {
		line.ptr++;
		line.len--;
		line = pv_str_trim(line);
	}
	return line;
}

static int begins_anchor(const struct marked *from, size_t at)
{
	return from->text.ptr[at] == '&' && !from->marks[at] &&
	       (at == 0 || strchr(" \n", from->text.ptr[at - 1]));
}

/* The same without anchors: one side may name a value, one change it. */
static pv_str next_plain(pv_arena *arena, const struct marked *from, size_t *at)
{
	pv_str line = next_core(from, at);
	size_t start = (size_t)(line.ptr - from->text.ptr);
	char *plain;
	size_t len = 0;

	if (line.len == 0 || !memchr(line.ptr, '&', line.len))
		return line;
	plain = pv_arena_alloc(arena, line.len);
	if (!plain)
		abort();
	for (size_t i = 0; i < line.len; i++) {
		if (begins_anchor(from, start + i))
			while (i + 1 < line.len && line.ptr[i] != ' ')
				i++;
		else
			plain[len++] = line.ptr[i];
	}
	return pv_str_trim((pv_str){ plain, len });
}

static void add_lines(struct bag *bag, pv_arena *arena, const struct marked *from)
{
	for (size_t at = 0; at < from->text.len;)
		add(bag, next_plain(arena, from, &at));
	sort(bag);
}

static int is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* Letters and digits in a row; the rest of a text is not looked at. */
static void add_words(struct bag *bag, pv_str text)
{
	size_t at = 0;

	while (at < text.len) {
		pv_str word = { text.ptr + at, 0 };

		while (at < text.len && is_word_byte(text.ptr[at])) {
			word.len++;
			at++;
		}
		add(bag, word);
		at++;
	}
	sort(bag);
}

int loss_of_words(pv_buf *out, const loss_case *c)
{
	struct bag bags[LOSS_ALL] = { { 0 } };
	int found = 0;

	for (size_t i = 0; i < LOSS_ALL; i++)
		add_words(&bags[i], c->texts[i]);
	for (size_t i = LOSS_OURS; i <= LOSS_THEIRS; i++)
		for (size_t j = 0; j < bags[i].count && !found; j++) {
			pv_str word = bags[i].items[j];

			if (!has(&bags[LOSS_BASE], word) &&
			    !has(&bags[LOSS_RESULT], word))
				found = report(out, "a word is lost", word);
		}
	dispose(bags);
	return found;
}

/* --- lines nobody wrote -------------------------------------------------- */

/* Values that are merged within a line: scalars and flow collections. */
static int is_leaf(const pv_tree *tree)
{
	return tree->node->kind == PV_YAML_SCALAR ||
	       tree->node->style == PV_YAML_FLOW;
}

/* Whether a tree has the value somewhere. */
static int has_value(const pv_tree *tree, const pv_tree *value)
{
	if (is_leaf(tree) && tree->hash == value->hash &&
	    pv_tree_cmp(tree, value) == 0)
		return 1;
	for (size_t i = 0; i < tree->count; i++)
		if (has_value(&tree->items[i], value))
			return 1;
	return 0;
}

/* The leaf on the line [from, to) of the result; NULL when there is none. */
static const pv_tree *leaf_at(const pv_tree *tree, size_t from, size_t to)
{
	if (is_leaf(tree)) {
		int is_block = tree->node->style == PV_YAML_LITERAL ||
			       tree->node->style == PV_YAML_FOLDED;

		if (is_block && from <= tree->node->start)
			return NULL;
		return tree->node->start < to && tree->node->end > from ? tree
									: NULL;
	}
	for (size_t i = 0; i < tree->count; i++) {
		const pv_tree *found = leaf_at(&tree->items[i], from, to);

		if (found)
			return found;
	}
	return NULL;
}

/*
 * A line may be new inside a text or flow collection that no side has as it
 * is.
 */
static int is_inside_merged(const loss_case *c, size_t from, size_t to)
{
	const pv_tree *leaf;

	if (!c->trees[LOSS_RESULT])
		return 1;
	leaf = leaf_at(c->trees[LOSS_RESULT], from, to);
	if (!leaf ||
	    (leaf->node->kind == PV_YAML_SCALAR && !pv_tree_text(leaf).ptr))
		return 0;
	/* It may be the same value wrapped anew, or that of another key. */
	if (leaf->node->style == PV_YAML_FOLDED ||
	    leaf->node->style == PV_YAML_FLOW)
		return 1;
	for (size_t i = LOSS_BASE; i <= LOSS_THEIRS; i++)
		if (has_value(c->trees[i], leaf))
			return 0;
	return 1;
}

static int has_words_of(const struct bag words[LOSS_ALL], pv_str line)
{
	struct bag own = { 0 };
	int ok = 1;

	add_words(&own, line);
	for (size_t i = 0; i < own.count; i++)
		ok = ok && (has(&words[LOSS_BASE], own.items[i]) ||
			    has(&words[LOSS_OURS], own.items[i]) ||
			    has(&words[LOSS_THEIRS], own.items[i]));
	pv_free(own.items);
	return ok;
}

static int begins(pv_str line, pv_str start)
{
	return line.len >= start.len && !memcmp(line.ptr, start.ptr, start.len);
}

/* Whether a line is another key with the same behind it. */
static int has_rest(const struct bag *lines, pv_str rest)
{
	for (size_t i = 0; i < lines->count; i++) {
		pv_str line = lines->items[i];
		const char *colon = memchr(line.ptr, ':', line.len);
		size_t at = colon ? (size_t)(colon - line.ptr) : line.len;

		if (line.len - at == rest.len &&
		    !memcmp(line.ptr + at, rest.ptr, rest.len))
			return 1;
	}
	return 0;
}

/*
 * Whether a side has given a key to what base has behind another one, or has
 * more lines with it than base.
 */
static int has_new_key(const struct bag lines[LOSS_ALL], size_t side, pv_str key)
{
	size_t counts[2] = { 0, 0 };

	for (size_t i = 0; i < lines[LOSS_BASE].count; i++)
		counts[0] += begins(lines[LOSS_BASE].items[i], key);
	for (size_t i = 0; i < lines[side].count; i++) {
		pv_str line = lines[side].items[i];
		pv_str rest = line;

		if (!begins(line, key))
			continue;
		rest.ptr += key.len - 1;
		rest.len -= key.len - 1;
		if (!has(&lines[LOSS_BASE], line) &&
		    has_rest(&lines[LOSS_BASE], rest))
			return 1;
		counts[1]++;
	}
	return counts[1] > counts[0];
}

/*
 * The one line that a merge may write of what two sides have: a key that one
 * side has given another name, with the value that the other side has put
 * behind the old one on that line.
 */
static int is_renamed(const struct bag lines[LOSS_ALL], pv_str line)
{
	const char *colon = memchr(line.ptr, ':', line.len);
	pv_str key = { line.ptr, colon ? (size_t)(colon - line.ptr) + 1 : 0 };
	pv_str rest = { colon, colon ? line.len - key.len + 1 : 0 };

	for (size_t i = LOSS_OURS; i <= LOSS_THEIRS && colon; i++)
		if (has_new_key(lines, i, key) &&
		    has_rest(&lines[LOSS_OURS + LOSS_THEIRS - i], rest))
			return 1;
	return 0;
}

static int find_new_line(pv_buf *out, const loss_case *c, pv_arena *arena,
			 const struct bag lines[LOSS_ALL],
			 const struct bag words[LOSS_ALL])
{
	struct marked result =
		mark(arena, c->texts[LOSS_RESULT], c->trees[LOSS_RESULT]);

	for (size_t at = 0; at < result.text.len;) {
		size_t from = at;
		pv_str line = next_plain(arena, &result, &at);

		if (line.len == 0 || has(&lines[LOSS_BASE], line) ||
		    has(&lines[LOSS_OURS], line) ||
		    has(&lines[LOSS_THEIRS], line) || is_renamed(lines, line))
			continue;
		if (!is_inside_merged(c, from, at))
			return report(out, "nobody wrote the line", line);
		if (!has_words_of(words, line))
			return report(out, "nobody wrote the words", line);
	}
	return 0;
}

int loss_by_new_lines(pv_buf *out, const loss_case *c)
{
	struct bag lines[LOSS_ALL] = { { 0 } };
	struct bag words[LOSS_ALL] = { { 0 } };
	pv_arena arena = { 0 };
	int found;

	for (size_t i = LOSS_BASE; i <= LOSS_THEIRS; i++) {
		struct marked from = mark(&arena, c->texts[i], c->trees[i]);

		add_lines(&lines[i], &arena, &from);
		add_words(&words[i], c->texts[i]);
	}
	found = find_new_line(out, c, &arena, lines, words);
	pv_arena_dispose(&arena);
	dispose(lines);
	dispose(words);
	return found;
}

/* --- comments ------------------------------------------------------------ */

static void add_comments(struct bag *bag, pv_arena *arena, pv_str text,
			 const pv_tree *tree)
{
	struct marked from = mark(arena, text, tree);

	for (size_t at = 0; at < text.len;) {
		if (begins_comment(&from, at))
			add(bag, next_line(text, &at));
		else
			at++;
	}
	sort(bag);
}

/* A comment that no text had. */
static int find_new_comment(pv_buf *out, const struct bag bags[LOSS_ALL])
{
	for (size_t i = 0; i < bags[LOSS_RESULT].count; i++) {
		pv_str note = bags[LOSS_RESULT].items[i];

		if (!has(&bags[LOSS_BASE], note) && !has(&bags[LOSS_OURS], note) &&
		    !has(&bags[LOSS_THEIRS], note))
			return report(out, "nobody wrote the comment", note);
	}
	return 0;
}

int loss_of_comments(pv_buf *out, const loss_case *c)
{
	struct bag bags[LOSS_ALL] = { { 0 } };
	pv_arena arena = { 0 };
	int found;

	for (size_t i = 0; i < LOSS_ALL; i++)
		add_comments(&bags[i], &arena, c->texts[i], c->trees[i]);
	found = find_new_comment(out, bags);
	for (size_t i = LOSS_OURS; i <= LOSS_THEIRS && !found; i++)
		for (size_t j = 0; j < bags[i].count && !found; j++) {
			pv_str note = bags[i].items[j];
			size_t base = count(&bags[LOSS_BASE], note);

			if (count(&bags[LOSS_OURS], note) < base ||
			    count(&bags[LOSS_THEIRS], note) < base)
				continue;
			if (!has(&bags[LOSS_RESULT], note))
				found = report(out, "a comment is lost", note);
		}
	pv_arena_dispose(&arena);
	dispose(bags);
	return found;
}
