/* SPDX-License-Identifier: MIT
 *
 * See marked.h. Attributes are asked only about a file that has markers.
 */
#include "repo/marked.h"

#include <string.h>

#include <pv/version.h>

#include "base/fail.h"
#include "base/str.h"
#include "repo/broken.h"
#include "repo/git.h"
#include "repo/selection.h"

enum {
	FILE_MAX = 64 << 20 /* bytes; what is larger nobody merges */
};

static int read_file(pv_buf *out, pv_cli *cli, const pv_point *at,
		     const char *path)
{
	int rc;

	out->max = FILE_MAX;
	rc = pv_store_read(out, NULL, cli->store, at, path, &cli->err);
	/* Removed, a link, a repository of its own: nothing to look into. */
	if (rc == PV_ENOTFOUND || rc == PV_EINVALID || rc == PV_ELIMIT) {
		pv_error_clear(&cli->err);
		pv_buf_clear(out);
		rc = PV_OK;
	}
	return rc;
}

int marked_line(int *line_out, pv_cli *cli, const pv_point *at, const char *path)
{
	pv_buf text = { 0 };
	int rc = read_file(&text, cli, at, path);

	*line_out = broken_marker_line(pv_buf_text(&text), text.len);
	pv_buf_dispose(&text);
	return rc;
}

static int is_in_folder(const pv_settings *settings, const char *path)
{
	const char *folders[SELECTION_FOLDERS];

	selection_folders(folders, settings);
	for (size_t i = 0; i < SELECTION_FOLDERS; i++) {
		size_t len = strlen(folders[i]);

		if (strncmp(path, folders[i], len) == 0 &&
		    (path[len] == '/' || path[len] == '\0'))
			return 1;
	}
	return 0;
}

static int is_merged_by_us(pv_cli *cli, const char *path)
{
	static const char ours[] = "merge: pv";
	const char *args[] = { "check-attr", "merge", "--", path, NULL };
	pv_buf out = { 0 };
	int is = cli_git_status(&out, cli, args) == 0 &&
		 pv_str_has_suffix(pv_buf_text(&out), ours);

	pv_buf_dispose(&out);
	return is;
}

int marked_check_text(pv_cli *cli, const char *path, const pv_buf *text)
{
	int line = broken_marker_line(pv_buf_text(text), text->len);

	if (!line ||
	    (!is_in_folder(&cli->settings, path) && !is_merged_by_us(cli, path)))
		return PV_OK;
	return broken_add_conflict(cli, path, line);
}

/* 1 for a prompt. */
static int is_prompt(pv_cli *cli, const char *path)
{
	pv_buf id = { 0 };
	int rc = pv_prompt_id(&id, &cli->settings, path, NULL);

	pv_buf_dispose(&id);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	return rc == PV_OK;
}

int marked_check(pv_cli *cli, const pv_point *at, const char *path)
{
	pv_buf text = { 0 };
	int rc = is_prompt(cli, path);

	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = read_file(&text, cli, at, path);
	if (rc == PV_OK)
		rc = marked_check_text(cli, path, &text);
	pv_buf_dispose(&text);
	return rc;
}
