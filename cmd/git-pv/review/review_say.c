/* SPDX-License-Identifier: MIT
 *
 * What people say of a review: comments, votes, and its end without a merge.
 * A vote is of the prompts as they are at the commit under review, with all
 * they depend on.
 */
#include <stddef.h>
#include <string.h>

#include <pv/policy.h>

#include "base/fail.h"
#include "review/review_counts.h"
#include "review/review_verbs.h"
#include "review/review_view.h"

struct say_options {
	cli_list messages;
	const char *prompt;
	const char *field;
	const char *reply_to;
	int line;
};

#define MESSAGE_OPTION                                                     \
 {                                                                         \
  'm', "message", CLI_LIST, offsetof(struct say_options, messages), "MSG", \
	  "what you say; repeated: paragraphs"                             \
 }

static const cli_option message_options[] = {
	MESSAGE_OPTION,
	{ 0 },
};

static const cli_option comment_options[] = {
	MESSAGE_OPTION,
	{ 0, "prompt", CLI_STRING, offsetof(struct say_options, prompt), "ID",
	  "the prompt it is about, where there is more than one" },
	{ 0, "field", CLI_STRING, offsetof(struct say_options, field), "F",
	  "a field of it, as messages[0].content" },
	{ 0, "line", CLI_INT, offsetof(struct say_options, line), "N",
	  "a line of that field, or of the file" },
	{ 0, "reply-to", CLI_STRING, offsetof(struct say_options, reply_to),
	  "COMMENT", "the comment it answers" },
	{ 0 },
};

const cli_usage review_comment_usage = {
	.synopsis = { "git pv review comment ID -m MSG [--prompt ID] [--field F] "
		      "[--line N] [--reply-to COMMENT] [--json]" },
	.examples = { "git pv review comment 1a2b3c4 --prompt support/triage "
		      "--field messages[0].content --line 1 -m \"Why?\"",
		      "git pv review comment 1a2b3c4 -m \"Reads well\"" },
	.options = comment_options,
	.args = "comment and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage review_resolve_usage = {
	.synopsis = { "git pv review resolve ID COMMENT [-m MSG] [--json]" },
	.examples = { "git pv review resolve 1a2b3c4 5d6e7f8",
		      "git pv review resolve 1a2b3c4 5d6e7f8 -m \"Said so\"" },
	.options = message_options,
	.args = "resolve, the id of a review and that of a comment",
	.min_args = 3,
	.max_args = 3,
};

const cli_usage review_approve_usage = {
	.synopsis = { "git pv review approve ID [-m MSG] [--json]" },
	.examples = { "git pv review approve 1a2b3c4",
		      "git pv review approve 1a2b3c4 -m \"Good\"" },
	.options = message_options,
	.args = "approve and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage review_reject_usage = {
	.synopsis = { "git pv review reject ID -m MSG [--json]" },
	.examples = { "git pv review reject 1a2b3c4 -m \"Too long\"",
		      "git pv review reject 1a2b3c4 -m \"See the comment\" --json" },
	.options = message_options,
	.args = "reject and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage review_withdraw_usage = {
	.synopsis = { "git pv review withdraw ID [-m MSG] [--json]" },
	.examples = { "git pv review withdraw 1a2b3c4",
		      "git pv review withdraw 1a2b3c4 -m \"Wait for the numbers\"" },
	.options = message_options,
	.args = "withdraw and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage review_close_usage = {
	.synopsis = { "git pv review close ID [-m MSG] [--json]" },
	.examples = { "git pv review close 1a2b3c4 -m \"Not needed\"",
		      "git pv review close 1a2b3c4" },
	.options = message_options,
	.args = "close and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

/* Something that is said; texts of the event are kept here. */
struct say {
	pv_cli *cli;
	struct say_options opts;
	pv_review *review;
	pv_review_event event;
	pv_buf text;
	pv_buf quote;
	pv_review_subjects subjects;
	const char *argument; /* behind the id, or NULL */
};

static int finish(struct say *say)
{
	pv_cli *cli = say->cli;
	pv_oid made;
	int rc = pv_review_add(&made, cli->store, say->review->id, &say->event,
			       &cli->err);

	if (rc < 0)
		return rc;
	cli_made(cli, "the event %.7s is made all the same", made.hex);
	return review_report(cli, say->review->id, &made, NULL);
}

/* The start and the end of each verb; `prepare` fills in the event. */
static int run(pv_cli *cli, enum pv_review_kind kind, int argc, char **argv,
	       int (*prepare)(struct say *say))
{
	struct say say = { .cli = cli, .event = { .kind = kind } };
	int rc = cli_start(cli, &say.opts, &argc, argv);

	if (rc == PV_OK)
		rc = review_text(&say.text, cli, &say.opts.messages);
	say.event.text = say.text.len ? say.text.ptr : NULL;
	say.argument = argc > 2 ? argv[2] : NULL;
	if (rc == PV_OK)
		rc = pv_review_load(&say.review, cli->store, argv[1], &cli->err);
	if (rc == PV_OK)
		rc = prepare(&say);
	if (rc == PV_OK)
		rc = finish(&say);
	pv_review_free(say.review);
	pv_review_subjects_dispose(&say.subjects);
	pv_buf_dispose(&say.text);
	pv_buf_dispose(&say.quote);
	cli_list_dispose(&say.opts.messages);
	return rc;
}

/* --- comments ---------------------------------------------------------------- */

/* The comment whose id begins so. */
static int find_comment(const pv_review_event **out, const struct say *say,
			const char *id)
{
	pv_error *err = &say->cli->err;
	size_t len = strlen(id);
	int found = 0;

	for (size_t i = 0; i < say->review->comment_count; i++) {
		const pv_review_event *event = say->review->comments[i].event;

		if (len < 4 || strncmp(event->oid.hex, id, len) != 0)
			continue;
		*out = event;
		found++;
	}
	if (found == 1)
		return PV_OK;
	if (found)
		return pv_fail(err, PV_EAMBIGUOUS,
			       "more than one comment begins with \"%.40s\"", id);
	return pv_error_hint(err,
			     pv_fail(err, PV_ENOTFOUND,
				     "the review %.7s has no comment \"%.40s\"",
				     say->review->id, id),
			     "\"git pv review show %.7s\" has their ids",
			     say->review->id);
}

/* The prompt that is meant where none was named. */
static int find_prompt(struct say *say)
{
	pv_cli *cli = say->cli;
	int rc = review_subjects(&say->subjects, cli, say->review);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < say->subjects.count && say->opts.prompt; i++)
		if (!strcmp(say->subjects.items[i].id, say->opts.prompt))
			say->event.prompt = say->subjects.items[i].id;
	if (!say->opts.prompt && say->subjects.count == 1)
		say->event.prompt = say->subjects.items[0].id;
	if (say->event.prompt)
		return PV_OK;
	if (say->opts.prompt)
		return pv_fail_id(&cli->err, PV_ERR_PROMPT_NOT_FOUND,
				  "the review is not about \"%.140s\"",
				  say->opts.prompt);
	return cli_usage_error(cli,
			       "the review is about %zu prompts: name one "
			       "with --prompt",
			       say->subjects.count);
}

/* The sentence, by which the comment is found again. */
static int find_quote(struct say *say)
{
	pv_cli *cli = say->cli;
	pv_review_event *event = &say->event;
	pv_buf text = { 0 };
	int rc = review_field_text(&text, cli, &say->review->head,
				   event->prompt, event->field);

	if (rc == PV_OK && event->line)
		pv_review_quote(&say->quote, pv_buf_text(&text), text.len,
				event->line);
	pv_buf_dispose(&text);
	if (rc == PV_OK)
		rc = pv_buf_status(&say->quote, &cli->err);
	if (rc == PV_OK && event->line && !say->quote.len)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "line %d of \"%.140s\" has no words", event->line,
			     event->field ? event->field : event->prompt);
	event->quote = say->quote.len ? say->quote.ptr : NULL;
	return rc;
}

static int prepare_comment(struct say *say)
{
	const struct say_options *opts = &say->opts;
	pv_review_event *event = &say->event;
	const pv_review_event *answered = NULL;
	int rc = PV_OK;

	if (!event->text)
		return cli_usage_error(say->cli, "a comment needs -m");
	event->head = say->review->head;
	if (opts->reply_to)
		rc = find_comment(&answered, say, opts->reply_to);
	if (answered)
		event->comment = answered->oid.hex;
	event->field = opts->field;
	event->line = opts->line;
	if (rc < 0 || !(opts->prompt || opts->field || opts->line))
		return rc;
	rc = find_prompt(say);
	return rc == PV_OK ? find_quote(say) : rc;
}

int review_comment(pv_cli *cli, int argc, char **argv)
{
	return run(cli, PV_REVIEW_COMMENTED, argc, argv, prepare_comment);
}

static int prepare_resolve(struct say *say)
{
	const pv_review_event *comment = NULL;
	int rc = find_comment(&comment, say, say->argument);

	if (rc == PV_OK)
		say->event.comment = comment->oid.hex;
	return rc;
}

int review_resolve(pv_cli *cli, int argc, char **argv)
{
	return run(cli, PV_REVIEW_RESOLVED, argc, argv, prepare_resolve);
}

/* --- votes ------------------------------------------------------------------- */

/* Says so when the branch is not where it was when it was last revised. */
static void tell_moved(const struct say *say)
{
	const pv_review_event *opened = say->review->opened;
	pv_oid tip;

	if (review_branch_tip(&tip, say->cli, say->review) < 0)
		pv_error_clear(&say->cli->err);
	else if (strcmp(tip.hex, say->review->head.hex) != 0)
		cli_warn(say->cli,
			 "\"%s\" has moved on; your vote is of %.7s, and \"git "
			 "pv review revise\" puts the new one up",
			 opened->source, say->review->head.hex);
}

static int prepare_vote(struct say *say)
{
	int rc = review_must_be_open(say->cli, say->review);

	if (rc == PV_OK)
		rc = review_subjects(&say->subjects, say->cli, say->review);
	if (rc < 0)
		return rc;
	say->event.head = say->review->head;
	say->event.subjects = say->subjects.items;
	say->event.subject_count = say->subjects.count;
	tell_moved(say);
	return PV_OK;
}

static int prepare_approve(struct say *say)
{
	int rc = prepare_vote(say);

	return rc == PV_OK ? review_tell_uncounted(say->cli, say->review,
						   &say->subjects)
			   : rc;
}

int review_approve(pv_cli *cli, int argc, char **argv)
{
	return run(cli, PV_REVIEW_APPROVED, argc, argv, prepare_approve);
}

static int prepare_reject(struct say *say)
{
	if (!say->event.text)
		return cli_usage_error(say->cli, "a rejection needs its reason: "
						 "-m");
	return prepare_vote(say);
}

int review_reject(pv_cli *cli, int argc, char **argv)
{
	return run(cli, PV_REVIEW_REJECTED, argc, argv, prepare_reject);
}

static int prepare_withdraw(struct say *say)
{
	pv_buf me = { 0 };
	int rc = review_me(&me, say->cli);
	int found = 0;

	for (size_t i = 0; rc == PV_OK && i < say->review->vote_count; i++) {
		const pv_review_event *vote = say->review->votes[i].event;

		found |= !vote->origin &&
			 pv_policy_is_same(vote->by, pv_buf_text(&me));
	}
	pv_buf_dispose(&me);
	if (rc == PV_OK && !found)
		rc = pv_fail(&say->cli->err, PV_ENOTFOUND,
			     "you have not voted on the review %.7s",
			     say->review->id);
	return rc;
}

int review_withdraw(pv_cli *cli, int argc, char **argv)
{
	return run(cli, PV_REVIEW_WITHDRAWN, argc, argv, prepare_withdraw);
}

static int prepare_close(struct say *say)
{
	return review_must_be_open(say->cli, say->review);
}

int review_close(pv_cli *cli, int argc, char **argv)
{
	return run(cli, PV_REVIEW_CLOSED, argc, argv, prepare_close);
}
