/* SPDX-License-Identifier: MIT
 *
 * Units in SQLite: the sums of each in an arm, and what all of an arm have,
 * which changes by what a unit was and what it is. See index/unit.h.
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"
#include "index/unit_check.h"

static pv_str bytes_at(sqlite3_stmt *statement, int at)
{
	pv_str out;

	out.ptr = sqlite3_column_blob(statement, at);
	out.len = (size_t)sqlite3_column_bytes(statement, at);
	return out;
}

static void bind_bytes(sqlite3_stmt *statement, int at, pv_str bytes)
{
	sqlite3_bind_blob64(statement, at, bytes.len ? bytes.ptr : "",
			    bytes.len, SQLITE_STATIC);
}

/* --- arms ----------------------------------------------------------------- */

static void bind_arm(sqlite3_stmt *statement, const pv_execution *row)
{
	const pv_value *values = row->values;
	const pv_value *epoch = &values[PV_FIELD_EPOCH];

	pv_sqlite_bind(statement, 1, PV_FIELD_EXPERIMENT,
		       &values[PV_FIELD_EXPERIMENT]);
	sqlite3_bind_int64(statement, 2, epoch->is_set ? epoch->number : -1);
	if (values[PV_FIELD_VARIANT].is_set)
		pv_sqlite_bind(statement, 3, PV_FIELD_VARIANT,
			       &values[PV_FIELD_VARIANT]);
	else
		pv_sqlite_bind_text(statement, 3, (pv_str){ "", 0 });
}

int pv_sqlite_arm_of(int64_t *out, struct pv_sqlite *db,
		     const pv_execution *row, pv_error *err)
{
	static const enum pv_sqlite_statement both[] = { PV_SQLITE_ARM_FIND,
							 PV_SQLITE_ARM_ADD };
	int rc = PV_OK;

	*out = 0;
	if (!row->values[PV_FIELD_EXPERIMENT].is_set)
		return PV_OK;
	for (int i = 0; i < 2 && rc == PV_OK && !*out; i++) {
		sqlite3_stmt *statement;

		rc = pv_sqlite_use(&statement, db, both[i], err);
		if (rc < 0)
			break;
		bind_arm(statement, row);
		rc = pv_sqlite_number(out, db, statement, err);
	}
	return rc;
}

static int use_day(sqlite3_stmt **out, struct pv_sqlite *db,
		   enum pv_sqlite_statement which, int64_t arm, int64_t day,
		   pv_error *err)
{
	int rc = pv_sqlite_use(out, db, which, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(*out, 1, arm);
	sqlite3_bind_int64(*out, 2, day);
	return PV_OK;
}

static int read_day(pv_arm *out, struct pv_sqlite *db, int64_t arm, int64_t day,
		    pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = use_day(&statement, db, PV_SQLITE_DAY_READ, arm, day, err);

	if (rc == PV_OK)
		rc = pv_sqlite_step(db, statement, err);
	if (rc <= 0)
		return rc;
	rc = pv_arm_decode(out, bytes_at(statement, 0), err);
	sqlite3_reset(statement);
	return rc;
}

/* A day that adds nothing is not kept. */
static int put_day(void *state, int64_t arm, int64_t day, pv_str data,
		   pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = use_day(&statement, db,
			 data.len ? PV_SQLITE_DAY_PUT : PV_SQLITE_DAY_DROP, arm,
			 day, err);

	if (rc < 0)
		return rc;
	if (data.len)
		bind_bytes(statement, 3, data);
	return pv_sqlite_run(db, statement, err);
}

static int put_first(void *state, int64_t arm, int64_t first_us, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ARM_FIRST, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, arm);
	sqlite3_bind_int64(statement, 2, first_us);
	return pv_sqlite_run(db, statement, err);
}

/* Adds what there is of a day to a change of it, and writes that. */
static int write_day(struct pv_sqlite *db, pv_arm_day *day, int64_t arm,
		     pv_error *err)
{
	pv_buf data = { 0 };
	int rc = read_day(&day->sums, db, arm, day->day, err);

	pv_arm_encode(&data, &day->sums);
	if (rc == PV_OK)
		rc = pv_buf_status(&data, err);
	if (rc == PV_OK)
		rc = put_day(db, arm, day->day, (pv_str){ data.ptr, data.len },
			     err);
	pv_buf_dispose(&data);
	return rc;
}

/* --- units ---------------------------------------------------------------- */

static int use_unit(sqlite3_stmt **out, struct pv_sqlite *db,
		    enum pv_sqlite_statement which, const pv_unit_name *name,
		    pv_error *err)
{
	int rc = pv_sqlite_use(out, db, which, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(*out, 1, name->arm);
	sqlite3_bind_blob(*out, 2, name->key, PV_UNIT_KEY_BYTES, SQLITE_STATIC);
	return PV_OK;
}

static int read_unit(pv_unit_days *out, struct pv_sqlite *db,
		     const pv_unit_name *name, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = use_unit(&statement, db, PV_SQLITE_UNIT_FIND, name, err);

	if (rc == PV_OK)
		rc = pv_sqlite_step(db, statement, err);
	if (rc <= 0)
		return rc;
	rc = pv_unit_days_decode(out, bytes_at(statement, 0), err);
	sqlite3_reset(statement);
	return rc;
}

/* One of which nothing is left goes, unless it has to be known as a part. */
static int put_unit(void *state, const pv_unit_name *name, pv_str data,
		    pv_error *err)
{
	static const enum pv_sqlite_statement steps[] = { PV_SQLITE_UNIT_PUT,
							  PV_SQLITE_UNIT_DROP,
							  PV_SQLITE_UNIT_CLEAR };
	struct pv_sqlite *db = state;
	int rc = PV_OK;

	for (int i = data.len ? 0 : 1; i < (data.len ? 1 : 3); i++) {
		sqlite3_stmt *statement;

		rc = use_unit(&statement, db, steps[i], name, err);
		if (rc < 0)
			break;
		if (data.len)
			bind_bytes(statement, 3, data);
		rc = pv_sqlite_run(db, statement, err);
		if (rc < 0)
			break;
	}
	return rc;
}

/* Adds a change to its unit, and to `arm` what that changes there. */
static int write_unit(struct pv_sqlite *db, pv_arm_days *arm,
		      const pv_unit_change *change, pv_error *err)
{
	pv_unit_days unit = { 0 };
	pv_buf data = { 0 };
	int rc = read_unit(&unit, db, &change->name, err);

	if (rc == PV_OK)
		rc = pv_unit_days_change(arm, &unit, &change->unit, err);
	pv_unit_days_encode(&data, &unit);
	if (rc == PV_OK)
		rc = pv_buf_status(&data, err);
	if (rc == PV_OK)
		rc = put_unit(db, &change->name, (pv_str){ data.ptr, data.len },
			      err);
	pv_buf_dispose(&data);
	pv_unit_days_dispose(&unit);
	return rc;
}

/* The units of one arm, from `*at` on. */
static int write_units(struct pv_sqlite *db, size_t *at, pv_error *err)
{
	pv_unit_change *const *units = db->rollup.units;
	int64_t id = units[*at]->name.arm;
	int64_t first = 0;
	pv_arm_days arm = { 0 };
	int rc = PV_OK;

	for (; *at < db->rollup.unit_count && rc == PV_OK; ++*at) {
		const pv_unit_change *change = units[*at];

		if (change->name.arm != id)
			break;
		if (change->first_us && (!first || change->first_us < first))
			first = change->first_us;
		rc = write_unit(db, &arm, change, err);
	}
	for (size_t i = 0; i < arm.count && rc == PV_OK; i++)
		rc = write_day(db, &arm.items[i], id, err);
	if (first && rc == PV_OK)
		rc = put_first(db, id, first, err);
	pv_arm_days_dispose(&arm);
	return rc;
}

int pv_sqlite_write_units(struct pv_sqlite *db, pv_error *err)
{
	size_t at = 0;
	int rc = PV_OK;

	while (at < db->rollup.unit_count && rc == PV_OK)
		rc = write_units(db, &at, err);
	return rc;
}

int pv_sqlite_part_unit(struct pv_sqlite *db, const unsigned char *id,
			pv_error *err)
{
	pv_unit_name name = { 0 };
	sqlite3_stmt *statement;
	pv_str unit;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_UNIT_OF, err);

	if (rc < 0)
		return rc;
	pv_sqlite_bind_id(statement, 1, id);
	rc = pv_sqlite_step(db, statement, err);
	if (rc <= 0)
		return rc;
	name.arm = sqlite3_column_int64(statement, 0);
	unit.ptr = (const char *)sqlite3_column_text(statement, 1);
	unit.len = (size_t)sqlite3_column_bytes(statement, 1);
	rc = unit.ptr ? PV_OK : pv_fail_nomem(err);
	if (rc == PV_OK)
		pv_unit_hash(name.key, unit);
	sqlite3_reset(statement);
	if (rc == PV_OK)
		rc = use_unit(&statement, db, PV_SQLITE_UNIT_PART, &name, err);
	return rc == PV_OK ? pv_sqlite_run(db, statement, err) : rc;
}

/* --- reading -------------------------------------------------------------- */

enum {
	/* Of so many units each is looked up in the other variants. */
	LOOKED_AT = 1024
};

/*
 * Units of an arm that have executions of another variant, too. Keys are
 * hashes, so those up to a bound are a sample of all.
 */
static int count_crossed(pv_rollup_arm *arm, struct pv_sqlite *db, int64_t id,
			 const char *experiment, pv_error *err)
{
	const uint64_t all = UINT64_MAX;
	int64_t units = pv_arm_days_units(arm->days);
	uint64_t bound = all;
	unsigned char key[PV_UNIT_KEY_BYTES];
	sqlite3_stmt *statement;
	int64_t count = 0;
	int rc;

	if (!arm->variant || units <= 0)
		return PV_OK;
	rc = pv_sqlite_use(&statement, db, PV_SQLITE_ARM_CROSSED, err);
	if (rc < 0)
		return rc;
	if (units > LOOKED_AT)
		bound = all / (uint64_t)units * LOOKED_AT;
	memset(key, 0xff, sizeof(key));
	for (int i = 0; i < 8; i++)
		key[i] = (unsigned char)(bound >> (56 - 8 * i));
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_blob(statement, 2, key, sizeof(key), SQLITE_STATIC);
	pv_sqlite_bind_text(statement, 3, pv_str_of(experiment));
	sqlite3_bind_int64(statement, 4, arm->epoch);
	pv_sqlite_bind_text(statement, 5, pv_str_of(arm->variant));
	rc = pv_sqlite_number(&count, db, statement, err);
	arm->crossed = count;
	if (bound < all)
		arm->crossed =
			(int64_t)((double)count * (double)units / LOOKED_AT);
	return rc;
}

static int read_days(pv_arm_days *out, struct pv_sqlite *db, int64_t id,
		     pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_DAYS_OF, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, id);
	while ((rc = pv_sqlite_step(db, statement, err)) > 0) {
		pv_arm *sums = NULL;

		rc = pv_arm_day_of(&sums, out,
				   sqlite3_column_int64(statement, 0), err);
		if (rc == PV_OK)
			rc = pv_arm_decode(sums, bytes_at(statement, 1), err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(statement);
	return rc;
}

static int give_arm(sqlite3_stmt *statement, struct pv_sqlite *db,
		    const char *experiment, const pv_rollup_reader *reader,
		    pv_error *err)
{
	const char *variant = (const char *)sqlite3_column_text(statement, 1);
	int64_t id = sqlite3_column_int64(statement, 3);
	pv_arm_days days = { 0 };
	pv_rollup_arm arm = {
		.epoch = sqlite3_column_int64(statement, 0),
		.variant = variant && *variant ? variant : NULL,
		.first_us = sqlite3_column_int64(statement, 2),
		.days = &days,
	};
	int rc = variant ? read_days(&days, db, id, err) : pv_fail_nomem(err);

	if (rc == PV_OK)
		rc = count_crossed(&arm, db, id, experiment, err);
	if (rc == PV_OK)
		rc = reader->arm(&arm, reader->payload, err);
	pv_arm_days_dispose(&days);
	return rc;
}

int pv_sqlite_read_arms(struct pv_sqlite *db, const char *experiment,
			const pv_rollup_reader *reader, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ARMS_OF, err);

	if (rc < 0)
		return rc;
	pv_sqlite_bind_text(statement, 1, pv_str_of(experiment));
	while ((rc = pv_sqlite_step(db, statement, err)) > 0) {
		rc = give_arm(statement, db, experiment, reader, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(statement);
	return rc;
}

/* --- comparing ------------------------------------------------------------ */

static int count_units(int64_t *out, void *state, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_UNIT_COUNT, err);

	return rc < 0 ? rc : pv_sqlite_number(out, db, statement, err);
}

static int each_row(void *state, pv_rollup_row_fn fn, void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_UNIT_ROWS, err);

	return rc < 0 ? rc
		      : pv_sqlite_give_rolled(db, statement, fn, payload, err);
}

static int each_unit(void *state, pv_unit_kept_fn fn, void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_UNITS_ALL, err);

	if (rc < 0)
		return rc;
	while ((rc = pv_sqlite_step(db, statement, err)) > 0) {
		pv_str key = bytes_at(statement, 1);
		pv_unit_kept unit = {
			.name = { .arm = sqlite3_column_int64(statement, 0) },
			.is_part = sqlite3_column_int(statement, 2),
			.data = bytes_at(statement, 3),
		};

		rc = key.len == PV_UNIT_KEY_BYTES
			     ? PV_OK
			     : pv_fail_sqlite(err, db, SQLITE_CORRUPT);
		if (rc == PV_OK) {
			memcpy(unit.name.key, key.ptr, PV_UNIT_KEY_BYTES);
			rc = fn(&unit, payload, err);
		}
		if (rc < 0)
			break;
	}
	sqlite3_reset(statement);
	return rc;
}

static int each_arm(void *state, pv_arm_kept_fn fn, void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_DAYS_ALL, err);

	if (rc < 0)
		return rc;
	while ((rc = pv_sqlite_step(db, statement, err)) > 0) {
		rc = fn(sqlite3_column_int64(statement, 0),
			sqlite3_column_int64(statement, 1),
			bytes_at(statement, 2), payload, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(statement);
	return rc;
}

static const pv_unit_source source = {
	.count = count_units,
	.each_row = each_row,
	.each_unit = each_unit,
	.each_arm = each_arm,
	.put_unit = put_unit,
	.put_arm = put_day,
	.put_first = put_first,
};

int pv_sqlite_check_units(pv_executions_rollups *out, struct pv_sqlite *db,
			  int repairs, pv_error *err)
{
	return pv_unit_check(out, &source, db, &db->scores, repairs, err);
}
