/* SPDX-License-Identifier: MIT
 *
 * See examples.h.
 */
#include "prompt/examples.h"

#include <string.h>

#include "prompt/render.h"

struct run {
	pv_cli *cli;
	const pv_interface *all;
	example it;
	example_fn *fn;
	void *payload;
	pv_renderer *renderer;
	pv_rendering *rendering;
	pv_buf message; /* of templates that do not compile */
};

/* Failures that are the prompt's, not the machine's. */
static int is_answer(int rc)
{
	return rc == PV_ERENDER || rc == PV_ESYNTAX || rc == PV_ESCHEMA ||
	       rc == PV_EINVALID || rc == PV_ELIMIT || rc == PV_EUNSUPPORTED;
}

static int tell(struct run *run, int rc, const pv_error *err)
{
	if (rc < 0 && !is_answer(rc)) {
		run->cli->err = *err;
		return rc;
	}
	run->it.err = rc < 0 ? err : NULL;
	run->it.why = run->message.len ? pv_buf_text(&run->message)
				       : render_why(err, run->rendering);
	return run->fn(&run->it, run->payload);
}

static int is_variable(const struct run *run, const char *name)
{
	for (size_t i = 0; i < pv_interface_count(run->all); i++)
		if (!strcmp(pv_interface_at(run->all, i)->variable.name, name))
			return 1;
	return 0;
}

/* A variable that the examples turned out to need, which has none; or NULL. */
static const char *find_lacking(const struct run *run, const pv_error *err)
{
	if (*run->it.one->name || err->id != PV_ERR_MISSING_VARIABLE)
		return NULL;
	for (size_t i = 0; i < pv_rendering_missing_count(run->rendering); i++) {
		const char *name = pv_rendering_missing(run->rendering, i)->name;

		if (is_variable(run, name))
			return name;
	}
	return NULL;
}

static int each_case(const pv_render_case *one, void *payload)
{
	struct run *run = payload;
	pv_render_case lacking = *one;
	pv_context *context = NULL;
	pv_error err = { 0 };
	int rc = PV_OK;

	run->it.one = one;
	run->it.is_skipped = one->lacking != NULL;
	if (!run->it.is_skipped) {
		rc = pv_context_new(&context, one->json, one->len, &err);
		if (rc == PV_OK)
			rc = pv_render(run->rendering, run->renderer, context,
				       &err);
		lacking.lacking = rc < 0 ? find_lacking(run, &err) : NULL;
		if (lacking.lacking) {
			run->it.one = &lacking;
			run->it.is_skipped = 1;
			rc = PV_OK;
		}
	}
	rc = tell(run, rc, &err);
	pv_context_free(context);
	return rc;
}

int examples_each(pv_cli *cli, const pv_point *at, const cli_prompt *entry,
		  example_fn *fn, void *payload)
{
	pv_prompt_tree tree = { cli->store, &cli->settings, *at };
	pv_render_loader loader = { pv_prompt_tree_load, &tree,
				    pv_prompt_tree_read };
	pv_render_options opts = { .name = entry->id, .loader = &loader };
	struct run run = { .cli = cli, .fn = fn, .payload = payload };
	pv_interface *all = NULL;
	pv_error err = { 0 };
	int rc;

	run.it.entry = entry;
	rc = pv_rendering_new(&run.rendering, &cli->err);
	if (rc < 0)
		return rc;
	run.it.rendering = run.rendering;
	opts.message = &run.message;
	rc = pv_renderer_new(&run.renderer, entry->prompt, &opts, &err);
	run.it.renderer = run.renderer;
	if (rc == PV_OK)
		rc = pv_interface_new(&all, entry->prompt, &loader, &err);
	run.all = all;
	if (rc < 0)
		rc = tell(&run, rc, &err);
	else
		rc = pv_render_case_each(entry->prompt, all, each_case, &run,
					 &cli->err);
	pv_interface_free(all);
	pv_renderer_free(run.renderer);
	pv_rendering_free(run.rendering);
	pv_buf_dispose(&run.message);
	return rc;
}

void examples_name(pv_buf *out, const pv_render_case *one)
{
	if (*one->name)
		pv_buf_printf(out, "test \"%.80s\"", one->name);
	else
		pv_buf_puts(out, "its examples");
}
