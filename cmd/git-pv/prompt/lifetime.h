/* SPDX-License-Identifier: MIT
 *
 * When prompts were made and changed last, and by whom: what git's history
 * says, or the rows derived from it.
 */
#ifndef PV_CMD_LIFETIME_H
#define PV_CMD_LIFETIME_H

#include "cli.h"

#include "base/clock.h"

/* Of one prompt; what is not known is "" and NULL. */
typedef struct lifetime {
	char created_at[PV_TIME_TEXT];
	char *created_by; /* the author's name */
	char updated_at[PV_TIME_TEXT];
	char *updated_by;
	int64_t updated; /* seconds since 1970; 0 when it is not known */
} lifetime;

typedef struct lifetime_query {
	const pv_point *at;
	const char *const *paths;
	size_t count;
	int wants_origin; /* else who made them, and when, is left out */
} lifetime_query;

/*
 * Fills in `out`, a zeroed place for each path, by the commits up to the one
 * at the point, HEAD for the working tree. Says it when a shallow clone hides
 * some of it. Dispose of each also after a failure.
 */
int lifetimes_find(lifetime *out, pv_cli *cli, const lifetime_query *query);

/* Writes created_at, created_by, updated_at and updated_by; null: not known. */
void lifetime_members(pv_jsonw *w, const lifetime *life);

void lifetime_dispose(lifetime *life);

#endif
