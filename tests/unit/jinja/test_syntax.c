/* SPDX-License-Identifier: MIT
 *
 * What the lexer and the parser refuse: class, message, line and column. The
 * messages and lines are Jinja2's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "jinja/engine.h"

struct row {
	const char *source;
	int line;
	int column;
	const char *message; /* NULL: it compiles */
};

static void check(const pv_jinja_environment *env, const struct row *row,
		  const char *error)
{
	pv_jinja_template *template = NULL;
	pv_jinja_failure failure = { 0 };
	pv_error err = { 0 };
	int rc = pv_jinja_compile(&template, env, NULL, pv_str_of(row->source),
				  &failure, &err);

	if (!row->message) {
		if (rc < 0)
			fail_msg("%s: %s", row->source, failure.message);
	} else if (rc != PV_ESYNTAX) {
		fail_msg("%s: compiles, or %d", row->source, rc);
	} else {
		if (strcmp(failure.message, row->message) != 0 ||
		    failure.line != row->line || failure.column != row->column)
			fail_msg("%s: %d:%d %s", row->source, failure.line,
				 failure.column, failure.message);
		assert_string_equal(failure.error, error);
		assert_int_equal(err.line, row->line);
		assert_int_equal(err.column, row->column);
	}
	pv_jinja_failure_dispose(&failure);
	pv_jinja_template_free(template);
}

static void check_all(const pv_jinja_environment *env, const struct row *rows,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(env, &rows[i], "TemplateSyntaxError");
}

static void test_jinja_syntax__refuses_what_is_no_token(void **state)
{
	static const struct row rows[] = {
		{ "{{ a ? b }}", 1, 6, "unexpected char '?' at 5" },
		{ "\n\n{{ 'abc }}", 3, 4, "unexpected char \"'\" at 5" },
		{ "{{ \xc3\xa9 }}{{ \xe2\x98\x95 }}", 1, 11,
		  "unexpected char '\xe2\x98\x95' at 10" },
		{ "{{ (1] }}", 1, 6, "unexpected ']', expected ')'" },
		{ "{{ 1) }}", 1, 5, "unexpected ')'" },
		{ "a{# b", 1, 4, "Missing end of comment tag" },
		{ "a{#", 0, 0, NULL },
		{ "{% raw %}{{ x }}", 1, 10, "Missing end of raw directive" },
		{ "{{ 1\xc2\xb2 }}", 1, 5, "Invalid character in identifier" },
		{ "{{ '\\x4' }}", 1, 4, "truncated \\xXX escape" },
		{ "{{ '\\u12' }}", 1, 4, "truncated \\uXXXX escape" },
		{ "{{ '\\U00110000' }}", 1, 4, "illegal Unicode character" },
		{ "{{ '\\N{EM DASH}\\N{nul}\\N{nbsp}' }}", 0, 0, NULL },
		{ "{{ '\\N{CJK UNIFIED IDEOGRAPH-4E00}' }}", 0, 0, NULL },
		{ "{{ '\\N{CJK UNIFIED IDEOGRAPH-}' }}", 1, 4,
		  "unknown Unicode character name" },
		{ "{{ '\\N{Hangul Syllable Ga}' }}", 1, 4,
		  "unknown Unicode character name" },
		{ "{{ '\\N{KEYCAP DIGIT ONE}' }}", 1, 4,
		  "unknown Unicode character name" },
		{ "\n{{ '\\N{EM_DASH}' }}", 2, 4,
		  "unknown Unicode character name" },
		{ "{{ '\\N{}' }}", 1, 4, "malformed \\N character escape" },
		{ "{{ '\\N{EM DASH' }}", 1, 4, "malformed \\N character escape" },
		{ "{{ '\\NEM DASH}' }}", 1, 4, "malformed \\N character escape" },
		{ "{{ '\\N' }}", 1, 4, "malformed \\N character escape" },
	};
	pv_jinja_environment env = { 0 };

	(void)state;
	check_all(&env, rows, pv_array_len(rows));
}

static void test_jinja_syntax__refuses_wrong_expressions(void **state)
{
	static const struct row rows[] = {
		{ "{{ }}", 1, 4,
		  "Expected an expression, got 'end of print statement'" },
		{ "{{ a b }}", 1, 6,
		  "expected token 'end of print statement', got 'b'" },
		{ "{{ 08 }}", 1, 5,
		  "expected token 'end of print statement', got 'integer'" },
		{ "{{ a.+ }}", 1, 8, "expected name or number" },
		{ "{{ * }}", 1, 4, "unexpected '*'" },
		{ "{{ f(a=1, 2) }}", 1, 11,
		  "invalid syntax for function call expression" },
		{ "{{ [1, 2 }}", 1, 10, "unexpected '}', expected ']'" },
		{ "{{ {'a'} }}", 1, 8, "expected token ':', got '}'" },
		{ "{{ 1 is number is number }}", 1, 16,
		  "You cannot chain multiple tests with is" },
		{ "{{ x is number if c else y }}", 1, 19,
		  "expected token 'end of print statement', got 'c'" },
		{ "\n{{ a", 2, 5,
		  "unexpected end of template, expected 'end of print "
		  "statement'." },
		{ "{{ a|}}", 1, 6,
		  "expected token 'name', got 'end of print statement'" },
		{ "{{ 2**3**2, (), (1,), [], {}, a[1:2, ::3], -1|default }}", 0,
		  0, NULL },
		{ "{{ a if b }}{{ 'a' 'b' }}{{ a.0 }}{{ f(*x, **y) }}", 0, 0,
		  NULL },
	};
	pv_jinja_environment env = { 0 };

	(void)state;
	check_all(&env, rows, pv_array_len(rows));
}

static void test_jinja_syntax__refuses_wrong_tags(void **state)
{
	static const struct row rows[] = {
		{ "{% %}", 1, 4, "tag name expected" },
		{ "{% nope %}", 1, 4, "Encountered unknown tag 'nope'." },
		{ "{% do x %}", 1, 4, "Encountered unknown tag 'do'." },
		{ "{% for a in b %}\n{% endif %}", 2, 4,
		  "Encountered unknown tag 'endif'. Jinja was looking for the "
		  "following tags: 'endfor' or 'else'. The innermost block "
		  "that needs to be closed is 'for'." },
		{ "{% for a in b %}{% if a %}{% endfor %}", 1, 30,
		  "Encountered unknown tag 'endfor'. You probably made a "
		  "nesting mistake. Jinja is expecting this tag, but currently "
		  "looking for 'elif' or 'else' or 'endif'. The innermost block "
		  "that needs to be closed is 'if'." },
		{ "{% if a %}", 1, 11,
		  "Unexpected end of template. Jinja was looking for the "
		  "following tags: 'elif' or 'else' or 'endif'. The innermost "
		  "block that needs to be closed is 'if'." },
		{ "{% for a, in b %}{% endfor %}", 1, 14,
		  "expected token 'in', got 'b'" },
		{ "{% for true in x %}{% endfor %}", 1, 13,
		  "can't assign to 'const'" },
		{ "{% block a-b %}{% endblock %}", 1, 11,
		  "Block names in Jinja have to be valid Python identifiers "
		  "and may not contain hyphens, use an underscore instead." },
		{ "{% block a required %}x{% endblock %}", 1, 36,
		  "Required blocks can only contain comments or whitespace" },
		{ "{% call 1 %}{% endcall %}", 1, 11, "expected call" },
		{ "{% macro m(a=1, b) %}{% endmacro %}", 1, 18,
		  "non-default argument follows default argument" },
		{ "{% set x %}a", 1, 13,
		  "Unexpected end of template. Jinja was looking for the "
		  "following tags: 'endset'. The innermost block that needs to "
		  "be closed is 'set'." },
		{ "{% include 'a' ignore missing with context %}"
		  "{% from 'a' import b as c, d without context %}"
		  "{% import 'x' as y %}{% set a, b.c = 1, 2 %}",
		  0, 0, NULL },
	};
	pv_jinja_environment env = { 0 };

	(void)state;
	check_all(&env, rows, pv_array_len(rows));
}

static void test_jinja_syntax__refuses_translations(void **state)
{
	static const struct row rows[] = {
		{ "{% trans %}{% if x %}{% endtrans %}", 1, 15,
		  "control structures in translatable sections are not allowed; "
		  "saw `if`" },
		{ "{% trans %}a{% trans %}", 1, 16,
		  "trans blocks can't be nested; did you mean `endtrans`?" },
		{ "{% trans %}a", 1, 13, "unclosed translation block" },
		{ "{% trans %}a{% pluralize %}b{% endtrans %}", 1, 41,
		  "pluralize without variables" },
		{ "{% trans n=3 %}a{% pluralize n %}{{ n }}s{% endtrans %}", 0,
		  0, NULL },
	};
	pv_jinja_environment env = { .extensions = PV_JINJA_EXT_I18N };

	(void)state;
	check_all(&env, rows, pv_array_len(rows));
}

static void test_jinja_syntax__refuses_what_cannot_be_compiled(void **state)
{
	static const struct row rows[] = {
		{ "{{ a|nope }}", 1, 6, "No filter named 'nope'." },
		{ "{{ a is nope }}", 1, 6, "No test named 'nope'." },
		{ "{% if x %}{{ a|nope }}{% endif %}", 0, 0, NULL },
		{ "{% block a %}{% endblock %}\n{% block a %}{% endblock %}", 2,
		  4, "block 'a' defined twice" },
		{ "{% for loop in x %}{% endfor %}", 1, 8,
		  "Can't assign to special loop variable in for-loop target" },
		{ "{% for a in x %}{% extends 'b' %}{% endfor %}", 1, 20,
		  "cannot use extend from a non top-level scope" },
		{ "{% from 'a' import _b %}", 1, 23,
		  "names starting with an underline can not be imported" },
	};
	pv_jinja_environment env = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		check(&env, &rows[i], "TemplateAssertionError");
}

/* Jinja2 makes Python of it, and that does not compile. */
static void test_jinja_syntax__refuses_what_python_would(void **state)
{
	static const struct row rows[] = {
		{ "{{ f(a=1, a=2) }}", 1, 13, "keyword argument repeated: a" },
		{ "\n{% call f(caller=1) %}{% endcall %}", 2, 18,
		  "keyword argument repeated: caller" },
		{ "{% macro m(a, b, a) %}{% endmacro %}", 1, 18,
		  "duplicate argument: a" },
		{ "{% call(a, a) f() %}{% endcall %}", 1, 12,
		  "duplicate argument: a" },
		{ "a\n {% break %}", 2, 5, "'break' outside loop" },
		{ "{% for a in b %}{% endfor %}\n{% if c %}{% continue %}{% endif %}",
		  2, 14, "'continue' not properly in loop" },
	};
	pv_jinja_environment env = { .extensions = PV_JINJA_EXT_LOOPCONTROLS };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		check(&env, &rows[i], "SyntaxError");
}

static void test_jinja_syntax__knows_other_delimiters(void **state)
{
	static const struct row rows[] = {
		{ "<%= a %><% if x %>b<% endif %><%# c %>${ d }{{", 0, 0, NULL },
		{ "% for a in b:\n  % if a\n## x\n  % endif\n% endfor", 0, 0,
		  NULL },
		{ "a\n  % for a in [\n1,\n2]\nb\n% endif", 6, 3,
		  "Encountered unknown tag 'endif'. Jinja was looking for the "
		  "following tags: 'endfor' or 'else'. The innermost block "
		  "that needs to be closed is 'for'." },
	};
	pv_jinja_environment env = { .block_start = "<%",
				     .block_end = "%>",
				     .variable_start = "<%=",
				     .variable_end = "%>",
				     .comment_start = "<%#",
				     .comment_end = "%>",
				     .line_statement = "%",
				     .line_comment = "##" };

	(void)state;
	check_all(&env, rows, pv_array_len(rows));
}

/* A source of `count` copies of `part`. */
static char *repeat(const char *part, size_t count)
{
	size_t len = strlen(part);
	char *text = malloc(len * count + 1);

	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * len, part, len);
	text[len * count] = '\0';
	return text;
}

static void test_jinja_syntax__limits_nesting(void **state)
{
	static const char *const parts[] = { "{{ (",       "{{ [",
					     "{{ -",       "{{ not ",
					     "{% if x %}", "{{ a if b else " };
	pv_jinja_environment env = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(parts); i++) {
		const char *tail = parts[i] + (parts[i][1] == '{' ? 3 : 0);
		pv_jinja_template *template = NULL;
		pv_jinja_failure failure = { 0 };
		pv_buf source = { 0 };
		char *many = repeat(tail, 20000);

		pv_buf_puts(&source, parts[i]);
		pv_buf_puts(&source, many);
		assert_int_equal(pv_jinja_compile(&template, &env, NULL,
						  pv_str_of(source.ptr),
						  &failure, NULL),
				 PV_ELIMIT);
		assert_string_equal(failure.error, "LimitError");
		assert_string_equal(failure.message, "the limit of 200 levels "
						     "of nesting was reached");
		pv_jinja_failure_dispose(&failure);
		pv_buf_dispose(&source);
		free(many);
	}
}

static void test_jinja_syntax__shows_the_line(void **state)
{
	pv_jinja_environment env = { 0 };
	pv_jinja_template *template = NULL;
	pv_jinja_failure failure = { 0 };
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(pv_jinja_compile(&template, &env, "a/b",
					  pv_str_of("one\n\t\xc3\xa9 {{ a b }}\n"),
					  &failure, &err),
			 PV_ESYNTAX);
	assert_string_equal(failure.excerpt, "\t\xc3\xa9 {{ a b }}\n\t       ^");
	assert_string_equal(failure.template_name, "a/b");
	assert_string_equal(err.source, "a/b");
	pv_jinja_failure_dispose(&failure);
	assert_int_equal(pv_jinja_compile(&template, &env, NULL,
					  pv_str_of("日本e\xcc\x81🙂 {{ a b }}"),
					  &failure, NULL),
			 PV_ESYNTAX);
	assert_int_equal(failure.column, 12);
	assert_string_equal(failure.excerpt, "日本e\xcc\x81🙂 {{ a b }}\n"
					     "             ^");
	pv_jinja_failure_dispose(&failure);
}

static int add_name(pv_str name, void *payload)
{
	pv_buf *out = payload;

	pv_buf_put(out, name.ptr, name.len);
	pv_buf_putc(out, ' ');
	return 0;
}

static void test_jinja_syntax__finds_variables(void **state)
{
	static const struct {
		const char *source;
		const char *names;
	} rows[] = {
		{ "{{ b }}{{ a.c }}{{ range(a) }}", "a b " },
		{ "{% for x in xs %}{{ x }}{{ loop.index }}{{ y }}{% endfor "
		  "%}{{ x }}",
		  "x xs y " },
		{ "{% set a = b %}{{ a }}", "b " },
		{ "{% if c %}{% set a = 1 %}{% endif %}{{ a }}", "a c " },
		{ "{% macro m(p, q=d) %}{{ p }}{{ caller() }}{{ e }}{% endmacro "
		  "%}{{ m() }}",
		  "d e " },
		{ "{% block b %}{{ self.b }}{{ v }}{% endblock %}", "v " },
		{ "{% with a = b %}{{ a }}{% endwith %}{% import i as j %}"
		  "{{ j.k }}",
		  "b i " },
	};
	pv_jinja_environment env = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_jinja_template *template = NULL;
		pv_buf names = { 0 };

		assert_int_equal(pv_jinja_compile(&template, &env, NULL,
						  pv_str_of(rows[i].source),
						  NULL, NULL),
				 PV_OK);
		assert_int_equal(pv_jinja_template_variables(template, add_name,
							     &names, NULL),
				 PV_OK);
		assert_string_equal(pv_buf_text(&names), rows[i].names);
		pv_buf_dispose(&names);
		pv_jinja_template_free(template);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jinja_syntax__refuses_what_is_no_token),
		cmocka_unit_test(test_jinja_syntax__refuses_wrong_expressions),
		cmocka_unit_test(test_jinja_syntax__refuses_wrong_tags),
		cmocka_unit_test(test_jinja_syntax__refuses_translations),
		cmocka_unit_test(
			test_jinja_syntax__refuses_what_cannot_be_compiled),
		cmocka_unit_test(test_jinja_syntax__refuses_what_python_would),
		cmocka_unit_test(test_jinja_syntax__knows_other_delimiters),
		cmocka_unit_test(test_jinja_syntax__limits_nesting),
		cmocka_unit_test(test_jinja_syntax__shows_the_line),
		cmocka_unit_test(test_jinja_syntax__finds_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
