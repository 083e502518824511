/* SPDX-License-Identifier: MIT
 *
 * Any bytes as JSON lines: every file handed out loads, and its export is
 * imported again to the same bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/exchange.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int compare_file(const pv_import_item *item, void *payload)
{
	const pv_import_item *first = payload;

	if (item->len != first->len ||
	    memcmp(item->yaml, first->yaml, item->len) != 0 ||
	    strcmp(item->id, first->id) != 0)
		abort();
	return 1;
}

static int check_item(const pv_import_item *item, void *payload)
{
	pv_import_item first = *item;
	pv_prompt *prompt = NULL;
	pv_buf line = { 0 };

	(void)payload;
	if (pv_id_check(item->id, NULL) < 0 ||
	    pv_prompt_parse(&prompt, item->yaml, item->len, NULL, NULL, NULL) < 0 ||
	    pv_export_jsonl(&line, item->id, prompt, NULL) < 0 ||
	    pv_import_jsonl(line.ptr, line.len, NULL, compare_file, &first,
			    NULL) != 1)
		abort();
	pv_buf_dispose(&line);
	pv_prompt_free(prompt);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_import_options opts = { 0 };

	if (pv_report_new(&opts.report, NULL) < 0)
		abort();
	if (pv_import_jsonl((const char *)data, size, &opts, check_item, NULL,
			    NULL) < 0)
		abort();
	pv_report_free(opts.report);
	return 0;
}
