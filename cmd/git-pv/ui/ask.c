/* SPDX-License-Identifier: MIT
 *
 * See ask.h. Input is read byte by byte: what follows the line is left to
 * whoever reads next, the editor for one.
 */
#include "ui/ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

enum {
	ANSWER_MAX = 4096 /* what a terminal gives as one line */
};

int ask_is_possible(const pv_cli *cli)
{
	const char *prompt = cli_env("GIT_TERMINAL_PROMPT", NULL);

	return !cli->json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO) &&
	       !(prompt && strcmp(prompt, "0") == 0);
}

static int read_line(pv_buf *out, pv_cli *cli)
{
	char c = 0;
	ssize_t n = 0;

	out->max = ANSWER_MAX;
	do {
		n = read(STDIN_FILENO, &c, 1);
		if (n == 1 && c != '\n')
			pv_buf_putc(out, c);
	} while ((n == 1 && c != '\n') || (n < 0 && errno == EINTR));
	if (n < 0)
		return pv_fail_errno(&cli->err, errno, "read", "standard input");
	if (n == 0)
		return pv_fail(&cli->err, PV_ECANCELED, "the input has ended");
	return pv_buf_status(out, &cli->err);
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

int ask_line(pv_buf *out, pv_cli *cli, const char *question, const char *otherwise)
{
	pv_buf line = { 0 };
	size_t start = 0;
	int rc;

	if (*otherwise)
		fprintf(stderr, "%s [%s]: ", question, otherwise);
	else
		fprintf(stderr, "%s: ", question);
	fflush(stderr);
	rc = read_line(&line, cli);
	while (line.len && is_blank(line.ptr[line.len - 1]))
		pv_buf_truncate(&line, line.len - 1);
	while (start < line.len && is_blank(line.ptr[start]))
		start++;
	pv_buf_clear(out);
	pv_buf_puts(out, line.len > start ? line.ptr + start : otherwise);
	pv_buf_dispose(&line);
	return rc == PV_OK ? pv_buf_status(out, &cli->err) : rc;
}
