/* SPDX-License-Identifier: MIT
 *
 * Results as a page of its own: the verdict, the drawing, and the numbers as a
 * table, so that nothing has to be seen to be read. It fetches and runs
 * nothing, and says so to the browser.
 */
#include <string.h>

#include "base/str.h"
#include "diff/html.h"
#include "experiment/results_page.h"

static void put_text(pv_buf *out, const char *text)
{
	pv_html_text(out, pv_str_of(text));
}

static void put_value(pv_buf *out, const pv_result_metric *metric, double value,
		      int is_known)
{
	pv_buf_puts(out, "<td>");
	if (is_known)
		pv_result_put_value(out, metric, value);
	else
		pv_buf_puts(out, "–");
	pv_buf_puts(out, "</td>");
}

static void put_interval(pv_buf *out, const pv_result_metric *metric,
			 pv_stats_interval interval, int is_known)
{
	pv_buf_puts(out, "<td>");
	if (is_known) {
		pv_result_put_value(out, metric, interval.low);
		pv_buf_puts(out, " to ");
		pv_result_put_value(out, metric, interval.high);
	} else {
		pv_buf_puts(out, "–");
	}
	pv_buf_puts(out, "</td>");
}

static void put_word(pv_buf *out, const pv_result_test *test)
{
	int is_guard = test->role == PV_RESULT_GUARDRAIL;
	int side = is_guard ? test->verdict : test->better;

	pv_buf_puts(out, "<td class=word>");
	if (side)
		pv_buf_printf(out, "<span class=%s>%s</span>",
			      side > 0 ? "better" : "worse",
			      is_guard   ? (side > 0 ? "passes" : "fails")
			      : side > 0 ? "better"
					 : "worse");
	else
		pv_buf_puts(out, "open");
	pv_buf_puts(out, "</td>");
}

static void put_p(pv_buf *out, const pv_result_test *test)
{
	pv_buf_puts(out, "<td>");
	if (test->has_chance)
		pv_buf_printf(out, "%.1f %%", 100 * test->chance);
	else if (test->has_p && test->p_corrected < 0.001)
		pv_buf_puts(out, "&lt; 0.001");
	else if (test->has_p)
		pv_buf_printf(out, "%.3f", test->p_corrected);
	else
		pv_buf_puts(out, "–");
	pv_buf_puts(out, "</td>");
}

static void put_row(pv_buf *out, const pv_results *results, size_t variant,
		    size_t m)
{
	const pv_result_metric *metric = &results->metrics[m];
	const pv_result_estimate *it = &results->variants[variant].estimates[m];
	const pv_result_test *test = pv_results_test_of(results, variant, m);

	pv_buf_puts(out, "<tr><th scope=row>");
	put_text(out, results->variants[variant].name);
	pv_buf_printf(out, "</th><td>%lld</td>", (long long)it->n);
	put_value(out, metric, it->value, it->n > 0);
	if (test) {
		put_value(out, metric, test->difference,
			  test->status != PV_STATS_TOO_FEW);
		put_interval(out, metric, test->interval, test->has_interval);
		put_p(out, test);
		put_word(out, test);
	} else {
		pv_buf_puts(out, "<td></td><td></td><td></td>"
				 "<td class=word>control</td>");
	}
	pv_buf_puts(out, "</tr>\n");
}

/* `segment` is the one that the results are of; NULL: of all. */
static void put_table(pv_buf *out, const pv_results *results, size_t m,
		      const char *segment)
{
	const pv_result_metric *metric = &results->metrics[m];
	int level = segment ? 3 : 2;

	pv_buf_printf(out, "<h%d>", level);
	put_text(out, metric->name);
	pv_buf_printf(out,
		      "</h%d>\n<div class=scroll role=region tabindex=0 "
		      "aria-label=\"Table of ",
		      level);
	pv_html_attribute(out, pv_str_of(metric->name));
	if (segment) {
		pv_buf_puts(out, ", segment ");
		pv_html_attribute(out, pv_str_of(segment));
	}
	pv_buf_printf(out,
		      "\"><table>\n<caption>%s metric; %s is better"
		      "</caption>\n<thead><tr>"
		      "<th scope=col>Variant</th><th scope=col>n</th>"
		      "<th scope=col>Estimate</th><th scope=col>Change</th>"
		      "<th scope=col>Interval of the change</th>"
		      "<th scope=col>%s</th><th scope=col class=word>Finding</th>"
		      "</tr></thead>\n<tbody>\n",
		      metric->role == PV_RESULT_PRIMARY     ? "Primary"
		      : metric->role == PV_RESULT_GUARDRAIL ? "Guardrail"
							    : "Secondary",
		      metric->is_up ? "more" : "less",
		      results->method == PV_METHOD_BAYES ? "Chance" : "p");
	put_row(out, results, results->control, m);
	for (size_t i = 0; i < results->variant_count; i++)
		if (i != results->control)
			put_row(out, results, i, m);
	pv_buf_puts(out, "</tbody></table></div>\n");
}

static void put_segments(pv_buf *out, const pv_results *results)
{
	for (size_t i = 0; i < results->segment_count; i++) {
		const pv_results *segment = results->segments[i];
		const char *name = segment->segment ? segment->segment : "(none)";

		pv_buf_puts(out, "<section>\n<h2>Segment ");
		put_text(out, name);
		pv_buf_puts(out, "</h2>\n");
		for (size_t m = 0; m < segment->metric_count; m++)
			put_table(out, segment, m, name);
		pv_buf_puts(out, "</section>\n");
	}
}

static void put_facts(pv_buf *out, const pv_results *results)
{
	const pv_stats_srm_result *srm = &results->splits[0].srm;

	pv_buf_printf(out,
		      "<p class=facts>%s, %lld executions; read as %s, alpha "
		      "%.3g, at least %lld %s of each variant.",
		      pv_experiment_status_name(results->status),
		      (long long)results->executions,
		      pv_experiment_method_name(results->method),
		      results->alpha, (long long)results->minimum,
		      results->is_by_unit ? "units" : "executions");
	if (!srm->is_mismatch && srm->status == PV_STATS_KNOWN && srm->df > 0)
		pv_buf_printf(out, " The traffic is split as planned (p = %.3f).",
			      srm->p);
	pv_buf_puts(out, "</p>\n");
}

static void put_warnings(pv_buf *out, const pv_results *results)
{
	if (!results->warning_count)
		return;
	pv_buf_puts(out, "<h2>To be known</h2>\n<ul>\n");
	for (size_t i = 0; i < results->warning_count; i++) {
		pv_buf_puts(out, "<li>");
		put_text(out, results->warnings[i]);
		pv_buf_puts(out, "</li>\n");
	}
	pv_buf_puts(out, "</ul>\n");
}

/* On a narrow page it is looked at in parts, not made too small to read. */
static void put_drawing(pv_buf *out, const pv_results *results)
{
	pv_buf_puts(out, "<div class=scroll role=region tabindex=0 "
			 "aria-label=Intervals>\n");
	pv_results_put_drawing(out, results);
	pv_buf_puts(out, "</div>\n");
}

int pv_results_html(pv_buf *out, const pv_results *results, pv_error *err)
{
	const char *title = results->name ? results->name : results->id;

	pv_html_head(out, "Experiment", pv_str_of(title), pv_results_results_css);
	pv_buf_puts(out, "<main>\n<h1>");
	put_text(out, title);
	pv_buf_printf(out, "</h1>\n<div class=\"verdict %s\"><p>",
		      pv_result_state_name(results->state));
	put_text(out, results->reason);
	pv_buf_puts(out, "</p></div>\n");
	put_facts(out, results);
	if (results->executions) {
		put_drawing(out, results);
		for (size_t m = 0; m < results->metric_count; m++)
			put_table(out, results, m, NULL);
	}
	put_warnings(out, results);
	put_segments(out, results);
	pv_buf_puts(out, "</main>\n</body>\n</html>\n");
	return pv_buf_status(out, err);
}
