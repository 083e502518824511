/* SPDX-License-Identifier: MIT
 *
 * The PostgreSQL backend, the only place that includes libpq-fe.h. One
 * connection, and one project in a database that others may share; all tables
 * are in the schema "pv". What was acknowledged is on the server's disk. An
 * operation that lost its connection is run again on a new one: rows are known
 * by their ids, so nothing is there twice.
 */
#ifndef PV_INDEX_POSTGRES_POSTGRES_H
#define PV_INDEX_POSTGRES_POSTGRES_H

#include "base/map.h"
#include "index/backend.h"
#include "index/postgres/libpq.h"
#include "index/rollup.h"
#include "index/words.h"

enum {
	PV_PG_PARTITIONS = 962, /* months of 80 years, before, and behind */
	PV_PG_KEY_BYTES = 16,
	PV_PG_TEXTS_MAX = 10 /* of a row */
};

/* What to do about a failure. */
enum pv_pg_trouble {
	PV_PG_FINAL,
	PV_PG_LOST,  /* connect again and repeat */
	PV_PG_AGAIN, /* repeat: others were in the way */
	PV_PG_TWICE  /* a row was there already */
};

struct pv_postgres {
	pv_libpq pq;
	PGconn *conn;
	char *url;
	char *name;      /* of the project */
	char where[200]; /* for messages */
	int64_t project;
	int wait_ms;
	int is_read_only;
	int is_open;     /* `conn` was good once */
	int meets_known; /* rows that come were there already */
	int new_groups;  /* ... whose texts were all new; see copy.c */
	enum pv_pg_trouble trouble; /* of the last failure */
	pv_map prepared;            /* texts of statements to their names */
	unsigned prepared_count;    /* names that were used */
	pv_arena names;
	pv_map dims; /* raw values of dims that are on disk to series */
	pv_arena dim_series;
	pv_buf dim_text;
	/* Of one row, once they were needed: itself, and so many texts. */
	pv_buf row_sql;
	pv_buf texts_sql[PV_PG_TEXTS_MAX + 1];
	unsigned char partitions[PV_PG_PARTITIONS]; /* known to be there */
	pv_strlist scores; /* that are rolled up, when last seen */
	int knows_scores;
	pv_words *words; /* once it was needed */
	pv_index_watch watch;
};

/* --- statements ----------------------------------------------------------- */

enum {
	PV_PG_ARGS_MAX = 96
};

/* Types as PostgreSQL numbers them. */
enum pv_pg_type {
	PV_PG_BYTEA = 17,
	PV_PG_INT8 = 20,
	PV_PG_TEXT = 25,
	PV_PG_FLOAT8 = 701,
	PV_PG_UUID = 2950,
	PV_PG_BYTEA_ARRAY = 1001,
	PV_PG_TEXT_ARRAY = 1009,
	PV_PG_INT8_ARRAY = 1016,
	PV_PG_UUID_ARRAY = 2951
};

/* Values for $1, $2, ...; what they point to has to last. `{ 0 }` is none. */
struct pv_pg_args {
	int count;
	Oid types[PV_PG_ARGS_MAX];
	const char *values[PV_PG_ARGS_MAX];
	int lengths[PV_PG_ARGS_MAX];
	unsigned char numbers[PV_PG_ARGS_MAX][16]; /* and keys, made for it */
};

void pv_pg_put_int(struct pv_pg_args *args, int64_t value);
void pv_pg_put_null(struct pv_pg_args *args, enum pv_pg_type type);
void pv_pg_put_bytes(struct pv_pg_args *args, enum pv_pg_type type,
		     const void *bytes, size_t len);
void pv_pg_put_text(struct pv_pg_args *args, pv_str text);
/* A value of a field that is kept in a row or a dim. */
void pv_pg_put_value(struct pv_pg_args *args, enum pv_field field,
		     const pv_value *value);

/* An array in the making; its elements are `count`. `{ 0 }` is none. */
struct pv_pg_array {
	pv_buf bytes;
	int count;
};

void pv_pg_array_add(struct pv_pg_array *array, const void *bytes, size_t len);
void pv_pg_array_add_int(struct pv_pg_array *array, int64_t value);
/* Makes it the next argument; `elements` is the type of one of them. */
int pv_pg_put_array(struct pv_pg_args *args, struct pv_pg_array *array,
		    enum pv_pg_type type, enum pv_pg_type elements,
		    pv_error *err);

/* Writes 8 bytes as PostgreSQL sends them, and back. */
void pv_pg_int_bytes(unsigned char out[8], int64_t value);

/*
 * Runs one statement, prepared at its first use; NULL `out` for no answer.
 * The caller clears the answer.
 */
int pv_pg_run(PGresult **out, struct pv_postgres *db, const char *sql,
	      const struct pv_pg_args *args, pv_error *err);
/* The same for SQL that is made for this call. */
int pv_pg_ask(PGresult **out, struct pv_postgres *db, pv_buf *sql,
	      const struct pv_pg_args *args, pv_error *err);
/* Runs SQL of ours without values, which may be several statements. */
int pv_pg_exec(struct pv_postgres *db, const char *sql, pv_error *err);
/* The number in the first column of the first row; 0 without. */
int pv_pg_number(int64_t *out, struct pv_postgres *db, const char *sql,
		 const struct pv_pg_args *args, pv_error *err);
/* One of several statements that nobody waits between. */
struct pv_pg_step {
	const char *sql; /* prepared at its first use */
	struct pv_pg_args args;
};

/*
 * Runs statements in one round trip, as one transaction unless one was begun.
 * Their answers are not looked at; the first that fails is `*failed_out`.
 */
int pv_pg_run_steps(size_t *failed_out, struct pv_postgres *db,
		    const struct pv_pg_step *steps, size_t count, pv_error *err);
/* Clears an answer; NULL is accepted. */
void pv_pg_clear(struct pv_postgres *db, PGresult *answer);

int64_t pv_pg_int_at(const struct pv_postgres *db, const PGresult *answer,
		     int row, int column);
pv_str pv_pg_bytes_at(const struct pv_postgres *db, const PGresult *answer,
		      int row, int column);

/* --- the connection ------------------------------------------------------- */

/* Writes the error of an answer, or of the connection, and sets `trouble`. */
int pv_fail_pq(pv_error *err, struct pv_postgres *db, const PGresult *answer);

typedef int (*pv_pg_try_fn)(struct pv_postgres *db, void *payload, pv_error *err);

/*
 * Runs an operation, again when it was in the way of others or its connection
 * was lost, as long as the index may wait.
 */
int pv_pg_retry(struct pv_postgres *db, pv_pg_try_fn fn, void *payload,
		pv_error *err);

int pv_pg_begin(struct pv_postgres *db, pv_error *err);
/* One in which everything is of one moment. */
int pv_pg_begin_read(struct pv_postgres *db, pv_error *err);
/* Commits when `rc` is PV_OK; rolls back when it is not. */
int pv_pg_end(struct pv_postgres *db, int rc, pv_error *err);

/*
 * Keeps those away, until the transaction ends, who sweep texts or change what
 * is summed up; or, alone, all who write rows.
 */
int pv_pg_hold(struct pv_postgres *db, pv_error *err);
int pv_pg_hold_alone(struct pv_postgres *db, pv_error *err);

/* Brings the tables up to date, and finds or makes the project. */
int pv_pg_migrate(struct pv_postgres *db, pv_error *err);
/* Finds the project, or says that nothing is recorded. */
int pv_pg_find_project(struct pv_postgres *db, pv_error *err);

/* Makes the partitions that rows need. */
int pv_pg_make_partitions(struct pv_postgres *db, pv_execution *const *rows,
			  size_t count, pv_error *err);

/* --- rows ----------------------------------------------------------------- */

/* The first half of a sha256. */
void pv_pg_hash(unsigned char out[PV_PG_KEY_BYTES], const void *data, size_t len);
/* By which rows of a prompt are found. */
int64_t pv_pg_prompt_key(pv_str prompt);
/* The advisory lock of whoever writes rows. */
int64_t pv_pg_lock_number(const struct pv_postgres *db);

/* What rows with the same values of dims share. */
struct pv_pg_dim {
	unsigned char id[PV_PG_KEY_BYTES];
	int64_t series;
};

/* Finds or makes the series of a row. */
int pv_pg_series_of(int64_t *out, struct pv_postgres *db,
		    const pv_execution *row, pv_error *err);
/* Finds or makes a row's dim and series, outside of any transaction. */
int pv_pg_dim_of(struct pv_pg_dim *out, struct pv_postgres *db,
		 const pv_execution *row, pv_error *err);

/* The key of a text. */
void pv_pg_body_key(unsigned char out[PV_PG_KEY_BYTES], const pv_value *value);
/* Whether a field other than the id is a column of executions. */
int pv_pg_is_column(int field);
/* Calls for each tag of a row. */
int pv_pg_each_tag(const pv_execution *row,
		   int (*fn)(const unsigned char *key, void *payload),
		   void *payload, pv_error *err);
/* Drops the tags of a row from the table they are found by. */
int pv_pg_drop_tags(struct pv_postgres *db, const unsigned char *id,
		    const pv_execution *row, pv_error *err);
/* Many rows by COPY; PV_PG_TWICE is its trouble when others were faster. */
int pv_pg_copy_rows(size_t *added_out, struct pv_postgres *db,
		    pv_execution *const *rows, size_t count, pv_error *err);

/* "SELECT ... FROM execution e JOIN ... WHERE e.project_id = $1". */
void pv_pg_put_select(pv_buf *out);
/* A row of that. */
int pv_pg_read(pv_execution **out, struct pv_postgres *db,
	       const PGresult *answer, int at, pv_error *err);
/* A row of an answer. */
struct pv_pg_row {
	struct pv_postgres *db;
	const PGresult *answer;
	int at;
};

/* A column that is the value of a field that is kept in rows and dims. */
int pv_pg_read_column(pv_execution *row, enum pv_field field,
		      const struct pv_pg_row *from, int column, pv_error *err);
int pv_pg_get_now(pv_execution **out, struct pv_postgres *db,
		  const unsigned char *id, int locks, pv_error *err);

/*
 * Appends " AND ..." for what of a query the server decides, and its values;
 * what it cannot is asked of pv_index_fits.
 */
int pv_pg_put_where(pv_buf *sql, struct pv_pg_args *args, struct pv_postgres *db,
		    const pv_index_query *query, pv_error *err);

/* --- rollups -------------------------------------------------------------- */

/* Changes of sums as arrays of columns. `{ 0 }` is none. */
struct pv_pg_deltas {
	struct pv_pg_array cells[5];  /* series, grain, bucket, last, data */
	struct pv_pg_array errors[5]; /* series, grain, bucket, kind, count */
	/* The row that is recorded: what was pruned of it is summed up already. */
	const unsigned char *row_id;
};

/* Settles a batch and empties it. */
int pv_pg_deltas_make(struct pv_pg_deltas *out, pv_rollup_batch *batch,
		      pv_error *err);
void pv_pg_deltas_dispose(struct pv_pg_deltas *deltas);
/* Makes steps of them, at most two, behind `*count`. */
int pv_pg_put_deltas(struct pv_pg_step *steps, size_t *count,
		     const struct pv_postgres *db, struct pv_pg_deltas *deltas,
		     pv_error *err);
/* Reads, into an empty list, the scores that are rolled up. */
int pv_pg_read_scores(pv_strlist *out, struct pv_postgres *db, pv_error *err);
/* Adds what a batch changed, within a transaction. */
int pv_pg_add_deltas(struct pv_postgres *db, pv_rollup_batch *batch,
		     pv_error *err);
/* Puts a cell into the table as it is. */
int pv_pg_write_cell(struct pv_postgres *db, const pv_rollup_key *key,
		     const pv_cell *cell, pv_error *err);
/* Makes what units of an experiment have of the rows. */
int pv_pg_read_arms(struct pv_postgres *db, const char *experiment,
		    const pv_rollup_reader *reader, pv_error *err);
/* Adds some deltas to their cells; others may do so already. */
int pv_pg_fold(struct pv_postgres *db, pv_error *err);

/* --- search --------------------------------------------------------------- */

/* Keeps those who drain away until the transaction ends. */
int pv_pg_lock_search(struct pv_postgres *db, pv_error *err);
/* Makes db->words. */
int pv_pg_need_words(struct pv_postgres *db, pv_error *err);
/* Notes a row that the search is to see. */
int pv_pg_enqueue(struct pv_postgres *db, const unsigned char *id, pv_error *err);
/* Takes a row out of the search. */
int pv_pg_unindex(int *was_there_out, struct pv_postgres *db,
		  const unsigned char *id, pv_error *err);

/* --- operations ----------------------------------------------------------- */

int pv_pg_record(size_t *added_out, void *state, pv_execution *const *rows,
		 size_t count, pv_error *err);
int pv_pg_get(pv_execution **out, void *state, const unsigned char *id,
	      pv_error *err);
int pv_pg_list(void *state, const pv_index_query *query, pv_execution_fn fn,
	       void *payload, pv_error *err);
int pv_pg_amend(void *state, const unsigned char *id,
		pv_execution_change_fn change, void *payload, pv_error *err);
int pv_pg_check(void *state, int (*fn)(const char *problem, void *payload),
		void *payload, pv_error *err);
int pv_pg_vacuum(void *state, pv_error *err);
int pv_pg_check_texts(void *state, pv_text_check *check, pv_error *err);
int pv_pg_check_rollups(pv_executions_rollups *out, void *state, int repairs,
			pv_error *err);
int pv_pg_list_scores(pv_strlist *out, void *state, pv_error *err);
int pv_pg_each_part(void *state, pv_part_fn fn, void *payload, pv_error *err);
int pv_pg_put_parts(pv_part_counts *out, void *state, const pv_part *parts,
		    size_t count, pv_error *err);
int pv_pg_set_scores(void *state, const pv_strlist *names, pv_error *err);
int pv_pg_read_rollups(void *state, const pv_rollup_query *query,
		       const pv_rollup_reader *reader, pv_error *err);
int pv_pg_drain(size_t *left_out, void *state, size_t limit, pv_error *err);
int pv_pg_search(pv_executions_found *out, void *state,
		 const pv_index_search *asked, pv_execution_hit_fn fn,
		 void *payload, pv_error *err);
int pv_pg_mark(pv_buf *out, void *state, pv_error *err);
int pv_pg_remove(pv_executions_removed *out, void *state,
		 const pv_index_query *query, const pv_executions_removal *opts,
		 pv_error *err);

/* The migrations, embedded by the build; see migrations/. */
extern const char *const pv_pg_0001_index_sql;
extern const char *const pv_pg_0002_bodies_sql;
extern const char *const pv_pg_0003_pruned_sql;

#endif
