/* SPDX-License-Identifier: MIT
 *
 * Tables of texts and what a detector is to find in them. Keys are written in
 * two pieces, so that nobody who scans these sources takes one for real.
 */
#ifndef PV_TESTS_CHECK_SPOTS_H
#define PV_TESTS_CHECK_SPOTS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>

#include <pv/buf.h>

#include "base/mem.h"
#include "check/spot.h"

/* `found`: the stretches in brackets, one behind the other; "" for none. */
struct spots_row {
	const char *text;
	const char *what; /* of the first; NULL: not looked at */
	const char *found;
};

typedef int spots_fn(pv_spots *out, pv_str text, pv_error *err);

static inline void spots_check(const struct spots_row *row, spots_fn *fn)
{
	pv_str text = pv_str_of(row->text);
	pv_spots spots = { 0 };
	pv_buf found = { 0 };

	assert_int_equal(fn(&spots, text, NULL), PV_OK);
	for (size_t i = 0; i < spots.count; i++) {
		const pv_spot *spot = &spots.items[i];

		assert_true(spot->start < spot->end && spot->end <= text.len);
		pv_buf_printf(&found, "[%.*s]", (int)(spot->end - spot->start),
			      text.ptr + spot->start);
	}
	if (strcmp(pv_buf_text(&found), row->found) != 0)
		print_message("in \"%s\"\n", row->text);
	assert_string_equal(pv_buf_text(&found), row->found);
	if (row->what)
		assert_string_equal(spots.items[0].what, row->what);
	pv_buf_dispose(&found);
	pv_spots_dispose(&spots);
}

#endif
