/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a line of git-appraise's notes, of the kind that the first one
 * says. What is read can be put into an event.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/appraise.h>

#include "review/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(const pv_appraise_note *note)
{
	const pv_review_origin origin = { "git-appraise", note->key.hex,
					  note->by, note->at };
	const pv_review_event event = {
		.kind = PV_REVIEW_COMMENTED,
		.text = note->text ? note->text : "",
		.line = note->line,
		.reviewers = note->reviewers,
		.reviewer_count = note->reviewer_count,
		.origin = &origin,
	};
	pv_arena arena = { 0 };
	pv_review_event *again = NULL;
	pv_buf out = { 0 };
	int rc = pv_review_event_put(&out, &event, NULL);

	if (rc < 0 && rc != PV_ELIMIT)
		abort();
	if (rc == PV_OK &&
	    (pv_review_event_read(&again, &arena, out.ptr, out.len, NULL) < 0 ||
	     !again->origin || strcmp(again->origin->key, origin.key) != 0))
		abort();
	pv_buf_dispose(&out);
	pv_arena_dispose(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;
	pv_appraise_note note;

	if (!size)
		return 0;
	if (pv_appraise_read(&note,
			     (enum pv_appraise_kind)(data[0] % PV_APPRAISE_KINDS),
			     line + 1, size - 1, NULL) == PV_OK) {
		if (note.at < 0 || note.line < 0)
			abort();
		put(&note);
	}
	pv_appraise_note_dispose(&note);
	return 0;
}
