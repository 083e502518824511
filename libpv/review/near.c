/* SPDX-License-Identifier: MIT
 *
 * See near.h. All of this runs only on the way to an error, which it must not
 * replace by another. Reviews are read only where what was asked for is no id.
 */
#include "review/near.h"

#include <string.h>

#include "base/edit_distance.h"
#include "base/fail.h"

enum {
	NEAR_MAX = 3,
	EDITS_MAX = 3,
	SHOWN = 7 /* digits of an id */
};

/* The best ids so far, nearest first. */
struct candidates {
	pv_store *store;
	pv_str asked;
	int is_id;
	char ids[NEAR_MAX][SHOWN + 1];
	size_t distance[NEAR_MAX];
	size_t count;
};

static void add(struct candidates *best, const char *id, size_t distance)
{
	size_t at = best->count;

	while (at && best->distance[at - 1] > distance)
		at--;
	if (at == NEAR_MAX)
		return;
	if (best->count < NEAR_MAX)
		best->count++;
	for (size_t i = best->count - 1; i > at; i--) {
		best->distance[i] = best->distance[i - 1];
		memcpy(best->ids[i], best->ids[i - 1], sizeof(best->ids[i]));
	}
	best->distance[at] = distance;
	memcpy(best->ids[at], id, SHOWN);
	best->ids[at][SHOWN] = '\0';
}

/* A few digits are near to many ids by chance: one edit for each three. */
static void look_at_id(struct candidates *best, const char *id)
{
	size_t len = best->asked.len < 40 ? best->asked.len : 40;
	size_t limit = len / 3 < EDITS_MAX ? len / 3 : EDITS_MAX;
	const pv_str start = { id, len };
	size_t distance = pv_edit_distance(best->asked, start, limit);

	if (distance <= limit)
		add(best, id, distance);
}

static int is_asked(const struct candidates *best, const char *name)
{
	return name && !strcmp(name, best->asked.ptr);
}

static void look_at_names(struct candidates *best, const char *id,
			  const pv_oid *tip)
{
	pv_review *review = NULL;

	if (pv_review_read(&review, best->store, id, tip, NULL) == PV_OK &&
	    (is_asked(best, review->opened->source) ||
	     is_asked(best, review->opened->prompt) ||
	     is_asked(best, review->opened->title)))
		add(best, id, review->end != NULL);
	pv_review_free(review);
}

static int look(const char *id, const pv_oid *tip, void *payload)
{
	struct candidates *best = payload;

	if (best->is_id)
		look_at_id(best, id);
	else
		look_at_names(best, id, tip);
	return 0;
}

static void hint(pv_error *err, const struct candidates *best)
{
	pv_buf text = { 0 };

	for (size_t i = 0; i < best->count; i++)
		pv_buf_printf(&text, "%s\"%s\"", i ? " or " : "did you mean ",
			      best->ids[i]);
	if (best->count)
		pv_buf_puts(&text, "? \"git pv review show\" tells");
	else if (best->is_id)
		pv_buf_puts(&text,
			    "\"git pv review list\" has those that are here, "
			    "\"git pv sync\" fetches others");
	else
		pv_buf_puts(&text, "\"git pv review list\" has their ids; 4 "
				   "digits of one will do");
	if (text.status == PV_OK)
		pv_error_hint(err, PV_ENOTFOUND, "%s", text.ptr);
	pv_buf_dispose(&text);
}

int pv_fail_review(pv_error *err, pv_store *store, const char *asked)
{
	struct candidates best = { .store = store, .asked = pv_str_of(asked) };
	int rc;

	best.is_id = !asked[strspn(asked, "0123456789abcdefABCDEF")];
	rc = pv_fail_id(err, PV_ERR_REVIEW_NOT_FOUND,
			best.is_id ? "no review \"%.80s\""
				   : "\"%.80s\" is no review",
			asked);
	if (!err)
		return rc;
	(void)pv_review_each(store, look, &best, NULL);
	hint(err, &best);
	return rc;
}
