/* SPDX-License-Identifier: MIT
 *
 * Corrections of p-values for the number of tests. All but Bonferroni's walk
 * the sorted values once: Holm's up with a running maximum, the others down
 * with a running minimum; only the factor differs.
 */
#include <math.h>
#include <stdlib.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "base/mem.h"

struct row {
	double p;
	size_t idx;
};

static int by_p(const void *a, const void *b)
{
	const struct row *left = a;
	const struct row *right = b;

	if (left->p != right->p)
		return left->p < right->p ? -1 : 1;
	return left->idx < right->idx ? -1 : left->idx > right->idx;
}

/* What the p of rank `k` (from 1) of `m` is multiplied by. */
static double factor_of(enum pv_stats_correction method, size_t k, size_t m,
			double harmonic)
{
	double rank = (double)k;
	double count = (double)m;

	switch (method) {
	case PV_STATS_BONFERRONI:
		return count;
	case PV_STATS_HOLM:
	case PV_STATS_HOCHBERG:
		return count - rank + 1;
	case PV_STATS_BH:
		return count / rank;
	case PV_STATS_BY:
		return harmonic * count / rank;
	}
	return 1;
}

static void adjust_sorted(double *out, const struct row *rows, size_t m,
			  enum pv_stats_correction method)
{
	int is_rising = method == PV_STATS_HOLM;
	double harmonic = 0;
	double bound = is_rising ? 0 : 1;

	for (size_t k = 1; k <= m; k++)
		harmonic += 1 / (double)k;
	for (size_t i = 0; i < m; i++) {
		size_t at = is_rising || method == PV_STATS_BONFERRONI
				    ? i
				    : m - 1 - i;
		double p = rows[at].p * factor_of(method, at + 1, m, harmonic);

		p = fmin(p, 1);
		if (method != PV_STATS_BONFERRONI)
			p = is_rising ? fmax(p, bound) : fmin(p, bound);
		bound = p;
		out[rows[at].idx] = p;
	}
}

int pv_stats_adjust(double *out, const double *p, size_t count,
		    enum pv_stats_correction method, pv_error *err)
{
	struct row *rows = pv_calloc(count, sizeof(*rows));
	size_t m = 0;

	if (!rows)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		if (!(p[i] <= 1) || isinf(p[i])) {
			pv_free(rows);
			return pv_fail(err, PV_EINVALID, "p is above 1");
		}
	for (size_t i = 0; i < count; i++) {
		out[i] = p[i];
		if (p[i] >= 0) {
			rows[m].p = p[i];
			rows[m++].idx = i;
		}
	}
	qsort(rows, m, sizeof(*rows), by_p);
	adjust_sorted(out, rows, m, method);
	pv_free(rows);
	return PV_OK;
}
