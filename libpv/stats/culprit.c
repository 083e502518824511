/* SPDX-License-Identifier: MIT
 *
 * A change point's posterior over a graph of changes; see pv/culprit.h. For
 * each suspect a step is fitted to the contents behind it, beside the steps of
 * other shifts (stats/culprit_levels.h); what is left, and the step, are its
 * likelihood.
 */
#include <math.h>
#include <string.h>

#include <pv/culprit.h>

#include "base/fail.h"
#include "base/mem.h"
#include "stats/culprit_levels.h"
#include "stats/domain.h"

static const double z_sure = 1.959963984540054; /* of 2.5 % on each side */
static const double undecided = 0.025; /* a side less likely is decided */

struct finding {
	const pv_culprit_query *query;
	pv_culprit_levels levels;
	double *chances;
	double pooled; /* variance within contents */
	double spread;
	double *behind; /* chance of each change of being behind */
};

/* --- weights -------------------------------------------------------------- */

static void pool(struct finding *it)
{
	const pv_culprit_query *query = it->query;
	double sum = 0;
	double df = 0;

	for (size_t i = 0; i < query->state_count; i++) {
		const pv_culprit_state *state = &query->states[i];

		if (state->n < 2)
			continue;
		sum += state->variance * (double)(state->n - 1);
		df += (double)(state->n - 1);
	}
	it->pooled = df > 0 ? sum / df : 0;
	it->spread = query->spread > 0 ? query->spread : query->drop / 10;
	for (size_t i = 0; i < query->state_count; i++) {
		int64_t n = query->states[i].n;

		it->levels.weights[i] = n > 0 ? 1 / (it->spread * it->spread +
						     it->pooled / (double)n)
					      : 0;
	}
}

/* --- all of them ---------------------------------------------------------- */

/* Chances from logarithms, of which none need be one of a number. */
static void normalise(struct finding *it, pv_culprit *out, double ln_none)
{
	const pv_culprit_query *query = it->query;
	double greatest = ln_none;
	double sum;

	for (size_t i = 0; i < query->change_count; i++)
		if (query->changes[i].is_suspect)
			greatest = fmax(greatest, it->chances[i]);
	out->none = exp(ln_none - greatest);
	sum = out->none;
	for (size_t i = 0; i < query->change_count; i++) {
		it->chances[i] = query->changes[i].is_suspect
					 ? exp(it->chances[i] - greatest)
					 : 0;
		sum += it->chances[i];
	}
	out->none /= sum;
	out->most = query->change_count;
	for (size_t i = 0; i < query->change_count; i++) {
		it->chances[i] /= sum;
		if (query->changes[i].is_suspect &&
		    (out->most == query->change_count ||
		     it->chances[i] > it->chances[out->most]))
			out->most = i;
	}
}

static void weigh(struct finding *it, pv_culprit *out)
{
	const pv_culprit_query *query = it->query;
	double ln_none;

	for (size_t i = 0; i < 2 * query->change_count; i++)
		pv_culprit_mark(&it->levels, i);
	pv_culprit_levels_find(&it->levels);
	ln_none = pv_culprit_ln_none(&it->levels);
	for (size_t i = 0; i < query->change_count; i++)
		if (query->changes[i].is_suspect)
			it->chances[i] = pv_culprit_ln_fall(&it->levels, i);
	normalise(it, out, ln_none);
}

static void put_effect(struct finding *it, pv_culprit *out)
{
	double error;

	if (out->most == it->query->change_count)
		return;
	error = pv_culprit_fall(&out->from, &out->to, &it->levels, out->most);
	out->effect = out->to - out->from;
	out->interval.low = out->effect - z_sure * error;
	out->interval.high = out->effect + z_sure * error;
}

/* As few as have 95 % of the chances, the likeliest first. */
static size_t count_likely(const struct finding *it, const pv_culprit *out,
			   double *left)
{
	size_t count = it->query->change_count;
	double none = out->none;
	double sum = 0;
	size_t taken = 0;

	memcpy(left, it->chances, count * sizeof(*left));
	while (sum < 1 - 2 * undecided && taken <= count) {
		size_t best = 0;

		for (size_t i = 1; i < count; i++)
			if (left[i] > left[best])
				best = i;
		taken++;
		if (none >= left[best]) {
			sum += none;
			none = -1;
		} else {
			sum += left[best];
			left[best] = -1;
		}
	}
	return taken;
}

/* --- what to measure next ------------------------------------------------- */

static void sum_behind(struct finding *it)
{
	const pv_culprit_query *query = it->query;

	memset(it->behind, 0, query->change_count * sizeof(*it->behind));
	for (size_t i = 0; i < query->change_count; i++) {
		const unsigned char *hits;

		if (it->chances[i] <= 0)
			continue;
		hits = pv_culprit_hits(&it->levels, i);
		for (size_t k = 0; k < query->change_count; k++)
			if (hits[query->changes[k].state])
				it->behind[k] += it->chances[i];
	}
}

/* Values of a content that tell one side from the other, beyond `n`. */
static int64_t values_needed(const struct finding *it, int64_t n)
{
	const double most = 1e12;
	double half = it->query->drop / (2 * z_sure);
	double room = half * half - it->spread * it->spread;
	double need = room > 0 ? ceil(it->pooled / room) : most;

	need = need > most ? most : need;
	/* Fewer say too little of how they differ. */
	need = fmax(need, PV_STATS_WARM_UP);
	/* Those it has were not enough: at least half as many again. */
	return (int64_t)fmax(need - (double)n, ceil(need / 2));
}

/* How undecided it is on which side a change's content lies. */
static double doubt(const struct finding *it, size_t change)
{
	return fmin(it->behind[change], 1 - it->behind[change]);
}

static int64_t count_of(const struct finding *it, size_t change)
{
	return it->query->states[it->query->changes[change].state].n;
}

/* The most undecided change, of those with fewer values than `n`. */
static int find_doubt(size_t *out, const struct finding *it, int64_t n)
{
	double best = undecided;

	for (size_t i = 0; i < it->query->change_count; i++) {
		if (doubt(it, i) <= best || count_of(it, i) >= n)
			continue;
		best = doubt(it, i);
		*out = i;
	}
	return best > undecided;
}

/*
 * The middle of what is likely. Where it has values enough, what it is to be
 * compared with has not: of it and those it came from the one with the fewest.
 */
static void put_next(struct finding *it, pv_culprit *out)
{
	const pv_culprit_change *middle;

	sum_behind(it);
	out->has_next = find_doubt(&out->next, it, values_needed(it, 0));
	if (!out->has_next) {
		out->has_next = find_doubt(&out->next, it, INT64_MAX);
		middle = &it->query->changes[out->next];
		for (size_t k = 0; out->has_next && k < middle->parent_count; k++)
			if (count_of(it, middle->parents[k]) <
			    count_of(it, out->next))
				out->next = middle->parents[k];
	}
	if (out->has_next)
		out->next_count = values_needed(it, count_of(it, out->next));
}

/* --- the whole ------------------------------------------------------------ */

static int check_states(const pv_culprit_query *query, pv_error *err)
{
	int rc = pv_domain_positive("drop", query->drop, err);

	if (rc == PV_OK)
		rc = pv_domain_not_negative("spread", query->spread, err);
	for (size_t i = 0; i < query->state_count && rc == PV_OK; i++) {
		const pv_culprit_state *state = &query->states[i];

		rc = pv_domain_count("n", state->n, 0, err);
		if (rc == PV_OK)
			rc = pv_domain_finite("mean", state->mean, err);
		if (rc == PV_OK)
			rc = pv_domain_not_negative("variance", state->variance,
						    err);
	}
	return rc;
}

static int check_change(const pv_culprit_query *query, size_t idx, pv_error *err)
{
	const pv_culprit_change *change = &query->changes[idx];
	int is_bad = change->state >= query->state_count;

	for (size_t k = 0; k < change->parent_count; k++)
		is_bad |= change->parents[k] >= idx;
	return is_bad ? pv_fail(err, PV_EINVALID,
				"change %zu is out of its place", idx)
		      : PV_OK;
}

static int check(const pv_culprit_query *query, pv_error *err)
{
	int rc = check_states(query, err);

	if (query->change_count > PV_CULPRIT_CHANGES_MAX)
		return pv_fail(err, PV_ELIMIT, "%zu changes are more than %d",
			       query->change_count, PV_CULPRIT_CHANGES_MAX);
	for (size_t i = 0; i < query->change_count && rc == PV_OK; i++)
		rc = check_change(query, i, err);
	return rc;
}

/* Whether there is anything on both sides of any suspect. */
static int can_compare(const struct finding *it)
{
	for (size_t i = 0; i < it->query->change_count; i++)
		if (it->query->changes[i].is_suspect &&
		    pv_culprit_is_split(&it->levels, i))
			return 1;
	return 0;
}

static int prepare(struct finding *it, double **left, pv_error *err)
{
	size_t changes = it->query->change_count + 1;
	int rc = pv_culprit_levels_init(&it->levels, it->query, err);

	it->behind = pv_calloc(changes, sizeof(*it->behind));
	*left = pv_calloc(changes, sizeof(**left));
	return rc == PV_OK && (!it->behind || !*left) ? pv_fail_nomem(err) : rc;
}

int pv_culprit_find(pv_culprit *out, double *chances_out,
		    const pv_culprit_query *query, pv_error *err)
{
	struct finding it = { .query = query, .chances = chances_out };
	double *left = NULL;
	int rc = check(query, err);

	memset(out, 0, sizeof(*out));
	memset(chances_out, 0, query->change_count * sizeof(*chances_out));
	if (rc == PV_OK)
		rc = prepare(&it, &left, err);
	if (rc == PV_OK) {
		pool(&it);
		weigh(&it, out);
		out->status =
			can_compare(&it) ? PV_STATS_KNOWN : PV_STATS_TOO_FEW;
		put_effect(&it, out);
		if (query->change_count)
			out->likely = count_likely(&it, out, left);
		put_next(&it, out);
	}
	pv_culprit_levels_dispose(&it.levels);
	pv_free(it.behind);
	pv_free(left);
	return rc;
}
