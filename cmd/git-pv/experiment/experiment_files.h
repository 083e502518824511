/* SPDX-License-Identifier: MIT
 *
 * The files of experiments: found, read, and committed after a step.
 */
#ifndef PV_CMD_EXPERIMENT_FILES_H
#define PV_CMD_EXPERIMENT_FILES_H

#include <pv/experiment_file.h>

#include "base/str.h"
#include "cli.h"

/* An experiment with its file; `{ 0 }` is empty. */
typedef struct experiment_file {
	pv_point at;
	pv_buf path; /* "experiments/tone.yaml" */
	pv_buf text;
	pv_oid blob;
	pv_experiment *it;
	/*
	 * Where a step resolved the specs of variants: of each the environment
	 * that answered for another one, its fallback; "" for none.
	 */
	pv_strlist fallbacks;
	int held; /* 1 + the descriptor that keeps others from a step; 0: none */
} experiment_file;

/* Appends the path of an experiment's file. PV_EINVALID for no id. */
int experiment_path(pv_buf *out, pv_cli *cli, const char *id);

/*
 * Reads an experiment: the working tree's file, else HEAD's, else the one of
 * the default branch. PV_ENOTFOUND ("experiment-not-found") with the nearest
 * name; failures of pv_experiment_parse.
 */
int experiment_file_read(experiment_file *out, pv_cli *cli, const char *id);
void experiment_file_dispose(experiment_file *file);

/*
 * The same for a step: until the file is disposed of no other step of an
 * experiment is taken in this repository, or one of two would be lost.
 * PV_ELOCKED when another one does not end.
 */
int experiment_file_take(experiment_file *out, pv_cli *cli, const char *id);

/* The same without the file. The caller frees it. */
int experiment_load(pv_experiment **out, pv_cli *cli, const char *id);

/*
 * Calls `fn` with each experiment, by id, until it returns non-zero; with NULL
 * for one that cannot be read, `err` saying why.
 */
int experiment_each(pv_cli *cli,
		    int (*fn)(const experiment_file *file, const char *id,
			      const pv_error *err, void *payload),
		    void *payload);

/*
 * PV_EINVALID where what loses could not be archived beside what another
 * experiment has.
 */
int experiment_check_archive(pv_cli *cli, const pv_experiment *it);

/*
 * PV_ECONFLICT for one that never began where history has another one of its
 * id that did, and executions of that are recorded.
 */
int experiment_check_once(pv_cli *cli, const pv_experiment *it, const char *path);

/* Whether it was started, and neither stopped nor concluded. */
int experiment_is_under_way(const pv_experiment *it);

/* Appends the id of the experiment that a path is of; 0 for another path. */
int experiment_id(pv_buf *out, const char *path);

/*
 * PV_EPOLICY for the file of an experiment that was changed under way so that
 * its results would mean nothing, or that no verb ended; failures of
 * pv_experiment_parse for one that was under way and reads no more. All else is
 * PV_OK, files that are none, too.
 */
int experiment_check_file(pv_cli *cli, const pv_point *at, const char *path);

/* An error of a text that is in no file yet has no place: takes it away. */
int experiment_unplaced(pv_cli *cli, int rc);

/* How a verb that commits was told to; the first member of its options. */
typedef struct experiment_commit_options {
	const char *message; /* NULL: what the step is called */
	int no_verify;
} experiment_commit_options;

/* Rows of the table of options of such a verb. */
#define EXPERIMENT_COMMIT_OPTIONS                                           \
 { 'm',        "message",                                                   \
   CLI_STRING, offsetof(experiment_commit_options, message),                \
   "MSG",      "the message of the commit" },                               \
 {                                                                          \
  0, "no-verify", CLI_FLAG, offsetof(experiment_commit_options, no_verify), \
	  NULL, "skip the hooks pre-commit and commit-msg"                  \
 }

/* What a step commits. */
typedef struct experiment_step {
	const experiment_commit_options *how;
	const char *verb;        /* "start" */
	const char *subject;     /* "Start experiment" */
	const pv_buf *trailers;  /* more of them, a line each; NULL: none */
	const pv_change *others; /* further files of the commit */
	size_t other_count;
} experiment_step;

/*
 * Writes and commits the new text of an experiment, which must be as it was
 * committed last, and puts it in the place of the old one. In a bare repository
 * the default branch gets the commit.
 */
int experiment_commit(pv_oid *out, pv_cli *cli, experiment_file *file,
		      const pv_buf *text, const experiment_step *step);

/*
 * As file_commit; killed on the way, the next step puts the files back that it
 * wrote and nobody has changed since.
 */
int experiment_files_commit(pv_oid *out, pv_cli *cli, const pv_change *changes,
			    size_t count, const pv_commit_options *opts);
int experiment_files_recover(pv_cli *cli);

/* Prints an experiment: as text, or the JSON of `show`; `commit` may be NULL. */
int experiment_print(pv_cli *cli, const experiment_file *file,
		     const pv_oid *commit);

#endif
