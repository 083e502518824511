/* SPDX-License-Identifier: MIT
 *
 * Changing an environment; see apply.h.
 */
#include "deploy/apply.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "deploy/message.h"
#include "store/turn.h"

static void view_dispose(pv_deploy_view *view)
{
	pv_env_file_dispose(&view->file);
}

static int view_load(pv_deploy_view *view, pv_store *store, const char *name,
		     pv_error *err)
{
	int rc = pv_environment_tip(&view->tip, &view->local, store, err);

	view->environment = name;
	if (rc < 0)
		return rc;
	return pv_env_file_load(&view->file, store, name, &view->tip, err);
}

static void take_oid(pv_oid *out, const char *hex)
{
	out->hex[0] = '\0';
	if (hex)
		memcpy(out->hex, hex, strnlen(hex, sizeof(out->hex) - 1) + 1);
}

static int dup_text(char **out, const char *text, pv_error *err)
{
	*out = text ? pv_strdup(text) : NULL;
	return !text || *out ? PV_OK : pv_fail_nomem(err);
}

int pv_deploy_plan_add(pv_deploy_plan *plan, const pv_new_entry *item,
		       pv_error *err)
{
	pv_deployment *place;
	int rc;

	if (pv_array_reserve(&plan->items, &plan->cap, plan->count + 1,
			     sizeof(*plan->items)) < 0)
		return pv_fail_nomem(err);
	place = &plan->items[plan->count++];
	memset(place, 0, sizeof(*place));
	take_oid(&place->commit, item->commit);
	take_oid(&place->blob, item->blob);
	place->canary = item->canary;
	rc = dup_text(&place->id, item->id, err);
	if (rc == PV_OK)
		rc = dup_text(&place->version, item->version, err);
	if (rc == PV_OK)
		rc = dup_text(&place->rolled_back_from, item->rolled_back_from,
			      err);
	return rc;
}

/* --- what changes ---------------------------------------------------------- */

static void items_dispose(pv_deployment *items, size_t count)
{
	for (size_t i = 0; items && i < count; i++)
		pv_deployment_dispose(&items[i]);
	pv_free(items);
}

/* Gives the plan to the result, in place of that of an earlier attempt. */
static int take_plan(pv_deploy_result *out, pv_deploy_plan *plan, pv_error *err)
{
	items_dispose(out->now, out->count);
	items_dispose(out->was, out->count);
	pv_free(out->is_changed);
	out->now = plan->items;
	out->count = plan->count;
	memset(plan, 0, sizeof(*plan));
	out->was = pv_calloc(out->count + 1, sizeof(*out->was));
	out->is_changed = pv_calloc(out->count + 1, sizeof(*out->is_changed));
	return out->was && out->is_changed ? PV_OK : pv_fail_nomem(err);
}

/* Tells of each item what is live and whether it changes; how many do. */
static int compare(size_t *count_out, pv_deploy_result *out,
		   const pv_deploy_view *view, pv_error *err)
{
	int rc = PV_OK;

	*count_out = 0;
	for (size_t i = 0; i < out->count && rc == PV_OK; i++) {
		const pv_deployment *now = &out->now[i];
		pv_deployment *was = &out->was[i];

		rc = pv_env_file_find(was, &view->file, now->id, err);
		if (now->commit.hex[0])
			out->is_changed[i] = !pv_deployment_is_same(was, now);
		else
			out->is_changed[i] = was->id != NULL;
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

static int put_entries(pv_buf *out, pv_new_entry *entries, size_t count,
		       const pv_deploy_view *view, pv_error *err)
{
	pv_str text = { pv_buf_text(&view->file.text), view->file.text.len };

	if (count)
		qsort(entries, count, sizeof(*entries), by_id);
	return pv_environment_put(out, text, entries, count, err);
}

/* The new text of the file. */
static int edit(pv_buf *out, const pv_deploy_view *view,
		const pv_deploy_change *change, const pv_deploy_result *result,
		pv_error *err)
{
	pv_new_entry *entries = pv_calloc(result->count + 1, sizeof(*entries));
	char at[PV_TIME_TEXT];
	size_t count = 0;
	int rc;

	if (!entries)
		return pv_fail_nomem(err);
	pv_time_format(at, result->when * 1000000);
	for (size_t i = 0; i < result->count; i++) {
		const pv_deployment *now = &result->now[i];
		pv_new_entry *entry = &entries[count];

		if (!result->is_changed[i])
			continue;
		count++;
		entry->id = now->id;
		entry->version = now->version;
		entry->commit = now->commit.hex[0] ? now->commit.hex : NULL;
		entry->blob = now->blob.hex;
		entry->at = at;
		entry->by = result->actor;
		entry->reason = change->reason;
		entry->canary = now->canary;
		entry->rolled_back_from = now->rolled_back_from;
	}
	rc = put_entries(out, entries, count, view, err);
	pv_free(entries);
	return rc;
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

/* `text` NULL: the file goes. */
static int commit(pv_deploy_result *out, pv_store *store,
		  const pv_deploy_view *view, const pv_deploy_change *change,
		  const pv_buf *text, pv_error *err)
{
	static const pv_oid none = { "" };
	pv_change file = { .path = view->file.path.text };
	pv_change_set set = { .branch = PV_ENVIRONMENT_REF,
			      .base = &view->tip,
			      .expected = &view->local };
	/* The entry and the commit say the same time. */
	pv_commit_options opts = { .keep_message = 1, .when = out->when };
	pv_buf message = { 0 };
	int rc = pv_deploy_message(&message, change, out, err);

	if (text) {
		file.data = pv_buf_text(text);
		file.len = text->len;
	}
	set.changes = &file;
	set.count = 1;
	if (change->refname) {
		set.branch = change->refname;
		set.expected = &none;
	}
	opts.message = pv_buf_text(&message);
	if (rc == PV_OK)
		rc = pv_store_commit_changes(&out->commit, store, &set, &opts,
					     err);
	pv_buf_dispose(&message);
	return rc;
}

/* Whether there is something to do. */
static int is_needed(size_t count, const pv_deploy_view *view,
		     const pv_deploy_change *change)
{
	int is_there = view->file.blob.hex[0] != '\0';

	if (change->kind == PV_DO_CREATE)
		return !is_there;
	if (change->kind == PV_DO_DELETE)
		return is_there;
	return count > 0;
}

static int plan(pv_deploy_result *out, pv_store *store,
		const pv_deploy_view *view, const pv_deploy_change *change,
		pv_error *err)
{
	pv_deploy_plan made = { 0 };
	int rc = PV_OK;

	if (change->plan)
		rc = change->plan(&made, store, view, change->payload, err);
	if (rc == PV_OK)
		rc = take_plan(out, &made, err);
	items_dispose(made.items, made.count);
	return rc;
}

/* `*moved_out`: what moving the branch answered, see store/turn.h. */
static int attempt(pv_deploy_result *out, int *moved_out, pv_store *store,
		   const pv_deploy_change *change, pv_error *err)
{
	pv_deploy_view view = { 0 };
	pv_buf text = { 0 };
	size_t count = 0;
	int is_edit = change->kind != PV_DO_DELETE;
	int rc = view_load(&view, store, change->environment, err);

	if (rc == PV_OK)
		rc = plan(out, store, &view, change, err);
	if (rc == PV_OK)
		rc = compare(&count, out, &view, err);
	if (rc == PV_OK)
		rc = read_actor(out, store, err);
	if (rc == PV_OK && is_needed(count, &view, change)) {
		if (is_edit)
			rc = edit(&text, &view, change, out, err);
		if (rc == PV_OK && !change->dry_run) {
			rc = commit(out, store, &view, change,
				    is_edit ? &text : NULL, err);
			*moved_out = rc;
		}
	}
	pv_buf_dispose(&text);
	view_dispose(&view);
	return rc;
}

int pv_deploy_apply(pv_deploy_result *out, pv_store *store,
		    const pv_deploy_change *change, pv_error *err)
{
	int rc = pv_environment_check(change->environment, err);
	pv_turn turn = { .store = store };
	int moved;

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	do {
		moved = PV_OK;
		rc = attempt(out, &moved, store, change, err);
	} while (pv_turn_again(&turn, moved));
	if (rc == PV_OK && out->commit.hex[0] && !change->refname)
		out->is_checked_out =
			pv_branch_check_free(store, PV_ENVIRONMENT_REF, NULL) ==
			PV_ECONFLICT;
	if (rc < 0)
		pv_deploy_result_dispose(out);
	return rc;
}

void pv_deploy_result_dispose(pv_deploy_result *result)
{
	items_dispose(result->was, result->count);
	items_dispose(result->now, result->count);
	pv_free(result->is_changed);
	pv_free(result->actor);
	memset(result, 0, sizeof(*result));
}
