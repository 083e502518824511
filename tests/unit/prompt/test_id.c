/* SPDX-License-Identifier: MIT
 *
 * The id rule, row by row: what is refused, for which reason, and what must
 * not be.
 */
#include <pv/prompt.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static const char *const good_ids[] = {
	"a",
	"0",
	"support/triage",
	"a/b/c/d",
	"v1.0",
	"v1",
	"version.v1",
	"a.b_c-d",
	"v1.2.x",
	"x-v1.2.3",
	"console",
	"com",
	"com12",
	"lpts",
	"nul-value",
	"locked",
	"lock",
	"refs/heads/main",
	"a.lock.b",
	"0/1",
	"v.1.2",
	"zaid/coqa_exp-ed",
	"da39a3ee5e6b4b0d3255",
};

struct bad_id {
	const char *id;
	const char *why; /* part of the message */
};

static const struct bad_id bad_ids[] = {
	{ "", "empty" },
	{ "/a", "empty" },
	{ "a/", "empty" },
	{ "a//b", "empty" },
	{ ".", "start" },
	{ "..", "start" },
	{ "../evil", "start" },
	{ "a/../b", "start" },
	{ "a/./b", "start" },
	{ ".git/config", "start" },
	{ "a/.git", "start" },
	{ "-rf", "start" },
	{ "a/-b", "start" },
	{ "_a", "start" },
	{ "A", "start" },
	{ "HEAD", "start" },
	{ "\xc3\xa9t\xc3\xa9", "start" },
	{ "aB", "only" },
	{ "a b", "only" },
	{ "a ", "only" },
	{ "a:b", "only" },
	{ "a@b", "only" },
	{ "a~1", "only" },
	{ "a\\b", "only" },
	{ "a\nb", "only" },
	{ "caf\xc3\xa9", "only" },
	{ "a..b", "\"..\"" },
	{ "a...", "\"..\"" },
	{ "name.", "ends in \".\"" },
	{ "a./b", "ends in \".\"" },
	{ "refs.lock", ".lock" },
	{ "a.lock/b", ".lock" },
	{ "v1.2.3", "version" },
	{ "a/v1.2.3/b", "version" },
	{ "v1.2.3-rc.1", "version" },
	{ "v10.20.30", "version" },
	{ "con", "device" },
	{ "con.txt", "device" },
	{ "a/nul", "device" },
	{ "aux/a", "device" },
	{ "lpt1.yaml", "device" },
	{ "com0", "device" },
};

static void test_prompt_id__accepts_good_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(good_ids); i++) {
		pv_error err = { 0 };

		if (pv_id_check(good_ids[i], &err) < 0)
			fail_msg("\"%s\": %s", good_ids[i], err.message);
	}
}

static void test_prompt_id__refuses_bad_ids_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(bad_ids); i++) {
		pv_error err = { 0 };

		if (pv_id_check(bad_ids[i].id, &err) != PV_EINVALID)
			fail_msg("\"%s\" was accepted", bad_ids[i].id);
		if (!strstr(err.message, bad_ids[i].why))
			fail_msg("\"%s\": %s", bad_ids[i].id, err.message);
		assert_int_equal(err.code, PV_EINVALID);
		assert_string_not_equal(err.hint, "");
	}
}

static void test_prompt_id__limits_the_length(void **state)
{
	char id[PV_ID_MAX + 2];

	(void)state;
	memset(id, 'a', sizeof(id));
	id[PV_ID_PART_MAX] = '\0';
	assert_int_equal(pv_id_check(id, NULL), PV_OK);
	id[PV_ID_PART_MAX] = 'a';
	id[PV_ID_PART_MAX + 1] = '\0';
	assert_int_equal(pv_id_check(id, NULL), PV_EINVALID);
	memset(id, 'a', sizeof(id));
	id[PV_ID_PART_MAX - 1] = '/';
	id[PV_ID_MAX] = '\0';
	id[PV_ID_MAX - 1] = 'b';
	id[PV_ID_MAX - 2] = '/';
	assert_int_equal(pv_id_check(id, NULL), PV_OK);
	id[PV_ID_MAX] = 'a';
	id[PV_ID_MAX + 1] = '\0';
	assert_int_equal(pv_id_check(id, NULL), PV_EINVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt_id__accepts_good_ids),
		cmocka_unit_test(test_prompt_id__refuses_bad_ids_with_the_reason),
		cmocka_unit_test(test_prompt_id__limits_the_length),
	};

	return cmocka_run_group_tests_name("prompt_id", tests, NULL, NULL);
}
