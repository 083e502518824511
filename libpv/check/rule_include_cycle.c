/* SPDX-License-Identifier: MIT
 *
 * include-cycle: a prompt that includes itself, by way of others or not. What
 * has been looked at is not looked at again, so the cost is that of what can
 * be reached.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "check/included.h"
#include "check/rules.h"

/* A search for the prompt at hand among what it reaches. */
struct search {
	pv_check_run *run;
	pv_map seen;
	int depth;
};

enum {
	MAX_DEPTH = 50 /* rendering gives up before */
};

/* Whether `id` reaches the prompt at hand. */
static int reaches(int *out, struct search *search, const char *id)
{
	pv_check_run *it = search->run;
	const pv_prompt *prompt = NULL;
	void *old = NULL;
	int rc;

	*out = !strcmp(id, it->subject->id);
	if (*out || search->depth == MAX_DEPTH)
		return PV_OK;
	rc = pv_map_set(&search->seen, pv_str_of(id), search, &old, it->err);
	if (rc < 0 || old)
		return rc;
	rc = pv_check_load(&prompt, it, id);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(it->err);
		return PV_OK;
	}
	search->depth++;
	for (size_t i = 0;
	     rc == PV_OK && prompt && !*out && i < prompt->include_count; i++)
		rc = reaches(out, search, prompt->includes[i]);
	search->depth--;
	return rc;
}

static int check_include(pv_check_run *run, const char *id)
{
	struct search search = { .run = run };
	char message[PV_ID_MAX + 64];
	int is_cycle = 0;
	int rc = reaches(&is_cycle, &search, id);

	pv_map_dispose(&search.seen);
	if (rc < 0 || !is_cycle)
		return rc;
	(void)snprintf(message, sizeof(message),
		       strcmp(id, run->subject->id) != 0
			       ? "\"%.200s\" includes this prompt in turn"
			       : "the prompt \"%.200s\" includes itself",
		       id);
	return pv_check_include(run, id, "move what both need to a third prompt",
				message);
}

static int run(pv_check_run *run)
{
	const pv_prompt *prompt = run->prompt;
	int rc = PV_OK;

	for (size_t i = 0; i < prompt->include_count && rc == PV_OK; i++)
		rc = check_include(run, prompt->includes[i]);
	return rc;
}

const pv_check_rule pv_rule_include_cycle = {
	{ .id = "include-cycle",
	  .group = PV_RULE_VARIABLES,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "a prompt that includes itself, by way of others or not",
	  .fix = "move what both need to a third prompt" },
	run
};
