/* SPDX-License-Identifier: MIT
 *
 * Merges real files that were changed on both sides of a merge: JSON lines
 * {repo, merge, path, base, ours, theirs, human}.
 *
 *     corpus_merge FILE... [--print]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/merge.h>

#include "base/file.h"
#include "base/json.h"

struct run {
	int is_print;
	unsigned line; /* of the file, from 1: the id of the case */
	unsigned passed;
	unsigned failed;
	unsigned skipped;
};

static pv_merge_side side_of(const pv_json *item, const char *name)
{
	pv_merge_side side = { 0 };

	side.text = pv_json_text(pv_json_get(item, name), &side.len);
	return side;
}

static void print_case(const struct run *run, const pv_merge *merge,
		       const pv_error *err)
{
	static const char *const rungs[] = { "lines", "fields", "none" };
	pv_buf line = { 0 };
	const char *text;
	size_t len = 0;
	pv_jsonw w;

	pv_jsonw_init(&w, &line);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "id");
	pv_jsonw_int(&w, run->line);
	pv_jsonw_key(&w, "got");
	pv_jsonw_object(&w);
	if (merge) {
		text = pv_merge_text(merge, &len);
		pv_jsonw_key(&w, "clean");
		pv_jsonw_bool(&w, pv_merge_markers(merge) == 0);
		pv_jsonw_key(&w, "conflicts");
		pv_jsonw_int(&w, (int64_t)pv_merge_markers(merge));
		pv_jsonw_member(&w, "by", rungs[pv_merge_rung(merge)]);
		pv_jsonw_key(&w, "text");
		pv_jsonw_stringn(&w, text, len);
	} else {
		pv_jsonw_member(&w, "error", err->message);
	}
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
	puts(pv_buf_text(&line));
	pv_buf_dispose(&line);
}

static void run_case(struct run *run, const pv_json *item)
{
	pv_merge_input input = { 0 };
	pv_merge *merge = NULL;
	pv_error err;

	input.base = side_of(item, "base");
	input.ours = side_of(item, "ours");
	input.theirs = side_of(item, "theirs");
	input.path = pv_json_text(pv_json_get(item, "path"), NULL);
	pv_merge_new(&merge, &input, &err);
	if (run->is_print)
		print_case(run, merge, &err);
	pv_merge_free(merge);
}

static void run_line(struct run *run, const char *line, size_t len)
{
	pv_json_doc *doc = NULL;
	pv_error err;

	if (!len)
		return;
	if (pv_json_parse(&doc, line, len, &err) < 0) {
		fprintf(stderr, "error: bad case: %s\n", err.message);
		run->failed++;
		return;
	}
	run_case(run, pv_json_root(doc));
	pv_json_free(doc);
}

static void run_file(struct run *run, const char *path)
{
	pv_buf text = { 0 };
	pv_error err;
	size_t at = 0;

	if (pv_file_read(&text, path, &err) < 0) {
		fprintf(stderr, "error: %s\n", err.message);
		run->failed++;
	}
	run->line = 0;
	while (at < text.len) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.ptr) - at : text.len - at;

		run->line++;
		run_line(run, text.ptr + at, len);
		at += len + 1;
	}
	pv_buf_dispose(&text);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--print"))
			run.is_print = 1;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--print") != 0)
			run_file(&run, argv[i]);
	if (!run.is_print)
		printf("%u passed, %u failed, %u skipped\n", run.passed,
		       run.failed, run.skipped);
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
