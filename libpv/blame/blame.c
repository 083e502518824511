/* SPDX-License-Identifier: MIT
 *
 * Blame over the stops of a trail. Each stop has, for every part of the
 * blamed text that may come from it, which of its own parts that is; a stop
 * hands on what its parents have as well and keeps the rest. Stops are taken
 * youngest first, so one that several lines lead to is mostly done once.
 */
#include <pv/blame.h>

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "blame/past.h"
#include "diff/units.h"
#include "store/history/trail.h"

/* What is known at a stop; `at` is NULL when nothing is to be done there. */
struct place {
	size_t *at;     /* for each blamed part: the one here, or PV_NO_UNIT */
	pv_buf text;    /* of the blob, once read */
	pv_units units; /* of the text */
	int is_read;
};

struct pv_blame {
	/* Kept: who describes the commits walks the same path again. */
	pv_trail *trail;
	pv_blame_row *rows;
	size_t count;
	pv_arena arena;
};

struct job {
	pv_blame *blame;
	pv_store *store;
	const pv_settings *settings;
	const pv_blame_query *query;
	pv_trail *trail;
	struct place own;     /* the text that is blamed */
	size_t total;         /* its parts */
	size_t open;          /* parts without an author */
	struct place *places; /* by number of the stop */
	size_t cap;
	pv_trail_stop *authors; /* of each part */
	pv_error *err;
};

static void place_dispose(struct place *place)
{
	pv_units_dispose(&place->units);
	pv_buf_dispose(&place->text);
	pv_free(place->at);
	memset(place, 0, sizeof(*place));
}

/* The place of a stop; those of new stops are empty. */
static int get_place(struct place **out, struct job *job, size_t stop)
{
	size_t old = job->cap;

	*out = NULL;
	if (pv_array_reserve(&job->places, &job->cap, stop + 1,
			     sizeof(*job->places)) < 0)
		return pv_fail_nomem(job->err);
	if (job->cap > old)
		memset(job->places + old, 0,
		       (job->cap - old) * sizeof(*job->places));
	*out = &job->places[stop];
	return PV_OK;
}

static int read_place(struct place *place, struct job *job, const pv_oid *blob)
{
	int rc = PV_OK;

	assert(place);
	if (place->is_read)
		return PV_OK;
	rc = pv_store_read_blob(&place->text, job->store, blob, job->err);
	if (rc == PV_OK)
		rc = pv_units_read(&place->units,
				   (pv_str){ pv_buf_text(&place->text),
					     place->text.len },
				   job->err);
	place->is_read = rc == PV_OK;
	return rc;
}

static int read_stop(struct job *job, size_t stop)
{
	pv_trail_stop info;
	struct place *place;
	int rc = get_place(&place, job, stop);

	pv_trail_stop_at(&info, job->trail, stop);
	return rc == PV_OK ? read_place(place, job, &info.blob) : rc;
}

static size_t *new_parts(struct job *job)
{
	size_t *at = pv_calloc(job->total + 1, sizeof(*at));

	for (size_t i = 0; at && i < job->total; i++)
		at[i] = PV_NO_UNIT;
	if (!at)
		pv_fail_nomem(job->err);
	return at;
}

/* --- handing on -------------------------------------------------------------- */

/* Hands the parts that `from` finds at a parent on to it; NULL: all as is. */
static int hand_on(size_t *at, struct job *job, size_t parent, const size_t *from)
{
	struct place *place;
	int rc = get_place(&place, job, parent);

	if (rc != PV_OK)
		return rc;
	assert(place);
	if (!place->at) {
		place->at = new_parts(job);
		rc = place->at ? PV_OK : PV_ENOMEM;
	}
	for (size_t i = 0; rc == PV_OK && i < job->total; i++) {
		size_t found = at[i];

		if (found != PV_NO_UNIT && from)
			found = from[found];
		if (found == PV_NO_UNIT)
			continue;
		place->at[i] = found;
		at[i] = PV_NO_UNIT;
	}
	return rc == PV_OK ? pv_trail_push(job->trail, parent, job->err) : rc;
}

static int any_left(const size_t *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (at[i] != PV_NO_UNIT)
			return 1;
	return 0;
}

/* Whether the file does not load at a stop, while what is blamed does. */
static int is_broken(int *out, struct job *job, size_t stop)
{
	int rc;

	*out = 0;
	if (!job->own.units.root)
		return PV_OK;
	rc = read_stop(job, stop);
	*out = rc == PV_OK && !job->places[stop].units.root;
	return rc;
}

/* Compares with one parent and hands on what it has. */
static int hand_on_common(size_t *at, struct job *job, const pv_units *units,
			  size_t parent)
{
	size_t *from = pv_calloc(units->count + 1, sizeof(*from));
	int rc = from ? read_stop(job, parent) : pv_fail_nomem(job->err);

	if (rc == PV_OK)
		rc = pv_units_trace(from, &job->places[parent].units, units,
				    job->err);
	if (rc == PV_OK)
		rc = hand_on(at, job, parent, from);
	pv_free(from);
	return rc;
}

/* The first of the parents that has the same bytes, or PV_NO_STOP. */
static size_t find_equal(const struct job *job, const pv_oid *blob,
			 const size_t *parents, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pv_trail_stop info;

		if (parents[i] == PV_NO_STOP)
			continue;
		pv_trail_stop_at(&info, job->trail, parents[i]);
		if (strcmp(info.blob.hex, blob->hex) == 0)
			return parents[i];
	}
	return PV_NO_STOP;
}

/* What it has as plain text goes to what was passed over, if nowhere else. */
static int hand_on_broken(struct place *place, struct job *job,
			  const pv_past *past)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < past->seen_count &&
			   any_left(place->at, job->total);
	     i++)
		rc = hand_on_common(place->at, job, &place->units, past->seen[i]);
	return rc;
}

static int hand_on_past(struct place *place, struct job *job, pv_past *past,
			const pv_oid *blob)
{
	size_t stop;
	int rc = PV_OK;

	while (rc == PV_OK && any_left(place->at, job->total) &&
	       pv_past_next(&stop, past)) {
		int is_over = 0;

		if (stop == PV_NO_STOP)
			continue;
		rc = read_place(place, job, blob);
		if (rc == PV_OK)
			rc = is_broken(&is_over, job, stop);
		if (rc == PV_OK && is_over)
			rc = pv_past_over(past, stop);
		else if (rc == PV_OK)
			rc = hand_on_common(place->at, job, &place->units, stop);
	}
	return rc == PV_OK ? hand_on_broken(place, job, past) : rc;
}

/*
 * Hands on to parents in their order, as git does: a part that two of them
 * have goes to the first. `place` is taken apart. Where the file does not load
 * the parents before that are asked first.
 */
static int hand_on_all(struct place *place, struct job *job, const pv_oid *blob,
		       const size_t *parents, size_t count)
{
	size_t equal = find_equal(job, blob, parents, count);
	pv_past past;
	int rc;

	if (equal != PV_NO_STOP)
		return hand_on(place->at, job, equal, NULL);
	rc = pv_past_init(&past, job->trail, parents, count, job->err);
	if (rc == PV_OK)
		rc = hand_on_past(place, job, &past, blob);
	pv_past_dispose(&past);
	return rc;
}

static void keep(struct job *job, const size_t *at, const pv_trail_stop *author)
{
	for (size_t i = 0; i < job->total; i++) {
		if (at[i] == PV_NO_UNIT)
			continue;
		job->authors[i] = *author;
		job->open--;
	}
}

static int work_on(struct job *job, size_t stop)
{
	struct place place = job->places[stop];
	pv_trail_stop info;
	const size_t *parents;
	size_t count;
	int rc;

	memset(&job->places[stop], 0, sizeof(place));
	pv_trail_stop_at(&info, job->trail, stop);
	rc = pv_trail_parents(&parents, &count, job->trail, stop, job->err);
	if (rc == PV_OK)
		rc = hand_on_all(&place, job, &info.blob, parents, count);
	if (rc == PV_OK)
		keep(job, place.at, &info);
	place_dispose(&place);
	return rc;
}

/* --- the blamed text ----------------------------------------------------------- */

static int is_within(const char *field, const char *scope)
{
	size_t len = strlen(scope);

	return strncmp(field, scope, len) == 0 &&
	       (!field[len] || field[len] == '.' || field[len] == '[');
}

/* One row: which part it is; who wrote it comes later. */
static int add_row(struct job *job, size_t idx)
{
	const pv_unit *unit = &job->own.units.items[idx];
	pv_blame *blame = job->blame;
	pv_blame_row *row = &blame->rows[blame->count];
	pv_buf field = { 0 };
	int rc;

	pv_units_path(&field, &job->own.units, idx);
	rc = pv_buf_status(&field, job->err);
	if (rc == PV_OK && (!job->query->field ||
			    is_within(pv_buf_text(&field), job->query->field))) {
		row->field = pv_arena_dup(&blame->arena, pv_buf_text(&field),
					  field.len);
		row->text = pv_arena_dup(&blame->arena, unit->text.ptr,
					 unit->text.len);
		row->text_len = unit->text.len;
		row->sentence = unit->sentence;
		job->own.at[idx] = idx;
		if (!row->field || !row->text)
			rc = pv_fail_nomem(job->err);
		blame->count++;
	}
	pv_buf_dispose(&field);
	return rc;
}

static int list_rows(struct job *job)
{
	int rc = PV_OK;

	job->total = job->own.units.count;
	job->own.at = new_parts(job);
	job->authors = pv_calloc(job->total + 1, sizeof(*job->authors));
	job->blame->rows = pv_calloc(job->total + 1, sizeof(*job->blame->rows));
	if (!job->own.at || !job->authors || !job->blame->rows)
		return pv_fail_nomem(job->err);
	for (size_t i = 0; rc == PV_OK && i < job->total; i++)
		rc = add_row(job, i);
	job->open = job->blame->count;
	if (rc < 0 || job->open || !job->query->field)
		return rc;
	rc = pv_fail(job->err, PV_ENOTFOUND, "\"%.100s\" has no field \"%.100s\"",
		     job->query->path, job->query->field);
	return pv_error_hint(job->err, rc, "without --field all are listed");
}

/* What the rows are about does not change while authors are looked for. */
static int fill_authors(struct job *job)
{
	size_t row = 0;

	for (size_t i = 0; i < job->total; i++) {
		pv_blame_row *out = &job->blame->rows[row];
		const char *path = job->authors[i].path;

		if (job->own.at[i] == PV_NO_UNIT)
			continue;
		if (!path)
			path = job->query->path;
		out->commit = job->authors[i].commit;
		out->blob = job->authors[i].blob;
		out->path = pv_arena_dup(&job->blame->arena, path, strlen(path));
		if (!out->path)
			return pv_fail_nomem(job->err);
		row++;
	}
	return PV_OK;
}

static int read_own(struct job *job, const pv_oid *blob)
{
	const pv_blame_query *query = job->query;
	pv_str text = { query->text, query->text_len };
	int rc;

	if (!query->text)
		return read_place(&job->own, job, blob);
	rc = pv_units_read(&job->own.units, text, job->err);
	return rc;
}

/* The stops the work starts at: those of the tips. */
static int enter(struct job *job, size_t *stops)
{
	const pv_blame_query *query = job->query;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < query->tip_count; i++)
		rc = pv_trail_enter(&stops[i], job->trail, &query->tips[i],
				    query->path, job->err);
	if (rc == PV_OK && !query->text &&
	    (!query->tip_count || stops[0] == PV_NO_STOP))
		rc = pv_fail(job->err, PV_ENOTFOUND,
			     "there is no file \"%.150s\" in %.10s", query->path,
			     query->tip_count ? query->tips[0].hex : "nothing");
	return rc;
}

/* Uncommitted text is like a commit on top of the tips. */
static int start(struct job *job, const size_t *stops)
{
	const pv_blame_query *query = job->query;
	size_t *at = NULL;
	struct place place;
	pv_oid blob = { "" };
	int rc = PV_OK;

	at = new_parts(job);
	if (!at)
		return PV_ENOMEM;
	memcpy(at, job->own.at, job->total * sizeof(*at));
	place = job->own;
	place.at = at;
	place.is_read = 1;
	if (query->text)
		rc = pv_store_hash(&blob, query->text, query->text_len, job->err);
	if (rc == PV_OK && query->text)
		rc = hand_on_all(&place, job, &blob, stops, query->tip_count);
	else if (rc == PV_OK)
		rc = hand_on(at, job, stops[0], NULL);
	/* What is left has no commit. */
	for (size_t i = 0; i < job->total; i++)
		job->open -= at[i] != PV_NO_UNIT;
	pv_free(at);
	return rc;
}

static int run(struct job *job, size_t *stops)
{
	pv_trail_stop first = { 0 };
	size_t stop;
	int rc;

	assert(stops);
	rc = enter(job, stops);
	if (rc == PV_OK && !job->query->text)
		pv_trail_stop_at(&first, job->trail, stops[0]);
	if (rc == PV_OK)
		rc = read_own(job, &first.blob);
	if (rc == PV_OK)
		rc = list_rows(job);
	if (rc == PV_OK)
		rc = start(job, stops);
	while (rc == PV_OK && job->open) {
		stop = pv_trail_pop(job->trail);
		if (stop == PV_NO_STOP)
			break;
		rc = work_on(job, stop);
	}
	return rc == PV_OK ? fill_authors(job) : rc;
}

static int former(pv_buf *out, const pv_oid *commit, const pv_oid *parent,
		  const char *path, void *payload, pv_error *err)
{
	const struct job *job = payload;
	const pv_former_query query = { commit, parent, path };

	return pv_former_path(out, job->store, job->settings, &query, err);
}

static int blame_new(pv_blame **out, pv_store *store, const pv_settings *settings,
		     const pv_blame_query *query, pv_error *err)
{
	pv_blame *blame = pv_calloc(1, sizeof(*blame));
	size_t *stops = pv_calloc(query->tip_count + 1, sizeof(*stops));
	struct job job = { .blame = blame,
			   .store = store,
			   .settings = settings,
			   .query = query,
			   .err = err };
	int rc = blame && stops ? PV_OK : pv_fail_nomem(err);

	*out = NULL;
	if (rc == PV_OK)
		rc = pv_trail_new(&job.trail, store, former, &job, err);
	if (rc == PV_OK)
		rc = run(&job, stops);
	for (size_t i = 0; i < job.cap; i++)
		place_dispose(&job.places[i]);
	place_dispose(&job.own);
	pv_free(job.places);
	pv_free(job.authors);
	pv_free(stops);
	if (blame)
		blame->trail = job.trail;
	if (rc == PV_OK)
		*out = blame;
	else
		pv_blame_free(blame);
	return rc;
}

int pv_blame_new(pv_blame **out, pv_store *store, const pv_settings *settings,
		 const pv_blame_query *query, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "blame", "walk",
			    blame_new(out, store, settings, query, err));
}

void pv_blame_free(pv_blame *blame)
{
	if (!blame)
		return;
	pv_trail_free(blame->trail);
	pv_arena_dispose(&blame->arena);
	pv_free(blame->rows);
	pv_free(blame);
}

size_t pv_blame_count(const pv_blame *blame)
{
	return blame->count;
}

const pv_blame_row *pv_blame_at(const pv_blame *blame, size_t idx)
{
	return &blame->rows[idx];
}
