/* SPDX-License-Identifier: MIT
 *
 * Any bytes as the file of an experiment: what is read can be assigned by, and
 * each step of its life makes a file that is read again, or says why not.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <pv/experiment_file.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Later than what a file that was made by hand has. */
static const int64_t now = 4000000000000000;

static void route(const pv_experiment *experiment)
{
	const pv_attribute attributes[] = { { "country", "de" },
					    { "age", "30" },
					    { "app", "2.1.0" } };
	pv_route_request request = { .unit = "u1",
				     .unit_len = 2,
				     .attributes = attributes,
				     .attribute_count = 3,
				     .now = now };
	pv_route out;

	pv_experiment_route(&out, experiment, &request);
	if (out.variant >= experiment->variant_count ||
	    !*pv_route_reason_name(&out))
		abort();
}

/* What a step wrote is an experiment. */
static void must_read(pv_buf *text, int rc)
{
	pv_experiment *made = NULL;

	if (rc == PV_OK &&
	    pv_experiment_parse(&made, "tone", text->ptr, text->len, NULL) < 0)
		abort();
	pv_experiment_free(made);
	pv_buf_dispose(text);
}

static void live(const pv_experiment *it)
{
	static const char oid[] = "0123456789012345678901234567890123456789";
	const char *commits[PV_VARIANTS_MAX];
	const char *weights[PV_VARIANTS_MAX];
	pv_buf text = { 0 };
	uint32_t moved;

	for (size_t i = 0; i < PV_VARIANTS_MAX; i++) {
		commits[i] = oid;
		weights[i] = i % 2 ? "2.5" : "1";
	}
	must_read(&text, pv_experiment_start(&text, it, commits, now, NULL));
	must_read(&text, pv_experiment_resume(&text, it, now, NULL));
	must_read(&text, pv_experiment_ramp(&text, it, "12.5", now, NULL));
	must_read(&text,
		  pv_experiment_reweight(&text, &moved, it, weights, now, NULL));
	for (int i = 0; i < PV_EXPERIMENT_STATUSES; i++)
		must_read(&text, pv_experiment_end(&text, it,
						   (enum pv_experiment_status)i,
						   now, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_experiment *experiment = NULL;

	if (pv_experiment_parse(&experiment, "tone", (const char *)data, size,
				NULL) < 0)
		return 0;
	if (pv_assign_plan_check(&experiment->plan, NULL) == PV_OK)
		route(experiment);
	live(experiment);
	pv_experiment_free(experiment);
	return 0;
}
