/* SPDX-License-Identifier: MIT
 *
 * The grammar of specs as a table: what each text is taken for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "version/spec_parse.h"

struct row {
	const char *text;
	enum pv_rev_kind kind;
	const char *name;
	const char *number; /* "" for none */
	int parts;
};

static const struct row rows[] = {
	{ ":index", PV_REV_INDEX, "", "", 0 },
	{ ":worktree", PV_REV_WORKTREE, "", "", 0 },
	{ "env:production", PV_REV_ENV, "production", "", 0 },
	{ "env:eu-1.blue", PV_REV_ENV, "eu-1.blue", "", 0 },
	{ "ref:1.2", PV_REV_REF, "1.2", "", 0 },
	{ "ref:latest", PV_REV_REF, "latest", "", 0 },
	{ "ref:env:x", PV_REV_REF, "env:x", "", 0 },
	{ "latest", PV_REV_LATEST, "", "", 0 },
	{ "latest~1", PV_REV_LATEST, "", "", 0 },
	{ "latestx~1", PV_REV_GIT, "latestx~1", "", 0 },
	{ "1", PV_REV_VERSION, "1", "1.0.0", 1 },
	{ "0", PV_REV_VERSION, "0", "0.0.0", 1 },
	{ "1.2", PV_REV_VERSION, "1.2", "1.2.0", 2 },
	{ "1.2.3", PV_REV_VERSION, "1.2.3", "1.2.3", 3 },
	{ "1.2.3-rc.1", PV_REV_VERSION, "1.2.3-rc.1", "1.2.3-rc.1", 3 },
	{ "9999.9999.9999", PV_REV_VERSION, "9999.9999.9999", "9999.9999.9999",
	  3 },
	{ "v1.2", PV_REV_GIT, "v1.2", "1.2.0", 2 },
	{ "v1.2.3", PV_REV_GIT, "v1.2.3", "1.2.3", 3 },
	{ "12345", PV_REV_GIT, "12345", "", 0 },
	{ "1234567", PV_REV_GIT, "1234567", "", 0 },
	{ "1.2.3.4", PV_REV_GIT, "1.2.3.4", "", 0 },
	{ "1.2-rc.1", PV_REV_GIT, "1.2-rc.1", "", 0 },
	{ "1.", PV_REV_GIT, "1.", "", 0 },
	{ "01.2", PV_REV_GIT, "01.2", "", 0 },
	{ "1.2.3-01", PV_REV_GIT, "1.2.3-01", "", 0 },
	{ "1.2.3~1", PV_REV_VERSION, "1.2.3~1", "1.2.3", 3 },
	{ "1.2.3-rc.1^2~", PV_REV_VERSION, "1.2.3-rc.1^2~", "1.2.3-rc.1", 3 },
	{ "1^", PV_REV_VERSION, "1^", "1.0.0", 1 },
	{ "v1.2~1", PV_REV_GIT, "v1.2~1", "1.2.0", 2 },
	{ "1234567~1", PV_REV_GIT, "1234567~1", "", 0 },
	{ "1.2.3 ~1", PV_REV_GIT, "1.2.3 ~1", "", 0 },
	{ "main", PV_REV_GIT, "main", "", 0 },
	{ "exp/concise~2^2", PV_REV_GIT, "exp/concise~2^2", "", 0 },
	{ "refs/heads/1.2", PV_REV_GIT, "refs/heads/1.2", "", 0 },
	{ "~1", PV_REV_GIT, "~1", "", 0 },
	{ "va", PV_REV_GIT, "va", "", 0 },
	{ "env", PV_REV_GIT, "env", "", 0 },
};

static void test_version_spec_parse__takes_texts_in_the_fixed_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		char number[PV_VERSION_TEXT] = "";
		pv_rev rev;

		if (pv_rev_parse(&rev, rows[i].text, NULL) != PV_OK)
			fail_msg("\"%s\" is refused", rows[i].text);
		if (rev.parts)
			pv_semver_format(number, &rev.number);
		if (rev.kind != rows[i].kind || rev.parts != rows[i].parts ||
		    strcmp(rev.name, rows[i].name) != 0 ||
		    strcmp(number, rows[i].number) != 0)
			fail_msg("\"%s\": kind %d name \"%s\" number \"%s\" "
				 "parts %d",
				 rows[i].text, (int)rev.kind, rev.name, number,
				 rev.parts);
	}
}

static void test_version_spec_parse__lends_the_steps_back(void **state)
{
	static const char *const table[][2] = {
		{ "latest", "" }, { "latest~1^2", "~1^2" }, { "1.2", "" },
		{ "1.2^", "^" },  { "v1.2.3~4", "~4" },     { "env:x", "" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(table); i++) {
		pv_rev rev;

		assert_int_equal(pv_rev_parse(&rev, table[i][0], NULL), PV_OK);
		assert_string_equal(rev.suffix, table[i][1]);
	}
}

static void test_version_spec_parse__refuses_what_means_nothing(void **state)
{
	static const char *const bad[] = {
		"",         ":",       ":Index",  ":index ", ":worktree~1",
		"env:",     "env:..",  "env:a/b", "env:-x",  "env:.x",
		"env:a..b", "env:a b", "ref:",    "a\nb",    "\x7f",
		"a\tb",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		pv_error err = { 0 };
		pv_rev rev;

		if (pv_rev_parse(&rev, bad[i], &err) != PV_EINVALID)
			fail_msg("row %zu is accepted", i);
		assert_int_equal(err.code, PV_EINVALID);
		assert_null(strpbrk(err.message, "\n\x7f\t"));
	}
}

static void test_version_spec_parse__limits_the_length(void **state)
{
	char text[PV_REV_MAX + 2];
	pv_rev rev;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[PV_REV_MAX] = '\0';
	assert_int_equal(pv_rev_parse(&rev, text, NULL), PV_OK);
	text[PV_REV_MAX] = 'a';
	text[PV_REV_MAX + 1] = '\0';
	assert_int_equal(pv_rev_parse(&rev, text, NULL), PV_EINVALID);
}

static void test_version_spec_parse__first_at_sign_splits(void **state)
{
	char id[PV_ID_MAX + 1];
	const char *rev;

	(void)state;
	assert_int_equal(pv_spec_split(id, &rev, "a/b@c@{1}", NULL), PV_OK);
	assert_string_equal(id, "a/b");
	assert_string_equal(rev, "c@{1}");
	assert_int_equal(pv_spec_split(id, &rev, "a/b", NULL), PV_OK);
	assert_null(rev);
	assert_int_equal(pv_spec_split(id, &rev, "a@", NULL), PV_OK);
	assert_string_equal(rev, "");
}

static void test_version_spec_parse__refuses_bad_ids(void **state)
{
	static const char *const bad[] = { "",       "@1.2",  "A",  "a//b",
					   "../x",   "/a",    "a/", "a b@1",
					   "a.lock", "v1.2.3" };
	char id[PV_ID_MAX + 1];
	char text[PV_ID_MAX + 3];
	const char *rev;

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++)
		assert_int_equal(pv_spec_split(id, &rev, bad[i], NULL),
				 PV_EINVALID);
	memset(text, 'a', sizeof(text));
	text[PV_ID_MAX + 1] = '@';
	text[PV_ID_MAX + 2] = '\0';
	assert_int_equal(pv_spec_split(id, &rev, text, NULL), PV_EINVALID);
}

static void test_version_spec_parse__path_gets_a_hint(void **state)
{
	char id[PV_ID_MAX + 1];
	const char *rev;
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(pv_spec_split(id, &rev, "prompts/Triage.yaml", &err),
			 PV_EINVALID);
	assert_non_null(strstr(err.hint, "without .yaml"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_version_spec_parse__takes_texts_in_the_fixed_order),
		cmocka_unit_test(test_version_spec_parse__lends_the_steps_back),
		cmocka_unit_test(
			test_version_spec_parse__refuses_what_means_nothing),
		cmocka_unit_test(test_version_spec_parse__limits_the_length),
		cmocka_unit_test(test_version_spec_parse__first_at_sign_splits),
		cmocka_unit_test(test_version_spec_parse__refuses_bad_ids),
		cmocka_unit_test(test_version_spec_parse__path_gets_a_hint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
