/* SPDX-License-Identifier: MIT
 *
 * The public face of the distributions: domains are checked here, once, and
 * nowhere else.
 */
#include <math.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/tails.h"

enum side {
	LOW,
	HIGH,
	LN_LOW,
	LN_HIGH
};

static double side_of(pv_tails tails, enum side side)
{
	switch (side) {
	case LOW:
		return tails.low;
	case HIGH:
		return tails.high;
	case LN_LOW:
		return tails.ln_low;
	case LN_HIGH:
		return tails.ln_high;
	}
	return 0;
}

/* --- normal --------------------------------------------------------------- */

static int norm(double *out, double z, enum side side, pv_error *err)
{
	int rc = pv_domain_finite("z", z, err);

	*out = 0;
	if (rc == PV_OK)
		*out = side_of(pv_normal_tails(z), side);
	return rc;
}

int pv_stats_norm_cdf(double *out, double z, pv_error *err)
{
	return norm(out, z, LOW, err);
}

int pv_stats_norm_sf(double *out, double z, pv_error *err)
{
	return norm(out, z, HIGH, err);
}

int pv_stats_norm_ln_sf(double *out, double z, pv_error *err)
{
	return norm(out, z, LN_HIGH, err);
}

int pv_stats_norm_pdf(double *out, double z, pv_error *err)
{
	int rc = pv_domain_finite("z", z, err);

	*out = 0;
	if (rc == PV_OK)
		*out = pv_normal_density(z);
	return rc;
}

int pv_stats_norm_ppf(double *out, double p, pv_error *err)
{
	int rc = pv_stats_norm_isf(out, p, err);

	if (rc == PV_OK)
		*out = -*out;
	return rc;
}

int pv_stats_norm_isf(double *out, double p, pv_error *err)
{
	int rc = pv_domain_chance("p", p, err);

	*out = 0;
	if (rc == PV_OK)
		*out = pv_normal_isf(p);
	return rc;
}

int pv_stats_norm_two_sided(double *out, double *ln_out, double z, pv_error *err)
{
	int rc = pv_domain_finite("z", z, err);
	double ln_p = 0;

	*out = 0;
	if (rc == PV_OK)
		*out = pv_normal_outside(&ln_p, z);
	if (ln_out)
		*ln_out = ln_p;
	return rc;
}

/* --- Student's t ---------------------------------------------------------- */

static int t_domain(double t, double df, pv_error *err)
{
	int rc = pv_domain_finite("t", t, err);

	return rc < 0 ? rc : pv_domain_shape("df", df, err);
}

static int t_side(double *out, double t, double df, enum side side, pv_error *err)
{
	int rc = t_domain(t, df, err);

	*out = 0;
	if (rc == PV_OK)
		*out = side_of(pv_student_tails(t, df), side);
	return rc;
}

int pv_stats_t_cdf(double *out, double t, double df, pv_error *err)
{
	return t_side(out, t, df, LOW, err);
}

int pv_stats_t_sf(double *out, double t, double df, pv_error *err)
{
	return t_side(out, t, df, HIGH, err);
}

int pv_stats_t_ln_sf(double *out, double t, double df, pv_error *err)
{
	return t_side(out, t, df, LN_HIGH, err);
}

int pv_stats_t_pdf(double *out, double t, double df, pv_error *err)
{
	int rc = t_domain(t, df, err);

	*out = 0;
	if (rc == PV_OK)
		*out = pv_student_density(t, df);
	return rc;
}

int pv_stats_t_ppf(double *out, double p, double df, pv_error *err)
{
	int rc = pv_stats_t_isf(out, p, df, err);

	if (rc == PV_OK)
		*out = -*out;
	return rc;
}

int pv_stats_t_isf(double *out, double p, double df, pv_error *err)
{
	int rc = pv_domain_chance("p", p, err);

	*out = 0;
	if (rc == PV_OK)
		rc = pv_domain_shape("df", df, err);
	if (rc == PV_OK)
		*out = pv_student_isf(p, df);
	return rc;
}

int pv_stats_t_two_sided(double *out, double *ln_out, double t, double df,
			 pv_error *err)
{
	int rc = t_domain(t, df, err);
	double ln_p = 0;

	*out = 0;
	if (rc == PV_OK)
		*out = pv_student_outside(&ln_p, t, df);
	if (ln_out)
		*ln_out = ln_p;
	return rc;
}

int pv_stats_nct_cdf(double *out, double t, double df, double ncp, pv_error *err)
{
	int rc = t_domain(t, df, err);

	*out = 0;
	if (rc == PV_OK)
		rc = pv_domain_finite("ncp", ncp, err);
	if (rc == PV_OK)
		*out = pv_nct_cdf(t, df, ncp);
	return rc;
}

/* --- on x > 0 ------------------------------------------------------------- */

/* What chi-square and F have in common. */
struct family {
	pv_tails_fn *tails;
	double a;
	double b;
};

static int family_domain(const struct family *it, pv_error *err)
{
	int rc = pv_domain_shape("degrees of freedom", it->a, err);

	return rc < 0 ? rc : pv_domain_shape("degrees of freedom", it->b, err);
}

static int family_side(double *out, const struct family *it, double x,
		       enum side side, pv_error *err)
{
	int rc = family_domain(it, err);

	*out = 0;
	if (rc == PV_OK)
		rc = pv_domain_finite("x", x, err);
	if (rc == PV_OK)
		*out = side_of(it->tails(fmax(x, 0), it->a, it->b), side);
	return rc;
}

static int family_point(double *out, const struct family *it, double p,
			int is_high, pv_error *err)
{
	int rc = family_domain(it, err);

	*out = 0;
	if (rc == PV_OK)
		rc = pv_domain_chance("p", p, err);
	if (rc == PV_OK)
		*out = pv_tails_point(it->tails, p, is_high, it->a, it->b);
	return rc;
}

static struct family chi2_of(double df)
{
	struct family out = { pv_chi2_tails, df, 1 };

	return out;
}

int pv_stats_chi2_cdf(double *out, double x, double df, pv_error *err)
{
	struct family it = chi2_of(df);

	return family_side(out, &it, x, LOW, err);
}

int pv_stats_chi2_sf(double *out, double x, double df, pv_error *err)
{
	struct family it = chi2_of(df);

	return family_side(out, &it, x, HIGH, err);
}

int pv_stats_chi2_ln_sf(double *out, double x, double df, pv_error *err)
{
	struct family it = chi2_of(df);

	return family_side(out, &it, x, LN_HIGH, err);
}

int pv_stats_chi2_ppf(double *out, double p, double df, pv_error *err)
{
	struct family it = chi2_of(df);

	return family_point(out, &it, p, 0, err);
}

int pv_stats_chi2_isf(double *out, double p, double df, pv_error *err)
{
	struct family it = chi2_of(df);

	return family_point(out, &it, p, 1, err);
}

static struct family f_of(double d1, double d2)
{
	struct family out = { pv_f_tails, d1, d2 };

	return out;
}

int pv_stats_f_cdf(double *out, double f, double d1, double d2, pv_error *err)
{
	struct family it = f_of(d1, d2);

	return family_side(out, &it, f, LOW, err);
}

int pv_stats_f_sf(double *out, double f, double d1, double d2, pv_error *err)
{
	struct family it = f_of(d1, d2);

	return family_side(out, &it, f, HIGH, err);
}

int pv_stats_f_ln_sf(double *out, double f, double d1, double d2, pv_error *err)
{
	struct family it = f_of(d1, d2);

	return family_side(out, &it, f, LN_HIGH, err);
}

int pv_stats_f_ppf(double *out, double p, double d1, double d2, pv_error *err)
{
	struct family it = f_of(d1, d2);

	return family_point(out, &it, p, 0, err);
}

int pv_stats_f_isf(double *out, double p, double d1, double d2, pv_error *err)
{
	struct family it = f_of(d1, d2);

	return family_point(out, &it, p, 1, err);
}

/* --- beta ----------------------------------------------------------------- */

static int beta_domain(double a, double b, pv_error *err)
{
	int rc = pv_domain_shape("a", a, err);

	return rc < 0 ? rc : pv_domain_shape("b", b, err);
}

static int beta_side(double *out, double x, const double shape[2],
		     enum side side, pv_error *err)
{
	int rc = beta_domain(shape[0], shape[1], err);

	*out = 0;
	if (rc == PV_OK && !(x >= 0 && x <= 1))
		rc = pv_fail(err, PV_EINVALID, "x is not between 0 and 1");
	if (rc == PV_OK)
		*out = side_of(pv_beta_tails(shape[0], shape[1], x, 1 - x), side);
	return rc;
}

int pv_stats_beta_inc(double *out, double x, double a, double b, pv_error *err)
{
	const double shape[2] = { a, b };

	return beta_side(out, x, shape, LOW, err);
}

int pv_stats_beta_sf(double *out, double x, double a, double b, pv_error *err)
{
	const double shape[2] = { a, b };

	return beta_side(out, x, shape, HIGH, err);
}

int pv_stats_beta_ln_inc(double *out, double x, double a, double b, pv_error *err)
{
	const double shape[2] = { a, b };

	return beta_side(out, x, shape, LN_LOW, err);
}

int pv_stats_beta_ln_sf(double *out, double x, double a, double b, pv_error *err)
{
	const double shape[2] = { a, b };

	return beta_side(out, x, shape, LN_HIGH, err);
}

/* Of the odds x / (1 - x), which go on for ever. */
static pv_tails odds_tails(double odds, double a, double b)
{
	return pv_beta_tails(a, b, odds / (1 + odds), 1 / (1 + odds));
}

int pv_stats_beta_ppf(double *out, double p, double a, double b, pv_error *err)
{
	int rc = beta_domain(a, b, err);
	double odds;

	*out = 0;
	if (rc == PV_OK)
		rc = pv_domain_chance("p", p, err);
	if (rc < 0)
		return rc;
	odds = pv_tails_point(odds_tails, p, 0, a, b);
	*out = isinf(odds) ? 1 : odds / (1 + odds);
	return PV_OK;
}
