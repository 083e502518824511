/* SPDX-License-Identifier: MIT
 *
 * The help of one command as -h prints it: usage lines, examples, options.
 * It stays within 25 lines; what does not fit is in the man page.
 */
#include "cli.h"

#include <string.h>

#include "base/str.h"

/* Where the explanations of options start, and the lines of a help. */
enum {
	HELP_COLUMN = 26,
	HELP_LINES = 25
};

static void put_option(pv_buf *out, const cli_option *option)
{
	size_t start = out->len;
	size_t width;

	pv_buf_puts(out, "  ");
	if (option->short_name)
		pv_buf_printf(out, "-%c%s", option->short_name,
			      option->long_name ? ", " : "");
	if (option->long_name)
		pv_buf_printf(out, "--%s", option->long_name);
	if (option->arg)
		pv_buf_printf(out, option->is_optional ? "[=%s]" : " %s",
			      option->arg);
	width = out->len - start;
	do
		pv_buf_putc(out, ' ');
	while (++width < HELP_COLUMN);
	pv_buf_printf(out, "%s\n", option->help);
}

static int count_lines(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

int cli_option_applies(const cli_option *option, const cli_command *command)
{
	if (!option->long_name)
		return 1;
	if (strcmp(option->long_name, "json") == 0)
		return (command->needs & CLI_JSON) != 0;
	if (strcmp(option->long_name, "no-pager") == 0)
		return (command->needs & CLI_PAGER) != 0;
	if (strcmp(option->long_name, "no-fallback") == 0)
		return (command->needs & CLI_SPECS) != 0;
	return 1;
}

/* Options while there is room, the last line being the reference. */
static void put_options(pv_buf *out, const cli_command *command)
{
	const cli_option *option = command->usage->options;
	int room = HELP_LINES - count_lines(pv_buf_text(out)) - 4;

	pv_buf_puts(out, "\noptions:\n");
	for (; option && (option->short_name || option->long_name); option++) {
		if (room-- > 0)
			put_option(out, option);
	}
	option = cli_common_options() + 1;
	for (; option->long_name; option++) {
		if (cli_option_applies(option, command) && room-- > 0)
			put_option(out, option);
	}
	pv_buf_printf(out, "\n\"git pv help %s\" shows the manual page.\n",
		      command->name);
}

void cli_print_usage(pv_buf *out, const cli_command *command)
{
	const cli_usage *usage = command->usage;

	for (size_t i = 0; usage->synopsis[i]; i++)
		pv_buf_printf(out, "%s %s\n",
			      i ? "   or:" : "usage:", usage->synopsis[i]);
	if (usage->examples[0])
		pv_buf_puts(out, "\nexamples:\n");
	for (size_t i = 0; usage->examples[i]; i++)
		pv_buf_printf(out, "  %s\n", usage->examples[i]);
	put_options(out, command);
}
