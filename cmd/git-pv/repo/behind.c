/* SPDX-License-Identifier: MIT
 *
 * See behind.h.
 */
#include "repo/behind.h"

#include <stdio.h>
#include <string.h>

enum {
	COMMITS_MAX = 500 /* looked at: it happened lately */
};

/* The blob of a path at a point; "" for none. */
static pv_oid blob_at(pv_cli *cli, const pv_point *at, const char *path)
{
	pv_oid blob = { "" };

	if (pv_store_find(&blob, cli->store, at, path, NULL) < 0)
		blob.hex[0] = '\0';
	return blob;
}

/*
 * What a path had before the last commit that changed it; 0 when that is too
 * far back, or nothing did.
 */
static int blob_before(pv_oid *out, pv_cli *cli, const pv_point *head,
		       const char *path, const pv_oid *made)
{
	pv_point at = *head;
	char parent[sizeof(at.commit.hex) + 2];

	for (int i = 0; i < COMMITS_MAX; i++) {
		snprintf(parent, sizeof(parent), "%s~1", at.commit.hex);
		if (pv_store_resolve(&at.commit, cli->store, parent, NULL) < 0)
			return 0;
		*out = blob_at(cli, &at, path);
		if (strcmp(out->hex, made->hex) != 0)
			return 1;
	}
	return 0;
}

int behind_is(pv_cli *cli, const pv_status_entry *entry)
{
	pv_point work = { PV_AT_WORKTREE, { "" } };
	pv_point index = { PV_AT_INDEX, { "" } };
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_oid made, old, staged, file;

	if (!strchr("MAD", entry->staged))
		return 0;
	if (pv_store_head(NULL, &head.commit, cli->store, NULL) < 0)
		return 0;
	made = blob_at(cli, &head, entry->path);
	staged = blob_at(cli, &index, entry->path);
	file = blob_at(cli, &work, entry->path);
	return strcmp(file.hex, made.hex) == 0 &&
	       strcmp(staged.hex, made.hex) != 0 &&
	       blob_before(&old, cli, &head, entry->path, &made) &&
	       strcmp(staged.hex, old.hex) == 0;
}
