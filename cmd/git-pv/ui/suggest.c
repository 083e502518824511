/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": the names nearest to a mistyped word.
 */
#include "cli.h"

#include <string.h>

#include "base/edit_distance.h"
#include "base/fail.h"

enum {
	WORD_MAX = 60,
	NEAR_MAX = 3
};

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
	size_t limit = len / 3 + 2;

	if (len > WORD_MAX || len < 2)
		return;
	for (; *names; names++) {
		size_t edits;

		if (strlen(*names) > WORD_MAX || !strcmp(*names, word))
			continue;
		edits = pv_edit_distance(pv_str_of(word), pv_str_of(*names),
					 limit);
		/* The start of a name is a better guess than any typo. */
		if (len >= 3 && strncmp(*names, word, len) == 0)
			edits = 0;
		if (edits <= limit && !is_kept(out, *names))
			keep(out, *names, edits);
	}
	if (out->count && out->edits[0] == limit)
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
