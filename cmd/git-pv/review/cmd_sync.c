/* SPDX-License-Identifier: MIT
 *
 * `git pv sync`: reviews, deployments and versions to and from a remote.
 * Fetching and pushing are git's. Who loses the race to push fetches again, so
 * nothing of anybody is overwritten: no push is forced.
 */
#include <stddef.h>
#include <string.h>

#include <pv/deploy.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/environments.h"
#include "repo/remote.h"
#include "review/sync.h"

enum {
	PUSH_MAX = 500 /* refs that one push names */
};

struct sync_options {
	const char *remote;
	int dry_run;
	int push;
};

static const cli_option options[] = {
	{ 0, "remote", CLI_STRING, offsetof(struct sync_options, remote),
	  "NAME", "the remote; that of deployments unless told" },
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

/* --- pushing --------------------------------------------------------------------- */

/* Counts a ref that was pushed, by its name there. */
static void count_pushed(sync_run *run, const char *name, size_t len)
{
	const pv_str text = { name, len };

	if (pv_str_is(text, PV_ENVIRONMENT_REF))
		run->pushed.deployments += run->ahead;
	else if (pv_str_has_prefix(name, "refs/tags/"))
		run->pushed.tags++;
	else
		run->pushed.reviews++;
}

/*
 * Of git's lines "<flag>\t<from>:<to>\t<words>" those of refs that are another
 * there now: others may be, even if not all are.
 */
static void count_lines(sync_run *run, const pv_buf *said)
{
	for (const char *at = pv_buf_text(said); *at;) {
		size_t len = strcspn(at, "\n");
		const char *to = memchr(at, ':', len);

		if (to && (*at == ' ' || *at == '*') && at[1] == '\t')
			count_pushed(run, to + 1, strcspn(to + 1, "\t\n"));
		at += len + (at[len] != '\0');
	}
}

/* Pushes refs of a list to the same names; 1 when others were faster. */
static int push_some(sync_run *run, const pv_strlist *refs, int is_atomic)
{
	pv_strlist specs = { 0 };
	const remote_push what = {
		.remote = run->remote,
		.refspecs = &specs,
		.is_atomic = is_atomic,
		.hint = "what was fetched is here; --no-push leaves it at that"
	};
	pv_buf said = { 0 };
	pv_error *err = &run->cli->err;
	int rc = PV_OK;

	for (size_t i = 0; i < refs->count && rc == PV_OK; i++) {
		pv_buf spec = { 0 };

		pv_buf_printf(&spec, "%s:%s", refs->items[i], refs->items[i]);
		rc = pv_buf_status(&spec, err);
		if (rc == PV_OK)
			rc = pv_strlist_add(&specs, spec.ptr, err);
		pv_buf_dispose(&spec);
	}
	if (rc == PV_OK) {
		rc = remote_push_run(&said, run->cli, &what);
		count_lines(run, &said);
	}
	pv_strlist_dispose(&specs);
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

static int push_list(sync_run *run, const pv_strlist *list, int is_atomic)
{
	int rc = PV_OK;

	for (size_t at = 0; at < list->count && rc == PV_OK; at += PUSH_MAX) {
		pv_strlist part = part_of(list, at);

		rc = push_some(run, &part, is_atomic);
	}
	return rc;
}

/* Versions and deployments go together: the one is of no use alone. */
static int push(sync_run *run)
{
	int rc = PV_OK;

	if (run->pushes_deployments)
		rc = pv_strlist_add(&run->tags, PV_ENVIRONMENT_REF,
				    &run->cli->err);
	if (rc == PV_OK)
		rc = push_list(run, &run->tags, 1);
	return rc == PV_OK ? push_list(run, &run->chains, 0) : rc;
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
	sync_seen_dispose(&run->seen);
}

/* 1 when somebody else was faster to push. */
static int attempt(sync_run *run, const struct sync_options *opts)
{
	int rc;

	forget_attempt(run);
	run->attempts++;
	rc = sync_seen_load(run);
	if (rc == PV_OK)
		rc = sync_tags(run);
	if (rc == PV_OK)
		rc = sync_deployments(run);
	if (rc == PV_OK)
		rc = sync_reviews(run);
	if (rc != PV_OK || !opts->push)
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

static void put_merged(pv_jsonw *w, const sync_run *run)
{
	pv_jsonw_key(w, "merged");
	pv_jsonw_array(w);
	for (size_t i = 0; i < run->merged_count; i++)
		pv_jsonw_string(w, run->merged[i].id);
	pv_jsonw_array_end(w);
	pv_jsonw_key(w, "merges");
	pv_jsonw_array(w);
	for (size_t i = 0; i < run->merged_count; i++) {
		const landed *how = &run->merged[i].how;

		pv_jsonw_object(w);
		pv_jsonw_member(w, "id", run->merged[i].id);
		pv_jsonw_member(w, "commit", how->commit.hex);
		pv_jsonw_member(w, "how", landed_name(how->how));
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_reminted(pv_jsonw *w, const pv_remint_list *list)
{
	pv_jsonw_key(w, "reminted");
	pv_jsonw_array(w);
	for (size_t i = 0; i < list->count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "id", list->items[i].id);
		pv_jsonw_member(w, "was", list->items[i].was);
		pv_jsonw_member(w, "now", list->items[i].now);
		pv_jsonw_member(w, "commit", list->items[i].commit.hex);
		pv_jsonw_object_end(w);
	}
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
		cli_warn(cli, "the version \"%s\" is another one at \"%s\"",
			 run->clashes.items[i], run->remote);
	for (size_t i = 0; i < run->reminted.count; i++)
		cli_warn(cli,
			 "\"%s\" %s is another one at \"%s\", which was "
			 "first: yours %s %s",
			 run->reminted.items[i].id, run->reminted.items[i].was,
			 run->remote, run->is_dry ? "would be" : "is now",
			 run->reminted.items[i].now);
	if (run->has_diverged)
		cli_warn(cli,
			 "deployments here and at \"%s\" have diverged and "
			 "are left alone; \"git rebase %s/pv/deployments "
			 "pv/deployments\" puts yours on top",
			 run->remote, run->remote);
	if (run->reapplied)
		cli_note(cli,
			 "%zu deployment%s made here %s put on top of those "
			 "at \"%s\"",
			 run->reapplied, run->reapplied == 1 ? "" : "s",
			 run->is_dry           ? "would be"
			 : run->reapplied == 1 ? "is"
					       : "are",
			 run->remote);
	environment_tell_behind(cli, run->is_behind);
	if (!cli->json) {
		print_counts(cli, run->is_dry ? "would take" : "took",
			     &run->fetched);
		print_counts(cli, run->is_dry ? "would push" : "pushed",
			     &run->pushed);
		for (size_t i = 0; i < run->merged_count; i++)
			cli_printf(cli, "review %.7s is merged by %.7s (%s)\n",
				   run->merged[i].id,
				   run->merged[i].how.commit.hex,
				   landed_name(run->merged[i].how.how));
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
	put_merged(&w, run);
	pv_jsonw_list(&w, "clashes", &run->clashes);
	put_reminted(&w, &run->reminted);
	pv_jsonw_key(&w, "reapplied");
	pv_jsonw_int(&w, (int64_t)run->reapplied);
	pv_jsonw_key(&w, "diverged");
	pv_jsonw_bool(&w, run->has_diverged);
	pv_jsonw_key(&w, "attempts");
	pv_jsonw_int(&w, run->attempts);
	pv_jsonw_object_end(&w);
}

static int exchange(sync_run *run, const struct sync_options *opts)
{
	int rc = 1;

	while (rc == 1 && run->attempts < REMOTE_ATTEMPTS) {
		remote_wait(run->attempts);
		rc = attempt(run, opts);
	}
	if (rc == 1)
		rc = remote_fail_busy(run->cli, run->remote);
	/* What was pushed is known as soon as the remote is asked again. */
	if (rc == PV_OK && !run->is_dry &&
	    run->pushed.reviews + run->pushed.tags + run->pushed.deployments) {
		sync_seen_dispose(&run->seen);
		rc = sync_seen_load(run);
	}
	return rc;
}

int cmd_sync(pv_cli *cli, int argc, char **argv)
{
	struct sync_options opts = { .push = 1 };
	sync_run run = { .cli = cli };
	pv_buf remote = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = remote_find(&remote, cli, opts.remote);
	run.remote = pv_buf_text(&remote);
	run.is_dry = opts.dry_run;
	if (rc == PV_OK)
		rc = exchange(&run, &opts);
	if (rc == PV_OK) {
		report(&run);
		rc = run.clashes.count > 0 || run.has_diverged;
	}
	forget_attempt(&run);
	pv_free(run.merged);
	pv_remint_list_dispose(&run.reminted);
	pv_buf_dispose(&remote);
	return rc;
}
