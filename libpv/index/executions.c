/* SPDX-License-Identifier: MIT
 *
 * The front of the index: checks what is asked, and hands it to the backend.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "index/backend.h"

enum {
	SCORES_MAX = 100,
	SCORE_NAME_MAX = 200
};

enum {
	WATCH_EVERY = 1000 /* how many are done between two calls */
};

struct pv_executions {
	const pv_index_backend *backend;
	void *db;
};

int pv_executions_is_remote(const char *path)
{
	return pv_str_has_prefix(path, "postgresql://") ||
	       pv_str_has_prefix(path, "postgres://");
}

static int choose(const pv_index_backend **out, const char *path, pv_error *err)
{
	*out = &pv_sqlite_backend;
	if (!pv_executions_is_remote(path))
		return PV_OK;
#ifdef PV_POSTGRES
	(void)err;
	*out = &pv_postgres_backend;
	return PV_OK;
#else
	*out = NULL;
	pv_fail(err, PV_EUNSUPPORTED,
		"the index is in PostgreSQL, and this git-pv was built without");
	return pv_error_hint(err, PV_EUNSUPPORTED,
			     "build it with -DPV_POSTGRES=ON");
#endif
}

int pv_executions_open(pv_executions **out, const pv_executions_options *opts,
		       pv_error *err)
{
	pv_executions *index = pv_calloc(1, sizeof(*index));
	int rc;

	*out = NULL;
	if (!index)
		return pv_fail_nomem(err);
	rc = choose(&index->backend, opts->path, err);
	if (rc == PV_OK)
		rc = index->backend->open(&index->db, opts, err);
	if (rc == PV_OK)
		*out = index;
	else
		pv_free(index);
	return rc;
}

void pv_executions_free(pv_executions *index)
{
	if (!index)
		return;
	index->backend->close(index->db);
	pv_free(index);
}

int pv_executions_record(size_t *added_out, pv_executions *index,
			 pv_execution *const *rows, size_t count, pv_error *err)
{
	size_t added = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_execution_complete(rows[i], 0, err);
	if (rc == PV_OK && count)
		rc = index->backend->record(&added, index->db, rows, count, err);
	if (added_out)
		*added_out = rc == PV_OK ? added : 0;
	return rc;
}

int pv_executions_set_scores(pv_executions *index, const char *const *names,
			     size_t count, pv_error *err)
{
	pv_strlist list = { 0 };
	int rc = PV_OK;

	if (count > SCORES_MAX)
		return pv_fail(err, PV_ELIMIT, "%zu scores are more than %d",
			       count, SCORES_MAX);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		size_t len = strlen(names[i]);

		rc = len && len <= SCORE_NAME_MAX
			     ? pv_strlist_add(&list, names[i], err)
			     : pv_fail(err, PV_EINVALID,
				       "\"%.60s\" cannot be the name of a score",
				       names[i]);
	}
	pv_strlist_sort(&list);
	pv_strlist_unique(&list);
	if (rc == PV_OK)
		rc = index->backend->set_scores(index->db, &list, err);
	pv_strlist_dispose(&list);
	return rc;
}

/* --- sums that outlived their rows ---------------------------------------- */

struct moving {
	pv_executions *to;
	pv_executions_sums *out;
	pv_part parts[PV_PARTS_AT_ONCE];
	size_t count;
};

static int put_parts(struct moving *it, pv_error *err)
{
	pv_part_counts counts = { { 0 } };
	int rc = PV_OK;

	if (it->count)
		rc = it->to->backend->put_parts(&counts, it->to->db, it->parts,
						it->count, err);
	it->out->taken += counts.of[PV_PART_TAKEN];
	it->out->other += counts.of[PV_PART_LEFT];
	while (it->count)
		pv_part_dispose(&it->parts[--it->count]);
	return rc;
}

static int take_part(pv_part *part, void *payload, pv_error *err)
{
	struct moving *it = payload;

	it->parts[it->count++] = *part;
	memset(part, 0, sizeof(*part));
	it->out->sums++;
	return it->count == PV_PARTS_AT_ONCE ? put_parts(it, err) : PV_OK;
}

static int take_scores(pv_executions *to, pv_executions *from, pv_error *err)
{
	pv_strlist scores = { 0 };
	int rc = from->backend->list_scores(&scores, from->db, err);

	if (rc == PV_OK)
		rc = to->backend->set_scores(to->db, &scores, err);
	pv_strlist_dispose(&scores);
	return rc;
}

int pv_executions_copy_sums(pv_executions_sums *out, pv_executions *to,
			    pv_executions *from, pv_error *err)
{
	struct moving *it = pv_calloc(1, sizeof(*it));
	int rc;

	memset(out, 0, sizeof(*out));
	if (!it)
		return pv_fail_nomem(err);
	it->to = to;
	it->out = out;
	rc = take_scores(to, from, err);
	if (rc == PV_OK)
		rc = from->backend->each_part(from->db, take_part, it, err);
	if (rc == PV_OK)
		rc = put_parts(it, err);
	while (it->count)
		pv_part_dispose(&it->parts[--it->count]);
	pv_free(it);
	return rc;
}

void pv_executions_watch(pv_executions *index, pv_executions_watch_fn fn,
			 void *payload)
{
	const pv_index_watch watch = { fn, payload, 0, 0 };

	*index->backend->watch_of(index->db) = watch;
}

void pv_index_watch_step(pv_index_watch *watch)
{
	if (watch->fn && ++watch->done % WATCH_EVERY == 0)
		watch->fn(watch->done, watch->count, watch->payload);
}

int pv_executions_check(pv_executions *index,
			int (*fn)(const char *problem, void *payload),
			void *payload, pv_error *err)
{
	return index->backend->check(index->db, fn, payload, err);
}

int pv_executions_check_texts(pv_executions *index,
			      int (*fn)(const pv_executions_texts *texts,
					void *payload),
			      void *payload, pv_error *err)
{
	pv_text_check check = { .fn = fn, .payload = payload };
	int rc = index->backend->check_texts(index->db, &check, err);

	return rc == PV_OK ? pv_text_check_end(&check) : rc;
}

int pv_executions_vacuum(pv_executions *index, pv_error *err)
{
	return index->backend->vacuum(index->db, err);
}

int pv_executions_get(pv_execution **out, pv_executions *index, const char *id,
		      pv_error *err)
{
	unsigned char bytes[PV_UUID_BYTES];
	int rc = pv_id_read(bytes, id, err);

	*out = NULL;
	return rc < 0 ? rc : index->backend->get(out, index->db, bytes, err);
}

int pv_executions_amend(pv_executions *index, const char *id,
			int (*change)(pv_execution *row, void *payload,
				      pv_error *err),
			void *payload, pv_error *err)
{
	unsigned char bytes[PV_UUID_BYTES];
	int rc = pv_id_read(bytes, id, err);

	return rc < 0 ? rc
		      : index->backend->amend(index->db, bytes, change, payload,
					      err);
}

int pv_executions_check_rollups(pv_executions_rollups *out,
				pv_executions *index, int repairs, pv_error *err)
{
	memset(out, 0, sizeof(*out));
	return index->backend->check_rollups(out, index->db, repairs, err);
}

int pv_rollup_read(pv_executions *index, const pv_rollup_query *query,
		   const pv_rollup_reader *reader, pv_error *err)
{
	return index->backend->read_rollups(index->db, query, reader, err);
}

int pv_executions_list(pv_executions *index, const pv_executions_query *query,
		       int (*fn)(const pv_execution *row, void *payload),
		       void *payload, pv_error *err)
{
	pv_filter filter;
	int rc = pv_filter_read(&filter, query, err);

	if (rc == PV_OK)
		rc = index->backend->list(index->db, &filter.query, fn, payload,
					  err);
	pv_filter_dispose(&filter);
	return rc;
}

/* --- full text ------------------------------------------------------------ */

int pv_executions_drain(size_t *left_out, pv_executions *index, size_t limit,
			pv_error *err)
{
	*left_out = 0;
	return index->backend->drain(left_out, index->db, limit, err);
}

int pv_executions_search_texts(pv_executions_found *out, pv_executions *index,
			       const pv_executions_search *search,
			       int (*fn)(const pv_executions_hit *hit,
					 void *payload),
			       void *payload, pv_error *err)
{
	pv_index_search asked = { .newest_first = search->newest_first };
	pv_arena arena = { 0 };
	pv_filter filter;
	int rc = pv_filter_read(&filter, search->query, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = pv_search_parse(&asked.tree, &arena, pv_str_of(search->text),
				     PV_SEARCH_NAMES, err);
	/* Going on is by the order of the hits, not by time. */
	asked.after = filter.query.after;
	filter.query.after = NULL;
	asked.query = &filter.query;
	if (rc == PV_OK)
		rc = index->backend->search(out, index->db, &asked, fn, payload,
					    err);
	pv_filter_dispose(&filter);
	pv_arena_dispose(&arena);
	return rc;
}

int pv_executions_mark(pv_buf *out, pv_executions *index, pv_error *err)
{
	return index->backend->mark(out, index->db, err);
}

/* --- keeping less --------------------------------------------------------- */

int pv_executions_remove(pv_executions_removed *out, pv_executions *index,
			 const pv_executions_query *query,
			 const pv_executions_removal *opts, pv_error *err)
{
	pv_filter filter;
	int rc = pv_filter_read(&filter, query, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = index->backend->remove(out, index->db, &filter.query, opts,
					    err);
	pv_filter_dispose(&filter);
	return rc;
}
