/* SPDX-License-Identifier: MIT
 *
 * Whether standard output gets colours: --color, then pv.color and color.ui,
 * then CLICOLOR_FORCE and NO_COLOR, then a dumb terminal, then whether it is
 * a terminal at all.
 */
#include "cli.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"

enum when {
	WHEN_ALWAYS = 1,
	WHEN_NEVER,
	WHEN_AUTO
};

static int read_when(const char *value)
{
	static const char *const always[] = { "always" };
	static const char *const never[] = { "never", "false", "no", "off", "0" };

	for (size_t i = 0; i < pv_array_len(always); i++)
		if (strcasecmp(value, always[i]) == 0)
			return WHEN_ALWAYS;
	for (size_t i = 0; i < pv_array_len(never); i++)
		if (strcasecmp(value, never[i]) == 0)
			return WHEN_NEVER;
	return WHEN_AUTO;
}

static int configured_when(pv_cli *cli)
{
	static const char *const keys[] = { "pv.color", "color.ui" };
	int when = 0;

	for (size_t i = 0; i < pv_array_len(keys) && !when; i++) {
		pv_buf value = { 0 };

		if (cli_config(&value, cli, keys[i]))
			when = read_when(pv_buf_text(&value));
		pv_buf_dispose(&value);
	}
	return when;
}

static int is_set(const char *name)
{
	const char *value = cli_env(name, NULL);

	return value && *value;
}

/* color.pager: whether a pager gets colours that nobody asked for. */
static int is_plain_pager(pv_cli *cli)
{
	return cli->store &&
	       !pv_store_config_bool(cli->store, "color.pager", 1) &&
	       (cli_pager_is_git(cli) || cli_pager_is_wanted(cli));
}

static int auto_color(pv_cli *cli)
{
	const char *term = cli_env("TERM", NULL);
	const char *force = cli_env("CLICOLOR_FORCE", NULL);

	if (force && *force && strcmp(force, "0") != 0)
		return 1;
	if (is_set("NO_COLOR"))
		return 0;
	return cli->is_tty && term && strcmp(term, "dumb") != 0 &&
	       !is_plain_pager(cli);
}

void cli_color_setup(pv_cli *cli)
{
	int when = cli->color_when;

	cli->is_tty = isatty(STDOUT_FILENO) || cli_pager_is_git(cli);
	if (cli->json) {
		cli->color = 0;
		return;
	}
	if (!when)
		when = configured_when(cli);
	if (when == WHEN_ALWAYS)
		cli->color = 1;
	else if (when == WHEN_NEVER)
		cli->color = 0;
	else
		cli->color = auto_color(cli);
}

const char *cli_color(const pv_cli *cli, enum cli_color color)
{
	static const char *const codes[] = {
		[CLI_COLOR_RESET] = "\033[m",  [CLI_COLOR_BOLD] = "\033[1m",
		[CLI_COLOR_DIM] = "\033[2m",   [CLI_COLOR_OLD] = "\033[31m",
		[CLI_COLOR_NEW] = "\033[32m",  [CLI_COLOR_META] = "\033[36m",
		[CLI_COLOR_WARN] = "\033[33m", [CLI_COLOR_ERROR] = "\033[1;31m",
	};

	return cli->color ? codes[color] : "";
}
