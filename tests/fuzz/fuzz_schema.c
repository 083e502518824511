/* SPDX-License-Identifier: MIT
 *
 * A schema and data, separated by a 0xFF byte. Both ways of validating must
 * agree, findings must be there just when data are not valid, and each must
 * have all its parts.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/schema.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_findings(const pv_schema_result *result)
{
	for (size_t i = 0; i < pv_schema_result_count(result); i++) {
		const pv_schema_finding *finding = pv_schema_result_at(result, i);

		if (!finding->instance_path || !finding->schema_path ||
		    !finding->keyword || !finding->message ||
		    (finding->instance_path[0] &&
		     finding->instance_path[0] != '/') ||
		    !strchr(finding->schema_path, '#'))
			abort();
	}
}

static void validate(const pv_schema *schema, const pv_schema_data *data)
{
	pv_schema_result *result = NULL;
	int quick = 0;
	int valid = 0;

	if (pv_schema_result_new(&result, NULL) < 0)
		return;
	if (pv_schema_validate(&quick, schema, data, NULL, NULL) == PV_OK &&
	    pv_schema_validate(&valid, schema, data, result, NULL) == PV_OK) {
		if (quick != valid || valid != !pv_schema_result_count(result))
			abort();
		check_findings(result);
	}
	pv_schema_result_free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *stop = size ? memchr(text, 0xFF, size) : NULL;
	size_t len = stop ? (size_t)(stop - text) : size;
	const pv_schema_options options = { .assert_formats = 1 };
	pv_schema *schema = NULL;
	pv_schema_data *parsed = NULL;

	if (!stop)
		return 0;
	if (pv_schema_new(&schema, text, len, &options, NULL) == PV_OK &&
	    pv_schema_data_new(&parsed, stop + 1, size - len - 1, NULL) == PV_OK)
		validate(schema, parsed);
	pv_schema_data_free(parsed);
	pv_schema_free(schema);
	return 0;
}
