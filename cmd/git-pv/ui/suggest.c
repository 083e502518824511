/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": the names nearest to a mistyped word by edit distance, where
 * swapping two neighbours counts as one edit.
 */
#include "cli.h"

#include <string.h>

#include "base/fail.h"

enum {
	WORD_MAX = 60,
	NEAR_MAX = 3
};

static size_t least(size_t a, size_t b, size_t c)
{
	size_t low = a < b ? a : b;

	return low < c ? low : c;
}

/* Rows of the table: two back, one back, the current one. */
static size_t distance(const char *a, size_t alen, const char *b, size_t blen)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0];
	size_t *above = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= blen; j++)
		above[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[blen];
}

/* The nearest names so far, the best first. */
struct near {
	const char *names[NEAR_MAX];
	size_t edits[NEAR_MAX];
	size_t count;
};

static void keep(struct near *near, const char *name, size_t edits)
{
	size_t at = near->count;

	while (at && near->edits[at - 1] > edits)
		at--;
	if (at == NEAR_MAX)
		return;
	if (near->count < NEAR_MAX)
		near->count++;
	for (size_t i = near->count - 1; i > at; i--) {
		near->names[i] = near->names[i - 1];
		near->edits[i] = near->edits[i - 1];
	}
	near->names[at] = name;
	near->edits[at] = edits;
}

/* A list may be made of several, and have a name twice. */
static int is_kept(const struct near *near, const char *name)
{
	for (size_t i = 0; i < near->count; i++)
		if (!strcmp(near->names[i], name))
			return 1;
	return 0;
}

/* How far the best may be, and then the others. */
static void find(struct near *out, const char *word, const char *const *names)
{
	size_t len = strlen(word);

	if (len > WORD_MAX || len < 2)
		return;
	for (; *names; names++) {
		size_t name_len = strlen(*names);
		size_t edits;

		if (name_len > WORD_MAX || !strcmp(*names, word))
			continue;
		edits = distance(word, len, *names, name_len);
		/* The start of a name is a better guess than any typo. */
		if (len >= 3 && strncmp(*names, word, len) == 0)
			edits = 0;
		if (edits <= len / 3 + 2 && !is_kept(out, *names))
			keep(out, *names, edits);
	}
	if (out->count && out->edits[0] > len / 3 + 1)
		out->count = 0;
}

int cli_hint_near(pv_cli *cli, int rc, const char *word,
		  const char *const *names, const char *lister)
{
	struct near near = { 0 };
	pv_buf text = { 0 };

	find(&near, word, names);
	for (size_t i = 0; i < near.count; i++)
		pv_buf_printf(&text, "%s\"%s\"",
			      !i                   ? "did you mean "
			      : i + 1 < near.count ? ", "
						   : " or ",
			      near.names[i]);
	if (near.count)
		pv_buf_puts(&text, "? ");
	pv_buf_printf(&text, "\"%s\" lists all", lister);
	(void)pv_error_hint(&cli->err, rc, "%s", pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}
