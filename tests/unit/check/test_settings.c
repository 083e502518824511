/* SPDX-License-Identifier: MIT
 *
 * What pv.yaml must not have, and secrets in it: found once each, in the file's
 * own order of rules, and with the severity that pv.yaml gives them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/check.h>

struct row {
	const char *settings;
	const char *found; /* "severity rule line:column " of each */
};

static const struct row rows[] = {
	{ "", "" },
	{ "providers: {openai: {api_key: \"${PV_OPENAI_KEY}\"}}", "" },
	{ "providers:\n  openai:\n    base_url: https://api.openai.com/v1\n"
	  "    api_key: correct-horse-7\n",
	  "error secret 4:14 " },
	{ "providers: {o: {api_key: \"sk-"
	  "proj-hJ3nR6yPq7Zk2Vx9Lm4Tc8WbD5gF1sAe"
	  "\"}}\n",
	  "error secret 1:27 " },
	{ "index: postgresql://pv:Tr0ub4dor-3x@db/prompts\n",
	  "error secret 1:24 " },
	{ "index: postgresql://pv:${PV_DB_PASSWORD}@db/prompts\n", "" },
	{ "checks: {secret: warning}\napi_key: correct-horse-7\n",
	  "warning secret 2:10 " },
	{ "checks: {security: off}\napi_key: correct-horse-7\n", "" },
	{ "tracking: {tokens: 100, token: abc}\npassword: \n", "" },
	{ "prompts: 3\ntracking:\n  batch_size: many\n",
	  "error setting 1:10 error setting 3:15 " },
	{ "environments:\n  a: {approvals: -1}\n  b: {required_checks: [securty]}\n",
	  "error setting 2:18 error setting 3:25 " },
	{ "trackin: {batch_size: 1}\ntracking: {batchsize: 1}\nours: 1\n",
	  "warning unknown-setting 1:1 warning unknown-setting 2:12 " },
	{ "environments: {a: {aproval: 1}}\n"
	  "alerts: [{metric: cost, above: 1, windw: 1h}]\n",
	  "warning unknown-setting 1:20 warning unknown-setting 2:35 " },
	{ "checks: {setting: warning, unknown-setting: off}\n"
	  "prompts: 3\ntrackin: 1\n",
	  "warning setting 2:10 " },
};

static void check_row(const struct row *row)
{
	pv_check_options opts = { .settings = row->settings,
				  .settings_len = strlen(row->settings) };
	pv_report *report = NULL;
	pv_check *check = NULL;
	pv_buf found = { 0 };

	assert_int_equal(pv_check_new(&check, &opts, NULL), PV_OK);
	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_check_settings_file(report, check, NULL), PV_OK);
	assert_int_equal(pv_check_secrets(report, check, NULL), PV_OK);
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);

		assert_string_equal(finding->file, "pv.yaml");
		pv_buf_printf(&found, "%s %s %d:%d ",
			      pv_severity_name(finding->severity),
			      finding->rule, finding->line, finding->column);
	}
	assert_string_equal(pv_buf_text(&found), row->found);
	pv_buf_dispose(&found);
	pv_report_free(report);
	pv_check_free(check);
}

static void test_check_settings__rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_settings__rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
