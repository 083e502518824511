/* SPDX-License-Identifier: MIT
 *
 * The history of one field, or of a phrase, over the stops of a trail. A
 * field is handed from a stop to its parents as blame hands on sentences, so
 * an index that shifts does not matter.
 */
#include <pv/blame.h>

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "blame/past.h"
#include "diff/units.h"
#include "store/history/trail.h"

/* What is known at a stop. */
struct place {
	pv_buf text;
	pv_units units;
	const pv_units_part *field; /* NULL: the whole file is meant */
	int is_read;
	int is_done;
};

struct job {
	pv_store *store;
	const pv_settings *settings;
	const pv_field_query *query;
	pv_buf phrase; /* with single blanks; empty: none asked for */
	pv_trail *trail;
	struct place **places; /* by number of the stop, each owned */
	size_t cap;
	int (*fn)(const pv_field_commit *row, void *payload);
	void *payload;
	pv_error *err;
};

static void place_free(struct place *place)
{
	if (!place)
		return;
	pv_units_dispose(&place->units);
	pv_buf_dispose(&place->text);
	pv_free(place);
}

static int make_place(struct place **out, struct job *job, size_t stop)
{
	size_t old = job->cap;

	*out = NULL;
	if (pv_array_reserve(&job->places, &job->cap, stop + 1,
			     sizeof(struct place *)) < 0)
		return pv_fail_nomem(job->err);
	memset(job->places + old, 0, (job->cap - old) * sizeof(struct place *));
	if (!job->places[stop])
		job->places[stop] = pv_calloc(1, sizeof(**job->places));
	*out = job->places[stop];
	return *out ? PV_OK : pv_fail_nomem(job->err);
}

static int read_place(struct place **out, struct job *job, size_t stop)
{
	struct place *place;
	pv_trail_stop info;
	int rc = make_place(out, job, stop);

	if (rc < 0)
		return rc;
	place = *out;
	assert(place);
	if (place->is_read)
		return rc;
	pv_trail_stop_at(&info, job->trail, stop);
	rc = pv_store_read_blob(&place->text, job->store, &info.blob, job->err);
	if (rc == PV_OK)
		rc = pv_units_read(&place->units,
				   (pv_str){ pv_buf_text(&place->text),
					     place->text.len },
				   job->err);
	place->is_read = rc == PV_OK;
	return rc;
}

/* --- phrases ----------------------------------------------------------------- */

/* Text with each run of blanks as one, none at the ends. */
static void put_plain(pv_buf *out, pv_str text)
{
	int blank = 0;

	text = pv_str_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			blank = 1;
			continue;
		}
		if (blank)
			pv_buf_putc(out, ' ');
		blank = 0;
		pv_buf_putc(out, c);
	}
}

static size_t count_in(const pv_buf *text, const pv_buf *phrase)
{
	size_t count = 0;

	for (size_t i = 0; i + phrase->len <= text->len; i++)
		if (!memcmp(text->ptr + i, phrase->ptr, phrase->len)) {
			count++;
			i += phrase->len - 1;
		}
	return count;
}

/* The values of a field, texts as they are read; no value runs into the next. */
static int put_values(pv_buf *out, const struct place *place,
		      const pv_units_part *field, pv_error *err)
{
	const pv_units *units = &place->units;
	const pv_tree *last = NULL;
	size_t count = units->count;
	size_t first = field ? pv_units_range(&count, field) : 0;

	if (!units->root)
		put_plain(out, (pv_str){ pv_buf_text(&place->text),
					 place->text.len });
	for (size_t i = first; units->root && i < first + count; i++) {
		const pv_tree *leaf = units->items[i].leaf;

		if (leaf == last)
			continue;
		last = leaf;
		/* Empty containers have none. */
		if (leaf->node->kind == PV_YAML_SCALAR)
			put_plain(out,
				  (pv_str){ leaf->node->text, leaf->node->len });
		pv_buf_putc(out, '\n');
	}
	return pv_buf_status(out, err);
}

static int count_phrase(size_t *out, struct job *job, const struct place *place,
			const pv_units_part *field)
{
	pv_buf text = { 0 };
	int rc = put_values(&text, place, field, job->err);

	*out = rc == PV_OK ? count_in(&text, &job->phrase) : 0;
	pv_buf_dispose(&text);
	return rc;
}

/* --- one stop ------------------------------------------------------------------ */

/* A stop compared with its parents. */
struct verdict {
	size_t count;   /* of the phrase here */
	size_t highest; /* of those in the parents */
	int is_same;    /* as in a parent */
	int has_mate;   /* a parent has the field */
};

static int hand_on(struct job *job, struct place *place, size_t stop,
		   const pv_units_part *field)
{
	place->field = field;
	return place->is_done ? PV_OK : pv_trail_push(job->trail, stop, job->err);
}

static int compare_phrase(struct verdict *v, struct job *job,
			  const struct place *parent, const pv_units_part *mate,
			  int has_mate)
{
	size_t count = 0;
	int rc = PV_OK;

	if (has_mate)
		rc = count_phrase(&count, job, parent, mate);
	v->is_same |= count == v->count;
	if (count > v->highest)
		v->highest = count;
	return rc;
}

/* 1 when the field is the same there, and nothing else need be looked at. */
static int compare_parent(struct verdict *v, struct job *job,
			  const struct place *place, size_t stop)
{
	const pv_units_part *mate = NULL;
	struct place *parent;
	int has_mate = 1;
	int rc = read_place(&parent, job, stop);

	if (rc == PV_OK && job->query->field) {
		if (place->field)
			rc = pv_units_mate(&mate, &parent->units, &place->units,
					   place->field, job->err);
		has_mate = mate != NULL;
	}
	v->has_mate |= has_mate;
	if (rc == PV_OK && mate && pv_units_equal(mate, place->field)) {
		v->is_same = 1;
		rc = hand_on(job, parent, stop, mate);
		return rc < 0 ? rc : 1;
	}
	if (rc == PV_OK && job->phrase.len)
		rc = compare_phrase(v, job, parent, mate, has_mate);
	if (rc == PV_OK && has_mate)
		rc = hand_on(job, parent, stop, mate);
	return rc;
}

static int show(struct job *job, size_t stop, const struct verdict *v)
{
	pv_field_commit row = { .kind = PV_CHANGE_ADDED };
	pv_trail_stop info;

	if (job->phrase.len && v->count < v->highest)
		row.kind = PV_CHANGE_REMOVED;
	else if (!job->phrase.len && v->has_mate)
		row.kind = PV_CHANGE_MODIFIED;
	pv_trail_stop_at(&info, job->trail, stop);
	row.commit = info.commit;
	row.blob = info.blob;
	row.path = info.path;
	row.count = v->count;
	return job->fn(&row, job->payload);
}

/* The texts of a long history need not be there all at once. */
static void forget(struct place *place)
{
	pv_units_dispose(&place->units);
	pv_buf_dispose(&place->text);
	place->is_read = 0;
}

/* 1 when a parent was passed over, as the file does not load there. */
static int pass_over(pv_past *past, struct job *job, const struct place *place,
		     size_t stop)
{
	struct place *parent;
	int rc;

	if (!place->units.root)
		return PV_OK;
	rc = read_place(&parent, job, stop);
	if (rc < 0 || parent->units.root)
		return rc;
	forget(parent);
	rc = pv_past_over(past, stop);
	return rc < 0 ? rc : 1;
}

/* 1 when the field is the same in one of them. */
static int compare_parents(struct verdict *v, struct job *job,
			   const struct place *place, pv_past *past)
{
	size_t stop;
	int rc = PV_OK;

	while (rc == PV_OK && pv_past_next(&stop, past)) {
		if (stop == PV_NO_STOP) {
			v->is_same |= job->phrase.len && !v->count;
			continue;
		}
		rc = pass_over(past, job, place, stop);
		if (rc == PV_OK)
			rc = compare_parent(v, job, place, stop);
		else if (rc == 1)
			rc = PV_OK;
	}
	return rc;
}

static int work_on(struct job *job, size_t stop)
{
	struct verdict v = { 0 };
	const size_t *parents;
	pv_past past = { 0 };
	struct place *place;
	size_t count;
	int rc = read_place(&place, job, stop);

	if (rc < 0)
		return rc;
	place->is_done = 1;
	if (job->phrase.len)
		rc = count_phrase(&v.count, job, place, place->field);
	if (rc == PV_OK)
		rc = pv_trail_parents(&parents, &count, job->trail, stop,
				      job->err);
	if (rc == PV_OK)
		rc = pv_past_init(&past, job->trail, parents, count, job->err);
	if (rc == PV_OK)
		rc = compare_parents(&v, job, place, &past);
	if (rc == PV_OK && !count)
		v.is_same = job->phrase.len && !v.count;
	if (rc >= 0 && !v.is_same)
		rc = show(job, stop, &v);
	forget(place);
	pv_past_dispose(&past);
	return rc == 1 && v.is_same ? PV_OK : rc;
}

/* --- the walk ------------------------------------------------------------------ */

static int refuse_field(const struct job *job)
{
	int rc = pv_fail(job->err, PV_ENOTFOUND,
			 "\"%.100s\" has no field \"%.100s\"", job->query->path,
			 job->query->field);

	return pv_error_hint(job->err, rc, "git pv blame lists the fields");
}

static int start(struct job *job, size_t *stop)
{
	const pv_field_query *query = job->query;
	struct place *place;
	int rc = pv_trail_enter(stop, job->trail, &query->start, query->path,
				job->err);

	if (rc == PV_OK && *stop == PV_NO_STOP)
		return pv_fail(job->err, PV_ENOTFOUND,
			       "there is no file \"%.150s\" in %.10s",
			       query->path, query->start.hex);
	if (rc == PV_OK)
		rc = read_place(&place, job, *stop);
	if (rc == PV_OK && query->field) {
		rc = pv_units_find(&place->field, &place->units, query->field,
				   job->err);
		if (rc == PV_OK && !place->field)
			rc = refuse_field(job);
	}
	return rc == PV_OK ? pv_trail_push(job->trail, *stop, job->err) : rc;
}

static int former(pv_buf *out, const pv_oid *commit, const pv_oid *parent,
		  const char *path, void *payload, pv_error *err)
{
	const struct job *job = payload;
	const pv_former_query query = { commit, parent, path };

	return pv_former_path(out, job->store, job->settings, &query, err);
}

int pv_field_walk(pv_store *store, const pv_settings *settings,
		  const pv_field_query *query,
		  int (*fn)(const pv_field_commit *row, void *payload),
		  void *payload, pv_error *err)
{
	struct job job = { .store = store,
			   .settings = settings,
			   .query = query,
			   .fn = fn,
			   .payload = payload,
			   .err = err };
	size_t stop;
	int rc;

	if (query->phrase)
		put_plain(&job.phrase, pv_str_of(query->phrase));
	rc = pv_buf_status(&job.phrase, err);
	if (rc == PV_OK && query->phrase && !job.phrase.len)
		rc = pv_fail(err, PV_EINVALID, "the phrase is empty");
	if (rc == PV_OK)
		rc = pv_trail_new(&job.trail, store, former, &job, err);
	if (rc == PV_OK)
		rc = start(&job, &stop);
	while (rc == PV_OK) {
		stop = pv_trail_pop(job.trail);
		if (stop == PV_NO_STOP)
			break;
		rc = work_on(&job, stop);
	}
	for (size_t i = 0; i < job.cap; i++)
		place_free(job.places[i]);
	pv_free(job.places);
	pv_trail_free(job.trail);
	pv_buf_dispose(&job.phrase);
	return rc;
}
