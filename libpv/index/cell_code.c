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
	FEW = 8,               /* times as few bins are quickly added */
	SHORT_MAX = 5,         /* bytes of a short bin: one, and four */
	SHIFT_MAX = 21,        /* of the last of those four */
	ONE_BYTE = 64,         /* numbers of one are less */
	MORE = 0x80,           /* bytes of a number */
	NOT_PLAIN = 0x81,      /* more bytes, or less than 0 */
	NOT_PLAIN_TWO = 0x4001 /* the same of a number of two bytes */
};

/* No count is larger, so that adding them cannot overflow. */
static const int64_t count_max = INT64_C(1) << 50;

static unsigned char *put_bin(unsigned char *at, int64_t step, int64_t count)
{
	/* Both of one byte, as most are. */
	if ((uint64_t)step < ONE_BYTE && (uint64_t)count < ONE_BYTE) {
		at[0] = (unsigned char)(step * 2);
		at[1] = (unsigned char)(count * 2);
		return at + 2;
	}
	return pv_number_write(pv_number_write(at, step), count);
}

/* Room for all is made at once: each row that is recorded writes hundreds. */
static void put_bins(pv_buf *out, const pv_histogram *histogram)
{
	unsigned char *at;
	int32_t before = 0;

	pv_number_put(out, (int64_t)histogram->count);
	pv_buf_reserve(out, histogram->count * 2 * PV_NUMBER_BYTES);
	if (pv_buf_status(out, NULL) < 0)
		return;
	at = (unsigned char *)out->ptr + out->len;
	for (size_t i = 0; i < histogram->count; i++) {
		const pv_bin *bin = &histogram->bins[i];

		at = put_bin(at, bin->key - before, bin->count);
		before = bin->key;
	}
	*at = '\0';
	out->len = (size_t)((char *)at - out->ptr);
}

static void put_moments(pv_buf *out, const pv_moments *moments)
{
	pv_number_put(out, moments->n);
	pv_numbers_put(out, moments->sum, 2);
	pv_numbers_put(out, moments->square, 4);
	put_bins(out, &moments->histogram);
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

/* How many bins follow; bad numbers are told by `in`. */
static int64_t take_count(pv_number_reader *in)
{
	int64_t count = pv_number_take(in);

	/* A bin has two bytes at least. */
	if (count < 0 || count > (in->end - in->at) / 2)
		in->is_bad = 1;
	return in->is_bad ? 0 : count;
}

/* A count of few bytes; 0 for what is none, or is for pv_number_take. */
static int64_t take_few_bytes(const unsigned char **at)
{
	const unsigned char *byte = *at;
	uint32_t value = *byte & ~(unsigned)MORE;

	for (int shift = 7; *byte & MORE; shift += 7) {
		if (shift > SHIFT_MAX)
			return 0;
		value |= (uint32_t)(*++byte & ~(unsigned)MORE) << shift;
	}
	*at = byte + 1;
	return value & 1 ? 0 : (int64_t)(value / 2);
}

/*
 * Bins that are short, as nearly all are, behind those of a list that has room:
 * a key near the one before and a count of few bytes.
 */
static void take_short(pv_histogram *out, pv_number_reader *in, int64_t most)
{
	const unsigned char *at = in->at;
	pv_bin *bin = out->bins + out->count;
	int32_t key = bin[-1].key;

	for (; most > 0 && in->end - at > SHORT_MAX; most--) {
		const unsigned char *behind = at + 1;
		int64_t count = take_few_bytes(&behind);

		/* What must not be is for take_bin to tell. */
		if (*at & NOT_PLAIN || !*at || !count ||
		    key >= PV_BIN_KEY_MAX - MORE)
			break;
		key += *at / 2;
		bin->key = key;
		bin->count = count;
		bin++;
		at = behind;
	}
	in->at = at;
	out->count = (size_t)(bin - out->bins);
}

/* Bins into an empty list, and those few of `out` to them. */
static int take_new_bins(pv_histogram *out, pv_number_reader *in,
			 pv_histogram *fresh, int64_t count, pv_error *err)
{
	const pv_histogram few = *out;
	pv_bin bin = { 0 };
	int rc = PV_OK;

	while (fresh->count < (size_t)count && !in->is_bad) {
		bin = take_bin(in, bin.key, !fresh->count);
		fresh->bins[fresh->count++] = bin;
		take_short(fresh, in, count - (int64_t)fresh->count);
		bin = fresh->bins[fresh->count - 1];
	}
	for (size_t i = 0; i < few.count && rc == PV_OK && !in->is_bad; i++)
		rc = pv_histogram_add(fresh, few.bins[i].key, few.bins[i].count,
				      err);
	if (rc < 0 || in->is_bad)
		return rc;
	*out = *fresh;
	*fresh = few;
	fresh->count = 0;
	return PV_OK;
}

/*
 * Adds bins to those that there are. Mostly they are all there, as days of a
 * series are alike; what is not is gathered in `fresh`. Or nearly none are: a
 * row is recorded, and these are what there was before it.
 */
static int take_bins(pv_histogram *out, pv_number_reader *in,
		     pv_histogram *fresh, pv_error *err)
{
	int64_t count = take_count(in);
	pv_bin bin = { 0 };
	size_t at = 0;

	fresh->count = 0;
	if (!count)
		return PV_OK;
	if (pv_array_reserve(&fresh->bins, &fresh->cap, (size_t)count,
			     sizeof(*fresh->bins)) < 0)
		return pv_fail_nomem(err);
	if (out->count <= (size_t)count / FEW)
		return take_new_bins(out, in, fresh, count, err);
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
	}
	return PV_OK;
}

static void take_sums(pv_moments *out, pv_number_reader *in)
{
	pv_numbers_add(&out->n, in, 1);
	pv_numbers_add(out->sum, in, 2);
	pv_numbers_add(out->square, in, 4);
}

/* `fresh` lends its memory to bins. */
static int take_moments(pv_moments *out, pv_number_reader *in,
			pv_histogram *fresh, pv_error *err)
{
	int rc;

	take_sums(out, in);
	rc = take_bins(&out->histogram, in, fresh, err);
	if (rc < 0 || in->is_bad || !fresh->count)
		return rc;
	return pv_histogram_merge(&out->histogram, fresh, err);
}

/* --- gathering ------------------------------------------------------------ */

/*
 * Adds bins that are short, as nearly all are: a key near the one before and a
 * count of one byte or two. At most `most`, as long as their parts are there;
 * how many they were. A figure reads millions of them.
 */
static int64_t gather_short(const pv_bins *bins, pv_number_reader *in,
			    int32_t *key, int64_t most)
{
	unsigned key_there = (unsigned)(*key + PV_BIN_KEY_MAX);
	unsigned first = key_there / PV_BINS_PART;
	unsigned idx = key_there % PV_BINS_PART;
	int64_t *part = bins->parts[first];
	const unsigned char *at = in->at;
	int64_t taken = 0;

	for (; taken < most && in->end - at > 2; taken++) {
		unsigned step = at[0];
		unsigned count = at[1];
		unsigned width = 2;

		if ((step | count) & NOT_PLAIN) {
			count = (count & ~(unsigned)MORE) | (unsigned)at[2] << 7;
			width = 3;
			if (step & NOT_PLAIN || count & NOT_PLAIN_TWO ||
			    !(at[1] & MORE))
				break;
		}
		/* What must not be is for take_bin to tell. */
		if (!step || !count)
			break;
		idx += step / 2;
		if (idx >= PV_BINS_PART) {
			/* Of the keys of the last part most are too large. */
			if (first + 2 >= PV_BINS_PARTS || !bins->parts[first + 1])
				break;
			part = bins->parts[++first];
			idx -= PV_BINS_PART;
		}
		/* Twice of it is in the bytes. */
		part[idx] += count / 2;
		key_there = first * PV_BINS_PART + idx;
		at += width;
	}
	in->at = at;
	*key = (int32_t)key_there - PV_BIN_KEY_MAX;
	return taken;
}

static int gather_bin(pv_bins *bins, pv_arena *arena, pv_bin bin, pv_error *err)
{
	int64_t *sum = pv_bins_at(bins, bin.key);
	int rc = sum ? PV_OK : pv_bins_make_part(&sum, bins, arena, bin.key, err);

	if (rc == PV_OK)
		*sum += bin.count;
	return rc;
}

static int gather_bins(pv_bins *bins, pv_arena *arena, pv_number_reader *in,
		       pv_error *err)
{
	int64_t count = take_count(in);
	pv_bin bin = { 0 };
	int rc = PV_OK;

	for (int64_t i = 0; i < count && rc == PV_OK; i++) {
		bin = take_bin(in, bin.key, i == 0);
		if (in->is_bad)
			break;
		rc = gather_bin(bins, arena, bin, err);
		if (rc == PV_OK)
			i += gather_short(bins, in, &bin.key, count - 1 - i);
	}
	return rc;
}

int pv_cell_wants_metric(const pv_cell_bins_wanted *wanted, int metric)
{
	return !wanted || wanted->metrics & 1U << metric;
}

int pv_cell_wants_score(const pv_cell_bins_wanted *wanted, pv_str name)
{
	if (!wanted)
		return 1;
	for (size_t i = 0; i < wanted->scores.count; i++)
		if (pv_str_is(name, wanted->scores.items[i]))
			return 1;
	return 0;
}

static void skip_bins(pv_number_reader *in)
{
	pv_numbers_skip(in, 2 * take_count(in));
}

static int gather_moments(pv_moments *out, pv_bins **bins, pv_arena *arena,
			  pv_number_reader *in, pv_error *err)
{
	take_sums(out, in);
	if (!*bins)
		*bins = pv_arena_calloc(arena, sizeof(**bins));
	return *bins ? gather_bins(*bins, arena, in, err) : pv_fail_nomem(err);
}

int pv_cell_settle(pv_cell *cell, const pv_cell_bins *bins, pv_error *err)
{
	int rc = PV_OK;

	for (int i = 0; i < PV_METRIC_COUNT && rc == PV_OK; i++)
		if (bins->metrics[i])
			rc = pv_bins_put(&cell->metrics[i].histogram,
					 bins->metrics[i], err);
	return rc;
}

/* --- cells ---------------------------------------------------------------- */

/* What is read, and where it goes. */
struct taking {
	pv_cell *cell;
	pv_cell_bins *bins; /* of its metrics; NULL: the cell's own */
	pv_number_reader in;
	pv_histogram scratch;
};

static int take_metric(struct taking *it, int metric, pv_error *err)
{
	pv_moments *moments = &it->cell->metrics[metric];

	if (!it->bins)
		return take_moments(moments, &it->in, &it->scratch, err);
	if (!pv_cell_wants_metric(it->bins->wanted, metric)) {
		take_sums(moments, &it->in);
		skip_bins(&it->in);
		return PV_OK;
	}
	return gather_moments(moments, &it->bins->metrics[metric],
			      it->bins->arena, &it->in, err);
}

static int take_score(struct taking *it, pv_error *err)
{
	pv_moments *moments = NULL;
	pv_str name;
	int rc;

	pv_name_take(&name.ptr, &name.len, &it->in);
	if (it->in.is_bad)
		return PV_OK;
	rc = pv_cell_score_of(&moments, it->cell, name, err);
	if (rc < 0)
		return rc;
	if (!it->bins || pv_cell_wants_score(it->bins->wanted, name))
		return take_moments(moments, &it->in, &it->scratch, err);
	take_sums(moments, &it->in);
	skip_bins(&it->in);
	return PV_OK;
}

static int take_all(struct taking *it, pv_error *err)
{
	pv_number_reader *in = &it->in;
	int64_t mask;
	int64_t scores;
	int rc = PV_OK;

	if (pv_number_take(in) != FORMAT)
		in->is_bad = 1;
	pv_numbers_add(&it->cell->n, in, 1);
	pv_numbers_add(it->cell->statuses, in, PV_STATUS_COUNT);
	mask = pv_number_take(in);
	in->is_bad |= mask < 0 || mask >> PV_METRIC_COUNT;
	for (int i = 0; i < PV_METRIC_COUNT && rc == PV_OK && !in->is_bad; i++)
		if (mask & (INT64_C(1) << i))
			rc = take_metric(it, i, err);
	scores = pv_number_take(in);
	while (scores-- > 0 && rc == PV_OK && !in->is_bad)
		rc = take_score(it, err);
	in->is_bad |= in->at != in->end;
	return rc;
}

int pv_cell_gather(pv_cell *cell, pv_cell_bins *bins, pv_str bytes, pv_error *err)
{
	const unsigned char *at = (const unsigned char *)bytes.ptr;
	struct taking it = { cell, bins, { at, at + bytes.len, 0 }, { 0 } };
	int rc = take_all(&it, err);

	pv_histogram_dispose(&it.scratch);
	if (rc < 0 || !it.in.is_bad)
		return rc;
	return pv_fail(err, PV_EDB, "a rollup of the index is damaged");
}

int pv_cell_decode(pv_cell *cell, pv_str bytes, pv_error *err)
{
	return pv_cell_gather(cell, NULL, bytes, err);
}
