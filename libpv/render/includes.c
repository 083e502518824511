/* SPDX-License-Identifier: MIT
 *
 * What templates include, loaded while compiling so that a render needs no
 * loader: the sources by name, the variables they bring along. A name that is
 * not there is remembered as such; whether that matters the render decides.
 *
 * A variable that some template sets is not asked of the caller for the sake of
 * an include, which may well get it from there.
 */
#include "render/renderer.h"

#include "base/fail.h"

struct walk {
	pv_renderer *renderer;
	pv_map stored; /* names that some template sets */
	size_t own;    /* variables of the prompt itself */
	size_t count;  /* of sources */
	int sees_context;
	pv_error *err;
};

int pv_render_included_text(pv_str *out, enum pv_syntax syntax,
			    const pv_prompt *prompt, const char *id,
			    pv_error *err)
{
	const pv_message *message = pv_prompt_message(prompt, 0);
	int rc;

	if (pv_prompt_syntax(prompt) != syntax) {
		rc = pv_fail(err, PV_EINVALID,
			     "\"%.100s\" cannot be included: it is written in "
			     "another syntax",
			     id);
		return pv_error_hint(err, rc,
				     "give both prompts the same `syntax`");
	}
	if (pv_prompt_message_count(prompt) != 1) {
		rc = pv_fail(err, PV_EINVALID,
			     "\"%.100s\" cannot be included: it has %zu "
			     "messages",
			     id, pv_prompt_message_count(prompt));
		return pv_error_hint(err, rc,
				     "include prompts that are one text");
	}
	*out = (pv_str){ message->content, message->len };
	return PV_OK;
}

/* The template of a prompt's file, in the renderer's memory. */
static int take_prompt(struct walk *walk, pv_render_source *source,
		       const pv_buf *file)
{
	pv_prompt_options opts = { .file = source->name };
	pv_renderer *renderer = walk->renderer;
	pv_prompt *prompt = NULL;
	pv_str text = { 0 };
	int rc;

	rc = pv_prompt_parse(&prompt, pv_buf_text(file), file->len, &opts, NULL,
			     walk->err);
	if (rc < 0)
		return pv_error_at(walk->err, rc, source->name,
				   walk->err ? walk->err->line : 0,
				   walk->err ? walk->err->column : 0);
	rc = pv_render_included_text(&text, renderer->syntax, prompt,
				     source->name, walk->err);
	if (rc == PV_OK) {
		source->text.ptr =
			pv_arena_dup(&renderer->arena, text.ptr, text.len);
		source->text.len = text.len;
		if (!source->text.ptr)
			rc = pv_fail_nomem(walk->err);
	}
	if (rc == PV_OK && source->sees_context)
		rc = pv_render_add_variables(renderer, prompt, 1, walk->err);
	pv_prompt_free(prompt);
	return rc;
}

static int take_template(struct walk *walk, pv_render_source *source,
			 const pv_buf *file)
{
	source->text.ptr = pv_arena_dup(&walk->renderer->arena,
					pv_buf_text(file), file->len);
	source->text.len = file->len;
	return source->text.ptr ? PV_OK : pv_fail_nomem(walk->err);
}

static int load_source(struct walk *walk, pv_render_source *source)
{
	const pv_render_loader *loader = walk->renderer->opts.loader;
	pv_buf file = { .max = PV_PROMPT_MAX_SIZE };
	int rc = PV_ENOTFOUND;

	if (loader)
		rc = loader->load(&file, source->name, loader->payload,
				  walk->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(walk->err);
		rc = PV_OK;
	} else if (rc == PV_OK) {
		rc = pv_buf_status(&file, walk->err);
		if (rc == PV_OK)
			rc = walk->renderer->is_prompt
				     ? take_prompt(walk, source, &file)
				     : take_template(walk, source, &file);
	}
	pv_buf_dispose(&file);
	return rc;
}

static int add_source(struct walk *walk, pv_str name,
		      const pv_jinja_reference *reference)
{
	pv_renderer *renderer = walk->renderer;
	pv_render_source *source;
	int rc;

	if (walk->count++ == PV_PROMPT_MAX_INCLUDES)
		return pv_fail(walk->err, PV_ELIMIT,
			       "more than %d templates are included",
			       PV_PROMPT_MAX_INCLUDES);
	source = pv_arena_calloc(&renderer->arena, sizeof(*source));
	if (!source)
		return pv_fail_nomem(walk->err);
	source->name = pv_arena_dup(&renderer->arena, name.ptr, name.len);
	if (!source->name)
		return pv_fail_nomem(walk->err);
	source->sees_context = walk->sees_context && reference->sees_context;
	*renderer->sources_end = source;
	renderer->sources_end = &source->next;
	rc = pv_map_set(&renderer->source_of, name, source, NULL, walk->err);
	return rc < 0 ? rc : load_source(walk, source);
}

static int each_reference(const pv_jinja_reference *reference, void *payload)
{
	struct walk *walk = payload;
	pv_str name = reference->name;

	if (!name.ptr) {
		walk->renderer->is_dynamic = 1;
		return PV_OK;
	}
	if (pv_map_find(&walk->renderer->source_of, name) ||
	    memchr(name.ptr, '\0', name.len))
		return PV_OK;
	return add_source(walk, name, reference);
}

static int each_use(const pv_jinja_use *use, void *payload)
{
	struct walk *walk = payload;

	if (!use->is_stored)
		return PV_OK;
	return pv_map_set(&walk->stored, use->name, walk, NULL, walk->err);
}

static int each_partial(pv_str name, void *payload)
{
	const pv_jinja_reference reference = { .name = name };

	return each_reference(&reference, payload);
}

static int walk_mustache(struct walk *walk, const pv_render_source *source)
{
	pv_mustache *template = NULL;
	int rc = pv_mustache_compile(&template, source->name, source->text,
				     NULL, NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(walk->err);
	if (rc < 0)
		return PV_OK;
	rc = pv_mustache_each_partial(template, each_partial, walk);
	pv_mustache_free(template);
	return rc;
}

static int walk_template(struct walk *walk, const pv_jinja_template *template)
{
	int rc = pv_jinja_template_references(template, each_reference, walk);

	return rc < 0 ? rc : pv_jinja_template_uses(template, each_use, walk);
}

/* One that does not parse fails when it is reached. */
static int walk_source(struct walk *walk, const pv_render_source *source)
{
	pv_jinja_template *template = NULL;
	int rc;

	if (!source->text.ptr)
		return PV_OK;
	if (walk->renderer->syntax == PV_SYNTAX_MUSTACHE)
		return walk_mustache(walk, source);
	walk->sees_context = source->sees_context;
	rc = pv_jinja_compile(&template, &walk->renderer->env, source->name,
			      source->text, NULL, NULL);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(walk->err);
	if (rc == PV_OK)
		rc = walk_template(walk, template);
	else
		rc = PV_OK;
	pv_jinja_template_free(template);
	return rc;
}

/* Variables that only includes need, and somebody may set. */
static void relax(struct walk *walk)
{
	pv_renderer *renderer = walk->renderer;

	for (size_t i = walk->own; i < renderer->variable_count; i++) {
		pv_render_variable *variable = &renderer->variables[i];
		pv_str name = { variable->name.u.s, variable->name.len };

		if (variable->need == PV_RENDER_SOFT &&
		    pv_map_find(&walk->stored, name))
			variable->need = PV_RENDER_QUIET;
	}
}

int pv_render_load_includes(pv_renderer *renderer, pv_error *err)
{
	struct walk walk = { .renderer = renderer,
			     .own = renderer->variable_count,
			     .sees_context = 1,
			     .err = err };
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < renderer->part_count; i++) {
		const pv_render_part *part = &renderer->parts[i];

		rc = part->mustache
			     ? pv_mustache_each_partial(part->mustache,
							each_partial, &walk)
			     : walk_template(&walk, part->template);
	}
	for (const pv_render_source *source = renderer->sources;
	     rc == PV_OK && source; source = source->next)
		rc = walk_source(&walk, source);
	if (rc == PV_OK)
		relax(&walk);
	pv_map_dispose(&walk.stored);
	return rc;
}
