/* SPDX-License-Identifier: MIT
 *
 * Results as Markdown, for a pull request or a chat. What people wrote is
 * escaped, so that it is neither markup nor a table's column.
 */
#include <string.h>
#include <strings.h>

#include <pv/results.h>

/*
 * Hosts go over the rendered text for names to notify (@) and issues to link
 * (#), where a backslash is gone: those are parted from what follows by a word
 * joiner, which is not seen. Links are made of the source: a backslash in
 * "://" and in "www." prevents it.
 */
static void put_escaped(pv_buf *out, const char *text)
{
	const char *start = text;

	for (; *text; text++) {
		int is_link = (*text == ':' && text[1] == '/') ||
			      (*text == '.' && text - start >= 3 &&
			       strncasecmp(text - 3, "www", 3) == 0);

		if (is_link || strchr("\\`*_[]<>|~&#$", *text))
			pv_buf_putc(out, '\\');
		pv_buf_putc(out,
			    (char)((unsigned char)*text < ' ' ? ' ' : *text));
		if (*text == '@' || *text == '#')
			pv_buf_puts(out, "\xe2\x81\xa0");
	}
}

static void put_value(pv_buf *out, const pv_result_metric *metric, double value,
		      int is_known)
{
	if (is_known)
		pv_result_put_value(out, metric, value);
	else
		pv_buf_puts(out, "–");
}

static void put_interval(pv_buf *out, const pv_result_metric *metric,
			 pv_stats_interval interval, int is_known)
{
	if (!is_known) {
		pv_buf_puts(out, "–");
		return;
	}
	pv_result_put_value(out, metric, interval.low);
	pv_buf_puts(out, " to ");
	pv_result_put_value(out, metric, interval.high);
}

static const char *word_of(const pv_result_test *test)
{
	if (test->role == PV_RESULT_GUARDRAIL)
		return test->verdict > 0   ? "passes"
		       : test->verdict < 0 ? "**fails**"
					   : "open";
	return test->better > 0   ? "**better**"
	       : test->better < 0 ? "worse"
				  : "";
}

static void put_p(pv_buf *out, const pv_result_test *test)
{
	if (test->has_chance)
		pv_buf_printf(out, "%.1f %%", 100 * test->chance);
	else if (test->has_p && test->p_corrected < 0.001)
		pv_buf_puts(out, "< 0.001");
	else if (test->has_p)
		pv_buf_printf(out, "%.3f", test->p_corrected);
}

static void put_test(pv_buf *out, const pv_results *results,
		     const pv_result_test *test)
{
	const pv_result_metric *metric = &results->metrics[test->metric];
	const pv_result_estimate *a =
		&results->variants[test->a].estimates[test->metric];
	const pv_result_estimate *b =
		&results->variants[test->b].estimates[test->metric];

	pv_buf_puts(out, "| ");
	put_escaped(out, metric->name);
	pv_buf_puts(out, " | ");
	put_escaped(out, results->variants[test->b].name);
	if (test->a != results->control) {
		pv_buf_puts(out, " against ");
		put_escaped(out, results->variants[test->a].name);
	}
	pv_buf_puts(out, " | ");
	put_value(out, metric, a->value, a->n > 0);
	pv_buf_puts(out, " → ");
	put_value(out, metric, b->value, b->n > 0);
	pv_buf_puts(out, " | ");
	put_value(out, metric, test->difference,
		  test->status != PV_STATS_TOO_FEW);
	pv_buf_puts(out, " | ");
	put_interval(out, metric, test->interval, test->has_interval);
	pv_buf_puts(out, " | ");
	put_p(out, test);
	pv_buf_printf(out, " | %s |\n", word_of(test));
}

static void put_counts(pv_buf *out, const pv_results *results)
{
	pv_buf_puts(out, results->is_by_unit ? "Units: " : "Executions: ");
	for (size_t i = 0; i < results->variant_count; i++) {
		pv_buf_puts(out, i ? ", " : "");
		put_escaped(out, results->variants[i].name);
		pv_buf_printf(out, " %lld", (long long)results->variants[i].n);
	}
	pv_buf_printf(out, ". Read as %s, alpha %.3g.\n",
		      pv_experiment_method_name(results->method), results->alpha);
}

static void put_table(pv_buf *out, const pv_results *results)
{
	pv_buf_printf(out,
		      "| metric | variant | control → variant | change | "
		      "interval | %s | |\n"
		      "|---|---|---|--:|---|--:|---|\n",
		      results->method == PV_METHOD_BAYES ? "chance" : "p");
	for (size_t i = 0; i < results->test_count; i++)
		if (results->tests[i].role != PV_RESULT_ROBUST)
			put_test(out, results, &results->tests[i]);
	pv_buf_puts(out, "\n");
	put_counts(out, results);
}

static void put_segments(pv_buf *out, const pv_results *results)
{
	for (size_t i = 0; i < results->segment_count; i++) {
		const pv_results *segment = results->segments[i];

		pv_buf_puts(out, "\n#### Segment ");
		put_escaped(out, segment->segment ? segment->segment : "(none)");
		pv_buf_puts(out, "\n\n");
		put_table(out, segment);
	}
}

int pv_results_markdown(pv_buf *out, const pv_results *results, pv_error *err)
{
	pv_buf_puts(out, "### Experiment ");
	put_escaped(out, results->name ? results->name : results->id);
	pv_buf_puts(out, "\n\n");
	pv_buf_puts(out, results->winner ? "**Winner: " : "**No winner yet.");
	if (results->winner)
		put_escaped(out, results->winner);
	pv_buf_puts(out, results->winner ? ".** " : "** ");
	put_escaped(out, results->reason);
	pv_buf_puts(out, "\n\n");
	put_table(out, results);
	for (size_t i = 0; i < results->warning_count; i++) {
		pv_buf_puts(out, i ? "- " : "\n- ");
		put_escaped(out, results->warnings[i]);
		pv_buf_puts(out, "\n");
	}
	put_segments(out, results);
	return pv_buf_status(out, err);
}
