/* SPDX-License-Identifier: MIT
 *
 * Results as they were kept (results_json.c), read again: what was decided
 * stays what it was, whatever is recorded later. A file may have been changed
 * by hand, so that nothing in it is taken for granted.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "experiment/result.h"

struct reader {
	pv_results *to;
	pv_arena *arena;
	const pv_experiment *experiment;
	pv_result_metric *metrics;
	pv_result_variant *variants;
	pv_result_test *tests;
	pv_error *err;
};

static int fail(const struct reader *it, const char *what)
{
	return pv_fail(it->err, PV_EINVALID,
		       "kept results have no proper \"%s\"", what);
}

/* --- values --------------------------------------------------------------- */

static const char *text_at(const pv_json *object, const char *key)
{
	size_t len = 0;
	const char *text = pv_json_text(pv_json_get(object, key), &len);

	return text && strlen(text) == len ? text : NULL;
}

/* A text that stays; NULL where there is none. */
static int take_text(const char **out, struct reader *it, const pv_json *object,
		     const char *key)
{
	const char *text = text_at(object, key);

	*out = text ? pv_arena_dup(it->arena, text, strlen(text)) : NULL;
	return text && !*out ? pv_fail_nomem(it->err) : PV_OK;
}

static int64_t int_at(const pv_json *object, const char *key)
{
	return pv_json_int(pv_json_get(object, key), 0);
}

/* 1 when there is a number. */
static int take_real(double *out, const pv_json *object, const char *key)
{
	*out = pv_json_real(pv_json_get(object, key), NAN);
	if (isfinite(*out))
		return 1;
	*out = 0;
	return 0;
}

static int take_interval(pv_stats_interval *out, const pv_json *object,
			 const char *key)
{
	const pv_json *pair = pv_json_get(object, key);

	out->low = pv_json_real(pv_json_at(pair, 0), NAN);
	out->high = pv_json_real(pv_json_at(pair, 1), NAN);
	if (isfinite(out->low) && isfinite(out->high))
		return 1;
	*out = (pv_stats_interval){ 0, 0 };
	return 0;
}

static int64_t time_at(const pv_json *object, const char *key)
{
	const char *text = text_at(object, key);
	int64_t out = 0;

	return text && pv_time_parse(&out, text, NULL) == PV_OK ? out : 0;
}

/* The place of a text among names of an enumeration; -1 for none. */
static int place_of(const char *text, const char *(*name)(int), int count)
{
	for (int i = 0; text && i < count; i++)
		if (strcmp(name(i), text) == 0)
			return i;
	return -1;
}

static const char *role_name(int idx)
{
	return pv_result_role_name((enum pv_result_role)idx);
}

static const char *state_name(int idx)
{
	return pv_result_state_name((enum pv_result_state)idx);
}

static const char *method_name(int idx)
{
	return pv_experiment_method_name((enum pv_experiment_method)idx);
}

static const char *stats_name(int idx)
{
	return pv_result_status_name((enum pv_stats_status)idx);
}

/* --- metrics and variants ------------------------------------------------- */

/* Which way is better, where the file of the experiment says so. */
static void take_direction(pv_result_metric *out, const pv_experiment *from)
{
	const pv_experiment_metric *list = out->role == PV_RESULT_GUARDRAIL
						   ? from->guardrails
						   : from->primaries;
	size_t count = out->role == PV_RESULT_GUARDRAIL ? from->guardrail_count
		       : out->role == PV_RESULT_PRIMARY ? from->primary_count
							: 0;

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, out->name) == 0) {
			out->is_up = list[i].is_up;
			out->has_margin = list[i].has_margin;
			out->margin = list[i].margin;
			return;
		}
}

static int read_metric(struct reader *it, const pv_json *from)
{
	pv_result_metric *metric = &it->metrics[it->to->metric_count];
	int role =
		place_of(text_at(from, "role"), role_name, PV_RESULT_ROBUST + 1);
	char *source = pv_arena_alloc(it->arena, PV_RESULT_SOURCE);
	const char *name;
	int rc = take_text(&name, it, from, "metric");

	if (rc < 0 || !source)
		return pv_fail_nomem(it->err);
	if (!name || role < 0 ||
	    pv_result_metric_read(metric, source, name, NULL) < 0)
		return fail(it, "metrics");
	metric->role = (enum pv_result_role)role;
	take_direction(metric, it->experiment);
	it->to->metric_count++;
	return PV_OK;
}

/* Those of the first variant, which are those of all. */
static int read_metrics(struct reader *it, const pv_json *root)
{
	const pv_json *first = pv_json_at(pv_json_get(root, "variants"), 0);
	const pv_json *list = pv_json_get(first, "metrics");
	size_t count = pv_json_count(list);
	int rc = PV_OK;

	it->metrics =
		pv_arena_calloc(it->arena, (count + 1) * sizeof(*it->metrics));
	it->to->metrics = it->metrics;
	if (!it->metrics)
		return pv_fail_nomem(it->err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = read_metric(it, pv_json_at(list, i));
	return rc;
}

static void read_estimate(pv_result_estimate *out, const pv_json *from)
{
	out->n = int_at(from, "n");
	out->missing = int_at(from, "missing");
	(void)take_real(&out->value, from, "estimate");
	out->has_interval = take_interval(&out->interval, from, "interval");
	out->has_lift = take_real(&out->lift, from, "lift");
	out->has_lift_interval =
		take_interval(&out->lift_interval, from, "lift_interval");
	(void)take_real(&out->error, from, "error");
	(void)take_real(&out->design_effect, from, "design_effect");
	out->has_best = take_real(&out->best, from, "best_chance");
	out->status = out->n < 1       ? PV_STATS_TOO_FEW
		      : out->error > 0 ? PV_STATS_KNOWN
				       : PV_STATS_NO_VARIANCE;
}

static int read_variant(struct reader *it, pv_result_variant *out,
			const pv_json *from)
{
	const pv_json *list = pv_json_get(from, "metrics");
	size_t count = it->to->metric_count;
	pv_result_estimate *estimates =
		pv_arena_calloc(it->arena, (count + 1) * sizeof(*estimates));
	int rc = take_text(&out->name, it, from, "name");

	if (!estimates)
		return pv_fail_nomem(it->err);
	if (rc < 0)
		return rc;
	if (!out->name || pv_json_count(list) != count)
		return fail(it, "variants");
	out->n = out->have = int_at(from, "n");
	out->executions = int_at(from, "executions");
	(void)take_real(&out->expected, from, "expected");
	out->is_out = pv_json_is_true(pv_json_get(from, "out"));
	for (size_t i = 0; i < count; i++) {
		read_estimate(&estimates[i], pv_json_at(list, i));
		if (it->metrics[i].role == PV_RESULT_PRIMARY &&
		    estimates[i].n < out->have)
			out->have = estimates[i].n;
	}
	out->estimates = estimates;
	return PV_OK;
}

static int read_variants(struct reader *it, const pv_json *root)
{
	const pv_json *list = pv_json_get(root, "variants");
	size_t count = pv_json_count(list);
	int rc = PV_OK;

	if (count < 1 || count > PV_VARIANTS_MAX)
		return fail(it, "variants");
	it->variants = pv_arena_calloc(it->arena, count * sizeof(*it->variants));
	if (!it->variants)
		return pv_fail_nomem(it->err);
	it->to->variants = it->variants;
	it->to->variant_count = count;
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_json *from = pv_json_at(list, i);

		rc = read_variant(it, &it->variants[i], from);
		if (pv_json_is_true(pv_json_get(from, "control")))
			it->to->control = i;
	}
	return rc;
}

/* --- tests ---------------------------------------------------------------- */

/* The place of a variant; that count for none. */
static size_t find_variant(const struct reader *it, const char *name)
{
	size_t i = 0;

	while (i < it->to->variant_count &&
	       (!name || strcmp(it->variants[i].name, name) != 0))
		i++;
	return i;
}

/* What a test is of: pairs and ranks are of primaries. */
static size_t find_metric(const struct reader *it, const char *name,
			  enum pv_result_role role)
{
	enum pv_result_role own =
		role == PV_RESULT_PAIR || role == PV_RESULT_ROBUST
			? PV_RESULT_PRIMARY
			: role;
	size_t i = 0;

	while (i < it->to->metric_count &&
	       (!name || it->metrics[i].role != own ||
		strcmp(it->metrics[i].name, name) != 0))
		i++;
	return i;
}

static void read_figures(pv_result_test *out, const pv_json *from)
{
	(void)take_real(&out->difference, from, "difference");
	(void)take_real(&out->error, from, "error");
	(void)take_real(&out->statistic, from, "statistic");
	(void)take_real(&out->df, from, "df");
	out->has_p = take_real(&out->p, from, "p");
	(void)take_real(&out->p_corrected, from, "p_corrected");
	out->is_significant = pv_json_is_true(pv_json_get(from, "significant"));
	(void)take_real(&out->effect_size, from, "effect_size");
	out->has_interval = take_interval(&out->interval, from, "interval");
	out->has_chance = take_real(&out->chance, from, "chance");
	(void)take_real(&out->loss, from, "expected_loss");
	(void)take_real(&out->margin, from, "margin");
}

static void read_words(const struct reader *it, pv_result_test *out,
		       const pv_json *from)
{
	const char *verdict = text_at(from, "verdict");
	size_t better = find_variant(it, text_at(from, "better"));

	if (verdict)
		out->verdict = strcmp(verdict, "pass") == 0   ? 1
			       : strcmp(verdict, "fail") == 0 ? -1
							      : 0;
	if (better < it->to->variant_count)
		out->better = better == out->b ? 1 : -1;
}

static int read_test(struct reader *it, const pv_json *from)
{
	pv_result_test *out = &it->tests[it->to->test_count];
	int role =
		place_of(text_at(from, "role"), role_name, PV_RESULT_ROBUST + 1);
	int status = place_of(text_at(from, "status"), stats_name,
			      PV_STATS_UNDEFINED + 1);
	int rc = take_text(&out->method, it, from, "method");

	if (rc == PV_OK)
		rc = take_text(&out->effect_name, it, from, "effect");
	if (rc < 0)
		return rc;
	out->a = find_variant(it, text_at(from, "a"));
	out->b = find_variant(it, text_at(from, "b"));
	if (role >= 0)
		out->metric = find_metric(it, text_at(from, "metric"),
					  (enum pv_result_role)role);
	if (role < 0 || status < 0 || out->a >= it->to->variant_count ||
	    out->b >= it->to->variant_count ||
	    out->metric >= it->to->metric_count)
		return fail(it, "tests");
	out->role = (enum pv_result_role)role;
	out->status = (enum pv_stats_status)status;
	read_figures(out, from);
	read_words(it, out, from);
	it->to->test_count++;
	return PV_OK;
}

static int read_tests(struct reader *it, const pv_json *root)
{
	const pv_json *list = pv_json_get(root, "tests");
	size_t count = pv_json_count(list);
	int rc = PV_OK;

	it->tests = pv_arena_calloc(it->arena, (count + 1) * sizeof(*it->tests));
	it->to->tests = it->tests;
	if (!it->tests)
		return pv_fail_nomem(it->err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = read_test(it, pv_json_at(list, i));
	return rc;
}

/* --- the split ------------------------------------------------------------ */

static void read_split(pv_result_split *out, const pv_json *from, int is_all)
{
	pv_stats_srm_result *srm = &out->srm;

	out->epoch = is_all ? -1 : pv_json_int(pv_json_get(from, "epoch"), -1);
	srm->is_mismatch = pv_json_is_true(pv_json_get(from, "mismatch"));
	srm->is_impossible = pv_json_is_true(pv_json_get(from, "impossible"));
	srm->status = take_real(&srm->chi2, from, "chi2") || srm->is_impossible
			      ? PV_STATS_KNOWN
			      : PV_STATS_TOO_FEW;
	srm->df = int_at(from, "df");
	(void)take_real(&srm->p, from, "p");
	(void)take_real(&srm->deviation, from, "deviation");
}

static int read_splits(struct reader *it, const pv_json *root)
{
	const pv_json *all = pv_json_get(root, "srm");
	const pv_json *list = pv_json_get(all, "epochs");
	size_t count = pv_json_count(list);
	pv_result_split *splits =
		pv_arena_calloc(it->arena, (count + 1) * sizeof(*splits));

	if (!splits)
		return pv_fail_nomem(it->err);
	read_split(&splits[0], all, 1);
	for (size_t i = 0; i < count; i++)
		read_split(&splits[i + 1], pv_json_at(list, i), 0);
	it->to->splits = splits;
	it->to->split_count = count + 1;
	return PV_OK;
}

/* --- the rest ------------------------------------------------------------- */

static int read_names(struct reader *it, const pv_json *root)
{
	pv_results *to = it->to;
	const struct {
		const char **to;
		const char *key;
		int is_needed;
	} texts[] = { { &to->id, "id", 1 },
		      { &to->name, "name", 0 },
		      { &to->prompt, "prompt", 1 },
		      { &to->unit, "unit", 1 },
		      { &to->rows_until, "rows_until", 0 },
		      { &to->winner, "winner", 0 },
		      { &to->reason, "reason", 1 } };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(texts) && rc == PV_OK; i++) {
		rc = take_text(texts[i].to, it, root, texts[i].key);
		if (rc == PV_OK && texts[i].is_needed && !*texts[i].to)
			rc = fail(it, texts[i].key);
	}
	return rc;
}

static int read_head(struct reader *it, const pv_json *root)
{
	pv_results *to = it->to;
	const char *status = text_at(root, "status");
	const char *by = text_at(root, "by");
	int method = place_of(text_at(root, "method"), method_name,
			      PV_METHOD_BAYES + 1);
	int state = place_of(text_at(root, "state"), state_name,
			     PV_RESULT_WINNER + 1);

	if (!status || pv_experiment_status_of(&to->status, status, NULL) < 0)
		return fail(it, "status");
	if (method < 0)
		return fail(it, "method");
	if (state < 0)
		return fail(it, "state");
	to->method = (enum pv_experiment_method)method;
	to->state = (enum pv_result_state)state;
	to->is_by_unit = by && strcmp(by, "unit") == 0;
	(void)take_real(&to->alpha, root, "alpha");
	(void)take_real(&to->n_star, root, "n_star");
	to->minimum = int_at(root, "minimum");
	to->since = time_at(root, "since");
	to->until = time_at(root, "until");
	to->executions = int_at(root, "executions");
	to->needed = (int64_t)pv_json_real(pv_json_get(root, "needed"), 0);
	(void)take_real(&to->days, root, "days");
	return PV_OK;
}

/* As they were, and what came later as one more. */
static int read_warnings(struct reader *it, const pv_json *root)
{
	const pv_json *list = pv_json_get(root, "warnings");
	size_t count = pv_json_count(list);
	const char **texts =
		pv_arena_calloc(it->arena, (count + 2) * sizeof(*texts));
	size_t used = 0;

	if (!texts)
		return pv_fail_nomem(it->err);
	for (size_t i = 0; i < count; i++) {
		const char *text = pv_json_text(pv_json_at(list, i), NULL);

		if (!text)
			continue;
		texts[used] = pv_arena_dup(it->arena, text, strlen(text));
		if (!texts[used++])
			return pv_fail_nomem(it->err);
	}
	if (it->to->later > 0) {
		pv_buf text = { 0 };
		int rc;

		pv_buf_printf(&text,
			      "%lld executions came later, and do not count: "
			      "these are the results as they were kept",
			      (long long)it->to->later);
		rc = pv_result_keep(&texts[used++], &text, it->arena, it->err);
		if (rc < 0)
			return rc;
	}
	it->to->warnings = texts;
	it->to->warning_count = used;
	return PV_OK;
}

static int read_all(struct reader *it, const pv_json *root, int64_t executions)
{
	int rc = read_names(it, root);

	if (rc == PV_OK)
		rc = read_head(it, root);
	it->to->is_kept = 1;
	if (executions > it->to->executions)
		it->to->later = executions - it->to->executions;
	if (rc == PV_OK)
		rc = read_metrics(it, root);
	if (rc == PV_OK)
		rc = read_variants(it, root);
	if (rc == PV_OK)
		rc = read_tests(it, root);
	if (rc == PV_OK)
		rc = read_splits(it, root);
	return rc == PV_OK ? read_warnings(it, root) : rc;
}

int pv_results_parse(pv_results **out, const pv_experiment *experiment,
		     const char *text, size_t len, int64_t executions,
		     pv_error *err)
{
	struct reader it = { .experiment = experiment, .err = err };
	pv_json_doc *doc = NULL;
	int rc = pv_json_parse(&doc, text, len, err);

	*out = NULL;
	if (rc == PV_OK)
		rc = pv_results_blank(&it.to, &it.arena, err);
	if (rc == PV_OK)
		rc = read_all(&it, pv_json_root(doc), executions);
	pv_json_free(doc);
	if (rc == PV_OK)
		*out = it.to;
	else
		pv_results_free(it.to);
	return rc;
}
