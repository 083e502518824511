/* SPDX-License-Identifier: MIT
 *
 * See conflict.h. The three stages of a path are the base and both sides as
 * they were committed, whatever stands in the working file by now; that tells
 * which fields are settled already.
 */
#include "merge/conflict.h"

#include <string.h>

#include "merge/resolve.h"
#include "merge/settled.h"
#include "repo/gitmove.h"

/* Where the rows of one walk go. */
struct rows {
	pv_cli *cli;
	int (*fn)(const conflict_row *row, void *payload);
	void *payload;
	int has_files;    /* there is a working tree with the conflicts in it */
	int has_renamed;  /* a path of the ancestor's that neither side has */
	pv_strlist paths; /* all that are in conflict */
};

enum {
	BINARY_PROBE = 8000
};

static int read_side(pv_merge_side *out, pv_buf *text, pv_cli *cli,
		     const pv_oid *blob)
{
	int rc;

	if (!blob->hex[0])
		return PV_OK;
	rc = pv_store_read_blob(text, cli->store, blob, &cli->err);
	out->text = pv_buf_text(text);
	out->len = text->len;
	return rc;
}

/* As git tells: by a NUL among the first bytes. */
static int is_binary(const pv_buf *text)
{
	size_t probe = text->len < BINARY_PROBE ? text->len : BINARY_PROBE;

	return memchr(pv_buf_text(text), '\0', probe) != NULL;
}

/* Whether a field has its markers still; one that is not known there has. */
static int is_left(const pv_unmerged *text, const char *field)
{
	int is_known = 0;

	for (size_t i = 0; i < pv_unmerged_count(text); i++) {
		if (strcmp(pv_unmerged_at(text, i)->path, field) != 0)
			continue;
		if (pv_unmerged_is_left(text, i))
			return 1;
		is_known = 1;
	}
	return !is_known;
}

/* The rows of the fields that have markers, or of all when `text` is NULL. */
static int pass_on(const struct rows *rows, conflict_row *row,
		   const pv_merge_conflicts *found, const pv_unmerged *text)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_merge_conflicts_count(found) && rc == PV_OK;
	     i++) {
		const pv_merge_conflict *field = pv_merge_conflicts_at(found, i);

		if (text && !is_left(text, field->path))
			continue;
		row->field = field->path;
		row->values = field;
		rc = rows->fn(row, rows->payload);
	}
	return rc;
}

static int quote(const char **out, pv_buf *json, const pv_merge_side *side,
		 pv_error *err)
{
	pv_jsonw w;

	*out = NULL;
	if (!side->text)
		return PV_OK;
	pv_jsonw_init(&w, json);
	pv_jsonw_stringn(&w, side->text, side->len);
	*out = pv_buf_text(json);
	return pv_buf_status(json, err);
}

/* One row for a file without markers, which has to be added. */
static int pass_on_settled(const struct rows *rows, const conflict_row *file,
			   const pv_merge_input *input)
{
	conflict_row row = *file;
	pv_error *err = &rows->cli->err;
	pv_buf texts[3] = { { 0 }, { 0 }, { 0 } };
	pv_merge_conflict whole = { .path = "" };
	pv_buf cure = { 0 };
	int rc = quote(&whole.base_json, &texts[0], &input->base, err);

	if (rc == PV_OK)
		rc = quote(&whole.ours_json, &texts[1], &input->ours, err);
	if (rc == PV_OK)
		rc = quote(&whole.theirs_json, &texts[2], &input->theirs, err);
	settled_put(&cure, rows->cli, row.path);
	if (rc == PV_OK)
		rc = pv_buf_status(&cure, err);
	row.field = "";
	row.values = &whole;
	row.settled = pv_buf_text(&cure);
	if (rc == PV_OK)
		rc = rows->fn(&row, rows->payload);
	pv_buf_dispose(&cure);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&texts[i]);
	return rc;
}

/* Whether the file tells what is left: its markers are those of the merge. */
static int is_telling(const pv_unmerged *text)
{
	if (!text || pv_unmerged_unknown(text) > 0)
		return 0;
	for (size_t i = 0; i < pv_unmerged_count(text); i++)
		if (pv_unmerged_is_left(text, i))
			return 1;
	return 0;
}

/* Leaves out what the file in the working tree has no markers for any more. */
static int pass_on_left(const struct rows *rows, conflict_row *row,
			const pv_merge_conflicts *found,
			const pv_conflict *conflict)
{
	resolve_file file = { .cli = rows->cli,
			      .base = conflict->base,
			      .ours = conflict->ours,
			      .theirs = conflict->theirs };
	int rc;

	pv_buf_puts(&file.path, conflict->path);
	rc = pv_buf_status(&file.path, &rows->cli->err);
	if (rc == PV_OK)
		rc = resolve_read(&file);
	if (rc == PV_OK && resolve_is_plain(&file))
		rc = pass_on_settled(rows, row, &file.input);
	else if (rc == PV_OK)
		rc = pass_on(rows, row, found,
			     is_telling(file.text) ? file.text : NULL);
	resolve_dispose(&file);
	return rc;
}

static int is_beside(const char *path, const char *other)
{
	size_t len = strlen(path);

	return strncmp(path, other, len) == 0 && other[len] == '~';
}

/* What is a link here and a file there is put side by side by git. */
static int is_split(const struct rows *rows, const char *path)
{
	for (size_t i = 0; i < rows->paths.count; i++)
		if (is_beside(path, rows->paths.items[i]) ||
		    is_beside(rows->paths.items[i], path))
			return 1;
	return 0;
}

static int each_path(const pv_conflict *conflict, void *payload)
{
	const struct rows *rows = payload;
	pv_cli *cli = rows->cli;
	pv_buf base = { 0 };
	pv_buf ours = { 0 };
	pv_buf theirs = { 0 };
	pv_buf id = { 0 };
	pv_merge_input input = { .path = conflict->path };
	pv_merge_conflicts *found = NULL;
	conflict_row row = { .path = conflict->path,
			     .is_new = !conflict->base.hex[0],
			     .is_renamed = rows->has_renamed,
			     .is_split = is_split(rows, conflict->path) };
	int rc;

	rc = read_side(&input.base, &base, cli, &conflict->base);
	if (rc == PV_OK)
		rc = read_side(&input.ours, &ours, cli, &conflict->ours);
	if (rc == PV_OK)
		rc = read_side(&input.theirs, &theirs, cli, &conflict->theirs);
	row.is_binary =
		is_binary(&base) || is_binary(&ours) || is_binary(&theirs);
	if (rc == PV_OK)
		rc = pv_merge_conflicts_find(&found, &input, &cli->err);
	if (rc == PV_OK &&
	    pv_prompt_id(&id, &cli->settings, conflict->path, NULL) == PV_OK)
		row.id = pv_buf_text(&id);
	if (rc == PV_OK)
		rc = rows->has_files ? pass_on_left(rows, &row, found, conflict)
				     : pass_on(rows, &row, found, NULL);
	pv_merge_conflicts_free(found);
	pv_buf_dispose(&base);
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
	pv_buf_dispose(&id);
	return rc;
}

/* What both sides renamed, each to its own name, is left by its old one. */
static int find_renamed(const pv_conflict *conflict, void *payload)
{
	struct rows *rows = payload;

	rows->has_renamed |= conflict->base.hex[0] && !conflict->ours.hex[0] &&
			     !conflict->theirs.hex[0];
	return pv_strlist_add(&rows->paths, conflict->path, &rows->cli->err);
}

int conflict_each(pv_cli *cli, int (*fn)(const conflict_row *row, void *payload),
		  void *payload)
{
	struct rows rows = {
		.cli = cli, .fn = fn, .payload = payload, .has_files = 1
	};
	int rc = pv_store_conflict_each(cli->store, find_renamed, &rows,
					&cli->err);

	if (rc == PV_OK)
		rc = pv_store_conflict_each(cli->store, each_path, &rows,
					    &cli->err);
	pv_strlist_dispose(&rows.paths);
	return rc;
}

int conflict_each_of(pv_cli *cli, const pv_conflict *paths, size_t count,
		     int (*fn)(const conflict_row *row, void *payload),
		     void *payload)
{
	struct rows rows = { .cli = cli, .fn = fn, .payload = payload };
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = find_renamed(&paths[i], &rows);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = each_path(&paths[i], &rows);
	pv_strlist_dispose(&rows.paths);
	return rc;
}

static void put_value(pv_jsonw *w, const char *key, const char *json)
{
	pv_jsonw_key(w, key);
	if (json)
		pv_jsonw_raw(w, json, strlen(json));
	else
		pv_jsonw_null(w);
}

static void put_words(pv_jsonw *w, const char *key, const pv_diff_run *runs,
		      size_t count)
{
	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		pv_jsonw_array(w);
		pv_jsonw_stringn(w, &runs[i].op, 1);
		pv_jsonw_stringn(w, runs[i].text, runs[i].len);
		pv_jsonw_array_end(w);
	}
	pv_jsonw_array_end(w);
}

void conflict_row_json(pv_jsonw *w, const conflict_row *row)
{
	static const char *const taken[] = {
		[PV_MERGE_TAKES_NONE] = NULL,
		[PV_MERGE_TAKES_OURS] = "ours",
		[PV_MERGE_TAKES_THEIRS] = "theirs",
		[PV_MERGE_TAKES_BOTH] = "both",
	};
	const pv_merge_conflict *values = row->values;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", row->id);
	pv_jsonw_member(w, "path", row->path);
	pv_jsonw_member(w, "field", row->field);
	put_value(w, "base", values->base_json);
	put_value(w, "ours", values->ours_json);
	put_value(w, "theirs", values->theirs_json);
	pv_jsonw_member(w, "taken", taken[values->taken]);
	pv_jsonw_key(w, "words");
	pv_jsonw_object(w);
	put_words(w, "ours", values->our_words, values->our_word_count);
	put_words(w, "theirs", values->their_words, values->their_word_count);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
}

enum pv_merge_style conflict_style(const char *value)
{
	if (strcmp(value, "diff3") == 0)
		return PV_MERGE_STYLE_DIFF3;
	if (strcmp(value, "zdiff3") == 0)
		return PV_MERGE_STYLE_ZDIFF3;
	return PV_MERGE_STYLE_MERGE;
}

/* A file of one side only that is not the ancestor's. */
static const char *new_reason(const conflict_row *row)
{
	int is_ours = row->values->ours_json != NULL;

	if (row->is_renamed)
		return is_ours ? "added or renamed on our side only"
			       : "added or renamed on their side only";
	return is_ours ? "added on our side in a folder that theirs renamed: "
			 "git put it here"
		       : "added on their side in a folder that ours renamed: "
			 "git put it here";
}

const char *conflict_reason(const conflict_row *row)
{
	if (*row->field)
		return NULL;
	if (row->settled)
		return row->settled;
	if (row->is_split)
		return "a link or folder on one side, a file on the other: git "
		       "put them side by side";
	if (!row->values->ours_json && !row->values->theirs_json)
		return "renamed on both sides, to different names";
	if (row->is_new && !row->values->ours_json != !row->values->theirs_json)
		return new_reason(row);
	if (!row->values->ours_json && row->values->theirs_json)
		return "removed on our side, changed on theirs";
	if (row->values->ours_json && !row->values->theirs_json)
		return "changed on our side, removed on theirs";
	if (row->is_binary)
		return "a binary file, which has no lines to merge: take one of "
		       "the two, --ours or --theirs";
	return row->values->taken == PV_MERGE_TAKES_BOTH
		       ? "the lines clash, no field does: \"git pv resolve "
			 "--remerge\" keeps both sides"
		       : "the lines clash: see the markers in the file";
}

const char *conflict_taken(const pv_merge_conflict *values)
{
	switch (values->taken) {
	case PV_MERGE_TAKES_OURS:
		return "  (no clash: ours would stand)";
	case PV_MERGE_TAKES_THEIRS:
		return "  (no clash: theirs would stand)";
	case PV_MERGE_TAKES_NONE:
	case PV_MERGE_TAKES_BOTH:
		break;
	}
	return "";
}

/* --- what a merge prints ------------------------------------------------- */

int conflict_row_put(const conflict_row *row, void *payload)
{
	conflict_row_json(payload, row);
	return PV_OK;
}

int git_move_conflicts_json(pv_jsonw *w, pv_cli *cli)
{
	int rc;

	pv_jsonw_key(w, "conflicts");
	pv_jsonw_array(w);
	rc = conflict_each(cli, conflict_row_put, w);
	pv_jsonw_array_end(w);
	return rc;
}

int conflict_row_text(const conflict_row *row, void *payload)
{
	pv_cli *cli = payload;

	cli_puts(cli, "conflict: ");
	cli_path(cli, row->id ? row->id : row->path);
	cli_puts(cli, " ");
	cli_line(cli, *row->field ? row->field : conflict_reason(row));
	cli_puts(cli, "\n");
	return PV_OK;
}

/* Where the rows of a merge go. */
struct printed {
	pv_cli *cli;
	size_t left; /* that somebody has to settle */
};

static int print_row(const conflict_row *row, void *payload)
{
	struct printed *out = payload;

	out->left += !row->settled;
	return conflict_row_text(row, out->cli);
}

int git_move_conflicts_text(pv_cli *cli, const char *verb)
{
	struct printed out = { .cli = cli };
	int rc = conflict_each(cli, print_row, &out);

	if (rc == PV_OK)
		rc = cli_flush(cli);
	cli_hint(cli, "%s\"git add\" them; then \"git pv %s%s\"",
		 out.left ? "\"git pv resolve\" settles them, or edit the "
			    "files and "
			  : "nothing is left to settle: look at the files and ",
		 verb ? verb : "commit", verb ? " --continue" : "");
	cli_hint(cli,
		 "\"git pv conflicts\" shows both sides; \"git %s%s%s\" goes "
		 "back",
		 verb ? "pv " : "reset", verb ? verb : "",
		 verb ? " --abort" : " --merge");
	return rc;
}
