/* SPDX-License-Identifier: MIT
 *
 * See ignored.h. Git is asked, for libgit2 and git differ in what patterns
 * mean.
 */
#include "repo/ignored.h"

#include <string.h>
#include <sys/stat.h>

#include <pv/git.h>

#include "base/fail.h"

/* Adds texts that end in NUL. */
static int split(pv_strlist *out, const pv_buf *text, pv_error *err)
{
	size_t at = 0;
	int rc = PV_OK;

	while (at < text->len && rc == PV_OK) {
		rc = pv_strlist_add(out, text->ptr + at, err);
		at += strlen(text->ptr + at) + 1;
	}
	return rc;
}

/* The part of a path that is a symbolic link: its length, or 0 for none. */
static size_t link_in(const pv_cli *cli, const char *path)
{
	const char *slash = strchr(path, '/');
	size_t found = 0;

	for (; slash && !found; slash = strchr(slash + 1, '/')) {
		pv_buf full = { 0 };
		struct stat info;

		pv_buf_printf(&full, "%s/%.*s", pv_store_work_dir(cli->store),
			      (int)(slash - path), path);
		if (full.status == PV_OK && lstat(full.ptr, &info) == 0 &&
		    S_ISLNK(info.st_mode))
			found = (size_t)(slash - path);
		pv_buf_dispose(&full);
	}
	return found;
}

/* Git gives up at the first path that leads through a link. */
static int explain(pv_cli *cli, const pv_strlist *paths, const char *talk)
{
	int rc;

	for (size_t i = 0; i < paths->count; i++) {
		size_t len = link_in(cli, paths->items[i]);

		if (!len)
			continue;
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.*s\" is a symbolic link, which git does not "
			     "follow",
			     (int)len, paths->items[i]);
		return pv_error_hint(&cli->err, rc,
				     "put the folder itself in the link's place");
	}
	return pv_fail(&cli->err, PV_EGIT, "git check-ignore: %.*s",
		       (int)strcspn(talk, "\n"), talk);
}

int ignored_find(pv_strlist *out, pv_cli *cli, const pv_strlist *paths)
{
	static const char *const args[] = { "check-ignore", "--stdin", "-z",
					    NULL };
	pv_git_options opts = { 0 };
	pv_buf input = { 0 };
	pv_buf list = { 0 };
	pv_buf errors = { 0 };
	int status = 0;
	int rc;

	for (size_t i = 0; i < paths->count; i++)
		pv_buf_put(&input, paths->items[i], strlen(paths->items[i]) + 1);
	rc = pv_buf_status(&input, &cli->err);
	opts.input = input.ptr;
	opts.input_len = input.len;
	opts.errors = &errors;
	if (rc == PV_OK)
		rc = pv_git_run(&list, &status, cli->store, args, &opts,
				&cli->err);
	/* Git's 1 stands for "none of them". */
	if (rc == PV_OK && status > 1)
		rc = explain(cli, paths, pv_buf_text(&errors));
	if (rc == PV_OK)
		rc = split(out, &list, &cli->err);
	pv_strlist_sort(out);
	pv_buf_dispose(&input);
	pv_buf_dispose(&list);
	pv_buf_dispose(&errors);
	return rc;
}

int ignored_is(pv_cli *cli, const char *path)
{
	pv_strlist one = { 0 };
	pv_strlist found = { 0 };
	int rc = pv_strlist_add(&one, path, &cli->err);

	if (rc == PV_OK)
		rc = ignored_find(&found, cli, &one);
	if (rc == PV_OK)
		rc = found.count > 0;
	pv_strlist_dispose(&one);
	pv_strlist_dispose(&found);
	return rc;
}
