/* SPDX-License-Identifier: MIT
 *
 * `git pv history prune` and `delete`: keeping less. Pruning is retention:
 * texts go first, rows later, and what was summed of them stays. Deleting is
 * for somebody's traces: rows, texts and their part of the sums go.
 */
#include "history/history_verbs.h"

#include "base/fail.h"
#include "history/retention.h"

/* What went, or would. */
struct outcome {
	int is_dry_run;
	size_t stripped; /* rows that lost their texts */
	size_t removed;  /* rows */
	size_t texts;    /* texts that nobody else had */
};

static void put_json(pv_cli *cli, const struct outcome *it)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "dry_run");
	pv_jsonw_bool(&w, it->is_dry_run);
	pv_jsonw_key(&w, "stripped");
	pv_jsonw_int(&w, (int64_t)it->stripped);
	pv_jsonw_key(&w, "removed");
	pv_jsonw_int(&w, (int64_t)it->removed);
	pv_jsonw_key(&w, "texts");
	if (it->is_dry_run)
		pv_jsonw_null(&w);
	else
		pv_jsonw_int(&w, (int64_t)it->texts);
	pv_jsonw_object_end(&w);
}

static void put_outcome(pv_cli *cli, const struct outcome *it)
{
	const char *would = it->is_dry_run ? "would lose" : "lost";

	if (cli->json) {
		put_json(cli, it);
		return;
	}
	if (it->stripped)
		cli_printf(cli, "%zu executions %s their texts\n", it->stripped,
			   would);
	if (it->removed)
		cli_printf(cli, "%zu executions %s removed\n", it->removed,
			   it->is_dry_run ? "would be" : "were");
	if (!it->stripped && !it->removed)
		cli_printf(cli, "nothing to be removed\n");
}

static int take(struct outcome *it, pv_cli *cli, pv_executions *index,
		const pv_executions_query *query, enum pv_executions_part part)
{
	const pv_executions_removal opts = { part, it->is_dry_run };
	pv_executions_removed removed;
	int rc = pv_executions_remove(&removed, index, query, &opts, &cli->err);

	if (part == PV_EXECUTIONS_TEXTS)
		it->stripped += removed.rows;
	else
		it->removed += removed.rows;
	it->texts += removed.texts;
	return rc;
}

/* --- retention as it is set ----------------------------------------------- */

static int take_as_set(struct outcome *it, pv_cli *cli, pv_executions *index,
		       const tracking *settings)
{
	const retention_limits limits = { .is_dry_run = it->is_dry_run,
					  .texts_out = &it->texts };
	size_t taken[2];
	int rc = retention_take(taken, index, settings, &limits, &cli->err);

	it->stripped += taken[0];
	it->removed += taken[1];
	return rc;
}

static int fail_unset(pv_cli *cli)
{
	int rc = cli_usage_error(cli, "prune needs filters: nothing says how "
				      "long executions are kept");

	return pv_error_hint(&cli->err, rc,
			     "--until 90d removes older ones; "
			     "tracking.retention_days in pv.yaml does it without");
}

/* --- the verbs ------------------------------------------------------------ */

static int open_to_take(pv_executions **out, pv_cli *cli)
{
	int rc = tracking_open(out, cli, 1);

	pv_executions_free(*out);
	*out = NULL;
	if (rc == PV_OK)
		return tracking_open(out, cli, 0);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

int history_prune(pv_cli *cli, const history_filter *filter, int is_dry_run,
		  int texts_only)
{
	struct outcome it = { .is_dry_run = is_dry_run };
	int is_given = history_filter_is_given(filter);
	pv_executions *index = NULL;
	tracking settings = { 0 };
	history_query query;
	int rc = history_query_read(&query, cli, filter, 0);

	if (rc == PV_OK && !is_given)
		rc = tracking_load(&settings, cli);
	if (rc == PV_OK && !is_given && !settings.retention_days &&
	    !settings.retention_rows_days)
		rc = fail_unset(cli);
	if (rc == PV_OK)
		rc = open_to_take(&index, cli);
	if (rc == PV_OK && index)
		rc = is_given ? take(&it, cli, index, &query.query,
				     texts_only ? PV_EXECUTIONS_TEXTS
						: PV_EXECUTIONS_ROWS)
			      : take_as_set(&it, cli, index, &settings);
	if (rc == PV_OK)
		put_outcome(cli, &it);
	pv_executions_free(index);
	history_query_dispose(&query);
	return rc;
}

int history_delete(pv_cli *cli, const history_filter *filter, int is_dry_run)
{
	struct outcome it = { .is_dry_run = is_dry_run };
	pv_executions *index = NULL;
	history_query query;
	int rc = history_query_read(&query, cli, filter, 0);

	if (rc == PV_OK && !filter->given.count)
		rc = cli_usage_error(cli, "delete needs --session, --unit or "
					  "another filter of whose");
	if (rc == PV_OK)
		rc = open_to_take(&index, cli);
	if (rc == PV_OK && index)
		rc = take(&it, cli, index, &query.query, PV_EXECUTIONS_TRACES);
	if (rc == PV_OK)
		put_outcome(cli, &it);
	pv_executions_free(index);
	history_query_dispose(&query);
	return rc;
}
