/* SPDX-License-Identifier: MIT
 *
 *     bench_schema validate|whole|prepare SCHEMA DATA
 *
 * Prints the nanoseconds of processor time that validating parsed data takes,
 * or parsing and validating them, or reading and compiling the schema, in runs
 * of a third of a second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pv/schema.h>

#include "base/file.h"

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const pv_schema_options options = { .assert_formats = 1 };

/* 1 for a schema that compiles, as valid data are. */
static int prepare(const pv_buf *json)
{
	pv_schema *schema = NULL;
	int rc = pv_schema_new(&schema, json->ptr, json->len, &options, NULL);

	pv_schema_free(schema);
	return rc == PV_OK;
}

static int run(const pv_schema *schema, const pv_schema_data *data,
	       const pv_buf *json)
{
	pv_schema_data *own = NULL;
	int valid = 0;

	if (json) {
		if (pv_schema_data_new(&own, json->ptr, json->len, NULL) < 0)
			return -1;
		data = own;
	}
	if (pv_schema_validate(&valid, schema, data, NULL, NULL) < 0)
		valid = -1;
	pv_schema_data_free(own);
	return valid;
}

int main(int argc, char **argv)
{
	pv_buf schema_json = { 0 };
	pv_buf json = { 0 };
	pv_schema *schema = NULL;
	pv_schema_data *data = NULL;
	long count = 0;
	int bad = 0;
	int is_whole;
	int is_prepare;
	double start;

	if (argc != 4 || pv_file_read(&schema_json, argv[2], NULL) < 0 ||
	    pv_file_read(&json, argv[3], NULL) < 0 ||
	    pv_schema_new(&schema, schema_json.ptr, schema_json.len, &options,
			  NULL) < 0 ||
	    pv_schema_data_new(&data, json.ptr, json.len, NULL) < 0)
		return EXIT_FAILURE;
	is_whole = !strcmp(argv[1], "whole");
	is_prepare = !strcmp(argv[1], "prepare");
	start = seconds();
	while (seconds() - start < 0.3)
		for (int i = 0; i < 100; i++, count++)
			bad |= (is_prepare ? prepare(&schema_json)
					   : run(schema, data,
						 is_whole ? &json : NULL)) != 1;
	printf("%.1f\n", (seconds() - start) * 1e9 / (double)count);
	pv_schema_data_free(data);
	pv_schema_free(schema);
	pv_buf_dispose(&schema_json);
	pv_buf_dispose(&json);
	return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
