/* SPDX-License-Identifier: MIT
 *
 * What the files of `git pv check` share: a run over prompts at one point.
 */
#ifndef PV_CMD_CHECK_H
#define PV_CMD_CHECK_H

#include <pv/check.h>

#include "base/map.h"
#include "base/str.h"
#include "diff/sides.h"
#include "repo/prompts.h"

enum check_format {
	CHECK_TEXT = 1,
	CHECK_JSON,
	CHECK_GITHUB,
	CHECK_SARIF,
	CHECK_JUNIT,
	CHECK_GITLAB
};

struct check {
	pv_cli *cli;
	pv_report *report; /* what is told in the end */
	pv_report *found;  /* of the prompt at hand, before settings apply */
	pv_check *rules;
	pv_point at;
	pv_strlist unmerged; /* sorted */
	int has_told_unmerged;
	pv_strlist checked;  /* paths */
	pv_strlist answered; /* specs and their fallbacks, by turns */
	pv_buf below;        /* only what is in this folder; "" for all */
	/* The folder counted last; files come sorted by path. */
	pv_buf folder;
	size_t in_folder;
	unsigned groups; /* see pv_check_options; 0 for all */
	int is_fixing;   /* --fix, and with is_dry only what it would do */
	int is_dry;
	int shows_notes; /* in text; a whole repository has many */
	size_t fixed_files;
	size_t fixed_values;
	/* With --rev: see check_range.c. */
	int is_range;
	diff_sides sides;
	pv_map before; /* path: pv_oid of the blob */
	/* What rules were given to read; see check_source.c. */
	pv_map loaded; /* point and id: pv_prompt */
	pv_version_index *versions;
	pv_prompt *last;
	char last_version[PV_VERSION_TEXT];
	pv_oid last_commit; /* of that version */
};

/*
 * Sets up the rules, by the pv.yaml at a point, and empty reports; `cli` and
 * `at` are set. check_end frees what a run holds.
 */
int check_begin(struct check *check, const pv_point *settings);
void check_end(struct check *check);

/* Adds what is found of the prompt at hand. */
int check_find(struct check *check, enum pv_severity severity, const char *rule,
	       const char *file, const char *message, const char *hint);

/*
 * Runs the rules and hands what was found to the report; `entry` is NULL for
 * what is no prompt.
 */
int check_settle(struct check *check, const char *path, const cli_prompt *entry);

/* Checks the prompt in a file, by all there is to check. */
int check_prompt(struct check *check, const char *id, const char *path);

/* A file that is not merged yet is told as that, whatever stands in it. */
int check_unmerged(struct check *check, const char *path);
/* All of them, of whatever kind; nobody else tells them then. */
int check_all_unmerged(struct check *check);

/* Whether git has the file as unmerged. */
int check_is_unmerged(const struct check *check, const char *path);

/* Adds the finding that markers are left at a line of the file at hand. */
int check_left(struct check *check, const char *path, int line);
/* Tells of the markers in a file that is no prompt; `*found` if it has some. */
int check_markers(int *found, struct check *check, const char *path);
/* The same for pv_store_each, which goes on with the next. */
int check_other(const char *path, const pv_oid *blob, void *payload);
/* The same for all files outside of the folders that are gone through. */
int check_beside(struct check *check);
/* Calls `fn` for those of them that have a fixed name. */
int check_singles(struct check *check, const pv_point *at,
		  int (*fn)(const char *path, const pv_oid *blob, void *payload));

/*
 * Mends the file of a prompt, or shows what would be; `*changed_out` when it
 * has to be read again.
 */
int check_fix(int *changed_out, struct check *check, const cli_prompt *entry);

/* The files beside the prompts; in a folder only, and in a range. */
int check_files(struct check *check);
/* One of them; see pv_check_is_data_file. */
int check_data_file(struct check *check, const char *path);
/* Calls `fn` for each as it is at a point. */
int check_files_before(struct check *check, const pv_point *at,
		       int (*fn)(const char *path, const pv_oid *blob,
				 void *payload));

int check_is_yaml(const char *path);
int check_is_below(const char *path, const pv_buf *folder);

/* What rules ask for, answered from the point of the run. */
void check_source_init(pv_check_source *out, struct check *check);
void check_source_dispose(struct check *check);

/* The last version of a prompt; NULL when it has none. */
int check_latest(const pv_version_info **out, struct check *check,
		 const char *id, pv_error *err);

/* Reads the operands of --rev and sets the point to check. */
int check_range_read(struct check *check, const char *range, int argc,
		     char **argv);
/* Whether a file at that point is another than before, and asked for. */
int check_range_has(int *out, const struct check *check, const char *id,
		    const char *path, const pv_oid *blob);
/* The same for what is no prompt; nothing where prompts are named. */
int check_range_changed(int *out, const struct check *check, const char *path,
			const pv_oid *blob);
void check_range_dispose(struct check *check);

/* Writes what was found. */
int check_print(const struct check *check, enum check_format format);

#endif
