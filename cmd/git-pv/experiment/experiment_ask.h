/* SPDX-License-Identifier: MIT
 *
 * What an experiment is created from, and what a person is asked of it.
 */
#ifndef PV_CMD_EXPERIMENT_ASK_H
#define PV_CMD_EXPERIMENT_ASK_H

#include "base/str.h"
#include "experiment/experiment_files.h"
#include "ui/ask.h"

typedef struct experiment_create_options {
	experiment_commit_options commit;
	const char *prompt;
	const char *split;
	const char *coverage;
	const char *alpha;
	const char *power;
	const char *mde;
	const char *min_sample;
	const char *start;
	const char *end;
	const char *unit;
	const char *name;
	const char *description;
	const char *owner;
	const char *layer;
	const char *holdout;
	const char *warm_up;
	int strategy;
	int hash;
	int method;
	cli_list variants;
	cli_list metrics;
	cli_list guardrails;
} experiment_create_options;

/*
 * Asks for what the options do not say, a line each; an empty one takes what
 * the question shows. An answer that cannot be is asked for again. The options
 * borrow from `answers`. PV_ECANCELED where the input ends.
 */
int experiment_ask(experiment_create_options *opts, pv_strlist *answers,
		   pv_cli *cli);

#endif
