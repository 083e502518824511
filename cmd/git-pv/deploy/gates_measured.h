/* SPDX-License-Identifier: MIT
 *
 * The gate of what executions were like elsewhere.
 */
#ifndef PV_CMD_GATES_MEASURED_H
#define PV_CMD_GATES_MEASURED_H

#include "deploy/gates.h"

/*
 * Judges each subject by the executions it had in the environment before, when
 * pv.yaml sets bounds; too few of them are "not-yet". A server that has no index
 * does not ask again when a deployment is pushed.
 */
int gates_measure(gate_result *out, pv_cli *cli,
		  const cli_environment *environment,
		  const gate_subject *subjects, size_t count,
		  const gate_options *opts);

#endif
