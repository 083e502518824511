/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": the name nearest to a mistyped word by edit distance, where
 * swapping two neighbours counts as one edit.
 */
#include "cli.h"

#include <string.h>

enum {
	WORD_MAX = 40
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

const char *cli_nearest(const char *word, const char *const *names)
{
	size_t len = strlen(word);
	size_t best = len / 3 + 1;
	const char *near = NULL;

	if (len > WORD_MAX || len < 2)
		return NULL;
	for (; *names; names++) {
		size_t name_len = strlen(*names);
		size_t edits;

		if (name_len > WORD_MAX)
			continue;
		/* The start of a name is a better guess than any typo. */
		if (len >= 3 && strncmp(*names, word, len) == 0)
			return *names;
		edits = distance(word, len, *names, name_len);
		if (edits < best || (edits == best && !near)) {
			best = edits;
			near = *names;
		}
	}
	return near;
}
