/* SPDX-License-Identifier: MIT
 *
 * Hints for names that are not there. All of this runs only on the way to an
 * error, which it must not replace by another: what cannot be found out is
 * left out of the hint.
 */
#include "version/suggest.h"

#include <stdio.h>
#include <string.h>

#include "base/edit_distance.h"
#include "base/fail.h"
#include "base/str.h"

enum {
	SUGGEST_MAX = 3,
	EDITS_MAX = 4,
	NEAR_MAX = 2, /* of the versions above */
	LISTED_MAX = 3
};

/* The best ids so far, nearest first. */
struct candidates {
	const char *want; /* as an id would be written: see plain_id */
	char ids[SUGGEST_MAX][PV_ID_MAX + 1];
	size_t distance[SUGGEST_MAX];
	size_t count;
	int has_prompts;
};

static const char *last_part(const char *id)
{
	const char *slash = strrchr(id, '/');

	return slash ? slash + 1 : id;
}

/* Up to as many edits as a word of that length may have; else SIZE_MAX. */
static size_t edits_between(const char *want, const char *name)
{
	size_t limit = strlen(want) / 3 + 1;
	size_t distance;

	if (limit > EDITS_MAX)
		limit = EDITS_MAX;
	distance = pv_edit_distance(pv_str_of(want), pv_str_of(name), limit);
	return distance <= limit ? distance : SIZE_MAX;
}

static int is_below(const char *id, const char *folder)
{
	size_t len = strlen(folder);

	return len && strncmp(id, folder, len) == 0 && id[len] == '/';
}

/*
 * The right name in another folder is as near as one edit, and what is in a
 * folder of that name nearly so.
 */
static size_t distance_to(const char *want, const char *id)
{
	const char *name = last_part(want);
	size_t distance = edits_between(want, id);
	size_t part;

	if (distance != SIZE_MAX)
		return distance;
	if (is_below(id, want))
		return 2;
	part = edits_between(name, last_part(id));
	/* The one folder may be a slip, or not be given; not name and folder. */
	if (part == SIZE_MAX || (part && name != want))
		return SIZE_MAX;
	return part + 1;
}

/*
 * What is asked for, as an id is written: small letters, and of a path the part
 * that is one.
 */
static void plain_id(char out[PV_ID_MAX + 1], const pv_settings *settings,
		     const char *text)
{
	size_t dir = strlen(settings->prompts_dir);
	size_t len;

	while (*text == '/' || *text == ':' || *text == '.')
		text++;
	if (strncmp(text, settings->prompts_dir, dir) == 0 && text[dir] == '/')
		text += dir + 1;
	len = strcspn(text, "@");
	if (len > PV_ID_MAX)
		len = PV_ID_MAX;
	memcpy(out, text, len);
	out[len] = '\0';
	if (pv_str_has_suffix(out, ".yaml") || pv_str_has_suffix(out, ".yml"))
		*strrchr(out, '.') = '\0';
	for (len = strlen(out); len && out[len - 1] == '/'; len--)
		out[len - 1] = '\0';
	for (char *at = out; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
}

static int consider(const char *id, const char *path, const pv_oid *blob,
		    void *payload)
{
	struct candidates *best = payload;
	size_t distance = distance_to(best->want, id);
	size_t at = best->count;

	(void)path;
	(void)blob;
	best->has_prompts = 1;
	if (distance == SIZE_MAX)
		return 0;
	while (at && best->distance[at - 1] > distance)
		at--;
	if (at == SUGGEST_MAX)
		return 0;
	if (best->count < SUGGEST_MAX)
		best->count++;
	for (size_t i = best->count - 1; i > at; i--) {
		best->distance[i] = best->distance[i - 1];
		memcpy(best->ids[i], best->ids[i - 1], sizeof(best->ids[i]));
	}
	best->distance[at] = distance;
	snprintf(best->ids[at], sizeof(best->ids[at]), "%s", id);
	return 0;
}

static void hint_similar(pv_error *err, const struct candidates *best)
{
	pv_buf text = { 0 };

	if (!best->has_prompts)
		pv_buf_puts(&text, "there is none yet: \"git pv new\" with an "
				   "id makes the first");
	else if (!best->count)
		pv_buf_puts(&text, "git pv list shows the prompts there are");
	for (size_t i = 0; i < best->count; i++)
		pv_buf_printf(&text, "%s\"%s\"", i ? " or " : "did you mean ",
			      best->ids[i]);
	/* The ids are what matters where there is no room for all. */
	pv_buf_puts(&text, best->count ? "? git pv list shows all" : "");
	if (text.status == PV_OK)
		pv_error_hint(err, PV_ENOTFOUND, "%s", text.ptr);
	pv_buf_dispose(&text);
}

static int is_uncommitted(pv_store *store, const pv_settings *settings,
			  const char *id, const pv_point *at)
{
	pv_point worktree = { .kind = PV_AT_WORKTREE };
	pv_buf path = { 0 };
	pv_oid blob;
	int found = 0;

	if (at->kind == PV_AT_WORKTREE || pv_store_is_bare(store))
		return 0;
	if (pv_prompt_path(&path, settings, id, NULL) == PV_OK)
		found = pv_store_find(&blob, store, &worktree, path.ptr, NULL) ==
			PV_OK;
	pv_buf_dispose(&path);
	return found;
}

/* A prompt that is gone has its versions still. */
static int hint_removed(pv_error *err, pv_store *store,
			const pv_settings *settings, const char *id)
{
	pv_version_list versions = { 0 };
	const char *last = NULL;

	if (pv_version_list_load(&versions, store, settings, id, NULL) == PV_OK &&
	    versions.count)
		last = versions.items[0].text;
	if (last)
		pv_error_hint(err, PV_ENOTFOUND,
			      "it was removed: %.80s@%.30s is its last version",
			      id, last);
	pv_version_list_dispose(&versions);
	return last != NULL;
}

int pv_hint_id(pv_error *err, int rc, pv_store *store,
	       const pv_settings *settings, const char *text)
{
	pv_point at = { .kind = PV_AT_WORKTREE };
	char want[PV_ID_MAX + 1];
	struct candidates best = { .want = want };

	if (rc != PV_EINVALID || !err)
		return rc;
	if (pv_store_is_bare(store)) {
		at.kind = PV_AT_COMMIT;
		if (pv_settings_tip(&at.commit, store, settings, NULL) < 0)
			return rc;
	}
	plain_id(want, settings, text);
	(void)pv_prompt_each(store, settings, &at, consider, &best, NULL);
	if (best.count)
		hint_similar(err, &best);
	return rc;
}

int pv_fail_prompt(pv_error *err, pv_store *store, const pv_settings *settings,
		   const char *id, const pv_point *at)
{
	char want[PV_ID_MAX + 1];
	struct candidates best = { .want = want };
	int rc;

	if (at->kind == PV_AT_COMMIT)
		rc = pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND,
				"no prompt \"%.200s\" at %.7s", id,
				at->commit.hex);
	else
		rc = pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND,
				"no prompt \"%.200s\"", id);
	if (!err)
		return rc;
	if (is_uncommitted(store, settings, id, at))
		return pv_error_hint(err, rc,
				     "it is in the working tree only: "
				     "%.80s@:worktree names that one",
				     id);
	if (hint_removed(err, store, settings, id))
		return rc;
	plain_id(want, settings, id);
	(void)pv_prompt_each(store, settings, at, consider, &best, NULL);
	hint_similar(err, &best);
	return rc;
}

/* Appends the three versions around where `number` would stand. */
static size_t list_near(pv_buf *out, pv_version_index *index, const char *id,
			const pv_semver *number)
{
	size_t count;
	const pv_version_row *rows = pv_version_index_rows(&count, index, id);
	size_t at = 0;
	size_t listed = 0;

	while (at < count && pv_semver_cmp(&rows[at].number, number) > 0)
		at++;
	at = at > NEAR_MAX ? at - NEAR_MAX : 0;
	if (at + LISTED_MAX > count)
		at = count > LISTED_MAX ? count - LISTED_MAX : 0;
	for (size_t i = at; i < count && listed < LISTED_MAX; i++) {
		const pv_version_info *info;

		if (pv_version_row_info(&info, index, &rows[i], NULL) < 0 ||
		    !info ||
		    pv_version_index_on_default(index, &info->commit, NULL) < 1)
			continue;
		pv_buf_printf(out, "%s%s", listed ? ", " : "", info->text);
		listed++;
	}
	return listed;
}

/* Where a version is older than all the prompt has under this name. */
static int hint_former(pv_error *err, pv_version_index *index, const char *id,
		       const char *rev)
{
	size_t count;
	const pv_version_row *rows = pv_version_index_rows(&count, index, id);
	pv_buf former = { 0 };
	pv_oid from = index->tip;
	const pv_version_info *info = NULL;
	int found = 0;

	if (count &&
	    pv_version_row_info(&info, index, &rows[count - 1], NULL) == PV_OK &&
	    info)
		from = info->commit;
	if (from.hex[0] &&
	    pv_version_former(&former, index->store, index->settings, id, &from,
			      NULL) == PV_OK)
		found = former.len > 0;
	if (found)
		pv_error_hint(err, PV_ENOTFOUND,
			      "it was called \"%.60s\" then: %.60s@%.30s",
			      former.ptr, former.ptr, rev);
	pv_buf_dispose(&former);
	return found;
}

/* Whether a number is below all there are. */
static int is_before(pv_version_index *index, const char *id,
		     const pv_semver *number)
{
	size_t count;
	const pv_version_row *rows = pv_version_index_rows(&count, index, id);

	return !count || pv_semver_cmp(number, &rows[count - 1].number) < 0;
}

int pv_fail_version(pv_error *err, pv_version_index *index, const char *id,
		    const char *rev, const pv_semver *number)
{
	pv_buf near = { 0 };
	int rc = pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
			    "no version \"%.40s\" of \"%.140s\"", rev, id);

	if (err && is_before(index, id, number) &&
	    hint_former(err, index, id, rev))
		return rc;
	if (!list_near(&near, index, id, number))
		pv_error_hint(err, rc,
			      "it has no version yet: git pv release makes "
			      "one");
	else if (near.status == PV_OK)
		pv_error_hint(err, rc, "there is %s; git pv versions lists all",
			      near.ptr);
	pv_buf_dispose(&near);
	return rc;
}
