/* SPDX-License-Identifier: MIT
 *
 * Bins and their sums. The table holds 2^(j/32) in 63 binary places, rounded
 * down; as none but the first is a whole number, "greater than" is exact.
 */
#include "index/histogram.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	STEPS = 32, /* bins for each doubling */
	TOP_BIT = 63,
	EVEN_WIDTH = 10
};

static const uint64_t roots[STEPS] = {
	UINT64_C(0x8000000000000000), UINT64_C(0x82cd8698ac2ba1d7),
	UINT64_C(0x85aac367cc487b14), UINT64_C(0x88980e8092da8527),
	UINT64_C(0x8b95c1e3ea8bd6e6), UINT64_C(0x8ea4398b45cd53c0),
	UINT64_C(0x91c3d373ab11c336), UINT64_C(0x94f4efa8fef70961),
	UINT64_C(0x9837f0518db8a96f), UINT64_C(0x9b8d39b9d54e5538),
	UINT64_C(0x9ef5326091a111ad), UINT64_C(0xa27043030c496818),
	UINT64_C(0xa5fed6a9b15138ea), UINT64_C(0xa9a15ab4ea7c0ef8),
	UINT64_C(0xad583eea42a14ac6), UINT64_C(0xb123f581d2ac258f),
	UINT64_C(0xb504f333f9de6484), UINT64_C(0xb8fbaf4762fb9ee9),
	UINT64_C(0xbd08a39f580c36be), UINT64_C(0xc12c4cca66709456),
	UINT64_C(0xc5672a115506dadd), UINT64_C(0xc9b9bd866e2f27a2),
	UINT64_C(0xce248c151f8480e3), UINT64_C(0xd2a81d91f12ae45a),
	UINT64_C(0xd744fccad69d6af4), UINT64_C(0xdbfbb797daf23755),
	UINT64_C(0xe0ccdeec2a94e111), UINT64_C(0xe5b906e77c8348a8),
	UINT64_C(0xeac0c6e7dd24392e), UINT64_C(0xefe4b99bdcdaf5cb),
	UINT64_C(0xf5257d152486cc2c), UINT64_C(0xfa83b2db722a033a),
};

int32_t pv_bin_key(int64_t value)
{
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint64_t shifted;
	int32_t key;
	int top;
	int low = 0;

	if (!size)
		return 0;
	if (size > INT64_MAX)
		size = INT64_MAX;
	top = TOP_BIT - __builtin_clzll(size);
	shifted = size << (TOP_BIT - top);
	/* The last root that is smaller; -1 for a power of two. */
	for (int step = STEPS / 2; step; step /= 2)
		if (shifted > roots[low + step])
			low += step;
	if (shifted == roots[0])
		low = -1;
	key = (int32_t)(top * STEPS + low + 2);
	return value < 0 ? -key : key;
}

/* 2^(i/32) without what is behind the point. */
static int64_t edge(int i)
{
	int exponent = i / STEPS;

	if (i < 0)
		return 0;
	if (exponent >= TOP_BIT)
		return INT64_MAX;
	return (int64_t)(roots[i % STEPS] >> (TOP_BIT - exponent));
}

void pv_bin_range(int64_t *near_out, int64_t *far_out, int32_t key)
{
	int i = (key < 0 ? -key : key) - 2;

	*near_out = key ? edge(i) + 1 : 0;
	*far_out = key ? edge(i + 1) : 0;
	if (key >= 0)
		return;
	*near_out = -*near_out;
	*far_out = -*far_out;
}

double pv_bin_point(int32_t key)
{
	int64_t near;
	int64_t far;

	pv_bin_range(&near, &far, key);
	if (near == far)
		return (double)near;
	return 2.0 * (double)near / ((double)near + (double)far) * (double)far;
}

int32_t pv_bin_even_key(int64_t thousandths)
{
	return (int32_t)((thousandths + EVEN_WIDTH / 2) / EVEN_WIDTH);
}

double pv_bin_even_point(int32_t key)
{
	return (double)key * EVEN_WIDTH;
}

/* --- sums ----------------------------------------------------------------- */

/* The place of a key, or where it is to go. */
static size_t place(const pv_histogram *histogram, int32_t key)
{
	size_t from = 0;
	size_t to = histogram->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (histogram->bins[middle].key < key)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

int pv_histogram_add(pv_histogram *histogram, int32_t key, int64_t count,
		     pv_error *err)
{
	size_t at = place(histogram, key);
	pv_bin *bin = histogram->bins + at;
	size_t behind = histogram->count - at;

	if (!count)
		return PV_OK;
	if (behind && bin->key == key) {
		bin->count += count;
		if (bin->count)
			return PV_OK;
		histogram->count--;
		memmove(bin, bin + 1, (behind - 1) * sizeof(*bin));
		return PV_OK;
	}
	if (pv_array_reserve(&histogram->bins, &histogram->cap,
			     histogram->count + 1, sizeof(*bin)) < 0)
		return pv_fail_nomem(err);
	bin = histogram->bins + at;
	memmove(bin + 1, bin, behind * sizeof(*bin));
	bin->key = key;
	bin->count = count;
	histogram->count++;
	return PV_OK;
}

/* How many bins of `other` are not among those of `histogram`. */
static size_t count_new(const pv_histogram *histogram, const pv_histogram *other)
{
	size_t fresh = 0;
	size_t at = 0;

	for (size_t i = 0; i < other->count; i++) {
		while (at < histogram->count &&
		       histogram->bins[at].key < other->bins[i].key)
			at++;
		fresh += at == histogram->count ||
			 histogram->bins[at].key != other->bins[i].key;
	}
	return fresh;
}

/*
 * From the end, so that nothing is overwritten that is still to be read. 1
 * when there are counts that became 0.
 */
static int merge_down(pv_histogram *histogram, const pv_histogram *other,
		      size_t total)
{
	pv_bin *bins = histogram->bins;
	size_t left = histogram->count;
	int has_zeros = 0;

	for (size_t i = other->count; i > 0; i--) {
		const pv_bin *bin = &other->bins[i - 1];

		int64_t count = bin->count;

		while (left && bins[left - 1].key > bin->key)
			bins[--total] = bins[--left];
		/* It may lie where the sum goes to. */
		if (left && bins[left - 1].key == bin->key)
			count += bins[--left].count;
		bins[--total].key = bin->key;
		bins[total].count = count;
		has_zeros |= !count;
	}
	return has_zeros;
}

static void drop_zeros(pv_histogram *histogram)
{
	size_t kept = 0;

	for (size_t i = 0; i < histogram->count; i++)
		if (histogram->bins[i].count)
			histogram->bins[kept++] = histogram->bins[i];
	histogram->count = kept;
}

int pv_histogram_merge(pv_histogram *histogram, const pv_histogram *other,
		       pv_error *err)
{
	size_t total = histogram->count + count_new(histogram, other);
	int has_zeros;

	if (!other->count)
		return PV_OK;
	if (pv_array_reserve(&histogram->bins, &histogram->cap, total,
			     sizeof(pv_bin)) < 0)
		return pv_fail_nomem(err);
	has_zeros = merge_down(histogram, other, total);
	histogram->count = total;
	if (has_zeros)
		drop_zeros(histogram);
	return PV_OK;
}

void pv_histogram_dispose(pv_histogram *histogram)
{
	pv_free(histogram->bins);
	memset(histogram, 0, sizeof(*histogram));
}
