/* SPDX-License-Identifier: MIT
 *
 * A rendering: its memory, one render into it, and what it tells.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"

int pv_rendering_new(pv_rendering **out, pv_error *err)
{
	pv_rendering *rendering = pv_calloc(1, sizeof(*rendering));
	int rc;

	*out = NULL;
	if (!rendering)
		return pv_fail_nomem(err);
	rc = pv_report_new(&rendering->report, err);
	if (rc < 0) {
		pv_free(rendering);
		return rc;
	}
	*out = rendering;
	return PV_OK;
}

void pv_rendering_free(pv_rendering *rendering)
{
	if (!rendering)
		return;
	for (size_t i = 0; i < rendering->cap; i++)
		pv_buf_dispose(&rendering->contents[i]);
	pv_free(rendering->contents);
	pv_free(rendering->messages);
	pv_free(rendering->excerpt);
	pv_buf_dispose(&rendering->failure);
	pv_report_free(rendering->report);
	pv_arena_dispose(&rendering->arena);
	pv_free(rendering);
}

/* Forgets the last render, but not the memory of its texts. */
static int reset(pv_rendering *rendering, pv_error *err)
{
	pv_report *report;
	int rc;

	rendering->count = 0;
	rendering->missing = NULL;
	rendering->missing_count = 0;
	pv_free(rendering->excerpt);
	rendering->excerpt = NULL;
	pv_buf_clear(&rendering->failure);
	pv_arena_dispose(&rendering->arena);
	if (!pv_report_count(rendering->report))
		return PV_OK;
	rc = pv_report_new(&report, err);
	if (rc < 0)
		return rc;
	pv_report_free(rendering->report);
	rendering->report = report;
	return PV_OK;
}

static int make_room(pv_rendering *rendering, size_t count, pv_error *err)
{
	pv_rendered_message *messages;
	pv_buf *contents;

	if (count <= rendering->cap)
		return PV_OK;
	messages = pv_realloc(rendering->messages, count * sizeof(*messages));
	if (messages)
		rendering->messages = messages;
	contents = pv_realloc(rendering->contents, count * sizeof(*contents));
	if (contents)
		rendering->contents = contents;
	if (!messages || !contents)
		return pv_fail_nomem(err);
	memset(contents + rendering->cap, 0,
	       (count - rendering->cap) * sizeof(*contents));
	rendering->cap = count;
	return PV_OK;
}

static int render_parts(pv_render_job *job)
{
	const pv_renderer *renderer = job->renderer;
	pv_rendering *out = job->out;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < renderer->part_count; i++) {
		const pv_render_part *part = &renderer->parts[i];
		pv_buf *content = &out->contents[i];

		pv_buf_clear(content);
		rc = pv_render_part_text(content, job, part);
		out->messages[i] = (pv_rendered_message){
			.role = part->role,
			.id = part->id,
			.content = pv_buf_text(content),
			.len = content->len,
			.has_content = part->has_content,
			.name = part->speaker,
			.tool_calls_json = part->tool_calls_json,
			.tool_call_id = part->tool_call_id,
		};
	}
	return rc;
}

int pv_render(pv_rendering *out, const pv_renderer *renderer,
	      const pv_context *context, pv_error *err)
{
	static const pv_jinja_limits limits = PV_RENDER_VALUE_LIMITS;
	pv_render_job job = {
		.out = out, .renderer = renderer, .context = context, .err = err
	};
	int rc = reset(out, err);

	if (rc == PV_OK)
		rc = make_room(out, renderer->part_count, err);
	if (rc < 0)
		return rc;
	pv_jinja_run_init(&job.run, &job.arena, &renderer->env.settings, &limits);
	rc = pv_render_values(&job);
	if (rc == PV_OK)
		rc = render_parts(&job);
	if (rc == PV_OK && !renderer->is_strict)
		rc = pv_render_tell_missing(&job);
	if (rc == PV_OK)
		out->count = renderer->part_count;
	pv_jinja_run_dispose(&job.run);
	pv_arena_dispose(&job.arena);
	pv_free(job.missing);
	return rc;
}

size_t pv_rendering_count(const pv_rendering *rendering)
{
	return rendering->count;
}

const pv_rendered_message *pv_rendering_message(const pv_rendering *rendering,
						size_t idx)
{
	return idx < rendering->count ? &rendering->messages[idx] : NULL;
}

size_t pv_rendering_missing_count(const pv_rendering *rendering)
{
	return rendering->missing_count;
}

const pv_missing *pv_rendering_missing(const pv_rendering *rendering, size_t idx)
{
	return idx < rendering->missing_count ? &rendering->missing[idx] : NULL;
}

const pv_report *pv_rendering_report(const pv_rendering *rendering)
{
	return rendering->report;
}

const char *pv_rendering_failure(const pv_rendering *rendering)
{
	return pv_buf_text(&rendering->failure);
}

const char *pv_rendering_excerpt(const pv_rendering *rendering)
{
	return rendering->excerpt ? rendering->excerpt : "";
}
