/* SPDX-License-Identifier: MIT
 *
 * Places while nodes are built: where scalars end that libyaml gives more
 * than their own, where values stand that are not written, where errors are.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "yaml/build.h"

int pv_yaml_build_place(struct pv_yaml_builder *b, int code, size_t at)
{
	int line;
	int column;

	pv_yaml_marks_place(&b->marks, at, &line, &column);
	return pv_error_at(b->err, code, "", line, column);
}

int pv_yaml_build_fail(struct pv_yaml_builder *b, const pv_yaml_node *node,
		       int code)
{
	return pv_error_at(b->err, code, "", node->line, node->column);
}

int pv_yaml_build_limit(struct pv_yaml_builder *b, const pv_yaml_node *node,
			const char *what, size_t limit)
{
	int rc = pv_fail(b->err, PV_ELIMIT, "more than %zu %s", limit, what);

	return pv_yaml_build_fail(b, node, rc);
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
	const struct pv_yaml_level *level = b->level;
	size_t end = node->start;
	size_t at = end;

	if (level && level->key) {
		at = pv_yaml_find_colon(b->doc->text, level->end, end);
		at = at == end ? level->end : at + 1;
	} else if (b->content && (!level || level->node->kind == PV_YAML_STREAM)) {
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

/* Where the trouble is: what the text ends inside of is where it began. */
static size_t problem_place(struct pv_yaml_builder *b, const yaml_parser_t *parser)
{
	const pv_yaml *doc = b->doc;
	const char *context = parser->context ? parser->context : "";
	size_t at;

	if (parser->error == YAML_READER_ERROR)
		return doc->body + parser->problem_offset;
	at = pv_yaml_marks_byte(&b->marks, parser->problem_mark.index);
	if (pv_yaml_skip_space(doc->text, doc->len, at) == doc->len &&
	    (strstr(context, "scanning") || strstr(context, "flow")))
		at = pv_yaml_marks_byte(&b->marks, parser->context_mark.index);
	return at;
}

/* What most likely was meant, where libyaml's words do not say it. */
static const char *cure_of(const char *problem, const char *text)
{
	static const struct {
		const char *problem;
		const char *cure;
	} rows[] = {
		{ "mapping values are not allowed",
		  "put quotes around a text with \": \" in it" },
		{ "unknown escape character",
		  "write \"\\\\\" for \"\\\", or use single quotes" },
		{ "alphabetic or numeric character",
		  "put quotes around a text that starts with \"*\" or \"&\"" },
		{ "did not find expected key",
		  "look at the indentation and for quotes that end too early" },
		{ "did not find expected '-' indicator",
		  "all elements of a list begin in the same column" },
		{ "found a tab character", "indent with blanks, tabs cannot" },
	};

	if (*text == '\t' && strstr(problem, "cannot start any token"))
		return "indent with blanks, tabs cannot";
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (strstr(problem, rows[i].problem))
			return rows[i].cure;
	return NULL;
}

int pv_yaml_build_failure(struct pv_yaml_builder *b, const yaml_parser_t *parser)
{
	const char *problem = parser->problem ? parser->problem : "bad YAML";
	const char *context = parser->context;
	const char *cure;
	size_t at;
	int rc;

	if (parser->error == YAML_MEMORY_ERROR)
		return pv_fail_nomem(b->err);
	rc = pv_fail(b->err, PV_ESYNTAX, "%s%s%s", problem, context ? " " : "",
		     context ? context : "");
	at = problem_place(b, parser);
	cure = cure_of(problem, b->doc->text + at);
	if (cure)
		rc = pv_error_hint(b->err, rc, "%s", cure);
	else if (strstr(problem, "cannot start any token"))
		rc = pv_yaml_build_hint(b, rc, at);
	return pv_yaml_build_place(b, rc, at);
}
