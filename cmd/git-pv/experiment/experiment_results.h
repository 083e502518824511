/* SPDX-License-Identifier: MIT
 *
 * Reading what an experiment says, for the verbs that show it and those that
 * keep it: results, replay, stop, conclude.
 */
#ifndef PV_CMD_EXPERIMENT_RESULTS_H
#define PV_CMD_EXPERIMENT_RESULTS_H

#include <pv/results.h>

#include "base/arena.h"
#include "experiment/experiment_files.h"

/* What of it is looked at, and how; { 0 } is all, as the file says. */
typedef struct experiment_reading {
	/* 1 + enum pv_experiment_method, READING_STUDENT; 0: the file's */
	int method;
	int is_pairwise;
	int by_execution;
	cli_list metrics;       /* secondary ones */
	const char *segment;    /* a member of metadata.segment; NULL */
	const char *until;      /* as tracking_time takes it; NULL */
	const char *rows_until; /* the id of the last execution; NULL */
	/* How it is told, of the verbs that show it. */
	int is_markdown;
	const char *svg;
	const char *html;
} experiment_reading;

enum {
	READING_STUDENT = 100 /* a `method` beside those of the library */
};

/* clang-format off */
#define READING(name) offsetof(experiment_reading, name)
#define READING_METHOD(name, help, which) \
	{ 0, name, CLI_MODE, READING(method), NULL, help, NULL, 1 + (which) }
/* The options of those that show it. */
#define READING_OPTIONS \
	READING_METHOD("sequential", "hold at all looks (default)", \
		       PV_METHOD_SEQUENTIAL), \
	READING_METHOD("fixed", "look once, at the planned sample", \
		       PV_METHOD_FIXED), \
	{ 0, "student", CLI_MODE, READING(method), NULL, \
	  "as --fixed, with one variance of both sides", NULL, \
	  READING_STUDENT }, \
	READING_METHOD("group-sequential", "look at planned times", \
		       PV_METHOD_GROUP_SEQUENTIAL), \
	READING_METHOD("bayes", "chances and losses, not error rates", \
		       PV_METHOD_BAYES), \
	{ 0, "pairwise", CLI_FLAG, READING(is_pairwise), NULL, \
	  "test every pair, not only the control with each" }, \
	{ 0, "metric", CLI_LIST, READING(metrics), "NAME", \
	  "look at this metric, too; decides nothing" }, \
	{ 0, "by", CLI_STRING, READING(segment), "SEGMENT", \
	  "for each value of metadata.segment.SEGMENT, too" }, \
	{ 0, "by-execution", CLI_FLAG, READING(by_execution), NULL, \
	  "take a unit's executions as independent" }, \
	{ 0, "until", CLI_STRING, READING(until), "TIME", \
	  "only what was recorded of before then" }, \
	{ 0, "rows-until", CLI_STRING, READING(rows_until), "ID", \
	  "only executions up to this one" }, \
	{ 0, "markdown", CLI_FLAG, READING(is_markdown), NULL, \
	  "for a pull request" }, \
	{ 0, "svg", CLI_STRING, READING(svg), "FILE", "draw the intervals" }, \
	{ 0, "html", CLI_STRING, READING(html), "FILE", "make a page of it" }
/* clang-format on */

/*
 * Computes an experiment's results from the index; where nothing was recorded,
 * of nothing. The caller frees them with pv_results_free.
 */
int experiment_results_read(pv_results **out, pv_cli *cli,
			    const pv_experiment *experiment,
			    const experiment_reading *opts);

/*
 * The same of a trial that the caller has, and of its looks. `rows_until` is
 * the last execution in it, or NULL.
 */
int experiment_results_of(pv_results **out, pv_cli *cli,
			  const pv_experiment *experiment,
			  const experiment_reading *opts, const pv_trial *trial,
			  const char *rows_until);

/* Appends the path of the results that are kept at the end. */
int experiment_results_path(pv_buf *out, pv_cli *cli, const char *id);
/*
 * The results that were kept when an experiment ended, `executions` being how
 * many there are by now; NULL where it has not, or there are none. A file that
 * cannot be read costs a warning. The caller frees them.
 */
int experiment_results_kept(pv_results **out, pv_cli *cli,
			    const experiment_file *file, int64_t executions);

/* From when on executions of each epoch count; to be freed with pv_free. */
int experiment_starts(pv_trial_start **out, size_t *count_out, pv_cli *cli,
		      const pv_experiment *experiment);

/*
 * What a trial has to know of the experiment, its prompt and epochs, and of the
 * metrics that are looked at: ratios, and bins. The query borrows from `arena`,
 * and from the names.
 */
int experiment_needs(pv_trial_query *query, pv_arena *arena, pv_cli *cli,
		     const pv_experiment *experiment,
		     const experiment_reading *opts);

/* Shows results as the options say. 0 with a winner, 1 without one. */
int experiment_results_show(pv_cli *cli, const pv_results *results,
			    const experiment_reading *opts);
/* For people, 80 columns. */
void experiment_results_text(pv_cli *cli, const pv_results *results);

#endif
