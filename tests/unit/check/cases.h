/* SPDX-License-Identifier: MIT
 *
 * The examples in tests/data/check/<rule>/: bad.yaml and good.yaml, and beside
 * them what a rule may need: pv.yaml, last.yaml (the last version, called
 * 1.2.0), before.yaml (a prompt beside it, checked first), other prompts by the
 * last part of their id, other files by the last part of their path.
 */
#ifndef PV_TESTS_CHECK_CASES_H
#define PV_TESTS_CHECK_CASES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/check.h>

#include "base/mem.h"

/* One example being checked. */
struct case_files {
	const char *rule;
	pv_prompt *loaded[16]; /* by the source, freed in the end */
	size_t count;
};

/* The text of a file of the rule; 0 when there is none. */
static int case_read(pv_buf *out, const char *rule, const char *name)
{
	char path[512];
	FILE *file;
	int c;

	(void)snprintf(path, sizeof(path), "%s/check/%s/%s", PV_TEST_DATA, rule,
		       name);
	file = fopen(path, "rb");
	if (!file)
		return 0;
	while ((c = getc(file)) != EOF)
		pv_buf_putc(out, (char)c);
	(void)fclose(file);
	return 1;
}

static int case_prompt(const pv_prompt **out, struct case_files *files,
		       const char *name)
{
	pv_buf text = { 0 };
	int rc = PV_ENOTFOUND;

	*out = NULL;
	if (case_read(&text, files->rule, name)) {
		pv_prompt **room = &files->loaded[files->count++];

		assert_true(files->count <= pv_array_len(files->loaded));
		(void)pv_prompt_parse(room, pv_buf_text(&text), text.len, NULL,
				      NULL, NULL);
		*out = *room;
		rc = PV_OK;
	}
	pv_buf_dispose(&text);
	return rc;
}

static const char *case_last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int case_source_load(const pv_prompt **out, const char *id,
			    void *payload, pv_error *err)
{
	char name[256];

	(void)err;
	(void)snprintf(name, sizeof(name), "%s.yaml", case_last_part(id));
	return case_prompt(out, payload, name);
}

static int case_source_read(pv_buf *out, const char *path, void *payload,
			    pv_error *err)
{
	struct case_files *files = payload;

	(void)err;
	return case_read(out, files->rule, case_last_part(path)) ? PV_OK
								 : PV_ENOTFOUND;
}

static int case_source_last(const pv_prompt **out, const char **version_out,
			    const char *id, void *payload, pv_error *err)
{
	(void)id;
	(void)err;
	*version_out = "1.2.0";
	return case_prompt(out, payload, "last.yaml");
}

/* Runs the checks over one file; 0 when there is none. */
static int case_run(pv_report *report, pv_check *check, const char *rule,
		    const char *name, const char *id)
{
	char path[64];
	const pv_prompt_options load = { path };
	pv_check_subject subject = { .id = id, .path = path };
	pv_prompt *prompt = NULL;
	pv_report *found = NULL;
	pv_buf text = { 0 };
	pv_error err = { 0 };

	if (!case_read(&text, rule, name))
		return 0;
	(void)snprintf(path, sizeof(path), "prompts/%s.yaml", id);
	assert_int_equal(pv_report_new(&found, NULL), PV_OK);
	(void)pv_prompt_parse(&prompt, pv_buf_text(&text), text.len, &load,
			      found, NULL);
	subject.text = pv_buf_text(&text);
	subject.len = text.len;
	subject.prompt = prompt;
	subject.found = found;
	if (pv_check_prompt(report, check, &subject, &err) < 0)
		fail_msg("%s/%s: %s", rule, name, err.message);
	pv_prompt_free(prompt);
	pv_report_free(found);
	pv_buf_dispose(&text);
	return 1;
}

/* Checks one file of a rule; the caller frees the report, NULL: no file. */
static pv_report *case_check(const char *rule, const char *name)
{
	struct case_files files = { .rule = rule };
	pv_check_options opts = { .source = { .load = case_source_load,
					      .read = case_source_read,
					      .last = case_source_last,
					      .payload = &files } };
	pv_buf settings = { 0 };
	pv_report *report = NULL;
	pv_report *other = NULL;
	pv_check *check = NULL;
	pv_error err = { 0 };

	if (case_read(&settings, rule, "pv.yaml")) {
		opts.settings = pv_buf_text(&settings);
		opts.settings_len = settings.len;
	}
	if (pv_check_new(&check, &opts, &err) < 0)
		fail_msg("%s: %s", rule, err.message);
	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_report_new(&other, NULL), PV_OK);
	(void)case_run(other, check, rule, "before.yaml", "before");
	if (!case_run(report, check, rule, name, "case")) {
		pv_report_free(report);
		report = NULL;
	}
	for (size_t i = 0; i < files.count; i++)
		pv_prompt_free(files.loaded[i]);
	pv_check_free(check);
	pv_report_free(other);
	pv_buf_dispose(&settings);
	return report;
}

#endif
