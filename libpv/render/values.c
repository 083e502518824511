/* SPDX-License-Identifier: MIT
 *
 * From what the caller gave to what templates get: values of the declared
 * types, defaults for what is absent. Containers are copied, since templates
 * may change them; texts are borrowed.
 *
 * A variable that nothing requires and nobody gave is undefined in the lenient
 * way even where undefined variables are strict: a prompt may ask for it and
 * print it.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"

int pv_render_find(pv_render_job *job, enum pv_severity severity,
		   const char *rule, const char *hint, const pv_buf *message)
{
	const char *file = job->renderer->opts.name;
	pv_finding finding = { .severity = severity,
			       .rule = rule,
			       .file = file ? file : "",
			       .message = pv_buf_text(message),
			       .hint = hint };

	int rc = pv_buf_status(message, job->err);

	return rc < 0 ? rc : pv_report_add(job->out->report, &finding, job->err);
}

/* "an integer", "array or null": a declared type in words. */
static void put_type(pv_buf *out, const char *type)
{
	pv_buf_puts(out, strchr("aeiou", *type) ? "an " : "a ");
	for (; *type; type++)
		if (*type == '|')
			pv_buf_puts(out, " or ");
		else
			pv_buf_putc(out, *type);
}

/* What was given, shortly. */
static void put_value(pv_buf *out, pv_jinja_value value)
{
	enum {
		SHOWN = 40
	};
	size_t len = value.len;

	if (!pv_jinja_is_str(value)) {
		pv_buf_printf(out, "it is %s", pv_render_kind_name(value));
		return;
	}
	if (len > SHOWN)
		for (len = SHOWN; len && (value.u.s[len] & 0xC0) == 0x80;)
			len--;
	pv_buf_puts(out, "it is \"");
	pv_buf_put(out, value.u.s, len);
	pv_buf_printf(out, "%s\"", len < value.len ? "..." : "");
}

static int find_wrong_type(pv_render_job *job, const pv_render_variable *variable,
			   pv_jinja_value value, const char *whose)
{
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "%svariable \"%.100s\" has to be ", whose,
		      variable->name.u.s);
	put_type(&message, variable->type);
	pv_buf_puts(&message, ", and ");
	put_value(&message, value);
	rc = pv_render_find(job, PV_SEVERITY_ERROR, "variable-type",
			    "the prompt declares the type", &message);
	pv_buf_dispose(&message);
	return rc;
}

static int find_unknown(pv_render_job *job, pv_jinja_value name)
{
	int refuses = job->renderer->opts.refuses_unknown;
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "variable \"%.*s\" is not used by the prompt",
		      (int)(name.len > 100 ? 100 : name.len), name.u.s);
	rc = pv_render_find(job,
			    refuses ? PV_SEVERITY_ERROR : PV_SEVERITY_WARNING,
			    "unknown-variable",
			    "git pv vars lists its variables", &message);
	pv_buf_dispose(&message);
	return rc;
}

static int set(pv_render_job *job, pv_jinja_value name, pv_jinja_value value)
{
	pv_jinja_value copy;
	int rc = pv_jinja_copy(&copy, &job->run, value);

	return rc < 0 ? rc
		      : pv_jinja_dict_set(&job->run, job->values, name, copy);
}

/* One that the caller gave. */
static int take(pv_render_job *job, const pv_jinja_entry *entry)
{
	pv_str name = { entry->key.u.s, entry->key.len };
	const pv_render_variable *variable =
		pv_render_find_variable(job->renderer, name);
	pv_jinja_value value = entry->value;
	int rc;

	if (variable) {
		rc = pv_render_coerce(&value, &job->run, variable->type,
				      entry->value);
		if (rc == 0)
			return find_wrong_type(job, variable, entry->value, "");
	} else if (job->renderer->is_prompt && !job->renderer->is_dynamic) {
		rc = find_unknown(job, entry->key);
	} else {
		rc = PV_OK;
	}
	return rc < 0 ? rc : set(job, entry->key, value);
}

/* One that the caller did not give. */
static int fill(pv_render_job *job, const pv_render_variable *variable)
{
	pv_jinja_value value = { .type = PV_JINJA_UNDEFINED };

	if (variable->is_unfit)
		return find_wrong_type(job, variable, variable->fallback,
				       "the default of ");
	if (!pv_jinja_is_missing(variable->fallback))
		return set(job, variable->name, variable->fallback);
	if (variable->need == PV_RENDER_HARD)
		job->is_missing = 1;
	if (variable->need != PV_RENDER_OPTIONAL || !job->renderer->is_strict)
		return PV_OK;
	value.flags = PV_JINJA_UNDEFINED_DEFAULT;
	value.u.undefined = &variable->absent;
	return set(job, variable->name, value);
}

int pv_render_is_given(const pv_render_job *job,
		       const pv_render_variable *variable)
{
	return job->context &&
	       pv_jinja_dict_find_text(job->context->dict, variable->name.u.s,
				       variable->name.len, variable->hash);
}

static int collect(pv_render_job *job)
{
	const pv_renderer *renderer = job->renderer;
	const pv_jinja_dict *given = job->context ? job->context->dict : NULL;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && given && i < given->used; i++)
		if (!pv_jinja_is_missing(given->entries[i].key))
			rc = take(job, &given->entries[i]);
	for (size_t i = 0; rc == PV_OK && i < renderer->variable_count; i++)
		if (!pv_render_is_given(job, &renderer->variables[i]))
			rc = fill(job, &renderer->variables[i]);
	return rc;
}

static int fail_findings(const pv_render_job *job)
{
	const pv_report *report = job->out->report;
	size_t count = pv_report_count_at(report, PV_SEVERITY_ERROR);
	const char *name = job->renderer->opts.name;
	size_t first = 0;
	int rc;

	while (pv_report_at(report, first)->severity != PV_SEVERITY_ERROR)
		first++;
	rc = pv_fail_id(job->err, PV_ERR_VALIDATION, "%.100s%s%.150s",
			name ? name : "", name ? ": " : "",
			pv_report_at(report, first)->message);
	if (count > 1)
		return pv_error_hint(job->err, rc,
				     "%zu things are wrong in all", count);
	return pv_error_hint(job->err, rc, "%.150s",
			     pv_report_at(report, first)->hint);
}

int pv_render_values(pv_render_job *job)
{
	size_t given = job->context ? job->context->dict->count : 0;
	int rc;

	job->run.err = job->err;
	rc = pv_jinja_dict_new(&job->values, &job->run,
			       given + job->renderer->variable_count);
	if (rc == PV_OK)
		rc = collect(job);
	job->run.err = NULL;
	if (rc < 0)
		return pv_render_fail_run(job->err, &job->run, rc,
					  "the variables");
	if (job->is_missing && job->renderer->is_strict)
		return pv_render_fail_missing(job);
	if (job->renderer->shapes &&
	    !pv_report_count_at(job->out->report, PV_SEVERITY_ERROR))
		rc = pv_render_check_input(job);
	if (rc == PV_OK && pv_report_count_at(job->out->report, PV_SEVERITY_ERROR))
		return fail_findings(job);
	return rc;
}
