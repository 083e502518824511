/* SPDX-License-Identifier: MIT
 *
 * Paths in the quotes git puts around odd ones, so that a line is a line and
 * what is printed can be told from any other path.
 */
#include "cli.h"

#include <string.h>

static const char named[] = "\a\b\t\n\v\f\r\"\\";
static const char letters[] = "abtnvfr\"\\";

/* Whether git quotes the byte; core.quotePath is about those beyond ASCII. */
static int is_odd(char c, int quote_path)
{
	unsigned char byte = (unsigned char)c;

	return byte < 0x20 || byte == 0x7f || c == '"' || c == '\\' ||
	       (byte >= 0x80 && quote_path);
}

static void put_escape(pv_buf *out, char c)
{
	const char *at = strchr(named, c);

	if (at)
		pv_buf_printf(out, "\\%c", letters[at - named]);
	else
		pv_buf_printf(out, "\\%03o", (unsigned)(unsigned char)c);
}

void cli_path(pv_cli *cli, const char *path)
{
	int quote_path = pv_store_config_bool(cli->store, "core.quotePath", 1);
	const char *end = path;
	pv_buf text = { 0 };

	while (*end && !is_odd(*end, quote_path))
		end++;
	if (!*end) {
		cli_line(cli, path);
		return;
	}
	pv_buf_putc(&text, '"');
	for (; *path; path++) {
		if (is_odd(*path, quote_path))
			put_escape(&text, *path);
		else
			pv_buf_putc(&text, *path);
	}
	pv_buf_putc(&text, '"');
	if (pv_buf_status(&text, NULL) == PV_OK)
		cli_line(cli, text.ptr);
	pv_buf_dispose(&text);
}
