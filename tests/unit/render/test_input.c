/* SPDX-License-Identifier: MIT
 *
 * Variables held against what a prompt says of them: its input, and the
 * keywords of its declarations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <pv/render.h>

static int read_schema(pv_buf *out, const char *path, void *payload, pv_error *err)
{
	(void)payload;
	if (strcmp(path, "schemas/in.json") != 0)
		return PV_ENOTFOUND;
	pv_buf_puts(out, "{\"required\": [\"n\"], "
			 "\"properties\": {\"n\": {\"type\": \"integer\"}}}");
	return pv_buf_status(out, err);
}

static const pv_render_loader loader = { .read = read_schema };

static int compile(pv_renderer **out, const char *yaml, enum pv_undefined kind,
		   pv_error *err)
{
	pv_render_options opts = { .name = "x/y",
				   .loader = &loader,
				   .undefined = kind };
	pv_prompt *prompt = NULL;
	int rc = pv_prompt_parse(&prompt, yaml, strlen(yaml), NULL, NULL, err);

	assert_int_equal(rc, PV_OK);
	rc = pv_renderer_new(out, prompt, &opts, err);
	pv_prompt_free(prompt);
	return rc;
}

/* What comes out, or the message and all findings, a line each. */
static void run(pv_buf *out, const char *yaml, const char *json,
		enum pv_undefined kind)
{
	pv_renderer *renderer = NULL;
	pv_rendering *rendering = NULL;
	pv_context *context = NULL;
	pv_error err = { 0 };
	const pv_report *report;

	pv_buf_clear(out);
	assert_int_equal(pv_rendering_new(&rendering, NULL), PV_OK);
	assert_int_equal(pv_context_new(&context, json, strlen(json), NULL),
			 PV_OK);
	if (compile(&renderer, yaml, kind, &err) == PV_OK &&
	    pv_render(rendering, renderer, context, &err) == PV_OK)
		pv_buf_puts(out, pv_rendering_message(rendering, 0)->content);
	else
		pv_buf_puts(out, err.message);
	report = pv_rendering_report(rendering);
	for (size_t i = 0; i < pv_report_count(report); i++)
		pv_buf_printf(out, "\n%s (%s)", pv_report_at(report, i)->message,
			      pv_report_at(report, i)->hint);
	pv_context_free(context);
	pv_rendering_free(rendering);
	pv_renderer_free(renderer);
}

static const char together[] = "prompt: '{{ n }} {{ tone }} {{ who.name }}'\n"
			       "variables:\n"
			       "  tone: {enum: [calm, brisk], default: calm}\n"
			       "input:\n"
			       "  required: [n]\n"
			       "  properties:\n"
			       "    n: {type: integer, maximum: 5}\n"
			       "    who: {required: [name]}\n";

static void test_render_input__is_what_the_variables_have_to_be(void **state)
{
	static const struct {
		const char *yaml;
		const char *json;
		const char *want;
	} rows[] = {
		{ together, "{\"n\": \"3\", \"who\": {\"name\": \"A\"}}",
		  "3 calm A" },
		{ together, "{\"n\": 6, \"who\": {}, \"tone\": \"loud\"}",
		  "x/y: /n: `n` must be at most 5\n"
		  "/n: `n` must be at most 5 (the prompt's input says so: "
		  "#/properties/n/maximum)\n"
		  "/who: `who.name` is missing (the prompt's input says so: "
		  "#/properties/who/required)\n"
		  "/tone: `tone` must be one of calm, brisk (the prompt "
		  "declares the variable so)" },
		{ together, "{\"n\": \"x\", \"who\": {\"name\": 1}}",
		  "x/y: /n: `n` must be an integer, not a string\n"
		  "/n: `n` must be an integer, not a string (the prompt's input "
		  "says so: #/properties/n/type)" },
		{ "prompt: '{{ n + 1 }}'\n"
		  "input: {schema: {$ref: schemas/in.json}}\n",
		  "{\"n\": \"3\"}", "4" },
		{ "prompt: a\ninput: {$ref: schemas/none.json}\n", "{}",
		  "x/y: the input is no schema: #/$ref: nothing is at "
		  "\"schemas/none.json\", which a reference names" },
		/* A default is no better than what is given. */
		{ "prompt: '{{ n }}'\nvariables: {n: {default: 9, maximum: 5}}\n",
		  "{}",
		  "x/y: /n: `n` must be at most 5\n"
		  "/n: `n` must be at most 5 (the prompt declares the variable "
		  "so)" },
		{ "prompt: '{{ n }}'\ninput: {properties: {n: {type: number}}}\n",
		  "{\"n\": 1e999}",
		  "x/y: the variables cannot be written as JSON: this is not a "
		  "JSON value\nthe variables cannot be written as JSON: this is "
		  "not a JSON value (the prompt says what they have to be)" },
		/* What is no schema the checks tell. */
		{ "prompt: '{{ n }}'\nvariables: {n: {maximum: many}}\n",
		  "{\"n\": 9}", "9" },
		{ "prompt: '{{ n }}'\ninput: null\n", "{\"n\": 9}", "9" },
		{ "prompt: '{{ a }}'\ninput: {properties: {a: {type: string}}}\n",
		  "{\"a\": \"3\"}", "3" },
	};
	pv_buf got = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run(&got, rows[i].yaml, rows[i].json, PV_UNDEFINED_USUAL);
		assert_string_equal(pv_buf_text(&got), rows[i].want);
	}
	pv_buf_dispose(&got);
}

/* Who wants to see a prompt without its variables does. */
static void test_render_input__may_lack_what_may_be_missing(void **state)
{
	pv_buf got = { 0 };

	(void)state;
	run(&got, "prompt: 'a{{ n }}'\ninput: {required: [n]}\n", "{}",
	    PV_UNDEFINED_LENIENT);
	assert_string_equal(pv_buf_text(&got), "a");
	run(&got, "prompt: 'a'\ninput: {required: [n]}\n", "{}",
	    PV_UNDEFINED_STRICT);
	assert_string_equal(pv_buf_text(&got),
			    "x/y: `n` is missing\n"
			    "`n` is missing (the prompt's input says so: "
			    "#/required)");
	pv_buf_dispose(&got);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_render_input__is_what_the_variables_have_to_be),
		cmocka_unit_test(test_render_input__may_lack_what_may_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
