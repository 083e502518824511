/* SPDX-License-Identifier: MIT
 *
 * Whose bins are wanted. Only quantiles and ranks are made of them, and all of
 * them are most of what an experiment's sums have.
 */
#include <string.h>

#include "analytics/trial.h"

static const char prefix[] = "score.";

static int want(pv_cell_bins_wanted *out, const char *metric, pv_error *err)
{
	int number = pv_trial_metric_named(metric, strlen(metric));

	if (number >= 0 && number < PV_METRIC_COUNT)
		out->metrics |= 1U << number;
	if (!pv_str_has_prefix(metric, prefix))
		return PV_OK;
	return pv_strlist_add(&out->scores, metric + strlen(prefix), err);
}

int pv_trial_read_wanted(pv_trial *trial, pv_error *err)
{
	const pv_trial_query *query = &trial->query;
	int rc = PV_OK;

	if (!query->bins)
		return PV_OK;
	trial->has_wanted = 1;
	for (size_t i = 0; i < query->bins_count && rc == PV_OK; i++) {
		const pv_trial_bins *bins = &query->bins[i];

		rc = want(&trial->wanted[0], bins->metric, err);
		if (rc == PV_OK && bins->in_looks)
			rc = want(&trial->wanted[1], bins->metric, err);
	}
	return rc;
}

const pv_cell_bins_wanted *pv_trial_wanted(const pv_trial *trial, int is_look)
{
	return trial->has_wanted ? &trial->wanted[is_look] : NULL;
}
