/* SPDX-License-Identifier: MIT
 *
 * The file of an environment as text: reading its entries, and putting some
 * into it without touching the bytes of others.
 */
#ifndef PV_DEPLOY_ENTRY_H
#define PV_DEPLOY_ENTRY_H

#include <pv/deploy.h>

#include "base/str.h"

/* Takes an entry apart. `*out` is zeroed first. PV_EINVALID with its place. */
struct pv_yaml_node;
int pv_deployment_read(pv_deployment *out, const char *file,
		       const struct pv_yaml_node *entry, pv_error *err);
void pv_deployment_dispose(pv_deployment *deployment);

/* An entry to write; its texts are lent. */
typedef struct pv_new_entry {
	const char *id;
	const char *version; /* NULL: no tag */
	const char *commit; /* NULL: the entry is to go, and all else is unused */
	const char *blob;
	const char *at;
	const char *by;
	const char *reason;           /* NULL: none */
	int canary;                   /* -1: not said */
	const char *rolled_back_from; /* NULL: it is no rollback */
} pv_new_entry;

/*
 * Appends `text`, an environment's file, with `items`, sorted by id, put into
 * it: each takes the place of the entry of its id, or the one that the order
 * of ids gives it. All else keeps its bytes, comments and members of others
 * within an entry, too. What is not read back as it was
 * meant is PV_EUNSUPPORTED; PV_ESYNTAX, PV_EINVALID for what is no mapping,
 * PV_ENOMEM.
 */
int pv_environment_put(pv_buf *out, pv_str text, const pv_new_entry *items,
		       size_t count, pv_error *err);

#endif
