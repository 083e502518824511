/* SPDX-License-Identifier: MIT
 *
 * Renders templates whose output Jinja2 was asked for: JSON lines {id, env,
 * templates, main, source, context, globals?, expect}; cases without a context,
 * and all with --vars, ask for the variables of a template, which stand in
 * `vars`, or in `error` why there are none. Prints which fail and how many
 * pass; what needs Python's own objects is listed in
 * tests/data/jinja/unsupported.tsv with a reason, and skipped.
 *
 *     corpus_jinja FILE... [--vars] [--print]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "jinja/engine.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"

enum {
	SHOWN = 300 /* bytes of a text in a complaint */
};

struct run {
	int is_print;
	int is_vars;
	unsigned passed;
	unsigned failed;
	unsigned skipped;
	pv_buf unsupported; /* the file */
};

/* One case, and what came of it. */
struct test {
	pv_jinja_run run; /* of the case's values */
	pv_arena arena;
	const pv_jinja_dict *item;
	pv_jinja_environment env;
	pv_jinja_failure failure;
	pv_buf output;
	int rc;
	int is_vars;
};

/* --- JSON ------------------------------------------------------------------ */

static pv_jinja_value get(const pv_jinja_dict *dict, const char *name)
{
	size_t len = strlen(name);
	const pv_jinja_value *found =
		dict ? pv_jinja_dict_find_text(dict, name, len,
					       pv_jinja_hash_text(name, len))
		     : NULL;

	return found ? *found : pv_jinja_missing();
}

static const pv_jinja_dict *dict_of(pv_jinja_value value)
{
	return value.type == PV_JINJA_DICT ? value.u.dict : NULL;
}

static const pv_jinja_dict *get_dict(const pv_jinja_dict *dict, const char *name)
{
	return dict_of(get(dict, name));
}

/* A NUL-terminated copy; NULL when it is no string. */
static const char *get_text(struct test *t, const pv_jinja_dict *dict,
			    const char *name)
{
	pv_jinja_value value = get(dict, name);

	if (value.type != PV_JINJA_STR)
		return NULL;
	return pv_arena_dup(&t->arena, value.u.s, value.len);
}

static int get_flag(const pv_jinja_dict *dict, const char *name)
{
	pv_jinja_value value = get(dict, name);

	return value.type == PV_JINJA_BOOL && value.u.i;
}

static int has_item(pv_jinja_value list, const char *text)
{
	if (list.type != PV_JINJA_LIST)
		return 0;
	for (size_t i = 0; i < list.u.list->count; i++)
		if (pv_jinja_str_is(list.u.list->items[i], text))
			return 1;
	return 0;
}

/* --- the environment ------------------------------------------------------- */

/* The place of a text in a list that ends in NULL, or 0. */
static int choose(const char *text, const char *const *list)
{
	for (int i = 0; text && list[i]; i++)
		if (!strcmp(text, list[i]))
			return i;
	return 0;
}

static void read_settings(struct test *t, const pv_jinja_dict *env)
{
	static const char *const kinds[] = { "default", "strict", "chainable",
					     "debug", NULL };
	static const char *const sandboxes[] = { "open", "sandbox", "immutable",
						 NULL };
	pv_jinja_settings *settings = &t->env.settings;

	settings->undefined_kind = choose(get_text(t, env, "undefined"), kinds);
	settings->sandbox = choose(get_text(t, env, "sandbox"), sandboxes);
	settings->has_chat_json = pv_jinja_str_is(get(env, "tojson"), "hf");
	settings->newline = get_text(t, env, "newline_sequence");
	if (pv_jinja_is_none(get(get_dict(env, "policies"), "urlize.rel")))
		settings->urlize_rel = "";
}

static void read_extensions(struct test *t, pv_jinja_value list)
{
	static const char *const names[] = { "jinja2.ext.do",
					     "jinja2.ext.loopcontrols",
					     "jinja2.ext.i18n", "hf.generation" };

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (has_item(list, names[i]))
			t->env.extensions |= 1U << i;
}

/* newstyle_gettext, and the policy of {% trans %}. */
static void read_i18n(struct test *t, const pv_jinja_dict *env)
{
	if (get_flag(env, "newstyle_gettext"))
		t->env.extensions |= PV_JINJA_EXT_NEWSTYLE;
	t->env.trims_translations =
		get_flag(get_dict(env, "policies"), "ext.i18n.trimmed");
}

static void read_environment(struct test *t, const pv_jinja_dict *env)
{
	pv_jinja_environment *out = &t->env;

	out->block_start = get_text(t, env, "block_start_string");
	out->block_end = get_text(t, env, "block_end_string");
	out->variable_start = get_text(t, env, "variable_start_string");
	out->variable_end = get_text(t, env, "variable_end_string");
	out->comment_start = get_text(t, env, "comment_start_string");
	out->comment_end = get_text(t, env, "comment_end_string");
	out->line_statement = get_text(t, env, "line_statement_prefix");
	out->line_comment = get_text(t, env, "line_comment_prefix");
	out->newline = get_text(t, env, "newline_sequence");
	out->trims_blocks = get_flag(env, "trim_blocks");
	out->strips_blocks = get_flag(env, "lstrip_blocks");
	out->keeps_newline = get_flag(env, "keep_trailing_newline");
	out->is_escaping = get_flag(env, "autoescape");
	read_extensions(t, get(env, "extensions"));
	read_i18n(t, env);
	/* Cases that ask for variables do not name the globals. */
	out->has_chat_globals =
		has_item(get(env, "globals"), "raise_exception") ||
		(t->is_vars && (out->extensions & PV_JINJA_EXT_GENERATION));
	read_settings(t, env);
}

/* --- rendering ------------------------------------------------------------- */

static int load(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	const struct test *t = payload;
	const pv_jinja_dict *templates = get_dict(t->item, "templates");
	const pv_jinja_value *found =
		templates
			? pv_jinja_dict_find_text(templates, name.ptr, name.len,
						  pv_jinja_hash_text(name.ptr,
								     name.len))
			: NULL;

	(void)err;
	if (!found)
		return PV_ENOTFOUND;
	out->ptr = found->u.s;
	out->len = found->len;
	return PV_OK;
}

/* 2024-07-26 12:34:56, which the expected outputs have. */
static int64_t recorded_now(void *payload)
{
	(void)payload;
	return INT64_C(1721997296) * 1000000;
}

static int compile(pv_jinja_template **out, struct test *t)
{
	pv_jinja_value source = get(t->item, "source");
	pv_str text = { source.u.s, source.len };

	return pv_jinja_compile(out, &t->env, NULL, text, &t->failure, NULL);
}

static void render(struct test *t)
{
	const pv_clock clock = { .now = recorded_now };
	const pv_jinja_loader loader = { load, t };
	const pv_jinja_render_options options = {
		.context = get_dict(t->item, "context"),
		.globals = get_dict(t->item, "globals"),
		.loader = &loader,
		.clock = &clock
	};
	const char *name = get_text(t, t->item, "main");
	pv_jinja_template *template = NULL;

	if (name) {
		t->rc = pv_jinja_render_name(&t->output, &t->env, name,
					     &options, &t->failure, NULL);
		return;
	}
	t->rc = compile(&template, t);
	if (t->rc == PV_OK)
		t->rc = pv_jinja_render(&t->output, template, &options,
					&t->failure, NULL);
	pv_jinja_template_free(template);
}

static int add_name(pv_str name, void *payload)
{
	pv_jsonw_stringn(payload, name.ptr, name.len);
	return 0;
}

static void find_variables(struct test *t)
{
	pv_jinja_template *template = NULL;
	pv_jsonw w;

	t->rc = compile(&template, t);
	if (t->rc < 0)
		return;
	pv_jsonw_init(&w, &t->output);
	pv_jsonw_array(&w);
	t->rc = pv_jinja_template_variables(template, add_name, &w, NULL);
	pv_jsonw_array_end(&w);
	pv_jinja_template_free(template);
}

/* --- judging --------------------------------------------------------------- */

/* Compares an error: its class and line; a message of ours is not Python's. */
static int is_expected_error(const struct test *t, const pv_jinja_dict *expect)
{
	pv_jinja_value error = get(expect, "error");
	pv_jinja_value line = get(expect, "line");

	if (error.type != PV_JINJA_STR || t->rc == PV_OK || !t->failure.error ||
	    !pv_jinja_str_is(error, t->failure.error))
		return 0;
	return line.type != PV_JINJA_INT || line.u.i == t->failure.line;
}

static void put_json(pv_buf *out, pv_jinja_value value)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	if (value.type == PV_JINJA_STR)
		pv_jsonw_stringn(&w, value.u.s, value.len);
	else if (value.type == PV_JINJA_INT)
		pv_jsonw_int(&w, value.u.i);
	else
		pv_jsonw_null(&w);
}

/* ["a","b"], as add_name makes it. */
static void put_names(pv_buf *out, pv_jinja_value list)
{
	pv_buf_putc(out, '[');
	for (size_t i = 0; i < list.u.list->count; i++) {
		if (i > 0)
			pv_buf_putc(out, ',');
		put_json(out, list.u.list->items[i]);
	}
	pv_buf_putc(out, ']');
}

static int is_expected(const struct test *t)
{
	const pv_jinja_dict *expect = get_dict(t->item, "expect");
	pv_jinja_value vars = get(t->item, "vars");
	pv_jinja_value output = get(expect, "output");
	pv_buf text = { 0 };
	int is_same;

	if (t->is_vars && vars.type != PV_JINJA_LIST)
		return is_expected_error(t, t->item);
	if (t->is_vars) {
		put_names(&text, vars);
		is_same = t->rc == PV_OK &&
			  !strcmp(pv_buf_text(&text), pv_buf_text(&t->output));
		pv_buf_dispose(&text);
		return is_same;
	}
	if (output.type != PV_JINJA_STR)
		return is_expected_error(t, expect);
	return t->rc == PV_OK && t->output.len == output.len &&
	       !memcmp(pv_buf_text(&t->output), output.u.s, output.len);
}

/* --- printing -------------------------------------------------------------- */

static void put_got(pv_buf *line, const struct test *t)
{
	pv_jsonw w;

	pv_jsonw_init(&w, line);
	if (t->rc == PV_OK && t->is_vars) {
		pv_jsonw_raw(&w, pv_buf_text(&t->output), t->output.len);
		return;
	}
	pv_jsonw_object(&w);
	if (t->rc == PV_OK) {
		pv_jsonw_key(&w, "output");
		pv_jsonw_stringn(&w, pv_buf_text(&t->output), t->output.len);
	} else {
		pv_jsonw_member(&w, "error",
				t->failure.error ? t->failure.error : "");
		if (!t->is_vars) {
			pv_jsonw_key(&w, "line");
			if (t->failure.line)
				pv_jsonw_int(&w, t->failure.line);
			else
				pv_jsonw_null(&w);
			pv_jsonw_member(&w, "message",
					t->failure.message ? t->failure.message
							   : "");
		}
	}
	pv_jsonw_object_end(&w);
}

static void print_case(struct test *t)
{
	pv_buf line = { 0 };
	pv_buf got = { 0 };
	pv_jsonw w;

	put_got(&got, t);
	pv_jsonw_init(&w, &line);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", get_text(t, t->item, "id"));
	pv_jsonw_key(&w, "got");
	pv_jsonw_raw(&w, pv_buf_text(&got), got.len);
	pv_jsonw_object_end(&w);
	puts(pv_buf_text(&line));
	pv_buf_dispose(&got);
	pv_buf_dispose(&line);
}

/* Where two texts part, with a little of what follows. */
static void complain_output(const struct test *t, const char *want)
{
	const char *got = pv_buf_text(&t->output);
	size_t at = 0;

	while (want[at] && want[at] == got[at])
		at++;
	at -= at > 20 ? 20 : at;
	printf("  want ...%.*s\n  got  ...%.*s\n", SHOWN, want + at, SHOWN,
	       got + at);
}

static void complain(struct test *t)
{
	const pv_jinja_dict *expect = get_dict(t->item, "expect");
	const char *output = get_text(t, expect, "output");
	pv_buf want = { 0 };
	pv_buf got = { 0 };

	printf("FAILED %s\n", get_text(t, t->item, "id"));
	if (t->rc == PV_OK && output) {
		complain_output(t, output);
		return;
	}
	put_got(&got, t);
	if (t->is_vars && get(t->item, "vars").type == PV_JINJA_LIST) {
		put_names(&want, get(t->item, "vars"));
	} else {
		expect = t->is_vars ? t->item : expect;
		put_json(&want, get(expect, "error"));
		put_json(&want, get(expect, "line"));
		put_json(&want, output ? get(expect, "output")
				       : get(expect, "message"));
	}
	printf("  want %.*s\n  got  %.*s\n", SHOWN, pv_buf_text(&want), SHOWN,
	       pv_buf_text(&got));
	pv_buf_dispose(&want);
	pv_buf_dispose(&got);
}

/* --- cases ----------------------------------------------------------------- */

/* Whether a line of the list of what is not supported begins with the id. */
static int is_unsupported(const struct run *run, const char *id)
{
	const char *at = pv_buf_text(&run->unsupported);
	size_t len = strlen(id);

	for (; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, id, len) && at[len] == '\t')
			return 1;
	}
	return 0;
}

static void judge(struct run *run, struct test *t)
{
	if (run->is_print) {
		print_case(t);
	} else if (is_expected(t)) {
		run->passed++;
	} else {
		run->failed++;
		complain(t);
	}
}

static void run_case(struct run *run, struct test *t)
{
	if (!run->is_print && is_unsupported(run, get_text(t, t->item, "id"))) {
		run->skipped++;
		return;
	}
	t->is_vars = run->is_vars || pv_jinja_is_missing(get(t->item, "context"));
	read_environment(t, get_dict(t->item, "env"));
	if (t->is_vars)
		find_variables(t);
	else
		render(t);
	judge(run, t);
}

static void run_line(struct run *run, const char *line, size_t len)
{
	struct test t = { .rc = PV_OK };
	pv_jinja_value value = pv_jinja_missing();

	pv_jinja_run_init(&t.run, &t.arena, &t.env.settings, NULL);
	(void)pv_jinja_read_json(&value, &t.run, line, len);
	t.item = dict_of(value);
	if (t.item) {
		run_case(run, &t);
	} else {
		fprintf(stderr, "error: bad case: %s\n",
			t.run.raised.message ? t.run.raised.message : "");
		run->failed++;
	}
	pv_buf_dispose(&t.output);
	pv_jinja_failure_dispose(&t.failure);
	pv_jinja_run_dispose(&t.run);
	pv_arena_dispose(&t.arena);
}

static void run_file(struct run *run, const char *path)
{
	pv_buf text = { 0 };
	pv_error err;
	size_t at = 0;

	if (pv_file_read(&text, path, &err) < 0) {
		fprintf(stderr, "error: %s\n", err.message);
		run->failed++;
	}
	while (at < text.len) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.ptr) - at : text.len - at;

		if (len > 0)
			run_line(run, text.ptr + at, len);
		at += len + 1;
	}
	pv_buf_dispose(&text);
}

static int is_option(const char *arg)
{
	return arg[0] == '-' && arg[1] == '-';
}

int main(int argc, char **argv)
{
	static struct run run;

	for (int i = 1; i < argc; i++) {
		run.is_print |= !strcmp(argv[i], "--print");
		run.is_vars |= !strcmp(argv[i], "--vars");
	}
	(void)pv_file_read(&run.unsupported,
			   PV_TEST_DATA "/jinja/unsupported.tsv", NULL);
	for (int i = 1; i < argc; i++)
		if (!is_option(argv[i]))
			run_file(&run, argv[i]);
	pv_buf_dispose(&run.unsupported);
	if (!run.is_print)
		printf("%u passed, %u failed, %u skipped\n", run.passed,
		       run.failed, run.skipped);
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
