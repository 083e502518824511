/* SPDX-License-Identifier: MIT
 *
 * See history.h. One prompt is walked by libpv. For all prompts git lists the
 * commits with what each changed in one go: of a merge that is what differs
 * from every parent.
 */
#include "repo/history.h"

#include <stdio.h>
#include <string.h>

#include <pv/blame.h>
#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "repo/git_rows.h"

/* --- one prompt ----------------------------------------------------------- */

struct walk {
	pv_cli *cli;
	const history_options *opts;
	int (*fn)(const history_row *row, void *payload);
	void *payload;
	int count;
	pv_oid removal; /* of a prompt that is gone, as yet unsaid; or "" */
	pv_oid brought; /* the last row's commit where it brought the file */
	pv_oid before;  /* that one's parent */
	pv_buf name;    /* what the file was called there */
	pv_map shown;   /* the ids of commits: none comes twice */
};

/* What walking stops with once there are enough rows. */
enum {
	ENOUGH = 1
};

static const char *change_of(pv_cli *cli, const char *path,
			     const pv_commit *commit, const pv_oid *blob)
{
	if (!blob->hex[0])
		return "removed";
	for (size_t i = 0; i < commit->parent_count; i++) {
		pv_point parent = { PV_AT_COMMIT, commit->parents[i] };
		pv_oid old;

		if (pv_store_find(&old, cli->store, &parent, path, NULL) == PV_OK)
			return "modified";
	}
	return "added";
}

/* What the prompt was called; it may have been a file elsewhere before. */
static int put_id(const char **out, pv_buf *id, const struct walk *walk,
		  const char *path)
{
	pv_cli *cli = walk->cli;
	int rc = pv_prompt_id(id, &cli->settings, path, NULL);

	*out = rc == PV_OK ? pv_buf_text(id) : walk->opts->id;
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
}

/* Keeps where a name may begin. */
static void note_brought(struct walk *walk, const history_row *row,
			 const pv_commit *commit, const char *path)
{
	walk->brought.hex[0] = '\0';
	if (strcmp(row->change, "added") != 0 || !commit->parent_count)
		return;
	walk->brought = row->commit;
	walk->before = commit->parents[0];
	pv_buf_clear(&walk->name);
	pv_buf_puts(&walk->name, path);
}

static int walk_commit(const pv_history_commit *found, void *payload)
{
	struct walk *walk = payload;
	pv_cli *cli = walk->cli;
	history_row row = { .commit = found->commit,
			    .blob = found->blob,
			    .is_first = 1 };
	pv_commit commit = { 0 };
	pv_buf id = { 0 };
	void *known = NULL;
	int rc;

	if (walk->opts->limit >= 0 && walk->count >= walk->opts->limit)
		return ENOUGH;
	rc = pv_map_set(&walk->shown, pv_str_of(found->commit.hex), walk,
			&known, &cli->err);
	if (rc < 0 || known)
		return rc;
	walk->count++;
	rc = put_id(&row.id, &id, walk, found->path);
	if (rc == PV_OK)
		rc = pv_store_commit_read(&commit, cli->store, &found->commit,
					  &cli->err);
	if (rc == PV_OK) {
		row.change = change_of(cli, found->path, &commit, &found->blob);
		note_brought(walk, &row, &commit, found->path);
		rc = walk->fn(&row, walk->payload);
	}
	pv_commit_dispose(&commit);
	pv_buf_dispose(&id);
	return rc;
}

/* The file that plain git made the prompt of, where its first name ends. */
static int find_former(pv_buf *out, const struct walk *walk)
{
	const pv_former_query query = { &walk->brought, &walk->before,
					pv_buf_text(&walk->name) };
	pv_cli *cli = walk->cli;
	int rc = pv_buf_status(&walk->name, &cli->err);

	pv_buf_clear(out);
	if (rc == PV_OK && walk->brought.hex[0])
		rc = pv_former_path(out, cli->store, &cli->settings, &query,
				    &cli->err);
	/* As in a shallow clone, which has no such parent. */
	if (rc == PV_ENOTFOUND || rc == PV_EGIT) {
		pv_error_clear(&cli->err);
		pv_buf_clear(out);
		rc = PV_OK;
	}
	return rc;
}

static int walk_one(struct walk *walk)
{
	const history_options *opts = walk->opts;
	pv_history_query query = { .start = opts->start, .path = opts->path };
	pv_buf former = { 0 };
	pv_cli *cli = walk->cli;
	int rc;

	query.mode = opts->full ? PV_HISTORY_FULL : PV_HISTORY_DEFAULT;
	do {
		walk->brought.hex[0] = '\0';
		rc = pv_history_follow(cli->store, &cli->settings, &query,
				       walk_commit, walk, &cli->err);
		if (rc == PV_OK)
			rc = find_former(&former, walk);
		query.start = walk->before;
		query.path = pv_buf_text(&former);
	} while (rc == PV_OK && former.len > 0);
	pv_buf_dispose(&former);
	pv_buf_dispose(&walk->name);
	pv_map_dispose(&walk->shown);
	return rc == ENOUGH ? PV_OK : rc;
}

/* --- one field, or a phrase ----------------------------------------------- */

/* The commit that removed the prompt, if that took the phrase away. */
static int show_removal(struct walk *walk, const pv_field_commit *found)
{
	history_row row = { .commit = walk->removal,
			    .change = "removed",
			    .id = walk->opts->id,
			    .is_first = 1 };

	walk->removal.hex[0] = '\0';
	if (walk->opts->phrase && !found->count)
		return PV_OK;
	walk->count++;
	return walk->fn(&row, walk->payload);
}

static int show_field(const pv_field_commit *found, void *payload)
{
	struct walk *walk = payload;
	history_row row = { .commit = found->commit,
			    .blob = found->blob,
			    .change = pv_change_kind_name(found->kind),
			    .is_first = 1 };
	pv_buf id = { 0 };
	int rc;

	if (walk->opts->limit != 0 && walk->removal.hex[0]) {
		rc = show_removal(walk, found);
		if (rc < 0)
			return rc;
	}
	if (walk->opts->limit >= 0 && walk->count >= walk->opts->limit)
		return ENOUGH;
	walk->count++;
	rc = put_id(&row.id, &id, walk, found->path);
	if (rc == PV_OK)
		rc = walk->fn(&row, walk->payload);
	pv_buf_dispose(&id);
	return rc;
}

/* A prompt that is gone is looked at as it was before: sets `start` to that. */
static int find_removal(struct walk *walk, pv_oid *start)
{
	const history_options *opts = walk->opts;
	const pv_point at = { PV_AT_COMMIT, opts->start };
	const char *args[] = { "log",
			       "--max-count=1",
			       "--no-renames",
			       "--diff-filter=D",
			       "--format=%H %P",
			       opts->start.hex,
			       "--",
			       opts->path,
			       NULL };
	const size_t len = sizeof(start->hex) - 1;
	pv_cli *cli = walk->cli;
	pv_buf text = { 0 };
	pv_oid blob;
	int rc = pv_store_find(&blob, cli->store, &at, opts->path, NULL);

	if (rc != PV_ENOTFOUND)
		return PV_OK;
	rc = cli_git(&text, cli, args);
	if (rc == PV_OK && text.len > 2 * len) {
		memcpy(walk->removal.hex, text.ptr, len);
		memcpy(start->hex, text.ptr + len + 1, len);
	}
	pv_buf_dispose(&text);
	return rc;
}

static int walk_field(struct walk *walk)
{
	const history_options *opts = walk->opts;
	pv_field_query query = { opts->start, opts->path, opts->field,
				 opts->phrase };
	int rc = find_removal(walk, &query.start);

	if (rc == PV_OK)
		rc = pv_field_walk(walk->cli->store, &walk->cli->settings,
				   &query, show_field, walk, &walk->cli->err);

	return rc == ENOUGH ? PV_OK : rc;
}

/* --- all prompts ---------------------------------------------------------- */

/* Git's listing, read piece by piece; pieces end in NUL. */
struct listing {
	struct walk *walk;
	pv_oid commit; /* the one whose files come */
	int has_rows;
};

static int is_zero(const char *hex)
{
	return strspn(hex, "0") == sizeof(((pv_oid *)NULL)->hex) - 1;
}

/*
 * Reads ":mode... oid... letters" with as many colons as there are parents;
 * the last id is the new one.
 */
static int read_change(history_row *row, const char *record)
{
	size_t parents = strspn(record, ":");
	const char *at = record + parents;
	int was_there = 0;

	for (size_t i = 0; i <= parents && at; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	for (size_t i = 0; i <= parents; i++) {
		if (!at || strlen(at) < sizeof(row->blob.hex))
			return PV_EGIT;
		memcpy(row->blob.hex, at, sizeof(row->blob.hex) - 1);
		row->blob.hex[sizeof(row->blob.hex) - 1] = '\0';
		if (i < parents && !is_zero(row->blob.hex))
			was_there = 1;
		at += sizeof(row->blob.hex);
	}
	row->change = was_there ? "modified" : "added";
	if (is_zero(row->blob.hex)) {
		row->blob.hex[0] = '\0';
		row->change = "removed";
	}
	return PV_OK;
}

static int put_file(struct listing *list, const char *record, const char *path)
{
	struct walk *walk = list->walk;
	history_row row = { 0 };
	pv_buf id = { 0 };
	int rc;

	if (read_change(&row, record) < 0)
		return pv_fail(&walk->cli->err, PV_EGIT,
			       "git log prints \"%s\"", record);
	rc = pv_prompt_id(&id, &walk->cli->settings, path, NULL);
	if (rc == PV_OK) {
		row.id = id.ptr;
		row.commit = list->commit;
		row.is_first = !list->has_rows;
		list->has_rows = 1;
		rc = walk->fn(&row, walk->payload);
	} else if (rc != PV_ENOMEM) {
		rc = PV_OK;
	}
	pv_buf_dispose(&id);
	return rc;
}

/* A commit that shows no prompt, a merge as a rule, is a row of its own. */
static int end_commit(struct listing *list)
{
	history_row row = { 0 };

	if (!list->commit.hex[0] || list->has_rows)
		return PV_OK;
	row.commit = list->commit;
	row.is_first = 1;
	return list->walk->fn(&row, list->walk->payload);
}

static int start_commit(struct listing *list, const char *hex)
{
	int rc = end_commit(list);

	snprintf(list->commit.hex, sizeof(list->commit.hex), "%s", hex);
	list->has_rows = 0;
	return rc;
}

static int read_listing(struct walk *walk, const pv_buf *text)
{
	struct listing list = { walk, { "" }, 0 };
	const char *at = pv_buf_text(text);
	const char *end = at + text->len;
	int rc = PV_OK;

	while (at < end && rc == PV_OK) {
		const char *piece = at + strspn(at, "\n");
		const char *next = at + strlen(at) + 1;

		if (*piece == '\x01') {
			rc = start_commit(&list, piece + 1);
		} else if (*piece == ':' && next < end) {
			rc = put_file(&list, piece, next);
			next += strlen(next) + 1;
		}
		at = next;
	}
	return rc == PV_OK ? end_commit(&list) : rc;
}

static int walk_all(struct walk *walk)
{
	const history_options *opts = walk->opts;
	char limit[32];
	const char *args[] = { "log",
			       "--raw",
			       "--no-abbrev",
			       "--no-renames",
			       "-c",
			       "-z",
			       "--format=%x01%H",
			       opts->full ? "--full-history" : "--no-color",
			       limit,
			       opts->start.hex,
			       "--",
			       opts->path,
			       NULL };
	pv_buf text = { 0 };
	pv_git_options git = { 0 };
	int status = 0;
	int rc;

	snprintf(limit, sizeof(limit), "--max-count=%d", opts->limit);
	rc = pv_git_run(&text, &status, walk->cli->store, args, &git,
			&walk->cli->err);
	if (rc == PV_OK && status != 0)
		rc = pv_fail(&walk->cli->err, PV_EGIT,
			     "git log exits with status %d", status);
	if (rc == PV_OK)
		rc = read_listing(walk, &text);
	pv_buf_dispose(&text);
	return rc;
}

int history_each(pv_cli *cli, const history_options *opts,
		 int (*fn)(const history_row *row, void *payload), void *payload)
{
	struct walk walk = {
		.cli = cli, .opts = opts, .fn = fn, .payload = payload
	};

	int rc;

	if (!opts->start.hex[0])
		return PV_OK;
	rc = git_rows_use(cli);
	if (rc < 0)
		return rc;
	if (opts->field || opts->phrase)
		return walk_field(&walk);
	return opts->id ? walk_one(&walk) : walk_all(&walk);
}

/* --- versions ------------------------------------------------------------- */

static void tag_key(pv_buf *out, const pv_oid *commit, const char *id, size_t len)
{
	pv_buf_clear(out);
	pv_buf_printf(out, "%s %.*s", commit->hex, (int)len, id);
}

/* Whether the number known already is the higher one. */
static int is_higher(const char *known, const char *number)
{
	pv_semver left, right;

	return known && pv_semver_parse(&left, known, NULL) == PV_OK &&
	       pv_semver_parse(&right, number, NULL) == PV_OK &&
	       pv_semver_cmp(&left, &right) > 0;
}

static int remember(history_versions *versions, const pv_oid *commit,
		    const char *name, const char *slash)
{
	pv_error *err = &versions->cli->err;
	char *number = pv_strdup(slash + 2);
	pv_buf key = { 0 };
	void *old = NULL;
	int rc;

	if (!number)
		return pv_fail_nomem(err);
	tag_key(&key, commit, name, (size_t)(slash - name));
	rc = pv_buf_status(&key, err);
	/* A release made of a pre-release is on the same commit. */
	if (rc == PV_OK &&
	    is_higher(pv_map_find(&versions->tags, (pv_str){ key.ptr, key.len }),
		      number)) {
		pv_free(number);
		pv_buf_dispose(&key);
		return PV_OK;
	}
	if (rc == PV_OK)
		rc = pv_map_set(&versions->tags, (pv_str){ key.ptr, key.len },
				number, &old, err);
	pv_free(rc == PV_OK ? old : number);
	pv_buf_dispose(&key);
	return rc;
}

static int each_tag(const char *refname, const pv_oid *oid, void *payload)
{
	history_versions *versions = payload;
	const char *name = refname + strlen("refs/tags/");
	const char *slash = strrchr(name, '/');
	pv_semver number;
	pv_tag tag = { 0 };
	int rc;

	if (!slash || slash[1] != 'v' ||
	    pv_semver_parse(&number, slash + 1, NULL) < 0)
		return PV_OK;
	/* Lightweight and foreign tags of such a name are no versions. */
	rc = pv_store_tag_read(&tag, versions->cli->store, oid, NULL);
	if (rc == PV_OK)
		rc = remember(versions, &tag.target, name, slash);
	else if (rc != PV_ENOMEM)
		rc = PV_OK;
	pv_tag_dispose(&tag);
	return rc;
}

int history_versions_load(history_versions *out, pv_cli *cli, const char *id)
{
	pv_buf prefix = { 0 };
	int rc;

	out->cli = cli;
	pv_buf_puts(&prefix, "refs/tags/");
	if (id)
		pv_buf_printf(&prefix, "%s/v", id);
	rc = pv_buf_status(&prefix, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, prefix.ptr, each_tag, out,
				       &cli->err);
	pv_buf_dispose(&prefix);
	return rc;
}

static int describe(pv_buf *out, history_versions *versions,
		    const history_row *row)
{
	pv_cli *cli = versions->cli;
	int rc = PV_OK;

	if (!versions->index)
		rc = pv_version_index_load(&versions->index, cli->store,
					   &cli->settings, &cli->err);
	if (rc == PV_OK)
		rc = pv_version_index_describe_change(out, versions->index,
						      row->id, &row->commit,
						      &row->blob, &cli->err);
	return rc;
}

int history_version(pv_buf *out, history_versions *versions,
		    const history_row *row)
{
	pv_buf key = { 0 };
	const char *number;

	if (!row->id || !row->blob.hex[0])
		return PV_OK;
	tag_key(&key, &row->commit, row->id, strlen(row->id));
	number = pv_map_find(&versions->tags,
			     (pv_str){ pv_buf_text(&key), key.len });
	pv_buf_dispose(&key);
	if (!number)
		return describe(out, versions, row);
	pv_buf_puts(out, number);
	return PV_OK;
}

static int forget(pv_str key, void *value, void *payload)
{
	(void)key;
	(void)payload;
	pv_free(value);
	return 0;
}

void history_versions_dispose(history_versions *versions)
{
	pv_map_each(&versions->tags, forget, NULL);
	pv_map_dispose(&versions->tags);
	pv_version_index_free(versions->index);
}
