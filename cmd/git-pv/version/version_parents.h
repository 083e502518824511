/* SPDX-License-Identifier: MIT
 *
 * Which versions of a prompt come before which: by the commits they are on,
 * not by their numbers.
 */
#ifndef PV_CMD_VERSION_PARENTS_H
#define PV_CMD_VERSION_PARENTS_H

#include "repo/version_names.h"

/* `{ 0 }` is empty; release it with version_parents_dispose. */
typedef struct version_parents {
	size_t count;             /* of versions */
	size_t width;             /* bytes of a row of bits */
	unsigned char *ancestors; /* a row each: all that come before it */
	unsigned char *parents;   /* the nearest of these */
} version_parents;

/* Finds them. PV_EGIT, PV_ECANCELED, PV_ENOMEM. */
int version_parents_find(version_parents *out, pv_cli *cli,
			 const version_names *all);

/* 1 when a version is one of the nearest before another one, by their rows. */
int version_parents_has(const version_parents *all, size_t row, size_t parent);

void version_parents_dispose(version_parents *all);

#endif
