/* SPDX-License-Identifier: MIT
 *
 * The merge of one file is a ladder: each rung either settles the merge or
 * leaves it to the next, and the last one always settles it. Rung (a) is the
 * line merge of git; whatever git merges cleanly comes out as git's bytes.
 */
#include "merge/file.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "merge/ladder.h"
#include "store/join/linemerge.h"

enum {
	DEFAULT_MARKER = 7,
	BINARY_PROBE = 8000, /* git looks for a NUL in as many bytes */
	MAX_MARKER = 1000
};

static pv_str side_text(const pv_merge_side *side)
{
	pv_str text = { side->text ? side->text : "", side->text ? side->len : 0 };

	return text;
}

static int is_binary(const pv_merge_side *side)
{
	pv_str text = side_text(side);
	size_t probe = text.len < BINARY_PROBE ? text.len : BINARY_PROBE;

	return memchr(text.ptr, '\0', probe) != NULL;
}

static int is_one_sided(const pv_merge_input *input)
{
	pv_str base = side_text(&input->base);
	pv_str ours = side_text(&input->ours);
	pv_str theirs = side_text(&input->theirs);

	return pv_str_eq(ours, theirs) || pv_str_eq(base, ours) ||
	       pv_str_eq(base, theirs);
}

static int is_any_binary(const pv_merge_input *input)
{
	return is_binary(&input->base) || is_binary(&input->ours) ||
	       is_binary(&input->theirs);
}

static enum pv_linemerge_style line_style(enum pv_merge_style style)
{
	switch (style) {
	case PV_MERGE_STYLE_MERGE:
		break;
	case PV_MERGE_STYLE_DIFF3:
		return PV_LINEMERGE_DIFF3;
	case PV_MERGE_STYLE_ZDIFF3:
		return PV_LINEMERGE_ZDIFF3;
	}
	return PV_LINEMERGE_MERGE;
}

static void pick_labels(const char *labels[PV_SIDES], const pv_merge_input *input)
{
	labels[PV_BASE] = input->base.label ? input->base.label : "base";
	labels[PV_OURS] = input->ours.label ? input->ours.label : "ours";
	labels[PV_THEIRS] = input->theirs.label ? input->theirs.label : "theirs";
}

/* What only one side has changed needs no lines. */
static int take_changed(pv_buf *out, const pv_merge_input *input, pv_error *err)
{
	pv_str ours = side_text(&input->ours);
	pv_str text = ours;

	if (pv_str_eq(side_text(&input->base), ours))
		text = side_text(&input->theirs);
	pv_buf_put(out, text.ptr, text.len);
	return pv_buf_status(out, err);
}

static int merge_lines(pv_buf *out, size_t *conflicts_out,
		       const pv_merge_input *input, pv_error *err)
{
	const char *labels[PV_SIDES];
	pv_linemerge_input lines = {
		.base = side_text(&input->base),
		.ours = side_text(&input->ours),
		.theirs = side_text(&input->theirs),
		.marker_size = input->marker_size,
		.style = line_style(input->style),
	};

	pick_labels(labels, input);
	lines.base_label = labels[PV_BASE];
	lines.our_label = labels[PV_OURS];
	lines.their_label = labels[PV_THEIRS];
	return pv_linemerge(out, conflicts_out, &lines, err);
}

static int check_input(const pv_merge_input *input, pv_error *err)
{
	if (input->marker_size < 0 || input->marker_size > MAX_MARKER)
		return pv_fail(err, PV_EINVALID,
			       "marker size %d is not between 1 and %d",
			       input->marker_size, MAX_MARKER);
	if (!is_one_sided(input) && is_any_binary(input))
		return pv_fail(err, PV_EUNSUPPORTED,
			       "cannot merge binary file \"%s\"",
			       input->path ? input->path : "");
	return PV_OK;
}

/* --- the rungs ----------------------------------------------------------- */

static int keep_notes(pv_merge *merge, const pv_merge_job *job, pv_error *err)
{
	size_t size = job->note_count * sizeof(*merge->notes);

	if (job->note_count == 0)
		return PV_OK;
	merge->notes = pv_arena_alloc(&merge->arena, size);
	if (!merge->notes)
		return pv_fail_nomem(err);
	memcpy(merge->notes, job->notes, size);
	merge->note_count = job->note_count;
	return PV_OK;
}

/* Keeps the conflicts: which fields, and which lines are whose. */
static int keep_fields(pv_merge *merge, pv_merge_job *job, pv_error *err)
{
	size_t size = job->field_count * sizeof(*merge->fields);

	merge->fields = pv_arena_alloc(&merge->arena, size + 1);
	if (!merge->fields)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < job->field_count; i++)
		merge->fields[i] = job->fields[i].row;
	merge->field_count = job->field_count;
	merge->chunks = job->chunks;
	memset(&job->chunks, 0, sizeof(job->chunks));
	return PV_OK;
}

/* Writes chunks out as the file they are. */
static int write_chunks(pv_merge *merge, const pv_chunks *chunks,
			const pv_form *form, const pv_merge_input *input,
			pv_error *err)
{
	pv_markers markers = { .size = input->marker_size ? input->marker_size
							  : DEFAULT_MARKER,
			       .style = input->style };
	size_t count = chunks->count;
	pv_form ends = *form;
	pv_buf plain = { 0 };
	pv_str text;
	int rc;

	/* A marker ends its line, whatever the sides do. */
	if (count > 0 && chunks->items[count - 1].is_conflict)
		ends.is_open = 0;
	pick_labels(markers.labels, input);
	merge->markers = pv_chunks_print(&plain, chunks, &markers);
	rc = pv_buf_status(&plain, err);
	text.ptr = pv_buf_text(&plain);
	text.len = plain.len;
	pv_buf_clear(&merge->text);
	if (rc == PV_OK)
		pv_form_put(&merge->text, &ends, text);
	pv_buf_dispose(&plain);
	return rc < 0 ? rc : pv_buf_status(&merge->text, err);
}

/* A file that is nothing but one conflict. */
static int merge_nothing(pv_merge *merge, const pv_merge_texts *texts,
			 const pv_merge_input *input, pv_error *err)
{
	pv_chunks chunks = { 0 };
	int rc;

	pv_chunks_conflict(&chunks, texts->plain, 0);
	rc = pv_chunks_status(&chunks, err);
	if (rc == PV_OK)
		rc = write_chunks(merge, &chunks, &texts->form, input, err);
	pv_chunks_dispose(&chunks);
	return rc;
}

static int merge_fields(pv_merge *merge, const pv_merge_texts *texts,
			const pv_merge_input *input, pv_error *err)
{
	pv_merge_job job = { .arena = &merge->arena, .err = err };
	int rc = pv_ladder_merge(&job, texts);

	if (rc == PV_OK)
		rc = write_chunks(merge, &job.chunks, &texts->form, input, err);
	if (rc == PV_OK)
		rc = keep_notes(merge, &job, err);
	if (rc == PV_OK)
		rc = keep_fields(merge, &job, err);
	if (rc == PV_OK)
		merge->rung = PV_MERGE_BY_FIELDS;
	pv_job_dispose(&job);
	return rc;
}

/* Whether there is nothing to merge. */
/* Beyond the line merge, which is in merge->text, clean or not. */
static int climb(pv_merge *merge, const pv_merge_input *input, pv_error *err)
{
	pv_str lines = { pv_buf_text(&merge->text), merge->text.len };
	pv_merge_texts texts;
	int was_clean = merge->markers == 0;
	int stands = 0;
	int rc = pv_ladder_look(&texts, &merge->arena, input, err);

	if (rc == PV_OK && was_clean)
		rc = pv_ladder_check(&stands, &merge->arena, &texts, lines, err);
	if (rc < 0 || stands)
		return rc;
	rc = merge_fields(merge, &texts, input, err);
	if (rc != PV_GIVE_UP)
		return rc;
	merge->rung = PV_MERGE_UNSETTLED;
	return was_clean ? merge_nothing(merge, &texts, input, err) : PV_OK;
}

int pv_merge_new(pv_merge **out, const pv_merge_input *input, pv_error *err)
{
	pv_merge *merge;
	int rc = check_input(input, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	merge = pv_calloc(1, sizeof(*merge));
	if (!merge)
		return pv_fail_nomem(err);
	if (is_any_binary(input))
		rc = take_changed(&merge->text, input, err);
	else
		rc = merge_lines(&merge->text, &merge->markers, input, err);
	merge->rung = merge->markers > 0 ? PV_MERGE_UNSETTLED : PV_MERGE_BY_LINES;
	if (rc == PV_OK && !input->lines_only && !is_one_sided(input))
		rc = climb(merge, input, err);
	if (rc < 0) {
		pv_merge_free(merge);
		return rc;
	}
	*out = merge;
	return PV_OK;
}

void pv_merge_free(pv_merge *merge)
{
	if (!merge)
		return;
	pv_chunks_dispose(&merge->chunks);
	pv_arena_dispose(&merge->arena);
	pv_buf_dispose(&merge->text);
	pv_free(merge);
}

const char *pv_merge_text(const pv_merge *merge, size_t *len_out)
{
	if (len_out)
		*len_out = merge->text.len;
	return pv_buf_text(&merge->text);
}

size_t pv_merge_markers(const pv_merge *merge)
{
	return merge->markers;
}

enum pv_merge_rung pv_merge_rung(const pv_merge *merge)
{
	return merge->rung;
}

size_t pv_merge_note_count(const pv_merge *merge)
{
	return merge->note_count;
}

const pv_merge_note *pv_merge_note_at(const pv_merge *merge, size_t idx)
{
	return idx < merge->note_count ? &merge->notes[idx] : NULL;
}

int pv_merge_file(pv_buf *out, size_t *conflicts_out,
		  const pv_merge_input *input, pv_error *err)
{
	pv_str ours = side_text(&input->ours);
	pv_merge *merge = NULL;
	int rc = pv_merge_new(&merge, input, err);

	*conflicts_out = 0;
	if (rc == PV_EUNSUPPORTED)
		pv_buf_put(out, ours.ptr, ours.len);
	if (!merge)
		return rc;
	pv_buf_put(out, merge->text.ptr, merge->text.len);
	*conflicts_out = merge->markers;
	pv_merge_free(merge);
	return pv_buf_status(out, err);
}
