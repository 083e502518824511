/* SPDX-License-Identifier: MIT
 *
 * UTF-8, numbers, times, hashes and errors: everything that reads or writes
 * text by a specification.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/edit_distance.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

static void test_base_utf8__knows_the_columns_of_characters(void **state)
{
	static const struct {
		uint32_t c;
		int width;
	} rows[] = {
		{ 'a', 1 },     { 0xe9, 1 },    { 0xad, 1 },     { 0x301, 0 },
		{ 0x5d0, 1 },   { 0x6dd, 1 },   { 0x93f, 1 },    { 0x941, 0 },
		{ 0xe31, 0 },   { 0x1100, 2 },  { 0x1161, 0 },   { 0x200d, 0 },
		{ 0x2014, 1 },  { 0x2705, 2 },  { 0x3042, 2 },   { 0x4e00, 2 },
		{ 0xac00, 2 },  { 0xfe0f, 0 },  { 0xff21, 2 },   { 0xff71, 1 },
		{ 0x1f600, 2 }, { 0x20000, 2 }, { 0x10ffff, 1 },
	};
	size_t used;

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		assert_int_equal(pv_utf8_width(rows[i].c), rows[i].width);
	/* Marks go with what they mark; half of a wide one does not fit. */
	assert_int_equal(pv_utf8_fit("e\xcc\x81x", 4, 1, &used), 3);
	assert_int_equal(used, 1);
	assert_int_equal(pv_utf8_fit("a\xe3\x81\x82", 4, 2, &used), 1);
	assert_int_equal(used, 1);
	assert_int_equal(pv_utf8_fit("\xff\xff", 2, SIZE_MAX, &used), 2);
	assert_int_equal(used, 2);
}

/* Where the locale has UTF-8, wcwidth knows the same ones. */
static void test_base_utf8__folds_case(void **state)
{
	static const struct {
		int32_t from;
		int32_t to;
	} rows[] = { { 'A', 'a' },       { 'z', 'z' },       { '[', '[' },
		     { 0xC9, 0xE9 },     { 0xD7, 0xD7 },     { 0x141, 0x142 },
		     { 0x142, 0x142 },   { 0x178, 0xFF },    { 0x3A3, 0x3C3 },
		     { 0x3C2, 0x3C3 },   { 0x416, 0x436 },   { 0x401, 0x451 },
		     { 0x531, 0x561 },   { 0x1EC7, 0x1EC7 }, { 0x1EC6, 0x1EC7 },
		     { 0x4E00, 0x4E00 }, { -1, -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(pv_utf8_fold(rows[i].from), rows[i].to);
}

static void test_base_utf8__agrees_with_the_c_library(void **state)
{
	size_t others = 0;

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (uint32_t c = 0xa0; c <= 0x10ffff; c++) {
		int width = wcwidth((wchar_t)c);

		others += width >= 0 && width != pv_utf8_width(c);
	}
	setlocale(LC_CTYPE, "C");
	/* Other years of Unicode, and hexagrams, which it draws wide. */
	assert_true(others < 1000);
}

static void test_base_utf8__round_trips_every_code_point(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		char bytes[4];
		size_t len = pv_utf8_encode(bytes, c);
		size_t seen;

		if (c >= 0xD800 && c <= 0xDFFF) {
			assert_int_equal(len, 0);
			continue;
		}
		assert_int_equal(pv_utf8_decode(bytes, len, &seen), c);
		assert_int_equal(seen, len);
	}
}

static void test_base_utf8__refuses_malformed_sequences(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xC0\xAF",
		"\xC1\xBF",
		"\xE0\x80\xAF",
		"\xED\xA0\x80",
		"\xF0\x80\x80\xAF",
		"\xF4\x90\x80\x80",
		"\xF8\x88\x80\x80\x80",
		"\xE2\x82",
		"\xFF",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++)
		assert_int_equal(pv_utf8_valid(bad[i], strlen(bad[i])), 0);
	assert_int_equal(pv_utf8_valid("0123456789\xFFz", 12), 10);
	assert_int_equal(pv_utf8_valid("h\xC3\xA9 \xE2\x82\xAC", 7), 7);
	assert_int_equal(pv_utf8_count("h\xC3\xA9 \xE2\x82\xAC", 7), 4);
}

static void test_base_utf8__places_count_code_points(void **state)
{
	int line;
	int column;

	(void)state;
	pv_utf8_place("a\n\xC3\xA9x\n", 6, 4, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 2);
}

/* From every place to every other one, as when it is counted from the start. */
static void test_base_utf8__moves_either_way(void **state)
{
	static const char text[] = "a\n\xC3\xA9x\n\n\xE2\x82\xAC b\nlast";
	size_t len = sizeof(text) - 1;

	(void)state;
	for (size_t from = 0; from <= len; from++)
		for (size_t to = 0; to <= len; to++) {
			int want[2];
			int got[2];

			pv_utf8_place(text, len, from, &got[0], &got[1]);
			pv_utf8_move(text, from, to, &got[0], &got[1]);
			pv_utf8_place(text, len, to, &want[0], &want[1]);
			assert_memory_equal(got, want, sizeof(got));
		}
}

static void test_base_str__finds_what_is_within(void **state)
{
	static const struct {
		const char *text;
		size_t at;
		const char *what;
		size_t where;
	} rows[] = {
		{ "a{{b", 0, "{{", 1 }, { "{{{{", 1, "{{", 1 },
		{ "{{{{", 3, "{{", 4 }, { "a{b{", 0, "{{", 4 },
		{ "", 0, "{{", 0 },     { "{", 0, "{{", 1 },
		{ "ab{{", 2, "{{", 2 }, { "ab{{", 4, "{{", 4 },
		{ "ab{{", 9, "{{", 4 }, { "{{ }}", 2, "}}", 3 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		assert_int_equal(pv_str_find(pv_str_of(rows[i].text), rows[i].at,
					     pv_str_of(rows[i].what)),
				 rows[i].where);
}

static void test_base_str__reads_unsigned_within_bounds(void **state)
{
	unsigned value = 7;

	(void)state;
	assert_int_equal(pv_str_to_uint(&value, pv_str_of("9999"), 9999), 0);
	assert_int_equal(value, 9999);
	assert_int_equal(pv_str_to_uint(&value, pv_str_of("10000"), 9999),
			 PV_EINVALID);
	assert_int_equal(pv_str_to_uint(&value, pv_str_of("99999999999999999999"),
					UINT32_MAX),
			 PV_EINVALID);
	assert_int_equal(pv_str_to_uint(&value, pv_str_of(""), 9), PV_EINVALID);
	assert_int_equal(pv_str_to_uint(&value, pv_str_of("-1"), 9), PV_EINVALID);
	assert_int_equal(pv_str_to_uint(&value, pv_str_of("7"), 5), PV_EINVALID);
	assert_int_equal(value, 9999);
}

static void test_base_decimal__compares_exactly(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		int order;
	} cases[] = {
		{ "1.10", "1.1", 0 },
		{ "1e3", "1000", 0 },
		{ "-0", "0.00", 0 },
		{ "0.1", "1e-1", 0 },
		{ "2", "10", -1 },
		{ "-2", "-10", 1 },
		{ "0.3", "0.30000001", -1 },
		{ "1e400", "1e399", 1 },
		{ "9007199254740993", "9007199254740992", 1 },
		{ "-1", "1", -1 },
		{ "00012", "12", 0 },
		{ ".5", "0.50", 0 },
		{ "5.", "5", 0 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_decimal a;
		pv_decimal b;

		assert_int_equal(pv_decimal_parse(&a, pv_str_of(cases[i].a), NULL),
				 0);
		assert_int_equal(pv_decimal_parse(&b, pv_str_of(cases[i].b), NULL),
				 0);
		assert_int_equal(pv_decimal_cmp(&a, &b), cases[i].order);
		assert_int_equal(pv_decimal_cmp(&b, &a), -cases[i].order);
	}
}

static void test_base_decimal__refuses_what_is_no_number(void **state)
{
	static const char *const bad[] = { "",    "-",         ".",    "1e",
					   "1e+", "0x1",       "1 ",   "--1",
					   "nan", "1e9999999", "1.2.3" };

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		pv_decimal value;

		assert_int_equal(pv_decimal_parse(&value, pv_str_of(bad[i]), NULL),
				 PV_EINVALID);
	}
}

static void test_base_clock__formats_and_parses_rfc_3339(void **state)
{
	static const struct {
		const char *text;
		int64_t micros;
		const char *printed;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z" },
		{ "2026-11-20T10:00:00.123Z", 1795168800123000,
		  "2026-11-20T10:00:00.123Z" },
		{ "2026-11-20T11:00:00.123456+01:00", 1795168800123456,
		  "2026-11-20T10:00:00.123Z" },
		{ "1969-12-31T23:59:59.999Z", -1000, "1969-12-31T23:59:59.999Z" },
		{ "2000-02-29T23:59:60Z", 951868800000000,
		  "2000-03-01T00:00:00.000Z" },
	};
	char text[PV_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		int64_t micros;

		assert_int_equal(pv_time_parse(&micros, cases[i].text, NULL),
				 PV_OK);
		assert_true(micros == cases[i].micros);
		pv_time_format(text, micros);
		assert_string_equal(text, cases[i].printed);
	}
	pv_time_format_offset(text, 1795168800, -330);
	assert_string_equal(text, "2026-11-20 04:30:00 -0530");
}

static void test_base_clock__refuses_impossible_times(void **state)
{
	static const char *const bad[] = {
		"",
		"2026",
		"2026-13-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2026-01-01T24:00:00Z",
		"2026-01-01T00:00:00",
		"2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00Zx",
		"2026-01-01T00:00:00+1:00",
		"2026-1-01T00:00:00Z",
	};
	int64_t micros;

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++)
		assert_int_equal(pv_time_parse(&micros, bad[i], NULL),
				 PV_EINVALID);
}

static void test_base_clock__reads_spans(void **state)
{
	static const char *const bad[] = { "",    "h",        "1",
					   "1y",  "1hh",      "-1h",
					   "1 h", "1000001s", "99999999999s" };

	(void)state;
	assert_int_equal(pv_time_span("90s"), INT64_C(90000000));
	assert_int_equal(pv_time_span("15m"), INT64_C(900000000));
	assert_int_equal(pv_time_span("24h"), INT64_C(86400000000));
	assert_int_equal(pv_time_span("7d"), INT64_C(604800000000));
	assert_int_equal(pv_time_span("1000000w"), INT64_C(604800000000000000));
	for (size_t i = 0; i < pv_array_len(bad); i++)
		assert_int_equal(pv_time_span(bad[i]), 0);
}

/* Vectors of FIPS 180-4's example documents. */
static void test_base_hash__matches_published_vectors(void **state)
{
	static const struct {
		const char *text;
		int repeat;
		const char *hex;
	} cases[] = {
		{ "", 1,
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b"
		  "855" },
		{ "abc", 1,
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2001"
		  "5ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db0"
		  "6c1" },
		{ "aaaaaaaaaa", 100000,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112"
		  "cd0" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		unsigned char bytes[PV_SHA256_BYTES];
		char hex[PV_SHA256_HEX];
		pv_sha256 sha;

		pv_sha256_init(&sha);
		for (int n = 0; n < cases[i].repeat; n++)
			pv_sha256_update(&sha, cases[i].text,
					 strlen(cases[i].text));
		pv_sha256_final(hex, &sha);
		assert_string_equal(hex, cases[i].hex);
		pv_sha256_of(bytes, cases[i].text, strlen(cases[i].text));
		if (cases[i].repeat == 1)
			assert_int_equal(bytes[0] * 256 + bytes[31],
					 strtol((char[]){ hex[0], hex[1],
							  hex[62], hex[63], 0 },
						NULL, 16));
	}
}

static void test_base_fail__keeps_messages_on_one_line(void **state)
{
	pv_error err;

	(void)state;
	assert_int_equal(pv_fail(&err, PV_EINVALID, "bad id \"%s\"", "a\nb"),
			 PV_EINVALID);
	assert_string_equal(err.message, "bad id \"a b\"");
	assert_int_equal(pv_fail_id(&err, PV_ERR_PROMPT_NOT_FOUND, "x"),
			 PV_ENOTFOUND);
	assert_string_equal(pv_error_table(err.id)->name, "prompt-not-found");
	assert_int_equal(pv_fail(NULL, PV_EIO, "no one listens"), PV_EIO);
}

static void test_base_fail__never_cuts_a_character(void **state)
{
	char long_text[400];
	pv_error err;

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		memset(long_text, 'x', sizeof(long_text));
		for (size_t i = shift; i + 3 < sizeof(long_text); i += 3)
			memcpy(long_text + i, "\xE2\x82\xAC", 3);
		long_text[sizeof(long_text) - 1] = '\0';
		pv_fail(&err, PV_EINVALID, "%s", long_text);
		assert_int_equal(pv_utf8_valid(err.message, strlen(err.message)),
				 strlen(err.message));
		assert_true(strlen(err.message) > 250);
	}
}

static void test_base_fail__table_is_complete(void **state)
{
	(void)state;
	for (int id = 0; id < PV_ERR_COUNT; id++) {
		const pv_error_row *row = pv_error_table(id);

		assert_non_null(row->name);
		assert_true(row->code < 0);
		assert_true(row->exit_status == 1 || row->exit_status >= 128);
		assert_true(row->http_status >= 400);
	}
	assert_string_equal(pv_error_table(-1)->name, "internal");
	assert_string_equal(pv_error_table(PV_ERR_COUNT)->name, "internal");
}

/* By definition: the best of all ways to begin. */
static size_t plain_distance(pv_str a, pv_str b)
{
	size_t best, other;

	if (!a.len || !b.len)
		return a.len + b.len;
	best = plain_distance((pv_str){ a.ptr + 1, a.len - 1 }, b) + 1;
	other = plain_distance(a, (pv_str){ b.ptr + 1, b.len - 1 }) + 1;
	best = other < best ? other : best;
	other = plain_distance((pv_str){ a.ptr + 1, a.len - 1 },
			       (pv_str){ b.ptr + 1, b.len - 1 }) +
		(*a.ptr != *b.ptr);
	best = other < best ? other : best;
	if (a.len < 2 || b.len < 2 || a.ptr[0] != b.ptr[1] ||
	    a.ptr[1] != b.ptr[0])
		return best;
	other = plain_distance((pv_str){ a.ptr + 2, a.len - 2 },
			       (pv_str){ b.ptr + 2, b.len - 2 }) +
		1;
	return other < best ? other : best;
}

static void test_base_edit_distance__counts_edits_up_to_a_limit(void **state)
{
	char texts[2][6];
	char longest[202];

	(void)state;
	for (unsigned n = 0; n < 3000; n++) {
		pv_str sides[2];
		size_t edits;

		for (unsigned k = 0; k < 2; k++) {
			unsigned bits = n * 2654435761U >> (k ? 3 : 11);

			sides[k] = (pv_str){ texts[k], (bits >> 10) % 6 };
			for (unsigned i = 0; i < 5; i++)
				texts[k][i] = "abc"[(bits >> 2 * i & 3) % 3];
		}
		edits = plain_distance(sides[0], sides[1]);
		for (size_t limit = 0; limit < 6; limit++)
			assert_int_equal(pv_edit_distance(sides[0], sides[1],
							  limit),
					 edits > limit ? limit + 1 : edits);
	}
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(pv_edit_distance((pv_str){ longest, 200 },
					  (pv_str){ longest, 199 }, 3),
			 1);
	assert_int_equal(pv_edit_distance((pv_str){ longest, 201 },
					  (pv_str){ longest, 200 }, 3),
			 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_utf8__knows_the_columns_of_characters),
		cmocka_unit_test(test_base_utf8__folds_case),
		cmocka_unit_test(test_base_utf8__agrees_with_the_c_library),
		cmocka_unit_test(test_base_utf8__round_trips_every_code_point),
		cmocka_unit_test(test_base_utf8__refuses_malformed_sequences),
		cmocka_unit_test(test_base_utf8__places_count_code_points),
		cmocka_unit_test(test_base_utf8__moves_either_way),
		cmocka_unit_test(test_base_str__finds_what_is_within),
		cmocka_unit_test(test_base_str__reads_unsigned_within_bounds),
		cmocka_unit_test(test_base_decimal__compares_exactly),
		cmocka_unit_test(test_base_decimal__refuses_what_is_no_number),
		cmocka_unit_test(
			test_base_edit_distance__counts_edits_up_to_a_limit),
		cmocka_unit_test(test_base_clock__formats_and_parses_rfc_3339),
		cmocka_unit_test(test_base_clock__reads_spans),
		cmocka_unit_test(test_base_clock__refuses_impossible_times),
		cmocka_unit_test(test_base_hash__matches_published_vectors),
		cmocka_unit_test(test_base_fail__keeps_messages_on_one_line),
		cmocka_unit_test(test_base_fail__never_cuts_a_character),
		cmocka_unit_test(test_base_fail__table_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
