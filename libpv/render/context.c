/* SPDX-License-Identifier: MIT
 *
 * Variables given to renders. Everything lies in the context's arena, so a
 * value that is replaced costs memory until the context is freed.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "jinja/value/build.h"
#include "jinja/value/json.h"

int pv_render_fail_run(pv_error *err, const pv_jinja_run *run, int rc,
		       const char *what)
{
	if (rc == PV_ERENDER)
		return pv_fail(err, PV_EINVALID, "%s: %.150s", what,
			       run->raised.message);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	return rc;
}

const char *pv_render_kind_name(pv_jinja_value value)
{
	static const char *const names[PV_JINJA_TYPES] = {
		[PV_JINJA_NONE] = "null",      [PV_JINJA_BOOL] = "a boolean",
		[PV_JINJA_INT] = "a number",   [PV_JINJA_BIG] = "a number",
		[PV_JINJA_FLOAT] = "a number", [PV_JINJA_STR] = "a text",
		[PV_JINJA_LIST] = "a list",    [PV_JINJA_DICT] = "a mapping",
	};

	return names[value.type] ? names[value.type] : "another value";
}

static int check_text(const char *what, const char *text, size_t len,
		      pv_error *err)
{
	size_t bad = pv_utf8_valid(text, len);

	if (bad < len) {
		(void)pv_fail(err, PV_EINVALID,
			      "%s: not UTF-8, bad byte at offset %zu", what, bad);
		return pv_error_hint(err, PV_EINVALID,
				     "convert it, e.g. with iconv");
	}
	if (len > UINT32_MAX)
		return pv_fail(err, PV_ELIMIT, "%s: more than 4 GiB", what);
	return PV_OK;
}

/* The value of a JSON text, which is copied: strings borrow from it. */
static int read_json(pv_jinja_value *out, pv_context *context, const char *what,
		     pv_str json, pv_error *err)
{
	char *copy;
	int rc = check_text(what, json.ptr, json.len, err);

	*out = pv_jinja_missing();
	if (rc < 0)
		return rc;
	copy = pv_arena_dup(&context->arena, json.ptr, json.len);
	if (!copy)
		return pv_fail_nomem(err);
	context->run.err = err;
	context->run.steps_left = context->run.limits.steps;
	rc = pv_jinja_read_json(out, &context->run, copy, json.len);
	context->run.err = NULL;
	if (rc < 0)
		rc = pv_render_fail_run(err, &context->run, rc, what);
	return rc;
}

static int add_all(pv_context *context, pv_jinja_dict *dict, pv_error *err)
{
	int rc = PV_OK;

	if (!context->dict || !context->dict->count) {
		context->dict = dict;
		return PV_OK;
	}
	context->run.err = err;
	for (size_t i = 0; rc == PV_OK && i < dict->used; i++)
		if (!pv_jinja_is_missing(dict->entries[i].key))
			rc = pv_jinja_dict_set(&context->run, context->dict,
					       dict->entries[i].key,
					       dict->entries[i].value);
	context->run.err = NULL;
	return rc < 0 ? pv_render_fail_run(err, &context->run, rc, "the variables")
		      : PV_OK;
}

static int read_object(pv_context *context, pv_str json, pv_error *err)
{
	pv_jinja_value value;
	int rc = read_json(&value, context, "the variables", json, err);

	if (rc < 0)
		return rc;
	if (value.type != PV_JINJA_DICT) {
		rc = pv_fail(err, PV_EINVALID,
			     "variables are a mapping of names to values, not "
			     "%s",
			     pv_render_kind_name(value));
		return pv_error_hint(err, rc, "write {\"name\": \"value\"}");
	}
	return add_all(context, value.u.dict, err);
}

int pv_context_new(pv_context **out, const char *json, size_t len, pv_error *err)
{
	static const pv_jinja_settings settings;
	static const pv_jinja_limits limits = PV_RENDER_VALUE_LIMITS;
	pv_context *context = pv_calloc(1, sizeof(*context));
	int rc;

	*out = NULL;
	if (!context)
		return pv_fail_nomem(err);
	pv_jinja_run_init(&context->run, &context->arena, &settings, &limits);
	if (json) {
		rc = read_object(context, (pv_str){ json, len }, err);
	} else {
		context->run.err = err;
		rc = pv_jinja_dict_new(&context->dict, &context->run, 8);
		context->run.err = NULL;
	}
	if (rc < 0) {
		pv_context_free(context);
		return rc;
	}
	*out = context;
	return PV_OK;
}

int pv_context_add(pv_context *context, const char *json, size_t len,
		   pv_error *err)
{
	return read_object(context, (pv_str){ json, len }, err);
}

void pv_context_free(pv_context *context)
{
	if (!context)
		return;
	pv_jinja_run_dispose(&context->run);
	pv_arena_dispose(&context->arena);
	pv_free(context);
}

static int set(pv_context *context, const char *name, pv_jinja_value value,
	       pv_error *err)
{
	pv_jinja_value key;
	int rc;

	context->run.err = err;
	rc = pv_jinja_copy_text(&key, &context->run, name, strlen(name), 0);
	if (rc == PV_OK)
		rc = pv_jinja_dict_set(&context->run, context->dict, key, value);
	context->run.err = NULL;
	return rc < 0 ? pv_render_fail_run(err, &context->run, rc, name) : PV_OK;
}

int pv_context_set_json(pv_context *context, const char *name, const char *json,
			size_t len, pv_error *err)
{
	pv_jinja_value value = pv_jinja_missing();
	int rc = check_text("a name", name, strlen(name), err);

	if (rc == PV_OK)
		rc = read_json(&value, context, name, (pv_str){ json, len }, err);
	return rc < 0 ? rc : set(context, name, value, err);
}

int pv_context_set_text(pv_context *context, const char *name, const char *text,
			size_t len, pv_error *err)
{
	pv_jinja_value value = pv_jinja_missing();
	int rc = check_text("a name", name, strlen(name), err);

	if (rc == PV_OK)
		rc = check_text(name, text, len, err);
	if (rc < 0)
		return rc;
	context->run.err = err;
	rc = pv_jinja_copy_text(&value, &context->run, text, len, 0);
	context->run.err = NULL;
	if (rc < 0)
		return pv_render_fail_run(err, &context->run, rc, name);
	return set(context, name, value, err);
}
