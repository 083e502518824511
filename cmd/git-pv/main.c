/* SPDX-License-Identifier: MIT
 *
 * git-pv, which git runs as `git pv`. Git handles its own global options
 * before it starts us; called directly we understand the same ones and hand
 * them on in the environment, as git does.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
# include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pv/init.h>

#include "base/fail.h"
#include "base/str.h"
#include "setup/overview.h"
#include "ui/interrupt.h"

/* A file opened as number 0, 1 or 2 would be mistaken for a standard one. */
static void keep_standard_files(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd < 2)
		fd = dup(fd);
	if (fd > 2)
		close(fd);
}

static void note_size_limit(int number)
{
	(void)number;
}

/*
 * Beyond a limit on file sizes, writing shall fail and be reported, not end
 * us with locks held. A handler, as a program that is started gets the default
 * back, which it would not of a signal that is ignored.
 */
static void survive_size_limit(void)
{
	struct sigaction old;
	struct sigaction mine = { 0 };

	mine.sa_handler = note_size_limit;
	mine.sa_flags = SA_RESTART;
	sigemptyset(&mine.sa_mask);
	if (sigaction(SIGXFSZ, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		sigaction(SIGXFSZ, &mine, NULL);
}

/* Appends 'text' in the quotes GIT_CONFIG_PARAMETERS uses. */
static void put_quoted(pv_buf *out, const char *text, size_t len)
{
	pv_buf_putc(out, '\'');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\'' || text[i] == '!')
			pv_buf_printf(out, "'\\%c'", text[i]);
		else
			pv_buf_putc(out, text[i]);
	}
	pv_buf_putc(out, '\'');
}

static int add_config(pv_cli *cli, const char *setting)
{
	const char *before = cli_env("GIT_CONFIG_PARAMETERS", NULL);
	const char *equals = strchr(setting, '=');
	size_t key_len = equals ? (size_t)(equals - setting) : strlen(setting);
	pv_buf all = { 0 };
	int rc;

	if (!memchr(setting, '.', key_len))
		return cli_usage_error(cli, "-c needs section.key=value");
	if (before && *before)
		pv_buf_printf(&all, "%s ", before);
	put_quoted(&all, setting, key_len);
	pv_buf_putc(&all, '=');
	if (equals)
		put_quoted(&all, equals + 1, strlen(equals + 1));
	rc = pv_buf_status(&all, &cli->err);
	if (rc == PV_OK)
		setenv("GIT_CONFIG_PARAMETERS", pv_buf_text(&all), 1);
	pv_buf_dispose(&all);
	return rc;
}

static int change_folder(pv_cli *cli, const char *path)
{
	if (!*path || chdir(path) == 0)
		return PV_OK;
	pv_fail_errno(&cli->err, errno, "change to", path);
	cli->err.id = PV_ERR_IO;
	return cli->err.code;
}

/*
 * The value of global option `name` at argv[*at], joined with "=" or as the
 * next argument; NULL when it is another option or there is none.
 */
static const char *value_of(const char *name, int *at, int argc, char **argv)
{
	size_t len = strlen(name);
	const char *arg = *at < argc ? argv[*at] : NULL;

	if (!arg || strncmp(arg, name, len) != 0)
		return NULL;
	if (arg[len] == '=' && name[1] == '-')
		return arg + len + 1;
	if (arg[len] || *at + 1 >= argc)
		return NULL;
	return argv[++*at];
}

static int unknown_global(pv_cli *cli, const char *arg)
{
	static const char *const names[] = { "--git-dir",  "--work-tree",
					     "--no-pager", "--json",
					     "--color",    "--version",
					     "--help",     NULL };
	int rc = cli_usage_error(cli, "unknown option \"%s\"", arg);

	return cli_hint_near(cli, rc, arg, names, "man git-pv");
}

/* One option before the command's name; `*at` moves past its value. */
static int global_option(pv_cli *cli, int *at, int argc, char **argv)
{
	const char *arg = argv[*at];
	const char *value;

	value = value_of("-C", at, argc, argv);
	if (value)
		return change_folder(cli, value);
	value = value_of("-c", at, argc, argv);
	if (value)
		return add_config(cli, value);
	value = value_of("--git-dir", at, argc, argv);
	if (value) {
		setenv("GIT_DIR", value, 1);
		return PV_OK;
	}
	value = value_of("--work-tree", at, argc, argv);
	if (value) {
		setenv("GIT_WORK_TREE", value, 1);
		return PV_OK;
	}
	if (strcmp(arg, "--no-pager") == 0)
		cli->no_pager = 1;
	else if (strcmp(arg, "--json") == 0)
		cli->json = 1;
	else if (strcmp(arg, "--color") == 0 || strcmp(arg, "--color=always") == 0)
		cli->color_when = 1;
	else if (strcmp(arg, "--color=never") == 0)
		cli->color_when = 2;
	else if (strcmp(arg, "--color=auto") == 0)
		cli->color_when = 3;
	else
		return unknown_global(cli, arg);
	return PV_OK;
}

/* "--version" and "--help" are commands, too. */
static const char *command_name(const char *arg)
{
	if (strcmp(arg, "--version") == 0 || strcmp(arg, "-v") == 0)
		return "version";
	if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		return "help";
	return arg[0] == '-' ? NULL : arg;
}

/*
 * Finds the command; its place in argv goes to `*at`, which is that of the last
 * option where there is none.
 */
static int find_command(pv_cli *cli, int *at, int argc, char **argv)
{
	int rc;

	for (*at = 1; *at < argc; ++*at) {
		const char *name = command_name(argv[*at]);

		if (name) {
			cli->command = cli_find_command(name);
			return cli->command ? PV_OK
					    : cli_unknown_command(cli, name);
		}
		rc = global_option(cli, at, argc, argv);
		if (rc < 0)
			return rc;
	}
	cli->command = &overview_command;
	*at = argc - 1;
	return PV_OK;
}

static int has_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return 1;
	return 0;
}

static int run(pv_cli *cli, int argc, char **argv)
{
	int at;
	int status;

	if (find_command(cli, &at, argc, argv) == PV_OK)
		return cli_run(cli, cli->command, argc - at, argv + at);
	cli->json = cli->json || has_json(argc, argv);
	status = cli_report_error(cli, cli->err.code);
	cli_finish(cli);
	pv_buf_dispose(&cli->out);
	return status;
}

/*
 * A command that lives for milliseconds has no use for handing memory back,
 * nor for asking for it page by page, which each thread's heap does.
 */
static void keep_memory(void)
{
#ifdef __GLIBC__
	(void)mallopt(M_TOP_PAD, 1 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
	(void)mallopt(M_MMAP_THRESHOLD, 8 << 20);
#endif
}

int main(int argc, char **argv)
{
	pv_cli cli = { 0 };
	int status;

	keep_memory();
	keep_standard_files();
	/* A parent that ignores it must not make `... | head` an error. */
	signal(SIGPIPE, SIG_DFL);
	survive_size_limit();
	if (pv_init(&cli.err) < 0) {
		fprintf(stderr, "error: %s\n", cli.err.message);
		return 128;
	}
	status = run(&cli, argc, argv);
	pv_shutdown();
	interrupt_finish();
	return status;
}
