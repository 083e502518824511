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
	{ "{{ true False none None and1 }}", "", "",
	  "expected token 'end of print statement', got 'False'" },
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
	{ "{% for k, (v, w) in d.items() if k > m recursive %}{{ v }}{{ w }}{% else %}{{ k }}{% endfor %}",
	  "d m k", "", "" },
	{ "{% set x = y %}{{ x }}", "y", "", "" },
	{ "{% set x, z = y %}{{ x }}{{ z }}", "y", "", "" },
	{ "{{ x }}{% set x = 1 %}{{ x }}", "x", "", "" },
	{ "{% set ns = namespace(a=1) %}{% set ns.a = b %}{{ ns.a }}", "b", "",
	  "" },
	{ "{% set x %}{{ y }}{% endset %}{{ x }}", "y", "", "" },
	{ "{% set x | upper %}{{ y }}{% endset %}{{ x }}", "y", "", "" },
	{ "{% if a %}{% set x = 1 %}{% endif %}{{ x }}", "a x", "", "" },
	{ "{% if a %}{% set x = 1 %}{% endif %}{{ x|d('') }}", "a x?", "", "" },
	{ "{% if a %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}",
	  "a", "", "" },
	{ "{% if a %}{% set x, y = 1, 2 %}{% elif b %}{% set x = 3 %}{% else %}"
	  "{% if c %}{% macro x() %}{% endmacro %}{% else %}"
	  "{% set x %}{% endset %}{% endif %}{% endif %}{{ x }}{{ y }}",
	  "a b c y", "", "" },
	{ "{% if a %}{% set x = 1 %}{% elif b %}{% set x = 2 %}{% endif %}{{ x }}",
	  "a b x", "", "" },
	{ "{% if a %}{% set x = 1 %}{% else %}{{ x }}{% endif %}", "a x", "", "" },
	{ "{% if a %}{% if b %}{% set x = 1 %}{% endif %}{% endif %}{{ x }}",
	  "a b x", "", "" },
	{ "{% set x = 0 %}{% if a %}{% set x = 1 %}{% endif %}{{ x }}", "a", "",
	  "" },
	{ "{% for i in a %}{% set x = i %}{% endfor %}{{ x }}", "a x", "", "" },
	{ "{% macro m(a, b=c) %}{{ a }}{{ b }}{{ d }}{{ caller() }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(e) }}",
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
	{ "{{ a }}{% extends 'p' %}{{ b }}{% if c %}{{ d }}{% endif %}"
	  "{% set e = f %}{% block g %}{{ h }}{% endblock %}",
	  "a c f h", "p", "" },
	{ "{% for a in b %}{{ c }}{% endfor %}{% extends 'p' %}"
	  "{% for d in e %}{{ f }}{% endfor %}{% set g %}{{ h }}{% endset %}"
	  "{% macro i() %}{{ j }}{% endmacro %}",
	  "b e c h j", "p", "" },
	{ "{% if a %}{% extends 'p' %}{% endif %}{{ b }}", "a b", "p", "" },
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
	{ "{{ a", "a", "",
	  "unexpected end of template, expected 'end of print statement'." },
	{ "{{ a b }}{{ c }}", "a", "",
	  "expected token 'end of print statement', got 'b'" },
	{ "{{ }}", "", "",
	  "Expected an expression, got 'end of print statement'" },
	{ "{{ (a }}", "", "", "unexpected '}', expected ')'" },
	{ "{{ 'a }}", "", "", "unexpected char \"'\" at 3" },
	{ "{{ a ! b }}", "", "", "unexpected char '!' at 5" },
	{ "{{ a; b }}", "a", "",
	  "expected token 'end of print statement', got ';'" },
	{ "{{ a is even if b }}", "a if", "",
	  "expected token 'end of print statement', got 'b'" },
	{ "{# a", "", "", "Missing end of comment tag" },
	{ "{% raw %}{{ a }}", "", "", "Missing end of raw directive" },
	{ "{% if a %}{{ b }}", "a b", "",
	  "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'." },
	{ "{% if a %}{% endfor %}", "a", "",
	  "Encountered unknown tag 'endfor'. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'." },
	{ "{% endif %}", "", "", "Encountered unknown tag 'endif'." },
	{ "{% else %}", "", "", "Encountered unknown tag 'else'." },
	{ "{% if a %}{% else %}{% elif b %}{% endif %}", "a", "",
	  "Encountered unknown tag 'elif'. Jinja was looking for the following tags: 'endif'. The innermost block that needs to be closed is 'if'." },
	{ "{% nope %}{{ a }}", "", "", "Encountered unknown tag 'nope'." },
	{ "{% for a %}{% endfor %}", "", "",
	  "expected token 'in', got 'end of statement block'" },
	{ "{% for a, in b %}{% endfor %}", "", "",
	  "expected token 'in', got 'b'" },
	{ "{{ {{ x }} }}", "", "", "expected token ':', got '}'" },
	{ "{{ x|default({}).name }}", "x?", "",
	  "expected token 'end of print statement', got '.'" },
	{ "{{ x|default([])[0] }}", "x?", "",
	  "expected token 'end of print statement', got '['" },
	/* as Jinja's parser takes turns */
	{ "{{ a if b if c else d }}{{ a if b else c if d else e }}",
	  "a b c d e", "", "" },
	{ "{{ a if b if c else d else e }}", "a b c d", "",
	  "expected token 'end of print statement', got 'else'" },
	{ "{{ f(a if b, c else d) }}", "", "", "expected token ',', got 'else'" },
	{ "{{ a if b, c else d }}", "a b c", "",
	  "expected token 'end of print statement', got 'else'" },
	{ "{% if a if b else c %}{% endif %}", "a", "",
	  "expected token 'end of statement block', got 'if'" },
	{ "{% if (a if b else c), d %}{% endif %}", "a b c d", "", "" },
	{ "{% if x %}{% elif a if b %}{% endif %}", "x a", "",
	  "expected token 'end of statement block', got 'if'" },
	{ "{% for x in a if b, c %}{% endfor %}", "", "",
	  "expected token 'end of statement block', got ','" },
	{ "{% for x in a, b if c if d else e %}{% endfor %}", "a b c d e", "",
	  "" },
	{ "{{ not a and not b in c }}{{ [not a] }}", "a b c", "", "" },
	{ "{{ a + not b }}", "a not", "",
	  "expected token 'end of print statement', got 'b'" },
	{ "{{ a in not b }}", "a not", "",
	  "expected token 'end of print statement', got 'b'" },
	{ "{{ -not b }}", "not", "",
	  "expected token 'end of print statement', got 'b'" },
	{ "{{ a is string in b }}", "a in", "",
	  "expected token 'end of print statement', got 'b'" },
	{ "{{ f(a=1, b=g(a=2), c=a) }}{{ x|upper(a=1)|upper(a=2) }}", "f g a x",
	  "", "" },
	{ "{{ f(a=1, b=g(a=2), a=3) }}", "f g", "",
	  "keyword argument repeated: a" },
	{ "{{ x|upper(a=1, a=2) }}", "x", "", "keyword argument repeated: a" },
	{ "{{ x is even(a=1, a=2) }}", "x", "", "keyword argument repeated: a" },
	{ "{{ x|nope }}{{ y }}", "x y", "", "No filter named 'nope'." },
	{ "{{ x is nope }}{{ y }}", "x y", "", "No test named 'nope'." },
	{ "{% call f(caller=1) %}{% endcall %}", "f", "",
	  "keyword argument repeated: caller" },
	{ "{% call f(g(caller=1)) %}{% endcall %}", "f g", "", "" },
	{ "{% call f(), g() %}{% endcall %}", "f", "",
	  "expected token 'end of statement block', got ','" },
	{ "{% macro m(a, b=f(a=a), c=1) %}{% endmacro %}", "f", "", "" },
	{ "{% macro m(a, b=f(a=a), a=1) %}{% endmacro %}", "f", "",
	  "duplicate argument: a" },
	{ "{% macro m(a=b, b=c) %}{% endmacro %}", "c", "", "" },
	{ "{% call(a, a) f() %}{% endcall %}", "f", "", "duplicate argument: a" },
	{ "{% print a, %}", "a", "", "unexpected 'end of statement block'" },
	{ "{% autoescape a, b %}{% endautoescape %}", "a", "",
	  "expected token 'end of statement block', got ','" },
	{ "{% set a, %}x{% endset %}{% if a: %}{% else: %}{% endif %}", "", "",
	  "" },
	{ "{% set (a,), (b, c,) = 1 %}{{ a }}{{ c }}", "", "", "" },
	{ "{% do a: %}", "a", "",
	  "expected token 'end of statement block', got ':'" },
	{ "{% block b required %} {# c #}\n{% endblock %}", "", "", "" },
	{ "{% block b required %}.{% endblock %}", "", "",
	  "Required blocks can only contain comments or whitespace" },
	{ "{% block b required %}{{ a }}{% endblock %}", "", "",
	  "Required blocks can only contain comments or whitespace" },
	{ "{% for x in y %}{% set loop = x %}{% endfor %}", "y", "",
	  "Can't assign to special loop variable in for-loop target" },
	{ "{% for x in y %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
	  "y", "", "'break' outside loop" },
	{ "{% for x in y %}{% else %}{% break %}{% endfor %}", "y", "",
	  "'break' outside loop" },
	{ "{% for x in y %}{% if x %}{% break %}{% endif %}{% endfor %}", "y",
	  "", "" },
	{ "{{ x is eq(1).y }}", "x", "",
	  "expected token 'end of print statement', got '.'" },
	{ "{{ x is eq is y }}", "", "",
	  "You cannot chain multiple tests with is" },
	{ "{{ f(a=1, b) }}", "", "",
	  "invalid syntax for function call expression" },
	{ "{{ f(*b, *c) }}", "", "",
	  "invalid syntax for function call expression" },
	{ "{{ f(**b, c=1) }}", "", "",
	  "invalid syntax for function call expression" },
	{ "{{ x|f(*b, c) }}", "", "",
	  "invalid syntax for function call expression" },
	{ "{{ f(a=b=c) }}", "", "", "expected token ',', got '='" },
	{ "{{ f((a)=1) }}", "", "", "expected token ',', got '='" },
	{ "{{ {a: 1, b} }}", "", "", "expected token ':', got '}'" },
	{ "{{ {a: b: c} }}", "", "", "expected token ',', got ':'" },
	{ "{{ a[1:2:3:4] }}", "", "", "expected token ',', got ':'" },
	{ "{{ a[1,] }}", "", "", "unexpected ']'" },
	{ "{% macro a(b=1,c) %}{% endmacro %}", "", "",
	  "non-default argument follows default argument" },
	{ "{% macro a(b,) %}{% endmacro %}", "", "",
	  "expected token 'name', got ')'" },
	{ "{% macro a(true) %}{% endmacro %}", "", "", "can't assign to 'name'" },
	{ "{% call a %}{% endcall %}", "", "", "expected call" },
	{ "{% call a()|b %}{% endcall %}", "", "", "expected call" },
	{ "{% call a + b() %}{% endcall %}", "", "", "expected call" },
	{ "{% block a %}{% endblock b %}", "", "",
	  "expected token 'end of statement block', got 'b'" },
	{ "{% block a %}{% endblock %}{% block a %}{% endblock %}", "", "",
	  "block 'a' defined twice" },
	{ "{% from 'a' import %}", "", "",
	  "expected token 'name', got 'end of statement block'" },
	{ "{% from 'a' import b, %}", "", "",
	  "expected token 'name', got 'end of statement block'" },
	{ "{% from 'a' import _b %}", "", "",
	  "names starting with an underline can not be imported" },
	{ "{% include 'a' with %}", "", "a",
	  "expected token 'end of statement block', got 'with'" },
	{ "{% include 'a', 'b' %}", "", "a",
	  "expected token 'end of statement block', got ','" },
	{ "{{ 08 }}", "", "",
	  "expected token 'end of print statement', got 'integer'" },
	{ "{{ 1__0 }}", "", "",
	  "expected token 'end of print statement', got '__0'" },
	{ "{{ 0x }}", "", "", "expected token 'end of print statement', got 'x'" },
	{ "{{ 0b12 }}", "", "",
	  "expected token 'end of print statement', got 'integer'" },
	{ "{{ a​ }}", "", "", "unexpected char '\\u200b' at 4" },
	{ "{{ “a” }}", "", "", "unexpected char '“' at 3" },
	{ "{{ a² }}", "", "", "Invalid character in identifier" },
	{ "{% set true = 1 %}", "", "", "can't assign to 'const'" },
	{ "{% set a, None = b %}", "", "", "can't assign to 'tuple'" },
	{ "{% set a, = 1 %}", "", "", "unexpected '='" },
	{ "{% for loop in x %}{% endfor %}", "x", "",
	  "Can't assign to special loop variable in for-loop target" },
	{ "{% with a = 1, %}{% endwith %}", "", "",
	  "Expected an expression, got 'end of statement block'" },
	{ "{% filter upper + 1 %}{% endfilter %}", "", "",
	  "expected token 'end of statement block', got '+'" },
	{ "{% break %}", "", "", "'break' outside loop" },
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
	{ "{a!x}", "a", "", "a conversion is" },
	{ "{a!}", "a", "", "a conversion is" },
	{ "{a!rs}", "a", "", "is expected behind a conversion" },
	{ "{a!s:>5}{b[!]}{c!r}{d.e!a}", "a b c d", "", "" },
	{ "{a+1}", "", "", "a field is a name" },
	{ "{a b}", "", "", "a field is a name" },
	{ "{\"json\": 1}", "", "", "for braces that are text" },
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
				       name->use & PV_SCAN_REQUIRED ? "" : "?");
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
	scan.is_checked = 1;
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
	const char *const deep = "levels of nesting";

	(void)state;
	check_nesting("(", "1", ")", PV_PROMPT_MAX_NESTING - 1, "");
	check_nesting("(", "1", ")", PV_PROMPT_MAX_NESTING, deep);
	check_nesting("[", "1", "]", 5000, deep);
	check_nesting("not ", "1", "", PV_PROMPT_MAX_NESTING - 1, "");
	check_nesting("not ", "1", "", 20000, deep);
	check_nesting("-", "1", "", 20000, deep);
	check_nesting("{% if 1 %}", "", "{% endif %}",
		      PV_PROMPT_MAX_NESTING - 2, "");
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

/* Names with "?" where no use is certain to be reached. */
static void test_prompt_scan__marks_what_is_used_on_conditions(void **state)
{
	static const struct {
		enum pv_syntax syntax;
		const char *text;
		const char *names;
	} cases[] = {
		{ PV_SYNTAX_JINJA2, "{% if a %}{{ b }}{% endif %}", "a b?" },
		{ PV_SYNTAX_JINJA2,
		  "{% if a %}{{ a }}{{ b }}{% endif %}{{ b }}", "a b" },
		{ PV_SYNTAX_JINJA2,
		  "{% if a %}{% elif b %}{% else %}{{ c }}{% endif %}",
		  "a b? c?" },
		{ PV_SYNTAX_JINJA2,
		  "{% for i in a if b %}{{ c }}{% else %}{{ d }}"
		  "{% endfor %}{{ e }}",
		  "a e b? c? d?" },
		{ PV_SYNTAX_JINJA2, "{{ a if b else c }}{{ d and e or f }}",
		  "a? b c? d e? f?" },
		{ PV_SYNTAX_JINJA2, "{% macro m(a=b) %}{{ c }}{% endmacro %}",
		  "b? c?" },
		{ PV_SYNTAX_JINJA2,
		  "{% with a = b %}{{ c }}{% endwith %}"
		  "{{ d|default(e) }}",
		  "b d e? c" },
		{ PV_SYNTAX_JINJA2, "{{ a.b|d(c, true) }}{{ f()|default(e) }}",
		  "a c? f e?" },
		{ PV_SYNTAX_JINJA2, "{% if a %}{% set b = 1 %}{% endif %}",
		  "a b?" },
		{ PV_SYNTAX_JINJA2,
		  "{% if a %}{% set b = 1 %}{% endif %}{{ b }}", "a b?" },
		{ PV_SYNTAX_FSTRING, "{a:{b}}", "a b" },
		{ PV_SYNTAX_MUSTACHE, "{{a}}{{#b}}{{c}}{{/b}}{{^d}}{{/d}}",
		  "a b c? d" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_arena arena = { 0 };
		pv_buf got = { 0 };
		pv_scan scan;

		pv_scan_init(&scan, &arena);
		assert_int_equal(pv_scan_template(&scan, cases[i].syntax,
						  pv_str_of(cases[i].text), 0,
						  NULL),
				 PV_OK);
		for (const pv_scan_name *name = scan.first; name;
		     name = name->next)
			pv_buf_printf(&got, "%s%.*s%s", got.len ? " " : "",
				      (int)name->text.len, name->text.ptr,
				      name->use & PV_SCAN_CERTAIN ? "" : "?");
		if (strcmp(pv_buf_text(&got), cases[i].names) != 0)
			fail_msg("%s: %s", cases[i].text, pv_buf_text(&got));
		pv_buf_dispose(&got);
		pv_arena_dispose(&arena);
	}
}

/* The parser sees \r\n as one byte. */
static void test_prompt_scan__gives_places_of_the_text_as_it_is(void **state)
{
	static const char text[] = "\r\n\r{% include 'a' %}\r\n\r\n"
				   "{{ b }}\n\r\n {{ c d }}";
	pv_arena arena = { 0 };
	pv_scan scan;

	(void)state;
	pv_scan_init(&scan, &arena);
	assert_int_equal(pv_scan_template(&scan, PV_SYNTAX_JINJA2,
					  pv_str_of(text), 0, NULL),
			 PV_OK);
	assert_int_equal(scan.first_include->offset, strstr(text, "'a'") - text);
	assert_int_equal(scan.first->offset, strstr(text, "b }") - text);
	assert_int_equal(scan.first->next->offset, strstr(text, "c d") - text);
	assert_int_equal(scan.fault.offset, strstr(text, "d }") - text);
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
		cmocka_unit_test(
			test_prompt_scan__marks_what_is_used_on_conditions),
		cmocka_unit_test(
			test_prompt_scan__gives_places_of_the_text_as_it_is),
	};

	return cmocka_run_group_tests_name("prompt_scan", tests, NULL, NULL);
}
