/* SPDX-License-Identifier: MIT
 *
 * What an environment runs of a prompt, or one of its fallbacks does.
 */
#ifndef PV_VERSION_FALLBACK_H
#define PV_VERSION_FALLBACK_H

#include <pv/version.h>

/* What a commit that is live has of a prompt. */
enum pv_live_state {
	PV_LIVE_OK, /* it is there; also where it does not load */
	PV_LIVE_INACTIVE,
	PV_LIVE_LOST /* its bytes are not here */
};

/* PV_ENOMEM. */
int pv_live_state(enum pv_live_state *out, pv_store *store,
		  const pv_settings *settings, const char *id,
		  const pv_oid *commit, pv_error *err);

/* Where a prompt was found. */
typedef struct pv_live {
	char environment[PV_ENVIRONMENT_NAME];
	pv_oid commit;
} pv_live;

/*
 * Finds what is live of `id` in the environment `name`, or else in the first of
 * its fallbacks that has it: active, and with its bytes here. Where only one
 * that is not active is found, it is that. Errors of pv_environment_commit and
 * pv_fallbacks_load; PV_ENOTFOUND (id "version-not-found") also when its bytes
 * are not here.
 */
int pv_live_find(pv_live *out, pv_store *store, const pv_settings *settings,
		 const char *name, const char *id, pv_error *err);

#endif
