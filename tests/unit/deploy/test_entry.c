/* SPDX-License-Identifier: MIT
 *
 * Putting entries into an environment's file, as a table of texts: what is
 * not put in keeps its bytes, and what could not be read back is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "deploy/entry.h"
#include "version/environment_text.h"

#define OID "0123456789012345678901234567890123456789"

static const pv_new_entry b_and_d[] = {
	{ "b", "1.0.0", OID, OID, "2026-01-01T00:00:00Z", "A <a@b>", NULL, -1,
	  NULL },
	{ "d", NULL, OID, OID, "2026-01-01T00:00:00Z", "A <a@b>", "so: #1", 5,
	  NULL },
};

#define REST                                    \
 "  commit: \"" OID "\"\n  blob: \"" OID "\"\n" \
 "  at: 2026-01-01T00:00:00Z\n  by: A <a@b>\n"
#define B "b:\n  version: 1.0.0\n" REST
#define D "d:\n  version: null\n" REST "  reason: \"so: #1\"\n  canary: 5\n"

static const struct {
	const char *before;
	const char *after; /* NULL: refused, with `code` */
	int code;
} rows[] = {
	{ "", B D, 0 },
	{ "# only words", "# only words\n" B D, 0 },
	{ "---\n", "---\n" B D, 0 },
	{ "a: {x: 1}", "a: {x: 1}\n" B D, 0 },
	{ "a: {x: 1} # a's\n# of c\nc:\n  x: |\n    text\n\n# e's\ne: {}\n# end\n",
	  "a: {x: 1} # a's\n" B "# of c\nc:\n  x: |\n    text\n" D
	  "\n# e's\ne: {}\n# end\n",
	  0 },
	{ "b:\n  version: 0.1.0\n  x: 1\nc: 1\n",
	  "b:\n  version: 1.0.0\n  x: 1\n" REST "c: 1\n" D, 0 },
	{ "b:\n  # tag\n  version: 0.1.0 # old\n  reason: x\n\nc:\n  by: x\n",
	  "b:\n  # tag\n  version: 1.0.0 # old\n" REST "\nc:\n  by: x\n" D, 0 },
	{ "a: &x 1\nb: &x 2\nc: *x\n", NULL, PV_EUNSUPPORTED },
	{ "a:\n  by: \"x\n\nb: y\"\n", "a:\n  by: \"x\n\nb: y\"\n" B D, 0 },
	{ "# b's\n\nb: {by: x}\n# d's\nd: {by: x}\n# end",
	  "# b's\n\n" B "# d's\n" D "# end\n", 0 },
	{ "\"b\": {by: x}\n", B D, 0 },
	{ "b: &x {a: 1}\nc: *x\n", NULL, PV_EUNSUPPORTED },
	{ "{c: 1}\n", NULL, PV_EUNSUPPORTED },
	{ "{}\n", NULL, PV_EUNSUPPORTED },
	{ "[1]\n", NULL, PV_EINVALID },
	{ "b\n", NULL, PV_EINVALID },
	{ "b: 1\nb: 2\n", NULL, PV_ESYNTAX },
	{ "b: [\n", NULL, PV_ESYNTAX },
};

static void puts_entries_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_str text = pv_str_of(rows[i].before);
		pv_buf out = { 0 };
		pv_error err = { 0 };
		int rc = pv_environment_put(&out, text, b_and_d, 2, &err);

		if (rc != rows[i].code)
			fail_msg("row %zu: %d, %s", i, rc, err.message);
		if (rows[i].after && strcmp(pv_buf_text(&out), rows[i].after))
			fail_msg("row %zu:\n%s", i, pv_buf_text(&out));
		pv_buf_dispose(&out);
	}
}

/* Of any place in a line, and of any place in a word of the machine. */
static void leaves_controls_to_a_parser(void **state)
{
	static const char plain[] = "# 345678901234567890\n# 34567890\na:\n";
	char text[sizeof(plain)];

	(void)state;
	for (size_t at = 2; at < 20; at++)
		for (int c = 1; c < 0x80; c++) {
			pv_str all = { text, sizeof(plain) - 1 };
			int is_plain = (c >= ' ' || c == '\n');
			pv_env_parts parts;

			memcpy(text, plain, sizeof(plain));
			text[at] = (char)c;
			/* What follows a line feed there is no comment. */
			if (c == '\n')
				text[at + 1] = '#';
			assert_int_equal(pv_env_parts_read(&parts, all, NULL),
					 PV_OK);
			assert_int_equal(parts.is_plain, is_plain);
			assert_int_equal(parts.count, is_plain ? 1 : 0);
			pv_env_parts_dispose(&parts);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_entries_in),
		cmocka_unit_test(leaves_controls_to_a_parser),
	};

	return cmocka_run_group_tests_name("deploy_entry", tests, NULL, NULL);
}
