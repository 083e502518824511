/* SPDX-License-Identifier: MIT
 *
 * Exponential histograms of whole numbers: bins (b^i, b^(i+1)] with b the
 * 32nd root of 2, as OpenTelemetry's scale 5, so that any value of a bin is
 * within 1.1 % of its point. Bins are found by comparing integers, never by a
 * logarithm: every machine has the same ones. Counts may be negative in a
 * change that is yet to be added. Bins are sorted by key, none is 0.
 */
#ifndef PV_INDEX_HISTOGRAM_H
#define PV_INDEX_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include <pv/error.h>

typedef struct pv_bin {
	int32_t key; /* 0 for 0, i + 2 for a positive value, minus that */
	int64_t count;
} pv_bin;

/* `{ 0 }` is an empty one. */
typedef struct pv_histogram {
	pv_bin *bins;
	size_t count;
	size_t cap;
} pv_histogram;

enum {
	PV_BIN_KEY_MAX = 2017 /* of INT64_MAX */
};

/* The bin of a value; by size alone, INT64_MIN counts as its neighbour. */
int32_t pv_bin_key(int64_t value);
/* The whole numbers that fall into a bin, from the smaller in size. */
void pv_bin_range(int64_t *near_out, int64_t *far_out, int32_t key);
/* The value whose greatest relative error to those is least. */
double pv_bin_point(int32_t key);

/*
 * Bins of equal width for a number of few values, points of quality: those
 * with two digits are exact. Keys are as those of the others otherwise.
 */
int32_t pv_bin_even_key(int64_t thousandths);
double pv_bin_even_point(int32_t key);

/* Adds to one bin. PV_ENOMEM. */
int pv_histogram_add(pv_histogram *histogram, int32_t key, int64_t count,
		     pv_error *err);
/* Adds all of `other`. PV_ENOMEM, then `histogram` is as it was. */
int pv_histogram_merge(pv_histogram *histogram, const pv_histogram *other,
		       pv_error *err);
void pv_histogram_dispose(pv_histogram *histogram);

#endif
