/* SPDX-License-Identifier: MIT
 *
 * Printing marked pieces of texts; see snippet.h.
 */
#include "ui/snippet.h"

#include <string.h>

#include "base/utf8.h"

enum {
	MARK_START = 2,
	MARK_END = 3
};

/* The snippet without its marks; `fn` gets each part, marked or not. */
static void each_part(const char *snippet,
		      void (*fn)(const char *text, size_t len, int is_marked,
				 void *payload),
		      void *payload)
{
	static const char marks[] = { MARK_START, MARK_END, '\0' };
	int is_marked = 0;

	while (*snippet) {
		size_t len = strcspn(snippet, marks);

		if (len)
			fn(snippet, len, is_marked, payload);
		snippet += len;
		if (*snippet)
			is_marked = *snippet++ == MARK_START;
	}
}

static void put_text(const char *text, size_t len, int is_marked, void *payload)
{
	pv_cli *cli = payload;
	pv_buf line = { 0 };

	/* On one line, whatever the text was. */
	for (size_t i = 0; i < len; i++)
		pv_buf_put(&line, strchr("\n\r\t", text[i]) ? " " : text + i, 1);
	cli_puts(cli, is_marked ? cli_color(cli, CLI_COLOR_BOLD) : "");
	cli_text(cli, pv_buf_text(&line), line.len);
	cli_puts(cli, is_marked ? cli_color(cli, CLI_COLOR_RESET) : "");
	pv_buf_dispose(&line);
}

void snippet_print(pv_cli *cli, const char *snippet)
{
	each_part(snippet, put_text, cli);
}

/* Where marks are, in characters. */
struct marking {
	pv_jsonw *w;
	size_t at;
};

static void put_mark(const char *text, size_t len, int is_marked, void *payload)
{
	struct marking *it = payload;
	size_t count = pv_utf8_count(text, len);

	if (is_marked) {
		pv_jsonw_array(it->w);
		pv_jsonw_int(it->w, (int64_t)it->at);
		pv_jsonw_int(it->w, (int64_t)count);
		pv_jsonw_array_end(it->w);
	}
	it->at += count;
}

static void put_plain(const char *text, size_t len, int is_marked, void *payload)
{
	(void)is_marked;
	pv_buf_put(payload, text, len);
}

int snippet_json(pv_jsonw *w, const char *snippet, pv_error *err)
{
	struct marking it = { .w = w };
	pv_buf plain = { 0 };
	int rc;

	each_part(snippet, put_plain, &plain);
	rc = pv_buf_status(&plain, err);
	pv_jsonw_object(w);
	pv_jsonw_key(w, "text");
	pv_jsonw_stringn(w, pv_buf_text(&plain), plain.len);
	pv_jsonw_key(w, "marks");
	pv_jsonw_array(w);
	each_part(snippet, put_mark, &it);
	pv_jsonw_array_end(w);
	pv_jsonw_object_end(w);
	pv_buf_dispose(&plain);
	return rc;
}
