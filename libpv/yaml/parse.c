/* SPDX-License-Identifier: MIT
 *
 * Gives a text to libyaml and what it finds to build.c; the life of the
 * document that comes out.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "yaml/build.h"

static void set_input(yaml_parser_t *parser, struct pv_yaml_builder *b)
{
	const pv_yaml *doc = b->doc;

	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	if (b->gaps.count > 0)
		yaml_parser_set_input(parser, pv_yaml_gaps_read, &b->gaps);
	else
		yaml_parser_set_input_string(parser,
					     (const unsigned char *)doc->text +
						     doc->body,
					     doc->len - doc->body);
}

static int build(struct pv_yaml_builder *b)
{
	yaml_parser_t parser;
	int rc = PV_OK;

	if (b->doc->opts.streams)
		rc = pv_yaml_build_root(b, PV_YAML_STREAM);
	if (rc < 0)
		return rc;
	if (!yaml_parser_initialize(&parser))
		return pv_fail_nomem(b->err);
	set_input(&parser, b);
	rc = pv_yaml_build_events(b, &parser);
	yaml_parser_delete(&parser);
	if (rc == PV_OK && !b->doc->root)
		rc = pv_yaml_build_root(b, PV_YAML_SCALAR);
	return rc;
}

static int check_size(size_t len, const pv_yaml_options *opts, pv_error *err)
{
	size_t max = opts && opts->max_size ? opts->max_size : PV_YAML_MAX_SIZE;

	if (len <= max)
		return PV_OK;
	return pv_fail(err, PV_ELIMIT, "more than %zu bytes of YAML", max);
}

/* Whether every other of the first four bytes is NUL, or more of them. */
static int is_wide(const char *text, size_t len)
{
	if (len >= 2 &&
	    (!memcmp(text, "\xFF\xFE", 2) || !memcmp(text, "\xFE\xFF", 2)))
		return 1;
	return len >= 4 && len % 2 == 0 &&
	       ((!text[0] && !text[2]) || (!text[1] && !text[3]));
}

/* Refuses what is plainly another encoding, with a message that says so. */
static int check_encoding(const pv_yaml *doc, pv_error *err)
{
	if (!is_wide(doc->text, doc->len))
		return PV_OK;
	return pv_error_at(err,
			   pv_fail(err, PV_ESYNTAX,
				   "the text is UTF-16 or UTF-32, not UTF-8"),
			   "", 1, 1);
}

/* The next "%" that starts a line from `at` on, or the end. */
static size_t next_directive(const pv_yaml *doc, size_t at)
{
	while (at < doc->len) {
		const char *hit = memchr(doc->text + at, '%', doc->len - at);

		if (!hit)
			break;
		at = (size_t)(hit - doc->text);
		if (at == doc->body || hit[-1] == '\n' || hit[-1] == '\r' ||
		    ((unsigned char)hit[-1] >= 0x80 &&
		     pv_yaml_break_before(doc->text, doc->body, at)))
			return at;
		at++;
	}
	return doc->len;
}

/*
 * libyaml compares each tag directive with all before it, and each tag with
 * all of them. Only a document's head holds more than one in a row.
 */
static int check_directives(struct pv_yaml_builder *b)
{
	const pv_yaml *doc = b->doc;
	size_t at = next_directive(doc, doc->body);
	int count = 1;

	while (at < doc->len) {
		size_t end = at;
		int rc;

		while (end < doc->len &&
		       !pv_yaml_break_at(doc->text, doc->len, end))
			end++;
		at = next_directive(doc, end);
		if (at < doc->len &&
		    pv_yaml_skip_space(doc->text, doc->len, end) == at)
			count++;
		else
			count = 1;
		if (count <= PV_YAML_MAX_DIRECTIVES)
			continue;
		rc = pv_fail(b->err, PV_ELIMIT, "more than %d directives",
			     PV_YAML_MAX_DIRECTIVES);
		return pv_yaml_build_place(b, rc, at);
	}
	return PV_OK;
}

/* Copies the text and looks at it. */
static int begin(struct pv_yaml_builder *b, pv_yaml *doc, const char *text,
		 pv_error *err)
{
	int rc;

	/* The levels are set when they are opened: they are most of it. */
	memset(b, 0, offsetof(struct pv_yaml_builder, levels));
	b->doc = doc;
	b->err = err;
	rc = pv_yaml_build_begin(b, text);
	if (rc == PV_OK)
		rc = check_encoding(doc, err);
	if (rc < 0)
		return rc;
	if (doc->len >= 3 && !memcmp(doc->text, "\xEF\xBB\xBF", 3))
		doc->body = 3;
	pv_yaml_marks_init(&b->marks, doc->text, doc->len, doc->body);
	return check_directives(b);
}

/* 1 when it does not come out, for whatever reason: see gaps.h. */
static int load_with_gaps(struct pv_yaml_builder *b)
{
	int rc = pv_yaml_gaps_find(&b->gaps, &b->marks, b->err);

	if (rc < 0 || b->gaps.count == 0)
		return rc < 0 ? rc : 1;
	rc = build(b);
	if (rc == PV_OK && b->gaps.filled == b->gaps.count)
		return PV_OK;
	return rc == PV_ENOMEM ? rc : 1;
}

static int load(pv_yaml *doc, const char *text, pv_error *err)
{
	struct pv_yaml_builder b;
	int rc = begin(&b, doc, text, err);

	if (rc == PV_OK)
		rc = load_with_gaps(&b);
	if (rc > 0 && b.gaps.count > 0) {
		pv_yaml_gaps_dispose(&b.gaps);
		pv_map_dispose(&b.anchors);
		pv_arena_dispose(&doc->arena);
		pv_error_clear(err);
		doc->root = NULL;
		rc = begin(&b, doc, text, err);
		rc = rc == PV_OK ? 1 : rc;
	}
	if (rc > 0)
		rc = build(&b);
	pv_yaml_gaps_dispose(&b.gaps);
	pv_map_dispose(&b.anchors);
	return rc;
}

int pv_yaml_parse(pv_yaml **out, const char *text, size_t len,
		  const pv_yaml_options *opts, pv_error *err)
{
	pv_yaml *doc;
	int rc = check_size(len, opts, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	doc = pv_calloc(1, sizeof(*doc));
	if (!doc)
		return pv_fail_nomem(err);
	doc->len = len;
	if (opts)
		doc->opts = *opts;
	doc->opts.streams = doc->opts.streams != 0;
	rc = load(doc, text, err);
	if (rc < 0)
		pv_yaml_free(doc);
	else
		*out = doc;
	return rc;
}

void pv_yaml_free(pv_yaml *doc)
{
	if (!doc)
		return;
	pv_arena_dispose(&doc->arena);
	pv_free(doc);
}

const char *pv_yaml_text(const pv_yaml *doc, size_t *len_out)
{
	if (len_out)
		*len_out = doc->len;
	return doc->text;
}

const pv_yaml_node *pv_yaml_root(const pv_yaml *doc)
{
	return doc->root;
}
