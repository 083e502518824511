/* SPDX-License-Identifier: MIT
 *
 * What became of prompts in an environment. Two files that follow each other
 * are compared entry by entry. Asked for one prompt, a commit whose trailers
 * name others is passed over; the state of the prompt in the next file that is
 * read shows whether that was true, and if not the files between are read, too.
 */
#include <pv/deploy.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "deploy/entry.h"
#include "deploy/env_file.h"
#include "store/commit/trailer.h"

/* A commit that changed the file. */
struct step {
	pv_oid commit;
	pv_oid blob;
};

struct walk {
	pv_store *store;
	const pv_history_range *range;
	int (*fn)(const pv_deploy_event *event, void *payload);
	void *payload;
	pv_error *err;
	struct step last; /* the one that is compared with the next */
	int has_last;
	pv_env_file file;    /* the one that was read last */
	int has_file;        /* and what it is of */
	pv_deployment state; /* of the one prompt, behind what was told */
	int has_state;
	struct step *skipped; /* believed to concern others only */
	size_t count;
	size_t cap;
	pv_map newer; /* id to what happened next, one of actions[] */
};

static int actions[] = { PV_ACTION_DEPLOY, PV_ACTION_ROLLBACK, PV_ACTION_REMOVE };

/* --- what a message says ------------------------------------------------------ */

/* How many of a key's lines there are, and whether one has the value. */
static size_t count_lines(int *has_value_out, pv_str block, const char *key,
			  const char *value)
{
	size_t key_len = strlen(key);
	size_t count = 0;

	*has_value_out = 0;
	while (block.len) {
		const char *end = memchr(block.ptr, '\n', block.len);
		size_t len = end ? (size_t)(end - block.ptr) : block.len;

		if (len > key_len && !memcmp(block.ptr, key, key_len)) {
			pv_str text = { block.ptr + key_len, len - key_len };

			count++;
			*has_value_out |= pv_str_is(pv_str_trim(text), value);
		}
		block.ptr += end ? len + 1 : len;
		block.len -= end ? len + 1 : len;
	}
	return count;
}

/* Whether a commit says that it is about other prompts of the environment. */
static int concerns_others(int *out, const struct walk *walk, const pv_oid *commit)
{
	pv_commit read = { 0 };
	int has_id;
	int has_environment;
	pv_str block;
	int rc = pv_store_commit_read(&read, walk->store, commit, walk->err);

	*out = 0;
	if (rc < 0)
		return rc;
	block = pv_trailer_block(read.message);
	if (count_lines(&has_id, block, "Pv-Prompt:", walk->range->id) && !has_id)
		*out = count_lines(&has_environment, block, "Pv-Environment:",
				   walk->range->environment) == 1 &&
		       has_environment;
	pv_commit_dispose(&read);
	return PV_OK;
}

/* --- one event ---------------------------------------------------------------- */

/*
 * An entry that came back as it was: it says an earlier time than the commit
 * that brought it, and no later one than what it replaced. What was made anew
 * on top of others' is dated by its author.
 */
static int is_restored(const pv_deployment *now, const pv_deployment *was,
		       const pv_commit *commit)
{
	int64_t then;
	int64_t before;

	if (!now->at || !was->at || pv_time_parse(&then, now->at, NULL) != PV_OK ||
	    pv_time_parse(&before, was->at, NULL) != PV_OK)
		return 0;
	return then / 1000000 != commit->committer.when &&
	       then / 1000000 != commit->author.when && then <= before;
}

static enum pv_deploy_action action_of(const pv_deployment *now,
				       const pv_deployment *was,
				       const pv_commit *commit)
{
	size_t len;
	const char *said = pv_trailer_find(commit->message, "Pv-Action", &len);

	if (!now->id) {
		pv_str text = { said, len };
		int is_said = said && pv_str_is(text, "rollback");
		int is_revert = strstr(commit->message,
				       "\nThis reverts commit ") != NULL;

		return is_said || is_revert ? PV_ACTION_ROLLBACK
					    : PV_ACTION_REMOVE;
	}
	if (was->id && is_restored(now, was, commit))
		return PV_ACTION_ROLLBACK;
	return now->rolled_back_from ? PV_ACTION_ROLLBACK : PV_ACTION_DEPLOY;
}

static enum pv_deploy_status status_of(const struct walk *walk,
				       const pv_deployment *now, const char *id)
{
	const int *newer = pv_map_find(&walk->newer, pv_str_of(id));

	if (!newer)
		return now->id ? PV_STATUS_LIVE : PV_STATUS_SUPERSEDED;
	return *newer == PV_ACTION_ROLLBACK ? PV_STATUS_ROLLED_BACK
					    : PV_STATUS_SUPERSEDED;
}

static int tell(struct walk *walk, const struct step *step,
		const pv_deployment *now, const pv_deployment *was)
{
	pv_deploy_event event = { .environment = walk->range->environment,
				  .id = now->id ? now->id : was->id,
				  .commit = step->commit,
				  .now = now,
				  .was = was };
	pv_commit commit = { 0 };
	pv_buf actor = { 0 };
	pv_buf checks = { 0 };
	const char *said;
	size_t len;
	int rc = pv_store_commit_read(&commit, walk->store, &step->commit,
				      walk->err);

	if (rc < 0)
		return rc;
	said = pv_trailer_find(commit.message, "Pv-Checks", &len);
	if (said)
		pv_buf_put(&checks, said, len);
	rc = pv_buf_status(&checks, walk->err);
	event.checks = pv_buf_text(&checks);
	pv_buf_printf(&actor, "%s <%s>", commit.committer.name,
		      commit.committer.email);
	if (rc == PV_OK)
		rc = pv_buf_status(&actor, walk->err);
	event.when = commit.committer.when;
	event.action = action_of(now, was, &commit);
	event.status = status_of(walk, now, event.id);
	event.actor = actor.ptr;
	event.reason = commit.subject;
	/* Who wrote the entry, unless it was only brought back. */
	if (now->id && now->by && !(was->id && is_restored(now, was, &commit))) {
		event.actor = now->by;
		event.reason = now->reason;
	}
	if (rc == PV_OK)
		rc = pv_map_set(&walk->newer, pv_str_of(event.id),
				&actions[event.action], NULL, walk->err);
	if (rc == PV_OK)
		rc = walk->fn(&event, walk->payload);
	pv_buf_dispose(&actor);
	pv_buf_dispose(&checks);
	pv_commit_dispose(&commit);
	return rc;
}

/* --- comparing two files -------------------------------------------------------- */

/* The ids of a file, in order. */
static size_t id_count(const pv_env_file *file)
{
	return file->parts.is_plain ? file->parts.count : file->all.count;
}

static pv_str id_at(const pv_env_file *file, size_t idx)
{
	return file->parts.is_plain ? file->parts.items[idx].id
				    : pv_str_of(file->all.items[idx].id);
}

/* Whether two entries are the same bytes, which needs no parsing. */
static int is_same_text(const pv_env_file *a, size_t a_idx,
			const pv_env_file *b, size_t b_idx)
{
	const pv_env_part *first = a->parts.items + a_idx;
	const pv_env_part *second = b->parts.items + b_idx;

	return a->parts.is_plain && b->parts.is_plain &&
	       first->end - first->start == second->end - second->start &&
	       !memcmp(a->text.ptr + first->start, b->text.ptr + second->start,
		       first->end - first->start);
}

static int compare_id(struct walk *walk, const struct step *step,
		      const pv_env_file *newer, const pv_env_file *older,
		      const char *id)
{
	pv_deployment now = { 0 };
	pv_deployment was = { 0 };
	int rc = pv_env_file_find(&now, newer, id, walk->err);

	if (rc == PV_OK)
		rc = pv_env_file_find(&was, older, id, walk->err);
	if (rc == PV_OK && (!pv_deployment_is_same(&now, &was) ||
			    (now.at && was.at && strcmp(now.at, was.at) != 0)))
		rc = tell(walk, step, &now, &was);
	if (rc >= 0 && walk->range->id) {
		pv_deployment_dispose(&walk->state);
		walk->state = was;
		walk->has_state = 1;
		memset(&was, 0, sizeof(was));
	}
	pv_deployment_dispose(&now);
	pv_deployment_dispose(&was);
	return rc;
}

static int compare_str(struct walk *walk, const struct step *step,
		       const pv_env_file *newer, const pv_env_file *older,
		       pv_str id)
{
	char *text = pv_strndup(id.ptr, id.len);
	int rc = text ? compare_id(walk, step, newer, older, text)
		      : pv_fail_nomem(walk->err);

	pv_free(text);
	return rc;
}

static int compare_all(struct walk *walk, const struct step *step,
		       const pv_env_file *newer, const pv_env_file *older)
{
	size_t i = 0;
	size_t k = 0;
	int rc = PV_OK;

	while (rc == PV_OK && (i < id_count(newer) || k < id_count(older))) {
		int order =
			i == id_count(newer) ? 1
			: k == id_count(older)
				? -1
				: pv_str_cmp(id_at(newer, i), id_at(older, k));
		pv_str id = order > 0 ? id_at(older, k) : id_at(newer, i);

		if (order || !is_same_text(newer, i, older, k))
			rc = compare_str(walk, step, newer, older, id);
		i += order <= 0;
		k += order >= 0;
	}
	return rc;
}

/* --- walking -------------------------------------------------------------------- */

static int read_file(pv_env_file *out, const struct walk *walk, const pv_oid *blob)
{
	int rc = pv_env_file_read(out, walk->store, walk->range->environment,
				  blob, walk->err);

	if (rc < 0)
		pv_env_file_dispose(out);
	return rc;
}

/* Makes `walk->file` that of a blob. */
static int turn_to(struct walk *walk, const pv_oid *blob)
{
	int rc;

	if (walk->has_file && !strcmp(walk->file.blob.hex, blob->hex))
		return PV_OK;
	if (walk->has_file)
		pv_env_file_dispose(&walk->file);
	rc = read_file(&walk->file, walk, blob);
	walk->has_file = rc == PV_OK;
	return rc;
}

/* Compares a file with the one before it. */
static int compare_step(struct walk *walk, const struct step *step,
			const pv_oid *older_blob)
{
	pv_env_file older = { 0 };
	int rc = turn_to(walk, &step->blob);

	if (rc == PV_OK)
		rc = read_file(&older, walk, older_blob);
	if (rc < 0)
		return rc;
	if (walk->range->id)
		rc = compare_id(walk, step, &walk->file, &older, walk->range->id);
	else
		rc = compare_all(walk, step, &walk->file, &older);
	pv_env_file_dispose(&walk->file);
	walk->file = older;
	return rc;
}

/* Whether the prompt is in a file what it was when it was seen last. */
static int is_believed(int *out, struct walk *walk, const pv_oid *blob)
{
	pv_deployment now = { 0 };
	int rc = turn_to(walk, blob);

	*out = 1;
	if (rc == PV_OK)
		rc = pv_env_file_find(&now, &walk->file, walk->range->id,
				      walk->err);
	if (rc == PV_OK && walk->has_state)
		*out = pv_deployment_is_same(&now, &walk->state);
	pv_deployment_dispose(&now);
	return rc;
}

/* The files that were passed over, if one of them must have a change. */
static int check_skipped(struct walk *walk, const pv_oid *next_blob)
{
	int is = 1;
	int rc = walk->count ? is_believed(&is, walk, next_blob) : PV_OK;

	for (size_t i = 0; rc == PV_OK && !is && i < walk->count; i++)
		rc = compare_step(walk, &walk->skipped[i],
				  i + 1 < walk->count ? &walk->skipped[i + 1].blob
						      : next_blob);
	walk->count = 0;
	return rc;
}

static int skip(struct walk *walk, const struct step *step)
{
	if (pv_array_reserve(&walk->skipped, &walk->cap, walk->count + 1,
			     sizeof(*step)) < 0)
		return pv_fail_nomem(walk->err);
	walk->skipped[walk->count++] = *step;
	return PV_OK;
}

static int finish_step(struct walk *walk, const pv_oid *older_blob)
{
	struct step step = walk->last;
	int is_other = 0;
	int rc = PV_OK;

	if (walk->range->id)
		rc = concerns_others(&is_other, walk, &step.commit);
	if (rc == PV_OK && is_other)
		return skip(walk, &step);
	if (rc == PV_OK)
		rc = check_skipped(walk, &step.blob);
	return rc == PV_OK ? compare_step(walk, &step, older_blob) : rc;
}

static int on_commit(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	struct walk *walk = payload;
	int rc = walk->has_last ? finish_step(walk, blob) : PV_OK;

	walk->last.commit = *commit;
	walk->last.blob = *blob;
	walk->has_last = rc == PV_OK;
	return rc;
}

/* What is live at the tip, for the first look at what was passed over. */
static int begin(struct walk *walk)
{
	int rc = PV_OK;

	if (!walk->range->id)
		return PV_OK;
	rc = pv_env_file_load(&walk->file, walk->store, walk->range->environment,
			      &walk->range->tip, walk->err);
	walk->has_file = rc == PV_OK;
	if (rc == PV_OK)
		rc = pv_env_file_find(&walk->state, &walk->file,
				      walk->range->id, walk->err);
	walk->has_state = rc == PV_OK;
	return rc;
}

static int run(struct walk *walk)
{
	static const pv_oid none = { "" };
	pv_history_query query = { .start = walk->range->tip,
				   .mode = PV_HISTORY_FIRST_PARENT };
	pv_env_path path = { 0 };
	int rc = begin(walk);

	pv_env_path_make(&path, walk->range->environment);
	query.path = path.text;
	if (rc == PV_OK)
		rc = pv_history_walk(walk->store, &query, on_commit, walk,
				     walk->err);
	if (rc == PV_OK && walk->has_last)
		rc = finish_step(walk, &none);
	if (rc == PV_OK)
		rc = check_skipped(walk, &none);
	pv_env_file_dispose(&walk->file);
	pv_deployment_dispose(&walk->state);
	pv_free(walk->skipped);
	pv_map_dispose(&walk->newer);
	return rc;
}

int pv_environment_history(pv_store *store, const pv_history_range *range,
			   int (*fn)(const pv_deploy_event *event, void *payload),
			   void *payload, pv_error *err)
{
	pv_history_range from = *range;
	struct walk walk = { .store = store,
			     .range = &from,
			     .fn = fn,
			     .payload = payload,
			     .err = err };
	pv_oid local;
	int rc = pv_environment_check(range->environment, err);

	if (rc == PV_OK && !from.tip.hex[0])
		rc = pv_environment_tip(&from.tip, &local, store, err);
	return rc == PV_OK && from.tip.hex[0] ? run(&walk) : rc;
}
