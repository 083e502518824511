/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment power`: how long an experiment will take, by each way of
 * reading it, or what it can find in a given time. Of one that is there, its
 * file and what was recorded of it say what the options do not.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pv/results.h>

#include "base/mem.h"
#include "experiment/experiment_results.h"
#include "experiment/experiment_verbs.h"

struct power_options {
	const char *mde;
	const char *days;
	const char *sd;
	const char *baseline;
	const char *per_day;
	const char *alpha;
	const char *power;
	int variants;
	int metrics;
};

#define FIELD(name) offsetof(struct power_options, name)

static const cli_option options[] = {
	{ 0, "mde", CLI_STRING, FIELD(mde), "D",
	  "the least difference worth seeing" },
	{ 0, "days", CLI_STRING, FIELD(days), "N",
	  "instead: what can be found in so many days" },
	{ 0, "sd", CLI_STRING, FIELD(sd), "S",
	  "of a mean: the standard deviation of a unit" },
	{ 0, "baseline", CLI_STRING, FIELD(baseline), "P",
	  "of a share: what it is now, 0 to 1" },
	{ 0, "per-day", CLI_STRING, FIELD(per_day), "N",
	  "units a day, of all variants together" },
	{ 0, "variants", CLI_INT, FIELD(variants), "N", "with the control; 2" },
	{ 0, "metrics", CLI_INT, FIELD(metrics), "N",
	  "primary ones, corrected together; 1" },
	{ 0, "alpha", CLI_STRING, FIELD(alpha), "A", "0.05" },
	{ 0, "power", CLI_STRING, FIELD(power), "P", "0.8" },
	{ 0 },
};

#undef FIELD

const cli_usage experiment_power_usage = {
	.synopsis = { "git pv experiment power [ID] [--mde D|--days N] [--sd S | "
		      "--baseline P] [--per-day N] [--variants N] [--metrics N] "
		      "[--alpha A] [--power P] [--json]" },
	.examples = { "git pv experiment power --baseline 0.9 --mde 0.02 "
		      "--per-day 800",
		      "git pv experiment power --sd 1.5 --days 14 "
		      "--per-day 800" },
	.options = options,
	.args = "power [ID]",
	.min_args = 1,
	.max_args = 2,
};

int experiment_number(double *out, pv_cli *cli, const char *option,
		      const char *text)
{
	pv_json_doc *doc = NULL;
	enum pv_json_type type;
	int rc;

	if (!text)
		return PV_OK;
	rc = pv_json_parse(&doc, text, strlen(text), NULL);
	if (rc == PV_ENOMEM)
		return pv_json_parse(&doc, text, strlen(text), &cli->err);
	type = rc == PV_OK ? pv_json_type_of(pv_json_root(doc)) : PV_JSON_NULL;
	if (type == PV_JSON_INT || type == PV_JSON_REAL)
		*out = pv_json_real(pv_json_root(doc), 0);
	else
		rc = cli_usage_error(cli, "%s \"%.40s\" is no number", option,
				     text);
	pv_json_free(doc);
	return rc;
}

/* --- what is known of one that is there ------------------------------------ */

struct known {
	double least;   /* the part of the traffic of the variant with least */
	int64_t have;   /* the least that a variant has by now */
	int64_t span;   /* microseconds of what was recorded */
	int is_started; /* something was recorded */
};

/* The part of the traffic that the variant with least of it has. */
static int least_share(double *out, pv_cli *cli, const pv_experiment *experiment)
{
	double least = INFINITY;
	double sum = 0;

	for (size_t i = 0; i < experiment->variant_count; i++) {
		double weight = 0;
		int rc = experiment_number(&weight, cli, "the weight",
					   experiment->variants[i].weight);

		if (rc < 0)
			return rc;
		sum += weight;
		least = fmin(least, weight);
	}
	*out = sum > 0 ? least / sum : 0;
	return PV_OK;
}

/* The control's figure in the first metric: a share, or how much it varies. */
static void take_figure(pv_result_plan *plan, const pv_results *results)
{
	const pv_result_estimate *control;

	if (!results->metric_count)
		return;
	control = &results->variants[results->control].estimates[0];
	if (control->n < 2)
		return;
	if (results->metrics[0].kind == PV_RESULT_SHARE)
		plan->baseline = control->value;
	else
		plan->sd = control->error * sqrt((double)control->n);
}

/* What counts are units with a value of what decides. */
static void take_counts(pv_result_plan *plan, struct known *known,
			const pv_results *results)
{
	const double day = 86400e6;
	double days = (double)(results->until - results->since) / day;
	int64_t units = 0;

	known->have = INT64_MAX;
	for (size_t i = 0; i < results->variant_count; i++) {
		const pv_result_variant *it = &results->variants[i];

		units += it->have;
		if (!it->is_out && it->have < known->have)
			known->have = it->have;
	}
	known->is_started = results->executions > 0;
	known->span = results->until - results->since;
	/* A rate of less than a day's traffic is none. */
	plan->per_day = days >= 1 ? (double)units / days : 0;
}

static int take_recorded(pv_result_plan *plan, struct known *known, pv_cli *cli,
			 const pv_experiment *experiment)
{
	pv_results *results = NULL;
	int rc = experiment_results_read(&results, cli, experiment, NULL);

	if (rc == PV_OK) {
		plan->minimum = results->minimum;
		plan->n_star = results->n_star;
		take_counts(plan, known, results);
		take_figure(plan, results);
	}
	pv_results_free(results);
	return rc;
}

static int take_experiment(pv_result_plan *plan, struct known *known,
			   pv_cli *cli, const char *id)
{
	pv_experiment *experiment = NULL;
	int rc = cli_open_store(cli);

	if (rc == PV_OK)
		rc = experiment_load(&experiment, cli, id);
	if (rc == PV_OK) {
		plan->alpha = experiment->alpha;
		plan->power = experiment->power;
		plan->mde = experiment->mde;
		plan->variants = (int)experiment->variant_count;
		plan->primaries = (int)experiment->primary_count;
		rc = least_share(&known->least, cli, experiment);
	}
	if (rc == PV_OK)
		rc = take_recorded(plan, known, cli, experiment);
	pv_experiment_free(experiment);
	return rc;
}

/* --- what is asked ---------------------------------------------------------- */

/* What is given takes the place of what is known instead. */
static int read_numbers(pv_result_plan *out, pv_cli *cli,
			const struct power_options *opts)
{
	const struct {
		double *to;
		double *instead;
		const char *name;
		const char *text;
	} numbers[] = {
		{ &out->mde, &out->days, "--mde", opts->mde },
		{ &out->days, &out->mde, "--days", opts->days },
		{ &out->sd, &out->baseline, "--sd", opts->sd },
		{ &out->baseline, &out->sd, "--baseline", opts->baseline },
		{ &out->per_day, NULL, "--per-day", opts->per_day },
		{ &out->alpha, NULL, "--alpha", opts->alpha },
		{ &out->power, NULL, "--power", opts->power },
	};
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(numbers) && rc == PV_OK; i++) {
		if (!numbers[i].text)
			continue;
		if (numbers[i].instead)
			*numbers[i].instead = 0;
		rc = experiment_number(numbers[i].to, cli, numbers[i].name,
				       numbers[i].text);
	}
	return rc;
}

/* Who asks how long it takes is to know why that cannot be said. */
static void note_rate(pv_cli *cli, const struct known *known)
{
	const int64_t minute = 60 * INT64_C(1000000);
	int64_t minutes = known->span / minute;

	if (known->is_started && minutes < 24 * INT64_C(60))
		cli_note(cli,
			 "what was recorded is of %lld %s, and a day of it says "
			 "how many units come: give --per-day N",
			 (long long)(minutes < 120 ? minutes : minutes / 60),
			 minutes < 120 ? "minutes" : "hours");
}

static int read_plan(pv_result_plan *out, struct known *known, pv_cli *cli,
		     const struct power_options *opts, const char *id)
{
	int rc = PV_OK;

	if (opts->mde && opts->days)
		return cli_usage_error(cli, "power needs either --mde or --days");
	if (opts->sd && opts->baseline)
		return cli_usage_error(cli, "power needs either --sd (of a "
					    "mean) or --baseline (of a share)");
	if (id)
		rc = take_experiment(out, known, cli, id);
	if (rc == PV_OK)
		rc = read_numbers(out, cli, opts);
	if (rc < 0)
		return rc;
	if (opts->variants)
		out->variants = opts->variants;
	if (opts->metrics)
		out->primaries = opts->metrics;
	if (!opts->mde && !opts->days && out->mde == 0)
		return cli_usage_error(cli, "power needs either --mde or --days");
	if (!opts->sd && !opts->baseline && out->sd == 0 && out->baseline == 0)
		return cli_usage_error(cli, "power needs either --sd (of a "
					    "mean) or --baseline (of a share)");
	if (id && !opts->per_day)
		note_rate(cli, known);
	/* Planned are equal parts: those of the variant that waits longest. */
	if (known->least > 0 && !opts->variants)
		out->per_day *= known->least * out->variants;
	return PV_OK;
}

static void put_number(pv_jsonw *w, const char *key, double value, int is_known)
{
	pv_jsonw_key(w, key);
	if (is_known)
		pv_jsonw_real(w, value);
	else
		pv_jsonw_null(w);
}

/* Days from now on, at the rate so far; -1: unknown. */
static double days_left(const pv_result_need *need, const pv_result_plan *plan,
			const struct known *known)
{
	int variants = plan->variants ? plan->variants : 2;
	double missing = (double)(need->n - known->have);

	if (!known->is_started || plan->per_day <= 0)
		return -1;
	return missing > 0 ? ceil(missing * variants / plan->per_day) : 0;
}

static void print_json(pv_cli *cli, const pv_result_need *needs,
		       const pv_result_plan *plan, const struct known *known)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	put_number(&w, "minimum", (double)plan->minimum, plan->minimum > 0);
	put_number(&w, "n_star", plan->n_star, plan->n_star > 0);
	put_number(&w, "have", (double)known->have, known->is_started);
	put_number(&w, "alpha", plan->alpha == 0 ? 0.05 : plan->alpha, 1);
	put_number(&w, "power", plan->power == 0 ? 0.8 : plan->power, 1);
	put_number(&w, "per_day", plan->per_day, plan->per_day > 0);
	put_number(&w, "sd", plan->sd, plan->sd > 0);
	put_number(&w, "baseline", plan->baseline, plan->baseline > 0);
	pv_jsonw_key(&w, "needs");
	pv_jsonw_array(&w);
	for (int i = 0; i < PV_RESULT_NEEDS; i++) {
		double left = days_left(&needs[i], plan, known);

		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "method",
				pv_experiment_method_name(needs[i].method));
		pv_jsonw_key(&w, "n");
		pv_jsonw_int(&w, needs[i].n);
		put_number(&w, "days", needs[i].days, needs[i].days > 0);
		put_number(&w, "days_left", left, left >= 0);
		put_number(&w, "mde", needs[i].mde, 1);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void put_days(pv_cli *cli, double days, int is_known)
{
	if (is_known)
		cli_printf(cli, " %7.0f", days);
	else
		cli_printf(cli, " %7s", "-");
}

static void print(pv_cli *cli, const pv_result_need *needs,
		  const pv_result_plan *plan, const struct known *known)
{
	static const char *const says[] = {
		"look as often as you like",
		"look once, at the end",
		"look five times, evenly spaced",
	};

	cli_printf(cli, "%s%-17s %10s %10s %7s", cli_color(cli, CLI_COLOR_BOLD),
		   "read-out", "difference", "n each", "days");
	cli_printf(cli, "%s%s\n", known->is_started ? "    left" : "",
		   cli_color(cli, CLI_COLOR_RESET));
	for (int i = 0; i < PV_RESULT_NEEDS; i++) {
		double left = days_left(&needs[i], plan, known);

		cli_printf(cli, "%-17s %10.4g %10lld",
			   pv_experiment_method_name(needs[i].method),
			   needs[i].mde, (long long)needs[i].n);
		put_days(cli, needs[i].days, needs[i].days > 0);
		if (known->is_started)
			put_days(cli, left, left >= 0);
		cli_printf(cli, "  %s\n", says[needs[i].method]);
	}
	if (plan->minimum > 0)
		cli_printf(cli,
			   "nothing is decided before each variant has %lld\n",
			   (long long)plan->minimum);
}

int experiment_power(pv_cli *cli, int argc, char **argv)
{
	struct power_options opts = { 0 };
	pv_result_need needs[PV_RESULT_NEEDS];
	pv_result_plan plan = { 0 };
	struct known known = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != 0)
		return rc;
	rc = read_plan(&plan, &known, cli, &opts, argc > 1 ? argv[1] : NULL);
	if (rc == PV_OK)
		rc = pv_results_plan(needs, &plan, &cli->err);
	if (rc == PV_OK && cli->json)
		print_json(cli, needs, &plan, &known);
	else if (rc == PV_OK)
		print(cli, needs, &plan, &known);
	return rc;
}
