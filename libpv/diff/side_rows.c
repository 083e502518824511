/* SPDX-License-Identifier: MIT
 *
 * See side_rows.h. Lines of one side fill the open places that the other side
 * has left in the change under way, and make rows when there are none.
 */
#include "diff/side_rows.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static int make_row(pv_side_rows *rows)
{
	if (pv_array_reserve(&rows->items, &rows->cap, rows->count + 1,
			     sizeof(*rows->items)) < 0)
		return PV_ENOMEM;
	memset(&rows->items[rows->count++], 0, sizeof(*rows->items));
	return PV_OK;
}

static int add_line(pv_side_rows *rows, char op, pv_str line)
{
	size_t side = op == '+';
	int rc = PV_OK;

	if (op == '=') {
		rc = make_row(rows);
		if (rc < 0)
			return rc;
		rows->items[rows->count - 1].sides[0] = line;
		rows->items[rows->count - 1].sides[1] = line;
		rows->open[0] = rows->open[1] = rows->count;
		return PV_OK;
	}
	if (rows->open[side] == rows->count)
		rc = make_row(rows);
	if (rc == PV_OK)
		rows->items[rows->open[side]++].sides[side] = line;
	return rc;
}

static int add_run(pv_side_rows *rows, const pv_diff_run *run)
{
	const char *at = run->text;
	const char *end = run->text + run->len;
	int rc = PV_OK;

	while (at < end && rc == PV_OK) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		pv_str line = { at, (size_t)((newline ? newline : end) - at) };

		rc = add_line(rows, run->op, line);
		at += line.len + (newline != NULL);
	}
	return rc;
}

static int flag_rows(pv_side_rows *rows)
{
	rows->changed = pv_calloc(rows->count, 1);
	if (!rows->changed)
		return PV_ENOMEM;
	for (size_t i = 0; i < rows->count; i++)
		rows->changed[i] = rows->items[i].sides[0].ptr !=
				   rows->items[i].sides[1].ptr;
	return PV_OK;
}

int pv_side_rows_make(pv_side_rows *rows, const pv_diff_run *runs, size_t count,
		      pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = add_run(rows, &runs[i]);
	if (rc == PV_OK)
		rc = flag_rows(rows);
	return rc < 0 ? pv_fail_nomem(err) : PV_OK;
}

void pv_side_rows_dispose(pv_side_rows *rows)
{
	pv_free(rows->items);
	pv_free(rows->changed);
	memset(rows, 0, sizeof(*rows));
}
