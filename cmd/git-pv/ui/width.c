/* SPDX-License-Identifier: MIT
 *
 * How wide the terminal is: COLUMNS, which git sets for its commands when a
 * pager runs, then the terminal itself. Behind a pager standard output is a
 * pipe, but standard error mostly still the terminal.
 */
#include "cli.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

enum {
	DEFAULT_WIDTH = 80,
	MAX_WIDTH = 10000
};

int cli_width(void)
{
	static const int files[] = { STDOUT_FILENO, STDERR_FILENO };
	const char *columns = cli_env("COLUMNS", NULL);
	struct winsize size;
	unsigned width;

	if (columns &&
	    pv_str_to_uint(&width, pv_str_of(columns), MAX_WIDTH) == PV_OK &&
	    width > 0)
		return (int)width;
	for (size_t i = 0; i < pv_array_len(files); i++)
		if (ioctl(files[i], TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
			return size.ws_col;
	return DEFAULT_WIDTH;
}
