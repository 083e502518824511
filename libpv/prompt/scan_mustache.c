/* SPDX-License-Identifier: MIT
 *
 * Mustache templates: {{name}}, {{{name}}}, {{&name}}, sections, partials
 * and changed delimiters. A section and what is read inside it are not
 * required: an absent section renders to nothing, and the names in it may be
 * those of its items.
 */
#include <string.h>

#include "prompt/scan.h"

enum {
	MAX_DELIMITER = 16
};

struct mustache {
	pv_scan *scan;
	pv_str text;
	size_t at;
	pv_str open;
	pv_str close;
	int depth; /* open sections */
	pv_str sections[PV_PROMPT_MAX_BLOCKS];
	pv_error *err;
};

/* Uses the name before the first dot; "." itself names nothing. */
static int use_name(struct mustache *mustache, pv_str name, unsigned use)
{
	const char *dot = memchr(name.ptr, '.', name.len);
	size_t offset = (size_t)(name.ptr - mustache->text.ptr);
	pv_scan_name *entry;
	int rc;

	if (dot)
		name.len = (size_t)(dot - name.ptr);
	if (!name.len)
		return PV_OK;
	rc = pv_scan_intern(&entry, mustache->scan, name, mustache->err);
	if (rc == PV_OK)
		pv_scan_use(mustache->scan, entry, offset, use);
	return rc;
}

static int open_section(struct mustache *mustache, pv_str name)
{
	int rc = use_name(mustache, name, mustache->depth ? 0 : PV_SCAN_CERTAIN);

	if (mustache->depth == PV_PROMPT_MAX_BLOCKS)
		pv_scan_fault_at(mustache->scan,
				 (size_t)(name.ptr - mustache->text.ptr),
				 "sections are nested deeper than %d",
				 PV_PROMPT_MAX_BLOCKS);
	else
		mustache->sections[mustache->depth++] = name;
	return rc;
}

static void close_section(struct mustache *mustache, pv_str name)
{
	int depth = mustache->depth;

	if (depth && pv_str_eq(mustache->sections[depth - 1], name))
		mustache->depth--;
	else
		pv_scan_fault_at(mustache->scan,
				 (size_t)(name.ptr - mustache->text.ptr),
				 "section \"%.*s\" is closed but not open",
				 name.len > 40 ? 40 : (int)name.len, name.ptr);
}

/* {{=<% %>=}} */
static void set_delimiters(struct mustache *mustache, pv_str tag)
{
	pv_str body = { tag.ptr, tag.len ? tag.len - 1 : 0 };
	size_t len = 0;

	body = pv_str_trim(body);
	while (len < body.len && body.ptr[len] != ' ')
		len++;
	if (!len || len == body.len || len > MAX_DELIMITER) {
		pv_scan_fault_at(mustache->scan,
				 (size_t)(tag.ptr - mustache->text.ptr),
				 "delimiters are set as {{=<%% %%>=}}");
		return;
	}
	mustache->open.ptr = body.ptr;
	mustache->open.len = len;
	body.ptr += len;
	body.len -= len;
	mustache->close = pv_str_trim(body);
}

/* What stands between the delimiters. */
static int scan_tag(struct mustache *mustache, pv_str tag)
{
	char sigil = 0;
	pv_str name = tag;

	if (tag.len)
		sigil = *tag.ptr;
	if (sigil && strchr("#^/>!=&{", sigil)) {
		name.ptr++;
		name.len--;
	}
	if (sigil != '=')
		name = pv_str_trim(name);
	if (!name.len && sigil != '!') {
		pv_scan_fault_at(mustache->scan,
				 (size_t)(tag.ptr - mustache->text.ptr),
				 "a tag is empty");
		return PV_OK;
	}
	switch (sigil) {
	case '!':
		return PV_OK;
	case '#':
	case '^':
		return open_section(mustache, name);
	case '/':
		close_section(mustache, name);
		return PV_OK;
	case '>':
		mustache->scan->is_nested = mustache->depth > 0;
		return pv_scan_add_include(mustache->scan, name,
					   (size_t)(name.ptr - mustache->text.ptr),
					   mustache->err);
	case '=':
		set_delimiters(mustache, name);
		return PV_OK;
	default:
		return use_name(mustache, name,
				mustache->depth
					? 0
					: PV_SCAN_REQUIRED | PV_SCAN_CERTAIN);
	}
}

static int scan_next(struct mustache *mustache, size_t start)
{
	pv_str text = mustache->text;
	size_t body = start + mustache->open.len;
	int is_triple = body < text.len && text.ptr[body] == '{';
	size_t end = pv_str_find(text, body, mustache->close);
	pv_str tag = { text.ptr + body, end - body };

	mustache->scan->place = start;
	if (end == text.len) {
		pv_scan_fault_at(mustache->scan, start, "a tag is not closed");
		mustache->at = text.len;
		return PV_OK;
	}
	mustache->at = end + mustache->close.len;
	if (is_triple && mustache->at < text.len && text.ptr[mustache->at] == '}')
		mustache->at++;
	return scan_tag(mustache, tag);
}

int pv_scan_mustache(pv_scan *scan, pv_str text, pv_error *err)
{
	struct mustache mustache;
	int rc = PV_OK;

	memset(&mustache, 0, sizeof(mustache));
	mustache.scan = scan;
	mustache.text = text;
	mustache.open = pv_str_of("{{");
	mustache.close = pv_str_of("}}");
	mustache.err = err;
	while (rc == PV_OK) {
		size_t start = pv_str_find(text, mustache.at, mustache.open);

		if (start == text.len)
			break;
		rc = scan_next(&mustache, start);
	}
	if (rc == PV_OK && mustache.depth)
		pv_scan_fault_at(scan,
				 (size_t)(mustache.sections[mustache.depth - 1].ptr -
					  text.ptr),
				 "a section is not closed");
	return rc;
}
