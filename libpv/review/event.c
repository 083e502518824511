/* SPDX-License-Identifier: MIT
 *
 * One event as JSON. A table says which members each kind must have; what is
 * read and what is written go by the same one. Unknown members are left alone.
 */
#include <pv/review.h>

#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "review/chain.h"

enum member_type {
	TEXT,
	OID
};

/* The members that are one value each. */
static const struct member {
	const char *key;
	size_t offset;
	enum member_type type;
	unsigned needed_by; /* kinds, as bits */
} members[] = {
#define KIND(kind) (1U << PV_REVIEW_##kind)
	{ "title", offsetof(pv_review_event, title), TEXT, KIND(OPENED) },
	{ "text", offsetof(pv_review_event, text), TEXT,
	  KIND(COMMENTED) | KIND(REJECTED) },
	{ "source", offsetof(pv_review_event, source), TEXT, 0 },
	{ "target", offsetof(pv_review_event, target), TEXT, 0 },
	{ "environment", offsetof(pv_review_event, environment), TEXT, 0 },
	{ "prompt", offsetof(pv_review_event, prompt), TEXT, 0 },
	{ "version", offsetof(pv_review_event, version), TEXT, 0 },
	{ "field", offsetof(pv_review_event, field), TEXT, 0 },
	{ "quote", offsetof(pv_review_event, quote), TEXT, 0 },
	{ "comment", offsetof(pv_review_event, comment), TEXT, KIND(RESOLVED) },
	{ "method", offsetof(pv_review_event, method), TEXT, 0 },
	{ "head", offsetof(pv_review_event, head), OID,
	  KIND(OPENED) | KIND(REVISED) | KIND(APPROVED) | KIND(REJECTED) },
	{ "base", offsetof(pv_review_event, base), OID, 0 },
	{ "commit", offsetof(pv_review_event, commit), OID, KIND(MERGED) },
#undef KIND
};

static const char *const kind_names[] = {
	[PV_REVIEW_OPENED] = "opened",
	[PV_REVIEW_REVISED] = "revised",
	[PV_REVIEW_COMMENTED] = "commented",
	[PV_REVIEW_RESOLVED] = "resolved",
	[PV_REVIEW_APPROVED] = "approved",
	[PV_REVIEW_REJECTED] = "changes-requested",
	[PV_REVIEW_WITHDRAWN] = "withdrawn",
	[PV_REVIEW_MERGED] = "merged",
	[PV_REVIEW_CLOSED] = "closed",
};

const char *pv_review_kind_name(enum pv_review_kind kind)
{
	return kind_names[kind];
}

const char *pv_review_said_by(const pv_review_event *event)
{
	return event->origin && event->origin->by ? event->origin->by : event->by;
}

int64_t pv_review_said_at(const pv_review_event *event)
{
	return event->origin && event->origin->at ? event->origin->at : event->at;
}

/* The field of an event that a member is. */
static const char **text_of(pv_review_event *event, const struct member *member)
{
	return (const char **)(void *)((char *)event + member->offset);
}

static pv_oid *oid_of(pv_review_event *event, const struct member *member)
{
	return (pv_oid *)(void *)((char *)event + member->offset);
}

static int is_oid(const char *text, size_t len)
{
	return text && len == 40 && strspn(text, "0123456789abcdef") == 40 &&
	       !text[40];
}

/* --- what it must have ----------------------------------------------------- */

static int has(const pv_review_event *event, const struct member *member)
{
	const char *at = (const char *)event + member->offset;

	if (member->type == OID)
		return ((const pv_oid *)(const void *)at)->hex[0] != '\0';
	return *(const char *const *)(const void *)at != NULL;
}

int pv_review_event_check(const pv_review_event *event, pv_error *err)
{
	for (size_t i = 0; i < pv_array_len(members); i++)
		if (members[i].needed_by & (1U << event->kind) &&
		    !has(event, &members[i]))
			return pv_fail(err, PV_EINVALID,
				       "an event \"%s\" needs \"%s\"",
				       kind_names[event->kind], members[i].key);
	return PV_OK;
}

/* --- reading --------------------------------------------------------------- */

static int copy(const char **out, pv_arena *arena, const pv_json *value,
		pv_error *err)
{
	size_t len = 0;
	const char *text = pv_json_text(value, &len);

	/* A text with a NUL would be another one to each reader. */
	if (!text || strlen(text) != len)
		return PV_OK;
	*out = pv_arena_dup(arena, text, len);
	return *out ? PV_OK : pv_fail_nomem(err);
}

static void copy_oid(pv_oid *out, const pv_json *value)
{
	size_t len = 0;
	const char *text = pv_json_text(value, &len);

	if (is_oid(text, len))
		memcpy(out->hex, text, 41);
}

static int read_members(pv_review_event *event, pv_arena *arena,
			const pv_json *root, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(members) && rc == PV_OK; i++) {
		const struct member *member = &members[i];
		const pv_json *value = pv_json_get(root, member->key);

		if (member->type == OID)
			copy_oid(oid_of(event, member), value);
		else
			rc = copy(text_of(event, member), arena, value, err);
	}
	return rc;
}

static int read_reviewers(pv_review_event *event, pv_arena *arena,
			  const pv_json *list, pv_error *err)
{
	size_t count = pv_json_count(list);
	const char **names = pv_arena_calloc(arena, (count + 1) * sizeof(*names));
	int rc = PV_OK;

	if (!names)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const char **name = &names[event->reviewer_count];

		rc = copy(name, arena, pv_json_at(list, i), err);
		event->reviewer_count += *name != NULL;
	}
	event->reviewers = names;
	return rc;
}

static int read_subjects(pv_review_event *event, pv_arena *arena,
			 const pv_json *list, pv_error *err)
{
	size_t count = pv_json_count(list);
	pv_review_subject *items =
		pv_arena_calloc(arena, (count + 1) * sizeof(*items));
	int rc = PV_OK;

	if (!items)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_review_subject *item = &items[event->subject_count];
		const pv_json *value = pv_json_at(list, i);

		rc = copy(&item->id, arena, pv_json_get(value, "id"), err);
		if (rc == PV_OK)
			rc = copy(&item->closure, arena,
				  pv_json_get(value, "closure"), err);
		copy_oid(&item->blob, pv_json_get(value, "blob"));
		event->subject_count += item->id && item->closure;
	}
	event->subjects = items;
	return rc;
}

/* Times that a lying clock could not use up. */
static int64_t read_time(const pv_json *value)
{
	const int64_t most = (int64_t)1 << 53;
	int64_t time = pv_json_int(value, 0);

	return time < 0 || time > most ? 0 : time;
}

/* One without a name for its system or for itself is of here. */
static int read_origin(pv_review_event *event, pv_arena *arena,
		       const pv_json *value, pv_error *err)
{
	pv_review_origin *origin = pv_arena_calloc(arena, sizeof(*origin));
	int rc;

	if (!origin)
		return pv_fail_nomem(err);
	origin->at = read_time(pv_json_get(value, "at"));
	rc = copy(&origin->system, arena, pv_json_get(value, "system"), err);
	if (rc == PV_OK)
		rc = copy(&origin->key, arena, pv_json_get(value, "key"), err);
	if (rc == PV_OK)
		rc = copy(&origin->by, arena, pv_json_get(value, "by"), err);
	if (origin->system && origin->key)
		event->origin = origin;
	return rc;
}

/* What kind it is; PV_EUNSUPPORTED for one that a newer program writes. */
static int read_kind(enum pv_review_kind *out, const pv_json *root, pv_error *err)
{
	const char *type = pv_json_text(pv_json_get(root, "type"), NULL);

	for (size_t i = 0; type && i < pv_array_len(kind_names); i++) {
		if (strcmp(kind_names[i], type) != 0)
			continue;
		*out = (enum pv_review_kind)i;
		return PV_OK;
	}
	return pv_fail(err, PV_EUNSUPPORTED, "this event is not known");
}

static int read_event(pv_review_event *event, pv_arena *arena,
		      const pv_json *root, pv_error *err)
{
	const int64_t most_lines = 1 << 30;
	int64_t line = pv_json_int(pv_json_get(root, "line"), 0);
	int rc = read_kind(&event->kind, root, err);

	event->lamport = read_time(pv_json_get(root, "lamport"));
	event->line = line < 0 || line > most_lines ? 0 : (int)line;
	if (rc == PV_OK)
		rc = read_members(event, arena, root, err);
	if (rc == PV_OK)
		rc = read_reviewers(event, arena,
				    pv_json_get(root, "reviewers"), err);
	if (rc == PV_OK)
		rc = read_subjects(event, arena, pv_json_get(root, "prompts"),
				   err);
	if (rc == PV_OK)
		rc = read_origin(event, arena, pv_json_get(root, "origin"), err);
	if (rc == PV_OK && pv_review_event_check(event, NULL) < 0)
		rc = pv_fail(err, PV_EUNSUPPORTED, "this event lacks something");
	return rc;
}

int pv_review_event_read(pv_review_event **out, pv_arena *arena,
			 const char *text, size_t len, pv_error *err)
{
	pv_review_event *event = pv_arena_calloc(arena, sizeof(*event));
	pv_json_doc *doc = NULL;
	int rc;

	*out = NULL;
	if (!event)
		return pv_fail_nomem(err);
	rc = pv_json_parse(&doc, text, len, err);
	if (rc < 0)
		return rc == PV_ENOMEM ? rc
				       : pv_fail(err, PV_EUNSUPPORTED,
						 "this event is no JSON");
	rc = read_event(event, arena, pv_json_root(doc), err);
	if (rc == PV_OK)
		*out = event;
	pv_json_free(doc);
	return rc;
}

/* --- writing --------------------------------------------------------------- */

static int is_utf8(const char *text)
{
	size_t len = strlen(text);

	return pv_utf8_valid(text, len) == len;
}

/* JSON would mangle what is not UTF-8, and the reader another text. */
static int put_text(pv_jsonw *w, const char *key, const char *text, pv_error *err)
{
	if (!text)
		return PV_OK;
	if (!is_utf8(text))
		return pv_fail(err, PV_EINVALID, "the %s is not UTF-8", key);
	pv_jsonw_member(w, key, text);
	return PV_OK;
}

static int put_members(pv_jsonw *w, const pv_review_event *event, pv_error *err)
{
	pv_review_event at = *event;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(members) && rc == PV_OK; i++) {
		const struct member *member = &members[i];

		if (member->type == TEXT)
			rc = put_text(w, member->key, *text_of(&at, member), err);
		else if (has(event, member))
			pv_jsonw_member(w, member->key, oid_of(&at, member)->hex);
	}
	return rc;
}

static int put_reviewers(pv_jsonw *w, const pv_review_event *event, pv_error *err)
{
	if (!event->reviewer_count)
		return PV_OK;
	pv_jsonw_key(w, "reviewers");
	pv_jsonw_array(w);
	for (size_t i = 0; i < event->reviewer_count; i++) {
		const char *name = event->reviewers[i];

		if (!is_utf8(name))
			return pv_fail(err, PV_EINVALID,
				       "a reviewer is not UTF-8");
		pv_jsonw_string(w, name);
	}
	pv_jsonw_array_end(w);
	return PV_OK;
}

static void put_subjects(pv_jsonw *w, const pv_review_event *event)
{
	if (!event->subject_count)
		return;
	pv_jsonw_key(w, "prompts");
	pv_jsonw_array(w);
	for (size_t i = 0; i < event->subject_count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "id", event->subjects[i].id);
		pv_jsonw_member(w, "blob", event->subjects[i].blob.hex);
		pv_jsonw_member(w, "closure", event->subjects[i].closure);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static int put_origin(pv_jsonw *w, const pv_review_origin *origin, pv_error *err)
{
	int rc;

	if (!origin)
		return PV_OK;
	pv_jsonw_key(w, "origin");
	pv_jsonw_object(w);
	rc = put_text(w, "system", origin->system, err);
	if (rc == PV_OK)
		rc = put_text(w, "key", origin->key, err);
	if (rc == PV_OK)
		rc = put_text(w, "by", origin->by, err);
	pv_jsonw_key(w, "at");
	pv_jsonw_int(w, origin->at);
	pv_jsonw_object_end(w);
	return rc;
}

int pv_review_event_put(pv_buf *out, const pv_review_event *event, pv_error *err)
{
	int rc = pv_review_event_check(event, err);
	pv_jsonw w;

	if (rc < 0)
		return rc;
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "type", kind_names[event->kind]);
	pv_jsonw_key(&w, "lamport");
	pv_jsonw_int(&w, event->lamport);
	rc = put_members(&w, event, err);
	if (event->line) {
		pv_jsonw_key(&w, "line");
		pv_jsonw_int(&w, event->line);
	}
	if (rc == PV_OK)
		rc = put_reviewers(&w, event, err);
	put_subjects(&w, event);
	if (rc == PV_OK)
		rc = put_origin(&w, event->origin, err);
	pv_jsonw_object_end(&w);
	pv_buf_putc(out, '\n');
	if (rc == PV_OK && out->len > PV_REVIEW_MAX_EVENT)
		rc = pv_fail(err, PV_ELIMIT, "the event is larger than %d bytes",
			     PV_REVIEW_MAX_EVENT);
	return rc < 0 ? rc : pv_buf_status(out, err);
}
