/* SPDX-License-Identifier: MIT
 *
 * The gates that ask for the closure of a prompt: what it is with all that it
 * includes.
 */
#ifndef PV_CMD_GATES_TESTED_H
#define PV_CMD_GATES_TESTED_H

#include "deploy/gates.h"

/*
 * The closure of a subject; "" for one that does not load, which is the syntax
 * gate's. Failures of pv_closure.
 */
int gates_closure(pv_buf *out, pv_cli *cli, const gate_subject *subject);

/* Refuses those of which a part is known only when they are rendered. */
int gates_known(gate_result *out, pv_cli *cli, const gate_subject *subjects,
		size_t count);

/*
 * Refuses those with a test that was not run at their closure, or failed when
 * it was last: executions whose `case` is its name. A server that has no index
 * does not ask again when a deployment is pushed.
 */
int gates_tested(gate_result *out, pv_cli *cli, const gate_subject *subjects,
		 size_t count, const gate_options *opts);

#endif
