/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": what to say about a prompt or a version that is not there.
 */
#ifndef PV_VERSION_SUGGEST_H
#define PV_VERSION_SUGGEST_H

#include <pv/version.h>

#include "version/index.h"

/*
 * Fails with PV_ENOTFOUND, id "prompt-not-found", for `id` at a point, with
 * similar ids of that point in the hint.
 */
int pv_fail_prompt(pv_error *err, pv_store *store, const pv_settings *settings,
		   const char *id, const pv_point *at);

/*
 * Gives the failure PV_EINVALID of what is no id, perhaps with a revision behind
 * it, the ids of prompts that are near for a hint, if there are any; `rc`.
 */
int pv_hint_id(pv_error *err, int rc, pv_store *store,
	       const pv_settings *settings, const char *text);

/*
 * Fails with PV_ENOTFOUND, id "version-not-found", for the version `rev`
 * (`number` as far as given) of `id`, with the nearest ones in the hint.
 */
int pv_fail_version(pv_error *err, pv_version_index *index, const char *id,
		    const char *rev, const pv_semver *number);

#endif
