/* SPDX-License-Identifier: MIT
 *
 * Results as a drawing: what can be said of each variant's difference from the
 * control, as an interval around a point. Colour is never alone: the word
 * stands beside it. Names of variants are letters, digits and ". _ -" only.
 */
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "diff/html.h"
#include "experiment/results_page.h"

enum {
	WIDTH = 720,
	LEFT = 150,
	RIGHT = 170,
	ROW = 30,
	HEAD = 46, /* of a panel */
	FOOT = 30,
	NAME_LETTERS = 18
};

struct panel {
	const pv_results *results;
	size_t metric;
	double low;
	double high;
	double top;
	size_t rows;
};

static int is_drawn(const struct panel *panel, const pv_result_test *test)
{
	return test->metric == panel->metric &&
	       test->a == panel->results->control &&
	       test->role != PV_RESULT_ROBUST;
}

/* From the least to the greatest that is to be seen, 0 among them. */
static void measure(struct panel *panel)
{
	double room;

	panel->rows = 0;
	panel->low = 0;
	panel->high = 0;
	for (size_t i = 0; i < panel->results->test_count; i++) {
		const pv_result_test *test = &panel->results->tests[i];

		if (!is_drawn(panel, test))
			continue;
		panel->rows++;
		if (!test->has_interval)
			continue;
		panel->low = fmin(panel->low, test->interval.low);
		panel->high = fmax(panel->high, test->interval.high);
	}
	room = panel->high > panel->low ? (panel->high - panel->low) * 0.08 : 1;
	panel->low -= room;
	panel->high += room;
}

static double x_of(const struct panel *panel, double value)
{
	return LEFT + (value - panel->low) / (panel->high - panel->low) *
			      (WIDTH - LEFT - RIGHT);
}

static void put_text(pv_buf *out, double x, double y, const char *kind,
		     const char *text)
{
	pv_buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, kind);
	pv_html_attribute(out, pv_str_of(text));
	pv_buf_puts(out, "</text>\n");
}

/* There is room for so many letters: of a longer one both ends, and a hint. */
static void put_name(pv_buf *out, double y, const char *name)
{
	int len = (int)strlen(name);

	pv_buf_printf(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
		      LEFT - 12, y);
	if (len > NAME_LETTERS)
		pv_buf_printf(out, "<title>%s</title>%.*s…%s", name,
			      NAME_LETTERS / 2, name,
			      name + len - NAME_LETTERS / 2 + 1);
	else
		pv_buf_puts(out, name);
	pv_buf_puts(out, "</text>\n");
}

static void put_value(pv_buf *out, const struct panel *panel, double x,
		      double y, double value)
{
	pv_buf text = { 0 };

	pv_result_put_value(&text, &panel->results->metrics[panel->metric],
			    value);
	put_text(out, x, y, "text-anchor=\"middle\" class=\"dim\"",
		 pv_buf_text(&text));
	if (text.status && !out->status)
		out->status = text.status;
	pv_buf_dispose(&text);
}

static const char *word_of(const pv_result_test *test)
{
	if (test->role == PV_RESULT_GUARDRAIL)
		return test->verdict > 0   ? "passes"
		       : test->verdict < 0 ? "fails"
					   : "open";
	return test->better > 0   ? "better"
	       : test->better < 0 ? "worse"
				  : "open";
}

static const char *class_of(const pv_result_test *test)
{
	int side = test->role == PV_RESULT_GUARDRAIL ? test->verdict
						     : test->better;

	return side > 0 ? "bar better" : side < 0 ? "bar worse" : "bar";
}

static void put_row(pv_buf *out, const struct panel *panel,
		    const pv_result_test *test, double y)
{
	const pv_result_metric *metric = &panel->results->metrics[panel->metric];
	pv_buf text = { 0 };

	put_name(out, y + 4, panel->results->variants[test->b].name);
	if (test->has_interval) {
		double low = x_of(panel, test->interval.low);
		double high = x_of(panel, test->interval.high);

		pv_buf_printf(out,
			      "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" "
			      "y1=\"%.1f\" y2=\"%.1f\"/>\n"
			      "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" "
			      "r=\"4\"/>\n",
			      class_of(test), low, high, y, y, class_of(test),
			      x_of(panel, test->difference), y);
	}
	if (test->has_interval)
		pv_result_put_value(&text, metric, test->difference);
	pv_buf_printf(&text, "%s%s", text.len ? ", " : "", word_of(test));
	put_text(out, WIDTH - RIGHT + 12, y + 4, "", pv_buf_text(&text));
	if (text.status && !out->status)
		out->status = text.status;
	pv_buf_dispose(&text);
}

static void put_axis(pv_buf *out, const struct panel *panel, double bottom)
{
	double zero = x_of(panel, 0);

	pv_buf_printf(out,
		      "<line class=\"zero\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
		      "y2=\"%.1f\"/>\n"
		      "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
		      "y2=\"%.1f\"/>\n",
		      zero, zero, panel->top + HEAD - 14, bottom, LEFT,
		      WIDTH - RIGHT, bottom, bottom);
	put_value(out, panel, LEFT, bottom + 18, panel->low);
	put_value(out, panel, WIDTH - RIGHT, bottom + 18, panel->high);
	/* Where the ends are near, 0 is told by its line. */
	if (zero > LEFT + 60 && zero < WIDTH - RIGHT - 60)
		put_text(out, zero, bottom + 18,
			 "text-anchor=\"middle\" class=\"dim\"", "0");
}

static void put_panel(pv_buf *out, const struct panel *panel)
{
	const pv_result_metric *metric = &panel->results->metrics[panel->metric];
	double y = panel->top + HEAD;
	pv_buf title = { 0 };

	pv_buf_printf(&title, "%s: change against %s, %s is better", metric->name,
		      panel->results->variants[panel->results->control].name,
		      metric->is_up ? "more" : "less");
	put_text(out, 8, panel->top + 20, "class=\"title\"", pv_buf_text(&title));
	if (title.status && !out->status)
		out->status = title.status;
	pv_buf_dispose(&title);
	for (size_t i = 0; i < panel->results->test_count; i++) {
		const pv_result_test *test = &panel->results->tests[i];

		if (!is_drawn(panel, test))
			continue;
		put_row(out, panel, test, y);
		y += ROW;
	}
	put_axis(out, panel, panel->top + HEAD + ROW * (double)panel->rows - 10);
}

void pv_results_put_drawing(pv_buf *out, const pv_results *results)
{
	struct panel panel = { .results = results };
	double each = HEAD + FOOT +
		      ROW * (double)(results->variant_count > 1
					     ? results->variant_count - 1
					     : 1);

	pv_buf_printf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		      "viewBox=\"0 0 %d %.0f\" role=\"img\" "
		      "aria-label=\"",
		      WIDTH, fmax(1, each * (double)results->metric_count));
	pv_html_attribute(out, pv_str_of(results->reason));
	pv_buf_puts(out, "\">\n");
	for (panel.metric = 0; panel.metric < results->metric_count;
	     panel.metric++) {
		measure(&panel);
		put_panel(out, &panel);
		panel.top += each;
	}
	pv_buf_puts(out, "</svg>\n");
}

int pv_results_svg(pv_buf *out, const pv_results *results, pv_error *err)
{
	pv_buf drawing = { 0 };
	const char *body;

	pv_results_put_drawing(&drawing, results);
	body = strchr(pv_buf_text(&drawing), '\n');
	/* Behind the head: the style, and what is drawn upon. */
	if (body) {
		pv_buf_put(out, drawing.ptr, (size_t)(body + 1 - drawing.ptr));
		pv_buf_puts(out, "<style>\n");
		pv_buf_puts(out, pv_results_results_css);
		pv_buf_puts(out, "</style>\n<rect class=\"paper\" "
				 "width=\"100%\" height=\"100%\"/>\n");
		pv_buf_puts(out, body + 1);
	}
	if (drawing.status && !out->status)
		out->status = drawing.status;
	pv_buf_dispose(&drawing);
	return pv_buf_status(out, err);
}
