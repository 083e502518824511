/* SPDX-License-Identifier: MIT
 *
 * The images a text would load from elsewhere.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <pv/buf.h>

#include "base/mem.h"
#include "diff/markdown.h"
#include "diff/markdown_images.h"

struct row {
	const char *text;
	const char *found; /* addresses, each with a blank behind it */
};

static const struct row rows[] = {
	{ "", "" },
	{ "Hello! <b>x</b> [a](https://b.c)", "" },
	{ "![a](https://b.c/d.png)", "https://b.c/d.png " },
	{ "![a](https://b.c/d.png \"t\") and\n\n- ![](//x.y/z)",
	  "https://b.c/d.png //x.y/z " },
	{ "![a][r]\n\n[r]: http://b.c/d", "http://b.c/d " },
	{ "![a](images/d.png) ![b](data:image/png;base64,AA)", "" },
	{ "`![a](https://b.c/d.png)`\n\n```\n![a](https://b.c/d)\n```", "" },
	{ "<IMG alt=x SRC = 'HTTPS://b.c/d'>", "HTTPS://b.c/d " },
	{ "a <img src=https://b.c/d width=1> <img src=\"d.png\">",
	  "https://b.c/d " },
	{ "<div>\n<img src=\"https://b.c/1\"><img\nsrc=\"https://b.c/2\"></div>",
	  "https://b.c/1 https://b.c/2 " },
	{ "<img alt", "" },
	{ "![a](https://b.c/?q={{q}})", "https://b.c/?q={{q}} " },
};

struct found {
	const char *text;
	pv_buf list;
};

static int add(size_t offset, size_t len, void *payload)
{
	struct found *found = payload;

	pv_buf_put(&found->list, found->text + offset, len);
	pv_buf_putc(&found->list, ' ');
	return 0;
}

static void test_diff_markdown_images__rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		struct found found = { .text = rows[i].text };

		assert_int_equal(pv_markdown_images(pv_str_of(rows[i].text),
						    add, &found, NULL),
				 PV_OK);
		assert_string_equal(pv_buf_text(&found.list), rows[i].found);
		pv_buf_dispose(&found.list);
	}
}

/* A text too long for cmark is taken in pieces. */
static void test_diff_markdown_images__long(void **state)
{
	pv_buf text = { 0 };
	struct found found = { 0 };

	(void)state;
	while (text.len / 3 < PV_MARKDOWN_MAX)
		pv_buf_puts(&text, "words of a paragraph\n\n");
	pv_buf_puts(&text, "![a](https://b.c/d)\n");
	found.text = text.ptr;
	assert_int_equal(pv_markdown_images((pv_str){ text.ptr, text.len }, add,
					    &found, NULL),
			 PV_OK);
	assert_string_equal(pv_buf_text(&found.list), "https://b.c/d ");
	pv_buf_dispose(&found.list);
	pv_buf_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_markdown_images__rows),
		cmocka_unit_test(test_diff_markdown_images__long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
