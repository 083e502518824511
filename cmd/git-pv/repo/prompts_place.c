/* SPDX-License-Identifier: MIT
 *
 * See prompts_place.h. Every folder on the way to the prompts is looked at,
 * from the top of the working tree down.
 */
#include "repo/prompts_place.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"

static int refuse_link(pv_cli *cli, const char *path)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "\"%s\" is, or leads through, a symbolic link", path);

	return pv_error_hint(&cli->err, rc,
			     "links are not followed: put the folder itself in "
			     "its place, or name it in pv.yaml as \"prompts\"");
}

static int refuse_nested(pv_cli *cli, const char *folder)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "\"%s\" is a repository of its own", folder);

	return pv_error_hint(&cli->err, rc,
			     "commit in there: git -C \"%s\" pv commit; its "
			     "pv.yaml says where its prompts are",
			     folder);
}

/* Judges one folder; `path` is where it is, with room for more. */
static int check_folder(pv_buf *path, pv_cli *cli, size_t top)
{
	size_t len = path->len;
	struct stat info;
	int is_nested;
	int rc = pv_buf_status(path, &cli->err);

	if (rc < 0 || lstat(path->ptr, &info) < 0)
		return rc;
	if (S_ISLNK(info.st_mode))
		return refuse_link(cli, path->ptr + top);
	pv_buf_puts(path, "/.git");
	rc = pv_buf_status(path, &cli->err);
	is_nested = rc == PV_OK && pv_file_exists(path->ptr);
	pv_buf_truncate(path, len);
	return is_nested ? refuse_nested(cli, path->ptr + top) : rc;
}

int prompts_place_check(pv_cli *cli)
{
	const char *at = cli->settings.prompts_dir;
	pv_buf path = { 0 };
	size_t top;
	int rc = PV_OK;

	if (pv_store_is_bare(cli->store))
		return PV_OK;
	pv_buf_printf(&path, "%s/", pv_store_work_dir(cli->store));
	top = path.len;
	while (rc == PV_OK && *at) {
		size_t len = strcspn(at, "/");

		pv_buf_put(&path, at, len);
		rc = check_folder(&path, cli, top);
		at += len + (at[len] == '/');
		pv_buf_putc(&path, '/');
	}
	pv_buf_dispose(&path);
	return rc;
}
