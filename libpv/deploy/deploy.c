/* SPDX-License-Identifier: MIT
 *
 * Deploying: the entries of an environment's file are replaced, on top of what
 * the branch has, by compare-and-swap. Whoever loses the race reads the branch
 * again and does the same to it, so that no deployment is lost and the branch
 * stays one line of commits.
 */
#include <pv/deploy.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "deploy/entry.h"
#include "deploy/message.h"
#include "store/lock.h"
#include "version/environment.h"

/* How often a lost race is run again before giving up. */
enum {
	MAX_ATTEMPTS = 200
};

/* One attempt's view of the branch. */
struct view {
	pv_oid tip;
	pv_oid local;
	pv_environment now;
	pv_buf text;
};

static void view_dispose(struct view *view)
{
	pv_environment_dispose(&view->now);
	pv_buf_dispose(&view->text);
	memset(view, 0, sizeof(*view));
}

static int view_load(struct view *view, pv_store *store, const char *name,
		     const char *file, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	int rc = pv_environment_tip(&view->tip, &view->local, store, err);

	if (rc < 0 || !view->tip.hex[0])
		return rc;
	at.commit = view->tip;
	rc = pv_store_read(&view->text, NULL, store, &at, file, err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		return PV_OK;
	}
	return rc < 0 ? rc
		      : pv_environment_load(&view->now, store, name, &view->tip,
					    err);
}

/* --- what changes ---------------------------------------------------------- */

static int is_text_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* All of the traffic is 100 per cent of it. */
static int canary_of(int canary)
{
	return canary < 0 ? 100 : canary;
}

static int is_live(const pv_deployment *was, const pv_deploy_item *item,
		   int canary)
{
	return was && is_text_same(was->version, item->version) &&
	       !strcmp(was->commit.hex, item->commit.hex) &&
	       !strcmp(was->blob.hex, item->blob.hex) &&
	       canary_of(was->canary) == canary_of(canary);
}

static int dup_text(char **out, const char *text, pv_error *err)
{
	*out = text ? pv_strdup(text) : NULL;
	return !text || *out ? PV_OK : pv_fail_nomem(err);
}

static int keep_was(pv_deployment *out, const pv_deployment *was, pv_error *err)
{
	int rc;

	pv_deployment_dispose(out);
	if (!was)
		return PV_OK;
	out->commit = was->commit;
	out->blob = was->blob;
	out->canary = was->canary;
	rc = dup_text(&out->id, was->id, err);
	if (rc == PV_OK)
		rc = dup_text(&out->version, was->version, err);
	if (rc == PV_OK)
		rc = dup_text(&out->at, was->at, err);
	if (rc == PV_OK)
		rc = dup_text(&out->by, was->by, err);
	return rc == PV_OK ? dup_text(&out->reason, was->reason, err) : rc;
}

/* Tells of each item what is live and whether it changes; how many do. */
static int compare(size_t *count_out, pv_deploy_result *out,
		   const struct view *view, const pv_deploy_request *request,
		   pv_error *err)
{
	int rc = PV_OK;

	*count_out = 0;
	for (size_t i = 0; i < request->count && rc == PV_OK; i++) {
		const pv_deploy_item *item = &request->items[i];
		const pv_deployment *was =
			pv_environment_find(&view->now, item->id);

		rc = keep_was(&out->was[i], was, err);
		out->is_changed[i] = !is_live(was, item, request->canary);
		*count_out += (size_t)out->is_changed[i];
	}
	return rc;
}

static int by_id(const void *a, const void *b)
{
	const pv_new_entry *first = a;
	const pv_new_entry *second = b;

	return strcmp(first->id, second->id);
}

/* The new text of the file. `entries` has room for all items. */
static int edit(pv_buf *out, pv_new_entry *entries, const struct view *view,
		const pv_deploy_request *request,
		const pv_deploy_result *result, pv_error *err)
{
	pv_str text = { pv_buf_text(&view->text), view->text.len };
	char at[PV_TIME_TEXT];
	size_t count = 0;

	pv_time_format(at, result->when * 1000000);
	for (size_t i = 0; i < request->count; i++) {
		const pv_deploy_item *item = &request->items[i];
		pv_new_entry *entry = &entries[count];

		if (!result->is_changed[i])
			continue;
		count++;
		entry->id = item->id;
		entry->version = item->version;
		entry->commit = item->commit.hex;
		entry->blob = item->blob.hex;
		entry->at = at;
		entry->by = result->actor;
		entry->reason = request->reason;
		entry->canary = request->canary;
	}
	qsort(entries, count, sizeof(*entries), by_id);
	return pv_environment_put(out, text, entries, count, err);
}

/* --- the commit ------------------------------------------------------------ */

static int read_actor(pv_deploy_result *out, pv_store *store, pv_error *err)
{
	pv_signature who = { 0 };
	pv_buf text = { 0 };
	int rc = pv_store_committer(&who, store, err);

	if (rc < 0)
		return rc;
	pv_buf_printf(&text, "%s <%s>", who.name, who.email);
	out->when = who.when;
	pv_signature_dispose(&who);
	rc = pv_buf_status(&text, err);
	pv_free(out->actor);
	out->actor = rc == PV_OK ? text.ptr : NULL;
	if (rc < 0)
		pv_buf_dispose(&text);
	return rc;
}

static int commit(pv_deploy_result *out, pv_store *store,
		  const struct view *view, const pv_deploy_request *request,
		  const pv_change *change, pv_error *err)
{
	pv_change_set set = { .branch = PV_ENVIRONMENT_REF,
			      .changes = change,
			      .count = 1,
			      .base = &view->tip,
			      .expected = &view->local };
	pv_commit_options opts = { .keep_message = 1 };
	pv_buf message = { 0 };
	int rc = pv_deploy_message(&message, request, out, err);

	opts.message = pv_buf_text(&message);
	if (rc == PV_OK)
		rc = pv_store_commit_changes(&out->commit, store, &set, &opts,
					     err);
	pv_buf_dispose(&message);
	return rc;
}

/* `*is_lost_out` when others were faster: it is to be done again. */
static int attempt(pv_deploy_result *out, int *is_lost_out, pv_store *store,
		   const pv_deploy_request *request, pv_error *err)
{
	char file[PV_ENVIRONMENT_MAX + sizeof(".yaml")];
	pv_new_entry *entries = pv_calloc(request->count, sizeof(*entries));
	struct view view = { 0 };
	pv_buf text = { 0 };
	size_t count = 0;
	int rc = entries ? PV_OK : pv_fail_nomem(err);

	snprintf(file, sizeof(file), "%.64s.yaml", request->environment);
	if (rc == PV_OK)
		rc = view_load(&view, store, request->environment, file, err);
	if (rc == PV_OK)
		rc = compare(&count, out, &view, request, err);
	if (rc == PV_OK)
		rc = read_actor(out, store, err);
	if (rc == PV_OK && count)
		rc = edit(&text, entries, &view, request, out, err);
	if (rc == PV_OK && count && !request->dry_run) {
		pv_change change = { file, text.ptr, text.len };

		rc = commit(out, store, &view, request, &change, err);
		*is_lost_out = rc == PV_ECONFLICT || rc == PV_ELOCKED;
	}
	pv_free(entries);
	pv_buf_dispose(&text);
	view_dispose(&view);
	return rc;
}

static int check_request(const pv_deploy_request *request, pv_error *err)
{
	int rc = pv_environment_check(request->environment, err);
	pv_strlist ids = { 0 };

	for (size_t i = 0; i < request->count && rc == PV_OK; i++)
		rc = pv_strlist_add(&ids, request->items[i].id, err);
	pv_strlist_sort(&ids);
	for (size_t i = 1; i < ids.count && rc == PV_OK; i++)
		if (!strcmp(ids.items[i - 1], ids.items[i]))
			rc = pv_fail(err, PV_EINVALID,
				     "\"%.140s\" is to be deployed twice",
				     ids.items[i]);
	pv_strlist_dispose(&ids);
	return rc;
}

int pv_deploy_run(pv_deploy_result *out, pv_store *store,
		  const pv_deploy_request *request, pv_error *err)
{
	int is_lost = 1;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = check_request(request, err);
	if (rc < 0)
		return rc;
	out->count = request->count;
	out->was = pv_calloc(request->count, sizeof(*out->was));
	out->is_changed = pv_calloc(request->count, sizeof(*out->is_changed));
	if (!out->was || !out->is_changed)
		rc = pv_fail_nomem(err);
	for (int i = 0; rc != PV_ENOMEM && is_lost && i < MAX_ATTEMPTS; i++) {
		if (i)
			pv_backoff(i - 1);
		is_lost = 0;
		rc = attempt(out, &is_lost, store, request, err);
	}
	if (rc == PV_OK && out->commit.hex[0])
		out->is_checked_out =
			pv_branch_check_free(store, PV_ENVIRONMENT_REF, NULL) ==
			PV_ECONFLICT;
	if (rc < 0)
		pv_deploy_result_dispose(out);
	return rc;
}

void pv_deploy_result_dispose(pv_deploy_result *result)
{
	for (size_t i = 0; result->was && i < result->count; i++)
		pv_deployment_dispose(&result->was[i]);
	pv_free(result->was);
	pv_free(result->is_changed);
	pv_free(result->actor);
	memset(result, 0, sizeof(*result));
}
