/* SPDX-License-Identifier: MIT
 *
 * Computes with template values: one request a line in, its answer out (see
 * tests/unit/jinja/compute.h). tests/peer compares the answers with Python's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jinja/compute.h"

enum {
	LINE_MAX_BYTES = 1 << 22
};

static void do_line(const char *line, size_t len)
{
	pv_buf out = { 0 };
	pv_json_doc *doc;
	pv_error err;

	if (pv_json_parse(&doc, line, len, &err) < 0) {
		fprintf(stderr, "error: %s\n", err.message);
		exit(2);
	}
	compute_answer(&out, pv_json_root(doc));
	puts(pv_buf_text(&out));
	pv_buf_dispose(&out);
	pv_json_free(doc);
}

int main(void)
{
	char *line = malloc(LINE_MAX_BYTES);

	if (!line)
		return 2;
	while (fgets(line, LINE_MAX_BYTES, stdin))
		do_line(line, strlen(line));
	free(line);
	return compute_failed;
}
