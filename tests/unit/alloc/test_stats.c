/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the statistics made to fail.
 */
#include "alloc/walk.h"

#include <pv/analytics.h>
#include <pv/culprit.h>

static const double values[] = { 1, 2.5, 3, 3, 7 };

static int trend(void *scene, pv_error *err)
{
	pv_stats_trend got;
	int rc = pv_stats_trend_of(&got, values, values, 5, err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%g %g", got.s, got.slope);
	return rc;
}

static int find_course(void *scene, pv_error *err)
{
	static const double x[] = { 0, 1, 2, 3 };
	static const double y[] = { 1, 3, 2, 5 };
	pv_course course;
	int rc = pv_course_find(&course, x, y, 4, err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%.3f", course.slope);
	return rc;
}

static int ranks(void *scene, pv_error *err)
{
	pv_stats_ranks got;
	int rc = pv_stats_mann_whitney(&got, values, 3, values + 4, 1, err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%g %g", got.u_treatment, got.p_exact);
	return rc;
}

static int adjust(void *scene, pv_error *err)
{
	const double p[] = { 0.01, 0.2, -1 };
	double got[3] = { 0 };
	int rc = pv_stats_adjust(got, p, 3, PV_STATS_HOLM, err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%g %g %g", got[0], got[1], got[2]);
	return rc;
}

static int culprit(void *scene, pv_error *err)
{
	static const size_t parent;
	const pv_culprit_state states[] = { { 9, 8, 1 }, { 9, 5, 1 } };
	const pv_culprit_change changes[] = { { 0, NULL, 0, 0 },
					      { 1, &parent, 1, 1 } };
	const pv_culprit_query query = { .states = states,
					 .state_count = 2,
					 .changes = changes,
					 .change_count = 2,
					 .drop = 1 };
	double chances[2];
	pv_culprit got;
	int rc = pv_culprit_find(&got, chances, &query, err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%g %g", got.none, chances[1]);
	return rc;
}

static void test_alloc_stats__fails_cleanly(void **state)
{
	static const struct walk_row rows[] = {
		{ WALK(pv_stats_trend_of, trend) },
		{ WALK(pv_course_find, find_course) },
		{ WALK(pv_stats_mann_whitney, ranks) },
		{ WALK(pv_stats_adjust, adjust) },
		{ WALK(pv_culprit_find, culprit) },
	};
	const struct walk_setting setting = { 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_stats__fails_cleanly),
	};

	walk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
