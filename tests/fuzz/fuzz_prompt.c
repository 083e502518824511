/* SPDX-License-Identifier: MIT
 *
 * Any text as a prompt file. What loads is no different from itself, differs
 * from its own export by nothing but form, and comes back from it as the same
 * line. A NUL byte splits the input into two states of one prompt, whose
 * comparison must end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/exchange.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pv_prompt *load(const char *text, size_t len)
{
	pv_report *report = NULL;
	pv_prompt *prompt = NULL;
	pv_error err = { 0 };
	int rc;

	if (pv_report_new(&report, NULL) < 0)
		abort();
	rc = pv_prompt_parse(&prompt, text, len, NULL, report, &err);
	if ((rc < 0) != !prompt || (rc < 0 && err.code != rc))
		abort();
	if (rc < 0 && !pv_report_count_at(report, PV_SEVERITY_ERROR))
		abort();
	pv_report_free(report);
	return prompt;
}

/* Exports the item again: the line must be the one it came from. */
static int compare_line(const pv_import_item *item, void *payload)
{
	const pv_buf *line = payload;
	pv_prompt *prompt = load(item->yaml, item->len);
	pv_buf again = { 0 };

	if (!prompt || pv_export_jsonl(&again, item->id, prompt, NULL) < 0 ||
	    again.len != line->len ||
	    memcmp(again.ptr, line->ptr, again.len) != 0)
		abort();
	pv_buf_dispose(&again);
	pv_prompt_free(prompt);
	return 1;
}

static void check_round_trip(const pv_prompt *prompt)
{
	pv_buf line = { 0 };
	pv_error err = { 0 };

	if (pv_export_jsonl(&line, "a", prompt, &err) < 0) {
		/* PV_EINVALID: numbers that JSON does not have. */
		if (err.code != PV_ELIMIT && err.code != PV_EINVALID)
			abort();
	} else if (pv_import_jsonl(line.ptr, line.len, NULL, compare_line,
				   &line, &err) != 1) {
		abort();
	}
	pv_buf_dispose(&line);
}

static void check_impact(const pv_prompt *before, const pv_prompt *after)
{
	enum pv_bump bump;

	if (pv_prompt_impact(&bump, before, before, NULL, NULL) < 0 ||
	    bump != PV_BUMP_NONE)
		abort();
	if (after && pv_prompt_impact(&bump, before, after, NULL, NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *split = size ? memchr(text, 0, size) : NULL;
	size_t len = split ? (size_t)(split - text) : size;
	pv_prompt *before = load(text, len);
	pv_prompt *after = NULL;

	if (split)
		after = load(split + 1, size - len - 1);
	if (before) {
		check_round_trip(before);
		check_impact(before, after);
	}
	pv_prompt_free(before);
	pv_prompt_free(after);
	return 0;
}
