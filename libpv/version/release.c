/* SPDX-License-Identifier: MIT
 *
 * Releasing: everything is read, checked and numbered before the first tag is
 * made, so a refusal changes nothing. What is released follows from the state
 * of the default branch's tip alone; a call that was cut short is completed
 * by the next.
 */
#include <pv/version.h>

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "version/blocked.h"
#include "version/plan.h"
#include "version/tag.h"

enum {
	RACE_ATTEMPTS = 8
};

/* --- planning ------------------------------------------------------------ */

static int is_shallow(pv_store *store)
{
	pv_buf path = { 0 };
	int found;

	pv_buf_printf(&path, "%s/shallow", pv_store_common_dir(store));
	found = path.status == PV_OK && pv_file_exists(path.ptr);
	pv_buf_dispose(&path);
	return found;
}

/* Where history is cut off, versions before the cut cannot be told. */
static int fail_shallow(pv_error *err)
{
	return pv_error_hint(err,
			     pv_fail(err, PV_EUNSUPPORTED,
				     "a shallow clone cannot release"),
			     "run git fetch --unshallow");
}

/* The versions of all prompts, or of the few that are to be released. */
static int load_versions(pv_plan_list *plans, pv_store *store,
			 const pv_settings *settings, pv_error *err)
{
	enum {
		FEW = 16
	};
	const pv_release_options *opts = plans->opts;
	int rc;

	if (!opts->id_count || opts->id_count > FEW)
		return pv_version_index_load(&plans->index, store, settings, err);
	rc = pv_version_index_open(&plans->index, store, settings, opts->ids[0],
				   err);
	for (size_t i = 1; rc == PV_OK && i < opts->id_count; i++)
		rc = pv_version_index_add(plans->index, opts->ids[i], err);
	return rc;
}

static int make_plans(pv_plan_list *plans, pv_store *store,
		      const pv_settings *settings, pv_error *err)
{
	int rc = load_versions(plans, store, settings, err);

	if (rc < 0)
		return rc;
	plans->reader.store = store;
	plans->reader.settings = settings;
	plans->reader.at.kind = PV_AT_COMMIT;
	rc = pv_settings_tip(&plans->reader.at.commit, store, settings, err);
	if (rc == PV_OK)
		rc = pv_plan_choose(plans, err);
	if (rc == PV_OK && is_shallow(store))
		return plans->count ? fail_shallow(err) : PV_OK;
	if (rc == PV_OK)
		rc = pv_plan_recreated(plans, err);
	if (rc < 0 || !plans->count)
		return rc;
	rc = pv_plan_bring(plans, err);
	for (size_t i = 0; rc == PV_OK && i < plans->count; i++)
		rc = pv_plan_number(&plans->items[i], plans, err);
	return rc;
}

static void dispose_plans(pv_plan_list *plans)
{
	for (size_t i = 0; i < plans->count; i++)
		pv_members_dispose(&plans->items[i].members);
	pv_free(plans->items);
	pv_free(plans->settled);
	pv_map_dispose(&plans->chosen);
	pv_map_dispose(&plans->published);
	pv_arena_dispose(&plans->arena);
	pv_closure_reader_dispose(&plans->reader);
	pv_version_index_free(plans->index);
}

/* --- tagging ------------------------------------------------------------- */

static int add_release(pv_release_list *out, const pv_plan *plan,
		       const pv_release_options *opts, pv_error *err)
{
	const pv_version_info *previous = opts->pre ? plan->last : plan->base;
	pv_release release = { .commit = plan->commit, .bump = plan->bump };
	pv_buf tag = { 0 };

	if (!previous)
		previous = plan->last;
	if (previous)
		memcpy(release.previous, previous->text,
		       sizeof(release.previous));
	pv_semver_format(release.version, &plan->number);
	pv_version_tag_name(&tag, plan->id, &plan->number);
	release.tag = tag.ptr;
	release.id = pv_strdup(plan->id);
	if (tag.status < 0 || !release.id ||
	    pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(release)) < 0) {
		pv_buf_dispose(&tag);
		pv_free(release.id);
		return pv_fail_nomem(err);
	}
	out->items[out->count++] = release;
	return PV_OK;
}

static const char tags_prefix[] = "refs/tags/";

/* The tags of all plans, and what their requests borrow. */
struct tagging {
	pv_tag_request *requests;
	pv_buf *refnames;
	pv_buf *messages;
	pv_oid *oids;       /* of the tags */
	pv_commit *commits; /* of the plans, each read once */
	size_t commit_count;
};

/* Plans of one commit mostly follow each other. */
static int read_tagger(const pv_signature **out, struct tagging *it,
		       pv_store *store, const pv_oid *oid, pv_error *err)
{
	size_t at = it->commit_count;
	int rc;

	while (at && strcmp(it->commits[at - 1].oid.hex, oid->hex) != 0)
		at--;
	if (at) {
		*out = &it->commits[at - 1].committer;
		return PV_OK;
	}
	rc = pv_store_commit_read(&it->commits[it->commit_count], store, oid,
				  err);
	if (rc == PV_OK)
		*out = &it->commits[it->commit_count++].committer;
	return rc;
}

static int request_tag(struct tagging *it, size_t at, pv_plan *plan,
		       pv_store *store, pv_error *err)
{
	pv_version_info info = { .blob = plan->blob,
				 .closure = plan->closure,
				 .bump = plan->bump };
	pv_tag_request *request = &it->requests[at];
	pv_buf *message = &it->messages[at];
	int rc;

	pv_semver_format(info.text, &plan->number);
	pv_version_tag_message(message, plan->id, &info);
	pv_buf_puts(&it->refnames[at], tags_prefix);
	pv_version_tag_name(&it->refnames[at], plan->id, &plan->number);
	rc = pv_buf_status(message, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&it->refnames[at], err);
	if (rc == PV_OK)
		request->name = it->refnames[at].ptr + strlen(tags_prefix);
	request->message = message->ptr;
	request->commit = plan->commit;
	if (rc == PV_OK)
		rc = read_tagger(&request->tagger, it, store, &plan->commit, err);
	return rc;
}

static void dispose_tagging(struct tagging *it, size_t count)
{
	for (size_t i = 0; it->messages && i < count; i++)
		pv_buf_dispose(&it->messages[i]);
	for (size_t i = 0; it->refnames && i < count; i++)
		pv_buf_dispose(&it->refnames[i]);
	for (size_t i = 0; i < it->commit_count; i++)
		pv_commit_dispose(&it->commits[i]);
	pv_free(it->requests);
	pv_free(it->messages);
	pv_free(it->refnames);
	pv_free(it->oids);
	pv_free(it->commits);
}

/*
 * Drops from the list what has no tag after a failure, or one that somebody
 * else made for another state. Memory may be what was lacking, so this needs
 * none.
 */
static void keep_tagged(pv_release_list *list, const struct tagging *it,
			pv_store *store)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		pv_release *item = &list->items[i];
		pv_oid oid;

		if (it->oids && it->refnames && it->oids[i].hex[0] &&
		    pv_store_ref(&oid, store, it->refnames[i].ptr, NULL) == PV_OK &&
		    strcmp(oid.hex, it->oids[i].hex) == 0) {
			list->items[kept++] = *item;
		} else {
			pv_free(item->id);
			pv_free(item->tag);
		}
	}
	list->count = kept;
}

/*
 * Notes every prompt a ref leaves no room for; the others can be released at
 * the next attempt, which PV_EEXISTS asks for.
 */
static int note_blocked(int rc, const struct tagging *it, pv_plan_list *plans,
			pv_blocked *blocked, pv_error *err)
{
	int found = 0;

	for (size_t i = 0; i < plans->count && it->refnames[i].len; i++) {
		int one = pv_blocked_note(blocked, plans->index->store,
					  plans->items[i].id,
					  it->refnames[i].ptr, err);

		if (one < 0)
			return one;
		found |= one;
	}
	return found ? PV_EEXISTS : rc;
}

/* Leaves out what the attempts before could not tag. */
static void drop_blocked(pv_plan_list *plans, const pv_blocked *blocked)
{
	size_t kept = 0;

	for (size_t i = 0; i < plans->count; i++) {
		if (pv_blocked_has(blocked, plans->items[i].id))
			pv_members_dispose(&plans->items[i].members);
		else
			plans->items[kept++] = plans->items[i];
	}
	plans->count = kept;
}

/* `list` holds what is to be released, in the order of the plans. */
static int make_tags(pv_release_list *list, pv_plan_list *plans,
		     pv_blocked *blocked, pv_error *err)
{
	pv_store *store = plans->index->store;
	struct tagging it = { 0 };
	size_t count = plans->count;
	int rc = PV_OK;

	it.requests = pv_calloc(count, sizeof(*it.requests));
	it.messages = pv_calloc(count, sizeof(*it.messages));
	it.refnames = pv_calloc(count, sizeof(*it.refnames));
	it.oids = pv_calloc(count, sizeof(*it.oids));
	it.commits = pv_calloc(count, sizeof(*it.commits));
	if (!it.requests || !it.messages || !it.refnames || !it.oids ||
	    !it.commits) {
		pv_fail_nomem(err);
		rc = PV_ENOMEM;
	}
	for (size_t i = 0; rc == PV_OK && i < count; i++)
		rc = request_tag(&it, i, &plans->items[i], store, err);
	if (rc == PV_OK)
		rc = pv_store_tag_many(it.oids, store, it.requests, count, err);
	if (rc < 0)
		keep_tagged(list, &it, store);
	if (rc == PV_EEXISTS || rc == PV_EGIT)
		rc = note_blocked(rc, &it, plans, blocked, err);
	dispose_tagging(&it, count);
	return rc;
}

static int carry_out(pv_release_list *out, pv_plan_list *plans,
		     pv_blocked *blocked, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < plans->count; i++)
		rc = add_release(out, &plans->items[i], plans->opts, err);
	if (rc < 0) {
		pv_release_list_dispose(out);
		return rc;
	}
	if (plans->opts->dry_run || !plans->count)
		return PV_OK;
	return make_tags(out, plans, blocked, err);
}

/* One attempt; what was released is in `out` whatever is returned. */
static int attempt(pv_release_list *out, pv_store *store,
		   const pv_settings *settings, const pv_release_options *opts,
		   pv_blocked *blocked, pv_error *err)
{
	static const pv_release_options defaults;
	pv_plan_list plans = { .opts = opts ? opts : &defaults };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = make_plans(&plans, store, settings, err);
	if (rc == PV_OK) {
		drop_blocked(&plans, blocked);
		rc = carry_out(out, &plans, blocked, err);
	}
	dispose_plans(&plans);
	return rc;
}

int pv_release_list_append(pv_release_list *list, pv_release_list *more,
			   pv_error *err)
{
	int rc = PV_OK;

	if (more->count && pv_array_reserve(&list->items, &list->cap,
					    list->count + more->count,
					    sizeof(*list->items)) < 0) {
		rc = pv_fail_nomem(err);
	} else if (more->count) {
		memcpy(list->items + list->count, more->items,
		       more->count * sizeof(*more->items));
		list->count += more->count;
		more->count = 0;
	}
	pv_release_list_dispose(more);
	return rc;
}

static int release_all(pv_release_list *out, pv_store *store,
		       const pv_settings *settings,
		       const pv_release_options *opts, pv_error *err)
{
	pv_blocked blocked = { 0 };
	int rc = attempt(out, store, settings, opts, &blocked, err);

	/* Who releases the same at the same time may be first with a tag. */
	for (int i = 1; rc == PV_EEXISTS && i < RACE_ATTEMPTS; i++) {
		pv_release_list more;
		int appended;

		pv_error_clear(err);
		rc = attempt(&more, store, settings, opts, &blocked, err);
		appended = pv_release_list_append(out, &more, err);
		rc = appended < 0 ? appended : rc;
	}
	if (rc == PV_OK)
		rc = pv_blocked_status(&blocked, err);
	pv_blocked_dispose(&blocked);
	return rc;
}

int pv_release_run(pv_release_list *out, pv_store *store,
		   const pv_settings *settings, const pv_release_options *opts,
		   pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "version", "release",
			    release_all(out, store, settings, opts, err));
}

void pv_release_list_dispose(pv_release_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		pv_free(list->items[i].id);
		pv_free(list->items[i].tag);
	}
	pv_free(list->items);
	memset(list, 0, sizeof(*list));
}
