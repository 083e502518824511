/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment route`: the variant of one unit, and the prompt it is to
 * see. The experiment's file and the prompt at one commit is all that is read.
 */
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment_files.h"
#include "experiment_variant.h"
#include "experiment_verbs.h"
#include "render.h"

struct route_options {
	const char *unit;
	cli_list context;
	cli_list values;
	cli_list vars;
	int is_explaining;
};

#define FIELD(name) offsetof(struct route_options, name)

static const cli_option options[] = {
	{ 0, "unit", CLI_STRING, FIELD(unit), "U",
	  "who or what is assigned, as the experiment's `unit` says" },
	{ 0, "context", CLI_LIST, FIELD(context), "NAME=VALUE",
	  "what is known of the request, for the targeting" },
	{ 0, "explain", CLI_FLAG, FIELD(is_explaining), NULL,
	  "say which slots and limits decided" },
	{ 0, "vars", CLI_LIST, FIELD(values), "FILE",
	  "render the prompt with variables: JSON or YAML, - for standard input" },
	{ 0, "var", CLI_LIST, FIELD(vars), "NAME=VALUE",
	  "render the prompt with this variable" },
	{ 0 },
};

#undef FIELD

const cli_usage experiment_route_usage = {
	.synopsis = { "git pv experiment route ID --unit U "
		      "[--context NAME=VALUE]... [--explain] [--vars FILE] "
		      "[--var NAME=VALUE]... [--json]" },
	.examples = { "git pv experiment route tone --unit u1 --json" },
	.options = options,
	.args = "route ID",
	.min_args = 2,
	.max_args = 2,
};

/* One answer on its way. */
struct job {
	pv_cli *cli;
	const struct route_options *opts;
	experiment_file file;
	pv_attribute *attributes;
	pv_strlist names; /* of attributes */
	pv_route route;
	experiment_prompt prompt;
	pv_buf version;
	render_call call; /* when there are variables */
	struct render_options how;
};

/* --- deciding ------------------------------------------------------------------ */

static int read_context(struct job *job)
{
	const cli_list *list = &job->opts->context;
	int rc = PV_OK;

	job->attributes = pv_calloc(list->count + 1, sizeof(*job->attributes));
	if (!job->attributes)
		return pv_fail_nomem(&job->cli->err);
	for (size_t i = 0; i < list->count && rc == PV_OK; i++) {
		const char *text = list->items[i].value;
		const char *equals = strchr(text, '=');

		if (!equals || equals == text)
			return cli_usage_error(job->cli,
					       "--context takes NAME=VALUE, not "
					       "\"%.80s\"",
					       text);
		rc = cli_check_utf8(job->cli, "a context", text, strlen(text));
		if (rc == PV_OK)
			rc = pv_strlist_addn(&job->names, text,
					     (size_t)(equals - text),
					     &job->cli->err);
		job->attributes[i].value = equals + 1;
	}
	for (size_t i = 0; i < job->names.count; i++)
		job->attributes[i].name = job->names.items[i];
	return rc;
}

static int draw(uint32_t *out, pv_cli *cli)
{
	uint64_t bits;

	if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return pv_fail(&cli->err, PV_EIO, "the system has no randomness");
	*out = (uint32_t)(bits % PV_SLOTS);
	return PV_OK;
}

static int decide(struct job *job)
{
	pv_route_request request = { .unit = job->opts->unit,
				     .unit_len = strlen(job->opts->unit),
				     .attributes = job->attributes,
				     .attribute_count = job->names.count,
				     .now = pv_clock_now(NULL) };
	const pv_experiment *it = job->file.it;
	int rc = pv_assign_plan_check(&it->plan, &job->cli->err);

	if (rc == PV_OK && it->strategy == PV_STRATEGY_RANDOM)
		rc = draw(&request.random, job->cli);
	if (rc == PV_OK)
		pv_experiment_route(&job->route, it, &request);
	return rc;
}

static int find_prompt(struct job *job)
{
	pv_cli *cli = job->cli;
	int rc = experiment_prompt_read(&job->prompt, cli, job->file.it,
					job->route.variant);

	if (rc == PV_OK && cli->json)
		rc = cli_prompt_version(&job->version, cli, &job->prompt.spec);
	return rc;
}

/* --- rendering ------------------------------------------------------------------ */

static int render(struct job *job)
{
	pv_render_options opts = { .name = job->file.it->prompt };
	render_call *call = &job->call;
	pv_context *context = NULL;
	pv_cli *cli = job->cli;
	int rc;

	job->how.vars = job->opts->vars;
	job->how.values = job->opts->values;
	call->cli = cli;
	call->opts = &job->how;
	call->tree.store = cli->store;
	call->tree.settings = &cli->settings;
	call->tree.at = job->prompt.spec.at;
	call->loader.load = pv_prompt_tree_load;
	call->loader.read = pv_prompt_tree_read;
	call->loader.payload = &call->tree;
	opts.loader = &call->loader;
	opts.excerpt = &cli->details;
	opts.message = &cli->message;
	rc = pv_settings_at(&cli->settings, cli->store, &call->tree.at,
			    &cli->err);
	if (rc == PV_OK)
		rc = pv_rendering_new(&call->rendering, &cli->err);
	if (rc == PV_OK)
		rc = pv_renderer_new(&call->renderer, job->prompt.entry.prompt,
				     &opts, &cli->err);
	if (rc == PV_OK)
		rc = render_values(&context, call);
	if (rc == PV_OK) {
		rc = pv_render(call->rendering, call->renderer, context,
			       &cli->err);
		if (rc < 0)
			rc = render_explain(call, rc);
	}
	pv_context_free(context);
	return rc;
}

/* --- printing --------------------------------------------------------------------- */

static void put_slot(pv_jsonw *w, const char *key, int32_t slot)
{
	pv_jsonw_key(w, key);
	if (slot < 0)
		pv_jsonw_null(w);
	else
		pv_jsonw_int(w, slot);
}

static void put_explanation(pv_jsonw *w, const struct job *job)
{
	const pv_assign_plan *plan = &job->file.it->plan;
	const pv_assignment *it = &job->route.assignment;
	int is_asked = job->route.reason == PV_ROUTE_ASSIGNED ||
		       job->route.reason == PV_ROUTE_RANDOM;

	pv_jsonw_key(w, "explain");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "salt", plan->salt);
	put_slot(w, "slot_layer", is_asked ? it->slot_layer : -1);
	put_slot(w, "slot_exposure", is_asked ? it->slot_exposure : -1);
	put_slot(w, "slot_variant", is_asked ? it->slot_variant : -1);
	put_slot(w, "exposed_below", (int32_t)plan->coverage_ppm);
	pv_jsonw_key(w, "ranges");
	pv_jsonw_array(w);
	for (size_t i = 0; i < plan->slots->count; i++) {
		const pv_slot_range *range = &plan->slots->ranges[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "variant",
				job->file.it->variants[range->variant].name);
		put_slot(w, "from", (int32_t)range->begin);
		put_slot(w, "below", (int32_t)range->end);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_object_end(w);
}

static void put_segment(pv_jsonw *w, const struct job *job)
{
	pv_jsonw_key(w, "segment");
	pv_jsonw_object(w);
	for (size_t i = 0; i < job->names.count; i++)
		pv_jsonw_member(w, job->attributes[i].name,
				job->attributes[i].value);
	pv_jsonw_object_end(w);
}

static void print_json(const struct job *job)
{
	const pv_experiment *it = job->file.it;
	const pv_experiment_variant *variant = &it->variants[job->route.variant];
	pv_jsonw w;

	pv_jsonw_init(&w, &job->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "experiment", it->id);
	pv_jsonw_member(&w, "variant", variant->name);
	pv_jsonw_member(&w, "reason", pv_route_reason_name(&job->route));
	pv_jsonw_key(&w, "assigned");
	pv_jsonw_bool(&w, job->route.is_in);
	pv_jsonw_member(&w, "unit", job->opts->unit);
	put_slot(&w, "slot", job->route.slot);
	put_slot(&w, "epoch", job->route.is_in ? (int32_t)it->plan.epoch : -1);
	pv_jsonw_member(&w, "prompt", it->prompt);
	pv_jsonw_member(&w, "spec", variant->spec);
	pv_jsonw_member(&w, "version", pv_buf_text(&job->version));
	pv_jsonw_member(&w, "commit", job->prompt.spec.at.commit.hex);
	pv_jsonw_member(&w, "revision", job->file.blob.hex);
	pv_jsonw_key(&w, "set");
	pv_jsonw_object(&w);
	for (size_t i = 0; i < variant->set_count; i++)
		cli_raw_json(&w, variant->sets[i].path, variant->sets[i].json);
	pv_jsonw_object_end(&w);
	put_segment(&w, job);
	if (job->opts->is_explaining)
		put_explanation(&w, job);
	if (job->call.renderer)
		render_members(&w, job->call.renderer, job->call.rendering, -1);
	pv_jsonw_object_end(&w);
}

static void print_text(const struct job *job)
{
	const pv_experiment *it = job->file.it;
	pv_cli *cli = job->cli;
	const pv_assignment *at = &job->route.assignment;

	if (job->call.renderer) {
		render_text(cli, job->call.renderer, job->call.rendering, 1);
		return;
	}
	cli_printf(cli, "%s (%s)  ", it->variants[job->route.variant].name,
		   pv_route_reason_name(&job->route));
	cli_line(cli, it->variants[job->route.variant].spec);
	cli_printf(cli, " %.7s\n", job->prompt.spec.at.commit.hex);
	if (!job->opts->is_explaining)
		return;
	cli_printf(cli, "salt      %s\n", it->plan.salt);
	if (at->slot_layer >= 0)
		cli_printf(cli, "layer     slot %d\n", at->slot_layer);
	if (at->slot_exposure >= 0)
		cli_printf(cli, "exposure  slot %d, exposed below %u\n",
			   at->slot_exposure, it->plan.coverage_ppm);
	if (at->slot_variant >= 0)
		cli_printf(cli, "variant   slot %d\n", at->slot_variant);
}

static int run(struct job *job, const char *id)
{
	int wants_text = job->opts->values.count || job->opts->vars.count;
	int rc = cli_check_utf8(job->cli, "--unit", job->opts->unit,
				strlen(job->opts->unit));

	if (rc == PV_OK)
		rc = experiment_file_read(&job->file, job->cli, id);
	if (rc == PV_OK)
		rc = read_context(job);
	if (rc == PV_OK)
		rc = decide(job);
	if (rc == PV_OK)
		rc = find_prompt(job);
	if (rc == PV_OK && wants_text)
		rc = render(job);
	if (rc == PV_OK && job->cli->json)
		print_json(job);
	else if (rc == PV_OK)
		print_text(job);
	return rc;
}

static void dispose(struct job *job)
{
	pv_rendering_free(job->call.rendering);
	pv_renderer_free(job->call.renderer);
	experiment_file_dispose(&job->file);
	experiment_prompt_dispose(&job->prompt);
	pv_strlist_dispose(&job->names);
	pv_free(job->attributes);
	pv_buf_dispose(&job->version);
}

int experiment_route(pv_cli *cli, int argc, char **argv)
{
	struct route_options opts = { 0 };
	struct job job = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK && !opts.unit)
		rc = cli_usage_error(cli, "route needs --unit U");
	else if (rc == PV_OK)
		rc = run(&job, argv[1]);
	dispose(&job);
	cli_list_dispose(&opts.context);
	cli_list_dispose(&opts.values);
	cli_list_dispose(&opts.vars);
	return rc;
}
