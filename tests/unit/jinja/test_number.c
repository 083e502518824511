/* SPDX-License-Identifier: MIT
 *
 * Integers of any size and doubles: arithmetic, printing, reading.
 */
#include "play.h"

#include <math.h>

#include "jinja/value/number.h"

static void test_jinja_number__prints_doubles_as_python_does(void **state)
{
	static const struct {
		double value;
		const char *repr;
	} cases[] = {
		{ 0.0, "0.0" },
		{ -0.0, "-0.0" },
		{ 1.0, "1.0" },
		{ 0.1, "0.1" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1e16, "1e+16" },
		{ 123456789012345.0, "123456789012345.0" },
		{ 1e15, "1000000000000000.0" },
		{ 1e22, "1e+22" },
		{ 1e-5, "1e-05" },
		{ 0.0001, "0.0001" },
		{ 1.5e-7, "1.5e-07" },
		{ 5e-324, "5e-324" },
		{ 2.2250738585072014e-308, "2.2250738585072014e-308" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
		{ 0x1p-44, "5.684341886080802e-14" },
		{ 9007199254740993.0, "9007199254740992.0" },
		{ 100.0, "100.0" },
		{ INFINITY, "inf" },
		{ -INFINITY, "-inf" },
		{ NAN, "nan" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++)
		assert_string_equal(play_repr(pv_jinja_float(cases[i].value)),
				    cases[i].repr);
}

static void test_jinja_number__reads_doubles_exactly(void **state)
{
	static const struct {
		const char *text;
		double value;
	} cases[] = {
		{ "0.1", 0.1 },
		{ "1_0.5", 10.5 },
		{ "1e400", INFINITY },
		{ "1e-400", 0.0 },
		{ "2.4703282292062328e-324", 5e-324 },
		{ "9007199254740993.0", 9007199254740992.0 },
		{ "9007199254740993.00000000000000000000001", 9007199254740994.0 },
		{ "17976931348623157e292", 1.7976931348623157e308 },
		{ "0.000000000000000000000000000001", 1e-30 },
		{ "123456789012345678901234567890.0",
		  123456789012345678901234567890.0 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		double value;

		pv_jinja_parse_float(&value, cases[i].text,
				     strlen(cases[i].text));
		assert_true(value == cases[i].value);
	}
}

static void test_jinja_number__computes_beyond_64_bits(void **state)
{
	static const struct {
		const char *a;
		enum pv_jinja_operator which;
		const char *b;
		const char *result;
	} cases[] = {
		{ "9223372036854775807", PV_JINJA_ADD, "1",
		  "9223372036854775808" },
		{ "-9223372036854775808", PV_JINJA_SUB, "1",
		  "-9223372036854775809" },
		{ "9223372036854775808", PV_JINJA_SUB, "1",
		  "9223372036854775807" },
		{ "4294967296", PV_JINJA_MUL, "4294967296",
		  "18446744073709551616" },
		{ "-9223372036854775808", PV_JINJA_FLOORDIV, "-1",
		  "9223372036854775808" },
		{ "-9223372036854775808", PV_JINJA_MOD, "-1", "0" },
		{ "2", PV_JINJA_POW, "100", "1267650600228229401496703205376" },
		{ "-7", PV_JINJA_FLOORDIV, "2", "-4" },
		{ "-7", PV_JINJA_MOD, "2", "1" },
		{ "7", PV_JINJA_MOD, "-2", "-1" },
		{ "-1267650600228229401496703205377", PV_JINJA_FLOORDIV,
		  "18446744073709551616", "-68719476737" },
		{ "-1267650600228229401496703205377", PV_JINJA_MOD,
		  "18446744073709551616", "18446744073709551615" },
		{ "100000000000000000000", PV_JINJA_DIV, "3",
		  "3.333333333333333e+19" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_jinja_value result;

		assert_int_equal(pv_jinja_arith(&result, &play.run, cases[i].which,
						play_int(cases[i].a),
						play_int(cases[i].b)),
				 PV_OK);
		assert_string_equal(play_repr(result), cases[i].result);
	}
}

static void test_jinja_number__limits_sizes_before_they_are_made(void **state)
{
	pv_jinja_value result;

	(void)state;
	assert_int_equal(pv_jinja_arith(&result, &play.run, PV_JINJA_POW,
					pv_jinja_int(10),
					pv_jinja_int(1000000000)),
			 PV_ELIMIT);
	assert_non_null(strstr(play.err.message, "bits of one integer"));
	assert_int_equal(pv_jinja_arith(&result, &play.run, PV_JINJA_MUL,
					pv_jinja_text("x"),
					pv_jinja_int(10000000000)),
			 PV_ELIMIT);
	assert_non_null(strstr(play.err.message, "bytes of one string"));
	assert_true(play.arena.total < 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		play_test(test_jinja_number__prints_doubles_as_python_does),
		play_test(test_jinja_number__reads_doubles_exactly),
		play_test(test_jinja_number__computes_beyond_64_bits),
		play_test(test_jinja_number__limits_sizes_before_they_are_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
