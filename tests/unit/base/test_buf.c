/* SPDX-License-Identifier: MIT
 *
 * Buffers, arenas, maps and string lists.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <pv/buf.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "faults.h"

static void test_base_buf__appends_and_terminates(void **state)
{
	pv_buf buf = { 0 };

	(void)state;
	assert_string_equal(pv_buf_text(&buf), "");
	pv_buf_puts(&buf, "ab");
	pv_buf_putc(&buf, 'c');
	pv_buf_put(&buf, "\0d", 2);
	pv_buf_printf(&buf, "%d-%s", 42, "x");
	assert_int_equal(buf.len, 9);
	assert_memory_equal(buf.ptr, "abc\0d42-x", 10);
	pv_buf_truncate(&buf, 2);
	pv_buf_putu(&buf, 0);
	pv_buf_putu(&buf, 105);
	pv_buf_putu(&buf, ULLONG_MAX);
	assert_string_equal(pv_buf_text(&buf), "ab010518446744073709551615");
	pv_buf_truncate(&buf, 2);
	assert_string_equal(pv_buf_text(&buf), "ab");
	assert_int_equal(pv_buf_status(&buf, NULL), PV_OK);
	pv_buf_dispose(&buf);
	assert_null(buf.ptr);
}

static void test_base_buf__keeps_contents_at_its_limit(void **state)
{
	pv_buf buf = { .max = 5 };
	pv_error err;

	(void)state;
	pv_buf_puts(&buf, "12345");
	assert_int_equal(pv_buf_status(&buf, &err), PV_OK);
	pv_buf_putc(&buf, '6');
	pv_buf_puts(&buf, "");
	assert_int_equal(pv_buf_status(&buf, &err), PV_ELIMIT);
	assert_string_equal(err.message, "more than 5 bytes");
	assert_string_equal(buf.ptr, "12345");
	pv_buf_clear(&buf);
	pv_buf_putc(&buf, '6');
	assert_int_equal(pv_buf_status(&buf, &err), PV_OK);
	pv_buf_dispose(&buf);
}

static void test_base_buf__failure_is_sticky(void **state)
{
	struct faults faults;
	pv_buf buf = { 0 };
	pv_error err;

	(void)state;
	faults_start(&faults, 0);
	pv_buf_puts(&buf, "lost");
	faults.left = -1;
	pv_buf_puts(&buf, "also lost");
	assert_int_equal(pv_buf_status(&buf, &err), PV_ENOMEM);
	assert_int_equal(err.id, PV_ERR_INTERNAL);
	assert_int_equal(buf.len, 0);
	pv_buf_dispose(&buf);
	assert_int_equal(faults.live, 0);
	faults_stop();
}

static void test_base_arena__keeps_all_sizes_apart(void **state)
{
	enum {
		COUNT = 2000
	};
	static char *kept[COUNT];
	pv_arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = 1 + i * 7 % 9000;

		kept[i] = pv_arena_alloc(&arena, size);
		assert_non_null(kept[i]);
		assert_int_equal((uintptr_t)kept[i] % sizeof(void *), 0);
		memset(kept[i], (int)(i & 0x7F), size);
	}
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(kept[i][0], i & 0x7F);
		assert_int_equal(kept[i][i * 7 % 9000], i & 0x7F);
	}
	assert_string_equal(pv_arena_dup(&arena, "abcdef", 3), "abc");
	pv_arena_dispose(&arena);
}

static void test_base_map__finds_what_was_set(void **state)
{
	enum {
		COUNT = 5000
	};
	static int values[COUNT];
	pv_map map = { 0 };
	char key[32];
	void *old;

	(void)state;
	assert_null(pv_map_find(&map, pv_str_of("x")));
	for (int i = 0; i < COUNT; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		assert_int_equal(pv_map_set(&map, pv_str_of(key), &values[i],
					    &old, NULL),
				 PV_OK);
		assert_null(old);
	}
	pv_map_set(&map, pv_str_of("key-7"), NULL, &old, NULL);
	assert_ptr_equal(old, &values[7]);
	assert_int_equal(map.count, COUNT);
	for (int i = 0; i < COUNT; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		assert_ptr_equal(pv_map_find(&map, pv_str_of(key)),
				 i == 7 ? NULL : &values[i]);
	}
	pv_map_dispose(&map);
}

static void test_base_strlist__sorts_and_finds(void **state)
{
	static const char *const items[] = { "b", "a", "c", "a" };
	pv_strlist list = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(items); i++)
		assert_int_equal(pv_strlist_add(&list, items[i], NULL), PV_OK);
	assert_int_equal(pv_strlist_find(&list, "c"), 2);
	pv_strlist_sort(&list);
	pv_strlist_unique(&list);
	assert_int_equal(list.count, 3);
	assert_int_equal(pv_strlist_search(&list, "b"), 1);
	assert_int_equal(pv_strlist_search(&list, "bb"), -1);
	pv_strlist_dispose(&list);
}

static int fill_containers(void)
{
	pv_strlist list = { 0 };
	pv_map map = { 0 };
	char text[16];
	int rc = PV_OK;

	for (int i = 0; i < 40 && rc == PV_OK; i++) {
		snprintf(text, sizeof(text), "%d", i);
		rc = pv_strlist_add(&list, text, NULL);
		if (rc == PV_OK)
			rc = pv_map_set(&map, pv_str_of(text), NULL, NULL, NULL);
	}
	pv_strlist_dispose(&list);
	pv_map_dispose(&map);
	return rc;
}

static void test_base_containers__survive_every_failed_allocation(void **state)
{
	struct faults faults;
	long n = 0;
	int rc;

	(void)state;
	do {
		faults_start(&faults, n++);
		rc = fill_containers();
		assert_int_equal(rc, faults.hit ? PV_ENOMEM : PV_OK);
		assert_int_equal(faults.live, 0);
	} while (faults.hit);
	faults_stop();
	assert_true(n > 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_buf__appends_and_terminates),
		cmocka_unit_test(test_base_buf__keeps_contents_at_its_limit),
		cmocka_unit_test(test_base_buf__failure_is_sticky),
		cmocka_unit_test(test_base_arena__keeps_all_sizes_apart),
		cmocka_unit_test(test_base_map__finds_what_was_set),
		cmocka_unit_test(test_base_strlist__sorts_and_finds),
		cmocka_unit_test(
			test_base_containers__survive_every_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
