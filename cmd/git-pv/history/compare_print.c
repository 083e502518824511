/* SPDX-License-Identifier: MIT
 *
 * Differences in JSON, as a table, and in sentences. A recommendation names
 * the numbers it rests on; without enough of them there is none.
 */
#include "history/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- sentences ------------------------------------------------------------ */

/* What is said of a metric that is better or worse. */
static const char *const words[][3] = {
	{ "success", "succeeds more often", "succeeds less often" },
	{ "quality", "has a higher quality", "has a lower quality" },
	{ "latency", "is faster", "is slower" },
	{ "ttft", "begins to answer sooner", "begins to answer later" },
	{ "cost", "costs less", "costs more" },
	{ "tokens", "takes fewer tokens", "takes more tokens" },
};

static void put_claim(pv_buf *out, const struct finding *finding)
{
	const char *name = finding->metric->name;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i][0], name) == 0) {
			pv_buf_puts(out, words[i][finding->better > 0 ? 1 : 2]);
			return;
		}
	pv_buf_printf(out, "has a %s %s",
		      finding->found.difference > 0 ? "higher" : "lower", name);
}

/* ": 500 ms against 1.00 s, -50.0 %, p < 0.001" */
static void put_evidence(pv_buf *out, const struct finding *finding)
{
	const pv_contrast *found = &finding->found;
	char text[2][FIGURES_TEXT];

	figures_value(text[0], finding->metric, found->to, 1);
	figures_value(text[1], finding->metric, found->from, 1);
	pv_buf_printf(out, ": %s against %s", text[0], text[1]);
	if (!finding->metric->is_rate && found->from != 0)
		pv_buf_printf(out, " (%+.1f %%)",
			      found->difference / fabs(found->from) * 100);
	if (found->p >= 0 && found->p < 0.001)
		pv_buf_puts(out, ", p < 0.001");
	else if (found->p >= 0)
		pv_buf_printf(out, ", p = %.3f", found->p);
}

static void put_sentence(pv_buf *out, const struct finding *finding)
{
	int is_other = !finding->is_enough && finding->is_from_short;

	pv_buf_puts(out, is_other ? finding->from->key : finding->to->key);
	pv_buf_putc(out, ' ');
	if (finding->better) {
		put_claim(out, finding);
	} else {
		pv_buf_printf(out,
			      finding->is_enough
				      ? "does not differ for certain in %s"
				      : "has too few values to tell its %s",
			      finding->metric->name);
	}
	if (finding->found.is_known)
		put_evidence(out, finding);
}

/* --- the recommendation --------------------------------------------------- */

struct tally {
	const pv_usage *group;
	int better;
	int worse;
	int told; /* findings that rest on enough */
};

static struct tally tally_of(const struct comparison *it, const pv_usage *group)
{
	struct tally out = { .group = group };

	for (size_t i = 0; i < it->finding_count; i++) {
		const struct finding *finding = &it->findings[i];

		if (finding->to != group)
			continue;
		out.better += finding->better > 0;
		out.worse += finding->better < 0;
		out.told += finding->is_enough && finding->found.is_known;
	}
	return out;
}

/* What is better than the first and in nothing worse; NULL for none. */
static const pv_usage *find_best(const struct comparison *it)
{
	struct tally best = { 0 };

	for (size_t i = 1; i < it->count; i++) {
		struct tally one = tally_of(it, it->groups[i]);

		if (one.better > best.better && !one.worse)
			best = one;
	}
	return best.group;
}

static void put_reasons(pv_buf *out, const struct comparison *it,
			const pv_usage *group, int better)
{
	int count = 0;

	for (size_t i = 0; i < it->finding_count; i++) {
		const struct finding *finding = &it->findings[i];

		if ((group && finding->to != group) || finding->better != better)
			continue;
		pv_buf_puts(out, count++ ? "; " : "");
		if (!group) {
			pv_buf_puts(out, finding->to->key);
			pv_buf_putc(out, ' ');
		} else if (count == 1) {
			pv_buf_puts(out, "it ");
		}
		put_claim(out, finding);
		put_evidence(out, finding);
	}
}

/* Counts what the findings say of all groups. */
static struct tally tally_all(const struct comparison *it)
{
	struct tally out = { 0 };

	for (size_t i = 1; i < it->count; i++) {
		struct tally one = tally_of(it, it->groups[i]);

		out.better += one.better;
		out.worse += one.worse;
		out.told += one.told;
	}
	return out;
}

/* The group to take, or NULL when that cannot be said; and why. */
static const pv_usage *recommend(pv_buf *reason, const struct comparison *it)
{
	const pv_usage *best = find_best(it);
	struct tally all = tally_all(it);

	if (it->count < 2) {
		pv_buf_printf(reason, "there is only one %s to look at", it->by);
		return NULL;
	}
	if (best) {
		put_reasons(reason, it, best, 1);
		pv_buf_puts(reason, "; nothing measured is worse");
		return best;
	}
	if (!all.told) {
		pv_buf_printf(reason,
			      "there are too few executions: %d of each with a "
			      "known outcome are the least",
			      COMPARE_LEAST);
		return NULL;
	}
	if (all.worse && !all.better) {
		put_reasons(reason, it, NULL, -1);
		return it->groups[0];
	}
	if (all.better && all.worse) {
		pv_buf_puts(reason, "what is gained in one is lost in another: ");
		put_reasons(reason, it, NULL, 1);
		pv_buf_puts(reason, "; but ");
		put_reasons(reason, it, NULL, -1);
		return NULL;
	}
	pv_buf_puts(reason, "no difference is larger than chance");
	return NULL;
}

/* --- JSON ----------------------------------------------------------------- */

static void put_interval(pv_jsonw *w, const pv_contrast *found)
{
	pv_jsonw_key(w, "interval");
	if (!found->is_known) {
		pv_jsonw_null(w);
		return;
	}
	pv_jsonw_array(w);
	pv_jsonw_real(w, found->low);
	pv_jsonw_real(w, found->high);
	pv_jsonw_array_end(w);
}

static int put_finding(pv_jsonw *w, const struct finding *finding, pv_error *err)
{
	const pv_contrast *found = &finding->found;
	pv_buf text = { 0 };
	int rc;

	put_sentence(&text, finding);
	rc = pv_buf_status(&text, err);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "a", finding->from->key);
	pv_jsonw_member(w, "b", finding->to->key);
	pv_jsonw_member(w, "metric", finding->metric->name);
	pv_jsonw_member(w, "method", found->method);
	figures_real(w, "from", found->from, finding->has_values);
	figures_real(w, "to", found->to, finding->has_values);
	figures_real(w, "difference", found->difference, found->is_known);
	put_interval(w, found);
	figures_real(w, "p", found->p, found->is_known && found->p >= 0);
	pv_jsonw_key(w, "significant");
	pv_jsonw_bool(w, finding->is_significant);
	pv_jsonw_member(w, "better",
			finding->better > 0   ? finding->to->key
			: finding->better < 0 ? finding->from->key
					      : NULL);
	pv_jsonw_member(w, "sentence", pv_buf_text(&text));
	pv_jsonw_object_end(w);
	pv_buf_dispose(&text);
	return rc;
}

static int put_findings(pv_jsonw *w, const struct comparison *it)
{
	int rc = PV_OK;

	pv_jsonw_key(w, "comparisons");
	pv_jsonw_array(w);
	for (size_t i = 0; i < it->finding_count && rc == PV_OK; i++)
		rc = put_finding(w, &it->findings[i], &it->cli->err);
	pv_jsonw_array_end(w);
	return rc;
}

static void put_groups(pv_jsonw *w, const struct comparison *it)
{
	pv_jsonw_key(w, "groups");
	pv_jsonw_array(w);
	for (size_t i = 0; i < it->count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, it->by, it->groups[i]->key);
		figures_members(w, it->groups[i]);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

int compare_print_json(const struct comparison *it)
{
	const pv_usage *choice;
	pv_buf reason = { 0 };
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", it->id);
	pv_jsonw_member(&w, "by", it->by);
	figures_window_json(&w, it->usages);
	put_groups(&w, it);
	rc = put_findings(&w, it);
	choice = recommend(&reason, it);
	pv_jsonw_key(&w, "recommendation");
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "choice", choice ? choice->key : NULL);
	pv_jsonw_member(&w, "reason", pv_buf_text(&reason));
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
	if (rc == PV_OK)
		rc = pv_buf_status(&reason, &it->cli->err);
	pv_buf_dispose(&reason);
	return rc;
}

/* --- for people ----------------------------------------------------------- */

enum {
	NAME_WIDTH = 12,
	CELL_WIDTH = 11
};

static void put_heads(const struct comparison *it)
{
	pv_cli *cli = it->cli;

	cli_printf(cli, "%s%-*s", cli_color(cli, CLI_COLOR_BOLD), NAME_WIDTH,
		   it->by);
	for (size_t i = 0; i < it->count; i++) {
		cli_printf(cli, "  %*s",
			   CELL_WIDTH - (int)strlen(it->groups[i]->key), "");
		cli_line(cli, it->groups[i]->key);
	}
	cli_printf(cli, "%s\n%-*s", cli_color(cli, CLI_COLOR_RESET), NAME_WIDTH,
		   "executions");
	for (size_t i = 0; i < it->count; i++) {
		char text[FIGURES_TEXT];

		figures_count(text, it->groups[i]->executions);
		figures_cell(cli, text, CELL_WIDTH);
	}
	cli_puts(cli, "\n");
}

static void put_rows(const struct comparison *it)
{
	pv_cli *cli = it->cli;

	for (size_t m = 0; m < it->metric_count; m++) {
		const figures_metric *metric = &it->metrics[m];

		cli_printf(cli, "%-*s", NAME_WIDTH, metric->name);
		for (size_t i = 0; i < it->count; i++) {
			pv_measure measure =
				figures_metric_of(metric, it->groups[i]);
			char text[FIGURES_TEXT];

			figures_value(text, metric, measure.mean, measure.n > 0);
			figures_cell(cli, text, CELL_WIDTH);
		}
		cli_puts(cli, "\n");
	}
}

static void put_difference(const struct comparison *it,
			   const struct finding *finding)
{
	pv_buf text = { 0 };
	char low[FIGURES_TEXT];
	char high[FIGURES_TEXT];

	if (!finding->has_values)
		return;
	put_sentence(&text, finding);
	if (finding->found.is_known) {
		figures_value(low, finding->metric, finding->found.low, 1);
		figures_value(high, finding->metric, finding->found.high, 1);
		pv_buf_printf(&text, "; the difference is %s to %s", low, high);
	}
	cli_line(it->cli, pv_buf_text(&text));
	cli_puts(it->cli, "\n");
	pv_buf_dispose(&text);
}

int compare_print(const struct comparison *it)
{
	const pv_usage *choice;
	pv_buf reason = { 0 };
	pv_cli *cli = it->cli;
	int rc;

	if (!it->count) {
		figures_hint(cli, it->id);
		return PV_OK;
	}
	put_heads(it);
	put_rows(it);
	cli_puts(cli, "\n");
	for (size_t i = 0; i < it->finding_count; i++)
		put_difference(it, &it->findings[i]);
	choice = recommend(&reason, it);
	rc = pv_buf_status(&reason, &cli->err);
	cli_puts(cli, it->finding_count ? "\n" : "");
	if (choice) {
		cli_puts(cli, "take ");
		cli_line(cli, choice->key);
	} else {
		cli_puts(cli, "no recommendation");
	}
	cli_puts(cli, ": ");
	cli_line(cli, pv_buf_text(&reason));
	cli_puts(cli, "\n");
	pv_buf_dispose(&reason);
	return rc;
}
