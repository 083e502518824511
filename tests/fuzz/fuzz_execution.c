/* SPDX-License-Identifier: MIT
 *
 * Any bytes as an execution: what is read and made whole is written as JSON
 * that reads back to the same bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/index.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_whole(pv_buf *out, pv_execution *row)
{
	if (pv_execution_json(out, row, NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_execution *row = NULL;
	pv_execution *again = NULL;
	pv_buf first = { 0 };
	pv_buf second = { 0 };

	if (pv_execution_parse(&row, (const char *)data, size, NULL) < 0)
		return 0;
	if (pv_execution_complete(row, 1700000000000000, NULL) == PV_OK) {
		write_whole(&first, row);
		if (pv_execution_parse(&again, first.ptr, first.len, NULL) < 0 ||
		    pv_execution_complete(again, 0, NULL) < 0)
			abort();
		write_whole(&second, again);
		if (strcmp(first.ptr, second.ptr) != 0)
			abort();
	}
	pv_buf_dispose(&first);
	pv_buf_dispose(&second);
	pv_execution_free(row);
	pv_execution_free(again);
	return 0;
}
