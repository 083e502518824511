/* SPDX-License-Identifier: MIT
 *
 * Keys of a file that its schema does not name. They are kept, and may be
 * meant; one that is nearly another says less than its writer thinks.
 */
#ifndef PV_PROMPT_STRAY_KEYS_H
#define PV_PROMPT_STRAY_KEYS_H

#include <pv/yaml.h>

typedef struct pv_stray_key {
	const pv_yaml_node *key;
	char message[160];
	const char *hint; /* borrowed until the function returns */
	int is_near;      /* the hint names a key that may be meant */
} pv_stray_key;

/* A negative result ends the search and is handed on. */
typedef int pv_stray_key_fn(const pv_stray_key *stray, void *payload);

/*
 * Calls `fn` for each key below `root` that the text of a schema of ours lists
 * no property for, where it lists properties and says nothing of others. Keys
 * that begin with "x-" are everybody's own. PV_ELIMIT, PV_ENOMEM.
 */
int pv_stray_keys_each(const pv_yaml_node *root, const char *schema,
		       pv_stray_key_fn *fn, void *payload, pv_error *err);

#endif
