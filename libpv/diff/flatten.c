/* SPDX-License-Identifier: MIT
 *
 * See flatten.h. The result is for eyes and for line diffs: it is not meant
 * to be read back as YAML. Indentation stops growing at MAX_INDENT, so that
 * deep nesting cannot blow a small file up. Comments stand before what they
 * stood before, or behind what shared their line.
 */
#include "diff/flatten.h"

#include <pv/diff.h>

#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "diff/comments.h"
#include "diff/marked.h"
#include "diff/paint.h"

enum {
	MAX_INDENT = 80
};

/* Where the next line starts: behind the bullet of an element, or afresh. */
struct flat {
	pv_buf *out;
	int is_begun; /* the line has its indentation and bullet already */
	pv_comments comments; /* those that are to come */
	size_t end;           /* in the source, of what the last line shows */
};

static void start_line(struct flat *f, int indent)
{
	if (f->is_begun) {
		f->is_begun = 0;
		return;
	}
	for (int i = 0; i < indent && i < MAX_INDENT; i++)
		pv_buf_putc(f->out, ' ');
}

static pv_comment next_comment(struct flat *f)
{
	pv_comment next = *f->comments.items;

	f->comments.items++;
	f->comments.count--;
	return next;
}

/* Adds a comment to the line above. */
static void put_behind(struct flat *f, const pv_comment *comment)
{
	pv_buf_truncate(f->out, f->out->len - 1);
	pv_buf_putc(f->out, ' ');
	pv_paint_safe(f->out, comment->text);
	pv_buf_putc(f->out, '\n');
}

/* The comments before what begins at `start` of the source. */
static void put_comments(struct flat *f, size_t start, int indent)
{
	while (f->comments.count > 0 && f->comments.items->at < start) {
		pv_comment comment = next_comment(f);

		if (!f->is_begun && f->end > comment.line &&
		    f->end <= comment.at) {
			put_behind(f, &comment);
			continue;
		}
		start_line(f, indent);
		pv_paint_safe(f->out, comment.text);
		pv_buf_putc(f->out, '\n');
	}
}

static int is_word_of_yaml(pv_str text)
{
	static const char *const words[] = { "null",  "~",     "true", "false",
					     "True",  "False", "Null", "TRUE",
					     "FALSE", "NULL" };

	for (size_t i = 0; i < pv_array_len(words); i++)
		if (pv_str_is(text, words[i]))
			return 1;
	return 0;
}

/* Whether a text would be taken for something else, or seen wrongly. */
static int needs_quotes(pv_str text)
{
	pv_decimal number;

	if (text.len == 0 || text.len != pv_str_trim(text).len)
		return 1;
	return strchr("\"[{|", *text.ptr) || is_word_of_yaml(text) ||
	       pv_decimal_parse(&number, text, NULL) == PV_OK;
}

static void put_text(pv_buf *out, pv_str text)
{
	int quotes = needs_quotes(text);

	if (quotes)
		pv_buf_putc(out, '"');
	pv_paint_safe(out, text);
	if (quotes)
		pv_buf_putc(out, '"');
}

void pv_flatten_scalar(pv_buf *out, const pv_tree *tree)
{
	const pv_yaml_node *node = tree->node;
	pv_str source = { node->text, node->len };

	if (node->tag) {
		pv_paint_safe(out, pv_str_of(node->tag));
		pv_buf_putc(out, ' ');
	}
	if (node->kind == PV_YAML_MAPPING)
		pv_buf_puts(out, "{}");
	else if (node->kind != PV_YAML_SCALAR)
		pv_buf_puts(out, "[]");
	else if (node->type == PV_YAML_NULL)
		pv_buf_puts(out, "null");
	else if (node->type == PV_YAML_STRING)
		put_text(out, source);
	else
		pv_paint_safe(out, node->type == PV_YAML_BOOL ? tree->value
							      : source);
}

int pv_flatten_is_plain(const pv_tree *tree)
{
	pv_str text = pv_tree_text(tree);

	return text.ptr && !tree->node->tag && !needs_quotes(text);
}

int pv_flatten_is_short(const pv_tree *tree)
{
	pv_str text = pv_tree_text(tree);

	if (tree->count > 0)
		return 0;
	return !text.ptr || !memchr(text.ptr, '\n', text.len);
}

static void put_lines(struct flat *f, const pv_yaml_node *node, int indent)
{
	pv_str text = { node->text, node->len };
	int is_ended = text.ptr[text.len - 1] == '\n';

	pv_buf_puts(f->out, is_ended ? "|\n" : "|-\n");
	put_comments(f, node->end, indent);
	while (text.len > 0) {
		const char *newline = memchr(text.ptr, '\n', text.len);
		pv_str line = text;

		if (newline)
			line.len = (size_t)(newline - text.ptr);
		if (line.len > 0)
			start_line(f, indent);
		pv_paint_safe(f->out, line);
		pv_buf_putc(f->out, '\n');
		text.ptr += line.len + (newline != NULL);
		text.len -= line.len + (newline != NULL);
	}
}

/* Notes how far the source has been shown; what an alias shows is not next. */
static void show(struct flat *f, size_t end)
{
	if (end > f->end)
		f->end = end;
}

static void put_tree(struct flat *f, const pv_tree *tree, int indent);

/* What stands behind "key:" or at the top: on this line or on the next. */
static void put_value(struct flat *f, const pv_tree *tree, int indent,
		      const char *space)
{
	if (pv_flatten_is_short(tree)) {
		pv_buf_puts(f->out, space);
		pv_flatten_scalar(f->out, tree);
		pv_buf_putc(f->out, '\n');
		show(f, tree->node->end);
		return;
	}
	if (tree->node->tag) {
		pv_buf_puts(f->out, space);
		pv_paint_safe(f->out, pv_str_of(tree->node->tag));
		space = " ";
	}
	if (tree->count == 0) {
		pv_buf_puts(f->out, space);
		put_lines(f, tree->node, indent);
		show(f, tree->node->end);
		return;
	}
	if (*space)
		pv_buf_putc(f->out, '\n');
	put_tree(f, tree, indent);
}

static void put_member(struct flat *f, const pv_tree *member, int indent)
{
	pv_str key = { member->key->text, member->key->len };

	put_comments(f, member->key->start, indent);
	show(f, member->key->end);
	start_line(f, indent);
	pv_paint_safe(f->out, key);
	pv_buf_putc(f->out, ':');
	put_value(f, member, indent + 2, " ");
}

static void put_element(struct flat *f, const pv_tree *element, int indent)
{
	put_comments(f, element->node->start, indent);
	start_line(f, indent);
	pv_buf_puts(f->out, "- ");
	f->is_begun = element->count > 0 && !element->node->tag;
	put_value(f, element, indent + 2, "");
	f->is_begun = 0;
}

static void put_tree(struct flat *f, const pv_tree *tree, int indent)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (pv_tree_is_mapping(tree))
			put_member(f, &tree->items[i], indent);
		else
			put_element(f, &tree->items[i], indent);
	}
}

void pv_flatten(pv_buf *out, const pv_tree *tree)
{
	struct flat f = { .out = out };

	put_value(&f, tree, 0, "");
}

/* A scalar has its comments around it, not among members of its own. */
static void put_root(struct flat *f, const pv_tree *tree)
{
	if (tree->count == 0)
		put_comments(f, tree->node->start, 0);
	put_value(f, tree, 0, "");
	put_comments(f, SIZE_MAX, 0);
}

static int flatten_text(pv_buf *out, const char *text, size_t len, pv_error *err)
{
	pv_str source = { text, len };
	pv_yaml *doc = NULL;
	pv_tree *tree = NULL;
	pv_arena arena = { 0 };
	struct flat f = { .out = out };
	int rc = pv_tree_read(&tree, &doc, &arena, source, err);

	if (rc == PV_OK)
		rc = pv_comments_find(&f.comments, &arena, doc, err);
	if (rc == PV_OK) {
		put_root(&f, tree);
		rc = pv_buf_status(out, err);
	}
	pv_arena_dispose(&arena);
	pv_yaml_free(doc);
	return rc;
}

int pv_diff_flatten(pv_buf *out, const char *text, size_t len, pv_error *err)
{
	pv_str source = { text, len };
	pv_error why = { 0 };
	size_t before = out->len;
	int rc = flatten_text(out, text, len, err);

	if (rc != PV_ESYNTAX)
		return rc;
	/* Why its sides are no YAML says nothing of the file. */
	pv_buf_truncate(out, before);
	rc = pv_marked_flatten(out, source, flatten_text, &why);
	if (rc == PV_OK)
		pv_error_clear(err);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	return rc == PV_OK ? PV_OK : PV_ESYNTAX;
}
