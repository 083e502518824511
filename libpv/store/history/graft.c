/* SPDX-License-Identifier: MIT
 *
 * Grafts, see graft.h. Both files have a commit a line; in the older one its
 * parents follow, separated by blanks. What `shallow` says counts last.
 */
#include "store/history/graft.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"

static const size_t hex_len = GIT_OID_HEXSZ;

/* How many ids a line consists of; 0 when there is anything else. */
static size_t count_ids(const char *line, size_t len)
{
	size_t count = 0;
	git_oid id;

	for (;;) {
		if (len < hex_len || git_oid_fromstrn(&id, line, hex_len) < 0) {
			git_error_clear();
			return 0;
		}
		count++;
		if (len == hex_len)
			return count;
		if (line[hex_len] != ' ')
			return 0;
		line += hex_len + 1;
		len -= hex_len + 1;
	}
}

static int add_line(pv_map *out, pv_arena *arena, const char *line, size_t len)
{
	size_t count = count_ids(line, len);
	pv_graft *graft;
	git_oid id;
	pv_str key = { (const char *)id.id, sizeof(id.id) };

	if (!count)
		return PV_OK;
	graft = pv_arena_calloc(arena, sizeof(*graft));
	if (!graft)
		return PV_ENOMEM;
	graft->count = count - 1;
	graft->parents = pv_arena_calloc(arena, count * sizeof(git_oid));
	if (!graft->parents)
		return PV_ENOMEM;
	git_oid_fromstrn(&id, line, hex_len);
	for (size_t i = 1; i < count; i++)
		git_oid_fromstrn(&graft->parents[i - 1],
				 line + i * (hex_len + 1), hex_len);
	return pv_map_set(out, key, graft, NULL, NULL);
}

static int add_file(pv_map *out, pv_arena *arena, const char *path, pv_error *err)
{
	pv_buf text = { 0 };
	const char *line;
	int rc = pv_file_read(&text, path, err);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		rc = PV_OK;
	}
	line = pv_buf_text(&text);
	while (rc == PV_OK && *line) {
		size_t len = strcspn(line, "\n");

		if (add_line(out, arena, line, len) < 0)
			rc = pv_fail_nomem(err);
		line += len;
		line += *line ? 1 : 0;
	}
	pv_buf_dispose(&text);
	return rc;
}

int pv_grafts_load(pv_map *out, pv_arena *arena, pv_store *store, pv_error *err)
{
	static const char *const names[] = { "info/grafts", "shallow" };
	const char *other = pv_store_env(store, "GIT_GRAFT_FILE");
	pv_buf path = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < pv_array_len(names); i++) {
		pv_buf_clear(&path);
		if (i == 0 && other)
			pv_buf_puts(&path, other);
		else
			pv_buf_printf(&path, "%s/%s", store->common_dir,
				      names[i]);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK)
			rc = add_file(out, arena, path.ptr, err);
	}
	pv_buf_dispose(&path);
	return rc;
}
