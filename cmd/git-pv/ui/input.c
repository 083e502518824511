/* SPDX-License-Identifier: MIT
 *
 * What a command takes in besides its options: git's configuration, standard
 * input, and the names of files as the user sees them from where they are.
 */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/str.h"
#include "base/utf8.h"

/* More than the largest document we read; a bound for what a pipe feeds. */
enum {
	STDIN_MAX = 256 << 20
};

int cli_config(pv_buf *out, pv_cli *cli, const char *key)
{
	return cli->store && pv_store_config(out, cli->store, key, NULL) >= 0;
}

int cli_read_stdin(pv_buf *out, pv_cli *cli)
{
	char piece[8192];

	if (!out->max)
		out->max = STDIN_MAX;
	for (;;) {
		ssize_t n = read(STDIN_FILENO, piece, sizeof(piece));

		if (n == 0)
			return pv_buf_status(out, &cli->err);
		if (n > 0)
			pv_buf_put(out, piece, (size_t)n);
		else if (errno != EINTR)
			return pv_fail_errno(&cli->err, errno, "read",
					     "standard input");
		if (out->status != PV_OK)
			return pv_buf_status(out, &cli->err);
	}
}

int cli_check_utf8(pv_cli *cli, const char *what, const char *text, size_t len)
{
	size_t bad = pv_utf8_valid(text, len);
	int rc;

	if (bad == len)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_EINVALID,
		     "%s is not UTF-8: bad byte at offset %zu", what, bad);
	return pv_error_hint(&cli->err, rc, "convert it, e.g. with iconv");
}

/* Appends `path` to the absolute path in `out`, settling "." and "..". */
static void append_path(pv_buf *out, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && memcmp(path, "..", 2) == 0) {
			while (out->len && out->ptr[out->len - 1] != '/')
				pv_buf_truncate(out, out->len - 1);
			if (out->len)
				pv_buf_truncate(out, out->len - 1);
		} else if (len && !(len == 1 && *path == '.')) {
			pv_buf_putc(out, '/');
			pv_buf_put(out, path, len);
		}
		path += len;
		path += *path == '/';
	}
}

static int absolute_path(pv_buf *out, pv_cli *cli, const char *arg)
{
	char real[PATH_MAX];

	if (arg[0] == '/') {
		/* Through links, as the working tree's own path is. */
		append_path(out, realpath(arg, real) ? real : arg);
		return pv_buf_status(out, &cli->err);
	}
	if (!getcwd(real, sizeof(real)))
		return pv_fail_errno(&cli->err, errno, "find", "current folder");
	append_path(out, real);
	append_path(out, arg);
	return pv_buf_status(out, &cli->err);
}

int cli_repo_path(pv_buf *out, pv_cli *cli, const char *arg)
{
	const char *top = pv_store_work_dir(cli->store);
	const char *inside;
	pv_buf path = { 0 };
	int rc;

	if (!top) {
		append_path(&path, arg);
		pv_buf_puts(out, path.len ? path.ptr + 1 : "");
		pv_buf_dispose(&path);
		return pv_buf_status(out, &cli->err);
	}
	rc = absolute_path(&path, cli, arg);
	if (rc < 0)
		goto out;
	inside = pv_buf_text(&path);
	if (pv_str_has_prefix(inside, top))
		inside += strlen(top);
	if (inside == path.ptr || (*inside && *inside != '/')) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%s\" is outside the repository at \"%s\"", arg,
			     top);
		pv_error_hint(&cli->err, rc, "name a file inside it");
		goto out;
	}
	pv_buf_puts(out, inside + (*inside == '/'));
	rc = pv_buf_status(out, &cli->err);
out:
	pv_buf_dispose(&path);
	return rc;
}
