/* SPDX-License-Identifier: MIT
 *
 * Telling entries apart by lines. A line at the margin begins an entry or is a
 * comment; a line at two blanks is a member whose value ends on it or is a
 * literal block; a deeper one is of such a block. All else, and ids that do
 * not ascend, make a file that is not plain.
 */
#include "version/environment_text.h"

#include <stdint.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

/* A text, line by line. */
struct scan {
	pv_str text;
	size_t at;
	int is_block; /* the last member's value is a block */
};

static pv_str next_line(struct scan *scan)
{
	const char *start = scan->text.ptr + scan->at;
	const char *end = memchr(start, '\n', scan->text.len - scan->at);
	pv_str line = { start, scan->text.len - scan->at };

	if (end)
		line.len = (size_t)(end - start);
	scan->at += line.len + (end != NULL);
	return line;
}

static size_t indent_of(pv_str line)
{
	size_t count = 0;

	while (count < line.len && line.ptr[count] == ' ')
		count++;
	return count;
}

static int is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
	       c == '_' || c == '-' || c == '/';
}

static size_t skip_blanks(pv_str line, size_t at)
{
	while (at < line.len && line.ptr[at] == ' ')
		at++;
	return at;
}

/* Whether nothing but a comment follows. */
static int is_end(pv_str line, size_t at)
{
	size_t next = skip_blanks(line, at);

	return next == line.len || (line.ptr[next] == '#' && next > at);
}

/* The id of `key:` or `"key":` that is alone on its line. */
static int read_key(pv_str *id_out, pv_str line)
{
	size_t quote = line.len && line.ptr[0] == '"';
	size_t at = quote;

	while (at < line.len && is_id_char(line.ptr[at]))
		at++;
	id_out->ptr = line.ptr + quote;
	id_out->len = at - quote;
	/* "---" and "..." divide documents. */
	if (!id_out->len || id_out->ptr[0] == '-' || id_out->ptr[0] == '.')
		return 0;
	if (quote && pv_str_at(line, at++) != '"')
		return 0;
	return pv_str_at(line, at) == ':' && is_end(line, at + 1);
}

/* Whether a quoted value ends on its line. */
static int is_quoted(pv_str line, size_t at)
{
	char quote = line.ptr[at++];

	for (; at < line.len; at++) {
		int is_escaped =
			quote == '"' ? line.ptr[at] == '\\'
				     : line.ptr[at] == quote &&
					       pv_str_at(line, at + 1) == quote;

		if (is_escaped)
			at++;
		else if (line.ptr[at] == quote)
			return is_end(line, at + 1);
	}
	return 0;
}

/* A member with its value, behind two blanks. */
static int read_member(struct scan *scan, pv_str line)
{
	size_t at = 2;
	char first;

	while (at < line.len && ((line.ptr[at] >= 'a' && line.ptr[at] <= 'z') ||
				 line.ptr[at] == '_'))
		at++;
	if (at == 2 || pv_str_at(line, at) != ':')
		return 0;
	if (is_end(line, at + 1))
		return 1;
	if (pv_str_at(line, ++at) != ' ')
		return 0;
	at = skip_blanks(line, at);
	first = line.ptr[at];
	scan->is_block = first == '|' || first == '>';
	if (first == '"' || first == '\'')
		return is_quoted(line, at);
	if (first == '-' || first == ':' || first == '?')
		return !is_end(line, at + 1) && line.ptr[at + 1] != ' ';
	return scan->is_block || !strchr("&*!{[]},%@`#", first);
}

static int add_part(pv_env_parts *out, const struct scan *scan, pv_str line,
		    pv_str id, pv_error *err)
{
	pv_env_part part = { id, (size_t)(line.ptr - scan->text.ptr), scan->at };

	if (out->count && pv_str_cmp(out->items[out->count - 1].id, id) >= 0) {
		out->is_plain = 0;
		return PV_OK;
	}
	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(part)) < 0)
		return pv_fail_nomem(err);
	out->items[out->count++] = part;
	return PV_OK;
}

static int read_line(pv_env_parts *out, struct scan *scan, pv_str line,
		     pv_error *err)
{
	size_t indent = indent_of(line);
	pv_str id;

	if (indent == line.len)
		return PV_OK;
	if (indent > 2 && scan->is_block) {
		out->items[out->count - 1].end = scan->at;
		return PV_OK;
	}
	scan->is_block = 0;
	if (line.ptr[indent] == '#') {
		if (indent && out->count)
			out->items[out->count - 1].end = scan->at;
		return PV_OK;
	}
	if (indent == 0 && read_key(&id, line))
		return add_part(out, scan, line, id, err);
	out->is_plain = indent == 2 && out->count && read_member(scan, line);
	if (out->is_plain)
		out->items[out->count - 1].end = scan->at;
	return PV_OK;
}

static int is_control(char c)
{
	return (unsigned char)c < ' ' && c != '\n';
}

/* Blanks other than spaces and line feeds need a parser. */
static int has_controls(pv_str text)
{
	const uint64_t ones = 0x0101010101010101U;
	const uint64_t tops = ones * 0x80;
	size_t at = 0;

	while (at < text.len) {
		uint64_t word;

		/* Eight bytes at a time where none is below a space. */
		while (text.len - at >= sizeof(word)) {
			memcpy(&word, text.ptr + at, sizeof(word));
			if ((word - ones * ' ') & ~word & tops)
				break;
			at += sizeof(word);
		}
		for (size_t i = 0; i < sizeof(word) && at < text.len; i++)
			if (is_control(text.ptr[at++]))
				return 1;
	}
	return 0;
}

int pv_env_parts_read(pv_env_parts *out, pv_str text, pv_error *err)
{
	struct scan scan = { .text = text };
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	out->is_plain = !has_controls(text) &&
			pv_utf8_valid(text.ptr, text.len) == text.len;
	while (rc == PV_OK && out->is_plain && scan.at < text.len) {
		pv_str line = next_line(&scan);

		rc = read_line(out, &scan, line, err);
	}
	if (rc < 0)
		pv_env_parts_dispose(out);
	else if (!out->is_plain)
		out->count = 0;
	return rc;
}

const pv_env_part *pv_env_parts_find(const pv_env_parts *parts, pv_str id)
{
	size_t low = 0;
	size_t high = parts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = pv_str_cmp(parts->items[middle].id, id);

		if (!order)
			return &parts->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void pv_env_parts_dispose(pv_env_parts *parts)
{
	pv_free(parts->items);
	memset(parts, 0, sizeof(*parts));
}

static int read_all(const pv_yaml_node **entry_out, const pv_yaml *doc,
		    const char *id, pv_error *err)
{
	const pv_yaml_node *root = pv_yaml_resolve(pv_yaml_root(doc));

	if (root->kind == PV_YAML_MAPPING) {
		*entry_out = pv_yaml_get(root, id);
		return PV_OK;
	}
	if (root->kind == PV_YAML_SCALAR && root->type == PV_YAML_NULL)
		return PV_OK;
	return pv_fail(err, PV_EINVALID,
		       "the file of an environment must be a mapping");
}

int pv_env_entry_parse(pv_yaml **doc_out, const pv_yaml_node **entry_out,
		       pv_str text, const pv_env_parts *parts, const char *id,
		       pv_error *err)
{
	int rc;

	*doc_out = NULL;
	*entry_out = NULL;
	if (parts->is_plain) {
		const pv_env_part *part = pv_env_parts_find(parts, pv_str_of(id));

		if (!part)
			return PV_OK;
		text.ptr += part->start;
		text.len = part->end - part->start;
	}
	rc = pv_yaml_parse(doc_out, text.ptr, text.len, NULL, err);
	if (rc == PV_OK)
		rc = read_all(entry_out, *doc_out, id, err);
	if (rc < 0) {
		pv_yaml_free(*doc_out);
		*doc_out = NULL;
	}
	return rc;
}
