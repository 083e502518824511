/* SPDX-License-Identifier: MIT
 *
 * Whose schema "pv" is, which migrations it has had, and the project in it.
 * Several processes may make it at once: who changes it holds one advisory
 * lock and looks again.
 */
#include "index/postgres/postgres.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/mem.h"

static const char *const *const migrations[] = {
	&pv_pg_0001_index_sql,
	&pv_pg_0002_bodies_sql,
	&pv_pg_0003_pruned_sql,
};

static const int64_t making = 0x50566978; /* "PVix": the advisory lock */

/* --- what it is ----------------------------------------------------------- */

static int fail_foreign(pv_error *err, const struct pv_postgres *db)
{
	pv_fail(err, PV_EDB, "the schema \"pv\" in %s is another program's",
		db->where);
	return pv_error_hint(err, PV_EDB, "use a database of its own");
}

static int fail_newer(pv_error *err, const struct pv_postgres *db)
{
	pv_fail(err, PV_EUNSUPPORTED, "a newer git-pv wrote the index in %s",
		db->where);
	return pv_error_hint(err, PV_EUNSUPPORTED, "update git-pv");
}

/* How many migrations it has had; 0 when there is nothing yet. */
static int read_version(int64_t *out, struct pv_postgres *db, pv_error *err)
{
	PGresult *answer = NULL;
	int64_t has = 0;
	int64_t things = 0;
	int rc = pv_pg_run(&answer, db,
			   "SELECT count(*) FILTER (WHERE relname = "
			   "'migration'), count(*) FROM pg_class c JOIN "
			   "pg_namespace n ON n.oid = c.relnamespace WHERE "
			   "n.nspname = 'pv'",
			   NULL, err);

	*out = 0;
	if (rc < 0)
		return rc;
	has = pv_pg_int_at(db, answer, 0, 0);
	things = pv_pg_int_at(db, answer, 0, 1);
	pv_pg_clear(db, answer);
	if (!has)
		return things ? fail_foreign(err, db) : PV_OK;
	rc = pv_pg_number(out, db,
			  "SELECT max(version)::bigint FROM pv.migration", NULL,
			  err);
	return rc == PV_OK && *out > (int64_t)pv_array_len(migrations)
		       ? fail_newer(err, db)
		       : rc;
}

/* --- making it ------------------------------------------------------------ */

static int lock_making(struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, making);
	return pv_pg_run(NULL, db, "SELECT pg_advisory_xact_lock($1)", &args,
			 err);
}

/* A role may be allowed to use a schema and not to make one. */
static int make_schema(struct pv_postgres *db, pv_error *err)
{
	int64_t is_there;
	int rc = pv_pg_number(&is_there, db,
			      "SELECT count(*) FROM pg_namespace WHERE nspname "
			      "= 'pv'",
			      NULL, err);

	if (rc == PV_OK && !is_there)
		rc = pv_pg_exec(db, "CREATE SCHEMA pv", err);
	if (rc == PV_OK)
		rc = pv_pg_exec(db,
				"CREATE TABLE pv.migration (version INTEGER "
				"PRIMARY KEY, applied TIMESTAMPTZ NOT NULL "
				"DEFAULT now())",
				err);
	return rc;
}

static int apply(struct pv_postgres *db, int64_t from, pv_error *err)
{
	int rc = from ? PV_OK : make_schema(db, err);

	for (size_t i = (size_t)from;
	     i < pv_array_len(migrations) && rc == PV_OK; i++) {
		struct pv_pg_args args = { 0 };

		rc = pv_pg_exec(db, *migrations[i], err);
		pv_pg_put_int(&args, (int64_t)i + 1);
		if (rc == PV_OK)
			rc = pv_pg_run(NULL, db,
				       "INSERT INTO pv.migration VALUES "
				       "($1::bigint::integer)",
				       &args, err);
	}
	return rc;
}

static int bring_up(struct pv_postgres *db, pv_error *err)
{
	int64_t version = 0;
	int rc = pv_pg_begin(db, err);

	if (rc < 0)
		return rc;
	rc = lock_making(db, err);
	/* Somebody may have done it while we waited. */
	if (rc == PV_OK)
		rc = read_version(&version, db, err);
	if (rc == PV_OK)
		rc = apply(db, version, err);
	return pv_pg_end(db, rc, err);
}

/* --- the project ---------------------------------------------------------- */

static int ask_project(struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_text(&args, pv_str_of(db->name));
	return pv_pg_number(&db->project, db,
			    "SELECT project_id FROM pv.project WHERE name = $1",
			    &args, err);
}

static int add_project(struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_text(&args, pv_str_of(db->name));
	return pv_pg_run(NULL, db,
			 "INSERT INTO pv.project (name, birth) VALUES ($1, "
			 "replace(gen_random_uuid()::text, '-', '')) "
			 "ON CONFLICT (name) DO NOTHING",
			 &args, err);
}

static int fail_unnamed(pv_error *err)
{
	pv_fail(err, PV_EINVALID,
		"this project has no name yet in the index on a server");
	return pv_error_hint(err, PV_EINVALID,
			     "make a commit, or set \"project\" in pv.yaml");
}

static int fail_none(pv_error *err, const struct pv_postgres *db)
{
	pv_fail(err, PV_ENOTFOUND, "nothing is recorded in %s", db->where);
	return pv_error_hint(err, PV_ENOTFOUND, "\"git pv record\" begins it");
}

int pv_pg_find_project(struct pv_postgres *db, pv_error *err)
{
	int64_t version;
	int rc = read_version(&version, db, err);

	/* What is read is in new columns. */
	if (rc == PV_OK && version && version < (int64_t)pv_array_len(migrations))
		rc = bring_up(db, err);
	if (rc == PV_OK && version)
		rc = ask_project(db, err);
	return rc == PV_OK && !db->project ? fail_none(err, db) : rc;
}

int pv_pg_migrate(struct pv_postgres *db, pv_error *err)
{
	int64_t version = 0;
	int rc = *db->name ? read_version(&version, db, err) : fail_unnamed(err);

	if (rc == PV_OK && version < (int64_t)pv_array_len(migrations))
		rc = bring_up(db, err);
	if (rc == PV_OK)
		rc = ask_project(db, err);
	if (rc == PV_OK && !db->project) {
		rc = add_project(db, err);
		if (rc == PV_OK)
			rc = ask_project(db, err);
	}
	return rc;
}

/* --- partitions ----------------------------------------------------------- */

enum {
	FIRST_YEAR = 2020,
	MONTHS = PV_PG_PARTITIONS - 2
};

/* The first day of a month counted from FIRST_YEAR, in days since 1970. */
static int64_t first_day(int month)
{
	/* Years begin in March here, so that leap days are at their end. */
	int64_t year = FIRST_YEAR + month / 12 - (month % 12 < 2);
	int64_t shifted = (month % 12 + 10) % 12;

	return 365 * year + year / 4 - year / 100 + year / 400 +
	       (153 * shifted + 2) / 5 - 719468;
}

static int64_t start_of(int month)
{
	return first_day(month) * INT64_C(86400000000);
}

/* 0 for what is before all months, PV_PG_PARTITIONS - 1 for what is behind. */
static int slot_of(int64_t micros)
{
	int low = 0;
	int high = MONTHS + 1;

	if (micros < start_of(0))
		return 0;
	while (high - low > 1) {
		int middle = (low + high) / 2;

		if (micros < start_of(middle - 1))
			high = middle;
		else
			low = middle;
	}
	return micros < start_of(MONTHS) ? low : PV_PG_PARTITIONS - 1;
}

static void put_name(pv_buf *out, int slot)
{
	if (slot == 0)
		pv_buf_puts(out, "pv.execution_before");
	else if (slot == PV_PG_PARTITIONS - 1)
		pv_buf_puts(out, "pv.execution_behind");
	else
		pv_buf_printf(out, "pv.execution_%04d%02d",
			      FIRST_YEAR + (slot - 1) / 12, (slot - 1) % 12 + 1);
}

/* The least id of a time. */
static void put_bound(pv_buf *out, int64_t micros)
{
	unsigned long long millis = (unsigned long long)(micros / 1000);

	pv_buf_printf(out, "('%08llx-%04llx-0000-0000-000000000000')",
		      millis >> 16, millis & 0xFFFF);
}

static void put_making(pv_buf *out, int slot)
{
	pv_buf_puts(out, "CREATE TABLE IF NOT EXISTS ");
	put_name(out, slot);
	pv_buf_puts(out, " (LIKE pv.execution INCLUDING ALL); ALTER TABLE "
			 "pv.execution ATTACH PARTITION ");
	put_name(out, slot);
	pv_buf_puts(out, " FOR VALUES FROM ");
	if (slot)
		put_bound(out, start_of(slot - 1));
	else
		pv_buf_puts(out, "(MINVALUE)");
	pv_buf_puts(out, " TO ");
	if (slot < PV_PG_PARTITIONS - 1)
		put_bound(out, start_of(slot));
	else
		pv_buf_puts(out, "(MAXVALUE)");
}

static int is_attached(int64_t *out, struct pv_postgres *db, int slot,
		       pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf name = { 0 };
	int rc;

	put_name(&name, slot);
	rc = pv_buf_status(&name, err);
	pv_pg_put_text(&args, pv_str_of(pv_buf_text(&name)));
	if (rc == PV_OK)
		rc = pv_pg_number(out, db,
				  "SELECT count(*) FROM pg_inherits WHERE "
				  "inhrelid = to_regclass($1) AND inhparent = "
				  "to_regclass('pv.execution')",
				  &args, err);
	pv_buf_dispose(&name);
	return rc;
}

/* Attaching does not keep those away who read or write other months. */
static int make_partition(struct pv_postgres *db, int slot, pv_error *err)
{
	int64_t is_there = 0;
	pv_buf sql = { 0 };
	int rc = pv_pg_begin(db, err);

	if (rc < 0)
		return rc;
	rc = lock_making(db, err);
	if (rc == PV_OK)
		rc = is_attached(&is_there, db, slot, err);
	if (rc == PV_OK && !is_there) {
		put_making(&sql, slot);
		rc = pv_buf_status(&sql, err);
		if (rc == PV_OK)
			rc = pv_pg_exec(db, sql.ptr, err);
		pv_buf_dispose(&sql);
	}
	return pv_pg_end(db, rc, err);
}

int pv_pg_make_partitions(struct pv_postgres *db, pv_execution *const *rows,
			  size_t count, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_value *text = &rows[i]->values[PV_FIELD_ID];
		unsigned char id[PV_UUID_BYTES] = { 0 };
		int64_t is_there = 0;
		int slot;

		pv_uuid_parse(id, (pv_str){ text->text, text->len });
		slot = slot_of(pv_uuid_time(id));
		if (db->partitions[slot])
			continue;
		rc = is_attached(&is_there, db, slot, err);
		if (rc == PV_OK && !is_there)
			rc = make_partition(db, slot, err);
		db->partitions[slot] = rc == PV_OK;
	}
	return rc;
}
