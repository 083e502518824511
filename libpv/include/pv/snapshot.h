/* SPDX-License-Identifier: MIT
 *
 * Snapshots: all that is live in an environment as one JSON document, which a
 * program reads without git: texts of prompts, what they include, models,
 * versions. The same state gives the same bytes; schemas/snapshot.schema.json
 * describes them. The last line has the sha256 of all lines before it.
 */
#ifndef PV_SNAPSHOT_H
#define PV_SNAPSHOT_H

#include <pv/deploy.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a snapshot, at most. */
enum {
	PV_SNAPSHOT_MAX = 1 << 30
};

/* What a snapshot says of itself; texts are "" where it does not. */
typedef struct pv_snapshot_info {
	char environment[PV_ENVIRONMENT_NAME];
	pv_oid deployment; /* the commit of pv/deployments it was made of */
	char hash[65];     /* sha256, in hex */
	size_t prompts;
	size_t files;
} pv_snapshot_info;

/*
 * Appends the snapshot of an environment as it is now, its fallbacks included
 * (pv_environment_resolve); it is read back before it is given out. `info` may
 * be NULL. PV_ENOTFOUND (ids "environment-not-found", "version-not-found") for
 * an environment that is not there and for bytes that are not here;
 * PV_EINVALID for what cannot be in one: a prompt that includes what is known
 * only when it is rendered, or a file that is not UTF-8; failures of loading
 * prompts, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_snapshot_write(pv_buf *out, pv_snapshot_info *info,
			     pv_store *store, const pv_settings *settings,
			     const char *environment, pv_error *err);

/*
 * Looks whether a snapshot is whole: its hash, the git ids of all files, the
 * closures of all prompts. What is wrong is a finding (rules "snapshot-format",
 * "snapshot-hash", "snapshot-file", "snapshot-closure"), and then `info` has
 * what could be read. PV_ENOMEM.
 */
PV_API int pv_snapshot_verify(pv_snapshot_info *info, pv_report *report,
			      const char *text, size_t len, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
