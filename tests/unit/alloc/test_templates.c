/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the template engine made to fail: compiling, rendering
 * with templates in templates, variables, contexts from JSON.
 */
#include "alloc/walk.h"
#include "jinja/engine.h"
#include "jinja/value/container.h"
#include "jinja/value/json.h"

static const char source[] =
	"{% extends 'base' %}{% from 'lib' import m with context %}"
	"{% set x %}{{ a }}{% endset %}{% block b scoped %}{{ super() }}"
	"{% for i, j in d.items() if i recursive %}{{ loop.index }}"
	"{{ m(i, k=j)|upper }}{% include 'inc' %}{% else %}no{% endfor %}"
	"{% call(y) m(1) %}{{ y }}{% endcall %}{{ [1, {'a': x ~ 'b'}] }}"
	"{% filter trim %} {{ 'x' if a }} {% endfilter %}{% endblock %}";

static const char context_text[] =
	"{\"a\": \"\\u00e9\", \"d\": {\"k\": [1, 2.5, true, null]}}";

struct scene {
	pv_jinja_environment env;
	pv_jinja_template *template;
	pv_jinja_failure failure;
	pv_arena arena;
	pv_jinja_run run;
	pv_jinja_value context;
	pv_buf out;
};

static int load(pv_str *out, void *payload, pv_str name, pv_error *err)
{
	(void)payload;
	(void)err;
	if (pv_str_is(name, "base"))
		*out = pv_str_of("<{% block b %}{{ self }}{% endblock %}>");
	else if (pv_str_is(name, "lib"))
		*out = pv_str_of("{% macro m(p, q=3) %}{{ p }}{{ q }}{{ kwargs "
				 "}}{{ varargs }}{{ caller }}{% endmacro %}");
	else
		*out = pv_str_of("({{ i }}{{ a }})");
	return PV_OK;
}

static const pv_jinja_loader loader = { load, NULL };

static void begin(void *payload)
{
	struct scene *it = payload;

	memset(it, 0, sizeof(*it));
	pv_jinja_run_init(&it->run, &it->arena, &it->env.settings, NULL);
	if (pv_jinja_compile(&it->template, &it->env, "t", pv_str_of(source),
			     &it->failure, NULL) < 0 ||
	    pv_jinja_read_json(&it->context, &it->run, context_text,
			       sizeof(context_text) - 1) < 0)
		fail_msg("nothing to begin with: %s", it->failure.message);
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	(void)rc;
	pv_jinja_template_free(it->template);
	pv_jinja_failure_dispose(&it->failure);
	pv_jinja_run_dispose(&it->run);
	pv_arena_dispose(&it->arena);
	pv_buf_dispose(&it->out);
}

static int say_out(struct scene *it, int rc)
{
	if (rc == PV_OK)
		walk_say("%s", pv_buf_text(&it->out));
	return rc;
}

static int compile(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_jinja_template *template = NULL;
	int rc = pv_jinja_compile(&template, &it->env, "n", pv_str_of(source),
				  NULL, err);

	pv_jinja_template_free(template);
	return rc;
}

static int render(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_jinja_render_options options = {
		.loader = &loader,
		.context = it->context.u.dict,
	};

	return say_out(it, pv_jinja_render(&it->out, it->template, &options,
					   NULL, err));
}

static int render_name(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_jinja_render_options options = {
		.loader = &loader,
		.context = it->context.u.dict,
	};

	return say_out(it, pv_jinja_render_name(&it->out, &it->env, "base",
						&options, NULL, err));
}

static int add_name(pv_str name, void *payload)
{
	struct scene *it = payload;

	pv_buf_put(&it->out, name.ptr, name.len);
	return 0;
}

static int variables(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int rc = pv_jinja_template_variables(it->template, add_name, it, err);

	if (rc == PV_OK)
		rc = pv_buf_status(&it->out, err);
	return say_out(it, rc);
}

static int read_json(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_arena arena = { 0 };
	pv_jinja_run run = { 0 };
	pv_jinja_value value;
	int rc;

	pv_jinja_run_init(&run, &arena, &it->env.settings, NULL);
	run.err = err;
	rc = pv_jinja_read_json(&value, &run, context_text,
				sizeof(context_text) - 1);
	pv_jinja_run_dispose(&run);
	pv_arena_dispose(&arena);
	return rc;
}

/* WALK() is for what is exported, and the engine is not. */
static const struct walk_row rows[] = {
	{ "pv_jinja_compile", compile },
	{ "pv_jinja_render", render },
	{ "pv_jinja_render_name", render_name },
	{ "pv_jinja_template_variables", variables },
	{ "pv_jinja_read_json", read_json },
};

static void test_alloc_templates__fail_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_templates__fail_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_templates", tests, NULL, NULL);
}
