/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment route`: the variant of one unit, and the prompt it is to
 * see. The experiment's file and the prompt at one commit is all that is read;
 * of many units, each prompt once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment/experiment_files.h"
#include "experiment/experiment_units.h"
#include "experiment/experiment_variant.h"
#include "experiment/experiment_verbs.h"
#include "prompt/render.h"

struct route_options {
	const char *unit;
	cli_list context;
	cli_list values;
	cli_list vars;
	const char *sticky;
	int is_explaining;
	int is_stdin;
	int inactive_ok;
};

#define FIELD(name) offsetof(struct route_options, name)

static const cli_option options[] = {
	{ 0, "unit", CLI_STRING, FIELD(unit), "U",
	  "who or what is assigned, as the experiment's `unit` says" },
	{ 0, "stdin", CLI_FLAG, FIELD(is_stdin), NULL,
	  "read units from standard input, one a line" },
	{ 0, "context", CLI_LIST, FIELD(context), "NAME=VALUE",
	  "what is known of the request, for the targeting" },
	{ 0, "sticky", CLI_STRING, FIELD(sticky), "VARIANT@EPOCH",
	  "what the unit was given before, which it keeps" },
	{ 0, "explain", CLI_FLAG, FIELD(is_explaining), NULL,
	  "say which slots and limits decided" },
	{ 0, "vars", CLI_LIST, FIELD(values), "FILE",
	  "render the prompt with variables: JSON or YAML, - for standard input" },
	{ 0, "var", CLI_LIST, FIELD(vars), "NAME=VALUE",
	  "render the prompt with this variable" },
	{ 0, "inactive-ok", CLI_FLAG, FIELD(inactive_ok), NULL,
	  "also where the prompt says active: false" },
	{ 0 },
};

#undef FIELD

const cli_usage experiment_route_usage = {
	.synopsis = { "git pv experiment route ID --unit U "
		      "[--context NAME=VALUE]... [--sticky VARIANT@EPOCH] "
		      "[--explain] [--vars FILE] "
		      "[--var NAME=VALUE]... [--inactive-ok] [--json]",
		      "git pv experiment route ID --stdin "
		      "[--context NAME=VALUE]... [--explain] [--inactive-ok] "
		      "[--json]" },
	.examples = { "git pv experiment route tone --unit u1 --json",
		      "git pv experiment route tone --stdin < users.txt" },
	.options = options,
	.args = "route ID",
	.min_args = 2,
	.max_args = 2,
};

/* What is known of a request; `{ 0 }` is nothing. */
struct context {
	pv_strlist names;
	pv_strlist values;
	pv_attribute *attributes; /* of both */
};

/* The prompt of a variant. */
struct arm {
	experiment_prompt prompt;
	pv_buf version; /* "": not asked for */
	int is_read;
};

/* Answers on their way. */
struct job {
	pv_cli *cli;
	const struct route_options *opts;
	experiment_file file;
	struct context given; /* by options, for all units */
	struct arm *arms;     /* by variant */
	const char *unit;
	const struct context *context; /* of this unit, as `sticky` */
	pv_sticky sticky;
	int is_sticky;
	pv_route route;
	const struct arm *arm;
	size_t count;     /* of units */
	render_call call; /* when there are variables */
	struct render_options how;
};

/* --- what is known ------------------------------------------------------------- */

static int context_add(struct context *to, pv_cli *cli, pv_str name,
		       const char *value)
{
	int rc = cli_check_utf8(cli, "a context", value, strlen(value));

	if (rc == PV_OK)
		rc = pv_strlist_addn(&to->names, name.ptr, name.len, &cli->err);
	return rc == PV_OK ? pv_strlist_add(&to->values, value, &cli->err) : rc;
}

static int context_finish(struct context *to, pv_cli *cli)
{
	size_t count = to->names.count;

	to->attributes = pv_calloc(count + 1, sizeof(*to->attributes));
	if (!to->attributes)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < count; i++) {
		to->attributes[i].name = to->names.items[i];
		to->attributes[i].value = to->values.items[i];
	}
	return PV_OK;
}

static void context_dispose(struct context *old)
{
	pv_strlist_dispose(&old->names);
	pv_strlist_dispose(&old->values);
	pv_free(old->attributes);
}

static int has_name(const struct context *it, pv_str name)
{
	for (size_t i = 0; i < it->names.count; i++)
		if (strlen(it->names.items[i]) == name.len &&
		    memcmp(it->names.items[i], name.ptr, name.len) == 0)
			return 1;
	return 0;
}

static int read_context(struct job *job)
{
	const cli_list *list = &job->opts->context;
	pv_cli *cli = job->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < list->count && rc == PV_OK; i++) {
		const char *text = list->items[i].value;
		const char *equals = strchr(text, '=');
		pv_str name = { text, equals ? (size_t)(equals - text) : 0 };

		if (!name.len)
			return cli_usage_error(cli,
					       "--context takes NAME=VALUE, not "
					       "\"%.80s\"",
					       text);
		rc = cli_check_utf8(cli, "a context", text, name.len);
		if (rc == PV_OK && has_name(&job->given, name))
			rc = cli_usage_error(cli,
					     "--context says twice what "
					     "\"%.*s\" is",
					     (int)(name.len < 80 ? name.len : 80),
					     name.ptr);
		if (rc == PV_OK)
			rc = context_add(&job->given, cli, name, equals + 1);
	}
	return rc == PV_OK ? context_finish(&job->given, cli) : rc;
}

/* A line that is being added to a context. */
struct addition {
	struct context *to;
	pv_cli *cli;
};

/* As few digits as give it back: 2.9, which ranges and segments take as text. */
static int put_number(pv_buf *out, double value, pv_error *err)
{
	char text[32];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value))
			break;
	}
	pv_buf_puts(out, text);
	/* 3.0 stays what it was. */
	if (!strpbrk(text, ".en"))
		pv_buf_puts(out, ".0");
	return pv_buf_status(out, err);
}

static int add_member(const char *key, const pv_json *member, void *payload)
{
	const struct addition *it = payload;
	enum pv_json_type type = pv_json_type_of(member);
	size_t len = 0;
	const char *text = pv_json_text(member, &len);
	pv_str name = { key, strlen(key) };
	pv_buf json = { 0 };
	int rc = PV_OK;

	if (!name.len || type < PV_JSON_BOOL || type > PV_JSON_STRING ||
	    (text && strlen(text) != len))
		return pv_fail(&it->cli->err, PV_EINVALID,
			       "context \"%.80s\" is no text, number or truth "
			       "value with a name",
			       key);
	if (type == PV_JSON_REAL)
		rc = put_number(&json, pv_json_real(member, 0), &it->cli->err);
	else if (!text)
		rc = pv_json_dump(&json, member, &it->cli->err);
	if (rc == PV_OK)
		rc = context_add(it->to, it->cli, name,
				 text ? text : pv_buf_text(&json));
	pv_buf_dispose(&json);
	return rc;
}

/* What a line says counts more than what options say of all. */
static int join_context(struct context *out, struct job *job, const pv_json *line)
{
	const struct context *given = &job->given;
	struct addition addition = { out, job->cli };
	int rc = pv_json_each(line, add_member, &addition);

	for (size_t i = 0; i < given->names.count && rc == PV_OK; i++) {
		const char *name = given->names.items[i];

		if (!pv_json_get(line, name))
			rc = context_add(out, job->cli,
					 (pv_str){ name, strlen(name) },
					 given->values.items[i]);
	}
	return rc == PV_OK ? context_finish(out, job->cli) : rc;
}

/* --- what it was given before ------------------------------------------------- */

static int take_sticky(struct job *job, pv_str name, int64_t epoch)
{
	const pv_experiment *it = job->file.it;
	size_t i = 0;

	while (i < it->variant_count && !pv_str_is(name, it->variants[i].name))
		i++;
	if (i == it->variant_count)
		return pv_fail(&job->cli->err, PV_EINVALID,
			       "experiment \"%.60s\" has no variant \"%.*s\"",
			       it->id, (int)(name.len < 60 ? name.len : 60),
			       name.ptr);
	if (epoch < 1 || epoch > (int64_t)it->epoch_count)
		return pv_fail(&job->cli->err, PV_EINVALID,
			       "experiment \"%.60s\" has no epoch %lld", it->id,
			       (long long)epoch);
	job->sticky = (pv_sticky){ (uint32_t)i, (uint32_t)epoch };
	job->is_sticky = 1;
	return PV_OK;
}

/* "concise@1" */
static int read_sticky(struct job *job, const char *text)
{
	const char *at = strrchr(text, '@');
	pv_json_doc *doc = NULL;
	int64_t epoch = 0;

	if (at && pv_json_parse(&doc, at + 1, strlen(at + 1), NULL) == PV_OK)
		epoch = pv_json_int(pv_json_root(doc), 0);
	pv_json_free(doc);
	if (epoch < 1)
		return cli_usage_error(job->cli,
				       "--sticky takes VARIANT@EPOCH, not "
				       "\"%.80s\"",
				       text);
	return take_sticky(job, (pv_str){ text, (size_t)(at - text) }, epoch);
}

/*
 * The object of a line, which may be all that was answered before: without an
 * epoch the unit took no part.
 */
static int join_sticky(struct job *job, const pv_json *sticky)
{
	const pv_json *epoch = pv_json_get(sticky, "epoch");
	pv_str name = { NULL, 0 };

	job->is_sticky = 0;
	if (!epoch || pv_json_type_of(epoch) == PV_JSON_NULL)
		return PV_OK;
	name.ptr = pv_json_text(pv_json_get(sticky, "variant"), &name.len);
	if (!name.ptr)
		return pv_fail(&job->cli->err, PV_EINVALID,
			       "\"sticky\" has no \"variant\", which is a text");
	return take_sticky(job, name,
			   pv_json_type_of(epoch) == PV_JSON_INT
				   ? pv_json_int(epoch, 0)
				   : 0);
}

/* --- deciding ------------------------------------------------------------------ */

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
	pv_route_request request = { .unit = job->unit,
				     .unit_len = strlen(job->unit),
				     .attributes = job->context->attributes,
				     .attribute_count = job->context->names.count,
				     .sticky = job->is_sticky ? &job->sticky
							      : NULL,
				     .now = pv_clock_now(NULL) };
	const pv_experiment *it = job->file.it;
	int rc = PV_OK;

	if (it->strategy == PV_STRATEGY_RANDOM)
		rc = draw(&request.random, job->cli);
	if (rc == PV_OK)
		pv_experiment_route(&job->route, it, &request);
	return rc;
}

static int find_prompt(struct job *job)
{
	struct arm *arm = &job->arms[job->route.variant];
	pv_cli *cli = job->cli;
	int rc = PV_OK;

	job->arm = arm;
	if (arm->is_read)
		return PV_OK;
	arm->prompt.allows_inactive = job->opts->inactive_ok;
	rc = experiment_prompt_read(&arm->prompt, cli, job->file.it,
				    job->route.variant);
	if (rc == PV_OK && (cli->json || job->opts->is_stdin))
		rc = cli_prompt_version(&arm->version, cli, &arm->prompt.spec);
	arm->is_read = rc == PV_OK;
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
	call->tree.at = job->arm->prompt.spec.at;
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
		rc = pv_renderer_new(&call->renderer,
				     job->arm->prompt.entry.prompt, &opts,
				     &cli->err);
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
	for (size_t i = 0; i < job->context->names.count; i++)
		pv_jsonw_member(w, job->context->names.items[i],
				job->context->values.items[i]);
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
	pv_jsonw_member(&w, "unit", job->unit);
	put_slot(&w, "slot", job->route.slot);
	put_slot(&w, "epoch",
		 job->route.is_in ? (int32_t)job->route.assignment.epoch : -1);
	pv_jsonw_member(&w, "prompt", it->prompt);
	pv_jsonw_member(&w, "spec", variant->spec);
	pv_jsonw_member(&w, "version", pv_buf_text(&job->arm->version));
	pv_jsonw_member(&w, "commit", job->arm->prompt.spec.at.commit.hex);
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
	cli_printf(cli, " %.7s\n", job->arm->prompt.spec.at.commit.hex);
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

/* --- the verb --------------------------------------------------------------------- */

static int route_one(struct job *job)
{
	int wants_text = job->opts->values.count || job->opts->vars.count;
	int rc;

	job->unit = job->opts->unit;
	job->context = &job->given;
	rc = job->opts->sticky ? read_sticky(job, job->opts->sticky) : PV_OK;
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

/* The frame ends a document of --json with a newline, so the last is not here. */
static void print_line(struct job *job)
{
	pv_buf *out = &job->cli->out;

	if (job->cli->json && job->count)
		pv_buf_putc(out, '\n');
	print_json(job);
	if (!job->cli->json)
		cli_puts(job->cli, "\n");
	job->count++;
}

static int route_line(const char *unit, const pv_json *more, void *payload)
{
	const pv_json *context = pv_json_get(more, "context");
	struct job *job = payload;
	struct context joined = { { 0 } };
	int rc = PV_OK;

	job->unit = unit;
	job->context = &job->given;
	if (context && pv_json_type_of(context) != PV_JSON_NULL) {
		rc = join_context(&joined, job, context);
		job->context = &joined;
	}
	if (rc == PV_OK)
		rc = join_sticky(job, pv_json_get(more, "sticky"));
	if (rc == PV_OK)
		rc = decide(job);
	if (rc == PV_OK)
		rc = find_prompt(job);
	if (rc == PV_OK)
		print_line(job);
	context_dispose(&joined);
	return rc == PV_OK ? pv_buf_status(&job->cli->out, &job->cli->err) : rc;
}

static int run(struct job *job, const char *id)
{
	const char *unit = job->opts->unit;
	pv_cli *cli = job->cli;
	int rc = unit ? cli_check_utf8(cli, "--unit", unit, strlen(unit)) : PV_OK;

	if (rc == PV_OK)
		rc = experiment_file_read(&job->file, cli, id);
	if (rc == PV_OK)
		rc = pv_assign_plan_check(&job->file.it->plan, &cli->err);
	if (rc == PV_OK)
		rc = read_context(job);
	if (rc != PV_OK)
		return rc;
	job->arms = pv_calloc(job->file.it->variant_count, sizeof(*job->arms));
	if (!job->arms)
		return pv_fail_nomem(&cli->err);
	return unit ? route_one(job)
		    : experiment_units_each(cli, route_line, job);
}

static void dispose(struct job *job)
{
	pv_rendering_free(job->call.rendering);
	pv_renderer_free(job->call.renderer);
	for (size_t i = 0; job->arms && i < job->file.it->variant_count; i++) {
		experiment_prompt_dispose(&job->arms[i].prompt);
		pv_buf_dispose(&job->arms[i].version);
	}
	pv_free(job->arms);
	experiment_file_dispose(&job->file);
	context_dispose(&job->given);
}

static int check_options(pv_cli *cli, const struct route_options *opts)
{
	if (!opts->unit == !opts->is_stdin)
		return cli_usage_error(cli, "route needs --unit U, or --stdin");
	if (opts->is_stdin && opts->sticky)
		return cli_usage_error(cli, "--sticky is of one unit: lines of "
					    "--stdin have a \"sticky\" of "
					    "their own");
	if (opts->is_stdin && (opts->values.count || opts->vars.count))
		return cli_usage_error(cli, "--stdin renders nothing: it takes "
					    "no variables");
	return PV_OK;
}

int experiment_route(pv_cli *cli, int argc, char **argv)
{
	struct route_options opts = { 0 };
	struct job job = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = check_options(cli, &opts);
	if (rc == PV_OK)
		rc = run(&job, argv[1]);
	dispose(&job);
	cli_list_dispose(&opts.context);
	cli_list_dispose(&opts.values);
	cli_list_dispose(&opts.vars);
	return rc;
}
