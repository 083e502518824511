/* SPDX-License-Identifier: MIT
 *
 * Bounds for a planned number of looks. Between looks the sum of the data is
 * Brownian motion at time `information`; its density over those paths that
 * have not crossed is kept on Gauss-Legendre points between the last bounds.
 */
#include <math.h>
#include <string.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/quadrature.h"
#include "stats/root.h"
#include "stats/tails.h"

enum {
	PANELS = 8,
	POINTS = 32,
	NODES = PANELS * POINTS,
	Z_MAX = 40,
	REACH = 12 /* deviations beyond which no path is worth following */
};

/* The density so far: `mass` is the density times the weight of its point. */
struct paths {
	double at[NODES];
	double mass[NODES];
	size_t count;
	double time;
};

struct search {
	const struct paths *paths;
	double time;
	double ln_share; /* to be spent on one side at this look */
};

static double spent_at(enum pv_stats_spending spending, double a, double t,
		       double rho)
{
	switch (spending) {
	case PV_STATS_OBRIEN_FLEMING:
		return 2 * pv_normal_sf(pv_normal_isf(a / 2) / sqrt(t));
	case PV_STATS_POCOCK:
		return a * log1p(expm1(1) * t);
	case PV_STATS_POWER:
		return a * pow(t, rho);
	}
	return 0;
}

/* The chance of a path that is still there to be above z now. */
static double crossing(const struct paths *paths, double z, double time)
{
	double step = sqrt(time - paths->time);
	double sum = 0;

	for (size_t i = 0; i < paths->count; i++)
		sum += paths->mass[i] *
		       pv_normal_sf((z * sqrt(time) - paths->at[i]) / step);
	return sum;
}

static double ascent(double z, const void *payload)
{
	const struct search *it = payload;
	double chance = crossing(it->paths, z, it->time);

	return chance > 0 ? it->ln_share - log(chance) : Z_MAX;
}

/* The density at `x` of paths that began where they are. */
static double density_at(const struct paths *paths, double x, double step)
{
	double sum = 0;

	for (size_t i = 0; i < paths->count; i++)
		sum += paths->mass[i] *
		       pv_normal_density((x - paths->at[i]) / step);
	return sum / step;
}

/*
 * Lets the paths that stay within -z to z go on to `time`. Both sides are
 * alike: the upper half of the points is that of the lower, mirrored.
 */
static void advance(struct paths *paths, double z, double time,
		    const pv_gauss *rule)
{
	double reach = fmax(fmin(z, REACH), 0) * sqrt(time);
	double step = sqrt(time - paths->time);
	double half = reach / PANELS;
	double mass[NODES];
	double at[NODES];

	for (size_t k = 0; k < NODES / 2; k++) {
		size_t panel = k / POINTS;
		size_t other = NODES - 1 - k;

		at[k] = -reach +
			half * (2 * (double)panel + 1 + rule->x[k % POINTS]);
		at[other] = -at[k];
		mass[k] = density_at(paths, at[k], step) * half *
			  rule->weight[k % POINTS];
		mass[other] = mass[k];
	}
	memcpy(paths->at, at, sizeof(at));
	memcpy(paths->mass, mass, sizeof(mass));
	paths->count = NODES;
	paths->time = time;
}

static int looks_check(const pv_stats_look *looks, size_t count, double alpha,
		       double rho, pv_error *err)
{
	double last = 0;
	int rc = pv_domain_chance("alpha", alpha, err);

	if (rc == PV_OK)
		rc = pv_domain_positive("rho", rho, err);
	if (rc == PV_OK && count > PV_STATS_LOOKS_MAX)
		rc = pv_fail(err, PV_EINVALID, "there are more than %d looks",
			     PV_STATS_LOOKS_MAX);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		if (!(looks[i].information > last) || looks[i].information > 1)
			rc = pv_fail(err, PV_EINVALID,
				     "information does not rise from 0 to 1");
		last = looks[i].information;
	}
	return rc;
}

int pv_stats_group_bounds(pv_stats_look *looks, size_t count, double alpha,
			  enum pv_stats_spending spending, double rho,
			  pv_error *err)
{
	struct paths paths = { .mass = { 1 }, .count = 1 };
	double before = 0;
	pv_gauss rule;
	int rc = looks_check(looks, count, alpha,
			     spending == PV_STATS_POWER ? rho : 1, err);

	if (rc < 0)
		return rc;
	pv_gauss_make(&rule, POINTS);
	for (size_t i = 0; i < count; i++) {
		double time = looks[i].information;
		double spent = spent_at(spending, alpha / 2, time, rho);
		struct search it = { &paths, time, log(spent - before) };

		looks[i].z = pv_root(ascent, &it, -Z_MAX, Z_MAX);
		looks[i].spent = 2 * spent;
		before = spent;
		if (i + 1 < count)
			advance(&paths, looks[i].z, time, &rule);
	}
	return PV_OK;
}
