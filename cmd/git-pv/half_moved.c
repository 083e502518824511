/* SPDX-License-Identifier: MIT
 *
 * See half_moved.h. The time of a file would not do instead of a list from
 * before: a merge that git refuses rewrites what the user has changed. Nothing
 * is undone here, for a file may have been saved meanwhile.
 */
#include "half_moved.h"

#include <string.h>

#include "base/fail.h"
#include "selection.h"

enum {
	CURE_MAX = 100 /* bytes of paths in a hint */
};

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

static void put(pv_buf *out, const char *command, const pv_buf *paths, int is_odd)
{
	if (!paths->len)
		return;
	pv_buf_puts(out, out->len ? "; and "
				  : "git had changed files; to undo that: ");
	if (is_odd || paths->len > CURE_MAX)
		pv_buf_printf(out, "%s ..., see git status", command);
	else
		pv_buf_printf(out, "%s%s", command, paths->ptr);
}

int half_moved_cure(pv_buf *out, pv_cli *cli, const pv_strlist *before)
{
	struct search search = { .cli = cli, .before = before };
	int rc = PV_OK;

	if (pv_store_state(cli->store) == PV_STATE_NONE)
		rc = each(cli, visit, &search);
	if (rc == PV_OK) {
		put(out, "git restore", &search.changed, search.is_odd);
		put(out, "git clean -f --", &search.added, search.is_odd);
	}
	pv_buf_dispose(&search.changed);
	pv_buf_dispose(&search.added);
	return rc < 0 ? rc : pv_buf_status(out, &cli->err);
}
