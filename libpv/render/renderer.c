/* SPDX-License-Identifier: MIT
 *
 * The life of a renderer: everything that does not depend on variables is done
 * here, once.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"

_Static_assert((int)PV_RENDER_MAX_TEXT == (int)PV_JINJA_DEFAULT_TEXT &&
		       (int)PV_RENDER_MAX_MEMORY == (int)PV_JINJA_DEFAULT_MEMORY &&
		       (int)PV_RENDER_MAX_STEPS == (int)PV_JINJA_DEFAULT_STEPS &&
		       (int)PV_RENDER_MAX_ITEMS ==
			       (int)PV_JINJA_DEFAULT_LOOP_ITEMS,
	       "what pv/render.h says is what the engine does");

static const char *const field_names[PV_RENDER_FIELDS] = { "model", "output",
							   "tools" };

/* --- limits ---------------------------------------------------------------- */

static void set_limits(pv_renderer *renderer)
{
	pv_render_options *opts = &renderer->opts;

	if (!opts->max_output)
		opts->max_output = PV_RENDER_MAX_OUTPUT;
	if (!opts->max_micros)
		opts->max_micros = PV_RENDER_MAX_MICROS;
	renderer->limits.text = opts->max_text;
	renderer->limits.memory = opts->max_memory;
	renderer->limits.steps = opts->max_steps;
	renderer->limits.loop_items = opts->max_items;
}

static int start(pv_renderer **out, const pv_render_options *opts,
		 int is_prompt, pv_error *err)
{
	static const pv_render_options standard = { 0 };
	pv_renderer *renderer = pv_calloc(1, sizeof(*renderer));

	*out = NULL;
	if (!renderer) {
		pv_fail_nomem(err);
		return PV_ENOMEM;
	}
	renderer->is_prompt = is_prompt;
	renderer->opts = opts ? *opts : standard;
	if (is_prompt && renderer->opts.undefined == PV_UNDEFINED_USUAL)
		renderer->opts.undefined = PV_UNDEFINED_STRICT;
	set_limits(renderer);
	renderer->is_strict = renderer->opts.undefined == PV_UNDEFINED_STRICT;
	renderer->clock.now = renderer->opts.now;
	renderer->clock.payload = renderer->opts.payload;
	renderer->sources_end = &renderer->sources;
	*out = renderer;
	if (renderer->opts.name) {
		renderer->opts.name =
			pv_arena_dup(&renderer->arena, renderer->opts.name,
				     strlen(renderer->opts.name));
		if (!renderer->opts.name)
			return pv_fail_nomem(err);
	}
	return pv_render_set_environment(renderer, err);
}

void pv_renderer_free(pv_renderer *renderer)
{
	if (!renderer)
		return;
	for (size_t i = 0; i < renderer->part_count; i++) {
		pv_jinja_template_free(renderer->parts[i].template);
		pv_mustache_free(renderer->parts[i].mustache);
	}
	pv_map_dispose(&renderer->variable_of);
	pv_map_dispose(&renderer->source_of);
	pv_free(renderer->variables);
	pv_render_free_shapes(renderer);
	pv_arena_dispose(&renderer->arena);
	pv_free(renderer);
}

/* --- parts ------------------------------------------------------------------ */

static int add_parts(pv_renderer *renderer, size_t count, pv_error *err)
{
	renderer->parts = pv_arena_calloc(&renderer->arena,
					  count * sizeof(*renderer->parts));
	return renderer->parts ? PV_OK : pv_fail_nomem(err);
}

void pv_render_put_failure(pv_buf *out, const pv_jinja_failure *failure, int rc)
{
	if ((rc != PV_ERENDER && rc != PV_ESYNTAX) || !failure->message)
		return;
	pv_buf_clear(out);
	pv_buf_printf(out, "%s: ", failure->error);
	pv_buf_puts(out, failure->message);
}

static int compile_part(pv_renderer *renderer, pv_render_part *part, pv_error *err)
{
	pv_buf *excerpt = renderer->opts.excerpt;
	pv_jinja_failure failure = { 0 };
	int rc = PV_OK;

	if (renderer->syntax == PV_SYNTAX_MUSTACHE)
		rc = pv_mustache_compile(&part->mustache, part->name,
					 part->text, &failure, err);
	if (renderer->syntax == PV_SYNTAX_JINJA2)
		rc = pv_jinja_compile(&part->template, &renderer->env,
				      part->name, part->text, &failure, err);
	if (rc < 0 && excerpt && failure.excerpt)
		pv_buf_puts(excerpt, failure.excerpt);
	if (renderer->opts.message)
		pv_render_put_failure(renderer->opts.message, &failure, rc);
	pv_jinja_failure_dispose(&failure);
	return rc;
}

/* "support/triage", or "support/triage, message 1", as the JSON counts. */
static int name_part(pv_render_part *part, pv_renderer *renderer, size_t idx,
		     pv_error *err)
{
	pv_buf name = { 0 };

	if (renderer->opts.name)
		pv_buf_puts(&name, renderer->opts.name);
	if (!renderer->is_text)
		pv_buf_printf(&name, "%smessage %zu", name.len ? ", " : "", idx);
	part->name = pv_arena_dup(&renderer->arena, pv_buf_text(&name), name.len);
	pv_buf_dispose(&name);
	return part->name ? PV_OK : pv_fail_nomem(err);
}

static const char *copy(pv_renderer *renderer, const char *text)
{
	return pv_arena_dup(&renderer->arena, text, strlen(text));
}

static int fill_part(pv_render_part *part, pv_renderer *renderer,
		     const pv_message *message, pv_error *err)
{
	part->role = copy(renderer, message->role);
	part->id = copy(renderer, message->id);
	part->speaker = copy(renderer, message->name);
	part->tool_call_id = copy(renderer, message->tool_call_id);
	if (message->tool_calls_json)
		part->tool_calls_json = copy(renderer, message->tool_calls_json);
	part->has_content = message->line > 0;
	part->text.ptr =
		pv_arena_dup(&renderer->arena, message->content, message->len);
	part->text.len = message->len;
	if (!part->role || !part->id || !part->speaker || !part->tool_call_id ||
	    (message->tool_calls_json && !part->tool_calls_json) ||
	    !part->text.ptr)
		return pv_fail_nomem(err);
	return PV_OK;
}

static int take_messages(pv_renderer *renderer, const pv_prompt *prompt,
			 pv_error *err)
{
	size_t count = pv_prompt_message_count(prompt);
	int rc = add_parts(renderer, count, err);

	for (size_t i = 0; rc == PV_OK && i < count; i++) {
		pv_render_part *part = &renderer->parts[renderer->part_count++];

		rc = fill_part(part, renderer, pv_prompt_message(prompt, i), err);
		if (rc == PV_OK)
			rc = name_part(part, renderer, i, err);
		if (rc == PV_OK)
			rc = compile_part(renderer, part, err);
	}
	return rc;
}

static int take_fields(pv_renderer *renderer, const pv_prompt *prompt,
		       pv_error *err)
{
	pv_buf json = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < PV_RENDER_FIELDS; i++) {
		pv_buf_clear(&json);
		rc = pv_prompt_field_json(&json, prompt, field_names[i], err);
		if (rc == PV_ENOTFOUND) {
			pv_error_clear(err);
			rc = PV_OK;
			continue;
		}
		renderer->fields[i] = pv_arena_dup(&renderer->arena,
						   pv_buf_text(&json), json.len);
		if (rc == PV_OK && !renderer->fields[i])
			rc = pv_fail_nomem(err);
	}
	pv_buf_dispose(&json);
	return rc;
}

/* --- the two ways to one ----------------------------------------------------- */

/*
 * What is included, and its variables. What is needed for certain only all the
 * texts together tell: a name may be set where a text is included, or be that
 * of an item of the section that a partial stands in.
 */
static int take_included(pv_renderer *renderer, const pv_prompt *prompt,
			 pv_error *err)
{
	pv_interface *all = NULL;
	int rc = pv_render_load_includes(renderer, err);

	if (rc < 0 || !pv_prompt_include_count(prompt))
		return rc;
	if (rc == PV_OK)
		rc = pv_interface_new(&all, prompt, renderer->opts.loader, err);
	if (rc == PV_OK)
		rc = pv_render_add_included(renderer, all, err);
	pv_interface_free(all);
	return rc;
}

static int take_prompt(pv_renderer *renderer, const pv_prompt *prompt,
		       pv_error *err)
{
	int rc;

	renderer->syntax = pv_prompt_syntax(prompt);
	renderer->is_text = pv_prompt_is_text(prompt);
	rc = take_messages(renderer, prompt, err);
	if (rc == PV_OK)
		rc = take_fields(renderer, prompt, err);
	if (rc == PV_OK)
		rc = pv_render_add_variables(renderer, prompt, 0, err);
	if (rc == PV_OK)
		rc = pv_render_add_input(renderer, prompt, err);
	if (rc == PV_OK && (renderer->syntax == PV_SYNTAX_MUSTACHE ||
			    renderer->syntax == PV_SYNTAX_JINJA2))
		rc = take_included(renderer, prompt, err);
	return rc;
}

static int take_template(pv_renderer *renderer, pv_str text, pv_error *err)
{
	int rc = add_parts(renderer, 1, err);
	pv_render_part *part;

	if (rc < 0)
		return rc;
	renderer->is_text = 1;
	renderer->part_count = 1;
	part = renderer->parts;
	part->role = "";
	part->id = "";
	part->speaker = "";
	part->tool_call_id = "";
	part->has_content = 1;
	part->name = renderer->opts.name;
	part->text.ptr = pv_arena_dup(&renderer->arena, text.ptr, text.len);
	part->text.len = text.len;
	if (!part->text.ptr)
		return pv_fail_nomem(err);
	rc = compile_part(renderer, part, err);
	return rc < 0 ? rc : pv_render_load_includes(renderer, err);
}

/* They are the caller's, and may be gone when it renders. */
static void forget_buffers(pv_renderer *renderer)
{
	renderer->opts.excerpt = NULL;
	renderer->opts.message = NULL;
}

int pv_renderer_new(pv_renderer **out, const pv_prompt *prompt,
		    const pv_render_options *opts, pv_error *err)
{
	int rc = start(out, opts, 1, err);

	if (rc == PV_OK)
		rc = take_prompt(*out, prompt, err);
	if (*out)
		forget_buffers(*out);
	if (rc < 0) {
		pv_renderer_free(*out);
		*out = NULL;
	}
	return rc;
}

int pv_renderer_new_template(pv_renderer **out, const char *text, size_t len,
			     const pv_render_options *opts, pv_error *err)
{
	int rc = start(out, opts, 0, err);

	if (rc == PV_OK)
		rc = take_template(*out, (pv_str){ text, len }, err);
	if (*out)
		forget_buffers(*out);
	if (rc < 0) {
		pv_renderer_free(*out);
		*out = NULL;
	}
	return rc;
}

/* --- getters ------------------------------------------------------------------ */

int pv_renderer_is_text(const pv_renderer *renderer)
{
	return renderer->is_text;
}

const char *pv_renderer_field(const pv_renderer *renderer, const char *field)
{
	for (size_t i = 0; i < PV_RENDER_FIELDS; i++)
		if (!strcmp(field_names[i], field))
			return renderer->fields[i];
	return NULL;
}
