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
	STEPS = 30 /* of the search for p, which is to 1e-8 then */
};

struct path {
	pv_stats_look looks[LOOKS_MAX];
	double z[LOOKS_MAX];
	int is_seen[LOOKS_MAX]; /* z is known */
	size_t count;
};

/* The part of the planned sample that the smaller side has. */
static double information(const pv_result_table *table,
			  const pv_result_ask *ask, const pv_result_test *test)
{
	double a = (double)pv_result_counted(table, test->a);
	double b = (double)pv_result_counted(table, test->b);

	return fmin(1, fmin(a, b) / (double)ask->experiment->minimum_sample);
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
		double z;

		while (next < count &&
		       information(&tables[next], ask, test) < part)
			next++;
		if (next == count)
			break;
		rc = z_of(&z, test, &tables[next], ask, err);
		add_look(path, information(&tables[next], ask, test), &z);
	}
	return rc;
}

static int find_path(struct path *path, const pv_result_test *test,
		     const pv_result_table *tables, size_t count,
		     const pv_result_ask *ask, pv_error *err)
{
	double now = information(&tables[count - 1], ask, test);
	int rc = PV_OK;

	if (count > 1)
		rc = find_looks(path, test, tables, count, ask, err);
	else
		assume_looks(path, ask->looks, now);
	if (rc == PV_OK)
		add_look(path, now, &test->statistic);
	return rc;
}

/* Whether a bound at this alpha was crossed. */
static int is_crossed(int *out, struct path *path, double alpha, pv_error *err)
{
	int rc = pv_stats_group_bounds(path->looks, path->count, alpha,
				       PV_STATS_OBRIEN_FLEMING, 0, err);

	*out = 0;
	for (size_t i = 0; i < path->count && rc == PV_OK; i++)
		*out |= path->is_seen[i] && path->z[i] >= path->looks[i].z;
	return rc;
}

static int find_p(double *out, struct path *path, pv_error *err)
{
	double low = log(1e-12);
	double high = log(0.999);

	for (int i = 0; i < STEPS; i++) {
		double middle = (low + high) / 2;
		int crossed;
		int rc = is_crossed(&crossed, path, exp(middle), err);

		if (rc < 0)
			return rc;
		if (crossed)
			high = middle;
		else
			low = middle;
	}
	*out = high >= log(0.999) ? 1 : exp(high);
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
