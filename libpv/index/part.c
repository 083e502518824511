/* SPDX-License-Identifier: MIT
 *
 * Sums that outlived their rows, on their way to another index; see part.h.
 * They are read day by day, so that memory is bounded.
 */
#include "index/part.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"

static const int64_t second = 1000000;

void pv_part_dispose(pv_part *part)
{
	pv_execution_free(part->series);
	part->series = NULL;
	pv_cell_dispose(&part->kept);
	pv_cell_dispose(&part->of_rows);
}

/* --- reading -------------------------------------------------------------- */

struct reading {
	const pv_rollup_source *source;
	void *db;
	pv_part_fn fn;
	void *payload;
	int64_t now;
	int64_t day; /* its start in seconds */
	pv_rollup_batch made;
};

/* Leaves those keys that are parts; minutes that go anyway are not asked. */
static int keep_parts(struct reading *it, pv_rollup_keys *keys, pv_error *err)
{
	size_t kept = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < keys->count && rc == PV_OK; i++) {
		const pv_rollup_key key = keys->items[i];
		int is_part = 0;

		if (key.grain == PV_GRAIN_MINUTE &&
		    key.bucket * second < it->now - PV_ROLLUP_MINUTES_US)
			continue;
		rc = it->source->is_part(&is_part, it->db, &key, err);
		if (is_part)
			keys->items[kept++] = key;
	}
	keys->count = kept;
	return rc;
}

static int add_row(const pv_series *series, const pv_execution *row,
		   void *payload, pv_error *err)
{
	const pv_series cells_only = { series->id, 0, 0 };
	struct reading *it = payload;

	return pv_rollup_add(&it->made, &cells_only, row, 1, it->now, err);
}

static int give_part(struct reading *it, const pv_rollup_key *key, pv_error *err)
{
	const pv_cell *made = pv_rollup_find(&it->made, key);
	pv_part part = { .grain = key->grain, .bucket = key->bucket };
	int rc = pv_execution_new(&part.series, err);

	if (rc == PV_OK)
		rc = it->source->read_series(part.series, it->db, key->series,
					     err);
	if (rc == PV_OK)
		rc = it->source->read(&part.kept, it->db, key, err);
	if (rc == PV_OK && made)
		rc = pv_cell_merge(&part.of_rows, made, err);
	if (rc == PV_OK)
		rc = it->fn(&part, it->payload, err);
	pv_part_dispose(&part);
	return rc;
}

static int read_day(struct reading *it, pv_error *err)
{
	pv_rollup_keys keys = { 0 };
	int rc = it->source->keys(&keys, it->db, it->day, err);

	if (rc == PV_OK)
		rc = keep_parts(it, &keys, err);
	if (rc == PV_OK && keys.count) {
		rc = it->source->each_row(it->db, it->day, add_row, it, err);
		if (rc == PV_OK)
			rc = pv_rollup_settle(&it->made, err);
	}
	for (size_t i = 0; i < keys.count && rc == PV_OK; i++)
		rc = give_part(it, &keys.items[i], err);
	pv_rollup_clear(&it->made);
	pv_free(keys.items);
	return rc;
}

int pv_parts_each(const pv_rollup_source *source, void *db,
		  const pv_strlist *scores, pv_part_fn fn, void *payload,
		  pv_error *err)
{
	struct reading it = { .source = source,
			      .db = db,
			      .fn = fn,
			      .payload = payload,
			      .now = pv_clock_now(NULL),
			      .day = PV_ROLLUP_FIRST_DAY,
			      .made = { .scores = scores } };

	for (;;) {
		int is_there;
		int rc = source->next_day(&is_there, &it.day, db, err);

		if (rc == PV_OK && is_there)
			rc = read_day(&it, err);
		if (rc < 0 || !is_there)
			return rc;
		it.day += PV_GRAIN_DAY;
	}
}

/* --- writing -------------------------------------------------------------- */

static int judge(enum pv_part_fate *out, const pv_part *part,
		 const pv_cell *here, pv_error *err)
{
	int is_same = 0;
	int rc = pv_rollup_same(&is_same, here, &part->kept, err);

	*out = PV_PART_SAME;
	if (rc < 0 || is_same)
		return rc;
	rc = pv_rollup_same(&is_same, here, &part->of_rows, err);
	*out = is_same ? PV_PART_TAKEN : PV_PART_LEFT;
	return rc;
}

int pv_part_put(enum pv_part_fate *out, const pv_rollup_source *source,
		void *db, int64_t series, const pv_part *part, pv_error *err)
{
	const pv_rollup_key key = { series, part->grain, part->bucket };
	pv_cell here = { 0 };
	int rc = source->read(&here, db, &key, err);

	*out = PV_PART_LEFT;
	if (rc == PV_OK)
		rc = judge(out, part, &here, err);
	pv_cell_dispose(&here);
	if (rc < 0 || *out != PV_PART_TAKEN)
		return rc;
	return source->replace(db, &key, &part->kept, err);
}

int64_t pv_part_hour(const pv_part *part)
{
	return pv_rollup_bucket(part->bucket * second, PV_GRAIN_HOUR);
}
