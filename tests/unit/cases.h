/* SPDX-License-Identifier: MIT
 *
 * Cases as JSON lines, for the programs that run a corpus.
 */
#ifndef PV_TESTS_CASES_H
#define PV_TESTS_CASES_H

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"

/* Takes one case; `line` is where it stands in its file, from 1. */
typedef void cases_fn(void *payload, unsigned line, const pv_json *item);

static inline int cases_run_line(const char *line, size_t len, unsigned number,
				 cases_fn *fn, void *payload)
{
	pv_json_doc *doc = NULL;
	pv_error err;

	if (!len)
		return 1;
	if (pv_json_parse(&doc, line, len, &err) < 0) {
		fprintf(stderr, "error: bad case: %s\n", err.message);
		return 0;
	}
	fn(payload, number, pv_json_root(doc));
	pv_json_free(doc);
	return 1;
}

/* Calls `fn` for each case of a file. Returns how many could not be read. */
static inline unsigned cases_run_file(const char *path, cases_fn *fn,
				      void *payload)
{
	pv_buf text = { 0 };
	unsigned number = 0;
	unsigned bad = 0;
	pv_error err;
	size_t at = 0;

	if (pv_file_read(&text, path, &err) < 0) {
		fprintf(stderr, "error: %s\n", err.message);
		bad++;
	}
	while (at < text.len) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.ptr) - at : text.len - at;

		bad += !cases_run_line(text.ptr + at, len, ++number, fn, payload);
		at += len + 1;
	}
	pv_buf_dispose(&text);
	return bad;
}

#endif
