/* SPDX-License-Identifier: MIT
 *
 * Runs libyaml over a text and hands its events to build.c; the life of the
 * document that comes out.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "yaml/build.h"

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

/* Reports what libyaml found, at its place. */
static int fail_yaml(struct pv_yaml_builder *b, const yaml_parser_t *parser)
{
	const char *problem = parser->problem ? parser->problem : "bad YAML";
	const char *context = parser->context;
	size_t at;
	int rc;

	if (parser->error == YAML_MEMORY_ERROR)
		return pv_fail_nomem(b->err);
	rc = pv_fail(b->err, PV_ESYNTAX, "%s%s%s", problem, context ? " " : "",
		     context ? context : "");
	at = problem_place(b, parser);
	if (strstr(problem, "cannot start any token"))
		rc = pv_yaml_build_hint(b, rc, at);
	return pv_yaml_build_place(b, rc, at);
}

static int read_events(struct pv_yaml_builder *b, yaml_parser_t *parser)
{
	int is_done = 0;
	int rc = PV_OK;

	while (!is_done && rc == PV_OK) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event))
			return fail_yaml(b, parser);
		is_done = event.type == YAML_STREAM_END_EVENT;
		rc = pv_yaml_build_event(b, &event);
		yaml_event_delete(&event);
	}
	return rc;
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
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser,
				     (const unsigned char *)b->doc->text +
					     b->doc->body,
				     b->doc->len - b->doc->body);
	rc = read_events(b, &parser);
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

static int load(pv_yaml *doc, pv_error *err)
{
	struct pv_yaml_builder b;
	int rc = check_size(doc->len, &doc->opts, err);

	if (rc < 0)
		return rc;
	rc = check_encoding(doc, err);
	if (rc < 0)
		return rc;
	if (doc->len >= 3 && !memcmp(doc->text, "\xEF\xBB\xBF", 3))
		doc->body = 3;
	/* The levels are set when they are opened: they are most of it. */
	memset(&b, 0, offsetof(struct pv_yaml_builder, levels));
	b.doc = doc;
	b.err = err;
	pv_yaml_build_begin(&b);
	pv_yaml_marks_init(&b.marks, doc->text, doc->len, doc->body);
	rc = check_directives(&b);
	if (rc == PV_OK)
		rc = build(&b);
	pv_map_dispose(&b.anchors);
	return rc;
}

int pv_yaml_adopt(pv_yaml **out, char *text, size_t len,
		  const pv_yaml_options *opts, pv_error *err)
{
	pv_yaml *doc = pv_calloc(1, sizeof(*doc));
	int rc;

	*out = NULL;
	if (!doc) {
		pv_free(text);
		return pv_fail_nomem(err);
	}
	doc->text = text;
	doc->len = len;
	if (opts)
		doc->opts = *opts;
	doc->opts.streams = doc->opts.streams != 0;
	rc = load(doc, err);
	if (rc < 0)
		pv_yaml_free(doc);
	else
		*out = doc;
	return rc;
}

int pv_yaml_parse(pv_yaml **out, const char *text, size_t len,
		  const pv_yaml_options *opts, pv_error *err)
{
	char *copy;
	int rc = check_size(len, opts, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	copy = pv_strndup(len ? text : "", len);
	if (!copy)
		return pv_fail_nomem(err);
	return pv_yaml_adopt(out, copy, len, opts, err);
}

void pv_yaml_free(pv_yaml *doc)
{
	if (!doc)
		return;
	pv_arena_dispose(&doc->arena);
	pv_free(doc->text);
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
