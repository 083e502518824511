/* SPDX-License-Identifier: MIT
 *
 * Tables of plans, read-outs over time, trends and changes.
 */
#include "tools/stats/stats.h"

static int is_text(const stats_case *it, const char *key, const char *text)
{
	const char *value = pv_json_text(pv_json_get(it->in, key), NULL);

	return value && !strcmp(value, text);
}

static int mean_power(stats_case *it, const pv_stats_plan *plan)
{
	int64_t n = stats_count(it, "n_control");
	int64_t m = stats_count(it, "n_treatment");
	double d = stats_in(it, "effect_size_d");
	double t = 0;
	double z = 0;
	int rc = pv_stats_power_t(&t, d, n, m, plan, &it->err);

	if (rc == PV_OK)
		rc = pv_stats_power_z(&z, d, n, m, plan, &it->err);
	if (rc < 0)
		return rc;
	stats_put(it, "power_t", t);
	stats_put(it, "power_z", z);
	return PV_OK;
}

static int mean_size(stats_case *it, const pv_stats_plan *plan)
{
	pv_stats_size got;
	int rc = pv_stats_size_mean(&got, stats_in(it, "sd"),
				    stats_in(it, "delta"), plan, &it->err);

	if (rc < 0)
		return rc;
	stats_put(it, "n_control_z_real", got.exact);
	stats_put_int(it, "n_control_z", got.n_control);
	stats_put(it, "mde_at_n_control_z", got.mde);
	if (plan->ratio == 1)
		stats_put_int(it, "n_per_arm_t", got.n_control_t);
	return PV_OK;
}

static int proportion_size(stats_case *it, const pv_stats_plan *plan)
{
	pv_stats_size got;
	int rc = pv_stats_size_proportion(&got, stats_in(it, "p_control"),
					  stats_in(it, "p_treatment"), plan,
					  &it->err);

	if (rc < 0)
		return rc;
	stats_put(it, "n_control_real", got.exact);
	stats_put_int(it, "n_control", got.n_control);
	stats_put(it, "n_control_arcsine_real", got.arcsine);
	return PV_OK;
}

int stats_power(stats_case *it)
{
	pv_stats_plan plan = { 0 };

	plan.alpha = stats_in(it, "alpha");
	plan.is_one_sided = is_text(it, "alternative", "greater");
	if (pv_json_get(it->in, "power"))
		plan.power = stats_in(it, "power");
	if (pv_json_get(it->in, "ratio_treatment_to_control"))
		plan.ratio = stats_in(it, "ratio_treatment_to_control");
	if (is_text(it, "kind", "mean_power"))
		return mean_power(it, &plan);
	if (is_text(it, "kind", "mean_sample_size"))
		return mean_size(it, &plan);
	return proportion_size(it, &plan);
}

int stats_confidence_sequence(stats_case *it)
{
	pv_stats_moments a = stats_sample(it, "control");
	pv_stats_moments b = stats_sample(it, "treatment");
	pv_stats_sequence got;
	int is_known;
	int rc = pv_stats_confseq(&got, &a, &b, stats_in(it, "alpha"),
				  stats_in(it, "n_star"), &it->err);

	if (rc < 0)
		return rc;
	is_known = got.status == PV_STATS_KNOWN;
	stats_put(it, "diff", got.difference);
	stats_put(it, "se", got.error);
	stats_put_known(it, "rho", got.rho, is_known);
	stats_put_known(it, "halfwidth", got.half_width, is_known);
	stats_put_known(it, "ci_low", got.interval.low, is_known);
	stats_put_known(it, "ci_high", got.interval.high, is_known);
	stats_put_known(it, "ln_e_value", got.ln_e, is_known);
	stats_put_known(it, "p_always_valid", got.p, is_known);
	stats_put_bool(it, "significant", got.is_significant);
	return PV_OK;
}

static void put_looks(stats_case *it, const pv_stats_look *looks, size_t count)
{
	pv_jsonw_key(it->w, "z_bounds");
	pv_jsonw_array(it->w);
	for (size_t i = 0; i < count; i++)
		stats_put(it, NULL, looks[i].z);
	pv_jsonw_array_end(it->w);
	pv_jsonw_key(it->w, "cum_alpha_two_sided");
	pv_jsonw_array(it->w);
	for (size_t i = 0; i < count; i++)
		stats_put(it, NULL, looks[i].spent);
	pv_jsonw_array_end(it->w);
}

int stats_group_sequential(stats_case *it)
{
	const pv_json *shares = pv_json_get(it->in, "information");
	const char *name = pv_json_text(pv_json_get(it->in, "spending"), NULL);
	enum pv_stats_spending spending = PV_STATS_OBRIEN_FLEMING;
	static pv_stats_look looks[PV_STATS_LOOKS_MAX];
	size_t count = pv_json_count(shares);
	double rho = 0;
	int rc;

	if (name && !strcmp(name, "pocock"))
		spending = PV_STATS_POCOCK;
	if (name && !strncmp(name, "power_", 6)) {
		spending = PV_STATS_POWER;
		rho = strtod(name + 6, NULL);
	}
	if (count > PV_STATS_LOOKS_MAX)
		count = PV_STATS_LOOKS_MAX;
	for (size_t i = 0; i < count; i++)
		looks[i].information =
			pv_json_real(pv_json_at(shares, i), (double)NAN);
	rc = pv_stats_group_bounds(looks, count, stats_in(it, "alpha_two_sided"),
				   spending, rho, &it->err);
	if (rc == PV_OK)
		put_looks(it, looks, count);
	return rc;
}

int stats_bayes_normal(stats_case *it)
{
	pv_stats_moments a = stats_sample(it, "control");
	pv_stats_moments b = stats_sample(it, "treatment");
	double sd = stats_in(it, "prior_sd");
	pv_stats_prior prior = { stats_in(it, "prior_mean"), isnan(sd) ? 0 : sd,
				 stats_in(it, "cred") };
	pv_stats_posterior got;
	int is_known;
	int rc = pv_stats_bayes_normal(&got, &a, &b, &prior, &it->err);

	if (rc < 0)
		return rc;
	is_known = got.status == PV_STATS_KNOWN;
	stats_put_known(it, "post_mean", got.mean, is_known);
	stats_put_known(it, "post_sd", got.sd, is_known);
	stats_put_known(it, "p_treatment_better", got.p_treatment, is_known);
	stats_put_known(it, "ln_p_treatment_better", got.ln_p_treatment,
			is_known);
	stats_put_known(it, "expected_loss_ship_treatment", got.loss_treatment,
			is_known);
	stats_put_known(it, "expected_loss_keep_control", got.loss_control,
			is_known);
	stats_put_known(it, "ci_low", got.interval.low, is_known);
	stats_put_known(it, "ci_high", got.interval.high, is_known);
	return PV_OK;
}

static int best_arms(stats_case *it, const pv_json *from)
{
	pv_stats_beta arms[64];
	double best[64];
	size_t count = pv_json_count(from);
	int rc;

	if (count > 64)
		count = 64;
	for (size_t i = 0; i < count; i++) {
		const pv_json *arm = pv_json_at(from, i);

		arms[i].alpha = pv_json_real(pv_json_get(arm, "alpha"), 0);
		arms[i].beta = pv_json_real(pv_json_get(arm, "beta"), 0);
	}
	rc = pv_stats_best_beta(best, arms, count, &it->err);
	if (rc < 0)
		return rc;
	pv_jsonw_key(it->w, "p_best");
	pv_jsonw_array(it->w);
	for (size_t i = 0; i < count; i++)
		stats_put(it, NULL, best[i]);
	pv_jsonw_array_end(it->w);
	return PV_OK;
}

static pv_stats_beta beta_of(const stats_case *it, const char *hits,
			     const char *n)
{
	double x = stats_in(it, hits);
	pv_stats_beta out = { stats_in(it, "prior_alpha") + x,
			      stats_in(it, "prior_beta") + stats_in(it, n) - x };

	return out;
}

int stats_beta_binomial(stats_case *it)
{
	pv_stats_beta a = beta_of(it, "success_control", "n_control");
	pv_stats_beta b = beta_of(it, "success_treatment", "n_treatment");
	pv_stats_posterior got;
	int rc;

	if (pv_json_get(it->in, "arms"))
		return best_arms(it, pv_json_get(it->in, "arms"));
	rc = pv_stats_bayes_beta(&got, a, b, &it->err);
	if (rc < 0)
		return rc;
	stats_put(it, "p_treatment_better", got.p_treatment);
	stats_put(it, "p_control_better", got.p_control);
	stats_put(it, "ln_p_treatment_better", got.ln_p_treatment);
	stats_put(it, "expected_loss_ship_treatment", got.loss_treatment);
	stats_put(it, "expected_loss_keep_control", got.loss_control);
	stats_put(it, "mean_control", a.alpha / (a.alpha + a.beta));
	stats_put(it, "mean_treatment", b.alpha / (b.alpha + b.beta));
	return PV_OK;
}

static void put_trend(stats_case *it, const pv_stats_trend *trend,
		      const pv_stats_line *line)
{
	int is_known = trend->status == PV_STATS_KNOWN;

	stats_put(it, "S", trend->s);
	stats_put(it, "var_S", trend->variance);
	stats_put_known(it, "tau_b", trend->tau, is_known);
	stats_put_known(it, "z", trend->z, is_known);
	stats_put_known(it, "p_two_sided", trend->p, is_known);
	stats_put(it, "theil_sen_slope", trend->slope);
	stats_put(it, "theil_sen_intercept", trend->intercept);
	if (line->status == PV_STATS_TOO_FEW)
		return;
	stats_put(it, "ols_slope", line->slope);
	stats_put(it, "ols_intercept", line->intercept);
	if (line->status != PV_STATS_KNOWN)
		return;
	stats_put(it, "ols_se", line->error);
	stats_put(it, "ols_t", line->t);
	stats_put(it, "ols_p", line->p);
	stats_put(it, "r2", line->r2);
}

int stats_mann_kendall(stats_case *it)
{
	size_t n = 0;
	size_t m = 0;
	double *x = stats_array(pv_json_get(it->in, "x"), &n);
	double *y = stats_array(pv_json_get(it->in, "y"), &m);
	pv_stats_trend trend;
	pv_stats_line line;
	int rc;

	n = n < m ? n : m;
	rc = pv_stats_trend_of(&trend, x, y, n, &it->err);
	if (rc == PV_OK)
		rc = pv_stats_line_of(&line, x, y, n, &it->err);
	if (rc == PV_OK)
		put_trend(it, &trend, &line);
	free(x);
	free(y);
	return rc;
}

/* Where each chart rang first; -1 for never. */
struct first {
	int64_t up;
	int64_t down;
};

static void note(struct first *first, int alarms, size_t i)
{
	if (alarms & PV_STATS_UP && first->up < 0)
		first->up = (int64_t)i;
	if (alarms & PV_STATS_DOWN && first->down < 0)
		first->down = (int64_t)i;
}

static void put_first(stats_case *it, const char *key, int64_t at)
{
	if (at < 0)
		stats_put_null(it, key);
	else
		stats_put_int(it, key, at);
}

int stats_change_detection(stats_case *it)
{
	pv_stats_cusum cusum = { .mean = stats_in(it, "mu0"),
				 .sd = stats_in(it, "sigma"),
				 .slack = stats_in(it, "cusum_k"),
				 .limit = stats_in(it, "cusum_h") };
	pv_stats_ewma ewma = { .mean = cusum.mean,
			       .sd = cusum.sd,
			       .weight = stats_in(it, "ewma_lambda"),
			       .width = stats_in(it, "ewma_L") };
	pv_stats_page_hinkley page = { .delta = stats_in(it, "ph_delta"),
				       .limit = stats_in(it, "ph_threshold") };
	struct first rang[3] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	double cusum_max = 0;
	double page_max = 0;
	size_t n = 0;
	double *x = stats_array(pv_json_get(it->in, "x"), &n);

	for (size_t i = 0; i < n; i++) {
		note(&rang[0], pv_stats_cusum_add(&cusum, x[i]), i);
		note(&rang[1], pv_stats_ewma_add(&ewma, x[i]), i);
		note(&rang[2], pv_stats_page_hinkley_add(&page, x[i]), i);
		cusum_max = fmax(cusum_max, fmax(cusum.up, cusum.down));
		page_max = fmax(page_max, fmax(page.up, page.down));
	}
	free(x);
	if (rang[1].up < 0 || (rang[1].down >= 0 && rang[1].down < rang[1].up))
		rang[1].up = rang[1].down;
	put_first(it, "cusum_up_alarm", rang[0].up);
	put_first(it, "cusum_down_alarm", rang[0].down);
	stats_put(it, "cusum_max", cusum_max);
	stats_put(it, "cusum_up_final", cusum.up);
	stats_put(it, "cusum_down_final", cusum.down);
	put_first(it, "ewma_alarm", rang[1].up);
	stats_put(it, "ewma_final", ewma.mean + ewma.off);
	stats_put(it, "ewma_limit_final", ewma.limit);
	put_first(it, "ph_up_alarm", rang[2].up);
	put_first(it, "ph_down_alarm", rang[2].down);
	stats_put(it, "ph_max", page_max);
	stats_put(it, "ph_up_final", page.up);
	stats_put(it, "ph_down_final", page.down);
	return PV_OK;
}

int stats_exp_histogram(stats_case *it)
{
	int scale = (int)stats_count(it, "scale");
	int64_t index = 0;
	double low = 0;
	double high = 0;
	double point = 0;
	int rc = pv_stats_histogram_index(&index, stats_in(it, "value"), scale,
					  &it->err);

	if (rc == PV_OK)
		rc = pv_stats_histogram_bound(&low, index, scale, &it->err);
	if (rc == PV_OK)
		rc = pv_stats_histogram_bound(&high, index + 1, scale, &it->err);
	if (rc == PV_OK)
		rc = pv_stats_histogram_point(&point, index, scale, &it->err);
	if (rc < 0)
		return rc;
	stats_put_int(it, "index", index);
	stats_put(it, "lower_bound_exclusive", low);
	stats_put(it, "upper_bound_inclusive", high);
	stats_put(it, "min_rel_err_point", point);
	return PV_OK;
}
