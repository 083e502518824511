/* SPDX-License-Identifier: MIT
 *
 * Cells as bytes. A format number, the count, the count of each status, a bit
 * for each metric that there is, its moments, the number of scores, and for
 * each its name and moments. Moments are n, the sums, the number of bins, and
 * each bin as the distance of its key from the one before and its count. All
 * numbers are those of index/number.h; so equal cells have equal bytes.
 */
#include "index/cell.h"

#include "base/fail.h"
#include "base/mem.h"
#include "index/number.h"

enum {
	FORMAT = 1,
	MORE = 0x80,           /* bytes of a number */
	NOT_PLAIN = 0x81,      /* more bytes, or less than 0 */
	NOT_PLAIN_TWO = 0x4001 /* the same of a number of two bytes */
};

/* No count is larger, so that adding them cannot overflow. */
static const int64_t count_max = INT64_C(1) << 50;

static void put_moments(pv_buf *out, const pv_moments *moments)
{
	const pv_histogram *histogram = &moments->histogram;
	int32_t before = 0;

	pv_number_put(out, moments->n);
	pv_numbers_put(out, moments->sum, 2);
	pv_numbers_put(out, moments->square, 4);
	pv_number_put(out, (int64_t)histogram->count);
	for (size_t i = 0; i < histogram->count; i++) {
		pv_number_put(out, histogram->bins[i].key - before);
		pv_number_put(out, histogram->bins[i].count);
		before = histogram->bins[i].key;
	}
}

static int is_kept(const pv_moments *moments)
{
	return moments->n || moments->histogram.count;
}

static void put_scores(pv_buf *out, const pv_cell *cell)
{
	int64_t count = 0;

	for (size_t i = 0; i < cell->score_count; i++)
		count += is_kept(&cell->scores[i].moments);
	pv_number_put(out, count);
	for (size_t i = 0; i < cell->score_count; i++) {
		const pv_cell_score *score = &cell->scores[i];

		if (!is_kept(&score->moments))
			continue;
		pv_name_put(out, score->name);
		put_moments(out, &score->moments);
	}
}

void pv_cell_encode(pv_buf *out, const pv_cell *cell)
{
	int64_t mask = 0;

	for (int i = 0; i < PV_METRIC_COUNT; i++)
		if (is_kept(&cell->metrics[i]))
			mask |= INT64_C(1) << i;
	pv_number_put(out, FORMAT);
	pv_number_put(out, cell->n);
	pv_numbers_put(out, cell->statuses, PV_STATUS_COUNT);
	pv_number_put(out, mask);
	for (int i = 0; i < PV_METRIC_COUNT; i++)
		if (mask & (INT64_C(1) << i))
			put_moments(out, &cell->metrics[i]);
	put_scores(out, cell);
}

/* --- reading -------------------------------------------------------------- */

/* The next bin behind `key`; bad ones are told by `in`. */
static pv_bin take_bin(pv_number_reader *in, int32_t key, int is_first)
{
	const int32_t least = is_first ? -PV_BIN_KEY_MAX : 1;
	int64_t step = pv_number_take(in);
	pv_bin out = { 0, pv_number_take(in) };

	if (step < least || step > PV_BIN_KEY_MAX - key || !out.count ||
	    out.count > count_max || out.count < -count_max)
		in->is_bad = 1;
	else
		out.key = key + (int32_t)step;
	return out;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Where bins are added to those of a sum that there are. */
struct place {
	pv_bin *bin;  /* the one added to last */
	size_t above; /* bins of the sum behind it */
	const unsigned char *at;
	const unsigned char *end;
};

/*
 * Takes bins of one byte each as long as each is the next one of the sum: a
 * figure reads millions, nearly all of them so. At most `most`; how many they
 * were.
 */
static size_t take_next(struct place *to, size_t most)
{
	const unsigned char *at = to->at;
	pv_bin *bin = to->bin;
	int32_t key = bin->key;
	size_t taken = 0;

	most = smaller(most, to->above);
	most = smaller(most, (size_t)(to->end - at) / 2);
	for (; taken < most; taken++, at += 2) {
		/* Twice of what is more than 0 and less than 64. */
		key += at[0] / 2;
		if ((at[0] | at[1]) & NOT_PLAIN || !at[1] ||
		    bin[1].key != key || bin[1].count < 0)
			break;
		(++bin)->count += at[1] / 2;
	}
	to->at = at;
	to->bin = bin;
	to->above -= taken;
	return taken;
}

/*
 * Takes one bin that the sum has further on, or whose count has two bytes; 0
 * when it is another kind.
 */
static int take_further(struct place *to)
{
	const unsigned char *at = to->at;
	unsigned width;
	unsigned count;
	size_t step;
	size_t hop;

	if (to->end - at < 3 || at[0] & NOT_PLAIN)
		return 0;
	width = at[1] & MORE ? 3 : 2;
	count = width == 2 ? at[1]
			   : (at[1] & ~(unsigned)MORE) | (unsigned)at[2] << 7;
	/* Keys are whole numbers: no place is further than they are. */
	step = at[0] / 2;
	hop = smaller(step, to->above);
	while (hop && to->bin[hop].key > to->bin->key + (int32_t)step)
		hop--;
	if (!hop || !count || count & NOT_PLAIN_TWO || to->bin[hop].count < 0 ||
	    to->bin[hop].key != to->bin->key + (int32_t)step)
		return 0;
	to->bin += hop;
	to->above -= hop;
	to->bin->count += count / 2;
	to->at = at + width;
	return 1;
}

/*
 * Takes bins as long as the sum has theirs, behind its place `*at`, whose key
 * is `*key`, and they are short.
 */
static int64_t take_known(pv_histogram *sum, size_t *at, int32_t *key,
			  pv_number_reader *in, int64_t count)
{
	struct place to = { sum->bins + *at, sum->count - 1 - *at, in->at,
			    in->end };
	int64_t taken = 0;

	do
		taken += (int64_t)take_next(&to, (size_t)(count - taken));
	while (taken < count && take_further(&to) && ++taken < count);
	in->at = to.at;
	*at = (size_t)(to.bin - sum->bins);
	*key = to.bin->key;
	return taken;
}

/*
 * Adds bins to those that there are. Mostly they are all there, as days of a
 * series are alike; what is not is gathered in `fresh`.
 */
static int take_bins(pv_histogram *out, pv_number_reader *in,
		     pv_histogram *fresh, pv_error *err)
{
	int64_t count = pv_number_take(in);
	pv_bin bin = { 0 };
	size_t at = 0;

	fresh->count = 0;
	/* A bin has two bytes at least. */
	if (count < 0 || count > (in->end - in->at) / 2)
		in->is_bad = 1;
	if (in->is_bad || !count)
		return PV_OK;
	if (pv_array_reserve(&fresh->bins, &fresh->cap, (size_t)count,
			     sizeof(*fresh->bins)) < 0)
		return pv_fail_nomem(err);
	for (int64_t i = 0; i < count; i++) {
		bin = take_bin(in, bin.key, i == 0);
		if (in->is_bad)
			break;
		while (at < out->count && out->bins[at].key < bin.key)
			at++;
		/* What becomes 0 has to go. */
		if (at == out->count || out->bins[at].key != bin.key ||
		    !(out->bins[at].count + bin.count)) {
			fresh->bins[fresh->count++] = bin;
			continue;
		}
		out->bins[at].count += bin.count;
		i += take_known(out, &at, &bin.key, in, count - 1 - i);
	}
	return PV_OK;
}

/* `fresh` lends its memory to bins. */
static int take_moments(pv_moments *out, pv_number_reader *in,
			pv_histogram *fresh, pv_error *err)
{
	int rc;

	pv_numbers_add(&out->n, in, 1);
	pv_numbers_add(out->sum, in, 2);
	pv_numbers_add(out->square, in, 4);
	rc = take_bins(&out->histogram, in, fresh, err);
	if (rc < 0 || in->is_bad || !fresh->count)
		return rc;
	return pv_histogram_merge(&out->histogram, fresh, err);
}

static int take_score(pv_cell *cell, pv_number_reader *in,
		      pv_histogram *scratch, pv_error *err)
{
	pv_moments *moments = NULL;
	pv_str name;
	int rc;

	pv_name_take(&name.ptr, &name.len, in);
	if (in->is_bad)
		return PV_OK;
	rc = pv_cell_score_of(&moments, cell, name, err);
	return rc == PV_OK ? take_moments(moments, in, scratch, err) : rc;
}

static int take_all(pv_cell *cell, pv_number_reader *in, pv_histogram *scratch,
		    pv_error *err)
{
	int64_t mask;
	int64_t scores;
	int rc = PV_OK;

	if (pv_number_take(in) != FORMAT)
		in->is_bad = 1;
	pv_numbers_add(&cell->n, in, 1);
	pv_numbers_add(cell->statuses, in, PV_STATUS_COUNT);
	mask = pv_number_take(in);
	in->is_bad |= mask < 0 || mask >> PV_METRIC_COUNT;
	for (int i = 0; i < PV_METRIC_COUNT && rc == PV_OK && !in->is_bad; i++)
		if (mask & (INT64_C(1) << i))
			rc = take_moments(&cell->metrics[i], in, scratch, err);
	scores = pv_number_take(in);
	while (scores-- > 0 && rc == PV_OK && !in->is_bad)
		rc = take_score(cell, in, scratch, err);
	in->is_bad |= in->at != in->end;
	return rc;
}

int pv_cell_decode(pv_cell *cell, pv_str bytes, pv_error *err)
{
	const unsigned char *at = (const unsigned char *)bytes.ptr;
	pv_number_reader in = { at, at + bytes.len, 0 };
	pv_histogram scratch = { 0 };
	int rc = take_all(cell, &in, &scratch, err);

	pv_histogram_dispose(&scratch);
	if (rc < 0 || !in.is_bad)
		return rc;
	return pv_fail(err, PV_EDB, "a rollup of the index is damaged");
}
