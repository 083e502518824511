/* SPDX-License-Identifier: MIT
 *
 * When stat data prove that a file is what the index says: never for one that
 * may have changed since the index was written, whatever the clocks resolve.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "store/index/index.h"

enum {
	SECOND = 1767225600
};

/* Whether a file is fresh: written at, index written at. */
static int is_fresh(long file_s, long file_ns, long index_s, long index_ns)
{
	struct stat st = { 0 };
	pv_index_map map = { 0 };
	pv_index_row row = { 0 };

	st.st_size = 4;
	st.st_mtim.tv_sec = file_s;
	st.st_mtim.tv_nsec = file_ns;
	st.st_ctim = st.st_mtim;
	row.stat.size = 4;
	row.stat.mtime_s = (uint32_t)file_s;
	row.stat.mtime_ns = (uint32_t)file_ns;
	row.stat.ctime_s = row.stat.mtime_s;
	row.stat.ctime_ns = row.stat.mtime_ns;
	map.seconds = index_s;
	map.nanoseconds = index_ns;
	return pv_index_is_fresh(&map, &row, &st);
}

static void test_store_index__trusts_what_is_older(void **state)
{
	(void)state;
	assert_true(is_fresh(SECOND - 1, 0, SECOND, 0));
	assert_true(is_fresh(SECOND - 1, 9, SECOND, 0));
	assert_true(is_fresh(SECOND - 1, 0, SECOND, 9));
	assert_true(is_fresh(SECOND, 8, SECOND, 9));
}

static void test_store_index__looks_at_what_may_be_newer(void **state)
{
	(void)state;
	assert_false(is_fresh(SECOND + 1, 0, SECOND, 0));
	assert_false(is_fresh(SECOND + 1, 0, SECOND, 9));
	assert_false(is_fresh(SECOND, 9, SECOND, 9));
	assert_false(is_fresh(SECOND, 10, SECOND, 9));
}

/* Without nanoseconds, "at the same second" is all that is known. */
static void test_store_index__looks_within_a_whole_second(void **state)
{
	(void)state;
	assert_false(is_fresh(SECOND, 0, SECOND, 0));
	assert_false(is_fresh(SECOND, 9, SECOND, 0));
	assert_false(is_fresh(SECOND, 0, SECOND, 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_store_index__trusts_what_is_older),
		cmocka_unit_test(test_store_index__looks_at_what_may_be_newer),
		cmocka_unit_test(test_store_index__looks_within_a_whole_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
