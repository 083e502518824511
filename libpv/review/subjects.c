/* SPDX-License-Identifier: MIT
 *
 * What a change is about: prompts whose closures differ between two commits.
 * A vote names the closures it was given for, so an edit of something that a
 * prompt includes takes the vote away, though the prompt's file is the same.
 */
#include <pv/review.h>

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "version/closure.h"

struct pv_review_subjects_memory {
	pv_arena arena;
	size_t cap;
};

/* One of the two commits. */
struct side {
	pv_closure_reader reader;
	pv_settings settings;
	pv_map prompts; /* id: its pv_oid */
};

struct look {
	pv_store *store;
	pv_arena *arena;
	struct side sides[2]; /* base, head */
	struct side *filling;
	pv_review_subjects *out;
	pv_error *err;
};

static int add_prompt(const char *id, const char *path, const pv_oid *blob,
		      void *payload)
{
	struct look *look = payload;
	pv_oid *copy = pv_arena_alloc(look->arena, sizeof(*copy));

	(void)path;
	if (!copy)
		return pv_fail_nomem(look->err);
	*copy = *blob;
	return pv_map_set(&look->filling->prompts, pv_str_of(id), copy, NULL,
			  look->err);
}

static int fill(struct look *look, size_t idx, const pv_settings *settings,
		const pv_oid *commit)
{
	struct side *side = &look->sides[idx];
	pv_point at = { PV_AT_COMMIT, *commit };
	int rc;

	side->settings = *settings;
	side->reader.store = look->store;
	side->reader.settings = &side->settings;
	side->reader.at = at;
	if (!commit->hex[0])
		return PV_OK;
	rc = pv_settings_at(&side->settings, look->store, &at, look->err);
	look->filling = side;
	if (rc == PV_OK)
		rc = pv_prompt_each(look->store, &side->settings, &at,
				    add_prompt, look, look->err);
	return rc;
}

/* The closure of a prompt; of one that cannot be told its blob stands for it. */
static int closure_of(char out[PV_CLOSURE_TEXT], struct side *side,
		      const char *id, const pv_oid *blob, pv_error *err)
{
	pv_members members = { 0 };
	int rc = pv_closure_members(&members, &side->reader, id, blob, err);

	if (rc == PV_OK)
		pv_closure_digest(out, &members, NULL, NULL);
	pv_members_dispose(&members);
	if (rc != PV_ESYNTAX && rc != PV_ELIMIT && rc != PV_EINVALID)
		return rc;
	pv_error_clear(err);
	pv_closure_of_one(out, id, blob);
	return PV_OK;
}

static int add(struct look *look, const char *id, const pv_oid *blob,
	       const char *closure)
{
	pv_review_subjects *out = look->out;
	pv_review_subject *item;

	if (pv_array_reserve(&out->items, &out->memory->cap, out->count + 1,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(look->err);
	item = &out->items[out->count];
	memset(item, 0, sizeof(*item));
	item->id = pv_arena_dup(look->arena, id, strlen(id));
	item->closure = pv_arena_dup(look->arena, closure, strlen(closure));
	if (!item->id || !item->closure)
		return pv_fail_nomem(look->err);
	if (blob)
		item->blob = *blob;
	out->count++;
	return PV_OK;
}

/* 0 when the prompt surely refers to no other. */
static int may_refer(int *out, pv_store *store, const pv_oid *blob, pv_error *err)
{
	pv_buf text = { 0 };
	int rc = pv_store_read_blob(&text, store, blob, err);

	if (rc == PV_OK)
		*out = pv_prompt_may_refer(pv_buf_text(&text), text.len);
	pv_buf_dispose(&text);
	return rc;
}

static int compare_one(pv_str key, void *value, void *payload)
{
	struct look *look = payload;
	struct side *head = &look->sides[1];
	const pv_oid *blob = value;
	const pv_oid *was = pv_map_find(&look->sides[0].prompts, key);
	int is_same = was && !strcmp(was->hex, blob->hex);
	char before[PV_CLOSURE_TEXT] = "";
	char after[PV_CLOSURE_TEXT];
	int refers = 1;
	int rc = PV_OK;
	char *id = pv_arena_dup(look->arena, key.ptr, key.len);

	if (!id)
		return pv_fail_nomem(look->err);
	if (is_same)
		rc = may_refer(&refers, look->store, blob, look->err);
	if (rc < 0 || !refers)
		return rc;
	rc = closure_of(after, head, id, blob, look->err);
	if (rc == PV_OK && is_same)
		rc = closure_of(before, &look->sides[0], id, was, look->err);
	if (rc == PV_OK && strcmp(before, after) != 0)
		rc = add(look, id, blob, after);
	return rc;
}

static int find_removed(pv_str key, void *value, void *payload)
{
	struct look *look = payload;
	char *id;

	(void)value;
	if (pv_map_find(&look->sides[1].prompts, key))
		return PV_OK;
	id = pv_arena_dup(look->arena, key.ptr, key.len);
	return id ? add(look, id, NULL, "") : pv_fail_nomem(look->err);
}

static int by_id(const void *a, const void *b)
{
	const pv_review_subject *first = a;
	const pv_review_subject *second = b;

	return strcmp(first->id, second->id);
}

int pv_review_subjects_load(pv_review_subjects *out, pv_store *store,
			    const pv_settings *settings, const pv_oid *base,
			    const pv_oid *head, pv_error *err)
{
	struct look look = { .store = store, .out = out, .err = err };
	int rc;

	memset(out, 0, sizeof(*out));
	out->memory = pv_calloc(1, sizeof(*out->memory));
	if (!out->memory)
		return pv_fail_nomem(err);
	look.arena = &out->memory->arena;
	rc = fill(&look, 0, settings, base);
	if (rc == PV_OK)
		rc = fill(&look, 1, settings, head);
	if (rc == PV_OK)
		rc = pv_map_each(&look.sides[1].prompts, compare_one, &look);
	if (rc == PV_OK)
		rc = pv_map_each(&look.sides[0].prompts, find_removed, &look);
	if (rc == PV_OK && out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_id);
	for (size_t i = 0; i < pv_array_len(look.sides); i++) {
		pv_closure_reader_dispose(&look.sides[i].reader);
		pv_map_dispose(&look.sides[i].prompts);
	}
	if (rc < 0)
		pv_review_subjects_dispose(out);
	return rc;
}

void pv_review_subjects_dispose(pv_review_subjects *subjects)
{
	if (subjects->memory)
		pv_arena_dispose(&subjects->memory->arena);
	pv_free(subjects->memory);
	pv_free(subjects->items);
	memset(subjects, 0, sizeof(*subjects));
}

int pv_review_vote_holds(const pv_review_vote *vote,
			 const pv_review_subject *subjects, size_t count)
{
	const pv_review_event *event = vote->event;

	if (event->subject_count != count)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(event->subjects[i].id, subjects[i].id) != 0 ||
		    strcmp(event->subjects[i].blob.hex, subjects[i].blob.hex) !=
			    0 ||
		    strcmp(event->subjects[i].closure, subjects[i].closure) != 0)
			return 0;
	return 1;
}
