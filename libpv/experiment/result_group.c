/* SPDX-License-Identifier: MIT
 *
 * Group-sequential read-outs. The looks are those at which a further part of
 * the planned sample was there, and the present one. A test's p is the least
 * alpha for which a bound was crossed at any of them (Liu and Anderson 2008),
 * so that it can be corrected as others are.
 */
#include <math.h>

#include "base/mem.h"
#include "experiment/result.h"

enum {
	LOOKS_MAX = 32,
	STEPS = 40 /* of the search for p; a dozen do */
};

struct path {
	pv_stats_look looks[LOOKS_MAX];
	double z[LOOKS_MAX];
	int is_seen[LOOKS_MAX]; /* z is known */
	size_t count;
};

/* The part of the planned sample of which the smaller side has values. */
static int information(double *out, const pv_result_table *table,
		       const pv_result_ask *ask, const pv_result_test *test,
		       pv_error *err)
{
	int64_t least = INT64_MAX;
	int rc = PV_OK;

	for (int i = 0; i < 2 && rc == PV_OK; i++) {
		size_t side = i ? test->b : test->a;
		int64_t n = 0;

		rc = pv_result_have(&n, table, ask, side, test->metric, err);
		least = n < least ? n : least;
	}
	*out = fmin(1, (double)least / (double)ask->experiment->minimum_sample);
	return rc;
}

static void add_look(struct path *path, double information, const double *z)
{
	size_t i = path->count;

	if (i == LOOKS_MAX || information <= 0 ||
	    (i && path->looks[i - 1].information >= information))
		return;
	path->looks[i].information = information;
	path->is_seen[i] = z != NULL;
	path->z[i] = z ? fabs(*z) : 0;
	path->count++;
}

static int z_of(double *out, const pv_result_test *test,
		const pv_result_table *table, const pv_result_ask *ask,
		pv_error *err)
{
	pv_result_test one = { .a = test->a,
			       .b = test->b,
			       .metric = test->metric,
			       .role = test->role };
	int rc = pv_result_test_make(&one, table, ask, err);

	*out = one.status == PV_STATS_KNOWN ? one.statistic : 0;
	return rc;
}

/* What was not looked at, or cannot be known, has no z. */
static void assume_looks(struct path *path, int64_t looks, double now)
{
	for (int64_t k = 1; k <= looks && (double)k / (double)looks < now; k++)
		add_look(path, (double)k / (double)looks, NULL);
}

/* The first look at which each planned part was there. */
static int find_looks(struct path *path, const pv_result_test *test,
		      const pv_result_table *tables, size_t count,
		      const pv_result_ask *ask, pv_error *err)
{
	size_t next = 0;
	int rc = PV_OK;

	for (int64_t k = 1; k <= ask->looks && rc == PV_OK; k++) {
		double part = (double)k / (double)ask->looks;
		double have = 0;
		double z = 0;

		for (; next < count && rc == PV_OK; next++) {
			rc = information(&have, &tables[next], ask, test, err);
			if (have >= part)
				break;
		}
		if (next == count || rc < 0)
			break;
		rc = z_of(&z, test, &tables[next], ask, err);
		add_look(path, have, &z);
	}
	return rc;
}

static int find_path(struct path *path, const pv_result_test *test,
		     const pv_result_table *tables, size_t count,
		     const pv_result_ask *ask, pv_error *err)
{
	double now = 0;
	int rc = information(&now, &tables[count - 1], ask, test, err);

	if (rc == PV_OK && count > 1)
		rc = find_looks(path, test, tables, count, ask, err);
	else if (rc == PV_OK)
		assume_looks(path, ask->looks, now);
	if (rc == PV_OK)
		add_look(path, now, &test->statistic);
	return rc;
}

/* By how much the bounds at an alpha were crossed, at the look that is best. */
static int excess_at(double *out, struct path *path, double ln_alpha,
		     pv_error *err)
{
	int rc = pv_stats_group_bounds(path->looks, path->count, exp(ln_alpha),
				       PV_STATS_OBRIEN_FLEMING, 0, err);

	*out = -INFINITY;
	for (size_t i = 0; i < path->count && rc == PV_OK; i++)
		if (path->is_seen[i])
			*out = fmax(*out, path->z[i] - path->looks[i].z);
	return rc;
}

/* No alpha below the p of the best look by itself can do. */
static int least_alpha(double *out, const struct path *path, pv_error *err)
{
	double z = 0;
	double p;
	int rc;

	for (size_t i = 0; i < path->count; i++)
		z = fmax(z, path->z[i]);
	rc = pv_stats_norm_two_sided(&p, NULL, z, err);
	*out = log(fmin(0.99, fmax(p, 1e-12)));
	return rc;
}

/*
 * Between two logarithms of alpha, by the Illinois method: the excess rises
 * with alpha, and is nearly a line.
 */
static int find_p(double *out, struct path *path, pv_error *err)
{
	double high = log(0.999);
	double low = 0;
	double above = 0;
	double below = 0;
	int side = 0;
	int rc = least_alpha(&low, path, err);

	*out = 1;
	if (rc == PV_OK)
		rc = excess_at(&above, path, high, err);
	if (rc == PV_OK)
		rc = excess_at(&below, path, low, err);
	if (rc < 0 || above < 0)
		return rc;
	for (int i = 0;
	     i < STEPS && below < 0 && above > 1e-9 && high - low > 1e-7; i++) {
		double next = low - below * (high - low) / (above - below);
		double excess;

		rc = excess_at(&excess, path, next, err);
		if (rc < 0)
			return rc;
		/* An end that stays twice is halved, lest it stay for ever. */
		if (excess < 0) {
			low = next;
			below = excess;
			above /= side < 0 ? 2 : 1;
			side = -1;
		} else {
			high = next;
			above = excess;
			below /= side > 0 ? 2 : 1;
			side = 1;
		}
	}
	*out = exp(below < 0 ? high : low);
	return PV_OK;
}

int pv_result_test_group(pv_result_test *test, const pv_result_table *tables,
			 size_t count, const pv_result_ask *ask, pv_error *err)
{
	struct path path = { .count = 0 };
	double bound;
	int rc;

	if (test->status != PV_STATS_KNOWN)
		return PV_OK;
	rc = find_path(&path, test, tables, count, ask, err);
	if (rc < 0 || !path.count)
		return rc;
	rc = find_p(&test->p, &path, err);
	if (rc < 0)
		return rc;
	rc = pv_stats_group_bounds(path.looks, path.count, ask->experiment->alpha,
				   PV_STATS_OBRIEN_FLEMING, 0, err);
	if (rc < 0)
		return rc;
	bound = path.looks[path.count - 1].z;
	test->interval.low = test->difference - bound * test->error;
	test->interval.high = test->difference + bound * test->error;
	return PV_OK;
}
