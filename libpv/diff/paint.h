/* SPDX-License-Identifier: MIT
 *
 * Writing for terminals: colours by what they mean, and contents disarmed so
 * that a prompt cannot move the cursor, retitle the window or turn the
 * direction of the text around.
 */
#ifndef PV_DIFF_PAINT_H
#define PV_DIFF_PAINT_H

#include <pv/buf.h>

#include "base/str.h"

/* The colours git uses for the same things. */
enum pv_paint_color {
	PV_PAINT_HEADING,
	PV_PAINT_OLD,
	PV_PAINT_NEW,
	PV_PAINT_PLACE,
	PV_PAINT_WARNING
};

typedef struct pv_paint {
	pv_buf *out;
	int color; /* else the marks below write nothing */
} pv_paint;

void pv_paint_begin(pv_paint *paint, enum pv_paint_color color);
void pv_paint_end(pv_paint *paint);

/*
 * Appends text on one line: tabs stay, every other control character,
 * malformed byte, mark of direction and character that cannot be seen appears
 * as \xNN, \uNNNN or \U00NNNNNN, line ends as \n and \r.
 */
void pv_paint_safe(pv_buf *out, pv_str text);

/* The length of the part up to the first character that has to be escaped. */
size_t pv_paint_harmless(pv_str text);

/* Appends the escape for the first character; the bytes it stands for. */
size_t pv_paint_escape(pv_buf *out, pv_str text);

/*
 * How many columns the text takes: two for wide characters such as
 * ideographs and emoji, none for marks that combine with the one before.
 */
size_t pv_paint_width(pv_str text);

#endif
