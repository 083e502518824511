/* SPDX-License-Identifier: MIT
 *
 * A trend as a drawing of its own: points, the line through them where there
 * is a trend, releases. Nothing in it is fetched or run.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "history/trends.h"

enum {
	WIDTH = 800,
	HEIGHT = 300,
	LEFT = 80,
	RIGHT = 20,
	TOP = 40,
	BOTTOM = 40,
	LINES = 4 /* across, or some more */
};

/* What is drawn from where to where. */
struct scale {
	double last_day;
	double low;
	double high;
	double step; /* between the lines */
};

static double x_of(const struct scale *scale, double day)
{
	double span = scale->last_day > 0 ? scale->last_day : 1;

	return LEFT + day / span * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct scale *scale, double value)
{
	return HEIGHT - BOTTOM -
	       (value - scale->low) / (scale->high - scale->low) *
		       (HEIGHT - TOP - BOTTOM);
}

static void put_escaped(pv_buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '<')
			pv_buf_puts(out, "&lt;");
		else if (*text == '&')
			pv_buf_puts(out, "&amp;");
		else if (*text == '"')
			pv_buf_puts(out, "&quot;");
		else if ((unsigned char)*text >= ' ')
			pv_buf_putc(out, *text);
}

static void put_text(pv_buf *out, double x, double y, const char *anchor,
		     const char *text)
{
	pv_buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x,
		      y, anchor);
	put_escaped(out, text);
	pv_buf_puts(out, "</text>\n");
}

static void put_line(pv_buf *out, const double from[2], const double to[2],
		     const char *style)
{
	pv_buf_printf(out,
		      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
		      "%s/>\n",
		      from[0], from[1], to[0], to[1], style);
}

/* 1, 2, 5, 10, 20, 50, ... and 0.5, 0.2, 0.1, ... below. */
static double round_number(int idx)
{
	static const int digits[] = { 1, 2, 5 };
	int tens = (int)floor(idx / 3.0);

	return digits[idx - 3 * tens] * pow(10, tens);
}

static int are_told_apart(const struct trend_view *it, double from, double to,
			  double step)
{
	char last[FIGURES_TEXT] = "";
	char text[FIGURES_TEXT];

	double first = floor(from / step);
	int count = (int)(ceil(to / step) - first);

	for (int i = 0; i <= count; i++) {
		figures_value(text, &it->metric, (first + i) * step, 1);
		if (strcmp(text, last) == 0)
			return 0;
		memcpy(last, text, sizeof(last));
	}
	return 1;
}

/* Between two lines: such that no two have the same text. */
static double step_of(const struct trend_view *it, double low, double high)
{
	int idx = (int)ceil(3 * log10((high - low) / LINES));
	int last = idx + 30;

	while (idx < last && !are_told_apart(it, low, high, round_number(idx)))
		idx++;
	return round_number(idx);
}

static struct scale scale_of(const struct trend_view *it)
{
	struct scale out = { it->points[it->count - 1].day, INFINITY, -INFINITY };
	double least;

	for (size_t i = 0; i < it->count; i++) {
		out.low = fmin(out.low, it->points[i].value);
		out.high = fmax(out.high, it->points[i].value);
	}
	least = fmax(fabs(out.high) * 1e-6, 1e-9);
	out.step = step_of(it, out.low, fmax(out.high, out.low + least));
	out.low = floor(out.low / out.step) * out.step;
	out.high = fmax(ceil(out.high / out.step) * out.step, out.low + out.step);
	return out;
}

static void put_axes(pv_buf *out, const struct trend_view *it,
		     const struct scale *scale)
{
	char text[FIGURES_TEXT];

	int lines = (int)lround((scale->high - scale->low) / scale->step);

	for (int i = 0; i <= lines; i++) {
		double value = scale->low + scale->step * i;
		double y = y_of(scale, value);
		const double from[2] = { LEFT, y };
		const double to[2] = { WIDTH - RIGHT, y };

		put_line(out, from, to, "stroke=\"#ddd\"");
		figures_value(text, &it->metric, value, 1);
		put_text(out, LEFT - 8, y + 4, "end", text);
	}
	put_text(out, LEFT, HEIGHT - 12, "start", it->points[0].usage->key);
	put_text(out, WIDTH - RIGHT, HEIGHT - 12, "end",
		 it->points[it->count - 1].usage->key);
}

static void put_releases(pv_buf *out, const struct trend_view *it,
			 const struct scale *scale)
{
	int64_t first = it->points[0].usage->start;

	for (size_t i = 0; i < it->marker_count; i++) {
		const struct trend_marker *marker = &it->markers[i];
		double x = fmin(x_of(scale,
				     (double)(marker->when - first) / 86400e6),
				WIDTH - RIGHT);
		const double from[2] = { x, TOP };
		const double to[2] = { x, HEIGHT - BOTTOM };

		put_line(out, from, to,
			 "stroke=\"#888\" stroke-dasharray=\"4 3\"");
		put_text(out, x, TOP - 6, "middle", marker->version);
	}
}

static void put_series(pv_buf *out, const struct trend_view *it,
		       const struct scale *scale)
{
	pv_buf_puts(out, "<polyline fill=\"none\" stroke=\"#2563eb\" "
			 "stroke-width=\"2\" points=\"");
	for (size_t i = 0; i < it->count; i++)
		pv_buf_printf(out, "%s%.1f,%.1f", i ? " " : "",
			      x_of(scale, it->points[i].day),
			      y_of(scale, it->points[i].value));
	pv_buf_puts(out, "\"/>\n");
	if (it->verdict == TREND_IMPROVING || it->verdict == TREND_WORSENING) {
		double end = it->course.intercept +
			     it->course.slope * scale->last_day;
		const double from[2] = { x_of(scale, 0),
					 y_of(scale, it->course.intercept) };
		const double to[2] = { x_of(scale, scale->last_day),
				       y_of(scale, end) };

		put_line(out, from, to, "stroke=\"#dc2626\"");
	}
}

void trends_svg(pv_buf *out, const struct trend_view *it)
{
	pv_buf title = { 0 };
	struct scale scale;

	pv_buf_printf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		      "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
		      "font-size=\"12\">\n"
		      "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
		      WIDTH, HEIGHT, WIDTH, HEIGHT);
	pv_buf_printf(&title, "%s: %s", it->id, it->metric.name);
	put_text(out, LEFT, 18, "start", pv_buf_text(&title));
	if (it->count) {
		scale = scale_of(it);
		put_axes(out, it, &scale);
		put_releases(out, it, &scale);
		put_series(out, it, &scale);
	}
	pv_buf_puts(out, "</svg>\n");
	if (title.status && !out->status)
		out->status = title.status;
	pv_buf_dispose(&title);
}
