/* SPDX-License-Identifier: MIT
 *
 * The front of the index: checks what is asked, and hands it to the backend.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "index/backend.h"

struct pv_executions {
	const pv_index_backend *backend;
	void *db;
};

int pv_executions_open(pv_executions **out, const pv_executions_options *opts,
		       pv_error *err)
{
	pv_executions *index = pv_calloc(1, sizeof(*index));
	int rc;

	*out = NULL;
	if (!index)
		return pv_fail_nomem(err);
	index->backend = &pv_sqlite_backend;
	rc = index->backend->open(&index->db, opts, err);
	if (rc == PV_OK)
		*out = index;
	else
		pv_free(index);
	return rc;
}

void pv_executions_free(pv_executions *index)
{
	if (!index)
		return;
	index->backend->close(index->db);
	pv_free(index);
}

int pv_executions_record(size_t *added_out, pv_executions *index,
			 pv_execution *const *rows, size_t count, pv_error *err)
{
	size_t added = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_execution_complete(rows[i], 0, err);
	if (rc == PV_OK && count)
		rc = index->backend->record(&added, index->db, rows, count, err);
	if (added_out)
		*added_out = rc == PV_OK ? added : 0;
	return rc;
}

static int read_id(unsigned char out[PV_UUID_BYTES], const char *id, pv_error *err)
{
	if (pv_uuid_parse(out, pv_str_of(id)) == 0)
		return PV_OK;
	pv_fail(err, PV_EINVALID, "\"%.60s\" is not the id of an execution", id);
	return pv_error_hint(err, PV_EINVALID,
			     "ids are the 36 characters that record and "
			     "history print");
}

int pv_executions_get(pv_execution **out, pv_executions *index, const char *id,
		      pv_error *err)
{
	unsigned char bytes[PV_UUID_BYTES];
	int rc = read_id(bytes, id, err);

	*out = NULL;
	return rc < 0 ? rc : index->backend->get(out, index->db, bytes, err);
}

int pv_executions_amend(pv_executions *index, const char *id,
			int (*change)(pv_execution *row, void *payload,
				      pv_error *err),
			void *payload, pv_error *err)
{
	unsigned char bytes[PV_UUID_BYTES];
	int rc = read_id(bytes, id, err);

	return rc < 0 ? rc
		      : index->backend->amend(index->db, bytes, change, payload,
					      err);
}

/* --- lists ---------------------------------------------------------------- */

/* The typed values of a query's matches. */
struct matches {
	pv_execution **rows;
	enum pv_field *fields;
	size_t count;
};

static void matches_dispose(struct matches *matches)
{
	for (size_t i = 0; i < matches->count; i++)
		pv_execution_free(matches->rows[i]);
	pv_free(matches->rows);
	pv_free(matches->fields);
}

static int add_match(struct matches *out, const pv_executions_match *match,
		     pv_error *err)
{
	int field = pv_field_find(pv_str_of(match->field));
	pv_execution *row = NULL;
	int rc;

	if (field < 0 || pv_field_at(field)->place == PV_PLACE_BODY ||
	    field == PV_FIELD_TAGS || field == PV_FIELD_SCORES)
		return pv_fail(err, PV_EINVALID,
			       "executions cannot be chosen by \"%.100s\"",
			       match->field);
	rc = pv_execution_new(&row, err);
	if (rc < 0)
		return rc;
	out->rows[out->count] = row;
	out->fields[out->count++] = (enum pv_field)field;
	return pv_execution_set(row, match->field, match->value,
				strlen(match->value), err);
}

static int read_matches(struct matches *out, const pv_executions_query *query,
			pv_error *err)
{
	int rc = PV_OK;

	out->rows = pv_calloc(query->match_count, sizeof(pv_execution *));
	out->fields = pv_calloc(query->match_count, sizeof(enum pv_field));
	if (!out->rows || !out->fields)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < query->match_count && rc == PV_OK; i++)
		rc = add_match(out, &query->matches[i], err);
	return rc;
}

int pv_executions_list(pv_executions *index, const pv_executions_query *query,
		       int (*fn)(const pv_execution *row, void *payload),
		       void *payload, pv_error *err)
{
	static const pv_executions_query all;
	unsigned char after[PV_UUID_BYTES];
	struct matches matches = { 0 };
	pv_index_query asked = { .asked = query ? query : &all };
	int rc = read_matches(&matches, asked.asked, err);

	if (rc == PV_OK && asked.asked->after) {
		rc = read_id(after, asked.asked->after, err);
		asked.after = after;
	}
	asked.matches = matches.rows;
	asked.fields = matches.fields;
	asked.match_count = matches.count;
	if (rc == PV_OK)
		rc = index->backend->list(index->db, &asked, fn, payload, err);
	matches_dispose(&matches);
	return rc;
}
