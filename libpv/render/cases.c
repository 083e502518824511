/* SPDX-License-Identifier: MIT
 *
 * The variables a prompt brings along to be tried with: the examples of its
 * declarations and of those it includes, and those of each of its tests.
 * Defaults are not among them, since a render fills them in.
 */
#include "render/renderer.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "prompt/model.h"

struct cases {
	const pv_prompt *prompt;
	const pv_interface *all; /* or NULL */
	const pv_yaml_node *root;
	pv_buf json;
	pv_error *err;
};

/* A variable of the prompt and what it includes; NULL behind the last. */
static const pv_variable *variable_at(const struct cases *cases, size_t idx)
{
	if (!cases->all)
		return pv_prompt_variable(cases->prompt, idx);
	return idx < pv_interface_count(cases->all)
		       ? &pv_interface_at(cases->all, idx)->variable
		       : NULL;
}

/* The first variable that is needed whatever is rendered, and that nothing
 * gives a value; or NULL. */
static const char *find_lacking(const struct cases *cases)
{
	const pv_variable *variable;

	for (size_t i = 0; (variable = variable_at(cases, i)); i++)
		if (variable->is_required && !variable->is_conditional &&
		    !variable->example_json)
			return variable->name;
	return NULL;
}

static int put_examples(struct cases *cases)
{
	const pv_variable *variable;
	pv_jsonw w;

	pv_buf_clear(&cases->json);
	pv_jsonw_init(&w, &cases->json);
	pv_jsonw_object(&w);
	for (size_t i = 0; (variable = variable_at(cases, i)); i++) {
		const char *json = variable->example_json;

		if (!json)
			continue;
		pv_jsonw_key(&w, variable->name);
		pv_jsonw_raw(&w, json, strlen(json));
	}
	pv_jsonw_object_end(&w);
	return pv_buf_status(&cases->json, cases->err);
}

static int examples(struct cases *cases, pv_render_case_fn *fn, void *payload)
{
	const pv_yaml_node *declarations = pv_yaml_get(cases->root, "variables");
	pv_render_case one = { .name = "", .line = 1 };
	int rc;

	if (declarations && !pv_node_is_null(declarations))
		one.line = declarations->key->line;
	one.lacking = find_lacking(cases);
	rc = put_examples(cases);
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

int pv_render_case_each(const pv_prompt *prompt, const pv_interface *all,
			pv_render_case_fn *fn, void *payload, pv_error *err)
{
	struct cases cases = { .prompt = prompt,
			       .all = all,
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
