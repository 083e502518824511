/* SPDX-License-Identifier: MIT
 *
 * The SQLite backend, the only place that includes sqlite3.h. One connection
 * with its statements, kept from their first use. Every write is one
 * transaction that waits for the disk; a reader never waits for a writer.
 */
#ifndef PV_INDEX_SQLITE_SQLITE_H
#define PV_INDEX_SQLITE_SQLITE_H

#include <sqlite3.h>

#include "base/map.h"
#include "index/backend.h"
#include "index/rollup_check.h"
#include "index/words.h"

enum pv_sqlite_statement {
	PV_SQLITE_BEGIN,
	PV_SQLITE_BEGIN_READ,
	PV_SQLITE_COMMIT,
	PV_SQLITE_ROLLBACK,
	PV_SQLITE_INSERT,
	PV_SQLITE_UPDATE,
	PV_SQLITE_NAME_FIND,
	PV_SQLITE_NAME_ADD,
	PV_SQLITE_DIM_FIND,
	PV_SQLITE_DIM_ADD,
	PV_SQLITE_BODY_FIND,
	PV_SQLITE_BODY_ADD,
	PV_SQLITE_BODY_SHARE,
	PV_SQLITE_BODY_DROP,
	PV_SQLITE_BODY_READ,
	PV_SQLITE_TAG_ADD,
	PV_SQLITE_TAG_DROP,
	PV_SQLITE_GET,
	PV_SQLITE_DIM_SERIES,
	PV_SQLITE_SERIES_FIND,
	PV_SQLITE_SERIES_ADD,
	PV_SQLITE_SERIES_OF,
	PV_SQLITE_ROLLUP_FIND,
	PV_SQLITE_ROLLUP_PUT,
	PV_SQLITE_ROLLUP_DROP,
	PV_SQLITE_ROLLUP_ERROR_ADD,
	PV_SQLITE_ROLLUP_ERROR_DROP,
	PV_SQLITE_ROLLUP_PART,
	PV_SQLITE_ROLLUP_ROWS,
	PV_SQLITE_ROLLUP_CELLS,
	PV_SQLITE_ROLLUP_ERRORS,
	PV_SQLITE_ROLLUP_ERRORS_DROP,
	PV_SQLITE_ROLLUP_NEXT,
	PV_SQLITE_ROLLUP_IS_PART,
	PV_SQLITE_ROLLUP_PART_ADD,
	PV_SQLITE_SERIES_READ,
	PV_SQLITE_MINUTE_OLDEST,
	PV_SQLITE_SCORES,
	PV_SQLITE_SCORE_ADD,
	PV_SQLITE_DIM_BARE,
	PV_SQLITE_ARM_FIND,
	PV_SQLITE_ARM_ADD,
	PV_SQLITE_ARM_FIRST,
	PV_SQLITE_ARMS_OF,
	PV_SQLITE_DAY_READ,
	PV_SQLITE_DAY_PUT,
	PV_SQLITE_DAY_DROP,
	PV_SQLITE_DAYS_OF,
	PV_SQLITE_ARM_CROSSED,
	PV_SQLITE_DAYS_ALL,
	PV_SQLITE_UNIT_FIND,
	PV_SQLITE_UNIT_PUT,
	PV_SQLITE_UNIT_DROP,
	PV_SQLITE_UNIT_CLEAR,
	PV_SQLITE_UNIT_PART,
	PV_SQLITE_UNIT_OF,
	PV_SQLITE_UNIT_COUNT,
	PV_SQLITE_UNITS_ALL,
	PV_SQLITE_UNIT_ROWS,
	PV_SQLITE_SPAN_CELLS,
	PV_SQLITE_SPAN_ERRORS,
	PV_SQLITE_QUEUE_ADD,
	PV_SQLITE_QUEUE_ADD_MANY,
	PV_SQLITE_QUEUE_COUNT,
	PV_SQLITE_QUEUE_DROP,
	PV_SQLITE_DOC_ADD,
	PV_SQLITE_DOC_LAST,
	PV_SQLITE_DOC_DROP,
	PV_SQLITE_SEARCH_ADD,
	PV_SQLITE_SEARCH_DROP,
	PV_SQLITE_DRAINED,
	PV_SQLITE_DRAINED_AT,
	PV_SQLITE_HAS_MORE,
	PV_SQLITE_MARK,
	PV_SQLITE_LOOSE_TEXTS,
	PV_SQLITE_LOOSE_ALL,
	PV_SQLITE_SHARED_DROP,
	PV_SQLITE_LOOSE_COUNT,
	PV_SQLITE_LOOSE_LIST,
	PV_SQLITE_TEXTS_DROP,
	PV_SQLITE_TAGS_DROP,
	PV_SQLITE_ROW_DROP,
	PV_SQLITE_PRUNED_ADD,
	PV_SQLITE_PRUNED_DROP,
	PV_SQLITE_PRUNED_LAST,
	PV_SQLITE_PRUNED_FIND,
	PV_SQLITE_BODY_USES,
	PV_SQLITE_STATEMENTS
};

struct pv_sqlite {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *statements[PV_SQLITE_STATEMENTS];
	pv_map dims; /* raw values of dims that are on disk to their ids */
	pv_arena dim_ids;
	const struct pv_sqlite_dim *last_dim; /* of those, or NULL */
	pv_rollup_batch rollup; /* what the transaction changes of them */
	int64_t rollup_now;     /* its time, once asked for */
	pv_strlist scores;      /* that are rolled up; of the transaction */
	int has_scores;         /* they are read */
	pv_buf dim_text;        /* of the row at hand, to look in `dims` */
	pv_buf queue;           /* ids that the transaction puts into it */
	pv_words *words;        /* once it was needed */
	pv_index_watch watch;
	/* The last id of those that were pruned, once the transaction asked. */
	unsigned char last_pruned[PV_UUID_BYTES];
	int knows_pruned;
};

/* The one project of a repository's own index. */
enum {
	PV_SQLITE_PROJECT = 1
};

/*
 * Writes the error of a failed call: PV_ELOCKED, PV_EIO, PV_EDB, PV_ENOMEM,
 * each with what to do about it. `db` may have a NULL connection.
 */
int pv_fail_sqlite(pv_error *err, const struct pv_sqlite *db, int status);

/* Adds the functions of function.c to a connection. */
int pv_sqlite_add_functions(struct pv_sqlite *db, pv_error *err);

/* --- statements ----------------------------------------------------------- */

/* A statement by its name, prepared on first use, reset and unbound. */
int pv_sqlite_use(sqlite3_stmt **out, struct pv_sqlite *db,
		  enum pv_sqlite_statement which, pv_error *err);
/* Runs a statement that gives no rows. */
int pv_sqlite_run(struct pv_sqlite *db, sqlite3_stmt *statement, pv_error *err);
/* The same for one that is about the row of an id. */
int pv_sqlite_run_id(struct pv_sqlite *db, enum pv_sqlite_statement which,
		     const unsigned char *id, pv_error *err);
/* Runs SQL of ours that is run seldom. */
int pv_sqlite_exec(struct pv_sqlite *db, const char *sql, pv_error *err);
/*
 * Steps a statement and resets it at the end: 1 for a row, 0 for none,
 * negative for a failure.
 */
int pv_sqlite_step(struct pv_sqlite *db, sqlite3_stmt *statement, pv_error *err);
/* The one number that a statement gives, or 0 when it gives none. */
int pv_sqlite_number(int64_t *out, struct pv_sqlite *db,
		     sqlite3_stmt *statement, pv_error *err);
/*
 * Binds the value of a field other than the id; what is not set stays NULL.
 * All that is bound has to last until the statement has run.
 */
void pv_sqlite_bind(sqlite3_stmt *statement, int at, enum pv_field field,
		    const pv_value *value);
void pv_sqlite_bind_text(sqlite3_stmt *statement, int at, pv_str text);
void pv_sqlite_bind_id(sqlite3_stmt *statement, int at, const unsigned char *id);

/* One transaction: begin, then end, which commits when `rc` is PV_OK. */
int pv_sqlite_begin(struct pv_sqlite *db, pv_error *err);
/* One in which everything is of one moment, without keeping writers away. */
int pv_sqlite_begin_read(struct pv_sqlite *db, pv_error *err);
int pv_sqlite_end(struct pv_sqlite *db, int rc, pv_error *err);

/* "SELECT ... FROM execution e CROSS JOIN dim d ON ...": what rows are of. */
void pv_sqlite_put_select(pv_buf *out);
/* Places of values in statements that are made of a query. */
enum pv_sqlite_place {
	PV_SQLITE_SINCE_AT = 1,
	PV_SQLITE_UNTIL_AT,
	PV_SQLITE_AFTER_AT,
	PV_SQLITE_AFTER_TIME_AT,
	PV_SQLITE_LIMIT_AT,
	PV_SQLITE_TEXT_AT, /* for others */
	PV_SQLITE_ALL_AT,
	PV_SQLITE_BEHIND_AT,
	PV_SQLITE_UP_TO_AT,
	PV_SQLITE_MATCHES_AT /* two for each condition */
};

/* " AND ..." for each condition of a query on execution e, but its limit. */
void pv_sqlite_put_where(pv_buf *sql, const pv_index_query *query);
/* The values of the above, and the limit. */
int pv_sqlite_bind_where(struct pv_sqlite *db, sqlite3_stmt *statement,
			 const pv_index_query *query, pv_error *err);
/*
 * Prepares SQL, which is disposed of, and binds the query's values (NULL:
 * none). The caller finalizes the statement, after failures too.
 */
int pv_sqlite_ask(sqlite3_stmt **out, struct pv_sqlite *db, pv_buf *sql,
		  const pv_index_query *query, pv_error *err);
/* The row that a statement of pv_sqlite_put_select stands on. */
int pv_sqlite_read(pv_execution **out, struct pv_sqlite *db,
		   sqlite3_stmt *statement, pv_error *err);

/* --- operations ----------------------------------------------------------- */

int pv_sqlite_record(size_t *added_out, void *state, pv_execution *const *rows,
		     size_t count, pv_error *err);
int pv_sqlite_get(pv_execution **out, void *state, const unsigned char *id,
		  pv_error *err);
int pv_sqlite_list(void *state, const pv_index_query *query, pv_execution_fn fn,
		   void *payload, pv_error *err);
int pv_sqlite_amend(void *state, const unsigned char *id,
		    pv_execution_change_fn change, void *payload, pv_error *err);
enum {
	PV_SQLITE_QUEUE_MANY = 32 /* ids in one statement */
};

/* Notes a row that the search is to see when the transaction has ended. */
int pv_sqlite_enqueue(struct pv_sqlite *db, const unsigned char *id,
		      pv_error *err);
/* Writes what was noted; before the transaction is committed. */
int pv_sqlite_flush_queue(struct pv_sqlite *db, pv_error *err);
/*
 * Takes a row out of the search; to be done before anything of its texts goes.
 */
int pv_sqlite_unindex(int *was_there_out, struct pv_sqlite *db,
		      const unsigned char *id, pv_error *err);
int pv_sqlite_drain(size_t *left_out, void *state, size_t limit, pv_error *err);
int pv_sqlite_search(pv_executions_found *out, void *state,
		     const pv_index_search *asked, pv_execution_hit_fn fn,
		     void *payload, pv_error *err);
int pv_sqlite_mark(pv_buf *out, void *state, pv_error *err);
int pv_sqlite_remove(pv_executions_removed *out, void *state,
		     const pv_index_query *query,
		     const pv_executions_removal *opts, pv_error *err);
int pv_sqlite_check(void *state, int (*fn)(const char *problem, void *payload),
		    void *payload, pv_error *err);
int pv_sqlite_check_texts(void *state, pv_text_check *check, pv_error *err);
/* Adds the tags of a row to the table they are found by. */
int pv_sqlite_put_tags(struct pv_sqlite *db, const pv_execution *row,
		       pv_error *err);

/* Forgets what is known of the tables, as after a rollback. */
void pv_sqlite_forget(struct pv_sqlite *db);

/* --- rollups -------------------------------------------------------------- */

/* Finds or makes the series of a row. */
int pv_sqlite_series_for(pv_series *out, struct pv_sqlite *db,
			 const pv_execution *row, pv_error *err);
/* The same, and notes it in the row's dim. */
int pv_sqlite_set_series(pv_series *out, struct pv_sqlite *db, int64_t dim,
			 const pv_execution *row, pv_error *err);
/*
 * Whoever adds, changes or deletes a row says so within the transaction:
 * `times` is 1 for one that is there now, -1 for one that was. Rows that
 * retention takes are not told this way: their rollups stay.
 */
int pv_sqlite_roll(struct pv_sqlite *db, const pv_series *series,
		   const pv_execution *row, int times, pv_error *err);
/* The same for a row whose series is not known; while it is in the table. */
int pv_sqlite_roll_row(struct pv_sqlite *db, const unsigned char *id,
		       const pv_execution *row, int times, pv_error *err);
/*
 * Retention is about to take a row: its hour and its unit are not to be
 * compared again.
 */
int pv_sqlite_roll_prune(struct pv_sqlite *db, const unsigned char *id,
			 pv_error *err);
/* Whether it did, so that what sums have of the row is still in them. */
int pv_sqlite_was_pruned(int *out, struct pv_sqlite *db,
			 const unsigned char *id, pv_error *err);
/* The series that three columns of a row, from the first on, are of. */
pv_series pv_sqlite_series_at(sqlite3_stmt *statement, int at);
/* Calls for the rows of a statement of theirs until it fails. */
int pv_sqlite_give_rolled(struct pv_sqlite *db, sqlite3_stmt *statement,
			  pv_rollup_row_fn fn, void *payload, pv_error *err);
/* Finds or makes the arm of a row; 0 when it is of no experiment. */
int pv_sqlite_arm_of(int64_t *out, struct pv_sqlite *db,
		     const pv_execution *row, pv_error *err);
/* Writes what changed of units; the batch is settled. */
int pv_sqlite_write_units(struct pv_sqlite *db, pv_error *err);
/* Marks the unit of a row that retention is about to take. */
int pv_sqlite_part_unit(struct pv_sqlite *db, const unsigned char *id,
			pv_error *err);
int pv_sqlite_read_arms(struct pv_sqlite *db, const char *experiment,
			const pv_rollup_reader *reader, pv_error *err);
/* Makes the units of all rows anew, or compares; within a transaction. */
int pv_sqlite_check_units(pv_executions_rollups *out, struct pv_sqlite *db,
			  int repairs, pv_error *err);
/* Writes what was told; before the transaction is committed. */
int pv_sqlite_roll_end(struct pv_sqlite *db, pv_error *err);
void pv_sqlite_roll_forget(struct pv_sqlite *db);
/*
 * Drops minutes that are no longer kept, the oldest first, at most `limit`, and
 * says how many; within a transaction.
 */
int pv_sqlite_drop_minutes(size_t *dropped_out, struct pv_sqlite *db,
			   size_t limit, pv_error *err);
/* Reads db->scores, unless that was done in this transaction. */
int pv_sqlite_read_scores(struct pv_sqlite *db, pv_error *err);
int pv_sqlite_set_scores(void *state, const pv_strlist *names, pv_error *err);
/*
 * The start in seconds of the first day, from `*day` on, of which there are
 * rows or rollups; `*is_there` is 0 without.
 */
int pv_sqlite_next_day(int *is_there, int64_t *day, struct pv_sqlite *db,
		       pv_error *err);
/* Calls `fn` for the rows of a day until it fails. */
int pv_sqlite_each_rolled(struct pv_sqlite *db, int64_t day,
			  pv_rollup_row_fn fn, void *payload, pv_error *err);

int pv_sqlite_vacuum(void *state, pv_error *err);
int pv_sqlite_check_rollups(pv_executions_rollups *out, void *state,
			    int repairs, pv_error *err);
int pv_sqlite_each_part(void *state, pv_part_fn fn, void *payload, pv_error *err);
int pv_sqlite_put_parts(pv_part_counts *out, void *state, const pv_part *parts,
			size_t count, pv_error *err);
int pv_sqlite_list_scores(pv_strlist *out, void *state, pv_error *err);
int pv_sqlite_read_rollups(void *state, const pv_rollup_query *query,
			   const pv_rollup_reader *reader, pv_error *err);
/* Makes them of all rows, within a transaction; or the units alone. */
int pv_sqlite_rollups_make(struct pv_sqlite *db, pv_error *err);
int pv_sqlite_units_make(struct pv_sqlite *db, pv_error *err);
/* What the table has of a cell, added to `out`; 1 for some, 0 for none. */
int pv_sqlite_read_cell(pv_cell *out, struct pv_sqlite *db,
			const pv_rollup_key *key, pv_error *err);
/* Puts a cell into the table as it is. */
int pv_sqlite_write_cell(struct pv_sqlite *db, const pv_rollup_key *key,
			 const pv_cell *cell, pv_error *err);
/* A row of columns e.*, d.* that are those of the fields, but for bodies. */
int pv_sqlite_read_column(pv_execution *row, enum pv_field field,
			  struct pv_sqlite *db, sqlite3_stmt *statement, int at,
			  pv_error *err);

/* The migrations, embedded by the build; see migrations/. */
extern const char *const pv_sqlite_0001_executions_sql;
extern const char *const pv_sqlite_0002_rollups_sql;
extern const char *const pv_sqlite_0003_search_sql;
extern const char *const pv_sqlite_0004_measures_sql;
extern const char *const pv_sqlite_0005_bodies_sql;
extern const char *const pv_sqlite_0006_shared_bodies_sql;
extern const char *const pv_sqlite_0007_units_sql;
extern const char *const pv_sqlite_0008_unit_days_sql;
extern const char *const pv_sqlite_0009_pruned_sql;

#endif
