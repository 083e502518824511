/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the results of an experiment, and of telling them, made
 * to fail.
 */
#include "alloc/walk.h"
#include "experiment/arms.h"

/* Results to be told. */
struct scene {
	pv_experiment *experiment;
	struct arms arms;
	pv_results *results;
};

static const pv_trial_bin bins[] = { { 1, 400 }, { 2, 600 } };
static const pv_trial_model models[] = { { "p", "m", 1000, 1, 2 } };

static void begin(void *payload)
{
	static const char text[] =
		"prompt: a\n"
		"variants: {control: main, new: side}\n"
		"metrics: {primary: [quality, latency_p95], guardrails: [cost]}\n"
		"split: [1, 1]\n";
	struct scene *scene = payload;
	pv_result_data data;

	memset(scene, 0, sizeof(*scene));
	scene->experiment = arms_experiment(text);
	for (int i = 0; i < 2; i++) {
		pv_stats_moments values = arms_sample(1000, 6 + i, 1);
		pv_trial_arm *arm =
			arms_add(&scene->arms, i ? "new" : "control", -1, 1000);

		arm->segment = i ? "de" : "fr";
		arm->models = models;
		arm->model_count = 1;
		arms_metric(&scene->arms, "quality", &values)->missing = i * 500;
		arms_metric(&scene->arms, "latency", &values)->bins = bins;
		scene->arms.metrics[i][1].bin_count = 2;
	}
	data = arms_data(&scene->arms);
	assert_int_equal(pv_results_compute(&scene->results, scene->experiment,
					    &data, NULL, NULL),
			 PV_OK);
}

static void end(void *payload, int rc)
{
	struct scene *scene = payload;

	(void)rc;
	pv_results_free(scene->results);
	pv_experiment_free(scene->experiment);
}

static int compute(void *payload, pv_error *err)
{
	static const char *const secondaries[] = { "cost" };
	struct scene *scene = payload;
	pv_result_data data = arms_data(&scene->arms);
	pv_result_query query = { .is_pairwise = 1,
				  .by_segment = 1,
				  .rows_until = "x",
				  .secondaries = secondaries,
				  .secondary_count = 1,
				  .looks = &data,
				  .look_count = 1,
				  .has_method = 1,
				  .method = PV_METHOD_GROUP_SEQUENTIAL };
	pv_results *results;
	int rc = pv_results_compute(&results, scene->experiment, &data, &query,
				    err);

	if (rc == PV_OK)
		walk_say("%s %zu %zu", results->reason, results->test_count,
			 results->segment_count);
	pv_results_free(results);
	return rc;
}

static int told(pv_buf *text, int rc)
{
	if (rc == PV_OK)
		walk_say("%zu", text->len);
	pv_buf_dispose(text);
	return rc;
}

static int to_json(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_buf text = { 0 };

	return told(&text, pv_results_json(&text, scene->results, err));
}

static int from_json(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_results *again = NULL;
	pv_buf text = { 0 };
	int rc = pv_results_json(&text, scene->results, err);

	if (rc == PV_OK)
		rc = pv_results_parse(&again, scene->experiment,
				      pv_buf_text(&text), text.len, 1 << 20, err);
	if (rc == PV_OK)
		walk_say("%s %zu", again->reason, again->warning_count);
	pv_results_free(again);
	pv_buf_dispose(&text);
	return rc;
}

static int to_markdown(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_buf text = { 0 };

	return told(&text, pv_results_markdown(&text, scene->results, err));
}

static int to_svg(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_buf text = { 0 };

	return told(&text, pv_results_svg(&text, scene->results, err));
}

static int to_html(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_buf text = { 0 };

	return told(&text, pv_results_html(&text, scene->results, err));
}

static int put_value(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_buf text = { 0 };

	pv_result_put_value(&text, &scene->results->metrics[0], 1.5);
	return told(&text, pv_buf_status(&text, err));
}

static void test_alloc_results__fails_cleanly(void **state)
{
	static const struct walk_row rows[] = {
		{ WALK(pv_results_compute, compute) },
		{ WALK(pv_results_json, to_json) },
		{ WALK(pv_results_parse, from_json) },
		{ WALK(pv_results_markdown, to_markdown) },
		{ WALK(pv_results_svg, to_svg) },
		{ WALK(pv_results_html, to_html) },
		{ WALK(pv_result_put_value, put_value) },
	};
	struct scene scene = { 0 };
	const struct walk_setting setting = { &scene, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_results__fails_cleanly),
	};

	walk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
