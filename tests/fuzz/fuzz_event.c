/* SPDX-License-Identifier: MIT
 *
 * Any bytes as the event of a review, and as the texts of one: what is read is
 * written, and read again it is the same. The rest is a text that the sentence
 * of a comment is looked for in.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "review/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is written of an event; 0 when it may not be written. */
static int write_event(pv_buf *out, const pv_review_event *event)
{
	int rc = pv_review_event_put(out, event, NULL);

	/* A text of JSON is UTF-8; only its size can be too much. */
	if (rc < 0 && rc != PV_ELIMIT)
		abort();
	return rc == PV_OK;
}

static void read_again(const pv_review_event *event)
{
	pv_arena arena = { 0 };
	pv_review_event *again = NULL;
	pv_buf first = { 0 };
	pv_buf second = { 0 };

	if (!write_event(&first, event))
		goto out;
	if (pv_review_event_read(&again, &arena, first.ptr, first.len, NULL) < 0 ||
	    !write_event(&second, again) || first.len != second.len ||
	    memcmp(first.ptr, second.ptr, first.len) != 0)
		abort();
out:
	pv_buf_dispose(&first);
	pv_buf_dispose(&second);
	pv_arena_dispose(&arena);
}

/* A sentence is found where it is, and on no line that there is not. */
static void place(const char *text, size_t len)
{
	const pv_review_text all = { text, len };
	size_t half = len / 2;
	const pv_review_text rest = { text + half, len - half };
	int last = 1;
	pv_buf quote = { 0 };

	for (size_t i = 0; i < len; i++)
		last += text[i] == '\n';
	pv_review_quote(&quote, text, half, 2);
	if (quote.status == PV_OK && quote.len) {
		int there = pv_review_place(&all, &all, quote.ptr, 2);
		int line = pv_review_place(&rest, &all, quote.ptr, 1);

		if (there < 0 || there > last || line < 0 || line > last)
			abort();
	}
	pv_buf_dispose(&quote);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	pv_review_event *event = NULL;
	pv_arena arena = { 0 };

	if (pv_review_event_read(&event, &arena, text, size, NULL) == PV_OK) {
		if (pv_review_event_check(event, NULL) < 0)
			abort();
		read_again(event);
	}
	pv_arena_dispose(&arena);
	place(text, size);
	return 0;
}
