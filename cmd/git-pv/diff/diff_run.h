/* SPDX-License-Identifier: MIT
 *
 * A run of `git pv diff` and one prompt on its way through it: compared and
 * drawn on any thread (diff_batch.c, diff_draw.c), printed in order.
 */
#ifndef PV_CLI_DIFF_RUN_H
#define PV_CLI_DIFF_RUN_H

#include <pv/diff.h>

#include "diff/diff_closure.h"
#include "diff/pairs.h"

enum diff_format { /* as `formats` of the command has them */
	DIFF_TEXT = 1,
	DIFF_JSON,
	DIFF_MARKDOWN,
	DIFF_HTML
};

typedef struct diff_options {
	int staged;
	int stat;
	int name_only;
	int exit_code;
	int ignore_formatting;
	int word;
	int side_by_side;
	int format; /* an enum diff_format; 0 for text, too */
	int context;
} diff_options;

/* What was said of a change, for a report. */
typedef struct diff_talk {
	const char *heading; /* of what was said of all of it */
	const pv_diff_remark *remarks;
	const char *const *prompts; /* each one is about; NULL: all */
	size_t count;
	unsigned char *is_told; /* each one: is in the report */
} diff_talk;

/* A run of the command. */
typedef struct diff_run {
	pv_cli *cli;
	const diff_options *opts;
	diff_sides sides;
	diff_pairs pairs;
	pv_version_index *versions; /* for headings; NULL when not wanted */
	pv_dependencies *closures;  /* NULL where a side has no files */
	pv_jsonw w;
	pv_diff_report *report; /* NULL for text and JSON */
	diff_talk *talk;        /* for it; NULL: nothing was said */
	int width;              /* with --side-by-side */
	int id_width;           /* with --stat */
	size_t shown;
} diff_run;

/* One pair on its way. */
typedef struct diff_compared {
	const diff_pair *pair;
	pv_buf before; /* the texts */
	pv_buf after;
	pv_buf from; /* what the versions are called; may be empty */
	pv_buf to;
	diff_closure closure; /* what differs of it */
	int is_read;
	int is_done;
	int has_changed;
	pv_buf out;           /* the prompt as it is printed, */
	pv_diff_report *part; /* or its part of the report */
} diff_compared;

/* What diff_between compares. */
typedef struct diff_range {
	pv_oid from; /* commits; hex "": nothing yet */
	pv_oid to;
	const char *only; /* an id; NULL: all prompts */
	pv_jsonw *w;      /* gets the elements of `prompts`; NULL: printed */
	diff_talk *talk;  /* for a report; NULL: nothing was said */
} diff_range;

/*
 * Compares two commits as the command does. With `w` in JSON, which is for a
 * member of another document.
 */
int diff_between(pv_cli *cli, const diff_options *opts, const diff_range *range);

enum diff_told {
	DIFF_OF_ALL,   /* what is about no prompt */
	DIFF_OF_ONE,   /* about one prompt */
	DIFF_OF_OTHERS /* what is not in the report yet */
};

/*
 * Puts what was said into `run->report`, where it comes next; `id` is the
 * prompt for DIFF_OF_ONE.
 */
int diff_tell(diff_run *run, enum diff_told which, const char *id);

/* The format of `run->report`. */
enum pv_diff_report_format diff_report_format(const diff_run *run);

/* Makes what is printed of a prompt; on any thread. */
int diff_draw(diff_compared *item, const diff_run *run, const pv_diff *diff,
	      pv_error *err);

/* Prints it, or adds it to the report. */
int diff_print(diff_run *run, const diff_compared *item);

/*
 * Compares the pairs and prints those that differ. What was done before
 * something failed is printed all the same.
 */
int diff_compare_pairs(diff_run *run);

#endif
