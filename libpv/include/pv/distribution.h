/* SPDX-License-Identifier: MIT
 *
 * Distributions, for pv/stats.h, whose conventions hold here: a function
 * writes one number through its first argument and returns PV_OK, or
 * PV_EINVALID with a message for an argument outside of its domain; then the
 * number is 0. Degrees of freedom, a and b are from 1e-12 to 1e15. No number is
 * a NaN; a logarithm of what no double can tell from 0 may be -infinity. Pure
 * functions, for many threads at once.
 */
#ifndef PV_DISTRIBUTION_H
#define PV_DISTRIBUTION_H

#include <pv/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Of each: `cdf`, the chance of at most x; `sf`, of more than x; `ln_sf`, the
 * logarithm of that; `ppf`, the x that is not exceeded with a chance of `p`,
 * and `isf`, the x that is exceeded with it, 0 < p < 1. Relative errors are
 * about 1e-13, in both tails.
 */

/*
 * The normal distribution: erfc, and Mills' ratio beyond its range (Abramowitz
 * and Stegun 7.1, 26.2.12).
 */
PV_API int pv_stats_norm_cdf(double *out, double z, pv_error *err);
PV_API int pv_stats_norm_sf(double *out, double z, pv_error *err);
PV_API int pv_stats_norm_ln_sf(double *out, double z, pv_error *err);
PV_API int pv_stats_norm_pdf(double *out, double z, pv_error *err);
PV_API int pv_stats_norm_ppf(double *out, double p, pv_error *err);
PV_API int pv_stats_norm_isf(double *out, double p, pv_error *err);
/* The chance of being farther from 0 than z, and, when asked, its logarithm. */
PV_API int pv_stats_norm_two_sided(double *out, double *ln_out, double z,
				   pv_error *err);

/*
 * Student's t with `df` > 0 degrees of freedom: I_x(df/2, 1/2) / 2 with x =
 * df / (df + t^2); above 20,000 degrees Hill's expansion (1970, CACM Algorithm
 * 395).
 */
PV_API int pv_stats_t_cdf(double *out, double t, double df, pv_error *err);
PV_API int pv_stats_t_sf(double *out, double t, double df, pv_error *err);
PV_API int pv_stats_t_ln_sf(double *out, double t, double df, pv_error *err);
PV_API int pv_stats_t_pdf(double *out, double t, double df, pv_error *err);
PV_API int pv_stats_t_ppf(double *out, double p, double df, pv_error *err);
PV_API int pv_stats_t_isf(double *out, double p, double df, pv_error *err);
PV_API int pv_stats_t_two_sided(double *out, double *ln_out, double t,
				double df, pv_error *err);

/*
 * Chi-square with `df` > 0 degrees of freedom: the incomplete gamma function
 * at df/2 and x/2 by its series or continued fraction (DLMF 8.11.4, 8.9.2).
 */
PV_API int pv_stats_chi2_cdf(double *out, double x, double df, pv_error *err);
PV_API int pv_stats_chi2_sf(double *out, double x, double df, pv_error *err);
PV_API int pv_stats_chi2_ln_sf(double *out, double x, double df, pv_error *err);
PV_API int pv_stats_chi2_ppf(double *out, double p, double df, pv_error *err);
PV_API int pv_stats_chi2_isf(double *out, double p, double df, pv_error *err);

/* F with d1 and d2 > 0 degrees of freedom: I at d1 f / (d1 f + d2). */
PV_API int pv_stats_f_cdf(double *out, double f, double d1, double d2,
			  pv_error *err);
PV_API int pv_stats_f_sf(double *out, double f, double d1, double d2,
			 pv_error *err);
PV_API int pv_stats_f_ln_sf(double *out, double f, double d1, double d2,
			    pv_error *err);
PV_API int pv_stats_f_ppf(double *out, double p, double d1, double d2,
			  pv_error *err);
PV_API int pv_stats_f_isf(double *out, double p, double d1, double d2,
			  pv_error *err);

/*
 * The regularised incomplete beta function I_x(a, b), which is the cdf of the
 * beta distribution, a and b > 0, 0 <= x <= 1: the continued fraction of DLMF
 * 8.17.22, whose front is computed around the saddle point (Loader 2000).
 */
PV_API int pv_stats_beta_inc(double *out, double x, double a, double b,
			     pv_error *err);
PV_API int pv_stats_beta_sf(double *out, double x, double a, double b,
			    pv_error *err);
PV_API int pv_stats_beta_ln_inc(double *out, double x, double a, double b,
				pv_error *err);
PV_API int pv_stats_beta_ln_sf(double *out, double x, double a, double b,
			       pv_error *err);
PV_API int pv_stats_beta_ppf(double *out, double p, double a, double b,
			     pv_error *err);

/*
 * Student's t of a sample whose mean is off: `df` > 0, non-centrality `ncp`.
 * The chance of at most t, by Gauss-Legendre over the sample's deviation;
 * absolute error about 1e-14.
 */
PV_API int pv_stats_nct_cdf(double *out, double t, double df, double ncp,
			    pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
