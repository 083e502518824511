/* SPDX-License-Identifier: MIT
 *
 * The gates of an environment: what must be so of prompts before they are
 * deployed there. One table (gates.c) has them all.
 */
#ifndef PV_CMD_GATES_H
#define PV_CMD_GATES_H

#include <pv/report.h>

#include "environments.h"

/* A prompt that asks to be let in. */
typedef struct gate_subject {
	const char *id;
	const char *path;
	pv_point at;
	const char *version; /* NULL: no tag */
} gate_subject;

typedef struct gate_options {
	int allows_untagged;
	int allows_inactive;
	const char *actor;    /* who deploys; NULL: who would commit here */
	const char *override; /* why the policy is not to count; NULL */
	int is_unsigned;      /* the deployment has no good signature */
	int is_push;          /* it was made elsewhere, and comes by a push */
	int is_rollback;      /* the subjects, if any, were live before */
} gate_options;

typedef struct gate_result {
	const char *name; /* static */
	int is_ok;
	pv_report *findings;
} gate_result;

enum {
	GATES_MAX = 16
};

typedef struct gate_results {
	gate_result items[GATES_MAX];
	size_t count;
	int is_refused;
	int is_overridden; /* it would be refused but for `override` */
} gate_results;

/*
 * Asks each gate that the environment requires, and those that are always
 * there, about all subjects. A refusal is PV_OK with `is_refused`. Dispose of
 * the results.
 */
int gates_run(gate_results *out, pv_cli *cli,
	      const cli_environment *environment, const gate_subject *subjects,
	      size_t count, const gate_options *opts);

/* Writes them as the member `checks`. */
void gates_json(pv_jsonw *w, const gate_results *results);

/* Prints the findings that are errors. */
void gates_text(pv_cli *cli, const gate_results *results);

/* Appends "syntax=ok security=refused", for the trailers of a commit. */
void gates_line(pv_buf *out, const gate_results *results);

void gates_dispose(gate_results *results);

#endif
