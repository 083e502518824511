/* SPDX-License-Identifier: MIT
 *
 * `git pv review show` and `diff`: a review for people and for programs.
 * Comments stand where their sentences are now.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "diff/diff_run.h"
#include "repo/prompts.h"
#include "review/review_checks.h"
#include "review/review_counts.h"
#include "review/review_verbs.h"
#include "review/review_view.h"

struct show_options {
	diff_options diff;
};

static const cli_option diff_option_table[] = {
	{ 0, "word", CLI_FLAG, offsetof(struct show_options, diff.word), NULL,
	  "mark changed words instead of lines" },
	{ 0, "side-by-side", CLI_FLAG,
	  offsetof(struct show_options, diff.side_by_side), NULL,
	  "show texts in two columns" },
	{ 0, "stat", CLI_FLAG, offsetof(struct show_options, diff.stat), NULL,
	  "only count, one line for each prompt" },
	{ 0 },
};

const cli_usage review_show_usage = {
	.synopsis = { "git pv review show ID [--json]" },
	.examples = { "git pv review show 1a2b3c4",
		      "git pv review show 1a2b3c4 --json" },
	.args = "show and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage review_diff_usage = {
	.synopsis = { "git pv review diff ID [--word | --side-by-side | --stat] "
		      "[--json]" },
	.examples = { "git pv review diff 1a2b3c4 --word",
		      "git pv review diff 1a2b3c4 --stat" },
	.options = diff_option_table,
	.args = "diff and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

/* What is shown. */
struct view {
	pv_cli *cli;
	pv_review *review;
	review_checks checks;
	review_place *places; /* of the comments */
	pv_strlist why;       /* votes do not count; "" where they do */
};

/* The rules are those of the branch that is to take the change. */
static int load_checks(struct view *view)
{
	pv_cli *cli = view->cli;
	const char *target = view->review->opened->target;
	pv_review_subjects subjects = { 0 };
	pv_oid settings = view->review->head;
	int rc = review_subjects(&subjects, cli, view->review);

	if (target)
		pv_store_resolve(&settings, cli->store, target, NULL);
	if (!settings.hex[0])
		settings = view->review->head;
	if (rc == PV_OK)
		rc = review_checks_run(&view->checks, cli, &subjects,
				       &view->review->head, &settings);
	pv_review_subjects_dispose(&subjects);
	return rc;
}

/* --- JSON -------------------------------------------------------------------- */

static void put_subject(pv_jsonw *w, const pv_review_subject *subject)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", subject->id);
	cli_oid_json(w, "blob", &subject->blob);
	pv_jsonw_member(w, "closure", subject->closure);
	pv_jsonw_object_end(w);
}

static void put_votes(pv_jsonw *w, const struct view *view, const char *key,
		      enum pv_review_kind kind)
{
	static const pv_oid none;

	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < view->review->vote_count; i++) {
		const pv_review_vote *vote = &view->review->votes[i];
		const pv_review_event *event = vote->event;

		if (event->kind != kind)
			continue;
		pv_jsonw_object(w);
		review_said_json(w, event);
		cli_oid_json(w, "blob",
			     event->subject_count == 1 ? &event->subjects[0].blob
						       : &none);
		cli_oid_json(w, "head", &event->head);
		pv_jsonw_key(w, "current");
		pv_jsonw_bool(w, vote->is_current);
		pv_jsonw_key(w, "counts");
		pv_jsonw_bool(w, vote->is_counted);
		pv_jsonw_member(w, "text", event->text);
		pv_jsonw_key(w, "prompts");
		pv_jsonw_array(w);
		for (size_t k = 0; k < event->subject_count; k++)
			put_subject(w, &event->subjects[k]);
		pv_jsonw_array_end(w);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_comment(pv_jsonw *w, const pv_review_comment *comment,
			const review_place *place)
{
	const pv_review_event *event = comment->event;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", event->oid.hex);
	review_said_json(w, event);
	pv_jsonw_member(w, "prompt", event->prompt);
	pv_jsonw_member(w, "field", place->field);
	pv_jsonw_key(w, "line");
	if (place->line)
		pv_jsonw_int(w, place->line);
	else
		pv_jsonw_null(w);
	pv_jsonw_member(w, "text", event->text);
	pv_jsonw_key(w, "resolved");
	pv_jsonw_bool(w, comment->resolved != NULL);
	pv_jsonw_member(w, "resolved_by",
			comment->resolved ? pv_review_said_by(comment->resolved)
					  : NULL);
	pv_jsonw_member(w, "reply_to", event->comment);
	pv_jsonw_member(w, "quote", event->quote);
	pv_jsonw_key(w, "outdated");
	pv_jsonw_bool(w, place->is_gone);
	pv_jsonw_object_end(w);
}

static void put_events(pv_jsonw *w, const pv_review *review)
{
	pv_jsonw_key(w, "events");
	pv_jsonw_array(w);
	for (size_t i = 0; i < review->event_count; i++) {
		const pv_review_event *event = review->events[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "id", event->oid.hex);
		pv_jsonw_member(w, "type", pv_review_kind_name(event->kind));
		review_said_json(w, event);
		cli_oid_json(w, "head", &event->head);
		pv_jsonw_member(w, "text", event->text);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_key(w, "unknown_events");
	pv_jsonw_int(w, (int64_t)review->unknown_count);
}

static int print_json(const struct view *view)
{
	static const diff_options usual;
	const pv_review *review = view->review;
	pv_cli *cli = view->cli;
	diff_range range = review_range(review);
	static const pv_oid none;
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	review_members(&w, review);
	pv_jsonw_member(&w, "text", review->opened->text);
	cli_oid_json(&w, "merged_commit",
		     review->end ? &review->end->commit : &none);
	pv_jsonw_member(&w, "merged_how",
			review->end ? review->end->method : NULL);
	put_votes(&w, view, "approvals", PV_REVIEW_APPROVED);
	put_votes(&w, view, "changes_requested", PV_REVIEW_REJECTED);
	pv_jsonw_key(&w, "comments");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < review->comment_count; i++)
		put_comment(&w, &review->comments[i], &view->places[i]);
	pv_jsonw_array_end(&w);
	review_checks_json(&w, &view->checks);
	put_events(&w, review);
	pv_jsonw_key(&w, "prompts");
	pv_jsonw_array(&w);
	range.w = &w;
	rc = diff_between(cli, &usual, &range);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
	return rc;
}

/* --- text -------------------------------------------------------------------- */

/* People's words, each line behind `margin`. */
static void print_words(pv_cli *cli, const char *margin, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		cli_puts(cli, margin);
		cli_text(cli, text, len);
		cli_puts(cli, "\n");
		text += len + (text[len] != '\0');
	}
}

static void print_by(pv_cli *cli, const pv_review_event *event)
{
	char at[PV_TIME_TEXT];

	pv_time_format(at, pv_review_said_at(event) * 1000000);
	cli_line(cli, pv_review_said_by(event));
	cli_printf(cli, ", %.10s", at);
	if (event->origin) {
		cli_puts(cli, " in ");
		cli_line(cli, event->origin->system);
	}
}

static void print_end(pv_cli *cli, const pv_review_event *end)
{
	cli_puts(cli, pv_review_kind_name(end->kind));
	if (end->commit.hex[0])
		cli_printf(cli, " as %.7s", end->commit.hex);
	if (end->method) {
		cli_puts(cli, " (");
		cli_line(cli, end->method);
		cli_puts(cli, ")");
	}
	cli_puts(cli, " by ");
	print_by(cli, end);
	cli_puts(cli, "\n");
}

static void print_head(const struct view *view)
{
	const pv_review *review = view->review;
	const pv_review_event *opened = review->opened;
	pv_cli *cli = view->cli;

	cli_printf(cli, "review %s  %s\n", review->id,
		   pv_review_state_name(review->state));
	print_words(cli, "    ", opened->title);
	if (opened->text)
		cli_puts(cli, "\n");
	print_words(cli, "    ", opened->text);
	cli_puts(cli, "\n");
	if (opened->environment) {
		cli_line(cli, opened->prompt ? opened->prompt : "");
		cli_puts(cli, " ");
		cli_line(cli, opened->version ? opened->version : "");
		cli_puts(cli, " for ");
		cli_line(cli, opened->environment);
	} else {
		cli_line(cli, opened->source ? opened->source : "");
		cli_puts(cli, " into ");
		cli_line(cli, opened->target ? opened->target : "");
	}
	cli_printf(cli, " at %.7s, by ", review->head.hex);
	print_by(cli, opened);
	cli_puts(cli, "\n");
	if (review->end)
		print_end(cli, review->end);
	for (size_t i = 0; i < opened->reviewer_count; i++) {
		cli_puts(cli, i ? ", " : "asks ");
		cli_line(cli, opened->reviewers[i]);
	}
	if (opened->reviewer_count)
		cli_puts(cli, "\n");
}

static void print_uncounted(const struct view *view, size_t idx)
{
	pv_cli *cli = view->cli;
	const char *why = idx < view->why.count ? view->why.items[idx] : "";

	cli_puts(cli, *why ? " (does not count: " : " (does not count");
	cli_line(cli, why);
	cli_puts(cli, ")");
}

static void print_votes(const struct view *view)
{
	pv_cli *cli = view->cli;

	for (size_t i = 0; i < view->review->vote_count; i++) {
		const pv_review_vote *vote = &view->review->votes[i];

		cli_puts(cli, vote->event->kind == PV_REVIEW_APPROVED
				      ? "approved by "
				      : "changes asked for by ");
		print_by(cli, vote->event);
		if (!vote->is_current)
			cli_printf(cli, " (of %.7s: counts no more)",
				   vote->event->head.hex);
		else if (!vote->is_counted)
			print_uncounted(view, i);
		cli_puts(cli, "\n");
		print_words(cli, "    ", vote->event->text);
	}
}

static void print_comment(pv_cli *cli, const pv_review_comment *comment,
			  const review_place *place)
{
	const pv_review_event *event = comment->event;

	cli_printf(cli, "\n%.7s ", event->oid.hex);
	if (event->comment)
		cli_printf(cli, "to %.7s ", event->comment);
	if (event->prompt) {
		cli_line(cli, event->prompt);
		cli_puts(cli, " ");
	}
	if (place->field) {
		cli_line(cli, place->field);
		cli_puts(cli, " ");
	}
	if (place->line)
		cli_printf(cli, "line %d ", place->line);
	if (place->is_gone)
		cli_puts(cli, "(gone) ");
	cli_puts(cli, "by ");
	print_by(cli, event);
	cli_puts(cli, comment->resolved ? ", resolved\n" : "\n");
	print_words(cli, "  > ", event->quote);
	print_words(cli, "    ", event->text);
}

static int print_text(const struct view *view)
{
	static const diff_options usual;
	const pv_review *review = view->review;
	diff_range range = review_range(review);
	pv_cli *cli = view->cli;

	print_head(view);
	print_votes(view);
	review_checks_text(cli, &view->checks);
	for (size_t i = 0; i < review->comment_count; i++)
		print_comment(cli, &review->comments[i], &view->places[i]);
	if (review->unknown_count)
		cli_warn(cli, "%zu events are of a newer git-pv",
			 review->unknown_count);
	cli_puts(cli, "\n");
	return diff_between(cli, &usual, &range);
}

/* --- the commands ------------------------------------------------------------- */

static int show(pv_cli *cli, const char *id)
{
	struct view view = { .cli = cli };
	review_policies policies = { .cli = cli };
	int rc = pv_review_load(&view.review, cli->store, id, &cli->err);

	if (rc == PV_OK)
		rc = review_settle(&policies, view.review, &view.why);
	if (rc == PV_OK)
		rc = review_places_find(&view.places, cli, view.review);
	if (rc == PV_OK)
		rc = load_checks(&view);
	if (rc == PV_OK)
		rc = cli->json ? print_json(&view) : print_text(&view);
	review_places_free(view.places, view.review);
	review_checks_dispose(&view.checks);
	review_policies_dispose(&policies);
	pv_strlist_dispose(&view.why);
	pv_review_free(view.review);
	return rc;
}

int review_show(pv_cli *cli, int argc, char **argv)
{
	int rc = cli_start(cli, NULL, &argc, argv);

	return rc == PV_OK ? show(cli, argv[1]) : rc;
}

int review_diff(pv_cli *cli, int argc, char **argv)
{
	struct show_options opts = { 0 };
	pv_review *review = NULL;
	diff_range range;
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK &&
	    opts.diff.word + opts.diff.side_by_side + opts.diff.stat > 1)
		rc = cli_usage_error(cli, "--word, --side-by-side and --stat "
					  "exclude one another");
	if (rc == PV_OK)
		rc = pv_review_load(&review, cli->store, argv[1], &cli->err);
	if (rc == PV_OK) {
		range = review_range(review);
		rc = diff_between(cli, &opts.diff, &range);
	}
	pv_review_free(review);
	return rc;
}
