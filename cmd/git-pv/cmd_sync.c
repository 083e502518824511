/* SPDX-License-Identifier: MIT
 *
 * `git pv sync`: reviews, deployments and versions to and from a remote.
 * Fetching and pushing are git's. Who loses the race to push fetches again, so
 * nothing of anybody is overwritten: no push is forced.
 */
#include <stddef.h>
#include <string.h>

#include <pv/git.h>
#include <pv/review.h>

#include "base/fail.h"
#include "base/mem.h"
#include "git.h"
#include "sync.h"
#include "wiring.h"

enum {
	MAX_ATTEMPTS = 8,
	PUSH_MAX = 500 /* refs that one push names */
};

struct sync_options {
	const char *remote;
	int dry_run;
	int push;
};

static const cli_option options[] = {
	{ 0, "remote", CLI_STRING, offsetof(struct sync_options, remote),
	  "NAME", "the remote; origin, or the only one, unless told" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(struct sync_options, dry_run),
	  NULL, "only say what would be exchanged" },
	{ 0, "push", CLI_FLAG, offsetof(struct sync_options, push), NULL,
	  "as usual; --no-push only fetches, as from a bundle" },
	{ 0 },
};

const cli_usage cmd_sync_usage = {
	.synopsis = { "git pv sync [--remote NAME] [-n] [--no-push] [--json]" },
	.examples = { "git pv sync", "git pv sync --dry-run" },
	.options = options,
	.args = "no operand",
	.min_args = 0,
	.max_args = 0,
};

/* --- which remote --------------------------------------------------------------- */

static int find_remote(pv_buf *out, pv_cli *cli, const char *given)
{
	pv_strlist names = { 0 };
	int rc = cli_remotes(&names, cli);

	if (rc == PV_OK && given && pv_strlist_find(&names, given) < 0)
		rc = pv_error_hint(&cli->err,
				   pv_fail(&cli->err, PV_ENOTFOUND,
					   "no remote \"%.120s\"", given),
				   "\"git remote -v\" lists them");
	else if (rc == PV_OK && given)
		pv_buf_puts(out, given);
	else if (rc == PV_OK && names.count == 1)
		pv_buf_puts(out, names.items[0]);
	else if (rc == PV_OK && pv_strlist_find(&names, "origin") >= 0)
		pv_buf_puts(out, "origin");
	else if (rc == PV_OK)
		rc = pv_error_hint(&cli->err,
				   pv_fail(&cli->err, PV_ENOTFOUND,
					   names.count ? "there are several "
							 "remotes"
						       : "there is no remote"),
				   names.count ? "name one with --remote"
					       : "\"git remote add origin "
						 "URL\" makes one");
	pv_strlist_dispose(&names);
	return rc == PV_OK ? pv_buf_status(out, &cli->err) : rc;
}

/* --- git ------------------------------------------------------------------------- */

static int fetch(sync_run *run)
{
	pv_buf specs[3] = { { 0 }, { 0 }, { 0 } };
	const char *args[] = { "fetch",     "--quiet",
			       "--no-tags", "--no-write-fetch-head",
			       "--refmap=", "--no-recurse-submodules",
			       "--",        run->remote,
			       NULL,        NULL,
			       NULL,        NULL };
	int rc = PV_OK;

	cli_pv_refspec(&specs[0], run->remote);
	cli_tag_refspec(&specs[1], run->remote);
	pv_buf_printf(&specs[2], "+refs/heads/*:refs/remotes/%s/*", run->remote);
	for (size_t i = 0; i < 3 && rc == PV_OK; i++) {
		args[8 + i] = specs[i].ptr;
		rc = pv_buf_status(&specs[i], &run->cli->err);
	}
	if (rc == PV_OK)
		rc = cli_git(NULL, run->cli, args);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&specs[i]);
	return rc;
}

/* Whether git's words are of a ref that somebody else has moved meanwhile. */
static int is_lost_race(const char *talk)
{
	return strstr(talk, "[rejected]") != NULL ||
	       strstr(talk, "failed to lock") != NULL ||
	       strstr(talk, "cannot lock ref") != NULL ||
	       strstr(talk, "failed to update ref") != NULL;
}

static int fail_push(sync_run *run, const pv_buf *said, const pv_buf *talk)
{
	pv_error *err = &run->cli->err;
	int refused = strstr(pv_buf_text(said), "[remote rejected]") != NULL;
	int rc;

	pv_buf_put(&run->cli->details, pv_buf_text(talk), talk->len);
	rc = refused ? pv_fail(err, PV_EPOLICY, "\"%.120s\" refused the push",
			       run->remote)
		     : pv_fail(err, PV_EGIT, "cannot push to \"%.120s\"",
			       run->remote);
	return pv_error_hint(err, rc,
			     "what was fetched is here; --no-push leaves it at "
			     "that");
}

/* Pushes refs `from` to `to` of a list; 1 when others were faster. */
static int push_some(sync_run *run, const pv_strlist *refs, int is_atomic)
{
	pv_git_options opts = { 0 };
	pv_strlist args = { 0 };
	pv_buf talk = { 0 };
	pv_buf said = { 0 };
	pv_error *err = &run->cli->err;
	int status = 0;
	int rc = pv_strlist_add(&args, "push", err);

	if (rc == PV_OK)
		rc = pv_strlist_add(&args, "--porcelain", err);
	if (rc == PV_OK && is_atomic)
		rc = pv_strlist_add(&args, "--atomic", err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&args, "--no-follow-tags", err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&args, "--", err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&args, run->remote, err);
	for (size_t i = 0; i < refs->count && rc == PV_OK; i++) {
		pv_buf spec = { 0 };

		pv_buf_printf(&spec, "%s:%s", refs->items[i], refs->items[i]);
		rc = pv_strlist_add(&args, pv_buf_text(&spec), err);
		pv_buf_dispose(&spec);
	}
	/* As arguments of a program are: NULL behind the last. */
	if (rc == PV_OK && pv_array_reserve(&args.items, &args.cap, args.count + 1,
					    sizeof(*args.items)) < 0)
		rc = pv_fail_nomem(err);
	if (rc == PV_OK)
		args.items[args.count] = NULL;
	opts.errors = &talk;
	if (rc == PV_OK)
		rc = pv_git_run(&said, &status, run->cli->store,
				(const char *const *)args.items, &opts, err);
	if (rc == PV_OK && status)
		rc = is_lost_race(pv_buf_text(&said)) ||
				     is_lost_race(pv_buf_text(&talk))
			     ? 1
			     : fail_push(run, &said, &talk);
	pv_strlist_dispose(&args);
	pv_buf_dispose(&talk);
	pv_buf_dispose(&said);
	return rc;
}

/* A part of a list, lent. */
static pv_strlist part_of(const pv_strlist *list, size_t from)
{
	pv_strlist part = { list->items + from, list->count - from, 0 };

	if (part.count > PUSH_MAX)
		part.count = PUSH_MAX;
	return part;
}

static int push_list(sync_run *run, const pv_strlist *list, int is_atomic,
		     size_t *count)
{
	int rc = PV_OK;

	for (size_t at = 0; at < list->count && rc == PV_OK; at += PUSH_MAX) {
		pv_strlist part = part_of(list, at);

		rc = push_some(run, &part, is_atomic);
		if (rc == PV_OK)
			*count += part.count;
	}
	return rc;
}

/* Versions and deployments go together: the one is of no use alone. */
static int push(sync_run *run)
{
	pv_strlist *tags = &run->tags;
	size_t extra = run->pushes_deployments ? 1 : 0;
	size_t count = 0;
	int rc = PV_OK;

	if (extra)
		rc = pv_strlist_add(tags, "refs/heads/pv/deployments",
				    &run->cli->err);
	if (rc == PV_OK)
		rc = push_list(run, tags, 1, &count);
	if (rc == PV_OK && count) {
		run->pushed.tags += count - extra;
		run->pushed.deployments += run->ahead;
	}
	return rc == PV_OK
		       ? push_list(run, &run->chains, 0, &run->pushed.reviews)
		       : rc;
}

/* --- the whole ------------------------------------------------------------------- */

static void forget_attempt(sync_run *run)
{
	pv_strlist_dispose(&run->chains);
	pv_strlist_dispose(&run->tags);
	pv_strlist_dispose(&run->clashes);
	run->pushes_deployments = 0;
	run->has_diverged = 0;
	run->ahead = 0;
}

/* 1 when somebody else was faster to push. */
static int attempt(sync_run *run, const struct sync_options *opts)
{
	int rc;

	forget_attempt(run);
	run->attempts++;
	rc = fetch(run);
	if (rc == PV_OK)
		rc = sync_tags(run);
	if (rc == PV_OK)
		rc = sync_deployments(run);
	if (rc == PV_OK)
		rc = sync_reviews(run);
	if (rc == PV_OK)
		rc = sync_merged(run);
	if (rc < 0 || !opts->push)
		return rc;
	if (!opts->dry_run)
		return push(run);
	run->pushed.reviews = run->chains.count;
	run->pushed.tags = run->tags.count;
	run->pushed.deployments = run->ahead;
	return PV_OK;
}

static void put_counts(pv_jsonw *w, const char *key, const sync_counts *counts)
{
	pv_jsonw_key(w, key);
	pv_jsonw_object(w);
	pv_jsonw_key(w, "reviews");
	pv_jsonw_int(w, (int64_t)counts->reviews);
	pv_jsonw_key(w, "tags");
	pv_jsonw_int(w, (int64_t)counts->tags);
	pv_jsonw_key(w, "deployments");
	pv_jsonw_int(w, (int64_t)counts->deployments);
	pv_jsonw_object_end(w);
}

static void put_list(pv_jsonw *w, const char *key, const pv_strlist *list)
{
	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < list->count; i++)
		pv_jsonw_string(w, list->items[i]);
	pv_jsonw_array_end(w);
}

static void print_counts(pv_cli *cli, const char *verb, const sync_counts *counts)
{
	cli_printf(cli, "%s %zu review%s, %zu version%s, %zu deployment%s\n",
		   verb, counts->reviews, counts->reviews == 1 ? "" : "s",
		   counts->tags, counts->tags == 1 ? "" : "s",
		   counts->deployments, counts->deployments == 1 ? "" : "s");
}

static void report(const sync_run *run)
{
	pv_cli *cli = run->cli;
	pv_jsonw w;

	for (size_t i = 0; i < run->clashes.count; i++)
		cli_warn(cli,
			 "the version \"%s\" is of another commit at \"%s\"; "
			 "\"git tag -d\" drops yours, and \"git pv release\" "
			 "gives the next number",
			 run->clashes.items[i], run->remote);
	if (run->has_diverged)
		cli_warn(cli,
			 "deployments here and at \"%s\" have diverged and "
			 "are left alone; \"git rebase %s/pv/deployments "
			 "pv/deployments\" puts yours on top",
			 run->remote, run->remote);
	if (!cli->json) {
		print_counts(cli, run->is_dry ? "would take" : "took",
			     &run->fetched);
		print_counts(cli, run->is_dry ? "would push" : "pushed",
			     &run->pushed);
		for (size_t i = 0; i < run->merged.count; i++)
			cli_printf(cli, "review %.7s is merged\n",
				   run->merged.items[i]);
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "remote", run->remote);
	pv_jsonw_key(&w, "dry_run");
	pv_jsonw_bool(&w, run->is_dry);
	put_counts(&w, "fetched", &run->fetched);
	put_counts(&w, "pushed", &run->pushed);
	pv_jsonw_key(&w, "joined");
	pv_jsonw_int(&w, (int64_t)run->joined);
	put_list(&w, "merged", &run->merged);
	put_list(&w, "clashes", &run->clashes);
	pv_jsonw_key(&w, "diverged");
	pv_jsonw_bool(&w, run->has_diverged);
	pv_jsonw_key(&w, "attempts");
	pv_jsonw_int(&w, run->attempts);
	pv_jsonw_object_end(&w);
}

static int exchange(sync_run *run, const struct sync_options *opts)
{
	int rc = 1;

	while (rc == 1 && run->attempts < MAX_ATTEMPTS)
		rc = attempt(run, opts);
	if (rc == 1)
		rc = pv_error_hint(&run->cli->err,
				   pv_fail(&run->cli->err, PV_ECONFLICT,
					   "others push to \"%.120s\" all the "
					   "time",
					   run->remote),
				   "try again");
	/* What was pushed is known as soon as the remote is asked again. */
	if (rc == PV_OK && !run->is_dry &&
	    run->pushed.reviews + run->pushed.tags + run->pushed.deployments)
		rc = fetch(run);
	return rc;
}

int cmd_sync(pv_cli *cli, int argc, char **argv)
{
	struct sync_options opts = { .push = 1 };
	sync_run run = { .cli = cli };
	pv_buf remote = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = find_remote(&remote, cli, opts.remote);
	run.remote = pv_buf_text(&remote);
	run.is_dry = opts.dry_run;
	if (rc == PV_OK)
		rc = exchange(&run, &opts);
	if (rc == PV_OK) {
		report(&run);
		rc = run.clashes.count > 0 || run.has_diverged;
	}
	forget_attempt(&run);
	pv_strlist_dispose(&run.merged);
	pv_buf_dispose(&remote);
	return rc;
}
