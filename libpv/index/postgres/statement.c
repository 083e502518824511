/* SPDX-License-Identifier: MIT
 *
 * Statements and their values. All values go to the server in binary and come
 * back so: no text of a row is ever part of SQL or quoted.
 */
#include "index/postgres/postgres.h"

#include <stdio.h>

#include "base/fail.h"

/* --- values --------------------------------------------------------------- */

void pv_pg_int_bytes(unsigned char out[8], int64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
}

void pv_pg_put_bytes(struct pv_pg_args *args, enum pv_pg_type type,
		     const void *bytes, size_t len)
{
	int at = args->count++;

	args->types[at] = (Oid)type;
	args->values[at] = len ? bytes : "";
	args->lengths[at] = (int)len;
}

void pv_pg_put_null(struct pv_pg_args *args, enum pv_pg_type type)
{
	pv_pg_put_bytes(args, type, NULL, 0);
	args->values[args->count - 1] = NULL;
}

void pv_pg_put_int(struct pv_pg_args *args, int64_t value)
{
	unsigned char *bytes = args->numbers[args->count];

	pv_pg_int_bytes(bytes, value);
	pv_pg_put_bytes(args, PV_PG_INT8, bytes, 8);
}

void pv_pg_put_text(struct pv_pg_args *args, pv_str text)
{
	pv_pg_put_bytes(args, PV_PG_TEXT, text.ptr, text.len);
}

void pv_pg_put_value(struct pv_pg_args *args, enum pv_field field,
		     const pv_value *value)
{
	int is_number = pv_kind_is_number(pv_field_at(field)->kind);

	if (!value->is_set)
		pv_pg_put_null(args, is_number ? PV_PG_INT8 : PV_PG_TEXT);
	else if (is_number)
		pv_pg_put_int(args, value->number);
	else
		pv_pg_put_text(args, (pv_str){ value->text, value->len });
}

/* --- arrays --------------------------------------------------------------- */

enum {
	ARRAY_HEAD = 20 /* dimensions, nulls, type, length, lower bound */
};

static void put_int4(unsigned char *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (24 - 8 * i));
}

void pv_pg_array_add(struct pv_pg_array *array, const void *bytes, size_t len)
{
	static const char head[ARRAY_HEAD];
	unsigned char length[4];

	if (!array->bytes.len)
		pv_buf_put(&array->bytes, head, sizeof(head));
	put_int4(length, (uint32_t)len);
	pv_buf_put(&array->bytes, length, sizeof(length));
	pv_buf_put(&array->bytes, bytes, len);
	array->count++;
}

void pv_pg_array_add_int(struct pv_pg_array *array, int64_t value)
{
	unsigned char bytes[8];

	pv_pg_int_bytes(bytes, value);
	pv_pg_array_add(array, bytes, sizeof(bytes));
}

int pv_pg_put_array(struct pv_pg_args *args, struct pv_pg_array *array,
		    enum pv_pg_type type, enum pv_pg_type elements, pv_error *err)
{
	static const unsigned char none[12];
	unsigned char *head = (unsigned char *)array->bytes.ptr;
	int rc = pv_buf_status(&array->bytes, err);

	if (rc < 0)
		return rc;
	if (!array->count) {
		/* No dimensions; the type of elements is still looked at. */
		head = args->numbers[args->count];
		put_int4(head, (uint32_t)elements);
		pv_buf_put(&array->bytes, none, 8);
		pv_buf_put(&array->bytes, head, 4);
		rc = pv_buf_status(&array->bytes, err);
		if (rc < 0)
			return rc;
	} else {
		put_int4(head, 1);
		put_int4(head + 8, (uint32_t)elements);
		put_int4(head + 12, (uint32_t)array->count);
		put_int4(head + 16, 1);
	}
	pv_pg_put_bytes(args, type, array->bytes.ptr, array->bytes.len);
	return PV_OK;
}

/* --- running -------------------------------------------------------------- */

static int is_good(const struct pv_postgres *db, const PGresult *answer)
{
	ExecStatusType status = db->pq.resultStatus(answer);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	       status == PGRES_COPY_IN;
}

void pv_pg_clear(struct pv_postgres *db, PGresult *answer)
{
	if (answer)
		db->pq.clear(answer);
}

/* Hands an answer out when it is a good one. */
static int settle(PGresult **out, struct pv_postgres *db, PGresult *answer,
		  pv_error *err)
{
	int rc = PV_OK;

	if (!is_good(db, answer))
		rc = pv_fail_pq(err, db, answer);
	if (rc == PV_OK && out)
		*out = answer;
	else
		pv_pg_clear(db, answer);
	return rc;
}

static const int all_binary[PV_PG_ARGS_MAX] = {
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static const struct pv_pg_args no_args;

/* The name of a prepared statement. */
static int prepare(const char **out, struct pv_postgres *db, const char *sql,
		   const struct pv_pg_args *args, pv_error *err)
{
	char name[24];
	char *kept;
	int rc;

	*out = pv_map_find(&db->prepared, pv_str_of(sql));
	if (*out)
		return PV_OK;
	snprintf(name, sizeof(name), "pv%u", db->prepared_count++);
	rc = settle(NULL, db,
		    db->pq.prepare(db->conn, name, sql, args->count, args->types),
		    err);
	if (rc < 0)
		return rc;
	kept = pv_arena_dup(&db->names, name, strlen(name));
	if (!kept)
		return pv_fail_nomem(err);
	*out = kept;
	return pv_map_set(&db->prepared, pv_str_of(sql), kept, NULL, err);
}

int pv_pg_run(PGresult **out, struct pv_postgres *db, const char *sql,
	      const struct pv_pg_args *args, pv_error *err)
{
	const char *name;
	int rc;

	if (out)
		*out = NULL;
	args = args ? args : &no_args;
	rc = prepare(&name, db, sql, args, err);
	if (rc < 0)
		return rc;
	return settle(out, db,
		      db->pq.execPrepared(db->conn, name, args->count,
					  args->values, args->lengths,
					  all_binary, 1),
		      err);
}

int pv_pg_ask(PGresult **out, struct pv_postgres *db, pv_buf *sql,
	      const struct pv_pg_args *args, pv_error *err)
{
	int rc = pv_buf_status(sql, err);

	if (out)
		*out = NULL;
	args = args ? args : &no_args;
	if (rc == PV_OK)
		rc = settle(out, db,
			    db->pq.execParams(db->conn, sql->ptr, args->count,
					      args->types, args->values,
					      args->lengths, all_binary, 1),
			    err);
	pv_buf_dispose(sql);
	return rc;
}

int pv_pg_exec(struct pv_postgres *db, const char *sql, pv_error *err)
{
	return settle(NULL, db, db->pq.exec(db->conn, sql), err);
}

int pv_pg_number(int64_t *out, struct pv_postgres *db, const char *sql,
		 const struct pv_pg_args *args, pv_error *err)
{
	PGresult *answer = NULL;
	int rc = pv_pg_run(&answer, db, sql, args, err);

	*out = 0;
	if (rc == PV_OK && db->pq.ntuples(answer) > 0)
		*out = pv_pg_int_at(db, answer, 0, 0);
	pv_pg_clear(db, answer);
	return rc;
}

/* --- several at once ------------------------------------------------------ */

static int send_steps(struct pv_postgres *db, const struct pv_pg_step *steps,
		      size_t count, pv_error *err)
{
	int is_sent = 1;

	for (size_t i = 0; i < count && is_sent; i++) {
		const struct pv_pg_args *args = &steps[i].args;
		const char *name =
			pv_map_find(&db->prepared, pv_str_of(steps[i].sql));

		is_sent = db->pq.sendQueryPrepared(db->conn, name, args->count,
						   args->values, args->lengths,
						   all_binary, 1);
	}
	is_sent = is_sent && db->pq.pipelineSync(db->conn);
	return is_sent ? PV_OK : pv_fail_pq(err, db, NULL);
}

/* What was written is on disk once the server has said that it is in step. */
static int await_steps(size_t *failed_out, struct pv_postgres *db, pv_error *err)
{
	int rc = PV_OK;
	int is_in_step = 0;

	*failed_out = 0;
	while (!is_in_step && db->pq.status(db->conn) == CONNECTION_OK) {
		PGresult *answer = db->pq.getResult(db->conn);

		if (!answer) {
			*failed_out += rc == PV_OK;
			continue;
		}
		is_in_step = db->pq.resultStatus(answer) == PGRES_PIPELINE_SYNC;
		if (!is_in_step && rc == PV_OK && !is_good(db, answer))
			rc = pv_fail_pq(err, db, answer);
		pv_pg_clear(db, answer);
	}
	return is_in_step || rc < 0 ? rc : pv_fail_pq(err, db, NULL);
}

int pv_pg_run_steps(size_t *failed_out, struct pv_postgres *db,
		    const struct pv_pg_step *steps, size_t count, pv_error *err)
{
	const char *name;
	int rc = PV_OK;

	*failed_out = 0;
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = prepare(&name, db, steps[i].sql, &steps[i].args, err);
	if (rc < 0)
		return rc;
	if (!db->pq.enterPipelineMode(db->conn))
		return pv_fail_pq(err, db, NULL);
	rc = send_steps(db, steps, count, err);
	if (rc == PV_OK)
		rc = await_steps(failed_out, db, err);
	(void)db->pq.exitPipelineMode(db->conn);
	return rc;
}

/* --- answers -------------------------------------------------------------- */

pv_str pv_pg_bytes_at(const struct pv_postgres *db, const PGresult *answer,
		      int row, int column)
{
	pv_str bytes = { db->pq.getvalue(answer, row, column),
			 (size_t)db->pq.getlength(answer, row, column) };

	return bytes;
}

int64_t pv_pg_int_at(const struct pv_postgres *db, const PGresult *answer,
		     int row, int column)
{
	pv_str bytes = pv_pg_bytes_at(db, answer, row, column);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.len && i < 8; i++)
		value = value << 8 | (unsigned char)bytes.ptr[i];
	/* int4 has a sign, too; bool and null have none. */
	return bytes.len == 4 ? (int64_t)(int32_t)(uint32_t)value
			      : (int64_t)value;
}
