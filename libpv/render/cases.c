/* SPDX-License-Identifier: MIT
 *
 * The variables a prompt brings along to be tried with: the examples of its
 * declarations, and those of each of its tests. Defaults are not among them,
 * since a render fills them in.
 */
#include "render/renderer.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/json.h"
#include "prompt/model.h"

struct cases {
	const pv_prompt *prompt;
	const pv_yaml_node *root;
	pv_buf json;
	pv_error *err;
};

/* What a declaration gives as an example, or NULL. */
static const pv_yaml_node *example_of(const pv_yaml_node *declaration)
{
	const pv_yaml_node *example = pv_yaml_get(declaration, "example");
	const pv_yaml_node *list = pv_yaml_get(declaration, "examples");

	if (!example && list && pv_yaml_follow(list)->kind == PV_YAML_SEQUENCE)
		example = pv_yaml_at(list, 0);
	return example;
}

static int put_member(pv_jsonw *w, const char *name, const pv_yaml_node *value,
		      pv_error *err)
{
	pv_buf json = { 0 };
	int rc = pv_yaml_to_json(&json, value, err);

	if (rc == PV_OK) {
		pv_jsonw_key(w, name);
		pv_jsonw_raw(w, pv_buf_text(&json), json.len);
	}
	pv_buf_dispose(&json);
	return rc;
}

/* The first variable that nothing gives a value, or NULL. */
static const char *find_lacking(const pv_prompt *prompt,
				const pv_yaml_node *declarations)
{
	for (size_t i = 0; i < pv_prompt_variable_count(prompt); i++) {
		const pv_variable *variable = pv_prompt_variable(prompt, i);
		const pv_yaml_node *declaration =
			declarations ? pv_yaml_get(declarations, variable->name)
				     : NULL;

		if (variable->is_required &&
		    !(declaration && example_of(declaration)))
			return variable->name;
	}
	return NULL;
}

static int put_examples(struct cases *cases, const pv_yaml_node *declarations)
{
	const pv_prompt *prompt = cases->prompt;
	pv_jsonw w;
	int rc = PV_OK;

	pv_buf_clear(&cases->json);
	pv_jsonw_init(&w, &cases->json);
	pv_jsonw_object(&w);
	for (size_t i = 0;
	     rc == PV_OK && declarations && i < pv_prompt_variable_count(prompt);
	     i++) {
		const char *name = pv_prompt_variable(prompt, i)->name;
		const pv_yaml_node *node = pv_yaml_get(declarations, name);

		node = node ? example_of(node) : NULL;
		if (node)
			rc = put_member(&w, name, node, cases->err);
	}
	pv_jsonw_object_end(&w);
	return rc < 0 ? rc : pv_buf_status(&cases->json, cases->err);
}

static int examples(struct cases *cases, pv_render_case_fn *fn, void *payload)
{
	const pv_yaml_node *declarations = pv_yaml_get(cases->root, "variables");
	pv_render_case one = { .name = "", .line = 1 };
	int rc;

	if (declarations && pv_node_is_null(declarations))
		declarations = NULL;
	if (declarations)
		one.line = declarations->key->line;
	one.lacking = find_lacking(cases->prompt, declarations);
	rc = put_examples(cases, declarations);
	if (rc < 0)
		return rc;
	one.json = cases->json.ptr;
	one.len = cases->json.len;
	return fn(&one, payload);
}

static int test(struct cases *cases, const pv_yaml_node *node, size_t idx,
		pv_render_case_fn *fn, void *payload)
{
	const pv_yaml_node *vars = pv_yaml_get(node, "vars");
	const pv_yaml_node *name = pv_yaml_get(node, "name");
	pv_render_case one = { .line = node->line };
	char number[32];
	int rc = PV_OK;

	(void)snprintf(number, sizeof(number), "%zu", idx + 1);
	one.name = name && pv_node_is_text(name) && pv_yaml_follow(name)->len
			   ? pv_yaml_follow(name)->text
			   : number;
	pv_buf_clear(&cases->json);
	if (vars && !pv_node_is_null(vars))
		rc = pv_yaml_to_json(&cases->json, vars, cases->err);
	else
		pv_buf_puts(&cases->json, "{}");
	if (rc == PV_OK)
		rc = pv_buf_status(&cases->json, cases->err);
	if (rc < 0)
		return rc;
	one.json = cases->json.ptr;
	one.len = cases->json.len;
	return fn(&one, payload);
}

int pv_render_case_each(const pv_prompt *prompt, pv_render_case_fn *fn,
			void *payload, pv_error *err)
{
	struct cases cases = { .prompt = prompt,
			       .root = pv_yaml_root(prompt->doc),
			       .err = err };
	const pv_yaml_node *tests = pv_yaml_get(cases.root, "tests");
	const pv_yaml_node *node = NULL;
	size_t idx = 0;
	int rc = examples(&cases, fn, payload);

	if (tests && pv_yaml_follow(tests)->kind == PV_YAML_SEQUENCE)
		node = pv_yaml_follow(tests)->first;
	for (; rc == 0 && node; node = node->next)
		rc = test(&cases, node, idx++, fn, payload);
	pv_buf_dispose(&cases.json);
	return rc;
}
