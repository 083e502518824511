/* SPDX-License-Identifier: MIT
 *
 * What a merge could not decide, field by field: for each unmerged path the
 * changes of both sides against the base are compared, and where the same
 * field got two values that is a row. Declared in gitmove.h.
 */
#include <string.h>

#include <pv/diff.h>

#include "gitmove.h"

/* An unmerged file: its path, its prompt's id, and the three texts. */
struct unmerged {
	const pv_conflict *conflict;
	pv_buf id;
	pv_buf base;
	pv_buf ours;
	pv_buf theirs;
	pv_diff *left;  /* base to ours */
	pv_diff *right; /* base to theirs */
};

/* Where rows go. */
struct rows {
	pv_cli *cli;
	pv_jsonw *w; /* NULL: as text */
};

static int read_side(pv_buf *out, pv_cli *cli, const pv_oid *blob)
{
	if (!blob->hex[0])
		return PV_OK;
	return pv_store_read_blob(out, cli->store, blob, &cli->err);
}

static int compare(pv_diff **out, const pv_buf *base, const pv_buf *side,
		   pv_error *err)
{
	return pv_diff_texts(out, base->ptr, base->len, side->ptr, side->len,
			     err);
}

static int unmerged_load(struct unmerged *out, pv_cli *cli,
			 const pv_conflict *conflict)
{
	int rc;

	out->conflict = conflict;
	rc = pv_prompt_id(&out->id, &cli->settings, conflict->path, NULL);
	if (rc == PV_ENOMEM)
		return rc;
	rc = read_side(&out->base, cli, &conflict->base);
	if (rc == PV_OK)
		rc = read_side(&out->ours, cli, &conflict->ours);
	if (rc == PV_OK)
		rc = read_side(&out->theirs, cli, &conflict->theirs);
	if (rc == PV_OK)
		rc = compare(&out->left, &out->base, &out->ours, &cli->err);
	if (rc == PV_OK)
		rc = compare(&out->right, &out->base, &out->theirs, &cli->err);
	return rc;
}

static void unmerged_dispose(struct unmerged *file)
{
	pv_diff_free(file->left);
	pv_diff_free(file->right);
	pv_buf_dispose(&file->id);
	pv_buf_dispose(&file->base);
	pv_buf_dispose(&file->ours);
	pv_buf_dispose(&file->theirs);
}

static void put_value(pv_jsonw *w, const char *key, const char *json)
{
	pv_jsonw_key(w, key);
	if (json)
		pv_jsonw_raw(w, json, strlen(json));
	else
		pv_jsonw_null(w);
}

/* One row; both changes NULL where no single field is to blame. */
static void put_row(struct rows *rows, const struct unmerged *file,
		    const pv_field_change *ours, const pv_field_change *theirs)
{
	const char *id = file->id.len ? file->id.ptr : NULL;
	pv_jsonw *w = rows->w;

	if (!w) {
		cli_puts(rows->cli, "conflict: ");
		cli_line(rows->cli, id ? id : file->conflict->path);
		if (ours)
			cli_printf(rows->cli, " %s", ours->path);
		cli_puts(rows->cli, "\n");
		return;
	}
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", id);
	pv_jsonw_member(w, "path", file->conflict->path);
	pv_jsonw_member(w, "field", ours ? ours->path : NULL);
	put_value(w, "base", ours ? ours->old_json : NULL);
	put_value(w, "ours", ours ? ours->new_json : NULL);
	put_value(w, "theirs", theirs ? theirs->new_json : NULL);
	pv_jsonw_object_end(w);
}

static int same_json(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The other side's change of the same field to something else, or NULL. */
static const pv_field_change *opposite(const pv_diff *other,
				       const pv_field_change *change)
{
	for (size_t i = 0; i < pv_diff_count(other); i++) {
		const pv_field_change *theirs = pv_diff_at(other, i);

		if (strcmp(theirs->path, change->path) == 0 &&
		    !same_json(theirs->new_json, change->new_json))
			return theirs;
	}
	return NULL;
}

static void put_file(struct rows *rows, const struct unmerged *file)
{
	size_t count = 0;

	/* A side that lacks the file disagrees about all of it. */
	if (file->conflict->ours.hex[0] && file->conflict->theirs.hex[0]) {
		for (size_t i = 0; i < pv_diff_count(file->left); i++) {
			const pv_field_change *ours = pv_diff_at(file->left, i);
			const pv_field_change *theirs =
				opposite(file->right, ours);

			if (!theirs)
				continue;
			put_row(rows, file, ours, theirs);
			count++;
		}
	}
	if (!count)
		put_row(rows, file, NULL, NULL);
}

static int each_conflict(const pv_conflict *conflict, void *payload)
{
	struct rows *rows = payload;
	struct unmerged file = { 0 };
	int rc = unmerged_load(&file, rows->cli, conflict);

	if (rc == PV_OK)
		put_file(rows, &file);
	unmerged_dispose(&file);
	return rc;
}

int git_move_conflicts_json(pv_jsonw *w, pv_cli *cli)
{
	struct rows rows = { cli, w };
	int rc;

	pv_jsonw_key(w, "conflicts");
	pv_jsonw_array(w);
	rc = pv_store_conflict_each(cli->store, each_conflict, &rows, &cli->err);
	pv_jsonw_array_end(w);
	return rc;
}

int git_move_conflicts_text(pv_cli *cli, const char *verb)
{
	struct rows rows = { cli, NULL };
	int rc;

	rc = pv_store_conflict_each(cli->store, each_conflict, &rows, &cli->err);
	if (rc == PV_OK)
		rc = cli_flush(cli);
	cli_hint(cli,
		 "edit the files, then \"git add\" them and "
		 "\"git pv %s --continue\"",
		 verb);
	cli_hint(cli,
		 "\"git pv conflicts\" shows both sides; "
		 "\"git pv %s --abort\" goes back",
		 verb);
	return rc;
}
