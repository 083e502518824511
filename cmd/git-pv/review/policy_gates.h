/* SPDX-License-Identifier: MIT
 *
 * What the gates of an environment say to a deployment that somebody asks
 * about, as reasons beside those of the policy. They are the gates that deploy
 * and rollback ask, so that the answer is theirs.
 */
#ifndef PV_CMD_POLICY_GATES_H
#define PV_CMD_POLICY_GATES_H

#include <pv/policy.h>

#include "deploy/gates.h"

/* All zero at first; dispose of it. */
typedef struct policy_gates {
	gate_results results;
	pv_policy_reason *reasons; /* of all gates but that of the policy */
	size_t count;
	size_t cap;
} policy_gates;

/*
 * Asks the gates about the state that a spec names, which becomes that of its
 * version; what was live before is no new deployment where a rollback is asked
 * about, nor is it without a version. Failures of gates_run.
 */
int policy_gates_ask(policy_gates *out, pv_cli *cli,
		     const cli_environment *environment, pv_spec *spec,
		     gate_options *opts);

/* Whether the gates tell of what a reason of the policy is about. */
int policy_gates_tell(const policy_gates *gates, const pv_policy_reason *reason);

void policy_gates_dispose(policy_gates *gates);

#endif
