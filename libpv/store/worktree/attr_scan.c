/* SPDX-License-Identifier: MIT
 *
 * Attribute scans, see attr_scan.h. The answer errs on the safe side: a word
 * in a comment counts as a mention, and then libgit2 looks properly.
 */
#include "store/worktree/attr_scan.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/index/index.h"

/* Whatever changes bytes; line ends towards LF change CR only. */
static const char *const words[] = { "filter", "ident", "encoding", "crlf" };

const char pv_attr_system_file[] = "/etc/gitattributes";
static const char own_name[] = ".gitattributes";

/* Marks in the map. */
static char is_plain;
static char is_special;

/* 1 when the file mentions a conversion, 0 when not or not there, or < 0. */
static int scan_file(const char *path, pv_error *err)
{
	pv_buf text = { 0 };
	int found = 0;
	int rc = pv_file_read(&text, path, err);

	for (size_t i = 0; rc == PV_OK && text.len && i < pv_array_len(words); i++)
		found |= strstr(text.ptr, words[i]) != NULL;
	pv_buf_dispose(&text);
	if (rc == PV_ENOMEM)
		return rc;
	/* What cannot be read is libgit2's to complain about. */
	return rc == PV_OK ? found : rc != PV_ENOTFOUND;
}

void pv_attr_user_file(pv_buf *out, pv_store *store)
{
	const char *xdg = pv_store_env(store, "XDG_CONFIG_HOME");
	const char *home = pv_store_env(store, "HOME");
	git_buf path = { 0 };

	if (git_config_get_path(&path, store->config, "core.attributesFile") ==
	    0) {
		pv_buf_puts(out, path.ptr);
		git_buf_dispose(&path);
		return;
	}
	git_error_clear();
	if (xdg && *xdg)
		pv_buf_printf(out, "%s/git/attributes", xdg);
	else if (home)
		pv_buf_printf(out, "%s/.config/git/attributes", home);
}

static int scan_outside(pv_attr_scan *scan, pv_error *err)
{
	pv_buf path = { 0 };
	int rc = scan_file(pv_attr_system_file, err);

	if (rc == 0) {
		pv_attr_user_file(&path, scan->store);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK && path.len)
			rc = scan_file(path.ptr, err);
	}
	if (rc == 0) {
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/info/attributes",
			      scan->store->common_dir);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK)
			rc = scan_file(path.ptr, err);
	}
	pv_buf_dispose(&path);
	scan->is_global = rc > 0;
	return rc < 0 ? rc : PV_OK;
}

/* Whether configuration turns LF into CRLF where attributes say "text". */
static int wants_crlf(pv_store *store)
{
	git_config_entry *entry = NULL;
	int wanted = pv_store_config_bool(store, "core.autocrlf", 0) == 1;

	if (git_config_get_entry(&entry, store->config, "core.eol") == 0)
		wanted |= entry->value && strcmp(entry->value, "crlf") == 0;
	git_config_entry_free(entry);
	git_error_clear();
	return wanted;
}

int pv_attr_scan_init(pv_attr_scan *out, pv_store *store, pv_error *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->store = store;
	out->to_crlf = wants_crlf(store);
	rc = pv_index_lend(store, NULL, err);
	if (rc == PV_OK)
		rc = pv_index_get(&out->index, store, err);
	return rc < 0 ? rc : scan_outside(out, err);
}

void pv_attr_scan_dispose(pv_attr_scan *scan)
{
	pv_index_release(scan->index);
	pv_map_dispose(&scan->folders);
	memset(scan, 0, sizeof(*scan));
}

/* Looks at one folder's own file: in the working tree, else in the index. */
static int scan_folder(pv_attr_scan *scan, pv_str folder, pv_error *err)
{
	pv_buf path = { 0 };
	size_t skip = strlen(scan->store->work_dir) + 1;
	int rc;

	pv_buf_printf(&path, "%s/", scan->store->work_dir);
	pv_buf_put(&path, folder.ptr, folder.len);
	pv_buf_puts(&path, own_name);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK && pv_file_exists(path.ptr))
		rc = scan_file(path.ptr, err);
	else if (rc == PV_OK)
		rc = pv_index_map_row(scan->index, path.ptr + skip) != NULL;
	pv_buf_dispose(&path);
	return rc;
}

/* 1 when the folder or one above it mentions a conversion. */
static int ask_folder(pv_attr_scan *scan, pv_str folder, pv_error *err)
{
	const char *known = pv_map_find(&scan->folders, folder);
	pv_str above = folder;
	int rc = 0;

	if (known)
		return known == &is_special;
	if (folder.len) {
		do
			above.len--;
		while (above.len && above.ptr[above.len - 1] != '/');
		rc = ask_folder(scan, above, err);
	}
	if (rc == 0)
		rc = scan_folder(scan, folder, err);
	if (rc < 0)
		return rc;
	if (pv_map_set(&scan->folders, folder, rc ? &is_special : &is_plain,
		       NULL, err) < 0)
		return PV_ENOMEM;
	return rc;
}

/* 1 when attributes may ask for a conversion of the file. */
static int is_mentioned(pv_attr_scan *scan, const char *path, pv_error *err)
{
	const char *slash = strrchr(path, '/');
	pv_str folder = { path, slash ? (size_t)(slash - path) + 1 : 0 };

	return scan->is_global ? 1 : ask_folder(scan, folder, err);
}

int pv_attr_scan_is_plain_in(pv_attr_scan *scan, const char *path,
			     const char *data, size_t len, pv_error *err)
{
	int rc;

	/* Line ends go towards LF here: only a CR can be affected. */
	if (len && memchr(data, '\r', len))
		return 0;
	rc = is_mentioned(scan, path, err);
	return rc < 0 ? rc : !rc;
}

int pv_attr_scan_is_plain_out(pv_attr_scan *scan, const char *path, pv_error *err)
{
	int rc;

	if (scan->to_crlf)
		return 0;
	rc = is_mentioned(scan, path, err);
	return rc < 0 ? rc : !rc;
}
