/* SPDX-License-Identifier: MIT
 *
 * An experiment on its way to its end, and what is done with those that lost
 * and the one that won.
 */
#ifndef PV_CMD_EXPERIMENT_END_H
#define PV_CMD_EXPERIMENT_END_H

#include "experiment/experiment_files.h"
#include "repo/gitmove.h"
#include "version/autorelease.h"

#include <pv/results.h>

typedef struct experiment_conclude_options {
	experiment_commit_options commit;
	const char *winner;
	int is_merging;
	int is_tip;
} experiment_conclude_options;

/* An experiment on its way to the end. */
typedef struct experiment_end {
	pv_cli *cli;
	const experiment_conclude_options *opts;
	experiment_file file;
	pv_results *results;
	pv_buf trailers;
	pv_buf results_path;
	pv_buf results_json;
	size_t winner;
	pv_oid target;  /* what is merged */
	int is_needed;  /* it is not in HEAD yet */
	int is_again;   /* concluded before: what is left is the merge */
	int is_resumed; /* git has merged it, and was killed before the commit */
	int is_set;     /* fields of the winner were committed behind a merge */
	pv_oid commit;
	pv_strlist archived;
	git_move move;
	autorelease done;
	pv_strlist ids; /* of prompts that a commit here changes */
} experiment_end;

/*
 * The prompt with the fields of the winner, where no merge brings another, as a
 * change; `path` and `text` keep what it borrows. Notes the prompt's id.
 */
int experiment_end_prompt(experiment_end *end, pv_change *out, pv_buf *path,
			  pv_buf *text);
/* Whether the winner is merged and has fields of its own. */
int experiment_end_has_sets(const experiment_end *end);
/*
 * Keeps a loser as refs/pv/archive/ID/VARIANT. A name that git does not take
 * costs a warning: the commit is kept anyhow.
 */
int experiment_end_archive(experiment_end *end, size_t variant);
/*
 * Looks at what a merge of the winner, killed on the way, has left. PV_ECONFLICT
 * for what is another one, or is not ready to be committed.
 */
int experiment_end_resume(experiment_end *end);
/*
 * Merges the winner, and commits what it has otherwise behind that; or only the
 * latter, where somebody else ended a merge that stopped at a conflict.
 */
int experiment_end_merge(experiment_end *end);

#endif
