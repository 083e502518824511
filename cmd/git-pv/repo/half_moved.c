/* SPDX-License-Identifier: MIT
 *
 * See half_moved.h. The time of a file would not do instead of a list from
 * before: a merge that git refuses rewrites what the user has changed. Undone
 * is only what is git's beyond doubt, a file that has the beginning of what
 * the other side has there: any other may have been saved meanwhile.
 */
#include "repo/half_moved.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "repo/git.h"
#include "repo/selection.h"

struct search {
	pv_cli *cli;
	const pv_strlist *before;
	pv_buf changed; /* paths for the shell, a blank before each */
	pv_buf added;
	int is_odd; /* a name is not for the shell as it is */
};

static int note(const pv_status_entry *entry, void *payload)
{
	return entry->unstaged == ' '
		       ? PV_OK
		       : pv_strlist_add(payload, entry->path, NULL);
}

static int each(pv_cli *cli,
		int (*fn)(const pv_status_entry *entry, void *payload),
		void *payload)
{
	const char *folders[SELECTION_FOLDERS];

	selection_folders(folders, &cli->settings);
	return pv_store_status(cli->store, folders, SELECTION_FOLDERS, fn,
			       payload, &cli->err);
}

int half_moved_note(pv_strlist *before, pv_cli *cli)
{
	int rc = each(cli, note, before);

	pv_strlist_sort(before);
	return rc;
}

static int visit(const pv_status_entry *entry, void *payload)
{
	struct search *search = payload;
	pv_buf *list = entry->staged == '?' ? &search->added : &search->changed;

	if (entry->unstaged == ' ' ||
	    pv_strlist_search(search->before, entry->path) >= 0)
		return PV_OK;
	pv_buf_printf(list, " \":(top,literal)%s\"", entry->path);
	if (strpbrk(entry->path, "\"$`\\!\n"))
		search->is_odd = 1;
	return pv_buf_status(list, &search->cli->err);
}

static void put(pv_buf *out, const char *command, const pv_buf *paths)
{
	if (!paths->len)
		return;
	pv_buf_puts(out, out->len ? "; and "
				  : "git had changed files; to undo that: ");
	pv_buf_printf(out, "%s%s", command, paths->ptr);
}

/* --- undoing ------------------------------------------------------------------ */

struct undo {
	pv_cli *cli;
	const pv_strlist *before;
	pv_point target;
	pv_strlist added;   /* files to remove */
	pv_strlist changed; /* files to write as the index has them */
};

/* Whether a file, or the lack of it, is what git may leave of `blob`. */
static int is_begun(pv_cli *cli, const char *path, const pv_oid *blob)
{
	pv_buf full = { 0 };
	pv_buf have = { 0 };
	pv_buf want = { 0 };
	int rc;
	int is_same;

	pv_buf_printf(&full, "%s/%s", pv_store_work_dir(cli->store), path);
	rc = pv_file_read(&have, pv_buf_text(&full), NULL);
	is_same = rc == PV_ENOTFOUND ||
		  (rc == PV_OK &&
		   pv_store_read_blob(&want, cli->store, blob, NULL) == PV_OK &&
		   have.len <= want.len &&
		   !memcmp(pv_buf_text(&have), pv_buf_text(&want), have.len));
	pv_buf_dispose(&full);
	pv_buf_dispose(&have);
	pv_buf_dispose(&want);
	return is_same;
}

static int gather(const pv_status_entry *entry, void *payload)
{
	struct undo *undo = payload;
	pv_oid blob;

	if (entry->unstaged == ' ' ||
	    pv_strlist_search(undo->before, entry->path) >= 0 ||
	    pv_store_find(&blob, undo->cli->store, &undo->target, entry->path,
			  NULL) < 0 ||
	    !is_begun(undo->cli, entry->path, &blob))
		return PV_OK;
	return pv_strlist_add(entry->staged == '?' ? &undo->added : &undo->changed,
			      entry->path, &undo->cli->err);
}

/* First what is too much: on a full disk that makes room for the rest. */
static int put_back(const struct undo *undo)
{
	pv_cli *cli = undo->cli;
	pv_buf path = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < undo->added.count; i++) {
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/%s", pv_store_work_dir(cli->store),
			      undo->added.items[i]);
		rc = pv_buf_status(&path, &cli->err);
		if (rc == PV_OK && unlink(path.ptr) < 0 && errno != ENOENT)
			rc = pv_fail_errno(&cli->err, errno, "remove", path.ptr);
	}
	for (size_t i = 0; rc == PV_OK && i < undo->changed.count; i++) {
		const char *const args[] = { "checkout-index", "-f", "--",
					     undo->changed.items[i], NULL };

		if (cli_git_status(NULL, cli, args) != 0)
			break;
	}
	pv_buf_dispose(&path);
	return rc;
}

static int undo_half(pv_cli *cli, const pv_strlist *before, const pv_oid *target)
{
	struct undo undo = { .cli = cli,
			     .before = before,
			     .target = { PV_AT_COMMIT, *target } };
	int rc = each(cli, gather, &undo);

	if (rc == PV_OK)
		rc = put_back(&undo);
	pv_strlist_dispose(&undo.added);
	pv_strlist_dispose(&undo.changed);
	return rc;
}

int half_moved_cure(pv_buf *out, pv_cli *cli, const pv_strlist *before,
		    const pv_oid *target)
{
	struct search search = { .cli = cli, .before = before };
	int rc = PV_OK;

	if (pv_store_state(cli->store) == PV_STATE_NONE) {
		if (target->hex[0])
			rc = undo_half(cli, before, target);
		if (rc == PV_OK)
			rc = each(cli, visit, &search);
	}
	if (rc == PV_OK) {
		put(out, "git restore", &search.changed);
		put(out, "git clean -f --", &search.added);
		if (search.is_odd || out->len >= sizeof(cli->err.hint)) {
			pv_buf_clear(out);
			pv_buf_puts(out, "git had changed files: \"git status\" "
					 "lists them, \"git restore PATH\" and "
					 "\"git clean -f PATH\" undo it");
		}
	}
	pv_buf_dispose(&search.changed);
	pv_buf_dispose(&search.added);
	return rc < 0 ? rc : pv_buf_status(out, &cli->err);
}
