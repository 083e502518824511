/* SPDX-License-Identifier: MIT
 *
 * Older layouts, see pv/exchange.h. A document is walked until something is met
 * that looks like a version of a prompt, a log entry or figures; the keys on the
 * way there name prompt and version where the thing itself does not.
 */
#include <pv/exchange.h>

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/map.h"
#include "exchange/foreign.h"
#include "exchange/old_value.h"
#include "exchange/old_write.h"

enum {
	WALK_DEPTH = 8
};

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct walk {
	const pv_old_reader *reader;
	pv_error *err;
	pv_map seen;         /* entries, to how often they were there */
	pv_str bytes;        /* of the value that is walked */
	size_t at;           /* of its member that comes next */
	const char *counted; /* up to there */
	size_t line;         /* this is the line */
	int depth;
	const char *name;    /* the key that may name the prompt, or NULL */
	const char *version; /* the same of the version */
};

/* The line that the value begins in; values are walked as they stand. */
static size_t line_of(struct walk *it)
{
	for (; it->counted < it->bytes.ptr; it->counted++)
		it->line += *it->counted == '\n';
	return it->line;
}

static int tell(struct walk *it, const char *message)
{
	pv_finding finding = { PV_SEVERITY_WARNING,
			       "old-layout",
			       it->reader->file,
			       (int)line_of(it),
			       0,
			       message,
			       "" };

	return it->reader->report
		       ? pv_report_add(it->reader->report, &finding, it->err)
		       : PV_OK;
}

/* --- names and versions --------------------------------------------------- */

/* Of what is met: as it says itself, else as the keys on the way say. */
struct subject {
	const char *name;
	char label[64]; /* "" for none */
	char id[PV_ID_MAX + 1];
	char number[PV_VERSION_TEXT]; /* "" for none */
	int has_id;
};

static void read_label(struct subject *out, const struct walk *it,
		       const pv_json *object)
{
	const pv_json *member =
		pv_old_member(object,
			      NAMES("prompt_version", "version", "version_id"));
	const char *text = pv_json_text(member, NULL);
	double number;

	if (text)
		snprintf(out->label, sizeof(out->label), "%s", text);
	else if (pv_json_type_of(member) == PV_JSON_INT)
		snprintf(out->label, sizeof(out->label), "%lld",
			 (long long)pv_json_int(member, 0));
	else if (pv_old_number(&number, member))
		snprintf(out->label, sizeof(out->label), "%.1f", number);
	else if (it->version)
		snprintf(out->label, sizeof(out->label), "%s", it->version);
}

static void read_subject(struct subject *out, const struct walk *it,
			 const pv_json *object)
{
	memset(out, 0, sizeof(*out));
	out->name = pv_json_text(pv_old_member(object, NAMES("prompt_name",
							     "name", "prompt_id",
							     "id", "title")),
				 NULL);
	if (!out->name)
		out->name = it->name;
	read_label(out, it, object);
	if (out->name)
		out->has_id = pv_old_id(out->id, out->name);
	if (out->label[0] && !pv_old_version_number(out->number, out->label))
		out->number[0] = '\0';
}

/* --- executions ----------------------------------------------------------- */

/* Entries that are the same in all are told apart by how manieth they are. */
static int count_same(size_t *out, struct walk *it, const pv_buf *json)
{
	pv_str key = { json->ptr, json->len };
	uintptr_t count = (uintptr_t)pv_map_find(&it->seen, key) + 1;

	*out = count;
	return pv_map_set(&it->seen, key, (void *)count, NULL, it->err);
}

static int write_execution(pv_buf *out, struct walk *it,
			   const struct subject *subject, const pv_json *entry,
			   int64_t time)
{
	char text[PV_TIME_TEXT];
	size_t count = 1;
	pv_buf all = { 0 };
	pv_jsonw w;
	int rc = pv_json_dump(&all, entry, it->err);

	if (rc == PV_OK)
		rc = count_same(&count, it, &all);
	pv_buf_dispose(&all);
	pv_old_time_text(text, time);
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "ts", text);
	if (subject->has_id)
		pv_jsonw_member(&w, "prompt_id", subject->id);
	if (subject->has_id && subject->label[0])
		pv_jsonw_member(&w, "version",
				subject->number[0] ? subject->number
						   : subject->label);
	pv_jsonw_member(&w, "source", "import");
	pv_old_put_entry(&w, entry, count, it->err);
	pv_jsonw_object_end(&w);
	return rc == PV_OK ? pv_buf_status(out, it->err) : rc;
}

static int read_entry(struct walk *it, const pv_json *entry, int64_t otherwise)
{
	struct subject subject;
	pv_buf json = { 0 };
	int64_t time = 0;
	int rc = PV_OK;

	read_subject(&subject, it, entry);
	if (!pv_json_get(entry, "prompt_name") && !it->name)
		subject.has_id = 0; /* what "id" or "name" says is its own */
	if (!pv_old_time(&time,
			 pv_old_member(entry, NAMES("timestamp", "created_at",
						    "time", "date")))) {
		time = otherwise ? otherwise : 1000000;
		rc = otherwise
			     ? PV_OK
			     : tell(it, "an entry has no time that can be "
					"read: it is put at the start of 1970");
	}
	if (rc == PV_OK)
		rc = write_execution(&json, it, &subject, entry, time);
	if (rc == PV_OK && it->reader->execution)
		rc = it->reader->execution(json.ptr, json.len, line_of(it),
					   it->reader->payload);
	pv_buf_dispose(&json);
	return rc;
}

/* --- versions of prompts -------------------------------------------------- */

static const pv_json *text_of(const pv_json *object)
{
	const pv_json *text =
		pv_old_member(object, NAMES("prompt", "content", "prompt_text",
					    "text", "template"));

	return pv_json_type_of(text) == PV_JSON_STRING ? text : NULL;
}

/* {{ x }} is a template's, {x} is Python's, all else is text. */
static const char *syntax_of(const pv_json *text)
{
	size_t len = 0;
	const char *bytes = pv_json_text(text, &len);

	switch (pv_braces_of((pv_str){ bytes, len })) {
	case PV_BRACES_FIELDS:
		return "fstring";
	case PV_BRACES_OTHER:
		return "literal";
	case PV_BRACES_NONE:
	case PV_BRACES_JINJA:
		break;
	}
	return NULL;
}

static void put_model(pv_jsonw *w, const pv_json *object, pv_error *err)
{
	const pv_json *model =
		pv_old_member(object, NAMES("model", "model_name"));

	if (pv_json_type_of(model) == PV_JSON_OBJECT) {
		pv_old_put_value(w, "model", model, err);
		return;
	}
	pv_jsonw_key(w, "model");
	pv_jsonw_object(w);
	pv_old_put_text(w, "name", model, err);
	pv_old_put_number(w, "temperature", pv_json_get(object, "temperature"),
			  err);
	pv_old_put_number(w, "max_tokens",
			  pv_old_member(object,
					NAMES("token_limit", "max_tokens")),
			  err);
	pv_old_put_number(w, "top_k", pv_json_get(object, "top_k"), err);
	pv_old_put_number(w, "top_p", pv_json_get(object, "top_p"), err);
	pv_jsonw_object_end(w);
}

static int write_version(pv_buf *out, struct walk *it,
			 const struct subject *subject, const pv_json *object)
{
	static const char *const plain[] = { "description", "goal", "category" };
	const pv_json *text = text_of(object);
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", subject->id);
	pv_jsonw_member(&w, "name", subject->name);
	for (size_t i = 0; i < 3; i++)
		pv_old_put_text(&w, plain[i], pv_json_get(object, plain[i]),
				it->err);
	pv_old_put_tags(&w, pv_json_get(object, "tags"), it->err);
	if (syntax_of(text))
		pv_jsonw_member(&w, "syntax", syntax_of(text));
	put_model(&w, object, it->err);
	pv_old_put_value(&w, "prompt", text, it->err);
	pv_jsonw_key(&w, "metadata");
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "label", subject->label);
	pv_old_put_value(&w, "author", pv_json_get(object, "author"), it->err);
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
	return pv_buf_status(out, it->err);
}

/* The output that was stored last, if any. */
static int read_last_output(struct walk *it, const struct subject *subject,
			    const pv_json *object, int64_t time)
{
	size_t len = 0;
	const char *text = pv_json_text(pv_json_get(object, "output"), &len);
	pv_buf json = { 0 };
	char when[PV_TIME_TEXT];
	pv_jsonw w;
	int rc;

	if (!text || !len || !it->reader->execution)
		return PV_OK;
	pv_old_time_text(when, time ? time : 1000000);
	pv_jsonw_init(&w, &json);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "ts", when);
	pv_jsonw_member(&w, "prompt_id", subject->id);
	pv_jsonw_member(&w, "version", subject->number);
	pv_jsonw_member(&w, "source", "import");
	pv_jsonw_key(&w, "tags");
	pv_jsonw_raw(&w, "[\"last-output\"]", 15);
	pv_old_put_value(&w, "output", pv_json_get(object, "output"), it->err);
	pv_old_put_text(&w, "model",
			pv_old_member(object, NAMES("model", "model_name")),
			it->err);
	pv_jsonw_object_end(&w);
	rc = pv_buf_status(&json, it->err);
	if (rc == PV_OK)
		rc = it->reader->execution(json.ptr, json.len, line_of(it),
					   it->reader->payload);
	pv_buf_dispose(&json);
	return rc;
}

static int read_version(struct walk *it, const pv_json *object)
{
	pv_old_version version = { 0 };
	struct subject subject;
	pv_buf json = { 0 };
	char message[160];
	int rc;

	read_subject(&subject, it, object);
	if (!subject.label[0])
		snprintf(subject.label, sizeof(subject.label), "1.0");
	if (!subject.has_id ||
	    !pv_old_version_number(subject.number, subject.label)) {
		snprintf(message, sizeof(message),
			 "\"%.60s\" at \"%.40s\" is no prompt with a version",
			 subject.name ? subject.name : "", subject.label);
		return tell(it, message);
	}
	(void)pv_old_time(&version.created,
			  pv_old_member(object, NAMES("created_at", "timestamp",
						      "created", "date")));
	rc = write_version(&json, it, &subject, object);
	version.id = subject.id;
	version.label = subject.label;
	version.number = subject.number;
	version.record = json.ptr;
	version.len = json.len;
	if (rc == PV_OK && it->reader->version)
		rc = it->reader->version(&version, it->reader->payload);
	if (rc == PV_OK)
		rc = read_last_output(it, &subject, object, version.created);
	pv_buf_dispose(&json);
	return rc;
}

/* --- figures -------------------------------------------------------------- */

static int number_of(double *out, struct walk *it, const pv_json *object,
		     const char *name)
{
	const pv_json *member = pv_old_member(object, NAMES(name));
	char message[160];

	*out = -1;
	if (!member || (pv_old_number(out, member) && *out >= 0))
		return PV_OK;
	*out = -1;
	snprintf(message, sizeof(message),
		 "\"%s\" must be a number, and not negative", name);
	return tell(it, message);
}

/* "name_v1.0" names both. */
static int read_figures(struct walk *it, const pv_json *object)
{
	pv_old_figures figures = { 0 };
	const char *key = it->version ? it->version : it->name;
	const char *mark = NULL;
	static const char *const names[] = { "total_executions",
					     "successful_executions",
					     "average_execution_time_ms",
					     "average_quality_score" };
	double *const places[] = { &figures.executions, &figures.successful,
				   &figures.latency_ms, &figures.quality };
	struct subject subject;
	char name[PV_ID_MAX + 1];
	int rc = PV_OK;

	for (const char *at = key; at && (at = strstr(at, "_v")) != NULL; at++)
		mark = at;
	if (mark && (size_t)(mark - key) < sizeof(name)) {
		snprintf(name, sizeof(name), "%.*s", (int)(mark - key), key);
		it->name = name;
		it->version = mark + 2;
	}
	read_subject(&subject, it, object);
	it->name = it->version = NULL;
	if (!subject.has_id || !subject.number[0])
		return tell(it, "figures are of no prompt with a version");
	figures.id = subject.id;
	figures.number = subject.number;
	for (size_t i = 0; i < 4 && rc == PV_OK; i++)
		rc = number_of(places[i], it, object, names[i]);
	if (rc < 0)
		return rc;
	return it->reader->figures
		       ? it->reader->figures(&figures, it->reader->payload)
		       : PV_OK;
}

/* --- executions ------------------------------------------------------------ */

/* Handed on byte by byte: digits of numbers are part of it. */
static int give_execution(struct walk *it)
{
	return it->reader->execution
		       ? it->reader->execution(it->bytes.ptr, it->bytes.len,
					       line_of(it), it->reader->payload)
		       : PV_OK;
}

/* --- walking -------------------------------------------------------------- */

/* Whether anything says which prompt this is. */
static int is_named(const struct walk *it, const pv_json *object)
{
	return it->name || pv_old_member(object, NAMES("name", "prompt_id",
						       "id", "title")) != NULL;
}

static int is_entry(const struct walk *it, const pv_json *object)
{
	const pv_json *prompt = text_of(object);

	if (pv_json_get(object, "prompt_name"))
		return 1;
	return prompt && pv_json_get(object, "output") &&
	       !pv_json_get(object, "version") &&
	       (pv_json_get(object, "timestamp") || !is_named(it, object));
}

static int walk(struct walk *it, const pv_json *value);

/* A key names the prompt, the next one down the version. */
static int walk_member(const char *key, const pv_json *member, void *payload)
{
	static const char *const wrappers[] = {
		"prompts",    "versions", "registry", "templates", "history",
		"executions", "entries",  "logs",     "metrics"
	};
	struct walk *it = payload;
	const char *name = it->name;
	const char *version = it->version;
	const pv_str bytes = it->bytes;
	size_t at = it->at;
	int is_wrapper = 0;
	int rc;

	for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++)
		is_wrapper |= strcmp(key, wrappers[i]) == 0;
	if (!is_wrapper && !it->name)
		it->name = key;
	else if (!is_wrapper)
		it->version = key;
	it->bytes = pv_old_value(pv_old_element(bytes.ptr, bytes.len, &at));
	rc = walk(it, member);
	it->bytes = bytes;
	it->at = at;
	it->name = name;
	it->version = version;
	return rc;
}

static int walk_object(struct walk *it, const pv_json *object)
{
	if (pv_old_is_execution(object))
		return give_execution(it);
	if (is_entry(it, object))
		return read_entry(it, object, 0);
	if (pv_json_get(object, "total_executions"))
		return read_figures(it, object);
	if (text_of(object))
		return read_version(it, object);
	it->at = 1;
	return pv_json_each(object, walk_member, it);
}

static int walk_array(struct walk *it, const pv_json *array)
{
	const pv_str bytes = it->bytes;
	size_t at = 1;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_json_count(array) && rc == PV_OK; i++) {
		it->bytes =
			pv_str_trim(pv_old_element(bytes.ptr, bytes.len, &at));
		rc = walk(it, pv_json_at(array, i));
	}
	it->bytes = bytes;
	return rc;
}

/* As deep as a layout may be; a text at the end of it is nothing. */
static int walk(struct walk *it, const pv_json *value)
{
	int rc = PV_OK;

	if (it->depth == WALK_DEPTH)
		return PV_OK;
	it->depth++;
	if (pv_json_type_of(value) == PV_JSON_OBJECT)
		rc = walk_object(it, value);
	else if (pv_json_type_of(value) == PV_JSON_ARRAY)
		rc = walk_array(it, value);
	it->depth--;
	return rc;
}

int pv_old_layout_read(const char *json, size_t len,
		       const pv_old_reader *reader, pv_error *err)
{
	struct walk it = { .reader = reader,
			   .err = err,
			   .bytes = pv_str_trim((pv_str){ json, len }),
			   .counted = json,
			   .line = reader->line ? reader->line : 1 };
	pv_json_doc *doc = NULL;
	int rc;

	/* Of millions of lines, all are: whoever takes it parses it anyway. */
	if (reader->line && pv_old_looks_like_execution(it.bytes))
		return give_execution(&it);
	rc = pv_json_parse(&doc, json, len, err);
	if (rc == PV_OK)
		rc = walk(&it, pv_json_root(doc));
	pv_map_dispose(&it.seen);
	pv_json_free(doc);
	return rc;
}
