/* SPDX-License-Identifier: MIT
 *
 * Parts of the gamma function around the saddle point: plain logarithms of it
 * lose all digits of large arguments (Loader 2000, "Fast and Accurate
 * Computation of Binomial Probabilities").
 */
#ifndef PV_STATS_SPECIAL_H
#define PV_STATS_SPECIAL_H

/* ln of the gamma function of x > 0; libm's writes to a global. */
double pv_log_gamma(double x);
/* ln n! less Stirling's (n + 1/2) ln n - n + ln(2 pi) / 2, n > 0. */
double pv_stirling_error(double n);
/* x ln(x / m) + m - x without cancellation; x >= 0, m > 0. */
double pv_deviance(double x, double m);
/* ln of x^a e^-x / Gamma(a + 1), a > 0, x > 0. */
double pv_gamma_ln_front(double a, double x);
/* a b - c d, rounded about once (Kahan). */
double pv_cross(double a, double b, double c, double d);

#endif
