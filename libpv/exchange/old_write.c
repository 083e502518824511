/* SPDX-License-Identifier: MIT
 *
 * See old_write.h. What a value must be is said once, where records are read: a
 * value that is not understood here is handed on as it stands, so that it is
 * refused there, by its name.
 */
#include "exchange/old_write.h"

#include <math.h>
#include <string.h>

#include "exchange/old_value.h"

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A failure stays with the buffer that is written to. */
static int dump(pv_buf *out, const pv_jsonw *w, const pv_json *value,
		pv_error *err)
{
	int rc = pv_json_dump(out, value, err);

	if (rc < 0 && !w->out->status)
		w->out->status = rc;
	return rc == PV_OK;
}

void pv_old_put_value(pv_jsonw *w, const char *key, const pv_json *value,
		      pv_error *err)
{
	pv_buf json = { 0 };

	if (value && dump(&json, w, value, err)) {
		pv_jsonw_key(w, key);
		pv_jsonw_raw(w, pv_buf_text(&json), json.len);
	}
	pv_buf_dispose(&json);
}

/* Programs that kept texts wrote "" for what they did not know. */
static int is_unknown(const pv_json *value)
{
	enum pv_json_type type = pv_json_type_of(value);
	const char *text = pv_json_text(value, NULL);

	return type == PV_JSON_ABSENT || type == PV_JSON_NULL || (text && !*text);
}

void pv_old_put_number(pv_jsonw *w, const char *key, const pv_json *value,
		       pv_error *err)
{
	double number;

	if (is_unknown(value))
		return;
	if (!pv_old_number(&number, value)) {
		pv_old_put_value(w, key, value, err);
		return;
	}
	pv_jsonw_key(w, key);
	/* A count is whole, whatever it was written as: 50.0. */
	if (fabs(number) < 9e15 && number == (double)(int64_t)number)
		pv_jsonw_int(w, (int64_t)number);
	else
		pv_jsonw_real(w, number);
}

/* A text, or the JSON of something else; names want at most 1000 bytes. */
void pv_old_put_text(pv_jsonw *w, const char *key, const pv_json *value,
		     pv_error *err)
{
	pv_buf json = { 0 };
	size_t len = 0;
	const char *text = pv_json_text(value, &len);

	if ((text && !len) || pv_json_type_of(value) == PV_JSON_NULL)
		return;
	if (!text && value && dump(&json, w, value, err)) {
		text = pv_buf_text(&json);
		len = json.len;
	}
	if (text) {
		pv_jsonw_key(w, key);
		pv_jsonw_stringn(w, text, len);
	}
	pv_buf_dispose(&json);
}

/* Where figures are: within "metrics" or beside it. */
static const pv_json *figure(const pv_json *entry, const char *const *names)
{
	const pv_json *inside =
		pv_old_member(pv_json_get(entry, "metrics"), names);

	return inside ? inside : pv_old_member(entry, names);
}

/* Points are 1 to 10; a share is a score. */
static void put_quality(pv_jsonw *w, const pv_json *entry, pv_error *err)
{
	const pv_json *value =
		figure(entry, NAMES("quality_score", "quality", "rating"));
	double number;

	if (!pv_old_number(&number, value) || number < 0 || number >= 1) {
		pv_old_put_number(w, "quality", value, err);
		return;
	}
	pv_jsonw_key(w, "scores");
	pv_jsonw_object(w);
	pv_jsonw_key(w, "quality_score");
	pv_jsonw_real(w, number);
	pv_jsonw_object_end(w);
}

static void put_outcome(pv_jsonw *w, const pv_json *entry, pv_error *err)
{
	const pv_json *error = figure(entry, NAMES("error_message", "error"));
	const pv_json *success = figure(entry, NAMES("success", "successful"));
	int is_ok = 0;

	if (pv_json_text(error, NULL) && !*pv_json_text(error, NULL))
		error = NULL;
	if (pv_old_bool(&is_ok, success)) {
		pv_jsonw_key(w, "success");
		pv_jsonw_bool(w, is_ok);
	} else if (!is_unknown(success)) {
		pv_old_put_value(w, "success", success, err);
	}
	pv_old_put_text(w, is_ok ? "feedback" : "error_message", error, err);
	if (!is_ok || !error)
		pv_old_put_text(w, "feedback",
				figure(entry, NAMES("user_feedback", "feedback")),
				err);
}

void pv_old_put_tags(pv_jsonw *w, const pv_json *tags, pv_error *err)
{
	if (!is_unknown(tags))
		pv_old_put_value(w, "tags", tags, err);
}

static void put_figures(pv_jsonw *w, const pv_json *entry, pv_error *err)
{
	pv_old_put_number(w, "latency_ms",
			  figure(entry, NAMES("execution_time_ms", "latency_ms",
					      "duration_ms", "response_time_ms")),
			  err);
	pv_old_put_number(w, "tokens",
			  figure(entry, NAMES("token_count", "tokens",
					      "tokens_used", "total_tokens")),
			  err);
	pv_old_put_number(w, "tokens_in",
			  figure(entry, NAMES("tokens_in", "prompt_tokens",
					      "input_tokens")),
			  err);
	pv_old_put_number(w, "tokens_out",
			  figure(entry, NAMES("tokens_out", "completion_tokens",
					      "output_tokens")),
			  err);
	pv_old_put_number(w, "output_chars",
			  figure(entry, NAMES("output_length", "output_chars")),
			  err);
	pv_old_put_number(w, "cost_usd",
			  figure(entry, NAMES("cost_usd", "cost")), err);
	put_quality(w, entry, err);
}

static void put_texts(pv_jsonw *w, const pv_json *entry, pv_error *err)
{
	pv_old_put_value(w, "input",
			 pv_old_member(entry, NAMES("input_data", "input",
						    "variables", "inputs")),
			 err);
	pv_old_put_value(w, "rendered",
			 pv_old_member(entry, NAMES("rendered",
						    "rendered_prompt", "prompt")),
			 err);
	pv_old_put_value(w, "output",
			 pv_old_member(entry,
				       NAMES("output", "response",
					     "response_text", "completion")),
			 err);
	pv_old_put_text(w, "model",
			pv_old_member(entry, NAMES("model", "model_name")), err);
	pv_old_put_text(w, "provider", pv_json_get(entry, "provider"), err);
	pv_old_put_text(w, "framework", pv_json_get(entry, "framework"), err);
	pv_old_put_text(w, "template",
			pv_old_member(entry, NAMES("template", "template_name")),
			err);
}

static void put_metadata(pv_jsonw *w, const pv_json *entry, size_t count,
			 pv_error *err)
{
	const pv_json *old = pv_json_get(entry, "metadata");
	pv_buf json = { 0 };
	int is_object = pv_json_type_of(old) == PV_JSON_OBJECT;

	if (!is_object && !is_unknown(old)) {
		pv_old_put_value(w, "metadata", old, err);
		return;
	}
	is_object = is_object && pv_json_count(old);
	if (is_object && dump(&json, w, old, err)) {
		pv_jsonw_key(w, "metadata");
		pv_buf_truncate(&json, json.len - (count > 1));
		if (count > 1)
			pv_buf_printf(&json, ",\"occurrence\":%zu}", count);
		pv_jsonw_raw(w, pv_buf_text(&json), json.len);
	} else if (count > 1) {
		pv_jsonw_key(w, "metadata");
		pv_jsonw_object(w);
		pv_jsonw_key(w, "occurrence");
		pv_jsonw_int(w, (int64_t)count);
		pv_jsonw_object_end(w);
	}
	pv_buf_dispose(&json);
}

void pv_old_put_entry(pv_jsonw *w, const pv_json *entry, size_t count,
		      pv_error *err)
{
	put_texts(w, entry, err);
	put_figures(w, entry, err);
	put_outcome(w, entry, err);
	pv_old_put_tags(w, pv_json_get(entry, "tags"), err);
	put_metadata(w, entry, count, err);
}
