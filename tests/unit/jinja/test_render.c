/* SPDX-License-Identifier: MIT
 *
 * What templates print and how they fail: statements, scopes, inheritance,
 * limits. Values, filters and tests have tests of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "jinja/engine.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"

#define CONTEXT \
 "{\"a\": 1, \"xs\": [1, 2, 3], \"s\": \"<x>\", \"d\": {\"k\": \"v\"}}"

/* Templates by name, those that include, import and extend use. */
static const struct {
	const char *name;
	const char *source;
} templates[] = {
	{ "inc", "[{{ a }}{{ b }}]" },
	{ "lib", "{% set y = 5 %}{% macro m(x) %}<{{ x }}{{ a }}>{% endmacro %}" },
	{ "base", "B{% block one %}1{% endblock %}{% block two %}{{ t }}"
		  "{% endblock %}E" },
	{ "mid", "{% extends 'base' %}{% block one %}m{{ super() }}"
		 "{% endblock %}" },
	{ "need", "{% block r required %}{% endblock %}" },
	{ "loop", "{% include 'loop' %}" },
	{ "self", "{% extends 'self' %}" },
	{ "bad", "\n{{ a b }}" },
	{ "fails", "\n\n{{ nope.x }}" },
};

static int load(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	(void)payload;
	(void)err;
	for (size_t i = 0; i < pv_array_len(templates); i++)
		if (pv_str_is(name, templates[i].name)) {
			*out = pv_str_of(templates[i].source);
			return PV_OK;
		}
	return PV_ENOTFOUND;
}

struct result {
	pv_buf out;
	pv_jinja_failure failure;
	int rc;
};

static void render(struct result *result, const pv_jinja_environment *env,
		   const char *source, const pv_jinja_limits *limits)
{
	const pv_jinja_loader loader = { load, NULL };
	pv_jinja_render_options options = { .loader = &loader, .limits = limits };
	pv_jinja_template *template = NULL;
	pv_arena arena = { 0 };
	pv_jinja_run run = { 0 };
	pv_jinja_value value;

	memset(result, 0, sizeof(*result));
	pv_jinja_run_init(&run, &arena, &env->settings, NULL);
	assert_int_equal(pv_jinja_read_json(&value, &run, CONTEXT,
					    strlen(CONTEXT)),
			 PV_OK);
	options.context = value.u.dict;
	result->rc = pv_jinja_compile(&template, env, NULL, pv_str_of(source),
				      &result->failure, NULL);
	if (result->rc == PV_OK)
		result->rc = pv_jinja_render(&result->out, template, &options,
					     &result->failure, NULL);
	pv_jinja_template_free(template);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
}

static void dispose(struct result *result)
{
	pv_buf_dispose(&result->out);
	pv_jinja_failure_dispose(&result->failure);
}

struct row {
	const char *source;
	const char *output;
};

static void check_env(const pv_jinja_environment *env, const struct row *rows,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct result result;

		render(&result, env, rows[i].source, NULL);
		if (result.rc < 0)
			fail_msg("%s: %s", rows[i].source,
				 result.failure.message);
		if (strcmp(pv_buf_text(&result.out), rows[i].output) != 0)
			fail_msg("%s: \"%s\"", rows[i].source,
				 pv_buf_text(&result.out));
		dispose(&result);
	}
}

static void check(const struct row *rows, size_t count)
{
	pv_jinja_environment env = { .extensions = PV_JINJA_EXT_DO |
						   PV_JINJA_EXT_LOOPCONTROLS |
						   PV_JINJA_EXT_I18N |
						   PV_JINJA_EXT_GENERATION };

	check_env(&env, rows, count);
}

static void test_jinja_render__evaluates_expressions(void **state)
{
	static const struct row rows[] = {
		{ "{{ 1 + 2 * 3 }}|{{ 2 ** 3 ** 2 }}|{{ -2 ** 2 }}", "7|64|4" },
		{ "{{ -2 ** (a + a) }}|{{ (a - 3) ** (a + a) }}", "-4|4" },
		{ "{{ false and (x|nofilter) }}|{{ 1 > 2 > x }}", "False|False" },
		{ "{{ 1 < 2 < 3 }}|{{ 3 in xs }}|{{ not a }}", "True|True|False" },
		{ "{{ a and 'x' }}|{{ 0 or s }}|{{ 'y' if a else 'n' }}",
		  "x|<x>|y" },
		{ "{{ ('' ~ '\xc3\xa9'[:0])[::-1] }}|{{ '\xc3\xa9x'[::-1] }}",
		  "|x\xc3\xa9" },
		{ "{{ 'a' ~ 1 ~ none }}|{{ xs[1:] }}|{{ d.k }}|{{ xs[-1] }}",
		  "a1None|[2, 3]|v|3" },
		{ "{{ (1, 'b', [2]) }}|{{ {'x': 1}.x }}|{{ d['k'] }}",
		  "(1, 'b', [2])|1|v" },
		{ "{{ nope }}|{{ nope is defined }}|{{ a is number }}",
		  "|False|True" },
		{ "{{ 'x' if nope }}|{{ xs|default(4) }}", "|[1, 2, 3]" },
		{ "{{ _('a%') }}|{{ ngettext('o', 'm', 1) }}|"
		  "{{ npgettext('c', 'o', 'm', 2) }}|{{ pgettext('c', s) }}",
		  "a%|o|m|<x>" },
		{ "{{ range(9).index(4) }}|{{ range(0, 9, 2).count(3) }}", "4|0" },
		{ "{% include none ignore missing %}"
		  "{% include [] ignore missing %}-",
		  "-" },
	};

	(void)state;
	check(rows, pv_array_len(rows));
}

static void test_jinja_render__runs_statements(void **state)
{
	static const struct row rows[] = {
		{ "{% if a == 2 %}2{% elif a == 1 %}1{% else %}0{% endif %}",
		  "1" },
		{ "{% set x = 1 %}{% set y, z = 2, 3 %}{{ x }}{{ y }}{{ z }}",
		  "123" },
		{ "{% set x %}a{{ a }}{% endset %}{{ x }}", "a1" },
		{ "{% set ns = namespace(n=0) %}{% for x in xs %}{% set ns.n = "
		  "ns.n + x %}{% endfor %}{{ ns.n }}",
		  "6" },
		{ "{% with a = 5, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}",
		  "511" },
		{ "{% filter default %}x{% endfilter %}{% print a, 2 %}", "x12" },
		{ "{% do xs.append(4) %}{{ xs }}", "[1, 2, 3, 4]" },
		{ "{% generation %}a{% set a = 2 %}{{ a }}{% endgeneration %}"
		  "{{ a }}",
		  "a21" },
		{ "{% trans n=xs[0] %}{{ n }} file{% pluralize %}{{ n }} "
		  "files{% endtrans %}",
		  "1 file" },
		{ "{% trans trimmed %}  100%\n  {{ a }} {% endtrans %}",
		  "100% 1" },
		{ "{% raw %}{{ x }}{% endraw %}{# no #}", "{{ x }}" },
	};

	(void)state;
	check(rows, pv_array_len(rows));
}

static void test_jinja_render__loops(void **state)
{
	static const struct row rows[] = {
		{ "{% for x in xs %}{{ loop.index }}{{ loop.revindex0 }}"
		  "{{ ',' if not loop.last }}{% endfor %}",
		  "12,21,30" },
		{ "{% for x in xs if x != 2 %}{{ x }}{{ loop.length }}"
		  "{{ loop.nextitem }}{% endfor %}",
		  "12332" },
		{ "{% for x in [] %}x{% else %}none{% endfor %}", "none" },
		{ "{% for x in xs %}{{ x }}{% for y, l in loop %}"
		  "{{ y }}{{ l.index }}{% endfor %}{% endfor %}",
		  "12233" },
		{ "{% for x in xs %}{% if x == 2 %}{% continue %}{% endif %}"
		  "{{ x }}{% endfor %}|{% for x in xs %}{% break %}{% else %}e"
		  "{% endfor %}",
		  "13|e" },
		{ "{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}", "kv" },
		{ "{% for x in xs %}{{ loop.cycle('a', 'b') }}"
		  "{{ loop.changed(x > 1) }}{% endfor %}",
		  "aTruebTrueaFalse" },
		{ "{% for x in [[1, [2]], 3] recursive %}{% if x is iterable %}("
		  "{{ loop(x) }}){% else %}{{ x }}:{{ loop.depth }}{% endif %}"
		  "{% endfor %}",
		  "(1:2(2:3))3:1" },
		{ "{% set x = 0 %}{% for y in xs %}{% set x = x + y %}{{ x }}"
		  "{% endfor %}{{ x }}",
		  "1230" },
	};

	(void)state;
	check(rows, pv_array_len(rows));
}

static void test_jinja_render__calls_macros(void **state)
{
	static const struct row rows[] = {
		{ "{% macro m(x, y=x) %}{{ x }}{{ y }}{% endmacro %}{{ m(1) }}"
		  "{{ m(1, 2) }}{{ m(y=3, x=4) }}",
		  "111243" },
		{ "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}"
		  "{{ m(1, k=2) }}{{ m(*xs, **d) }}",
		  "(1,){'k': 2}(1, 2, 3){'k': 'v'}" },
		{ "{% macro m(x) %}<{{ caller(x) }}>{% endmacro %}"
		  "{% call(y) m(7) %}{{ y }}{{ a }}{% endcall %}",
		  "<71>" },
		{ "{% macro m(x) %}{{ x }}{% endmacro %}{{ m }}{{ m.name }}"
		  "{{ m.arguments }}|{{ m() }}",
		  "<Macro 'm'>m('x',)|" },
		{ "{% macro f(n) %}{{ n }}{% if n %}{{ f(n - 1) }}{% endif %}"
		  "{% endmacro %}{{ f(3) }}",
		  "3210" },
		{ "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}"
		  "{% set x = 2 %}{{ m() }}",
		  "2" },
	};

	(void)state;
	check(rows, pv_array_len(rows));
}

static void test_jinja_render__uses_other_templates(void **state)
{
	static const struct row rows[] = {
		{ "{% set b = 2 %}{% include 'inc' %}{% include 'inc' without "
		  "context %}",
		  "[12][]" },
		{ "{% include ['none', 'inc'] %}{% include 'none' ignore "
		  "missing %}",
		  "[1]" },
		{ "{% import 'lib' as l %}{{ l.m(2) }}{{ l.y }}", "<2>5" },
		{ "{% from 'lib' import m as n, y with context %}{{ n(2) }}"
		  "{{ y }}",
		  "<21>5" },
		{ "x{% extends 'base' %}y{% block two %}{{ self.one() }}"
		  "{% endblock %}{% set t = 3 %}",
		  "xB11E" },
		{ "{% extends 'mid' %}{% set t = 3 %}{% block one %}c"
		  "{{ super() }}{{ super.super() }}{% endblock %}",
		  "Bcm113E" },
		{ "{% for x in xs %}{% block b scoped %}{{ x }}{% endblock %}"
		  "{% endfor %}",
		  "123" },
		{ "{% if a %}{% extends 'base' %}{% endif %}{% block one %}o"
		  "{% endblock %}",
		  "BoE" },
	};

	(void)state;
	check(rows, pv_array_len(rows));
}

static void test_jinja_render__escapes(void **state)
{
	static const struct row rows[] = {
		{ "{{ s }}{{ '<b>' }}{{ s ~ 'x' }}",
		  "&lt;x&gt;&lt;b&gt;&lt;x&gt;x" },
		{ "{% autoescape false %}{{ s }}{% endautoescape %}{{ s }}",
		  "<x>&lt;x&gt;" },
		{ "{% macro m() %}<i>{{ s }}{% endmacro %}{{ m() }}",
		  "<i>&lt;x&gt;" },
		{ "{% set x %}<b>{% endset %}{{ x }}", "<b>" },
		{ "{{ ('<b>'|e) ~ '<i>' }}{{ (s|e) ~ '<i>' }}",
		  "&amp;lt;b&amp;gt;&lt;i&gt;&lt;x&gt;&lt;i&gt;" },
		{ "{% autoescape nope %}{{ '<b>' }}{{ s }}{% endautoescape %}",
		  "&lt;b&gt;<x>" },
		{ "{% for x in [s] recursive %}{{ x }}{% endfor %}", "&lt;x&gt;" },
	};
	pv_jinja_environment env = { .is_escaping = 1 };

	(void)state;
	check_env(&env, rows, pv_array_len(rows));
}

static void test_jinja_render__controls_white_space(void **state)
{
	static const struct row rows[] = {
		{ "  {% if a %}\n  x\n  {% endif %}\ny\n", "  x\ny" },
		{ "a\n  {{- a -}}  \n b", "a1b" },
		{ "  {%+ if a %}x{% endif +%}\ny", "  x\ny" },
	};
	pv_jinja_environment env = { .trims_blocks = 1, .strips_blocks = 1 };

	(void)state;
	check_env(&env, rows, pv_array_len(rows));
}

static void test_jinja_render__tells_what_failed(void **state)
{
	static const struct {
		const char *source;
		const char *error;
		const char *message;
		const char *template;
		int line;
		int column;
	} rows[] = {
		{ "a\n{{ nope.x }}", "UndefinedError", "'nope' is undefined",
		  NULL, 2, 8 },
		{ "{% set x = 1 %}\n{% set x.y = 2 %}", "TemplateRuntimeError",
		  "cannot assign attribute on non-namespace object", NULL, 1, 1 },
		{ "{% for a, b in xs %}{% endfor %}", "TypeError",
		  "cannot unpack non-iterable int object", NULL, 1, 4 },
		{ "\n{% include 'none' %}", "TemplateNotFound", "none", NULL, 2,
		  4 },
		{ "{% include ['x', 'y'] %}", "TemplatesNotFound",
		  "none of the templates given were found: x, y", NULL, 1, 4 },
		{ "\n\n\n{% include 'fails' %}", "UndefinedError",
		  "'nope' is undefined", "fails", 3, 8 },
		{ "{% include 'bad' %}", "TemplateSyntaxError",
		  "expected token 'end of print statement', got 'b'", "bad", 2,
		  6 },
		{ "{% extends 'need' %}", "TemplateRuntimeError",
		  "Required block 'r' not found", "need", 1, 4 },
		{ "{% macro m(x) %}\n{{ x + 1 }}{% endmacro %}\n{{ m() }}",
		  "UndefinedError", "parameter 'x' was not provided", NULL, 2, 4 },
		{ "{% macro m() %}{% endmacro %}{{ m(1) }}", "TypeError",
		  "macro 'm' takes not more than 0 argument(s)", NULL, 1, 34 },
		{ "{% if a %}{{ a|nope }}{% endif %}", "TemplateRuntimeError",
		  "No filter named 'nope' found.", NULL, 1, 16 },
		{ "{{ cycler(1, 2).next(1) }}", "TypeError",
		  "Cycler.next() takes 1 positional argument but 2 were given",
		  NULL, 1, 21 },
		{ "{{ cycler(1).reset(a=1) }}", "TypeError",
		  "Cycler.reset() got an unexpected keyword argument 'a'", NULL,
		  1, 19 },
		/* Jinja2 joins what a template yields, and has no line here. */
		{ "{% filter length %}ab{% endfilter %}", "TypeError",
		  "sequence item 0: expected str instance, int found", NULL, 1,
		  4 },
		{ "\n{% call dict() %}{% endcall %}", "TypeError",
		  "sequence item 0: expected str instance, dict found", NULL, 2,
		  4 },
		{ "{% from 'lib' import zz %}{{ zz + 1 }}", "UndefinedError",
		  "the template 'lib' (imported on line 1) does not export the "
		  "requested name 'zz'",
		  NULL, 1, 30 },
	};
	pv_jinja_environment env = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		struct result result;

		render(&result, &env, rows[i].source, NULL);
		if (result.rc == PV_OK)
			fail_msg("%s: %s", rows[i].source,
				 pv_buf_text(&result.out));
		assert_string_equal(result.failure.message, rows[i].message);
		assert_string_equal(result.failure.error, rows[i].error);
		if (rows[i].template)
			assert_string_equal(result.failure.template_name,
					    rows[i].template);
		if (result.failure.line != rows[i].line ||
		    result.failure.column != rows[i].column)
			fail_msg("%s: line %d column %d", rows[i].source,
				 result.failure.line, result.failure.column);
		dispose(&result);
	}
}

static void test_jinja_render__stops_at_limits(void **state)
{
	static const struct {
		const char *source;
		const char *message; /* its beginning */
	} rows[] = {
		{ "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
		  "the limit of 200 nested calls" },
		{ "{% include 'loop' %}",
		  "the limit of 50 templates in templates" },
		{ "{% extends 'self' %}",
		  "the limit of 50 templates in templates" },
		{ "{% for x in xs recursive %}{{ loop(xs) }}{% endfor %}",
		  "the limit of 200 nested calls" },
		{ "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}"
		  "{% endif %}{% endmacro %}{{ f(64) }}",
		  "the limit of " },
		{ "{% for a in range(99999) %}{% for b in range(99999) %}"
		  "{% endfor %}{% endfor %}",
		  "the limit of 1000000 steps" },
		{ "{% for a in range(9999) %}{{ 'x' * 1000 }}{% endfor %}",
		  "the limit of 1000000 bytes of output" },
		{ "{{ 'x' * 10000000 }}", "the limit of 1000000 bytes" },
	};
	pv_jinja_environment env = { 0 };
	pv_jinja_limits limits = { 0 };

	(void)state;
	limits.steps = 1000000;
	limits.text = 1000000;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		struct result result;

		render(&result, &env, rows[i].source, &limits);
		assert_int_equal(result.rc, PV_ELIMIT);
		assert_string_equal(result.failure.error, "LimitError");
		if (!pv_str_has_prefix(result.failure.message, rows[i].message))
			fail_msg("%s: %s", rows[i].source,
				 result.failure.message);
		dispose(&result);
	}
}

static int64_t late(void *payload)
{
	int64_t *now = payload;

	*now += 1000;
	return *now;
}

static void test_jinja_render__stops_in_time(void **state)
{
	int64_t now = 0;
	const pv_clock clock = { late, &now };
	const pv_jinja_render_options options = { .max_micros = 5000,
						  .clock = &clock };
	pv_jinja_environment env = { 0 };
	pv_jinja_template *template = NULL;
	pv_jinja_failure failure = { 0 };
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(pv_jinja_compile(&template, &env, NULL,
					  pv_str_of("{% for x in range(9999999) %}"
						    "{% endfor %}"),
					  NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_jinja_render(&out, template, &options, &failure, NULL),
			 PV_ELIMIT);
	assert_string_equal(failure.message,
			    "the limit of 5000 microseconds was reached");
	pv_jinja_failure_dispose(&failure);
	pv_jinja_template_free(template);
	pv_buf_dispose(&out);
}

static int64_t still(void *payload)
{
	return *(int64_t *)payload;
}

/* Expected values are those of Python in the C locale. */
static void test_jinja_render__writes_times_as_strftime(void **state)
{
	static const struct {
		int64_t seconds;
		const char *format;
		const char *text;
	} cases[] = {
		{ 1721997296, "%G %V %g|%P %p|%k|%l|%r|%s",
		  "2024 30 24|pm PM|12|12|12:34:56 PM|1721997296" },
		{ 1704067445, "%k|%l|%-k|%_H|%-I|%_d|%-d|%_m|%05d|%e|%0e",
		  " 0|12|0| 0|12| 1|1| 1|00001| 1|01" },
		{ 1721997296, "%^a %^B %#b %#p %10A|%-10A|%010b|%^c",
		  "FRI JULY JUL pm     Friday|    Friday|0000000Jul|"
		  "FRI JUL 26 12:34:56 2024" },
		{ 1721997296, "%10D|%12T|%_12r|%015r|%-5d|%-10Y|%8q|%^4i|%04",
		  "  07/26/24|    12:34:56| 12:34:56 PM|000012:34:56 PM|"
		  "   26|      2024|     %8q|%^4I|0%04" },
		{ 1230768000, "%G-W%V-%u %Y", "2009-W01-4 2009" }, /* Thursday */
		{ 1104537600, "%G-W%V-%u %g", "2004-W53-6 04" },
		{ 1230508800, "%G-W%V-%u %g", "2009-W01-1 09" },
		{ 0, "%Ey %Od %Q %5% %", "70 01 %Q     % %" },
		{ -1, "%s %F %T %f %j", "-1 1969-12-31 23:59:59 000000 365" },
	};
	pv_jinja_environment env = { .has_chat_globals = 1 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		int64_t now = cases[i].seconds * 1000000;
		const pv_clock clock = { still, &now };
		const pv_jinja_render_options options = { .clock = &clock };
		pv_jinja_template *template = NULL;
		char source[200];
		pv_buf out = { 0 };

		(void)snprintf(source, sizeof(source),
			       "{{ strftime_now(\"%s\") }}", cases[i].format);
		assert_int_equal(pv_jinja_compile(&template, &env, NULL,
						  pv_str_of(source), NULL, NULL),
				 PV_OK);
		assert_int_equal(pv_jinja_render(&out, template, &options, NULL,
						 NULL),
				 PV_OK);
		assert_string_equal(pv_buf_text(&out), cases[i].text);
		pv_jinja_template_free(template);
		pv_buf_dispose(&out);
	}
}

static void test_jinja_render__knows_chat_functions(void **state)
{
	int64_t now = INT64_C(1721997296) * 1000000;
	const pv_clock clock = { late, &now };
	const pv_jinja_render_options options = { .clock = &clock };
	pv_jinja_environment env = { .has_chat_globals = 1 };
	pv_jinja_template *template = NULL;
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(pv_jinja_compile(&template, &env, NULL,
					  pv_str_of("{{ strftime_now('%A %d %b %Y %H:%M:%S"
						    " %-d %j %I%p %F %y') }}"),
					  NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_jinja_render(&out, template, &options, NULL, NULL),
			 PV_OK);
	assert_string_equal(pv_buf_text(&out),
			    "Friday 26 Jul 2024 12:34:56 26 208 12PM "
			    "2024-07-26 24");
	pv_jinja_template_free(template);
	pv_buf_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jinja_render__evaluates_expressions),
		cmocka_unit_test(test_jinja_render__runs_statements),
		cmocka_unit_test(test_jinja_render__loops),
		cmocka_unit_test(test_jinja_render__calls_macros),
		cmocka_unit_test(test_jinja_render__uses_other_templates),
		cmocka_unit_test(test_jinja_render__escapes),
		cmocka_unit_test(test_jinja_render__controls_white_space),
		cmocka_unit_test(test_jinja_render__tells_what_failed),
		cmocka_unit_test(test_jinja_render__stops_at_limits),
		cmocka_unit_test(test_jinja_render__stops_in_time),
		cmocka_unit_test(test_jinja_render__writes_times_as_strftime),
		cmocka_unit_test(test_jinja_render__knows_chat_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
