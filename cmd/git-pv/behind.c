/* SPDX-License-Identifier: MIT
 *
 * See behind.h.
 */
#include "behind.h"

#include <string.h>

/* The blob of a path at a point; "" for none. */
static pv_oid blob_at(pv_cli *cli, const pv_point *at, const char *path)
{
	pv_oid blob = { "" };

	if (pv_store_find(&blob, cli->store, at, path, NULL) < 0)
		blob.hex[0] = '\0';
	return blob;
}

int behind_is(pv_cli *cli, const pv_status_entry *entry)
{
	pv_point work = { PV_AT_WORKTREE, { "" } };
	pv_point index = { PV_AT_INDEX, { "" } };
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_point before = { PV_AT_COMMIT, { "" } };
	pv_oid made, old, staged, file;

	if (!strchr("MAD", entry->staged))
		return 0;
	if (pv_store_head(NULL, &head.commit, cli->store, NULL) < 0 ||
	    pv_store_resolve(&before.commit, cli->store, "HEAD~1", NULL) < 0)
		return 0;
	made = blob_at(cli, &head, entry->path);
	old = blob_at(cli, &before, entry->path);
	staged = blob_at(cli, &index, entry->path);
	file = blob_at(cli, &work, entry->path);
	return strcmp(made.hex, old.hex) != 0 &&
	       strcmp(staged.hex, old.hex) == 0 &&
	       strcmp(file.hex, made.hex) == 0;
}
