/* SPDX-License-Identifier: MIT
 *
 * A trend in JSON, as a line of blocks, and in words; see trends.h.
 */
#include "history/trends.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

const char *trend_verdict_name(enum trend_verdict verdict)
{
	static const char *const names[] = { "not-enough-data", "flat",
					     "improving", "worsening" };

	return names[verdict];
}

/* --- words ---------------------------------------------------------------- */

static double line_at(const struct trend_view *it, double day)
{
	return it->course.intercept + it->course.slope * day;
}

void trend_reason(pv_buf *out, const struct trend_view *it)
{
	const char *name = it->metric.name;
	char from[FIGURES_TEXT];
	char to[FIGURES_TEXT];

	if (it->verdict == TREND_UNKNOWN) {
		pv_buf_printf(out,
			      "%zu of at least %d points: too few to tell where "
			      "%s goes",
			      it->count, TREND_LEAST, name);
		return;
	}
	figures_value(from, &it->metric, line_at(it, 0), 1);
	figures_value(to, &it->metric,
		      line_at(it, it->points[it->count - 1].day), 1);
	if (it->verdict == TREND_FLAT)
		pv_buf_printf(out,
			      "%s neither rises nor falls for certain: "
			      "p = %.3f (Mann-Kendall)",
			      name, it->course.p);
	else
		pv_buf_printf(out,
			      "%s goes from %s to %s: %s (Mann-Kendall), "
			      "tau %.2f",
			      name, from, to,
			      it->course.p < 0.001 ? "p < 0.001" : "p < 0.05",
			      it->course.tau);
}

/* The mean of all before a time, or from it on; -1 without any. */
static int mean_beside(double *out, const struct trend_view *it, int64_t when,
		       int behind)
{
	double sum = 0;
	double n = 0;

	for (size_t i = 0; i < it->count; i++)
		if ((it->points[i].usage->start >= when) == behind) {
			sum += it->points[i].value * (double)it->points[i].n;
			n += (double)it->points[i].n;
		}
	*out = n > 0 ? sum / n : 0;
	return n > 0 ? 0 : -1;
}

/* The release behind which the number is worst against before; NULL. */
static const struct trend_marker *find_suspect(const struct trend_view *it,
					       double means[2])
{
	double sign = it->metric.less_is_better ? -1 : 1;
	const struct trend_marker *found = NULL;
	double worst = 0;

	for (size_t i = 0; i < it->marker_count; i++) {
		const struct trend_marker *marker = &it->markers[i];
		double before;
		double behind;

		if (mean_beside(&before, it, marker->when, 0) < 0 ||
		    mean_beside(&behind, it, marker->when, 1) < 0 ||
		    sign * (behind - before) >= worst)
			continue;
		worst = sign * (behind - before);
		means[0] = before;
		means[1] = behind;
		found = marker;
	}
	return found;
}

static int blame_release(pv_buf *out, const struct trend_view *it)
{
	double means[2];
	const struct trend_marker *suspect = find_suspect(it, means);
	char text[2][FIGURES_TEXT];

	if (!suspect) {
		pv_buf_printf(out,
			      "no release lies before it: see what else "
			      "changed, \"git pv performance %s --by model\"",
			      it->id);
		return 1;
	}
	figures_value(text[0], &it->metric, means[0], 1);
	figures_value(text[1], &it->metric, means[1], 1);
	pv_buf_printf(out, "it is %s before %s was released and %s since",
		      text[0], suspect->version, text[1]);
	if (suspect->former)
		pv_buf_printf(out, ": look at \"git pv compare %s %s %s\"",
			      it->id, suspect->former, suspect->version);
	return 1;
}

int trend_advice(pv_buf *out, const struct trend_view *it, int idx)
{
	if (idx > 0)
		return 0;
	switch (it->verdict) {
	case TREND_UNKNOWN:
		pv_buf_printf(out,
			      "record more executions that have it, or take "
			      "%s",
			      strcmp(it->grain, "hour") == 0
				      ? "a longer --window"
				      : "\"--grain hour\"");
		return 1;
	case TREND_WORSENING:
		return blame_release(out, it);
	case TREND_FLAT:
	case TREND_IMPROVING:
		break;
	}
	return 0;
}

/* --- JSON ----------------------------------------------------------------- */

static void put_points(pv_jsonw *w, const struct trend_view *it)
{
	char at[PV_TIME_TEXT];

	pv_jsonw_key(w, "series");
	pv_jsonw_array(w);
	for (size_t i = 0; i < it->count; i++) {
		pv_time_format(at, it->points[i].usage->start);
		pv_jsonw_object(w);
		pv_jsonw_member(w, "at", at);
		pv_jsonw_key(w, "n");
		pv_jsonw_int(w, it->points[i].n);
		figures_real(w, "value", it->points[i].value, 1);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_key(w, "releases");
	pv_jsonw_array(w);
	for (size_t i = 0; i < it->marker_count; i++) {
		pv_time_format(at, it->markers[i].when);
		pv_jsonw_object(w);
		pv_jsonw_member(w, "at", at);
		pv_jsonw_member(w, "version", it->markers[i].version);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_course(pv_jsonw *w, const struct trend_view *it)
{
	const pv_course *course = &it->course;

	figures_real(w, "slope_per_day", course->slope, course->is_known);
	figures_real(w, "p", course->p, course->is_known);
	figures_real(w, "tau", course->tau, course->is_known);
	pv_jsonw_member(w, "verdict", trend_verdict_name(it->verdict));
}

static int put_words(pv_jsonw *w, const struct trend_view *it)
{
	pv_buf text = { 0 };
	int rc;

	trend_reason(&text, it);
	pv_jsonw_member(w, "reason", pv_buf_text(&text));
	pv_jsonw_key(w, "recommendations");
	pv_jsonw_array(w);
	for (int i = 0;; i++) {
		pv_buf_clear(&text);
		if (!trend_advice(&text, it, i))
			break;
		pv_jsonw_string(w, pv_buf_text(&text));
	}
	pv_jsonw_array_end(w);
	rc = pv_buf_status(&text, &it->cli->err);
	pv_buf_dispose(&text);
	return rc;
}

int trends_print_json(const struct trend_view *it)
{
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", it->id);
	figures_window_json(&w, it->usages);
	pv_jsonw_member(&w, "metric", it->metric.name);
	pv_jsonw_member(&w, "unit", figures_unit(&it->metric));
	pv_jsonw_member(&w, "grain", it->grain);
	put_points(&w, it);
	put_course(&w, it);
	rc = put_words(&w, it);
	pv_jsonw_object_end(&w);
	return rc;
}

/* --- for people ----------------------------------------------------------- */

static void find_range(double range[2], const struct trend_view *it)
{
	range[0] = range[1] = it->points[0].value;
	for (size_t i = 1; i < it->count; i++) {
		range[0] = fmin(range[0], it->points[i].value);
		range[1] = fmax(range[1], it->points[i].value);
	}
}

/* One block for each point, the newest as many as the terminal takes. */
static void put_blocks(const struct trend_view *it, size_t from)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄",
					      "▅", "▆", "▇", "█" };
	double range[2];

	find_range(range, it);
	for (size_t i = from; i < it->count; i++) {
		double part = range[1] > range[0]
				      ? (it->points[i].value - range[0]) /
						(range[1] - range[0])
				      : 0.5;

		cli_puts(it->cli, blocks[(int)(part * 7.99)]);
	}
	cli_puts(it->cli, "\n");
}

/* A mark below the first point of each release, and their names. */
static void put_marks(const struct trend_view *it, size_t from)
{
	pv_cli *cli = it->cli;

	if (!it->marker_count)
		return;
	for (size_t i = from; i < it->count; i++) {
		int is_marked = 0;

		for (size_t m = 0; m < it->marker_count; m++) {
			int64_t when = it->markers[m].when;
			int64_t start = it->points[i].usage->start;

			is_marked |=
				when <= start &&
				(!i || when > it->points[i - 1].usage->start);
		}
		cli_puts(cli, is_marked ? "^" : " ");
	}
	cli_puts(cli, "\n");
	for (size_t m = 0; m < it->marker_count; m++) {
		char when[PV_TIME_TEXT];

		pv_time_format(when, it->markers[m].when);
		cli_printf(cli, "%s%s %.10s",
			   m ? ", " : "released: ", it->markers[m].version, when);
	}
	cli_puts(cli, "\n");
}

static void put_plot(const struct trend_view *it)
{
	size_t width = (size_t)cli_width();
	size_t from = it->count > width ? it->count - width : 0;
	double range[2];
	char text[2][FIGURES_TEXT];

	find_range(range, it);
	figures_value(text[0], &it->metric, range[0], 1);
	figures_value(text[1], &it->metric, range[1], 1);
	cli_printf(it->cli, "%s by %s, %.10s to %.10s, %s to %s\n",
		   it->metric.name, it->grain, it->points[0].usage->key,
		   it->points[it->count - 1].usage->key, text[0], text[1]);
	put_blocks(it, from);
	put_marks(it, from);
}

int trends_print(const struct trend_view *it)
{
	pv_cli *cli = it->cli;
	pv_buf text = { 0 };
	int rc;

	if (!it->count) {
		if (pv_usages_total(it->usages)->executions)
			figures_hint_metric(cli, it->id, &it->metric);
		else
			figures_hint(cli, it->id);
		return PV_OK;
	}
	put_plot(it);
	trend_reason(&text, it);
	cli_printf(cli, "%s: %s\n",
		   it->verdict == TREND_UNKNOWN ? "not enough data"
						: trend_verdict_name(it->verdict),
		   pv_buf_text(&text));
	for (int i = 0;; i++) {
		pv_buf_clear(&text);
		if (!trend_advice(&text, it, i))
			break;
		cli_line(cli, pv_buf_text(&text));
		cli_puts(cli, "\n");
	}
	rc = pv_buf_status(&text, &cli->err);
	pv_buf_dispose(&text);
	return rc;
}
