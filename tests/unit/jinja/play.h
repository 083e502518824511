/* SPDX-License-Identifier: MIT
 *
 * A run to try values in: set up before each test, gone after it.
 */
#ifndef PV_TESTS_JINJA_PLAY_H
#define PV_TESTS_JINJA_PLAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/mem.h"
#include "jinja/run/call.h"
#include "jinja/value/build.h"

static struct play {
	pv_arena arena;
	pv_jinja_settings settings;
	pv_jinja_limits limits;
	pv_jinja_run run;
	pv_error err;
} play;

static inline int play_begin(void **state)
{
	(void)state;
	memset(&play, 0, sizeof(play));
	pv_jinja_run_init(&play.run, &play.arena, &play.settings, &play.limits);
	play.run.err = &play.err;
	return 0;
}

static inline int play_end(void **state)
{
	(void)state;
	pv_jinja_run_dispose(&play.run);
	pv_arena_dispose(&play.arena);
	return 0;
}

#define play_test(fn) cmocka_unit_test_setup_teardown(fn, play_begin, play_end)

/* repr(value) as a C string. */
static inline const char *play_repr(pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(&play.run);
	pv_jinja_value text;

	assert_int_equal(pv_jinja_put_repr(&play.run.scratch, &play.run, value),
			 PV_OK);
	pv_buf_put(&play.run.scratch, "", 1);
	assert_int_equal(pv_jinja_finish(&text, &play.run, mark, 0), PV_OK);
	return text.u.s;
}

/* An int from its decimal digits, with a '-' or without. */
static inline pv_jinja_value play_int(const char *digits)
{
	int is_negative = *digits == '-';
	pv_jinja_value value;

	digits += is_negative;
	assert_int_equal(pv_jinja_parse_int(&value, &play.run, digits,
					    strlen(digits)),
			 PV_OK);
	if (is_negative)
		assert_int_equal(pv_jinja_negate(&value, &play.run, value),
				 PV_OK);
	return value;
}

#endif
