/* SPDX-License-Identifier: MIT
 *
 * Units of experiments in PostgreSQL: their sums are made of the rows when
 * they are asked for, arm by arm and unit by unit, in the order the server
 * gives them. See index/unit.h.
 */
#include "index/postgres/postgres.h"

#include "base/fail.h"

enum {
	/* Before the columns of pv_rollup_field. */
	EPOCH_AT,
	VARIANT_AT,
	CACHED_AT,
	CROSSED_AT,
	FIELDS_AT
};

/* What is being added up. */
struct adding {
	struct pv_postgres *db;
	const pv_rollup_reader *reader;
	pv_strlist scores;
	pv_rollup_arm arm;
	pv_arm_days days;
	pv_unit_days unit;
	pv_buf variant;
	pv_buf name; /* of the unit */
	int has_arm;
	int has_unit;
	int is_crossed; /* the unit: it has another variant, too */
};

static int end_unit(struct adding *it, pv_error *err)
{
	int rc = pv_arm_days_add(&it->days, &it->unit, INT64_MIN, 1, err);

	it->arm.crossed += it->is_crossed && it->arm.variant;
	pv_unit_days_dispose(&it->unit);
	it->has_unit = 0;
	return rc;
}

static int end_arm(struct adding *it, pv_error *err)
{
	int rc = PV_OK;

	if (it->has_unit)
		rc = end_unit(it, err);
	if (it->has_arm && rc == PV_OK)
		rc = it->reader->arm(&it->arm, it->reader->payload, err);
	pv_arm_days_dispose(&it->days);
	it->has_arm = 0;
	return rc;
}

static int is_same(const pv_buf *kept, pv_str text)
{
	return kept->len == text.len &&
	       (!text.len || memcmp(kept->ptr, text.ptr, text.len) == 0);
}

static int keep(pv_buf *out, pv_str text, pv_error *err)
{
	pv_buf_clear(out);
	pv_buf_put(out, text.ptr, text.len);
	return pv_buf_status(out, err);
}

/* Ends what the row is not of, and begins what it is of. */
static int enter(struct adding *it, const pv_execution *row,
		 const struct pv_pg_row *from, pv_error *err)
{
	const pv_value *value = &row->values[PV_FIELD_UNIT];
	pv_str unit = { value->text, value->len };
	int64_t epoch = pv_pg_int_at(it->db, from->answer, from->at, EPOCH_AT);
	pv_str variant =
		pv_pg_bytes_at(it->db, from->answer, from->at, VARIANT_AT);
	int rc = PV_OK;

	if (!it->has_arm || it->arm.epoch != epoch ||
	    !is_same(&it->variant, variant)) {
		rc = end_arm(it, err);
		if (rc == PV_OK)
			rc = keep(&it->variant, variant, err);
		it->arm.epoch = epoch;
		it->arm.variant = variant.len ? pv_buf_text(&it->variant) : NULL;
		it->arm.first_us = 0;
		it->arm.crossed = 0;
		it->arm.days = &it->days;
		it->has_arm = 1;
	}
	if (rc == PV_OK && it->has_unit && !is_same(&it->name, unit))
		rc = end_unit(it, err);
	if (rc == PV_OK && !it->has_unit)
		rc = keep(&it->name, unit, err);
	it->has_unit = 1;
	it->is_crossed =
		(int)pv_pg_int_at(it->db, from->answer, from->at, CROSSED_AT);
	return rc;
}

static int add_row(struct adding *it, const struct pv_pg_row *from, pv_error *err)
{
	pv_unit_rule rule = { &it->scores, 0, 1 };
	pv_execution *row = NULL;
	pv_unit *day = NULL;
	int64_t ts;
	int rc = pv_execution_new(&row, err);

	for (size_t i = 0; i < PV_ROLLUP_FIELDS && rc == PV_OK; i++)
		rc = pv_pg_read_column(row, pv_rollup_field(i), from,
				       (int)i + FIELDS_AT, err);
	if (rc == PV_OK)
		rc = enter(it, row, from, err);
	if (rc == PV_OK) {
		rule.is_cached = (int)pv_pg_int_at(it->db, from->answer,
						   from->at, CACHED_AT);
		ts = row->values[PV_FIELD_TS].number;
		if (!it->arm.first_us || ts < it->arm.first_us)
			it->arm.first_us = ts;
		rc = pv_unit_day_of(&day, &it->unit, pv_day_of(ts), err);
	}
	if (rc == PV_OK)
		rc = pv_unit_add(day, row, &rule, err);
	pv_execution_free(row);
	return rc;
}

static int fetch_rows(struct adding *it, pv_error *err)
{
	int count = 1;
	int rc = PV_OK;

	while (count && rc == PV_OK) {
		struct pv_pg_row from = { .db = it->db };
		PGresult *answer = NULL;
		pv_buf sql = { 0 };

		pv_buf_puts(&sql, "FETCH 1000 FROM pv_units");
		rc = pv_pg_ask(&answer, it->db, &sql, NULL, err);
		count = rc == PV_OK ? it->db->pq.ntuples(answer) : 0;
		from.answer = answer;
		for (; from.at < count && rc == PV_OK; from.at++)
			rc = add_row(it, &from, err);
		pv_pg_clear(it->db, answer);
	}
	return rc == PV_OK ? end_arm(it, err) : rc;
}

/* Two of the same name are one, however they are sorted. */
static int open_rows(struct pv_postgres *db, const char *experiment, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf sql = { 0 };

	pv_pg_put_int(&args, db->project);
	pv_pg_put_text(&args, pv_str_of(experiment));
	pv_buf_puts(&sql, "DECLARE pv_units NO SCROLL CURSOR FOR SELECT "
			  "coalesce(s.epoch, -1) AS epoch, coalesce(s.variant, "
			  "'') AS variant, s.is_cached, (min(s.variant) OVER "
			  "units <> max(s.variant) OVER units)::int");
	for (size_t i = 0; i < PV_ROLLUP_FIELDS; i++)
		pv_buf_printf(&sql, ", e.%s",
			      pv_field_at(pv_rollup_field(i))->column);
	pv_buf_puts(&sql, " FROM pv.execution e JOIN pv.dim d ON d.project_id = "
			  "e.project_id AND d.dim_id = e.dim_id JOIN pv.series s "
			  "ON s.project_id = e.project_id AND s.series_id = "
			  "d.series_id WHERE e.project_id = $1 AND s.experiment "
			  "= $2 AND e.unit IS NOT NULL WINDOW units AS "
			  "(PARTITION BY s.epoch, e.unit) ORDER BY 1, 2, "
			  "e.unit");
	return pv_pg_ask(NULL, db, &sql, &args, err);
}

int pv_pg_read_arms(struct pv_postgres *db, const char *experiment,
		    const pv_rollup_reader *reader, pv_error *err)
{
	struct adding it = { .db = db, .reader = reader };
	int rc = pv_pg_read_scores(&it.scores, db, err);

	if (rc == PV_OK)
		rc = open_rows(db, experiment, err);
	if (rc == PV_OK)
		rc = fetch_rows(&it, err);
	if (rc == PV_OK)
		rc = pv_pg_exec(db, "CLOSE pv_units", err);
	pv_strlist_dispose(&it.scores);
	pv_unit_days_dispose(&it.unit);
	pv_arm_days_dispose(&it.days);
	pv_buf_dispose(&it.variant);
	pv_buf_dispose(&it.name);
	return rc;
}
