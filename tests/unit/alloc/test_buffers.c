/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the functions that append to a buffer made to fail.
 */
#include "alloc/walk.h"

static void begin(void *payload)
{
	memset(payload, 0, sizeof(pv_buf));
}

static void end(void *payload, int rc)
{
	(void)rc;
	pv_buf_dispose(payload);
}

static int say(pv_buf *out, pv_error *err)
{
	int rc = pv_buf_status(out, err);

	if (rc == PV_OK)
		walk_say("%s", pv_buf_text(out));
	return rc;
}

static int put(void *payload, pv_error *err)
{
	pv_buf *out = payload;

	pv_buf_put(out, "ab", 2);
	return say(out, err);
}

static int put_string(void *payload, pv_error *err)
{
	pv_buf *out = payload;

	pv_buf_puts(out, "abc");
	return say(out, err);
}

static int put_char(void *payload, pv_error *err)
{
	pv_buf *out = payload;

	for (int i = 0; i < 100; i++)
		pv_buf_putc(out, (char)('a' + i % 26));
	return say(out, err);
}

static int put_number(void *payload, pv_error *err)
{
	pv_buf *out = payload;

	pv_buf_putu(out, 1234567);
	return say(out, err);
}

static int put_format(void *payload, pv_error *err)
{
	pv_buf *out = payload;

	pv_buf_printf(out, "%300s|%d", "x", 7);
	return say(out, err);
}

static int reserve(void *payload, pv_error *err)
{
	pv_buf *out = payload;

	pv_buf_reserve(out, 10000);
	return say(out, err);
}

static const struct walk_row rows[] = {
	{ WALK(pv_buf_put, put) },           { WALK(pv_buf_puts, put_string) },
	{ WALK(pv_buf_putc, put_char) },     { WALK(pv_buf_putu, put_number) },
	{ WALK(pv_buf_printf, put_format) }, { WALK(pv_buf_reserve, reserve) },
};

static void test_alloc_buffers__fail_cleanly_at_every_allocation(void **state)
{
	static pv_buf out;
	const struct walk_setting setting = { &out, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_buffers__fail_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_buffers", tests, NULL, NULL);
}
