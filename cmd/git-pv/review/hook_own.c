/* SPDX-License-Identifier: MIT
 *
 * Judging git-pv's own refs. They only ever grow: reviews are events that
 * nobody takes back, archives and what keeps objects alive lose nothing.
 */
#include <string.h>

#include "base/fail.h"
#include "review/hook.h"

static const struct kind {
	const char *prefix;
	const char *what;
	int is_final; /* once made, it does not move */
} kinds[] = {
	{ "refs/pv/reviews/", "a review", 0 },
	{ "refs/pv/keep/", "what executions name", 0 },
	{ "refs/pv/archive/", "an archive", 1 },
};

static const struct kind *kind_of(const char *ref)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (pv_str_has_prefix(ref, kinds[i].prefix))
			return &kinds[i];
	return NULL;
}

/* refs/pv/reviews/<xx>/<id>, <xx> being the first two letters of the id. */
static int is_review(const char *ref)
{
	const char *id = ref + strlen("refs/pv/reviews/");

	return strlen(id) > 5 && id[2] == '/' && !strncmp(id, id + 3, 2) &&
	       !strchr(id + 3, '/');
}

int push_judge_own(push *job)
{
	const char *ref = job->at->ref;
	const struct kind *kind = kind_of(ref);
	int rc;

	if (!kind) {
		push_refuse(job, "own-ref",
			    "refs/pv/remote and others are each clone's own",
			    "this ref is not shared");
		return PV_OK;
	}
	if (!job->at->new.hex[0]) {
		push_refuse(job, "deleted-ref", NULL, "%s is not deleted",
			    kind->what);
		return PV_OK;
	}
	if (kind == &kinds[0] && !is_review(ref)) {
		push_refuse(job, "own-ref", NULL, "this is no review's name");
		return PV_OK;
	}
	rc = push_is_forced(job);
	if (rc > 0 || (kind->is_final && job->at->old.hex[0]))
		push_refuse(job, "forced-ref",
			    "fetch what is there, and push again: git pv sync",
			    "%s does not lose what it has", kind->what);
	if (rc >= 0)
		rc = push_judge_brought(job);
	return rc == PV_OK && kind == &kinds[0] ? push_judge_review(job) : rc;
}
