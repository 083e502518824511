/* SPDX-License-Identifier: MIT
 *
 * A line of git-appraise's notes. A table says which member of which kind is
 * what; a member of another type makes the line one that git-appraise would
 * not read either, so it is refused and not guessed at.
 */
#include <pv/appraise.h>

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	MAX_LINE = 1 << 20,
	MAX_LINES = 1 << 30 /* of a file */
};

struct pv_appraise_memory {
	pv_arena arena;
};

enum member_type {
	TEXT,
	OID
};

#define KIND(kind) (1U << PV_APPRAISE_##kind)

static const struct member {
	const char *key;
	size_t offset;
	enum member_type type;
	unsigned kinds; /* as bits */
} members[] = {
	{ "requester", offsetof(pv_appraise_note, by), TEXT, KIND(REQUEST) },
	{ "author", offsetof(pv_appraise_note, by), TEXT, KIND(COMMENT) },
	{ "agent", offsetof(pv_appraise_note, by), TEXT, KIND(CI) },
	{ "description", offsetof(pv_appraise_note, text), TEXT,
	  KIND(REQUEST) | KIND(COMMENT) },
	{ "reviewRef", offsetof(pv_appraise_note, source), TEXT, KIND(REQUEST) },
	{ "targetRef", offsetof(pv_appraise_note, target), TEXT, KIND(REQUEST) },
	{ "baseCommit", offsetof(pv_appraise_note, base), OID, KIND(REQUEST) },
	{ "alias", offsetof(pv_appraise_note, alias), OID, KIND(REQUEST) },
	{ "original", offsetof(pv_appraise_note, original), OID, KIND(COMMENT) },
	{ "parent", offsetof(pv_appraise_note, parent), OID, KIND(COMMENT) },
	{ "status", offsetof(pv_appraise_note, status), TEXT,
	  KIND(CI) | KIND(ANALYSIS) },
	{ "url", offsetof(pv_appraise_note, url), TEXT,
	  KIND(CI) | KIND(ANALYSIS) },
};

const char *pv_appraise_ref(enum pv_appraise_kind kind)
{
	static const char *const refs[PV_APPRAISE_KINDS] = {
		[PV_APPRAISE_REQUEST] = "refs/notes/devtools/reviews",
		[PV_APPRAISE_COMMENT] = "refs/notes/devtools/discuss",
		[PV_APPRAISE_CI] = "refs/notes/devtools/ci",
		[PV_APPRAISE_ANALYSIS] = "refs/notes/devtools/analyses",
	};

	return refs[kind];
}

/* --- members --------------------------------------------------------------- */

static int wrong(const char *key, const char *what, pv_error *err)
{
	return pv_fail(err, PV_EINVALID, "\"%s\" is no %s", key, what);
}

/* The text of a member, copied; an empty one is as good as none. */
static int read_text(const char **out, pv_arena *arena, const pv_json *map,
		     const char *key, pv_error *err)
{
	const pv_json *value = pv_json_get(map, key);
	size_t len = 0;
	const char *text = pv_json_text(value, &len);

	if (!value || pv_json_type_of(value) == PV_JSON_NULL)
		return PV_OK;
	if (!text || strlen(text) != len)
		return wrong(key, "text", err);
	if (!len)
		return PV_OK;
	*out = pv_arena_dup(arena, text, len);
	return *out ? PV_OK : pv_fail_nomem(err);
}

static int read_oid(pv_oid *out, const pv_json *map, const char *key,
		    pv_error *err)
{
	const pv_json *value = pv_json_get(map, key);
	size_t len = 0;
	const char *text = pv_json_text(value, &len);

	if (!value || pv_json_type_of(value) == PV_JSON_NULL || (text && !len))
		return PV_OK;
	if (!text || len != 40 || strspn(text, "0123456789abcdef") != 40)
		return wrong(key, "object id", err);
	memcpy(out->hex, text, sizeof(out->hex));
	return PV_OK;
}

static int read_members(pv_appraise_note *note, const pv_json *root, pv_error *err)
{
	pv_arena *arena = &note->memory->arena;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(members) && rc == PV_OK; i++) {
		const struct member *member = &members[i];
		void *at = (char *)note + member->offset;

		if (!(member->kinds & (1U << note->kind)))
			continue;
		rc = member->type == OID
			     ? read_oid(at, root, member->key, err)
			     : read_text(at, arena, root, member->key, err);
	}
	return rc;
}

/* "1438624412": a text, as JavaScript has no integers that large. */
static int read_time(pv_appraise_note *note, const pv_json *root, pv_error *err)
{
	const pv_json *value = pv_json_get(root, "timestamp");
	const char *text = pv_json_text(value, NULL);
	int64_t time = 0;

	if (!value || pv_json_type_of(value) == PV_JSON_NULL || (text && !*text))
		return PV_OK;
	if (!text || strlen(text) > 12 || text[strspn(text, "0123456789")])
		return wrong("timestamp", "text of seconds", err);
	for (; *text; text++)
		time = time * 10 + (*text - '0');
	note->at = time;
	return PV_OK;
}

static int read_reviewers(pv_appraise_note *note, const pv_json *root,
			  pv_error *err)
{
	const pv_json *list = pv_json_get(root, "reviewers");
	pv_arena *arena = &note->memory->arena;
	size_t count = pv_json_count(list);
	const char **names;

	if (!list || pv_json_type_of(list) == PV_JSON_NULL)
		return PV_OK;
	if (pv_json_type_of(list) != PV_JSON_ARRAY)
		return wrong("reviewers", "list", err);
	names = pv_arena_calloc(arena, (count + 1) * sizeof(*names));
	if (!names)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		size_t len = 0;
		const char *text = pv_json_text(pv_json_at(list, i), &len);

		if (!text || strlen(text) != len)
			return wrong("reviewers", "list of texts", err);
		if (!len)
			continue;
		names[note->reviewer_count] = pv_arena_dup(arena, text, len);
		if (!names[note->reviewer_count++])
			return pv_fail_nomem(err);
	}
	note->reviewers = names;
	return PV_OK;
}

/* --- comments --------------------------------------------------------------- */

static int read_line(pv_appraise_note *note, const pv_json *range, pv_error *err)
{
	const pv_json *start = pv_json_get(range, "startLine");
	int64_t line = pv_json_int(start, -1);

	if (!range || pv_json_type_of(range) == PV_JSON_NULL)
		return PV_OK;
	if (pv_json_type_of(range) != PV_JSON_OBJECT)
		return wrong("range", "object", err);
	if (!start)
		return PV_OK;
	if (pv_json_type_of(start) != PV_JSON_INT || line < 0 || line > MAX_LINES)
		return wrong("startLine", "line", err);
	note->line = (int)line;
	return PV_OK;
}

static int read_place(pv_appraise_note *note, const pv_json *place, pv_error *err)
{
	int rc;

	if (!place || pv_json_type_of(place) == PV_JSON_NULL)
		return PV_OK;
	if (pv_json_type_of(place) != PV_JSON_OBJECT)
		return wrong("location", "object", err);
	rc = read_oid(&note->commit, place, "commit", err);
	if (rc == PV_OK)
		rc = read_text(&note->path, &note->memory->arena, place, "path",
			       err);
	return rc == PV_OK ? read_line(note, pv_json_get(place, "range"), err)
			   : rc;
}

static int read_resolved(pv_appraise_note *note, const pv_json *value,
			 pv_error *err)
{
	if (!value || pv_json_type_of(value) == PV_JSON_NULL)
		return PV_OK;
	if (pv_json_type_of(value) != PV_JSON_BOOL)
		return wrong("resolved", "boolean", err);
	note->resolved = pv_json_is_true(value) ? PV_APPRAISE_RESOLVED
						: PV_APPRAISE_UNRESOLVED;
	return PV_OK;
}

/* --- the line --------------------------------------------------------------- */

static int read_root(pv_appraise_note *note, const pv_json *root, pv_error *err)
{
	const pv_json *version = pv_json_get(root, "v");
	int rc;

	if (pv_json_type_of(root) != PV_JSON_OBJECT)
		return pv_fail(err, PV_EINVALID, "this is no JSON object");
	if (version && pv_json_int(version, -1) != 0)
		return pv_fail(err, PV_EUNSUPPORTED,
			       "this is of another version of the schema");
	rc = read_members(note, root, err);
	if (rc == PV_OK)
		rc = read_time(note, root, err);
	if (rc == PV_OK && note->kind == PV_APPRAISE_REQUEST)
		rc = read_reviewers(note, root, err);
	if (rc == PV_OK && note->kind == PV_APPRAISE_COMMENT)
		rc = read_place(note, pv_json_get(root, "location"), err);
	if (rc == PV_OK && note->kind == PV_APPRAISE_COMMENT)
		rc = read_resolved(note, pv_json_get(root, "resolved"), err);
	return rc;
}

static void set_key(pv_appraise_note *note, const char *line, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const pv_hash_part part = { line, len };
	unsigned char sum[PV_SHA1_BYTES];

	pv_sha1_of(sum, &part, 1);
	for (size_t i = 0; i < PV_SHA1_BYTES; i++) {
		note->key.hex[2 * i] = digits[sum[i] >> 4];
		note->key.hex[2 * i + 1] = digits[sum[i] & 15];
	}
}

int pv_appraise_read(pv_appraise_note *out, enum pv_appraise_kind kind,
		     const char *line, size_t len, pv_error *err)
{
	pv_json_doc *doc = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	out->kind = kind;
	if (len > MAX_LINE)
		return pv_fail(err, PV_ELIMIT, "this is longer than %d bytes",
			       MAX_LINE);
	out->memory = pv_calloc(1, sizeof(*out->memory));
	if (!out->memory)
		return pv_fail_nomem(err);
	set_key(out, line, len);
	rc = pv_json_parse(&doc, line, len, err);
	if (rc < 0 && rc != PV_ENOMEM)
		rc = pv_fail(err, PV_EINVALID, "this is no JSON");
	if (rc == PV_OK)
		rc = read_root(out, pv_json_root(doc), err);
	pv_json_free(doc);
	if (rc < 0)
		pv_appraise_note_dispose(out);
	return rc;
}

void pv_appraise_note_dispose(pv_appraise_note *note)
{
	if (note->memory)
		pv_arena_dispose(&note->memory->arena);
	pv_free(note->memory);
	memset(note, 0, sizeof(*note));
}
