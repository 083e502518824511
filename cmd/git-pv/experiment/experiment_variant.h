/* SPDX-License-Identifier: MIT
 *
 * What a variant of an experiment stands for: a commit, and the prompt there
 * with the variant's own fields.
 */
#ifndef PV_CMD_EXPERIMENT_VARIANT_H
#define PV_CMD_EXPERIMENT_VARIANT_H

#include <pv/experiment_file.h>

#include "repo/prompts.h"

/* `{ 0 }` is empty. */
typedef struct experiment_prompt {
	pv_spec spec;
	cli_prompt entry; /* `prompt` is there; fields of the variant are set */
	int allows_inactive; /* set before it is read */
} experiment_prompt;

/*
 * Reads the prompt of a variant at the commit it is pinned to, else at the one
 * that its spec names now. Failures of pv_spec_resolve and of the prompt;
 * PV_EINVALID for a spec of another prompt, and one that is no commit;
 * PV_EPOLICY for an inactive prompt, unless it is allowed.
 */
int experiment_prompt_read(experiment_prompt *out, pv_cli *cli,
			   const pv_experiment *experiment, size_t variant);
/* The commit that the spec of a variant names now, pinned or not. */
int experiment_variant_tip(pv_oid *out, pv_cli *cli,
			   const pv_experiment *experiment, size_t variant);
void experiment_prompt_dispose(experiment_prompt *prompt);

/* Appends a text with what a variant sets. PV_EINVALID and so on. */
int experiment_apply_sets(pv_buf *out, pv_cli *cli,
			  const pv_experiment_variant *variant,
			  const pv_buf *text);

/*
 * Reads the prompts of all variants where their specs are now, whatever they
 * were pinned to before, and compares them: each is there, loads, is active,
 * and needs the variables that the control needs. `commits` gets as many ids
 * as there are variants, `fallbacks` the environments that answered for others.
 * To start it, versions have to be published where there is a remote.
 */
int experiment_check_variants(pv_oid *commits, pv_strlist *fallbacks, pv_cli *cli,
			      const pv_experiment *experiment, int is_start);

#endif
