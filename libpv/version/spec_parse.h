/* SPDX-License-Identifier: MIT
 *
 * The grammar of specs, without a repository: what a person wrote, taken
 * apart. Whether the prompt, the version or the branch exists is asked later.
 */
#ifndef PV_VERSION_SPEC_PARSE_H
#define PV_VERSION_SPEC_PARSE_H

#include <pv/version.h>

#include "base/str.h"

/* Longest accepted text behind the "@", in bytes. */
enum {
	PV_REV_MAX = 512
};

enum pv_rev_kind {
	PV_REV_INDEX,    /* ":index" */
	PV_REV_WORKTREE, /* ":worktree" */
	PV_REV_ENV,      /* "env:E", E in `name` */
	PV_REV_REF,      /* "ref:NAME", NAME in `name` */
	PV_REV_LATEST,   /* "latest", and "latest~2" */
	PV_REV_VERSION,  /* "1", "1.2", "1.2.3", "1.2.3-rc.1", "1.2^" */
	PV_REV_GIT /* else for pv_store_resolve, in `name` with its suffix */
};

/*
 * A revision. `parts` is 1 to 3 when `number` was given; for PV_REV_GIT that
 * is "v1.2", a number only if git knows no such name.
 */
typedef struct pv_rev {
	enum pv_rev_kind kind;
	const char *name;   /* borrowed from the text; "" where unused */
	const char *suffix; /* "~1^2" behind a version or name, in the text */
	pv_semver number;
	int parts;
} pv_rev;

/*
 * Parses what stands behind the "@". PV_EINVALID for an empty or too long
 * text, control characters, an unknown ":word" and a bad environment name.
 */
int pv_rev_parse(pv_rev *out, const char *text, pv_error *err);

/*
 * Splits a spec at its first "@" and checks the id. `*rev_out` is what
 * follows the "@", borrowed, or NULL when there is none. PV_EINVALID.
 */
int pv_spec_split(char id_out[PV_ID_MAX + 1], const char **rev_out,
		  const char *spec, pv_error *err);

#endif
