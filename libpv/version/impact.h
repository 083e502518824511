/* SPDX-License-Identifier: MIT
 *
 * How far a version steps: the same derivation for the version that is shown
 * and for the one that is released.
 */
#ifndef PV_VERSION_IMPACT_H
#define PV_VERSION_IMPACT_H

#include <pv/version.h>

/* From a version to a text that may become the next one. */
typedef struct pv_version_step {
	pv_store *store;
	const pv_settings *settings;
	const pv_version_info *base; /* the version */
	pv_point at; /* where the text, and what it includes, is */
	const pv_buf *text;
} pv_version_step;

/*
 * The bump of a step, at least PATCH. Variables that an included prompt needs
 * count as the prompt's own; schemas are compared with the files they refer to.
 * A text that does not load can break whoever uses it: MAJOR. PV_EGIT,
 * PV_ENOMEM.
 */
int pv_version_impact(enum pv_bump *out, const pv_version_step *step,
		      pv_error *err);

/*
 * The id the prompt at `path`, added by `commit`, had before, as the trailer
 * Pv-Renamed-From of the commit says; "" when it was not renamed. That of a
 * folder ends in "/", and Pv-Renamed-To is what it is called since. The commit
 * must have moved the old file's bytes, so that others it added are not meant.
 * PV_OK, or 1 when the commit says this of no file at all.
 */
int pv_version_renamed_from(char out[PV_ID_MAX + 1], pv_store *store,
			    const pv_settings *settings, const pv_oid *commit,
			    const char *path, pv_error *err);

#endif
