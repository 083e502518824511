/* SPDX-License-Identifier: MIT
 *
 * Any search, the first line, against any prompt file, the rest: both stay
 * within their texts; what is found has a line of the file and a word marked.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/search.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const pv_prompt_match *match, const char *text, size_t len)
{
	int lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n' || text[i] == '\r';
	if (match->line < 0 || match->line > lines)
		abort();
	if (!strchr(match->snippet, 2) || !strchr(match->snippet, 3))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	const char *text = end ? (const char *)end + 1 : "";
	size_t len = end ? size - (size_t)(end - data) - 1 : 0;
	char *words = pv_strndup((const char *)data, size - len);
	pv_prompt_matches matches;
	pv_prompt_search *search;

	if (words && pv_prompt_search_new(&search, words, NULL, NULL) == PV_OK) {
		(void)pv_prompt_search_text(&matches, search, "a/b", text, len,
					    NULL);
		for (size_t i = 0; i < matches.count; i++)
			check(&matches.items[i], text, len);
		pv_prompt_search_free(search);
	}
	pv_free(words);
	return 0;
}
