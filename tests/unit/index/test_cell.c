/* SPDX-License-Identifier: MIT
 *
 * Cells of which not all bins are wanted: the others are passed over.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "index/cell.h"
#include "index/number.h"

enum {
	TURNS = 200
};

static const char *const names[] = { "a", "fit", "z" };

/* Numbers of one byte and of ten. */
static int64_t draw_number(void)
{
	int64_t value = rand();

	value = value << 31 ^ rand();
	value >>= rand() % 62;
	return rand() % 2 ? value : -value;
}

static void add_bins(pv_moments *moments, int count)
{
	moments->n += rand() % 9;
	moments->sum[0] += draw_number() / 64;
	moments->square[3] += draw_number() / 64;
	for (int i = 0; i < count; i++)
		assert_int_equal(pv_histogram_add(&moments->histogram,
						  rand() % 4000 - 2000,
						  1 + rand() % 70000, NULL),
				 PV_OK);
}

static void make_cell(pv_cell *cell)
{
	cell->n = 1 + rand() % 1000;
	for (int i = 0; i < PV_METRIC_COUNT; i++)
		add_bins(&cell->metrics[i], rand() % 40);
	for (size_t i = 0; i < pv_array_len(names); i++) {
		pv_moments *moments = NULL;

		assert_int_equal(pv_cell_score_of(&moments, cell,
						  pv_str_of(names[i]), NULL),
				 PV_OK);
		add_bins(moments, 1 + rand() % 40);
	}
}

/* What is not wanted goes from a cell. */
static void drop(pv_cell *cell, const pv_cell_bins_wanted *wanted)
{
	for (int i = 0; i < PV_METRIC_COUNT; i++)
		if (!(wanted->metrics & 1U << i))
			cell->metrics[i].histogram.count = 0;
	for (size_t i = 0; i < cell->score_count; i++)
		if (strcmp(cell->scores[i].name, "fit") != 0)
			cell->scores[i].moments.histogram.count = 0;
}

static void assert_same(const pv_cell *a, const pv_cell *b)
{
	pv_buf x = { 0 };
	pv_buf y = { 0 };

	pv_cell_encode(&x, a);
	pv_cell_encode(&y, b);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.ptr, y.ptr, x.len);
	pv_buf_dispose(&x);
	pv_buf_dispose(&y);
}

static void test_index_cell__passes_over_bins(void **state)
{
	pv_cell_bins_wanted wanted = { 0 };

	(void)state;
	assert_int_equal(pv_strlist_add(&wanted.scores, "fit", NULL), PV_OK);
	srand(3);
	for (int turn = 0; turn < TURNS; turn++) {
		pv_arena arena = { 0 };
		pv_cell_bins bins = { .arena = &arena, .wanted = &wanted };
		pv_cell cell = { 0 };
		pv_cell got = { 0 };
		pv_buf bytes = { 0 };
		pv_str data;

		wanted.metrics = (unsigned)rand() & 0x1FF;
		make_cell(&cell);
		pv_cell_encode(&bytes, &cell);
		data = (pv_str){ bytes.ptr, bytes.len };
		assert_int_equal(pv_cell_gather(&got, &bins, data, NULL), PV_OK);
		assert_int_equal(pv_cell_settle(&got, &bins, NULL), PV_OK);
		drop(&cell, &wanted);
		assert_same(&got, &cell);
		pv_cell_dispose(&got);
		/* What is cut short is known by what lacks. */
		data.len = (size_t)rand() % bytes.len;
		assert_int_equal(pv_cell_gather(&got, &bins, data, NULL), PV_EDB);
		pv_cell_dispose(&got);
		pv_cell_dispose(&cell);
		pv_buf_dispose(&bytes);
		pv_arena_dispose(&arena);
	}
	pv_strlist_dispose(&wanted.scores);
}

static void test_index_cell__numbers_are_passed_over_one_by_one(void **state)
{
	pv_buf bytes = { 0 };

	(void)state;
	srand(4);
	for (int i = 0; i < TURNS; i++)
		pv_number_put(&bytes, draw_number());
	for (int count = 0; count <= TURNS + 1; count++) {
		const unsigned char *at = (const unsigned char *)bytes.ptr;
		pv_number_reader one = { at, at + bytes.len, 0 };
		pv_number_reader all = one;

		for (int i = 0; i < count; i++)
			(void)pv_number_take(&one);
		pv_numbers_skip(&all, count);
		assert_ptr_equal(all.at, one.at);
		assert_int_equal(all.is_bad, one.is_bad);
		assert_int_equal(all.is_bad, count > TURNS);
	}
	pv_buf_dispose(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_cell__passes_over_bins),
		cmocka_unit_test(
			test_index_cell__numbers_are_passed_over_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
