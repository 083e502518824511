/* SPDX-License-Identifier: MIT
 *
 * One JSON record and the prompt file it becomes. Nodes live in the arena
 * that the JSON was read into.
 */
#ifndef PV_EXCHANGE_RECORD_H
#define PV_EXCHANGE_RECORD_H

#include <pv/yaml.h>

#include "base/arena.h"

/*
 * The member of a record that holds what a prompt file has at its top level
 * although a prompt file does not know it: what export found there.
 */
extern const char pv_record_other_keys[];

/*
 * Makes the mapping of a prompt file from a record: without `id`, what a
 * prompt file knows in the order of the record, foreign members below
 * `metadata`, and last what export had set aside. PV_ESCHEMA with the reason
 * when the record cannot be one, PV_ENOMEM.
 */
int pv_record_to_file(const pv_yaml_node **out, const pv_yaml_node *record,
		      pv_arena *arena, pv_error *err);

#endif
