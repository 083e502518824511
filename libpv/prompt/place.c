/* SPDX-License-Identifier: MIT
 *
 * Where in the file a byte of a template stands. In a literal block each line
 * of the text is the tail of a line of the file; elsewhere folding and
 * escapes break that tie, and the place of the value has to do.
 */
#include <string.h>

#include "base/utf8.h"
#include "prompt/model.h"

/* The start of the line `count` lines below the one that holds `at`. */
static size_t skip_lines(pv_str file, size_t at, int count)
{
	while (count-- > 0 && at < file.len) {
		const char *end = memchr(file.ptr + at, '\n', file.len - at);

		at = end ? (size_t)(end - file.ptr) + 1 : file.len;
	}
	return at;
}

static size_t line_length(const char *line, size_t left)
{
	const char *end = memchr(line, '\n', left);
	size_t len = end ? (size_t)(end - line) : left;

	return len && line[len - 1] == '\r' ? len - 1 : len;
}

/* Bytes of indentation in front of line `row` (0-based) of a literal block. */
static int indentation(pv_str file, const pv_yaml_node *node, pv_str text, int row)
{
	size_t raw = skip_lines(file, node->start, row + 1);
	size_t at = skip_lines(text, 0, row);
	size_t raw_len = line_length(file.ptr + raw, file.len - raw);
	size_t len = line_length(text.ptr + at, text.len - at);

	return raw_len > len ? (int)(raw_len - len) : 0;
}

void pv_load_place(const pv_loader *loader, size_t message, size_t offset,
		   int *line_out, int *column_out)
{
	const pv_yaml_node *node = loader->contents[message];
	pv_str text = { node->text, node->len };
	pv_str file;
	int line;
	int column;

	*line_out = node->line;
	*column_out = node->column;
	if (node->style != PV_YAML_LITERAL)
		return;
	file.ptr = pv_yaml_text(loader->prompt->doc, &file.len);
	pv_utf8_place(text.ptr, text.len, offset, &line, &column);
	*line_out = node->line + line;
	*column_out = column + indentation(file, node, text, line - 1);
}
