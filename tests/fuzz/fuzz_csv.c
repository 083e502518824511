/* SPDX-License-Identifier: MIT
 *
 * Any bytes as CSV: every file handed out loads, and its export as CSV is
 * imported again to the same data, exported again to the same bytes. What is
 * written as a field is read as it was.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/exchange.h>

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void export_item(pv_buf *out, const pv_import_item *item)
{
	pv_prompt *prompt = NULL;
	pv_buf line = { 0 };

	if (pv_id_check(item->id, NULL) < 0 ||
	    pv_prompt_parse(&prompt, item->yaml, item->len, NULL, NULL, NULL) < 0 ||
	    pv_export_jsonl(&line, item->id, prompt, NULL) < 0 ||
	    pv_export_csv(out, line.ptr, line.len, NULL) < 0)
		abort();
	pv_buf_dispose(&line);
	pv_prompt_free(prompt);
}

static int compare_table(const pv_import_item *item, void *payload)
{
	const pv_buf *first = payload;
	pv_buf again = { 0 };

	export_item(&again, item);
	if (again.len != first->len ||
	    memcmp(again.ptr, first->ptr, again.len) != 0)
		abort();
	pv_buf_dispose(&again);
	return 1;
}

static int check_item(const pv_import_item *item, void *payload)
{
	pv_buf table = { 0 };

	(void)payload;
	export_item(&table, item);
	if (pv_import_csv(table.ptr, table.len, NULL, compare_table, &table,
			  NULL) != 1)
		abort();
	pv_buf_dispose(&table);
	return 0;
}

static void check_field(pv_str text)
{
	pv_buf written = { 0 };
	pv_buf read = { 0 };
	pv_csv csv;

	pv_buf_puts(&written, "x,");
	pv_csv_write(&written, text);
	pv_csv_init(&csv, (pv_str){ written.ptr, written.len });
	if (pv_csv_next(&csv, NULL) != 1 || csv.fault || csv.count != 2)
		abort();
	pv_csv_put_value(&read, &csv.fields[1]);
	if (read.len != text.len ||
	    (read.len && memcmp(read.ptr, text.ptr, read.len) != 0) ||
	    pv_csv_next(&csv, NULL) != 0)
		abort();
	pv_csv_dispose(&csv);
	pv_buf_dispose(&read);
	pv_buf_dispose(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_import_options opts = { 0 };

	if (pv_report_new(&opts.report, NULL) < 0)
		abort();
	if (pv_import_csv((const char *)data, size, &opts, check_item, NULL,
			  NULL) < 0)
		abort();
	pv_report_free(opts.report);
	check_field((pv_str){ (const char *)data, size });
	return 0;
}
