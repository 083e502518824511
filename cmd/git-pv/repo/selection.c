/* SPDX-License-Identifier: MIT
 *
 * See selection.h. Files beside the prompts go in as they are: whoever reads
 * them checks them.
 */
#include "repo/selection.h"

#include <string.h>
#include <sys/stat.h>

#include <pv/git.h>
#include <pv/prompt.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/experiment_files.h"
#include "merge/settled.h"
#include "repo/behind.h"
#include "repo/broken.h"
#include "repo/git.h"
#include "repo/ignored.h"
#include "repo/marked.h"
#include "repo/named.h"

/* A walk over the status. */
struct walk {
	selection *out;
	pv_cli *cli;
	pv_strlist wanted; /* paths of the given ids, sorted */
	int staged;        /* only what is staged */
	int is_partly;     /* index and file differ */
};

/* --- choosing ------------------------------------------------------------- */

static int refuse_partly(pv_cli *cli, const pv_status_entry *entry)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "\"%s\" is staged in part: index and file differ",
			 entry->path);

	if (behind_is(cli, entry))
		return pv_error_hint(&cli->err, rc,
				     "the index is behind the last commit, the "
				     "file is not: git restore --staged "
				     "\"%.60s\"",
				     entry->path);
	return pv_error_hint(&cli->err, rc,
			     "\"git add\" the rest or \"git restore --staged\" "
			     "it; --staged commits the index");
}

static int is_staged(const pv_status_entry *entry)
{
	return entry->staged != ' ' && entry->staged != '?';
}

/* The second line of a file that was dropped from the index only. */
static int is_dropped(const struct walk *walk, const pv_status_entry *entry)
{
	const pv_strlist *paths = &walk->out->paths;

	return entry->staged == '?' && paths->count &&
	       !strcmp(paths->items[paths->count - 1], entry->path);
}

static int is_gone(const pv_status_entry *entry, int staged)
{
	return entry->staged == 'D' || (!staged && entry->unstaged == 'D');
}

/* The mode of what is at a path; 0 for nothing. */
static mode_t mode_at(const pv_cli *cli, const char *path)
{
	pv_buf full = { 0 };
	struct stat info = { 0 };

	pv_buf_printf(&full, "%s/%s", pv_store_work_dir(cli->store), path);
	if (full.status == PV_OK && lstat(full.ptr, &info) < 0)
		info.st_mode = 0;
	pv_buf_dispose(&full);
	return info.st_mode;
}

/* As in git, what is named goes in as it is, though the index dropped it. */
static int is_named_file(const struct walk *walk, const pv_status_entry *entry)
{
	return !walk->staged && walk->wanted.count && entry->staged == 'D' &&
	       S_ISREG(mode_at(walk->cli, entry->path));
}

int selection_is_nested(const pv_cli *cli, const pv_status_entry *entry)
{
	if (entry->staged == 'D' || entry->unstaged == 'D')
		return 0;
	return S_ISDIR(mode_at(cli, entry->path));
}

/* A link nobody tracks that has a prompt's name: not meant to be a link. */
static int is_new_link(const struct walk *walk, const pv_status_entry *entry)
{
	return !walk->staged &&
	       (entry->staged == '?' || entry->unstaged == 'A') &&
	       S_ISLNK(mode_at(walk->cli, entry->path));
}

static int refuse_link(pv_cli *cli, const char *path)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "\"%s\" is a symbolic link, which is no prompt", path);

	return pv_error_hint(&cli->err, rc,
			     "put the prompt itself there; to commit the link "
			     "all the same, \"git add\" it");
}

static int take(const pv_status_entry *entry, void *payload)
{
	struct walk *walk = payload;
	pv_cli *cli = walk->cli;
	pv_buf id = { 0 };
	int rc;

	if (walk->wanted.count &&
	    pv_strlist_search(&walk->wanted, entry->path) < 0)
		return PV_OK;
	if (walk->staged && !is_staged(entry))
		return PV_OK;
	if (!walk->staged &&
	    (is_dropped(walk, entry) || selection_is_nested(cli, entry)))
		return PV_OK;
	if (!walk->staged && is_staged(entry) && entry->unstaged != ' ') {
		walk->is_partly = 1;
		return refuse_partly(cli, entry);
	}
	rc = pv_strlist_add(&walk->out->paths, entry->path, &cli->err);
	if (rc != PV_OK ||
	    (is_gone(entry, walk->staged) && !is_named_file(walk, entry)))
		return rc;
	rc = pv_prompt_id(&id, &cli->settings, entry->path, NULL);
	if (rc == PV_OK && is_new_link(walk, entry))
		rc = refuse_link(cli, entry->path);
	else if (rc == PV_OK)
		rc = pv_strlist_add(&walk->out->ids, pv_buf_text(&id), &cli->err);
	else if (rc != PV_ENOMEM)
		rc = PV_OK;
	pv_buf_dispose(&id);
	return rc;
}

/* Both sides are there, and no markers any more. */
static int refuse_settled(pv_cli *cli, const char *path)
{
	pv_buf cure = { 0 };
	int rc = pv_fail(&cli->err, PV_ECONFLICT, "\"%s\" is not merged yet",
			 path);

	settled_put(&cure, cli, path);
	rc = pv_error_hint(&cli->err, rc, "%s", pv_buf_text(&cure));
	pv_buf_dispose(&cure);
	return rc;
}

static int refuse_unmerged(const pv_conflict *conflict, void *payload)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	pv_cli *cli = payload;
	int has_sides = conflict->ours.hex[0] && conflict->theirs.hex[0];
	pv_buf text = { 0 };
	int line = 0;
	int rc = pv_store_read(&text, NULL, cli->store, &here, conflict->path,
			       NULL);

	if (rc == PV_OK)
		line = broken_marker_line(pv_buf_text(&text), text.len);
	pv_buf_dispose(&text);
	if (rc == PV_OK && !line && has_sides)
		return refuse_settled(cli, conflict->path);
	rc = pv_fail(&cli->err, PV_ECONFLICT, "\"%s\" is not merged yet",
		     conflict->path);
	if (line)
		pv_error_at(&cli->err, rc, conflict->path, line, 1);
	return pv_error_hint(&cli->err, rc,
			     "\"git pv conflicts\" shows both sides, \"git pv "
			     "resolve %.60s\" settles it",
			     conflict->path);
}

/* Whether a prompt is or was there: in the files, the index or HEAD. */
static int exists(pv_cli *cli, const char *path)
{
	pv_point points[] = { { PV_AT_WORKTREE, { "" } },
			      { PV_AT_INDEX, { "" } },
			      { PV_AT_COMMIT, { "" } } };
	size_t count = 3;
	pv_oid blob;

	if (S_ISLNK(mode_at(cli, path)))
		return 1;
	if (pv_store_head(NULL, &points[2].commit, cli->store, NULL) < 0 ||
	    !points[2].commit.hex[0])
		count = 2;
	for (size_t i = 0; i < count; i++)
		if (pv_store_find(&blob, cli->store, &points[i], path, NULL) ==
		    PV_OK)
			return 1;
	return 0;
}

static int want(struct walk *walk, char *id)
{
	pv_cli *cli = walk->cli;
	pv_buf path = { 0 };
	pv_spec spec = { 0 };
	int rc;

	rc = named_check(cli, id);
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);
	/* The resolver's error names similar prompts. */
	if (rc == PV_OK && !exists(cli, pv_buf_text(&path)))
		rc = cli_spec_resolve(&spec, cli, id, PV_SPEC_WORKTREE);
	if (rc == PV_OK)
		rc = pv_strlist_add(&walk->wanted, pv_buf_text(&path), &cli->err);
	pv_spec_dispose(&spec);
	pv_buf_dispose(&path);
	return rc;
}

void selection_folders(const char *out[SELECTION_FOLDERS],
		       const pv_settings *settings)
{
	out[0] = settings->prompts_dir;
	out[1] = "experiments";
	out[2] = "datasets";
	out[3] = "schemas";
	out[4] = "pv.yaml";
	out[5] = ".gitattributes";
}

/* A prompt that was named and does not differ: git may not see it at all. */
static int check_seen(const struct walk *walk)
{
	pv_cli *cli = walk->cli;
	pv_strlist unseen = { 0 };
	pv_strlist ignored = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < walk->wanted.count && rc == PV_OK; i++)
		if (pv_strlist_search(&walk->out->paths, walk->wanted.items[i]) <
		    0)
			rc = pv_strlist_add(&unseen, walk->wanted.items[i],
					    &cli->err);
	if (rc == PV_OK && unseen.count)
		rc = ignored_find(&ignored, cli, &unseen);
	if (rc == PV_OK && ignored.count) {
		rc = pv_fail(&cli->err, PV_EINVALID, "git ignores \"%s\"",
			     ignored.items[0]);
		pv_error_hint(&cli->err, rc,
			      "change .gitignore, or \"git add -f\" it");
	}
	pv_strlist_dispose(&unseen);
	pv_strlist_dispose(&ignored);
	return rc;
}

/* When the index was last replaced; zero when it cannot be told. */
static struct stat index_stamp(pv_cli *cli)
{
	struct stat info = { 0 };
	pv_buf path = { 0 };

	pv_buf_printf(&path, "%s/index", pv_store_git_dir(cli->store));
	if (path.status == PV_OK && stat(path.ptr, &info) < 0)
		info.st_ino = 0;
	pv_buf_dispose(&path);
	return info;
}

/*
 * Whether somebody else's commit was half done when the status was taken, its
 * branch moved and its index not in place: then it is waited for.
 */
static int is_overtaken(pv_cli *cli, const struct stat *before)
{
	const pv_error what = cli->err;
	pv_buf lock = { 0 };
	struct stat now;
	int rc = pv_store_index_lock(&lock, cli->store, NULL);

	pv_buf_dispose(&lock);
	if (rc > PV_INDEX_LOCK_NONE) {
		rc = pv_git_wait(cli->store, 0, &cli->err);
		if (rc < 0)
			return rc;
	}
	now = index_stamp(cli);
	rc = now.st_ino != before->st_ino ||
	     now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
	     now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
	cli->err = what;
	return rc;
}

static int walk_status(struct walk *walk)
{
	enum {
		ATTEMPTS = 20
	};
	const char *folders[SELECTION_FOLDERS];
	size_t count = walk->staged ? 0 : pv_array_len(folders);
	pv_cli *cli = walk->cli;
	int rc = PV_OK;

	selection_folders(folders, &cli->settings);
	for (int i = 0; i < ATTEMPTS; i++) {
		const struct stat before = index_stamp(cli);

		walk->is_partly = 0;
		rc = pv_store_status(cli->store, folders, count, take, walk,
				     &cli->err);
		if (!walk->is_partly || i + 1 == ATTEMPTS)
			return rc;
		rc = is_overtaken(cli, &before);
		if (rc <= 0)
			return rc < 0 ? rc : cli->err.code;
		pv_error_clear(&cli->err);
		selection_dispose(walk->out);
	}
	return rc;
}

int selection_load(selection *out, pv_cli *cli, char **ids, size_t count,
		   int staged)
{
	struct walk walk = { 0 };
	int rc = PV_OK;

	walk.out = out;
	walk.cli = cli;
	walk.staged = staged;
	out->at.kind = staged ? PV_AT_INDEX : PV_AT_WORKTREE;
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = want(&walk, ids[i]);
	pv_strlist_sort(&walk.wanted);
	if (rc == PV_OK)
		rc = pv_store_conflict_each(cli->store, refuse_unmerged, cli,
					    &cli->err);
	if (rc == PV_OK)
		rc = walk_status(&walk);
	if (rc == PV_OK)
		rc = check_seen(&walk);
	pv_strlist_dispose(&walk.wanted);
	return rc;
}

void selection_dispose(selection *chosen)
{
	pv_strlist_dispose(&chosen->paths);
	pv_strlist_dispose(&chosen->ids);
}

/* --- checking ------------------------------------------------------------- */

/* Whether what is staged at a path is what the merged side committed. */
static int is_theirs(pv_cli *cli, const char *path)
{
	const char *args[] = { "diff-index", "--cached", "--quiet",
			       "MERGE_HEAD", "--",       NULL,
			       NULL };
	pv_buf spec = { 0 };
	int is_same = 0;

	if (pv_store_state(cli->store) == PV_STATE_CHERRY_PICK)
		args[3] = "CHERRY_PICK_HEAD";
	else if (pv_store_state(cli->store) != PV_STATE_MERGE)
		return 0;
	pv_buf_printf(&spec, ":(top,literal)%s", path);
	args[5] = pv_buf_text(&spec);
	if (spec.status == PV_OK)
		is_same = cli_git_status(NULL, cli, args) == 0;
	pv_buf_dispose(&spec);
	return is_same;
}

/*
 * A link of a prompt's name is no prompt; it goes in as git stores links,
 * unless it would take the place of one: a merge may bring that, it was
 * committed before.
 */
static int check_link(pv_cli *cli, const char *path)
{
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_oid blob;
	int rc = pv_store_head(NULL, &head.commit, cli->store, &cli->err);

	if (rc < 0 || !head.commit.hex[0] ||
	    pv_store_find(&blob, cli->store, &head, path, NULL) < 0 ||
	    is_theirs(cli, path))
		return rc;
	rc = pv_fail(&cli->err, PV_EINVALID,
		     "the prompt \"%s\" became a symbolic link", path);
	return pv_error_hint(&cli->err, rc,
			     "\"git restore --staged --worktree\" brings the "
			     "file back; to drop the prompt, commit its removal "
			     "first");
}

/* 1 for a prompt, 0 for a link that may go in. */
static int check_prompt(pv_cli *cli, const pv_point *at, const char *id)
{
	pv_prompt *prompt = NULL;
	pv_error what = { 0 };
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int rc;

	rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);
	if (rc < 0)
		goto out;
	rc = pv_store_read(&text, NULL, cli->store, at, path.ptr, &what);
	if (rc == PV_EINVALID || rc == PV_ENOTFOUND) {
		rc = check_link(cli, path.ptr);
		goto out;
	}
	if (rc == PV_OK)
		rc = broken_check(&prompt, cli, path.ptr, &text);
	else
		cli->err = what;
	if (rc == PV_OK)
		rc = 1;
out:
	pv_prompt_free(prompt);
	pv_buf_dispose(&text);
	pv_buf_dispose(&path);
	return rc;
}

/* Settings that cannot be read would stop every later command. */
static int check_settings(const selection *chosen, pv_cli *cli)
{
	static const char file[] = "pv.yaml";
	pv_buf text = { 0 };
	int rc;

	if (pv_strlist_search(&chosen->paths, file) < 0)
		return PV_OK;
	rc = pv_store_read(&text, NULL, cli->store, &chosen->at, file, &cli->err);
	if (rc == PV_OK)
		rc = pv_settings_check(pv_buf_text(&text), text.len, &cli->err);
	else if (rc == PV_ENOTFOUND)
		rc = PV_OK; /* removed */
	pv_buf_dispose(&text);
	return rc;
}

/* The files beside the prompts; experiments only where nothing is wrong yet. */
static int check_files(const selection *chosen, pv_cli *cli)
{
	size_t count = chosen->paths.count;
	char *const *paths = chosen->paths.items;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = marked_check(cli, &chosen->at, paths[i]);
	if (rc < 0 || pv_report_count(cli->report))
		return rc;
	rc = check_settings(chosen, cli);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = experiment_check_file(cli, &chosen->at, paths[i]);
	return rc;
}

int selection_check(selection *chosen, pv_cli *cli)
{
	pv_strlist prompts = { 0 };
	int rc = broken_start(cli);

	if (rc == PV_OK)
		rc = check_files(chosen, cli);
	for (size_t i = 0; i < chosen->ids.count && rc == PV_OK; i++) {
		rc = check_prompt(cli, &chosen->at, chosen->ids.items[i]);
		if (rc == 1)
			rc = pv_strlist_add(&prompts, chosen->ids.items[i],
					    &cli->err);
	}
	if (rc == PV_OK)
		rc = broken_finish(cli, "correct it: only prompts that load "
					"are committed");
	pv_strlist_dispose(&chosen->ids);
	chosen->ids = prompts;
	return rc;
}
