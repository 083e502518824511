/* SPDX-License-Identifier: MIT
 *
 * Runs tables of statistics, JSON lines {id, in, out, tol, abs_tol?}: what our
 * code says of `in` against `out`, numbers to the relative tolerance of the
 * line, whole numbers and truths exactly. A case without `out` is only printed.
 *
 *     corpus_stats FILE... [--print]
 */
#include <stdio.h>

#include "cases.h"
#include "tools/near.h"
#include "tools/stats/stats.h"

static const stats_kind kinds[] = {
	{ "t_cdf", stats_t_cdf },
	{ "t_ppf", stats_t_ppf },
	{ "norm", stats_norm },
	{ "chi2", stats_chi2 },
	{ "f_cdf", stats_f_cdf },
	{ "beta_inc", stats_beta_inc },
	{ "welch_moments", stats_welch_moments },
	{ "welch_samples", stats_welch_samples },
	{ "moments_merge", stats_moments_merge },
	{ "proportions", stats_proportions },
	{ "fisher", stats_fisher },
	{ "mannwhitney", stats_mannwhitney },
	{ "quantile_ci", stats_quantile_ci },
	{ "multiple_comparisons", stats_multiple },
	{ "srm", stats_srm },
	{ "power", stats_power },
	{ "confidence_sequence", stats_confidence_sequence },
	{ "group_sequential", stats_group_sequential },
	{ "bayes_normal", stats_bayes_normal },
	{ "beta_binomial", stats_beta_binomial },
	{ "mann_kendall", stats_mann_kendall },
	{ "change_detection", stats_change_detection },
	{ "exp_histogram", stats_exp_histogram },
};

enum {
	KINDS = sizeof(kinds) / sizeof(kinds[0])
};

static const double as_good_as_zero = 1e-300;

struct run {
	const char *path;
	int is_print;
	unsigned passed;
	unsigned failed;
	unsigned skipped;
	unsigned rows[KINDS];
	unsigned bad[KINDS];
};

/* --- input and output of the kinds ---------------------------------------- */

double stats_in(const stats_case *it, const char *key)
{
	return near_number(pv_json_get(it->in, key));
}

int64_t stats_count(const stats_case *it, const char *key)
{
	const pv_json *value = pv_json_get(it->in, key);

	if (pv_json_type_of(value) == PV_JSON_REAL)
		return (int64_t)pv_json_real(value, -1);
	return pv_json_int(value, -1);
}

double *stats_array(const pv_json *array, size_t *count_out)
{
	size_t count = pv_json_count(array);
	double *out = calloc(count + 1, sizeof(*out));

	*count_out = out ? count : 0;
	for (size_t i = 0; i < *count_out; i++)
		out[i] = near_number(pv_json_at(array, i));
	return out;
}

pv_stats_moments stats_sample(const stats_case *it, const char *key)
{
	const pv_json *from = pv_json_get(it->in, key);
	pv_stats_moments out = { 0 };

	out.n = (int64_t)pv_json_real(pv_json_get(from, "n"), -1);
	out.mean = near_number(pv_json_get(from, "mean"));
	out.m2 = near_number(pv_json_get(from, "M2"));
	return out;
}

void stats_put(stats_case *it, const char *key, double value)
{
	if (key)
		pv_jsonw_key(it->w, key);
	if (isinf(value))
		pv_jsonw_string(it->w, value > 0 ? "inf" : "-inf");
	else
		pv_jsonw_real(it->w, value);
}

void stats_put_int(stats_case *it, const char *key, int64_t value)
{
	pv_jsonw_key(it->w, key);
	pv_jsonw_int(it->w, value);
}

void stats_put_bool(stats_case *it, const char *key, int value)
{
	pv_jsonw_key(it->w, key);
	pv_jsonw_bool(it->w, value);
}

void stats_put_null(stats_case *it, const char *key)
{
	pv_jsonw_key(it->w, key);
	pv_jsonw_null(it->w);
}

void stats_put_known(stats_case *it, const char *key, double value, int is_known)
{
	if (is_known)
		stats_put(it, key, value);
	else
		stats_put_null(it, key);
}

void stats_put_pair(stats_case *it, const char *key, pv_stats_interval pair)
{
	pv_jsonw_key(it->w, key);
	pv_jsonw_array(it->w);
	stats_put(it, NULL, pair.low);
	stats_put(it, NULL, pair.high);
	pv_jsonw_array_end(it->w);
}

/* --- judging -------------------------------------------------------------- */

struct judge {
	const pv_json *got;
	const pv_json *want;
	const char *key;      /* the member that differs */
	const char *doubtful; /* one whose table value cannot be */
	near_tolerance tolerance;
};

/*
 * What no chance can be, where a table holds the rounding of what made it: a
 * logarithm above 0, or a loss (of a share, so at most 1) that is greater than
 * the chance of losing anything, or below 0.
 */
static int is_impossible(const struct judge *it, const char *key,
			 const pv_json *want)
{
	const char *chance = NULL;

	if (!strncmp(key, "ln_p", 4))
		return near_number(want) > 0;
	if (!strcmp(key, "expected_loss_ship_treatment"))
		chance = "p_control_better";
	if (!strcmp(key, "expected_loss_keep_control"))
		chance = "p_treatment_better";
	if (!chance || !pv_json_get(it->want, chance))
		return 0;
	return near_number(want) < 0 ||
	       near_number(want) > near_number(pv_json_get(it->want, chance));
}

static int differs(const char *key, const pv_json *want, void *payload)
{
	struct judge *it = payload;

	it->key = key;
	if (!near_fits(&it->tolerance, pv_json_get(it->got, key), want)) {
		if (!is_impossible(it, key, want))
			return 1;
		it->doubtful = key;
	}
	return 0;
}

enum verdict {
	FAILED,
	PASSED,
	DOUBTFUL
};

static enum verdict judge(const char *id, const pv_json *item,
			  const pv_buf *answer)
{
	struct judge it = { .want = pv_json_get(item, "out"),
			    .tolerance = { 1e-11, as_good_as_zero } };
	enum verdict verdict = PASSED;
	pv_json_doc *doc = NULL;

	near_take(&it.tolerance, item);
	if (pv_json_parse(&doc, pv_buf_text(answer), answer->len, NULL) < 0) {
		printf("FAILED %s: no JSON\n", id);
		return FAILED;
	}
	it.got = pv_json_root(doc);
	if (pv_json_each(it.want, differs, &it)) {
		printf("FAILED %s: %s is", id, it.key);
		near_show("", pv_json_get(it.got, it.key));
		near_show("instead of", pv_json_get(it.want, it.key));
		putchar('\n');
		verdict = FAILED;
	} else if (it.doubtful) {
		printf("skipped %s: %s cannot be", id, it.doubtful);
		near_show("", pv_json_get(it.want, it.doubtful));
		putchar('\n');
		verdict = DOUBTFUL;
	}
	pv_json_free(doc);
	return verdict;
}

/* --- cases ---------------------------------------------------------------- */

/* By the id, which is the table's name and a number, else by the file. */
static int kind_of(const char *name, char last)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	const char *end = strrchr(base, last);
	size_t len = end ? (size_t)(end - base) : strlen(base);

	for (int i = 0; i < KINDS; i++)
		if (strlen(kinds[i].name) == len &&
		    !memcmp(kinds[i].name, base, len))
			return i;
	return -1;
}

static int answer(pv_buf *out, int kind, const pv_json *item)
{
	pv_jsonw w;
	stats_case it = { pv_json_get(item, "in"), &w, { 0 } };
	int rc;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	rc = kinds[kind].run(&it);
	if (rc < 0)
		pv_jsonw_member(&w, "error", it.err.message);
	pv_jsonw_object_end(&w);
	return rc;
}

static void print_case(const char *id, const pv_buf *got)
{
	pv_buf line = { 0 };
	pv_jsonw w;

	pv_jsonw_init(&w, &line);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", id);
	pv_jsonw_key(&w, "got");
	pv_jsonw_raw(&w, got->ptr, got->len);
	pv_jsonw_object_end(&w);
	puts(pv_buf_text(&line));
	pv_buf_dispose(&line);
}

static void count_case(struct run *run, int kind, enum verdict verdict)
{
	run->rows[kind]++;
	run->bad[kind] += verdict != PASSED;
	run->passed += verdict == PASSED;
	run->failed += verdict == FAILED;
	run->skipped += verdict == DOUBTFUL;
}

static void run_case(void *payload, unsigned line, const pv_json *item)
{
	struct run *run = payload;
	const char *id = pv_json_text(pv_json_get(item, "id"), NULL);
	int kind = id ? kind_of(id, '-') : -1;
	pv_buf got = { 0 };

	if (kind < 0)
		kind = kind_of(run->path, '.');
	if (kind < 0) {
		fprintf(stderr, "error: line %u is of no known table\n", line);
		run->failed++;
		return;
	}
	(void)answer(&got, kind, item);
	if (run->is_print)
		print_case(id ? id : "", &got);
	else if (!pv_json_get(item, "out"))
		run->skipped++;
	else
		count_case(run, kind, judge(id ? id : "", item, &got));
	pv_buf_dispose(&got);
}

static void print_counts(const struct run *run)
{
	for (int i = 0; i < KINDS; i++)
		if (run->rows[i])
			printf("%s: %u of %u within tolerance\n", kinds[i].name,
			       run->rows[i] - run->bad[i], run->rows[i]);
	printf("%u passed, %u failed, %u skipped\n", run->passed, run->failed,
	       run->skipped);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--print"))
			run.is_print = 1;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--print"))
			continue;
		run.path = argv[i];
		run.failed += cases_run_file(argv[i], run_case, &run);
	}
	if (!run.is_print)
		print_counts(&run);
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
