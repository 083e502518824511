/* SPDX-License-Identifier: MIT
 *
 * Both sides of a distribution at one point, each with its logarithm: the
 * smaller one is computed, the other follows, so that neither loses digits
 * however far out the point is. All distributions of stats/ answer this way,
 * and one inverse serves them all. Numbers in, numbers out: arguments must be
 * in the domain, the public functions (distribution.c) see to it.
 */
#ifndef PV_STATS_TAILS_H
#define PV_STATS_TAILS_H

typedef struct pv_tails {
	double low;  /* the chance of at most the point */
	double high; /* of more */
	double ln_low;
	double ln_high;
} pv_tails;

/* A distribution with up to two parameters. */
typedef pv_tails pv_tails_fn(double x, double a, double b);

/* From the logarithm of one side. */
pv_tails pv_tails_of_low(double ln_low);
pv_tails pv_tails_of_high(double ln_high);

/*
 * The point of a distribution on x > 0 that is exceeded with a chance of `p`,
 * or, when not `is_high`, fallen short of; 0 < p < 1.
 */
double pv_tails_point(pv_tails_fn *tails, double p, int is_high, double a,
		      double b);

/* --- distributions -------------------------------------------------------- */

pv_tails pv_normal_tails(double z);
double pv_normal_sf(double z);
double pv_normal_density(double z);
/* The z that is exceeded with a chance of `p`, 0 < p < 1. */
double pv_normal_isf(double p);
/* The chance of being farther from 0 than `z`, and its logarithm. */
double pv_normal_outside(double *ln_out, double z);

/* I_x(a, b); `y` is 1 - x, on its own as it may be near 0. */
pv_tails pv_beta_tails(double a, double b, double x, double y);
/* ln of the density of Beta(a, b) times x y. */
double pv_beta_ln_front(double a, double b, double x, double y);

/* Gamma with shape `a` and scale 1. */
pv_tails pv_gamma_tails(double a, double x);
/* Chi-square with `df` degrees of freedom; `none` is not used. */
pv_tails pv_chi2_tails(double x, double df, double none);
pv_tails pv_f_tails(double f, double d1, double d2);

pv_tails pv_student_tails(double t, double df);
double pv_student_sf(double t, double df);
double pv_student_density(double t, double df);
double pv_student_isf(double p, double df);
double pv_student_outside(double *ln_out, double t, double df);

/* Student's t around `ncp`, as a sample's t is when there is an effect. */
double pv_nct_cdf(double t, double df, double ncp);

#endif
