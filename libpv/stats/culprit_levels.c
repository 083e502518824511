/* SPDX-License-Identifier: MIT
 *
 * Weighted least squares over contents: a level, a step for each shift, and a
 * step for the suspect. Shifts are chosen one (or two, for what went and came
 * back) at a time while that pays; a suspect is weighed with all of them and
 * with all but one, for a shift found may be its own fall, seen a commit off.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "stats/culprit_levels.h"

enum {
	LEVEL,                                    /* column of ones */
	SHIFTS,                                   /* the first of the shifts' */
	SUSPECT = SHIFTS + PV_CULPRIT_SHIFTS_MAX, /* the suspect's */
	OTHER,                                    /* a second one to be added */
	VALUE,                                    /* the means */
	SIZE,
	WINDOW = 32, /* steps between those of a pair */
};

static const double pi = 3.14159265358979323846;
static const double singular = 1e-9; /* a pivot against what it began with */
static const double pair_work = 1 << 26; /* about as many products */

/* Products of columns, and after sweeps what is left of them. */
struct fit {
	double a[SIZE][SIZE];
	double pivot[SIZE]; /* precision as it was swept; 0: left out */
};

/* --- columns -------------------------------------------------------------- */

int pv_culprit_levels_init(pv_culprit_levels *out,
			   const pv_culprit_query *query, pv_error *err)
{
	size_t states = query->state_count + 1;
	size_t changes = query->change_count + 1;

	memset(out, 0, sizeof(*out));
	out->query = query;
	out->ln_odds = -log((double)changes);
	out->weights = pv_calloc(states, sizeof(*out->weights));
	out->values = pv_calloc(states, sizeof(*out->values));
	out->hits = pv_calloc(states, 2 * changes);
	out->is_behind = pv_calloc(changes, 1);
	return out->weights && out->values && out->hits && out->is_behind
		       ? PV_OK
		       : pv_fail_nomem(err);
}

void pv_culprit_levels_dispose(pv_culprit_levels *it)
{
	pv_free(it->weights);
	pv_free(it->values);
	pv_free(it->hits);
	pv_free(it->is_behind);
}

static const unsigned char *row_of(const pv_culprit_levels *it, size_t step)
{
	return it->hits + step * it->query->state_count;
}

const unsigned char *pv_culprit_hits(const pv_culprit_levels *it, size_t change)
{
	return row_of(it, 2 * change);
}

void pv_culprit_mark(pv_culprit_levels *it, size_t step)
{
	const pv_culprit_query *query = it->query;
	unsigned char *hits = it->hits + step * query->state_count;
	size_t least;

	memset(it->is_behind, 0, query->change_count);
	memset(hits, 1, query->state_count);
	for (size_t i = 0; i < query->change_count; i++) {
		const pv_culprit_change *at = &query->changes[i];
		size_t behind = 0;

		least = step % 2 && at->parent_count ? at->parent_count : 1;
		for (size_t k = 0; k < at->parent_count; k++)
			behind += it->is_behind[at->parents[k]] != 0;
		it->is_behind[i] = i == step / 2 || behind >= least;
		if (!it->is_behind[i])
			hits[at->state] = 0;
	}
}

/* Whether it is as the one before: no merge tells them apart. */
static int is_twin(const pv_culprit_levels *it, size_t step)
{
	return step % 2 && memcmp(row_of(it, step), row_of(it, step - 1),
				  it->query->state_count) == 0;
}

static void put_product(struct fit *fit, size_t x, size_t y, double sum)
{
	fit->a[x][y] = sum;
	fit->a[y][x] = sum;
}

/* Products of a step's column with those before it, and with the values. */
static void put_column(struct fit *fit, const pv_culprit_levels *it, size_t at,
		       size_t step)
{
	const unsigned char *hits = row_of(it, step);
	const unsigned char *others[PV_CULPRIT_SHIFTS_MAX];
	double sums[PV_CULPRIT_SHIFTS_MAX] = { 0 };
	double count = 0;
	double value = 0;
	size_t before = at < SUSPECT ? at - SHIFTS : it->shift_count;

	for (size_t k = 0; k < before; k++)
		others[k] = row_of(it, it->shifts[k]);
	for (size_t i = 0; i < it->query->state_count; i++) {
		if (!hits[i])
			continue;
		count += it->weights[i];
		value += it->weights[i] * it->values[i];
		for (size_t k = 0; k < before; k++)
			sums[k] += others[k][i] ? it->weights[i] : 0;
	}
	for (size_t k = 0; k < before; k++)
		put_product(fit, SHIFTS + k, at, sums[k]);
	put_product(fit, LEVEL, at, count);
	put_product(fit, VALUE, at, value);
	fit->a[at][at] = count;
}

/* The products of two that are to be added together. */
static void put_other(struct fit *fit, const pv_culprit_levels *it, size_t one,
		      size_t other)
{
	const unsigned char *first = row_of(it, one);
	const unsigned char *second = row_of(it, other);
	double sum = 0;

	put_column(fit, it, OTHER, other);
	for (size_t i = 0; i < it->query->state_count; i++)
		sum += first[i] && second[i] ? it->weights[i] : 0;
	put_product(fit, SUSPECT, OTHER, sum);
}

/* All products but those of suspects. */
static void put_products(struct fit *fit, const pv_culprit_levels *it)
{
	memset(fit, 0, sizeof(*fit));
	for (size_t i = 0; i < it->query->state_count; i++) {
		double weighed = it->weights[i] * it->values[i];

		fit->a[LEVEL][LEVEL] += it->weights[i];
		fit->a[LEVEL][VALUE] += weighed;
		fit->a[VALUE][VALUE] += weighed * it->values[i];
	}
	fit->a[VALUE][LEVEL] = fit->a[LEVEL][VALUE];
	for (size_t k = 0; k < it->shift_count; k++)
		put_column(fit, it, SHIFTS + k, it->shifts[k]);
}

/* --- fits ----------------------------------------------------------------- */

/* Fits a column, too: one step of Gauss and Jordan's, in place. */
static void sweep(struct fit *fit, size_t at)
{
	double pivot = fit->a[at][at];

	if (pivot <= 0 || fit->pivot[at] > 0)
		return;
	fit->pivot[at] = pivot;
	for (size_t k = 0; k < SIZE; k++)
		fit->a[at][k] /= k == at ? 1 : pivot;
	for (size_t i = 0; i < SIZE; i++) {
		double factor = fit->a[i][at];

		if (i == at)
			continue;
		for (size_t k = 0; k < SIZE; k++)
			if (k != at)
				fit->a[i][k] -= factor * fit->a[at][k];
		fit->a[i][at] = -factor / pivot;
	}
	fit->a[at][at] = 1 / pivot;
}

/* Shifts that are not to be fitted: a change's, and one by its place. */
struct without {
	size_t change;
	size_t shift;
};

static const struct without nothing = { SIZE_MAX, SIZE_MAX };

static int is_without(const pv_culprit_levels *it,
		      const struct without *without, size_t shift)
{
	return shift == without->shift ||
	       it->shifts[shift] / 2 == without->change;
}

/* The same unless the column follows from those that are in. */
static void fit_column(struct fit *fit, const struct fit *from, size_t at)
{
	if (fit->a[at][at] > singular * from->a[at][at])
		sweep(fit, at);
}

/* Fits the level, the shifts but two, and what else is asked for. */
static void fit_all(struct fit *out, const struct fit *from,
		    const pv_culprit_levels *it, const struct without *without,
		    size_t last)
{
	*out = *from;
	fit_column(out, from, LEVEL);
	for (size_t k = 0; k < it->shift_count; k++)
		if (!is_without(it, without, k))
			fit_column(out, from, SHIFTS + k);
	for (size_t at = SUSPECT; at <= last; at++)
		fit_column(out, from, at);
}

/*
 * ln of a shift's odds, times its prior, a Cauchy distribution of scale 3 drop,
 * over what the values leave open of it.
 */
static double ln_shift(const struct fit *fit, const pv_culprit_levels *it,
		       size_t at)
{
	double scale = 3 * it->query->drop;
	double size = fit->a[at][VALUE] / scale;
	double width = -log(pi * scale * (1 + size * size));

	if (fit->pivot[at] <= 0)
		return it->ln_odds;
	width += log(2 * pi / fit->pivot[at]) / 2;
	return it->ln_odds + fmin(width, 0);
}

static double ln_shifts(const struct fit *fit, const pv_culprit_levels *it,
			const struct without *without)
{
	double sum = -fmax(fit->a[VALUE][VALUE], 0) / 2;

	for (size_t k = 0; k < it->shift_count; k++)
		if (!is_without(it, without, k))
			sum += ln_shift(fit, it, SHIFTS + k);
	return sum;
}

/* --- which shifts --------------------------------------------------------- */

/* What adding one change, or two, makes of it all. */
static double ln_added(const struct fit *from, const pv_culprit_levels *it,
		       size_t last)
{
	struct fit fit;
	double sum;

	fit_all(&fit, from, it, &nothing, last);
	sum = ln_shifts(&fit, it, &nothing);
	for (size_t at = SUSPECT; at <= last; at++)
		sum = fit.pivot[at] > 0 ? sum + ln_shift(&fit, it, at)
					: -HUGE_VAL;
	return sum;
}

struct addition {
	double ln;
	size_t step[2];
	size_t count;
};

static void try_one(struct addition *best, struct fit *from,
		    const pv_culprit_levels *it)
{
	for (size_t i = 0; i < 2 * it->query->change_count; i++) {
		double ln;

		if (is_twin(it, i))
			continue;
		put_column(from, it, SUSPECT, i);
		ln = ln_added(from, it, SUSPECT);
		if (ln > best->ln)
			*best = (struct addition){ ln, { i, 0 }, 1 };
	}
}

static void try_two(struct addition *best, struct fit *from,
		    const pv_culprit_levels *it)
{
	size_t count = 2 * it->query->change_count;
	double room = pair_work / ((double)count * (double)count + 1);
	size_t window = room < 1 ? 1 : room > WINDOW ? WINDOW : (size_t)room;

	for (size_t i = 0; i < count; i++) {
		if (is_twin(it, i))
			continue;
		put_column(from, it, SUSPECT, i);
		for (size_t k = i + 1; k < count && k <= i + window; k++) {
			double ln;

			if (is_twin(it, k))
				continue;
			put_other(from, it, i, k);
			ln = ln_added(from, it, OTHER);
			if (ln > best->ln)
				*best = (struct addition){ ln, { i, k }, 2 };
		}
	}
}

static void put_values(pv_culprit_levels *it)
{
	const pv_culprit_state *states = it->query->states;
	double weight = 0;

	it->middle = 0;
	for (size_t i = 0; i < it->query->state_count; i++) {
		if (it->weights[i] <= 0)
			continue;
		weight += it->weights[i];
		it->middle += (states[i].mean - it->middle) *
			      (it->weights[i] / weight);
	}
	for (size_t i = 0; i < it->query->state_count; i++)
		it->values[i] = states[i].mean - it->middle;
}

void pv_culprit_levels_find(pv_culprit_levels *it)
{
	struct addition best = { 0 };

	put_values(it);
	do {
		struct fit from;

		put_products(&from, it);
		best.count = 0;
		best.ln = ln_added(&from, it, LEVEL);
		try_one(&best, &from, it);
		if (!best.count && it->shift_count + 2 <= PV_CULPRIT_SHIFTS_MAX)
			try_two(&best, &from, it);
		for (size_t i = 0; i < best.count; i++)
			it->shifts[it->shift_count++] = best.step[i];
	} while (best.count && it->shift_count < PV_CULPRIT_SHIFTS_MAX);
}

/* --- how likely ----------------------------------------------------------- */

/*
 * ln of the integral over d > drop of exp(-(d - drop) / l) / l times
 * exp(-h (d - fall)^2 / 2): a normal tail.
 */
static double ln_exceeds(double fall, double h, double drop)
{
	double l = 2 * drop;
	double ln_tail = 0;
	double edge;

	/* So little is known that the integral is 1, but for rounding. */
	if (h * l * l < 1e-6)
		return 0;
	edge = sqrt(h) * (drop - fall) + 1 / (sqrt(h) * l);
	(void)pv_stats_norm_ln_sf(&ln_tail, edge, NULL);
	return (drop - fall) / l + 1 / (2 * h * l * l) + log(2 * pi / h) / 2 -
	       log(l) + ln_tail;
}

/* ln of the chance that a normal of this mean and variance is above 0. */
static double ln_above(double mean, double variance)
{
	double ln = 0;

	if (variance <= 0)
		return mean > 0 ? 0 : -HUGE_VAL;
	(void)pv_stats_norm_ln_sf(&ln, -mean / sqrt(variance), NULL);
	return ln;
}

static double fall_of(const struct fit *fit, const pv_culprit_levels *it,
		      size_t at)
{
	double step = fit->pivot[at] > 0 ? fit->a[at][VALUE] : 0;

	return it->query->is_rise ? step : -step;
}

/* Falls of suspects that are in as shifts are below the one at hand. */
static double ln_bounds(const struct fit *fit, const pv_culprit_levels *it,
			const struct without *without)
{
	int has_suspect = fit->pivot[SUSPECT] > 0;
	double top = it->query->drop;
	double sum = 0;

	if (has_suspect)
		top = fmax(top, fall_of(fit, it, SUSPECT));
	for (size_t k = 0; k < it->shift_count; k++) {
		size_t at = SHIFTS + k;
		double variance = fit->a[at][at];

		if (is_without(it, without, k) ||
		    !it->query->changes[it->shifts[k] / 2].is_suspect ||
		    fit->pivot[at] <= 0)
			continue;
		if (has_suspect)
			variance += fit->a[SUSPECT][SUSPECT] -
				    2 * fit->a[at][SUSPECT];
		sum += ln_above(top - fall_of(fit, it, at), variance);
	}
	return sum;
}

static double ln_add(double a, double b)
{
	double top = fmax(a, b);

	return isinf(top) ? top : top + log(exp(a - top) + exp(b - top));
}

double pv_culprit_ln_none(const pv_culprit_levels *it)
{
	double sum = -HUGE_VAL;
	struct fit from;

	put_products(&from, it);
	for (size_t k = 0; k <= it->shift_count; k++) {
		const struct without without = { SIZE_MAX, k ? k - 1 : SIZE_MAX };
		struct fit fit;

		fit_all(&fit, &from, it, &without, LEVEL);
		sum = ln_add(sum, ln_shifts(&fit, it, &without) +
					  ln_bounds(&fit, it, &without));
	}
	return sum;
}

/* The fit of a suspect that says most; ln of all of them. */
static double fit_suspect(struct fit *best, const pv_culprit_levels *it,
			  size_t suspect)
{
	struct without without = { suspect, SIZE_MAX };
	double sum = -HUGE_VAL;
	double most = -HUGE_VAL;
	struct fit from;

	put_products(&from, it);
	put_column(&from, it, SUSPECT, 2 * suspect);
	for (size_t k = 0; k <= it->shift_count; k++) {
		struct fit fit;
		double ln;

		without.shift = k ? k - 1 : SIZE_MAX;
		if (k && it->shifts[k - 1] / 2 == suspect)
			continue;
		fit_all(&fit, &from, it, &without, SUSPECT);
		ln = ln_shifts(&fit, it, &without) +
		     ln_bounds(&fit, it, &without) +
		     ln_exceeds(fall_of(&fit, it, SUSPECT), fit.pivot[SUSPECT],
				it->query->drop);
		sum = ln_add(sum, ln);
		if (k && ln <= most)
			continue;
		most = ln;
		*best = fit;
	}
	return sum;
}

double pv_culprit_ln_fall(const pv_culprit_levels *it, size_t suspect)
{
	struct fit fit;

	return fit_suspect(&fit, it, suspect);
}

double pv_culprit_fall(double *from_out, double *to_out, pv_culprit_levels *it,
		       size_t suspect)
{
	struct fit fit;
	double from;

	fit_suspect(&fit, it, suspect);
	from = it->middle + fit.a[LEVEL][VALUE];
	for (size_t k = 0; k < it->shift_count; k++) {
		if (fit.pivot[SHIFTS + k] <= 0)
			continue;
		pv_culprit_mark(it, it->shifts[k]);
		if (it->is_behind[suspect])
			from += fit.a[SHIFTS + k][VALUE];
	}
	if (fit.pivot[SUSPECT] <= 0)
		return 0;
	*from_out = from;
	*to_out = from + fit.a[SUSPECT][VALUE];
	return sqrt(fit.a[SUSPECT][SUSPECT]);
}

int pv_culprit_is_split(const pv_culprit_levels *it, size_t suspect)
{
	const unsigned char *hits = pv_culprit_hits(it, suspect);
	int has[2] = { 0, 0 };

	for (size_t i = 0; i < it->query->state_count; i++)
		if (it->weights[i] > 0)
			has[hits[i] != 0] = 1;
	return has[0] && has[1];
}
