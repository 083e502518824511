/* SPDX-License-Identifier: MIT
 *
 * See work_status.h.
 */
#include "version/work_status.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "repo/prompts_place.h"
#include "repo/selection.h"

const char *work_state_name(enum pv_store_state state)
{
	switch (state) {
	case PV_STATE_NONE:
		return "none";
	case PV_STATE_MERGE:
		return "merge";
	case PV_STATE_REVERT:
		return "revert";
	case PV_STATE_CHERRY_PICK:
		return "cherry-pick";
	case PV_STATE_REBASE:
		return "rebase";
	case PV_STATE_OTHER:
		return "other";
	}
	return "other";
}

/* "new", "modified" ... from the two letters. */
const char *work_change_name(const work_change *item)
{
	if (item->staged == 'U' || item->unstaged == 'U' ||
	    (item->staged == 'A' && item->unstaged == 'A') ||
	    (item->staged == 'D' && item->unstaged == 'D'))
		return "unmerged";
	if (item->staged == 'D' || item->unstaged == 'D')
		return "deleted";
	if (item->staged == '?' || item->staged == 'A' || item->unstaged == 'A')
		return "new";
	return "modified";
}

static enum pv_bump bump_between(const pv_semver *a, const pv_semver *b)
{
	if (a->major != b->major)
		return PV_BUMP_MAJOR;
	if (a->minor != b->minor)
		return PV_BUMP_MINOR;
	return a->patch != b->patch ? PV_BUMP_PATCH : PV_BUMP_NONE;
}

/* The number a described version announces: what stands before the "-". */
static void next_version(work_change *item, const char *described,
			 const pv_version_info *last)
{
	char plain[PV_VERSION_TEXT] = "";
	size_t len = strcspn(described, "-+");
	pv_semver next;

	if (len >= sizeof(plain))
		return;
	memcpy(plain, described, len);
	if (pv_semver_parse(&next, plain, NULL) < 0)
		return;
	pv_semver_format(item->next, &next);
	item->bump = last ? bump_between(&last->number, &next) : PV_BUMP_NONE;
}

/* Whether these are the bytes of a version before the last one. */
static int is_of_older(const char *described, const pv_version_info *last)
{
	pv_semver number;

	return last && pv_semver_parse(&number, described, NULL) == PV_OK &&
	       pv_semver_cmp(&number, &last->number) < 0;
}

/* Made again after it was removed: the next major, whatever its bytes are. */
static int next_start(work_change *item, const pv_version_info *last,
		      pv_error *err)
{
	pv_semver next;
	int rc = pv_semver_next(&next, &last->number, PV_BUMP_MAJOR, err);

	if (rc == PV_OK)
		pv_semver_format(item->next, &next);
	item->bump = PV_BUMP_MAJOR;
	return rc;
}

/* Whether the file loads: a version is only announced for one that does. */
static int check_loads(work_status *status, work_change *item)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	cli_prompt entry = { 0 };
	int rc;

	rc = cli_prompt_read(&entry, status->cli, &here, item->id, item->path,
			     NULL);
	item->is_link = rc == PV_EINVALID;
	item->is_broken = item->is_link || (rc == PV_OK && !entry.prompt);
	cli_prompt_dispose(&entry);
	return item->is_link ? PV_OK : rc;
}

static int describe(work_status *status, work_change *item)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	pv_cli *cli = status->cli;
	const pv_version_info *last;
	pv_buf version = { 0 };
	int rc;

	rc = pv_version_index_latest(&last, status->versions, item->id,
				     &cli->err);
	if (rc < 0)
		return rc;
	if (last)
		memcpy(item->last, last->text, sizeof(item->last));
	if (strcmp(work_change_name(item), "deleted") == 0)
		return PV_OK;
	rc = check_loads(status, item);
	if (rc < 0 || item->is_broken)
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	if (last && strcmp(work_change_name(item), "new") == 0)
		return next_start(item, last, &cli->err);
	rc = pv_version_index_describe(&version, status->versions, item->id,
				       &here, NULL, &cli->err);
	if (rc == PV_OK && is_of_older(pv_buf_text(&version), last)) {
		pv_buf_clear(&version);
		rc = pv_version_index_describe_change(&version, status->versions,
						      item->id, NULL, NULL,
						      &cli->err);
	}
	if (rc == PV_OK)
		next_version(item, pv_buf_text(&version), last);
	pv_buf_dispose(&version);
	return rc;
}

static int add_change(work_status *status, const pv_status_entry *entry)
{
	pv_cli *cli = status->cli;
	work_change *item;
	pv_buf id = { 0 };

	if (pv_array_reserve(&status->items, &status->cap, status->count + 1,
			     sizeof(*status->items)) < 0)
		return pv_fail_nomem(&cli->err);
	item = &status->items[status->count++];
	memset(item, 0, sizeof(*item));
	item->staged = entry->staged;
	item->unstaged = entry->unstaged;
	item->path = pv_strdup(entry->path);
	if (pv_prompt_id(&id, &cli->settings, entry->path, NULL) == PV_OK)
		item->id = pv_strdup(pv_buf_text(&id));
	pv_buf_dispose(&id);
	return item->path ? PV_OK : pv_fail_nomem(&cli->err);
}

static int each_change(const pv_status_entry *entry, void *payload)
{
	const work_status *status = payload;

	if (selection_is_nested(status->cli, entry))
		return PV_OK;
	return add_change(payload, entry);
}

static int each_conflict(const pv_conflict *conflict, void *payload)
{
	work_status *status = payload;

	return pv_strlist_add(&status->unmerged, conflict->path,
			      &status->cli->err);
}

static int is_changed(const work_status *status, const char *id)
{
	for (size_t i = 0; i < status->count; i++)
		if (status->items[i].id && strcmp(status->items[i].id, id) == 0)
			return 1;
	return 0;
}

int work_status_is_on_default(const work_status *status)
{
	return !strcmp(pv_buf_text(&status->branch),
		       status->cli->settings.default_branch);
}

/* A prompt that is changed, as HEAD has it. */
static int find_in_head(pv_oid *out, const work_status *status, const char *path)
{
	const pv_point head = { PV_AT_COMMIT, status->head };

	return status->head.hex[0] && pv_store_find(out, status->cli->store,
						    &head, path, NULL) == PV_OK;
}

static int is_without_version(work_status *status, const char *id, int stale)
{
	const pv_version_info *last = NULL;

	if (stale == PV_STALE_OWN || stale == PV_STALE_BELOW)
		return 1;
	return stale == PV_STALE_NOT &&
	       pv_version_index_latest(&last, status->versions, id, NULL) ==
		       PV_OK &&
	       !last;
}

/* What is changed was committed before, maybe, and not released. */
static int each_changed(work_status *status, const char *id, const char *path)
{
	const pv_point head = { PV_AT_COMMIT, status->head };
	pv_oid blob;
	int rc;

	if (!find_in_head(&blob, status, path))
		return PV_OK;
	rc = pv_version_index_is_stale(status->versions, id, &head, &blob, NULL);
	if (is_without_version(status, id, rc))
		return pv_strlist_add(&status->pending, id, &status->cli->err);
	return rc == PV_ENOMEM ? pv_fail_nomem(&status->cli->err) : PV_OK;
}

/* A prompt of the index; where git sees no change, HEAD has that blob. */
static int each_prompt(const char *id, const char *path, const pv_oid *blob,
		       void *payload)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	work_status *status = payload;
	int rc;

	if (is_changed(status, id))
		return each_changed(status, id, path);
	rc = pv_version_index_is_stale(status->versions, id, &here, blob, NULL);
	if (is_without_version(status, id, rc) &&
	    pv_strlist_add(&status->pending, id, &status->cli->err) < 0)
		return PV_ENOMEM;
	if (rc == PV_STALE_BELOW)
		return pv_strlist_add(&status->stale, id, &status->cli->err);
	/* On other branches that is how it should be. */
	if (rc == PV_STALE_OWN && work_status_is_on_default(status))
		return pv_strlist_add(&status->unreleased, id, &status->cli->err);
	/* A prompt that does not load is for `check` to report. */
	return rc == PV_ENOMEM ? pv_fail_nomem(&status->cli->err) : PV_OK;
}

int work_status_collect(work_status *status)
{
	/* Not the files: git is told not to look at some of them. */
	const pv_point staged = { PV_AT_INDEX, { "" } };
	pv_cli *cli = status->cli;
	const char *prefixes[SELECTION_FOLDERS];
	int rc;

	selection_folders(prefixes, &cli->settings);
	rc = pv_store_head(&status->branch, &status->head, cli->store, &cli->err);
	if (rc == PV_OK)
		rc = pv_version_index_load(&status->versions, cli->store,
					   &cli->settings, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_status(cli->store, prefixes, pv_array_len(prefixes),
				     each_change, status, &cli->err);
	/* "Nothing" must not be said of what git does not look at. */
	if (rc == PV_OK && !status->count)
		rc = prompts_place_check(cli);
	if (rc == PV_OK)
		rc = pv_store_conflict_each(cli->store, each_conflict, status,
					    &cli->err);
	for (size_t i = 0; i < status->count && rc == PV_OK; i++)
		if (status->items[i].id)
			rc = describe(status, &status->items[i]);
	if (rc == PV_OK)
		rc = pv_prompt_each(cli->store, &cli->settings, &staged,
				    each_prompt, status, &cli->err);
	return rc;
}

static int has_git_file(pv_cli *cli, const char *name)
{
	pv_buf path = { 0 };
	int found;

	pv_buf_printf(&path, "%s/%s", pv_store_git_dir(cli->store), name);
	found = path.status == PV_OK && pv_file_exists(path.ptr);
	pv_buf_dispose(&path);
	return found;
}

/* By the words people know; NULL for nothing. */
const char *work_doing(pv_cli *cli)
{
	enum pv_store_state state = pv_store_state(cli->store);

	if (state == PV_STATE_NONE)
		return NULL;
	if (state != PV_STATE_OTHER)
		return work_state_name(state);
	return has_git_file(cli, "rebase-apply/applying") ? "git am"
							  : "git am or rebase";
}

void work_change_version(pv_cli *cli, const work_change *item)
{
	if (item->is_link)
		cli_puts(cli, "  a symbolic link, no prompt");
	else if (item->is_broken)
		cli_printf(cli, "  %sdoes not load%s: see git pv check",
			   cli_color(cli, CLI_COLOR_ERROR),
			   cli_color(cli, CLI_COLOR_RESET));
	else if (item->next[0] && item->last[0])
		cli_printf(cli, "  %s -> %s (%s)", item->last, item->next,
			   pv_bump_name(item->bump));
	else if (item->next[0])
		cli_printf(cli, "  -> %s", item->next);
	else if (item->last[0])
		cli_printf(cli, "  was %s", item->last);
}

void work_status_dispose(work_status *status)
{
	for (size_t i = 0; i < status->count; i++) {
		pv_free(status->items[i].path);
		pv_free(status->items[i].id);
	}
	pv_free(status->items);
	pv_buf_dispose(&status->branch);
	pv_strlist_dispose(&status->unmerged);
	pv_strlist_dispose(&status->stale);
	pv_strlist_dispose(&status->unreleased);
	pv_strlist_dispose(&status->pending);
	pv_version_index_free(status->versions);
}
