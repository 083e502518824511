/* SPDX-License-Identifier: MIT
 *
 * `git pv review export`: what changes, with what was said of it. Comments are
 * beside the changes of their prompt, answers below what they answer; all else
 * comes first, in the order it happened.
 */
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fail.h"
#include "diff/diff_run.h"
#include "review/review_counts.h"
#include "review/review_verbs.h"
#include "review/review_view.h"

enum {
	FORMAT_MARKDOWN = 1,
	FORMAT_HTML,
	MAX_DEPTH = 16 /* of answers to answers */
};

struct export_options {
	int format;
};

static const char *const formats[] = { "markdown", "html", NULL };

static const cli_option options[] = {
	{ 0, "format", CLI_ENUM, offsetof(struct export_options, format),
	  "FORMAT", "markdown, or html: a page of its own", formats },
	{ 0 },
};

const cli_usage review_export_usage = {
	.synopsis = { "git pv review export ID [--format FORMAT]" },
	.examples = { "git pv review export 1a2b3c4 >review.md",
		      "git pv review export 1a2b3c4 --format html >review.html" },
	.options = options,
	.args = "export and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

/* What becomes of a review's events. */
struct telling {
	pv_cli *cli;
	const pv_review *review;
	const review_place *places;
	pv_arena arena;
	pv_diff_remark *remarks;
	const char **prompts;
	size_t count;
	unsigned char *is_added; /* each comment */
};

static const char *word_of(enum pv_review_kind kind)
{
	switch (kind) {
	case PV_REVIEW_OPENED:
		return "opened the review";
	case PV_REVIEW_REVISED:
		return "put up another commit";
	case PV_REVIEW_COMMENTED:
		return "commented";
	case PV_REVIEW_RESOLVED:
		return "settled a comment";
	case PV_REVIEW_APPROVED:
		return "approved";
	case PV_REVIEW_REJECTED:
		return "asked for changes";
	case PV_REVIEW_WITHDRAWN:
		return "took the vote back";
	case PV_REVIEW_MERGED:
		return "merged";
	case PV_REVIEW_CLOSED:
		return "closed the review";
	}
	return "";
}

/* The same of what was said in another program; NULL without memory. */
static const char *word_elsewhere(struct telling *telling,
				  const pv_review_event *event)
{
	const char *word = word_of(event->kind);
	const char *text = NULL;
	pv_buf out = { 0 };

	if (!event->origin)
		return word;
	pv_buf_printf(&out, "%s in %s", word, event->origin->system);
	if (out.status == PV_OK)
		text = pv_arena_dup(&telling->arena, out.ptr, out.len);
	pv_buf_dispose(&out);
	return text;
}

/* Adds the remark that an event is; NULL when there is no memory. */
static pv_diff_remark *add_remark(struct telling *telling,
				  const pv_review_event *event)
{
	pv_diff_remark *remark = &telling->remarks[telling->count];
	char at[PV_TIME_TEXT];

	pv_time_format(at, pv_review_said_at(event) * 1000000);
	remark->what = word_elsewhere(telling, event);
	remark->by = pv_review_said_by(event);
	remark->at = pv_arena_dup(&telling->arena, at, strcspn(at, "T"));
	remark->text = event->text;
	telling->count++;
	return remark->at && remark->what ? remark : NULL;
}

/* --- comments ---------------------------------------------------------------- */

/* Whether two sentences have the same words, wherever they are wrapped. */
static int is_same_sentence(const char *a, const char *b)
{
	for (;;) {
		size_t len;

		a += strspn(a, " \t\r\n");
		b += strspn(b, " \t\r\n");
		len = strcspn(a, " \t\r\n");
		if (len != strcspn(b, " \t\r\n") || strncmp(a, b, len) != 0)
			return 0;
		if (!len)
			return 1;
		a += len;
		b += len;
	}
}

static int add_comment(struct telling *telling, size_t idx, const char *prompt,
		       int depth)
{
	const pv_review_comment *comment = &telling->review->comments[idx];
	const review_place *place = &telling->places[idx];
	pv_diff_remark *remark = add_remark(telling, comment->event);

	if (!remark)
		return pv_fail_nomem(&telling->cli->err);
	remark->depth = depth;
	remark->what = depth ? "answered" : remark->what;
	remark->field = place->field;
	remark->line = place->line;
	remark->quote = comment->event->quote;
	if (place->now.len && remark->quote &&
	    is_same_sentence(place->now.ptr, remark->quote))
		remark->quote = place->now.ptr;
	else if (place->now.len)
		remark->now = place->now.ptr;
	remark->flags = (place->is_gone ? PV_REMARK_GONE : 0U) |
			(comment->resolved ? PV_REMARK_RESOLVED : 0U);
	telling->prompts[telling->count - 1] = prompt;
	return PV_OK;
}

static int is_answer(const struct telling *telling, size_t idx, const char *to)
{
	const char *comment = telling->review->comments[idx].event->comment;

	return comment && !strcmp(comment, to);
}

/* A comment, then what answers it, each with its own answers. */
static int add_thread(struct telling *telling, size_t idx, const char *prompt,
		      int depth)
{
	const pv_review *review = telling->review;
	const char *id = review->comments[idx].event->oid.hex;
	int rc = add_comment(telling, idx, prompt, depth);

	telling->is_added[idx] = 1;
	for (size_t i = idx + 1; i < review->comment_count && rc == PV_OK; i++)
		if (depth < MAX_DEPTH && !telling->is_added[i] &&
		    is_answer(telling, i, id))
			rc = add_thread(telling, i, prompt, depth + 1);
	return rc;
}

/* An answer is behind what it answers; what is not added yet begins a thread. */
static int add_comments(struct telling *telling)
{
	const pv_review *review = telling->review;
	int rc = PV_OK;

	for (size_t i = 0; i < review->comment_count && rc == PV_OK; i++)
		if (!telling->is_added[i])
			rc = add_thread(telling, i,
					review->comments[i].event->prompt, 0);
	return rc;
}

/* --- all of it --------------------------------------------------------------- */

static int add_events(struct telling *telling)
{
	const pv_review *review = telling->review;

	for (size_t i = 0; i < review->event_count; i++) {
		const pv_review_event *event = review->events[i];

		/* Comments say themselves that they are settled. */
		if (event->kind == PV_REVIEW_COMMENTED ||
		    (event->kind == PV_REVIEW_RESOLVED && !event->text))
			continue;
		if (!add_remark(telling, event))
			return pv_fail_nomem(&telling->cli->err);
	}
	return add_comments(telling);
}

static int tell(struct telling *telling, const diff_options *opts)
{
	const pv_review *review = telling->review;
	size_t count = review->event_count + 1;
	diff_range range = review_range(review);
	diff_talk talk = { 0 };
	pv_buf heading = { 0 };
	int rc;

	telling->remarks = pv_arena_calloc(&telling->arena,
					   count * sizeof(*telling->remarks));
	telling->prompts = pv_arena_calloc(&telling->arena,
					   count * sizeof(*telling->prompts));
	telling->is_added = pv_arena_calloc(&telling->arena, count);
	talk.is_told = pv_arena_calloc(&telling->arena, count);
	if (!telling->remarks || !telling->prompts || !telling->is_added ||
	    !talk.is_told)
		return pv_fail_nomem(&telling->cli->err);
	rc = add_events(telling);
	pv_buf_printf(&heading, "Review %.7s, %s: %s", review->id,
		      pv_review_state_name(review->state), review->opened->title);
	if (rc == PV_OK)
		rc = pv_buf_status(&heading, &telling->cli->err);
	talk.heading = pv_buf_text(&heading);
	talk.remarks = telling->remarks;
	talk.prompts = telling->prompts;
	talk.count = telling->count;
	range.talk = &talk;
	if (rc == PV_OK)
		rc = diff_between(telling->cli, opts, &range);
	pv_buf_dispose(&heading);
	return rc;
}

int review_export(pv_cli *cli, int argc, char **argv)
{
	struct export_options opts = { 0 };
	struct telling telling = { .cli = cli };
	review_policies policies = { .cli = cli };
	diff_options diff = { 0 };
	pv_review *review = NULL;
	review_place *places = NULL;
	int rc = cli_start(cli, &opts, &argc, argv);

	diff.format = opts.format == FORMAT_HTML ? DIFF_HTML : DIFF_MARKDOWN;
	if (rc == PV_OK)
		rc = pv_review_load(&review, cli->store, argv[1], &cli->err);
	if (rc == PV_OK)
		rc = review_settle(&policies, review, NULL);
	if (rc == PV_OK)
		rc = review_places_find(&places, cli, review);
	telling.review = review;
	telling.places = places;
	if (rc == PV_OK)
		rc = tell(&telling, &diff);
	review_places_free(places, review);
	review_policies_dispose(&policies);
	pv_arena_dispose(&telling.arena);
	pv_review_free(review);
	return rc;
}
