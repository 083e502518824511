/* SPDX-License-Identifier: MIT
 *
 * A change point's posterior over a graph of changes; see pv/culprit.h. For
 * each suspect the contents are split in two, and what is left within both
 * parts, with the difference between them, is its likelihood.
 */
#include <math.h>
#include <string.h>

#include <pv/culprit.h>

#include "base/fail.h"
#include "base/mem.h"
#include "stats/domain.h"

static const double z_sure = 1.959963984540054; /* of 2.5 % on each side */
static const double undecided = 0.025; /* a side less likely is decided */

struct finding {
	const pv_culprit_query *query;
	double *chances;
	double *weights; /* of contents: 1 / variance of their means */
	double pooled;   /* variance within contents */
	double spread;
	/* Of the suspect at hand. */
	unsigned char *is_behind; /* changes that descend from it, and itself */
	unsigned char *is_hit;    /* contents that only those lead to */
	double *behind;           /* chance of each change of being behind */
};

/* The means of two parts and what their values differ by within them. */
struct split {
	double weight[2]; /* [1] is behind the suspect */
	double mean[2];
	double within;
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

		it->weights[i] = n > 0 ? 1 / (it->spread * it->spread +
					      it->pooled / (double)n)
				       : 0;
	}
}

/* --- one suspect ---------------------------------------------------------- */

static void mark_behind(struct finding *it, size_t suspect)
{
	const pv_culprit_query *query = it->query;

	memset(it->is_behind, 0, query->change_count);
	memset(it->is_hit, 1, query->state_count);
	for (size_t i = 0; i < query->change_count; i++) {
		const pv_culprit_change *change = &query->changes[i];

		it->is_behind[i] = i == suspect;
		for (size_t k = 0; k < change->parent_count; k++)
			it->is_behind[i] |= it->is_behind[change->parents[k]];
		if (!it->is_behind[i])
			it->is_hit[change->state] = 0;
	}
}

static struct split split_of(const struct finding *it)
{
	const pv_culprit_state *states = it->query->states;
	struct split out = { { 0, 0 }, { 0, 0 }, 0 };

	for (size_t i = 0; i < it->query->state_count; i++) {
		int side = it->is_hit[i] != 0;
		double before = out.weight[side];
		double off = states[i].mean - out.mean[side];

		if (it->weights[i] <= 0)
			continue;
		out.weight[side] = before + it->weights[i];
		out.within +=
			before * (it->weights[i] / out.weight[side]) * off * off;
		out.mean[side] += off * (it->weights[i] / out.weight[side]);
	}
	return out;
}

/* The precision of the difference between both parts. */
static double precision_of(const struct split *split)
{
	double all = split->weight[0] + split->weight[1];

	return all > 0 ? split->weight[0] * (split->weight[1] / all) : 0;
}

/*
 * ln of the integral over d > drop of exp(-(d - drop) / l) / l times
 * exp(-h (d - fall)^2 / 2): a normal tail.
 */
static double ln_fall(double fall, double h, double drop)
{
	const double tau = 6.28318530717958647692;
	double l = 2 * drop;
	double ln_tail = 0;
	double edge;

	/* So little is known that the integral is 1, but for rounding. */
	if (h * l * l < 1e-6)
		return 0;
	edge = sqrt(h) * (drop - fall) + 1 / (sqrt(h) * l);
	(void)pv_stats_norm_ln_sf(&ln_tail, edge, NULL);
	return (drop - fall) / l + 1 / (2 * h * l * l) + log(tau / h) / 2 -
	       log(l) + ln_tail;
}

static double ln_likelihood(const struct finding *it, const struct split *split)
{
	double fall = split->mean[0] - split->mean[1];

	return -split->within / 2 + ln_fall(it->query->is_rise ? -fall : fall,
					    precision_of(split), it->query->drop);
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
	struct split split;
	double ln_none;

	memset(it->is_hit, 0, query->state_count);
	split = split_of(it);
	ln_none = -split.within / 2;
	for (size_t i = 0; i < query->change_count; i++) {
		if (!query->changes[i].is_suspect)
			continue;
		mark_behind(it, i);
		split = split_of(it);
		it->chances[i] = ln_likelihood(it, &split);
	}
	normalise(it, out, ln_none);
}

static void put_effect(struct finding *it, pv_culprit *out)
{
	struct split split;
	double error;
	double h;

	if (out->most == it->query->change_count)
		return;
	mark_behind(it, out->most);
	split = split_of(it);
	h = precision_of(&split);
	if (h <= 0)
		return;
	error = 1 / sqrt(h);
	out->from = split.mean[0];
	out->to = split.mean[1];
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
		if (it->chances[i] <= 0)
			continue;
		mark_behind(it, i);
		for (size_t k = 0; k < query->change_count; k++)
			if (it->is_hit[query->changes[k].state])
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

static void put_next(struct finding *it, pv_culprit *out)
{
	double best = undecided;

	sum_behind(it);
	for (size_t i = 0; i < it->query->change_count; i++) {
		double side = fmin(it->behind[i], 1 - it->behind[i]);

		if (side <= best)
			continue;
		best = side;
		out->has_next = 1;
		out->next = i;
	}
	if (out->has_next)
		out->next_count = values_needed(
			it,
			it->query->states[it->query->changes[out->next].state].n);
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
static int can_compare(struct finding *it)
{
	for (size_t i = 0; i < it->query->change_count; i++) {
		struct split split;

		if (!it->query->changes[i].is_suspect)
			continue;
		mark_behind(it, i);
		split = split_of(it);
		if (precision_of(&split) > 0)
			return 1;
	}
	return 0;
}

static int prepare(struct finding *it, double **left, pv_error *err)
{
	size_t changes = it->query->change_count + 1;
	size_t states = it->query->state_count + 1;

	it->weights = pv_calloc(states, sizeof(*it->weights));
	it->is_behind = pv_calloc(changes, 1);
	it->is_hit = pv_calloc(states, 1);
	it->behind = pv_calloc(changes, sizeof(*it->behind));
	*left = pv_calloc(changes, sizeof(**left));
	return it->weights && it->is_behind && it->is_hit && it->behind && *left
		       ? PV_OK
		       : pv_fail_nomem(err);
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
	pv_free(it.weights);
	pv_free(it.is_behind);
	pv_free(it.is_hit);
	pv_free(it.behind);
	pv_free(left);
	return rc;
}
