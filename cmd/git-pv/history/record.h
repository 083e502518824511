/* SPDX-License-Identifier: MIT
 *
 * The parts of `git pv record`: what is run is tied to a commit
 * (record_subject.c), which is kept alive (record_keep.c), rows are written
 * (record_rows.c), many of them in groups (record_groups.c), and many records
 * come on standard input (record_lines.c).
 */
#ifndef PV_CMD_RECORD_H
#define PV_CMD_RECORD_H

#include <pv/schema.h>

#include "base/arena.h"
#include "base/follow.h"
#include "base/map.h"
#include "base/str.h"
#include "history/score_rules.h"
#include "repo/tracking.h"

/* A commit or blob that is to be kept. */
typedef struct record_kept {
	char refname[24]; /* "refs/pv/keep/202611" */
	pv_oid oid;
} record_kept;

/* A run of the command. */
typedef struct record_run {
	pv_cli *cli;
	tracking settings;
	pv_executions *index;
	int is_loose;              /* prompts need not be there */
	int is_strict;             /* all lines or none */
	int is_best_effort;        /* neither fails nor waits */
	size_t spooled;            /* rows that wait beside the index */
	const char *resolved_from; /* the last spec's fallback; NULL: none */
	pv_map known;       /* specs that were resolved to their subjects */
	pv_arena arena;     /* of what is in `known` */
	pv_map experiments; /* ids to pv_experiment */
	pv_map noted;       /* what was asked to be kept, in this run */
	record_kept *kept;  /* and has not been yet */
	size_t kept_count;
	size_t kept_cap;
	pv_redaction *redaction; /* of texts; NULL: none */
	pv_schema *metadata;     /* that pv.yaml wants; NULL: any */
	pv_schema_result *result;
	pv_strlist told;   /* what does not fit */
	pv_prices *prices; /* NULL: none */
	pv_oid prices_blob;
	char *prices_path; /* in `arena` */
	pv_point prices_at;
	int has_prices;         /* they were looked for */
	int has_all_prices;     /* the whole list was */
	pv_strlist price_keys;  /* names that were looked up in it, sorted */
	size_t price_keys_kept; /* how many of them a file keeps */
	pv_strlist unpriced;    /* models that are not in them */
	score_rules scores;
	pv_strlist undeclared; /* scores that no rule is of */
	pv_strlist unknown;    /* members that are no fields */
	size_t line;           /* of standard input; 0: another record */
	pv_buf salt;           /* of ids; empty until one is made of it */
} record_run;

/*
 * Ties a record to the prompt that `spec` names: its id, version, commit and
 * blob. One that is not committed has no commit and is `dirty`. With
 * `is_loose` a prompt that is not there is left as it is.
 */
int record_resolve(record_run *recorder, pv_execution *row, const char *spec);

/*
 * Ties a record that names a variant of an experiment and no commit to the
 * variant's commit, and to the present epoch. PV_ENOTFOUND, PV_EINVALID where
 * there is none, unless `is_loose`.
 */
int record_resolve_experiment(record_run *recorder, pv_execution *row);
void record_experiments_dispose(record_run *recorder);

/*
 * The same for a record that names a prompt and no commit. One that names both
 * gets the blob and version that it leaves open.
 */
int record_resolve_own(record_run *recorder, pv_execution *row);

enum {
	RECORD_SALT_BYTES = 32
};

/*
 * Makes a record whole; an id that follows from its contents also follows from
 * the repository's salt (record_salt.c), for the contents may not be kept.
 */
int record_complete(record_run *recorder, pv_execution *row);

/* What is done to each whole record before it is kept. */
int record_finish(record_run *recorder, pv_execution *row);

/* Reads what pv.yaml wants of metadata (record_metadata.c). */
int record_metadata_load(record_run *recorder);

/*
 * Tells what of a record's metadata is not so. PV_EINVALID for such a record
 * with `is_strict`.
 */
int record_metadata_check(record_run *recorder, const pv_execution *row);

/*
 * Keeps rows in one transaction, all durable; with `is_best_effort` beside the
 * index when it cannot take them at once. `*added_out` as pv_executions_record.
 */
int record_rows(size_t *added_out, record_run *recorder,
		pv_execution *const *rows, size_t count, pv_error *err);

enum {
	RECORD_UNPRICED_MAX = 20 /* different models that are told */
};

/*
 * Gives a whole record that has none its cost, where that can be said. A list of
 * prices that cannot be read is told once.
 */
int record_price(record_run *recorder, pv_execution *row);

/* Keeps what was looked up of the list, for the next run. */
void record_keep_prices(record_run *recorder);

/* Says which models had no price. */
void record_tell_unpriced(const record_run *recorder);

/* Notes what members of a record are no fields, and tells of all of them. */
int record_note_unknown(record_run *recorder, const pv_execution *row);
void record_tell_unknown(const record_run *recorder);

/* Opens what record_rows needs. */
int record_open(record_run *recorder);

/* Notes what a whole record names in git, to be kept. */
int record_note(record_run *recorder, const pv_execution *row);

/*
 * Keeps what was noted. Comes before the rows are recorded, so that none names
 * what may go away.
 */
int record_keep(record_run *recorder);

enum {
	RECORD_GROUPS = 4 /* gathered, written, and two to make up for delays */
};

/* Rows for one transaction. */
typedef struct record_group {
	pv_execution **rows;
	size_t count;
	size_t cap;
	size_t bytes; /* of their lines */
	size_t added; /* of them, once all are written */
	int is_written;
} record_group;

/* Rows that are recorded while others are gathered. */
typedef struct record_groups {
	record_run *recorder;
	record_group groups[RECORD_GROUPS];
	record_group *next; /* of them, being gathered */
	size_t at;          /* its place in them, below `slots` */
	size_t slots;
	pv_follow *writer; /* of the others */
	size_t added;      /* of those that are known to be written */
	size_t present;    /* there were rows with their ids already */
} record_groups;

/* Until the end, the recorder's index is the writer's. To be ended in any case. */
int record_groups_begin(record_groups *it, record_run *recorder);
/* Takes a whole row, unless it fails; `bytes` is about what it needs. */
int record_groups_add(record_groups *it, pv_execution *row, size_t bytes);
int record_groups_is_full(const record_groups *it);
/* Gives the group to who writes, after what it names is kept. */
int record_groups_hand_on(record_groups *it);
/* Waits until all is written that was handed on. */
int record_groups_wait(record_groups *it);
/* The same; `rc`, or what failed behind it. What was not handed on is lost. */
int record_groups_end(record_groups *it, int rc);

/* Records the lines of standard input; 1 when some were refused. */
int record_lines(record_run *recorder);

void record_dispose(record_run *recorder);

#endif
