/* SPDX-License-Identifier: MIT
 *
 * See search_words.h.
 */
#include "prompt/search_words.h"

#include <string.h>

#include "base/utf8.h"

/* Several operands are several words. */
int search_words_join(pv_buf *out, pv_cli *cli, int count, char **words)
{
	for (int i = 0; i < count; i++)
		pv_buf_printf(out, "%s%s", i ? " " : "", words[i]);
	return pv_buf_status(out, &cli->err);
}

void search_words_place(pv_cli *cli, const char *text)
{
	size_t at = 0;

	if (cli->err.column < 1 || cli->err.line != 1)
		return;
	pv_buf_puts(&cli->details, "  ");
	cli_escape(&cli->details, text, strlen(text), "");
	pv_buf_puts(&cli->details, "\n  ");
	for (int i = 1; i < cli->err.column && text[at]; i++) {
		size_t len;
		int32_t c = pv_utf8_decode(text + at, strlen(text + at), &len);

		for (int k = pv_utf8_width(c < 0 ? '?' : (uint32_t)c); k > 0; k--)
			pv_buf_putc(&cli->details, ' ');
		at += len;
	}
	pv_buf_puts(&cli->details, "^\n");
}
