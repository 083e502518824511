/* SPDX-License-Identifier: MIT
 *
 * What a backend of the index does. The front (executions.c) has checked
 * everything that can be checked without a database: rows are whole, ids are
 * ids, matches name fields that can be matched and carry a value of the right
 * kind. A backend keeps rows and gives the same ones back.
 */
#ifndef PV_INDEX_BACKEND_H
#define PV_INDEX_BACKEND_H

#include "index/execution.h"
#include "index/part.h"
#include "index/rollup.h"
#include "index/search_text.h"
#include "index/text_check.h"

/* A condition as a backend gets it. */
typedef struct pv_index_match {
	enum pv_field field;
	enum pv_executions_how how;
	pv_str key;     /* of metadata and scores: the member */
	pv_value value; /* of the field's kind; of tags and metadata a text */
	double score;   /* of scores, instead */
} pv_index_match;

/* A query as a backend gets it. */
typedef struct pv_index_query {
	const pv_executions_query *asked;
	const pv_index_match *matches;
	size_t match_count;
	const unsigned char *after; /* an id, or NULL */
} pv_index_query;

/* A query that was checked, with what it needs to last. */
typedef struct pv_filter {
	pv_index_query query;
	pv_index_match *matches;
	pv_execution *values; /* lends texts to the matches */
	unsigned char after[PV_UUID_BYTES];
} pv_filter;

/* Checks a query; NULL asks for everything. PV_EINVALID, PV_ENOMEM. */
int pv_filter_read(pv_filter *out, const pv_executions_query *query,
		   pv_error *err);
void pv_filter_dispose(pv_filter *filter);

/* The bytes of an id, or PV_EINVALID with what ids look like. */
int pv_id_read(unsigned char out[PV_UUID_BYTES], const char *id, pv_error *err);

/* PV_ENOTFOUND: there is no row of that id. */
int pv_id_missing(pv_error *err, const unsigned char *id);

/* A search as a backend gets it. */
typedef struct pv_index_search {
	const pv_search_node *tree;
	const pv_index_query *query; /* without `after` and an order */
	const unsigned char *after;  /* an id, or NULL */
	int newest_first;
} pv_index_search;

typedef int (*pv_execution_hit_fn)(const pv_executions_hit *hit, void *payload);
typedef int (*pv_execution_fn)(const pv_execution *row, void *payload);
typedef int (*pv_execution_change_fn)(pv_execution *row, void *payload,
				      pv_error *err);

/* Who wants to know how far something long has come; `fn` is NULL for nobody. */
typedef struct pv_index_watch {
	pv_executions_watch_fn fn;
	void *payload;
	size_t done;
	size_t count;
} pv_index_watch;

/* One more is done. */
void pv_index_watch_step(pv_index_watch *watch);

/* `db` is what `open` gave. See pv/index.h for what each promises. */
typedef struct pv_index_backend {
	int (*open)(void **out, const pv_executions_options *opts, pv_error *err);
	void (*close)(void *db);
	pv_index_watch *(*watch_of)(void *db);
	int (*record)(size_t *added_out, void *db, pv_execution *const *rows,
		      size_t count, pv_error *err);
	int (*get)(pv_execution **out, void *db, const unsigned char *id,
		   pv_error *err);
	int (*list)(void *db, const pv_index_query *query, pv_execution_fn fn,
		    void *payload, pv_error *err);
	int (*amend)(void *db, const unsigned char *id,
		     pv_execution_change_fn change, void *payload, pv_error *err);
	int (*check)(void *db, int (*fn)(const char *problem, void *payload),
		     void *payload, pv_error *err);
	int (*check_texts)(void *db, pv_text_check *check, pv_error *err);
	int (*vacuum)(void *db, pv_error *err);
	int (*check_rollups)(pv_executions_rollups *out, void *db, int repairs,
			     pv_error *err);
	int (*read_rollups)(void *db, const pv_rollup_query *query,
			    const pv_rollup_reader *reader, pv_error *err);
	int (*drain)(size_t *left_out, void *db, size_t limit, pv_error *err);
	int (*search)(pv_executions_found *out, void *db,
		      const pv_index_search *asked, pv_execution_hit_fn fn,
		      void *payload, pv_error *err);
	int (*mark)(pv_buf *out, void *db, pv_error *err);
	int (*remove)(pv_executions_removed *out, void *db,
		      const pv_index_query *query,
		      const pv_executions_removal *opts, pv_error *err);
	/* The names are sorted, none is there twice. */
	int (*set_scores)(void *db, const pv_strlist *names, pv_error *err);
	/* Into an empty list, sorted. */
	int (*list_scores)(pv_strlist *out, void *db, pv_error *err);
	/* Parts of one moment, and parts of another index: all or none. */
	int (*each_part)(void *db, pv_part_fn fn, void *payload, pv_error *err);
	int (*put_parts)(pv_part_counts *out, void *db, const pv_part *parts,
			 size_t count, pv_error *err);
} pv_index_backend;

extern const pv_index_backend pv_sqlite_backend;
/* Only where it was built: PV_POSTGRES. */
extern const pv_index_backend pv_postgres_backend;

#endif
