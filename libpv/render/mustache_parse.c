/* SPDX-License-Identifier: MIT
 *
 * Mustache text to a tree, tag by tag. A tag that prints nothing itself and
 * stands alone on its line takes the line with it.
 */
#include "render/mustache_tree.h"

#include <pv/prompt.h>

#include "jinja/value/container.h"

enum {
	MAX_DELIMITER = 16
};

/* An open section. */
struct section {
	pv_mustache_node *node;
	pv_mustache_node **outer; /* where the list that goes on behind it ends */
};

struct parser {
	pv_jinja_run *run;
	pv_str text;
	size_t at; /* behind what is in the tree */
	pv_str open;
	pv_str close;
	pv_mustache_node **end; /* of the current list */
	int depth;
	struct section sections[PV_PROMPT_MAX_BLOCKS];
	size_t place; /* of the tag being read */
};

/* A tag, as it stands in the text. */
struct tag {
	char sigil; /* 0 of {{name}} */
	pv_str body;
	size_t start;
	size_t end;
	size_t line_start; /* when it stands alone, */
	size_t line_end;   /* where its line begins and ends */
	int is_alone;
};

/* --- looking ---------------------------------------------------------------- */

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(pv_str text, size_t at)
{
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at;
}

static pv_str trim(pv_str text)
{
	while (text.len && is_space(*text.ptr)) {
		text.ptr++;
		text.len--;
	}
	while (text.len && is_space(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

static int fail(struct parser *p, const char *message)
{
	return pv_jinja_raise(p->run, PV_JINJA_TEMPLATE_SYNTAX_ERROR, "%s",
			      message);
}

/* --- tags ------------------------------------------------------------------- */

/* Finds the end of the tag: its sigil's, and the delimiter. */
static int find_close(struct tag *tag, struct parser *p, size_t body)
{
	char closer = 0;
	size_t end = body;

	if (tag->sigil == '{')
		closer = '}';
	if (tag->sigil == '=')
		closer = '=';
	for (;;) {
		end = pv_str_find(p->text, end, p->close);
		if (end == p->text.len)
			return fail(p, "the tag is not closed");
		if (!closer || (end > body && p->text.ptr[end - 1] == closer))
			break;
		/* Of }}} the last two are the delimiter. */
		if (closer == '}' && end + p->close.len < p->text.len &&
		    p->text.ptr[end] == '}') {
			end++;
			if (memcmp(p->text.ptr + end, p->close.ptr,
				   p->close.len) != 0)
				continue;
			break;
		}
		end++;
	}
	tag->end = end + p->close.len;
	tag->body.ptr = p->text.ptr + body;
	tag->body.len = end - body - (closer != 0);
	tag->body = trim(tag->body);
	return PV_OK;
}

/* Whether nothing else is on the lines the tag begins and ends on. */
static void look_around(struct tag *tag, pv_str text)
{
	size_t start = tag->start;
	size_t end = skip_blanks(text, tag->end);

	while (start > 0 &&
	       (text.ptr[start - 1] == ' ' || text.ptr[start - 1] == '\t'))
		start--;
	if (end + 1 < text.len && text.ptr[end] == '\r' &&
	    text.ptr[end + 1] == '\n')
		end++;
	tag->is_alone = (start == 0 || text.ptr[start - 1] == '\n') &&
			(end >= text.len || text.ptr[end] == '\n');
	tag->line_start = start;
	tag->line_end = end < text.len ? end + 1 : end;
}

static int read_tag(struct tag *tag, struct parser *p, size_t start)
{
	size_t body = start + p->open.len;
	int rc;

	memset(tag, 0, sizeof(*tag));
	tag->start = start;
	p->place = start;
	while (body < p->text.len && is_space(p->text.ptr[body]))
		body++;
	if (body < p->text.len && strchr("#^/>!=&{", p->text.ptr[body]) &&
	    p->text.ptr[body])
		tag->sigil = p->text.ptr[body++];
	rc = find_close(tag, p, body);
	if (rc < 0)
		return rc;
	if (tag->sigil && strchr("#^/>!=", tag->sigil))
		look_around(tag, p->text);
	if (!tag->body.len && tag->sigil != '!')
		return fail(p, "the tag is empty");
	return PV_OK;
}

/* --- nodes ------------------------------------------------------------------ */

static int add_node(pv_mustache_node **out, struct parser *p,
		    enum pv_mustache_kind kind, pv_str text)
{
	int rc = pv_jinja_alloc(out, p->run, sizeof(**out));

	if (rc < 0)
		return rc;
	memset(*out, 0, sizeof(**out));
	(*out)->kind = kind;
	(*out)->text = text;
	(*out)->offset = p->place;
	*p->end = *out;
	p->end = &(*out)->next;
	return PV_OK;
}

static int add_text(struct parser *p, size_t end)
{
	pv_str text = { p->text.ptr + p->at, end - p->at };
	pv_mustache_node *node;

	return text.len ? add_node(&node, p, PV_MUSTACHE_TEXT, text) : PV_OK;
}

/* a.b.c; "." is the item itself. */
static int split_name(pv_mustache_node *node, struct parser *p)
{
	pv_str rest = node->text;
	size_t count = 1;
	int rc;

	if (pv_str_is(rest, "."))
		return PV_OK;
	for (size_t i = 0; i < rest.len; i++)
		count += rest.ptr[i] == '.';
	rc = pv_jinja_alloc_array(&node->keys, p->run, count,
				  sizeof(*node->keys));
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		const char *dot =
			rest.len ? memchr(rest.ptr, '.', rest.len) : NULL;
		pv_str key = { rest.ptr,
			       dot ? (size_t)(dot - rest.ptr) : rest.len };

		if (!key.len)
			return fail(p, "a name begins or ends with a dot");
		node->keys[i].text = key;
		node->keys[i].hash = pv_jinja_hash_text(key.ptr, key.len);
		rest.ptr += key.len + 1;
		rest.len -= dot ? key.len + 1 : key.len;
	}
	node->key_count = count;
	return PV_OK;
}

static int add_name(pv_mustache_node **out, struct parser *p,
		    enum pv_mustache_kind kind, pv_str name)
{
	int rc = add_node(out, p, kind, name);

	return rc != PV_OK ? rc : split_name(*out, p);
}

static int open_section(struct parser *p, enum pv_mustache_kind kind, pv_str name)
{
	struct section *section = &p->sections[p->depth];
	pv_mustache_node *node;
	int rc;

	if (p->depth == PV_PROMPT_MAX_BLOCKS)
		return pv_jinja_limit(p->run, PV_PROMPT_MAX_BLOCKS,
				      "sections in each other");
	rc = add_name(&node, p, kind, name);
	if (rc < 0)
		return rc;
	section->node = node;
	section->outer = p->end;
	p->end = &node->first;
	p->depth++;
	return PV_OK;
}

static int close_section(struct parser *p, pv_str name)
{
	const struct section *section;

	if (!p->depth)
		return pv_jinja_raise(p->run, PV_JINJA_TEMPLATE_SYNTAX_ERROR,
				      "section '%.*s' is closed but not open",
				      name.len > 80 ? 80 : (int)name.len,
				      name.ptr);
	section = &p->sections[p->depth - 1];
	if (!pv_str_eq(section->node->text, name))
		return pv_jinja_raise(p->run, PV_JINJA_TEMPLATE_SYNTAX_ERROR,
				      "section '%.*s' is closed, but '%.*s' is "
				      "open",
				      name.len > 80 ? 80 : (int)name.len,
				      name.ptr, (int)section->node->text.len,
				      section->node->text.ptr);
	p->depth--;
	p->end = section->outer;
	return PV_OK;
}

/* {{=<% %>=}} */
static int set_delimiters(struct parser *p, pv_str body)
{
	pv_str close = body;
	size_t len = 0;

	while (len < body.len && !is_space(body.ptr[len]))
		len++;
	close.ptr += len;
	close.len -= len;
	close = trim(close);
	if (!len || !close.len || len > MAX_DELIMITER || close.len > MAX_DELIMITER)
		return fail(p, "delimiters are set as {{=<% %>=}}");
	for (size_t i = 0; i < close.len; i++)
		if (is_space(close.ptr[i]))
			return fail(p, "delimiters are set as {{=<% %>=}}");
	p->open.ptr = body.ptr;
	p->open.len = len;
	p->close = close;
	return PV_OK;
}

static int add_partial(struct parser *p, const struct tag *tag)
{
	pv_mustache_node *node;
	int rc = add_node(&node, p, PV_MUSTACHE_PARTIAL, tag->body);

	if (rc == PV_OK && tag->is_alone) {
		node->indent.ptr = p->text.ptr + tag->line_start;
		node->indent.len = tag->start - tag->line_start;
	}
	return rc;
}

static int add_tag(struct parser *p, const struct tag *tag)
{
	pv_mustache_node *node;

	switch (tag->sigil) {
	case '!':
		return PV_OK;
	case '=':
		return set_delimiters(p, tag->body);
	case '#':
		return open_section(p, PV_MUSTACHE_SECTION, tag->body);
	case '^':
		return open_section(p, PV_MUSTACHE_INVERTED, tag->body);
	case '/':
		return close_section(p, tag->body);
	case '>':
		return add_partial(p, tag);
	case '{':
	case '&':
		return add_name(&node, p, PV_MUSTACHE_RAW, tag->body);
	default:
		return add_name(&node, p, PV_MUSTACHE_VALUE, tag->body);
	}
}

/* --- the whole -------------------------------------------------------------- */

static int parse(struct parser *p)
{
	for (;;) {
		size_t start = pv_str_find(p->text, p->at, p->open);
		struct tag tag;
		int rc;

		if (start == p->text.len)
			return add_text(p, start);
		rc = read_tag(&tag, p, start);
		if (rc == PV_OK)
			rc = add_text(p, tag.is_alone ? tag.line_start : start);
		if (rc == PV_OK)
			rc = add_tag(p, &tag);
		if (rc < 0)
			return rc;
		p->at = tag.is_alone ? tag.line_end : tag.end;
	}
}

int pv_mustache_parse(pv_mustache_node **out, size_t *place_out,
		      pv_jinja_run *run, pv_str text)
{
	struct parser p = { .run = run, .text = text };
	int rc;

	*out = NULL;
	p.open = pv_str_of("{{");
	p.close = pv_str_of("}}");
	p.end = out;
	rc = parse(&p);
	if (rc == PV_OK && p.depth) {
		const pv_mustache_node *open = p.sections[p.depth - 1].node;

		p.place = open->offset;
		rc = pv_jinja_raise(run, PV_JINJA_TEMPLATE_SYNTAX_ERROR,
				    "section '%.*s' is not closed",
				    open->text.len > 80 ? 80 : (int)open->text.len,
				    open->text.ptr);
	}
	*place_out = p.place;
	return rc;
}
