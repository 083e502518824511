/* SPDX-License-Identifier: MIT
 *
 * See settled.h. The list is MERGE_RR in the git folder: a hash, a tab, the
 * path and a NUL for each file. Rerere takes out what it replays.
 */
#include "merge/settled.h"

#include <string.h>

#include "base/file.h"

static int is_listed(const pv_buf *list, const char *path)
{
	const char *text = pv_buf_text(list);

	for (size_t at = 0; at < list->len; at += strlen(text + at) + 1) {
		const char *tab = strchr(text + at, '\t');

		if (tab && strcmp(tab + 1, path) == 0)
			return 1;
	}
	return 0;
}

static int is_replayed(pv_cli *cli, const char *path)
{
	pv_buf name = { 0 };
	pv_buf list = { 0 };
	int is_there;
	int found;

	pv_buf_printf(&name, "%s/MERGE_RR", pv_store_git_dir(cli->store));
	is_there = name.status == PV_OK && pv_file_exists(name.ptr);
	found = is_there && pv_file_read(&list, name.ptr, NULL) == PV_OK &&
		!is_listed(&list, path);
	pv_buf_dispose(&name);
	pv_buf_dispose(&list);
	return found;
}

void settled_put(pv_buf *out, pv_cli *cli, const char *path)
{
	pv_buf_puts(out, is_replayed(cli, path)
				 ? "settled by rerere: "
				 : "no markers are left in the file: ");
	pv_buf_printf(out, "\"git add %s\"", path);
}
