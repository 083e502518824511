/* SPDX-License-Identifier: MIT
 *
 * The merge of two commits in memory: store/join does the trees and says how
 * each file is to be merged, here that is done. What the attribute gives to
 * us goes through pv_merge_new with the arguments the driver has, so that the
 * bytes are the same.
 */
#include <string.h>

#include <pv/merge.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/mem.h"
#include "store/join/join.h"
#include "store/join/linemerge.h"

enum {
	BINARY_PROBE = 8000,
	TEXT_MAX = 1023 << 20 /* more is no text to git */
};

struct pv_commit_merge {
	enum pv_commit_merge_kind kind;
	pv_oid tree;
	pv_arena arena;
	pv_join_result *result; /* NULL where nothing had to be merged */
	pv_merge_path *paths;
	size_t count;
	pv_commit_merge_note *notes;
	size_t note_count;
	size_t note_cap;
	enum pv_merge_style style;
	const pv_commit_merge_options *opts; /* while it is made */
};

/* --- one file ------------------------------------------------------------ */

static int is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return len && strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* A prompt, or another file in YAML that git-pv has a place for. */
static int is_ours(const char *path, const char *prompts)
{
	int is_yaml = pv_str_has_suffix(path, ".yaml");

	if (!prompts)
		return 0;
	if (is_below(path, prompts))
		return is_yaml || pv_str_has_suffix(path, ".yml");
	return strcmp(path, "pv.yaml") == 0 ||
	       (is_yaml &&
		(is_below(path, "datasets") || is_below(path, "experiments")));
}

/*
 * What merges a file in the end. Common ancestors are made up by lines, as
 * the driver is configured (merge.pv.recursive).
 */
static enum pv_join_driver choose_driver(const pv_commit_merge *merge,
					 const pv_join_file *file)
{
	enum pv_join_driver driver = file->driver;

	if (driver == PV_JOIN_UNSPECIFIED)
		driver = is_ours(file->path, merge->opts->prompts)
				 ? PV_JOIN_PV
				 : PV_JOIN_TEXT;
	if (file->is_inner && (driver == PV_JOIN_PV || driver == PV_JOIN_FOREIGN))
		driver = PV_JOIN_TEXT;
	if (driver == PV_JOIN_PV)
		return driver;
	for (int i = 0; i < PV_JOIN_STAGES; i++) {
		pv_str text = file->texts[i];
		size_t probe = text.len < BINARY_PROBE ? text.len : BINARY_PROBE;

		if (text.len > TEXT_MAX || memchr(text.ptr, '\0', probe))
			return PV_JOIN_BINARY;
	}
	return driver;
}

static int keep_text(const char **text, pv_arena *arena, pv_error *err)
{
	*text = pv_arena_dup(arena, *text, strlen(*text));
	return *text ? PV_OK : pv_fail_nomem(err);
}

static int keep_notes(pv_commit_merge *merge, const char *path,
		      const pv_merge *merged, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < pv_merge_note_count(merged); i++) {
		pv_commit_merge_note kept = { path, *pv_merge_note_at(merged, i) };

		rc = keep_text(&kept.file, &merge->arena, err);
		if (rc == PV_OK)
			rc = keep_text(&kept.note.path, &merge->arena, err);
		if (rc == PV_OK)
			rc = keep_text(&kept.note.taken_json, &merge->arena, err);
		if (rc == PV_OK)
			rc = keep_text(&kept.note.dropped_json, &merge->arena,
				       err);
		if (rc == PV_OK &&
		    pv_array_reserve(&merge->notes, &merge->note_cap,
				     merge->note_count + 1,
				     sizeof(*merge->notes)) < 0)
			rc = pv_fail_nomem(err);
		if (rc == PV_OK)
			merge->notes[merge->note_count++] = kept;
	}
	return rc;
}

static void lend(pv_merge_side *side, pv_str text)
{
	side->text = text.ptr;
	side->len = text.len;
}

/* As the driver does it, which knows no names of branches. */
static int merge_fields(pv_buf *out, pv_commit_merge *merge,
			const pv_join_file *file, pv_error *err)
{
	pv_merge_input input = { .marker_size = file->marker_size,
				 .path = file->path };
	pv_merge *merged = NULL;
	const char *text;
	size_t conflicts;
	size_t len;
	int rc;

	lend(&input.base, file->texts[PV_JOIN_BASE]);
	lend(&input.ours, file->texts[PV_JOIN_OURS]);
	lend(&input.theirs, file->texts[PV_JOIN_THEIRS]);
	input.style = merge->style;
	rc = pv_merge_new(&merged, &input, err);
	if (rc == PV_EUNSUPPORTED) {
		pv_error_clear(err);
		pv_buf_put(out, input.ours.text, input.ours.len);
		return 1;
	}
	if (rc < 0)
		return rc;
	text = pv_merge_text(merged, &len);
	conflicts = pv_merge_markers(merged);
	pv_buf_put(out, text, len);
	rc = keep_notes(merge, file->path, merged, err);
	pv_merge_free(merged);
	return rc < 0 ? rc : conflicts > 0;
}

static enum pv_linemerge_style line_style(enum pv_merge_style style)
{
	if (style == PV_MERGE_STYLE_DIFF3)
		return PV_LINEMERGE_DIFF3;
	return style == PV_MERGE_STYLE_ZDIFF3 ? PV_LINEMERGE_ZDIFF3
					      : PV_LINEMERGE_MERGE;
}

static int merge_lines(pv_buf *out, const pv_commit_merge *merge,
		       const pv_join_file *file, int is_union, pv_error *err)
{
	pv_linemerge_input input = {
		.base = file->texts[PV_JOIN_BASE],
		.ours = file->texts[PV_JOIN_OURS],
		.theirs = file->texts[PV_JOIN_THEIRS],
		.base_label = file->labels[PV_JOIN_BASE],
		.our_label = file->labels[PV_JOIN_OURS],
		.their_label = file->labels[PV_JOIN_THEIRS],
		.marker_size = file->marker_size,
		.style = line_style(merge->style),
		.is_apart = 1,
		.is_union = is_union,
	};
	size_t conflicts;
	int rc = pv_linemerge(out, &conflicts, &input, err);

	return rc < 0 ? rc : conflicts > 0;
}

/* The ancestor is what two binary files have in common. */
static int take_whole(pv_buf *out, const pv_join_file *file)
{
	pv_str text = file->texts[file->is_inner ? PV_JOIN_BASE : PV_JOIN_OURS];

	pv_buf_put(out, text.ptr, text.len);
	return !file->is_inner;
}

static int merge_file(pv_buf *out, const pv_join_file *file, void *payload,
		      pv_error *err)
{
	pv_commit_merge *merge = payload;

	switch (choose_driver(merge, file)) {
	case PV_JOIN_PV:
		return merge_fields(out, merge, file, err);
	case PV_JOIN_UNION:
		return merge_lines(out, merge, file, 1, err);
	case PV_JOIN_BINARY:
	case PV_JOIN_FOREIGN:
		return take_whole(out, file);
	case PV_JOIN_UNSPECIFIED:
	case PV_JOIN_TEXT:
		break;
	}
	return merge_lines(out, merge, file, 0, err);
}

/* --- two commits --------------------------------------------------------- */

static void fill_side(pv_merge_file_at *out, const pv_join_conflict *conflict,
		      enum pv_join_stage stage)
{
	out->mode = conflict->modes[stage];
	out->blob = conflict->ids[stage];
}

static int list_paths(pv_commit_merge *merge, pv_error *err)
{
	size_t count = pv_join_result_count(merge->result);

	merge->paths = pv_arena_calloc(&merge->arena,
				       (count + 1) * sizeof(*merge->paths));
	if (!merge->paths)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		const pv_join_conflict *from =
			pv_join_result_at(merge->result, i);
		pv_merge_path *path = &merge->paths[i];

		path->path = from->path;
		fill_side(&path->base, from, PV_JOIN_BASE);
		fill_side(&path->ours, from, PV_JOIN_OURS);
		fill_side(&path->theirs, from, PV_JOIN_THEIRS);
	}
	merge->count = count;
	return PV_OK;
}

static enum pv_merge_style configured_style(pv_store *store)
{
	enum pv_merge_style style = PV_MERGE_STYLE_MERGE;
	pv_buf value = { 0 };

	pv_store_config(&value, store, "merge.conflictStyle", NULL);
	if (pv_str_is(pv_str_of(pv_buf_text(&value)), "diff3"))
		style = PV_MERGE_STYLE_DIFF3;
	else if (pv_str_is(pv_str_of(pv_buf_text(&value)), "zdiff3"))
		style = PV_MERGE_STYLE_ZDIFF3;
	pv_buf_dispose(&value);
	return style;
}

static int join(pv_commit_merge *merge, pv_store *store, const pv_oid *ours,
		const pv_oid *theirs, pv_error *err)
{
	const pv_commit_merge_options *opts = merge->opts;
	pv_join_options how = {
		.labels = { NULL, opts->our_label ? opts->our_label : "ours",
			    opts->their_label ? opts->their_label : "theirs" },
		.is_dry = opts->dry_run,
		.is_all_or_nothing = opts->all_or_nothing,
		.is_unrelated = opts->allow_unrelated,
		.merge = merge_file,
		.payload = merge,
	};
	int rc;

	merge->style = configured_style(store);
	rc = pv_join_commits(&merge->result, store, ours, theirs, &how, err);
	if (rc < 0)
		return rc;
	merge->tree = *pv_join_result_tree(merge->result);
	merge->kind = pv_join_result_is_clean(merge->result)
			      ? PV_COMMITS_MERGED
			      : PV_COMMITS_IN_CONFLICT;
	return list_paths(merge, err);
}

/* Where one commit has the other there is nothing to merge. */
static int take_newer(pv_commit_merge *merge, pv_store *store,
		      const pv_oid *newer, enum pv_commit_merge_kind kind,
		      pv_error *err)
{
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, store, newer, err);

	merge->kind = kind;
	if (rc == PV_OK)
		merge->tree = commit.tree;
	pv_commit_dispose(&commit);
	return rc;
}

static int run(pv_commit_merge *merge, pv_store *store, const pv_oid *ours,
	       const pv_oid *theirs, pv_error *err)
{
	int rc = pv_store_is_ancestor(store, theirs, ours, err);

	if (rc > 0)
		return take_newer(merge, store, ours, PV_COMMITS_UP_TO_DATE, err);
	if (rc == 0)
		rc = pv_store_is_ancestor(store, ours, theirs, err);
	if (rc > 0)
		return take_newer(merge, store, theirs, PV_COMMITS_FAST_FORWARD,
				  err);
	return rc < 0 ? rc : join(merge, store, ours, theirs, err);
}

int pv_commit_merge_new(pv_commit_merge **out, pv_store *store,
			const pv_oid *ours, const pv_oid *theirs,
			const pv_commit_merge_options *opts, pv_error *err)
{
	static const pv_commit_merge_options defaults;
	pv_commit_merge *merge = pv_calloc(1, sizeof(*merge));
	int rc;

	*out = NULL;
	if (!merge)
		return pv_fail_nomem(err);
	merge->opts = opts ? opts : &defaults;
	rc = run(merge, store, ours, theirs, err);
	merge->opts = NULL;
	if (rc < 0) {
		pv_commit_merge_free(merge);
		return rc;
	}
	*out = merge;
	return PV_OK;
}

void pv_commit_merge_free(pv_commit_merge *merge)
{
	if (!merge)
		return;
	pv_join_result_free(merge->result);
	pv_arena_dispose(&merge->arena);
	pv_free(merge->notes);
	pv_free(merge);
}

enum pv_commit_merge_kind pv_commit_merge_kind(const pv_commit_merge *merge)
{
	return merge->kind;
}

const pv_oid *pv_commit_merge_tree(const pv_commit_merge *merge)
{
	return &merge->tree;
}

size_t pv_commit_merge_count(const pv_commit_merge *merge)
{
	return merge->count;
}

const pv_merge_path *pv_commit_merge_at(const pv_commit_merge *merge, size_t idx)
{
	return idx < merge->count ? &merge->paths[idx] : NULL;
}

size_t pv_commit_merge_note_count(const pv_commit_merge *merge)
{
	return merge->note_count;
}

const pv_commit_merge_note *pv_commit_merge_note_at(const pv_commit_merge *merge,
						    size_t idx)
{
	return idx < merge->note_count ? &merge->notes[idx] : NULL;
}
