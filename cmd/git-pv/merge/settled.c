/* SPDX-License-Identifier: MIT
 *
 * See settled.h. The list is MERGE_RR in the git folder: a hash, a tab, the
 * path and a NUL for each file. Rerere takes out what it replays. Of markers
 * that people took out a single line may be left, which makes no conflict.
 */
#include "merge/settled.h"

#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "merge/resolve.h"

static int is_listed(const pv_buf *list, const char *path)
{
	const char *text = pv_buf_text(list);

	for (size_t at = 0; at < list->len; at += strlen(text + at) + 1) {
		const char *tab = strchr(text + at, '\t');

		if (tab && strcmp(tab + 1, path) == 0)
			return 1;
	}
	return 0;
}

static int is_replayed(pv_cli *cli, const char *path)
{
	pv_buf name = { 0 };
	pv_buf list = { 0 };
	int is_there;
	int found;

	pv_buf_printf(&name, "%s/MERGE_RR", pv_store_git_dir(cli->store));
	is_there = name.status == PV_OK && pv_file_exists(name.ptr);
	found = is_there && pv_file_read(&list, name.ptr, NULL) == PV_OK &&
		!is_listed(&list, path);
	pv_buf_dispose(&name);
	pv_buf_dispose(&list);
	return found;
}

/* --- single markers ------------------------------------------------------ */

enum {
	SIDES = 3,
	MARKER_SIZE = 7 /* unless the attribute says another */
};

/* The three sides of a file. */
struct stages {
	pv_cli *cli;
	const char *path;
	pv_buf texts[SIDES];
};

static int read_stages(const pv_conflict *conflict, void *payload)
{
	struct stages *stages = payload;
	const pv_oid *blobs[SIDES] = { &conflict->base, &conflict->ours,
				       &conflict->theirs };
	int rc = PV_OK;

	if (strcmp(conflict->path, stages->path) != 0)
		return 0;
	for (size_t i = 0; i < SIDES && rc == PV_OK; i++)
		if (blobs[i]->hex[0])
			rc = pv_store_read_blob(&stages->texts[i],
						stages->cli->store, blobs[i],
						NULL);
	return rc < 0 ? rc : 1;
}

static pv_str next_line(const char *text, size_t len, size_t at)
{
	const char *end = memchr(text + at, '\n', len - at);
	pv_str line = { text + at, end ? (size_t)(end - text) - at : len - at };

	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Line ends apart. */
static int has_line(const pv_buf *text, pv_str line)
{
	for (size_t at = 0; at < text->len; at++) {
		pv_str own = next_line(pv_buf_text(text), text->len, at);

		if (pv_str_eq(own, line))
			return 1;
		while (at < text->len && text->ptr[at] != '\n')
			at++;
	}
	return 0;
}

static int is_marker(pv_str line, size_t size)
{
	size_t len = 0;

	while (len < line.len && line.ptr[len] == line.ptr[0])
		len++;
	return len == size && strchr("<|=>", line.ptr[0]) &&
	       (len == line.len || (line.ptr[len] == ' ' && line.ptr[0] != '='));
}

static int is_stray(const struct stages *stages, pv_str line, size_t size)
{
	int is_text = !is_marker(line, size);

	for (size_t i = 0; i < SIDES && !is_text; i++)
		is_text = has_line(&stages->texts[i], line);
	return !is_text;
}

/* The number of the first line that is left of markers; 0 for none. */
static int find_stray(const struct stages *stages, const pv_buf *text)
{
	int size = resolve_marker_size(stages->cli, stages->path);
	int number = 1;

	size = size > 0 ? size : MARKER_SIZE;
	for (size_t at = 0; at < text->len; at++, number++) {
		pv_str line = next_line(pv_buf_text(text), text->len, at);

		if (is_stray(stages, line, (size_t)size))
			return number;
		while (at < text->len && text->ptr[at] != '\n')
			at++;
	}
	return 0;
}

int settled_stray(pv_cli *cli, const char *path)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	struct stages stages = { .cli = cli, .path = path };
	pv_buf text = { 0 };
	int line = 0;

	if (pv_store_read(&text, NULL, cli->store, &here, path, NULL) == PV_OK &&
	    pv_store_conflict_each(cli->store, read_stages, &stages, NULL) > 0)
		line = find_stray(&stages, &text);
	for (size_t i = 0; i < SIDES; i++)
		pv_buf_dispose(&stages.texts[i]);
	pv_buf_dispose(&text);
	return line;
}

void settled_put(pv_buf *out, pv_cli *cli, const char *path)
{
	int line = settled_stray(cli, path);

	if (line)
		pv_buf_printf(out,
			      "line %d is left of the markers: take it out, "
			      "then ",
			      line);
	else
		pv_buf_puts(out, is_replayed(cli, path)
					 ? "settled by rerere: "
					 : "no markers are left in the file: ");
	pv_buf_printf(out, "\"git add %s\"", path);
}
