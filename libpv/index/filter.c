/* SPDX-License-Identifier: MIT
 *
 * Queries, checked: the names of fields become fields, values become what the
 * fields hold. What a backend gets is about fields that can be compared, so
 * the same query is refused or answered the same whatever keeps the rows.
 */
#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "index/backend.h"

int pv_id_read(unsigned char out[PV_UUID_BYTES], const char *id, pv_error *err)
{
	if (pv_uuid_parse(out, pv_str_of(id)) == 0)
		return PV_OK;
	pv_fail(err, PV_EINVALID, "\"%.60s\" is not the id of an execution", id);
	return pv_error_hint(err, PV_EINVALID,
			     "ids are UUIDs of version 7, the 36 characters that "
			     "record and history print");
}

int pv_id_missing(pv_error *err, const unsigned char *id)
{
	char text[PV_UUID_TEXT];

	pv_uuid_format(text, id);
	pv_fail(err, PV_ENOTFOUND, "there is no execution %s", text);
	return pv_error_hint(err, PV_ENOTFOUND,
			     "\"git pv history list\" shows those there are");
}

/* --- conditions ----------------------------------------------------------- */

/* "scores.relevance" is the field before the point and the key behind it. */
static int find_field(pv_str *key_out, const char *name)
{
	const char *point = strchr(name, '.');
	pv_str field = { name, point ? (size_t)(point - name) : strlen(name) };

	key_out->ptr = point ? point + 1 : NULL;
	key_out->len = point ? strlen(point + 1) : 0;
	return pv_field_find(field);
}

static int has_members(enum pv_field field)
{
	return field == PV_FIELD_METADATA || field == PV_FIELD_SCORES;
}

static int is_fit(const pv_index_match *match)
{
	const pv_field_row *rule = pv_field_at(match->field);
	int is_range = match->how != PV_EXECUTIONS_IS;

	if (has_members(match->field))
		return match->key.len &&
		       (!is_range || match->field == PV_FIELD_SCORES);
	if (match->key.ptr || rule->place == PV_PLACE_BODY)
		return 0;
	return !is_range || rule->kind == PV_KIND_NUMBER;
}

static int fail_unfit(pv_error *err, const pv_executions_match *match)
{
	if (match->how == PV_EXECUTIONS_IS)
		pv_fail(err, PV_EINVALID,
			"executions cannot be chosen by \"%.100s\"",
			match->field);
	else
		pv_fail(err, PV_EINVALID,
			"\"%.100s\" is no number of executions", match->field);
	return pv_error_hint(err, PV_EINVALID,
			     "of metadata and scores a member is compared: "
			     "metadata.KEY, scores.NAME");
}

static int read_score(double *out, const char *text, pv_error *err)
{
	pv_json_doc *doc = NULL;
	enum pv_json_type type = PV_JSON_ABSENT;

	int rc = pv_json_parse(&doc, text, strlen(text), NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	if (rc == PV_OK) {
		type = pv_json_type_of(pv_json_root(doc));
		*out = pv_json_real(pv_json_root(doc), 0);
	}
	pv_json_free(doc);
	if (type == PV_JSON_INT || type == PV_JSON_REAL)
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "\"%.60s\" is not a number", text);
}

/* The value as the field keeps it. */
static int read_value(pv_index_match *out, pv_execution *values,
		      const pv_executions_match *match, pv_error *err)
{
	const char *name = pv_field_at(out->field)->name;
	size_t len = strlen(match->value);
	int rc;

	if (out->field == PV_FIELD_SCORES)
		return read_score(&out->score, match->value, err);
	if (out->field == PV_FIELD_METADATA || out->field == PV_FIELD_TAGS)
		rc = pv_execution_copy(values, out->field,
				       (pv_str){ match->value, len }, err);
	else
		rc = pv_execution_set(values, name, match->value, len, err);
	out->value = values->values[out->field];
	return rc;
}

static int read_match(pv_index_match *out, pv_execution *values,
		      const pv_executions_match *match, pv_error *err)
{
	int field = find_field(&out->key, match->field);

	if (field < 0)
		return fail_unfit(err, match);
	out->field = (enum pv_field)field;
	out->how = match->how;
	return is_fit(out) ? read_value(out, values, match, err)
			   : fail_unfit(err, match);
}

/* --- queries -------------------------------------------------------------- */

static int read_matches(pv_filter *out, const pv_executions_query *query,
			pv_error *err)
{
	int rc = pv_execution_new(&out->values, err);

	if (rc < 0)
		return rc;
	out->matches = pv_calloc(query->match_count, sizeof(*out->matches));
	if (!out->matches)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < query->match_count && rc == PV_OK; i++)
		rc = read_match(&out->matches[i], out->values,
				&query->matches[i], err);
	out->query.matches = out->matches;
	out->query.match_count = query->match_count;
	return rc;
}

int pv_filter_read(pv_filter *out, const pv_executions_query *query, pv_error *err)
{
	static const pv_executions_query all;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	if (!query)
		query = &all;
	out->query.asked = query;
	if (query->match_count)
		rc = read_matches(out, query, err);
	if (rc == PV_OK && query->after) {
		rc = pv_id_read(out->after, query->after, err);
		out->query.after = out->after;
	}
	return rc;
}

void pv_filter_dispose(pv_filter *filter)
{
	pv_execution_free(filter->values);
	pv_free(filter->matches);
}
