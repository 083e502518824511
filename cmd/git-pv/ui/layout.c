/* SPDX-License-Identifier: MIT
 *
 * See layout.h. Blanks that a cell is filled up with are written when another
 * follows, so no line ends with some.
 */
#include "ui/layout.h"

#include <string.h>

#include "base/utf8.h"

enum {
	GAP = 2,       /* columns between cells */
	FURTHER = 4,   /* how far in a line goes on that cells did not fit in */
	NARROWEST = 16 /* columns in which a text is still readable */
};

static size_t columns_of(const char *text, size_t len)
{
	size_t used;

	pv_utf8_fit(text, len, SIZE_MAX, &used);
	return used;
}

size_t layout_columns(pv_cli *cli, const char *text)
{
	pv_buf safe = { 0 };
	size_t used;

	if (!cli->is_tty && !cli->color)
		return columns_of(text, strlen(text));
	cli_escape(&safe, text, strlen(text), "\t");
	used = columns_of(pv_buf_text(&safe), safe.len);
	pv_buf_dispose(&safe);
	return used;
}

void layout_begin(cli_layout *line, pv_cli *cli)
{
	*line = (cli_layout){ .cli = cli,
			      .width = cli->is_tty ? (size_t)cli_width() : 0 };
}

size_t layout_share(const cli_layout *line, size_t widest)
{
	size_t half = line->width / 2;

	return half && widest > half ? half : widest;
}

void layout_skip(cli_layout *line, size_t columns)
{
	line->due += columns;
}

static void pad(cli_layout *line)
{
	if (line->due > line->column) {
		cli_printf(line->cli, "%*s", (int)(line->due - line->column), "");
		line->column = line->due;
	}
}

static void go_on(cli_layout *line, size_t column)
{
	cli_puts(line->cli, "\n");
	line->column = 0;
	line->due = column;
	line->indent = column;
}

/* A row is one line, also where nothing is shown as what it is. */
static void put_line(pv_cli *cli, const char *text)
{
	size_t start = cli->out.len;

	cli_line(cli, text);
	for (size_t i = start; i < cli->out.len; i++)
		if (strchr("\t\n\r", cli->out.ptr[i]))
			cli->out.ptr[i] = ' ';
}

void layout_cell(cli_layout *line, enum cli_color color, const char *text,
		 size_t width)
{
	pv_cli *cli = line->cli;
	size_t columns = layout_columns(cli, text);

	if (line->width && line->column && line->due + columns > line->width)
		go_on(line, FURTHER);
	pad(line);
	if (color != CLI_COLOR_RESET)
		cli_puts(cli, cli_color(cli, color));
	put_line(cli, text);
	if (color != CLI_COLOR_RESET)
		cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
	line->due = line->column + (columns > width ? columns : width) + GAP;
	line->column += columns;
	line->indent = line->due;
}

/*
 * The length of the words that fit. Where none does: nothing if the text may
 * `wait` for the next line, else as much of the first as fits, or a character.
 */
static size_t take_words(const char *text, size_t len, size_t room, int wait)
{
	size_t used;
	size_t fits = pv_utf8_fit(text, len, room, &used);
	size_t words = fits;

	if (fits == len || text[fits] == ' ')
		return fits;
	while (words && text[words - 1] != ' ')
		words--;
	if (words || wait)
		return words;
	if (!fits)
		pv_utf8_decode(text, len, &fits);
	return fits;
}

static void put_folded(cli_layout *line, const char *text, size_t len)
{
	while (len) {
		size_t room =
			line->due < line->width ? line->width - line->due : 0;
		size_t took =
			take_words(text, len, room, line->due > line->indent);
		size_t end = took;

		while (end && text[end - 1] == ' ')
			end--;
		if (end) {
			pad(line);
			pv_buf_put(&line->cli->out, text, end);
			line->column += columns_of(text, end);
		}
		for (; took < len && text[took] == ' ';)
			took++;
		text += took;
		len -= took;
		if (len)
			go_on(line, line->indent);
	}
}

/* Whether so narrow a rest of the line is no place for a text. */
static int is_crowded(const cli_layout *line, size_t columns)
{
	return line->column && line->indent + NARROWEST > line->width &&
	       line->due + columns > line->width;
}

/* In one line, and without what acts on a terminal. */
static void put_safe(pv_buf *out, const char *text)
{
	cli_escape(out, text, strlen(text), "\t\n");
	for (size_t i = 0; i < out->len; i++)
		if (out->ptr[i] == '\t' || out->ptr[i] == '\n')
			out->ptr[i] = ' ';
	while (out->len && out->ptr[out->len - 1] == ' ')
		out->len--;
}

void layout_text(cli_layout *line, const char *text)
{
	pv_cli *cli = line->cli;
	pv_buf safe = { 0 };

	if (!*text)
		return;
	if (!line->width) {
		pad(line);
		put_line(cli, text);
		line->column += layout_columns(cli, text);
	} else {
		put_safe(&safe, text);
		if (is_crowded(line, columns_of(pv_buf_text(&safe), safe.len)))
			go_on(line, FURTHER);
		put_folded(line, pv_buf_text(&safe), safe.len);
		if (safe.status)
			cli->out.status = safe.status;
		pv_buf_dispose(&safe);
	}
	line->due = line->column + GAP;
}

void layout_end(cli_layout *line)
{
	cli_puts(line->cli, "\n");
	line->column = 0;
	line->due = 0;
	line->indent = 0;
}
