/* SPDX-License-Identifier: MIT
 *
 * Tables of distributions. The first failure of a case is kept.
 */
#include "tools/stats/stats.h"

/* Writes a number that a call gave. */
static void put_if(stats_case *it, const char *key, double value, int *rc, int got)
{
	if (*rc == PV_OK)
		*rc = got;
	if (got == PV_OK)
		stats_put(it, key, value);
}

int stats_t_cdf(stats_case *it)
{
	double t = stats_in(it, "t");
	double df = stats_in(it, "df");
	double ln_p = 0;
	double x = 0;
	int rc = PV_OK;
	int got = pv_stats_t_cdf(&x, t, df, &it->err);

	put_if(it, "cdf", x, &rc, got);
	got = pv_stats_t_sf(&x, t, df, &it->err);
	put_if(it, "sf", x, &rc, got);
	got = pv_stats_t_ln_sf(&x, t, df, &it->err);
	put_if(it, "ln_sf", x, &rc, got);
	got = pv_stats_t_pdf(&x, t, df, &it->err);
	put_if(it, "pdf", x, &rc, got);
	got = pv_stats_t_two_sided(&x, &ln_p, t, df, &it->err);
	put_if(it, "p_two_sided", x, &rc, got);
	put_if(it, "ln_p_two_sided", ln_p, &rc, got);
	return rc;
}

int stats_t_ppf(stats_case *it)
{
	double df = stats_in(it, "df");
	double x = 0;
	int rc;

	if (pv_json_get(it->in, "conf")) {
		rc = pv_stats_t_isf(&x, (1 - stats_in(it, "conf")) / 2, df,
				    &it->err);
		if (rc == PV_OK)
			stats_put(it, "t_crit_two_sided", x);
		return rc;
	}
	if (pv_json_get(it->in, "q_upper"))
		rc = pv_stats_t_isf(&x, stats_in(it, "q_upper"), df, &it->err);
	else
		rc = pv_stats_t_ppf(&x, stats_in(it, "p_lower"), df, &it->err);
	if (rc == PV_OK)
		stats_put(it, "t", x);
	return rc;
}

int stats_norm(stats_case *it)
{
	double z = stats_in(it, "z");
	double x = 0;
	int rc = PV_OK;
	int got;

	if (pv_json_get(it->in, "z")) {
		got = pv_stats_norm_cdf(&x, z, &it->err);
		put_if(it, "cdf", x, &rc, got);
		got = pv_stats_norm_sf(&x, z, &it->err);
		put_if(it, "sf", x, &rc, got);
		got = pv_stats_norm_ln_sf(&x, z, &it->err);
		put_if(it, "ln_sf", x, &rc, got);
		got = pv_stats_norm_pdf(&x, z, &it->err);
		put_if(it, "pdf", x, &rc, got);
		got = pv_stats_norm_two_sided(&x, NULL, z, &it->err);
		put_if(it, "p_two_sided", x, &rc, got);
	} else if (pv_json_get(it->in, "q_upper")) {
		got = pv_stats_norm_isf(&x, stats_in(it, "q_upper"), &it->err);
		put_if(it, "z", x, &rc, got);
	} else {
		got = pv_stats_norm_ppf(&x, stats_in(it, "p_lower"), &it->err);
		put_if(it, "z", x, &rc, got);
	}
	return rc;
}

int stats_chi2(stats_case *it)
{
	double df = stats_in(it, "df");
	double at = stats_in(it, "x");
	double x = 0;
	int rc = PV_OK;
	int got;

	if (pv_json_get(it->in, "x")) {
		got = pv_stats_chi2_cdf(&x, at, df, &it->err);
		put_if(it, "cdf", x, &rc, got);
		got = pv_stats_chi2_sf(&x, at, df, &it->err);
		put_if(it, "sf", x, &rc, got);
		got = pv_stats_chi2_ln_sf(&x, at, df, &it->err);
		put_if(it, "ln_sf", x, &rc, got);
	} else if (pv_json_get(it->in, "q_upper")) {
		got = pv_stats_chi2_isf(&x, stats_in(it, "q_upper"), df,
					&it->err);
		put_if(it, "x", x, &rc, got);
	} else {
		got = pv_stats_chi2_ppf(&x, stats_in(it, "p_lower"), df,
					&it->err);
		put_if(it, "x", x, &rc, got);
	}
	return rc;
}

int stats_f_cdf(stats_case *it)
{
	double f = stats_in(it, "f");
	double d1 = stats_in(it, "d1");
	double d2 = stats_in(it, "d2");
	double x = 0;
	int rc = PV_OK;
	int got = pv_stats_f_cdf(&x, f, d1, d2, &it->err);

	put_if(it, "cdf", x, &rc, got);
	got = pv_stats_f_sf(&x, f, d1, d2, &it->err);
	put_if(it, "sf", x, &rc, got);
	got = pv_stats_f_ln_sf(&x, f, d1, d2, &it->err);
	put_if(it, "ln_sf", x, &rc, got);
	return rc;
}

int stats_beta_inc(stats_case *it)
{
	double a = stats_in(it, "a");
	double b = stats_in(it, "b");
	double at = stats_in(it, "x");
	double x = 0;
	int rc = PV_OK;
	int got = pv_stats_beta_inc(&x, at, a, b, &it->err);

	put_if(it, "I", x, &rc, got);
	got = pv_stats_beta_sf(&x, at, a, b, &it->err);
	put_if(it, "one_minus_I", x, &rc, got);
	got = pv_stats_beta_ln_inc(&x, at, a, b, &it->err);
	put_if(it, "ln_I", x, &rc, got);
	got = pv_stats_beta_ln_sf(&x, at, a, b, &it->err);
	put_if(it, "ln_one_minus_I", x, &rc, got);
	return rc;
}
