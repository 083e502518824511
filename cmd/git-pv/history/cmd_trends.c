/* SPDX-License-Identifier: MIT
 *
 * `git pv trends`: one number of a prompt over time, with the releases in
 * between, and whether it goes up or down.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "history/trends.h"

enum {
	DAYS = 30,
	POINTS_MAX = 1000
};

static const char *const grains[] = { "hour", "day", "week", NULL };

static const cli_option options[] = {
	{ 0, "metric", CLI_STRING, FIGURES_OPTION(metric), "NAME",
	  "follow this number; latency when not given" },
	{ 0, "grain", CLI_ENUM, FIGURES_OPTION(grain), "G",
	  "one point for each hour, day (default) or week", grains },
	FIGURES_TIMES("of the last N days; 30"),
	FIGURES_FILTERS,
	FIGURES_CACHED,
	{ 0, "svg", CLI_STRING, FIGURES_OPTION(svg), "FILE",
	  "draw it into a file" },
	{ 0 },
};

const cli_usage cmd_trends_usage = {
	.synopsis = { "git pv trends ID [--metric NAME] [--grain G] "
		      "[--days N | --since TIME | --window SPAN] "
		      "[--until TIME] [--version V] [--env E] "
		      "[--variant NAME] [--experiment ID] [--model NAME] "
		      "[--provider NAME] [--include-cached] [--svg FILE] "
		      "[--json]" },
	.examples = { "git pv trends support/triage --metric quality",
		      "git pv trends support/triage --days 90 --svg "
		      "latency.svg" },
	.options = options,
	.args = "ID",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* --- the series ----------------------------------------------------------- */

static int take_points(struct trend_view *it)
{
	size_t all = pv_usages_count(it->usages);
	int64_t first = 0;

	it->points = pv_calloc(all + 1, sizeof(*it->points));
	if (!it->points)
		return pv_fail_nomem(&it->cli->err);
	for (size_t i = 0; i < all; i++) {
		const pv_usage *usage = pv_usages_at(it->usages, i);
		pv_measure measure = figures_metric_of(&it->metric, usage);
		struct trend_point *point = &it->points[it->count];

		if (!measure.n)
			continue;
		first = it->count ? first : usage->start;
		point->usage = usage;
		point->day = (double)(usage->start - first) / 86400e6;
		point->value = measure.mean;
		point->n = measure.n;
		it->count++;
	}
	if (it->count <= POINTS_MAX)
		return PV_OK;
	return cli_usage_error(it->cli,
			       "%zu points are more than can be judged; take a "
			       "coarser --grain or a shorter time",
			       it->count);
}

static int find_course(struct trend_view *it)
{
	double *values = pv_calloc(2 * it->count + 1, sizeof(*values));
	double *days;
	double sign = it->metric.less_is_better ? -1 : 1;
	int rc;

	if (!values)
		return pv_fail_nomem(&it->cli->err);
	days = values + it->count;
	for (size_t i = 0; i < it->count; i++) {
		values[i] = it->points[i].value;
		days[i] = it->points[i].day;
	}
	rc = pv_course_find(&it->course, days, values, it->count, &it->cli->err);
	pv_free(values);
	if (rc < 0 || it->count < TREND_LEAST || !it->course.is_known)
		return rc;
	it->verdict = TREND_FLAT;
	if (it->course.p < 0.05)
		it->verdict = sign * it->course.tau > 0 ? TREND_IMPROVING
							: TREND_WORSENING;
	return PV_OK;
}

/* --- releases ------------------------------------------------------------- */

/* Those of the time that there are points of. */
static int take_markers(struct trend_view *it)
{
	const pv_version_list *list = &it->versions;
	int64_t from = it->count ? it->points[0].usage->start : 0;
	int rc = pv_version_list_load(&it->versions, it->cli->store,
				      &it->cli->settings, it->id, &it->cli->err);

	if (rc < 0)
		return rc;
	it->markers = pv_calloc(list->count + 1, sizeof(*it->markers));
	if (!it->markers)
		return pv_fail_nomem(&it->cli->err);
	for (size_t i = list->count; i > 0; i--) {
		const pv_version_info *info = &list->items[i - 1];
		struct trend_marker *marker = &it->markers[it->marker_count];

		marker->when = info->tagger.when * 1000000;
		marker->version = info->text;
		marker->former = i < list->count ? list->items[i].text : NULL;
		if (it->count && marker->when >= from &&
		    marker->when <= pv_usages_total(it->usages)->last_used)
			it->marker_count++;
	}
	return PV_OK;
}

/* --- the command ---------------------------------------------------------- */

static int write_svg(const struct trend_view *it, const char *path)
{
	pv_buf out = { 0 };
	int rc;

	trends_svg(&out, it);
	rc = pv_buf_status(&out, &it->cli->err);
	if (rc == PV_OK)
		rc = pv_file_output(path, out.ptr, out.len, &it->cli->err);
	pv_buf_dispose(&out);
	return rc;
}

static int tell(struct trend_view *it, const figures_options *opts)
{
	int rc = take_points(it);

	if (rc == PV_OK)
		rc = find_course(it);
	if (rc == PV_OK)
		rc = take_markers(it);
	if (rc == PV_OK && opts->svg)
		rc = write_svg(it, opts->svg);
	if (rc < 0)
		return rc;
	return it->cli->json ? trends_print_json(it) : trends_print(it);
}

static int run(struct trend_view *it, figures_options *opts)
{
	pv_cli *cli = it->cli;
	figures_query asked;
	int rc;

	if (opts->days < 0 && !opts->since && !opts->window)
		opts->days = DAYS;
	rc = figures_query_read(&asked, cli, opts, it->id);
	it->grain = opts->grain ? grains[opts->grain - 1] : "day";
	asked.query.by = it->grain;
	if (rc == PV_OK)
		rc = figures_metric_find(&it->metric, cli,
					 opts->metric ? opts->metric : "latency");
	if (rc == PV_OK)
		rc = figures_read(&it->usages, cli, &asked.query, it->id);
	if (rc == PV_OK)
		rc = tell(it, opts);
	pv_free(asked.matches);
	return rc;
}

int cmd_trends(pv_cli *cli, int argc, char **argv)
{
	figures_options opts = { .days = -1 };
	struct trend_view it = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK) {
		it.id = argv[0];
		rc = run(&it, &opts);
	}
	pv_usages_free(it.usages);
	pv_version_list_dispose(&it.versions);
	pv_free(it.points);
	pv_free(it.markers);
	cli_list_dispose(&opts.matches);
	return rc;
}
