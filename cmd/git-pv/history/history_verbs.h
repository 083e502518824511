/* SPDX-License-Identifier: MIT
 *
 * The parts of `git pv history`: which executions are meant (one set of
 * filters for all verbs, history_filter.c), what is changed of them
 * (history_change.c), full text (history_search.c), what is taken in
 * (history_read.c, history_import.c), and how rows are printed
 * (history_print.h).
 */
#ifndef PV_CMD_HISTORY_VERBS_H
#define PV_CMD_HISTORY_VERBS_H

#include <pv/exchange.h>

#include "base/arena.h"
#include "history/score_rules.h"

/* --- filters -------------------------------------------------------------- */

/* What a filter's option compares: `which` of an item of `given`. */
enum history_match {
	HISTORY_PROMPT,
	HISTORY_VERSION,
	HISTORY_MODEL,
	HISTORY_ENV,
	HISTORY_VARIANT,
	HISTORY_EXPERIMENT,
	HISTORY_SESSION,
	HISTORY_UNIT,
	HISTORY_PROVIDER,
	HISTORY_FRAMEWORK,
	HISTORY_TEMPLATE,
	HISTORY_DATASET,
	HISTORY_BATCH,
	HISTORY_PARENT,
	HISTORY_STATUS,
	HISTORY_SUCCESS,
	HISTORY_ERROR_TYPE,
	HISTORY_SOURCE,
	HISTORY_TAG,
	HISTORY_METADATA, /* KEY=VALUE, as the following */
	HISTORY_MIN,
	HISTORY_MAX
};

/* The filters as they were given; preset `limit` and `days` to -1. */
typedef struct history_filter {
	cli_list given;
	const char *since;
	const char *until;
	const char *after;
	int days;
	int limit; /* -1: not given */
} history_filter;

/* Whether any was given that chooses rows. */
int history_filter_is_given(const history_filter *filter);

/* Whether one that compares this was. */
int history_filter_has(const history_filter *filter, enum history_match which);

/* A query of the library, with what it needs to last. */
typedef struct history_query {
	pv_executions_query query;
	pv_arena arena;
} history_query;

/* `limit` is for when none was given. Usage errors; PV_ENOMEM. */
int history_query_read(history_query *out, pv_cli *cli,
		       const history_filter *filter, size_t limit);
void history_query_dispose(history_query *query);

/* Full text: searches for the words, with the newest first or the best. */
int history_search(pv_cli *cli, const history_filter *filter, int is_newest,
		   int count, char **words);

/* --- one, and those that go on from it ------------------------------------- */

/*
 * Proves that what is stored of a row's prompt is what its commit and input
 * give, byte for byte. 1 when it cannot be proven, and why is said.
 */
int history_rerender(pv_cli *cli, const pv_execution *row);

/* Prints what a query of a session chooses as a chain. PV_ENOTFOUND. */
int history_session(pv_cli *cli, pv_executions *index,
		    const pv_executions_query *query);

/* The whole repository on one page; of filters those that sums are kept by. */
int history_stats(pv_cli *cli, const history_filter *filter);

/* --- export --------------------------------------------------------------- */

enum history_format {
	HISTORY_JSONL = 1,
	HISTORY_JSON,
	HISTORY_CSV
};

typedef struct history_export_options {
	int format;         /* enum history_format; 0: lines of JSON */
	const char *output; /* NULL: standard output */
	const char *state;  /* where it was left off; NULL: all */
} history_export_options;

int history_export(pv_cli *cli, const history_filter *filter,
		   const history_export_options *opts);

/* --- what other programs kept --------------------------------------------- */

/* Takes in files of older layouts; see pv/exchange.h. */
/* With `is_strict` all of them, or nothing; 1 when something was refused. */
int history_import(pv_cli *cli, int is_strict, int count, char **files);

/* What a file has goes to `old`; `refuse` is told of a line, by cli->err. */
typedef struct history_reader {
	pv_old_reader old;
	int (*refuse)(size_t line, void *payload);
} history_reader;

/* Reads one file of executions, or of what older programs kept. */
int history_read(pv_cli *cli, const history_reader *reader);

/* Lets the search see what was recorded since. */
int history_drain(pv_cli *cli, pv_executions *index);

/* --- keeping less --------------------------------------------------------- */

/*
 * Removes what filters choose, or only its texts; without filters what the
 * settings say is too old.
 */
int history_prune(pv_cli *cli, const history_filter *filter, int is_dry_run,
		  int texts_only);

/* Removes every trace of what filters choose. */
int history_delete(pv_cli *cli, const history_filter *filter, int is_dry_run);

/* --- changes -------------------------------------------------------------- */

/* What is to be changed of a row. */
typedef struct history_change {
	const char *quality;
	const char *feedback;
	cli_list scores; /* NAME=N */
	score_rules rules;
	pv_strlist undeclared; /* of the scores */
	cli_list removed;      /* tags */
	char **tags;           /* to be added */
	int tag_count;
	pv_redaction *redaction; /* of what is said; NULL: none */
} history_change;

/* Rates the execution of an id. */
int history_rate(pv_cli *cli, history_change *change, const char *id);

/*
 * Tags the execution of the first operand, or, when filters are given, all
 * that they choose; the other operands are the tags.
 */
int history_tag(pv_cli *cli, history_change *change,
		const history_filter *filter, int count, char **args);

#endif
