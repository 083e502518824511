/* SPDX-License-Identifier: MIT
 *
 * Checks of tables of slots.
 */
#ifndef PV_EXPERIMENT_SLOTS_H
#define PV_EXPERIMENT_SLOTS_H

#include <pv/experiment.h>

/* PV_EINVALID unless the table has each slot once, in order. */
int pv_slots_check(const pv_slots *slots, pv_error *err);

#endif
