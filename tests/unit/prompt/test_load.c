/* SPDX-License-Identifier: MIT
 *
 * Loading prompt files: what is read, and what is found wrong where.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/prompt.h>

#include "base/mem.h"

#define OPTIONS       \
 &(pv_prompt_options) \
 {                    \
  "prompts/x.yaml"    \
 }

/* A file with one thing to find, and where. */
struct row {
	const char *text;
	int code;     /* of the load */
	int severity; /* enum pv_severity */
	const char *rule;
	int line;
	int column;
	const char *message; /* a part of it */
	const char *hint;    /* a part of it */
};

enum {
	NOTE = PV_SEVERITY_NOTE,
	WARN = PV_SEVERITY_WARNING
};
enum {
	ERR = PV_SEVERITY_ERROR,
	BAD = PV_ESCHEMA
};

#define P "prompt: hi\n"
#define M "messages:\n- {role: user, content: a}\n"

static const struct row rows[] = {
	/* the document */
	{ "", BAD, ERR, "type", 1, 1, "the file is empty", "prompt: |" },
	{ "# x\n", BAD, ERR, "type", 2, 1, "the file is empty", "" },
	{ "just text\n", BAD, ERR, "type", 1, 1, "not text", "" },
	{ "- a\n", BAD, ERR, "type", 1, 1, "not a list", "" },
	{ "prompt: {{ name }}\n", PV_ESYNTAX, ERR, "yaml-syntax", 1, 10, "key",
	  "unquoted {{ name }}" },
	{ "prompt: {% if x %}\n", PV_ESYNTAX, ERR, "yaml-syntax", 1, 10, "",
	  "unquoted {{ name }}" },
	{ P "<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n", PV_ESYNTAX,
	  ERR, "yaml-syntax", 2, 1, "unresolved conflicts", "conflicts" },
	{ "a: 1\rprompt: {{ name }}\rb: 2\r", PV_ESYNTAX, ERR, "yaml-syntax", 2,
	  10, "key", "unquoted {{ name }}" },
	{ "a: 1\r\n<<<<<<< ours\r\nb: 1\r\n=======\r\n>>>>>>> theirs\r\n",
	  PV_ESYNTAX, ERR, "yaml-syntax", 2, 1, "unresolved conflicts",
	  "conflicts" },
	{ P "prompt: ho\n", PV_ESYNTAX, ERR, "yaml-syntax", 2, 1, "duplicate",
	  "" },
	/* prompt and messages */
	{ "name: x\n", BAD, ERR, "messages", 1, 1, "neither", "prompt: |" },
	{ P "\n" M, BAD, ERR, "messages", 4, 1, "both", "" },
	{ M "prompt: hi\n", BAD, ERR, "messages", 2, 1, "both", "" },
	{ "prompt:\n", BAD, ERR, "type", 1, 8, "not nothing", "" },
	{ "prompt: {name: x}\n", BAD, ERR, "type", 1, 9, "not a mapping",
	  "unquoted {{ name }}" },
	{ "prompt: [a]\n", BAD, ERR, "type", 1, 9, "not a list", "" },
	{ "prompt: 12\n", BAD, ERR, "type", 1, 9, "not a number", "quotes" },
	{ "prompt: true\n", BAD, ERR, "type", 1, 9, "not true or false", "" },
	{ "prompt: \"a\\0b\"\n", BAD, ERR, "nul-byte", 1, 9, "NUL", "" },
	{ "prompt: hi\nmessages: ~\n", PV_OK, WARN, "null-text", 2, 11,
	  "absent", "remove" },
	{ "prompt: ''\n", PV_OK, WARN, "empty-text", 1, 9, "empty", "" },
	{ "messages:\n", BAD, ERR, "messages", 1, 10, "is empty", "" },
	{ "messages: []\n", BAD, ERR, "messages", 1, 11, "is empty", "" },
	{ "messages: {a: b}\n", BAD, ERR, "type", 1, 11, "must be a list", "" },
	{ "messages:\n- hello\n", BAD, ERR, "type", 2, 3, "must be a mapping",
	  "" },
	{ "messages:\n-\n", BAD, ERR, "type", 2, 2, "a message is empty", "" },
	{ "messages:\n- content: a\n", BAD, ERR, "role", 2, 3, "no role",
	  "assistant" },
	{ "messages:\n- {role: robot, content: a}\n", BAD, ERR, "role", 2, 10,
	  "unknown role \"robot\"", "assistant" },
	{ "messages:\n- {role: assitant, content: a}\n", BAD, ERR, "role", 2,
	  10, "unknown role", "did you mean \"assistant\"?" },
	{ "messages:\n- {role: '', content: a}\n", BAD, ERR, "role", 2, 10,
	  "unknown role \"\"", "assistant" },
	{ "messages:\n- {role: 1, content: a}\n", BAD, ERR, "type", 2, 10,
	  "must be text", "" },
	{ "messages:\n- role: user\n", BAD, ERR, "content", 2, 3, "no content",
	  "" },
	{ "messages:\n- {role: user, content: {a: b}}\n", BAD, ERR, "type", 2,
	  25, "not a mapping", "unquoted" },
	{ "messages:\n- {role: user, content: a, contnet: b}\n", PV_OK, WARN,
	  "unknown-key", 2, 28, "in \"messages\"", "\"content\"" },
	{ "messages:\n- {role: user, content: a, id: x}\n"
	  "- {role: user, content: a, id: x}\n",
	  BAD, ERR, "duplicate-id", 3, 32, "\"x\"", "" },
	/* keys */
	{ P "descripton: x\n", PV_OK, WARN, "unknown-key", 2, 1,
	  "\"descripton\"", "did you mean \"description\"?" },
	{ P "qqqq: x\n", PV_OK, WARN, "unknown-key", 2, 1, "\"qqqq\"", "kept" },
	{ P "id: x\n", PV_OK, WARN, "unknown-key", 2, 1, "\"id\"", "path" },
	{ P "inputs: x\n", PV_OK, WARN, "unknown-key", 2, 1, "\"inputs\"",
	  "\"variables\"" },
	{ P "\"prompt\\0x\": evil\n", PV_ESYNTAX, ERR, "yaml-syntax", 2, 1,
	  "NUL", "" },
	/* fields */
	{ P "name: 12\n", BAD, ERR, "type", 2, 7, "\"name\" must be text",
	  "quotes" },
	{ P "owner: [a]\n", BAD, ERR, "type", 2, 8, "not a list", "" },
	{ P "version: [1]\n", BAD, ERR, "type", 2, 10, "not a list", "" },
	{ P "active: no\n", BAD, ERR, "type", 2, 9, "not text", "true or false" },
	{ P "syntax: jinja\n", BAD, ERR, "syntax", 2, 9, "\"jinja\"",
	  "did you mean \"jinja2\"?" },
	{ P "syntax: ''\n", BAD, ERR, "syntax", 2, 9, "unknown syntax \"\"",
	  "mustache" },
	{ P "syntax: erb\n", BAD, ERR, "syntax", 2, 9, "\"erb\"", "mustache" },
	{ P "tags: support\n", BAD, ERR, "type", 2, 7, "must be a list", "[" },
	{ P "tags: [a, 1]\n", BAD, ERR, "type", 2, 11, "must be text", "" },
	{ P "model: [a]\n", BAD, ERR, "type", 2, 8, "must be a mapping", "" },
	{ P "model: {temperature: hot}\n", BAD, ERR, "type", 2, 22,
	  "must be a number, not text", "" },
	{ P "model: {max_tokens: 1.5}\n", BAD, ERR, "type", 2, 21,
	  "must be a whole number, not 1.5", "digits" },
	{ P "model: {seed: 1e3}\n", BAD, ERR, "type", 2, 15,
	  "must be a whole number, not 1e3", "digits" },
	{ P "model: {stop: {a: b}}\n", BAD, ERR, "type", 2, 15, "must be text",
	  "" },
	{ P "output: json\n", BAD, ERR, "type", 2, 9, "must be a mapping", "" },
	{ P "output: {shema: {}}\n", PV_OK, WARN, "unknown-key", 2, 10,
	  "in \"output\"", "\"schema\"" },
	{ P "output: {schema: a.json}\n", BAD, ERR, "type", 2, 18,
	  "must be a mapping", "$ref" },
	{ P "output: {schema: {$ref: ../x.json}}\n", BAD, ERR, "schema-ref", 2,
	  25, "no path in the repository", "" },
	{ P "output: {schema: {$ref: /etc/passwd}}\n", BAD, ERR, "schema-ref",
	  2, 25, "no path", "" },
	{ P "output: {schema: {$ref: 'https://x.org/a'}}\n", PV_OK, WARN,
	  "schema-ref", 2, 25, "will not be fetched", "" },
	{ P "tools: {a: b}\n", BAD, ERR, "type", 2, 8, "must be a list", "" },
	{ P "tools: [a]\n", BAD, ERR, "type", 2, 9, "must be a mapping", "" },
	{ P "tools: [{type: function}]\n", BAD, ERR, "tool", 2, 9,
	  "a tool has no name", "" },
	{ P "tests: [{vars: [a]}]\n", BAD, ERR, "type", 2, 16,
	  "must be a mapping", "" },
	{ P "tests: [{assert: [{value: a}]}]\n", BAD, ERR, "assert", 2, 19,
	  "no type", "" },
	{ P "metadata: [a]\n", BAD, ERR, "type", 2, 11, "must be a mapping", "" },
	/* variables */
	{ P "variables: a\n", BAD, ERR, "type", 2, 12, "must be a mapping", "" },
	{ P "variables: [a, {b: {}}]\n", BAD, ERR, "variable-name", 2, 16,
	  "names, not a mapping", "as a mapping" },
	{ P "variables: [1a]\n", BAD, ERR, "variable-name", 2, 13, "\"1a\"", "" },
	{ P "variables: [a, a]\n", BAD, ERR, "variable-name", 2, 16,
	  "\"a\" is listed twice", "" },
	{ P "variables: [b]\n", PV_OK, NOTE, "unused-variable", 2, 13,
	  "\"b\" is not used", "" },
	{ P "type: [chat]\n", BAD, ERR, "type", 2, 7, "\"type\"", "" },
	{ P "variables: {a-b: {}}\n", BAD, ERR, "variable-name", 2, 13,
	  "\"a-b\" cannot name", "letters" },
	{ P "variables: {a\xE2\x80\x8B: {}}\n", BAD, ERR, "variable-name", 2,
	  13, "cannot name", "a symbol" },
	{ P "variables: {1a: {}}\n", BAD, ERR, "variable-name", 2, 13, "\"1a\"",
	  "" },
	{ P "variables: {not: {}}\n", BAD, ERR, "variable-name", 2, 13,
	  "\"not\"", "word" },
	{ "prompt: '{{ a }}'\nvariables: {a: string}\n", BAD, ERR, "type", 2,
	  16, "must be a mapping", "" },
	{ "prompt: '{{ a }}'\nvariables: {a: {type: strin}}\n", BAD, ERR,
	  "variable-type", 2, 23, "unknown type \"strin\"", "string" },
	{ "prompt: '{{ a }}'\nvariables: {a: {requird: true}}\n", PV_OK, WARN,
	  "unknown-key", 2, 17, "in \"a\"", "\"required\"" },
	{ "prompt: '{{ a }}'\nvariables: {a: {required: 1}}\n", BAD, ERR,
	  "type", 2, 27, "true or false", "" },
	{ "prompt: '{{ a }}'\nvariables: {a: {type: integer, default: x}}\n",
	  PV_OK, WARN, "variable-default", 2, 41, "is text", "" },
	{ "prompt: '{{ a }}'\nvariables: {a: {required: true, default: x}}\n",
	  PV_OK, WARN, "variable-default", 2, 42, "required and has a default",
	  "" },
	{ P "variables: {a: {}}\n", PV_OK, NOTE, "unused-variable", 2, 13,
	  "\"a\" is not used", "" },
	/* templates: found, but no reason not to load */
	{ "prompt: |\n  ok\n  {{ a b }}\n", PV_OK, ERR, "template-syntax", 3, 8,
	  "end of print statement', got 'b'", "" },
	{ "prompt: |2\n     ok\n   {{ a b }}\n", PV_OK, ERR, "template-syntax",
	  3, 9, "end of print statement', got 'b'", "" },
	{ "prompt: '{{ a|nofilter }}'\n", PV_OK, WARN, "unknown-filter", 1, 15,
	  "No filter named 'nofilter'", "" },
	{ "prompt: '{{ a b }}'\n", PV_OK, ERR, "template-syntax", 1, 15,
	  "end of print statement', got 'b'", "" },
	{ "prompt: '{% include \"../x\" %}'\n", PV_OK, ERR, "include-id", 1, 21,
	  "bad id \"../x\"", "by their id" },
	{ "prompt: |\n  a\n  <<<<<<< ours\n  b\n  =======\n  c\n"
	  "  >>>>>>> theirs\n",
	  PV_OK, WARN, "conflict-markers", 1, 9, "conflict markers", "" },
};

static const pv_finding *find_rule(const pv_report *report, const char *rule)
{
	for (size_t i = 0; i < pv_report_count(report); i++)
		if (!strcmp(pv_report_at(report, i)->rule, rule))
			return pv_report_at(report, i);
	return NULL;
}

static void check_error(const struct row *row, const pv_error *err)
{
	if (err->code != row->code || !strstr(err->message, row->message))
		fail_msg("%s\nerror %d: %s", row->text, err->code, err->message);
	if (err->line != row->line || err->column != row->column)
		fail_msg("%s\nerror at %d:%d", row->text, err->line, err->column);
	assert_string_equal(err->source, "prompts/x.yaml");
}

static void check_row(const struct row *row)
{
	pv_report *report;
	pv_prompt *prompt;
	pv_error err = { 0 };
	const pv_finding *finding;
	int rc;

	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	rc = pv_prompt_parse(&prompt, row->text, strlen(row->text), OPTIONS,
			     report, &err);
	if (rc != row->code)
		fail_msg("%s\nresult %d: %s", row->text, rc, err.message);
	assert_int_equal(prompt != NULL, rc == PV_OK);
	if (rc < 0)
		check_error(row, &err);
	finding = find_rule(report, row->rule);
	if (!finding)
		fail_msg("%s\nno finding \"%s\"", row->text, row->rule);
	if ((int)finding->severity != row->severity ||
	    finding->line != row->line || finding->column != row->column ||
	    !strstr(finding->message, row->message) ||
	    !strstr(finding->hint, row->hint))
		fail_msg("%s\n%s at %d:%d: %s (%s)", row->text,
			 pv_severity_name(finding->severity), finding->line,
			 finding->column, finding->message, finding->hint);
	assert_string_equal(finding->file, "prompts/x.yaml");
	pv_prompt_free(prompt);
	/* Without a report the result is the same. */
	assert_int_equal(pv_prompt_parse(&prompt, row->text, strlen(row->text),
					 NULL, NULL, NULL),
			 row->code);
	pv_prompt_free(prompt);
	pv_report_free(report);
}

static void test_prompt_load__finds_what_is_wrong_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		check_row(&rows[i]);
}

/* Loads a text in which nothing is to be found. */
static pv_prompt *load_clean(const char *text)
{
	pv_report *report;
	pv_prompt *prompt;
	pv_error err = { 0 };

	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	if (pv_prompt_parse(&prompt, text, strlen(text), OPTIONS, report, &err) <
	    0)
		fail_msg("%s\n%s", text, err.message);
	if (pv_report_count(report))
		fail_msg("%s\n%s", text, pv_report_at(report, 0)->message);
	pv_report_free(report);
	return prompt;
}

static const char full_text[] =
	"# yaml-language-server: $schema=../../schemas/prompt.schema.json\n"
	"name: Support triage\n"
	"description: Sorts a ticket into a queue.\n"
	"goal: Route 95% of tickets without a human.\n"
	"category: classification\n"
	"tags: [support, production]\n"
	"owner: support-team\n"
	"active: true\n"
	"version: 1.10\n"
	"syntax: jinja2\n"
	"model: {provider: ollama, name: \"llama3.1:8b\", temperature: 0.2,\n"
	"        max_tokens: 500, top_k: 40, top_p: 0.9, stop: [], x: y}\n"
	"messages:\n"
	"  - role: system\n"
	"    content: |\n"
	"      You sort tickets for {{ product }}. {% include \"shared/tone\" %}\n"
	"\n"
	"      Answer in {{ language|default('English') }}.\n"
	"  - role: user\n"
	"    id: ticket\n"
	"    content: \"{{ ticket }}\"\n"
	"  - {role: assistant, tool_calls: [{id: a}]}\n"
	"variables:\n"
	"  product: {type: string, description: Product name, default: Acme}\n"
	"  ticket: {type: string, required: true, example: \"no log in\"}\n"
	"  extra: {type: [integer, 'null']}\n"
	"output:\n"
	"  format: json\n"
	"  schema:\n"
	"    {type: object, required: [queue], properties:\n"
	"     {queue: {enum: [billing, tech]}, x: {$ref: 'schemas/x.json#/a'},\n"
	"      y: {$ref: '#/properties/x'}, z: {$ref: schemas/x.json}}}\n"
	"tools: [{type: function, function: {name: f}}, {name: g}]\n"
	"tests:\n"
	"  - {name: login, vars: {ticket: a}, assert: [{type: is-json}]}\n"
	"metadata: {any: [thing, 1]}\n";

static void test_prompt_load__reads_the_fields(void **state)
{
	pv_prompt *prompt = load_clean(full_text);

	(void)state;
	assert_string_equal(pv_prompt_name(prompt), "Support triage");
	assert_string_equal(pv_prompt_description(prompt),
			    "Sorts a ticket into a queue.");
	assert_string_equal(pv_prompt_goal(prompt),
			    "Route 95% of tickets without a human.");
	assert_string_equal(pv_prompt_category(prompt), "classification");
	assert_string_equal(pv_prompt_owner(prompt), "support-team");
	assert_string_equal(pv_prompt_stated_version(prompt), "1.10");
	assert_int_equal(pv_prompt_is_active(prompt), 1);
	assert_int_equal(pv_prompt_syntax(prompt), PV_SYNTAX_JINJA2);
	assert_string_equal(pv_prompt_model(prompt), "ollama/llama3.1:8b");
	assert_int_equal(pv_prompt_tag_count(prompt), 2);
	assert_string_equal(pv_prompt_tag(prompt, 1), "production");
	assert_null(pv_prompt_tag(prompt, 2));
	assert_int_equal(pv_prompt_include_count(prompt), 1);
	assert_string_equal(pv_prompt_include(prompt, 0), "shared/tone");
	assert_null(pv_prompt_include(prompt, 1));
	assert_int_equal(pv_prompt_schema_ref_count(prompt), 1);
	assert_string_equal(pv_prompt_schema_ref(prompt, 0), "schemas/x.json");
	assert_int_equal(pv_prompt_is_dynamic(prompt), 0);
	pv_prompt_free(prompt);
}

static void test_prompt_load__reads_the_messages(void **state)
{
	pv_prompt *prompt = load_clean(full_text);
	const pv_message *message = pv_prompt_message(prompt, 0);

	(void)state;
	assert_int_equal(pv_prompt_message_count(prompt), 3);
	assert_int_equal(pv_prompt_is_text(prompt), 0);
	assert_string_equal(message->role, "system");
	assert_string_equal(message->id, "");
	assert_string_equal(message->content,
			    "You sort tickets for {{ product }}. "
			    "{% include \"shared/tone\" %}\n\n"
			    "Answer in {{ language|default('English') }}.\n");
	assert_int_equal(message->len, strlen(message->content));
	assert_int_equal(message->line, 16);
	message = pv_prompt_message(prompt, 1);
	assert_string_equal(message->id, "ticket");
	assert_int_equal(message->line, 21);
	message = pv_prompt_message(prompt, 2);
	assert_string_equal(message->role, "assistant");
	assert_string_equal(message->content, "");
	assert_null(pv_prompt_message(prompt, 3));
	pv_prompt_free(prompt);
}

struct variable_row {
	const char *name;
	const char *type;
	const char *default_json;
	const char *source;
	int is_required;
	int line;
};

static void test_prompt_load__joins_declared_and_used_variables(void **state)
{
	static const struct variable_row wanted[] = {
		{ "product", "string", "\"Acme\"", "both", 0, 24 },
		{ "ticket", "string", NULL, "both", 1, 25 },
		{ "extra", "integer|null", NULL, "declared", 0, 26 },
		{ "language", "any", NULL, "inferred", 0, 18 },
	};
	pv_prompt *prompt = load_clean(full_text);

	(void)state;
	assert_int_equal(pv_prompt_variable_count(prompt), pv_array_len(wanted));
	for (size_t i = 0; i < pv_array_len(wanted); i++) {
		const pv_variable *got = pv_prompt_variable(prompt, i);

		assert_string_equal(got->name, wanted[i].name);
		assert_string_equal(got->type, wanted[i].type);
		assert_string_equal(got->source, wanted[i].source);
		assert_int_equal(got->is_required, wanted[i].is_required);
		assert_int_equal(got->line, wanted[i].line);
		if (wanted[i].default_json)
			assert_string_equal(got->default_json,
					    wanted[i].default_json);
		else
			assert_null(got->default_json);
	}
	assert_string_equal(pv_prompt_variable(prompt, 0)->description,
			    "Product name");
	assert_null(pv_prompt_variable(prompt, 4));
	pv_prompt_free(prompt);
}

/* The fault is where "!" stands, v is first used on the line given. */
static void test_prompt_load__finds_places_in_every_style(void **state)
{
	static const struct {
		const char *text;
		int line;
		int column;
		int variable;
	} cases[] = {
		{ "prompt: |\n  a\n\n  {{ v }} {{ x ! }}\n", 4, 16, 4 },
		{ "prompt: |-  # c\r\n  a\r\n  {{ v }}\r\n  {{ ! }}\r\n", 4, 6,
		  3 },
		{ "prompt: |\r  a\r  {{ v }}\r  {{ ! }}\r", 4, 6, 3 },
		{ "a: 1\rprompt: |2\r     {{ v }}\r   {{ ! }}\r", 4, 7, 3 },
		{ "prompt: >\n  a\n  {{ v }}\n\n\n  b\n   {{ ! }}\n", 7, 7, 3 },
		{ "prompt: >2-\n    a\n  b {{ v }}\n  {{ ! }}", 4, 6, 3 },
		{ "prompt: a b\n  {{ v }}\n\n  {{ ! }}\n", 4, 6, 2 },
		{ "prompt:\n  a\n  {{ v }} \xC3\xA9 {{ ! }}\n", 3, 16, 3 },
		{ "prompt: 'it''s\n  ''{{ v }}''\n\n {{ ! }}'\n", 4, 5, 2 },
		{ "prompt: \"\\n\\t{{ v }} \\u00e9\\x0A\\\n   \\\\ {{ ! }}\"\n",
		  2, 10, 1 },
		{ "prompt: \"\\U0001F600\\\"\n\n {{ v }}\n {{ ! }}\"\n", 4, 5, 3 },
		{ "prompt: |\n  \xC2\x85\n  {{ v }} {{ ! }}\n", 3, 14, 3 },
		{ "prompt: |\n  a\xE2\x80\xA8  {{ v }} {{ ! }}\n", 2, 18, 2 },
		{ "\xEF\xBB\xBFprompt: '{{ v }}{{ ! }}'\n", 1, 20, 1 },
		{ "a: &t >-\n  {{ v }}\n  {{ ! }}\nprompt: *t\n", 3, 6, 2 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		const char *text = cases[i].text;
		const pv_finding *finding;
		pv_prompt *prompt;
		pv_report *report;

		assert_int_equal(pv_report_new(&report, NULL), PV_OK);
		assert_int_equal(pv_prompt_parse(&prompt, text, strlen(text),
						 NULL, report, NULL),
				 PV_OK);
		finding = find_rule(report, "template-syntax");
		assert_non_null(finding);
		if (finding->line != cases[i].line ||
		    finding->column != cases[i].column)
			fail_msg("%s\n%d:%d", text, finding->line,
				 finding->column);
		if (pv_prompt_variable(prompt, 0)->line != cases[i].variable)
			fail_msg("%s\nvariable on %d", text,
				 pv_prompt_variable(prompt, 0)->line);
		pv_prompt_free(prompt);
		pv_report_free(report);
	}
}

static void test_prompt_load__takes_a_single_text(void **state)
{
	pv_prompt *prompt = load_clean("model: gpt\nprompt: &a Hello {{ b }}\n"
				       "description: *a\n");
	const pv_message *message = pv_prompt_message(prompt, 0);

	(void)state;
	assert_int_equal(pv_prompt_is_text(prompt), 1);
	assert_int_equal(pv_prompt_message_count(prompt), 1);
	assert_string_equal(message->role, "");
	assert_string_equal(message->content, "Hello {{ b }}");
	assert_string_equal(pv_prompt_description(prompt), "Hello {{ b }}");
	assert_string_equal(pv_prompt_model(prompt), "gpt");
	assert_string_equal(pv_prompt_name(prompt), "");
	pv_prompt_free(prompt);
}

static void test_prompt_load__resolves_aliases_in_tags(void **state)
{
	pv_prompt *prompt = load_clean("prompt: hi\nmetadata: {x: &t [a, b]}\n"
				       "tags: *t\n");

	(void)state;
	assert_int_equal(pv_prompt_tag_count(prompt), 2);
	assert_string_equal(pv_prompt_tag(prompt, 1), "b");
	pv_prompt_free(prompt);
}

static void test_prompt_load__takes_null_for_absent(void **state)
{
	pv_prompt *prompt =
		load_clean("prompt: hi\nname:\ndescription: ~\nactive: null\n"
			   "tags:\nmodel:\nsyntax:\nvariables:\noutput:\n"
			   "tools:\ntests:\nmetadata:\nversion:\n");

	(void)state;
	assert_string_equal(pv_prompt_name(prompt), "");
	assert_int_equal(pv_prompt_is_active(prompt), 1);
	assert_string_equal(pv_prompt_model(prompt), "");
	assert_int_equal(pv_prompt_tag_count(prompt), 0);
	pv_prompt_free(prompt);
}

static void test_prompt_load__gives_the_file_as_json(void **state)
{
	static const char text[] = "x-b: [1, 2.50]\nprompt: |\n  a\n"
				   "name: \"\\u00e9\"\n";
	pv_prompt *prompt;
	pv_buf json = { 0 };
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(pv_prompt_parse(&prompt, text, sizeof(text) - 1, NULL,
					 NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_prompt_json(&json, prompt, NULL), PV_OK);
	assert_string_equal(json.ptr, "{\"x-b\":[1,2.50],\"prompt\":\"a\\n\","
				      "\"name\":\"\xC3\xA9\"}");
	pv_buf_clear(&json);
	assert_int_equal(pv_prompt_field_json(&json, prompt, "x-b", NULL), PV_OK);
	assert_string_equal(json.ptr, "[1,2.50]");
	assert_int_equal(pv_prompt_field_json(&json, prompt, "nope", &err),
			 PV_ENOTFOUND);
	assert_int_equal(err.code, PV_ENOTFOUND);
	pv_buf_dispose(&json);
	pv_prompt_free(prompt);
}

static void test_prompt_load__keeps_the_first_error(void **state)
{
	static const char text[] = "prompt: hi\nname: 1\nowner: 2\n";
	pv_report *report;
	pv_prompt *prompt;
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_prompt_parse(&prompt, text, sizeof(text) - 1, NULL,
					 report, &err),
			 PV_ESCHEMA);
	assert_int_equal(err.id, PV_ERR_VALIDATION);
	assert_int_equal(err.line, 2);
	assert_int_equal(pv_report_count_at(report, PV_SEVERITY_ERROR), 2);
	pv_report_free(report);
}

/* The text has one thing too many, on the line and column given. */
static void check_limit(const pv_buf *text, const char *what, int line, int column)
{
	const pv_finding *finding;
	pv_prompt *prompt;
	pv_report *report;
	pv_error err = { 0 };

	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_prompt_parse(&prompt, text->ptr, text->len, NULL,
					 report, &err),
			 PV_ELIMIT);
	assert_null(prompt);
	finding = find_rule(report, "limit");
	assert_non_null(finding);
	assert_int_equal(finding->severity, PV_SEVERITY_ERROR);
	assert_non_null(strstr(finding->message, what));
	assert_int_equal(finding->line, line);
	assert_int_equal(finding->column, column);
	assert_int_equal(err.line, line);
	pv_report_free(report);
	assert_int_equal(pv_prompt_parse(&prompt, text->ptr, text->len, NULL,
					 NULL, NULL),
			 PV_ELIMIT);
}

static void test_prompt_load__reports_limits_at_their_place(void **state)
{
	static const struct {
		const char *head;
		const char *item[2]; /* around a number */
		int count;
		const char *what;
		int line;
		int column;
	} cases[] = {
		{ "prompt: |\n",
		  { "  {{ v", " }}\n" },
		  PV_PROMPT_MAX_NAMES,
		  "10000 names",
		  2,
		  3 },
		{ "prompt: |\n",
		  { "  a{% include 'a", "' %}\n" },
		  PV_PROMPT_MAX_INCLUDES,
		  "1000 includes",
		  2,
		  4 },
		{ "syntax: fstring\nprompt: |\n",
		  { "  x {v", "}\n" },
		  PV_PROMPT_MAX_NAMES,
		  "10000 names",
		  3,
		  5 },
		{ "syntax: mustache\nprompt: |\n",
		  { "  {{v", "}}\n" },
		  PV_PROMPT_MAX_NAMES,
		  "10000 names",
		  3,
		  3 },
		{ "prompt: x\nvariables:\n",
		  { "  v", ": {}\n" },
		  PV_PROMPT_MAX_NAMES,
		  "10000 names",
		  3,
		  3 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_buf text = { 0 };

		pv_buf_puts(&text, cases[i].head);
		for (int j = 0; j <= cases[i].count; j++)
			pv_buf_printf(&text, "%s%d%s", cases[i].item[0], j,
				      cases[i].item[1]);
		check_limit(&text, cases[i].what,
			    cases[i].count + cases[i].line, cases[i].column);
		pv_buf_dispose(&text);
	}
}

static void test_prompt_load__limits_the_size(void **state)
{
	pv_buf text = { 0 };
	pv_prompt *prompt;
	pv_error err = { 0 };

	(void)state;
	pv_buf_puts(&text, "prompt: ");
	while (text.len <= PV_PROMPT_MAX_SIZE)
		pv_buf_puts(&text, "0123456789abcdef0123456789abcdef");
	assert_int_equal(pv_prompt_parse(&prompt, text.ptr, text.len, NULL,
					 NULL, &err),
			 PV_ELIMIT);
	assert_int_equal(err.id, PV_ERR_LIMIT);
	pv_buf_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt_load__finds_what_is_wrong_and_where),
		cmocka_unit_test(test_prompt_load__reads_the_fields),
		cmocka_unit_test(test_prompt_load__reads_the_messages),
		cmocka_unit_test(
			test_prompt_load__joins_declared_and_used_variables),
		cmocka_unit_test(test_prompt_load__finds_places_in_every_style),
		cmocka_unit_test(test_prompt_load__takes_a_single_text),
		cmocka_unit_test(test_prompt_load__resolves_aliases_in_tags),
		cmocka_unit_test(test_prompt_load__takes_null_for_absent),
		cmocka_unit_test(test_prompt_load__gives_the_file_as_json),
		cmocka_unit_test(test_prompt_load__keeps_the_first_error),
		cmocka_unit_test(test_prompt_load__reports_limits_at_their_place),
		cmocka_unit_test(test_prompt_load__limits_the_size),
	};

	return cmocka_run_group_tests_name("prompt_load", tests, NULL, NULL);
}
