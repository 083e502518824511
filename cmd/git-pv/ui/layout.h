/* SPDX-License-Identifier: MIT
 *
 * A line of several cells, and text that goes on below itself, in the columns
 * there are. On a terminal what does not fit goes to the next line, further
 * in; nothing is ever cut, and elsewhere a line is as long as it is. Columns
 * are those of a terminal: wide characters take two, marks none.
 *
 *	layout_begin(&line, cli);
 *	layout_cell(&line, CLI_COLOR_META, row->id, id_width);
 *	layout_text(&line, row->description);
 *	layout_end(&line);
 */
#ifndef PV_GIT_PV_LAYOUT_H
#define PV_GIT_PV_LAYOUT_H

#include "cli.h"

typedef struct cli_layout {
	pv_cli *cli;
	size_t width;  /* columns of the terminal; 0: as many as it takes */
	size_t column; /* that were printed of the line */
	size_t due;    /* where the next cell begins */
	size_t indent; /* where texts go on */
} cli_layout;

/* The columns that cli_line would take for a text. */
size_t layout_columns(pv_cli *cli, const char *text);

void layout_begin(cli_layout *line, pv_cli *cli);

/* Columns of a cell that has up to `widest`: no more than half a line. */
size_t layout_share(const cli_layout *line, size_t widest);

/* Begins further in, `columns` of them. */
void layout_skip(cli_layout *line, size_t columns);

/* Prints a text as a cell of at least `width` columns, whole. */
void layout_cell(cli_layout *line, enum cli_color color, const char *text,
		 size_t width);

/* Prints a text that may go on in the next lines, below its beginning. */
void layout_text(cli_layout *line, const char *text);

/* Ends the line; the next may begin. */
void layout_end(cli_layout *line);

#endif
