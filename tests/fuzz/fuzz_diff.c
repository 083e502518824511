/* SPDX-License-Identifier: MIT
 *
 * Three texts, separated by 0xFF bytes, compared, printed and merged. Runs
 * must add up to both texts, the printed text must hold no control
 * characters, the JSON must parse, and merges of equal sides must give those.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv.h>

#include "base/json.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pv_str take_part(const char **at, const char *end)
{
	pv_str part = { *at, (size_t)(end - *at) };
	const char *stop = memchr(*at, 0xFF, part.len);

	if (stop) {
		part.len = (size_t)(stop - *at);
		*at = stop + 1;
	} else {
		*at = end;
	}
	return part;
}

static void check_runs(const pv_field_change *change)
{
	pv_buf json = { 0 };
	pv_buf texts[2] = { { 0 }, { 0 } };
	pv_jsonw w;

	for (size_t i = 0; i < change->run_count; i++) {
		const pv_diff_run *run = &change->runs[i];

		if (run->len == 0 || !strchr("=-+", run->op))
			abort();
		if (run->op != '+')
			pv_buf_put(&texts[0], run->text, run->len);
		if (run->op != '-')
			pv_buf_put(&texts[1], run->text, run->len);
	}
	for (size_t i = 0; change->runs && i < 2; i++) {
		pv_buf_clear(&json);
		pv_jsonw_init(&w, &json);
		pv_jsonw_stringn(&w, pv_buf_text(&texts[i]), texts[i].len);
		if (strcmp(json.ptr, i ? change->new_json : change->old_json))
			abort();
	}
	pv_buf_dispose(&json);
	pv_buf_dispose(&texts[0]);
	pv_buf_dispose(&texts[1]);
}

static void check_prints(const pv_diff *diff)
{
	pv_buf out = { 0 };
	pv_json_doc *doc = NULL;
	pv_error err;

	if (pv_diff_print_text(&out, diff, "x", NULL, NULL) < 0)
		abort();
	for (size_t i = 0; i < out.len; i++) {
		unsigned char c = (unsigned char)out.ptr[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			abort();
	}
	pv_buf_clear(&out);
	if (pv_diff_print_json(&out, diff, "x", NULL) < 0)
		abort();
	/* Values nest deeper than the reader goes, and numbers are larger. */
	if (pv_json_parse(&doc, out.ptr, out.len, &err) < 0 &&
	    !strstr(err.message, "deep") && !strstr(err.message, "big") &&
	    !strstr(err.message, "limit") && !strstr(err.message, "number"))
		abort();
	pv_json_free(doc);
	pv_buf_dispose(&out);
}

static void check_diff(pv_str before, pv_str after)
{
	pv_diff *diff = NULL;

	if (pv_diff_texts(&diff, before.ptr, before.len, after.ptr, after.len,
			  NULL) < 0)
		return;
	if ((pv_diff_status(diff) == PV_DIFF_UNCHANGED) !=
	    pv_str_eq(before, after))
		abort();
	for (size_t i = 0; i < pv_diff_count(diff); i++)
		check_runs(pv_diff_at(diff, i));
	check_prints(diff);
	pv_diff_free(diff);
}

static void expect_merge(pv_str base, pv_str ours, pv_str theirs, pv_str want)
{
	pv_merge_input input = { .base = { base.ptr, base.len, NULL },
				 .ours = { ours.ptr, ours.len, NULL },
				 .theirs = { theirs.ptr, theirs.len, NULL } };
	size_t conflicts = 0;
	pv_buf out = { 0 };

	if (pv_merge_file(&out, &conflicts, &input, NULL) == PV_OK &&
	    (conflicts || out.len != want.len ||
	     (want.len && memcmp(out.ptr, want.ptr, want.len))))
		abort();
	pv_buf_dispose(&out);
}

static void check_conflicts(pv_str base, pv_str ours, pv_str theirs)
{
	pv_merge_input input = { .base = { base.ptr, base.len, NULL },
				 .ours = { ours.ptr, ours.len, NULL },
				 .theirs = { theirs.ptr, theirs.len, NULL } };
	pv_merge_conflicts *found = NULL;

	if (pv_merge_conflicts_find(&found, &input, NULL) == PV_OK &&
	    pv_merge_conflicts_count(found) == 0)
		abort();
	pv_merge_conflicts_free(found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data;
	const char *end = at + size;
	pv_str base = take_part(&at, end);
	pv_str ours = take_part(&at, end);
	pv_str theirs = take_part(&at, end);
	pv_buf flat = { 0 };

	if (!base.ptr)
		return 0;
	check_diff(base, ours);
	check_diff(ours, theirs);
	check_conflicts(base, ours, theirs);
	expect_merge(base, ours, base, ours);
	expect_merge(base, base, theirs, theirs);
	expect_merge(base, ours, ours, ours);
	pv_diff_flatten(&flat, base.ptr, base.len, NULL);
	pv_buf_dispose(&flat);
	return 0;
}
