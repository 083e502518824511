/* SPDX-License-Identifier: MIT
 *
 * The small template languages: what they print, and how they fail. A row has
 * a template, variables as JSON, and the output, or "Class: message" with the
 * line and the column where it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/buf.h>

#include "base/mem.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"
#include "render/fstring.h"
#include "render/mustache.h"

struct row {
	const char *text;
	const char *values;
	const char *output;
	int line; /* of a failure */
	int column;
};

/* Variables of a row, alive until it is closed. */
struct values {
	pv_arena arena;
	pv_jinja_run run;
	pv_jinja_value value;
};

static void open_values(struct values *it, const char *json)
{
	static const pv_jinja_settings settings = { 0 };

	memset(it, 0, sizeof(*it));
	pv_jinja_run_init(&it->run, &it->arena, &settings, NULL);
	assert_int_equal(pv_jinja_read_json(&it->value, &it->run, json,
					    strlen(json)),
			 PV_OK);
}

static void close_values(struct values *it)
{
	pv_jinja_run_dispose(&it->run);
	pv_arena_dispose(&it->arena);
}

static const struct {
	const char *name;
	const char *text;
} partials[] = {
	{ "p", "[{{a}}]" },
	{ "lines", "x\n{{a}}\n\ny\n" },
	{ "tree", "{{n}}{{#kids}}<{{>tree}}>{{/kids}}" },
	{ "self", "{{>self}}" },
	{ "bad", "ok\n{{#a}}" },
	{ "strict", "\n {{nowhere}}" },
};

static int load_partial(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	(void)payload;
	(void)err;
	for (size_t i = 0; i < pv_array_len(partials); i++) {
		if (!pv_str_is(name, partials[i].name))
			continue;
		*out = pv_str_of(partials[i].text);
		return PV_OK;
	}
	return PV_ENOTFOUND;
}

static int render_mustache(pv_buf *out, const char *text,
			   const pv_plain_options *options,
			   pv_jinja_failure *failure)
{
	pv_mustache *template;
	pv_error err = { 0 };
	int rc = pv_mustache_compile(&template, "t", pv_str_of(text), failure,
				     &err);

	if (rc == PV_OK)
		rc = pv_mustache_render(out, template, options, failure, &err);
	assert_int_equal(rc, err.code);
	pv_mustache_free(template);
	return rc;
}

static void check_row(const struct row *row, int is_mustache, int is_strict)
{
	const pv_jinja_loader loader = { load_partial, NULL };
	pv_jinja_limits limits = { 0 };
	pv_plain_options options = { .loader = &loader,
				     .limits = &limits,
				     .is_strict = is_strict };
	pv_jinja_failure failure = { 0 };
	struct values values;
	pv_buf out = { 0 };
	int rc;

	limits.text = 1 << 20;
	open_values(&values, row->values);
	options.values = values.value.u.dict;
	pv_buf_puts(&out, "|");
	if (is_mustache)
		rc = render_mustache(&out, row->text, &options, &failure);
	else
		rc = pv_fstring_render(&out, "t", pv_str_of(row->text),
				       &options, &failure, NULL);
	if (rc < 0) {
		assert_string_equal(out.ptr, "|");
		pv_buf_printf(&out, "%s: %s", failure.error, failure.message);
	}
	if (strcmp(out.ptr + 1, row->output) != 0)
		fail_msg("%s: \"%s\"", row->text, out.ptr + 1);
	if ((rc < 0) != (row->line > 0) || failure.line != row->line ||
	    failure.column != row->column)
		fail_msg("%s: %d:%d", row->text, failure.line, failure.column);
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&out);
	close_values(&values);
}

#define CHECK(rows, is_mustache, is_strict)      \
 for (size_t i = 0; i < pv_array_len(rows); i++) \
 check_row(&(rows)[i], is_mustache, is_strict)

/* --- fstring ----------------------------------------------------------------- */

static void test_render_plain__formats_as_python(void **state)
{
	static const struct row rows[] = {
		{ "", "{}", "", 0, 0 },
		{ "a {x} {{b}} }}", "{\"x\": 1}", "a 1 {b} }", 0, 0 },
		{ "{x:>5}|{x:<5}|{x:^5}|{x:05d}|{x:+,}", "{\"x\": 42}",
		  "   42|42   | 42  |00042|+42", 0, 0 },
		{ "{x:.2f} {x:.1%} {x:e} {x}", "{\"x\": 0.125}",
		  "0.12 12.5% 1.250000e-01 0.125", 0, 0 },
		{ "{s!r:>8} {s!s} {s!a}", "{\"s\": \"h\\u00e9\"}",
		  "    'h\xC3\xA9' h\xC3\xA9 'h\\xe9'", 0, 0 },
		{ "{x:{w}.{p}f}|{x:{f}^{w}}",
		  "{\"x\": 3.14159, \"w\": 8, \"p\": 2, \"f\": \"*\"}",
		  "    3.14|3.14159*", 0, 0 },
		{ "{u[name]} {u.name} {l[1]} {u[k][0].z}",
		  "{\"u\": {\"name\": \"A\", \"k\": [{\"z\": true}]}, "
		  "\"l\": [1, null]}",
		  "A A None True", 0, 0 },
		{ "{l} {u} {t}",
		  "{\"l\": [1, \"a\"], \"u\": {\"k\": 1.0}, \"t\": false}",
		  "[1, 'a'] {'k': 1.0} False", 0, 0 },
		{ "{x.real} {x.imag}", "{\"x\": 7}", "7 0", 0, 0 },
	};

	(void)state;
	CHECK(rows, 0, 0);
}

static void test_render_plain__fails_as_python(void **state)
{
	static const struct row rows[] = {
		{ "a\n {x}", "{}", "KeyError: 'x'", 2, 2 },
		{ "{u[b]}", "{\"u\": {}}", "KeyError: 'b'", 1, 1 },
		{ "{u.b}", "{\"u\": {}}",
		  "AttributeError: 'dict' object has no attribute 'b'", 1, 1 },
		{ "{l[3]}", "{\"l\": []}",
		  "IndexError: list index out of range", 1, 1 },
		{ "{}", "{}",
		  "IndexError: Replacement index 0 out of range for positional "
		  "args tuple",
		  1, 1 },
		{ "a {", "{}",
		  "ValueError: Single '{' encountered in format string", 1, 3 },
		{ "a } b", "{}",
		  "ValueError: Single '}' encountered in format string", 1, 3 },
		{ "{x", "{\"x\": 1}",
		  "ValueError: expected '}' before end of string", 1, 1 },
		{ "{x!z}", "{\"x\": 1}",
		  "ValueError: Unknown conversion specifier z", 1, 1 },
		{ "{x:d}", "{\"x\": \"a\"}",
		  "ValueError: Unknown format code 'd' for object of type 'str'",
		  1, 1 },
		{ "{x:{y:{z:{z}}}}", "{\"x\": 1, \"y\": 1, \"z\": 1}",
		  "ValueError: Max string recursion exceeded", 1, 1 },
		{ "{x:9999999999}", "{\"x\": 1}",
		  "LimitError: the limit of 1048576 bytes of one string was "
		  "reached",
		  1, 1 },
	};

	(void)state;
	CHECK(rows, 0, 0);
}

/* --- mustache ---------------------------------------------------------------- */

static void test_render_plain__prints_mustache(void **state)
{
	static const struct row rows[] = {
		{ "", "{}", "", 0, 0 },
		{ "{{a}} {{{a}}} {{& a }}|{{ a }}", "{\"a\": \"<&\\\">'\"}",
		  "&lt;&amp;&quot;&gt;' <&\">' <&\">'|&lt;&amp;&quot;&gt;'", 0,
		  0 },
		{ "{{i}} {{f}} {{t}} {{n}}.{{x}}.",
		  "{\"i\": 85, \"f\": 1.21, \"t\": true, \"n\": null}",
		  "85 1.21 true ..", 0, 0 },
		{ "{{&l}} {{&o}} {{l.1}}",
		  "{\"l\": [1, \"a\"], \"o\": {\"k\": \"<\"}}",
		  "[1, \"a\"] {\"k\": \"<\"} a", 0, 0 },
		{ "{{a.b.c}}|{{a.x.c}}|{{#a}}{{b.c}}{{/a}}",
		  "{\"a\": {\"b\": {\"c\": 1}}}", "1||1", 0, 0 },
		/* the first part of a name decides where it is looked for */
		{ "{{#a}}{{b.c}}{{/a}}",
		  "{\"a\": {\"b\": {}}, \"b\": {\"c\": 1}}", "", 0, 0 },
		{ "{{#l}}<{{.}}>{{/l}}{{^l}}none{{/l}}",
		  "{\"l\": [1, \"b\", [2]]}", "<1><b><[2]>", 0, 0 },
		{ "{{#l}}{{n}}{{o}};{{/l}}",
		  "{\"o\": \"!\", \"l\": [{\"n\": 1}, {\"n\": 2, \"o\": \"?\"}]}",
		  "1!;2?;", 0, 0 },
		{ "{{^l}}none{{/l}}{{#l}}some{{/l}}{{^z}}zero{{/z}}{{^s}}text{{/s}}",
		  "{\"l\": [], \"z\": 0, \"s\": \"\"}", "nonezerotext", 0, 0 },
		{ "{{#o}}yes{{/o}}{{#t}}{{.}}{{/t}}",
		  "{\"o\": {}, \"t\": \"x\"}", "yesx", 0, 0 },
		{ "a{{! no {{b}}c", "{}", "ac", 0, 0 },
		{ "{{=<% %>=}}<% a %>{{a}}<%{a}%><%={{ }}=%>{{a}}",
		  "{\"a\": 1}", "1{{a}}11", 0, 0 },
	};

	(void)state;
	CHECK(rows, 1, 0);
}

static void test_render_plain__takes_lines_of_lone_tags(void **state)
{
	static const struct row rows[] = {
		{ "a\n  {{#t}}\nb\n  {{/t}}  \nc", "{\"t\": true}", "a\nb\nc",
		  0, 0 },
		{ "a\r\n{{! c }}\r\nb", "{}", "a\r\nb", 0, 0 },
		{ "{{! c }}\n{{#t}}\n{{/t}}", "{\"t\": true}", "", 0, 0 },
		{ " {{#t}} x {{/t}}\n", "{\"t\": true}", "  x \n", 0, 0 },
		{ "a\n {{! c\n d }} \nb", "{}", "a\nb", 0, 0 },
		{ " {{a}}\n", "{\"a\": 1}", " 1\n", 0, 0 },
		{ "x {{! c }}\ny", "{}", "x \ny", 0, 0 },
		{ "{{=| |=}}\n|a|\n |={{ }}=|\n{{a}}", "{\"a\": 1}", "1\n1", 0,
		  0 },
		{ "{{#t}}\n{{#t}}\na\n{{/t}}\n{{/t}}\n", "{\"t\": true}", "a\n",
		  0, 0 },
		{ "<\n  {{> lines }}\n>", "{\"a\": \"1\\n2\"}",
		  "<\n  x\n  1\n2\n\n  y\n>", 0, 0 },
		{ "< {{>p}} >\n", "{\"a\": 1}", "< [1] >\n", 0, 0 },
	};

	(void)state;
	CHECK(rows, 1, 0);
}

static void test_render_plain__nests_partials(void **state)
{
	static const struct row rows[] = {
		{ "{{>p}}{{>gone}}{{#l}}{{>p}}{{/l}}",
		  "{\"a\": 1, \"l\": [{\"a\": 2}, {}]}", "[1][2][1]", 0, 0 },
		{ "{{>tree}}",
		  "{\"n\": 1, \"kids\": [{\"n\": 2, \"kids\": [{\"n\": 3, "
		  "\"kids\": []}]}, {\"n\": 4, \"kids\": 0}]}",
		  "1<2<3>><4>", 0, 0 },
		{ "{{=| |=}}|>p|", "{\"a\": 1}", "[1]", 0, 0 },
		{ "\n {{>self}}", "{}",
		  "LimitError: the limit of 50 partials in each other was "
		  "reached",
		  1, 2 },
		{ "{{>bad}}", "{}",
		  "TemplateSyntaxError: section 'a' is not closed", 2, 1 },
	};

	(void)state;
	CHECK(rows, 1, 0);
}

static void test_render_plain__misses_what_is_strict(void **state)
{
	static const struct row rows[] = {
		{ "{{a}}{{#x}}{{y}}{{/x}}{{^x}}{{a}}{{/x}}", "{\"a\": null}",
		  "", 0, 0 },
		{ "{{#a}}{{y}}{{/a}}", "{\"a\": [{}]}", "", 0, 0 },
		{ "a\n {{a.b}}", "{\"a\": {}}",
		  "UndefinedError: 'a.b' is undefined", 2, 2 },
		{ "{{>gone}}", "{}", "TemplateNotFound: gone", 1, 1 },
		{ "{{>strict}}", "{}", "UndefinedError: 'nowhere' is undefined",
		  2, 2 },
	};

	(void)state;
	CHECK(rows, 1, 1);
}

static void test_render_plain__refuses_broken_mustache(void **state)
{
	static const struct row rows[] = {
		{ "a\n{{b", "{}", "TemplateSyntaxError: the tag is not closed",
		  2, 1 },
		{ "{{{a}}", "{}", "TemplateSyntaxError: the tag is not closed",
		  1, 1 },
		{ "{{}}", "{}", "TemplateSyntaxError: the tag is empty", 1, 1 },
		{ "{{# }}", "{}", "TemplateSyntaxError: the tag is empty", 1, 1 },
		{ "{{#a}}\n{{/b}}", "{}",
		  "TemplateSyntaxError: section 'b' is closed, but 'a' is open",
		  2, 1 },
		{ "x{{/b}}", "{}",
		  "TemplateSyntaxError: section 'b' is closed but not open", 1,
		  2 },
		{ " {{#a}}{{#b}}{{/b}}", "{}",
		  "TemplateSyntaxError: section 'a' is not closed", 1, 2 },
		{ "{{=a=}}", "{}",
		  "TemplateSyntaxError: delimiters are set as {{=<% %>=}}", 1, 1 },
		{ "{{a..b}}", "{}",
		  "TemplateSyntaxError: a name begins or ends with a dot", 1, 1 },
	};

	(void)state;
	CHECK(rows, 1, 0);
}

static void test_render_plain__stops_at_limits(void **state)
{
	pv_plain_options options = { .max_output = 10 };
	pv_jinja_failure failure = { 0 };
	struct values values;
	pv_buf out = { 0 };
	pv_buf deep = { 0 };

	(void)state;
	open_values(&values, "{\"a\": \"1234567\", \"l\": [1, 2, 3]}");
	options.values = values.value.u.dict;
	assert_int_equal(pv_fstring_render(&out, NULL, pv_str_of("{a}123"),
					   &options, NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_fstring_render(&out, NULL, pv_str_of("{a}1234"),
					   &options, NULL, NULL),
			 PV_ELIMIT);
	assert_int_equal(render_mustache(&out, "{{a}}123", &options, NULL),
			 PV_OK);
	assert_int_equal(render_mustache(&out, "{{#l}}1234{{/l}}", &options,
					 &failure),
			 PV_ELIMIT);
	assert_string_equal(out.ptr, "12345671231234567123");
	pv_jinja_failure_dispose(&failure);
	for (int i = 0; i < 101; i++)
		pv_buf_puts(&deep, "{{#a}}");
	assert_int_equal(render_mustache(&out, deep.ptr, &options, &failure),
			 PV_ELIMIT);
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&deep);
	pv_buf_dispose(&out);
	close_values(&values);
}

static int64_t later(void *payload)
{
	int64_t *now = payload;

	*now += 1000;
	return *now;
}

/* Not one of the sections has anything in it. */
static void test_render_plain__takes_no_longer_than_it_may(void **state)
{
	int64_t now = 0;
	const pv_clock clock = { later, &now };
	const pv_jinja_limits limits = { .steps = 1000000 };
	pv_plain_options options = { .limits = &limits,
				     .max_micros = 1500,
				     .clock = &clock };
	pv_jinja_failure failure = { 0 };
	struct values values;
	pv_buf list = { 0 };
	pv_buf out = { 0 };

	(void)state;
	pv_buf_puts(&list, "{\"l\": [0");
	for (int i = 0; i < 200; i++)
		pv_buf_puts(&list, ",1");
	pv_buf_puts(&list, "]}");
	open_values(&values, list.ptr);
	options.values = values.value.u.dict;
	assert_int_equal(render_mustache(&out,
					 "{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}",
					 &options, &failure),
			 PV_ELIMIT);
	assert_string_equal(failure.message,
			    "the limit of 1500 microseconds was reached");
	pv_jinja_failure_dispose(&failure);
	options.max_micros = 0;
	assert_int_equal(render_mustache(&out,
					 "{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}",
					 &options, &failure),
			 PV_ELIMIT);
	assert_string_equal(failure.message,
			    "the limit of 1000000 steps of work was reached");
	pv_jinja_failure_dispose(&failure);
	pv_buf_dispose(&list);
	pv_buf_dispose(&out);
	close_values(&values);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_render_plain__formats_as_python),
		cmocka_unit_test(test_render_plain__fails_as_python),
		cmocka_unit_test(test_render_plain__prints_mustache),
		cmocka_unit_test(test_render_plain__takes_lines_of_lone_tags),
		cmocka_unit_test(test_render_plain__nests_partials),
		cmocka_unit_test(test_render_plain__misses_what_is_strict),
		cmocka_unit_test(test_render_plain__refuses_broken_mustache),
		cmocka_unit_test(test_render_plain__takes_no_longer_than_it_may),
		cmocka_unit_test(test_render_plain__stops_at_limits),
	};

	return cmocka_run_group_tests_name("render_plain", tests, NULL, NULL);
}
