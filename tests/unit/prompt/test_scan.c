/* SPDX-License-Identifier: MIT
 *
 * What templates read from outside. A row lists the variables in order, an
 * optional one with "?"; then the includes, "*" for a computed one; then part
 * of the fault, if there is one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "prompt/scan.h"

struct row {
	const char *text;
	const char *variables;
	const char *includes;
	const char *fault;
};

static const struct row jinja_rows[] = {
	{ "", "", "", "" },
	{ "no tags { % } }} %}", "", "", "" },
	{ "{{ a }} {{b}}{{- a -}}", "a b", "", "" },
	{ "{{ a.b['c'].d(e)[f:g] }}", "a e f g", "", "" },
	{ "{{ a.0.b }}{{ 1.5e3 + 0xff + 1_000 }}", "a", "", "" },
	{ "{{ 'a' \"b\" ~ \"it\\\"s {{ x }}\" }}", "", "", "" },
	{ "{{ {'k': v, w: {}}[x] }}", "v w x", "", "" },
	{ "{{ [a, b,] + (c,) }}{{ a, b }}", "a b c", "", "" },
	{ "{{ f(x, key=y, *args, **rest) }}", "f x y args rest", "", "" },
	{ "{{ a|upper|join(b, attribute='c') }}", "a b", "", "" },
	{ "{{ a if b else c }}{{ a and not b or c in d }}", "a b c d", "", "" },
	{ "{{ a is divisibleby 3 and b is sameas c }}", "a b c", "", "" },
	{ "{{ true False none None and1 }}", "", "", "unexpected \"False\"" },
	{ "{{ range(n) }}{{ dict(a=b) }}{{ self }}", "n b", "", "" },
	{ "{# {{ a }} #}{% raw %}{{ b }}{% endraw %}{{ c }}", "c", "", "" },
	{ "{%- raw -%} {% if %} {%- endraw -%}", "", "", "" },
	/* what only a loop, a block or a macro has */
	{ "{{ loop }}{{ super() }}{{ caller() }}", "loop super caller", "", "" },
	{ "{% for x in y %}{{ loop }}{% endfor %}", "y", "", "" },
	{ "{% for x in y %}{% else %}{{ loop.index }}{% endfor %}", "y loop",
	  "", "" },
	{ "{% for x in y if loop %}{% endfor %}", "y loop", "", "" },
	{ "{% for x in y %}{% block b %}{{ loop }}{% endblock %}{% endfor %}",
	  "y loop", "", "" },
	{ "{% block b %}{{ super() }}{{ self.b() }}{% endblock %}", "", "", "" },
	{ "{% if a %}{% set range = 1 %}{% endif %}{{ range }}", "a", "", "" },
	/* optional ones */
	{ "{{ a|default('x') }}{{ b|d }}", "a? b?", "", "" },
	{ "{{ a|upper|default('x') }}{{ b.c|default('x') }}", "a b", "", "" },
	{ "{{ a|default(b) }}{{ a }}", "a b", "", "" },
	{ "{{ a if a is defined else '' }}", "a?", "", "" },
	{ "{% if a is defined and a.b %}{{ a }}{% endif %}", "a?", "", "" },
	{ "{% if a is defined %}{{ a }}{% endif %}{{ a }}", "a", "", "" },
	{ "{% if a is not defined %}x{% else %}{{ a }}{% endif %}", "a?", "", "" },
	{ "{% if a %}{% elif b is defined %}{{ b }}{% endif %}", "a b?", "", "" },
	{ "{% if a is defined %}{% for i in b %}{{ a }}{% endfor %}{% endif %}",
	  "a? b", "", "" },
	{ "{% set a = a|default(1) %}{{ a }}", "a?", "", "" },
	/* scopes */
	{ "{% for x in xs %}{{ x }}{{ loop.index }}{{ y }}{% endfor %}{{ x }}",
	  "xs x y", "", "" },
	{ "{% for k, (v, w) in d.items() if k > m recursive %}{{ v }}{{ w }}"
	  "{% else %}{{ k }}{% endfor %}",
	  "d m k", "", "" },
	{ "{% set x = y %}{{ x }}", "y", "", "" },
	{ "{% set x, z = y %}{{ x }}{{ z }}", "y", "", "" },
	{ "{{ x }}{% set x = 1 %}{{ x }}", "x", "", "" },
	{ "{% set ns = namespace(a=1) %}{% set ns.a = b %}{{ ns.a }}", "b", "",
	  "" },
	{ "{% set x %}{{ y }}{% endset %}{{ x }}", "y", "", "" },
	{ "{% set x | upper %}{{ y }}{% endset %}{{ x }}", "y", "", "" },
	{ "{% if a %}{% set x = 1 %}{% endif %}{{ x }}", "a x?", "", "" },
	{ "{% if a %}{% set x = 1 %}{% else %}{{ x }}{% endif %}", "a x", "", "" },
	{ "{% if a %}{% if b %}{% set x = 1 %}{% endif %}{% endif %}{{ x }}",
	  "a b x?", "", "" },
	{ "{% set x = 0 %}{% if a %}{% set x = 1 %}{% endif %}{{ x }}", "a", "",
	  "" },
	{ "{% for i in a %}{% set x = i %}{% endfor %}{{ x }}", "a x", "", "" },
	{ "{% macro m(a, b=c) %}{{ a }}{{ b }}{{ d }}{{ caller() }}"
	  "{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(e) }}",
	  "e c d", "", "" },
	{ "{% call(u) m(v) %}{{ u }}{{ w }}{% endcall %}", "m v w", "", "" },
	{ "{% with a = b, c = a %}{{ a }}{{ c }}{% endwith %}", "b a", "", "" },
	{ "{% filter replace(a, 'b') | upper %}{{ c }}{% endfilter %}", "a c",
	  "", "" },
	{ "{% block a scoped %}{{ b }}{% endblock a %}", "b", "", "" },
	{ "{% autoescape a %}{{ b }}{% endautoescape %}", "a b", "", "" },
	{ "{% do a.append(b) %}{% print c, d %}", "a b c d", "", "" },
	{ "{% for a in b %}{% break %}{% continue %}{% endfor %}", "b", "", "" },
	{ "{{ f(a, *b, c=1, **d) }}{{ f(a=1, *b) }}{{ f(true=a,) }}", "f a b d",
	  "", "" },
	{ "{{ (a|default({})).b }}{{ c|d(1)|first }}{{ e is sameas f.g }}",
	  "a? c? e f", "", "" },
	{ "{{ a[1:2:b] }}{{ a[::] }}{{ {'k': a, 'l': b,} }}", "a b", "", "" },
	{ "{{ 0x_f + 0b1 + 0O7 + 00 + 08.5 + 1_0e1_0 + a.0x1 }}", "a", "", "" },
	{ "{% with a, b = c, (d, e) = f %}{{ a }}{{ e }}{% endwith %}", "c f",
	  "", "" },
	{ "{% print %}{% call(a, b=c) m()() %}{% endcall %}", "m c", "", "" },
	{ "{{ 日本 }}{{ café_1 }}", "日本 café_1", "", "" },
	{ "{% block b %}{{ x }}{% endblock %}{% set x = 1 %}", "x", "", "" },
	{ "{% set x = 1 %}{% block b %}{{ x }}{% endblock b %}", "", "", "" },
	{ "{% for i in a %}{% block b %}{{ i }}{% endblock %}{% endfor %}",
	  "a i", "", "" },
	{ "{% for i in a %}{% block b scoped %}{{ i }}{% endblock %}{% endfor %}",
	  "a", "", "" },
	{ "{% block b %}{% set x = 1 %}{% block c %}{{ x }}{% endblock %}{% endblock %}",
	  "x", "", "" },
	{ "{% block b %}{% set x = 1 %}{% for i in a %}{{ x }}{% endfor %}{% endblock %}",
	  "a", "", "" },
	{ "{% if a is defined %}{% block b %}{{ a }}{% endblock %}{% endif %}",
	  "a?", "", "" },
	{ "{% extends 'p' %}{% block b %}{{ x }}{% endblock %}{% set x = 1 %}",
	  "", "p", "" },
	{ "{% from 'a' import b, with context %}{% from 'a' import with context %}",
	  "", "a a", "" },
	/* includes */
	{ "{% include 'shared/tone' %}", "", "shared/tone", "" },
	{ "{% include \"a\" ignore missing with context %}", "", "a", "" },
	{ "{% include ['a', 'b'] without context %}", "", "a b", "" },
	{ "{% include ('a',) %}", "", "a", "" },
	{ "{% include a %}", "a", "*", "" },
	{ "{% include 'x/' ~ a %}", "a", "*", "" },
	{ "{% include ['a', b] %}", "b", "*", "" },
	{ "{% include 'a' if b else 'c' %}", "b", "*", "" },
	{ "{% extends 'base' %}", "", "base", "" },
	{ "{% import 'lib' as l %}{{ l.f(a) }}", "a", "lib", "" },
	{ "{% from 'lib' import a, b as c with context %}{{ a }}{{ b }}{{ c }}",
	  "b", "lib", "" },
	/* faults: the rest of the template is scanned all the same */
	{ "{{ a", "a", "", "the template ends" },
	{ "{{ a b }}{{ c }}", "a c", "", "unexpected \"b\"" },
	{ "{{ }}", "", "", "unexpected \"}}\"" },
	{ "{{ (a }}", "a", "", "unexpected \"}\"" },
	{ "{{ 'a }}", "", "", "a string is not closed" },
	{ "{{ a ! b }}", "a", "", "unexpected \"!\"" },
	{ "{{ a; b }}", "a", "", "unexpected character \";\"" },
	{ "{{ a is even if b }}", "a", "", "unexpected \"if\"" },
	{ "{# a", "", "", "a comment is not closed" },
	{ "{% raw %}{{ a }}", "", "", "a raw block is not closed" },
	{ "{% if a %}{{ b }}", "a b", "", "\"if\" is not closed" },
	{ "{% if a %}{% endfor %}", "a", "", "a \"if\" is open" },
	{ "{% endif %}", "", "", "unexpected \"endif\"" },
	{ "{% else %}", "", "", "unexpected \"else\"" },
	{ "{% if a %}{% else %}{% elif b %}{% endif %}", "a", "",
	  "unexpected \"elif\"" },
	{ "{% nope %}{{ a }}", "a", "", "unexpected \"nope\"" },
	{ "{% for a %}{% endfor %}", "", "", "\"in\" is expected" },
	{ "{% for a, in b %}{% endfor %}", "", "", "\"in\" is expected" },
	{ "{{ {{ x }} }}", "x", "", "\"}\" where \":\" is expected" },
	{ "{{ x|default({}).name }}", "x?", "", "unexpected \".\"" },
	{ "{{ x|default([])[0] }}", "x?", "", "unexpected \"[\"" },
	/* as Jinja's parser takes turns */
	{ "{{ a if b if c else d }}{{ a if b else c if d else e }}",
	  "a b c d e", "", "" },
	{ "{{ a if b if c else d else e }}", "a b c d", "",
	  "unexpected \"else\"" },
	{ "{{ f(a if b, c else d) }}", "f a b c", "", "unexpected \"else\"" },
	{ "{{ a if b, c else d }}", "a b c", "", "unexpected \"else\"" },
	{ "{% if a if b else c %}{% endif %}", "a", "", "unexpected \"if\"" },
	{ "{% if (a if b else c), d %}{% endif %}", "a b c d", "", "" },
	{ "{% if x %}{% elif a if b %}{% endif %}", "x a", "",
	  "unexpected \"if\"" },
	{ "{% for x in a if b, c %}{% endfor %}", "a b", "", "unexpected \",\"" },
	{ "{% for x in a, b if c if d else e %}{% endfor %}", "a b c d e", "",
	  "" },
	{ "{{ not a and not b in c }}{{ [not a] }}", "a b c", "", "" },
	{ "{{ a + not b }}", "a", "", "unexpected \"not\"" },
	{ "{{ a in not b }}", "a", "", "unexpected \"not\"" },
	{ "{{ -not b }}", "", "", "unexpected \"not\"" },
	{ "{{ a is string in b }}", "a", "", "unexpected \"in\"" },
	{ "{{ f(a=1, b=g(a=2), c=a) }}{{ x|f(a=1)|f(a=2) }}", "f g a x", "", "" },
	{ "{{ f(a=1, b=g(a=2), a=3) }}", "f g", "", "another argument" },
	{ "{{ x|f(a=1, a=2) }}", "x", "", "another argument" },
	{ "{{ x is f(a=1, a=2) }}", "x", "", "another argument" },
	{ "{% call f(caller=1) %}{% endcall %}", "f", "", "\"caller\"" },
	{ "{% call f(g(caller=1)) %}{% endcall %}", "f g", "", "" },
	{ "{% call f(), g() %}{% endcall %}", "f", "", "unexpected \",\"" },
	{ "{% macro m(a, b=f(a=a), c=1) %}{% endmacro %}", "f", "", "" },
	{ "{% macro m(a, b=f(a=a), a=1) %}{% endmacro %}", "f", "",
	  "another parameter" },
	{ "{% macro m(a=b, b=c) %}{% endmacro %}", "c", "", "" },
	{ "{% call(a, a) f() %}{% endcall %}", "", "", "another parameter" },
	{ "{% print a, %}", "a", "", "an expression is expected" },
	{ "{% autoescape a, b %}{% endautoescape %}", "a", "",
	  "unexpected \",\"" },
	{ "{% set a, %}x{% endset %}{% if a: %}{% else: %}{% endif %}", "", "",
	  "" },
	{ "{% set (a,), (b, c,) = 1 %}{{ a }}{{ c }}", "", "", "" },
	{ "{% do a: %}", "a", "", "unexpected \":\"" },
	{ "{% block b required %} {# c #}\n{% endblock %}", "", "", "" },
	{ "{% block b required %}.{% endblock %}", "", "", "required block" },
	{ "{% block b required %}{{ a }}{% endblock %}", "a", "",
	  "required block" },
	{ "{% for x in y %}{% set loop = x %}{% endfor %}", "y", "",
	  "belongs to the loop" },
	{ "{% for x in y %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
	  "y", "", "no loop" },
	{ "{% for x in y %}{% else %}{% break %}{% endfor %}", "y", "",
	  "no loop" },
	{ "{% for x in y %}{% if x %}{% break %}{% endif %}{% endfor %}", "y",
	  "", "" },
	{ "{{ x is eq(1).y }}", "x", "", "unexpected \".\"" },
	{ "{{ x is eq is y }}", "x", "", "unexpected \"is\"" },
	{ "{{ f(a=1, b) }}", "f b", "", "wrong place" },
	{ "{{ f(*b, *c) }}", "f b c", "", "wrong place" },
	{ "{{ f(**b, c=1) }}", "f b", "", "wrong place" },
	{ "{{ x|f(*b, c) }}", "x b c", "", "wrong place" },
	{ "{{ f(a=b=c) }}", "f b", "", "unexpected \"=\"" },
	{ "{{ f((a)=1) }}", "f a", "", "unexpected \"=\"" },
	{ "{{ {a: 1, b} }}", "a b", "", "\":\" is expected" },
	{ "{{ {a: b: c} }}", "a b", "", "unexpected \":\"" },
	{ "{{ a[1:2:3:4] }}", "a", "", "unexpected \":\"" },
	{ "{{ a[1,] }}", "a", "", "unexpected \"]\"" },
	{ "{% macro a(b=1,c) %}{% endmacro %}", "", "", "a default is expected" },
	{ "{% macro a(b,) %}{% endmacro %}", "", "", "unexpected \")\"" },
	{ "{% macro a(true) %}{% endmacro %}", "", "", "a name is expected" },
	{ "{% call a %}{% endcall %}", "a", "", "needs a call" },
	{ "{% call a()|b %}{% endcall %}", "a", "", "needs a call" },
	{ "{% call a + b() %}{% endcall %}", "a b", "", "needs a call" },
	{ "{% block a %}{% endblock b %}", "", "", "unexpected \"b\"" },
	{ "{% block a %}{% endblock %}{% block a %}{% endblock %}", "", "",
	  "another block" },
	{ "{% from 'a' import %}", "", "a", "a public name" },
	{ "{% from 'a' import b, %}", "", "a", "a public name" },
	{ "{% from 'a' import _b %}", "", "a", "a public name" },
	{ "{% include 'a' with %}", "", "a", "unexpected \"with\"" },
	{ "{% include 'a', 'b' %}", "", "a", "unexpected \",\"" },
	{ "{{ 08 }}", "", "", "unexpected \"8\"" },
	{ "{{ 1__0 }}", "", "", "unexpected \"__0\"" },
	{ "{{ 0x }}", "", "", "unexpected \"x\"" },
	{ "{{ 0b12 }}", "", "", "unexpected \"2\"" },
	{ "{{ a​ }}", "a", "", "(U+200B)" },
	{ "{{ “a” }}", "", "", "(U+201C)" },
	{ "{{ a² }}", "a", "", "(U+00B2)" },
	{ "{% set true = 1 %}", "", "", "a name is expected" },
	{ "{% set a, None = b %}", "", "", "a name is expected" },
	{ "{% set a, = 1 %}", "", "", "unexpected \"=\"" },
	{ "{% for loop in x %}{% endfor %}", "", "", "belongs to the loop" },
	{ "{% with a = 1, %}{% endwith %}", "", "", "a name is expected" },
	{ "{% filter upper + 1 %}{% endfilter %}", "", "", "unexpected \"+\"" },
	{ "{% break %}", "", "", "no loop" },
};

static const struct row fstring_rows[] = {
	{ "plain", "", "", "" },
	{ "{a} {b.c[0]!r:>10} {{d}} {a}", "a b", "", "" },
	{ "{a:{width}.{precision}f}", "a width precision", "", "" },
	{ "{a[}]}", "a", "", "" },
	{ "{}", "", "", "positional" },
	{ "{0}", "", "", "positional" },
	{ "{a", "a", "", "not closed" },
	{ "a } b", "", "", "single \"}\"" },
	{ "{a:{b:{c}}}", "a b", "", "not closed" },
};

static const struct row mustache_rows[] = {
	{ "plain", "", "", "" },
	{ "{{a}} {{{b}}} {{& c }} {{d.e}}", "a b c d", "", "" },
	{ "{{#s}}{{x}}{{.}}{{/s}}{{^t}}{{/t}}{{y}}", "s? x? t? y", "", "" },
	{ "{{! a comment }}{{> part/one }}", "", "part/one", "" },
	{ "{{=<% %>=}}<% a %>{{b}}<%={{ }}=%>{{c}}", "a c", "", "" },
	{ "{{a", "", "", "not closed" },
	{ "{{}}", "", "", "empty" },
	{ "{{#a}}", "a?", "", "not closed" },
	{ "{{#a}}{{/b}}", "a?", "", "not open" },
};

static void describe(char *out, size_t size, const pv_scan *scan)
{
	size_t at = 0;

	out[0] = '\0';
	for (const pv_scan_name *name = scan->first; name; name = name->next)
		at += (size_t)snprintf(out + at, size - at, "%s%.*s%s",
				       at ? " " : "", (int)name->text.len,
				       name->text.ptr,
				       name->is_required ? "" : "?");
}

static void describe_includes(char *out, size_t size, const pv_scan *scan)
{
	size_t at = 0;

	(void)snprintf(out, size, "%s", scan->is_dynamic ? "*" : "");
	for (const pv_scan_include *include = scan->first_include; include;
	     include = include->next)
		at += (size_t)snprintf(out + at, size - at, "%s%.*s",
				       at ? " " : "", (int)include->id.len,
				       include->id.ptr);
}

static void check_row(enum pv_syntax syntax, const struct row *row)
{
	pv_arena arena = { 0 };
	pv_error err = { 0 };
	pv_scan scan;
	char got[256];

	pv_scan_init(&scan, &arena);
	assert_int_equal(pv_scan_template(&scan, syntax, pv_str_of(row->text),
					  0, &err),
			 PV_OK);
	describe(got, sizeof(got), &scan);
	if (strcmp(got, row->variables) != 0)
		fail_msg("%s: variables \"%s\"", row->text, got);
	describe_includes(got, sizeof(got), &scan);
	if (strcmp(got, row->includes) != 0)
		fail_msg("%s: includes \"%s\"", row->text, got);
	if (!*row->fault != !*scan.fault.message ||
	    !strstr(scan.fault.message, row->fault))
		fail_msg("%s: fault \"%s\"", row->text, scan.fault.message);
	pv_arena_dispose(&arena);
}

static void test_prompt_scan__finds_what_jinja_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(jinja_rows); i++)
		check_row(PV_SYNTAX_JINJA2, &jinja_rows[i]);
}

static void test_prompt_scan__finds_what_fstrings_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(fstring_rows); i++)
		check_row(PV_SYNTAX_FSTRING, &fstring_rows[i]);
}

static void test_prompt_scan__finds_what_mustache_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(mustache_rows); i++)
		check_row(PV_SYNTAX_MUSTACHE, &mustache_rows[i]);
}

static void test_prompt_scan__leaves_literal_texts_alone(void **state)
{
	static const struct row row = { "{{ a }} {b} {% if %}", "", "", "" };

	(void)state;
	check_row(PV_SYNTAX_LITERAL, &row);
}

/* `open` n times, `middle`, `close` n times. */
static void check_nesting(const char *open, const char *middle,
			  const char *close, int n, const char *fault)
{
	pv_buf text = { 0 };
	struct row row = { NULL, "", "", fault };

	pv_buf_puts(&text, "{{ ");
	if (*open == '{')
		pv_buf_clear(&text);
	for (int i = 0; i < n; i++)
		pv_buf_puts(&text, open);
	pv_buf_puts(&text, middle);
	for (int i = 0; i < n; i++)
		pv_buf_puts(&text, close);
	if (*open != '{')
		pv_buf_puts(&text, " }}");
	row.text = text.ptr;
	check_row(PV_SYNTAX_JINJA2, &row);
	pv_buf_dispose(&text);
}

static void test_prompt_scan__limits_nesting(void **state)
{
	const char *const deep = "nested deeper";

	(void)state;
	check_nesting("(", "1", ")", PV_PROMPT_MAX_NESTING, "");
	check_nesting("(", "1", ")", PV_PROMPT_MAX_NESTING + 1, deep);
	check_nesting("[", "1", "]", 5000, deep);
	check_nesting("not ", "1", "", PV_PROMPT_MAX_NESTING, "");
	check_nesting("not ", "1", "", 20000, deep);
	check_nesting("-", "1", "", 20000, deep);
	check_nesting("{% if 1 %}", "", "{% endif %}", PV_PROMPT_MAX_BLOCKS, "");
	check_nesting("{% if 1 %}", "", "{% endif %}", 2000, deep);
	check_nesting("{{{{", "", "", 3000, deep);
}

static void test_prompt_scan__limits_the_number_of_names(void **state)
{
	pv_arena arena = { 0 };
	pv_error err = { 0 };
	pv_buf text = { 0 };
	pv_scan scan;

	(void)state;
	for (int i = 0; i <= PV_PROMPT_MAX_NAMES; i++)
		pv_buf_printf(&text, "{{ v%d }}", i);
	pv_scan_init(&scan, &arena);
	assert_int_equal(pv_scan_template(&scan, PV_SYNTAX_JINJA2,
					  pv_str_of(text.ptr), 0, &err),
			 PV_ELIMIT);
	assert_int_equal(err.code, PV_ELIMIT);
	pv_arena_dispose(&arena);
	pv_buf_dispose(&text);
}

static void test_prompt_scan__joins_the_templates_of_a_prompt(void **state)
{
	pv_arena arena = { 0 };
	pv_scan scan;
	char got[64];

	(void)state;
	pv_scan_init(&scan, &arena);
	assert_int_equal(pv_scan_template(&scan, PV_SYNTAX_JINJA2,
					  pv_str_of("{{ a|d }}"), 0, NULL),
			 PV_OK);
	assert_int_equal(pv_scan_template(&scan, PV_SYNTAX_JINJA2,
					  pv_str_of(" {{ b }}{{ a }}"), 1, NULL),
			 PV_OK);
	describe(got, sizeof(got), &scan);
	assert_string_equal(got, "a b");
	assert_int_equal(scan.variable_count, 2);
	assert_int_equal(scan.first->message, 0);
	assert_int_equal(scan.first->next->message, 1);
	assert_int_equal(scan.first->next->offset, 4);
	pv_arena_dispose(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt_scan__finds_what_jinja_reads),
		cmocka_unit_test(test_prompt_scan__finds_what_fstrings_read),
		cmocka_unit_test(test_prompt_scan__finds_what_mustache_reads),
		cmocka_unit_test(test_prompt_scan__leaves_literal_texts_alone),
		cmocka_unit_test(test_prompt_scan__limits_nesting),
		cmocka_unit_test(test_prompt_scan__limits_the_number_of_names),
		cmocka_unit_test(test_prompt_scan__joins_the_templates_of_a_prompt),
	};

	return cmocka_run_group_tests_name("prompt_scan", tests, NULL, NULL);
}
