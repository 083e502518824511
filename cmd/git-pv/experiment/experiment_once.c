/* SPDX-License-Identifier: MIT
 *
 * An id is used once: executions name the experiment by it, so one that is made
 * anew under the id of one that ran would begin with the rows of that.
 */
#include <string.h>

#include "base/fail.h"
#include "experiment/experiment_files.h"
#include "repo/tracking.h"

struct search {
	pv_cli *cli;
	const char *id;
	pv_oid ran; /* the last commit in which it had begun */
};

static int is_execution(const pv_execution *row, void *payload)
{
	(void)row;
	*(int *)payload = 1;
	return 1;
}

/* Whether anything is recorded of it here; without an index nothing is. */
static int has_rows(int *out, pv_cli *cli, const char *id)
{
	const pv_executions_match match = { .field = "experiment", .value = id };
	const pv_executions_query query = { .matches = &match,
					    .match_count = 1,
					    .limit = 1 };
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	*out = 0;
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	if (rc == PV_OK)
		rc = pv_executions_list(index, &query, is_execution, out,
					&cli->err);
	pv_executions_free(index);
	return rc < 0 ? rc : PV_OK;
}

/* What reads no more had not begun as far as anybody knows. */
static int look_at(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	struct search *it = payload;
	pv_experiment *then = NULL;
	pv_buf text = { 0 };
	int rc = PV_OK;

	if (blob->hex[0])
		rc = pv_store_read_blob(&text, it->cli->store, blob,
					&it->cli->err);
	if (rc == PV_OK && blob->hex[0] &&
	    pv_experiment_parse(&then, it->id, pv_buf_text(&text), text.len,
				NULL) == PV_OK &&
	    then->epoch_count)
		it->ran = *commit;
	pv_experiment_free(then);
	pv_buf_dispose(&text);
	return rc < 0 ? rc : it->ran.hex[0] != '\0';
}

static int find_start(struct search *it, const char *path)
{
	pv_history_query query = { .path = path, .mode = PV_HISTORY_FULL };
	pv_cli *cli = it->cli;
	int rc = pv_store_is_bare(cli->store)
			 ? pv_settings_tip(&query.start, cli->store,
					   &cli->settings, NULL)
			 : pv_store_head(NULL, &query.start, cli->store, NULL);

	if (rc < 0 || !query.start.hex[0])
		return PV_OK;
	rc = pv_history_walk(cli->store, &query, look_at, it, &cli->err);
	return rc < 0 ? rc : PV_OK;
}

int experiment_check_once(pv_cli *cli, const pv_experiment *it, const char *path)
{
	struct search search = { .cli = cli, .id = it->id };
	int is_recorded = 0;
	int rc = it->epoch_count ? PV_OK : has_rows(&is_recorded, cli, it->id);

	if (rc == PV_OK && is_recorded)
		rc = find_start(&search, path);
	if (rc < 0 || !search.ran.hex[0])
		return rc;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "there was another experiment \"%.64s\", whose executions "
		     "would count",
		     it->id);
	return pv_error_hint(&cli->err, rc,
			     "choose another id; the file of that one is in "
			     "%.7s",
			     search.ran.hex);
}
