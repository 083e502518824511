/* SPDX-License-Identifier: MIT
 *
 * Members of metadata and scores, and texts within messages; see member.h.
 */
#include "index/member.h"

#include "base/fail.h"
#include "base/json.h"

/* The member; NULL without one. PV_ENOMEM is the one failure. */
static int find(const pv_json **out, pv_json_doc **doc, pv_str json,
		const char *key)
{
	int rc = pv_json_parse(doc, json.ptr, json.len, NULL);

	*out = rc == PV_OK ? pv_json_get(pv_json_root(*doc), key) : NULL;
	return rc == PV_ENOMEM ? rc : PV_OK;
}

int pv_member_find(pv_buf *out, pv_str json, const char *key)
{
	pv_json_doc *doc = NULL;
	const pv_json *member = NULL;
	size_t len = 0;
	int rc = find(&member, &doc, json, key);
	const char *text = pv_json_text(member, &len);

	if (text)
		pv_buf_put(out, text, len);
	else if (member)
		rc = pv_json_dump(out, member, NULL);
	pv_json_free(doc);
	if (rc == PV_OK)
		rc = pv_buf_status(out, NULL);
	return rc < 0 ? PV_ENOMEM : member != NULL;
}

int pv_member_number(double *out, pv_str json, const char *key)
{
	pv_json_doc *doc = NULL;
	const pv_json *member = NULL;
	int rc = find(&member, &doc, json, key);
	enum pv_json_type type = pv_json_type_of(member);
	int is_number = type == PV_JSON_INT || type == PV_JSON_REAL;

	if (is_number)
		*out = pv_json_real(member, 0);
	pv_json_free(doc);
	return rc < 0 ? rc : is_number;
}

/* --- plain text ----------------------------------------------------------- */

static void put_plain(pv_buf *out, const pv_json *value);

static int put_member(const char *key, const pv_json *member, void *payload)
{
	if (strcmp(key, "role") != 0)
		put_plain(payload, member);
	return 0;
}

static void put_plain(pv_buf *out, const pv_json *value)
{
	size_t len = 0;
	const char *text = pv_json_text(value, &len);

	if (text) {
		pv_buf_put(out, text, len);
		pv_buf_putc(out, '\n');
	} else if (pv_json_type_of(value) == PV_JSON_OBJECT) {
		pv_json_each(value, put_member, out);
	} else {
		for (size_t i = 0; i < pv_json_count(value); i++)
			put_plain(out, pv_json_at(value, i));
	}
}

int pv_plain_text(pv_buf *out, pv_str json)
{
	pv_json_doc *doc = NULL;
	int rc = pv_json_parse(&doc, json.ptr, json.len, NULL);

	if (rc == PV_OK)
		put_plain(out, pv_json_root(doc));
	pv_json_free(doc);
	return rc == PV_ENOMEM || out->status ? PV_ENOMEM : PV_OK;
}

/* --- conditions ----------------------------------------------------------- */

int pv_index_needs_look(const pv_index_query *query)
{
	for (size_t i = 0; i < query->match_count; i++)
		if (query->matches[i].field == PV_FIELD_METADATA ||
		    query->matches[i].field == PV_FIELD_SCORES)
			return 1;
	return 0;
}

static int fits_metadata(const pv_index_match *match, pv_str json)
{
	pv_buf member = { 0 };
	int rc = pv_member_find(&member, json, match->key.ptr);

	if (rc > 0)
		rc = pv_str_eq((pv_str){ pv_buf_text(&member), member.len },
			       (pv_str){ match->value.text, match->value.len });
	pv_buf_dispose(&member);
	return rc;
}

static int fits_score(const pv_index_match *match, pv_str json)
{
	double score = 0;
	int rc = pv_member_number(&score, json, match->key.ptr);

	if (rc <= 0)
		return rc;
	switch (match->how) {
	case PV_EXECUTIONS_AT_LEAST:
		return score >= match->score;
	case PV_EXECUTIONS_AT_MOST:
		return score <= match->score;
	case PV_EXECUTIONS_IS:
		break;
	}
	return score == match->score;
}

int pv_index_fits(int *out, const pv_index_query *query,
		  const pv_execution *row, pv_error *err)
{
	*out = 1;
	for (size_t i = 0; i < query->match_count && *out; i++) {
		const pv_index_match *match = &query->matches[i];
		const pv_value *value = &row->values[match->field];
		pv_str json = { value->text, value->len };
		int rc;

		if (match->field != PV_FIELD_METADATA &&
		    match->field != PV_FIELD_SCORES)
			continue;
		rc = !value->is_set ? 0
		     : match->field == PV_FIELD_SCORES
			     ? fits_score(match, json)
			     : fits_metadata(match, json);
		if (rc < 0)
			return pv_fail_nomem(err);
		*out = rc;
	}
	return PV_OK;
}
