/* SPDX-License-Identifier: MIT
 *
 * See risks.h.
 */
#include "check/risks.h"

struct search {
	pv_check_run *run;
	size_t idx;
	int (*fn)(pv_check_run *run, size_t idx, const pv_jinja_risk *risk);
};

static int found(const pv_jinja_risk *risk, void *payload)
{
	const struct search *search = payload;

	return search->fn(search->run, search->idx, risk);
}

int pv_check_risks(pv_check_run *run, int (*fn)(pv_check_run *run, size_t idx,
						const pv_jinja_risk *risk))
{
	struct search search = { run, 0, fn };
	const pv_prompt *prompt = run->prompt;
	int rc = PV_OK;

	if (prompt->syntax != PV_SYNTAX_JINJA2)
		return PV_OK;
	for (; search.idx < prompt->message_count && rc == PV_OK; search.idx++) {
		const pv_message *message = &prompt->messages[search.idx];
		pv_str text = { message->content, message->len };
		pv_arena arena = { 0 };

		if (text.len && memchr(text.ptr, '{', text.len))
			rc = pv_jinja_find_risks(&pv_prompt_environment, text,
						 &arena, found, &search,
						 run->err);
		pv_arena_dispose(&arena);
	}
	return rc;
}
