/* SPDX-License-Identifier: MIT
 *
 * Version numbers: what is accepted, the order of semver.org section 11, and
 * the next number. The order is also checked as a property over a grid of
 * generated numbers, so that sorting can rely on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pv/version.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static pv_semver number(const char *text)
{
	pv_semver version;

	assert_int_equal(pv_semver_parse(&version, text, NULL), PV_OK);
	return version;
}

static void test_version_semver__reads_back_what_it_writes(void **state)
{
	static const char *const good[] = {
		"0.0.0",      "1.2.3",          "9999.9999.9999",
		"1.0.0-rc.1", "1.0.0-alpha-7",  "1.0.0-0",
		"1.0.0--",    "1.0.0-x.7.z.92", "1.0.0-0a.10",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(good); i++) {
		pv_semver version = number(good[i]);
		char text[PV_VERSION_TEXT];

		pv_semver_format(text, &version);
		assert_string_equal(text, good[i]);
	}
}

static void test_version_semver__accepts_a_leading_v(void **state)
{
	pv_semver version = number("v1.2.3-rc.1");

	(void)state;
	assert_int_equal(version.major, 1);
	assert_int_equal(version.patch, 3);
	assert_string_equal(version.pre, "rc.1");
}

static void test_version_semver__rejects_malformed_numbers(void **state)
{
	/* A pre-release of 64 bytes. */
	static const char too_long[] = "1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static const char *const bad[] = {
		"",           "v",         "1",        "1.2",
		"1.2.3.4",    "01.2.3",    "1.02.3",   "1.2.03",
		"10000.0.0",  "1.2.99999", "-1.2.3",   "1.2.3-",
		"1.2.3-a..b", "1.2.3-01",  "1.2.3-a.", "1.2.3+b",
		"1.2.3 ",     " 1.2.3",    "vv1.2.3",  "V1.2.3",
		"1.2.3-a_b",  "1..3",      "1.2.x",    "1.2.3-\xc3\xa9",
		too_long,
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		pv_semver version;
		pv_error err = { 0 };

		assert_int_equal(pv_semver_parse(&version, bad[i], &err),
				 PV_EINVALID);
		assert_int_equal(err.code, PV_EINVALID);
		assert_int_equal(version.major, 0);
	}
}

static void test_version_semver__orders_as_semver_org_says(void **state)
{
	static const char *const ascending[] = {
		"0.9.9",
		"1.0.0-0",
		"1.0.0-2",
		"1.0.0-11",
		"1.0.0-alpha",
		"1.0.0-alpha.1",
		"1.0.0-alpha.beta",
		"1.0.0-beta",
		"1.0.0-beta.2",
		"1.0.0-beta.11",
		"1.0.0-beta.11.0",
		"1.0.0-rc.1",
		"1.0.0",
		"1.0.1",
		"1.2.0",
		"1.10.0",
		"2.0.0",
		"10.0.0",
	};
	size_t count = pv_array_len(ascending);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			pv_semver a = number(ascending[i]);
			pv_semver b = number(ascending[k]);

			assert_int_equal(pv_semver_cmp(&a, &b),
					 (i > k) - (i < k));
		}
	}
}

enum {
	GRID = 150
};

/* A small generator of its own, so that the numbers never change. */
static unsigned pick(uint32_t *seed, unsigned below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 16) % below;
}

static void generate(pv_semver *version, uint32_t *seed)
{
	static const char *const pres[] = { "",      "",    "0",   "1",
					    "a",     "a.1", "a.2", "a.10",
					    "a.1.0", "a-b", "rc",  "1.a" };

	memset(version, 0, sizeof(*version));
	version->major = pick(seed, 3);
	version->minor = pick(seed, 3);
	version->patch = pick(seed, 2);
	snprintf(version->pre, sizeof(version->pre), "%s",
		 pres[pick(seed, pv_array_len(pres))]);
}

static int order(const void *a, const void *b)
{
	return pv_semver_cmp(a, b);
}

static void test_version_semver__order_is_total(void **state)
{
	pv_semver all[GRID];
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < GRID; i++)
		generate(&all[i], &seed);
	qsort(all, GRID, sizeof(all[0]), order);
	for (size_t i = 0; i < GRID; i++) {
		for (size_t k = i; k < GRID; k++) {
			int forth = pv_semver_cmp(&all[i], &all[k]);
			int same = !memcmp(&all[i], &all[k], sizeof(all[i]));

			assert_true(forth <= 0);
			assert_int_equal(forth, -pv_semver_cmp(&all[k], &all[i]));
			assert_int_equal(forth == 0, same);
		}
	}
}

static void check_next(const char *last, enum pv_bump bump, const char *want)
{
	pv_semver from = number(last);
	pv_semver next;
	char text[PV_VERSION_TEXT];

	assert_int_equal(pv_semver_next(&next, &from, bump, NULL), PV_OK);
	pv_semver_format(text, &next);
	assert_string_equal(text, want);
}

static void test_version_semver__next_steps_by_the_bump(void **state)
{
	(void)state;
	check_next("1.2.3", PV_BUMP_PATCH, "1.2.4");
	check_next("1.2.3", PV_BUMP_NONE, "1.2.4");
	check_next("1.2.3", PV_BUMP_MINOR, "1.3.0");
	check_next("1.2.3", PV_BUMP_MAJOR, "2.0.0");
	check_next("0.1.0", PV_BUMP_MAJOR, "1.0.0");
}

static void test_version_semver__next_of_a_pre_release(void **state)
{
	(void)state;
	check_next("1.3.0-rc.1", PV_BUMP_PATCH, "1.3.0");
	check_next("1.3.0-rc.1", PV_BUMP_MINOR, "1.3.0");
	check_next("1.3.0-rc.1", PV_BUMP_MAJOR, "2.0.0");
	check_next("2.0.0-rc.1", PV_BUMP_MAJOR, "2.0.0");
	check_next("1.3.1-rc.1", PV_BUMP_MINOR, "1.4.0");
}

static void test_version_semver__next_stops_at_the_limit(void **state)
{
	pv_semver last = number("1.9999.9999");
	pv_semver next;

	(void)state;
	assert_int_equal(pv_semver_next(&next, &last, PV_BUMP_PATCH, NULL),
			 PV_ELIMIT);
	assert_int_equal(pv_semver_next(&next, &last, PV_BUMP_MINOR, NULL),
			 PV_ELIMIT);
	assert_int_equal(pv_semver_next(&next, &last, PV_BUMP_MAJOR, NULL),
			 PV_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_semver__reads_back_what_it_writes),
		cmocka_unit_test(test_version_semver__accepts_a_leading_v),
		cmocka_unit_test(test_version_semver__rejects_malformed_numbers),
		cmocka_unit_test(test_version_semver__orders_as_semver_org_says),
		cmocka_unit_test(test_version_semver__order_is_total),
		cmocka_unit_test(test_version_semver__next_steps_by_the_bump),
		cmocka_unit_test(test_version_semver__next_of_a_pre_release),
		cmocka_unit_test(test_version_semver__next_stops_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
