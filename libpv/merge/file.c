/* SPDX-License-Identifier: MIT
 *
 * The merge of one file is a ladder: each rung either settles the merge or
 * leaves it to the next, and the last one always settles it. Rung (a) is the
 * line merge of git; whatever git merges cleanly comes out as git's bytes.
 */
#include <pv/merge.h>

#include <string.h>

#include "base/fail.h"
#include "store/linemerge.h"

enum {
	BINARY_PROBE = 8000, /* git looks for a NUL in as many bytes */
	MAX_MARKER = 1000
};

/* What a rung hands over. */
struct outcome {
	pv_buf text;
	size_t conflicts;
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

/* Rung (a): lines. It settles every merge, if need be with markers. */
static int merge_lines(struct outcome *out, const pv_merge_input *input,
		       pv_error *err)
{
	pv_linemerge_input lines = {
		.base = side_text(&input->base),
		.ours = side_text(&input->ours),
		.theirs = side_text(&input->theirs),
		.base_label = input->base.label,
		.our_label = input->ours.label,
		.their_label = input->theirs.label,
		.marker_size = input->marker_size,
		.style = line_style(input->style),
	};

	if (!lines.base_label)
		lines.base_label = "base";
	if (!lines.our_label)
		lines.our_label = "ours";
	if (!lines.their_label)
		lines.their_label = "theirs";
	return pv_linemerge(&out->text, &out->conflicts, &lines, err);
}

static int check_input(const pv_merge_input *input, pv_error *err)
{
	if (input->marker_size < 0 || input->marker_size > MAX_MARKER)
		return pv_fail(err, PV_EINVALID,
			       "marker size %d is not between 1 and %d",
			       input->marker_size, MAX_MARKER);
	if (is_binary(&input->base) || is_binary(&input->ours) ||
	    is_binary(&input->theirs))
		return pv_fail(err, PV_EUNSUPPORTED,
			       "cannot merge binary file \"%s\"",
			       input->path ? input->path : "");
	return PV_OK;
}

int pv_merge_file(pv_buf *out, size_t *conflicts_out,
		  const pv_merge_input *input, pv_error *err)
{
	struct outcome outcome = { 0 };
	pv_str ours = side_text(&input->ours);
	int rc = check_input(input, err);

	*conflicts_out = 0;
	if (rc == PV_EUNSUPPORTED)
		pv_buf_put(out, ours.ptr, ours.len);
	if (rc < 0)
		return rc;
	rc = merge_lines(&outcome, input, err);
	if (rc == PV_OK) {
		pv_buf_put(out, outcome.text.ptr, outcome.text.len);
		*conflicts_out = outcome.conflicts;
		rc = pv_buf_status(out, err);
	}
	pv_buf_dispose(&outcome.text);
	return rc;
}
