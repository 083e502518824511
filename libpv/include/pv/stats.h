/* SPDX-License-Identifier: MIT
 *
 * Statistics: distributions, comparisons of two samples, experiments that are
 * looked at more than once, trends. Pure functions of numbers: no files, no
 * clock, no state; all may be called from many threads at once.
 *
 * Conventions. A difference is treatment minus control, and t or z above 0
 * means that the treatment is larger. A function writes its results through
 * its first argument and returns PV_OK, or PV_EINVALID with a message for
 * arguments outside of its domain (NaN and infinities among them, counts above
 * 2^53, means above 1e300). Data from which nothing can be said is no failure:
 * the result's `status` tells why, and the numbers that cannot be had are 0. No
 * result is ever NaN. Chances keep their digits however small; below what a
 * double holds, their natural logarithms (`ln_`) go on.
 */
#ifndef PV_STATS_H
#define PV_STATS_H

#include <pv/distribution.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- what all results share ----------------------------------------------- */

/* Why there is a result, or none. */
enum pv_stats_status {
	PV_STATS_KNOWN = 0,
	PV_STATS_TOO_FEW,     /* values, on a side or in all */
	PV_STATS_NO_VARIANCE, /* all values are equal */
	PV_STATS_UNDEFINED /* a division by 0, as the lift over a mean of 0 */
};

typedef struct pv_stats_interval {
	double low;
	double high;
} pv_stats_interval;

/* --- moments --------------------------------------------------------------- */

/*
 * What is kept of a sample. Means are distances from `origin`, which is the
 * first value that is added: so nothing is lost of small differences between
 * large values. `{ 0 }` is an empty sample.
 */
typedef struct pv_stats_moments {
	int64_t n;
	double origin;
	double mean; /* less the origin */
	double m2;   /* the sum of squared distances from the mean */
	double m3;
	double m4;
	double min;
	double max;
} pv_stats_moments;

/*
 * Adds a value (Welford 1962; Pebay 2008). PV_EINVALID, and nothing is added,
 * where the sum of squares would leave the range of doubles.
 */
PV_API int pv_stats_moments_add(pv_stats_moments *moments, double x,
				pv_error *err);
/* Adds all of another sample (Chan, Golub and LeVeque 1979; Pebay 2008). */
PV_API void pv_stats_moments_merge(pv_stats_moments *moments,
				   const pv_stats_moments *other);
/*
 * Of `n` values, in two passes, seen from `origin`: give the samples of a
 * comparison the same one, and their difference is exact where their means
 * nearly cancel. PV_EINVALID.
 */
PV_API int pv_stats_moments_of(pv_stats_moments *out, const double *x, size_t n,
			       double origin, pv_error *err);
/*
 * Of whole numbers that were summed exactly: `sum` has two digits of 32 bits,
 * `square` four, lowest first, each digit a sum of its own (so that any order
 * of adding gives the same); n * squares - sum^2 is made in 256 bits and
 * rounded once. Third and fourth moments, least and greatest are 0.
 */
PV_API void pv_stats_moments_of_sums(pv_stats_moments *out, int64_t n,
				     const int64_t sum[2],
				     const int64_t square[4]);
PV_API double pv_stats_mean(const pv_stats_moments *moments);
/* m2 / (n - 1); 0 for fewer than two values. */
PV_API double pv_stats_variance(const pv_stats_moments *moments);
/*
 * g1 = (m3 / n) / (m2 / n)^(3/2), g2 = n m4 / m2^2 - 3; 0 without variance, and
 * where m3 or m4 left the range of doubles.
 */
PV_API double pv_stats_skewness(const pv_stats_moments *moments);
PV_API double pv_stats_kurtosis(const pv_stats_moments *moments);

/* Two numbers of each unit. `{ 0 }` is empty. */
typedef struct pv_stats_pairs {
	pv_stats_moments x;
	pv_stats_moments y;
	double c; /* the sum of products of distances from the means */
} pv_stats_pairs;

PV_API int pv_stats_pairs_add(pv_stats_pairs *pairs, double x, double y,
			      pv_error *err);
PV_API void pv_stats_pairs_merge(pv_stats_pairs *pairs,
				 const pv_stats_pairs *other);
/*
 * Sums of whole numbers x and y of each unit, of their squares and of x times
 * y, in digits as pv_stats_moments_of_sums has them.
 */
typedef struct pv_stats_pair_sums {
	int64_t x[2];
	int64_t xx[4];
	int64_t y[2];
	int64_t yy[4];
	int64_t xy[4];
} pv_stats_pair_sums;

/* Of `n` units; exact but for one rounding of each number. */
PV_API void pv_stats_pairs_of_sums(pv_stats_pairs *out, int64_t n,
				   const pv_stats_pair_sums *sums);
/* Pearson's; 0 where a side does not vary or is no sample. */
PV_API double pv_stats_correlation(const pv_stats_pairs *pairs);

/* --- two means ------------------------------------------------------------- */

/* A difference and what is known of it. */
typedef struct pv_stats_test {
	enum pv_stats_status status;
	double difference;
	double error;     /* its standard error */
	double statistic; /* t or z */
	double df;        /* 0 for z */
	double p;         /* two-sided */
	double ln_p;
	double p_greater; /* that the treatment is larger only by chance */
	double p_less;
	pv_stats_interval interval;
} pv_stats_test;

/*
 * Welch's t (1947): error^2 = a + b with a = variance / n of each side; df =
 * 1 / (c^2 / (n1 - 1) + (1 - c)^2 / (n2 - 1)), c = a / (a + b), which is
 * Satterthwaite's (1946) without squares that could overflow. TOO_FEW below
 * two values on a side, NO_VARIANCE where a + b is 0.
 */
PV_API int pv_stats_welch(pv_stats_test *out, const pv_stats_moments *control,
			  const pv_stats_moments *treatment, double confidence,
			  pv_error *err);
/* Student's t (1908) with the pooled variance, df = n1 + n2 - 2. */
PV_API int pv_stats_student(pv_stats_test *out, const pv_stats_moments *control,
			    const pv_stats_moments *treatment,
			    double confidence, pv_error *err);

/* A difference in units of a standard deviation. */
typedef struct pv_stats_effect {
	enum pv_stats_status status;
	double cohen_d;    /* of the pooled deviation (Cohen 1969) */
	double correction; /* J = G(v/2) / (sqrt(v/2) G((v-1)/2)), v = n - 2 */
	double hedges_g;   /* J d (Hedges 1981) */
	double d_average;  /* of the root of the mean of both variances */
	double glass;      /* of the control's deviation */
	int has_glass;     /* the control varies */
} pv_stats_effect;

/* UNDEFINED for what pv_stats_welch would refuse. */
PV_API void pv_stats_effect_of(pv_stats_effect *out,
			       const pv_stats_moments *control,
			       const pv_stats_moments *treatment);

/* The difference as a part of the control's mean. */
typedef struct pv_stats_lift {
	enum pv_stats_status status; /* UNDEFINED for a control of 0 */
	double lift;
	/* Delta method: error^2 = b / m^2 + (mt / m)^2 a / m^2. */
	double error;
	pv_stats_interval interval;
	/* The control is nearer to 0 than three errors: use Fieller's. */
	int is_weak;
	/* Fieller's (1954), with the t of Welch's df. */
	pv_stats_interval fieller;
	int is_bounded; /* else Fieller's set is not an interval */
} pv_stats_lift;

PV_API int pv_stats_lift_of(pv_stats_lift *out, const pv_stats_moments *control,
			    const pv_stats_moments *treatment,
			    double confidence, pv_error *err);

/*
 * CUPED (Deng, Xu, Kohavi and Walker 2013): with x the metric and y what was
 * known before, x - theta (y - centre) varies less. Theta is C / M2 of y over
 * both samples (`other` may be NULL), 0 where y does not vary.
 */
PV_API double pv_stats_cuped_theta(const pv_stats_pairs *pairs,
				   const pv_stats_pairs *other);
/*
 * The adjusted metric's mean and variance, to be compared by Welch's t; an
 * empty sample where they are beyond the range of doubles.
 */
PV_API void pv_stats_cuped_adjust(pv_stats_moments *out,
				  const pv_stats_pairs *pairs, double theta,
				  double centre);

/* The sum of x per sum of y, as cost per success. */
typedef struct pv_stats_ratio {
	enum pv_stats_status status;
	double ratio;
	double variance; /* of the ratio, units being independent */
	/* Over the variance if single values were: x are successes of y tries. */
	double design_effect; /* 0 where that is not so */
} pv_stats_ratio;

/*
 * Delta method over units (clusters): (var x - 2 r cov + r^2 var y) / (n my^2).
 * UNDEFINED where the mean of y is 0, or a figure beyond the range of doubles.
 */
PV_API void pv_stats_ratio_of(pv_stats_ratio *out, const pv_stats_pairs *pairs);
/* The difference of two ratios, z by the delta method. */
PV_API int pv_stats_ratio_test(pv_stats_test *out, const pv_stats_pairs *control,
			       const pv_stats_pairs *treatment,
			       double confidence, pv_error *err);

/* --- two proportions ------------------------------------------------------- */

/* `hits` of `n` tries, 0 <= hits <= n. */
typedef struct pv_stats_share {
	int64_t hits;
	int64_t n;
} pv_stats_share;

/* Wilson's interval (1927) of one share; 0 to 1 for no tries. PV_EINVALID. */
PV_API int pv_stats_wilson(pv_stats_interval *out, pv_stats_share share,
			   double confidence, pv_error *err);

/* Two shares. */
typedef struct pv_stats_shares {
	/*
	 * The z test with the pooled share and no correction for continuity;
	 * its interval is Wald's, with each side's own variance. TOO_FEW where
	 * a side has no tries, NO_VARIANCE where both are 0 or both are 1.
	 */
	pv_stats_test test;
	pv_stats_interval newcombe; /* of the difference (1998, method 10) */
	double cohen_h; /* 2 asin sqrt p of each, their difference */
	/* Treatment over control; the interval is Katz's (1978). */
	double risk_ratio;
	pv_stats_interval risk_ratio_interval;
	int has_risk_ratio; /* neither side is without hits */
	double odds_ratio;
	int has_odds_ratio; /* no cell is 0 */
	int is_small;       /* an expected count is below 5: use Fisher's */
} pv_stats_shares;

PV_API int pv_stats_proportions(pv_stats_shares *out, pv_stats_share control,
				pv_stats_share treatment, double confidence,
				pv_error *err);

/*
 * Fisher's exact test (1934) of the table {a, b; c, d}, counts up to 2^50 in
 * all. `less` is the chance of at most `a` with these margins. Two-sided is
 * the sum over all tables that are no more likely than this one, those within
 * 1e-7 counted as equal (as R does).
 */
typedef struct pv_stats_fisher_result {
	double p;
	double ln_p;
	double p_less;
	double p_greater;
	double odds_ratio; /* a d / (b c), of the sample */
	int has_odds_ratio;
} pv_stats_fisher_result;

PV_API int pv_stats_fisher(pv_stats_fisher_result *out, const int64_t table[4],
			   pv_error *err);

/* --- ranks and quantiles --------------------------------------------------- */

/* How many of each side have a value. */
typedef struct pv_stats_bin {
	double value;
	int64_t control;
	int64_t treatment;
} pv_stats_bin;

/*
 * Mann and Whitney's U (1947), with ties: variance n1 n2 / 12 ((n + 1) -
 * sum(t^3 - t) / (n (n - 1))). NO_VARIANCE where all values are equal.
 */
typedef struct pv_stats_ranks {
	enum pv_stats_status status;
	double u_control;
	double u_treatment;
	double tie_sum;      /* of t^3 - t over groups of equal values */
	double superiority;  /* U / (n1 n2): a treatment above a control */
	double cliffs_delta; /* 2 superiority - 1 (Cliff 1993) */
	double shift;        /* Hodges and Lehmann's (1963): the median of all
			        differences */
	double z;            /* corrected for continuity, as p are */
	double p;
	double p_greater;
	double p_less;
	double z_plain; /* without the correction */
	double p_plain;
	double p_exact; /* two-sided, over all orders */
	int has_exact;  /* no ties, and n1 n2 <= 3000 */
} pv_stats_ranks;

/* Of two samples of up to 2^26 values. PV_EINVALID, PV_ENOMEM. */
PV_API int pv_stats_mann_whitney(pv_stats_ranks *out, const double *control,
				 size_t n_control, const double *treatment,
				 size_t n_treatment, pv_error *err);
/* Of counts, by rising value, as histograms have them. */
PV_API int pv_stats_mann_whitney_bins(pv_stats_ranks *out,
				      const pv_stats_bin *bins, size_t count,
				      pv_error *err);

/* A quantile of a sample and an interval between two of its values. */
typedef struct pv_stats_quantile {
	enum pv_stats_status status;
	double value; /* R's type 7 */
	/* From 1; 0 and n + 1 stand for no bound. */
	int64_t rank_low;
	int64_t rank_high;
	pv_stats_interval interval; /* infinite where there is no bound */
	double coverage;            /* at least the confidence */
} pv_stats_quantile;

/*
 * Ranks by the binomial distribution: low is the greatest j for which P(Bin(n,
 * q) <= j - 1) <= a / 2, high the least with >= 1 - a / 2 (David and Nagaraja
 * 2003, 7.1). `x` rises.
 */
PV_API int pv_stats_quantile_of(pv_stats_quantile *out, const double *x, size_t n,
				double q, double confidence, pv_error *err);
/* The ranks alone, for histograms; value and interval are 0. */
PV_API int pv_stats_quantile_ranks(pv_stats_quantile *out, int64_t n, double q,
				   double confidence, pv_error *err);
/*
 * The difference of two quantiles: z, each error being the interval's width
 * over 2 z. TOO_FEW where an interval has no bound.
 */
PV_API int pv_stats_quantile_test(pv_stats_test *out,
				  const pv_stats_quantile *control,
				  const pv_stats_quantile *treatment,
				  double confidence, pv_error *err);

/* --- many tests ------------------------------------------------------------ */

enum pv_stats_correction {
	PV_STATS_BONFERRONI, /* min(1, m p) */
	PV_STATS_HOLM,       /* Holm 1979 */
	PV_STATS_HOCHBERG,   /* Hochberg 1988 */
	PV_STATS_BH,         /* Benjamini and Hochberg 1995 */
	PV_STATS_BY          /* Benjamini and Yekutieli 2001 */
};

/*
 * Corrects `count` p-values; out may be `p` itself. A negative p stands for
 * none: it stays and does not count. PV_EINVALID, PV_ENOMEM.
 */
PV_API int pv_stats_adjust(double *out, const double *p, size_t count,
			   enum pv_stats_correction method, pv_error *err);

/* --- sample ratio mismatch ------------------------------------------------- */

/* An arm of an experiment: its weight (of any sum) and who came. */
typedef struct pv_stats_arm {
	double weight;
	int64_t observed;
} pv_stats_arm;

typedef struct pv_stats_srm_result {
	enum pv_stats_status status; /* TOO_FEW: nobody came */
	double chi2;
	int64_t df; /* arms that have a weight, less one */
	double p;
	double ln_p;
	double deviation;  /* the greatest |observed / expected - 1| */
	int is_impossible; /* somebody is in an arm without a weight */
	int is_small;      /* an expected count is below 5 */
	int is_mismatch;   /* p < 0.001, more than 0.5 % off, not small; or
			       impossible */
} pv_stats_srm_result;

/*
 * Pearson's chi-square against the configured weights (Fabijan et al. 2019),
 * with a floor, as at large n a deviation that matters to nobody has a small p.
 */
PV_API int pv_stats_srm(pv_stats_srm_result *out, const pv_stats_arm *arms,
			size_t count, pv_error *err);
/* How many of `total` an arm should have. */
PV_API double pv_stats_srm_expected(const pv_stats_arm *arms, size_t count,
				    size_t arm);

/* --- planning --------------------------------------------------------------- */

/* What a test must do. Zeros are the defaults. */
typedef struct pv_stats_plan {
	double alpha; /* 0.05; divide it by the number of comparisons */
	double power; /* 0.8 */
	double ratio; /* treatment units per control unit, 1e-6 to 1e6; 1 */
	int is_one_sided;
} pv_stats_plan;

/* Units that are needed in the control, the treatment having ratio times. */
typedef struct pv_stats_size {
	double exact;      /* by z, before rounding up */
	int64_t n_control; /* by z */
	/* Of a t test, by the noncentral t; 0 where only z is planned for. */
	int64_t n_control_t;
	/* Of proportions, by Cohen's h; 0 for means. */
	double arcsine;
	double mde; /* the difference that n_control has the power for */
} pv_stats_size;

/*
 * The chance that a t test (or z, known deviation) of `n` units finds an effect
 * of `d` deviations: noncentral t with ncp = d sqrt(n1 n2 / (n1 + n2)); both
 * tails when two-sided. `plan` gives alpha and the sides. At least three units
 * in all.
 */
PV_API int pv_stats_power_t(double *out, double d, int64_t n_control,
			    int64_t n_treatment, const pv_stats_plan *plan,
			    pv_error *err);
PV_API int pv_stats_power_z(double *out, double d, int64_t n_control,
			    int64_t n_treatment, const pv_stats_plan *plan,
			    pv_error *err);
/*
 * n = (z_alpha + z_power)^2 sd^2 (1 + 1/k) / delta^2, and the least n for which
 * the t test has the power. PV_EINVALID for a difference of 0, or one that
 * needs more than 1e15 units.
 */
PV_API int pv_stats_size_mean(pv_stats_size *out, double sd, double delta,
			      const pv_stats_plan *plan, pv_error *err);
/*
 * (z_alpha sqrt(p q (1 + 1/k)) + z_power sqrt(p1 q1 + p2 q2 / k))^2 / (p1 -
 * p2)^2 with the mean share p (Fleiss 1981), 0 < shares < 1.
 */
PV_API int pv_stats_size_proportion(pv_stats_size *out, double p_control,
				    double p_treatment,
				    const pv_stats_plan *plan, pv_error *err);
/* (z_alpha + z_power) sd sqrt(1 / n1 + 1 / n2): what is found with the power. */
PV_API int pv_stats_mde(double *out, double sd, int64_t n_control,
			int64_t n_treatment, const pv_stats_plan *plan,
			pv_error *err);

/* --- looking more than once -------------------------------------------------- */

enum {
	PV_STATS_WARM_UP = 30, /* units an arm needs for sequences to hold */
	PV_STATS_N_STAR = 5000 /* units for which they are narrowest */
};

/* A read-out that holds at all looks at once. */
typedef struct pv_stats_sequence {
	enum pv_stats_status status;
	double difference;
	double error;
	double rho;
	double half_width;
	pv_stats_interval interval;
	double ln_e; /* evidence against no difference */
	double p;    /* min(1, 1 / e); keep the least of all looks */
	int is_significant;
	int is_warming_up; /* fewer than PV_STATS_WARM_UP in an arm */
} pv_stats_sequence;

/*
 * Asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and
 * Ramdas 2021, arXiv:2103.06476): with N units, V = N error^2, T = N rho^2 + 1
 * the half width is sqrt(V) sqrt(2 T / (N^2 rho^2) ln(sqrt(T) / alpha)), and
 * ln e = rho^2 N difference^2 / (2 T error^2) - ln(T) / 2. rho^2 = (-2 ln alpha
 * + ln(1 - 2 ln alpha)) / n_star makes it narrowest at N = n_star (0:
 * PV_STATS_N_STAR). alpha and n_star must not change while data come in.
 */
PV_API int pv_stats_confseq(pv_stats_sequence *out,
			    const pv_stats_moments *control,
			    const pv_stats_moments *treatment, double alpha,
			    double n_star, pv_error *err);
/*
 * The mixture sequential probability ratio test (Johari, Koomen, Pekelis and
 * Walsh, arXiv:1512.04922): the prior of the difference is normal with
 * deviation `tau`. It is the sequence with rho = tau / sqrt(V).
 */
PV_API int pv_stats_msprt(pv_stats_sequence *out, const pv_stats_moments *control,
			  const pv_stats_moments *treatment, double alpha,
			  double tau, pv_error *err);

enum pv_stats_spending {
	PV_STATS_OBRIEN_FLEMING, /* 2 sf(z_{a/2} / sqrt t), a one-sided */
	PV_STATS_POCOCK,         /* a ln(1 + (e - 1) t) */
	PV_STATS_POWER           /* a t^rho */
};

enum {
	PV_STATS_LOOKS_MAX = 1000
};

typedef struct pv_stats_look {
	double information; /* share of the planned, rising, in (0, 1] */
	double z;           /* out: cross it either way to stop; at most 40 */
	double spent;       /* out: two-sided alpha so far */
} pv_stats_look;

/*
 * Group-sequential bounds: alpha is spent as Lan and DeMets (1983) do, half on
 * each side, the chances of paths are summed by Armitage, McPherson and Rowe's
 * recursion (1969). `rho` > 0 is for PV_STATS_POWER.
 */
PV_API int pv_stats_group_bounds(pv_stats_look *looks, size_t count,
				 double alpha, enum pv_stats_spending spending,
				 double rho, pv_error *err);

/* --- Bayesian read-outs --------------------------------------------------------
 *
 * They do not keep an error rate when one stops at will.
 */

typedef struct pv_stats_posterior {
	enum pv_stats_status status;
	double mean; /* of the difference */
	double sd;
	double p_treatment; /* that the treatment is better */
	double ln_p_treatment;
	double p_control;
	/* What is lost on average: E max(0, what was not chosen - chosen). */
	double loss_treatment;
	double loss_control;
	pv_stats_interval interval;
} pv_stats_posterior;

/*
 * Normal: the difference with Welch's error, times a prior N(prior_mean,
 * prior_sd); prior_sd 0 means a flat one. Loss is s (phi(m/s) - m/s sf(m/s)).
 */
typedef struct pv_stats_prior {
	double mean;
	double sd;
	double credibility; /* of the interval; 0.95 when 0 */
} pv_stats_prior;

PV_API int pv_stats_bayes_normal(pv_stats_posterior *out,
				 const pv_stats_moments *control,
				 const pv_stats_moments *treatment,
				 const pv_stats_prior *prior, pv_error *err);

/* Beta(alpha, beta), both > 0: prior plus hits, prior plus misses. */
typedef struct pv_stats_beta {
	double alpha;
	double beta;
} pv_stats_beta;

/*
 * Of two shares: P(T > C) is the integral of C's density times T's upper tail,
 * E max(0, C - T) that of C's upper tail times T's lower one; both by
 * Gauss-Legendre over the log odds. The interval is 0.
 */
PV_API int pv_stats_bayes_beta(pv_stats_posterior *out, pv_stats_beta control,
			       pv_stats_beta treatment, pv_error *err);
/* The chance of each of up to 64 arms of being the best. */
PV_API int pv_stats_best_beta(double *out, const pv_stats_beta *arms,
			      size_t count, pv_error *err);

/* What is believed of an arm; sd > 0. */
typedef struct pv_stats_normal {
	double mean;
	double sd;
} pv_stats_normal;

/*
 * The same of normal beliefs: the integral of the density of one times the
 * lower tails of the others, by Gauss and Legendre. They add up to 1.
 */
PV_API int pv_stats_best_normal(double *out, const pv_stats_normal *arms,
				size_t count, pv_error *err);

/* --- trends and changes ---------------------------------------------------------- */

enum {
	PV_STATS_TREND_MAX = 1000 /* points; time and memory are its square */
};

typedef struct pv_stats_trend {
	enum pv_stats_status status;
	double s;         /* Kendall's: pairs that rise less pairs that fall */
	double variance;  /* of s, with ties */
	double z;         /* (s - sign s) / its deviation */
	double p;         /* two-sided */
	double tau;       /* tau-b */
	double slope;     /* Theil and Sen's: the median of all pairs' slopes */
	double intercept; /* median of y less slope times median of x */
} pv_stats_trend;

/*
 * Mann and Kendall's test (1945, 1975) and Theil and Sen's slope (1950, 1968)
 * of `n` points by rising x. NO_VARIANCE where all y are equal (slope and
 * intercept are there), TOO_FEW below two points or two x. PV_EINVALID,
 * PV_ENOMEM.
 */
PV_API int pv_stats_trend_of(pv_stats_trend *out, const double *x,
			     const double *y, size_t n, pv_error *err);

typedef struct pv_stats_line {
	/* NO_VARIANCE: the points are on the line, or all y are equal. */
	enum pv_stats_status status;
	double slope;
	double intercept;
	double error; /* of the slope */
	double t;
	double p;
	double r2;
} pv_stats_line;

/* Least squares, x being centred; t has n - 2 degrees of freedom. */
PV_API int pv_stats_line_of(pv_stats_line *out, const double *x,
			    const double *y, size_t n, pv_error *err);

/* Alarms, a set. */
enum pv_stats_alarm {
	PV_STATS_QUIET = 0,
	PV_STATS_UP = 1,
	PV_STATS_DOWN = 2
};

/*
 * CUSUM (Page 1954): with u = (x - mean) / sd, up = max(0, up + u - slack),
 * down the same of -u; an alarm above `limit`. 0.5 and 5 find a shift of one
 * deviation and cry wolf about every 465th time.
 */
typedef struct pv_stats_cusum {
	double mean;
	double sd;
	double slack;
	double limit;
	double up;
	double down;
} pv_stats_cusum;

/* A value without a finite distance is passed over, of the others, too. */
PV_API int pv_stats_cusum_add(pv_stats_cusum *chart, double x);

/*
 * EWMA (Roberts 1959): value = l x + (1 - l) value, from the mean; limits are
 * mean -+ width sd sqrt(l / (2 - l) (1 - (1 - l)^(2 n))). 0.2 and 3 are usual.
 */
typedef struct pv_stats_ewma {
	double mean;
	double sd;
	double weight; /* l, 0 < l <= 1 */
	double width;
	int64_t n;
	double off;   /* value less mean */
	double limit; /* of `off`, at n */
} pv_stats_ewma;

PV_API int pv_stats_ewma_add(pv_stats_ewma *chart, double x);

/*
 * Page and Hinkley's test: m += x - mean of all so far (x too) - delta; up is m
 * less the least m, an alarm above `limit`. Down the same of -x.
 */
typedef struct pv_stats_page_hinkley {
	double delta;
	double limit;
	pv_stats_moments seen;
	double rise; /* m, and its least */
	double rise_least;
	double fall;
	double fall_least;
	double up;
	double down;
} pv_stats_page_hinkley;

PV_API int pv_stats_page_hinkley_add(pv_stats_page_hinkley *test, double x);

/* --- exponential histograms -------------------------------------------------------- */

/*
 * The bin of a value > 0 by OpenTelemetry's rule: bin i of a scale of -10 to 20
 * holds (b^i, b^(i+1)] with b = 2^(2^-scale). Found by squaring, never by a
 * logarithm: every machine has the same.
 */
PV_API int pv_stats_histogram_index(int64_t *out, double value, int scale,
				    pv_error *err);
/* b^i, the bin's lower bound, which is not in it. */
PV_API int pv_stats_histogram_bound(double *out, int64_t index, int scale,
				    pv_error *err);
/* 2 / (1 / low + 1 / high): the greatest relative error is least there. */
PV_API int pv_stats_histogram_point(double *out, int64_t index, int scale,
				    pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
