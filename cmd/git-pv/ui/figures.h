/* SPDX-License-Identifier: MIT
 *
 * What the commands that show figures of executions share: which executions,
 * reading them, and how numbers look in JSON and for people.
 */
#ifndef PV_CMD_FIGURES_H
#define PV_CMD_FIGURES_H

#include <pv/analytics.h>

#include "history/score_rules.h"

/* The options of all of them; a command's table names those it has. */
typedef struct figures_options {
	cli_list matches; /* `which` is an enum figures_match */
	const char *since;
	const char *until;
	const char *window;
	int days; /* -1: not given */
	int by;   /* 1 + the place in the command's own list */
	int include_cached;
	const char *metric;
	int grain;
	const char *svg;
	int limit;
} figures_options;

enum figures_match {
	FIGURES_VERSION,
	FIGURES_ENVIRONMENT,
	FIGURES_VARIANT,
	FIGURES_EXPERIMENT,
	FIGURES_MODEL,
	FIGURES_PROVIDER,
	FIGURES_PROMPT
};

/* --- options that several commands have ------------------------------------ */

/* clang-format off */
#define FIGURES_OPTION(name) offsetof(figures_options, name)
#define FIGURES_MATCH(name, arg, help, which) \
	{ 0, name, CLI_LIST, FIGURES_OPTION(matches), arg, help, NULL, which }
/* Which executions of a prompt. */
#define FIGURES_FILTERS \
	FIGURES_MATCH("version", "V", "only this version", FIGURES_VERSION), \
	FIGURES_MATCH("env", "E", "only this environment", \
		      FIGURES_ENVIRONMENT), \
	FIGURES_MATCH("variant", "NAME", "only this variant", \
		      FIGURES_VARIANT), \
	FIGURES_MATCH("experiment", "ID", "only this experiment", \
		      FIGURES_EXPERIMENT), \
	FIGURES_MATCH("model", "NAME", "only this model", FIGURES_MODEL), \
	FIGURES_MATCH("provider", "NAME", "only this provider", \
		      FIGURES_PROVIDER)
/* Of which time; how many days are taken unasked is each command's own. */
#define FIGURES_TIMES(days_help) \
	{ 0, "days", CLI_INT, FIGURES_OPTION(days), "N", days_help }, \
	{ 0, "since", CLI_STRING, FIGURES_OPTION(since), "TIME", \
	  "from then on: 24h, 7d, 2026-11-20" }, \
	{ 0, "until", CLI_STRING, FIGURES_OPTION(until), "TIME", \
	  "before then" }, \
	{ 0, "window", CLI_STRING, FIGURES_OPTION(window), "SPAN", \
	  "of so long until now: 1h, 7d" }
#define FIGURES_CACHED \
	{ 0, "include-cached", CLI_FLAG, FIGURES_OPTION(include_cached), NULL, \
	  "count what a cache answered in latency, tokens and cost, too" }
/* clang-format on */

/* A query with what it lends from. Dispose of it with pv_free(matches). */
typedef struct figures_query {
	pv_usage_query query;
	pv_executions_match *matches;
} figures_query;

/* Makes the query of the options, of one prompt or (NULL) of all. */
int figures_query_read(figures_query *out, pv_cli *cli,
		       const figures_options *opts, const char *prompt);

/*
 * Reads the figures of a query. Where nothing is recorded at all they are
 * empty. `prompt` (NULL: any) must be one that was recorded or that there is.
 */
int figures_read(pv_usages **out, pv_cli *cli, const pv_usage_query *query,
		 const char *prompt);

/*
 * What is known of the use of one prompt, or (NULL) of each, for commands that
 * have more to tell: where the index cannot be read that is a warning, and
 * `*out` is NULL.
 */
int figures_use(pv_usages **out, pv_cli *cli, const char *prompt);
/* The figures of a prompt among them; NULL where nothing is known. */
const pv_usage *figures_use_of(const pv_usages *usages, const char *prompt);
/*
 * "usage_count", "last_used_at" and "success_rate" of a prompt, in an object
 * that is open.
 */
void figures_use_members(pv_jsonw *w, const pv_usages *usages,
			 const char *prompt);

/* Says that nothing fits, or how executions come to be recorded. */
void figures_hint(pv_cli *cli, const char *prompt);

/*
 * Puts the id in the place of a prompt's name. PV_ENOTFOUND, with the ids that
 * are near, for what is in no tree, has no version and no execution.
 */
int figures_known(pv_cli *cli, const char **prompt);

/* --- metrics -------------------------------------------------------------- */

/* A number that executions have, or a rate of them. */
typedef struct figures_metric {
	const char *name; /* "latency", "score.relevance" */
	const char *unit; /* "ms", "USD", ""; NULL: `own_unit` */
	int less_is_better;
	int is_rate;       /* success: of those judged */
	char own_unit[24]; /* of a score */
} figures_metric;

/* Says, where there are executions, that none has the metric. */
void figures_hint_metric(pv_cli *cli, const char *prompt,
			 const figures_metric *metric);

/*
 * Finds a metric: latency, ttft, tokens, tokens_in, tokens_out, cost,
 * output_chars, quality, success, or score.NAME, of which pv.yaml has the unit
 * and the better side. A usage error for others.
 */
int figures_metric_find(figures_metric *out, pv_cli *cli, const char *name);
/* Its unit, "" for none. */
const char *figures_unit(const figures_metric *metric);
/* What it is in some usage; `n` is 0 where nothing is known. */
pv_measure figures_metric_of(const figures_metric *metric, const pv_usage *usage);

/* --- numbers -------------------------------------------------------------- */

/* The members of one usage, in an object that is open. */
void figures_members(pv_jsonw *w, const pv_usage *usage);
/* "since": null or a time, and "until" the same. */
void figures_window_json(pv_jsonw *w, const pv_usages *usages);
/* A number with its key, or null when nothing is known. */
void figures_real(pv_jsonw *w, const char *key, double value, int is_known);

enum {
	FIGURES_TEXT = 48
};

/* "812 ms" and "1.24 s"; "$0.0123"; "97.3 %"; "12,345"; "-" for unknown. */
void figures_ms(char out[FIGURES_TEXT], double value, int is_known);
void figures_usd(char out[FIGURES_TEXT], double value, int is_known);
void figures_rate(char out[FIGURES_TEXT], double value, int is_known);
void figures_count(char out[FIGURES_TEXT], int64_t value);
/* In the unit of a metric. */
void figures_value(char out[FIGURES_TEXT], const figures_metric *metric,
		   double value, int is_known);
/* The width of the first column: of what it is called and its keys. */
int figures_key_width(const pv_usages *usages, const char *name);
/* Appends a right-aligned column of `width`, two blanks before it. */
void figures_cell(pv_cli *cli, const char *text, int width);

#endif
