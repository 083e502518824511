/* SPDX-License-Identifier: MIT
 *
 * What a checker sees in a template: prints (p), quoted ones (q), |safe (s),
 * loops without a limit (l) and names it sets (t), each with the variable and where.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <pv/buf.h>

#include "base/mem.h"
#include "jinja/bind/risks.h"
#include "prompt/scan.h"

struct row {
	const char *text;
	const char *found;
};

static const struct row rows[] = {
	{ "", "" },
	{ "no {# {{ a }} #}{% raw %}{{ b }}{% endraw %}", "" },
	{ "{{ a }}{{ b.c[d]|upper }}", "p:a@3 p:b@10 " },
	{ "{{ a ~ b }}", "p:a@3 p:b@7 " },
	{ "{{ a|tojson }}{{ a|e ~ b }}", "q:a@3 q:a@17 p:b@23 " },
	{ "{{ a|length }}{{ a is defined }}{{ 'x' if a else b }}", "p:b@49 " },
	{ "{{ a|safe }}", "p:a@3 s:a@3 " },
	{ "{{ '<b>'|safe }}{{ (a ~ b)|safe }}", "p:a@20 p:b@24 s:a@20 " },
	{ "{{ a|map('safe')|join }}{{ a|map('upper') }}", "p:a@3 s:a@3 p:a@27 " },
	{ "{% filter upper|safe %}{{ a }}{% endfilter %}", "s:a@26 p:a@26 " },
	{ "{% filter safe %}b{% endfilter %}{% filter upper %}{{ a }}"
	  "{% endfilter %}",
	  "p:a@54 " },
	{ "{% set x = a|safe %}", "t:x@7 s:a@11 " },
	{ "{% set x = a.b %}{{ x }}{% set y = 1 %}{{ y }}",
	  "t:x@7 p:a@20 t:y@31 " },
	{ "{% for x in a %}{{ x }}{{ loop.index }}{% endfor %}",
	  "t:x@7 p:a@19 l:a@12 " },
	{ "{% for x in a[:5] %}{% endfor %}{% for x in [1, 2] %}{% endfor %}",
	  "t:x@7 t:x@39 " },
	{ "{% for x in a[:n]|sort %}{% endfor %}", "t:x@7 l:a@12 " },
	{ "{% for k, v in a.items() %}{{ v }}{% else %}{{ b }}{% endfor %}",
	  "t:k@7 t:v@10 p:a@30 l:a@15 p:b@47 " },
	{ "{% for i in range(n) %}{% endfor %}", "t:i@7 l:n@18 " },
	{ "{% for i in range(0, a|length) %}{% endfor %}", "t:i@7 l:a@21 " },
	{ "{% for i, j in zip(a, b) %}{{ j }}{% endfor %}",
	  "t:i@7 t:j@10 p:a@30 l:a@19 " },
	{ "{% for i in range(9) %}{% endfor %}", "t:i@7 " },
	{ "{% for x in a %}{% if loop.index > 5 %}{% break %}{% endif %}"
	  "{% endfor %}",
	  "t:x@7 " },
	{ "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b) }}", "t:a@11 p:b@42 " },
	{ "\r\n{{ a }}\r\n{{ b }}", "p:a@5 p:b@14 " },
	{ "{{ a }}{% if %}{{ b }}", "p:a@3 " },
};

static int add(const pv_jinja_risk *risk, void *payload)
{
	static const char kinds[] = "pslt";
	char kind = kinds[risk->kind];

	if (kind == 'p' && risk->is_quoted)
		kind = 'q';
	pv_buf_printf(payload, "%c:%.*s@%zu ", kind, (int)risk->name.len,
		      risk->name.ptr, risk->offset);
	return 0;
}

static void test_jinja_risks__rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_arena arena = { 0 };
		pv_buf found = { 0 };

		assert_int_equal(pv_jinja_find_risks(&pv_prompt_environment,
						     pv_str_of(rows[i].text),
						     &arena, add, &found, NULL),
				 PV_OK);
		if (strcmp(pv_buf_text(&found), rows[i].found) != 0)
			print_message("%s\n", rows[i].text);
		assert_string_equal(pv_buf_text(&found), rows[i].found);
		pv_buf_dispose(&found);
		pv_arena_dispose(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jinja_risks__rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
