/* SPDX-License-Identifier: MIT
 *
 * `git pv audit`: who released, deployed, rolled back, approved and overrode
 * what, and why. All of it is read from git: tags, pv/deployments, reviews and
 * the default branch; nothing is kept for it.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <pv/deploy.h>
#include <pv/git.h>
#include <pv/review.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "history/known.h"
#include "repo/environments.h"
#include "repo/prompts.h"
#include "repo/tracking.h"
#include "review/hook_claims.h"
#include "review/policy_facts.h"

struct audit_options {
	const char *since;
	const char *environment;
};

static const cli_option options[] = {
	{ 0, "since", CLI_STRING, offsetof(struct audit_options, since), "TIME",
	  "only what was done since then: a day, or 24h, 7d" },
	{ 'e', "env", CLI_STRING, offsetof(struct audit_options, environment),
	  "E", "only what became of this environment" },
	{ 0 },
};

const cli_usage cmd_audit_usage = {
	.synopsis = { "git pv audit [--since TIME] [--env E] [--json]" },
	.examples = { "git pv audit --since 7d",
		      "git pv audit --env production --json" },
	.options = options,
	.args = "no operands",
	.min_args = 0,
	.max_args = 0,
};

/* Something that was done. Texts are NULL where nothing is known. */
struct deed {
	int64_t at; /* seconds since the epoch */
	const char *action;
	const char *actor;
	const char *environment;
	const char *id;
	const char *version;
	const char *object; /* the commit, tag or event that says so */
	const char *reason;
	const char *override;
	int is_anywhere; /* it does not say of which environment it is */
	size_t rank;     /* among all, as they were found */
};

struct audit {
	pv_cli *cli;
	const struct audit_options *opts;
	int64_t since;
	struct deed *items;
	size_t count;
	size_t cap;
	pv_arena arena;
	int is_told; /* something says that it became of the environment */
};

static const char *keep(struct audit *it, const char *text, int *rc)
{
	char *copy = text ? pv_arena_dup(&it->arena, text, strlen(text)) : NULL;

	if (text && !copy)
		*rc = pv_fail_nomem(&it->cli->err);
	return copy;
}

/* Keeps a deed that was asked for; its texts are copied. */
static int add(struct audit *it, const struct deed *deed)
{
	struct deed *to;
	int rc = PV_OK;

	if (it->opts->environment && deed->environment &&
	    strcmp(it->opts->environment, deed->environment) == 0)
		it->is_told = 1;
	if (deed->at < it->since)
		return PV_OK;
	if (it->opts->environment && !deed->is_anywhere &&
	    (!deed->environment ||
	     strcmp(it->opts->environment, deed->environment) != 0))
		return PV_OK;
	if (pv_array_reserve(&it->items, &it->cap, it->count + 1,
			     sizeof(*deed)) < 0)
		return pv_fail_nomem(&it->cli->err);
	to = &it->items[it->count];
	*to = *deed;
	to->rank = it->count++;
	to->action = keep(it, deed->action, &rc);
	to->actor = keep(it, deed->actor, &rc);
	to->environment = keep(it, deed->environment, &rc);
	to->id = keep(it, deed->id, &rc);
	to->version = keep(it, deed->version, &rc);
	to->object = keep(it, deed->object, &rc);
	to->reason = keep(it, deed->reason, &rc);
	to->override = keep(it, deed->override, &rc);
	return rc;
}

static int put_person(pv_buf *out, const pv_signature *who, pv_error *err)
{
	pv_buf_printf(out, "%s <%s>", who->name, who->email);
	return pv_buf_status(out, err);
}

/* --- versions -------------------------------------------------------------------- */

static int read_version(const char *refname, const pv_oid *oid, void *payload)
{
	struct audit *it = payload;
	const char *tag = refname + strlen("refs/tags/");
	const char *slash = strrchr(tag, '/');
	struct deed deed = { .action = "release", .object = oid->hex };
	pv_tag found = { 0 };
	pv_semver number;
	pv_buf who = { 0 };
	pv_buf id = { 0 };
	int rc;

	if (!slash || slash[1] != 'v' ||
	    pv_semver_parse(&number, slash + 1, NULL) < 0)
		return PV_OK;
	rc = pv_store_tag_read(&found, it->cli->store, oid, NULL);
	if (rc < 0)
		return rc == PV_ENOMEM ? pv_fail_nomem(&it->cli->err) : PV_OK;
	pv_buf_put(&id, tag, (size_t)(slash - tag));
	rc = put_person(&who, &found.tagger, &it->cli->err);
	deed.at = found.tagger.when;
	deed.actor = pv_buf_text(&who);
	deed.id = pv_buf_text(&id);
	deed.version = slash + 2;
	if (rc == PV_OK)
		rc = add(it, &deed);
	pv_tag_dispose(&found);
	pv_buf_dispose(&who);
	pv_buf_dispose(&id);
	return rc;
}

/* --- commits --------------------------------------------------------------------- */

static int add_items(struct audit *it, struct deed *deed, const claims *said)
{
	int rc = PV_OK;

	if (!said->count)
		return add(it, deed);
	for (size_t i = 0; i < said->count && rc == PV_OK; i++) {
		deed->id = said->items[i].id;
		deed->version = said->items[i].version;
		rc = add(it, deed);
	}
	return rc;
}

/* One of plain git, whose files say what became of what. */
struct plain {
	struct audit *it;
	struct deed *deed;
	const pv_commit *commit;
	pv_environment was;
	pv_environment now;
	size_t count; /* of environments that were told */
};

/* What is no environment has nothing live. */
static int load_plain(pv_environment *out, const struct plain *plain,
		      const char *name, const pv_oid *at)
{
	pv_cli *cli = plain->it->cli;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	if (at->hex[0])
		rc = pv_environment_load(out, cli->store, name, at, &cli->err);
	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

static int is_entry_same(const pv_deployment *a, const pv_deployment *b)
{
	return a && b && !strcmp(a->commit.hex, b->commit.hex) &&
	       !strcmp(a->blob.hex, b->blob.hex) &&
	       !strcmp(a->version ? a->version : "",
		       b->version ? b->version : "");
}

static int add_entries(struct plain *plain)
{
	struct deed *deed = plain->deed;
	size_t added = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < plain->now.count && rc == PV_OK; i++) {
		const pv_deployment *now = &plain->now.items[i];

		if (is_entry_same(now, pv_environment_find(&plain->was, now->id)))
			continue;
		deed->id = now->id;
		deed->version = now->version;
		rc = add(plain->it, deed);
		added++;
	}
	deed->version = NULL;
	for (size_t i = 0; i < plain->was.count && rc == PV_OK; i++) {
		deed->id = plain->was.items[i].id;
		if (pv_environment_find(&plain->now, deed->id))
			continue;
		rc = add(plain->it, deed);
		added++;
	}
	deed->id = NULL;
	return rc < 0 || added ? rc : add(plain->it, deed);
}

static int read_plain_file(const char *unused, const changed_file *file,
			   void *payload)
{
	static const pv_oid none = { "" };
	struct plain *plain = payload;
	const pv_commit *commit = plain->commit;
	size_t len = strlen(file->path);
	pv_buf name = { 0 };
	int rc;

	(void)unused;
	if (len < 6 || strcmp(file->path + len - 5, ".yaml") != 0)
		return PV_OK;
	pv_buf_put(&name, file->path, len - 5);
	rc = pv_buf_status(&name, &plain->it->cli->err);
	if (rc == PV_OK)
		rc = load_plain(&plain->was, plain, name.ptr,
				commit->parent_count ? &commit->parents[0]
						     : &none);
	if (rc == PV_OK)
		rc = load_plain(&plain->now, plain, name.ptr, &commit->oid);
	plain->deed->environment = name.ptr;
	plain->deed->is_anywhere = 0;
	plain->count++;
	if (rc == PV_OK)
		rc = add_entries(plain);
	pv_environment_dispose(&plain->was);
	pv_environment_dispose(&plain->now);
	plain->deed->environment = NULL;
	pv_buf_dispose(&name);
	return rc;
}

static int add_plain(struct audit *it, struct deed *deed, const pv_commit *commit)
{
	static const pv_oid none = { "" };
	struct plain plain = { .it = it, .deed = deed, .commit = commit };
	int rc = policy_each_between(it->cli,
				     commit->parent_count ? &commit->parents[0]
							  : &none,
				     &commit->oid, read_plain_file, &plain);

	return rc < 0 || plain.count ? rc : add(it, deed);
}

/* A commit of pv/deployments. */
static int read_deployment(struct audit *it, const pv_commit *commit)
{
	pv_error *err = &it->cli->err;
	struct deed deed = { .at = commit->committer.when,
			     .object = commit->oid.hex };
	pv_buf who = { 0 };
	claims said = { 0 };
	int rc = claims_read(&said, commit->message, err);

	if (rc == PV_OK)
		rc = put_person(&who, &commit->committer, err);
	deed.action = said.action ? said.action : "edit";
	if (!said.action && strstr(commit->message, "This reverts commit "))
		deed.action = "rollback";
	deed.actor = said.actor ? said.actor : pv_buf_text(&who);
	deed.environment = said.environment;
	deed.is_anywhere = !said.environment;
	deed.reason = said.reason   ? said.reason
		      : said.action ? NULL
				    : commit->subject;
	deed.override = said.override;
	if (rc == PV_OK)
		rc = said.action || said.count ? add_items(it, &deed, &said)
					       : add_plain(it, &deed, commit);
	claims_dispose(&said);
	pv_buf_dispose(&who);
	return rc;
}

/* A commit of the default branch that put the policy aside. */
static int read_override(struct audit *it, const pv_commit *commit)
{
	pv_error *err = &it->cli->err;
	struct deed deed = { .at = commit->committer.when,
			     .action = "override",
			     .object = commit->oid.hex,
			     .reason = commit->subject };
	pv_buf who = { 0 };
	claims said = { 0 };
	int rc = claims_read(&said, commit->message, err);

	if (rc == PV_OK)
		rc = put_person(&who, &commit->committer, err);
	deed.actor = pv_buf_text(&who);
	deed.override = said.override;
	if (rc == PV_OK && said.override)
		rc = add(it, &deed);
	claims_dispose(&said);
	pv_buf_dispose(&who);
	return rc;
}

static int each_commit(struct audit *it, const char *const *args,
		       int (*fn)(struct audit *it, const pv_commit *commit))
{
	pv_cli *cli = it->cli;
	pv_buf text = { 0 };
	int status = 0;
	int rc = pv_git_run(&text, &status, cli->store, args, NULL, &cli->err);
	const char *at = pv_buf_text(&text);

	if (rc == PV_OK && status)
		rc = pv_fail(&cli->err, PV_EGIT, "git rev-list exits with %d",
			     status);
	for (; rc == PV_OK && strlen(at) > 40; at += 41) {
		pv_commit commit = { 0 };
		pv_oid oid;

		memcpy(oid.hex, at, 40);
		oid.hex[40] = '\0';
		rc = pv_store_commit_read(&commit, cli->store, &oid, &cli->err);
		if (rc == PV_OK)
			rc = fn(it, &commit);
		pv_commit_dispose(&commit);
	}
	pv_buf_dispose(&text);
	return rc;
}

static int read_branches(struct audit *it)
{
	const char *deployments[] = { "rev-list", "", "--", NULL };
	const char *overrides[] = { "rev-list", "--grep=^Pv-Override:", "",
				    "--", NULL };
	pv_cli *cli = it->cli;
	pv_oid tip;
	int rc = environment_log_tip(&tip, cli);

	deployments[1] = tip.hex;
	if (rc == PV_OK && tip.hex[0])
		rc = each_commit(it, deployments, read_deployment);
	if (rc < 0)
		return rc;
	rc = pv_settings_tip(&tip, cli->store, &cli->settings, NULL);
	overrides[2] = tip.hex;
	return rc == PV_OK ? each_commit(it, overrides, read_override) : PV_OK;
}

/* --- reviews ---------------------------------------------------------------------- */

static int add_event(struct audit *it, const pv_review *review,
		     const pv_review_event *event)
{
	struct deed deed = { .at = event->at,
			     .actor = event->by,
			     .object = event->oid.hex,
			     .environment = review->opened->environment,
			     .reason = event->text };
	int rc = PV_OK;

	/* What was brought in from another program decided nothing here. */
	if (event->origin || (event->kind != PV_REVIEW_APPROVED &&
			      event->kind != PV_REVIEW_REJECTED))
		return PV_OK;
	deed.action = event->kind == PV_REVIEW_APPROVED ? "approve" : "reject";
	for (size_t i = 0; i < event->subject_count && rc == PV_OK; i++) {
		deed.id = event->subjects[i].id;
		rc = add(it, &deed);
	}
	return event->subject_count ? rc : add(it, &deed);
}

static int read_review(const char *id, const pv_oid *tip, void *payload)
{
	struct audit *it = payload;
	pv_review *review = NULL;
	int rc = pv_review_read(&review, it->cli->store, id, tip, NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&it->cli->err);
	if (rc < 0) {
		cli_warn(it->cli, "the review %.7s cannot be read", id);
		return PV_OK;
	}
	for (size_t i = review->event_count; i-- > 0 && rc == PV_OK;)
		rc = add_event(it, review, review->events[i]);
	pv_review_free(review);
	return rc;
}

/* --- the answer -------------------------------------------------------------------- */

/* The newest first; so is what was done in one second and found in one place. */
static int newest(const void *a, const void *b)
{
	const struct deed *first = a;
	const struct deed *second = b;

	if (first->at != second->at)
		return first->at < second->at ? 1 : -1;
	return (first->rank > second->rank) - (first->rank < second->rank);
}

static void print_json(const struct audit *it)
{
	char at[PV_TIME_TEXT];
	pv_jsonw w;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < it->count; i++) {
		const struct deed *deed = &it->items[i];

		pv_time_format(at, deed->at * 1000000);
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "at", at);
		pv_jsonw_member(&w, "action", deed->action);
		pv_jsonw_member(&w, "actor", deed->actor);
		pv_jsonw_member(&w, "environment", deed->environment);
		pv_jsonw_member(&w, "id", deed->id);
		pv_jsonw_member(&w, "version", deed->version);
		pv_jsonw_member(&w, "object", deed->object);
		pv_jsonw_member(&w, "reason", deed->reason);
		pv_jsonw_member(&w, "override", deed->override);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
}

static void put_word(pv_cli *cli, const char *before, const char *text)
{
	if (!text)
		return;
	cli_puts(cli, before);
	cli_line(cli, text);
}

static void print_text(const struct audit *it)
{
	pv_cli *cli = it->cli;
	char at[PV_TIME_TEXT];

	for (size_t i = 0; i < it->count; i++) {
		const struct deed *deed = &it->items[i];

		pv_time_format(at, deed->at * 1000000);
		cli_printf(cli, "%s  %.7s  ", at, deed->object);
		cli_line(cli, deed->action);
		put_word(cli, " ", deed->id);
		put_word(cli, " ", deed->version);
		put_word(cli, " in ", deed->environment);
		put_word(cli, "  by ", deed->actor);
		put_word(cli, "  ", deed->reason);
		if (deed->override) {
			cli_puts(cli, cli_color(cli, CLI_COLOR_ERROR));
			put_word(cli, "  OVERRIDE: ", deed->override);
			cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
		}
		cli_puts(cli, "\n");
	}
}

int cmd_audit(pv_cli *cli, int argc, char **argv)
{
	struct audit_options opts = { 0 };
	struct audit it = { .cli = cli, .opts = &opts, .since = INT64_MIN };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (opts.since) {
		rc = tracking_time(&it.since, cli, "since", opts.since);
		it.since /= 1000000;
	}
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, "refs/tags/", read_version,
				       &it, &cli->err);
	if (rc == PV_OK)
		rc = read_branches(&it);
	if (rc == PV_OK)
		rc = pv_review_each(cli->store, read_review, &it, &cli->err);
	if (rc == PV_OK && opts.environment && !it.is_told)
		rc = known_environment(cli, opts.environment);
	if (rc == PV_OK && it.count)
		qsort(it.items, it.count, sizeof(*it.items), newest);
	if (rc == PV_OK && cli->json)
		print_json(&it);
	else if (rc == PV_OK)
		print_text(&it);
	pv_free(it.items);
	pv_arena_dispose(&it.arena);
	return rc;
}
