/* SPDX-License-Identifier: MIT
 *
 * The file of an environment as lines. What git-pv writes is so plain that its
 * entries can be told apart without a YAML parser, which takes twenty times as
 * long; a file that is not so plain, because people wrote it, is left to one.
 */
#ifndef PV_VERSION_ENVIRONMENT_TEXT_H
#define PV_VERSION_ENVIRONMENT_TEXT_H

#include <pv/yaml.h>

#include "base/str.h"

/* An entry, from its key to the end of its last line that is not blank. */
typedef struct pv_env_part {
	pv_str id; /* lent by the text */
	size_t start;
	size_t end;
} pv_env_part;

typedef struct pv_env_parts {
	pv_env_part *items; /* by id */
	size_t count;
	size_t cap;
	int is_plain; /* else there are no items: parse the text */
} pv_env_parts;

/* Finds the entries of a file. PV_ENOMEM. */
int pv_env_parts_read(pv_env_parts *out, pv_str text, pv_error *err);

/* The entry of an id; NULL when there is none. */
const pv_env_part *pv_env_parts_find(const pv_env_parts *parts, pv_str id);

void pv_env_parts_dispose(pv_env_parts *parts);

/*
 * The node of the entry of `id` in a file, lent by `*doc_out`, which the
 * caller frees; NULL when there is none. In a plain file nothing else is
 * parsed. PV_ESYNTAX, PV_EINVALID for what is no mapping, PV_ENOMEM.
 */
int pv_env_entry_parse(pv_yaml **doc_out, const pv_yaml_node **entry_out,
		       pv_str text, const pv_env_parts *parts, const char *id,
		       pv_error *err);

#endif
