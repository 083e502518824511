/* SPDX-License-Identifier: MIT
 *
 * `git pv bisect`: which commit made a number of a prompt fall, by the
 * executions that were recorded. The commits are those of `git log` for the
 * file, under its former names, too; what ties executions to them is the blob.
 */
#include <stdlib.h>
#include <string.h>

#include <pv/blame.h>
#include <pv/culprit.h>
#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/bisect.h"
#include "experiment/experiment_verbs.h"
#include "repo/named.h"

struct bisect_options {
	const char *metric;
	const char *drop;
	const char *rise;
	const char *since;
};

#define FIELD(name) offsetof(struct bisect_options, name)

static const cli_option options[] = {
	{ 0, "metric", CLI_STRING, FIELD(metric), "NAME",
	  "the number that fell: quality, success, latency, score.NAME, ..." },
	{ 0, "drop", CLI_STRING, FIELD(drop), "D",
	  "by so much at least, in its unit" },
	{ 0, "rise", CLI_STRING, FIELD(rise), "D",
	  "instead: it rose by so much, as a latency does" },
	{ 0, "since", CLI_STRING, FIELD(since), "REV",
	  "up to there, all was well: a version or revision" },
	{ 0 },
};

#undef FIELD

const cli_usage cmd_bisect_usage = {
	.synopsis = { "git pv bisect ID --metric NAME --drop D|--rise D "
		      "[--since REV] [--json]" },
	.examples = { "git pv bisect support/triage --metric quality --drop 0.5",
		      "git pv bisect support/triage --metric latency --rise 200 "
		      "--since v1.0.0" },
	.options = options,
	.args = "the id of a prompt",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* --- commits -------------------------------------------------------------- */

static int add_commit(const pv_history_commit *row, void *payload)
{
	bisect_view *it = payload;
	bisect_commit *fresh;
	int rc;

	if (pv_array_reserve(&it->commits, &it->cap, it->count + 1,
			     sizeof(*it->commits)) < 0)
		return pv_fail_nomem(&it->cli->err);
	fresh = &it->commits[it->count];
	memset(fresh, 0, sizeof(*fresh));
	fresh->oid = row->commit;
	fresh->blob = row->blob;
	it->count++;
	rc = pv_strlist_find(&it->paths, row->path) < 0
		     ? pv_strlist_add(&it->paths, row->path, &it->cli->err)
		     : PV_OK;
	return rc;
}

static bisect_commit *find_commit(const bisect_view *it, const char *hex,
				  size_t len)
{
	for (size_t i = 0; i < it->count; i++)
		if (strncmp(it->commits[i].oid.hex, hex, len) == 0)
			return &it->commits[i];
	return NULL;
}

/* "COMMIT PARENT...": all are among those that were walked, or left out. */
static int take_line(bisect_view *it, const char *line, size_t len)
{
	size_t hex = strcspn(line, " \n");
	bisect_commit *commit = find_commit(it, line, hex);
	size_t at = hex;

	if (!commit)
		return PV_OK;
	commit->rank = ++it->ranked;
	while (at < len && line[at] == ' ') {
		const bisect_commit *parent;

		hex = strcspn(line + ++at, " \n");
		parent = find_commit(it, line + at, hex);
		at += hex;
		if (!parent)
			continue;
		if (pv_array_reserve(&commit->parents, &commit->parent_cap,
				     commit->parent_count + 1,
				     sizeof(*commit->parents)) < 0)
			return pv_fail_nomem(&it->cli->err);
		commit->parents[commit->parent_count++] =
			(size_t)(parent - it->commits);
	}
	return PV_OK;
}

static int read_lines(bisect_view *it, const pv_buf *lines)
{
	const char *at = pv_buf_text(lines);
	int rc = PV_OK;

	while (*at && rc == PV_OK) {
		size_t len = strcspn(at, "\n");

		rc = take_line(it, at, len);
		at += len + (at[len] == '\n');
	}
	return rc;
}

/* Git knows best which of them came from which. */
static int read_graph(bisect_view *it, const pv_oid *head)
{
	enum {
		BEFORE = 7
	};
	pv_cli *cli = it->cli;
	const char **args =
		pv_calloc(BEFORE + it->paths.count + 1, sizeof(*args));
	pv_buf lines = { 0 };
	int status = 0;
	int rc;

	if (!args)
		return pv_fail_nomem(&cli->err);
	args[0] = "--literal-pathspecs";
	args[1] = "rev-list";
	args[2] = "--topo-order";
	args[3] = "--reverse";
	args[4] = "--parents";
	args[5] = head->hex;
	args[6] = "--";
	for (size_t i = 0; i < it->paths.count; i++)
		args[BEFORE + i] = it->paths.items[i];
	rc = pv_git_run(&lines, &status, cli->store, args, NULL, &cli->err);
	if (rc == PV_OK && status)
		rc = pv_fail(&cli->err, PV_EGIT,
			     "git rev-list exits with status %d", status);
	if (rc == PV_OK)
		rc = read_lines(it, &lines);
	pv_buf_dispose(&lines);
	pv_free(args);
	return rc;
}

/* The commit that --since means, and what is of it or before. */
static int mark_suspects(bisect_view *it, const char *since)
{
	pv_cli *cli = it->cli;
	pv_spec spec = { 0 };
	pv_buf text = { 0 };
	int rc = PV_OK;

	if (since) {
		pv_buf_printf(&text, "%s@%s", it->id, since);
		rc = pv_buf_status(&text, &cli->err);
		if (rc == PV_OK)
			rc = cli_spec_resolve(&spec, cli, text.ptr,
					      PV_SPEC_COMMIT);
	}
	for (size_t i = 0; i < it->count && rc == PV_OK; i++) {
		bisect_commit *commit = &it->commits[i];

		commit->is_suspect = commit->parent_count > 0;
		if (!since || !commit->is_suspect)
			continue;
		rc = pv_store_is_ancestor(cli->store, &commit->oid,
					  &spec.at.commit, &cli->err);
		commit->is_suspect = rc == 0;
		rc = rc < 0 ? rc : PV_OK;
	}
	pv_spec_dispose(&spec);
	pv_buf_dispose(&text);
	return rc;
}

static int read_commits(bisect_view *it, const char *since)
{
	pv_cli *cli = it->cli;
	pv_history_query query = { .mode = PV_HISTORY_DEFAULT };
	pv_spec spec = { 0 };
	int rc = named_check(cli, it->id);

	if (rc == PV_OK)
		rc = cli_spec_resolve(&spec, cli, it->id, PV_SPEC_COMMIT);
	if (rc == PV_OK)
		rc = pv_store_head(NULL, &query.start, cli->store, &cli->err);
	query.path = spec.path;
	if (rc == PV_OK)
		rc = pv_history_follow(cli->store, &cli->settings, &query,
				       add_commit, it, &cli->err);
	if (rc == PV_OK && it->count)
		rc = read_graph(it, &query.start);
	if (rc == PV_OK)
		rc = mark_suspects(it, since);
	pv_spec_dispose(&spec);
	return rc;
}

/* --- executions ----------------------------------------------------------- */

static void add_measure(bisect_commit *commit, const pv_measure *more)
{
	pv_stats_moments all = { .n = commit->state.n,
				 .mean = commit->state.mean,
				 .m2 = commit->state.variance *
				       (double)(commit->state.n - 1) };
	const pv_stats_moments other = { .n = more->n,
					 .mean = more->mean,
					 .m2 = more->variance *
					       (double)(more->n - 1) };

	if (!more->n)
		return;
	if (!commit->state.n)
		all.m2 = 0;
	pv_stats_moments_merge(&all, &other);
	commit->state.n = all.n;
	commit->state.mean = pv_stats_mean(&all);
	commit->state.variance = pv_stats_variance(&all);
}

/* The executions under one name of the prompt. */
static int read_values(bisect_view *it, const char *id)
{
	const pv_executions_match match = { .field = "prompt_id", .value = id };
	const pv_usage_query query = { .matches = &match,
				       .match_count = 1,
				       .by = "blob" };
	pv_usages *usages = NULL;
	int rc = figures_read(&usages, it->cli, &query, NULL);

	for (size_t i = 0; rc == PV_OK && i < pv_usages_count(usages); i++) {
		const pv_usage *usage = pv_usages_at(usages, i);
		pv_measure found = figures_metric_of(&it->metric, usage);

		it->executions += usage->executions;
		for (size_t k = 0; k < it->count && usage->key; k++)
			if (strcmp(it->commits[k].blob.hex, usage->key) == 0)
				add_measure(&it->commits[k], &found);
	}
	pv_usages_free(usages);
	return rc;
}

static int read_all_values(bisect_view *it)
{
	pv_cli *cli = it->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < it->paths.count && rc == PV_OK; i++) {
		pv_buf id = { 0 };

		rc = pv_prompt_id(&id, &cli->settings, it->paths.items[i],
				  &cli->err);
		if (rc == PV_OK)
			rc = read_values(it, id.ptr);
		pv_buf_dispose(&id);
	}
	return rc;
}

/* --- the culprit ---------------------------------------------------------- */

static int by_rank(const void *a, const void *b)
{
	const bisect_commit *x = *(bisect_commit *const *)a;
	const bisect_commit *y = *(bisect_commit *const *)b;

	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* Of equal blobs the first one's place; each other has its own. */
static size_t state_of(const bisect_view *it, size_t idx)
{
	const char *blob = it->order[idx]->blob.hex;

	for (size_t i = 0; i < idx && *blob; i++)
		if (strcmp(it->order[i]->blob.hex, blob) == 0)
			return i;
	return idx;
}

static void put_changes(bisect_view *it, pv_culprit_change *changes,
			pv_culprit_state *states)
{
	for (size_t i = 0; i < it->count; i++)
		it->order[i] = &it->commits[i];
	if (it->count)
		qsort(it->order, it->count, sizeof(bisect_commit *), by_rank);
	for (size_t i = 0; i < it->count; i++)
		it->order[i]->place = i;
	for (size_t i = 0; i < it->count; i++) {
		bisect_commit *commit = it->order[i];

		for (size_t k = 0; k < commit->parent_count; k++)
			commit->parents[k] =
				it->commits[commit->parents[k]].place;
		changes[i].parents = commit->parents;
		changes[i].parent_count = commit->parent_count;
		changes[i].is_suspect = commit->is_suspect;
		changes[i].state = state_of(it, i);
		states[i] = commit->state;
	}
}

static int find_culprit(bisect_view *it)
{
	size_t room = it->count + 1;
	pv_culprit_change *changes = pv_calloc(room, sizeof(*changes));
	pv_culprit_state *states = pv_calloc(room, sizeof(*states));
	pv_culprit_query query = { .states = states,
				   .state_count = it->count,
				   .changes = changes,
				   .change_count = it->count,
				   .drop = it->drop,
				   .is_rise = it->is_rise };
	int rc = PV_OK;

	it->order = pv_calloc(room, sizeof(bisect_commit *));
	it->chances = pv_calloc(room, sizeof(*it->chances));
	if (!changes || !states || !it->order || !it->chances)
		rc = pv_fail_nomem(&it->cli->err);
	else
		put_changes(it, changes, states);
	if (rc == PV_OK)
		rc = pv_culprit_find(&it->found, it->chances, &query,
				     &it->cli->err);
	pv_free(changes);
	pv_free(states);
	return rc;
}

static void view_dispose(bisect_view *it)
{
	for (size_t i = 0; i < it->count; i++)
		pv_free(it->commits[i].parents);
	pv_free(it->commits);
	pv_free(it->order);
	pv_free(it->chances);
	pv_strlist_dispose(&it->paths);
	history_versions_dispose(&it->versions);
}

static int read_options(bisect_view *it, const struct bisect_options *opts)
{
	pv_cli *cli = it->cli;
	int rc;

	if (!opts->metric)
		return cli_usage_error(cli, "bisect needs --metric");
	if (!opts->drop == !opts->rise)
		return cli_usage_error(cli,
				       "bisect needs either --drop or --rise");
	it->is_rise = opts->rise != NULL;
	rc = figures_metric_find(&it->metric, cli, opts->metric);
	if (rc == PV_OK)
		rc = experiment_number(&it->drop, cli,
				       it->is_rise ? "--rise" : "--drop",
				       it->is_rise ? opts->rise : opts->drop);
	if (rc == PV_OK && !(it->drop > 0))
		rc = cli_usage_error(cli, "--%s is not above 0",
				     it->is_rise ? "rise" : "drop");
	return rc;
}

int cmd_bisect(pv_cli *cli, int argc, char **argv)
{
	struct bisect_options opts = { 0 };
	bisect_view it = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	it.id = argv[0];
	it.since = opts.since;
	rc = read_options(&it, &opts);
	if (rc == PV_OK)
		rc = read_commits(&it, opts.since);
	if (rc == PV_OK)
		rc = read_all_values(&it);
	if (rc == PV_OK)
		rc = find_culprit(&it);
	if (rc == PV_OK)
		rc = history_versions_load(&it.versions, cli, it.id);
	if (rc == PV_OK)
		rc = bisect_print(&it);
	view_dispose(&it);
	return rc;
}
