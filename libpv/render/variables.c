/* SPDX-License-Identifier: MIT
 *
 * The variables of a renderer: those of the prompt, then those that only what
 * it includes knows. The prompt's own declaration wins; a default in an
 * included prompt counts where the prompt says nothing.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"
#include "jinja/value/json.h"
#include "prompt/model.h"

pv_render_variable *pv_render_find_variable(const pv_renderer *renderer,
					    pv_str name)
{
	uintptr_t place = (uintptr_t)pv_map_find(&renderer->variable_of, name);

	return place ? &renderer->variables[place - 1] : NULL;
}

/* The value that a declaration holds as JSON, made what its type says as one
 * of the caller's is; MISSING for none. */
static int read_default(pv_render_variable *out, pv_renderer *renderer,
			const char *json, pv_error *err)
{
	pv_jinja_run run = { 0 };
	pv_jinja_value value = pv_jinja_missing();
	char *copy;
	int rc;

	out->fallback = pv_jinja_missing();
	out->is_unfit = 0;
	if (!json)
		return PV_OK;
	copy = pv_arena_dup(&renderer->arena, json, strlen(json));
	if (!copy)
		return pv_fail_nomem(err);
	pv_jinja_run_init(&run, &renderer->arena, &renderer->env.settings, NULL);
	run.err = err;
	rc = pv_jinja_read_json(&value, &run, copy, strlen(copy));
	if (rc == PV_OK)
		rc = pv_render_coerce(&out->fallback, &run, out->type, value);
	if (rc == 0) {
		out->fallback = value;
		out->is_unfit = 1;
	}
	if (rc < 0)
		rc = pv_render_fail_run(err, &run, rc, "a default");
	pv_jinja_run_dispose(&run);
	return rc < 0 ? rc : PV_OK;
}

int pv_render_states_required(const pv_prompt *prompt, const char *name)
{
	const pv_yaml_node *node =
		pv_yaml_get(pv_yaml_root(prompt->doc), "variables");

	node = node ? pv_yaml_get(node, name) : NULL;
	return node && pv_yaml_get(node, "required");
}

static enum pv_render_need need_of(const pv_prompt *prompt,
				   const pv_variable *variable, int is_included)
{
	if (!variable->is_required)
		return PV_RENDER_OPTIONAL;
	if (is_included || (variable->is_conditional &&
			    !pv_render_states_required(prompt, variable->name)))
		return PV_RENDER_SOFT;
	return PV_RENDER_HARD;
}

static int fill(pv_render_variable *out, pv_renderer *renderer,
		const pv_variable *from, pv_error *err)
{
	size_t len = strlen(from->name);
	const char *name = pv_arena_dup(&renderer->arena, from->name, len);

	out->type =
		pv_arena_dup(&renderer->arena, from->type, strlen(from->type));
	if (!name || !out->type)
		return pv_fail_nomem(err);
	out->name = pv_jinja_str(name, len, 0);
	out->hash = pv_jinja_hash_text(name, len);
	out->is_declared = strcmp(from->source, "inferred") != 0;
	out->absent.name = out->name;
	out->absent.error = PV_JINJA_UNDEFINED_ERROR;
	return read_default(out, renderer, from->default_json, err);
}

static int add(pv_renderer *renderer, const pv_variable *from,
	       enum pv_render_need need, pv_error *err)
{
	size_t count = renderer->variable_count;
	pv_render_variable *variable;
	int rc;

	if (pv_array_reserve(&renderer->variables, &renderer->variable_cap,
			     count + 1, sizeof(*variable)) < 0)
		return pv_fail_nomem(err);
	variable = &renderer->variables[count];
	memset(variable, 0, sizeof(*variable));
	variable->need = need;
	rc = fill(variable, renderer, from, err);
	if (rc < 0)
		return rc;
	rc = pv_map_set(&renderer->variable_of,
			(pv_str){ variable->name.u.s, variable->name.len },
			(void *)(uintptr_t)(count + 1), NULL, err);
	if (rc == PV_OK)
		renderer->variable_count++;
	return rc;
}

/* A variable the prompt only uses, and what it includes declares. */
static int refine(pv_render_variable *there, pv_renderer *renderer,
		  const pv_variable *from, pv_error *err)
{
	int rc = fill(there, renderer, from, err);

	if (rc == PV_OK && !from->is_required)
		there->need = PV_RENDER_OPTIONAL;
	return rc;
}

/* One of a prompt's own, or of one that is included. */
static int take(pv_renderer *renderer, const pv_prompt *prompt,
		const pv_variable *from, int is_included, pv_error *err)
{
	pv_render_variable *there =
		pv_render_find_variable(renderer, pv_str_of(from->name));
	int is_declared = strcmp(from->source, "inferred") != 0;
	int rc;

	if (there && (!is_included || there->is_declared || !is_declared))
		return PV_OK;
	rc = there ? refine(there, renderer, from, err)
		   : add(renderer, from, need_of(prompt, from, is_included), err);
	return rc < 0 || !is_declared ? rc
				      : pv_render_add_declared(renderer, prompt,
							       from->name, err);
}

int pv_render_add_variables(pv_renderer *renderer, const pv_prompt *prompt,
			    int is_included, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < pv_prompt_variable_count(prompt);
	     i++)
		rc = take(renderer, prompt, pv_prompt_variable(prompt, i),
			  is_included, err);
	return rc;
}

int pv_render_add_included(pv_renderer *renderer, const pv_interface *all,
			   pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < pv_interface_count(all); i++) {
		const pv_variable *from = &pv_interface_at(all, i)->variable;
		pv_render_variable *there =
			pv_render_find_variable(renderer, pv_str_of(from->name));
		enum pv_render_need need = PV_RENDER_OPTIONAL;

		if (from->is_required)
			need = from->is_conditional ? PV_RENDER_SOFT
						    : PV_RENDER_HARD;
		if (!there)
			rc = add(renderer, from, need, err);
		else if (!there->is_declared &&
			 strcmp(from->source, "inferred") != 0)
			rc = refine(there, renderer, from, err);
		if (there && there->need == PV_RENDER_SOFT &&
		    need == PV_RENDER_HARD)
			there->need = need;
	}
	return rc;
}
