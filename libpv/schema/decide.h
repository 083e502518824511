/* SPDX-License-Identifier: MIT
 *
 * The answer alone: whether a value is valid, and nothing about why not.
 */
#ifndef PV_SCHEMA_DECIDE_H
#define PV_SCHEMA_DECIDE_H

#include "schema/plan.h"
#include "schema/validate.h"

/*
 * Whether the value is as the node demands; 0 as well once `run->rc` is set.
 * Nothing is added to the run's result. Marks are those of parts that schemas
 * looked at; they mean nothing when the answer is 0.
 */
int pv_decide(pv_run *run, const pv_node *node, const pv_value *value,
	      pv_marks *marks);

#endif
