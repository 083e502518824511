/* SPDX-License-Identifier: MIT
 *
 * What the trailers of a deployment's commit say that it did.
 */
#ifndef PV_CMD_HOOK_CLAIMS_H
#define PV_CMD_HOOK_CLAIMS_H

#include "cli.h"

#include "base/arena.h"
#include "base/str.h"

/* One prompt. Texts are NULL where nothing is said. */
typedef struct claim {
	const char *id;
	const char *version;
	const char *commit;
	const char *blob;
	const char *rolled_back_from;
	int is_removed;
} claim;

typedef struct claims {
	const char *action;
	const char *environment;
	const char *actor;
	const char *override;
	const char *reason;
	const char *canary;
	const char *checks;
	claim *items; /* in their order */
	size_t count;
	size_t cap;
	pv_arena arena;
} claims;

/* Reads them; a message without trailers says nothing. PV_ENOMEM. */
int claims_read(claims *out, const char *message, pv_error *err);

/* What is said of a prompt, or NULL. */
const claim *claims_find(const claims *said, const char *id);

/* Whether that is what was done: "deploy", "rollback", ... */
int claims_is(const claims *said, const char *action);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
void claims_dispose(claims *said);

#endif
