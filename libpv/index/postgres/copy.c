/* SPDX-License-Identifier: MIT
 *
 * Many rows at once, by COPY in its binary format. COPY cannot pass over what
 * is there already, and to ask for it first takes a tenth of the time. Rows are
 * mostly new, and texts are expected to be when those of the group before were.
 * Only when one was not, which makes the transaction fail, all of it, the next
 * attempts ask; for texts so do many groups behind it.
 */
#include "index/postgres/postgres.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"

enum {
	CHUNK = 1 << 18,
	CAREFUL = 16 /* groups that ask for their texts behind one that had to */
};

/* --- COPY ----------------------------------------------------------------- */

struct copy {
	struct pv_postgres *db;
	pv_buf bytes;
};

static int begin_copy(struct copy *it, const char *sql, pv_error *err)
{
	static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
	int rc = pv_pg_exec(it->db, sql, err);

	pv_buf_clear(&it->bytes);
	pv_buf_put(&it->bytes, head, sizeof(head)); /* its NUL is the last */
	return rc;
}

static int flush(struct copy *it, size_t least, pv_error *err)
{
	int rc = pv_buf_status(&it->bytes, err);

	if (rc < 0 || it->bytes.len < least)
		return rc;
	if (it->db->pq.putCopyData(it->db->conn, it->bytes.ptr,
				   (int)it->bytes.len) != 1)
		return pv_fail_pq(err, it->db, NULL);
	pv_buf_clear(&it->bytes);
	return PV_OK;
}

static void put_count(struct copy *it, int count)
{
	const char bytes[2] = { (char)(count >> 8), (char)count };

	pv_buf_put(&it->bytes, bytes, sizeof(bytes));
}

static void put_bytes(struct copy *it, const void *bytes, size_t len)
{
	const char head[4] = { (char)(len >> 24), (char)(len >> 16),
			       (char)(len >> 8), (char)len };

	pv_buf_put(&it->bytes, head, sizeof(head));
	pv_buf_put(&it->bytes, bytes, len);
}

static void put_null(struct copy *it)
{
	pv_buf_put(&it->bytes, "\xFF\xFF\xFF\xFF", 4);
}

static void put_int(struct copy *it, int64_t value)
{
	unsigned char bytes[8];

	pv_pg_int_bytes(bytes, value);
	put_bytes(it, bytes, sizeof(bytes));
}

/* A lack of memory here must not look like the end of the rows. */
static int end_copy(struct copy *it, int rc, pv_error *err)
{
	PGconn *conn = it->db->conn;
	PGresult *answer;

	if (rc == PV_OK) {
		put_count(it, -1);
		rc = flush(it, 0, err);
	}
	pv_buf_dispose(&it->bytes);
	(void)it->db->pq.putCopyEnd(conn, rc < 0 ? "given up" : NULL);
	for (;;) {
		answer = it->db->pq.getResult(conn);
		if (!answer)
			return rc;
		if (rc == PV_OK &&
		    it->db->pq.resultStatus(answer) != PGRES_COMMAND_OK)
			rc = pv_fail_pq(err, it->db, answer);
		pv_pg_clear(it->db, answer);
	}
}

/* --- what is there -------------------------------------------------------- */

/* A text of some row, and rows, by their keys. */
struct item {
	unsigned char key[PV_PG_KEY_BYTES];
	const pv_value *text;
	size_t row;
	int is_there;
	int is_pruned; /* it was, so sums have it still */
};

struct group {
	struct pv_postgres *db;
	pv_execution *const *rows;
	size_t count;
	struct pv_pg_dim *dims;
	struct item *ids;
	struct item *texts; /* sorted: all writers take them in one order */
	size_t text_count;
	/* Of each row and field, in the order of fields. */
	unsigned char (*keys)[PV_PG_TEXTS_MAX][PV_PG_KEY_BYTES];
};

static int by_key(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;
	int order = memcmp(x->key, y->key, PV_PG_KEY_BYTES);

	return order ? order : (x->row > y->row) - (x->row < y->row);
}

/* The first item of a key, which is the one that counts. */
static struct item *first_of(struct item *items, size_t count, pv_str key)
{
	size_t low = 0;
	size_t high = count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (memcmp(items[middle].key, key.ptr, PV_PG_KEY_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return &items[low];
}

/* Marks what an answer has, and forgets its keys. */
static int take_there(struct group *it, struct item *items, size_t count,
		      PGresult *answer)
{
	int found = it->db->pq.ntuples(answer);

	for (int i = 0; i < found; i++)
		first_of(items, count, pv_pg_bytes_at(it->db, answer, i, 0))->is_there =
			1;
	pv_pg_clear(it->db, answer);
	return found;
}

/* Sorts items, marks what stands there twice and lists the keys of others. */
static void list_keys(struct pv_pg_array *out, struct item *items, size_t count)
{
	qsort(items, count, sizeof(*items), by_key);
	for (size_t i = 0; i < count; i++) {
		items[i].is_there = i && memcmp(items[i].key, items[i - 1].key,
						PV_PG_KEY_BYTES) == 0;
		if (!items[i].is_there)
			pv_pg_array_add(out, items[i].key, PV_PG_KEY_BYTES);
	}
}

/* The plan is one of this moment: of an empty table it would be another. */
static int ask_rows(struct group *it, struct pv_pg_array *keys, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	pv_pg_put_int(&args, it->db->project);
	rc = pv_pg_put_array(&args, keys, PV_PG_UUID_ARRAY, PV_PG_UUID, err);
	pv_buf_puts(&sql, "SELECT u.k FROM unnest($2::uuid[]) AS u (k), LATERAL "
			  "(SELECT FROM pv.execution WHERE project_id = $1 AND "
			  "id = u.k LIMIT 1) t");
	if (rc == PV_OK)
		rc = pv_pg_ask(&answer, it->db, &sql, &args, err);
	pv_buf_dispose(&sql);
	if (rc == PV_OK)
		it->db->meets_known =
			take_there(it, it->ids, it->count, answer) > 0;
	return rc;
}

static int mark_rows(struct group *it, pv_error *err)
{
	struct pv_pg_array keys = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < it->count; i++) {
		const pv_value *id = &it->rows[i]->values[PV_FIELD_ID];

		pv_uuid_parse(it->ids[i].key, (pv_str){ id->text, id->len });
		it->ids[i].row = i;
		it->ids[i].is_pruned = 0;
	}
	list_keys(&keys, it->ids, it->count);
	if (it->db->meets_known)
		rc = ask_rows(it, &keys, err);
	pv_buf_dispose(&keys.bytes);
	return rc;
}

static int is_text(int field)
{
	return pv_field_at((enum pv_field)field)->place == PV_PLACE_BODY;
}

static void list_texts(struct group *it, size_t row)
{
	int slot = 0;

	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_value *value = &it->rows[row]->values[i];
		unsigned char *key = it->keys[row][slot];
		struct item *item = &it->texts[it->text_count];

		slot += is_text(i);
		if (!is_text(i) || !value->is_set)
			continue;
		pv_pg_body_key(key, value);
		memcpy(item->key, key, PV_PG_KEY_BYTES);
		item->text = value;
		item->row = row;
		it->text_count++;
	}
}

/* One by one: "= ANY" may read all of the table. */
static int ask_texts(struct group *it, struct pv_pg_array *keys, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	pv_pg_put_int(&args, it->db->project);
	rc = pv_pg_put_array(&args, keys, PV_PG_UUID_ARRAY, PV_PG_UUID, err);
	if (rc == PV_OK)
		rc = pv_pg_run(&answer, it->db,
			       "SELECT u.k FROM unnest($2::uuid[]) AS u (k), "
			       "LATERAL (SELECT FROM pv.body WHERE project_id = "
			       "$1 AND hash = u.k LIMIT 1) t",
			       &args, err);
	if (rc < 0)
		return rc;
	if (take_there(it, it->texts, it->text_count, answer))
		it->db->new_groups = -CAREFUL;
	else
		it->db->new_groups++;
	return rc;
}

static int mark_texts(struct group *it, pv_error *err)
{
	struct pv_pg_array keys = { 0 };
	int rc = PV_OK;

	it->text_count = 0;
	for (size_t i = 0; i < it->count; i++)
		if (!it->ids[i].is_there)
			list_texts(it, it->ids[i].row);
	if (!it->text_count)
		return PV_OK;
	list_keys(&keys, it->texts, it->text_count);
	if (it->db->new_groups <= 0)
		rc = ask_texts(it, &keys, err);
	pv_buf_dispose(&keys.bytes);
	return rc;
}

/* --- writing -------------------------------------------------------------- */

static int copy_texts(struct group *it, pv_error *err)
{
	struct copy copy = { .db = it->db };
	int rc = begin_copy(&copy,
			    "COPY pv.body (project_id, hash, is_json, content) "
			    "FROM STDIN (FORMAT binary)",
			    err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < it->text_count && rc == PV_OK; i++) {
		const struct item *item = &it->texts[i];

		if (item->is_there)
			continue;
		put_count(&copy, 4);
		put_int(&copy, it->db->project);
		put_bytes(&copy, item->key, PV_PG_KEY_BYTES);
		put_int(&copy, item->text->is_json);
		put_bytes(&copy, item->text->text, item->text->len);
		rc = flush(&copy, CHUNK, err);
	}
	return end_copy(&copy, rc, err);
}

static void put_field(struct copy *copy, enum pv_field field,
		      const pv_value *value, const unsigned char *key)
{
	if (!value->is_set)
		put_null(copy);
	else if (key)
		put_bytes(copy, key, PV_PG_KEY_BYTES);
	else if (pv_kind_is_number(pv_field_at(field)->kind))
		put_int(copy, value->number);
	else
		put_bytes(copy, value->text, value->len);
}

static int put_rows_sql(pv_buf *out)
{
	int count = 4;

	pv_buf_puts(out, "COPY pv.execution (project_id, id, dim_id, prompt_key");
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_pg_is_column(i)) {
			pv_buf_printf(out, ", %s",
				      pv_field_at((enum pv_field)i)->column);
			count++;
		}
	pv_buf_puts(out, ") FROM STDIN (FORMAT binary)");
	return count;
}

static void put_row(struct copy *copy, const struct group *it,
		    const struct item *item, int columns)
{
	const pv_execution *row = it->rows[item->row];
	const pv_value *prompt = &row->values[PV_FIELD_PROMPT_ID];
	int slot = 0;

	put_count(copy, columns);
	put_int(copy, it->db->project);
	put_bytes(copy, item->key, PV_UUID_BYTES);
	put_bytes(copy, it->dims[item->row].id, PV_PG_KEY_BYTES);
	if (prompt->is_set)
		put_int(copy,
			pv_pg_prompt_key((pv_str){ prompt->text, prompt->len }));
	else
		put_null(copy);
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_pg_is_column(i))
			put_field(copy, (enum pv_field)i, &row->values[i],
				  is_text(i) ? it->keys[item->row][slot++]
					     : NULL);
}

static int copy_executions(struct group *it, pv_error *err)
{
	struct copy copy = { .db = it->db };
	pv_buf sql = { 0 };
	int columns = put_rows_sql(&sql);
	int rc = pv_buf_status(&sql, err);

	if (rc == PV_OK)
		rc = begin_copy(&copy, sql.ptr, err);
	pv_buf_dispose(&sql);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < it->count && rc == PV_OK; i++) {
		if (it->ids[i].is_there)
			continue;
		put_row(&copy, it, &it->ids[i], columns);
		rc = flush(&copy, CHUNK, err);
	}
	return end_copy(&copy, rc, err);
}

struct tagging {
	struct copy copy;
	const struct item *item;
};

static int put_tag(const unsigned char *key, void *payload)
{
	struct tagging *it = payload;

	put_count(&it->copy, 3);
	put_int(&it->copy, it->copy.db->project);
	put_bytes(&it->copy, key, PV_PG_KEY_BYTES);
	put_bytes(&it->copy, it->item->key, PV_UUID_BYTES);
	return PV_OK;
}

static int has_field(const struct group *it, enum pv_field field)
{
	for (size_t i = 0; i < it->count; i++)
		if (it->rows[i]->values[field].is_set)
			return 1;
	return 0;
}

static int copy_tags(struct group *it, pv_error *err)
{
	struct tagging tagging = { .copy = { .db = it->db } };
	int rc;

	if (!has_field(it, PV_FIELD_TAGS))
		return PV_OK;
	rc = begin_copy(&tagging.copy,
			"COPY pv.tag (project_id, tag, id) FROM STDIN (FORMAT "
			"binary)",
			err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < it->count && rc == PV_OK; i++) {
		tagging.item = &it->ids[i];
		if (it->ids[i].is_there)
			continue;
		rc = pv_pg_each_tag(it->rows[it->ids[i].row], put_tag, &tagging,
				    err);
		if (rc == PV_OK)
			rc = flush(&tagging.copy, CHUNK, err);
	}
	return end_copy(&tagging.copy, rc, err);
}

/* In the order they were given in. */
static int copy_queue(struct group *it, const unsigned char *is_new, pv_error *err)
{
	struct copy copy = { .db = it->db };
	int rc = begin_copy(&copy,
			    "COPY pv.search_queue (project_id, id) FROM STDIN "
			    "(FORMAT binary)",
			    err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < it->count && rc == PV_OK; i++) {
		const pv_value *id = &it->rows[i]->values[PV_FIELD_ID];
		unsigned char bytes[PV_UUID_BYTES] = { 0 };

		if (!is_new[i])
			continue;
		pv_uuid_parse(bytes, (pv_str){ id->text, id->len });
		put_count(&copy, 2);
		put_int(&copy, it->db->project);
		put_bytes(&copy, bytes, sizeof(bytes));
		rc = flush(&copy, CHUNK, err);
	}
	return end_copy(&copy, rc, err);
}

static int ask_pruned(struct group *it, pv_error *err)
{
	struct pv_pg_array keys = { 0 };
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	for (size_t i = 0; i < it->count; i++)
		pv_pg_array_add(&keys, it->ids[i].key, PV_PG_KEY_BYTES);
	pv_pg_put_int(&args, it->db->project);
	rc = pv_pg_put_array(&args, &keys, PV_PG_UUID_ARRAY, PV_PG_UUID, err);
	if (rc == PV_OK)
		rc = pv_pg_run(&answer, it->db,
			       "SELECT u.k FROM unnest($2::uuid[]) AS u (k), "
			       "LATERAL (SELECT FROM pv.pruned WHERE project_id "
			       "= $1 AND id = u.k LIMIT 1) t",
			       &args, err);
	for (int i = 0; rc == PV_OK && i < it->db->pq.ntuples(answer); i++)
		first_of(it->ids, it->count, pv_pg_bytes_at(it->db, answer, i, 0))
			->is_pruned = 1;
	pv_pg_clear(it->db, answer);
	pv_buf_dispose(&keys.bytes);
	return rc;
}

/* Nearly all rows are newer than any that was pruned. */
static int mark_pruned(struct group *it, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int is_old = 0;
	int rc;

	pv_pg_put_int(&args, it->db->project);
	rc = pv_pg_run(&answer, it->db,
		       "SELECT id FROM pv.pruned WHERE project_id = $1 ORDER BY "
		       "project_id DESC, id DESC LIMIT 1",
		       &args, err);
	if (rc == PV_OK && it->db->pq.ntuples(answer))
		is_old = memcmp(pv_pg_bytes_at(it->db, answer, 0, 0).ptr,
				it->ids[0].key, PV_PG_KEY_BYTES) >= 0;
	pv_pg_clear(it->db, answer);
	return is_old ? ask_pruned(it, err) : rc;
}

static int add_sums(struct group *it, pv_error *err)
{
	pv_strlist scores = { 0 };
	pv_rollup_batch batch = { .scores = &scores };
	int64_t now = pv_clock_now(NULL);
	int rc = has_field(it, PV_FIELD_SCORES)
			 ? pv_pg_read_scores(&scores, it->db, err)
			 : PV_OK;

	for (size_t i = 0; i < it->count && rc == PV_OK; i++) {
		size_t row = it->ids[i].row;

		if (!it->ids[i].is_there && !it->ids[i].is_pruned)
			rc = pv_rollup_add(&batch,
					   &(pv_series){ it->dims[row].series,
							 0, 0 },
					   it->rows[row], 1, now, err);
	}
	if (rc == PV_OK)
		rc = pv_pg_add_deltas(it->db, &batch, err);
	pv_rollup_clear(&batch);
	pv_strlist_dispose(&scores);
	return rc;
}

/* --- all of it ------------------------------------------------------------ */

static int write_new(size_t *added_out, struct group *it, pv_error *err)
{
	unsigned char *is_new = pv_calloc(it->count, 1);
	int rc = is_new ? PV_OK : pv_fail_nomem(err);

	for (size_t i = 0; i < it->count && is_new; i++) {
		is_new[it->ids[i].row] = !it->ids[i].is_there;
		*added_out += !it->ids[i].is_there;
	}
	if (rc == PV_OK && *added_out) {
		rc = mark_texts(it, err);
		if (rc == PV_OK)
			rc = copy_executions(it, err);
		if (rc == PV_OK)
			rc = copy_texts(it, err);
		if (rc == PV_OK)
			rc = copy_tags(it, err);
		if (rc == PV_OK)
			rc = copy_queue(it, is_new, err);
		if (rc == PV_OK)
			rc = mark_pruned(it, err);
		if (rc == PV_OK)
			rc = add_sums(it, err);
	}
	pv_free(is_new);
	return rc;
}

static int write_group(size_t *added_out, struct group *it, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < it->count && rc == PV_OK; i++)
		rc = pv_pg_dim_of(&it->dims[i], it->db, it->rows[i], err);
	if (rc == PV_OK)
		rc = pv_pg_begin(it->db, err);
	if (rc < 0)
		return rc;
	rc = pv_pg_hold(it->db, err);
	if (rc == PV_OK)
		rc = mark_rows(it, err);
	if (rc == PV_OK)
		rc = write_new(added_out, it, err);
	return pv_pg_end(it->db, rc, err);
}

static int write_known(size_t *added_out, struct group *it, pv_error *err)
{
	int rc = write_group(added_out, it, err);
	int had_asked = it->db->meets_known && it->db->new_groups <= 0;

	if (rc >= 0 || it->db->trouble != PV_PG_TWICE || had_asked)
		return rc;
	pv_error_clear(err);
	it->db->new_groups = -CAREFUL;
	it->db->trouble = PV_PG_FINAL;
	it->db->meets_known = 1;
	*added_out = 0;
	return write_group(added_out, it, err);
}

int pv_pg_copy_rows(size_t *added_out, struct pv_postgres *db,
		    pv_execution *const *rows, size_t count, pv_error *err)
{
	struct group it = { .db = db, .rows = rows, .count = count };
	size_t texts = 0;
	int rc;

	*added_out = 0;
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		texts += is_text(i);
	it.dims = pv_calloc(count, sizeof(*it.dims));
	it.ids = pv_calloc(count, sizeof(*it.ids));
	it.texts = pv_calloc(count * texts, sizeof(*it.texts));
	it.keys = pv_calloc(count, sizeof(*it.keys));
	rc = it.dims && it.ids && it.texts && it.keys
		     ? write_known(added_out, &it, err)
		     : pv_fail_nomem(err);
	pv_free(it.dims);
	pv_free(it.ids);
	pv_free(it.texts);
	pv_free(it.keys);
	return rc;
}
