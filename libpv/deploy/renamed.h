/* SPDX-License-Identifier: MIT
 *
 * Versions that have another name by now than when they were deployed: in an
 * entry, and in what its commit says.
 */
#ifndef PV_DEPLOY_RENAMED_H
#define PV_DEPLOY_RENAMED_H

#include <pv/version.h>

#include "deploy/entry.h"

typedef struct pv_renamed_row {
	char *id;
	int is_from; /* what it was rolled back from */
	char *was;
	char *now;
} pv_renamed_row;

/* Those of one commit. */
typedef struct pv_renamed {
	pv_renamed_row *items;
	size_t count;
	size_t cap;
} pv_renamed;

/*
 * The version that an entry's commit has, where the tag of the one it names is
 * another commit's; else `version` stays. What was found is noted, and lent.
 */
int pv_renamed_find(const char **version, pv_renamed *renamed, pv_store *store,
		    const pv_new_entry *entry, pv_error *err);

/* The same of `rolled_back_from`, given what was live before the entry. */
int pv_renamed_find_from(const char **version, pv_renamed *renamed,
			 pv_store *store, const pv_deployment *was,
			 pv_error *err);

/* Appends a commit's message with the names that were found. */
void pv_renamed_message(pv_buf *out, const pv_renamed *renamed,
			const char *message);

void pv_renamed_dispose(pv_renamed *renamed);

#endif
