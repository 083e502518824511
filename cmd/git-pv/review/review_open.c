/* SPDX-License-Identifier: MIT
 *
 * `git pv review open` and `revise`: which commit is to be looked at, and
 * what it is compared with.
 */
#include <stddef.h>
#include <string.h>

#include <pv/deploy.h>

#include "base/fail.h"
#include "base/str.h"
#include "repo/environments.h"
#include "repo/named.h"
#include "repo/prompts.h"
#include "review/review_verbs.h"
#include "review/review_view.h"

struct open_options {
	cli_list messages;
	cli_list reviewers;
	const char *into;
	const char *environment;
};

static const cli_option options[] = {
	{ 0, "into", CLI_STRING, offsetof(struct open_options, into), "BRANCH",
	  "the branch that is to take the change; the default branch unless "
	  "told" },
	{ 0, "for", CLI_STRING, offsetof(struct open_options, environment), "E",
	  "review a released version for this environment" },
	{ 'm', "message", CLI_LIST, offsetof(struct open_options, messages),
	  "MSG", "the title, and repeated: paragraphs below it" },
	{ 0, "reviewer", CLI_LIST, offsetof(struct open_options, reviewers),
	  "WHO", "a mail address of whom you ask; may be repeated" },
	{ 0 },
};

const cli_usage review_open_usage = {
	.synopsis = { "git pv review open [BRANCH] [--into BRANCH] [-m MSG]... "
		      "[--reviewer WHO]... [--json]",
		      "git pv review open ID@V --for E [-m MSG]... "
		      "[--reviewer WHO]... [--json]" },
	.examples = { "git pv review open exp/concise -m \"Calmer\" --reviewer "
		      "ann@example.com",
		      "git pv review open support/triage@1.2 --for production" },
	.options = options,
	.args = "open and a branch",
	.min_args = 1,
	.max_args = 2,
};

/* A review on its way; texts of the event are kept here. */
struct job {
	pv_cli *cli;
	const struct open_options *opts;
	pv_review_event event;
	pv_buf source;
	pv_buf title;
	pv_buf text;
	pv_strlist reviewers;
	pv_spec spec;
};

static void job_dispose(struct job *job)
{
	pv_buf_dispose(&job->source);
	pv_buf_dispose(&job->title);
	pv_buf_dispose(&job->text);
	pv_strlist_dispose(&job->reviewers);
	pv_spec_dispose(&job->spec);
}

/* --- what is reviewed ------------------------------------------------------- */

static int find_base(pv_oid *out, pv_cli *cli, const char *target,
		     const pv_oid *head)
{
	pv_oid tip;
	int rc = pv_store_resolve(&tip, cli->store, target, &cli->err);

	if (rc < 0)
		return rc;
	rc = pv_store_merge_base(out, cli->store, &tip, head, &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		out->hex[0] = '\0';
		return PV_OK;
	}
	if (rc == PV_OK && !strcmp(out->hex, head->hex))
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.120s\" has all of this already: there is "
			     "nothing to review",
			     target);
	return rc;
}

static int find_branch(struct job *job, const char *name)
{
	pv_cli *cli = job->cli;
	pv_review_event *event = &job->event;
	int rc = PV_OK;

	if (name)
		pv_buf_puts(&job->source, name);
	else
		rc = pv_store_head(&job->source, NULL, cli->store, &cli->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&job->source, &cli->err);
	if (rc == PV_OK && !job->source.len)
		rc = cli_usage_error(cli, "HEAD is on no branch: name one");
	event->source = pv_buf_text(&job->source);
	event->target = job->opts->into ? job->opts->into
					: cli->settings.default_branch;
	if (rc == PV_OK && !strcmp(event->source, event->target))
		rc = pv_error_hint(&cli->err,
				   pv_fail(&cli->err, PV_EINVALID,
					   "\"%.120s\" cannot be reviewed for "
					   "itself",
					   event->source),
				   "name the branch with the change, or "
				   "another one with --into");
	if (rc == PV_OK)
		rc = cli_check_utf8(cli, "the branch", event->source,
				    strlen(event->source));
	if (rc == PV_OK)
		rc = pv_store_resolve(&event->head, cli->store, event->source,
				      &cli->err);
	return rc < 0 ? rc
		      : find_base(&event->base, cli, event->target, &event->head);
}

/* What is live there now is what the version is compared with. */
static int find_live(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_environment now = { 0 };
	const pv_deployment *live;
	int rc = pv_environment_load(&now, cli->store, job->opts->environment,
				     NULL, &cli->err);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	live = rc == PV_OK ? pv_environment_find(&now, job->spec.id) : NULL;
	if (live)
		job->event.base = live->commit;
	pv_environment_dispose(&now);
	return rc;
}

/* An approval for one that is not there would count nowhere. */
static int check_environment(pv_cli *cli, const char *name)
{
	cli_environment environment = { 0 };
	int rc = environment_find(&environment, cli, name);

	if (rc == PV_OK)
		rc = environment_must_exist(&environment, cli);
	environment_dispose(&environment);
	return rc;
}

static int find_version(struct job *job, const char *arg)
{
	pv_cli *cli = job->cli;
	int rc = named_spec(cli, &arg);

	if (rc == PV_OK)
		rc = cli_spec_resolve(&job->spec, cli, arg, PV_SPEC_COMMIT);
	if (rc == PV_OK)
		rc = cli_spec_tag(&job->spec, cli);
	if (rc == PV_OK && !job->spec.version[0]) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.160s\" is no released version", arg);
		return pv_error_hint(&cli->err, rc,
				     "\"git pv versions %.100s\" has them",
				     job->spec.id);
	}
	if (rc == PV_OK)
		rc = check_environment(cli, job->opts->environment);
	if (rc < 0)
		return rc;
	job->event.environment = job->opts->environment;
	job->event.prompt = job->spec.id;
	job->event.version = job->spec.version;
	job->event.head = job->spec.at.commit;
	return find_live(job);
}

/* --- what is said ------------------------------------------------------------ */

/* Without words: the subject of the commit. */
static int usual_title(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, &job->event.head,
				      &cli->err);

	if (rc == PV_OK && job->event.environment)
		pv_buf_printf(&job->title, "%s %s for %s", job->event.prompt,
			      job->event.version, job->event.environment);
	else if (rc == PV_OK)
		pv_buf_puts(&job->title, commit.subject);
	pv_commit_dispose(&commit);
	return rc;
}

static int read_words(struct job *job)
{
	pv_cli *cli = job->cli;
	const cli_list *given = &job->opts->messages;
	const char *first = given->count ? given->items[0].value : "";
	size_t len = strcspn(first, "\n");
	cli_list rest = { given->items, given->count, 0 };
	int rc = PV_OK;

	if (!first[strspn(first, " \t\r\n")]) {
		rc = usual_title(job);
	} else {
		pv_buf_put(&job->title, first, len);
		first += len;
		pv_buf_puts(&job->text, first + strspn(first, "\n"));
		rest.items++;
		rest.count--;
		if (job->text.len && rest.count)
			pv_buf_puts(&job->text, "\n\n");
		rc = review_text(&job->text, cli, &rest);
	}
	if (rc == PV_OK)
		rc = pv_buf_status(&job->title, &cli->err);
	job->event.title = pv_buf_text(&job->title);
	job->event.text = job->text.len ? job->text.ptr : NULL;
	return rc < 0 ? rc
		      : cli_check_utf8(cli, "the title", job->event.title,
				       job->title.len);
}

static int read_reviewers(struct job *job)
{
	const cli_list *given = &job->opts->reviewers;
	int rc = PV_OK;

	for (size_t i = 0; i < given->count && rc == PV_OK; i++)
		rc = pv_strlist_add(&job->reviewers, given->items[i].value,
				    &job->cli->err);
	job->event.reviewers = (const char *const *)job->reviewers.items;
	job->event.reviewer_count = job->reviewers.count;
	return rc;
}

int review_open(pv_cli *cli, int argc, char **argv)
{
	struct open_options opts = { 0 };
	struct job job = { .cli = cli,
			   .opts = &opts,
			   .event = { .kind = PV_REVIEW_OPENED } };
	pv_oid event = { "" };
	char id[41];
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK && opts.environment && opts.into)
		rc = cli_usage_error(cli, "--for and --into exclude one another");
	if (rc == PV_OK && opts.environment && argc < 2)
		rc = cli_usage_error(cli, "--for needs a prompt and a version");
	if (rc == PV_OK)
		rc = opts.environment
			     ? find_version(&job, argv[1])
			     : find_branch(&job, argc > 1 ? argv[1] : NULL);
	if (rc == PV_OK)
		rc = read_words(&job);
	if (rc == PV_OK)
		rc = read_reviewers(&job);
	if (rc == PV_OK)
		rc = pv_review_open(id, cli->store, &job.event, &cli->err);
	if (rc == PV_OK) {
		cli_made(cli, "the review %.7s is open all the same", id);
		memcpy(event.hex, id, sizeof(event.hex));
		rc = review_report(cli, id, &event,
				   opts.environment ? &job.spec : NULL);
	}
	job_dispose(&job);
	cli_list_dispose(&opts.messages);
	cli_list_dispose(&opts.reviewers);
	return rc;
}

/* --- revise ------------------------------------------------------------------ */

struct revise_options {
	cli_list messages;
};

static const cli_option revise_options[] = {
	{ 'm', "message", CLI_LIST, offsetof(struct revise_options, messages),
	  "MSG", "what has changed; repeated: paragraphs" },
	{ 0 },
};

const cli_usage review_revise_usage = {
	.synopsis = { "git pv review revise ID [-m MSG] [--json]" },
	.examples = { "git pv review revise 1a2b3c4 -m \"Shorter\"",
		      "git pv review revise 1a2b3c4" },
	.options = revise_options,
	.args = "revise and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

static int find_revision(pv_review_event *event, pv_cli *cli,
			 const pv_review *review)
{
	const pv_review_event *opened = review->opened;
	int rc;

	if (!opened->source || !opened->target) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "a version that is released cannot be revised");
		return pv_error_hint(&cli->err, rc,
				     "release another one, and open a review "
				     "of it");
	}
	rc = review_branch_tip(&event->head, cli, review);
	if (rc == PV_OK && !strcmp(event->head.hex, review->head.hex)) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.120s\" is where it was reviewed last",
			     opened->source);
		return pv_error_hint(&cli->err, rc, "commit to it first");
	}
	return rc < 0 ? rc
		      : find_base(&event->base, cli, opened->target,
				  &event->head);
}

int review_revise(pv_cli *cli, int argc, char **argv)
{
	struct revise_options opts = { 0 };
	pv_review_event event = { .kind = PV_REVIEW_REVISED };
	pv_review *review = NULL;
	pv_buf text = { 0 };
	pv_oid made;
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = review_text(&text, cli, &opts.messages);
	event.text = text.len ? text.ptr : NULL;
	if (rc == PV_OK)
		rc = pv_review_load(&review, cli->store, argv[1], &cli->err);
	if (rc == PV_OK)
		rc = review_must_be_open(cli, review);
	if (rc == PV_OK)
		rc = find_revision(&event, cli, review);
	if (rc == PV_OK)
		rc = pv_review_add(&made, cli->store, review->id, &event,
				   &cli->err);
	if (rc == PV_OK)
		rc = review_report(cli, review->id, &made, NULL);
	pv_review_free(review);
	pv_buf_dispose(&text);
	cli_list_dispose(&opts.messages);
	return rc;
}
