/* SPDX-License-Identifier: MIT
 *
 * The gates of an environment: what must be so of prompts before they are
 * deployed there. One table (gates.c) has them all.
 */
#ifndef PV_CMD_GATES_H
#define PV_CMD_GATES_H

#include <pv/report.h>

#include "repo/environments.h"

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
	const char *only;     /* `override` is about this gate; NULL: all */
	int is_unsigned;      /* the deployment has no good signature */
	int is_push;          /* it was made elsewhere, and comes by a push */
	int is_rollback;      /* the subjects, if any, were live before */
	int is_removal;       /* the environment is dropped */
} gate_options;

typedef struct gate_result {
	const char *name; /* static */
	int is_ok;
	int is_fixed;  /* no override helps against it */
	int is_waived; /* an option let something in that it would not have */
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
	int is_fixed;      /* it is refused by what no override helps against */
} gate_results;

/*
 * Asks each gate that the environment requires, and those that are always
 * there, about all subjects; without any, those that are not about prompts. A
 * refusal is PV_OK with `is_refused`. Dispose of
 * the results.
 */
int gates_run(gate_results *out, pv_cli *cli,
	      const cli_environment *environment, const gate_subject *subjects,
	      size_t count, const gate_options *opts);

/* Whether the text of --override is a reason; a usage error (129) else. */
int gates_check_override(pv_cli *cli, const char *reason);

/* Shouts that the policy was put aside, or says why `reason` did not help. */
void gates_tell_override(pv_cli *cli, const gate_results *results,
			 const char *reason);

/* Writes them as the member `checks`. */
void gates_json(pv_jsonw *w, const gate_results *results);

/* Prints the findings that are errors. */
void gates_text(pv_cli *cli, const gate_results *results);

/* Appends "syntax=ok security=refused", for the trailers of a commit. */
void gates_line(pv_buf *out, const gate_results *results);

void gates_dispose(gate_results *results);

#endif
