/* SPDX-License-Identifier: MIT
 *
 * Mappings that are put together from nodes that are there. A node has but one
 * `next`, so a member is moved by a copy of its topmost node; what is below it
 * is shared. All live in one arena.
 */
#ifndef PV_EXCHANGE_NODE_H
#define PV_EXCHANGE_NODE_H

#include <pv/yaml.h>

#include "base/arena.h"
#include "base/str.h"

/* A mapping or a list that grows at its end. */
typedef struct pv_growing {
	pv_arena *arena;
	pv_yaml_node *node;
	pv_yaml_node *last; /* its last child */
} pv_growing;

/* Begins an empty one. PV_ENOMEM. */
int pv_growing_init(pv_growing *out, pv_arena *arena, enum pv_yaml_kind kind,
		    pv_error *err);

/* Appends a copy of a node under its own key. PV_ENOMEM. */
int pv_growing_add(pv_growing *it, const pv_yaml_node *node, pv_error *err);

/* The same under another key, which has to live as long as the arena. */
int pv_growing_put(pv_growing *it, const char *key, const pv_yaml_node *node,
		   pv_error *err);

/* The same for a scalar whose text lives as long as the arena. */
int pv_growing_put_text(pv_growing *it, const char *key, enum pv_yaml_type type,
			pv_str text, pv_error *err);

#endif
