/* SPDX-License-Identifier: MIT
 *
 * See appraise_notes.h. The tree of a notes ref has a file for each commit,
 * its name the commit's id, in folders when there are many.
 */
#include "review/appraise_notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

struct reading {
	appraise_notes *out;
	pv_cli *cli;
	enum pv_appraise_kind kind;
};

/* The commit that a path names; 0 for what is no note of anything. */
static int read_path(pv_oid *out, const char *path)
{
	size_t count = 0;

	for (; *path; path++) {
		if (*path == '/')
			continue;
		if (count == 40 || !strchr("0123456789abcdef", *path))
			return 0;
		out->hex[count++] = *path;
	}
	out->hex[count] = '\0';
	return count == 40;
}

static int add_bad(struct reading *it, const pv_oid *commit, size_t line,
		   const pv_error *why)
{
	appraise_notes *out = it->out;
	appraise_bad *bad;

	if (pv_array_reserve(&out->bad, &out->bad_cap, out->bad_count + 1,
			     sizeof(*bad)) < 0)
		return pv_fail_nomem(&it->cli->err);
	bad = &out->bad[out->bad_count++];
	bad->commit = *commit;
	bad->ref = pv_appraise_ref(it->kind);
	bad->line = line;
	snprintf(bad->reason, sizeof(bad->reason), "%.127s", why->message);
	return PV_OK;
}

static int add_line(struct reading *it, const pv_oid *commit, size_t number,
		    pv_str line)
{
	appraise_notes *out = it->out;
	appraise_line *item;
	pv_error err = { 0 };
	int rc;

	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*item)) < 0)
		return pv_fail_nomem(&it->cli->err);
	item = &out->items[out->count];
	item->commit = *commit;
	rc = pv_appraise_read(&item->note, it->kind, line.ptr, line.len, &err);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&it->cli->err);
	if (rc < 0)
		return add_bad(it, commit, number, &err);
	out->count++;
	return PV_OK;
}

/* Lines without anything are what `git notes append` puts between others. */
static int read_note(const char *path, const pv_oid *blob, void *payload)
{
	struct reading *it = payload;
	pv_buf text = { 0 };
	pv_oid commit;
	size_t number = 0;
	int rc;

	if (!read_path(&commit, path))
		return PV_OK;
	rc = pv_store_read_blob(&text, it->cli->store, blob, &it->cli->err);
	for (size_t at = 0; rc == PV_OK && at < text.len;) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.ptr) - at : text.len - at;
		pv_str line = pv_str_trim((pv_str){ text.ptr + at, len });

		number++;
		if (line.len)
			rc = add_line(it, &commit, number, line);
		at += len + 1;
	}
	pv_buf_dispose(&text);
	return rc;
}

static int by_order(const void *a, const void *b)
{
	const appraise_line *first = a;
	const appraise_line *second = b;
	int order = strcmp(first->commit.hex, second->commit.hex);

	if (order)
		return order;
	if (first->note.kind != second->note.kind)
		return first->note.kind < second->note.kind ? -1 : 1;
	if (first->note.at != second->note.at)
		return first->note.at < second->note.at ? -1 : 1;
	return strcmp(first->note.key.hex, second->note.key.hex);
}

/* Notes that were merged by hand can have a line twice. */
static void drop_twins(appraise_notes *notes)
{
	size_t count = 0;

	for (size_t i = 0; i < notes->count; i++) {
		if (count && !by_order(&notes->items[count - 1], &notes->items[i]))
			pv_appraise_note_dispose(&notes->items[i].note);
		else
			notes->items[count++] = notes->items[i];
	}
	notes->count = count;
}

/* 1 when there is such a ref. */
static int read_ref(struct reading *it)
{
	pv_cli *cli = it->cli;
	pv_point at = { .kind = PV_AT_COMMIT };
	int rc = pv_store_ref(&at.commit, cli->store, pv_appraise_ref(it->kind),
			      &cli->err);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		return 0;
	}
	if (rc == PV_OK)
		rc = pv_store_each(cli->store, &at, "", read_note, it, &cli->err);
	return rc < 0 ? rc : 1;
}

int appraise_notes_load(appraise_notes *out, pv_cli *cli)
{
	struct reading it = { .out = out, .cli = cli };
	int found = 0;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < PV_APPRAISE_KINDS && rc >= 0; i++) {
		it.kind = (enum pv_appraise_kind)i;
		rc = read_ref(&it);
		found += rc > 0;
	}
	if (rc < 0)
		return rc;
	if (!found) {
		rc = pv_fail(&cli->err, PV_ENOTFOUND,
			     "git-appraise has noted nothing here");
		return pv_error_hint(&cli->err, rc,
				     "git fetch REMOTE "
				     "'refs/notes/devtools/*:refs/notes/"
				     "devtools/*'");
	}
	if (out->count) {
		qsort(out->items, out->count, sizeof(*out->items), by_order);
		drop_twins(out);
	}
	return PV_OK;
}

void appraise_notes_dispose(appraise_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		pv_appraise_note_dispose(&notes->items[i].note);
	pv_free(notes->items);
	pv_free(notes->bad);
	memset(notes, 0, sizeof(*notes));
}
