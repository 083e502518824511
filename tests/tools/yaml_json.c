/* SPDX-License-Identifier: MIT
 *
 * Prints a YAML file as JSON, for tests that hold files people write against
 * their schemas: yaml_json FILE
 */
#include <stdio.h>
#include <stdlib.h>

#include <pv/yaml.h>

#include "base/file.h"

int main(int argc, char **argv)
{
	pv_buf text = { 0 };
	pv_buf json = { 0 };
	pv_yaml *doc = NULL;
	pv_error err = { 0 };
	int rc = PV_EINVALID;

	if (argc == 2)
		rc = pv_file_read(&text, argv[1], &err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&doc, pv_buf_text(&text), text.len, NULL,
				   &err);
	if (rc == PV_OK)
		rc = pv_yaml_to_json(&json, pv_yaml_root(doc), &err);
	if (rc == PV_OK)
		puts(pv_buf_text(&json));
	else
		fprintf(stderr, "error: %s\n", err.message);
	pv_yaml_free(doc);
	pv_buf_dispose(&json);
	pv_buf_dispose(&text);
	return rc == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
