/* SPDX-License-Identifier: MIT
 *
 * Steps are told to whoever wants them, and to nobody else.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/trace.h>

#include <pv/error.h>

struct seen {
	int count;
	pv_trace_step last;
};

static void tell(const pv_trace_step *step, void *payload)
{
	struct seen *seen = payload;

	seen->count++;
	seen->last = *step;
}

static void test_base_trace__tells_of_a_step(void **state)
{
	struct seen seen = { 0 };
	const pv_trace trace = { tell, &seen };
	int64_t began = pv_trace_begin(&trace);

	(void)state;
	assert_true(began > 0);
	assert_int_equal(pv_trace_end(&trace, began, "store", "open", PV_EIO),
			 PV_EIO);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.last.module, "store");
	assert_string_equal(seen.last.name, "open");
	assert_int_equal(seen.last.rc, PV_EIO);
	assert_true(seen.last.micros >= 0);
}

static void test_base_trace__is_nothing_to_nobody(void **state)
{
	const pv_trace nobody = { 0 };

	(void)state;
	assert_int_equal(pv_trace_begin(&nobody), 0);
	assert_int_equal(pv_trace_begin(NULL), 0);
	assert_int_equal(pv_trace_end(&nobody, 0, "a", "b", 3), 3);
	assert_int_equal(pv_trace_end(NULL, 0, "a", "b", PV_OK), PV_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_trace__tells_of_a_step),
		cmocka_unit_test(test_base_trace__is_nothing_to_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
