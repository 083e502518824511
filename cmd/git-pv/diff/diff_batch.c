/* SPDX-License-Identifier: MIT
 *
 * The pairs of `git pv diff` in batches: read, compared and drawn on several
 * threads, then printed in their order. Files are compared by blob id first,
 * so only what differs is read.
 */
#include <pthread.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "diff/diff_run.h"

enum {
	BATCH_MAX = 256,       /* prompts that are compared at once, */
	BATCH_BYTES = 4 << 20, /* and about how large they are together */
	THREADS_MIN = 32 << 10 /* bytes worth more than one thread */
};

/*
 * Prompts that are read, compared and drawn on several threads, then printed
 * in their order.
 */
struct batch {
	diff_run *run;
	diff_compared items[BATCH_MAX];
	size_t count;
	size_t next;  /* the pair that the next batch begins with */
	size_t bytes; /* of what is read */
	pthread_mutex_t store_lock; /* whoever reads on a thread holds it */
};

static int read_item(pv_buf *out, const diff_run *run, const diff_item *item,
		     const diff_side *side, pv_error *err)
{
	if (!item)
		return PV_OK;
	out->max = PV_YAML_MAX_SIZE;
	if (item->blob.hex[0] && side->at.kind == PV_AT_COMMIT)
		return pv_store_read_blob(out, run->cli->store, &item->blob, err);
	return pv_store_read(out, NULL, run->cli->store, &side->at, item->path,
			     err);
}

static int read_pair(diff_compared *item, struct batch *batch, pv_error *err)
{
	const diff_run *run = batch->run;
	const diff_pair *pair = item->pair;
	int rc = read_item(&item->before, run, pair->before, &run->sides.from,
			   err);

	if (rc == PV_OK && !pair->is_same)
		rc = read_item(&item->after, run, pair->after, &run->sides.to,
			       err);
	item->is_read = rc == PV_OK;
	batch->bytes += item->before.len + item->after.len;
	return rc;
}

/* The text of the new side, which may be that of the old one. */
static const pv_buf *text_after(const diff_compared *item)
{
	return item->pair->is_same ? &item->before : &item->after;
}

/* Files of the working tree are known to be equal only when they are read. */
static int is_same(const diff_compared *item)
{
	const diff_pair *pair = item->pair;

	if (pair->is_same)
		return 1;
	return item->is_read && pair->before && pair->after &&
	       !diff_pair_former(pair) && item->before.len == item->after.len &&
	       memcmp(pv_buf_text(&item->before), pv_buf_text(&item->after),
		      item->before.len) == 0;
}

static int may_refer(const diff_compared *item)
{
	return pv_prompt_may_refer(item->before.ptr, item->before.len) ||
	       pv_prompt_may_refer(item->after.ptr, item->after.len);
}

/* Of what is the same this was found out before. */
static int find_closure(diff_compared *item, struct batch *batch, pv_error *err)
{
	int rc;

	if (is_same(item) || !may_refer(item))
		return PV_OK;
	pthread_mutex_lock(&batch->store_lock);
	rc = diff_closure_find(&item->closure, batch->run->closures, item->pair,
			       err);
	pthread_mutex_unlock(&batch->store_lock);
	return rc;
}

/* 1 when the batch is large enough without the item. */
static int read_later(diff_compared *item, struct batch *batch, pv_error *err)
{
	int rc;

	if (item->is_read)
		return 0;
	pthread_mutex_lock(&batch->store_lock);
	rc = batch->bytes > BATCH_BYTES ? 1 : read_pair(item, batch, err);
	pthread_mutex_unlock(&batch->store_lock);
	return rc;
}

static int refers(const pv_prompt *prompt)
{
	return pv_prompt_include_count(prompt) > 0 ||
	       pv_prompt_schema_ref_count(prompt) > 0;
}

/* Only few prompts refer to others, so the threads hardly ever wait. */
static int find_impact(enum pv_bump *out, const pv_prompt *before,
		       const pv_prompt *after, pv_report *breaking,
		       void *payload, pv_error *err)
{
	struct batch *batch = payload;
	const diff_run *run = batch->run;
	const pv_prompt_change change = { .store = run->cli->store,
					  .settings = &run->cli->settings,
					  .before = before,
					  .after = after,
					  .from = run->sides.from.at,
					  .to = run->sides.to.at };
	int rc;

	if (!refers(before) && !refers(after))
		return pv_prompt_impact(out, before, after, breaking, err);
	pthread_mutex_lock(&batch->store_lock);
	rc = pv_prompt_impact_at(out, &change, breaking, err);
	pthread_mutex_unlock(&batch->store_lock);
	return rc;
}

static enum pv_diff_json json_for(const diff_run *run)
{
	if (run->report)
		return PV_DIFF_JSON_SHORT;
	return run->cli->json ? PV_DIFF_JSON_ALL : PV_DIFF_JSON_NONE;
}

static int make_diff(pv_diff **out, const diff_compared *item,
		     struct batch *batch, pv_error *err)
{
	const diff_pair *pair = item->pair;
	const pv_buf *after = text_after(item);
	pv_diff_input input = { .before_len = item->before.len,
				.after_len = after->len,
				.former = diff_pair_former(pair),
				.closure = item->closure.items,
				.closure_count = item->closure.count,
				.json = json_for(batch->run),
				.impact = find_impact,
				.payload = batch };

	if (pair->before)
		input.before = pv_buf_text(&item->before);
	if (pair->after)
		input.after = pv_buf_text(after);
	return pv_diff_new(out, &input, err);
}

/* 1 when a pair differs whatever is in it. */
static int differs(const diff_pair *pair)
{
	return !pair->before || !pair->after ||
	       (!pair->is_same && pair->before->blob.hex[0] &&
		pair->after->blob.hex[0]);
}

/* Mere names need no contents as long as git knows what differs. */
static int is_named(const diff_run *run, const diff_pair *pair)
{
	return run->opts->name_only && !run->opts->ignore_formatting &&
	       differs(pair);
}

static int compare(size_t idx, void *payload, pv_error *err)
{
	struct batch *batch = payload;
	diff_compared *item = &batch->items[idx];
	pv_diff *diff = NULL;
	int rc;

	if (is_named(batch->run, item->pair)) {
		item->has_changed = item->is_done = 1;
		return PV_OK;
	}
	rc = read_later(item, batch, err);
	if (rc != 0)
		return rc < 0 ? rc : PV_OK;
	rc = find_closure(item, batch, err);
	if (rc == PV_OK)
		rc = make_diff(&diff, item, batch, err);
	if (rc < 0)
		return rc;
	if (batch->run->opts->ignore_formatting)
		pv_diff_ignore_formatting(diff);
	item->has_changed = !pv_diff_is_empty(diff);
	if (item->has_changed)
		rc = diff_draw(item, batch->run, diff, err);
	item->is_done = rc == PV_OK;
	pv_diff_free(diff);
	/* The next one takes the same memory, which is in the caches. */
	pv_buf_dispose(&item->before);
	pv_buf_dispose(&item->after);
	return rc;
}

/* Two prompts, as specs may name them, not one that was moved. */
static int is_of_two(const diff_pair *pair)
{
	return pair->before && pair->after && !diff_pair_former(pair) &&
	       strcmp(pair->before->id, pair->after->id) != 0;
}

/* What the version of a prompt is called, or nothing where it cannot be. */
static void describe(pv_buf *out, diff_run *run, const diff_pair *pair,
		     int is_after)
{
	const diff_item *item = is_after ? pair->after : pair->before;
	const diff_side *side = is_after ? &run->sides.to : &run->sides.from;
	const pv_oid *blob;

	if (!item)
		return;
	blob = item->blob.hex[0] ? &item->blob : NULL;
	if (is_of_two(pair))
		pv_buf_printf(out, "%s@", item->id);
	if (pv_version_index_describe(out, run->versions, item->id, &side->at,
				      blob, NULL) < 0)
		pv_buf_clear(out);
}

/*
 * Names the versions, of one side first: what is known of its history is of
 * use to the next prompt.
 */
static void describe_batch(struct batch *batch)
{
	diff_run *run = batch->run;

	for (size_t i = 0; run->versions && i < batch->count; i++) {
		diff_compared *item = &batch->items[i];

		describe(&item->from, run, item->pair, 0);
	}
	for (size_t i = 0; run->versions && i < batch->count; i++) {
		diff_compared *item = &batch->items[i];

		describe(&item->to, run, item->pair, 1);
	}
}

static void dispose_item(diff_compared *item)
{
	pv_diff_report_free(item->part);
	diff_closure_dispose(&item->closure);
	pv_buf_dispose(&item->before);
	pv_buf_dispose(&item->after);
	pv_buf_dispose(&item->from);
	pv_buf_dispose(&item->to);
	pv_buf_dispose(&item->out);
}

static void empty_batch(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		dispose_item(&batch->items[i]);
	batch->count = 0;
	batch->bytes = 0;
}

/*
 * What was done before something failed, or before the batch was large enough,
 * is printed; the rest is the next batch's.
 */
static int print_batch(struct batch *batch)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < batch->count; i++) {
		const diff_compared *item = &batch->items[i];

		if (!item->is_done) {
			batch->next =
				(size_t)(item->pair - batch->run->pairs.ptr);
			break;
		}
		if (item->has_changed)
			rc = diff_print(batch->run, item);
	}
	return rc;
}

/* A thread costs about as much as one or two prompts. */
static int finish_batch(struct batch *batch)
{
	unsigned threads = batch->bytes < THREADS_MIN ? 1 : 0;
	int compared;
	int printed;

	describe_batch(batch);
	compared = pv_parallel_each(batch->count, threads, compare, batch,
				    &batch->run->cli->err);
	printed = print_batch(batch);
	empty_batch(batch);
	return compared < 0 ? compared : printed;
}

/* What is the same stays in the batch only when what it refers to is not. */
static int keep_same(diff_compared *item, struct batch *batch)
{
	diff_run *run = batch->run;
	int rc = PV_OK;

	if (may_refer(item))
		rc = diff_closure_find(&item->closure, run->closures,
				       item->pair, &run->cli->err);
	if (rc == PV_OK && item->closure.count == 0) {
		batch->bytes -= item->before.len + item->after.len;
		dispose_item(&batch->items[--batch->count]);
	}
	return rc;
}

/*
 * Fills a batch. Files of the working tree are read
 * here, for only those that differ are described; of the others only so many
 * that it is plain whether threads are worth it.
 */
static int fill_batch(struct batch *batch)
{
	const diff_pairs *pairs = &batch->run->pairs;
	int rc = PV_OK;

	while (rc == PV_OK && batch->next < pairs->count &&
	       batch->count < BATCH_MAX && batch->bytes <= BATCH_BYTES) {
		diff_compared *item = &batch->items[batch->count++];

		memset(item, 0, sizeof(*item));
		item->pair = &pairs->ptr[batch->next++];
		if (!is_named(batch->run, item->pair) &&
		    (batch->bytes < THREADS_MIN || !differs(item->pair)))
			rc = read_pair(item, batch, &batch->run->cli->err);
		if (rc == PV_OK && item->is_read && is_same(item))
			rc = keep_same(item, batch);
	}
	if (rc < 0) /* what could not be read is no part of it */
		dispose_item(&batch->items[--batch->count]);
	return rc;
}

/* What was read before something could not be is shown all the same. */
int diff_compare_pairs(diff_run *run)
{
	struct batch *batch = pv_calloc(1, sizeof(*batch));
	int read = PV_OK;
	int rc = PV_OK;

	if (!batch)
		return pv_fail_nomem(&run->cli->err);
	batch->run = run;
	pthread_mutex_init(&batch->store_lock, NULL);
	while (read == PV_OK && rc == PV_OK && batch->next < run->pairs.count) {
		read = fill_batch(batch);
		rc = finish_batch(batch);
	}
	pthread_mutex_destroy(&batch->store_lock);
	pv_free(batch);
	return rc < 0 ? rc : read;
}
