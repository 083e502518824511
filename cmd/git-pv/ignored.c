/* SPDX-License-Identifier: MIT
 *
 * See ignored.h. Git is asked, for libgit2 and git differ in what patterns
 * mean.
 */
#include "ignored.h"

#include <string.h>

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

int ignored_find(pv_strlist *out, pv_cli *cli, const pv_strlist *paths)
{
	static const char *const args[] = { "check-ignore", "--stdin", "-z",
					    NULL };
	/* It takes names as they are anyway, and refuses to be told so. */
	static const char *const env[] = { "GIT_LITERAL_PATHSPECS=0", NULL };
	pv_git_options opts = { .env = env };
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
		rc = pv_fail(&cli->err, PV_EGIT, "git check-ignore: %.*s",
			     (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
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
