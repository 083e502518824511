/* SPDX-License-Identifier: MIT
 *
 * See trace.h. Each line is one write, so that those of commands which run at
 * once are not mixed.
 */
#include "ui/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

static void tell(const pv_trace_step *step, void *payload)
{
	const pv_cli *cli = payload;
	char line[160];
	int len;

	len = snprintf(line, sizeof(line),
		       "trace: %ld %5lld.%03d ms  %-8s %s%s\n", (long)getpid(),
		       (long long)(step->micros / 1000),
		       (int)(step->micros % 1000), step->module, step->name,
		       step->rc < 0 ? ", failed" : "");
	/* A trace that cannot be written is no reason to fail. */
	if (len > 0 && (size_t)len < sizeof(line) &&
	    write(cli->trace_file, line, (size_t)len) < 0)
		return;
}

static int is_no(const char *value)
{
	return !value || !*value || !strcmp(value, "0") ||
	       !strcmp(value, "false");
}

/* The file a value names; NULL for standard error. */
static const char *file_of(const pv_cli *cli, const char *value)
{
	if (cli->verbose || is_no(value) || !strcmp(value, "1") ||
	    !strcmp(value, "true"))
		return NULL;
	return value;
}

void trace_start(pv_cli *cli)
{
	const char *value = cli_env("PV_TRACE", NULL);
	const char *file = file_of(cli, value);

	/* What git calls has lines of its own: see git-pv-merge-driver(1). */
	if (cli->trace.tell || (is_no(value) && !cli->verbose) ||
	    (file && cli->command->needs & CLI_HIDDEN))
		return;
	cli->trace_file = STDERR_FILENO;
	if (file)
		cli->trace_file =
			open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
			     0666);
	if (cli->trace_file < 0) {
		(void)pv_fail_errno(&cli->err, errno, "open", file);
		cli_warn(cli, "nothing is traced: %s", cli->err.message);
		pv_error_clear(&cli->err);
		return;
	}
	cli->trace.tell = tell;
	cli->trace.payload = cli;
	cli->began = pv_trace_begin(&cli->trace);
}

void trace_finish(pv_cli *cli, int rc)
{
	if (!cli->trace.tell)
		return;
	(void)pv_trace_end(&cli->trace, cli->began, "command",
			   cli->command->name, rc);
	if (cli->trace_file != STDERR_FILENO)
		close(cli->trace_file);
	cli->trace.tell = NULL;
}
