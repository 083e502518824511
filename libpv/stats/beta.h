/* SPDX-License-Identifier: MIT
 *
 * The incomplete beta function, of which the tails of Student's t and of F
 * are cases.
 */
#ifndef PV_STATS_BETA_H
#define PV_STATS_BETA_H

/*
 * The regularised I_x(a, b), a and b > 0; `y` is 1 - x, given on its own so
 * that nothing is lost where x is near 1.
 */
double pv_beta_inc(double a, double b, double x, double y);

#endif
