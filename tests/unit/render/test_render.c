/* SPDX-License-Identifier: MIT
 *
 * pv/render.h: prompts and bare templates rendered with variables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/render.h>

#include "base/mem.h"

/* A prompt, and what it is rendered with. */
struct scene {
	pv_renderer *renderer;
	pv_rendering *rendering;
	pv_context *context;
	pv_error err;
};

static void open_scene(struct scene *it, const char *yaml,
		       const pv_render_options *opts)
{
	pv_prompt *prompt = NULL;

	memset(it, 0, sizeof(*it));
	assert_int_equal(pv_prompt_parse(&prompt, yaml, strlen(yaml), NULL,
					 NULL, &it->err),
			 PV_OK);
	if (pv_renderer_new(&it->renderer, prompt, opts, &it->err) < 0)
		fail_msg("%s", it->err.message);
	pv_prompt_free(prompt);
	assert_int_equal(pv_rendering_new(&it->rendering, NULL), PV_OK);
}

static void close_scene(struct scene *it)
{
	pv_context_free(it->context);
	pv_rendering_free(it->rendering);
	pv_renderer_free(it->renderer);
}

static int render(struct scene *it, const char *json)
{
	pv_context_free(it->context);
	it->context = NULL;
	pv_error_clear(&it->err);
	assert_int_equal(pv_context_new(&it->context, json,
					json ? strlen(json) : 0, NULL),
			 PV_OK);
	return pv_render(it->rendering, it->renderer, it->context, &it->err);
}

static void expect_text(struct scene *it, const char *json, const char *text)
{
	if (render(it, json) < 0)
		fail_msg("%s", it->err.message);
	assert_string_equal(pv_rendering_message(it->rendering, 0)->content,
			    text);
}

/* The names of what is missing, joined, and the number of uses of each. */
static const char *missing(const struct scene *it)
{
	static char text[200];

	text[0] = '\0';
	for (size_t i = 0; i < pv_rendering_missing_count(it->rendering); i++) {
		const pv_missing *one = pv_rendering_missing(it->rendering, i);
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s:%zu",
			 i ? " " : "", one->name, one->use_count);
	}
	return text;
}

static void test_render_render__gives_messages_with_roles(void **state)
{
	static const char yaml[] =
		"model: {name: m, temperature: 0.5}\n"
		"output: {format: json}\n"
		"messages:\n"
		"  - {role: system, id: intro, content: 'For {{ product }}.'}\n"
		"  - {role: user, content: '{{ ticket }}'}\n"
		"variables:\n"
		"  product: {type: string, default: Acme}\n";
	const pv_rendered_message *message;
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	assert_int_equal(render(&it, "{\"ticket\": \"Help\"}"), PV_OK);
	assert_int_equal(pv_rendering_count(it.rendering), 2);
	assert_int_equal(pv_renderer_is_text(it.renderer), 0);
	message = pv_rendering_message(it.rendering, 0);
	assert_string_equal(message->role, "system");
	assert_string_equal(message->id, "intro");
	assert_string_equal(message->content, "For Acme.");
	message = pv_rendering_message(it.rendering, 1);
	assert_string_equal(message->content, "Help");
	assert_int_equal(message->len, 4);
	assert_null(pv_rendering_message(it.rendering, 2));
	assert_string_equal(pv_renderer_field(it.renderer, "model"),
			    "{\"name\":\"m\",\"temperature\":0.5}");
	assert_string_equal(pv_renderer_field(it.renderer, "output"),
			    "{\"format\":\"json\"}");
	assert_null(pv_renderer_field(it.renderer, "tools"));
	close_scene(&it);
}

static void test_render_render__lists_all_that_is_missing(void **state)
{
	static const char yaml[] =
		"messages:\n"
		"  - role: system\n"
		"    content: |\n"
		"      A {{ a }}\n"
		"      {% for b in list %}{{ b }}{% endfor %}{{ b }}\n"
		"  - {role: user, content: '{{ a }} {{ c|default(1) }}'}\n";
	const pv_missing *one;
	struct scene it;

	(void)state;
	open_scene(&it, yaml, &(pv_render_options){ .name = "x/y" });
	assert_int_equal(render(&it, NULL), PV_ERENDER);
	assert_int_equal(it.err.id, PV_ERR_MISSING_VARIABLE);
	assert_string_equal(it.err.message,
			    "missing variables \"a\", \"list\", \"b\"");
	assert_string_equal(it.err.source, "x/y, message 0");
	assert_string_equal(missing(&it), "a:2 list:1 b:1");
	one = pv_rendering_missing(it.rendering, 0);
	assert_int_equal(one->uses[0].line, 1);
	assert_int_equal(one->uses[0].column, 6);
	assert_int_equal(one->uses[1].message, 1);
	one = pv_rendering_missing(it.rendering, 2);
	assert_int_equal(one->uses[0].line, 2);
	assert_int_equal(pv_rendering_count(it.rendering), 0);
	close_scene(&it);
}

/* What is used in a branch only is missing when the branch is taken. */
static void test_render_render__misses_what_it_reaches(void **state)
{
	static const char yaml[] =
		"prompt: '{% if vip %}{{ who }}{% endif %}{{ c if vip }}'\n";
	static const char stated[] =
		"prompt: '{% if vip %}{{ who }}{% endif %}'\n"
		"variables: {who: {required: true}}\n";
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	expect_text(&it, "{\"vip\": false}", "");
	assert_string_equal(missing(&it), "");
	assert_int_equal(render(&it, "{\"vip\": true}"), PV_ERENDER);
	assert_int_equal(it.err.id, PV_ERR_MISSING_VARIABLE);
	assert_string_equal(missing(&it), "who:1 c:1");
	assert_int_equal(render(&it, NULL), PV_ERENDER);
	assert_string_equal(missing(&it), "vip:2");
	close_scene(&it);
	open_scene(&it, stated, NULL);
	assert_int_equal(render(&it, "{\"vip\": false}"), PV_ERENDER);
	assert_string_equal(missing(&it), "who:1");
	close_scene(&it);
}

/* A variable that only some branch sets is one of the caller's in others. */
static void test_render_render__misses_what_is_set_in_a_branch_only(void **state)
{
	static const char yaml[] =
		"prompt: '{% if c %}{% set x = 1 %}{% endif %}[{{ x }}]'\n";
	static const char both[] =
		"prompt: '{% if c %}{% set x = 1 %}{% else %}{% set x = 2 %}"
		"{% endif %}[{{ x }}]'\n";
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	expect_text(&it, "{\"c\": 1}", "[1]");
	expect_text(&it, "{\"c\": 0, \"x\": 3}", "[3]");
	assert_int_equal(render(&it, "{\"c\": 0}"), PV_ERENDER);
	assert_int_equal(it.err.id, PV_ERR_MISSING_VARIABLE);
	assert_string_equal(missing(&it), "x:1");
	close_scene(&it);
	open_scene(&it, both, NULL);
	expect_text(&it, "{\"c\": 0}", "[2]");
	close_scene(&it);
}

static void test_render_render__takes_defaults_as_values_given(void **state)
{
	static const char fit[] =
		"prompt: '{{ 1 if b else 0 }} {{ n + 1 }} {{ f }} {{ s }}'\n"
		"variables:\n"
		"  b: {type: boolean, default: 'false'}\n"
		"  n: {type: integer, default: '7'}\n"
		"  f: {type: integer, default: 2.0}\n"
		"  s: {type: [string, 'null'], default: null}\n";
	static const char unfit[] = "prompt: '{{ n }}'\n"
				    "variables:\n"
				    "  n: {type: integer, default: many}\n";
	struct scene it;

	(void)state;
	open_scene(&it, fit, NULL);
	expect_text(&it, NULL, "0 8 2 None");
	close_scene(&it);
	open_scene(&it, unfit, NULL);
	expect_text(&it, "{\"n\": 1}", "1");
	assert_int_equal(render(&it, NULL), PV_ESCHEMA);
	assert_string_equal(it.err.message,
			    "the default of variable \"n\" has to be an "
			    "integer, and it is \"many\"");
	close_scene(&it);
}

static void test_render_render__asks_for_what_replaces_when_it_does(void **state)
{
	struct scene it;

	(void)state;
	open_scene(&it, "prompt: '{{ b|default(c) }}'\n", NULL);
	expect_text(&it, "{\"b\": 1}", "1");
	expect_text(&it, "{\"c\": 2}", "2");
	assert_int_equal(render(&it, NULL), PV_ERENDER);
	assert_string_equal(missing(&it), "c:1");
	close_scene(&it);
}

static void test_render_render__lists_what_is_certain_or_reached(void **state)
{
	static const char yaml[] =
		"messages:\n"
		"  - role: user\n"
		"    content: '{% if v %}{{ s }}{% if w %}{{ t }}{% endif %}"
		"{% endif %}{{ q }}'\n"
		"  - {role: user, content: '{{ u if v else q }}'}\n";
	const pv_missing *one;
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	assert_int_equal(render(&it, "{\"v\": 0}"), PV_ERENDER);
	assert_string_equal(it.err.message, "missing variable \"q\"");
	assert_int_equal(render(&it, "{\"v\": 1, \"w\": 0}"), PV_ERENDER);
	assert_string_equal(missing(&it), "s:1 q:2 u:1");
	assert_int_equal(render(&it, "{\"v\": 1}"), PV_ERENDER);
	assert_string_equal(missing(&it), "s:1 w:1 q:2 u:1");
	close_scene(&it);
	open_scene(&it, yaml,
		   &(pv_render_options){ .undefined = PV_UNDEFINED_LENIENT });
	expect_text(&it, "{\"v\": 0}", "");
	assert_string_equal(missing(&it), "q:2");
	expect_text(&it, "{\"v\": 1}", "");
	assert_string_equal(missing(&it), "s:1 w:1 q:2 u:1");
	close_scene(&it);
	open_scene(&it,
		   "syntax: mustache\n"
		   "prompt: '{{#v}}{{s}}{{/v}}{{a.b}}{{q}}'\n",
		   NULL);
	assert_int_equal(render(&it, "{\"a\": {}}"), PV_ERENDER);
	assert_string_equal(missing(&it), "q:1 a.b:1");
	one = pv_rendering_missing(it.rendering, 1);
	assert_int_equal(one->uses[0].line, 1);
	assert_int_equal(one->uses[0].column, 18);
	close_scene(&it);
}

static void test_render_render__lets_optional_variables_be_absent(void **state)
{
	static const char yaml[] =
		"prompt: '[{{ note }}{% if note %}!{% endif %}]{{ x|default(2) }}'\n"
		"variables: {note: {type: string, required: false}}\n";
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	expect_text(&it, NULL, "[]2");
	expect_text(&it, "{\"note\": \"n\"}", "[n!]2");
	close_scene(&it);
}

static void test_render_render__makes_texts_the_declared_type(void **state)
{
	static const char yaml[] =
		"prompt: '{{ n + 1 }} {{ f * 2 }} {{ b }} {{ l[1] }} {{ s }} "
		"{{ u }}'\n"
		"variables:\n"
		"  n: {type: integer}\n"
		"  f: {type: number, default: 1}\n"
		"  b: {type: boolean, default: true}\n"
		"  l: {type: array, default: [1, 2]}\n"
		"  s: {type: string, default: '4'}\n"
		"  u: {type: [integer, 'null'], default: null}\n";
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	expect_text(&it, "{\"n\": \"3\"}", "4 2 True 2 4 None");
	expect_text(&it,
		    "{\"n\": 4.0, \"f\": \"1.5\", \"b\": \"false\", \"l\": "
		    "\"[5, 6]\", \"u\": \"null\"}",
		    "5 3.0 False 6 4 None");
	assert_int_equal(render(&it, "{\"n\": \"3.5\", \"b\": \"yes\", \"s\": 1}"),
			 PV_ESCHEMA);
	assert_int_equal(it.err.id, PV_ERR_VALIDATION);
	assert_string_equal(it.err.message, "variable \"n\" has to be an integer, "
					    "and it is \"3.5\"");
	assert_int_equal(pv_report_count(pv_rendering_report(it.rendering)), 3);
	close_scene(&it);
}

static void test_render_render__warns_of_unknown_variables(void **state)
{
	static const char yaml[] = "prompt: '{{ a }}'\n";
	const pv_report *report;
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	expect_text(&it, "{\"a\": 1, \"z\": 2}", "1");
	report = pv_rendering_report(it.rendering);
	assert_int_equal(pv_report_count(report), 1);
	assert_string_equal(pv_report_at(report, 0)->rule, "unknown-variable");
	expect_text(&it, "{\"a\": 1}", "1");
	assert_int_equal(pv_report_count(pv_rendering_report(it.rendering)), 0);
	close_scene(&it);
	open_scene(&it, yaml, &(pv_render_options){ .refuses_unknown = 1 });
	assert_int_equal(render(&it, "{\"a\": 1, \"z\": 2}"), PV_ESCHEMA);
	assert_string_equal(it.err.message,
			    "variable \"z\" is not used by the prompt");
	close_scene(&it);
}

static void test_render_render__keeps_the_context_as_it_was(void **state)
{
	static const char yaml[] = "prompt: '{% do l.append(1) %}{{ l|length }}"
				   "{% do d.append(1) %}{{ d|length }}'\n"
				   "variables: {d: {default: [1]}}\n";
	struct scene it;

	(void)state;
	open_scene(&it, yaml, NULL);
	expect_text(&it, "{\"l\": []}", "12");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pv_render(it.rendering, it.renderer,
					   it.context, &it.err),
				 PV_OK);
		assert_string_equal(pv_rendering_message(it.rendering, 0)->content,
				    "12");
	}
	close_scene(&it);
}

static void test_render_render__is_literal_when_asked(void **state)
{
	struct scene it;

	(void)state;
	open_scene(&it, "syntax: literal\nprompt: '{{ a }}'\n", NULL);
	expect_text(&it, NULL, "{{ a }}");
	close_scene(&it);
}

static void test_render_render__says_what_a_template_did_wrong(void **state)
{
	struct scene it;

	(void)state;
	open_scene(&it, "prompt: |\n  one\n  {{ a.b }}\n", NULL);
	assert_int_equal(render(&it, "{\"a\": {}}"), PV_ERENDER);
	assert_int_equal(it.err.id, PV_ERR_RENDER);
	assert_int_equal(it.err.line, 2);
	assert_string_equal(it.err.message, "UndefinedError: 'dict object' has "
					    "no attribute 'b'");
	assert_non_null(strstr(pv_rendering_excerpt(it.rendering), "{{ a.b }}"));
	close_scene(&it);
	open_scene(&it, "prompt: '{% for i in range(10**9) %}{% endfor %}'\n",
		   NULL);
	assert_int_equal(render(&it, NULL), PV_ELIMIT);
	close_scene(&it);
}

static void test_render_render__is_lenient_when_asked(void **state)
{
	static const char yaml[] = "prompt: '<{{ a }}>'\n";
	static const struct {
		enum pv_undefined kind;
		const char *text;
	} rows[] = {
		{ PV_UNDEFINED_LENIENT, "<>" },
		{ PV_UNDEFINED_CHAINABLE, "<>" },
		{ PV_UNDEFINED_DEBUG, "<{{ a }}>" },
	};
	struct scene it;

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_render_options opts = { .undefined = rows[i].kind };

		open_scene(&it, yaml, &opts);
		expect_text(&it, NULL, rows[i].text);
		assert_string_equal(missing(&it), "a:1");
		close_scene(&it);
	}
}

/* --- includes ------------------------------------------------------------------ */

static const char *const files[][2] = {
	{ "tone",
	  "prompt: 'Be {{ tone }}.'\nvariables: {tone: {default: kind}}\n" },
	{ "sign", "prompt: '{{ name }}{% include \"tone\" %}'\n" },
	{ "two",
	  "messages: [{role: user, content: a}, {role: user, content: b}]\n" },
	{ "plain", "syntax: literal\nprompt: x\n" },
	{ "broken", "prompt: '{{ '\n" },
};

static int load(pv_buf *out, const char *name, void *payload, pv_error *err)
{
	(void)payload;
	(void)err;
	for (size_t i = 0; i < pv_array_len(files); i++) {
		if (strcmp(files[i][0], name) != 0)
			continue;
		pv_buf_puts(out, files[i][1]);
		return PV_OK;
	}
	return PV_ENOTFOUND;
}

static const pv_render_loader loader = { load, NULL, NULL };
static const pv_render_options with_loader = { .loader = &loader };

static void test_render_includes__bring_their_variables(void **state)
{
	struct scene it;

	(void)state;
	open_scene(&it, "prompt: '{% include \"sign\" %}'\n", &with_loader);
	assert_int_equal(render(&it, NULL), PV_ERENDER);
	assert_string_equal(missing(&it), "name:1");
	assert_string_equal(pv_rendering_missing(it.rendering, 0)->uses[0].prompt,
			    "sign");
	expect_text(&it, "{\"name\": \"N\"}", "NBe kind.");
	assert_int_equal(pv_report_count(pv_rendering_report(it.rendering)), 0);
	close_scene(&it);
	open_scene(&it,
		   "prompt: '{% set name = 1 %}{% include \"sign\" %}"
		   "{% include [\"none\", \"tone\"] %}"
		   "{% include \"none\" ignore missing %}'\n",
		   &with_loader);
	expect_text(&it, NULL, "1Be kind.Be kind.");
	close_scene(&it);
	open_scene(&it,
		   "prompt: '{% include \"to\" ~ \"ne\" %}{% include x %}'\n",
		   &with_loader);
	expect_text(&it, "{\"x\": \"sign\", \"name\": 2, \"tone\": 3}",
		    "Be 3.2Be 3.");
	close_scene(&it);
}

static void test_render_includes__are_refused_with_a_reason(void **state)
{
	static const char *const rows[][3] = {
		{ "two", "2 messages", "" },
		{ "plain", "another syntax", "" },
	};
	pv_render_options opts = with_loader;
	pv_renderer *renderer = NULL;
	pv_prompt *prompt = NULL;
	struct scene it;
	char yaml[100];
	pv_error err;

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		snprintf(yaml, sizeof(yaml),
			 "prompt: '{%% include \"%s\" %%}'\n", rows[i][0]);
		assert_int_equal(pv_prompt_parse(&prompt, yaml, strlen(yaml),
						 NULL, NULL, NULL),
				 PV_OK);
		assert_int_equal(pv_renderer_new(&renderer, prompt, &opts, &err),
				 PV_EINVALID);
		assert_non_null(strstr(err.message, rows[i][1]));
		assert_null(renderer);
		pv_prompt_free(prompt);
	}
	open_scene(&it, "prompt: '{% include \"none\" %}'\n", &opts);
	assert_int_equal(render(&it, NULL), PV_ERENDER);
	assert_string_equal(it.err.message, "TemplateNotFound: none");
	close_scene(&it);
	open_scene(&it, "prompt: '{% include \"broken\" %}'\n", &opts);
	assert_int_equal(render(&it, NULL), PV_ESYNTAX);
	assert_string_equal(it.err.source, "broken");
	close_scene(&it);
}

/* --- bare templates -------------------------------------------------------------- */

static void expect_template(const char *text, const pv_render_options *opts,
			    const char *json, const char *wanted)
{
	struct scene it = { 0 };

	if (pv_renderer_new_template(&it.renderer, text, strlen(text), opts,
				     &it.err) < 0)
		fail_msg("%s", it.err.message);
	assert_int_equal(pv_rendering_new(&it.rendering, NULL), PV_OK);
	expect_text(&it, json, wanted);
	assert_int_equal(pv_renderer_is_text(it.renderer), 1);
	close_scene(&it);
}

static void test_render_templates__have_jinjas_options(void **state)
{
	(void)state;
	expect_template("{{ a }}{{ b }}\n", NULL, "{\"b\": \"<\"}", "<");
	expect_template("{{ b }}\n",
			&(pv_render_options){ .keeps_newline = 1,
					      .is_escaping = 1 },
			"{\"b\": \"<\"}", "&lt;\n");
	expect_template(" {% if 1 %}\nx{% endif %}",
			&(pv_render_options){ .trims_blocks = 1,
					      .strips_blocks = 1 },
			NULL, "x");
	expect_template("{% generation %}{{ a|tojson }}{% endgeneration %}",
			&(pv_render_options){ .is_chat = 1 }, "{\"a\": \"<\"}",
			"\"<\"");
}

static void test_render_templates__miss_what_is_strict(void **state)
{
	static const char text[] = "one\n{{ a }}";
	const pv_render_options opts = { .undefined = PV_UNDEFINED_STRICT };
	struct scene it = { 0 };

	(void)state;
	assert_int_equal(pv_renderer_new_template(&it.renderer, text,
						  strlen(text), &opts, NULL),
			 PV_OK);
	assert_int_equal(pv_rendering_new(&it.rendering, NULL), PV_OK);
	assert_int_equal(render(&it, "{\"b\": 1}"), PV_ERENDER);
	assert_int_equal(it.err.id, PV_ERR_MISSING_VARIABLE);
	assert_int_equal(it.err.line, 2);
	assert_string_equal(missing(&it), "a:1");
	close_scene(&it);
}

/* --- contexts ---------------------------------------------------------------------- */

static void test_render_context__refuses_what_is_no_object(void **state)
{
	pv_context *context = NULL;
	pv_error err;

	(void)state;
	assert_int_equal(pv_context_new(&context, "[1]", 3, &err), PV_EINVALID);
	assert_string_equal(err.message,
			    "variables are a mapping of names to values, not a list");
	assert_int_equal(pv_context_new(&context, "{\"a\" 1}", 7, &err),
			 PV_EINVALID);
	assert_non_null(strstr(err.message, "line 1, column 6"));
	assert_int_equal(pv_context_new(&context, "{\"\xFF\": 1}", 8, &err),
			 PV_EINVALID);
	assert_null(context);
}

static void test_render_context__can_be_set_again(void **state)
{
	struct scene it;

	(void)state;
	open_scene(&it, "prompt: '{{ a }}{{ b }}'\n", NULL);
	assert_int_equal(pv_context_new(&it.context, NULL, 0, NULL), PV_OK);
	assert_int_equal(pv_context_set_json(it.context, "a", "[1]", 3, NULL),
			 PV_OK);
	assert_int_equal(pv_context_set_json(it.context, "a", "[1", 2, NULL),
			 PV_EINVALID);
	for (int i = 0; i < 2; i++) {
		const char *text = i ? "y" : "x";

		assert_int_equal(pv_context_set_text(it.context, "b", text, 1,
						     NULL),
				 PV_OK);
		assert_int_equal(pv_render(it.rendering, it.renderer,
					   it.context, NULL),
				 PV_OK);
		assert_string_equal(pv_rendering_message(it.rendering, 0)->content,
				    i ? "[1]y" : "[1]x");
	}
	close_scene(&it);
}

static void test_render_context__takes_more_objects(void **state)
{
	struct scene it;

	(void)state;
	open_scene(&it, "prompt: '{{ a }}{{ b }}{{ c }}'\n", NULL);
	assert_int_equal(pv_context_new(&it.context, "{\"a\":1,\"b\":2}", 13,
					NULL),
			 PV_OK);
	assert_int_equal(pv_context_add(it.context, "{\"b\":3,\"c\":4}", 13, NULL),
			 PV_OK);
	assert_int_equal(pv_context_add(it.context, "[]", 2, NULL), PV_EINVALID);
	assert_int_equal(pv_render(it.rendering, it.renderer, it.context, NULL),
			 PV_OK);
	assert_string_equal(pv_rendering_message(it.rendering, 0)->content,
			    "134");
	close_scene(&it);
}

/* --- cases ------------------------------------------------------------------------- */

static int note_case(const pv_render_case *one, void *payload)
{
	pv_buf_printf(payload, "%d \"%s\" %s -%s\n", one->line, one->name,
		      one->json, one->lacking ? one->lacking : "");
	return 0;
}

static void test_render_cases__are_examples_and_tests(void **state)
{
	static const char yaml[] = "prompt: '{{ a }}{{ b }}{{ c }}'\n"
				   "variables:\n"
				   "  a: {example: 'A', default: z}\n"
				   "  b: {examples: [{x: 1}, 2]}\n"
				   "tests:\n"
				   "  - {name: one, vars: {a: 1}}\n"
				   "  - {vars: }\n";
	pv_prompt *prompt = NULL;
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(pv_prompt_parse(&prompt, yaml, strlen(yaml), NULL,
					 NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_render_case_each(prompt, NULL, note_case, &out, NULL),
			 PV_OK);
	assert_string_equal(pv_buf_text(&out),
			    "2 \"\" {\"a\":\"A\",\"b\":{\"x\":1}} -c\n"
			    "6 \"one\" {\"a\":1} -\n"
			    "7 \"2\" {} -\n");
	pv_buf_dispose(&out);
	pv_prompt_free(prompt);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_render_render__gives_messages_with_roles),
		cmocka_unit_test(test_render_render__lists_all_that_is_missing),
		cmocka_unit_test(test_render_render__misses_what_it_reaches),
		cmocka_unit_test(
			test_render_render__misses_what_is_set_in_a_branch_only),
		cmocka_unit_test(
			test_render_render__takes_defaults_as_values_given),
		cmocka_unit_test(
			test_render_render__asks_for_what_replaces_when_it_does),
		cmocka_unit_test(
			test_render_render__lists_what_is_certain_or_reached),
		cmocka_unit_test(
			test_render_render__lets_optional_variables_be_absent),
		cmocka_unit_test(test_render_render__makes_texts_the_declared_type),
		cmocka_unit_test(test_render_render__warns_of_unknown_variables),
		cmocka_unit_test(test_render_render__keeps_the_context_as_it_was),
		cmocka_unit_test(test_render_render__is_literal_when_asked),
		cmocka_unit_test(
			test_render_render__says_what_a_template_did_wrong),
		cmocka_unit_test(test_render_render__is_lenient_when_asked),
		cmocka_unit_test(test_render_includes__bring_their_variables),
		cmocka_unit_test(test_render_includes__are_refused_with_a_reason),
		cmocka_unit_test(test_render_templates__have_jinjas_options),
		cmocka_unit_test(test_render_templates__miss_what_is_strict),
		cmocka_unit_test(test_render_context__refuses_what_is_no_object),
		cmocka_unit_test(test_render_context__can_be_set_again),
		cmocka_unit_test(test_render_context__takes_more_objects),
		cmocka_unit_test(test_render_cases__are_examples_and_tests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
