/* SPDX-License-Identifier: MIT
 *
 * Two schemas and an instance, separated by 0xFF bytes. No answer may be
 * contradicted by the instance, a schema is compatible with itself unless that
 * is unknown, and what breaks has a witness.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/schema.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_valid(const pv_schema *schema, const char *json, size_t len)
{
	pv_schema_data *data = NULL;
	int valid = -1;

	if (pv_schema_data_new(&data, json, len, NULL) < 0 ||
	    pv_schema_validate(&valid, schema, data, NULL, NULL) < 0)
		valid = -1;
	pv_schema_data_free(data);
	return valid;
}

static void check(const pv_schema *a, const pv_schema *b, const char *json,
		  size_t len)
{
	pv_schema_comparison found = { 0 };

	if (pv_schema_compare(&found, a, b, PV_SCHEMA_INPUT, NULL) < 0)
		return;
	if (found.answer == PV_SCHEMA_COMPATIBLE &&
	    is_valid(a, json, len) == 1 && is_valid(b, json, len) == 0)
		abort();
	if (found.answer == PV_SCHEMA_BREAKING &&
	    (is_valid(a, pv_buf_text(&found.witness), found.witness.len) != 1 ||
	     is_valid(b, pv_buf_text(&found.witness), found.witness.len) != 0 ||
	     a == b))
		abort();
	pv_schema_comparison_dispose(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *stop = size ? memchr(text, 0xFF, size) : NULL;
	const char *end =
		stop ? memchr(stop + 1, 0xFF, size - (size_t)(stop + 1 - text))
		     : NULL;
	const pv_schema_options options = { .assert_formats = 1 };
	pv_schema *a = NULL;
	pv_schema *b = NULL;

	if (!end)
		return 0;
	if (pv_schema_new(&a, text, (size_t)(stop - text), &options, NULL) ==
		    PV_OK &&
	    pv_schema_new(&b, stop + 1, (size_t)(end - stop - 1), &options,
			  NULL) == PV_OK) {
		size_t len = size - (size_t)(end + 1 - text);

		check(a, b, end + 1, len);
		check(b, a, end + 1, len);
		check(a, a, end + 1, len);
	}
	pv_schema_free(a);
	pv_schema_free(b);
	return 0;
}
