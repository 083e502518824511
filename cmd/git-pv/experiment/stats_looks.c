/* SPDX-License-Identifier: MIT
 *
 * Calculators of git pv stats for other ways to decide: Bayesian read-outs,
 * and bounds for a planned number of looks.
 */
#include "experiment/stats_kinds.h"

#include "base/fail.h"
#include "base/mem.h"

static void put_posterior(stats_call *call, const pv_stats_posterior *got)
{
	int is_known = got->status == PV_STATS_KNOWN;

	stats_put_status(call, got->status);
	stats_put(call, "mean", got->mean, is_known);
	stats_put(call, "sd", got->sd, is_known);
	stats_put(call, "p_treatment", got->p_treatment, is_known);
	stats_put(call, "p_control", got->p_control, is_known);
	stats_put(call, "loss_treatment", got->loss_treatment, is_known);
	stats_put(call, "loss_control", got->loss_control, is_known);
}

/* A prior of the other kind of data must not be taken for no prior. */
static int refuse(stats_call *call, const char *first, const char *second,
		  const char *data)
{
	const char *key = pv_json_get(call->in, first) ? first : second;

	if (!pv_json_get(call->in, key))
		return PV_OK;
	return pv_fail(call->err, PV_EINVALID, "\"%s\" is not for %s", key, data);
}

static int bayes_shares(stats_call *call)
{
	pv_stats_posterior got = { 0 };
	pv_stats_share share;
	pv_stats_beta arms[2];
	double alpha;
	double beta;
	int rc = refuse(call, "prior_mean", "prior_sd", "shares");

	if (rc == PV_OK)
		rc = refuse(call, "credibility", "credibility", "shares");
	if (rc == PV_OK)
		rc = stats_positive_or(&alpha, call, "prior_alpha", 1);
	if (rc == PV_OK)
		rc = stats_positive_or(&beta, call, "prior_beta", 1);
	for (size_t i = 0; i < 2 && rc == PV_OK; i++) {
		rc = stats_share(&share, call, i ? "treatment" : "control");
		if (rc == PV_OK && (share.hits < 0 || share.hits > share.n))
			rc = pv_fail(call->err, PV_EINVALID,
				     "\"hits\" is not between 0 and \"n\"");
		if (rc == PV_OK) {
			arms[i].alpha = alpha + (double)share.hits;
			arms[i].beta = beta + (double)(share.n - share.hits);
		}
	}
	if (rc == PV_OK)
		rc = pv_stats_bayes_beta(&got, arms[0], arms[1], call->err);
	if (rc == PV_OK)
		put_posterior(call, &got);
	return rc;
}

/* None is a flat prior, which has no mean either. */
static int take_prior_sd(double *out, stats_call *call)
{
	*out = 0;
	if (pv_json_get(call->in, "prior_sd"))
		return stats_positive_or(out, call, "prior_sd", 0);
	if (pv_json_get(call->in, "prior_mean"))
		return pv_fail(call->err, PV_EINVALID,
			       "\"prior_mean\" needs \"prior_sd\"");
	return PV_OK;
}

int stats_bayes(stats_call *call)
{
	pv_stats_posterior got = { 0 };
	pv_stats_moments arms[2];
	pv_stats_prior prior = { 0 };
	int rc;

	if (pv_json_get(pv_json_get(call->in, "control"), "hits"))
		return bayes_shares(call);
	rc = refuse(call, "prior_alpha", "prior_beta", "means");
	if (rc == PV_OK)
		rc = stats_samples(arms, call);
	if (rc == PV_OK)
		rc = stats_number_or(&prior.mean, call, "prior_mean", 0);
	if (rc == PV_OK)
		rc = take_prior_sd(&prior.sd, call);
	if (rc == PV_OK)
		rc = stats_chance_or(&prior.credibility, call, "credibility",
				     0.95);
	if (rc == PV_OK)
		rc = pv_stats_bayes_normal(&got, &arms[0], &arms[1], &prior,
					   call->err);
	if (rc < 0)
		return rc;
	put_posterior(call, &got);
	stats_put_interval(call, "interval", got.interval,
			   got.status == PV_STATS_KNOWN);
	return PV_OK;
}

/* --- looks ---------------------------------------------------------------- */

static int take_even_looks(pv_stats_look **out, size_t *count_out,
			   stats_call *call)
{
	int64_t count = 0;
	int rc = stats_whole(&count, call, call->in, "looks");

	if (rc == PV_OK && (count < 1 || count > PV_STATS_LOOKS_MAX))
		rc = pv_fail(call->err, PV_EINVALID,
			     "\"looks\" is not between 1 and %d",
			     PV_STATS_LOOKS_MAX);
	if (rc < 0)
		return rc;
	*count_out = (size_t)count;
	*out = pv_calloc(*count_out, sizeof(**out));
	if (!*out)
		return pv_fail_nomem(call->err);
	for (size_t i = 0; i < *count_out; i++)
		(*out)[i].information = (double)(i + 1) / (double)count;
	return PV_OK;
}

/* Shares of the planned information, or so many even ones. */
static int take_looks(pv_stats_look **out, size_t *count_out, stats_call *call)
{
	double *shares = NULL;
	int rc;

	if (!pv_json_get(call->in, "information"))
		return take_even_looks(out, count_out, call);
	if (pv_json_get(call->in, "looks"))
		return pv_fail(call->err, PV_EINVALID,
			       "\"looks\" and \"information\" exclude each "
			       "other");
	rc = stats_numbers(&shares, count_out, call, "information", 0);
	if (rc < 0)
		return rc;
	*out = pv_calloc(*count_out + 1, sizeof(**out));
	for (size_t i = 0; *out && i < *count_out; i++)
		(*out)[i].information = shares[i];
	pv_free(shares);
	return *out ? PV_OK : pv_fail_nomem(call->err);
}

static void put_looks(stats_call *call, const pv_stats_look *looks, size_t count)
{
	pv_jsonw_key(call->out, "bounds");
	pv_jsonw_array(call->out);
	for (size_t i = 0; i < count; i++)
		pv_jsonw_real(call->out, looks[i].z);
	pv_jsonw_array_end(call->out);
	pv_jsonw_key(call->out, "spent");
	pv_jsonw_array(call->out);
	for (size_t i = 0; i < count; i++)
		pv_jsonw_real(call->out, looks[i].spent);
	pv_jsonw_array_end(call->out);
}

int stats_group(stats_call *call)
{
	static const char *const names[] = { "obrien-fleming", "pocock", "power" };
	int spending = PV_STATS_OBRIEN_FLEMING;
	pv_stats_look *looks = NULL;
	size_t count = 0;
	double alpha;
	double rho;
	int rc = stats_choice(&spending, call, "spending", names,
			      pv_array_len(names));

	if (rc == PV_OK)
		rc = stats_chance_or(&alpha, call, "alpha", 0.05);
	if (rc == PV_OK && spending != PV_STATS_POWER &&
	    pv_json_get(call->in, "rho"))
		rc = pv_fail(call->err, PV_EINVALID,
			     "\"rho\" is for the spending \"power\" alone");
	if (rc == PV_OK)
		rc = stats_positive_or(&rho, call, "rho", 2);
	if (rc == PV_OK)
		rc = take_looks(&looks, &count, call);
	if (rc == PV_OK)
		rc = pv_stats_group_bounds(looks, count, alpha,
					   (enum pv_stats_spending)spending,
					   rho, call->err);
	if (rc == PV_OK)
		put_looks(call, looks, count);
	pv_free(looks);
	return rc;
}
