/* SPDX-License-Identifier: MIT
 *
 * What the variables have to be before anything is rendered: the schema in
 * `input`, of all of them together, and what their declarations demand beyond
 * a type. All are held against one object, the values with defaults filled in,
 * so that each finding has a path that begins with the variable's name.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "jinja/filter/filters.h"
#include "jinja/value/build.h"
#include "prompt/model.h"

/* --- compiling ------------------------------------------------------------ */

/* `load` of a schema. */
static int load(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	const pv_render_loader *loader = payload;

	return loader->read ? loader->read(out, uri, loader->payload, err)
			    : PV_ENOTFOUND;
}

static int add(pv_renderer *renderer, const pv_buf *json, int is_input,
	       pv_error *err)
{
	pv_render_loader loader = { 0 };
	pv_schema_options opts = { .assert_formats = 1,
				   .load = load,
				   .payload = &loader };
	pv_render_shape *shape =
		pv_arena_calloc(&renderer->arena, sizeof(*shape));
	int rc;

	if (!shape)
		return pv_fail_nomem(err);
	if (renderer->opts.loader)
		loader = *renderer->opts.loader;
	rc = pv_schema_new(&shape->schema, pv_buf_text(json), json->len, &opts,
			   err);
	if (rc < 0)
		return rc;
	shape->is_input = is_input;
	shape->next = renderer->shapes;
	renderer->shapes = shape;
	return PV_OK;
}

/* Says of which prompt, and of what in it, the schema is none. */
static int fail_input(const pv_renderer *renderer, int rc, pv_error *err)
{
	const char *name = renderer->opts.name;
	pv_error why;

	if (!err || rc == PV_ENOMEM || rc == PV_ELIMIT)
		return rc;
	why = *err;
	pv_fail_id(err, PV_ERR_SCHEMA, "%.100s%sthe input is no schema: %s%s%s",
		   name ? name : "", name ? ": " : "", why.source,
		   why.source[0] ? ": " : "", why.message);
	return pv_error_hint(err, PV_ESCHEMA, "%.150s", why.hint);
}

int pv_render_add_input(pv_renderer *renderer, const pv_prompt *prompt,
			pv_error *err)
{
	const pv_yaml_node *input =
		pv_yaml_get(pv_yaml_root(prompt->doc), "input");
	pv_buf json = { 0 };
	int rc;

	if (!input || pv_node_is_null(pv_input_schema(input)))
		return PV_OK;
	rc = pv_yaml_to_json(&json, pv_input_schema(input), err);
	if (rc == PV_OK)
		rc = add(renderer, &json, 1, err);
	pv_buf_dispose(&json);
	return rc < 0 ? fail_input(renderer, rc, err) : PV_OK;
}

/* {"properties":{"name":{...}}} */
static int wrap(pv_buf *out, const char *name, const pv_buf *json, pv_error *err)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "properties");
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, name);
	pv_jsonw_raw(&w, pv_buf_text(json), json->len);
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
	return pv_buf_status(out, err);
}

/* What is no schema there is for the checks to tell: it renders nonetheless. */
int pv_render_add_declared(pv_renderer *renderer, const pv_prompt *prompt,
			   const char *name, pv_error *err)
{
	const pv_yaml_node *node =
		pv_yaml_get(pv_yaml_root(prompt->doc), "variables");
	pv_buf schema = { 0 };
	pv_buf json = { 0 };
	int rc = 0;

	node = node ? pv_yaml_get(node, name) : NULL;
	if (node)
		rc = pv_declared_schema(&schema, node, 0, err);
	if (rc > 0) {
		pv_buf_clear(&schema);
		rc = pv_declared_schema(&schema, node, 1, err);
	}
	if (rc > 0)
		rc = wrap(&json, name, &schema, err);
	if (rc == PV_OK && json.len)
		rc = add(renderer, &json, 0, err);
	pv_buf_dispose(&schema);
	pv_buf_dispose(&json);
	if (rc >= 0 || rc == PV_ENOMEM)
		return rc < 0 ? rc : PV_OK;
	pv_error_clear(err);
	return PV_OK;
}

void pv_render_free_shapes(pv_renderer *renderer)
{
	for (pv_render_shape *at = renderer->shapes; at; at = at->next)
		pv_schema_free(at->schema);
}

/* --- the values as data --------------------------------------------------- */

/* Those that are there: what is optional and was not given is undefined. */
static int put_values(pv_buf *out, pv_render_job *job)
{
	const pv_jinja_dict *values = job->values;
	char sign = '{';
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < values->used; i++) {
		const pv_jinja_entry *entry = &values->entries[i];

		if (pv_jinja_is_missing(entry->key) ||
		    entry->value.type == PV_JINJA_UNDEFINED)
			continue;
		pv_buf_putc(out, sign);
		sign = ',';
		rc = pv_jinja_put_json(out, &job->run, entry->key);
		pv_buf_putc(out, ':');
		if (rc == PV_OK)
			rc = pv_jinja_put_json(out, &job->run, entry->value);
	}
	pv_buf_puts(out, sign == '{' ? "{}" : "}");
	return rc < 0 ? pv_render_fail_run(job->err, &job->run, rc,
					   "the variables")
		      : pv_buf_status(out, job->err);
}

static int read_values(pv_schema_data **out, pv_render_job *job)
{
	pv_buf json = { .max = PV_CONTEXT_MAX_MEMORY };
	int rc;

	job->run.err = job->err;
	rc = put_values(&json, job);
	job->run.err = NULL;
	if (rc == PV_OK)
		rc = pv_schema_data_new(out, pv_buf_text(&json), json.len,
					job->err);
	pv_buf_dispose(&json);
	return rc;
}

/* --- texts ---------------------------------------------------------------- */

/* The variable that a pointer names, unless it leads into one; or "". */
static int read_name(pv_buf *out, const char *pointer, pv_error *err)
{
	pv_buf_clear(out);
	if (*pointer != '/' || strchr(pointer + 1, '/'))
		return PV_OK;
	for (const char *at = pointer + 1; *at; at++) {
		if (*at != '~')
			pv_buf_putc(out, *at);
		else if (*++at)
			pv_buf_putc(out, *at == '1' ? '/' : '~');
		else
			break;
	}
	return pv_buf_status(out, err);
}

/* 1 when a text became what it looks like: "3" a number. */
static int read_text(pv_render_job *job, const pv_buf *name)
{
	pv_str text = { pv_buf_text(name), name->len };
	const pv_render_variable *variable =
		pv_render_find_variable(job->renderer, text);
	const pv_jinja_value *given =
		pv_jinja_dict_find_text(job->values, text.ptr, text.len,
					pv_jinja_hash_text(text.ptr, text.len));
	pv_jinja_value key;
	pv_jinja_value value;
	int rc;

	if (!given || !pv_jinja_is_str(*given) ||
	    (variable && variable->is_declared))
		return 0;
	rc = pv_render_coerce(&value, &job->run,
			      "number|boolean|array|object|null", *given);
	if (rc <= 0)
		return rc;
	rc = pv_jinja_copy_text(&key, &job->run, text.ptr, text.len, 0);
	if (rc == PV_OK)
		rc = pv_jinja_dict_set(&job->run, job->values, key, value);
	return rc < 0 ? rc : 1;
}

/* On a command line everything is a text: 1 when one was meant otherwise. */
static int read_texts(pv_render_job *job, const pv_schema_result *result)
{
	pv_buf name = { 0 };
	int is_any = 0;
	int rc = PV_OK;

	for (size_t i = 0; rc >= 0 && i < pv_schema_result_count(result); i++) {
		const pv_schema_finding *at = pv_schema_result_at(result, i);

		if (strcmp(at->keyword, "type") != 0)
			continue;
		rc = read_name(&name, at->instance_path, job->err);
		if (rc == PV_OK && name.len)
			rc = read_text(job, &name);
		is_any |= rc > 0;
	}
	pv_buf_dispose(&name);
	if (rc < 0)
		return pv_render_fail_run(job->err, &job->run, rc,
					  "the variables");
	return is_any;
}

/* --- findings ------------------------------------------------------------- */

/* "/queue: `queue` must be one of billing, tech" */
static int tell(pv_render_job *job, const pv_schema_finding *at, int is_input)
{
	pv_buf message = { 0 };
	pv_buf hint = { 0 };
	int rc;

	if (*at->instance_path)
		pv_buf_printf(&message, "%s: ", at->instance_path);
	pv_buf_puts(&message, at->message);
	if (is_input)
		pv_buf_printf(&hint, "the prompt's input says so: %s",
			      at->schema_path);
	else
		pv_buf_puts(&hint, "the prompt declares the variable so");
	rc = pv_buf_status(&hint, job->err);
	if (rc == PV_OK)
		rc = pv_render_find(job, PV_SEVERITY_ERROR, "input-schema",
				    pv_buf_text(&hint), &message);
	pv_buf_dispose(&message);
	pv_buf_dispose(&hint);
	return rc;
}

/* Who allows variables to be missing gets them missing. */
static int is_allowed(const pv_render_job *job, const pv_schema_finding *at)
{
	return !job->renderer->is_strict && !*at->instance_path &&
	       strcmp(at->keyword, "required") == 0;
}

static int tell_all(pv_render_job *job, const pv_schema_result *result,
		    int is_input)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < pv_schema_result_count(result);
	     i++) {
		const pv_schema_finding *at = pv_schema_result_at(result, i);

		if (!is_allowed(job, at))
			rc = tell(job, at, is_input);
	}
	return rc;
}

/* What is held against the shapes. */
struct check {
	pv_render_job *job;
	pv_schema_data *data;
	pv_schema_result *result;
};

/* Infinity and half a character are values, and none of JSON. */
static int tell_unreadable(struct check *check)
{
	pv_error *err = check->job->err;
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "the variables cannot be written as JSON%s%s",
		      err ? ": " : "", err ? err->message : "");
	pv_error_clear(err);
	rc = pv_render_find(check->job, PV_SEVERITY_ERROR, "input-schema",
			    "the prompt says what they have to be", &message);
	pv_buf_dispose(&message);
	return rc;
}

/* `check->data` stays NULL when there is nothing to hold against a shape. */
static int reread(struct check *check)
{
	int rc;

	pv_schema_data_free(check->data);
	check->data = NULL;
	rc = read_values(&check->data, check->job);
	return rc == PV_ESYNTAX ? tell_unreadable(check) : rc;
}

/* PV_OK also when they do not fit. */
static int hold(struct check *check, const pv_render_shape *shape)
{
	int valid = 0;

	return pv_schema_validate(&valid, shape->schema, check->data,
				  check->result, check->job->err);
}

static int check_shape(struct check *check, const pv_render_shape *shape)
{
	int rc = hold(check, shape);

	if (rc == PV_OK && shape->is_input)
		rc = read_texts(check->job, check->result);
	if (rc > 0) {
		rc = reread(check);
		if (rc == PV_OK && check->data)
			rc = hold(check, shape);
	}
	return rc < 0 ? rc : tell_all(check->job, check->result, shape->is_input);
}

int pv_render_check_input(pv_render_job *job)
{
	struct check check = { .job = job };
	int rc = pv_schema_result_new(&check.result, job->err);

	if (rc == PV_OK)
		rc = reread(&check);
	for (const pv_render_shape *shape = job->renderer->shapes;
	     shape && check.data && rc == PV_OK; shape = shape->next)
		rc = check_shape(&check, shape);
	pv_schema_data_free(check.data);
	pv_schema_result_free(check.result);
	return rc;
}
