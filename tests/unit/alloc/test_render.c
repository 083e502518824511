/* SPDX-License-Identifier: MIT
 *
 * Every allocation of rendering made to fail: compiling prompts with includes,
 * contexts, renders that succeed, miss variables or fail.
 */
#include "alloc/walk.h"

static const char yaml[] =
	"model: {name: m}\n"
	"messages:\n"
	"  - {role: system, content: '{{ a }}{{ n + 1 }}{% include \"tone\" %}'}\n"
	"  - {role: user, content: '{{ d.k[0] }}{% include \"to\" ~ \"ne\" %}'}\n"
	"variables:\n"
	"  n: {type: integer, default: 1, example: 4, minimum: 1}\n"
	"  d: {default: {k: [1]}}\n"
	"input: {$ref: schemas/in.json}\n"
	"tests: [{name: one, vars: {a: x}}]\n";

static const char values[] = "{\"a\": \"x\\u00e9\", \"n\": \"3\"}";

/* More than an arena has to spare. */
enum {
	LARGE = 100000
};

struct scene {
	char large[LARGE]; /* a text in quotes */
	pv_prompt *prompt;
	pv_renderer *renderer;
	pv_rendering *rendering;
	pv_context *context;
	pv_context *empty;
	pv_context *wrong;
};

static int load(pv_buf *out, const char *name, void *payload, pv_error *err)
{
	(void)name;
	(void)payload;
	pv_buf_puts(out, "prompt: 'Be {{ tone }}.'\n"
			 "variables: {tone: {default: kind}}\n");
	return pv_buf_status(out, err);
}

static int read_schema(pv_buf *out, const char *path, void *payload, pv_error *err)
{
	(void)payload;
	if (strcmp(path, "schemas/in.json") != 0)
		return PV_ENOTFOUND;
	pv_buf_puts(out, "{\"type\": \"object\", \"required\": [\"n\"], "
			 "\"properties\": {\"n\": {\"type\": \"integer\"}}}");
	return pv_buf_status(out, err);
}

static const pv_render_loader loader = { load, NULL, read_schema };
static const pv_render_options opts = { .name = "p", .loader = &loader };

static void begin(void *payload)
{
	struct scene *it = payload;

	memset(it, 0, sizeof(*it));
	memset(it->large, 'x', LARGE);
	it->large[0] = '"';
	it->large[LARGE - 1] = '"';
	if (pv_prompt_parse(&it->prompt, yaml, strlen(yaml), NULL, NULL, NULL) <
		    0 ||
	    pv_renderer_new(&it->renderer, it->prompt, &opts, NULL) < 0 ||
	    pv_rendering_new(&it->rendering, NULL) < 0 ||
	    pv_context_new(&it->context, values, strlen(values), NULL) < 0 ||
	    pv_context_new(&it->empty, "{}", 2, NULL) < 0 ||
	    pv_context_new(&it->wrong, "{\"a\": 1, \"n\": \"x\"}", 18, NULL) < 0)
		fail_msg("nothing to begin with");
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	(void)rc;
	pv_context_free(it->context);
	pv_context_free(it->empty);
	pv_context_free(it->wrong);
	pv_rendering_free(it->rendering);
	pv_renderer_free(it->renderer);
	pv_prompt_free(it->prompt);
}

static int compile(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_renderer *renderer = NULL;
	int rc = pv_renderer_new(&renderer, it->prompt, &opts, err);

	pv_renderer_free(renderer);
	return rc;
}

static int compile_template(void *payload, pv_error *err)
{
	static const char text[] = "{{ a }}{% include 'x' %}";
	pv_renderer *renderer = NULL;
	int rc = pv_renderer_new_template(&renderer, text, strlen(text), &opts,
					  err);

	(void)payload;
	pv_renderer_free(renderer);
	return rc;
}

static int find_variables(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_interface *all = NULL;
	int rc = pv_interface_new(&all, it->prompt, &loader, err);

	pv_interface_free(all);
	return rc;
}

static int new_context(void *payload, pv_error *err)
{
	pv_context *context = NULL;
	int rc = pv_context_new(&context, values, strlen(values), err);

	(void)payload;
	pv_context_free(context);
	return rc;
}

static int set_json(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_context_set_json(it->empty, "k", it->large, LARGE, err);
}

static int add_json(void *payload, pv_error *err)
{
	static char json[LARGE + 16];
	struct scene *it = payload;
	int len = snprintf(json, sizeof(json), "{\"k\": %.*s}", (int)LARGE,
			   it->large);
	int rc = pv_context_add(it->empty, json, (size_t)len, err);

	return rc < 0 ? rc : pv_context_add(it->empty, json, (size_t)len, err);
}

static int set_text(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_context_set_text(it->empty, "k", it->large, LARGE, err);
}

static int new_rendering(void *payload, pv_error *err)
{
	pv_rendering *rendering = NULL;
	int rc = pv_rendering_new(&rendering, err);

	(void)payload;
	pv_rendering_free(rendering);
	return rc;
}

/* Renders with a context, twice: the second one reuses the memory. */
static int render_with(struct scene *it, const pv_context *context, pv_error *err)
{
	int rc = pv_render(it->rendering, it->renderer, context, err);

	if (rc == PV_OK)
		rc = pv_render(it->rendering, it->renderer, context, err);
	for (size_t i = 0; rc == PV_OK && i < 2; i++)
		walk_say("%s;", pv_rendering_message(it->rendering, i)->content);
	return rc;
}

static int render(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return render_with(it, it->context, err);
}

static int render_missing(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return render_with(it, it->empty, err);
}

static int render_wrong(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return render_with(it, it->wrong, err);
}

static int say_case(const pv_render_case *one, void *payload)
{
	(void)payload;
	walk_say("%s %s;", one->name, one->json);
	return 0;
}

static int each_case(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_render_case_each(it->prompt, NULL, say_case, NULL, err);
}

static const struct walk_row rows[] = {
	{ WALK(pv_renderer_new, compile) },
	{ WALK(pv_renderer_new_template, compile_template) },
	{ WALK(pv_interface_new, find_variables) },
	{ WALK(pv_context_new, new_context) },
	{ WALK(pv_context_add, add_json) },
	{ WALK(pv_context_set_json, set_json) },
	{ WALK(pv_context_set_text, set_text) },
	{ WALK(pv_rendering_new, new_rendering) },
	{ WALK(pv_render, render) },
	{ WALK(pv_render, render_missing) },
	{ WALK(pv_render, render_wrong) },
	{ WALK(pv_render_case_each, each_case) },
};

static void test_alloc_render__fails_cleanly_at_every_allocation(void **state)
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
			test_alloc_render__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_render", tests, NULL, NULL);
}
