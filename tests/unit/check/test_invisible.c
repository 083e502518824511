/* SPDX-License-Identifier: MIT
 *
 * Characters that hide, and the same ones where they are needed.
 */
#include "spots.h"

#define ZWSP "\xE2\x80\x8B"
#define ZWNJ "\xE2\x80\x8C"
#define ZWJ "\xE2\x80\x8D"
#define RLM "\xE2\x80\x8F"
#define RLO "\xE2\x80\xAE"
#define PDF "\xE2\x80\xAC"
#define LRI "\xE2\x81\xA6"
#define VS16 "\xEF\xB8\x8F"
#define BOM "\xEF\xBB\xBF"
#define FSI "\xE2\x81\xA8"
#define PDI "\xE2\x81\xA9"
#define TAG_A "\xF3\xA0\x81\xA1"
#define MAN "\xF0\x9F\x91\xA8"
#define GIRL "\xF0\x9F\x91\xA7"
#define FLAG "\xF0\x9F\x8F\xB4"
#define TAG_END "\xF3\xA0\x81\xBF"

static const struct spots_row rows[] = {
	{ "plain, na\xC3\xAFve \xE2\x80\x94 \xE4\xBD\xA0\xE5\xA5\xBD", NULL, "" },
	{ "a" ZWSP "b" ZWSP ZWSP, "a space without width",
	  "[" ZWSP "][" ZWSP ZWSP "]" },
	{ "pay" RLO "txet" PDF, "an override of direction", "[" RLO "][" PDF "]" },
	{ LRI "x", "an isolate of direction", "[" LRI "]" },
	{ "x" TAG_A TAG_A TAG_A, "a tag character", "[" TAG_A TAG_A TAG_A "]" },
	{ "so\xC2\xADzial", "a soft hyphen", "[\xC2\xAD]" },
	{ BOM "x" BOM, "a byte order mark", "[" BOM "]" },
	{ "a" VS16, "a variation selector", "[" VS16 "]" },
	{ "a" ZWJ "b" ZWNJ, NULL, "[" ZWJ "][" ZWNJ "]" },
	{ "line " RLM, "a mark of direction", "[" RLM "]" },
	{ "a" FSI "b\nc" PDI, "an isolate of direction", "[" FSI "][" PDI "]" },
	{ "a" LRI "b" PDI, "an isolate of direction", "[" LRI "][" PDI "]" },
	/* needed */
	{ "Dear " FSI "{{ name }}" PDI ", hello", NULL, "" },
	{ "\xD7\x90 " LRI "a" PDI, NULL, "" },
	{ "\xE1\x9E\x81" ZWSP "\xE1\x9E\x82 \xE0\xB8\x81" ZWSP "a", NULL, "" },
	{ MAN ZWJ GIRL " \xE2\x9D\xA4" VS16 ZWJ "\xF0\x9F\x94\xA5", NULL, "" },
	{ "1" VS16 "\xE2\x83\xA3 \xC2\xA9" VS16, NULL, "" },
	{ MAN ZWJ "a", "a joiner without width", "[" ZWJ "]" },
	{ "\xD9\x85\xDB\x8C" ZWNJ "\xD8\xAE", NULL, "" },
	{ "\xE0\xA4\x95\xE0\xA5\x8D" ZWJ "\xE0\xA4\xB7", NULL, "" },
	{ "\xD7\x90" RLM " (a)", NULL, "" },
	{ FLAG TAG_A TAG_A TAG_A TAG_END " x" TAG_END, NULL, "[" TAG_END "]" },
	{ FLAG TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_END,
	  "a tag character",
	  "[" TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_A TAG_END "]" },
};

static void test_check_invisible__texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		spots_check(&rows[i], pv_find_invisible);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_invisible__texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
