/* SPDX-License-Identifier: MIT
 *
 * Any text before the detectors of checks: what they find lies in the text, in
 * its order. A byte 0 in front makes the rest a template and Markdown, a byte
 * 1 a prompt file that is checked by every rule.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <pv/check.h>

#include "base/utf8.h"
#include "check/spot.h"
#include "diff/markdown_images.h"
#include "jinja/bind/risks.h"
#include "prompt/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spots(pv_spots *spots, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < spots->count; i++) {
		if (spots->items[i].start < end ||
		    spots->items[i].end <= spots->items[i].start)
			abort();
		end = spots->items[i].end;
	}
	if (end > len)
		abort();
	pv_spots_dispose(spots);
}

static void check_detectors(pv_str text)
{
	pv_spots spots = { 0 };

	if (pv_find_secrets(&spots, text, NULL) < 0)
		abort();
	check_spots(&spots, text.len);
	if (pv_find_private_keys(&spots, text, NULL) < 0)
		abort();
	check_spots(&spots, text.len);
	if (pv_find_personal(&spots, text, PV_PERSONAL_ALL, NULL) < 0)
		abort();
	check_spots(&spots, text.len);
	if (pv_find_invisible(&spots, text, NULL) < 0)
		abort();
	check_spots(&spots, text.len);
}

static int check_risk(const pv_jinja_risk *risk, void *payload)
{
	const pv_str *text = payload;

	if (risk->offset > text->len || !risk->name.len)
		abort();
	return 0;
}

static int check_image(size_t offset, size_t len, void *payload)
{
	const pv_str *text = payload;

	if (offset + len > text->len)
		abort();
	return 0;
}

static void check_template(pv_str text)
{
	pv_arena arena = { 0 };

	if (pv_utf8_valid(text.ptr, text.len) < text.len)
		return;
	if (pv_jinja_find_risks(&pv_prompt_environment, text, &arena,
				check_risk, &text, NULL) < 0 ||
	    pv_markdown_images(text, check_image, &text, NULL) < 0)
		abort();
	pv_arena_dispose(&arena);
}

static void check_prompt(pv_str text)
{
	static const char settings[] =
		"vocabulary: {tags: [a]}\nmetadata_schema: {required: [a]}\n"
		"checks: {token-budget: {max: 5}}\n";
	const pv_check_options opts = { .settings = settings,
					.settings_len = sizeof(settings) - 1 };
	pv_check_subject subject = {
		.id = "a", .path = "a.yaml", .text = text.ptr, .len = text.len
	};
	pv_report *report = NULL;
	pv_prompt *prompt = NULL;
	pv_check *check = NULL;

	if (pv_report_new(&report, NULL) < 0 ||
	    pv_check_new(&check, &opts, NULL) < 0)
		abort();
	(void)pv_prompt_parse(&prompt, text.ptr, text.len, NULL, NULL, NULL);
	subject.prompt = prompt;
	if (pv_check_prompt(report, check, &subject, NULL) < 0)
		abort();
	pv_check_free(check);
	pv_prompt_free(prompt);
	pv_report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_str text = { (const char *)data, size };

	if (size && !data[0])
		check_template((pv_str){ text.ptr + 1, size - 1 });
	else if (size && data[0] == 1)
		check_prompt((pv_str){ text.ptr + 1, size - 1 });
	else
		check_detectors(text);
	return 0;
}
